//! What an SPSS file says before its rows: variables, wordings, missing codes.

use super::{BIAS, Column, ELEMENT, shown};
use crate::exports::ExportError;
use crate::exports::encoder::{About, shortened};
use crate::exports::variable::{Missing, Variable, VariableKind};
use std::fmt::Write as _;

/// Longest label of a variable, in bytes.
const VARIABLE_LABEL: usize = 255;
/// Longest wording of a value that all versions show, in bytes.
const VALUE_LABEL: usize = 120;
/// Code page number of UTF-8.
const UTF_8: i32 = 65_001;

pub(super) struct Dictionary {
    about: About,
    /// Elements of a case.
    elements: i32,
}

impl Dictionary {
    pub(super) fn new(about: About, columns: &[Column]) -> Result<Self, ExportError> {
        let elements: usize = columns
            .iter()
            .flat_map(Column::segments)
            .map(|width| width.div_ceil(ELEMENT).max(1))
            .sum();
        Ok(Self {
            about,
            elements: int(elements)?,
        })
    }

    pub(super) fn write(&self, columns: &[Column], out: &mut Vec<u8>) -> Result<(), ExportError> {
        self.header(out)?;
        let mut short = 0_usize;
        let mut element = 1_usize;
        let mut firsts = Vec::with_capacity(columns.len());
        for column in columns {
            firsts.push((short, element));
            for (part, width) in column.segments().into_iter().enumerate() {
                variable(column, part, width, short, out)?;
                short += 1;
                element += width.div_ceil(ELEMENT).max(1);
            }
        }
        for (column, (_, element)) in columns.iter().zip(&firsts) {
            wordings(column, *element, out)?;
        }
        machine(out)?;
        display(columns, out)?;
        let mut long_names = Vec::new();
        let mut very_long = String::new();
        for (column, (short, _)) in columns.iter().zip(&firsts) {
            long_names.push(format!("{}={}", short_name(*short), column.variable.name));
            if column.width > super::WIDEST {
                // Writing to a text cannot fail.
                let _ = write!(very_long, "{}={:05}\0\t", short_name(*short), column.width);
            }
        }
        extension(13, 1, long_names.join("\t").as_bytes(), out)?;
        if !very_long.is_empty() {
            extension(14, 1, very_long.as_bytes(), out)?;
        }
        extension(20, 1, b"UTF-8", out)?;
        long_texts(columns, out)?;
        ints(&[999, 0], out);
        Ok(())
    }

    fn header(&self, out: &mut Vec<u8>) -> Result<(), ExportError> {
        out.extend_from_slice(b"$FL2");
        out.extend_from_slice(&padded("@(#) SPSS DATA FILE - Ruecklauf", 60));
        let rows = i32::try_from(self.about.rows).map_err(|_| ExportError::TooMuch {
            format: "SPSS",
            most: i32::MAX.unsigned_abs().into(),
            what: "Zeilen",
            found: self.about.rows,
        })?;
        // Layout, elements of a case, compressed, no weight, rows.
        ints(&[2, self.elements, 1, 0, rows], out);
        out.extend_from_slice(&super::f64_of(BIAS).to_le_bytes());
        out.extend_from_slice(&padded(&english(self.about.day()), 9));
        out.extend_from_slice(b"00:00:00");
        out.extend_from_slice(&padded(&shortened(&self.about.title, 64), 64));
        out.extend_from_slice(&[0; 3]);
        Ok(())
    }
}

/// `31 Oct 07`: month names are English in every version of the format.
fn english(day: chrono::NaiveDate) -> String {
    day.format("%d %b %y").to_string()
}

/// Names of eight characters, which nobody sees.
fn short_name(number: usize) -> String {
    format!("V{:05}", number + 1)
}

/// The record of a variable, or of a further segment of a long text, and
/// those that fill up its elements.
fn variable(column: &Column, part: usize, width: usize, number: usize, out: &mut Vec<u8>) -> Result<(), ExportError> {
    let variable = &column.variable;
    let first = part == 0;
    let label = if first {
        shortened(&variable.label, VARIABLE_LABEL)
    } else {
        String::new()
    };
    // Texts of more than eight bytes have their missing codes in a record of their own.
    let missing = variable.coded_missing && first && column.width <= ELEMENT;
    let (kind, shown_width, decimals) = shown(variable.kind, width);
    let format = i32::from(kind) << 16 | i32::from(shown_width) << 8 | i32::from(decimals);
    let missing_count = if missing { int(Missing::ALL.len())? } else { 0 };
    ints(
        &[
            2,
            int(width)?,
            i32::from(!label.is_empty()),
            missing_count,
            format,
            format,
        ],
        out,
    );
    out.extend_from_slice(&padded(&short_name(number), 8));
    if !label.is_empty() {
        ints(&[int(label.len())?], out);
        out.extend_from_slice(&padded(&label, label.len().next_multiple_of(4)));
    }
    if missing {
        for one in Missing::ALL {
            out.extend_from_slice(&value(variable, one.text())?);
        }
    }
    for _ in 1..width.div_ceil(ELEMENT).max(1) {
        ints(&[2, -1, 0, 0, 0, 0], out);
        out.extend_from_slice(&padded("", 8));
    }
    Ok(())
}

/// Values and their wordings, missing codes included.
fn labelled(variable: &Variable) -> Vec<(&str, &str)> {
    let values = variable
        .values
        .iter()
        .map(|(value, label)| (value.as_ref(), label.as_str()));
    // Words that are their own wording need none.
    let mut list: Vec<(&str, &str)> = values.filter(|(value, label)| value != label).collect();
    if variable.coded_missing {
        list.extend(Missing::ALL.map(|one| (one.text(), one.label())));
    }
    list
}

/// Wordings of numbers and of texts of up to eight bytes.
fn wordings(column: &Column, element: usize, out: &mut Vec<u8>) -> Result<(), ExportError> {
    let list = labelled(&column.variable);
    if column.width > ELEMENT || list.is_empty() {
        return Ok(());
    }
    ints(&[3, int(list.len())?], out);
    for (one, label) in list {
        let label = shortened(label, VALUE_LABEL);
        out.extend_from_slice(&value(&column.variable, one)?);
        out.push(byte(label.len()));
        // The length and the label together fill elements.
        out.extend_from_slice(&padded(&label, (label.len() + 1).next_multiple_of(ELEMENT) - 1));
    }
    ints(&[4, 1, int(element)?], out);
    Ok(())
}

/// A value in one element.
fn value(variable: &Variable, text: &str) -> Result<[u8; ELEMENT], ExportError> {
    if variable.kind.is_numeric() {
        return Ok(crate::exports::encoder::float(text)?.to_le_bytes());
    }
    let mut element = [b' '; ELEMENT];
    let length = text.len().min(ELEMENT);
    element[..length].copy_from_slice(&text.as_bytes()[..length]);
    Ok(element)
}

/// Byte order, encoding and special numbers.
fn machine(out: &mut Vec<u8>) -> Result<(), ExportError> {
    // Version 20.0.0, no machine, IEEE 754, bytecode, little-endian, encoding.
    let mut integers = Vec::new();
    ints(&[20, 0, 0, -1, 1, 1, 2, UTF_8], &mut integers);
    extension(3, 4, &integers, out)?;
    // System-missing, highest and lowest of open ranges.
    let floats = [-f64::MAX, f64::MAX, f64::from_bits(0xffef_ffff_ffff_fffe)];
    let floats: Vec<u8> = floats.iter().flat_map(|one| one.to_le_bytes()).collect();
    extension(4, 8, &floats, out)
}

/// Level of measurement, width and alignment of every variable and segment.
fn display(columns: &[Column], out: &mut Vec<u8>) -> Result<(), ExportError> {
    let mut content = Vec::new();
    for column in columns {
        let (measure, align) = match column.variable.kind {
            VariableKind::Code => (1, 1),
            VariableKind::Word | VariableKind::Text => (1, 0),
            VariableKind::Number { .. } | VariableKind::Day | VariableKind::Moment => (3, 1),
        };
        let width = if column.width > 0 {
            int(column.width.clamp(8, 40))?
        } else {
            12
        };
        for _ in column.segments() {
            ints(&[measure, width, align], &mut content);
        }
    }
    extension(11, 4, &content, out)
}

/// Wordings and missing codes of texts of more than eight bytes.
fn long_texts(columns: &[Column], out: &mut Vec<u8>) -> Result<(), ExportError> {
    let (mut wordings, mut missing) = (Vec::new(), Vec::new());
    for column in columns.iter().filter(|column| column.width > ELEMENT) {
        let name = &column.variable.name;
        let list = labelled(&column.variable);
        if !list.is_empty() {
            ints(&[int(name.len())?], &mut wordings);
            wordings.extend_from_slice(name.as_bytes());
            ints(&[int(column.width)?, int(list.len())?], &mut wordings);
            for (value, label) in list {
                let label = shortened(label, VALUE_LABEL);
                ints(&[int(column.width)?], &mut wordings);
                wordings.extend_from_slice(&padded(value, column.width));
                ints(&[int(label.len())?], &mut wordings);
                wordings.extend_from_slice(label.as_bytes());
            }
        }
        if column.variable.coded_missing {
            ints(&[int(name.len())?], &mut missing);
            missing.extend_from_slice(name.as_bytes());
            missing.push(byte(Missing::ALL.len()));
            ints(&[int(ELEMENT)?], &mut missing);
            for one in Missing::ALL {
                missing.extend_from_slice(&padded(one.text(), ELEMENT));
            }
        }
    }
    for (subtype, content) in [(21, wordings), (22, missing)] {
        if !content.is_empty() {
            extension(subtype, 1, &content, out)?;
        }
    }
    Ok(())
}

/// An extension record: subtype, size of its items, content.
fn extension(subtype: i32, size: usize, content: &[u8], out: &mut Vec<u8>) -> Result<(), ExportError> {
    ints(&[7, subtype, int(size)?, int(content.len() / size)?], out);
    out.extend_from_slice(content);
    Ok(())
}

fn ints(list: &[i32], out: &mut Vec<u8>) {
    for one in list {
        out.extend_from_slice(&one.to_le_bytes());
    }
}

fn int(number: usize) -> Result<i32, ExportError> {
    i32::try_from(number).map_err(|_| ExportError::content(format!("{number} in an SPSS file")))
}

/// Labels are shortened to fewer bytes before.
fn byte(length: usize) -> u8 {
    u8::try_from(length).unwrap_or(u8::MAX)
}

fn padded(text: &str, width: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(width, b' ');
    bytes
}
