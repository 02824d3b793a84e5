//! What an office posts: a module's answers, reasons for soft edits, the
//! submission. Stored first, judged afterwards: what somebody typed is kept
//! even where it is wrong.

use super::see;
use crate::http::error::HttpError;
use crate::http::fields::Fields;
use crate::http::retry;
use crate::http::session::SignedIn;
use crate::http::state::AppState;
use axum::extract::{Path, State};
use axum::response::Response;
use portal::{
    Access, Barred, CaseView, Choice, ConfirmError, ItemChange, Portal, SaveError, Session, SubmitError, Who,
};
use std::collections::BTreeSet;
use survey::form::{PostedItem, decode};
use survey::{Entries, FindingKind, Instrument, QuestionIx, Sheet};

/// `POST /befragung/{modul}`
pub(in crate::http) async fn module(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(letter): Path<String>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = fields.0.clone();
    match store_module(state.portal(), &session, &letter, fields).await {
        Ok(target) => Ok(see(&target)),
        Err(error) => Ok(retry::with_fields(error, format!("/befragung/{letter}"), typed)),
    }
}

/// `POST /befragung/pruefung`
pub(in crate::http) async fn review(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = fields.0.clone();
    match store_reasons(state.portal(), &session, fields).await {
        Ok(target) => Ok(see(&target)),
        Err(error) => Ok(retry::with_fields(error, "/befragung/pruefung".to_owned(), typed)),
    }
}

/// `POST /befragung/abgabe`
pub(in crate::http) async fn submit(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    mut fields: Fields,
) -> Result<Response, HttpError> {
    for_this_unit(&session, &mut fields)?;
    fields.only(&[])?;
    match state.portal().submit(&session).await {
        Ok(_) => {
            state.jobs().wake();
            Ok(see("/befragung/quittung"))
        }
        Err(SubmitError::Open(_)) => Ok(see("/befragung/pruefung?meldung=offen")),
        Err(SubmitError::Store(error)) => Err(error.into()),
        Err(SubmitError::HeadOnly) => Err(HttpError::HeadOnly),
        Err(other) => Err(HttpError::Refused(other.to_string())),
    }
}

/// What the person pressed.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Action {
    Next,
    NextAnyway,
    Back,
    Save,
    CopyTwins,
    /// Which of two answers to an item counts, and which two were seen.
    Settle(String, Choice, (i64, i64)),
}

impl Action {
    pub(super) fn of(value: Option<&str>) -> Result<Self, HttpError> {
        let value = value.unwrap_or("speichern");
        let decided = [("behalten:", Choice::Standing), ("nehmen:", Choice::Typed)];
        for (word, choice) in decided {
            if let Some(rest) = value.strip_prefix(word) {
                let parts = || {
                    let (item, seen) = rest.split_once(':')?;
                    let (standing, lost) = seen.split_once('.')?;
                    Some((item.to_owned(), (standing.parse().ok()?, lost.parse().ok()?)))
                };
                let wrong = || HttpError::BadForm("Die Entscheidung ist nicht lesbar.".to_owned());
                let (item, seen) = parts().ok_or_else(wrong)?;
                return Ok(Self::Settle(item, choice, seen));
            }
        }
        Ok(match value {
            "weiter" => Self::Next,
            "trotzdem" => Self::NextAnyway,
            "zurueck" => Self::Back,
            "speichern" => Self::Save,
            "uebernehmen" => Self::CopyTwins,
            other => return Err(HttpError::BadForm(format!("„{other}“ gibt es hier nicht."))),
        })
    }
}

/// Stores a module's form and says where to go then.
pub(super) async fn store_module(
    portal: &Portal,
    session: &Session,
    letter: &str,
    mut fields: Fields,
) -> Result<String, HttpError> {
    for_this_unit(session, &mut fields)?;
    let case = portal.case_of(session).await?.ok_or(HttpError::NotFound)?;
    let instrument = case.instrument.clone();
    let module = instrument
        .module(letter)
        .filter(|_| case.access.sees(letter))
        .ok_or(HttpError::NotFound)?;
    let posted = decode(&instrument, letter, &fields.0).map_err(|error| HttpError::BadForm(error.to_string()))?;
    let action = Action::of(posted.action.as_deref())?;

    let before = sheet_of(&case);
    let mut changes = changes(&instrument, &posted.items);
    if let Action::Settle(item, ..) = &action {
        // The decision says what becomes of it, not its control.
        changes.retain(|change| change.item != *item);
    }
    let saved = portal.save(session, &changes).await.map_err(refused_save)?;
    let lacking = keep_reasons(portal, session, &case, &posted.reasons).await?;
    let here = format!("/befragung/{letter}");
    let settled = match &action {
        Action::Settle(item, choice, seen) => {
            let settled = portal.settle(session, item, *choice, *seen).await;
            settled.map_err(refused_save)?
        }
        _ => true,
    };
    if !settled || !saved.conflicts.is_empty() {
        return Ok(format!("{here}?meldung=konflikt"));
    }
    if action == Action::CopyTwins {
        copy_twins(portal, session, letter).await?;
        return Ok(format!("{here}?meldung=uebernommen"));
    }
    let case = portal.case_of(session).await?.ok_or(HttpError::NotFound)?;
    let after = sheet_of(&case);
    let questions: BTreeSet<QuestionIx> = module.questions().collect();
    let opened = questions
        .iter()
        .any(|question| after.is_asked(*question) && !before.is_asked(*question));
    let open = || {
        let findings = after.findings(&case.confirmations);
        let stands = |kind| matches!(kind, FindingKind::Form | FindingKind::Hard | FindingKind::Soft);
        findings
            .open()
            .any(|finding| questions.contains(&finding.question) && stands(finding.kind))
    };
    Ok(match action {
        Action::Next if opened => format!("{here}?meldung=neu"),
        Action::Next if lacking || open() => format!("{here}?meldung=offen"),
        Action::Next | Action::NextAnyway => {
            neighbour(&after, &case.access, letter, true).unwrap_or("/befragung/pruefung".to_owned())
        }
        Action::Back => neighbour(&after, &case.access, letter, false).unwrap_or("/befragung".to_owned()),
        Action::Save | Action::CopyTwins | Action::Settle(..) => format!("{here}?meldung=gespeichert"),
    })
}

/// Keeps the reasons of the review page and says where to go then.
pub(super) async fn store_reasons(portal: &Portal, session: &Session, mut fields: Fields) -> Result<String, HttpError> {
    for_this_unit(session, &mut fields)?;
    let case = portal.case_of(session).await?.ok_or(HttpError::NotFound)?;
    let reasons = fields
        .0
        .into_iter()
        .map(|(name, reason)| {
            match name
                .strip_prefix("reason__")
                .filter(|edit| case.instrument.edit(edit).is_some())
            {
                Some(edit) => Ok((edit.to_owned(), reason)),
                None => Err(HttpError::UnknownField(name)),
            }
        })
        .collect::<Result<Vec<_>, _>>()?;
    let lacking = keep_reasons(portal, session, &case, &reasons).await?;
    Ok(format!(
        "/befragung/pruefung?meldung={}",
        if lacking { "grund" } else { "begruendet" }
    ))
}

/// A form names the unit it was made for, so that a page left open is never
/// stored for somebody else who signed in meanwhile in the same browser.
pub(super) fn for_this_unit(session: &Session, fields: &mut Fields) -> Result<(), HttpError> {
    match (fields.take(UNIT), &session.who) {
        (Some(made_for), Who::Unit { kennung, .. }) if made_for != *kennung => Err(HttpError::OtherUnit),
        _ => Ok(()),
    }
}

/// Hidden field with the Kennung of the unit a form was made for.
pub(super) const UNIT: &str = "einheit";

fn sheet_of(case: &CaseView) -> Sheet {
    let given = case
        .answers
        .iter()
        .filter_map(|answer| Some((answer.item.clone(), answer.entry.clone()?)));
    let entries: Entries = given.collect();
    Sheet::new(case.instrument.clone(), case.context.clone(), &entries)
}

pub(super) fn changes(instrument: &Instrument, items: &[PostedItem]) -> Vec<ItemChange> {
    items
        .iter()
        .map(|posted| ItemChange {
            item: instrument[posted.item].id.clone(),
            base_revision: posted.rendered_revision,
            entry: posted.entry.clone(),
        })
        .collect()
}

/// Keeps each reason that is new; true where one was too short or too long.
/// `case` is as it was before the form arrived: a reason that stood then and
/// comes back unchanged says nothing about values that were changed with it,
/// so it lapses with them.
async fn keep_reasons(
    portal: &Portal,
    session: &Session,
    case: &CaseView,
    reasons: &[(String, String)],
) -> Result<bool, HttpError> {
    if reasons.iter().all(|(_, reason)| reason.trim().is_empty()) {
        return Ok(false);
    }
    let mut lacking = false;
    let findings = sheet_of(case).findings(&case.confirmations);
    for (edit, reason) in reasons.iter().filter(|(_, reason)| !reason.trim().is_empty()) {
        let place = case.instrument.edit(edit);
        let standing = findings
            .iter()
            .find(|finding| finding.edit == place)
            .and_then(|finding| finding.confirmed.as_deref());
        if standing == Some(reason.trim()) {
            continue;
        }
        match portal.confirm(session, edit, reason).await {
            Ok(_) => {}
            Err(ConfirmError::Reason) => lacking = true,
            Err(ConfirmError::Store(error)) => return Err(error.into()),
            Err(other) => return Err(HttpError::Refused(other.to_string())),
        }
    }
    Ok(lacking)
}

async fn copy_twins(portal: &Portal, session: &Session, letter: &str) -> Result<(), HttpError> {
    let case = portal.case_of(session).await?.ok_or(HttpError::NotFound)?;
    let revision = |id: &str| {
        case.answers
            .iter()
            .find(|answer| answer.item == id)
            .map_or(0, |answer| answer.revision)
    };
    let copies: Vec<ItemChange> = sheet_of(&case)
        .copy_from_twins(letter)
        .into_iter()
        .map(|(item, entry)| {
            let id = case.instrument[item].id.clone();
            ItemChange {
                base_revision: revision(&id),
                item: id,
                entry,
            }
        })
        .collect();
    portal.save(session, &copies).await.map_err(refused_save)?;
    Ok(())
}

pub(super) fn refused_save(error: SaveError) -> HttpError {
    match error {
        SaveError::Store(error) => error.into(),
        SaveError::Barred(Barred::NoCase) => HttpError::NotFound,
        other => HttpError::Refused(other.to_string()),
    }
}

/// The next (or previous) module of theirs in which something is asked.
fn neighbour(sheet: &Sheet, access: &Access, letter: &str, forward: bool) -> Option<String> {
    let modules = &sheet.instrument().modules;
    let place = modules.iter().position(|module| module.letter == letter)?;
    let asked =
        |module: &&survey::Module| access.sees(&module.letter) && sheet.progress(Some(&module.letter)).asked > 0;
    let found = if forward {
        modules[place + 1..].iter().find(asked)
    } else {
        modules[..place].iter().rev().find(asked)
    };
    found.map(|module| format!("/befragung/{}", module.letter))
}
