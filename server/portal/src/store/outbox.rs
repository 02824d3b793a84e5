//! Rows of the outbox: mails from their cause to their delivery.

use super::{Conn, Stored, add, rows, run};

/// A mail waiting, on its way, or done.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct OutboxRow {
    pub id: String,
    pub number: Option<i64>,
    pub wave: Option<i32>,
    pub case_id: Option<String>,
    pub account_id: Option<String>,
    pub submission_id: Option<String>,
    pub kind: String,
    pub recipient: Option<String>,
    pub due_at: i64,
    pub attempts: i32,
}

/// A mail to be queued.
pub(crate) struct NewMailRow<'a> {
    pub id: String,
    pub wave: Option<i32>,
    pub unit_id: Option<&'a str>,
    pub case_id: Option<&'a str>,
    pub account_id: Option<&'a str>,
    pub submission_id: Option<&'a str>,
    pub step: String,
    pub kind: &'a str,
    pub recipient: Option<&'a str>,
    pub due_at: i64,
}

/// Queues mails; those whose step is there already for wave and unit are
/// left out. Returns how many were added.
pub(crate) async fn insert(conn: &mut Conn, new: &[NewMailRow<'_>], at: i64) -> Stored<u64> {
    add!(
        conn,
        "INSERT INTO outbox (id, wave, unit_id, case_id, account_id, submission_id, step, kind, state,
                             recipient, due_at, attempts, created_at, changed_at) ",
        new,
        " ON CONFLICT (wave, unit_id, step) DO NOTHING",
        |row, mail| {
            row.push_bind(&mail.id)
                .push_bind(mail.wave)
                .push_bind(mail.unit_id)
                .push_bind(mail.case_id);
            row.push_bind(mail.account_id)
                .push_bind(mail.submission_id)
                .push_bind(&mail.step);
            row.push_bind(mail.kind)
                .push_bind("queued")
                .push_bind(mail.recipient)
                .push_bind(mail.due_at);
            row.push_bind(0_i32).push_bind(at).push_bind(at);
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

/// What is due at `at`, oldest first: of one wave (and what belongs to none),
/// or all. Mails whose delivery was begun and never ended count once nobody
/// holds them at `now` any more.
pub(crate) async fn due(conn: &mut Conn, wave: Option<i32>, at: i64, now: i64) -> Stored<Vec<OutboxRow>> {
    rows!(
        conn,
        all,
        OutboxRow,
        "SELECT id, number, wave, case_id, account_id, submission_id, kind, recipient, due_at, attempts
         FROM outbox
         WHERE due_at <= $1
           AND (state IN ('queued', 'deferred') OR (state = 'sending' AND leased_until <= $2))
           AND ($3 IS NULL OR wave IS NULL OR wave = $3)
         ORDER BY due_at, id",
        at,
        now,
        wave
    )
}

/// Takes a due mail for delivery; false where another worker has it.
pub(crate) async fn lease(conn: &mut Conn, id: &str, now: i64, until: i64) -> Stored<bool> {
    let taken = run!(
        conn,
        "UPDATE outbox SET state = 'sending', leased_until = $3, attempts = attempts + 1, changed_at = $2
         WHERE id = $1 AND (state IN ('queued', 'deferred') OR (state = 'sending' AND leased_until <= $2))",
        id,
        now,
        until
    )?;
    Ok(taken == 1)
}

/// The next number of a mail: no gaps, no repetition.
pub(crate) async fn next_number(conn: &mut Conn) -> Stored<i64> {
    let (number,) = rows!(
        conn,
        one,
        (i64,),
        "UPDATE counters SET value = value + 1 WHERE name = 'outbox' RETURNING value"
    )?;
    Ok(number)
}

/// What is handed over, kept with its links masked.
pub(crate) struct Handed<'a> {
    pub number: i64,
    pub sent_to: &'a str,
    pub subject: &'a str,
    pub body: &'a str,
}

pub(crate) async fn keep_text(conn: &mut Conn, id: &str, handed: &Handed<'_>) -> Stored<()> {
    run!(
        conn,
        "UPDATE outbox SET number = $2, sent_to = $3, subject = $4, body = $5 WHERE id = $1",
        id,
        handed.number,
        handed.sent_to,
        handed.subject,
        handed.body
    )?;
    Ok(())
}

/// Ends an attempt: `state` with what was answered; `due_at` is when the next
/// one is due, for deferred mails.
pub(crate) async fn finish(conn: &mut Conn, id: &str, state: &str, answer: &str, due_at: i64, at: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE outbox SET state = $2, last_answer = $3, due_at = $4, leased_until = NULL, changed_at = $5 WHERE id = $1",
        id,
        state,
        answer,
        due_at,
        at
    )?;
    Ok(())
}
