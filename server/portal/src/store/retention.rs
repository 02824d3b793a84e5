//! Rows of retention: rules, runs, what is due, and the statements that take
//! personal data out. Each of them leaves rows alone that hold none any more,
//! so that everything can be repeated.

use super::{Conn, Stored, on, rows, run};
use sqlx::QueryBuilder;

/// Waves closed up to a moment, with that moment of each, earliest first.
pub(crate) async fn closed_waves(conn: &mut Conn, until: i64) -> Stored<Vec<(i32, i64)>> {
    rows!(
        conn,
        all,
        (i32, i64),
        "SELECT wave, closed_at FROM waves
         WHERE state = 'closed' AND closed_at IS NOT NULL AND closed_at <= $1 ORDER BY closed_at, wave",
        until
    )
}

pub(crate) async fn rules(conn: &mut Conn) -> Stored<Vec<(String, i32)>> {
    rows!(conn, all, (String, i32), "SELECT kind, months FROM retention_rules")
}

/// Sets how many months a kind is kept; `None`: for good.
pub(crate) async fn set_rule(conn: &mut Conn, kind: &str, months: Option<i32>) -> Stored<()> {
    match months {
        Some(months) => run!(
            conn,
            "INSERT INTO retention_rules (kind, months) VALUES ($1, $2)
             ON CONFLICT (kind) DO UPDATE SET months = excluded.months",
            kind,
            months
        )?,
        None => run!(conn, "DELETE FROM retention_rules WHERE kind = $1", kind)?,
    };
    Ok(())
}

pub(crate) async fn automatic(conn: &mut Conn) -> Stored<bool> {
    let found = rows!(
        conn,
        optional,
        (bool,),
        "SELECT automatic FROM retention_switch WHERE id = 1"
    )?;
    Ok(found.is_some_and(|(on,)| on))
}

pub(crate) async fn set_automatic(conn: &mut Conn, on: bool) -> Stored<()> {
    run!(conn, "UPDATE retention_switch SET automatic = $1 WHERE id = 1", on)?;
    Ok(())
}

/// Takes the switch for this transaction: nobody else begins a run.
pub(crate) async fn take(conn: &mut Conn) -> Stored<()> {
    run!(conn, "UPDATE retention_switch SET automatic = automatic WHERE id = 1")?;
    Ok(())
}

/// A run as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct RunRow {
    pub id: String,
    pub begun_at: i64,
    pub ended_at: Option<i64>,
    pub who: String,
    pub scope: String,
    pub planned: i64,
}

pub(crate) async fn begin(conn: &mut Conn, row: &RunRow, account_id: Option<&str>) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO retention_runs (id, begun_at, account_id, who, scope, planned) VALUES ($1, $2, $3, $4, $5, $6)",
        &row.id,
        row.begun_at,
        account_id,
        &row.who,
        &row.scope,
        row.planned
    )?;
    Ok(())
}

pub(crate) async fn end(conn: &mut Conn, id: &str, at: i64) -> Stored<bool> {
    let ended = run!(
        conn,
        "UPDATE retention_runs SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL",
        id,
        at
    )?;
    Ok(ended == 1)
}

/// The latest runs, newest first.
pub(crate) async fn runs(conn: &mut Conn, limit: i64) -> Stored<Vec<RunRow>> {
    rows!(
        conn,
        all,
        RunRow,
        "SELECT id, begun_at, ended_at, who, scope, planned FROM retention_runs
         ORDER BY begun_at DESC, id DESC LIMIT $1",
        limit
    )
}

/// Runs that were begun and not ended, oldest first.
pub(crate) async fn unended(conn: &mut Conn) -> Stored<Vec<RunRow>> {
    rows!(
        conn,
        all,
        RunRow,
        "SELECT id, begun_at, ended_at, who, scope, planned FROM retention_runs
         WHERE ended_at IS NULL ORDER BY begun_at, id"
    )
}

/// What a run removed: wave, kind, how many.
pub(crate) async fn done(conn: &mut Conn, run_id: &str) -> Stored<Vec<(i32, String, i64)>> {
    rows!(
        conn,
        all,
        (i32, String, i64),
        "SELECT wave, kind, amount FROM retention_done WHERE run_id = $1 ORDER BY wave, kind",
        run_id
    )
}

pub(crate) async fn note_done(conn: &mut Conn, run_id: &str, wave: i32, kind: &str, amount: i64) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO retention_done (run_id, wave, kind, amount) VALUES ($1, $2, $3, $4)
         ON CONFLICT (run_id, wave, kind) DO UPDATE SET amount = retention_done.amount + excluded.amount",
        run_id,
        wave,
        kind,
        amount
    )?;
    Ok(())
}

/// What one wave holds of a kind: conditions and parameters of its statements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    pub wave: i32,
    /// Waves closed up to here are over for this kind.
    pub cutoff: i64,
    /// Mails that belong to no wave: those after the earlier wave's end …
    pub since: i64,
    /// … up to this one's.
    pub until: i64,
}

macro_rules! cases_due {
    ($select:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM cases c WHERE c.wave = $1
             AND (c.redacted_at IS NULL OR c.contact_name <> '' OR c.contact_email <> '')",
            $rest
        )
    };
}

/// Accounts of units all of whose waves are over, the last one being `$1`.
macro_rules! of_units_gone {
    ($select:literal, $from:literal, $holds:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM ",
            $from,
            " WHERE a.unit_id IS NOT NULL AND ",
            $holds,
            " AND (SELECT MAX(c.wave) FROM cases c WHERE c.unit_id = a.unit_id) = $1
              AND NOT EXISTS (
                  SELECT 1 FROM cases c JOIN waves w ON w.wave = c.wave
                  WHERE c.unit_id = a.unit_id AND (w.state <> 'closed' OR w.closed_at > $2))",
            $rest
        )
    };
}

macro_rules! mails_due {
    ($select:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM outbox o WHERE o.state IN ('sent', 'failed', 'cancelled')
             AND (o.recipient IS NOT NULL OR o.sent_to IS NOT NULL OR o.subject IS NOT NULL OR o.body IS NOT NULL
                  OR o.html IS NOT NULL OR o.own_subject IS NOT NULL OR o.own_text IS NOT NULL
                  OR o.last_answer IS NOT NULL OR o.bounce IS NOT NULL)
             AND (o.wave = $1
                  OR (o.wave IS NULL AND o.created_at > $2 AND o.created_at <= $3
                      AND o.account_id IN (SELECT id FROM accounts WHERE unit_id IS NOT NULL)))",
            $rest
        )
    };
}

macro_rules! count {
    ($conn:expr, $sql:expr $(, $value:expr)*) => {{
        let (count,) = rows!($conn, one, (i64,), $sql $(, $value)*)?;
        Ok(count)
    }};
}

macro_rules! ids {
    ($conn:expr, $sql:expr $(, $value:expr)*) => {{
        let found = rows!($conn, all, (String,), $sql $(, $value)*)?;
        Ok(found.into_iter().map(|(id,)| id).collect())
    }};
}

/// How many cases of a wave still hold contact data.
pub(crate) async fn count_cases(conn: &mut Conn, due: Due) -> Stored<i64> {
    count!(conn, cases_due!("COUNT(*)", ""), due.wave)
}

pub(crate) async fn some_cases(conn: &mut Conn, due: Due, limit: i64) -> Stored<Vec<String>> {
    ids!(conn, cases_due!("c.id", " ORDER BY c.id LIMIT $2"), due.wave, limit)
}

pub(crate) async fn count_accounts(conn: &mut Conn, due: Due) -> Stored<i64> {
    count!(
        conn,
        of_units_gone!(
            "COUNT(*)",
            "accounts a",
            "(a.email <> '' OR a.display_name <> '' OR a.password_hash IS NOT NULL)",
            ""
        ),
        due.wave,
        due.cutoff
    )
}

pub(crate) async fn some_accounts(conn: &mut Conn, due: Due, limit: i64) -> Stored<Vec<String>> {
    ids!(
        conn,
        of_units_gone!(
            "a.id",
            "accounts a",
            "(a.email <> '' OR a.display_name <> '' OR a.password_hash IS NOT NULL)",
            " ORDER BY a.id LIMIT $3"
        ),
        due.wave,
        due.cutoff,
        limit
    )
}

pub(crate) async fn count_networks(conn: &mut Conn, due: Due) -> Stored<i64> {
    count!(
        conn,
        of_units_gone!(
            "COUNT(*)",
            "known_networks n JOIN accounts a ON a.id = n.account_id",
            "n.network_hash <> ''",
            ""
        ),
        due.wave,
        due.cutoff
    )
}

/// Accounts whose networks are due.
pub(crate) async fn some_networks(conn: &mut Conn, due: Due, limit: i64) -> Stored<Vec<String>> {
    ids!(
        conn,
        of_units_gone!(
            "DISTINCT a.id",
            "known_networks n JOIN accounts a ON a.id = n.account_id",
            "n.network_hash <> ''",
            " ORDER BY a.id LIMIT $3"
        ),
        due.wave,
        due.cutoff,
        limit
    )
}

pub(crate) async fn forget_networks(conn: &mut Conn, account_id: &str) -> Stored<u64> {
    run!(conn, "DELETE FROM known_networks WHERE account_id = $1", account_id)
}

pub(crate) async fn count_mails(conn: &mut Conn, due: Due) -> Stored<i64> {
    count!(conn, mails_due!("COUNT(*)", ""), due.wave, due.since, due.until)
}

pub(crate) async fn some_mails(conn: &mut Conn, due: Due, limit: i64) -> Stored<Vec<String>> {
    ids!(
        conn,
        mails_due!("o.id", " ORDER BY o.id LIMIT $4"),
        due.wave,
        due.since,
        due.until,
        limit
    )
}

/// Takes everything out of mails but what they were about, when and how they
/// ended.
pub(crate) async fn empty_mails(conn: &mut Conn, ids: &[String]) -> Stored<u64> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new(
            "UPDATE outbox SET recipient = NULL, sent_to = NULL, subject = NULL, body = NULL, html = NULL,
                    own_subject = NULL, own_text = NULL, last_answer = NULL, bounce = NULL WHERE id IN (",
        );
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id);
        }
        query.push(")");
        query.build().persistent(false).execute(link).await?.rows_affected()
    }))
}

/// Notes about contacts, and reasons why an office wanted no mails.
pub(crate) async fn count_notes(conn: &mut Conn, due: Due) -> Stored<i64> {
    count!(
        conn,
        "SELECT (SELECT COUNT(*) FROM contact_attempts n JOIN cases c ON c.id = n.case_id
                 WHERE c.wave = $1 AND n.note <> '')
              + (SELECT COUNT(*) FROM cases c WHERE c.wave = $1 AND c.opt_out_reason IS NOT NULL AND c.opt_out_reason <> '')",
        due.wave
    )
}

/// Empties some of them and says how many.
pub(crate) async fn empty_notes(conn: &mut Conn, due: Due, limit: i64) -> Stored<u64> {
    let notes = run!(
        conn,
        "UPDATE contact_attempts SET note = '' WHERE id IN (
             SELECT n.id FROM contact_attempts n JOIN cases c ON c.id = n.case_id
             WHERE c.wave = $1 AND n.note <> '' ORDER BY n.id LIMIT $2)",
        due.wave,
        limit
    )?;
    let reasons = run!(
        conn,
        "UPDATE cases SET opt_out_reason = '' WHERE wave = $1 AND opt_out_reason IS NOT NULL AND opt_out_reason <> ''",
        due.wave
    )?;
    Ok(notes + reasons)
}

/// Takes a person out of an account. A colleague, who signs in with an
/// address, loses that too; a head signs in with the Kennung and can be
/// invited again.
pub(crate) async fn anonymise_account(conn: &mut Conn, id: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE accounts SET email = '', display_name = '', password_hash = NULL, password_set_at = NULL,
                login = CASE WHEN role = 'head' THEN login ELSE 'entfernt-' || id END,
                login_key = CASE WHEN role = 'head' THEN login_key ELSE 'entfernt-' || id END,
                disabled_at = CASE WHEN role = 'head' THEN disabled_at ELSE COALESCE(disabled_at, $2) END
         WHERE id = $1",
        id,
        at
    )?;
    run!(
        conn,
        "UPDATE colleagues SET invited_by = '', withdrawn_at = COALESCE(withdrawn_at, $2), withdrawn_by = ''
         WHERE account_id = $1",
        id,
        at
    )?;
    run!(conn, "DELETE FROM sessions WHERE account_id = $1", id)?;
    run!(conn, "DELETE FROM tokens WHERE account_id = $1", id)?;
    run!(conn, "DELETE FROM known_networks WHERE account_id = $1", id)?;
    Ok(())
}

/// Takes the contact out of a case, and the names of the unit's people out of
/// its histories: the Kennung stands there instead.
pub(crate) async fn anonymise_case(conn: &mut Conn, case_id: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE cases SET contact_name = '', contact_email = '', redacted_at = $2 WHERE id = $1",
        case_id,
        at
    )?;
    macro_rules! nameless {
        ($($table:literal)*) => {
            $(run!(
                conn,
                concat!(
                    "UPDATE ", $table, " SET who = (
                         SELECT u.kennung FROM cases c JOIN units u ON u.id = c.unit_id WHERE c.id = $1)
                     WHERE case_id = $1 AND account_id IN (SELECT id FROM accounts WHERE unit_id IS NOT NULL)"
                ),
                case_id
            )?;)*
        };
    }
    nameless!("answers" "answer_history" "confirmations" "submissions" "case_events");
    run!(
        conn,
        "UPDATE queries SET answered_by = (
             SELECT u.kennung FROM cases c JOIN units u ON u.id = c.unit_id WHERE c.id = $1)
         WHERE case_id = $1 AND answered_by IS NOT NULL",
        case_id
    )?;
    run!(
        conn,
        "UPDATE query_points SET explained_by = (
             SELECT u.kennung FROM cases c JOIN units u ON u.id = c.unit_id WHERE c.id = $1)
         WHERE explained_by IS NOT NULL AND query_id IN (SELECT id FROM queries WHERE case_id = $1)",
        case_id
    )?;
    Ok(())
}

/// Empties the answers to an item, those of the history included.
pub(crate) async fn empty_answer(conn: &mut Conn, case_id: &str, item: &str) -> Stored<()> {
    macro_rules! empty {
        ($($table:literal)*) => {
            $(run!(
                conn,
                concat!(
                    "UPDATE ", $table, " SET given = NULL, cannot_say = FALSE WHERE case_id = $1 AND item = $2"
                ),
                case_id,
                item
            )?;)*
        };
    }
    empty!("answers" "answer_history");
    Ok(())
}

/// A confirmation: id and the values it rests on.
pub(crate) async fn confirmations(conn: &mut Conn, case_id: &str) -> Stored<Vec<(String, String)>> {
    rows!(
        conn,
        all,
        (String, String),
        "SELECT id, edit_values FROM confirmations WHERE case_id = $1",
        case_id
    )
}

pub(crate) async fn set_confirmation(conn: &mut Conn, id: &str, values: &str) -> Stored<()> {
    run!(
        conn,
        "UPDATE confirmations SET edit_values = $2 WHERE id = $1",
        id,
        values
    )?;
    Ok(())
}

/// What a Rückfrage keeps of answers: its id, the place of its point, the
/// values before and after.
pub(crate) type PointRow = (String, i32, String, Option<String>);

pub(crate) async fn points(conn: &mut Conn, case_id: &str) -> Stored<Vec<PointRow>> {
    rows!(
        conn,
        all,
        PointRow,
        "SELECT p.query_id, p.place, p.values_before, p.values_after
         FROM query_points p JOIN queries q ON q.id = p.query_id WHERE q.case_id = $1",
        case_id
    )
}

pub(crate) async fn set_point(conn: &mut Conn, (query_id, place, before, after): &PointRow) -> Stored<()> {
    run!(
        conn,
        "UPDATE query_points SET values_before = $3, values_after = $4 WHERE query_id = $1 AND place = $2",
        query_id,
        *place,
        before,
        after.as_deref()
    )?;
    Ok(())
}

/// A submission that has not been redacted.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct WholeSubmission {
    pub id: String,
    pub kennung: String,
    pub wave: i32,
    pub instrument: String,
    pub entries: String,
    pub machine: String,
    pub confirmed: String,
}

pub(crate) async fn submissions(conn: &mut Conn, case_id: &str) -> Stored<Vec<WholeSubmission>> {
    rows!(
        conn,
        all,
        WholeSubmission,
        "SELECT s.id, u.kennung, c.wave, s.instrument, s.entries, s.machine, s.confirmed
         FROM submissions s JOIN cases c ON c.id = s.case_id JOIN units u ON u.id = c.unit_id
         WHERE s.case_id = $1 AND s.redacted_at IS NULL",
        case_id
    )
}

/// What is left of a submission, with a fingerprint of its own.
pub(crate) struct Redacted<'a> {
    pub id: &'a str,
    pub entries: &'a str,
    pub machine: &'a str,
    pub confirmed: &'a str,
    pub fingerprint: &'a str,
    pub at: i64,
}

pub(crate) async fn redact(conn: &mut Conn, left: &Redacted<'_>) -> Stored<()> {
    run!(
        conn,
        "UPDATE submissions SET entries = $2, machine = $3, confirmed = $4, redacted_fingerprint = $5, redacted_at = $6
         WHERE id = $1",
        left.id,
        left.entries,
        left.machine,
        left.confirmed,
        left.fingerprint,
        left.at
    )?;
    Ok(())
}

/// Forgets which addresses refused mails, where nobody has them any more.
pub(crate) async fn forget_marks(conn: &mut Conn) -> Stored<()> {
    run!(
        conn,
        "DELETE FROM address_marks
         WHERE NOT EXISTS (SELECT 1 FROM cases c WHERE c.contact_email = address_marks.address)
           AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.email = address_marks.address)"
    )?;
    Ok(())
}
