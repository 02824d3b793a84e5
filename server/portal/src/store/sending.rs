//! Rows of the outbox as the worker moves them, many in one statement: marked
//! before they leave, noted afterwards.

use super::{BATCH, Conn, KEPT, Stored, counts, on, rows};
use sqlx::QueryBuilder;

/// A mail about to be handed over, kept with its links masked.
pub(crate) struct Begun<'a> {
    pub id: &'a str,
    /// From [`numbers`], the same for every attempt.
    pub number: i64,
    pub sent_to: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
    pub html: &'a str,
}

/// Marks waiting mails as on their way, and keeps what is handed over.
pub(crate) async fn begin(conn: &mut Conn, mails: &[Begun<'_>], at: i64) -> Stored<()> {
    for batch in mails.chunks(BATCH) {
        on!(conn, link => {
            let mut query = QueryBuilder::new("WITH v (id, number, sent_to, subject, body, html) AS (");
            query.push_values(batch, |mut row, mail| {
                row.push_bind(mail.id).push_bind(mail.number).push_bind(mail.sent_to);
                row.push_bind(mail.subject).push_bind(mail.text).push_bind(mail.html);
            });
            query.push(") UPDATE outbox SET state = 'sending', attempts = attempts + 1, bounce = NULL, changed_at = ").push_bind(at);
            query.push(", first_tried_at = COALESCE(first_tried_at, ").push_bind(at);
            query.push(
                "), number = v.number, sent_to = v.sent_to, subject = v.subject, body = v.body, html = v.html
                 FROM v WHERE outbox.id = v.id",
            );
            query.build().persistent(batch.len() <= KEPT).execute(link).await?.rows_affected()
        });
    }
    Ok(())
}

/// How an attempt ended.
#[derive(Clone, Copy)]
pub(crate) struct Ended<'a> {
    pub id: &'a str,
    pub state: &'static str,
    /// What the server answered, or why it was not sent.
    pub answer: &'a str,
    /// When the next attempt is due, for deferred mails.
    pub next: Option<i64>,
}

/// Notes how attempts ended. One that came to nothing for everybody (back to
/// `queued`) does not count.
pub(crate) async fn finish(conn: &mut Conn, ended: &[Ended<'_>], at: i64) -> Stored<()> {
    let ids: Vec<&str> = ended.iter().map(|one| one.id).collect();
    let before = counts::mails(conn, &ids).await?;
    for batch in ended.chunks(BATCH) {
        on!(conn, link => {
            let mut query = QueryBuilder::new("WITH v (id, state, answer, next, sent) AS (");
            query.push_values(batch, |mut row, one| {
                let sent = (one.state == "sent").then_some(at);
                row.push_bind(one.id).push_bind(one.state).push_bind(one.answer);
                row.push_bind(one.next).push_bind(sent);
            });
            query.push(") UPDATE outbox SET changed_at = ").push_bind(at);
            query.push(
                ", state = v.state, last_answer = v.answer, due_at = COALESCE(v.next, due_at),
                 sent_at = COALESCE(v.sent, sent_at),
                 attempts = CASE WHEN v.state = 'queued' THEN attempts - 1 ELSE attempts END,
                 first_tried_at = CASE WHEN v.state = 'queued' AND attempts <= 1 THEN NULL ELSE first_tried_at END
                 FROM v WHERE outbox.id = v.id AND (v.state <> 'queued' OR outbox.state = 'sending')",
            );
            query.build().persistent(batch.len() <= KEPT).execute(link).await?.rows_affected()
        });
    }
    counts::mails_changed(conn, &ids, before).await
}

/// The next numbers of mails, the first of `count`: no gaps, no repetition.
pub(crate) async fn numbers(conn: &mut Conn, count: i64) -> Stored<i64> {
    let (last,) = rows!(
        conn,
        one,
        (i64,),
        "UPDATE counters SET value = value + $1 WHERE name = 'outbox' RETURNING value",
        count
    )?;
    Ok(last - count + 1)
}
