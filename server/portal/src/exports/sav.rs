//! SPSS system files, after the public description "System File Format" of
//! PSPP's developers' guide: little-endian, UTF-8, compressed bytecode, texts
//! of any length, -7, -8 and -9 as user-missing values. Rows are written as
//! they come; what a file says first stands in [`dictionary`].

mod dictionary;

use super::ExportError;
use super::encoder::{About, Encoder, float, text};
use super::record::Cell;
use super::variable::{Variable, VariableKind};
use super::widths::Widths;
use chrono::NaiveDate;
use dictionary::Dictionary;
use std::fs::File;

/// Bytes of an element, the unit a case is made of.
const ELEMENT: usize = 8;
/// Widest text in one piece; longer ones are cut into segments.
const WIDEST: usize = 255;
/// Width a segment counts for.
const SEGMENT: usize = 252;
/// Longest text there can be.
const LONGEST: usize = 32_767;
/// Seconds before 1970: SPSS counts from 14 October 1582.
const EPOCH: i64 = 12_219_379_200;

/// Codes of the compression: bias, and what stands for itself.
const BIAS: i64 = 100;
const RAW: u8 = 253;
const BLANK: u8 = 254;
const NOTHING: u8 = 255;
const NO_CODE: u8 = 0;

pub(super) struct Sav {
    columns: Vec<Column>,
    dictionary: Dictionary,
    /// Codes of up to eight elements, and what follows them.
    codes: Vec<u8>,
    data: Vec<u8>,
}

/// How a variable lies in a case.
struct Column {
    variable: Variable,
    /// 0 for numbers, bytes for texts.
    width: usize,
}

impl Column {
    /// Widths of the pieces a text is kept in.
    fn segments(&self) -> Vec<usize> {
        if self.width <= WIDEST {
            return vec![self.width];
        }
        let count = self.width.div_ceil(SEGMENT);
        let mut list = vec![WIDEST; count - 1];
        list.push(self.width - (count - 1) * SEGMENT);
        list
    }
}

impl Sav {
    pub(super) fn new(about: About, variables: Vec<Variable>, widths: &Widths) -> Result<Self, ExportError> {
        let mut columns = Vec::with_capacity(variables.len());
        for (at, variable) in variables.into_iter().enumerate() {
            let longest = widths.of(at).longest;
            if longest > LONGEST {
                return Err(ExportError::TooMuch {
                    format: "SPSS",
                    most: LONGEST as u64,
                    what: "Bytes je Text",
                    found: longest as u64,
                });
            }
            let width = if variable.kind.is_numeric() {
                0
            } else {
                longest.max(shortest(&variable))
            };
            columns.push(Column { variable, width });
        }
        Ok(Self {
            dictionary: Dictionary::new(about, &columns)?,
            columns,
            codes: Vec::with_capacity(ELEMENT),
            data: Vec::with_capacity(ELEMENT * ELEMENT),
        })
    }

    fn push(&mut self, code: u8, raw: &[u8], out: &mut Vec<u8>) {
        self.codes.push(code);
        self.data.extend_from_slice(raw);
        if self.codes.len() == ELEMENT {
            self.flush(out);
        }
    }

    fn flush(&mut self, out: &mut Vec<u8>) {
        self.codes.resize(ELEMENT, NO_CODE);
        out.append(&mut self.codes);
        out.append(&mut self.data);
    }

    fn push_number(&mut self, value: Option<f64>, out: &mut Vec<u8>) {
        let Some(value) = value else {
            return self.push(NOTHING, &[], out);
        };
        match small(value) {
            Some(code) => self.push(code, &[], out),
            None => self.push(RAW, &value.to_le_bytes(), out),
        }
    }

    fn push_text(&mut self, text: &str, segments: &[usize], out: &mut Vec<u8>) {
        let mut rest = text.as_bytes();
        for width in segments {
            // A segment holds 255 bytes although it counts for 252.
            let (piece, after) = rest.split_at(rest.len().min(*width));
            rest = after;
            for at in 0..width.div_ceil(ELEMENT) {
                let from = (at * ELEMENT).min(piece.len());
                let to = ((at + 1) * ELEMENT).min(piece.len());
                let mut element = [b' '; ELEMENT];
                element[..to - from].copy_from_slice(&piece[from..to]);
                if element == [b' '; ELEMENT] {
                    self.push(BLANK, &[], out);
                } else {
                    self.push(RAW, &element, out);
                }
            }
        }
    }
}

impl Encoder for Sav {
    fn head(&mut self, out: &mut Vec<u8>) -> Result<(), ExportError> {
        self.dictionary.write(&self.columns, out)
    }

    fn row(&mut self, cells: &[Cell<'_>], out: &mut Vec<u8>) -> Result<(), ExportError> {
        let columns = std::mem::take(&mut self.columns);
        for (column, cell) in columns.iter().zip(cells) {
            if column.width > 0 {
                self.push_text(text(cell), &column.segments(), out);
            } else {
                self.push_number(number(cell)?, out);
            }
        }
        self.columns = columns;
        Ok(())
    }

    fn tail(mut self: Box<Self>, out: &mut Vec<u8>) -> Result<Option<File>, ExportError> {
        if !self.codes.is_empty() {
            self.flush(out);
        }
        Ok(None)
    }
}

/// Bytes a text needs at least, whatever occurs: its known values fit.
fn shortest(variable: &Variable) -> usize {
    let known = variable.values.iter().map(|(value, _)| value.len());
    known.max().unwrap_or(0).max(2)
}

/// The code of a small whole number: 1 to 251 stand for -99 to 151.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole and from 1 to 251"
)]
fn small(value: f64) -> Option<u8> {
    let code = value + f64_of(BIAS);
    (value.fract() == 0.0 && (1.0..=251.0).contains(&code)).then_some(code as u8)
}

/// A cell as SPSS computes with it; nothing for system-missing.
fn number(cell: &Cell<'_>) -> Result<Option<f64>, ExportError> {
    Ok(match cell {
        Cell::Empty | Cell::Text(_) => None,
        Cell::Missing(missing) => Some(f64::from(missing.code())),
        Cell::Number(number) => Some(float(number)?),
        Cell::Day(day) => Some(f64_of(seconds(*day))),
        Cell::Moment(at) => Some(f64_of(at.timestamp() + EPOCH)),
    })
}

fn seconds(day: NaiveDate) -> i64 {
    day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() + EPOCH
}

/// Whole numbers far below 2^53 are exact.
#[expect(clippy::cast_precision_loss, reason = "seconds since 1582 and small codes are exact")]
fn f64_of(whole: i64) -> f64 {
    whole as f64
}

/// How SPSS shows a variable: type of the format, width, decimals.
fn shown(kind: VariableKind, width: usize) -> (u8, u8, u8) {
    const TEXT: u8 = 1;
    const NUMBER: u8 = 5;
    const DATETIME: u8 = 22;
    const GERMAN_DAY: u8 = 38;
    match kind {
        VariableKind::Code => (NUMBER, 4, 0),
        VariableKind::Number { decimals: 0 } => (NUMBER, 12, 0),
        VariableKind::Number { decimals } => (NUMBER, 16, decimals),
        VariableKind::Day => (GERMAN_DAY, 10, 0),
        VariableKind::Moment => (DATETIME, 20, 0),
        VariableKind::Word | VariableKind::Text => (TEXT, u8::try_from(width).unwrap_or(u8::MAX), 0),
    }
}
