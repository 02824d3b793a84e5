//! Excel workbooks: data as machines read them, the codebook, the paradata.
//! Rows wait in a temporary folder nobody else may enter, not in memory. Texts are texts to Excel
//! whatever they begin with, and stay so when a cell is edited.

use super::ExportError;
use super::csv::for_machines;
use super::encoder::{About, Encoder, float};
use super::record::Cell;
use super::variable::{Variable, VariableKind};
use crate::files::{nameless_private, private_tempdir};
use crate::sheets::is_formula;
use chrono::{Datelike, NaiveDate, Timelike};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use std::fs::File;
use std::io::{self, Seek};
use tempfile::TempDir;

/// Rows of a sheet, the header included.
const MOST_ROWS: u64 = 1_048_576;
const MOST_COLUMNS: usize = 16_384;
/// Days from the beginning of Excel's calendar to 1970.
const EPOCH: f64 = 25_569.0;
/// Excel has no days before.
const FIRST_YEAR: i32 = 1901;

const DATA: usize = 0;
const WAYS: usize = 2;

pub(super) struct Xlsx {
    workbook: Workbook,
    /// Where rows wait; goes with the workbook.
    _waiting: TempDir,
    formats: Formats,
    kinds: Vec<VariableKind>,
    way_kinds: Vec<VariableKind>,
    row: u32,
    way_row: u32,
}

struct Formats {
    head: Format,
    whole: Format,
    day: Format,
    moment: Format,
    plain: Format,
    wrapped: Format,
}

impl From<XlsxError> for ExportError {
    fn from(error: XlsxError) -> Self {
        Self::Output(io::Error::other(error))
    }
}

impl Xlsx {
    pub(super) fn new(about: &About, variables: Vec<Variable>, ways: &[Variable]) -> Result<Self, ExportError> {
        let too_much = |most: u64, what, found: u64| ExportError::TooMuch {
            format: "Excel",
            most,
            what,
            found,
        };
        if about.rows >= MOST_ROWS {
            return Err(too_much(MOST_ROWS - 1, "Zeilen", about.rows));
        }
        if variables.len() > MOST_COLUMNS {
            return Err(too_much(MOST_COLUMNS as u64, "Spalten", variables.len() as u64));
        }
        let day = about.day();
        let created = ExcelDateTime::from_ymd(
            u16::try_from(day.year()).unwrap_or(1970),
            u8::try_from(day.month()).unwrap_or(1),
            u8::try_from(day.day()).unwrap_or(1),
        )?;
        let waiting = private_tempdir()?;
        let mut workbook = Workbook::new();
        workbook.set_tempdir(waiting.path())?;
        let properties = DocProperties::new().set_title(&about.title).set_comment(&about.rules);
        workbook.set_properties(&properties.set_creation_datetime(&created));
        let formats = Formats {
            head: Format::new().set_bold(),
            whole: Format::new().set_num_format("0"),
            day: Format::new().set_num_format("yyyy\\-mm\\-dd"),
            moment: Format::new().set_num_format("yyyy\\-mm\\-dd hh:mm:ss"),
            plain: Format::new().set_quote_prefix(),
            wrapped: Format::new().set_text_wrap(),
        };
        let data = add(&mut workbook, "Daten")?;
        head(data, variables.iter().map(|one| one.name.as_str()), &formats)?;
        let codebook = add(&mut workbook, "Codebuch")?;
        codebook.set_column_width(1, 60)?;
        codebook.set_column_width(5, 60)?;
        codebook.set_column_width(6, 60)?;
        head(codebook, CODEBOOK.into_iter(), &formats)?;
        for (row, variable) in (1..).zip(&variables) {
            describe(codebook, row, variable, &formats)?;
        }
        let sheet = add(&mut workbook, "Paradaten")?;
        head(sheet, ways.iter().map(|one| one.name.as_str()), &formats)?;
        Ok(Self {
            workbook,
            _waiting: waiting,
            formats,
            kinds: variables.iter().map(|one| one.kind).collect(),
            way_kinds: ways.iter().map(|one| one.kind).collect(),
            row: 0,
            way_row: 0,
        })
    }
}

fn add<'w>(workbook: &'w mut Workbook, name: &str) -> Result<&'w mut Worksheet, ExportError> {
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name(name)?.set_freeze_panes(1, 1)?;
    Ok(sheet)
}

fn head<'a>(sheet: &mut Worksheet, names: impl Iterator<Item = &'a str>, formats: &Formats) -> Result<(), ExportError> {
    for (column, name) in (0..).zip(names) {
        sheet.write_string_with_format(0, column, name, &formats.head)?;
    }
    Ok(())
}

const CODEBOOK: [&str; 9] = [
    "Variable",
    "Bedeutung",
    "Art",
    "Einheit",
    "Modul",
    "Frage",
    "Werte",
    "Fehlende Werte",
    "Welle",
];

fn describe(sheet: &mut Worksheet, row: u32, variable: &Variable, formats: &Formats) -> Result<(), ExportError> {
    let texts = [
        variable.name.clone(),
        variable.label.clone(),
        variable.kind.label().to_owned(),
        variable.unit.clone().unwrap_or_default(),
        variable.module.clone().unwrap_or_default(),
        variable.question.clone().unwrap_or_default(),
        variable.values_text(),
        variable.missing_text(),
        variable.wave.map(|wave| wave.to_string()).unwrap_or_default(),
    ];
    for (column, text) in (0..).zip(texts) {
        if !text.is_empty() {
            sheet.write_string_with_format(row, column, text, &formats.wrapped)?;
        }
    }
    Ok(())
}

impl Encoder for Xlsx {
    fn head(&mut self, _out: &mut Vec<u8>) -> Result<(), ExportError> {
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>], _out: &mut Vec<u8>) -> Result<(), ExportError> {
        self.row += 1;
        let sheet = self.workbook.worksheet_from_index(DATA)?;
        fill(sheet, self.row, &self.kinds, cells, &self.formats)
    }

    fn way(&mut self, cells: &[Cell<'_>]) -> Result<(), ExportError> {
        self.way_row += 1;
        let sheet = self.workbook.worksheet_from_index(WAYS)?;
        fill(sheet, self.way_row, &self.way_kinds, cells, &self.formats)
    }

    fn tail(mut self: Box<Self>, _out: &mut Vec<u8>) -> Result<Option<File>, ExportError> {
        let mut file = nameless_private()?;
        self.workbook.save_to_writer(&mut file)?;
        file.rewind()?;
        Ok(Some(file))
    }
}

fn fill(
    sheet: &mut Worksheet,
    row: u32,
    kinds: &[VariableKind],
    cells: &[Cell<'_>],
    formats: &Formats,
) -> Result<(), ExportError> {
    for ((column, kind), cell) in (0..).zip(kinds).zip(cells) {
        match cell {
            Cell::Empty => {}
            Cell::Missing(missing) if kind.is_numeric() => {
                sheet.write_number_with_format(row, column, f64::from(missing.code()), &formats.whole)?;
            }
            Cell::Number(number) => {
                let value = float(number)?;
                match kind {
                    VariableKind::Number { decimals } if *decimals > 0 => sheet.write_number(row, column, value)?,
                    _ => sheet.write_number_with_format(row, column, value, &formats.whole)?,
                };
            }
            Cell::Day(day) if day.year() >= FIRST_YEAR => {
                sheet.write_number_with_format(row, column, serial(*day), &formats.day)?;
            }
            Cell::Moment(at) if at.year() >= FIRST_YEAR => {
                let seconds = f64::from(at.time().num_seconds_from_midnight());
                let value = serial(at.date_naive()) + seconds / 86_400.0;
                sheet.write_number_with_format(row, column, value, &formats.moment)?;
            }
            other => {
                let text = for_machines(other);
                if is_formula(&text) {
                    sheet.write_string_with_format(row, column, text, &formats.plain)?;
                } else {
                    sheet.write_string(row, column, text)?;
                }
            }
        }
    }
    Ok(())
}

/// A day in Excel's calendar.
fn serial(day: NaiveDate) -> f64 {
    let since = day.signed_duration_since(NaiveDate::default()).num_days();
    f64::from(i32::try_from(since).unwrap_or_default()) + EPOCH
}
