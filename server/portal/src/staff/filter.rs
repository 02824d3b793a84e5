//! What of a wave's cases to list, as it stands in an address: read from
//! names and values, written as names and values, so that a list can be
//! shared, saved under a name and acted upon. Pure.

use crate::berlin;
use crate::store::desk::{Beginning, Filter, TypeIs};
use crate::words;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::fmt;
use survey::status::Status;
use survey::{Form, Land};

/// Longest search.
const LONGEST_SEARCH: usize = 100;
/// Most cases a filter may name one by one.
pub const MOST_NAMED: usize = 1_000;

/// Which cases to list; what is not given does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Status.
    pub status: Option<Status>,
    /// Several statuses together.
    pub stage: Option<Stage>,
    /// Form.
    pub form: Option<Form>,
    /// Land.
    pub land: Option<Land>,
    /// Beginnings of words of name, place and Kennung; case and umlauts do not
    /// matter.
    pub search: String,
    /// Handed in after the deadline, or not handed in although it has passed.
    pub late: bool,
    /// With a deadline of its own.
    pub extended: bool,
    /// Whose address gets nothing at the moment.
    pub marked: bool,
    /// Who want no reminders.
    pub opted_out: bool,
    /// Type from 25 years on.
    pub type_ue: Option<TypeWanted>,
    /// Type under 25 years.
    pub type_u25: Option<TypeWanted>,
    /// Pending, and not worked on for so many days.
    pub silent_days: Option<u16>,
    /// Exactly these Kennungen; empty: any.
    pub kennungen: Vec<String>,
}

/// Statuses that are looked at together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The institute waits for the questionnaire.
    Pending,
    /// It was handed in.
    Received,
    /// Nobody waits for it any more.
    Gone,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Received, Self::Gone];

    /// As it stands in an address.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "offen",
            Self::Received => "eingegangen",
            Self::Gone => "ausgeschieden",
        }
    }

    /// The statuses it stands for.
    #[must_use]
    pub const fn statuses(self) -> &'static [Status] {
        match self {
            Self::Pending => &[Status::NotInvited, Status::Invited, Status::Opened, Status::Started],
            Self::Received => &[Status::Submitted, Status::Query, Status::Usable, Status::Unusable],
            Self::Gone => &[Status::Refused, Status::Ineligible],
        }
    }
}

/// A type to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeWanted {
    /// One of the eight.
    Code(&'static str),
    /// Not classifiable as a whole.
    Unclear,
}

impl TypeWanted {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Code("Iaa"),
        Self::Code("Iab"),
        Self::Code("Iba"),
        Self::Code("Ibb"),
        Self::Code("IIaa"),
        Self::Code("IIab"),
        Self::Code("IIba"),
        Self::Code("IIbb"),
        Self::Unclear,
    ];

    /// As it stands in an address.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Code(code) => code,
            Self::Unclear => "unklar",
        }
    }
}

/// A value of an address that cannot be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadValue {
    /// Its name.
    pub field: &'static str,
    /// Itself.
    pub value: String,
}

impl fmt::Display for BadValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "„{}“ gibt es beim Filter „{}“ nicht.", self.value, self.field)
    }
}

impl CaseFilter {
    /// Names it has in an address; `fall` may come several times.
    pub const NAMES: [&'static str; 13] = [
        "status",
        "stand",
        "form",
        "land",
        "suche",
        "spaet",
        "verlaengert",
        "gesperrt",
        "abgemeldet",
        "typ_ue",
        "typ_u25",
        "still",
        "fall",
    ];

    /// Reads a filter; what cannot be read is named and left out.
    pub fn read(values: impl Fn(&str) -> Vec<String>) -> (Self, Vec<BadValue>) {
        let mut bad = Vec::new();
        let filter = Reader { values, bad: &mut bad }.filter();
        (filter, bad)
    }

    /// The names and values it is read from again.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let yes = |wanted: bool| wanted.then(|| "ja".to_owned());
        let search = self.search.trim();
        let single = [
            ("status", self.status.map(|one| one.name().to_owned())),
            ("stand", self.stage.map(|one| one.name().to_owned())),
            ("form", self.form.map(|one| one.label().to_owned())),
            ("land", self.land.map(|one| one.label().to_owned())),
            ("suche", (!search.is_empty()).then(|| search.to_owned())),
            ("spaet", yes(self.late)),
            ("verlaengert", yes(self.extended)),
            ("gesperrt", yes(self.marked)),
            ("abgemeldet", yes(self.opted_out)),
            ("typ_ue", self.type_ue.map(|one| one.name().to_owned())),
            ("typ_u25", self.type_u25.map(|one| one.name().to_owned())),
            ("still", self.silent_days.map(|days| days.to_string())),
        ];
        single
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .chain(self.kennungen.iter().map(|kennung| ("fall", kennung.clone())))
            .collect()
    }

    /// Whether it lets everything pass.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs().is_empty()
    }

    /// What the store looks for; `None`: nothing can be found.
    pub(super) fn rows(&self, wave: i32, deadline: NaiveDate, now: DateTime<Utc>) -> Option<Filter> {
        let words: Vec<Beginning> = words::fold(&self.search)
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| Beginning {
                text: word.to_owned(),
                found: 0,
            })
            .collect();
        if words.is_empty() && !self.search.trim().is_empty() {
            return None;
        }
        let mut statuses: Vec<Status> = self.stage.map(|stage| stage.statuses().to_vec()).unwrap_or_default();
        if self.silent_days.is_some() && statuses.is_empty() {
            statuses = Stage::Pending.statuses().to_vec();
        }
        if let Some(status) = self.status {
            if !statuses.is_empty() && !statuses.contains(&status) {
                return None;
            }
            statuses = vec![status];
        }
        let is = |wanted: Option<TypeWanted>| {
            wanted.map(|wanted| match wanted {
                TypeWanted::Code(code) => TypeIs::Code(code.to_owned()),
                TypeWanted::Unclear => TypeIs::Unclear,
            })
        };
        Some(Filter {
            wave,
            statuses: statuses.into_iter().map(Status::name).collect(),
            form: self.form.map(Form::label),
            land: self.land.map(Land::label),
            words,
            listed: 0,
            late: self
                .late
                .then(|| (berlin::end_of_day(deadline).timestamp_micros(), now.timestamp_micros())),
            extended: self.extended,
            marked: self.marked,
            opted_out: self.opted_out,
            type_ue: is(self.type_ue),
            type_u25: is(self.type_u25),
            silent_since: self
                .silent_days
                .map(|days| (now - TimeDelta::days(days.into())).timestamp_micros()),
            kennungen: self.kennungen.iter().map(|kennung| words::key(kennung)).collect(),
        })
    }
}

struct Reader<'a, F> {
    values: F,
    bad: &'a mut Vec<BadValue>,
}

impl<F: Fn(&str) -> Vec<String>> Reader<'_, F> {
    fn filter(mut self) -> CaseFilter {
        let of_type = |name: &str| TypeWanted::ALL.into_iter().find(|one| one.name() == name);
        CaseFilter {
            status: self.one("status", |text| text.parse().ok()),
            stage: self.one("stand", |text| Stage::ALL.into_iter().find(|one| one.name() == text)),
            form: self.one("form", |text| text.parse().ok()),
            land: self.one("land", |text| text.parse().ok()),
            search: self.first("suche").chars().take(LONGEST_SEARCH).collect(),
            late: self.yes("spaet"),
            extended: self.yes("verlaengert"),
            marked: self.yes("gesperrt"),
            opted_out: self.yes("abgemeldet"),
            type_ue: self.one("typ_ue", of_type),
            type_u25: self.one("typ_u25", of_type),
            silent_days: self.one("still", |text| {
                text.parse().ok().filter(|days| (1..=3_650).contains(days))
            }),
            kennungen: (self.values)("fall")
                .into_iter()
                .filter(|one| !one.trim().is_empty())
                .take(MOST_NAMED)
                .collect(),
        }
    }

    fn first(&self, name: &str) -> String {
        let value = (self.values)(name).into_iter().next().unwrap_or_default();
        value.trim().to_owned()
    }

    fn one<T>(&mut self, field: &'static str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.first(field);
        if value.is_empty() {
            return None;
        }
        let read = parse(&value);
        if read.is_none() {
            self.bad.push(BadValue { field, value });
        }
        read
    }

    fn yes(&mut self, field: &'static str) -> bool {
        self.one(field, |text| (text == "ja").then_some(())).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (CaseFilter, Vec<BadValue>) {
        CaseFilter::read(|name| {
            let of = pairs.iter().filter(|(other, _)| *other == name);
            of.map(|(_, value)| (*value).to_owned()).collect()
        })
    }

    #[test]
    fn what_is_written_is_read_again() {
        let all = [
            ("status", "started"),
            ("stand", "offen"),
            ("form", "zkT"),
            ("land", "Hessen"),
            ("suche", "öd kreis"),
            ("spaet", "ja"),
            ("verlaengert", "ja"),
            ("gesperrt", "ja"),
            ("abgemeldet", "ja"),
            ("typ_ue", "IIba"),
            ("typ_u25", "unklar"),
            ("still", "6"),
            ("fall", "GS-1"),
            ("fall", "GS-2"),
        ];
        let (filter, bad) = read(&all);
        assert_eq!(bad, []);
        let pairs = filter.pairs();
        let written: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(written, all);
        let names: std::collections::BTreeSet<_> = written.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), CaseFilter::NAMES.len());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let (filter, bad) = read(&[("status", "weg"), ("still", "0"), ("form", "ARGE")]);
        assert_eq!(filter.form, Some(Form::Arge));
        assert_eq!(bad.iter().map(|one| one.field).collect::<Vec<_>>(), ["status", "still"]);
        assert_eq!(bad[0].to_string(), "„weg“ gibt es beim Filter „status“ nicht.");
    }

    #[test]
    fn contradicting_filters_find_nothing() {
        let (now, day) = (DateTime::UNIX_EPOCH, NaiveDate::MIN);
        let filter = |pairs: &[(&str, &str)]| read(pairs).0.rows(2008, day, now);
        assert!(filter(&[("status", "usable"), ("stand", "offen")]).is_none());
        assert!(filter(&[("suche", "%")]).is_none());
        let silent = filter(&[("still", "3")]).unwrap();
        assert_eq!(silent.statuses, ["not_invited", "invited", "opened", "started"]);
    }
}
