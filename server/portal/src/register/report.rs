//! What is wrong with a register, as it is told: line, field, value, rule.

use std::fmt;

/// One thing that is wrong with a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// Line of the file, or row of the sheet, from 1.
    pub line: u64,
    /// Column.
    pub field: String,
    /// What stands there, cut after 60 characters.
    pub value: String,
    /// Stable code, for example `unknown_form`.
    pub code: &'static str,
    /// German sentence that names the rule.
    pub message: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zeile {}, {}: ", self.line, self.field)?;
        if !self.value.is_empty() {
            write!(f, "„{}“: ", self.value)?;
        }
        f.write_str(&self.message)
    }
}

/// Everything found so far.
#[derive(Default)]
pub(super) struct Findings(Vec<RowError>);

impl Findings {
    pub(super) fn add(&mut self, line: u64, field: &str, value: &str, code: &'static str, message: impl Into<String>) {
        let value = value
            .chars()
            .map(|c| if c.is_control() { '·' } else { c })
            .take(60)
            .collect();
        self.0.push(RowError {
            line,
            field: field.to_owned(),
            value,
            code,
            message: message.into(),
        });
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// All findings by line; `None` where there are none.
    pub(super) fn report(mut self) -> Option<Vec<RowError>> {
        self.0.sort_by_key(|error| error.line);
        (!self.0.is_empty()).then_some(self.0)
    }
}
