//! Handing in: checked again on the server, once, in one transaction.

use super::status::{Step, transition};
use super::view::Draft;
use super::{Barred, Taken, access_now, actor, take_current};
use crate::Portal;
use crate::berlin;
use crate::clock::from_micros;
use crate::identity::Session;
use crate::input::is_mailable;
use crate::mail;
use crate::secrets::{new_id, readable, sha256};
use crate::store::submissions::{self, NewSubmission, ReceiptRow};
use crate::store::{Conn, StoreError, Stored};
use crate::waves::WaveState;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use survey::status::{Event, Facts, Status};
use survey::{Confirmation, Entry, Findings, Sheet};

/// Proof that a questionnaire has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Number to quote, for example `2008-4F7K-Q2M9`.
    pub number: String,
    /// Short fingerprint of everything transmitted: 16 hexadecimal digits in
    /// groups of four.
    pub fingerprint: String,
    /// When it arrived.
    pub at: DateTime<Utc>,
    /// The same for people, local time.
    pub at_local: String,
    /// Handed in by staff on behalf of the office.
    pub by_staff: bool,
}

/// Why nothing was handed in.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// Something stands against it; the server's own check.
    #[error("Es sind noch Punkte offen.")]
    Open(Findings),
    /// There is no case, or its wave is closed.
    #[error(transparent)]
    Barred(#[from] Barred),
    /// A colleague who is no deputy.
    #[error("Abgeben kann den Fragebogen nur die Leitung der Einheit oder ihre Vertretung.")]
    HeadOnly,
    /// The status does not allow it.
    #[error("Der Fragebogen kann im Moment nicht abgegeben werden.")]
    NotNow(Status),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Portal {
    /// Hands in the questionnaire of the session's unit. Repeated, from two
    /// tabs or twenty, it is one submission and the same receipt. The
    /// classification follows as a step of its own; should it fail, it is
    /// caught up later.
    ///
    /// # Errors
    /// [`SubmitError::Open`] with everything that stands against it.
    pub async fn submit(&self, session: &Session) -> Result<Receipt, SubmitError> {
        let mut tx = self.write().await?;
        let taken = take_current(&mut tx, session).await??;
        if !access_now(&mut tx, session).await?.submits {
            return Err(SubmitError::HeadOnly);
        }
        let receipts = submissions::receipts(&mut tx, &taken.case.id).await?;
        if taken.status.is_locked() {
            return receipts
                .first()
                .map(receipt_of)
                .ok_or(SubmitError::NotNow(taken.status));
        }
        if crate::waves::read_state(&taken.case.state)? != WaveState::Open {
            return Err(Barred::Closed.into());
        }
        let number = receipts.first().map_or(1, |receipt| receipt.number + 1);
        let (id, receipt) = self.hand_in(&mut tx, session, &taken, number).await?;
        tx.commit().await?;
        if let Err(error) = self.classify_submission(&id).await {
            tracing::error!(%error, submission = id, "classifying a submission; it is caught up later");
        }
        Ok(receipt)
    }

    pub(crate) async fn hand_in(
        &self,
        conn: &mut Conn,
        session: &Session,
        taken: &Taken,
        number: i32,
    ) -> Result<(String, Receipt), SubmitError> {
        let draft = self.draft(conn, &taken.case).await?;
        let findings = draft.sheet.findings(&draft.confirmations);
        if findings.blocks_submission() {
            return Err(SubmitError::Open(findings));
        }
        let meets_rule = draft.sheet.meets_usable_rule(&draft.confirmations);
        let handed = (Event::Submit, meets_rule, None);
        let kept = self
            .keep_submission(conn, session, (taken, number), &draft, handed)
            .await?;
        kept.map_err(|_| SubmitError::NotNow(taken.status))
    }

    /// Writes a submission with its event, receipt and mails; whether it may
    /// be handed in was decided before.
    pub(crate) async fn keep_submission(
        &self,
        conn: &mut Conn,
        session: &Session,
        (taken, number): (&Taken, i32),
        Draft { sheet, confirmations }: &Draft,
        (event, meets_rule, reason): (Event, bool, Option<&str>),
    ) -> Stored<Result<(String, Receipt), survey::status::Refused>> {
        let case = &taken.case;
        let findings = sheet.findings(confirmations);
        let now = self.now();
        let document = Document::new(sheet, &findings, &case.kennung)?;
        let id = new_id(now)?;
        let receipt = format!("{}-{}", case.wave, readable()?);
        let who = actor(session);
        let new = NewSubmission {
            id: &id,
            case_id: &case.id,
            number,
            receipt: &receipt,
            instrument: &sheet.instrument().version,
            document: &document,
            at: now.timestamp_micros(),
            account_id: &session.account_id,
            who: who.name,
            by_staff: session.on_behalf,
        };
        submissions::insert(conn, &[new]).await?;
        let facts = Facts {
            ever_submitted: number > 1,
            meets_rule,
        };
        let step = Step {
            event,
            facts,
            who,
            reason,
        };
        if let Err(refused) = transition(conn, &case.id, taken.status, &step, now).await? {
            return Ok(Err(refused));
        }
        receipt_mails(conn, taken, (&id, number), sheet, now).await?;
        let at_local = berlin::long(now);
        Ok(Ok((
            id,
            Receipt {
                number: receipt,
                fingerprint: document.fingerprint,
                at: now,
                at_local,
                by_staff: session.on_behalf,
            },
        )))
    }
}

/// What a submission keeps.
pub(crate) struct Document {
    /// Transmitted answers as typed, JSON.
    pub entries: String,
    /// Every item for machines, missing codes included, JSON.
    pub machine: String,
    /// Soft edits confirmed with a reason, JSON.
    pub confirmed: String,
    /// Of kennung, wave, questionnaire and machine values.
    pub fingerprint: String,
}

impl Document {
    pub(crate) fn new(sheet: &Sheet, findings: &Findings, kennung: &str) -> Stored<Self> {
        let instrument = sheet.instrument();
        let values: BTreeMap<&str, String> = instrument
            .item_indices()
            .map(|item| (instrument[item].id.as_str(), sheet.machine_value(item).to_string()))
            .collect();
        let confirmed: Vec<Confirmation> = findings
            .iter()
            .filter_map(|finding| {
                let edit = finding.edit?;
                Some(Confirmation {
                    edit: instrument[edit].id.clone(),
                    reason: finding.confirmed.clone()?,
                    values: sheet.edit_values(edit),
                })
            })
            .collect();
        let machine = serde_json::to_string(&values)?;
        let wave = sheet.case().wave;
        Ok(Self {
            entries: serde_json::to_string(&sheet.transmitted())?,
            confirmed: serde_json::to_string(&confirmed)?,
            fingerprint: fingerprint(kennung, wave, &instrument.version, &machine),
            machine,
        })
    }
}

/// Fingerprint of a submission, of everything that makes it up.
pub(crate) fn fingerprint(kennung: &str, wave: i32, instrument: &str, machine: &str) -> String {
    in_groups(&sha256(
        format!("{kennung}\n{wave}\n{instrument}\n{machine}").as_bytes(),
    ))
}

/// The first sixteen digits of a hash in groups of four.
fn in_groups(hash: &str) -> String {
    let digits: Vec<char> = hash.chars().take(16).collect();
    digits
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The receipt goes to the contact of the case and to the address given in
/// the questionnaire for queries, if it is another one.
async fn receipt_mails(
    conn: &mut Conn,
    taken: &Taken,
    submission: (&str, i32),
    sheet: &Sheet,
    now: DateTime<Utc>,
) -> Stored<()> {
    let case = &taken.case;
    let about = (case.wave, case.unit_id.as_str(), case.id.as_str());
    let another = address_given(sheet).filter(|given| !given.eq_ignore_ascii_case(&case.contact_email));
    let mails = [Some(None), another.as_deref().map(Some)].into_iter().flatten();
    mail::enqueue(conn, mails.map(|to| mail::New::receipt(about, submission, to)), now).await?;
    Ok(())
}

/// The e-mail address among the contact data of a questionnaire.
fn address_given(sheet: &Sheet) -> Option<String> {
    let instrument = sheet.instrument();
    instrument
        .item_indices()
        .filter(|item| instrument[instrument[*item].question].contact_data && sheet.is_item_asked(*item))
        .find_map(|item| match sheet.entry(item) {
            Some(Entry::Given(text)) if is_mailable(text.trim()) => Some(text.trim().to_owned()),
            _ => None,
        })
}

/// Makes a receipt of its row.
pub(crate) fn receipt_of(row: &ReceiptRow) -> Receipt {
    let at = from_micros(row.at);
    Receipt {
        number: row.receipt.clone(),
        fingerprint: row.fingerprint.clone(),
        at,
        at_local: berlin::long(at),
        by_staff: row.by_staff,
    }
}
