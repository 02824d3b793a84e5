//! What every format does: a beginning, one row after the other, an end. What
//! is written goes into a buffer that is handed on after each page of rows.

use super::csv::Csv;
use super::ddi::Ddi;
use super::dta::Dta;
use super::record::Cell;
use super::sav::Sav;
use super::variable::{Missing, Variable};
use super::widths::Widths;
use super::xlsx::Xlsx;
use super::{ExportError, ExportFormat};
use crate::waves::WaveView;
use std::fs::File;

/// What a file says about itself.
pub(super) struct About {
    /// One line: what the data are.
    pub title: String,
    /// Waves in it, earliest first.
    pub waves: Vec<WaveView>,
    /// Rules the classification rests on.
    pub rules: String,
    /// Name of the file.
    pub file_name: String,
    /// Name the same data have in the format for machines.
    pub data_file: String,
    /// Rows that will follow.
    pub rows: u64,
}

impl About {
    /// The day files are dated with: the reference day of the latest wave, so
    /// that the same data give the same bytes whenever they are written.
    pub(super) fn day(&self) -> chrono::NaiveDate {
        self.waves.last().map_or_else(Default::default, |wave| wave.stichtag)
    }
}

/// Writes one format.
pub(super) trait Encoder: Send {
    /// What stands before the first row.
    fn head(&mut self, out: &mut Vec<u8>) -> Result<(), ExportError>;

    /// One row; as many cells as there are variables.
    fn row(&mut self, cells: &[Cell<'_>], out: &mut Vec<u8>) -> Result<(), ExportError>;

    /// A row of a second table, where the format has one.
    fn way(&mut self, _cells: &[Cell<'_>]) -> Result<(), ExportError> {
        Ok(())
    }

    /// What stands after the last row, and a file whose content follows it.
    fn tail(self: Box<Self>, out: &mut Vec<u8>) -> Result<Option<File>, ExportError>;
}

/// The encoder of a format; `ways` describes the second table.
pub(super) fn encoder(
    format: ExportFormat,
    about: About,
    variables: Vec<Variable>,
    ways: &[Variable],
    widths: &Widths,
) -> Result<Box<dyn Encoder>, ExportError> {
    Ok(match format {
        ExportFormat::Csv | ExportFormat::Paradata => Box::new(Csv::machines(variables)),
        ExportFormat::CsvDe => Box::new(Csv::people(variables)),
        ExportFormat::Xlsx => Box::new(Xlsx::new(&about, variables, ways)?),
        ExportFormat::Sav => Box::new(Sav::new(about, variables, widths)?),
        ExportFormat::Dta => Box::new(Dta::new(about, variables, widths)?),
        ExportFormat::Ddi => Box::new(Ddi::new(about, variables)),
    })
}

/// A number for programs that compute in floating point.
///
/// # Errors
/// Where it is none.
pub(super) fn float(number: &str) -> Result<f64, ExportError> {
    let read = number.parse();
    read.map_err(|_| ExportError::content(format!("a number {number:?}")))
}

/// Texts hold missing codes as texts, in every format.
pub(super) fn text<'a>(cell: &'a Cell<'_>) -> &'a str {
    match cell {
        Cell::Text(text) | Cell::Number(text) => text,
        Cell::Missing(missing) => Missing::text(*missing),
        Cell::Empty | Cell::Day(_) | Cell::Moment(_) => "",
    }
}

/// The beginning of a text that fits into so many bytes; `…` says that more
/// followed.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub('…'.len_utf8());
    let end = (0..=room).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}…", text[..end].trim_end())
}
