//! Everything the institute and one office had to do with each other besides
//! answers: mails, calls, letters; whom to write to, and whether at all.

use super::outbox::{OutboxLine, line};
use super::{FormError, audit, checked, wrong};
use crate::Portal;
use crate::clock::from_micros;
use crate::identity::handover::{Handover, hand_over};
use crate::identity::{Role, Session};
use crate::input::{email_problem, has_control_characters};
use crate::mail::due::{self, Facts, Target};
use crate::mail::plan::named;
use crate::mail::{MailKind, New, enqueue};
use crate::secrets::new_id;
use crate::staff::calls;
use crate::staff::touch::{self, CaseRef};
use crate::staff::{StaffError, require};
use crate::store::cases::{self, CaseRow};
use crate::store::contacts::{self as rows, AttemptRow};
use crate::store::{Conn, StoreError, Stored, accounts, lists, outbox, waves as wave_rows, work};
use crate::waves::{WaveView, read_status, view};
use crate::words;
use chrono::{DateTime, Utc};
use survey::status::Status;
use validator::ValidateLength;

/// Longest note about a call.
const LONGEST_NOTE: usize = 2_000;
/// Longest name of a contact.
const LONGEST_NAME: usize = 200;

/// What kind of contact it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactKind {
    /// By telephone.
    Call,
    /// By letter.
    Letter,
    /// In person.
    Visit,
    /// None: something to remember.
    Note,
}

named!(ContactKind {
    Call => "anruf", "Anruf";
    Letter => "brief", "Brief";
    Visit => "besuch", "Besuch";
    Note => "notiz", "Notiz";
});

/// The mark of an address, if it has one.
pub(in crate::staff) async fn address_mark(conn: &mut Conn, address: &str) -> Stored<Option<AddressMark>> {
    let mark = rows::mark(conn, address).await?;
    Ok(mark.map(|mark| AddressMark {
        address: mark.address,
        reason: mark.reason,
        at: from_micros(mark.at),
    }))
}

/// Whom to write to in one office, and what there has been.
#[derive(Clone, Debug)]
pub struct OfficeContacts {
    /// The wave.
    pub wave: WaveView,
    /// Kennung.
    pub kennung: String,
    /// Name.
    pub office: String,
    /// Where its case stands.
    pub status: Status,
    /// Name of the contact, possibly empty.
    pub contact_name: String,
    /// Its address.
    pub contact_email: String,
    /// The address gets nothing until it is confirmed or changed.
    pub mark: Option<AddressMark>,
    /// The office wants no reminders.
    pub opt_out: Option<OptOut>,
    /// Everything there has been, newest first.
    pub entries: Vec<ContactEntry>,
    /// Why no reminder would go out now.
    pub why_not: Option<String>,
    /// Counts what staff changes and every transition: forms carry it along.
    pub revision: i64,
}

/// Why an address gets nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressMark {
    /// The address.
    pub address: String,
    /// What a mail server said.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Why an office gets no reminders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptOut {
    /// What it said.
    pub reason: String,
    /// Who noted it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// One contact.
#[derive(Clone, Debug)]
pub enum ContactEntry {
    /// A mail.
    Mail(OutboxLine),
    /// Anything else.
    Attempt {
        /// When.
        at: DateTime<Utc>,
        /// What it was.
        kind: ContactKind,
        /// Who noted it.
        who: String,
        /// What was said.
        note: String,
    },
}

impl ContactEntry {
    fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Mail(line) => line.sent_at.unwrap_or(line.changed_at),
            Self::Attempt { at, .. } => *at,
        }
    }
}

impl Portal {
    /// Whom to write to in one office, and everything there has been; looking
    /// is noted in the audit.
    ///
    /// # Errors
    /// For viewers and above; where there is no such case.
    pub async fn office_contacts(
        &self,
        session: &Session,
        wave: i32,
        kennung: &str,
    ) -> Result<OfficeContacts, StaffError> {
        let who = require(session, Role::Viewer)?;
        let mut tx = self.write().await?;
        let case = case_of(&mut tx, wave, kennung).await?;
        let deed = ("contacts_viewed", Some(wave), Some(case.unit_id.as_str()));
        audit(&mut tx, who, deed, "", self.now()).await?;
        tx.commit().await?;
        let mut conn = self.read().await?;
        let wave = wave_rows::find(&mut conn, wave).await?.ok_or(StaffError::NotFound)?;
        let mark = address_mark(&mut conn, &case.contact_email).await?;
        let opt_out = rows::opt_out_of(&mut conn, &case.id).await?;
        let last_sent = outbox::last_sent(&mut conn, &[&case.id]).await?.remove(&case.id);
        let facts = Facts {
            case: Some(&case),
            target: &Target::default(),
            last_sent: last_sent.map(from_micros),
            mark: mark.as_ref().map(|mark| mark.reason.as_str()),
            at: self.now(),
        };
        let why_not = due::why_not(MailKind::Reminder, &facts)?;
        Ok(OfficeContacts {
            wave: view(&wave)?,
            status: read_status(&case.status)?,
            entries: entries(&mut conn, &case.id).await?,
            mark,
            opt_out: opt_out.opt_out_reason.map(|reason| OptOut {
                reason,
                by: opt_out.opt_out_by.unwrap_or_default(),
                at: from_micros(opt_out.opt_out_at.unwrap_or_default()),
            }),
            why_not,
            revision: case.desk_revision,
            kennung: case.kennung,
            office: case.name,
            contact_name: case.contact_name,
            contact_email: case.contact_email,
        })
    }

    /// Notes a call, a letter, a visit, or something to remember.
    ///
    /// # Errors
    /// For editors and above; what is wrong, by field (`art`, `notiz`).
    pub async fn log_contact(
        &self,
        session: &Session,
        wave: i32,
        case: impl Into<CaseRef<'_>>,
        kind: &str,
        note: &str,
    ) -> Result<(), FormError> {
        let who = require(session, Role::Editor)?;
        let case = case.into();
        let kind: Result<ContactKind, _> = kind.parse().map_err(|()| wrong("art", "Bitte wählen Sie, was es war."));
        let note = checked("notiz", note, LONGEST_NOTE);
        let (kind, note) = match (kind, note) {
            (Ok(kind), Ok(note)) => (kind, note),
            (kind, note) => {
                return Err(FormError::Invalid(
                    [kind.err(), note.err()].into_iter().flatten().collect(),
                ));
            }
        };
        let now = self.now();
        let mut tx = self.write().await?;
        let case = touch::take(&mut tx, wave, case).await?;
        let row = AttemptRow {
            at: now.timestamp_micros(),
            kind: kind.name().to_owned(),
            who: who.name.to_owned(),
            note,
            result: None,
            call_back_on: None,
        };
        let id = new_id(now).map_err(StoreError::from)?;
        rows::add_attempt(&mut tx, &id, &case.id, who.account_id, &row).await?;
        if kind == ContactKind::Call {
            work::called(&mut tx, &case.id, row.at, None, None, false).await?;
        }
        touch::note(&mut tx, &case.id, who, kind.label(), now).await?;
        audit(
            &mut tx,
            who,
            ("contact_logged", Some(wave), Some(&case.unit_id)),
            kind.name(),
            now,
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The office wants no reminders; the reason has 3 to 1,000 characters.
    ///
    /// # Errors
    /// For editors and above; where the reason is missing.
    pub async fn opt_out(
        &self,
        session: &Session,
        wave: i32,
        case: impl Into<CaseRef<'_>>,
        reason: &str,
    ) -> Result<(), StaffError> {
        let case = case.into();
        let reason = checked("grund", reason, 1_000).map_err(|_| StaffError::Reason)?;
        if !reason.validate_length(Some(3), Some(1_000), None) {
            return Err(StaffError::Reason);
        }
        self.set_opt_out(session, wave, case, Some(&reason)).await
    }

    /// The office wants reminders again.
    ///
    /// # Errors
    /// For editors and above.
    pub async fn opt_in(&self, session: &Session, wave: i32, case: impl Into<CaseRef<'_>>) -> Result<(), StaffError> {
        self.set_opt_out(session, wave, case.into(), None).await
    }

    async fn set_opt_out(
        &self,
        session: &Session,
        wave: i32,
        case: CaseRef<'_>,
        reason: Option<&str>,
    ) -> Result<(), StaffError> {
        let who = require(session, Role::Editor)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let case = touch::take(&mut tx, wave, case).await?;
        let noted = reason.map(|reason| (reason, who.name, now.timestamp_micros()));
        rows::set_opt_out(&mut tx, &case.id, noted).await?;
        let what = if reason.is_some() {
            "Von Erinnerungen abgemeldet"
        } else {
            "Wieder für Erinnerungen angemeldet"
        };
        touch::note(&mut tx, &case.id, who, what, now).await?;
        let action = if reason.is_some() {
            "case_opted_out"
        } else {
            "case_opted_in"
        };
        audit(&mut tx, who, (action, Some(wave), Some(&case.unit_id)), "", now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Staff knows the address to be right: mails go there again.
    ///
    /// # Errors
    /// For editors and above; where it is not marked.
    pub async fn address_confirm(
        &self,
        session: &Session,
        wave: i32,
        case: impl Into<CaseRef<'_>>,
    ) -> Result<(), StaffError> {
        let case = case.into();
        let who = require(session, Role::Editor)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let case = touch::take(&mut tx, wave, case).await?;
        if !rows::clear_mark(&mut tx, &case.contact_email).await? {
            return Err(StaffError::Refused("Diese Adresse ist nicht gesperrt.".into()));
        }
        touch::note(&mut tx, &case.id, who, "Adresse bestätigt", now).await?;
        audit(
            &mut tx,
            who,
            ("address_confirmed", Some(wave), Some(&case.unit_id)),
            "",
            now,
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Changes whom to write to. The former address is told, and links that
    /// went there open nothing any more: a new one goes to the new address.
    /// Another person (name and address) sets a password in place of the
    /// former one's.
    ///
    /// # Errors
    /// For editors and above; what is wrong, by field (`name`, `email`).
    pub async fn contact_change(
        &self,
        session: &Session,
        wave: i32,
        case: impl Into<CaseRef<'_>>,
        name: &str,
        email: &str,
    ) -> Result<(), FormError> {
        let who = require(session, Role::Editor)?;
        let case = case.into();
        let (name, email) = (name.trim(), email.trim());
        let mut findings = Vec::new();
        if name.chars().count() > LONGEST_NAME || has_control_characters(name) {
            findings.push(wrong(
                "name",
                format!("Höchstens {LONGEST_NAME} Zeichen, keine Steuerzeichen."),
            ));
        }
        findings.extend(email_problem(email).map(|problem| wrong("email", problem)));
        if !findings.is_empty() {
            return Err(FormError::Invalid(findings));
        }
        let now = self.now();
        let mut tx = self.write().await?;
        let case = touch::take(&mut tx, wave, case).await?;
        // The account belongs to the wave its unit works on, not to an earlier one.
        let current = cases::current_of_unit(&mut tx, &case.unit_id).await?;
        let head = match current.is_some_and(|current| current.id == case.id) {
            true => accounts::head_of_unit(&mut tx, &case.unit_id).await?,
            false => None,
        };
        rows::set_contact(&mut tx, &case.id, name, email).await?;
        touch::note(&mut tx, &case.id, who, "Ansprechperson oder Adresse geändert", now).await?;
        if let Some(head) = head {
            let what = Handover::between((&head.display_name, &head.email), (name, email));
            let link = hand_over(&mut tx, &head.id, what, now)
                .await?
                .map(|why| New::to_new_contact(&head.id, why));
            let told = (words::key(&case.contact_email) != words::key(email))
                .then(|| New::to_former_address(&head.id, &case.contact_email));
            accounts::set_contact(&mut tx, &head.id, name, email).await?;
            enqueue(&mut tx, told.into_iter().chain(link), now).await?;
        }
        audit(
            &mut tx,
            who,
            ("contact_changed", Some(wave), Some(&case.unit_id)),
            "",
            now,
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }
}

pub(super) async fn case_of(conn: &mut Conn, wave: i32, kennung: &str) -> Result<CaseRow, StaffError> {
    cases::by_kennung(conn, wave, &words::key(kennung))
        .await?
        .ok_or(StaffError::NotFound)
}

async fn entries(conn: &mut Conn, case_id: &str) -> Stored<Vec<ContactEntry>> {
    let mut entries = lists::mails_of_case(conn, case_id)
        .await?
        .into_iter()
        .map(|row| line(row).map(ContactEntry::Mail))
        .collect::<Stored<Vec<_>>>()?;
    for row in rows::attempts(conn, case_id).await? {
        entries.push(ContactEntry::Attempt {
            at: from_micros(row.at),
            kind: row
                .kind
                .parse()
                .map_err(|()| StoreError::content(format!("a contact of kind {:?}", row.kind)))?,
            note: calls::about(&row)?,
            who: row.who,
        });
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at()));
    Ok(entries)
}
