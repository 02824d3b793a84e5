//! Rows that are only ever added: transitions of cases, and the audit.

use super::{Conn, Stored, add, rows, run};
use crate::secrets::{NoRandomness, new_id};
use chrono::{DateTime, Utc};

/// Who did something: the account, if any, and the name to show.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Actor<'a> {
    pub account_id: Option<&'a str>,
    pub name: &'a str,
}

impl Actor<'static> {
    /// The program itself, or whoever sits at its command line.
    pub(crate) const SYSTEM: Self = Self {
        account_id: None,
        name: "Rücklauf",
    };
}

/// A transition as stored.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct EventRow {
    pub at: i64,
    pub who: String,
    pub event: String,
    pub from_status: String,
    pub to_status: String,
    pub reason: Option<String>,
}

/// A transition to be noted.
pub(crate) struct NewEvent<'a> {
    pub case_id: &'a str,
    pub event: &'a str,
    pub from: &'a str,
    pub to: &'a str,
    pub reason: Option<&'a str>,
}

/// Notes transitions, all by one and at one moment.
pub(crate) async fn insert(conn: &mut Conn, who: Actor<'_>, new: &[NewEvent<'_>], now: DateTime<Utc>) -> Stored<()> {
    let at = now.timestamp_micros();
    let with_ids = new
        .iter()
        .map(|event| Ok((new_id(now)?, event)))
        .collect::<Result<Vec<_>, NoRandomness>>()?;
    add!(
        conn,
        "INSERT INTO case_events (id, case_id, at, account_id, who, event, from_status, to_status, reason) ",
        with_ids,
        "",
        |row, (id, event)| {
            row.push_bind(id)
                .push_bind(event.case_id)
                .push_bind(at)
                .push_bind(who.account_id);
            row.push_bind(who.name)
                .push_bind(event.event)
                .push_bind(event.from)
                .push_bind(event.to);
            row.push_bind(event.reason);
        }
    )?;
    Ok(())
}

/// The transitions of a case, oldest first.
pub(crate) async fn of_case(conn: &mut Conn, case_id: &str) -> Stored<Vec<EventRow>> {
    rows!(
        conn,
        all,
        EventRow,
        "SELECT at, who, event, from_status, to_status, reason
         FROM case_events WHERE case_id = $1 ORDER BY at, id",
        case_id
    )
}

/// What somebody looked at, exported or changed.
pub(crate) struct Deed<'a> {
    pub action: &'a str,
    pub wave: Option<i32>,
    pub unit_id: Option<&'a str>,
    /// Never an answer, a password or a link.
    pub detail: &'a str,
}

/// Notes a deed. People of an office stand there by its Kennung: their names
/// are none of the log's business, and it is never made anonymous.
pub(crate) async fn audit(conn: &mut Conn, who: Actor<'_>, deed: &Deed<'_>, now: DateTime<Utc>) -> Stored<()> {
    debug_assert!(
        crate::staff::has_wording(deed.action),
        "staff::audit has no wording for {:?}",
        deed.action
    );
    run!(
        conn,
        "INSERT INTO audit (id, at, account_id, who, action, wave, unit_id, detail)
         VALUES ($1, $2, $3,
                 COALESCE((SELECT u.kennung FROM accounts a JOIN units u ON u.id = a.unit_id WHERE a.id = $3), $4),
                 $5, $6, $7, $8)",
        new_id(now)?,
        now.timestamp_micros(),
        who.account_id,
        who.name,
        deed.action,
        deed.wave,
        deed.unit_id,
        deed.detail
    )?;
    Ok(())
}
