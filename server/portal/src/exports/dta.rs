//! Stata files, format 118, after Stata's public description "dta_118":
//! little-endian, UTF-8, extended missing values .a, .b and .c for -7, -8 and
//! -9, texts of any length. Rows are written as they come; texts too long for
//! a row wait in a file of their own until all rows are there.

mod frame;

use super::ExportError;
use super::encoder::{About, Encoder, float, text};
use super::record::Cell;
use super::variable::{Missing, Variable, VariableKind};
use super::widths::{Width, Widths};
use crate::files::nameless_private;
use chrono::NaiveTime;
use std::fs::File;
use std::io::{Seek, Write};

/// Widest text that stands in a row, in bytes.
const WIDEST: usize = 2_045;
/// Days and milliseconds before 1970: Stata counts from 1960.
const DAYS: i64 = 3_653;
const MILLISECONDS: i64 = DAYS * 86_400_000;
/// `.` of each type; .a to .z follow.
const FLOAT_MISSING: u32 = 0x7f00_0000;
const FLOAT_STEP: u32 = 0x0000_0800;
const LONG_MISSING: i32 = 2_147_483_621;
const DOUBLE_MISSING: u64 = 0x7fe0_0000_0000_0000;
const DOUBLE_STEP: u64 = 0x0000_0100_0000_0000;

pub(super) struct Dta {
    about: About,
    columns: Vec<Column>,
    /// Long texts on their way to the end of the file.
    texts: Option<File>,
    row: u64,
}

/// How a variable lies in a row.
struct Column {
    variable: Variable,
    storage: Storage,
    width: Width,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Storage {
    /// Codes: exact in floating point. Readers other than Stata stumble over
    /// missing values among whole numbers (pyreadstat 1.3.7 reads NaN's bits).
    Float,
    /// All other numbers, days and moments.
    Double,
    /// A text of at most so many bytes.
    Fixed(u16),
    /// A reference to a text at the end.
    LongText,
}

impl Storage {
    fn of(variable: &Variable, width: Width) -> Self {
        match variable.kind {
            VariableKind::Code => Self::Float,
            VariableKind::Day | VariableKind::Number { .. } | VariableKind::Moment => Self::Double,
            VariableKind::Word | VariableKind::Text if width.longest > WIDEST => Self::LongText,
            VariableKind::Word | VariableKind::Text => {
                Self::Fixed(u16::try_from(width.longest.max(1)).unwrap_or(u16::MAX))
            }
        }
    }

    /// Its number in the file.
    const fn code(self) -> u16 {
        match self {
            Self::Float => 65_527,
            Self::Double => 65_526,
            Self::Fixed(width) => width,
            Self::LongText => 32_768,
        }
    }

    /// Bytes in a row.
    const fn bytes(self) -> u64 {
        match self {
            Self::Float => 4,
            Self::Double | Self::LongText => 8,
            Self::Fixed(width) => width as u64,
        }
    }
}

impl Dta {
    pub(super) fn new(about: About, variables: Vec<Variable>, widths: &Widths) -> Result<Self, ExportError> {
        if variables.len() > MOST_VARIABLES {
            return Err(ExportError::TooMuch {
                format: "Stata",
                most: MOST_VARIABLES as u64,
                what: "Variablen",
                found: variables.len() as u64,
            });
        }
        let columns: Vec<Column> = variables
            .into_iter()
            .enumerate()
            .map(|(at, variable)| {
                let width = widths.of(at);
                let storage = Storage::of(&variable, width);
                Column {
                    variable,
                    storage,
                    width,
                }
            })
            .collect();
        let long = columns.iter().any(|column| column.storage == Storage::LongText);
        Ok(Self {
            texts: long.then(nameless_private).transpose()?,
            about,
            columns,
            row: 0,
        })
    }
}

/// Stata/SE.
const MOST_VARIABLES: usize = 32_767;

impl Encoder for Dta {
    fn head(&mut self, out: &mut Vec<u8>) -> Result<(), ExportError> {
        frame::before(&self.about, &self.columns, out)
    }

    fn row(&mut self, cells: &[Cell<'_>], out: &mut Vec<u8>) -> Result<(), ExportError> {
        self.row += 1;
        for (at, (column, cell)) in self.columns.iter().zip(cells).enumerate() {
            match column.storage {
                Storage::Float => out.extend_from_slice(&single(cell)?.to_le_bytes()),
                Storage::Double => out.extend_from_slice(&double(cell)?.to_le_bytes()),
                Storage::Fixed(width) => {
                    let text = text(cell).as_bytes();
                    let end = out.len() + usize::from(width);
                    out.extend_from_slice(text);
                    out.resize(end, 0);
                }
                Storage::LongText => {
                    let text = text(cell);
                    let reference = if text.is_empty() {
                        (0, 0)
                    } else {
                        (at as u64 + 1, self.row)
                    };
                    out.extend_from_slice(&reference.0.to_le_bytes()[..2]);
                    out.extend_from_slice(&reference.1.to_le_bytes()[..6]);
                    if let Some(texts) = self.texts.as_mut().filter(|_| !text.is_empty()) {
                        texts.write_all(&frame::long_text(reference, text)?)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn tail(mut self: Box<Self>, out: &mut Vec<u8>) -> Result<Option<File>, ExportError> {
        let mut end = Vec::new();
        out.extend_from_slice(frame::BETWEEN_DATA_AND_TEXTS);
        frame::after(&self.columns, &mut end)?;
        let Some(mut texts) = self.texts.take() else {
            out.append(&mut end);
            return Ok(None);
        };
        texts.write_all(&end)?;
        texts.rewind()?;
        Ok(Some(texts))
    }
}

fn single(cell: &Cell<'_>) -> Result<f32, ExportError> {
    Ok(match cell {
        Cell::Missing(missing) => f32::from_bits(FLOAT_MISSING + FLOAT_STEP * u32::from(missing.letter())),
        Cell::Number(number) => {
            let code: Result<i16, _> = number.parse();
            f32::from(code.map_err(|_| ExportError::content(format!("a code {number:?}")))?)
        }
        _ => f32::from_bits(FLOAT_MISSING),
    })
}

/// `.a`, `.b` or `.c` as wordings keep it.
fn extended(missing: Missing) -> i32 {
    LONG_MISSING + i32::from(missing.letter())
}

fn double(cell: &Cell<'_>) -> Result<f64, ExportError> {
    Ok(match cell {
        Cell::Missing(missing) => f64::from_bits(DOUBLE_MISSING + DOUBLE_STEP * u64::from(missing.letter())),
        Cell::Number(number) => float(number)?,
        Cell::Day(day) => exact(day.and_time(NaiveTime::MIN).and_utc().timestamp() / 86_400 + DAYS),
        Cell::Moment(at) => exact(at.timestamp() * 1_000 + MILLISECONDS),
        _ => f64::from_bits(DOUBLE_MISSING),
    })
}

#[expect(
    clippy::cast_precision_loss,
    reason = "days and milliseconds since 1960 are far below 2^53"
)]
fn exact(whole: i64) -> f64 {
    whole as f64
}
