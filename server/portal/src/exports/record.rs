//! One row of an export, and what stands in its cells.

use super::typology;
use super::variable::{Field, Missing, Variable, VariableKind};
use crate::clock::from_micros;
use crate::store::exports::ExportRow;
use crate::store::{StoreError, Stored};
use crate::waves::read_status;
use chrono::{DateTime, NaiveDate, Utc};
use std::borrow::Cow;
use std::collections::HashMap;
use survey::rates::disposition;
use survey::{AgeGroup, Classification};

/// A cell, told apart as far as any format tells apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    /// Nothing: before the first submission, or not in this wave's questionnaire.
    Empty,
    /// Why there is no value.
    Missing(Missing),
    /// A number as machines write it: decimal point, no thousands.
    Number(Cow<'a, str>),
    /// A day.
    Day(NaiveDate),
    /// A moment.
    Moment(DateTime<Utc>),
    /// A word or a text.
    Text(Cow<'a, str>),
}

impl Cell<'_> {
    /// A count.
    pub(super) fn count(n: i64) -> Cell<'static> {
        Cell::Number(Cow::Owned(n.to_string()))
    }

    /// A stored moment, microseconds since 1970 UTC.
    pub(super) fn moment(at: Option<i64>) -> Cell<'static> {
        at.map_or(Cell::Empty, |at| Cell::Moment(from_micros(at)))
    }
}

/// One unit in one wave.
pub(super) struct Record {
    row: ExportRow,
    wave: i32,
    values: HashMap<String, String>,
    parts: [[String; 10]; 2],
    disposition: &'static str,
}

impl Record {
    pub(super) fn read(row: ExportRow, wave: i32) -> Stored<Self> {
        let read = |json: &Option<String>| -> Stored<Option<Classification>> {
            Ok(json.as_deref().map(serde_json::from_str).transpose()?)
        };
        let (ue, u25) = (read(&row.ue)?, read(&row.u25)?);
        let typology_answered = ue.as_ref().is_some_and(|ue| ue.code().is_some());
        Ok(Self {
            wave,
            values: row
                .machine
                .as_deref()
                .map(serde_json::from_str)
                .transpose()?
                .unwrap_or_default(),
            parts: [typology::cells(ue.as_ref()), typology::cells(u25.as_ref())],
            disposition: disposition(read_status(&row.status)?, typology_answered).code(),
            row,
        })
    }

    pub(super) fn case_id(&self) -> &str {
        &self.row.case_id
    }

    pub(super) fn kennung(&self) -> &str {
        &self.row.kennung
    }

    pub(super) fn wave(&self) -> i32 {
        self.wave
    }

    /// What stands in a cell.
    pub(super) fn cell<'a>(&'a self, variable: &Variable) -> Stored<Cell<'a>> {
        let row = &self.row;
        let text = |text: &'a str| match text {
            "" => Cell::Empty,
            text => Cell::Text(Cow::Borrowed(text)),
        };
        Ok(match &variable.field {
            Field::Kennung => text(&row.kennung),
            Field::Wave => Cell::count(self.wave.into()),
            Field::Name => text(&row.name),
            Field::ContactName => text(&row.contact_name),
            Field::ContactEmail => text(&row.contact_email),
            Field::Form => text(&row.form),
            Field::Land => text(&row.land),
            Field::Status => text(&row.status),
            Field::Disposition => text(self.disposition),
            Field::SubmittedAt => Cell::moment(row.submitted_at),
            Field::Item { item, code } => self.item(item, *code, variable.kind)?,
            Field::Type(age, part) => text(&self.parts[usize::from(*age == AgeGroup::U25)][*part]),
            Field::RuleVersion => text(row.rule_version.as_deref().unwrap_or_default()),
            Field::Way(_) => Cell::Empty,
        })
    }

    /// The value of an item, a missing code, or 0/1 for an option of a
    /// multiple choice; empty before the first submission.
    fn item(&self, item: &str, code: Option<i16>, kind: VariableKind) -> Stored<Cell<'_>> {
        let Some(value) = self.values.get(item) else {
            return Ok(Cell::Empty);
        };
        if let Some(missing) = Missing::read(value) {
            return Ok(Cell::Missing(missing));
        }
        if let Some(code) = code {
            let chosen = value.split(',').any(|one| one.parse() == Ok(code));
            return Ok(Cell::Number(Cow::Borrowed(if chosen { "1" } else { "0" })));
        }
        let wrong = || StoreError::content(format!("a value {value:?} of {item}"));
        Ok(match kind {
            _ if value.is_empty() => Cell::Empty,
            VariableKind::Day => Cell::Day(value.parse().map_err(|_| wrong())?),
            VariableKind::Code | VariableKind::Number { .. } => Cell::Number(Cow::Borrowed(value)),
            VariableKind::Moment | VariableKind::Word | VariableKind::Text => Cell::Text(Cow::Borrowed(value)),
        })
    }
}
