//! Two registers side by side: which units came, went, were merged, and whose
//! name, Form, Land or contact changed.

use super::{StaffError, known_wave, require};
use crate::Portal;
use crate::identity::{Role, Session};
use crate::store::panel::{self as rows, ListedRow};
use std::collections::{BTreeMap, HashMap};
use survey::status::Status;

/// Kinds of differences between two registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Part of the survey in the later one only.
    Added,
    /// … in the earlier one only, and nobody has taken its place.
    Gone,
    /// Another unit has taken its place.
    Merged,
    /// Another name.
    Name,
    /// Another Form.
    Form,
    /// Another Land.
    Land,
    /// Another person or address to write to.
    Contact,
}

impl ChangeKind {
    /// All there are.
    pub const ALL: [Self; 7] = [
        Self::Added,
        Self::Gone,
        Self::Merged,
        Self::Name,
        Self::Form,
        Self::Land,
        Self::Contact,
    ];

    /// How it stands in addresses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "neu",
            Self::Gone => "weggefallen",
            Self::Merged => "aufgegangen",
            Self::Name => "name",
            Self::Form => "form",
            Self::Land => "land",
            Self::Contact => "kontakt",
        }
    }

    /// What it is called.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Added => "neu im Verzeichnis",
            Self::Gone => "weggefallen",
            Self::Merged => "in anderer Einheit aufgegangen",
            Self::Name => "anderer Name",
            Self::Form => "andere Form",
            Self::Land => "anderes Land",
            Self::Contact => "andere Ansprechperson oder Adresse",
        }
    }
}

impl std::str::FromStr for ChangeKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or(())
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind.
    pub kind: ChangeKind,
    /// What stood in the earlier register.
    pub before: String,
    /// What stands in the later one.
    pub after: String,
}

/// A unit that differs.
#[derive(Clone, Debug)]
pub struct ChangedUnit {
    /// Kennung.
    pub kennung: String,
    /// Name, as of the later register that has it.
    pub name: String,
    /// The wave of that register.
    pub wave: i32,
    /// Every difference.
    pub changes: Vec<Change>,
}

/// Two registers side by side.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Earlier wave.
    pub from: i32,
    /// Later wave.
    pub to: i32,
    /// Units of the earlier register that are part of the survey.
    pub before: u64,
    /// … of the later one: as many, and those added, without those gone or
    /// merged.
    pub after: u64,
    /// Units with each kind of difference, in the order of [`ChangeKind::ALL`].
    pub counts: Vec<(ChangeKind, u64)>,
    /// Units with the kind asked for, or all that differ, in German order.
    pub units: Vec<ChangedUnit>,
}

impl Portal {
    /// Compares the registers of two waves; `only` lists one kind alone.
    ///
    /// # Errors
    /// For viewers and above; where one of the waves is not there.
    pub async fn compare_registers(
        &self,
        session: &Session,
        from: i32,
        to: i32,
        only: Option<ChangeKind>,
    ) -> Result<Comparison, StaffError> {
        require(session, Role::Viewer)?;
        let mut conn = self.snapshot().await?;
        known_wave(&mut conn, from).await?;
        known_wave(&mut conn, to).await?;
        let (before, after) = (rows::listed(&mut conn, from).await?, rows::listed(&mut conn, to).await?);
        drop(conn);
        let mut units = differences((from, &before), (to, &after));
        let counts = ChangeKind::ALL
            .map(|kind| {
                let having = |unit: &&ChangedUnit| unit.changes.iter().any(|change| change.kind == kind);
                (kind, units.iter().filter(having).count() as u64)
            })
            .to_vec();
        if let Some(only) = only {
            units.retain(|unit| unit.changes.iter().any(|change| change.kind == only));
        }
        Ok(Comparison {
            from,
            to,
            before: before.iter().filter(|row| belongs(row)).count() as u64,
            after: after.iter().filter(|row| belongs(row)).count() as u64,
            counts,
            units,
        })
    }
}

/// Every unit that differs, in German order of the later name.
fn differences((from, before): (i32, &[ListedRow]), (to, after): (i32, &[ListedRow])) -> Vec<ChangedUnit> {
    let earlier: HashMap<&str, &ListedRow> = before.iter().map(|row| (row.unit_id.as_str(), row)).collect();
    let later: HashMap<&str, &ListedRow> = after.iter().map(|row| (row.unit_id.as_str(), row)).collect();
    let mut found: BTreeMap<(&str, &str), ChangedUnit> = BTreeMap::new();
    for row in after {
        let changes = match earlier.get(row.unit_id.as_str()) {
            None if belongs(row) => vec![change(ChangeKind::Added, "", &row.name)],
            None => Vec::new(),
            Some(old) => between(old, row),
        };
        if let Some(unit) = differing(row, to, changes) {
            found.insert((&row.sort_key, &row.kennung), unit);
        }
    }
    for row in before.iter().filter(|row| !later.contains_key(row.unit_id.as_str())) {
        let changes = belongs(row).then(|| gone(row, row)).into_iter().collect();
        if let Some(unit) = differing(row, from, changes) {
            found.insert((&row.sort_key, &row.kennung), unit);
        }
    }
    found.into_values().collect()
}

fn differing(row: &ListedRow, wave: i32, changes: Vec<Change>) -> Option<ChangedUnit> {
    (!changes.is_empty()).then(|| ChangedUnit {
        kennung: row.kennung.clone(),
        name: row.name.clone(),
        wave,
        changes,
    })
}

fn change(kind: ChangeKind, before: &str, after: &str) -> Change {
    Change {
        kind,
        before: before.to_owned(),
        after: after.to_owned(),
    }
}

/// Whether a unit is part of the survey.
fn belongs(row: &ListedRow) -> bool {
    row.status != Status::Ineligible.name()
}

/// A unit is not part of it any more; `last` says whether another one is in
/// its place.
fn gone(old: &ListedRow, last: &ListedRow) -> Change {
    match &last.successor {
        Some(successor) => change(ChangeKind::Merged, &old.name, successor),
        None => change(ChangeKind::Gone, &old.name, ""),
    }
}

/// What differs about a unit that stands in both.
fn between(old: &ListedRow, new: &ListedRow) -> Vec<Change> {
    let mut changes = Vec::new();
    match (belongs(old), belongs(new)) {
        (true, false) => changes.push(gone(old, new)),
        (false, true) => changes.push(change(ChangeKind::Added, "", &new.name)),
        _ => {}
    }
    let mut differs = |kind, before: &str, after: &str| {
        if before != after {
            changes.push(change(kind, before, after));
        }
    };
    differs(ChangeKind::Name, &old.name, &new.name);
    differs(ChangeKind::Form, &old.form, &new.form);
    differs(ChangeKind::Land, &old.land, &new.land);
    let (before, after) = (contact(old), contact(new));
    // What was taken out after its period is no difference.
    if !before.is_empty() && !after.is_empty() {
        differs(ChangeKind::Contact, &before, &after);
    }
    changes
}

fn contact(row: &ListedRow) -> String {
    [row.contact_name.as_str(), row.contact_email.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}
