//! Reading tables of one file with line numbers, collecting what is wrong
//! instead of stopping at it.

use super::Diagnostic;
use std::collections::BTreeSet;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One file being read.
pub(super) struct File<'a> {
    pub name: &'a str,
    pub text: &'a str,
    pub findings: &'a mut Vec<Diagnostic>,
}

impl File<'_> {
    /// Line of a place in the text, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        self.text
            .as_bytes()
            .iter()
            .take(at)
            .filter(|byte| **byte == b'\n')
            .count()
            + 1
    }

    pub(super) fn report(&mut self, at: usize, item: &str, reason: impl Into<String>) {
        let line = self.line(at);
        self.findings.push(Diagnostic {
            file: self.name.to_owned(),
            line,
            item: item.to_owned(),
            reason: reason.into(),
        });
    }
}

/// A table, the keys taken from it so far, and whom messages name.
pub(super) struct Fields<'t, 'i> {
    table: &'t DeTable<'i>,
    at: usize,
    pub item: String,
    taken: BTreeSet<&'static str>,
}

/// A text with the place it starts at.
#[derive(Clone, Debug, Default)]
pub(super) struct Placed {
    pub text: String,
    pub at: usize,
    pub line: usize,
}

impl<'t, 'i> Fields<'t, 'i> {
    pub(super) fn new(table: &'t DeTable<'i>, at: usize) -> Self {
        Self {
            table,
            at,
            item: String::new(),
            taken: BTreeSet::new(),
        }
    }

    fn take(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'i>>> {
        self.taken.insert(key);
        self.table.get(key)
    }

    /// A text, or nothing where the key is absent.
    pub(super) fn text(&mut self, file: &mut File, key: &'static str) -> Option<Placed> {
        let value = self.take(key)?;
        let at = value.span().start;
        match value.get_ref().as_str() {
            Some(text) => Some(Placed {
                text: text.to_owned(),
                at,
                line: file.line(at),
            }),
            None => {
                file.report(
                    at,
                    &self.item,
                    format!("„{key}“ muss ein Text in Anführungszeichen sein"),
                );
                None
            }
        }
    }

    /// A text that must be there.
    pub(super) fn need(&mut self, file: &mut File, key: &'static str) -> Placed {
        let there = self.table.contains_key(key);
        match self.text(file, key) {
            Some(found) if found.text.trim().is_empty() => {
                file.report(found.at, &self.item, format!("„{key}“ ist leer"));
                found
            }
            Some(found) => found,
            None => {
                if !there {
                    file.report(self.at, &self.item, format!("„{key}“ fehlt"));
                }
                Placed {
                    at: self.at,
                    line: file.line(self.at),
                    ..Placed::default()
                }
            }
        }
    }

    pub(super) fn flag(&mut self, file: &mut File, key: &'static str) -> bool {
        let Some(value) = self.take(key) else {
            return false;
        };
        value.get_ref().as_bool().unwrap_or_else(|| {
            file.report(
                value.span().start,
                &self.item,
                format!("„{key}“ muss true oder false sein"),
            );
            false
        })
    }

    /// A whole number between two bounds.
    pub(super) fn integer(&mut self, file: &mut File, key: &'static str, low: i64, high: i64) -> Option<i64> {
        let value = self.take(key)?;
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|number| i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok());
        match number.filter(|number| (low..=high).contains(number)) {
            Some(number) => Some(number),
            None => {
                file.report(
                    value.span().start,
                    &self.item,
                    format!("„{key}“ muss eine ganze Zahl von {low} bis {high} sein"),
                );
                None
            }
        }
    }

    pub(super) fn day(&mut self, file: &mut File, key: &'static str) -> Option<chrono::NaiveDate> {
        let Some(value) = self.take(key) else {
            file.report(self.at, &self.item, format!("„{key}“ fehlt"));
            return None;
        };
        let day = value
            .get_ref()
            .as_datetime()
            .filter(|datetime| datetime.time.is_none())
            .and_then(|datetime| datetime.date)
            .and_then(|date| chrono::NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()));
        if day.is_none() {
            file.report(
                value.span().start,
                &self.item,
                format!("„{key}“ muss ein Tag sein, zum Beispiel 2007-10-31"),
            );
        }
        day
    }

    /// The tables of an array, with the place of each.
    pub(super) fn tables(&mut self, file: &mut File, key: &'static str) -> Vec<(&'t DeTable<'i>, usize)> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let Some(list) = value.get_ref().as_array() else {
            file.report(value.span().start, &self.item, format!("„{key}“ muss eine Liste sein"));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for one in list.iter() {
            match one.get_ref().as_table() {
                Some(table) => tables.push((table, one.span().start)),
                None => file.report(
                    one.span().start,
                    &self.item,
                    format!("in „{key}“ steht kein Eintrag mit Feldern"),
                ),
            }
        }
        tables
    }

    /// Reports keys nobody asked for.
    pub(super) fn finish(self, file: &mut File) {
        for key in self.table.keys() {
            if !self.taken.contains(key.get_ref().as_ref()) {
                let name = key.get_ref();
                file.report(key.span().start, &self.item, format!("das Feld „{name}“ gibt es nicht"));
            }
        }
    }
}
