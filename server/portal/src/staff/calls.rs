//! Calls to an office: how they went, and when to call again.

use super::mails::FormError;
use super::touch::{self, CaseRef};
use super::{StaffError, require};
use crate::Portal;
use crate::berlin;
use crate::identity::{Role, Session};
use crate::input::FieldError;
use crate::mail::plan::named;
use crate::secrets::new_id;
use crate::store::contacts::{self, AttemptRow};
use crate::store::events::{self, Actor, Deed};
use crate::store::{Conn, StoreError, Stored, work};
use chrono::{DateTime, NaiveDate, Utc};

/// Longest note about a call.
const LONGEST_NOTE: usize = 2_000;
/// How far ahead a call may be promised.
const FURTHEST: i64 = 366;

/// How a call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallResult {
    /// Somebody who is in charge was spoken to.
    Reached,
    /// Nobody was.
    NotReached,
    /// They promise to hand in.
    WillSend,
    /// They do not want to take part.
    Refuses,
    /// Somebody else is in charge now.
    NewContact,
}

named!(CallResult {
    Reached => "erreicht", "erreicht";
    NotReached => "nicht-erreicht", "nicht erreicht";
    WillSend => "schickt", "sagt den Fragebogen zu";
    Refuses => "verweigert", "will nicht teilnehmen";
    NewContact => "neue-person", "neue Ansprechperson";
});

/// A call as it is typed in.
#[derive(Clone, Debug, Default)]
pub struct CallForm {
    /// Name of a [`CallResult`].
    pub result: String,
    /// Day on which to call again, ISO or German; possibly empty.
    pub back_on: String,
    /// What was said, at most 2,000 characters; possibly empty.
    pub note: String,
}

/// The same, checked.
pub(super) struct Call {
    pub result: CallResult,
    pub back_on: Option<NaiveDate>,
    pub note: String,
}

impl CallForm {
    /// # Errors
    /// What is wrong, by field: `ergebnis`, `rueckruf`, `notiz`.
    pub(super) fn checked(&self, today: NaiveDate) -> Result<Call, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut fail = |field: &str, message: String| {
            wrong.push(FieldError {
                field: field.to_owned(),
                code: "value".to_owned(),
                message,
            });
        };
        let result = self.result.parse::<CallResult>();
        if result.is_err() {
            fail("ergebnis", "Bitte wählen Sie, wie der Anruf ausging.".to_owned());
        }
        let back_on = match self.back_on.trim() {
            "" => None,
            text => match read_day(text) {
                None => {
                    fail("rueckruf", format!("„{text}“ ist kein Tag; bitte so: 15.02.2008."));
                    None
                }
                Some(day) if day < today || (day - today).num_days() > FURTHEST => {
                    fail(
                        "rueckruf",
                        "Der Tag des Rückrufs liegt zwischen heute und heute in einem Jahr.".to_owned(),
                    );
                    None
                }
                day => day,
            },
        };
        let note: String = self
            .note
            .replace("\r\n", "\n")
            .chars()
            .filter(|c| *c == '\n' || !c.is_control())
            .collect();
        let note = note.trim().to_owned();
        let length = note.chars().count();
        if length > LONGEST_NOTE {
            fail("notiz", format!("Höchstens {LONGEST_NOTE} Zeichen; es sind {length}."));
        }
        match result {
            Ok(result) if wrong.is_empty() => Ok(Call { result, back_on, note }),
            _ => Err(wrong),
        }
    }
}

/// A day as a browser or a person writes it.
pub(super) fn read_day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    text.parse()
        .ok()
        .or_else(|| NaiveDate::parse_from_str(text, "%d.%m.%Y").ok())
}

impl Portal {
    /// Notes a call and returns how it went. The case leaves the worklist
    /// until it is time to call again.
    ///
    /// # Errors
    /// For editors and above; what is wrong, by field.
    pub async fn log_call(
        &self,
        session: &Session,
        wave: i32,
        case: impl Into<CaseRef<'_>>,
        call: &CallForm,
    ) -> Result<CallResult, FormError> {
        let case = case.into();
        let who = require(session, Role::Editor)?;
        let now = self.now();
        let call = call.checked(berlin::day_of(now)).map_err(FormError::Invalid)?;
        let mut tx = self.write().await?;
        let case = touch::take(&mut tx, wave, case).await?;
        store(&mut tx, &case.id, who, &call, now).await?;
        let deed = Deed {
            action: "call_logged",
            wave: Some(wave),
            unit_id: Some(&case.unit_id),
            detail: call.result.name(),
        };
        events::audit(&mut tx, who, &deed, now).await?;
        tx.commit().await?;
        Ok(call.result)
    }
}

/// Keeps a call in the contacts of a case and beside it.
pub(super) async fn store(
    conn: &mut Conn,
    case_id: &str,
    who: Actor<'_>,
    call: &Call,
    now: DateTime<Utc>,
) -> Result<(), StaffError> {
    let id = new_id(now).map_err(StoreError::from)?;
    let back_on = call.back_on.map(|day| day.to_string());
    let row = AttemptRow {
        at: now.timestamp_micros(),
        kind: "anruf".to_owned(),
        who: who.name.to_owned(),
        note: call.note.clone(),
        result: Some(call.result.name().to_owned()),
        call_back_on: back_on.clone(),
    };
    contacts::add_attempt(conn, &id, case_id, who.account_id, &row).await?;
    let missed = call.result == CallResult::NotReached;
    work::called(
        conn,
        case_id,
        row.at,
        Some(call.result.name()),
        back_on.as_deref(),
        missed,
    )
    .await?;
    touch::note(conn, case_id, who, &format!("Anruf: {}", call.result.label()), now).await?;
    Ok(())
}

/// What a stored call says, before its note.
pub(super) fn about(row: &AttemptRow) -> Stored<String> {
    let mut parts = Vec::new();
    if let Some(result) = row.result.as_deref().and_then(|name| name.parse::<CallResult>().ok()) {
        parts.push(result.label().to_owned());
    }
    if let Some(day) = &row.call_back_on {
        parts.push(format!("Rückruf am {}", berlin::short(crate::waves::read_day(day)?)));
    }
    let about = parts.join(", ");
    Ok(match (about.is_empty(), row.note.is_empty()) {
        (true, _) => row.note.clone(),
        (false, true) => about,
        (false, false) => format!("{about}\n{}", row.note),
    })
}
