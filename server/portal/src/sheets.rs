//! Tables as files for people: CSV as German Excel opens it (UTF-8 with its
//! mark, semicolons, decimal commas), nothing in it taken for a formula.

mod returns;

use std::borrow::Cow;

/// Without the mark Excel takes umlauts for something else.
pub(crate) const MARK: &str = "\u{feff}";

/// Writes a table as a file for people's spreadsheets, the row of heads first.
pub fn spreadsheet(rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut out = MARK.as_bytes().to_vec();
    for row in rows {
        let cells: Vec<Cow<'_, str>> = row.iter().map(|cell| harmless(cell)).collect();
        line(&mut out, cells.iter().map(AsRef::as_ref));
    }
    out
}

/// Writes a line of cells that are harmless already.
pub(crate) fn line<'a>(out: &mut Vec<u8>, cells: impl Iterator<Item = &'a str>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            out.push(b';');
        }
        out.extend_from_slice(quoted(cell).as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

/// Whether a spreadsheet would compute a text instead of showing it.
pub(crate) fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A cell that no spreadsheet computes.
pub(crate) fn harmless(cell: &str) -> Cow<'_, str> {
    if is_formula(cell) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

fn quoted(cell: &str) -> Cow<'_, str> {
    if cell.contains([';', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_a_formula_and_nothing_breaks_a_row() {
        let rows = [
            ["=1+1", "a;b"],
            ["-3", "er sagt \"ja\"\nund geht"],
            ["@x", "\tx"],
            ["12,5", "Öhm"],
        ];
        let bytes = spreadsheet(rows.map(|row| row.map(str::to_owned).to_vec()));
        let text = String::from_utf8(bytes).unwrap();
        let expected = "\u{feff}'=1+1;\"a;b\"\r\n'-3;\"er sagt \"\"ja\"\"\nund geht\"\r\n'@x;'\tx\r\n12,5;Öhm\r\n";
        assert_eq!(text, expected);
    }
}
