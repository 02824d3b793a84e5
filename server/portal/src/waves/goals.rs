//! What the institute wants of a wave: how many returns, and by what its
//! units are large or small.

use crate::input::has_control_characters;

/// Target and source of the size classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goals {
    /// Per cent of the frozen list wanted in, 1 to 100.
    pub target: u32,
    /// Column of the register (named with `--extra` at its import) whose
    /// quartiles are the size classes; none: customers (B1) of the wave before.
    pub size_column: Option<String>,
}

impl Default for Goals {
    /// 95 per cent, what the survey of 2008 reached.
    fn default() -> Self {
        Self {
            target: 95,
            size_column: None,
        }
    }
}

/// Goals as they are stored.
pub(crate) struct Checked {
    pub target: i32,
    pub size_column: Option<String>,
}

impl Goals {
    /// What can be stored, or a German sentence that says what cannot.
    pub(crate) fn checked(&self) -> Result<Checked, String> {
        let target = i32::try_from(self.target)
            .ok()
            .filter(|target| (1..=100).contains(target));
        let target = target.ok_or_else(|| format!("Das Ziel „{}“ ist kein Prozentsatz von 1 bis 100.", self.target))?;
        let column = self
            .size_column
            .as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty());
        if let Some(name) = column
            && (name.chars().count() > 100 || has_control_characters(name))
        {
            return Err("Der Name der Spalte hat mehr als 100 Zeichen oder Steuerzeichen.".into());
        }
        Ok(Checked {
            target,
            size_column: column.map(str::to_owned),
        })
    }
}
