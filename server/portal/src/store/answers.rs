//! Rows of answers, their history and the reasons given for soft edits.
//!
//! Answers of several cases are read and written in one statement, so that
//! many saves can go into one commit.

use super::{BATCH, Conn, KEPT, Stored, add, on, rows, run};
use sqlx::QueryBuilder;
use std::collections::HashMap;
use survey::Entry;

/// The current answer to one item.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct AnswerRow {
    pub item: String,
    pub given: Option<String>,
    pub cannot_say: bool,
    pub revision: i64,
    pub at: i64,
    pub session_id: String,
    pub who: String,
    pub by_staff: bool,
}

impl AnswerRow {
    /// What was typed; `None` where it was cleared.
    pub(crate) fn entry(&self) -> Option<Entry> {
        entry(self.given.clone(), self.cannot_say)
    }
}

/// Makes an entry of its two columns.
pub(crate) fn entry(given: Option<String>, cannot_say: bool) -> Option<Entry> {
    if cannot_say {
        Some(Entry::CannotSay)
    } else {
        given.map(Entry::Given)
    }
}

/// The two columns of an entry.
fn columns(entry: Option<&Entry>) -> (Option<&str>, bool) {
    match entry {
        None => (None, false),
        Some(Entry::CannotSay) => (None, true),
        Some(Entry::Given(text)) => (Some(text), false),
    }
}

/// Who writes, when and at which revision of the case.
#[derive(Clone, Copy)]
pub(crate) struct Pen<'a> {
    pub case_id: &'a str,
    pub revision: i64,
    pub at: i64,
    pub account_id: &'a str,
    pub session_id: &'a str,
    pub who: &'a str,
    /// Entered by staff on behalf of the office.
    pub by_staff: bool,
}

/// One item to be written, or typed in vain.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a> {
    pub item: &'a str,
    pub entry: Option<&'a Entry>,
    /// Typed against somebody else's change: history only.
    pub conflict: bool,
}

pub(crate) async fn of_case(conn: &mut Conn, case_id: &str) -> Stored<Vec<AnswerRow>> {
    rows!(
        conn,
        all,
        AnswerRow,
        "SELECT item, given, cannot_say, revision, at, session_id, who, by_staff FROM answers WHERE case_id = $1",
        case_id
    )
}

/// The current answers to some items, given and found by case and item.
pub(crate) async fn of_items(conn: &mut Conn, pairs: &[(&str, &str)]) -> Stored<HashMap<(String, String), AnswerRow>> {
    let mut found = HashMap::with_capacity(pairs.len());
    for pairs in pairs.chunks(BATCH) {
        let rows = on!(conn, link => {
            let mut query = QueryBuilder::new(
                "SELECT case_id, item, given, cannot_say, revision, at, session_id, who, by_staff
                 FROM answers WHERE (case_id, item) IN (",
            );
            query.push_values(pairs, |mut row, (case_id, item)| {
                row.push_bind(*case_id).push_bind(*item);
            });
            query.push(")");
            query.build_query_as::<Of>().persistent(pairs.len() <= KEPT).fetch_all(link).await?
        });
        found.extend(
            rows.into_iter()
                .map(|row| ((row.case_id, row.answer.item.clone()), row.answer)),
        );
    }
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct Of {
    case_id: String,
    #[sqlx(flatten)]
    answer: AnswerRow,
}

/// What stood at an item at a revision: the inner `None` is "cleared", the
/// outer one "nothing was stored at that revision".
pub(crate) async fn at_revision(
    conn: &mut Conn,
    case_id: &str,
    item: &str,
    revision: i64,
) -> Stored<Option<Option<Entry>>> {
    let found = rows!(
        conn,
        optional,
        (Option<String>, bool),
        "SELECT given, cannot_say FROM answer_history
         WHERE case_id = $1 AND item = $2 AND revision = $3 AND NOT conflict",
        case_id,
        item,
        revision
    )?;
    Ok(found.map(|(given, cannot_say)| entry(given, cannot_say)))
}

/// Writes answers and their history. Items typed in vain go to the history only.
pub(crate) async fn write(conn: &mut Conn, pens: &[(Pen<'_>, &[Written<'_>])]) -> Stored<()> {
    // Who saves what stands there already has not worked on anything.
    let working = pens.iter().filter(|(_, items)| !items.is_empty());
    super::desk::worked_on(conn, working.map(|(pen, _)| (pen.case_id, pen.at))).await?;
    let all: Vec<(&Pen<'_>, &Written<'_>)> = pens
        .iter()
        .flat_map(|(pen, items)| items.iter().map(move |item| (pen, item)))
        .collect();
    let current: Vec<_> = all.iter().copied().filter(|(_, written)| !written.conflict).collect();
    add!(
        conn,
        "INSERT INTO answers (case_id, item, given, cannot_say, revision, at, account_id, session_id, who,
                              by_staff) ",
        current,
        " ON CONFLICT (case_id, item) DO UPDATE SET given = excluded.given, cannot_say = excluded.cannot_say,
          revision = excluded.revision, at = excluded.at, account_id = excluded.account_id,
          session_id = excluded.session_id, who = excluded.who, by_staff = excluded.by_staff",
        |row, (pen, written)| {
            let (given, cannot_say) = columns(written.entry);
            row.push_bind(pen.case_id)
                .push_bind(written.item)
                .push_bind(given)
                .push_bind(cannot_say);
            row.push_bind(pen.revision).push_bind(pen.at).push_bind(pen.account_id);
            row.push_bind(pen.session_id).push_bind(pen.who).push_bind(pen.by_staff);
        }
    )?;
    add!(
        conn,
        "INSERT INTO answer_history (case_id, item, revision, given, cannot_say, conflict, at, account_id, who,
                                     by_staff) ",
        all,
        "",
        |row, (pen, written)| {
            let (given, cannot_say) = columns(written.entry);
            row.push_bind(pen.case_id)
                .push_bind(written.item)
                .push_bind(pen.revision)
                .push_bind(given);
            row.push_bind(cannot_say).push_bind(written.conflict).push_bind(pen.at);
            row.push_bind(pen.account_id).push_bind(pen.who).push_bind(pen.by_staff);
        }
    )?;
    Ok(())
}

/// What was typed against somebody else's change, undecided.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct LostRow {
    pub item: String,
    pub given: Option<String>,
    pub cannot_say: bool,
    pub revision: i64,
    pub at: i64,
    pub who: String,
}

impl LostRow {
    /// What was typed; `None` where it was cleared.
    pub(crate) fn entry(&self) -> Option<Entry> {
        entry(self.given.clone(), self.cannot_say)
    }
}

/// Everything undecided in a case, oldest first.
pub(crate) async fn lost(conn: &mut Conn, case_id: &str) -> Stored<Vec<LostRow>> {
    rows!(
        conn,
        all,
        LostRow,
        "SELECT item, given, cannot_say, revision, at, who FROM answer_history
         WHERE case_id = $1 AND conflict AND settled_at IS NULL ORDER BY revision",
        case_id
    )
}

/// Marks whatever is undecided at an item as decided.
pub(crate) async fn settle(conn: &mut Conn, case_id: &str, item: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE answer_history SET settled_at = $3
         WHERE case_id = $1 AND item = $2 AND conflict AND settled_at IS NULL",
        case_id,
        item,
        at
    )?;
    Ok(())
}

/// One change of an item.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct HistoryRow {
    pub revision: i64,
    pub given: Option<String>,
    pub cannot_say: bool,
    pub conflict: bool,
    pub at: i64,
    pub who: String,
}

/// Every change of an item, newest first.
pub(crate) async fn history(conn: &mut Conn, case_id: &str, item: &str) -> Stored<Vec<HistoryRow>> {
    rows!(
        conn,
        all,
        HistoryRow,
        "SELECT revision, given, cannot_say, conflict, at, who FROM answer_history
         WHERE case_id = $1 AND item = $2 ORDER BY revision DESC",
        case_id,
        item
    )
}

/// A reason given for a soft edit.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ConfirmationRow {
    pub edit: String,
    pub edit_values: String,
    pub reason: String,
    pub at: i64,
    pub who: String,
}

/// The reasons given in a case, in the order in which they were given.
pub(crate) async fn confirmations(conn: &mut Conn, case_id: &str) -> Stored<Vec<ConfirmationRow>> {
    rows!(
        conn,
        all,
        ConfirmationRow,
        "SELECT edit, edit_values, reason, at, who FROM confirmations WHERE case_id = $1 ORDER BY at, id",
        case_id
    )
}

/// A reason to be kept.
pub(crate) struct NewConfirmation<'a> {
    pub id: String,
    pub edit: &'a str,
    pub instrument: &'a str,
    pub values: String,
    pub reason: &'a str,
}

pub(crate) async fn confirm(conn: &mut Conn, pen: &Pen<'_>, new: &NewConfirmation<'_>) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO confirmations (id, case_id, edit, instrument, edit_values, reason, at, account_id, who,
                                    by_staff)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &new.id,
        pen.case_id,
        new.edit,
        new.instrument,
        &new.values,
        new.reason,
        pen.at,
        pen.account_id,
        pen.who,
        pen.by_staff
    )?;
    Ok(())
}
