//! The outbox as staff sees it: what waits, what went out and as what, what
//! went wrong, and what may be done about it.

use super::audit;
use crate::Portal;
use crate::clock::from_micros;
use crate::identity::{Role, Session};
use crate::mail::compose::About;
use crate::mail::message::{document, message_id};
use crate::mail::{MailKind, MailState, OutboxAct};
use crate::staff::{StaffError, require};
use crate::store::lists::{self, OutboxLineRow, OutboxQuery};
use crate::store::{Conn, StoreError, Stored, contacts, outbox};
use crate::words;
use chrono::{DateTime, Utc};
use std::collections::HashSet;

/// Lines of one page.
const PAGE: i64 = 100;

/// Which mails to list; what is not given does not matter.
#[derive(Clone, Debug, Default)]
pub struct OutboxFilter {
    /// Wave.
    pub wave: Option<i32>,
    /// State.
    pub state: Option<MailState>,
    /// Kind.
    pub kind: Option<MailKind>,
    /// Step of the plan.
    pub step: String,
    /// Part of Kennung, name or address.
    pub search: String,
    /// Id of the last line of the page before.
    pub after: String,
}

/// One mail in the list.
#[derive(Clone, Debug)]
pub struct OutboxLine {
    /// Id.
    pub id: String,
    /// What it is about.
    pub kind: MailKind,
    /// Step of the plan as staff calls it, or the kind.
    pub step_title: String,
    /// Where it stands.
    pub state: MailState,
    /// Wave, if it belongs to one.
    pub wave: Option<i32>,
    /// Kennung of the office, if it is about one.
    pub kennung: Option<String>,
    /// Its name.
    pub office: Option<String>,
    /// Where it went or would go now.
    pub recipient: String,
    /// When it is due.
    pub due_at: DateTime<Utc>,
    /// When its state changed last.
    pub changed_at: DateTime<Utc>,
    /// When it was handed over.
    pub sent_at: Option<DateTime<Utc>>,
    /// Attempts so far.
    pub attempts: i32,
    /// What the server answered last, or why it was not sent.
    pub answer: Option<String>,
    /// What a delivery report said of the last attempt.
    pub bounce: Option<String>,
}

impl OutboxLine {
    /// What was heard of it last: the delivery report, else the answer; why it
    /// was cancelled, where it was.
    #[must_use]
    pub fn last_word(&self) -> Option<&str> {
        let report = self.bounce.as_deref();
        report
            .filter(|_| self.state != MailState::Cancelled)
            .or(self.answer.as_deref())
    }
}

/// A page of the list, newest first.
#[derive(Clone, Debug)]
pub struct OutboxPage {
    /// Its lines.
    pub lines: Vec<OutboxLine>,
    /// `after` of the next page, if there is one.
    pub next: Option<String>,
    /// Mails by state, of the whole filter but its state.
    pub counts: Vec<(MailState, u64)>,
    /// Failed ones of the whole filter that may be tried again together:
    /// those whose address is not marked.
    pub again: u64,
}

/// One mail as its receiver saw it.
#[derive(Clone, Debug)]
pub struct MailDetail {
    /// Its line.
    pub line: OutboxLine,
    /// Subject; none before the first attempt.
    pub subject: Option<String>,
    /// Text part, links masked.
    pub text: Option<String>,
    /// The whole HTML part, links masked.
    pub html: Option<String>,
    /// Message-ID.
    pub message_id: String,
}

impl Portal {
    /// A page of the outbox.
    ///
    /// # Errors
    /// For viewers and above.
    pub async fn outbox(&self, session: &Session, filter: &OutboxFilter) -> Result<OutboxPage, StaffError> {
        require(session, Role::Viewer)?;
        let query = query_of(filter);
        let mut conn = self.read().await?;
        let mut rows = lists::outbox(&mut conn, &query).await?;
        let more = rows.len() as u64 > PAGE.unsigned_abs();
        rows.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|row| row.id.clone());
        let counted = lists::outbox_counts(&mut conn, &query).await?;
        let count = |state: MailState| {
            let found = counted.iter().find(|(name, _)| name == state.name());
            (state, found.map_or(0, |(_, count)| u64::try_from(*count).unwrap_or(0)))
        };
        let again = match filter.state {
            Some(MailState::Failed) => may_try_again(&mut conn, &query).await?.len() as u64,
            _ => 0,
        };
        Ok(OutboxPage {
            again,
            lines: rows.into_iter().map(line).collect::<Stored<_>>()?,
            next,
            counts: MailState::ALL.iter().copied().map(count).collect(),
        })
    }

    /// Tries the failed mails of a filter again, `expected` as somebody has
    /// seen them; those to marked addresses stay as they are.
    ///
    /// # Errors
    /// For editors and above; where it is another number now.
    pub async fn outbox_again(
        &self,
        session: &Session,
        filter: &OutboxFilter,
        expected: u64,
    ) -> Result<(), StaffError> {
        let who = require(session, Role::Editor)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let ids = may_try_again(&mut tx, &query_of(filter)).await?;
        if ids.len() as u64 != expected {
            return Err(StaffError::Refused(format!(
                "{} Bitte sehen Sie die Liste noch einmal durch.",
                words::meanwhile(ids.len() as u64, expected, "E-Mail", "E-Mails")
            )));
        }
        let (from, to) = (MailState::Failed.name(), MailState::Queued.name());
        for id in &ids {
            outbox::set_state(&mut tx, id, &[from], to, now.timestamp_micros()).await?;
        }
        let detail = format!("{} {}", OutboxAct::Retry.name(), ids.len());
        audit(&mut tx, who, ("mail_decided", filter.wave, None), &detail, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// One mail.
    ///
    /// # Errors
    /// For viewers and above; where there is none of that id.
    pub async fn outbox_mail(&self, session: &Session, id: &str) -> Result<MailDetail, StaffError> {
        let who = require(session, Role::Viewer)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let row = lists::outbox_mail(&mut tx, id).await?.ok_or(StaffError::NotFound)?;
        let unit_id = row.unit_id.clone();
        audit(
            &mut tx,
            who,
            ("mail_viewed", row.line.wave, unit_id.as_deref()),
            id,
            now,
        )
        .await?;
        tx.commit().await?;
        let subject = row.subject;
        let html = row
            .html
            .map(|inside| document(subject.as_deref().unwrap_or_default(), &inside));
        Ok(MailDetail {
            message_id: message_id(id, self.settings().base_url.host()),
            line: line(row.line)?,
            subject,
            text: row.body,
            html,
        })
    }

    /// Does something about one mail.
    ///
    /// # Errors
    /// For editors and above; where its state does not allow it.
    pub async fn outbox_act(&self, session: &Session, id: &str, act: OutboxAct) -> Result<(), StaffError> {
        let who = require(session, Role::Editor)?;
        let now = self.now();
        let at = now.timestamp_micros();
        let from: Vec<&str> = MailState::ALL
            .iter()
            .filter(|state| state.acts().contains(&act))
            .map(|state| state.name())
            .collect();
        let to = match act {
            OutboxAct::Retry | OutboxAct::SendAgain => MailState::Queued,
            OutboxAct::Cancel => MailState::Cancelled,
            OutboxAct::Delivered => MailState::Sent,
        };
        let mut tx = self.write().await?;
        let row = outbox::by_id(&mut tx, id).await?.ok_or(StaffError::NotFound)?;
        if !outbox::set_state(&mut tx, id, &from, to.name(), at).await? {
            return Err(StaffError::Refused(
                "Der Stand dieser E-Mail hat sich inzwischen geändert. Bitte sehen Sie noch einmal nach.".into(),
            ));
        }
        let about = About::of(&mut tx, &row).await?;
        // Trying again is a word about the address it goes to, too.
        if act == OutboxAct::Retry {
            contacts::clear_mark(&mut tx, about.recipient(&row)).await?;
        }
        let detail = format!("{} {id}", act.name());
        let unit_id = about.case.as_ref().map(|case| case.unit_id.as_str());
        audit(&mut tx, who, ("mail_decided", row.wave, unit_id), &detail, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn query_of(filter: &OutboxFilter) -> OutboxQuery {
    OutboxQuery {
        wave: filter.wave,
        state: filter.state.map(MailState::name),
        kind: filter.kind.map(MailKind::name),
        step: filter.step.clone(),
        name: words::fold(&filter.search),
        key: words::key(&filter.search),
        after: filter.after.clone(),
        limit: PAGE + 1,
    }
}

/// Failed mails whose address is not marked.
async fn may_try_again(conn: &mut Conn, query: &OutboxQuery) -> Stored<Vec<String>> {
    let marks: HashSet<String> = contacts::marks(conn).await?.into_iter().map(|(key, _)| key).collect();
    let failed = lists::outbox_failed(conn, query).await?;
    Ok(failed
        .into_iter()
        .filter(|(_, to)| !marks.contains(&words::key(to.as_deref().unwrap_or_default())))
        .map(|(id, _)| id)
        .collect())
}

pub(super) fn line(row: OutboxLineRow) -> Stored<OutboxLine> {
    let unexpected = |what: &str| StoreError::content(format!("a mail that is {what:?}"));
    let kind: MailKind = row.kind.parse().map_err(|()| unexpected(&row.kind))?;
    let title = row.step_title.unwrap_or_else(|| match row.step.starts_with("hand-") {
        true if kind == MailKind::Reminder => "Erinnerung von Hand".to_owned(),
        _ => kind.label().to_owned(),
    });
    Ok(OutboxLine {
        state: row.state.parse().map_err(|()| unexpected(&row.state))?,
        id: row.id,
        kind,
        step_title: title,
        wave: row.wave,
        kennung: row.kennung,
        office: row.office,
        recipient: row.recipient.unwrap_or_default(),
        due_at: from_micros(row.due_at),
        changed_at: from_micros(row.changed_at),
        sent_at: row.sent_at.map(from_micros),
        attempts: row.attempts,
        answer: row.last_answer.filter(|answer| !answer.is_empty()),
        bounce: row.bounce,
    })
}
