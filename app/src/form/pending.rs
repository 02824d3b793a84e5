//! What the server has not acknowledged, kept in the browser until it has.
//!
//! One record per page, in the local storage, under the name `boot.js` has
//! chosen; a page that dies leaves its record to the next one of the same
//! unit. Where the browser keeps nothing, everything else goes on.

use crate::api::Change;
use serde::{Deserialize, Serialize};

/// Changes as they go to the server; a record is the body of its request.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Pending {
    /// The case it was typed for.
    pub case: String,
    /// Answers, each with the revision it was typed against.
    pub changes: Vec<Change>,
    /// Reasons for soft edits: edit and text.
    pub reasons: Vec<(String, String)>,
    /// When it was typed, in milliseconds since 1970, by this computer's clock.
    pub at: i64,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.reasons.is_empty()
    }
}

/// What was left by pages before this one, for the same case.
pub(super) fn left(case: &str) -> Pending {
    let read = || storage()?.get_item(&name()?).ok()?;
    read()
        .and_then(|text| serde_json::from_str(&text).ok())
        .filter(|left: &Pending| left.case == case)
        .unwrap_or_default()
}

/// Keeps what is open now, or nothing; true where the browser has kept it.
pub(super) fn keep(mut pending: Pending) -> bool {
    let Some((storage, name)) = storage().zip(name()) else {
        return false;
    };
    if pending.is_empty() {
        return storage.remove_item(&name).is_ok();
    }
    pending.at = now();
    serde_json::to_string(&pending).is_ok_and(|text| storage.set_item(&name, &text).is_ok())
}

#[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2^53")]
fn now() -> i64 {
    js_sys::Date::now() as i64
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The name of this page's record.
fn name() -> Option<String> {
    web_sys::window()?
        .document()?
        .document_element()?
        .get_attribute("data-merkzettel")
}
