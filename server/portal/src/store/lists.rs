//! Rows of the lists of mails, read only.

use super::{Conn, Stored, on};
use sqlx::QueryBuilder;

/// A pattern for what contains a text, whatever characters it has.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// A mail in the list of the outbox.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct OutboxLineRow {
    pub id: String,
    pub kind: String,
    pub step: String,
    pub step_title: Option<String>,
    pub state: String,
    pub wave: Option<i32>,
    pub kennung: Option<String>,
    pub office: Option<String>,
    pub recipient: Option<String>,
    pub due_at: i64,
    pub changed_at: i64,
    pub sent_at: Option<i64>,
    pub attempts: i32,
    pub last_answer: Option<String>,
    pub bounce: Option<String>,
}

/// A mail with its text.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct OutboxMailRow {
    #[sqlx(flatten)]
    pub line: OutboxLineRow,
    pub unit_id: Option<String>,
    pub subject: Option<String>,
    pub body: Option<String>,
    pub html: Option<String>,
}

/// Which mails to list.
pub(crate) struct OutboxQuery {
    pub wave: Option<i32>,
    pub state: Option<&'static str>,
    pub kind: Option<&'static str>,
    /// Empty: any.
    pub step: String,
    /// Folded part of a name; empty: any.
    pub name: String,
    /// Folded part of a Kennung or an address; empty: any.
    pub key: String,
    /// Id of the last line of the page before.
    pub after: String,
    pub limit: i64,
}

const OUTBOX_COLUMNS: &str = "SELECT o.id, o.kind, o.step, p.title AS step_title, o.state, o.wave, u.kennung,
        c.name AS office, COALESCE(o.sent_to, o.recipient, c.contact_email, a.email) AS recipient, o.due_at,
        o.changed_at, o.sent_at, o.attempts, o.last_answer, o.bounce";
const OUTBOX_TABLES: &str = " FROM outbox o
        LEFT JOIN accounts a ON a.id = o.account_id
        LEFT JOIN cases c ON c.id = o.case_id
        LEFT JOIN units u ON u.id = COALESCE(o.unit_id, a.unit_id)
        LEFT JOIN mail_steps p ON p.wave = o.wave AND p.step = o.step
        WHERE ";

/// What the list and its counts have in common.
macro_rules! outbox_filter {
    ($query:ident, $wanted:ident) => {
        $query.push("1 = 1");
        if let Some(wave) = $wanted.wave {
            $query.push(" AND o.wave = ").push_bind(wave);
        }
        if let Some(kind) = $wanted.kind {
            $query.push(" AND o.kind = ").push_bind(kind);
        }
        if !$wanted.step.is_empty() {
            $query.push(" AND o.step = ").push_bind($wanted.step.clone());
        }
        if !$wanted.key.is_empty() {
            $query
                .push(" AND (u.kennung_key LIKE ")
                .push_bind(containing(&$wanted.key))
                .push(" ESCAPE '!'");
            $query
                .push(" OR LOWER(COALESCE(o.sent_to, o.recipient, c.contact_email, a.email)) LIKE ")
                .push_bind(containing(&$wanted.key))
                .push(" ESCAPE '!'");
            if !$wanted.name.is_empty() {
                $query
                    .push(" OR c.sort_key LIKE ")
                    .push_bind(containing(&$wanted.name))
                    .push(" ESCAPE '!'");
            }
            $query.push(")");
        }
    };
}

/// Mails that pass a filter, newest first.
pub(crate) async fn outbox(conn: &mut Conn, wanted: &OutboxQuery) -> Stored<Vec<OutboxLineRow>> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new(OUTBOX_COLUMNS);
        query.push(OUTBOX_TABLES);
        outbox_filter!(query, wanted);
        if let Some(state) = wanted.state {
            query.push(" AND o.state = ").push_bind(state);
        }
        if !wanted.after.is_empty() {
            query.push(" AND o.id < ").push_bind(wanted.after.clone());
        }
        query.push(" ORDER BY o.id DESC LIMIT ").push_bind(wanted.limit);
        query.build_query_as::<OutboxLineRow>().fetch_all(link).await?
    }))
}

/// The same counted by state, whatever state was asked for.
pub(crate) async fn outbox_counts(conn: &mut Conn, wanted: &OutboxQuery) -> Stored<Vec<(String, i64)>> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new("SELECT o.state, COUNT(*)");
        query.push(OUTBOX_TABLES);
        outbox_filter!(query, wanted);
        query.push(" GROUP BY o.state");
        query.build_query_as::<(String, i64)>().fetch_all(link).await?
    }))
}

/// The failed ones among them, with the address each would go to now.
pub(crate) async fn outbox_failed(conn: &mut Conn, wanted: &OutboxQuery) -> Stored<Vec<(String, Option<String>)>> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new("SELECT o.id, COALESCE(o.recipient, c.contact_email, a.email)");
        query.push(OUTBOX_TABLES);
        outbox_filter!(query, wanted);
        query.push(" AND o.state = 'failed' ORDER BY o.id");
        query.build_query_as::<(String, Option<String>)>().fetch_all(link).await?
    }))
}

/// One mail.
pub(crate) async fn outbox_mail(conn: &mut Conn, id: &str) -> Stored<Option<OutboxMailRow>> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new(OUTBOX_COLUMNS);
        query.push(", COALESCE(o.unit_id, a.unit_id) AS unit_id, o.subject, o.body, o.html");
        query.push(OUTBOX_TABLES).push("o.id = ").push_bind(id.to_owned());
        query.build_query_as::<OutboxMailRow>().fetch_optional(link).await?
    }))
}

/// The mails of a case, newest first, and those to the accounts of its unit
/// while it was the case they worked on.
pub(crate) async fn mails_of_case(conn: &mut Conn, case_id: &str) -> Stored<Vec<OutboxLineRow>> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new(OUTBOX_COLUMNS);
        query.push(OUTBOX_TABLES).push("(o.case_id = ").push_bind(case_id.to_owned());
        query.push(
            " OR (o.case_id IS NULL AND EXISTS (
                SELECT 1 FROM cases k JOIN waves w ON w.wave = k.wave
                WHERE k.unit_id = a.unit_id AND w.opened_at <= o.created_at
                  AND NOT EXISTS (SELECT 1 FROM cases l JOIN waves n ON n.wave = l.wave
                                  WHERE l.unit_id = k.unit_id AND n.opened_at > w.opened_at
                                    AND n.opened_at <= o.created_at)
                  AND k.id = ",
        );
        query.push_bind(case_id.to_owned()).push(")))");
        query.push(" ORDER BY o.id DESC");
        query.build_query_as::<OutboxLineRow>().fetch_all(link).await?
    }))
}
