//! Any variable of the questionnaire: how often what was answered, means and
//! quantiles, by Form, type or Land. Names and addresses have no page.

use super::{Base, names, read_letters};
use crate::Portal;
use crate::identity::{Role, Session};
use crate::respondent::view::{read_form, read_land};
use crate::staff::{StaffError, require};
use crate::store::results::{self, Which};
use crate::store::{StoreError, waves};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::str::FromStr;
use survey::stats::{Class, Missing, Summary, classes, summary};
use survey::typology::CODES;
use survey::{Form, Instrument, ItemIx, ItemKind, Kind, Land, QuestionIx};

/// Most classes of a histogram.
const CLASSES: u32 = 12;

/// What units are told apart by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// Form.
    #[default]
    Form,
    /// Type, Ü25.
    Type,
    /// Land.
    Land,
}

impl Grouping {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Form, Self::Type, Self::Land];

    /// As it stands in an address.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Type => "typ",
            Self::Land => "land",
        }
    }

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Form => "Form der Aufgabenwahrnehmung",
            Self::Type => "Typ (Ü25)",
            Self::Land => "Land",
        }
    }

    /// Its groups in order; the last takes what belongs to none.
    fn groups(self) -> Vec<&'static str> {
        match self {
            Self::Form => Form::ALL.map(Form::label).to_vec(),
            Self::Type => CODES.into_iter().chain([UNKNOWN]).collect(),
            Self::Land => Land::ALL.map(Land::label).to_vec(),
        }
    }
}

const UNKNOWN: &str = "nicht klassifizierbar";

impl FromStr for Grouping {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|one| one.name() == text).ok_or(())
    }
}

/// A question one can look up.
#[derive(Clone, Debug)]
pub struct VariableLine {
    /// Letter and title of its module.
    pub module: String,
    /// Id of the question.
    pub id: String,
    /// Wording, placeholders as `…`.
    pub text: String,
}

/// A question described.
#[derive(Clone, Debug)]
pub struct VariableView {
    /// What it rests on.
    pub base: Base,
    /// Id.
    pub id: String,
    /// Wording.
    pub text: String,
    /// Type of the question.
    pub kind: Kind,
    /// Unit of measurement.
    pub unit: Option<String>,
    /// Options: code and wording.
    pub options: Vec<(i16, String)>,
    /// What the groups are.
    pub grouping: Grouping,
    /// Its variables: one, or a matrix's rows.
    pub variables: Vec<Variable>,
    /// The questions before and after it.
    pub neighbours: (Option<String>, Option<String>),
}

/// One variable described.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Item id.
    pub id: String,
    /// Label of a matrix row.
    pub label: Option<String>,
    /// Each group that has units, then all together.
    pub groups: Vec<GroupStats>,
    /// All numbers in classes.
    pub classes: Vec<Class>,
}

/// One variable in one group.
#[derive(Clone, Debug)]
pub struct GroupStats {
    /// Name of the group.
    pub name: &'static str,
    /// Usable units.
    pub units: u64,
    /// Units without a value.
    pub missing: Missing,
    /// Units with one.
    pub valid: u64,
    /// What the values are like.
    pub content: Content,
}

/// What values are like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// How often each option was chosen, in their order.
    Choices(Vec<u64>),
    /// Numbers; nothing where there are none.
    Numbers(Option<Summary>),
    /// Earliest and latest day.
    Days(Option<(NaiveDate, NaiveDate)>),
    /// Texts are counted, not shown.
    Texts,
}

impl Portal {
    /// The questions of a wave that can be looked up; for viewers and above.
    ///
    /// # Errors
    /// Where there is no such wave, or it was never opened.
    pub async fn variables(&self, session: &Session, wave: i32) -> Result<Vec<VariableLine>, StaffError> {
        require(session, Role::Viewer)?;
        let mut conn = self.read().await?;
        let row = waves::find(&mut conn, wave).await?.ok_or(StaffError::NotFound)?;
        let Some(version) = row.instrument.as_deref() else {
            return Ok(Vec::new());
        };
        let instrument = self.instruments().of(&mut conn, Some(version)).await?;
        let lines = shown(&instrument).into_iter().map(|question| {
            let entry = &instrument[question];
            let module = &instrument.modules[usize::from(entry.module)];
            VariableLine {
                module: format!("{} {}", module.letter, module.title),
                id: entry.id.clone(),
                text: entry.text.source(),
            }
        });
        Ok(lines.collect())
    }

    /// One question described; for viewers and above.
    ///
    /// # Errors
    /// Where there is no such wave or question.
    pub async fn variable(
        &self,
        session: &Session,
        wave: i32,
        id: &str,
        grouping: Grouping,
        panel: bool,
    ) -> Result<VariableView, StaffError> {
        require(session, Role::Viewer)?;
        let (mut snapshot, mut base) = self.base(wave, panel).await?;
        let version = waves::find(&mut snapshot, wave).await?.and_then(|row| row.instrument);
        let version = version.ok_or(StaffError::NotFound)?;
        let instrument = self.instruments().of(&mut snapshot, Some(&version)).await?;
        let all = shown(&instrument);
        let at = all.iter().position(|question| instrument[*question].id == id);
        let at = at.ok_or(StaffError::NotFound)?;
        let entry = &instrument[all[at]];
        let units = base.units();
        let which = Which { wave, panel: &units };
        let rows = results::answers(&mut snapshot, which, names(base.rules)).await?;
        drop(snapshot);
        let mut cases = Vec::with_capacity(rows.len());
        for row in &rows {
            let values: HashMap<String, String> = serde_json::from_str(&row.machine).map_err(StoreError::from)?;
            let group = match grouping {
                Grouping::Form => read_form(&row.form)?.label(),
                Grouping::Land => read_land(&row.land)?.label(),
                Grouping::Type => read_letters(&row.letters)?.ue.code().unwrap_or(UNKNOWN),
            };
            cases.push((group, values));
        }
        base.n = u64::try_from(cases.len()).unwrap_or(u64::MAX);
        let neighbour = |at: Option<usize>| at.and_then(|at| all.get(at)).map(|one| instrument[*one].id.clone());
        Ok(VariableView {
            id: entry.id.clone(),
            text: entry.text.source(),
            kind: entry.kind,
            unit: entry.unit.clone(),
            options: entry
                .options
                .iter()
                .map(|option| (option.code, option.label.clone()))
                .collect(),
            grouping,
            variables: instrument
                .items_of(all[at])
                .map(|item| variable(&instrument, item, &cases, grouping))
                .collect(),
            neighbours: (neighbour(at.checked_sub(1)), neighbour(at.checked_add(1))),
            base,
        })
    }
}

/// Header of a variable's CSV.
const HEADER: [&str; 9] = ["item", "gruppe", "kennzahl", "wert", "n", "gueltig", "m7", "m8", "m9"];

impl VariableView {
    /// One line per variable, group and figure, for machines: semicolons,
    /// decimal point; missing codes counted apart.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
        let mut lines = vec![HEADER.map(str::to_owned)];
        for variable in &self.variables {
            for group in &variable.groups {
                for (figure, value) in self.figures(group) {
                    lines.push([
                        variable.id.clone(),
                        group.name.to_owned(),
                        figure,
                        value,
                        group.units.to_string(),
                        group.valid.to_string(),
                        group.missing.not_asked.to_string(),
                        group.missing.cannot_say.to_string(),
                        group.missing.not_answered.to_string(),
                    ]);
                }
            }
        }
        for line in lines {
            // Writing to memory cannot fail, and all lines are equally long.
            let _ = writer.write_record(line);
        }
        writer
            .into_inner()
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .unwrap_or_default()
    }

    /// The figures of a group by name.
    fn figures(&self, group: &GroupStats) -> Vec<(String, String)> {
        let named = |name: &str, value: String| (name.to_owned(), value);
        match &group.content {
            Content::Choices(counts) => {
                let codes = self.options.iter().zip(counts);
                codes
                    .map(|((code, _), count)| (format!("anzahl_{code}"), count.to_string()))
                    .collect()
            }
            Content::Numbers(Some(one)) => vec![
                named("mittelwert", one.mean.to_string()),
                named("minimum", one.min.normalize().to_string()),
                named("quartil1", one.q1.normalize().to_string()),
                named("median", one.median.normalize().to_string()),
                named("quartil3", one.q3.normalize().to_string()),
                named("maximum", one.max.normalize().to_string()),
            ],
            Content::Days(Some((first, last))) => vec![
                named("frueheste", first.to_string()),
                named("spaeteste", last.to_string()),
            ],
            Content::Numbers(None) | Content::Days(None) | Content::Texts => {
                vec![named("anzahl", group.valid.to_string())]
            }
        }
    }
}

/// Questions with a page of their own: all but names and addresses.
fn shown(instrument: &Instrument) -> Vec<QuestionIx> {
    instrument
        .question_indices()
        .filter(|question| !instrument[*question].contact_data)
        .collect()
}

fn variable(
    instrument: &Instrument,
    item: ItemIx,
    cases: &[(&'static str, HashMap<String, String>)],
    grouping: Grouping,
) -> Variable {
    let entry = &instrument[item];
    let codes: Vec<i16> = instrument[entry.question]
        .options
        .iter()
        .map(|option| option.code)
        .collect();
    let of = |wanted: Option<&'static str>| -> Vec<&str> {
        cases
            .iter()
            .filter(|(group, _)| wanted.is_none_or(|wanted| wanted == *group))
            .map(|(_, values)| values.get(&entry.id).map_or("-7", String::as_str))
            .collect()
    };
    let named = grouping.groups().into_iter().map(|name| (name, of(Some(name))));
    let groups = named
        .filter(|(_, values)| !values.is_empty())
        .chain([("Insgesamt", of(None))]);
    let mut everybody = Missing::default();
    let all: Vec<&str> = of(None).into_iter().filter_map(|value| everybody.sift(value)).collect();
    Variable {
        id: entry.id.clone(),
        label: entry
            .label
            .clone()
            .or_else(|| entry.open_of.map(|_| "Sonstiges, Text".to_owned())),
        groups: groups
            .map(|(name, values)| describe(name, &values, &entry.kind, &codes))
            .collect(),
        classes: match entry.kind {
            ItemKind::Number { .. } => classes(&numbers(&all), CLASSES),
            _ => Vec::new(),
        },
    }
}

fn describe(name: &'static str, values: &[&str], kind: &ItemKind, codes: &[i16]) -> GroupStats {
    let mut missing = Missing::default();
    let valid: Vec<&str> = values.iter().filter_map(|value| missing.sift(value)).collect();
    let content = match kind {
        ItemKind::Choice | ItemKind::Choices => {
            let chosen = |code: &i16| {
                let code = code.to_string();
                let count = valid
                    .iter()
                    .filter(|value| value.split(',').any(|one| one == code))
                    .count();
                u64::try_from(count).unwrap_or(u64::MAX)
            };
            Content::Choices(codes.iter().map(chosen).collect())
        }
        ItemKind::Number { .. } => Content::Numbers(summary(&numbers(&valid))),
        ItemKind::Date => {
            let days = || valid.iter().filter_map(|day| day.parse::<NaiveDate>().ok());
            Content::Days(days().min().zip(days().max()))
        }
        ItemKind::Text { .. } => Content::Texts,
    };
    GroupStats {
        name,
        units: u64::try_from(values.len()).unwrap_or(u64::MAX),
        missing,
        valid: u64::try_from(valid.len()).unwrap_or(u64::MAX),
        content,
    }
}

/// Numbers in order.
fn numbers(values: &[&str]) -> Vec<Decimal> {
    let mut list: Vec<Decimal> = values.iter().filter_map(|value| value.parse().ok()).collect();
    list.sort();
    list
}
