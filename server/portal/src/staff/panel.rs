//! The panel as staff sees it: patterns of participation, what became of the
//! units from wave to wave, and the units behind every figure.

use super::{StaffError, require};
use crate::Portal;
use crate::identity::{Role, Session};
use crate::respondent::view::{read_form, read_land};
use crate::store::events::{self, Deed};
use crate::store::panel::{self as rows, PartRow};
use crate::store::{Conn, Stored};
use crate::waves::read_status;
use crate::words;
use std::collections::BTreeMap;
use survey::panel::{Fate, Level, Part, Pattern, chain, fate, followed};
use survey::status::Status;
use survey::{Form, Land};

/// How the panel is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PanelView {
    /// What counts as taking part.
    pub level: Level,
    /// Whether units live on in whom they have become.
    pub follow: bool,
}

/// A figure, in all and by Form in the order of [`Form::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByForm {
    /// All.
    pub total: u32,
    /// Of each Form.
    pub forms: [u32; Form::ALL.len()],
}

impl ByForm {
    fn add(&mut self, form: Form) {
        self.total += 1;
        if let Some(place) = Form::ALL.iter().position(|one| *one == form) {
            self.forms[place] += 1;
        }
    }
}

/// What became of the units from one wave to the next.
#[derive(Clone, Debug)]
pub struct Moves {
    /// Earlier wave.
    pub from: i32,
    /// Later wave.
    pub to: i32,
    /// Every fate, also those nobody had.
    pub fates: Vec<(Fate, ByForm)>,
}

impl Moves {
    /// Units that took part in both: the base of every comparison.
    #[must_use]
    pub fn matched(&self) -> ByForm {
        let found = self.fates.iter().find(|(fate, _)| *fate == Fate::Both);
        found.map(|(_, figure)| *figure).unwrap_or_default()
    }
}

/// The panel in figures.
#[derive(Clone, Debug)]
pub struct PanelFigures {
    /// Waves that were opened, the earliest first.
    pub waves: Vec<i32>,
    /// How many took part in each; Form as of that wave.
    pub each: Vec<ByForm>,
    /// How many took part in just these waves; Form as of the last of them.
    pub patterns: Vec<(Pattern, ByForm)>,
    /// From each wave to the next, and from the first to the last; Form as of
    /// the later wave, for those who left as of the earlier one.
    pub moves: Vec<Moves>,
}

/// Which units to list.
#[derive(Clone, Debug, Default)]
pub struct PanelFilter {
    /// Pattern.
    pub pattern: Option<Pattern>,
    /// Two waves, and what became of the unit between them.
    pub fate: Option<(i32, i32, Fate)>,
    /// Form, as the figures count it.
    pub form: Option<Form>,
    /// Land.
    pub land: Option<Land>,
    /// Part of the name or beginning of the Kennung.
    pub search: String,
}

/// A unit of the panel.
#[derive(Clone, Debug)]
pub struct PanelUnit {
    /// Kennung.
    pub kennung: String,
    /// Name in its last wave.
    pub name: String,
    /// Form as the figures count it.
    pub form: Form,
    /// Land in its last wave.
    pub land: Land,
    /// The last wave it was listed in.
    pub wave: i32,
    /// What it did in each wave.
    pub parts: Vec<Part>,
    /// Whom it has become, one after the other.
    pub successors: Vec<String>,
    /// Which units have become it, directly.
    pub predecessors: Vec<String>,
}

impl Portal {
    /// The panel in figures.
    ///
    /// # Errors
    /// For viewers and above.
    pub async fn panel(&self, session: &Session, view: PanelView) -> Result<PanelFigures, StaffError> {
        require(session, Role::Viewer)?;
        let all = Roll::read(&mut self.read().await?).await?;
        Ok(all.figures(view))
    }

    /// The units behind a figure, in German order, with the waves.
    ///
    /// # Errors
    /// For viewers and above.
    pub async fn panel_units(
        &self,
        session: &Session,
        view: PanelView,
        filter: &PanelFilter,
    ) -> Result<(Vec<i32>, Vec<PanelUnit>), StaffError> {
        require(session, Role::Viewer)?;
        let all = Roll::read(&mut self.read().await?).await?;
        let units = all.units(view, filter);
        Ok((all.waves, units))
    }

    /// Notes that the panel, or a comparison of registers, was taken away as a
    /// file.
    ///
    /// # Errors
    /// For viewers and above.
    pub async fn note_panel_export(&self, session: &Session, what: &str) -> Result<(), StaffError> {
        self.note_taken_away(session, ("panel_exported", None), what).await
    }

    /// Notes that figures of a wave were taken away as a file.
    ///
    /// # Errors
    /// For viewers and above.
    pub async fn note_figures_export(&self, session: &Session, wave: i32, what: &str) -> Result<(), StaffError> {
        self.note_taken_away(session, ("figures_exported", Some(wave)), what)
            .await
    }

    async fn note_taken_away(
        &self,
        session: &Session,
        (action, wave): (&str, Option<i32>),
        what: &str,
    ) -> Result<(), StaffError> {
        let who = require(session, Role::Viewer)?;
        let deed = Deed {
            action,
            wave,
            unit_id: None,
            detail: what,
        };
        let mut tx = self.write().await?;
        events::audit(&mut tx, who, &deed, self.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// A unit over all waves.
struct Unit {
    kennung: String,
    name: String,
    sort_key: String,
    land: Land,
    wave: i32,
    /// Form and part in each wave.
    waves: Vec<Option<(Form, Part)>>,
}

/// Everybody, by number.
struct Roll {
    waves: Vec<i32>,
    units: Vec<Unit>,
    successors: BTreeMap<usize, usize>,
}

impl Roll {
    async fn read(conn: &mut Conn) -> Stored<Self> {
        let rows = rows::parts(conn).await?;
        let mut waves: Vec<i32> = rows.iter().map(|row| row.wave).collect();
        waves.dedup();
        // Patterns hold so many; the latest ones matter.
        let surplus = waves.len().saturating_sub(survey::panel::MOST_WAVES);
        waves.drain(..surplus);
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        let mut units: Vec<Unit> = Vec::new();
        let mut become_whom: Vec<(usize, String)> = Vec::new();
        for row in rows {
            let Some(place) = waves.iter().position(|wave| *wave == row.wave) else {
                continue;
            };
            let (form, land, part) = (read_form(&row.form)?, read_land(&row.land)?, part_of(&row)?);
            let number = *numbers.entry(row.unit_id).or_insert_with(|| {
                units.push(Unit {
                    kennung: row.kennung.clone(),
                    name: String::new(),
                    sort_key: String::new(),
                    land,
                    wave: row.wave,
                    waves: vec![None; waves.len()],
                });
                units.len() - 1
            });
            // Rows come wave by wave: the last one stays.
            let unit = &mut units[number];
            (unit.name, unit.sort_key, unit.land, unit.wave) = (row.name, row.sort_key, land, row.wave);
            unit.waves[place] = Some((form, part));
            if let Some(successor) = row.successor_id {
                become_whom.push((number, successor));
            }
        }
        let successors = become_whom
            .into_iter()
            .filter_map(|(number, id)| Some((number, *numbers.get(&id)?)))
            .collect();
        Ok(Self {
            waves,
            units,
            successors,
        })
    }

    /// What every unit did; those that live on in another one are part of it.
    fn histories(&self, view: PanelView) -> BTreeMap<usize, Vec<Part>> {
        let own = self
            .units
            .iter()
            .map(|unit| {
                unit.waves
                    .iter()
                    .map(|wave| wave.map_or(Part::Absent, |(_, part)| part))
                    .collect()
            })
            .enumerate()
            .collect();
        if view.follow {
            followed(&own, &self.successors)
        } else {
            own
        }
    }

    /// Form of a unit in a wave, else in the nearest one before it, else in
    /// the first one after it.
    fn form_at(&self, number: usize, place: usize) -> Form {
        let waves = &self.units[number].waves;
        let before = waves[..=place.min(waves.len() - 1)].iter().rev();
        let found = before.chain(waves.iter().skip(place + 1)).flatten().next();
        found.map_or(Form::ALL[0], |(form, _)| *form)
    }

    /// Form a pattern is counted under: as of the last wave taken part in.
    fn form_of(&self, number: usize, parts: &[Part], level: Level) -> Form {
        let last = parts.iter().rposition(|part| part.counts(level));
        self.form_at(number, last.unwrap_or(parts.len() - 1))
    }

    fn fate_of(&self, number: usize, parts: &[Part], (from, to): (usize, usize), level: Level) -> Option<(Fate, Form)> {
        let fate = fate(parts[from], parts[to], self.successors.contains_key(&number), level)?;
        let place = if fate.is_in() { to } else { from };
        Some((fate, self.form_at(number, place)))
    }

    /// Neighbouring waves, and the first with the last.
    fn pairs(&self) -> Vec<(usize, usize)> {
        let count = self.waves.len();
        let mut pairs: Vec<_> = (1..count).map(|to| (to - 1, to)).collect();
        if count > 2 {
            pairs.push((0, count - 1));
        }
        pairs
    }

    fn figures(&self, view: PanelView) -> PanelFigures {
        let level = view.level;
        let histories = self.histories(view);
        let mut each = vec![ByForm::default(); self.waves.len()];
        let mut patterns: BTreeMap<Pattern, ByForm> = BTreeMap::new();
        for (number, parts) in &histories {
            for (place, _) in parts.iter().enumerate().filter(|(_, part)| part.counts(level)) {
                each[place].add(self.form_at(*number, place));
            }
            let pattern = Pattern::of(parts, level);
            patterns
                .entry(pattern)
                .or_default()
                .add(self.form_of(*number, parts, level));
        }
        let moves = self.pairs().into_iter().map(|pair| {
            let mut counts: BTreeMap<Fate, ByForm> = BTreeMap::new();
            for (number, parts) in &histories {
                if let Some((fate, form)) = self.fate_of(*number, parts, pair, level) {
                    counts.entry(fate).or_default().add(form);
                }
            }
            Moves {
                from: self.waves[pair.0],
                to: self.waves[pair.1],
                fates: Fate::ALL
                    .map(|fate| (fate, counts.remove(&fate).unwrap_or_default()))
                    .to_vec(),
            }
        });
        let moves = moves.collect();
        let mut patterns: Vec<_> = patterns
            .into_iter()
            .filter(|(pattern, _)| pattern.times() > 0)
            .collect();
        patterns.sort_by_key(|(pattern, _)| (std::cmp::Reverse(pattern.times()), std::cmp::Reverse(*pattern)));
        PanelFigures {
            waves: self.waves.clone(),
            each,
            patterns,
            moves,
        }
    }

    fn units(&self, view: PanelView, filter: &PanelFilter) -> Vec<PanelUnit> {
        let level = view.level;
        let pair = filter.fate.map(|(from, to, fate)| {
            let place = |wave| self.waves.iter().position(|one| *one == wave);
            (place(from).zip(place(to)), fate)
        });
        let (name, kennung) = (words::fold(&filter.search), words::key(&filter.search));
        let mut found: Vec<(&str, PanelUnit)> = Vec::new();
        for (number, parts) in self.histories(view) {
            let unit = &self.units[number];
            let pattern = Pattern::of(&parts, level);
            let mut form = self.form_of(number, &parts, level);
            let fits = match pair {
                None => filter.pattern.map_or(pattern.times() > 0, |wanted| wanted == pattern),
                Some((None, _)) => false,
                Some((Some(pair), wanted)) => match self.fate_of(number, &parts, pair, level) {
                    Some((fate, of)) => {
                        form = of;
                        fate == wanted
                    }
                    None => false,
                },
            };
            let named = name.is_empty() && kennung.is_empty()
                || (!name.is_empty() && words::fold(&unit.name).contains(&name))
                || words::key(&unit.kennung).starts_with(&kennung);
            let of_form = filter.form.is_none_or(|wanted| wanted == form);
            let of_land = filter.land.is_none_or(|wanted| wanted == unit.land);
            if !(fits && named && of_form && of_land) {
                continue;
            }
            let kennung_of = |number: &usize| self.units[*number].kennung.clone();
            let before = self.successors.iter().filter(|(_, into)| **into == number);
            let line = PanelUnit {
                kennung: unit.kennung.clone(),
                name: unit.name.clone(),
                form,
                land: unit.land,
                wave: unit.wave,
                successors: chain(number, &self.successors).iter().map(kennung_of).collect(),
                predecessors: before.map(|(number, _)| kennung_of(number)).collect(),
                parts,
            };
            found.push((&unit.sort_key, line));
        }
        found.sort_by_key(|(key, _)| *key);
        found.into_iter().map(|(_, unit)| unit).collect()
    }
}

/// How far a unit got.
fn part_of(row: &PartRow) -> Stored<Part> {
    Ok(match (read_status(&row.status)?, row.submitted) {
        (Status::Ineligible, _) => Part::Ineligible,
        (Status::Refused, _) => Part::Refused,
        (Status::Usable, _) => Part::Usable,
        (_, true) => Part::Submitted,
        (_, false) => Part::Silent,
    })
}
