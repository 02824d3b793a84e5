//! Rows of the outbox: mails from their cause to their delivery.

use super::{Conn, Stored, add, among, counts, on, rows, run};
use sqlx::QueryBuilder;
use std::collections::HashMap;

/// A mail waiting, on its way, or done.
#[derive(Debug, Clone, Default, PartialEq, sqlx::FromRow)]
pub(crate) struct OutboxRow {
    pub id: String,
    pub number: Option<i64>,
    pub wave: Option<i32>,
    pub case_id: Option<String>,
    pub account_id: Option<String>,
    pub submission_id: Option<String>,
    pub query_id: Option<String>,
    pub step: String,
    pub kind: String,
    pub template: Option<String>,
    pub recipient: Option<String>,
    pub own_subject: Option<String>,
    pub own_text: Option<String>,
    pub due_at: i64,
    pub attempts: i32,
    pub first_tried_at: Option<i64>,
    /// When it was queued, in the transaction of its cause.
    pub created_at: i64,
}

macro_rules! outbox_where {
    ($rest:literal) => {
        concat!(
            "SELECT id, number, wave, case_id, account_id, submission_id, query_id, step, kind, template, recipient,
                    own_subject, own_text, due_at, attempts, first_tried_at, created_at
             FROM outbox WHERE ",
            $rest
        )
    };
}

/// A mail to be queued.
pub(crate) struct NewMailRow<'a> {
    pub id: String,
    pub wave: Option<i32>,
    pub unit_id: Option<&'a str>,
    pub case_id: Option<&'a str>,
    pub account_id: Option<&'a str>,
    pub submission_id: Option<&'a str>,
    pub query_id: Option<&'a str>,
    pub step: String,
    pub kind: &'a str,
    pub template: Option<&'a str>,
    pub recipient: Option<&'a str>,
    pub own_subject: Option<&'a str>,
    pub own_text: Option<&'a str>,
    /// 0: somebody waits for it; 1: it is one of many.
    pub priority: i32,
    pub due_at: i64,
}

/// Queues mails; those whose step is there already for wave and unit are
/// left out. Returns how many were added.
pub(crate) async fn insert(conn: &mut Conn, new: &[NewMailRow<'_>], at: i64) -> Stored<u64> {
    add!(
        conn,
        "INSERT INTO outbox (id, wave, unit_id, case_id, account_id, submission_id, query_id, step, kind, template, state,
                             recipient, own_subject, own_text, priority, due_at, attempts, created_at, changed_at) ",
        new,
        " ON CONFLICT (wave, unit_id, step) DO NOTHING",
        |row, mail| {
            row.push_bind(&mail.id)
                .push_bind(mail.wave)
                .push_bind(mail.unit_id)
                .push_bind(mail.case_id);
            row.push_bind(mail.account_id)
                .push_bind(mail.submission_id)
                .push_bind(mail.query_id)
                .push_bind(&mail.step);
            row.push_bind(mail.kind)
                .push_bind(mail.template)
                .push_bind("queued")
                .push_bind(mail.recipient);
            row.push_bind(mail.own_subject)
                .push_bind(mail.own_text)
                .push_bind(mail.priority);
            row.push_bind(mail.due_at).push_bind(0_i32).push_bind(at).push_bind(at);
        }
    )
}

/// How many mails of a kind an account was given since a moment.
pub(crate) async fn count_since(conn: &mut Conn, account_id: &str, kind: &str, since: i64) -> Stored<i64> {
    let (count,) = rows!(
        conn,
        one,
        (i64,),
        "SELECT COUNT(*) FROM outbox WHERE account_id = $1 AND kind = $2 AND created_at > $3",
        account_id,
        kind,
        since
    )?;
    Ok(count)
}

/// Whether an invitation to an account still waits to leave: its link is made
/// then, and goes to whatever address the account has by that time.
pub(crate) async fn invitation_waits(conn: &mut Conn, account_id: &str) -> Stored<bool> {
    let (count,) = rows!(
        conn,
        one,
        (i64,),
        "SELECT COUNT(*) FROM outbox
         WHERE account_id = $1 AND kind IN ('einladung', 'einladung-erneut') AND state IN ('queued', 'deferred')",
        account_id
    )?;
    Ok(count > 0)
}

/// What is due at `at`, what somebody waits for first, then oldest first: of
/// one wave (and what belongs to none), or all. What somebody waits for is due
/// as soon as it is queued, whatever a clock says.
///
/// One query for each priority: only so does SQLite walk `outbox_waiting` in
/// its order instead of sorting everything that waits.
pub(crate) async fn due(
    conn: &mut Conn,
    wave: Option<i32>,
    at: i64,
    most_urgent: bool,
    limit: i64,
) -> Stored<Vec<OutboxRow>> {
    let mut found = rows!(
        conn,
        all,
        OutboxRow,
        outbox_where!(
            "state IN ('queued', 'deferred') AND priority = 0
             AND (due_at <= $1 OR state = 'queued')
             AND ($2 IS NULL OR wave IS NULL OR wave = $2)
             ORDER BY due_at, id LIMIT $3"
        ),
        at,
        wave,
        limit
    )?;
    let left = limit - i64::try_from(found.len()).unwrap_or(limit);
    if !most_urgent && left > 0 {
        found.extend(rows!(
            conn,
            all,
            OutboxRow,
            outbox_where!(
                "state IN ('queued', 'deferred') AND priority = 1 AND due_at <= $1
                 AND ($2 IS NULL OR wave IS NULL OR wave = $2)
                 ORDER BY due_at, id LIMIT $3"
            ),
            at,
            wave,
            left
        )?);
    }
    Ok(found)
}

/// A mail by its id, with its state.
pub(crate) async fn by_id(conn: &mut Conn, id: &str) -> Stored<Option<OutboxRow>> {
    rows!(conn, optional, OutboxRow, outbox_where!("id = $1"), id)
}

/// Those of some mails that wait, by id.
pub(crate) async fn waiting(conn: &mut Conn, ids: &[&str]) -> Stored<HashMap<String, OutboxRow>> {
    let found = among!(
        conn,
        ids,
        OutboxRow,
        outbox_where!("state IN ('queued', 'deferred') AND id IN ("),
        ")"
    )?;
    Ok(found.into_iter().map(|row| (row.id.clone(), row)).collect())
}

/// Mails whose handing over was begun and never ended.
pub(crate) async fn begun(conn: &mut Conn) -> Stored<Vec<OutboxRow>> {
    rows!(conn, all, OutboxRow, outbox_where!("state = 'sending' ORDER BY id"))
}

/// How many mails of a wave, and of none, are in a state.
pub(crate) async fn count_in(conn: &mut Conn, wave: i32, state: &str) -> Stored<i64> {
    let (count,) = rows!(
        conn,
        one,
        (i64,),
        "SELECT COUNT(*) FROM outbox WHERE state = $2 AND (wave = $1 OR wave IS NULL)",
        wave,
        state
    )?;
    Ok(count)
}

/// When the last mail was handed over or refused.
pub(crate) async fn last_handed(conn: &mut Conn) -> Stored<Option<i64>> {
    let (last,) = rows!(
        conn,
        one,
        (Option<i64>,),
        "SELECT MAX(changed_at) FROM outbox WHERE state IN ('sending', 'sent', 'deferred', 'failed', 'unclear')"
    )?;
    Ok(last)
}

/// When the institute last wrote to some cases by its own choice, by case;
/// also where nobody knows whether it arrived.
pub(crate) async fn last_sent(conn: &mut Conn, case_ids: &[&str]) -> Stored<HashMap<String, i64>> {
    let found = among!(
        conn,
        case_ids,
        (String, i64),
        "SELECT case_id, MAX(COALESCE(sent_at, first_tried_at)) FROM outbox
         WHERE kind IN ('einladung', 'erinnerung', 'anschreiben') AND state IN ('sending', 'sent', 'unclear')
           AND COALESCE(sent_at, first_tried_at) IS NOT NULL AND case_id IN (",
        ") GROUP BY case_id"
    )?;
    Ok(found.into_iter().collect())
}

/// The same for all cases of a wave.
pub(crate) async fn last_sent_of_wave(conn: &mut Conn, wave: i32) -> Stored<Vec<(String, i64)>> {
    rows!(
        conn,
        all,
        (String, i64),
        "SELECT case_id, MAX(COALESCE(sent_at, first_tried_at)) FROM outbox
         WHERE wave = $1 AND kind IN ('einladung', 'erinnerung', 'anschreiben')
           AND state IN ('sending', 'sent', 'unclear') AND case_id IS NOT NULL
           AND COALESCE(sent_at, first_tried_at) IS NOT NULL
         GROUP BY case_id",
        wave
    )
}

/// Mails of a wave counted by step and state.
pub(crate) async fn count_by_step(conn: &mut Conn, wave: i32) -> Stored<Vec<(String, String, i64)>> {
    rows!(
        conn,
        all,
        (String, String, i64),
        "SELECT step, state, COUNT(*) FROM outbox WHERE wave = $1 GROUP BY step, state",
        wave
    )
}

/// Lets what still waits of a step follow its plan: its text, and its moment,
/// which for what is put off is the earliest.
pub(crate) async fn move_step(conn: &mut Conn, wave: i32, step: &str, template: &str, due_at: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE outbox SET template = $3,
                due_at = CASE WHEN state = 'queued' OR due_at < $4 THEN $4 ELSE due_at END
         WHERE wave = $1 AND step = $2 AND state IN ('queued', 'deferred')",
        wave,
        step,
        template,
        due_at
    )?;
    Ok(())
}

/// What is put off begins its time of trying anew.
pub(crate) async fn try_anew(conn: &mut Conn) -> Stored<()> {
    run!(conn, "UPDATE outbox SET first_tried_at = NULL WHERE state = 'deferred'")?;
    Ok(())
}

/// Changes the state of a mail that has one of some; false where it has not.
pub(crate) async fn set_state(conn: &mut Conn, id: &str, from: &[&str], to: &'static str, at: i64) -> Stored<bool> {
    let before = counts::mails(conn, &[id]).await?;
    let changed = on!(conn, link => {
        let mut query = QueryBuilder::new("UPDATE outbox SET state = ");
        query.push_bind(to).push(", changed_at = ").push_bind(at);
        match to {
            // Begins anew, at once.
            "queued" => { query.push(", attempts = 0, first_tried_at = NULL, due_at = ").push_bind(at); }
            "sent" => { query.push(", sent_at = COALESCE(first_tried_at, changed_at)"); }
            _ => {}
        }
        query.push(" WHERE id = ").push_bind(id).push(" AND state IN (");
        let mut list = query.separated(", ");
        for state in from {
            list.push_bind(*state);
        }
        query.push(")");
        query.build().execute(link).await?.rows_affected()
    });
    counts::mails_changed(conn, &[id], before).await?;
    Ok(changed == 1)
}

/// Keeps what a delivery report said. It decides about a mail that went out,
/// not about one that waits again or was given up meanwhile.
pub(crate) async fn keep_bounce(conn: &mut Conn, id: &str, report: &str, failed: bool, at: i64) -> Stored<()> {
    let before = counts::mails(conn, &[id]).await?;
    let state = if failed { "failed" } else { "sent" };
    run!(
        conn,
        "UPDATE outbox SET bounce = $2, changed_at = $4,
                state = CASE WHEN state IN ('sent', 'unclear') THEN $3 ELSE state END,
                sent_at = CASE WHEN state = 'unclear' THEN COALESCE(first_tried_at, changed_at) ELSE sent_at END
         WHERE id = $1",
        id,
        report,
        state,
        at
    )?;
    counts::mails_changed(conn, &[id], before).await
}

/// Where a mail went, if it was handed over.
pub(crate) async fn sent_to(conn: &mut Conn, id: &str) -> Stored<Option<String>> {
    let found = rows!(
        conn,
        optional,
        (Option<String>,),
        "SELECT sent_to FROM outbox WHERE id = $1",
        id
    )?;
    Ok(found.and_then(|(address,)| address))
}
