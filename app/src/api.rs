//! Server functions of the hydrated form. Each is short: who is signed in,
//! the use case of `portal`, its outcome as a reply the form understands.

#![expect(missing_docs, reason = "the server function macro writes structs without docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};
use survey::{Confirmation, Entry};

/// One changed answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Change {
    /// Item id.
    pub item: String,
    /// Revision the control was rendered with; 0 where nothing was stored.
    pub base: i64,
    /// The answer as typed; `None` clears it.
    pub entry: Option<Entry>,
    /// Left by a page that is gone.
    #[serde(default)]
    pub late: bool,
}

/// Two answers to one item, to be decided between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwoAnswers {
    /// German sentence with both values, who and when.
    pub sentence: String,
    /// What the button says that keeps the one that stands.
    pub keep: String,
    /// What the button says that takes the other.
    pub take: String,
    /// Which two they are, for the answer that decides: `revision.revision`.
    pub seen: String,
}

/// What became of a save.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum SaveReply {
    /// Stored; on disk.
    Saved {
        /// New revision by item.
        revisions: Vec<(String, i64)>,
        /// Items somebody else changed meanwhile.
        conflicts: Vec<(String, TwoAnswers)>,
        /// The confirmations of soft edits as they now stand, where reasons
        /// were sent.
        confirmations: Option<Vec<Confirmation>>,
    },
    /// The unit is not signed in any more; nothing was stored.
    SignedOut,
    /// Nothing was stored, and the same would be refused again.
    Refused {
        /// German sentence (closed wave, submitted, bad input).
        reason: String,
        /// The answer that is to blame, where it is one.
        item: Option<String>,
    },
}

/// Stores changed answers and reasons for soft edits of the signed-in unit.
/// `case` is the one they were typed for, as [`case_name`] writes it: whoever
/// has signed in meanwhile in the same browser never gets them.
///
/// # Errors
/// Only where the store cannot be reached; the form then keeps what was typed
/// and tries again.
#[server(name = SaveAnswers, prefix = "/api", endpoint = "antworten", input = Json, output = Json)]
pub async fn save_answers(
    case: String,
    changes: Vec<Change>,
    reasons: Vec<(String, String)>,
) -> Result<SaveReply, ServerFnError> {
    saving::save(&case, changes, reasons).await
}

/// Names a case in requests and in what browsers keep: wave and Kennung.
#[must_use]
pub fn case_name(wave: i32, kennung: &str) -> String {
    format!("{wave}/{kennung}")
}

#[cfg(feature = "ssr")]
mod saving {
    use super::{Change, SaveReply};
    use crate::{Viewer, words};
    use http::StatusCode;
    use leptos::prelude::*;
    use leptos_axum::ResponseOptions;
    use portal::{ConfirmError, ItemChange, Portal, SaveError, Saved, Session, StoreError, Who};

    pub(super) async fn save(
        case: &str,
        changes: Vec<Change>,
        reasons: Vec<(String, String)>,
    ) -> Result<SaveReply, ServerFnError> {
        let portal = expect_context::<Portal>();
        let Some(session) = expect_context::<Viewer>().0 else {
            return Ok(SaveReply::SignedOut);
        };
        match case.split_once('/') {
            Some((_, kennung)) if is_unit(&session, kennung) => {}
            _ => return Ok(SaveReply::SignedOut),
        }
        store(&portal, &session, case, changes, reasons).await
    }

    fn is_unit(session: &Session, named: &str) -> bool {
        matches!(&session.who, Who::Unit { kennung, .. } if kennung == named)
    }

    async fn store(
        portal: &Portal,
        session: &Session,
        case: &str,
        changes: Vec<Change>,
        reasons: Vec<(String, String)>,
    ) -> Result<SaveReply, ServerFnError> {
        let (late, changes): (Vec<Change>, Vec<Change>) = changes.into_iter().partition(|change| change.late);
        let mut saved = Saved::default();
        if !late.is_empty() {
            let current = portal.case_of(session).await.map_err(|error| unavailable(&error))?;
            if current.is_none_or(|current| super::case_name(current.wave.key, &current.kennung) != case) {
                return Ok(refused("Sie gehören zu einer früheren Befragung.", None));
            }
            match portal.save_left(session, &items(late)).await {
                Ok(done) => saved = done,
                Err(error) => return refused_save(error),
            }
        }
        match portal.save(session, &items(changes)).await {
            Ok(done) => {
                saved.revisions.extend(done.revisions);
                saved.conflicts.extend(done.conflicts);
            }
            Err(error) => return refused_save(error),
        }
        let with_reasons = !reasons.is_empty();
        for (edit, reason) in reasons {
            match portal.confirm(session, &edit, &reason).await {
                // A reason that is still too short waits for more words; one
                // for an edit there is no more confirms nothing.
                Ok(_) | Err(ConfirmError::Reason | ConfirmError::UnknownEdit(_)) => {}
                Err(ConfirmError::Store(error)) => return Err(unavailable(&error)),
                Err(other) => return Ok(refused(other, None)),
            }
        }
        let confirmations = match with_reasons {
            true => Some(
                portal
                    .confirmations(session)
                    .await
                    .map_err(|error| unavailable(&error))?,
            ),
            false => None,
        };
        let conflicts = match saved.conflicts.as_slice() {
            [] => Vec::new(),
            conflicts => {
                let case = portal.case_of(session).await.map_err(|error| unavailable(&error))?;
                let instrument = case.map(|case| case.instrument);
                let words = |conflict| words::two_answers(instrument.as_deref(), conflict);
                conflicts.iter().map(|one| (one.item.clone(), words(one))).collect()
            }
        };
        Ok(SaveReply::Saved {
            revisions: saved.revisions,
            conflicts,
            confirmations,
        })
    }

    fn items(changes: Vec<Change>) -> Vec<ItemChange> {
        let item = |change: Change| ItemChange {
            item: change.item,
            base_revision: change.base,
            entry: change.entry,
        };
        changes.into_iter().map(item).collect()
    }

    fn refused(reason: impl ToString, item: Option<String>) -> SaveReply {
        SaveReply::Refused {
            reason: reason.to_string(),
            item,
        }
    }

    fn refused_save(error: SaveError) -> Result<SaveReply, ServerFnError> {
        let item = match &error {
            SaveError::Store(error) => return Err(unavailable(error)),
            SaveError::UnknownItem(item)
            | SaveError::NotYours(item)
            | SaveError::Repeated(item)
            | SaveError::TooLong(item) => Some(item.clone()),
            SaveError::Barred(_) => None,
        };
        Ok(refused(error, item))
    }

    /// The form keeps what was typed and tries again; programs see why.
    fn unavailable(error: &StoreError) -> ServerFnError {
        tracing::error!(%error, "saving answers");
        let (status, sentence) = match error.is_full() {
            true => (StatusCode::INSUFFICIENT_STORAGE, "Der Speicher des Portals ist voll."),
            false => (StatusCode::SERVICE_UNAVAILABLE, "Der Speicher antwortet nicht."),
        };
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(status);
        }
        ServerFnError::new(sentence)
    }
}
