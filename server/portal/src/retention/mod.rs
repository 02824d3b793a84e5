//! What is kept how long: contact data, accounts of offices, mails, notes and
//! the networks people signed in from are taken out a while after a wave was
//! closed. Answers for research stay.
//!
//! Rules say after how many months; a kind without a rule is kept for good. A
//! run is begun by a person who confirms its number, on the command line, or
//! by the program where that is switched on. It keeps its scope, works in
//! small transactions that find only what still holds something, and is taken
//! up where it was interrupted. The log ([`crate::staff`]) is left as it is:
//! no office's people stand in it by name. So are what was asked and explained
//! in Rückfragen, reasons given for soft edits and for decisions about cases,
//! and the attributes of the register; and earlier backups hold what they hold.

mod redact;
mod rules;
mod work;

pub use rules::{RetentionKind, RetentionRule};

use crate::Portal;
use crate::clock::from_micros;
use crate::identity::{Role, Session, Who};
use crate::respondent::actor;
use crate::secrets::new_id;
use crate::staff::StaffError;
use crate::store::events::{self, Actor, Deed};
use crate::store::retention::{self as rows, Due, RunRow};
use crate::store::{Conn, StoreError, Stored};
use crate::words;
use chrono::{DateTime, Months, Utc};
use std::collections::BTreeMap;

/// Runs shown.
const RUNS: i64 = 20;

/// What would be taken out now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetentionPreview {
    /// Wave, kind, how many; none where nothing is due.
    pub lines: Vec<(i32, RetentionKind, u64)>,
}

impl RetentionPreview {
    /// How many in all: the number that confirms a run.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.lines.iter().map(|(.., count)| count).sum()
    }
}

/// A run that was begun.
#[derive(Clone, Debug)]
pub struct RetentionRun {
    /// When it was begun.
    pub begun_at: DateTime<Utc>,
    /// When it ended; `None` while it works or is interrupted.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who began it.
    pub who: String,
    /// How many it was to be.
    pub planned: u64,
    /// Wave, kind, how many were taken out.
    pub done: Vec<(i32, RetentionKind, u64)>,
}

impl RetentionRun {
    /// How many were taken out so far.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.done.iter().map(|(.., count)| count).sum()
    }
}

/// Everything the page shows.
#[derive(Clone, Debug)]
pub struct RetentionView {
    /// Months by kind; `None`: kept for good.
    pub rules: Vec<RetentionRule>,
    /// Whether it runs by itself.
    pub automatic: bool,
    /// What would be taken out now.
    pub preview: RetentionPreview,
    /// Runs, newest first.
    pub runs: Vec<RetentionRun>,
}

/// Waves closed up to which moment, by the name of the kind.
type Scope = BTreeMap<String, i64>;

impl Portal {
    /// Rules, what is due, and what was done.
    ///
    /// # Errors
    /// For administrators.
    pub async fn retention(&self, session: &Session) -> Result<RetentionView, StaffError> {
        admin(session)?;
        let mut conn = self.read().await?;
        let scope = self.scope_now(&mut conn).await?;
        Ok(RetentionView {
            rules: rules::of(&rows::rules(&mut conn).await?),
            automatic: rows::automatic(&mut conn).await?,
            preview: preview(&mut conn, &scope).await?,
            runs: runs(&mut conn).await?,
        })
    }

    /// What would be taken out now; for the command line.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn retention_preview(&self) -> Result<RetentionPreview, StoreError> {
        let mut conn = self.read().await?;
        let scope = self.scope_now(&mut conn).await?;
        preview(&mut conn, &scope).await
    }

    /// Begins a run, which then works by [`Portal::retention_work`]. `number`
    /// is what the preview said: another one is refused.
    ///
    /// # Errors
    /// For administrators; where the number is another one by now, nothing is
    /// due, or a run has not ended.
    pub async fn retention_begin(&self, session: &Session, number: u64) -> Result<(), StaffError> {
        let who = admin(session)?;
        self.begin_run(who, Some(number)).await.map(|_| ())
    }

    /// The same on the command line.
    ///
    /// # Errors
    /// As [`Portal::retention_begin`].
    pub async fn retention_begin_here(&self, number: u64) -> Result<(), StaffError> {
        self.begin_run(Actor::SYSTEM, Some(number)).await.map(|_| ())
    }

    /// Whether a run was begun and has not ended.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn retention_waits(&self) -> Result<bool, StoreError> {
        Ok(!rows::unended(&mut self.read().await?).await?.is_empty())
    }

    /// Begins a run by itself where that is switched on and something is due,
    /// and takes up whatever was interrupted. True where anything was done.
    ///
    /// # Errors
    /// Where the store fails; the next time goes on from there.
    pub async fn retention_round(&self) -> Result<bool, StoreError> {
        let waiting = self.retention_waits().await?;
        let automatic = rows::automatic(&mut self.read().await?).await?;
        let mut begun = waiting;
        if automatic && !waiting {
            begun = match self.begin_run(Actor::SYSTEM, None).await {
                Ok(begun) => begun,
                // Somebody else was quicker.
                Err(StaffError::Refused(_)) => false,
                Err(StaffError::Store(error)) => return Err(error),
                Err(_) => false,
            };
        }
        if begun {
            self.retention_work(|_, _| {}).await?;
        }
        Ok(begun)
    }

    /// Begins a run; without a number only where something is due.
    async fn begin_run(&self, who: Actor<'_>, number: Option<u64>) -> Result<bool, StaffError> {
        let now = self.now();
        let mut tx = self.write().await?;
        rows::take(&mut tx).await?;
        if !rows::unended(&mut tx).await?.is_empty() {
            return Err(StaffError::Refused(
                "Es läuft schon eine Löschung, oder eine wurde unterbrochen und wird gleich fortgesetzt.".into(),
            ));
        }
        let scope = self.scope_now(&mut tx).await?;
        let total = preview(&mut tx, &scope).await?.total();
        match number {
            None if total == 0 => return Ok(false),
            Some(_) if total == 0 => return Err(StaffError::Refused("Zurzeit ist nichts zu löschen.".into())),
            Some(number) if number != total => {
                return Err(StaffError::Refused(format!(
                    "{} Bitte sehen Sie sich die Vorschau noch einmal an.",
                    words::meanwhile(total, number, "Angabe", "Angaben")
                )));
            }
            _ => {}
        }
        let run = RunRow {
            id: new_id(now).map_err(StoreError::from)?,
            begun_at: now.timestamp_micros(),
            ended_at: None,
            who: who.name.to_owned(),
            scope: serde_json::to_string(&scope).map_err(StoreError::from)?,
            planned: i64::try_from(total).unwrap_or(i64::MAX),
        };
        rows::begin(&mut tx, &run, who.account_id).await?;
        note(&mut tx, who, "retention_begun", &format!("{total}"), now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Up to which moment waves must have been closed now, by kind.
    async fn scope_now(&self, conn: &mut Conn) -> Stored<Scope> {
        let now = self.now();
        let cutoff = |months: u32| now.checked_sub_months(Months::new(months));
        Ok(rules::of(&rows::rules(conn).await?)
            .into_iter()
            .filter_map(|rule| {
                let moment = cutoff(rule.months?)?;
                Some((rule.kind.name().to_owned(), moment.timestamp_micros()))
            })
            .collect())
    }
}

fn admin(session: &Session) -> Result<Actor<'_>, StaffError> {
    match session.who {
        Who::Staff { role: Role::Admin } => Ok(actor(session)),
        _ => Err(StaffError::Forbidden),
    }
}

async fn note(conn: &mut Conn, who: Actor<'_>, action: &str, detail: &str, now: DateTime<Utc>) -> Stored<()> {
    let deed = Deed {
        action,
        wave: None,
        unit_id: None,
        detail,
    };
    events::audit(conn, who, &deed, now).await
}

/// Every wave that is due for each kind of a scope.
async fn due(conn: &mut Conn, scope: &Scope) -> Stored<Vec<(RetentionKind, Due)>> {
    let mut list = Vec::new();
    for kind in RetentionKind::ALL {
        let Some(cutoff) = scope.get(kind.name()).copied() else {
            continue;
        };
        let mut since = i64::MIN;
        for (wave, closed_at) in rows::closed_waves(conn, cutoff).await? {
            list.push((
                *kind,
                Due {
                    wave,
                    cutoff,
                    since,
                    until: closed_at,
                },
            ));
            since = closed_at;
        }
        // What was written to an office after its last wave is as old as that.
        if let (RetentionKind::Mails, Some((RetentionKind::Mails, last))) = (kind, list.last_mut()) {
            last.until = cutoff;
        }
    }
    Ok(list)
}

async fn preview(conn: &mut Conn, scope: &Scope) -> Stored<RetentionPreview> {
    let mut lines = Vec::new();
    for (kind, due) in due(conn, scope).await? {
        let count = count(conn, kind, due).await?;
        if count > 0 {
            lines.push((due.wave, kind, u64::try_from(count).unwrap_or(0)));
        }
    }
    lines.sort_unstable();
    Ok(RetentionPreview { lines })
}

async fn count(conn: &mut Conn, kind: RetentionKind, due: Due) -> Stored<i64> {
    match kind {
        RetentionKind::Contacts => rows::count_cases(conn, due).await,
        RetentionKind::Accounts => rows::count_accounts(conn, due).await,
        RetentionKind::Mails => rows::count_mails(conn, due).await,
        RetentionKind::Notes => rows::count_notes(conn, due).await,
        RetentionKind::Networks => rows::count_networks(conn, due).await,
    }
}

async fn runs(conn: &mut Conn) -> Stored<Vec<RetentionRun>> {
    let mut list = Vec::new();
    for row in rows::runs(conn, RUNS).await? {
        let done = rows::done(conn, &row.id).await?;
        let done = done.into_iter().map(|(wave, kind, amount)| {
            let kind = kind
                .parse()
                .map_err(|()| StoreError::content(format!("a kind {kind:?} of retention")))?;
            Ok((wave, kind, u64::try_from(amount).unwrap_or(0)))
        });
        list.push(RetentionRun {
            begun_at: from_micros(row.begun_at),
            ended_at: row.ended_at.map(from_micros),
            who: row.who,
            planned: u64::try_from(row.planned).unwrap_or(0),
            done: done.collect::<Stored<_>>()?,
        });
    }
    Ok(list)
}
