//! What a run would send, said beforehand; changes nothing.

use super::compose::{About, kind_of};
use super::due;
use super::planned::plan_of;
use super::planning::{Reasons, going, open_waves};
use super::{DueMail, MailError, MailKind};
use crate::Portal;
use crate::clock::from_micros;
use crate::store::outbox::{self, OutboxRow};
use crate::store::{Conn, Stored, cases, waves};
use chrono::{DateTime, Utc};
use std::collections::HashSet;

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
        for row in outbox::due(&mut conn, wave, at.timestamp_micros(), false, i64::MAX).await? {
            let kind = kind_of(&row)?;
            let too_soon = kind == MailKind::Reminder && row.case_id.as_ref().is_some_and(|id| written.contains(id));
            let about = About::of(&mut conn, &row).await?;
            if too_soon || row_why_not(&mut conn, (kind, &row), &about, at).await?.is_some() {
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
                recipient: about.recipient(&row).to_owned(),
                due_at: from_micros(row.due_at),
            });
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
                    let due_at = one.planned.due_for(&case)?;
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

/// Why a queued mail must not go out at `at`, as a German sentence without a
/// full stop: asked by whoever announces it, and again at the moment of
/// sending.
pub(super) async fn row_why_not(
    conn: &mut Conn,
    (kind, row): (MailKind, &OutboxRow),
    about: &About,
    at: DateTime<Utc>,
) -> Stored<Option<String>> {
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
    let mark = crate::store::contacts::mark(conn, about.recipient(row)).await?;
    let target = super::planned::target_of(conn, row).await?;
    let last_sent = match &row.case_id {
        Some(case_id) if kind == MailKind::Reminder => outbox::last_sent(conn, case_id, &row.id).await?,
        _ => None,
    };
    let facts = due::Facts {
        case: about.case.as_ref(),
        target: &target,
        last_sent: last_sent.map(from_micros),
        mark: mark.as_ref().map(|mark| mark.reason.as_str()),
        at,
    };
    due::why_not(kind, &facts)
}
