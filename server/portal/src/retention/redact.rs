//! Takes the contact out of one case: the register's, the one given in the
//! answers, and the names of the unit's people in its histories.
//!
//! A submission keeps the fingerprint its receipt says. What is left of it
//! gets one of its own, so that it can still be verified.

use crate::Portal;
use crate::respondent::fingerprint;
use crate::store::retention::{self as rows, Redacted};
use crate::store::{Conn, StoreError, Stored, cases};
use serde_json::Value;
use std::collections::BTreeMap;
use survey::{Confirmation, Entries, Instrument};

/// What machines read in place of an answer that was taken out.
const TAKEN_OUT: &str = "-9";

impl Portal {
    /// Redacts one case; once more changes nothing.
    pub(super) async fn redact_case(&self, conn: &mut Conn, case_id: &str, at: i64) -> Stored<()> {
        let case = cases::by_id(conn, case_id).await?;
        let case = case.ok_or_else(|| StoreError::content("a case that is not there"))?;
        let instrument = self.instruments().of(conn, case.instrument.as_deref()).await?;
        let items = contact_items(&instrument);
        for item in &items {
            rows::empty_answer(conn, case_id, item).await?;
        }
        for (id, values) in rows::confirmations(conn, case_id).await? {
            if let Some(left) = without(&values, &items)? {
                rows::set_confirmation(conn, &id, &left).await?;
            }
        }
        for (query_id, place, before, after) in rows::points(conn, case_id).await? {
            let left = (
                without(&before, &items)?,
                after.as_deref().map(|json| without(json, &items)).transpose()?,
            );
            if let (None, None | Some(None)) = left {
                continue;
            }
            let point = (query_id, place, left.0.unwrap_or(before), left.1.flatten().or(after));
            rows::set_point(conn, &point).await?;
        }
        for submission in rows::submissions(conn, case_id).await? {
            let instrument = self.instruments().of(conn, Some(&submission.instrument)).await?;
            let items = contact_items(&instrument);
            let mut entries: Entries = serde_json::from_str(&submission.entries)?;
            let mut machine: BTreeMap<String, String> = serde_json::from_str(&submission.machine)?;
            let mut confirmed: Vec<Confirmation> = serde_json::from_str(&submission.confirmed)?;
            for item in &items {
                entries.remove(item);
                if let Some(value) = machine.get_mut(item) {
                    TAKEN_OUT.clone_into(value);
                }
                for one in &mut confirmed {
                    one.values.remove(item);
                }
            }
            let machine = serde_json::to_string(&machine)?;
            let left = Redacted {
                id: &submission.id,
                entries: &serde_json::to_string(&entries)?,
                confirmed: &serde_json::to_string(&confirmed)?,
                fingerprint: &fingerprint(&submission.kennung, submission.wave, &submission.instrument, &machine),
                machine: &machine,
                at,
            };
            rows::redact(conn, &left).await?;
        }
        rows::anonymise_case(conn, case_id, at).await
    }
}

/// Items of a questionnaire that ask for contact data.
fn contact_items(instrument: &Instrument) -> Vec<String> {
    instrument
        .item_indices()
        .filter(|item| instrument[instrument[*item].question].contact_data)
        .map(|item| instrument[item].id.clone())
        .collect()
}

/// A JSON object without some of its fields; `None` where it has none of them.
fn without(json: &str, items: &[String]) -> Stored<Option<String>> {
    let mut value: Value = serde_json::from_str(json)?;
    let Some(object) = value.as_object_mut() else {
        return Ok(None);
    };
    let before = object.len();
    object.retain(|name, _| !items.contains(name));
    if object.len() == before {
        return Ok(None);
    }
    Ok(Some(serde_json::to_string(&value)?))
}
