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
    /// Nobody is signed in any more; nothing was stored.
    SignedOut,
    /// Refused for good, with the reason (closed wave, submitted, bad input).
    Refused(String),
}

/// Stores changed answers and reasons for soft edits of the signed-in unit.
///
/// # Errors
/// Only where the store cannot be reached; the form then keeps what was typed
/// and tries again.
#[server(name = SaveAnswers, prefix = "/api", endpoint = "antworten", input = Json, output = Json)]
pub async fn save_answers(changes: Vec<Change>, reasons: Vec<(String, String)>) -> Result<SaveReply, ServerFnError> {
    saving::save(changes, reasons).await
}

#[cfg(feature = "ssr")]
mod saving {
    use super::{Change, SaveReply};
    use crate::{Viewer, words};
    use http::StatusCode;
    use leptos::prelude::*;
    use leptos_axum::ResponseOptions;
    use portal::{ConfirmError, ItemChange, Portal, SaveError, Session, StoreError};

    pub(super) async fn save(changes: Vec<Change>, reasons: Vec<(String, String)>) -> Result<SaveReply, ServerFnError> {
        let portal = expect_context::<Portal>();
        let Some(session) = expect_context::<Viewer>().0 else {
            return Ok(SaveReply::SignedOut);
        };
        store(&portal, &session, changes, reasons).await
    }

    async fn store(
        portal: &Portal,
        session: &Session,
        changes: Vec<Change>,
        reasons: Vec<(String, String)>,
    ) -> Result<SaveReply, ServerFnError> {
        let changes: Vec<ItemChange> = changes
            .into_iter()
            .map(|change| ItemChange {
                item: change.item,
                base_revision: change.base,
                entry: change.entry,
            })
            .collect();
        let saved = match portal.save(session, &changes).await {
            Ok(saved) => saved,
            Err(SaveError::Store(error)) => return Err(unavailable(&error)),
            Err(refused) => return Ok(SaveReply::Refused(refused.to_string())),
        };
        let with_reasons = !reasons.is_empty();
        for (edit, reason) in reasons {
            match portal.confirm(session, &edit, &reason).await {
                // A reason that is still too short waits for more words.
                Ok(_) | Err(ConfirmError::Reason) => {}
                Err(ConfirmError::Store(error)) => return Err(unavailable(&error)),
                Err(refused) => return Ok(SaveReply::Refused(refused.to_string())),
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
