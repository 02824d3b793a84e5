//! Tables as files for people: CSV as German Excel opens it (UTF-8 with its
//! mark, semicolons, decimal commas), nothing in it taken for a formula.

mod returns;

/// Writes a table as a file for people's spreadsheets, the row of heads first.
pub fn spreadsheet(rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut text = String::from("\u{feff}");
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| quoted(&harmless(cell))).collect();
        text.push_str(&cells.join(";"));
        text.push_str("\r\n");
    }
    text.into_bytes()
}

/// A cell that no spreadsheet computes.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([';', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
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
