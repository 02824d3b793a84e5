//! The log: who looked at, exported or changed what. Searched, never changed;
//! looking at it stands in it as well.
//!
//! Offices' people stand in it by the Kennung of their unit, so that nothing
//! in it has to be made anonymous later; staff stands in it by name, for as
//! long as the log is kept.

use super::{StaffError, require};
use crate::Portal;
use crate::berlin;
use crate::clock::from_micros;
use crate::identity::{Role, Session};
use crate::input::FieldError;
use crate::store::audit::{self, AuditQuery, AuditRow};
use crate::store::events::{self, Deed};
use crate::store::{Conn, Stored, accounts, cases};
use crate::words;
use chrono::{DateTime, NaiveDate, Utc};

/// Lines of one page.
const PAGE: i64 = 100;
/// Lines of one file.
const FILE: i64 = 100_000;
/// How the program and its command line are asked for.
pub const PROGRAM: &str = "Rücklauf";

/// What to look for, as entered; empty: does not matter.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Name somebody signs in with, or [`PROGRAM`].
    pub person: String,
    /// Name of an action.
    pub action: String,
    /// Kennung of a unit.
    pub kennung: String,
    /// Wave.
    pub wave: String,
    /// First local day, `2008-01-14`.
    pub from: String,
    /// Last local day.
    pub to: String,
    /// Where the page before ended.
    pub after: String,
}

/// One line of the log.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub who: String,
    /// What, in German.
    pub what: String,
    /// Wave it was about.
    pub wave: Option<i32>,
    /// Unit it was about.
    pub kennung: Option<String>,
    /// What else there is to say.
    pub detail: String,
}

/// A page of the log.
#[derive(Clone, Debug, Default)]
pub struct AuditPage {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
    /// Actions there are: name and German wording.
    pub actions: Vec<(String, String)>,
    /// Names staff signs in with.
    pub people: Vec<String>,
    /// What in the filter cannot be.
    pub errors: Vec<FieldError>,
}

impl Portal {
    /// A page of the log; looking at it is noted in it.
    ///
    /// # Errors
    /// For administrators. What is wrong with the filter stands in the page.
    pub async fn audit_page(&self, session: &Session, filter: &AuditFilter) -> Result<AuditPage, StaffError> {
        require(session, Role::Admin)?;
        let mut conn = self.read().await?;
        let mut page = AuditPage {
            people: accounts::staff(&mut conn)
                .await?
                .into_iter()
                .map(|row| row.login)
                .collect(),
            ..AuditPage::default()
        };
        let (wanted, errors) = read_filter(&mut conn, filter).await?;
        if errors.is_empty() {
            let mut rows = audit::search(&mut conn, &wanted, PAGE + 1).await?;
            if rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX) {
                rows.pop();
                page.next = rows.last().map(|row| format!("{}-{}", row.at, row.id));
            }
            page.entries = rows.into_iter().map(entry).collect();
        }
        page.errors = errors;
        let mut actions: Vec<(String, String)> = audit::actions(&mut conn)
            .await?
            .into_iter()
            .map(|name| {
                let label = label(&name);
                (name, label)
            })
            .collect();
        actions.sort_by_key(|(_, label)| words::sort_key(label));
        page.actions = actions;
        drop(conn);
        self.note_look(session, "audit_viewed", filter).await?;
        Ok(page)
    }

    /// Everything that fits, up to 100,000 lines, newest first; noted in the
    /// log. The flag says whether there would be more.
    ///
    /// # Errors
    /// For administrators; [`StaffError::Refused`] where the filter cannot be.
    pub async fn audit_file(
        &self,
        session: &Session,
        filter: &AuditFilter,
    ) -> Result<(Vec<AuditEntry>, bool), StaffError> {
        require(session, Role::Admin)?;
        let mut conn = self.read().await?;
        let (wanted, errors) = read_filter(&mut conn, filter).await?;
        if let Some(error) = errors.into_iter().next() {
            return Err(StaffError::Refused(error.message));
        }
        let mut rows = audit::search(&mut conn, &wanted, FILE + 1).await?;
        let more = rows.len() > usize::try_from(FILE).unwrap_or(usize::MAX);
        rows.truncate(usize::try_from(FILE).unwrap_or(usize::MAX));
        drop(conn);
        self.note_look(session, "audit_exported", filter).await?;
        Ok((rows.into_iter().map(entry).collect(), more))
    }

    async fn note_look(&self, session: &Session, action: &str, filter: &AuditFilter) -> Result<(), StaffError> {
        let who = require(session, Role::Admin)?;
        let AuditFilter {
            person,
            action: wanted,
            kennung,
            wave,
            from,
            to,
            ..
        } = filter;
        let detail = [person, wanted, kennung, wave, from, to]
            .into_iter()
            .map(|one| one.trim())
            .filter(|one| !one.is_empty())
            .collect::<Vec<_>>()
            .join(", ");
        let detail: String = detail.chars().take(200).collect();
        let deed = Deed {
            action,
            wave: None,
            unit_id: None,
            detail: &detail,
        };
        let mut tx = self.write().await?;
        events::audit(&mut tx, who, &deed, self.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// What was entered as a query, and what of it cannot be.
async fn read_filter(conn: &mut Conn, filter: &AuditFilter) -> Stored<(AuditQuery, Vec<FieldError>)> {
    let mut query = AuditQuery::default();
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: String| {
        errors.push(FieldError {
            field: field.to_owned(),
            code: "unknown".to_owned(),
            message,
        });
    };
    match filter.person.trim() {
        "" => {}
        PROGRAM => query.account = Some(None),
        login => match accounts::id_of_login(conn, &words::key(login)).await? {
            Some(id) => query.account = Some(Some(id)),
            None => wrong("person", format!("Den Anmeldenamen „{login}“ gibt es nicht.")),
        },
    }
    match filter.kennung.trim() {
        "" => {}
        kennung => match cases::unit_by_kennung(conn, &words::key(kennung)).await? {
            Some(id) => query.unit_id = Some(id),
            None => wrong("kennung", format!("Die Kennung „{kennung}“ gibt es nicht.")),
        },
    }
    match filter.wave.trim() {
        "" => {}
        text => match text.parse() {
            Ok(wave) => query.wave = Some(wave),
            Err(_) => wrong(
                "jahr",
                format!("„{text}“ ist keine Welle; erwartet wird ein Jahr wie 2008."),
            ),
        },
    }
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    match (filter.from.trim(), day(filter.from.trim())) {
        ("", _) => {}
        (_, Some(day)) => query.from = Some(berlin::start_of_day(day).timestamp_micros()),
        (text, None) => wrong("von", format!("„{text}“ ist kein Tag; erwartet wird etwa 2008-01-14.")),
    }
    match (filter.to.trim(), day(filter.to.trim())) {
        ("", _) => {}
        (_, Some(day)) => query.until = Some(berlin::end_of_day(day).timestamp_micros()),
        (text, None) => wrong("bis", format!("„{text}“ ist kein Tag; erwartet wird etwa 2008-01-14.")),
    }
    query.action = Some(filter.action.trim().to_owned()).filter(|action| !action.is_empty());
    // A cursor nobody gave out begins at the beginning.
    query.after = filter
        .after
        .split_once('-')
        .and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    Ok((query, errors))
}

fn entry(row: AuditRow) -> AuditEntry {
    AuditEntry {
        at: from_micros(row.at),
        what: label(&row.action),
        who: row.who,
        wave: row.wave,
        kennung: row.kennung,
        detail: row.detail,
    }
}

/// Whether people can read what an action is.
pub(crate) fn has_wording(action: &str) -> bool {
    ACTIONS.iter().any(|(name, _)| *name == action)
}

/// What an action is called; one without a wording goes by its name.
fn label(action: &str) -> String {
    let known = ACTIONS.iter().find(|(name, _)| *name == action);
    known.map_or_else(|| action.to_owned(), |(_, label)| (*label).to_owned())
}

/// Every action that is noted, with its wording.
const ACTIONS: &[(&str, &str)] = &[
    ("access_resent", "Zugang noch einmal geschickt"),
    ("address_confirmed", "E-Mail-Adresse bestätigt"),
    ("address_marked", "E-Mail-Adresse als unzustellbar vermerkt"),
    ("audit_exported", "Protokoll als Datei geholt"),
    ("audit_viewed", "Protokoll angesehen"),
    ("call_logged", "Anruf vermerkt"),
    ("case_accept", "Fall als verwertbar angenommen"),
    ("case_exclude", "Fall aus der Erhebung genommen"),
    ("case_in_selection", "Fall in einer Auswahl bearbeitet"),
    ("case_opted_in", "Erinnerungen wieder zugelassen"),
    ("case_opted_out", "Von Erinnerungen abgemeldet"),
    ("case_query", "Fall in Rückfrage gesetzt"),
    ("case_refuse", "Verweigerung vermerkt"),
    ("case_reject", "Fall als nicht verwertbar abgelehnt"),
    ("case_reopen", "Fragebogen wieder geöffnet"),
    ("case_viewed", "Fall angesehen"),
    ("cases_exported", "Liste der Fälle als Datei geholt"),
    (
        "colleague_changed",
        "Rechte einer Kollegin oder eines Kollegen geändert",
    ),
    ("colleague_invited", "Kollegin oder Kollegen eingeladen"),
    (
        "colleague_reminded",
        "Einladung an Kollegin oder Kollegen noch einmal geschickt",
    ),
    (
        "colleague_withdrawn",
        "Zugang einer Kollegin oder eines Kollegen entzogen",
    ),
    ("contact_changed", "Ansprechperson geändert"),
    ("contact_logged", "Kontakt vermerkt"),
    ("contacts_viewed", "Kontakte zu einem Fall angesehen"),
    ("deadline_changed", "Frist eines Falls geändert"),
    (
        "entered_on_behalf",
        "Fragebogen für die Einheit geöffnet oder ausgefüllt",
    ),
    ("exported", "Angaben exportiert"),
    ("factor_removed", "Zweiten Schritt der Anmeldung entfernt"),
    ("factor_reset", "Zweiten Schritt von jemandem entfernt"),
    ("factor_set", "Zweiten Schritt der Anmeldung eingerichtet"),
    ("feedback_released", "Rückmeldung an die Einheiten freigegeben"),
    ("feedback_withdrawn", "Rückmeldung an die Einheiten zurückgenommen"),
    ("figures_exported", "Zahlen als Datei geholt"),
    ("mail_decided", "Über eine E-Mail entschieden"),
    ("mail_paused", "Versand angehalten"),
    ("mail_queue_resumed", "Versand nach einer Störung fortgesetzt"),
    ("mail_reminded", "Von Hand erinnert"),
    ("mail_step_changed", "Schritt des Mailplans geändert"),
    ("mail_step_removed", "Schritt des Mailplans gelöscht"),
    ("mail_template_changed", "Text einer E-Mail geändert"),
    ("mail_template_reset", "Text einer E-Mail zurückgesetzt"),
    ("mail_unpaused", "Versand wieder eingeschaltet"),
    ("mail_viewed", "E-Mail angesehen"),
    ("mail_written", "An eine Einheit geschrieben"),
    ("names_exported", "Namen und Adressen exportiert"),
    ("note_added", "Notiz geschrieben"),
    ("note_changed", "Notiz geändert oder zurückgenommen"),
    ("panel_exported", "Panel oder Registervergleich als Datei geholt"),
    ("password_changed", "Eigenes Passwort geändert"),
    ("password_set", "Passwort mit einem Link festgelegt"),
    ("queries_exported", "Rückfragen als Datei geholt"),
    ("query_answered", "Rückfrage beantwortet"),
    ("query_closed", "Rückfrage abgeschlossen"),
    ("query_extended", "Frist einer Rückfrage geändert"),
    ("query_opened", "Rückfrage gestellt"),
    ("query_withdrawn", "Rückfrage zurückgezogen"),
    ("recovery_code_used", "Mit einem Wiederherstellungscode angemeldet"),
    ("recovery_codes_made", "Neue Wiederherstellungscodes erzeugt"),
    ("retention_begun", "Löschung nach Ablauf der Aufbewahrung begonnen"),
    ("retention_ended", "Löschung nach Ablauf der Aufbewahrung beendet"),
    ("retention_rules", "Fristen der Aufbewahrung geändert"),
    ("rules_chosen", "Regeln der Typisierung gewählt"),
    ("signed_in", "Angemeldet"),
    ("signed_out_others", "Andere eigene Anmeldungen beendet"),
    ("staff_added", "Zugang des Instituts angelegt"),
    ("staff_disabled", "Zugang des Instituts gesperrt"),
    ("staff_enabled", "Zugang des Instituts wieder geöffnet"),
    ("staff_invited_again", "Link zum Passwort noch einmal geschickt"),
    ("staff_renamed", "Namen im Institut geändert"),
    ("staff_role_changed", "Rolle im Institut geändert"),
    ("units_imported", "Verzeichnis der Einheiten eingelesen"),
    ("view_deleted", "Gespeicherte Ansicht gelöscht"),
    ("view_saved", "Ansicht gespeichert"),
    ("wave_added", "Welle angelegt"),
    ("wave_closed", "Welle geschlossen"),
    ("wave_goals", "Ziel einer Welle geändert"),
    ("wave_opened", "Welle geöffnet"),
];

#[cfg(test)]
mod tests;
