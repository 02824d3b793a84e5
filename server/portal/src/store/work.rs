//! Rows of the work on one case: what changed, calls, deadlines, notes, who
//! has it open.

use super::{Conn, Stored, rows, run};

/// What changed in a case, and who did it.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ChangeRow {
    pub revision: i64,
    pub at: i64,
    pub who: String,
    pub what: String,
}

/// Counts a change of a case and notes what it was; nobody else changes the
/// case until the end of the transaction.
pub(crate) async fn changed(conn: &mut Conn, case_id: &str, who: &str, what: &str, at: i64) -> Stored<()> {
    let (revision,) = rows!(
        conn,
        one,
        (i64,),
        "UPDATE cases SET desk_revision = desk_revision + 1 WHERE id = $1 RETURNING desk_revision",
        case_id
    )?;
    run!(
        conn,
        "INSERT INTO case_changes (case_id, revision, at, who, what) VALUES ($1, $2, $3, $4, $5)",
        case_id,
        revision,
        at,
        who,
        what
    )?;
    Ok(())
}

/// The case's count of changes, held until the end of the transaction.
pub(crate) async fn hold(conn: &mut Conn, case_id: &str) -> Stored<i64> {
    let (revision,) = rows!(
        conn,
        one,
        (i64,),
        "UPDATE cases SET desk_revision = desk_revision WHERE id = $1 RETURNING desk_revision",
        case_id
    )?;
    Ok(revision)
}

/// What changed after a revision, oldest first.
pub(crate) async fn changes(conn: &mut Conn, case_id: &str, after: i64) -> Stored<Vec<ChangeRow>> {
    rows!(
        conn,
        all,
        ChangeRow,
        "SELECT revision, at, who, what FROM case_changes WHERE case_id = $1 AND revision > $2 ORDER BY revision",
        case_id,
        after
    )
}

/// Notes the latest call beside its case.
pub(crate) async fn called(
    conn: &mut Conn,
    case_id: &str,
    at: i64,
    result: Option<&str>,
    back_on: Option<&str>,
    missed: bool,
) -> Stored<()> {
    run!(
        conn,
        "UPDATE cases SET called_at = $2, call_result = $3, call_back_on = $4,
             calls_missed = CASE WHEN $5 THEN calls_missed + 1 ELSE 0 END
         WHERE id = $1",
        case_id,
        at,
        result,
        back_on,
        missed
    )?;
    Ok(())
}

/// Sets a case's own deadline and the moment it ends; `None`: the wave's.
pub(crate) async fn set_deadline(conn: &mut Conn, case_id: &str, own: Option<(&str, i64)>) -> Stored<()> {
    run!(
        conn,
        "UPDATE cases SET own_deadline = $2, own_deadline_at = $3 WHERE id = $1",
        case_id,
        own.map(|(day, _)| day),
        own.map(|(_, at)| at)
    )?;
    Ok(())
}

/// Moves a mail of a case that has not gone out yet.
pub(crate) async fn move_mail(conn: &mut Conn, case_id: &str, step: &str, due_at: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE outbox SET due_at = $3 WHERE case_id = $1 AND step = $2 AND state IN ('queued', 'deferred')",
        case_id,
        step,
        due_at
    )?;
    Ok(())
}

/// One version of a note.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct NoteRow {
    pub id: String,
    pub account_id: String,
    pub who: String,
    pub revision: i32,
    pub text: String,
    pub at: i64,
}

/// Every version of every note of a case, newest note first, versions in order.
pub(crate) async fn notes(conn: &mut Conn, case_id: &str) -> Stored<Vec<NoteRow>> {
    rows!(
        conn,
        all,
        NoteRow,
        "SELECT n.id, n.account_id, n.who, v.revision, v.text, v.at
         FROM case_notes n JOIN case_note_versions v ON v.note_id = n.id
         WHERE n.case_id = $1 ORDER BY n.created_at DESC, n.id DESC, v.revision",
        case_id
    )
}

pub(crate) async fn add_note(
    conn: &mut Conn,
    id: &str,
    case_id: &str,
    (account_id, who): (&str, &str),
    at: i64,
) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO case_notes (id, case_id, account_id, who, created_at) VALUES ($1, $2, $3, $4, $5)",
        id,
        case_id,
        account_id,
        who,
        at
    )?;
    Ok(())
}

pub(crate) async fn add_version(conn: &mut Conn, note_id: &str, revision: i32, text: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO case_note_versions (note_id, revision, text, at) VALUES ($1, $2, $3, $4)",
        note_id,
        revision,
        text,
        at
    )?;
    Ok(())
}

/// Notes that somebody has a case open; what is older than `before` is forgotten.
pub(crate) async fn seen(
    conn: &mut Conn,
    case_id: &str,
    (account_id, who): (&str, &str),
    at: i64,
    before: i64,
) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO case_presence (case_id, account_id, who, seen_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (case_id, account_id) DO UPDATE SET who = excluded.who, seen_at = excluded.seen_at",
        case_id,
        account_id,
        who,
        at
    )?;
    run!(
        conn,
        "DELETE FROM case_presence WHERE case_id = $1 AND seen_at < $2",
        case_id,
        before
    )?;
    Ok(())
}

/// Notes that somebody has closed a case.
pub(crate) async fn left(conn: &mut Conn, case_id: &str, account_id: &str) -> Stored<()> {
    run!(
        conn,
        "DELETE FROM case_presence WHERE case_id = $1 AND account_id = $2",
        case_id,
        account_id
    )?;
    Ok(())
}

/// Who else has a case open since, by name.
pub(crate) async fn others(conn: &mut Conn, case_id: &str, account_id: &str, since: i64) -> Stored<Vec<String>> {
    let found = rows!(
        conn,
        all,
        (String,),
        "SELECT who FROM case_presence WHERE case_id = $1 AND account_id <> $2 AND seen_at >= $3 ORDER BY who",
        case_id,
        account_id,
        since
    )?;
    Ok(found.into_iter().map(|(who,)| who).collect())
}
