//! The plan of a wave as it is stored, with what became of each step, and the
//! moments at which its steps really go out.

use super::MailKind;
use super::due::{GAP_DAYS, Target, read_audience};
use super::plan::{self, Anchor, CATCH_UP, PlanStep};
use crate::berlin;
use crate::clock::from_micros;
use crate::store::cases::CaseRow;
use crate::store::outbox::OutboxRow;
use crate::store::plan::{self as rows, StepRow};
use crate::store::{Conn, StoreError, Stored};
use crate::waves::{WaveView, read_day, read_status};
use crate::workdays::working_day_from;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// A step with what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub step: PlanStep,
    pub moment: DateTime<Utc>,
    /// The day of the plan is none on which offices work.
    pub moved: bool,
    /// It waits until the gap since the step before it is over.
    pub apart: bool,
    pub ran_at: Option<DateTime<Utc>>,
    /// A later step took its place.
    pub missed: bool,
}

impl Planned {
    /// Due and not too late to be caught up.
    pub(crate) fn is_due(&self, at: DateTime<Utc>) -> bool {
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

    pub(crate) fn kind(&self) -> MailKind {
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
            switched_off: false,
        }
    }

    /// Whether it is meant for an office as it stands now.
    pub(crate) fn addresses(&self, case: &CaseRow) -> Stored<bool> {
        let target = self.target();
        let fits = |wanted: &Option<String>, own: &str| wanted.as_deref().is_none_or(|wanted| wanted == own);
        Ok(self.step.audience.includes(read_status(&case.status)?)
            && fits(&target.form, &case.form)
            && fits(&target.land, &case.land))
    }
}

/// The plan of a wave in the order of its moments.
pub(crate) async fn plan_of(conn: &mut Conn, wave: &WaveView) -> Stored<Vec<Planned>> {
    let stored = rows::steps(conn, wave.key).await?;
    let mut planned: Vec<Planned> = if stored.is_empty() {
        plan::usual()
            .into_iter()
            .map(|step| planned(step, wave, None, false))
            .collect()
    } else {
        stored
            .iter()
            .map(|row| Ok(planned(step_of(row)?, wave, row.ran_at.map(from_micros), row.missed)))
            .collect::<Stored<_>>()?
    };
    sort(&mut planned);
    keep_apart(&mut planned);
    sort(&mut planned);
    Ok(planned)
}

/// When a step of a plan goes out to one office: where that has a deadline of
/// its own, by that, and apart from the other steps as they go out to it.
pub(crate) fn due_for(plan: &[Planned], planned: &Planned, case: &CaseRow) -> Stored<DateTime<Utc>> {
    if case.own_deadline.is_none() {
        return Ok(planned.moment);
    }
    let (start, deadline) = (read_day(&case.field_start)?, read_day(&case.deadline)?);
    Ok(by_own_deadline(plan, planned, start, deadline))
}

fn by_own_deadline(plan: &[Planned], planned: &Planned, start: NaiveDate, deadline: NaiveDate) -> DateTime<Utc> {
    let mut own = plan.to_vec();
    for one in own.iter_mut().filter(|one| one.goes_by_the_deadline()) {
        one.moment = one.step.moment_between(start, deadline).0;
        // It ran for the others; here it goes out at this moment.
        one.ran_at = None;
    }
    sort(&mut own);
    keep_apart(&mut own);
    let found = own.iter().find(|one| one.step.name == planned.step.name);
    found.map_or(planned.moment, |one| one.moment)
}

fn sort(planned: &mut [Planned]) {
    planned.sort_by(|one, other| (one.moment, &one.step.name).cmp(&(other.moment, &other.step.name)));
}

fn planned(step: PlanStep, wave: &WaveView, ran_at: Option<DateTime<Utc>>, missed: bool) -> Planned {
    let (moment, moved) = step.moment(wave);
    Planned {
        step,
        moment,
        moved,
        apart: false,
        ran_at,
        missed,
    }
}

/// Steps that reach the same offices keep the gap between two mails, the later
/// one waits: at the moment of sending it would be cancelled for everybody.
fn keep_apart(planned: &mut [Planned]) {
    for place in 1..planned.len() {
        let (before, rest) = planned.split_at_mut(place);
        let Some(one) = rest.first_mut().filter(|one| !one.step.invites()) else {
            continue;
        };
        let went = |other: &&Planned| other.step.enabled && !other.missed && other.step.meets(&one.step);
        let free = before
            .iter()
            .filter(went)
            .map(|other| other.ran_at.map_or(other.moment, |ran_at| ran_at.max(other.moment)))
            .map(|last| berlin::day_of(last) + TimeDelta::days(GAP_DAYS))
            .max();
        if let Some(free) = free.filter(|free| berlin::day_of(one.moment) < *free) {
            one.moment = berlin::at_minute(working_day_from(free), one.step.minute);
            one.apart = true;
        }
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
        switched_off: !step.enabled,
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::waves::WaveState;
    use survey::Form;

    fn plan(start: &str, deadline: &str, change: impl Fn(&mut Vec<Planned>)) -> Vec<Planned> {
        let deadline = deadline.parse().unwrap();
        let wave = WaveView {
            key: 2008,
            stichtag: "2007-10-31".parse().unwrap(),
            zeitraum: "2007".into(),
            start: start.parse().unwrap(),
            deadline,
            deadline_at: berlin::end_of_day(deadline),
            previous: None,
            state: WaveState::Open,
        };
        let mut plan: Vec<_> = plan::usual()
            .into_iter()
            .map(|step| planned(step, &wave, None, false))
            .collect();
        change(&mut plan);
        sort(&mut plan);
        keep_apart(&mut plan);
        sort(&mut plan);
        plan
    }

    fn moments(start: &str, deadline: &str, change: impl Fn(&mut Vec<Planned>)) -> Vec<String> {
        let line = |one: &Planned| {
            format!(
                "{} {}{}",
                &berlin::long(one.moment)[..6],
                one.step.name,
                if one.apart { " *" } else { "" }
            )
        };
        plan(start, deadline, change).iter().map(line).collect()
    }

    #[test]
    fn in_a_short_field_phase_the_later_step_waits_for_the_gap() {
        assert_eq!(
            moments("2008-01-14", "2008-02-04", |_| {}),
            [
                "14.01. einladung",
                "28.01. erinnerung-1",
                "01.02. frist-naht",
                "04.02. erinnerung-2",
                "06.02. letzter-aufruf *"
            ],
            "three weeks: day 21 is the deadline"
        );
        assert_eq!(
            moments("2008-02-18", "2008-03-25", |_| {})[3..],
            ["25.03. frist-naht", "27.03. letzter-aufruf *"],
            "Easter moves both"
        );
    }

    #[test]
    fn an_office_with_a_deadline_of_its_own_has_its_steps_apart_as_well() {
        let plan = plan("2008-01-14", "2008-02-08", |_| {});
        let own = |deadline: &str| {
            let (start, deadline) = ("2008-01-14".parse().unwrap(), deadline.parse().unwrap());
            let moment = |one: &Planned| by_own_deadline(&plan, one, start, deadline);
            let line = |one: &Planned| format!("{} {}", &berlin::long(moment(one))[..6], one.step.name);
            plan.iter().map(line).collect::<Vec<_>>()[2..].to_vec()
        };
        assert_eq!(
            own("2008-02-08"),
            ["04.02. erinnerung-2", "06.02. frist-naht", "11.02. letzter-aufruf"]
        );
        assert_eq!(
            own("2008-02-21"),
            ["04.02. erinnerung-2", "18.02. frist-naht", "22.02. letzter-aufruf"]
        );
        // Three days before and the day after: Easter leads both to one day.
        assert_eq!(
            own("2008-03-24"),
            ["04.02. erinnerung-2", "25.03. frist-naht", "27.03. letzter-aufruf"]
        );
    }

    #[test]
    fn steps_that_reach_nobody_in_common_do_not_wait_for_each_other() {
        let arge_and_zkt = |plan: &mut Vec<Planned>| {
            plan[2].step.form = Some(Form::Arge);
            plan[3].step.form = Some(Form::Zkt);
            plan[4].step.enabled = false;
        };
        assert_eq!(
            moments("2008-01-14", "2008-02-08", arge_and_zkt)[2..4],
            ["04.02. erinnerung-2", "05.02. frist-naht"]
        );
        assert_eq!(moments("2008-01-14", "2008-02-08", |_| {})[3], "06.02. frist-naht *");
        let off = |plan: &mut Vec<Planned>| plan[2].step.enabled = false;
        assert_eq!(moments("2008-01-14", "2008-02-08", off)[3], "05.02. frist-naht");
    }

    #[test]
    fn what_ran_late_counts_from_when_it_ran() {
        let late = |plan: &mut Vec<Planned>| {
            plan[3].ran_at = berlin::parse_moment("2008-02-08T10:00");
        };
        let list = moments("2008-01-14", "2008-02-08", late);
        assert_eq!(list[4], "11.02. letzter-aufruf", "three days");
        let later = |plan: &mut Vec<Planned>| {
            plan[3].ran_at = berlin::parse_moment("2008-02-10T10:00");
        };
        assert_eq!(moments("2008-01-14", "2008-02-08", later)[4], "12.02. letzter-aufruf *");
    }
}
