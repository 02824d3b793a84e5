//! Statements that take people out of an account and of a case with all its
//! histories, and what a case keeps beside them.

use super::super::{Conn, Stored, rows, run};

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
/// its histories: the Kennung stands there instead. The case's revision grows,
/// so that nobody goes on with what they keep of it in memory.
pub(crate) async fn anonymise_case(conn: &mut Conn, case_id: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE cases SET contact_name = '', contact_email = '', redacted_at = $2,
             progress_revision = CASE WHEN progress_revision = revision THEN revision + 1 ELSE progress_revision END,
             revision = revision + 1
         WHERE id = $1",
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
    // Before the names are taken out of the transitions, by which they are known.
    run!(
        conn,
        "UPDATE case_changes SET who = (
             SELECT u.kennung FROM cases c JOIN units u ON u.id = c.unit_id WHERE c.id = $1)
         WHERE case_id = $1 AND who IN (
             SELECT e.who FROM case_events e JOIN accounts a ON a.id = e.account_id
             WHERE e.case_id = $1 AND a.unit_id IS NOT NULL)",
        case_id
    )?;
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
