//! Queues what the plan has due.
//!
//! A step is queued once. What was missed during a standstill is caught up
//! within a week, each office the latest step that addresses it: nobody gets
//! three reminders in a row, and nothing that is no longer true.

use super::due::{self, Facts, Target};
use super::planned::{Planned, due_for, keep, plan_of};
use super::{MailKind, New, enqueue};
use crate::clock::from_micros;
use crate::store::cases::{self, CaseRow};
use crate::store::plan as rows;
use crate::store::{Conn, Stored, accounts, contacts, outbox, waves};
use crate::waves::{WaveView, view};
use crate::{Portal, words};
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};

/// What speaks against mails to the cases of a wave, looked up once for all.
pub(crate) struct Reasons {
    last_sent: HashMap<String, i64>,
    marks: HashMap<String, String>,
}

impl Reasons {
    pub(crate) async fn load(conn: &mut Conn, wave: i32) -> Stored<Self> {
        Ok(Self {
            last_sent: outbox::last_sent_of_wave(conn, wave).await?.into_iter().collect(),
            marks: contacts::marks(conn).await?.into_iter().collect(),
        })
    }

    /// Why a mail would not go to a case at `at`.
    pub(crate) fn why_not(
        &self,
        kind: MailKind,
        case: &CaseRow,
        target: &Target,
        at: DateTime<Utc>,
    ) -> Stored<Option<String>> {
        let facts = Facts {
            case: Some(case),
            target,
            last_sent: self.last_sent.get(&case.id).copied().map(from_micros),
            mark: self.marks.get(&words::key(&case.contact_email)).map(String::as_str),
            at,
        };
        due::why_not(kind, &facts)
    }
}

/// Every case of a wave, with the reason why a mail would not go to it at `at`.
pub(crate) async fn candidates(
    conn: &mut Conn,
    wave: i32,
    (kind, target): (MailKind, &Target),
    at: DateTime<Utc>,
) -> Stored<Vec<(CaseRow, Option<String>)>> {
    let reasons = Reasons::load(conn, wave).await?;
    cases::of_wave(conn, wave)
        .await?
        .into_iter()
        .map(|case| {
            let reason = reasons.why_not(kind, &case, target, at)?;
            Ok((case, reason))
        })
        .collect()
}

/// Queues a step for everybody it addresses and notes that it ran; returns how
/// many mails that are.
pub(crate) async fn queue(
    conn: &mut Conn,
    wave: i32,
    (plan, planned): (&[Planned], &Planned),
    cases: &[CaseRow],
    at: DateTime<Utc>,
) -> Stored<u64> {
    keep(conn, wave).await?;
    if !rows::ran(conn, wave, &planned.step.name, false, at.timestamp_micros()).await? {
        return Ok(0);
    }
    let heads: HashMap<String, String> = accounts::heads_of_wave(conn, wave).await?.into_iter().collect();
    let due: Vec<DateTime<Utc>> = cases
        .iter()
        .map(|case| due_for(plan, planned, case))
        .collect::<Stored<_>>()?;
    let mails = cases.iter().zip(due).map(|(case, due)| New {
        template: Some(&planned.step.template),
        due_at: Some(due),
        ..New::to_case(
            planned.kind(),
            planned.step.name.clone(),
            (wave, &case.unit_id, &case.id),
            heads.get(&case.unit_id).map(String::as_str),
        )
    });
    enqueue(conn, mails, at).await
}

/// Whether the plan of an open wave has something due.
pub(crate) async fn is_anything_due(conn: &mut Conn, at: DateTime<Utc>) -> Stored<bool> {
    for wave in open_waves(conn, None).await? {
        if plan_of(conn, &wave).await?.iter().any(|planned| planned.is_due(at)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A step that is due, with the offices it goes to.
pub(crate) struct Going<'a> {
    pub planned: &'a Planned,
    pub cases: Vec<CaseRow>,
    /// Later steps took its place at everybody it addresses.
    pub missed: bool,
}

/// What is due, in the order of the plan. Where several reminders are, each
/// office gets the latest that addresses it; the invitation goes out besides.
pub(crate) fn going(plan: &[Planned], cases: Vec<CaseRow>, at: DateTime<Utc>) -> Stored<Vec<Going<'_>>> {
    let mut reminded: HashSet<String> = HashSet::new();
    let mut list = Vec::new();
    for planned in plan.iter().rev().filter(|planned| planned.is_due(at)) {
        let invites = planned.step.invites();
        let (mut own, mut passed_over) = (Vec::new(), false);
        for case in &cases {
            if !planned.addresses(case)? {
                continue;
            }
            if !invites && reminded.contains(&case.id) {
                passed_over = true;
                continue;
            }
            // By a deadline of its own it may be due only later.
            if !invites && due_for(plan, planned, case)? <= at {
                reminded.insert(case.id.clone());
            }
            own.push(case.clone());
        }
        list.push(Going {
            planned,
            missed: passed_over && own.is_empty(),
            cases: own,
        });
    }
    list.reverse();
    Ok(list)
}

/// Queues what the plans of open waves have due; returns how many mails.
pub(crate) async fn queue_due(conn: &mut Conn, wave: Option<i32>, at: DateTime<Utc>) -> Stored<u64> {
    let mut queued = 0;
    for wave in open_waves(conn, wave).await? {
        let plan = plan_of(conn, &wave).await?;
        if !plan.iter().any(|planned| planned.is_due(at)) {
            continue;
        }
        // Those a step does not address get no row; what else stands against a
        // mail is told at the moment of sending, where staff sees it.
        for going in going(&plan, cases::of_wave(conn, wave.key).await?, at)? {
            if going.missed {
                keep(conn, wave.key).await?;
                rows::ran(conn, wave.key, &going.planned.step.name, true, at.timestamp_micros()).await?;
            } else {
                queued += queue(conn, wave.key, (&plan, going.planned), &going.cases, at).await?;
            }
        }
    }
    Ok(queued)
}

pub(crate) async fn open_waves(conn: &mut Conn, wave: Option<i32>) -> Stored<Vec<WaveView>> {
    waves::all(conn)
        .await?
        .iter()
        .filter(|row| row.state == "open" && wave.is_none_or(|wave| wave == row.wave))
        .map(view)
        .collect()
}

impl Portal {
    /// Queues what the plans have due at a moment.
    pub(crate) async fn plan_due(&self, wave: Option<i32>, at: DateTime<Utc>) -> Stored<u64> {
        if wave.is_none() && !is_anything_due(&mut self.read().await?, at).await? {
            return Ok(0);
        }
        let mut tx = self.write().await?;
        let queued = queue_due(&mut tx, wave, at).await?;
        tx.commit().await?;
        Ok(queued)
    }
}
