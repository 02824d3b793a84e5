//! The plan of a wave's mails as staff sees and changes it, and the switch
//! that stops everything.

use super::{FormError, audit, wrong};
use crate::Portal;
use crate::clock::from_micros;
use crate::identity::{Role, Session};
use crate::input::{FieldError, has_control_characters};
use crate::mail::plan::INVITATION;
use crate::mail::planned::{self, Planned};
use crate::mail::planning;
use crate::mail::texts::plan_templates;
use crate::mail::{MailState, PlanStep};
use crate::secrets::new_id;
use crate::staff::{StaffError, known_wave, require};
use crate::store::cases::{self, CaseRow};
use crate::store::{Conn, StoreError, Stored, outbox, plan as rows, work};
use crate::waves::{WaveView, view};
use chrono::{DateTime, Utc};
use std::str::FromStr;

/// Days a step may lie from its anchor.
const FARTHEST: i32 = 366;
/// Longest title of a step.
const LONGEST_TITLE: usize = 80;

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The plan of a wave.
#[derive(Clone, Debug)]
pub struct PlanView {
    /// The wave.
    pub wave: WaveView,
    /// Who stopped everything, if somebody did.
    pub paused: Option<Switch>,
    /// Why the queue stands still: the mail server does not let us in.
    pub halted: Option<String>,
    /// Steps in the order of their moments.
    pub steps: Vec<StepView>,
}

/// One step with what became of it.
#[derive(Clone, Debug)]
pub struct StepView {
    /// The step.
    pub step: PlanStep,
    /// When it goes out or went out.
    pub moment: DateTime<Utc>,
    /// Moved from a weekend or holiday to the next working day.
    pub moved: bool,
    /// It waits until the gap since the step before it is over.
    pub apart: bool,
    /// When its mails were queued.
    pub ran_at: Option<DateTime<Utc>>,
    /// Not sent: a later step took its place, or it was missed for too long.
    pub missed: bool,
    /// Mails sent.
    pub sent: u64,
    /// Mails waiting for their turn.
    pub waiting: u64,
    /// Mails not sent because they were no longer due.
    pub cancelled: u64,
    /// Mails put off, failed or unclear.
    pub troubled: u64,
    /// Offices that would get it if it went out now.
    pub would: u64,
    /// Offices that would get it, but whose mail cannot be written.
    pub unwritable: u64,
}

/// A step as a form posts it: everything as typed. An empty name makes a new
/// step.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "each field is the field of PlanStep of the same name")]
pub struct StepForm {
    pub name: String,
    pub title: String,
    pub template: String,
    pub anchor: String,
    pub days: String,
    /// `09:00`
    pub time: String,
    pub audience: String,
    pub form: String,
    pub land: String,
    /// `ja` or empty.
    pub enabled: String,
}

/// An office a mail would go to, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Kennung.
    pub kennung: String,
    /// Name.
    pub office: String,
    /// Address it would go to.
    pub recipient: String,
    /// German reason; none: it gets the mail.
    pub why_not: Option<String>,
}

impl Portal {
    /// The plan of a wave, with what went out and who would get what now.
    ///
    /// # Errors
    /// For viewers and above; where there is no such wave.
    pub async fn mail_plan(&self, session: &Session, wave: i32) -> Result<PlanView, StaffError> {
        require(session, Role::Viewer)?;
        let now = self.now();
        let mut conn = self.read().await?;
        let wave = view(&known_wave(&mut conn, wave).await?)?;
        let switch = rows::switch(&mut conn).await?;
        let counts = outbox::count_by_step(&mut conn, wave.key).await?;
        let mut steps = Vec::new();
        for planned in planned::plan_of(&mut conn, &wave).await? {
            let mut ahead = (0, 0);
            if planned.ran_at.is_none() {
                let mut list = self.step_candidates(&mut conn, &wave, &planned).await?;
                let unwritable = self
                    .cannot_be_built(&mut conn, &planned.step.template, &mut list)
                    .await?;
                let would = list.iter().filter(|(_, reason)| reason.is_none()).count() as u64;
                ahead = (would, unwritable);
            }
            steps.push(step_view(planned, &counts, ahead, now));
        }
        Ok(PlanView {
            wave,
            paused: switch.paused_at.map(|at| Switch {
                by: switch.paused_by.unwrap_or_default(),
                at: from_micros(at),
            }),
            halted: switch.halted,
            steps,
        })
    }

    /// Adds or changes a step. What was sent stays sent; what still waits moves
    /// with its step.
    ///
    /// # Errors
    /// For admins; what is wrong, by field.
    pub async fn mail_step_save(&self, session: &Session, wave: i32, form: &StepForm) -> Result<(), FormError> {
        let who = require(session, Role::Admin)?;
        let now = self.now();
        let mut step = read(form).map_err(FormError::Invalid)?;
        let mut tx = self.write().await?;
        let row = known_wave(&mut tx, wave).await?;
        planned::keep(&mut tx, wave).await?;
        if step.name.is_empty() {
            step.name = format!("schritt-{}", new_id(now).map_err(StoreError::from)?);
        } else if rows::step(&mut tx, wave, &step.name).await?.is_none() {
            return Err(StaffError::NotFound.into());
        }
        if (step.template == INVITATION) != (step.name == INVITATION) {
            let message = "Der Text der Einladung gehört zur Einladung und nur zu ihr.";
            return Err(FormError::of("template", message));
        }
        rows::put(&mut tx, wave, &[planned::row_of(&step)]).await?;
        follow(&mut tx, &view(&row)?, &step.name, now).await?;
        audit(&mut tx, who, ("mail_step_changed", Some(wave), None), &step.title, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Removes a step that has not run.
    ///
    /// # Errors
    /// For admins; where it has run, or is the invitation.
    pub async fn mail_step_remove(&self, session: &Session, wave: i32, name: &str) -> Result<(), StaffError> {
        let who = require(session, Role::Admin)?;
        if name == INVITATION {
            return Err(StaffError::Refused(
                "Die Einladung lässt sich nicht löschen, nur ausschalten.".into(),
            ));
        }
        let now = self.now();
        let mut tx = self.write().await?;
        known_wave(&mut tx, wave).await?;
        planned::keep(&mut tx, wave).await?;
        if !rows::remove(&mut tx, wave, name).await? {
            return Err(StaffError::Refused(
                "Der Schritt ist schon verschickt oder gelöscht. Schalten Sie ihn aus, wenn nichts mehr hinausgehen soll."
                    .into(),
            ));
        }
        audit(&mut tx, who, ("mail_step_removed", Some(wave), None), name, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Stops everything, or lets it go on.
    ///
    /// # Errors
    /// For editors and above.
    pub async fn mail_pause(&self, session: &Session, pause: bool) -> Result<(), StaffError> {
        let who = require(session, Role::Editor)?;
        let now = self.now();
        let mut tx = self.write().await?;
        rows::pause(&mut tx, pause.then_some((who.name, now.timestamp_micros()))).await?;
        if !pause {
            // While everything stood still nothing was tried.
            outbox::try_anew(&mut tx).await?;
        }
        let action = if pause { "mail_paused" } else { "mail_unpaused" };
        audit(&mut tx, who, (action, None, None), "", now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lets the queue go on after the mail server had turned us away.
    ///
    /// # Errors
    /// For editors and above.
    pub async fn mail_resume_queue(&self, session: &Session) -> Result<(), StaffError> {
        let who = require(session, Role::Editor)?;
        self.mail_let_go_on().await?;
        let mut tx = self.write().await?;
        audit(&mut tx, who, ("mail_queue_resumed", None, None), "", self.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Who would get a step now, and who not and why.
    ///
    /// # Errors
    /// For viewers and above; where there is no such wave or step.
    pub async fn mail_step_candidates(
        &self,
        session: &Session,
        wave: i32,
        name: &str,
    ) -> Result<Vec<Candidate>, StaffError> {
        require(session, Role::Viewer)?;
        let mut conn = self.read().await?;
        let wave = view(&known_wave(&mut conn, wave).await?)?;
        let plan = planned::plan_of(&mut conn, &wave).await?;
        let planned = plan
            .iter()
            .find(|planned| planned.step.name == name)
            .ok_or(StaffError::NotFound)?;
        let mut list = self.step_candidates(&mut conn, &wave, planned).await?;
        self.cannot_be_built(&mut conn, &planned.step.template, &mut list)
            .await?;
        Ok(list.into_iter().map(super::remind::candidate).collect())
    }

    /// Every case of a wave, with the reason why a step would not go to it now.
    async fn step_candidates(
        &self,
        conn: &mut Conn,
        wave: &WaveView,
        planned: &Planned,
    ) -> Stored<Vec<(CaseRow, Option<String>)>> {
        planning::candidates(conn, wave.key, (planned.kind(), &planned.target()), self.now()).await
    }
}

/// Lets what waits of a step follow its change, and lets one that was passed
/// over go out if its moment lies ahead again.
async fn follow(conn: &mut Conn, wave: &WaveView, name: &str, now: DateTime<Utc>) -> Stored<()> {
    let plan = planned::plan_of(conn, wave).await?;
    let Some(planned) = plan.iter().find(|planned| planned.step.name == name) else {
        return Ok(());
    };
    if planned.missed && planned.moment > now {
        rows::take_up(conn, wave.key, name).await?;
    }
    let moment = planned.moment.timestamp_micros();
    outbox::move_step(conn, wave.key, name, &planned.step.template, moment).await?;
    for case in cases::of_wave(conn, wave.key).await? {
        if case.own_deadline.is_some() {
            let due = planned::due_for(&plan, planned, &case)?.timestamp_micros();
            work::move_mail(conn, &case.id, name, due).await?;
        }
    }
    Ok(())
}

fn step_view(
    planned: Planned,
    counts: &[(String, String, i64)],
    (would, unwritable): (u64, u64),
    now: DateTime<Utc>,
) -> StepView {
    let count = |wanted: &[MailState]| {
        counts
            .iter()
            .filter(|(step, state, _)| *step == planned.step.name && wanted.iter().any(|one| one.name() == state))
            .map(|(.., count)| u64::try_from(*count).unwrap_or(0))
            .sum()
    };
    StepView {
        missed: planned.missed || planned.is_too_late(now),
        sent: count(&[MailState::Sent]),
        waiting: count(&[MailState::Queued, MailState::Sending]),
        cancelled: count(&[MailState::Cancelled]),
        troubled: count(&[MailState::Deferred, MailState::Failed, MailState::Unclear]),
        moment: planned.moment,
        moved: planned.moved,
        apart: planned.apart,
        ran_at: planned.ran_at,
        step: planned.step,
        would,
        unwritable,
    }
}

/// Reads a form, or says everything that is wrong with it.
fn read(form: &StepForm) -> Result<PlanStep, Vec<FieldError>> {
    let mut findings = Vec::new();
    let title = form.title.trim();
    if title.is_empty() || title.chars().count() > LONGEST_TITLE || has_control_characters(title) {
        findings.push(wrong(
            "title",
            format!("Bitte nennen Sie den Schritt mit 1 bis {LONGEST_TITLE} Zeichen."),
        ));
    }
    let days = form
        .days
        .trim()
        .parse()
        .ok()
        .filter(|days: &i32| days.abs() <= FARTHEST);
    if days.is_none() {
        let message = format!("„{}“ ist keine Zahl von -{FARTHEST} bis {FARTHEST}.", form.days.trim());
        findings.push(wrong("days", message));
    }
    let minute = minute(form.time.trim());
    if minute.is_none() {
        let message = format!(
            "„{}“ ist keine Uhrzeit; erwartet wird zum Beispiel 09:00.",
            form.time.trim()
        );
        findings.push(wrong("time", message));
    }
    if !plan_templates().iter().any(|(name, _)| *name == form.template) {
        findings.push(wrong("template", "Bitte wählen Sie einen Text."));
    }
    let anchor = choice(&form.anchor, "anchor", &mut findings);
    let audience = choice(&form.audience, "audience", &mut findings);
    let only_form = optional(&form.form, "form", &mut findings);
    let land = optional(&form.land, "land", &mut findings);
    match (days, minute, anchor, audience) {
        (Some(days), Some(minute), Some(anchor), Some(audience)) if findings.is_empty() => Ok(PlanStep {
            name: form.name.clone(),
            title: title.to_owned(),
            template: form.template.clone(),
            anchor,
            days,
            minute,
            audience,
            form: only_form,
            land,
            enabled: form.enabled == "ja",
        }),
        _ => Err(findings),
    }
}

fn choice<T: FromStr>(text: &str, field: &str, findings: &mut Vec<FieldError>) -> Option<T> {
    let chosen = text.parse().ok();
    if chosen.is_none() {
        findings.push(wrong(field, "Bitte wählen Sie eine der Möglichkeiten."));
    }
    chosen
}

fn optional<T: FromStr>(text: &str, field: &str, findings: &mut Vec<FieldError>) -> Option<T> {
    if text.is_empty() {
        None
    } else {
        choice(text, field, findings)
    }
}

/// Minutes after midnight of `9:00`.
fn minute(text: &str) -> Option<i32> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str, most| {
        let digits = (1..=2).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit());
        text.parse::<i32>().ok().filter(|number| digits && *number <= most)
    };
    Some(number(hour, 23)? * 60 + number(minute, 59)?)
}
