//! Saves of several offices written together, in a handful of statements.
//!
//! A commit costs milliseconds whatever is in it, so saves that arrive at the
//! same time share one. Each keeps its own outcome: what one is refused for
//! does not touch the others. Knows nothing of queues; the transaction is the
//! caller's.

use super::merge::{Conflict, Current, Verdict, merge, needs_base};
use super::save::{ItemChange, SaveError, Saved};
use super::{Barred, access, actor, pen, status, unit_of};
use crate::clock::from_micros;
use crate::identity::Session;
use crate::instruments::Instruments;
use crate::store::answers::{self, AnswerRow, Pen, Written};
use crate::store::field::{self, FieldRow};
use crate::store::{Conn, StoreError, Stored};
use crate::waves::{WaveState, read_state, read_status};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use survey::status::{Event, Status};

/// What one person wants saved; changes are tidy, each item comes once.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub session: Session,
    pub changes: Vec<ItemChange>,
    /// Left by a page that is gone: not the latest word of its session.
    pub late: bool,
}

/// Changes that may be written: to which case, at which revision.
pub(crate) struct Job<'a> {
    pub session: &'a Session,
    pub changes: &'a [ItemChange],
    pub case_id: &'a str,
    pub status: Status,
    pub revision: i64,
    pub late: bool,
}

/// No session has this id.
const NOBODY: &str = "-";

type Rows = HashMap<(String, String), AnswerRow>;

/// Writes the saves of different units. Outer errors undo all of them.
pub(crate) async fn write(
    conn: &mut Conn,
    instruments: &Instruments,
    requests: &[&Request],
    now: DateTime<Utc>,
) -> Stored<Vec<Result<Saved, SaveError>>> {
    let units: Vec<&str> = requests.iter().filter_map(|one| unit_of(&one.session)).collect();
    let fields = field::in_the_field(conn, &units).await?;
    let mut outcomes = Vec::with_capacity(requests.len());
    let mut admitted = Vec::with_capacity(requests.len());
    for (place, request) in requests.iter().enumerate() {
        let field = unit_of(&request.session).and_then(|unit| fields.get(unit));
        let refused = match admit(conn, instruments, field, request).await? {
            Ok(field) if !request.changes.is_empty() => {
                admitted.push((place, field));
                None
            }
            Ok(_) => None,
            Err(refused) => Some(refused),
        };
        outcomes.push(refused.map_or(Ok(Saved::default()), Err));
    }
    let ids: Vec<&str> = admitted.iter().map(|(_, field)| field.id.as_str()).collect();
    let taken = field::take_all(conn, &ids).await?;
    let mut jobs = Vec::with_capacity(admitted.len());
    for (place, field) in admitted {
        let gone = || StoreError::content(format!("no case {}", field.id));
        let (revision, status) = taken.get(&field.id).ok_or_else(gone)?;
        let status = read_status(status)?;
        // Only now the row is held: somebody may have handed in meanwhile.
        if status.is_locked() {
            outcomes[place] = Err(Barred::Locked.into());
            continue;
        }
        let job = Job {
            session: &requests[place].session,
            changes: &requests[place].changes,
            case_id: &field.id,
            status,
            revision: *revision,
            late: requests[place].late,
        };
        jobs.push((place, job));
    }
    let (places, jobs): (Vec<usize>, Vec<Job<'_>>) = jobs.into_iter().unzip();
    for (place, saved) in places.into_iter().zip(store(conn, &jobs, now).await?) {
        outcomes[place] = Ok(saved);
    }
    Ok(outcomes)
}

/// Whether the changes may be written into a unit's current case.
async fn admit<'a>(
    conn: &mut Conn,
    instruments: &Instruments,
    field: Option<&'a FieldRow>,
    request: &Request,
) -> Stored<Result<&'a FieldRow, SaveError>> {
    let Some(field) = field else {
        return Ok(Err(Barred::NoCase.into()));
    };
    if read_status(&field.status)?.is_locked() {
        return Ok(Err(Barred::Locked.into()));
    }
    if read_state(&field.state)? != WaveState::Open {
        return Ok(Err(Barred::Closed.into()));
    }
    let instrument = instruments.of(conn, field.instrument.as_deref()).await?;
    let changes = &request.changes;
    if let Some(change) = changes.iter().find(|change| instrument.item(&change.item).is_none()) {
        return Ok(Err(SaveError::UnknownItem(change.item.clone())));
    }
    let access = access(&request.session);
    let foreign = changes
        .iter()
        .find(|change| !access.sees_item(&instrument, &change.item));
    Ok(match foreign {
        Some(change) => Err(SaveError::NotYours(change.item.clone())),
        None => Ok(field),
    })
}

/// Merges and writes what was admitted; the cases are taken already.
pub(crate) async fn store(conn: &mut Conn, jobs: &[Job<'_>], now: DateTime<Utc>) -> Stored<Vec<Saved>> {
    let pairs: Vec<(&str, &str)> = jobs
        .iter()
        .flat_map(|job| job.changes.iter().map(|change| (job.case_id, change.item.as_str())))
        .collect();
    let rows = answers::of_items(conn, &pairs).await?;
    let mut all = Vec::with_capacity(jobs.len());
    let mut outcomes = Vec::with_capacity(jobs.len());
    for job in jobs {
        let (saved, written) = judge_all(conn, job, &rows, now).await?;
        outcomes.push(saved);
        all.push((pen(job.session, job.case_id, job.revision, now), written));
    }
    let written: Vec<(Pen<'_>, &[Written<'_>])> = all.iter().map(|(pen, items)| (*pen, items.as_slice())).collect();
    answers::write(conn, &written).await?;
    for (job, (_, items)) in jobs.iter().zip(&all) {
        if items.iter().any(|written| written.entry.is_some() && !written.conflict) {
            status::advance(conn, job.case_id, job.status, Event::Answer, actor(job.session), now).await?;
        }
    }
    Ok(outcomes)
}

/// Decides item by item what is stored, kept or in conflict.
async fn judge_all<'a>(
    conn: &mut Conn,
    job: &Job<'a>,
    rows: &Rows,
    now: DateTime<Utc>,
) -> Stored<(Saved, Vec<Written<'a>>)> {
    let mut saved = Saved::default();
    let mut written = Vec::with_capacity(job.changes.len());
    for change in job.changes {
        let row = rows.get(&(job.case_id.to_owned(), change.item.clone()));
        let standing = row.map_or(0, |row| row.revision);
        let (item, entry) = (change.item.as_str(), change.entry.as_ref());
        let verdict = judge(conn, job, change, row).await?;
        if verdict != Verdict::Keep {
            let conflict = verdict == Verdict::Conflict;
            written.push(Written { item, entry, conflict });
        }
        let stored = verdict == Verdict::Store;
        saved
            .revisions
            .push((change.item.clone(), if stored { job.revision } else { standing }));
        if verdict == Verdict::Conflict {
            saved.conflicts.push(Conflict {
                item: change.item.clone(),
                mine: change.entry.clone(),
                mine_by: actor(job.session).name.to_owned(),
                mine_at: now,
                theirs: row.and_then(AnswerRow::entry),
                theirs_by: row.map(|row| row.who.clone()).unwrap_or_default(),
                theirs_at: row.map_or(now, |row| from_micros(row.at)),
                revision: standing,
                lost_revision: job.revision,
            });
        }
    }
    Ok((saved, written))
}

async fn judge(conn: &mut Conn, job: &Job<'_>, change: &ItemChange, row: Option<&AnswerRow>) -> Stored<Verdict> {
    let current = Current {
        entry: row.and_then(AnswerRow::entry),
        revision: row.map_or(0, |row| row.revision),
        session_id: row.map_or("", |row| row.session_id.as_str()),
    };
    let mine = change.entry.as_ref();
    let base = if change.base_revision == 0 {
        Some(None)
    } else if needs_base(change.base_revision, &current, mine) {
        answers::at_revision(conn, job.case_id, &change.item, change.base_revision).await?
    } else {
        None
    };
    let base = base.as_ref().map(Option::as_ref);
    let session_id = if job.late { NOBODY } else { &job.session.id };
    Ok(merge(change.base_revision, base, &current, mine, session_id))
}
