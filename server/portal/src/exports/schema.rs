//! From questionnaires to the variables of an export: one wave, several beside
//! each other, or several below each other.

use super::ExportError;
use super::typology::{self, LABELS, PARTS};
use super::variable::{Field, Variable, VariableKind};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;
use survey::rates::Disposition;
use survey::status::Status;
use survey::{AgeGroup, Form, Instrument, ItemIx, ItemKind, Kind, Land, QuestionIx};

/// Which names leave the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// None: units stand there by their Kennung.
    None,
    /// The name of the office, as the contract of the machine format has it.
    Office,
    /// That, whom to write to, and what is marked as contact data.
    People,
}

/// Variables of one wave.
pub(super) fn of_wave(instrument: &Instrument, names: Names) -> Vec<Variable> {
    let mut list = vec![plain(
        "kennung",
        "Kennung der Einheit",
        VariableKind::Text,
        Field::Kennung,
    )];
    list.extend(within(instrument, names));
    list
}

/// Variables of several waves beside each other, with the wave as suffix.
pub(super) fn wide(waves: &[(i32, Arc<Instrument>)], names: Names) -> Vec<Variable> {
    let mut list = vec![plain(
        "kennung",
        "Kennung der Einheit",
        VariableKind::Text,
        Field::Kennung,
    )];
    for (place, (wave, instrument)) in waves.iter().enumerate() {
        list.extend(within(instrument, names).into_iter().map(|variable| Variable {
            name: format!("{}_{wave}", variable.name),
            label: format!("{wave}: {}", variable.label),
            wave: Some(*wave),
            place,
            ..variable
        }));
    }
    list
}

/// Variables of several waves below each other: those of the latest, with
/// what only earlier ones asked behind their neighbours. Options that only
/// earlier questionnaires had keep their wording.
///
/// # Errors
/// Where a variable changed its kind between waves.
pub(super) fn long(waves: &[(i32, Arc<Instrument>)], names: Names) -> Result<Vec<Variable>, ExportError> {
    let mut list: Vec<Variable> = Vec::new();
    for (wave, instrument) in waves.iter().rev() {
        let mut behind = 0;
        for variable in within(instrument, names) {
            if let Some(at) = list.iter().position(|one| one.name == variable.name) {
                merge(&mut list[at], variable, *wave)?;
                behind = at + 1;
            } else {
                list.insert(behind, variable);
                behind += 1;
            }
        }
    }
    let heads = [
        plain("kennung", "Kennung der Einheit", VariableKind::Text, Field::Kennung),
        plain("welle", "Welle", VariableKind::Number { decimals: 0 }, Field::Wave),
    ];
    list.splice(0..0, heads);
    Ok(list)
}

/// Takes over what an earlier wave had besides.
fn merge(into: &mut Variable, earlier: Variable, wave: i32) -> Result<(), ExportError> {
    match (into.kind, earlier.kind) {
        (VariableKind::Number { decimals: a }, VariableKind::Number { decimals: b }) => {
            into.kind = VariableKind::Number { decimals: a.max(b) };
        }
        (a, b) if a == b => {}
        (a, b) => {
            return Err(ExportError::Unlike {
                name: earlier.name,
                wave,
                kinds: (b.label(), a.label()),
            });
        }
    }
    let mut added = false;
    for (value, label) in earlier.values {
        if into.wording(&value).is_none() {
            into.values.push((value, label));
            added = true;
        }
    }
    if added && into.kind == VariableKind::Code {
        into.values
            .sort_by_key(|(value, _)| value.parse::<i32>().unwrap_or(i32::MAX));
    }
    Ok(())
}

/// Refuses names that some program would take for the same, or not take.
///
/// # Errors
/// Names the first such variable.
pub(super) fn check(variables: &[Variable]) -> Result<(), ExportError> {
    let mut seen = HashSet::new();
    for variable in variables {
        let name = &variable.name;
        let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let once = seen.insert(name.to_ascii_lowercase());
        if !plain || !once || name.len() > LONGEST_NAME {
            return Err(ExportError::BadName(name.clone()));
        }
    }
    Ok(())
}

/// Stata takes no longer names.
const LONGEST_NAME: usize = 32;

/// Everything about one unit in one wave but its Kennung.
fn within(instrument: &Instrument, names: Names) -> Vec<Variable> {
    let mut list = Vec::new();
    if names != Names::None {
        list.push(plain("name", "Name der Einheit", VariableKind::Text, Field::Name));
    }
    if names == Names::People {
        list.push(plain(
            "kontakt_name",
            "Ansprechperson",
            VariableKind::Text,
            Field::ContactName,
        ));
        list.push(plain(
            "kontakt_email",
            "E-Mail-Adresse der Ansprechperson",
            VariableKind::Text,
            Field::ContactEmail,
        ));
    }
    list.extend(of_case());
    for question in instrument.question_indices() {
        if !instrument[question].contact_data || names == Names::People {
            of_question(instrument, question, &mut list);
        }
    }
    for age in AgeGroup::ALL {
        for (part, name) in PARTS.iter().enumerate() {
            let label = format!("{}, {}", LABELS[part], age.label());
            list.push(Variable {
                values: typology::values(part),
                ..plain(
                    &format!("{name}_{}", age.suffix()),
                    &label,
                    typology::kind(part),
                    Field::Type(age, part),
                )
            });
        }
    }
    list.push(plain(
        "regelversion",
        "Version der Regeln, unter denen klassifiziert wurde",
        VariableKind::Text,
        Field::RuleVersion,
    ));
    list
}

fn of_case() -> Vec<Variable> {
    let word = |name: &str, label: &str, field, values| Variable {
        values,
        ..plain(name, label, VariableKind::Word, field)
    };
    vec![
        word(
            "form",
            "Form der Aufgabenwahrnehmung in dieser Welle",
            Field::Form,
            same(&Form::ALL.map(Form::label)),
        ),
        word("land", "Land", Field::Land, same(&Land::ALL.map(Land::label))),
        word(
            "status",
            "Stand des Fragebogens",
            Field::Status,
            Status::ALL
                .iter()
                .map(|status| (Cow::Borrowed(status.name()), status.label().to_owned()))
                .collect(),
        ),
        word(
            "disposition",
            "Endgültiger Verbleib nach AAPOR",
            Field::Disposition,
            DISPOSITIONS
                .map(|(one, label)| (Cow::Borrowed(one.code()), label.to_owned()))
                .to_vec(),
        ),
        plain(
            "submitted_at",
            "Eingang der letzten Abgabe (UTC)",
            VariableKind::Moment,
            Field::SubmittedAt,
        ),
    ]
}

/// AAPOR Standard Definitions as far as this census knows them (design, section 3).
const DISPOSITIONS: [(Disposition, &str); 6] = [
    (Disposition::Complete, "vollständig verwertbar"),
    (Disposition::Partial, "teilweise"),
    (Disposition::Refusal, "verweigert"),
    (Disposition::BreakOff, "abgebrochen"),
    (Disposition::NonContact, "nicht erreicht"),
    (Disposition::NotEligible, "gehört nicht dazu"),
];

/// Words that are their own wording.
fn same(list: &[&'static str]) -> Vec<(Cow<'static, str>, String)> {
    list.iter()
        .map(|one| (Cow::Borrowed(*one), (*one).to_owned()))
        .collect()
}

/// The items of a question, options of a multiple choice apart.
fn of_question(instrument: &Instrument, question: QuestionIx, list: &mut Vec<Variable>) {
    let entry = &instrument[question];
    for item in instrument.items_of(question) {
        let options = (entry.kind == Kind::Multi && entry.items.contains(&item)).then_some(&entry.options);
        match options {
            None => list.push(of_item(instrument, item, None)),
            Some(options) => {
                let each = options.iter().map(|option| (option.code, option.label.as_str()));
                list.extend(each.map(|option| of_item(instrument, item, Some(option))));
            }
        }
    }
}

fn of_item(instrument: &Instrument, item: ItemIx, option: Option<(i16, &str)>) -> Variable {
    let entry = &instrument[item];
    let question = &instrument[entry.question];
    let module = &instrument.modules[usize::from(question.module)];
    let text = question.text.source();
    let own = match (option, &entry.label, entry.open_of) {
        (Some((_, label)), ..) => Some(label),
        (None, Some(label), _) => Some(label.as_str()),
        (None, None, Some(_)) => Some("Sonstiges, Text"),
        (None, None, None) => None,
    };
    let numbered = |(code, label): (i16, &str)| (Cow::Owned(code.to_string()), label.to_owned());
    let (kind, values) = match (&entry.kind, option) {
        (_, Some(_)) => (
            VariableKind::Code,
            [(0, "nicht gewählt"), (1, "gewählt")].map(numbered).to_vec(),
        ),
        (ItemKind::Choice | ItemKind::Choices, None) => {
            let options = question.options.iter();
            let values = options.map(|option| numbered((option.code, &option.label)));
            (VariableKind::Code, values.collect())
        }
        (ItemKind::Number { decimals }, None) => (VariableKind::Number { decimals: *decimals }, Vec::new()),
        (ItemKind::Date, None) => (VariableKind::Day, Vec::new()),
        (ItemKind::Text { .. }, None) => (VariableKind::Text, Vec::new()),
    };
    let code = option.map(|(code, _)| code);
    Variable {
        values,
        coded_missing: true,
        unit: question
            .unit
            .clone()
            .filter(|_| matches!(kind, VariableKind::Number { .. })),
        module: Some(format!("{} {}", module.letter, module.title)),
        question: Some(text.clone()),
        ..plain(
            &code.map_or_else(|| entry.id.clone(), |code| format!("{}_{code}", entry.id)),
            &own.map_or_else(|| text.clone(), |own| format!("{own} – {text}")),
            kind,
            Field::Item {
                item: entry.id.clone(),
                code,
            },
        )
    }
}

/// A variable without wordings.
pub(super) fn plain(name: &str, label: &str, kind: VariableKind, field: Field) -> Variable {
    Variable {
        name: name.to_owned(),
        label: label.to_owned(),
        kind,
        values: Vec::new(),
        coded_missing: false,
        unit: None,
        module: None,
        question: None,
        wave: None,
        field,
        place: 0,
    }
}
