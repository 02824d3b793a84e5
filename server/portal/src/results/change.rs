//! Change between two waves on the units usable in both: from where to where,
//! the reasons offices give, and answers that contradict each other.

use super::{Base, names, number, read_letters};
use crate::Portal;
use crate::identity::{Role, Session};
use crate::respondent::view::read_form;
use crate::staff::{StaffError, require};
use crate::store::results::{self, ChangedRow};
use crate::store::{StoreError, Stored};
use std::collections::HashMap;
use survey::change::{Axis, Transitions};
use survey::rates::Rate;
use survey::typology::{Level, Outcomes};
use survey::{AgeGroup, Form, Instrument};

/// Questions about change: whether, and why, per criterion.
const QUESTIONS: [(Level, &str, &str); 3] = [
    (Level::K1, "G1", "G1a"),
    (Level::K2, "G2", "G2a"),
    (Level::K3, "G3", "G3a"),
];

/// Change between a wave and the one before.
#[derive(Clone, Debug)]
pub struct ChangeView {
    /// Always the panel of both waves.
    pub base: Base,
    /// From and to, for types and each criterion, both age groups.
    pub transitions: Vec<(AgeGroup, Vec<Transitions>)>,
    /// What changed, by form; all of them together last.
    pub shifts: Vec<Shift>,
    /// Why, per criterion.
    pub reasons: Vec<Reasons>,
    /// Ü25 (rows) beside U25 (columns) in the later wave, all its usable units.
    pub concordance: Vec<Transitions>,
    /// Units whose answers say nothing changed but whose letter did.
    pub to_clear: Vec<Cleared>,
}

/// How much changed in one criterion and form, Ü25.
#[derive(Clone, Debug)]
pub struct Shift {
    /// Criterion.
    pub level: Level,
    /// Form in the later wave; all where none is given.
    pub form: Option<Form>,
    /// Units with another letter among those known both times.
    pub changed: Rate,
    /// From, to, how many.
    pub moves: Vec<(&'static str, &'static str, u64)>,
}

/// Reasons given for a change in one criterion.
#[derive(Clone, Debug)]
pub struct Reasons {
    /// Criterion.
    pub level: Level,
    /// Units that say something changed.
    pub said_so: u64,
    /// Reason and how many gave it, most frequent first.
    pub given: Vec<(String, u64)>,
}

/// A contradiction for staff to clear.
#[derive(Clone, Debug)]
pub struct Cleared {
    /// Kennung.
    pub kennung: String,
    /// Name.
    pub name: String,
    /// Form in the later wave.
    pub form: Form,
    /// Criterion.
    pub level: Level,
    /// Letter before.
    pub before: &'static str,
    /// Letter after.
    pub after: &'static str,
}

impl Portal {
    /// Change since the wave before, for viewers and above; nothing where
    /// there is no wave before.
    ///
    /// # Errors
    /// Where there is no such wave.
    pub async fn change(&self, session: &Session, wave: i32) -> Result<Option<ChangeView>, StaffError> {
        require(session, Role::Viewer)?;
        let (mut snapshot, mut base) = self.base(wave, true).await?;
        let Some(previous) = base.previous.as_ref().map(|one| one.key) else {
            return Ok(None);
        };
        let names = names(base.rules);
        let mut pairs: Vec<(Form, Outcomes, Outcomes, u64)> = Vec::new();
        for row in results::pairs(&mut snapshot, wave, previous, names).await? {
            let (before, after) = (read_letters(&row.before)?, read_letters(&row.after)?);
            pairs.push((read_form(&row.form)?, before, after, number(row.count)));
        }
        base.n = pairs.iter().map(|(.., count)| count).sum();
        base.n_previous = base.n;
        let within = |axis, age: AgeGroup, form: Option<Form>| {
            let pairs = pairs.iter().filter(move |(of, ..)| form.is_none_or(|form| form == *of));
            Transitions::of(
                axis,
                pairs.map(|(_, before, after, count)| (before.of(age), after.of(age), *count)),
            )
        };
        let transitions = AgeGroup::ALL.map(|age| (age, Axis::ALL.map(|axis| within(axis, age, None)).to_vec()));
        let forms = || Form::ALL.into_iter().map(Some).chain([None]);
        let shifts = Level::ALL
            .into_iter()
            .flat_map(|level| forms().map(move |form| (level, form)));
        let shifts = shifts
            .map(|(level, form)| {
                let found = within(Axis::Criterion(level), AgeGroup::Ue, form);
                Shift {
                    level,
                    form,
                    changed: found.changed(),
                    moves: found.moves(),
                }
            })
            .collect();
        let whole = super::Which { wave, panel: &[] };
        let mut both_ages = Vec::new();
        for row in results::counted(&mut snapshot, whole, names).await? {
            let outcomes = read_letters(&row.letters)?;
            both_ages.push((outcomes.ue, outcomes.u25, number(row.count)));
        }
        let rows = results::changed(&mut snapshot, wave, previous, names).await?;
        let version = crate::store::waves::find(&mut snapshot, wave)
            .await?
            .and_then(|row| row.instrument);
        let instrument = self.instruments().of(&mut snapshot, version.as_deref()).await?;
        let (reasons, to_clear) = read(&rows, &instrument)?;
        Ok(Some(ChangeView {
            base,
            transitions: transitions.to_vec(),
            shifts,
            reasons,
            concordance: Axis::ALL
                .map(|axis| Transitions::of(axis, both_ages.iter().copied()))
                .to_vec(),
            to_clear,
        }))
    }
}

/// Reasons and contradictions of units that changed or say so.
fn read(rows: &[ChangedRow], instrument: &Instrument) -> Stored<(Vec<Reasons>, Vec<Cleared>)> {
    let mut reasons: Vec<Reasons> = Vec::new();
    let mut to_clear = Vec::new();
    let mut values = Vec::with_capacity(rows.len());
    for row in rows {
        let machine: HashMap<String, String> = serde_json::from_str(&row.machine).map_err(StoreError::from)?;
        values.push((
            row,
            machine,
            read_letters(&row.before)?.ue,
            read_letters(&row.after)?.ue,
        ));
    }
    for (level, whether, why) in QUESTIONS {
        let mut said_so = 0;
        let mut given: HashMap<String, u64> = HashMap::new();
        for (row, machine, before, after) in &values {
            let answer = machine.get(whether).map(String::as_str);
            if answer == Some("1") {
                said_so += 1;
                let codes = machine.get(why).map_or("", String::as_str);
                for code in codes
                    .split(',')
                    .filter(|code| !code.starts_with('-') && !code.is_empty())
                {
                    *given.entry(code.to_owned()).or_default() += 1;
                }
            }
            if let (Some("2"), Some(before), Some(after)) = (answer, before.letter(level), after.letter(level))
                && before != after
            {
                to_clear.push(Cleared {
                    kennung: row.kennung.clone(),
                    name: row.name.clone(),
                    form: read_form(&row.form)?,
                    level,
                    before,
                    after,
                });
            }
        }
        let options = instrument
            .question(why)
            .map(|question| instrument[question].options.as_slice());
        let mut given: Vec<(String, u64)> = options
            .unwrap_or_default()
            .iter()
            .filter_map(|option| Some((option.label.clone(), *given.get(&option.code.to_string())?)))
            .collect();
        given.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        reasons.push(Reasons { level, said_so, given });
    }
    Ok((reasons, to_clear))
}
