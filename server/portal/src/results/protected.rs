//! The distributions offices are shown: counted, protected once, and kept.

use super::{names, number, read_letters};
use crate::respondent::view::{read_form, read_land};
use crate::store::{Conn, Stored, results};
use serde::{Deserialize, Serialize};
use survey::disclosure::{Shown, protect};
use survey::typology::{CODES, Outcome};
use survey::{AgeGroup, Form, Land, Rules};

/// Types a distribution tells apart: the eight, and what cannot be classified.
const KINDS: usize = CODES.len() + 1;

/// Everything respondents see of a wave, both age groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedbackTables {
    /// Customers from 25 years on.
    pub ue: ProtectedTables,
    /// Customers under 25.
    pub u25: ProtectedTables,
}

impl FeedbackTables {
    /// One age group's.
    #[must_use]
    pub fn of(&self, age: AgeGroup) -> &ProtectedTables {
        match age {
            AgeGroup::Ue => &self.ue,
            AgeGroup::U25 => &self.u25,
        }
    }
}

/// Distributions of one age group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtectedTables {
    /// By Form.
    pub forms: Vec<ProtectedGroup>,
    /// By Land.
    pub laender: Vec<ProtectedGroup>,
}

impl ProtectedTables {
    /// The group of a form.
    #[must_use]
    pub fn form(&self, form: Form) -> Option<&ProtectedGroup> {
        self.forms.iter().find(|group| group.name == form.label())
    }

    /// The group of a Land.
    #[must_use]
    pub fn land(&self, land: Land) -> Option<&ProtectedGroup> {
        self.laender.iter().find(|group| group.name == land.label())
    }
}

/// A distribution as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtectedGroup {
    /// Form or Land.
    pub name: String,
    /// Usable units; nothing where the group is too small or all alike.
    pub total: Option<u64>,
    /// Units by type, in the order of Tabelle 2, what cannot be classified
    /// last; nothing where hidden.
    pub counts: Vec<Option<u64>>,
}

/// Counts and protects the usable cases of a wave.
pub(super) async fn build(conn: &mut Conn, wave: i32, rules: Rules) -> Stored<FeedbackTables> {
    let rows = results::by_form_and_land(conn, wave, names(rules)).await?;
    let mut read = Vec::with_capacity(rows.len());
    for (form, land, letters, count) in &rows {
        read.push((
            read_form(form)?,
            read_land(land)?,
            read_letters(letters)?,
            number(*count),
        ));
    }
    let of = |age: AgeGroup| {
        let cases: Vec<_> = read
            .iter()
            .map(|(form, land, outcomes, count)| (*form, *land, outcomes.of(age), *count))
            .collect();
        tables(&cases)
    };
    Ok(FeedbackTables {
        ue: of(AgeGroup::Ue),
        u25: of(AgeGroup::U25),
    })
}

fn tables(cases: &[(Form, Land, Outcome, u64)]) -> ProtectedTables {
    let mut forms = vec![vec![0; KINDS]; Form::ALL.len()];
    let mut laender = vec![vec![0; KINDS]; Land::ALL.len()];
    for (form, land, outcome, count) in cases {
        let kind = outcome
            .code()
            .and_then(|code| CODES.iter().position(|one| *one == code));
        let kind = kind.unwrap_or(KINDS - 1);
        if let Some(at) = Form::ALL.iter().position(|one| one == form) {
            forms[at][kind] += count;
        }
        if let Some(at) = Land::ALL.iter().position(|one| one == land) {
            laender[at][kind] += count;
        }
    }
    let (by_form, by_land) = protect(&forms, &laender);
    let named = |names: Vec<&str>, groups: Vec<Shown>| {
        let groups = names.into_iter().zip(groups);
        groups
            .map(|(name, group)| ProtectedGroup {
                name: name.to_owned(),
                total: group.total,
                counts: group.counts,
            })
            .collect()
    };
    ProtectedTables {
        forms: named(Form::ALL.map(Form::label).to_vec(), by_form),
        laender: named(Land::ALL.map(Land::label).to_vec(), by_land),
    }
}
