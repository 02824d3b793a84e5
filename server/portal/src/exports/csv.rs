//! CSV. For machines: UTF-8, semicolons, decimal point, missing codes as
//! numbers, no escaping for spreadsheets (design, section 4). For people: as
//! German Excel opens it, wordings instead of codes, nothing in it a formula.

use super::ExportError;
use super::encoder::Encoder;
use super::record::Cell;
use super::variable::{Missing, Variable};
use crate::berlin;
use crate::sheets;
use chrono::SecondsFormat;
use std::borrow::Cow;
use std::fs::File;
use survey::answer::german_day;

pub(super) struct Csv {
    variables: Vec<Variable>,
    people: bool,
}

impl Csv {
    pub(super) fn machines(variables: Vec<Variable>) -> Self {
        Self {
            variables,
            people: false,
        }
    }

    pub(super) fn people(variables: Vec<Variable>) -> Self {
        Self {
            variables,
            people: true,
        }
    }
}

impl Encoder for Csv {
    fn head(&mut self, out: &mut Vec<u8>) -> Result<(), ExportError> {
        let names = self.variables.iter().map(|variable| variable.name.as_str());
        if self.people {
            out.extend_from_slice(sheets::MARK.as_bytes());
            sheets::line(out, names);
        } else {
            machine_line(out, names)?;
        }
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>], out: &mut Vec<u8>) -> Result<(), ExportError> {
        if self.people {
            let cells = self.variables.iter().zip(cells);
            let texts: Vec<Cow<'_, str>> = cells.map(|(variable, cell)| for_people(variable, cell)).collect();
            sheets::line(out, texts.iter().map(AsRef::as_ref));
            return Ok(());
        }
        let texts: Vec<Cow<'_, str>> = cells.iter().map(for_machines).collect();
        machine_line(out, texts.iter().map(AsRef::as_ref))
    }

    fn tail(self: Box<Self>, _out: &mut Vec<u8>) -> Result<Option<File>, ExportError> {
        Ok(None)
    }
}

fn machine_line<'a>(out: &mut Vec<u8>, cells: impl Iterator<Item = &'a str>) -> Result<(), ExportError> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(out);
    writer.write_record(cells)?;
    Ok(writer.flush()?)
}

/// A cell as machines read it.
pub(super) fn for_machines<'a>(cell: &'a Cell<'_>) -> Cow<'a, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Missing(missing) => Cow::Borrowed(missing.text()),
        Cell::Number(text) | Cell::Text(text) => Cow::Borrowed(text),
        Cell::Day(day) => Cow::Owned(day.to_string()),
        Cell::Moment(at) => Cow::Owned(at.to_rfc3339_opts(SecondsFormat::Secs, true)),
    }
}

/// A cell as people read it. Numbers stay numbers for a spreadsheet; whatever
/// else begins like a formula is made plain.
fn for_people<'a>(variable: &'a Variable, cell: &'a Cell<'_>) -> Cow<'a, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Missing(missing) => Cow::Borrowed(Missing::label(*missing)),
        Cell::Number(number) => match variable.wording(number) {
            Some(wording) => sheets::harmless(wording),
            None if number.contains('.') => Cow::Owned(number.replace('.', ",")),
            None => Cow::Borrowed(number),
        },
        Cell::Text(text) => sheets::harmless(variable.wording(text).unwrap_or(text)),
        Cell::Day(day) => Cow::Owned(german_day(*day)),
        Cell::Moment(at) => Cow::Owned(berlin::stamp(*at)),
    }
}
