//! A posted module form: names and values to changed items (design, section
//! 4). Refuses unknown names; an item counts as rendered only with its
//! hidden `rev__ITEM`.

use crate::answer::Entry;
use crate::model::{Instrument, ItemIx, ItemKind, Severity};
use std::collections::BTreeMap;

/// Longest value that is taken, in bytes; far above every text's own limit,
/// so that nothing typed is lost before its finding is shown.
pub const MAX_VALUE: usize = 20_000;

/// One rendered item as it came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostedItem {
    /// The item.
    pub item: ItemIx,
    /// Revision its control was rendered with; 0 where nothing was stored.
    pub rendered_revision: i64,
    /// What its control says now; none where it was cleared.
    pub entry: Option<Entry>,
}

/// A decoded form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// Every rendered item, in the order of the questionnaire.
    pub items: Vec<PostedItem>,
    /// Reasons for soft edits, by edit id.
    pub reasons: Vec<(String, String)>,
    /// What was pressed, `weiter` for example.
    pub action: Option<String>,
}

/// Why a form is not taken. Nothing of it is stored then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A name no control of the module has.
    #[error("Das Formular enthält ein unbekanntes Feld: „{0}“.")]
    UnknownName(String),
    /// A name that may come only once came twice.
    #[error("Das Feld „{0}“ kam mehr als einmal.")]
    Repeated(String),
    /// A hidden revision that is no number.
    #[error("Das Feld „{0}“ hat einen ungültigen Wert.")]
    BadRevision(String),
    /// A value beyond [`MAX_VALUE`].
    #[error("Die Angabe im Feld „{0}“ ist zu lang; höchstens 20.000 Zeichen sind möglich.")]
    TooLong(String),
}

/// Reads a posted form of one module.
///
/// # Errors
/// Names the field that does not belong there.
pub fn decode(instrument: &Instrument, module: &str, pairs: &[(String, String)]) -> Result<Posted, DecodeError> {
    decode_where(instrument, pairs, |item| {
        let question = &instrument[instrument[item].question];
        instrument.modules[usize::from(question.module)].letter == module
    })
}

/// The same for a form of any items; `belongs` says which it may hold.
///
/// # Errors
/// Names the field that does not belong there.
pub fn decode_where(
    instrument: &Instrument,
    pairs: &[(String, String)],
    belongs: impl Fn(ItemIx) -> bool,
) -> Result<Posted, DecodeError> {
    let mut values: BTreeMap<ItemIx, Vec<&str>> = BTreeMap::new();
    let mut missing: Vec<ItemIx> = Vec::new();
    let mut revisions: BTreeMap<ItemIx, i64> = BTreeMap::new();
    let mut posted = Posted::default();
    let mut seen: Vec<&str> = Vec::new();
    let item_of = |name: &str| instrument.item(name).filter(|item| belongs(*item));
    for (name, value) in pairs {
        let repeated = seen.contains(&name.as_str());
        seen.push(name);
        if value.len() > MAX_VALUE {
            return Err(DecodeError::TooLong(name.clone()));
        }
        if name == "aktion" {
            // A form posted by Enter may carry its default button besides.
            posted.action = Some(value.clone());
        } else if let Some(edit) = name.strip_prefix("reason__") {
            let known = instrument
                .edit(edit)
                .is_some_and(|edit| instrument[edit].severity == Severity::Soft);
            if !known {
                return Err(DecodeError::UnknownName(name.clone()));
            }
            if repeated {
                return Err(DecodeError::Repeated(name.clone()));
            }
            posted.reasons.push((edit.to_owned(), newlines(value)));
        } else if let Some(item) = name.strip_prefix("rev__").and_then(item_of) {
            if repeated {
                return Err(DecodeError::Repeated(name.clone()));
            }
            let revision = value.parse().map_err(|_| DecodeError::BadRevision(name.clone()))?;
            revisions.insert(item, revision);
        } else if let Some(item) = name.strip_suffix("__missing").and_then(item_of) {
            if repeated {
                return Err(DecodeError::Repeated(name.clone()));
            }
            missing.push(item);
        } else if let Some(item) = item_of(name) {
            if repeated && instrument[item].kind != ItemKind::Choices {
                return Err(DecodeError::Repeated(name.clone()));
            }
            values.entry(item).or_default().push(value);
        } else {
            return Err(DecodeError::UnknownName(name.clone()));
        }
    }
    posted.items = revisions
        .into_iter()
        .map(|(item, rendered_revision)| {
            let given = values.get(&item).map_or(&[][..], Vec::as_slice);
            let entry = entry_of(&instrument[item].kind, given, missing.contains(&item));
            PostedItem {
                item,
                rendered_revision,
                entry,
            }
        })
        .collect();
    Ok(posted)
}

fn entry_of(kind: &ItemKind, given: &[&str], missing: bool) -> Option<Entry> {
    let choice = matches!(kind, ItemKind::Choice | ItemKind::Choices);
    if missing || (choice && given.iter().any(|value| value.trim() == "-8")) {
        return Some(Entry::CannotSay);
    }
    if *kind == ItemKind::Choices {
        return codes(given);
    }
    given
        .first()
        .filter(|value| !value.trim().is_empty())
        .map(|value| Entry::Given(newlines(value)))
}

/// Several codes in ascending order, each once; what is no code stays as it
/// came, for the finding to name it.
fn codes(given: &[&str]) -> Option<Entry> {
    let mut list: Vec<&str> = given
        .iter()
        .map(|value| value.trim())
        .filter(|value| !value.is_empty())
        .collect();
    list.sort_by_key(|value| value.parse::<i64>().unwrap_or(i64::MAX));
    list.dedup();
    (!list.is_empty()).then(|| Entry::Given(list.join(",")))
}

/// Forms post line ends as CR LF; kept as LF so that a post of what is
/// already stored is no change.
fn newlines(value: &str) -> String {
    value.replace("\r\n", "\n")
}
