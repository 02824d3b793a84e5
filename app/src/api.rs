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

/// What became of a save.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum SaveReply {
    /// Stored; on disk.
    Saved {
        /// New revision by item.
        revisions: Vec<(String, i64)>,
        /// Items somebody else changed meanwhile, each with a German sentence
        /// that names both values.
        conflicts: Vec<(String, String)>,
        /// The confirmations of soft edits as they now stand.
        confirmations: Vec<Confirmation>,
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
    use leptos::prelude::*;
    use portal::{ConfirmError, ItemChange, Portal, SaveError, Session};

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
            Err(SaveError::Store(_)) => return Err(unavailable()),
            Err(refused) => return Ok(SaveReply::Refused(refused.to_string())),
        };
        for (edit, reason) in reasons {
            match portal.confirm(session, &edit, &reason).await {
                // A reason that is still too short waits for more words.
                Ok(_) | Err(ConfirmError::Reason) => {}
                Err(ConfirmError::Store(_)) => return Err(unavailable()),
                Err(refused) => return Ok(SaveReply::Refused(refused.to_string())),
            }
        }
        let confirmations = portal.confirmations(session).await.map_err(|_| unavailable())?;
        let conflicts = saved
            .conflicts
            .iter()
            .map(|conflict| (conflict.item.clone(), words::conflict(conflict)))
            .collect();
        Ok(SaveReply::Saved {
            revisions: saved.revisions,
            conflicts,
            confirmations,
        })
    }

    fn unavailable() -> ServerFnError {
        ServerFnError::new("Der Speicher antwortet nicht.")
    }
}
