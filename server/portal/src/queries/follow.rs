//! The institute's part once it has asked: giving more time, withdrawing,
//! closing, deciding without waiting.

use super::QueryOutcome;
use super::ask::{gone, note, numbered, refused, take};
use super::check::{LONGEST_TEXT, deadline};
use super::mails::remind;
use crate::Portal;
use crate::berlin;
use crate::identity::{Role, Session};
use crate::respondent::status::{Step, transition};
use crate::respondent::{Taken, pen};
use crate::staff::{FormError, checked, require};
use crate::store::cases::CaseRow;
use crate::store::events::Actor;
use crate::store::queries::{self as rows, Ended, QueryRow};
use crate::store::{Conn, Stored, counts};
use crate::waves::read_status;
use chrono::{DateTime, Utc};
use survey::query::Scope;
use survey::status::{Event, Facts, Status};

impl Portal {
    /// Gives the office another last day, and reminds it accordingly.
    ///
    /// # Errors
    /// For editors and above; a wrong day (`frist`); where it is not open.
    pub async fn query_extend(
        &self,
        session: &Session,
        wave: i32,
        kennung: &str,
        number: i32,
        due: &str,
    ) -> Result<(), FormError> {
        let who = require(session, Role::Editor)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let taken = take(&mut tx, wave, kennung).await?;
        let row = numbered(&mut tx, &taken.case, number).await?;
        let due = deadline(due, berlin::day_of(now)).map_err(|wrong| FormError::Invalid(vec![wrong]))?;
        if !rows::set_due(&mut tx, &row.id, &due.to_string()).await? {
            return Err(gone().into());
        }
        rows::cancel_reminders(&mut tx, &row.id, "Die Frist wurde geändert", now.timestamp_micros()).await?;
        remind(&mut tx, &taken, &row, due, now).await?;
        note(&mut tx, who, "query_extended", &taken.case, number, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes an open Rückfrage back: the case stands where it stood, with what
    /// was transmitted; what the office has typed meanwhile is in the history.
    ///
    /// # Errors
    /// For editors and above; without a reason; where it is not open.
    pub async fn query_withdraw(
        &self,
        session: &Session,
        wave: i32,
        kennung: &str,
        number: i32,
        reason: &str,
    ) -> Result<(), FormError> {
        let who = require(session, Role::Editor)?;
        let reason = checked("grund", reason, LONGEST_TEXT).map_err(|wrong| FormError::Invalid(vec![wrong]))?;
        let now = self.now();
        let mut tx = self.write().await?;
        let taken = take(&mut tx, wave, kennung).await?;
        let row = numbered(&mut tx, &taken.case, number).await?;
        let ended = (QueryOutcome::Withdrawn, reason.as_str());
        if row.state != "open" || !self.end_open(&mut tx, session, &taken, &row, ended, now).await? {
            return Err(gone().into());
        }
        let why = format!("Rückfrage {number} zurückgezogen: {reason}");
        let before = read_status(&row.from_status)?;
        let step = Step {
            event: Event::SettleQuery,
            facts: Facts {
                ever_submitted: true,
                meets_rule: before == Status::Usable,
            },
            who,
            reason: Some(&why),
        };
        let after = transition(&mut tx, &taken.case.id, taken.status, &step, now)
            .await?
            .map_err(|no| refused(no.to_string()))?;
        if before == Status::Unusable {
            let back = Step {
                event: Event::Reject,
                ..step
            };
            transition(&mut tx, &taken.case.id, after, &back, now)
                .await?
                .map_err(|no| refused(no.to_string()))?;
        }
        note(&mut tx, who, "query_withdrawn", &taken.case, number, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Accepts the answer to a Rückfrage; the status of the case is decided
    /// apart. The note may be empty.
    ///
    /// # Errors
    /// For editors and above; a note that is too long; where it is not
    /// answered.
    pub async fn query_close(
        &self,
        session: &Session,
        wave: i32,
        kennung: &str,
        number: i32,
        remark: &str,
    ) -> Result<(), FormError> {
        let who = require(session, Role::Editor)?;
        let remark = match remark.trim() {
            "" => String::new(),
            text => checked("notiz", text, LONGEST_TEXT).map_err(|wrong| FormError::Invalid(vec![wrong]))?,
        };
        let now = self.now();
        let mut tx = self.write().await?;
        let taken = take(&mut tx, wave, kennung).await?;
        let row = numbered(&mut tx, &taken.case, number).await?;
        let ended = Ended {
            state: "closed",
            outcome: QueryOutcome::Accepted.name(),
            note: &remark,
            who: who.name,
            at: now.timestamp_micros(),
        };
        if !rows::end(&mut tx, &row.id, "answered", &ended).await? {
            return Err(refused("Diese Rückfrage wartet auf keine Entscheidung (mehr).").into());
        }
        counts::touched(&mut tx, &taken.case.id).await?;
        note(&mut tx, who, "query_closed", &taken.case, number, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends the open Rückfrage of a case about which staff decides without
    /// waiting. What the office has typed counts only where the questionnaire
    /// is opened again.
    pub(crate) async fn decided_without_answer(
        &self,
        conn: &mut Conn,
        session: &Session,
        (case, revision): (&CaseRow, i64),
        reopened: bool,
        now: DateTime<Utc>,
    ) -> Stored<()> {
        let Some(row) = rows::open_of_case(conn, &case.id).await? else {
            return Ok(());
        };
        let taken = Taken {
            case: case.clone(),
            status: Status::Query,
            revision,
        };
        if reopened {
            let who = crate::respondent::actor(session);
            end(conn, &row, QueryOutcome::Decided, "", who, now).await?;
        } else {
            self.end_open(conn, session, &taken, &row, (QueryOutcome::Decided, ""), now)
                .await?;
        }
        Ok(())
    }

    /// Ends an open Rückfrage and puts back what was transmitted.
    async fn end_open(
        &self,
        conn: &mut Conn,
        session: &Session,
        taken: &Taken,
        row: &QueryRow,
        (outcome, remark): (QueryOutcome, &str),
        now: DateTime<Utc>,
    ) -> Stored<bool> {
        let who = crate::respondent::actor(session);
        if !end(conn, row, outcome, remark, who, now).await? {
            return Ok(false);
        }
        let transmitted = self.transmitted(conn, &taken.case, &row.submission_id).await?;
        let pen = pen(session, &taken.case.id, taken.revision, now);
        self.take_back(conn, &taken.case, (&Scope::default(), &transmitted), &pen)
            .await?;
        Ok(true)
    }
}

async fn end(
    conn: &mut Conn,
    row: &QueryRow,
    outcome: QueryOutcome,
    remark: &str,
    who: Actor<'_>,
    now: DateTime<Utc>,
) -> Stored<bool> {
    let at = now.timestamp_micros();
    let ended = Ended {
        state: "withdrawn",
        outcome: outcome.name(),
        note: remark,
        who: who.name,
        at,
    };
    rows::cancel_mails(conn, &row.id, "Die Rückfrage ist zurückgezogen", at).await?;
    rows::end(conn, &row.id, "open", &ended).await
}
