//! Queues what the plan has due, and says who would get what.
//!
//! A step is queued once. What was missed during a standstill is caught up
//! within a week, the latest step only: nobody gets three reminders in a row,
//! and nothing that is no longer true.

use super::compose::{About, kind_of};
use super::due::{self, Facts, Target, read_audience};
use super::plan::{self, Anchor, CATCH_UP, PlanStep};
use super::{DueMail, MailError, MailKind, New, enqueue};
use crate::clock::from_micros;
use crate::store::cases::CaseRow;
use crate::store::outbox::{self, OutboxRow};
use crate::store::plan::{self as rows, StepRow};
use crate::store::{Conn, StoreError, Stored, accounts, cases, contacts, waves};
use crate::waves::{WaveView, read_day, view};
use crate::{Portal, words};
use chrono::{DateTime, Utc};
use std::collections::HashMap;

/// A step with what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub step: PlanStep,
    pub moment: DateTime<Utc>,
    pub moved: bool,
    pub ran_at: Option<DateTime<Utc>>,
    /// A later step took its place.
    pub missed: bool,
}

impl Planned {
    /// Due and not too late to be caught up.
    fn is_due(&self, at: DateTime<Utc>) -> bool {
        self.ran_at.is_none()
            && self.step.enabled
            && self.moment <= at
            && (self.step.invites() || !self.is_too_late(at))
    }

    /// Missed for so long that it is not sent any more.
    pub(crate) fn is_too_late(&self, at: DateTime<Utc>) -> bool {
        self.ran_at.is_none() && !self.step.invites() && at - self.moment > CATCH_UP
    }

    /// Whether its day is counted from the deadline.
    pub(crate) fn goes_by_the_deadline(&self) -> bool {
        self.step.anchor == Anchor::Deadline
    }

    /// When it goes out to one office: by a deadline of its own where it has one.
    pub(crate) fn due_for(&self, case: &CaseRow) -> Stored<DateTime<Utc>> {
        if !self.goes_by_the_deadline() || case.own_deadline.is_none() {
            return Ok(self.moment);
        }
        let (start, deadline) = (read_day(&case.field_start)?, read_day(&case.deadline)?);
        Ok(self.step.moment_between(start, deadline).0)
    }

    fn kind(&self) -> MailKind {
        if self.step.invites() {
            MailKind::Invitation
        } else {
            MailKind::Reminder
        }
    }

    pub(crate) fn target(&self) -> Target {
        Target {
            audience: Some(self.step.audience),
            form: self.step.form.map(|form| form.label().to_owned()),
            land: self.step.land.map(|land| land.label().to_owned()),
        }
    }
}

/// The plan of a wave in the order of its moments.
pub(crate) async fn plan_of(conn: &mut Conn, wave: &WaveView) -> Stored<Vec<Planned>> {
    let stored = rows::steps(conn, wave.key).await?;
    let mut planned = if stored.is_empty() {
        plan::usual()
            .into_iter()
            .map(|step| planned(step, wave, None, false))
            .collect()
    } else {
        stored
            .iter()
            .map(|row| Ok(planned(step_of(row)?, wave, row.ran_at.map(from_micros), row.missed)))
            .collect::<Stored<Vec<_>>>()?
    };
    planned.sort_by(|one, other| (one.moment, &one.step.name).cmp(&(other.moment, &other.step.name)));
    Ok(planned)
}

fn planned(step: PlanStep, wave: &WaveView, ran_at: Option<DateTime<Utc>>, missed: bool) -> Planned {
    let (moment, moved) = step.moment(wave);
    Planned {
        step,
        moment,
        moved,
        ran_at,
        missed,
    }
}

/// Writes the plan a wave follows into its rows, so that it can be changed.
pub(crate) async fn keep(conn: &mut Conn, wave: i32) -> Stored<()> {
    if rows::steps(conn, wave).await?.is_empty() {
        let steps: Vec<StepRow> = plan::usual().iter().map(row_of).collect();
        rows::put(conn, wave, &steps).await?;
    }
    Ok(())
}

/// Whom a queued mail was meant for.
pub(crate) async fn target_of(conn: &mut Conn, row: &OutboxRow) -> Stored<Target> {
    let Some(wave) = row.wave else {
        return Ok(Target::default());
    };
    let Some(step) = rows::step(conn, wave, &row.step).await? else {
        return Ok(Target::default());
    };
    Ok(Target {
        audience: Some(read_audience(&step.audience)?),
        form: step.form,
        land: step.land,
    })
}

/// Every case of a wave, with the reason why a mail would not go to it at `at`.
pub(crate) async fn candidates(
    conn: &mut Conn,
    wave: i32,
    (kind, target): (MailKind, &Target),
    at: DateTime<Utc>,
) -> Stored<Vec<(CaseRow, Option<String>)>> {
    let last: HashMap<String, i64> = outbox::last_sent_of_wave(conn, wave).await?.into_iter().collect();
    let marks: HashMap<String, String> = contacts::marks(conn).await?.into_iter().collect();
    cases::of_wave(conn, wave)
        .await?
        .into_iter()
        .map(|case| {
            let facts = Facts {
                case: Some(&case),
                target,
                last_sent: last.get(&case.id).copied().map(from_micros),
                mark: marks.get(&words::key(&case.contact_email)).map(String::as_str),
                at,
            };
            let reason = due::why_not(kind, &facts)?;
            Ok((case, reason))
        })
        .collect()
}

/// Queues a step for everybody it addresses and notes that it ran; returns how
/// many mails that are.
pub(crate) async fn queue(
    conn: &mut Conn,
    wave: i32,
    planned: &Planned,
    cases: &[CaseRow],
    at: DateTime<Utc>,
) -> Stored<u64> {
    keep(conn, wave).await?;
    if !rows::ran(conn, wave, &planned.step.name, false, at.timestamp_micros()).await? {
        return Ok(0);
    }
    let heads: HashMap<String, String> = accounts::heads_of_wave(conn, wave).await?.into_iter().collect();
    let due: Vec<DateTime<Utc>> = cases.iter().map(|case| planned.due_for(case)).collect::<Stored<_>>()?;
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

/// Queues what the plans of open waves have due; returns how many mails.
pub(crate) async fn queue_due(conn: &mut Conn, wave: Option<i32>, at: DateTime<Utc>) -> Stored<u64> {
    let mut queued = 0;
    for wave in open_waves(conn, wave).await? {
        let plan = plan_of(conn, &wave).await?;
        let (now, instead) = chosen(&plan, at);
        for planned in now {
            let all = candidates(conn, wave.key, (planned.kind(), &planned.target()), at).await?;
            // Those it does not address get no row; what else stands against a
            // mail is told at the moment of sending, where staff sees it.
            let addressed: Vec<CaseRow> = all
                .into_iter()
                .map(|(case, _)| case)
                .filter_map(|case| addresses(planned, &case).map(|yes| yes.then_some(case)).transpose())
                .collect::<Stored<_>>()?;
            queued += queue(conn, wave.key, planned, &addressed, at).await?;
        }
        for planned in instead {
            rows::ran(conn, wave.key, &planned.step.name, true, at.timestamp_micros()).await?;
        }
    }
    Ok(queued)
}

fn addresses(planned: &Planned, case: &CaseRow) -> Stored<bool> {
    let status = crate::waves::read_status(&case.status)?;
    let target = planned.target();
    let fits = |wanted: &Option<String>, own: &str| wanted.as_deref().is_none_or(|wanted| wanted == own);
    Ok(planned.step.audience.includes(status) && fits(&target.form, &case.form) && fits(&target.land, &case.land))
}

/// Of what is due: the invitation and the latest of the reminders go out; the
/// reminders before it do not.
fn chosen(plan: &[Planned], at: DateTime<Utc>) -> (Vec<&Planned>, Vec<&Planned>) {
    let due: Vec<&Planned> = plan.iter().filter(|planned| planned.is_due(at)).collect();
    let latest = due
        .iter()
        .rev()
        .find(|planned| !planned.step.invites())
        .map(|planned| planned.moment);
    due.into_iter()
        .partition(|planned| planned.step.invites() || Some(planned.moment) == latest)
}

async fn open_waves(conn: &mut Conn, wave: Option<i32>) -> Stored<Vec<WaveView>> {
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

    /// What would be sent at `at` (now, if not given): of one wave and of no
    /// wave in particular, or of all. Changes nothing.
    ///
    /// # Errors
    /// [`MailError::NoWave`], or the store fails.
    pub async fn mail_due(&self, wave: Option<i32>, at: Option<DateTime<Utc>>) -> Result<Vec<DueMail>, MailError> {
        let mut conn = self.read().await?;
        if let Some(wave) = wave
            && waves::find(&mut conn, wave).await?.is_none()
        {
            return Err(MailError::NoWave(wave));
        }
        let at = at.unwrap_or_else(|| self.now());
        let mut list = Vec::new();
        for row in outbox::due(&mut conn, wave, at.timestamp_micros(), false, i64::MAX).await? {
            if let Some(mail) = queued_mail(&mut conn, &row, at).await? {
                list.push(mail);
            }
        }
        for wave in open_waves(&mut conn, wave).await? {
            let plan = plan_of(&mut conn, &wave).await?;
            for planned in chosen(&plan, at).0 {
                let all = candidates(&mut conn, wave.key, (planned.kind(), &planned.target()), at).await?;
                for (case, _) in all.into_iter().filter(|(_, reason)| reason.is_none()) {
                    let due_at = planned.due_for(&case)?;
                    if due_at <= at {
                        list.push(DueMail {
                            kind: planned.kind(),
                            step: planned.step.name.clone(),
                            wave: Some(wave.key),
                            login: case.kennung,
                            recipient: case.contact_email,
                            due_at,
                        });
                    }
                }
            }
        }
        Ok(list)
    }
}

async fn queued_mail(conn: &mut Conn, row: &OutboxRow, at: DateTime<Utc>) -> Stored<Option<DueMail>> {
    let kind = kind_of(row)?;
    let about = About::of(conn, row).await?;
    let mark = contacts::mark(conn, about.recipient(row)).await?;
    let last = match &row.case_id {
        Some(case_id) => outbox::last_sent(conn, case_id, &row.id).await?,
        None => None,
    };
    let facts = Facts {
        case: about.case.as_ref(),
        target: &target_of(conn, row).await?,
        last_sent: last.map(from_micros),
        mark: mark.as_ref().map(|mark| mark.reason.as_str()),
        at,
    };
    let due = due::why_not(kind, &facts)?.is_none();
    Ok(due.then(|| DueMail {
        kind,
        step: row.step.clone(),
        wave: row.wave,
        login: about.login().to_owned(),
        recipient: about.recipient(row).to_owned(),
        due_at: from_micros(row.due_at),
    }))
}

/// A step as stored.
pub(crate) fn row_of(step: &PlanStep) -> StepRow {
    StepRow {
        step: step.name.clone(),
        title: step.title.clone(),
        template: step.template.clone(),
        anchor: step.anchor.name().to_owned(),
        days: step.days,
        minute: step.minute,
        audience: step.audience.name().to_owned(),
        form: step.form.map(|form| form.label().to_owned()),
        land: step.land.map(|land| land.label().to_owned()),
        enabled: step.enabled,
        ran_at: None,
        missed: false,
    }
}

fn step_of(row: &StepRow) -> Stored<PlanStep> {
    let unexpected = |what: &str| StoreError::content(format!("a step with {what}"));
    Ok(PlanStep {
        name: row.step.clone(),
        title: row.title.clone(),
        template: row.template.clone(),
        anchor: row.anchor.parse().map_err(|()| unexpected(&row.anchor))?,
        days: row.days,
        minute: row.minute,
        audience: read_audience(&row.audience)?,
        form: row
            .form
            .as_deref()
            .map(crate::respondent::view::read_form)
            .transpose()?,
        land: row
            .land
            .as_deref()
            .map(crate::respondent::view::read_land)
            .transpose()?,
        enabled: row.enabled,
    })
}
