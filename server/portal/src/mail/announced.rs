//! What a run would send, said beforehand, and what speaks against it; changes
//! nothing.

use super::compose::{About, kind_of};
use super::due;
use super::planned::{due_for, plan_of};
use super::planning::{Reasons, going, open_waves};
use super::{DueMail, MailError, MailKind};
use crate::clock::from_micros;
use crate::store::outbox::{self, OutboxRow};
use crate::store::{BATCH, Conn, Stored, cases, contacts, waves};
use crate::{Portal, words};
use chrono::{DateTime, Utc};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

impl Portal {
    /// What would be sent at `at` (now, if not given): of one wave and of no
    /// wave in particular, or of all. Changes nothing.
    ///
    /// # Errors
    /// [`MailError::NoWave`], or the store fails.
    pub async fn mail_due(&self, wave: Option<i32>, at: Option<DateTime<Utc>>) -> Result<Vec<DueMail>, MailError> {
        let mut conn = self.read().await?;
        if let Some(wave) = wave
            && waves::find(&mut conn, wave).await?.is_none()
        {
            return Err(MailError::NoWave(wave));
        }
        let at = at.unwrap_or_else(|| self.now());
        let mut list = Vec::new();
        // Cases this run writes to: a reminder behind that comes too soon.
        let mut written = HashSet::new();
        let due = outbox::due(&mut conn, wave, at.timestamp_micros(), false, i64::MAX).await?;
        for rows in due.chunks(BATCH) {
            let rows: Vec<&OutboxRow> = rows.iter().collect();
            let abouts = About::of_all(&mut conn, &rows).await?;
            let asked = rows
                .iter()
                .zip(&abouts)
                .map(|(row, about)| Ok((kind_of(row)?, *row, about)))
                .collect::<Stored<Vec<Asked<'_>>>>()?;
            let reasons = why_not(&mut conn, &asked, at).await?;
            for ((kind, row, about), reason) in asked.into_iter().zip(reasons) {
                let too_soon =
                    kind == MailKind::Reminder && row.case_id.as_ref().is_some_and(|id| written.contains(id));
                if too_soon || reason.is_some() {
                    continue;
                }
                if kind.counts_for_the_gap() {
                    written.extend(row.case_id.clone());
                }
                list.push(DueMail {
                    kind,
                    step: row.step.clone(),
                    wave: row.wave,
                    login: about.login().to_owned(),
                    recipient: about.recipient(row).to_owned(),
                    due_at: from_micros(row.due_at),
                });
            }
        }
        for wave in open_waves(&mut conn, wave).await? {
            let plan = plan_of(&mut conn, &wave).await?;
            if !plan.iter().any(|planned| planned.is_due(at)) {
                continue;
            }
            let reasons = Reasons::load(&mut conn, wave.key).await?;
            for one in going(&plan, cases::of_wave(&mut conn, wave.key).await?, at)? {
                let kind = one.planned.kind();
                for case in one.cases {
                    let due_at = due_for(&plan, one.planned, &case)?;
                    let too_soon = kind == MailKind::Reminder && written.contains(&case.id);
                    if due_at > at || too_soon {
                        continue;
                    }
                    if reasons.why_not(kind, &case, &one.planned.target(), at)?.is_none() {
                        written.insert(case.id);
                        list.push(DueMail {
                            kind,
                            step: one.planned.step.name.clone(),
                            wave: Some(wave.key),
                            login: case.kennung,
                            recipient: case.contact_email,
                            due_at,
                        });
                    }
                }
            }
        }
        Ok(list)
    }
}

/// A mail asked about.
pub(super) type Asked<'a> = (MailKind, &'a OutboxRow, &'a About);

/// Why queued mails must not go out at `at`, as German sentences without a
/// full stop, one answer for each: asked by whoever announces them, and again
/// at the moment of sending.
pub(super) async fn why_not(conn: &mut Conn, mails: &[Asked<'_>], at: DateTime<Utc>) -> Stored<Vec<Option<String>>> {
    let keys: Vec<String> = mails
        .iter()
        .map(|(_, row, about)| words::key(about.recipient(row)))
        .collect();
    let marks = contacts::marks_of(conn, &keys).await?;
    let reminded: Vec<&str> = mails
        .iter()
        .filter(|(kind, ..)| *kind == MailKind::Reminder)
        .filter_map(|(_, row, _)| row.case_id.as_deref())
        .collect();
    let last_sent = outbox::last_sent(conn, &reminded).await?;
    let mut targets = HashMap::new();
    for (_, row, _) in mails {
        let step = (row.wave, row.step.as_str());
        if let Entry::Vacant(place) = targets.entry(step) {
            place.insert(super::planned::target_of(conn, row).await?);
        }
    }
    let reason = |((kind, row, about), key): (&Asked<'_>, &String)| {
        let opened = about
            .account
            .as_ref()
            .is_some_and(|account| account.password_hash.is_some());
        if opened && matches!(kind, MailKind::InvitationAgain | MailKind::StaffInvitation) {
            return Ok(Some("Das Passwort ist inzwischen festgelegt".to_owned()));
        }
        if row.account_id.is_some() && about.account.is_none() {
            return Ok(Some("Den Zugang gibt es nicht mehr".into()));
        }
        let last = row.case_id.as_ref().and_then(|id| last_sent.get(id));
        let facts = due::Facts {
            case: about.case.as_ref(),
            target: &targets[&(row.wave, row.step.as_str())],
            last_sent: last.copied().map(from_micros),
            mark: marks.get(key).map(String::as_str),
            at,
        };
        due::why_not(*kind, &facts)
    };
    mails.iter().zip(&keys).map(reason).collect()
}
