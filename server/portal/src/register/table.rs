//! Reads a file into rows of cells: CSV as Excel on a German PC writes it, or
//! XLSX. Knows nothing of what the cells mean.

use calamine::{Data, Reader, Xlsx};
use std::io::Cursor;

/// Rows with the lines they stand on, the header first.
pub(super) struct Table {
    pub header: Vec<String>,
    pub rows: Vec<Record>,
}

/// One row.
pub(super) struct Record {
    /// Line of the file, or row of the sheet, from 1.
    pub line: u64,
    pub cells: Vec<String>,
}

/// Every XLSX file is a ZIP archive.
const ZIP: &[u8] = b"PK\x03\x04";

/// Reads a table by what the bytes are, not by a file's name.
pub(super) fn read(bytes: &[u8]) -> Result<Table, String> {
    let records = if bytes.starts_with(ZIP) {
        read_xlsx(bytes)?
    } else {
        read_csv(&decode(bytes))?
    };
    let mut records = records
        .into_iter()
        .filter(|record| record.cells.iter().any(|cell| !cell.trim().is_empty()));
    let header = records.next().ok_or("Sie ist leer.")?;
    Ok(Table {
        header: header.cells,
        rows: records.collect(),
    })
}

/// UTF-8 (with or without mark) or UTF-16 with mark; otherwise Windows-1252.
fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252
            .decode_without_bom_handling(bytes)
            .0
            .into_owned(),
    }
}

fn read_csv(text: &str) -> Result<Vec<Record>, String> {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let delimiter = if header.contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut lines = Lines {
        text: text.as_bytes(),
        at: 0,
        line: 1,
    };
    reader
        .records()
        .map(|record| {
            let record = record.map_err(|error| error.to_string())?;
            let start = record.position().map_or(0, csv::Position::byte);
            Ok(Record {
                line: lines.of(start),
                cells: record.iter().map(str::to_owned).collect(),
            })
        })
        .collect()
}

/// Counts lines up to where a record starts. (The reader's own count lags
/// behind where lines end with CRLF or are blank.)
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, byte: u64) -> u64 {
        let start = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(next) = self
            .text
            .get(self.at)
            .filter(|next| self.at < start || matches!(next, b'\r' | b'\n'))
        {
            self.line += u64::from(*next == b'\n');
            self.at += 1;
        }
        self.line
    }
}

fn read_xlsx(bytes: &[u8]) -> Result<Vec<Record>, String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let sheet = book
        .worksheet_range_at(0)
        .ok_or("it has no sheet")?
        .map_err(|error| error.to_string())?;
    let first = sheet.start().map_or(1, |(row, _)| u64::from(row) + 1);
    Ok((first..)
        .zip(sheet.rows())
        .map(|(line, cells)| Record {
            line,
            cells: cells.iter().map(text_of).collect(),
        })
        .collect())
}

/// A cell as it is read; whole numbers without a decimal point.
fn text_of(cell: &Data) -> String {
    match cell {
        Data::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
        Data::Empty => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8]) -> Vec<(u64, Vec<String>)> {
        let table = read(bytes).unwrap();
        std::iter::once((0, table.header))
            .chain(table.rows.into_iter().map(|record| (record.line, record.cells)))
            .collect()
    }

    #[test]
    fn what_german_excel_writes_is_read_in_every_encoding() {
        let text = "kennung;name\r\nGS-1;\"Öd; am \"\"See\"\"\"\r\n\r\nGS-2;Üb\r\n";
        let expected = vec![
            (0, vec!["kennung".into(), "name".into()]),
            (2, vec!["GS-1".into(), "Öd; am \"See\"".into()]),
            (4, vec!["GS-2".into(), "Üb".to_owned()]),
        ];
        assert_eq!(cells(text.as_bytes()), expected, "UTF-8");
        assert_eq!(cells(format!("\u{feff}{text}").as_bytes()), expected, "UTF-8 with mark");
        assert_eq!(
            cells(&encoding_rs::WINDOWS_1252.encode(text).0),
            expected,
            "Windows-1252"
        );
        let wide: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(cells(&wide), expected, "UTF-16");
    }

    #[test]
    fn commas_separate_where_there_is_no_semicolon() {
        assert_eq!(cells(b"a,b\n1,2\n")[1], (2, vec!["1".into(), "2".into()]));
    }

    #[test]
    fn nothing_and_noise_are_refused_with_a_reason() {
        assert!(read(b"").is_err());
        assert!(read(b"\n \n").is_err());
        assert!(read(b"PK\x03\x04 not a workbook").is_err());
    }
}
