//! How long texts are, for formats that say so before the first row.

use super::encoder::text;
use super::record::Cell;
use super::variable::Variable;

/// Lengths of the texts of every variable, in the order of the variables.
#[derive(Clone, Debug, Default)]
pub(super) struct Widths(Vec<Width>);

/// Lengths of the texts of one variable, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Width {
    /// Of the longest.
    pub longest: usize,
    /// Of all together.
    pub total: u64,
    /// How many are not empty.
    pub count: u64,
}

impl Widths {
    pub(super) fn add(&mut self, variables: &[Variable], cells: &[Cell<'_>]) {
        self.0.resize(variables.len(), Width::default());
        for ((width, variable), cell) in self.0.iter_mut().zip(variables).zip(cells) {
            let length = text(cell).len();
            if length > 0 && !variable.kind.is_numeric() {
                width.longest = width.longest.max(length);
                width.total += length as u64;
                width.count += 1;
            }
        }
    }

    pub(super) fn of(&self, at: usize) -> Width {
        self.0.get(at).copied().unwrap_or_default()
    }
}
