//! Notes of staff about a case: each belongs to whoever wrote it, who may
//! change it or take it back; every version stays.

use super::mails::FormError;
use super::touch::{self, CaseRef};
use super::{StaffError, require};
use crate::Portal;
use crate::clock::from_micros;
use crate::identity::{Role, Session};
use crate::input::FieldError;
use crate::secrets::new_id;
use crate::store::events::{self, Deed};
use crate::store::work::{self, NoteRow};
use crate::store::{Conn, StoreError, Stored};
use chrono::{DateTime, Utc};

/// Longest note.
const LONGEST: usize = 5_000;

/// A note with everything it has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Names it in a form.
    pub id: String,
    /// Who wrote it.
    pub who: String,
    /// Whether the person who looks wrote it.
    pub own: bool,
    /// What it said and since when, oldest first; empty: taken back.
    pub versions: Vec<(DateTime<Utc>, String)>,
}

impl Note {
    /// What it says now; empty where it was taken back.
    #[must_use]
    pub fn text(&self) -> &str {
        self.versions.last().map_or("", |(_, text)| text)
    }
}

impl Portal {
    /// Adds a note of 1 to 5,000 characters.
    ///
    /// # Errors
    /// For editors and above; what is wrong with the field `text`.
    pub async fn note_add(
        &self,
        session: &Session,
        wave: i32,
        case: impl Into<CaseRef<'_>>,
        text: &str,
    ) -> Result<(), FormError> {
        let case = case.into();
        let who = require(session, Role::Editor)?;
        let text = tidy(text)?;
        if text.is_empty() {
            return Err(wrong("Bitte schreiben Sie etwas."));
        }
        let now = self.now();
        let at = now.timestamp_micros();
        let mut tx = self.write().await?;
        let case = touch::take(&mut tx, wave, case).await?;
        let id = new_id(now).map_err(StoreError::from)?;
        work::add_note(&mut tx, &id, &case.id, (&session.account_id, who.name), at).await?;
        work::add_version(&mut tx, &id, 1, &text, at).await?;
        touch::note(&mut tx, &case.id, who, "Notiz", now).await?;
        let deed = Deed {
            action: "note_added",
            wave: Some(wave),
            unit_id: Some(&case.unit_id),
            detail: "",
        };
        events::audit(&mut tx, who, &deed, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Changes one's own note; an empty text takes it back.
    ///
    /// # Errors
    /// For editors and above; where one has written no such note.
    pub async fn note_change(
        &self,
        session: &Session,
        wave: i32,
        case: impl Into<CaseRef<'_>>,
        id: &str,
        text: &str,
    ) -> Result<(), FormError> {
        let case = case.into();
        let who = require(session, Role::Editor)?;
        let text = tidy(text)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let case = touch::take(&mut tx, wave, case).await?;
        let versions = work::notes(&mut tx, &case.id).await?;
        let last = versions
            .iter()
            .rfind(|row| row.id == id && row.account_id == session.account_id)
            .ok_or(StaffError::NotFound)?;
        if last.text != text {
            work::add_version(&mut tx, id, last.revision + 1, &text, now.timestamp_micros()).await?;
            let what = if text.is_empty() {
                "Notiz zurückgenommen"
            } else {
                "Notiz geändert"
            };
            touch::note(&mut tx, &case.id, who, what, now).await?;
            let deed = Deed {
                action: "note_changed",
                wave: Some(wave),
                unit_id: Some(&case.unit_id),
                detail: "",
            };
            events::audit(&mut tx, who, &deed, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// The notes of a case as one person sees them, newest first.
pub(super) async fn of_case(conn: &mut Conn, case_id: &str, session: &Session) -> Stored<Vec<Note>> {
    let mut notes: Vec<Note> = Vec::new();
    for NoteRow {
        id,
        account_id,
        who,
        text,
        at,
        ..
    } in work::notes(conn, case_id).await?
    {
        let version = (from_micros(at), text);
        match notes.last_mut().filter(|note| note.id == id) {
            Some(note) => note.versions.push(version),
            None => notes.push(Note {
                own: account_id == session.account_id,
                versions: vec![version],
                id,
                who,
            }),
        }
    }
    Ok(notes)
}

fn tidy(text: &str) -> Result<String, FormError> {
    let text: String = text
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .collect();
    let text = text.trim().to_owned();
    match text.chars().count() {
        n if n > LONGEST => Err(wrong(&format!("Höchstens {LONGEST} Zeichen; es sind {n}."))),
        _ => Ok(text),
    }
}

fn wrong(message: &str) -> FormError {
    FormError::Invalid(vec![FieldError {
        field: "text".to_owned(),
        code: "value".to_owned(),
        message: message.to_owned(),
    }])
}
