//! Returns by day, with the mails that went out and what they brought.

use crate::berlin;
use crate::mail::planned;
use crate::store::returns as figures;
use crate::store::{Conn, Stored};
use crate::waves::{WaveState, WaveView, read_day};
use crate::workdays::is_working_day;
use chrono::{NaiveDate, TimeDelta};
use std::collections::BTreeMap;
use survey::forecast::Course;

/// Longest curve that is drawn, in days.
const LONGEST: usize = 400;
/// Days a mail is given credit for.
const CREDIT: TimeDelta = TimeDelta::days(7);

/// Returns by day.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// Every day of the field phase up to its deadline, or to the last return.
    pub days: Vec<CurveDay>,
    /// Units listed in this wave, then in each earlier one.
    pub listed: Vec<u32>,
    /// Place of the deadline among the days.
    pub deadline: usize,
    /// Mails that went out, in their order.
    pub mails: Vec<MailMark>,
}

/// A day of the field phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurveDay {
    /// The day.
    pub day: NaiveDate,
    /// Whether offices work on it.
    pub working: bool,
    /// Received by its end; none for days to come.
    pub received: Option<u32>,
    /// Usable by its end.
    pub usable: Option<u32>,
    /// Received by the same field day of up to three earlier waves.
    pub earlier: [Option<u32>; 3],
}

/// Mails of one step on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailMark {
    /// When.
    pub day: NaiveDate,
    /// Place of the day in the curve.
    pub place: usize,
    /// What they are called in the plan.
    pub title: String,
    /// How many.
    pub sent: u32,
}

/// What a step of the mails brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepReturns {
    /// What it is called in the plan.
    pub title: String,
    /// First day on which its mails went out.
    pub from: NaiveDate,
    /// Mails handed over.
    pub sent: u32,
    /// Offices that first handed in within seven days of this mail, and of no later one.
    pub brought: u32,
    /// Whether all of its seven days are over.
    pub complete: bool,
}

impl StepReturns {
    /// Where its seven days stand, in German.
    #[must_use]
    pub const fn week(&self) -> &'static str {
        if self.complete { "abgeschlossen" } else { "läuft noch" }
    }
}

/// What a wave had received, and what of it was usable, by the end of each field day.
pub(super) struct Courses {
    pub received: Course,
    pub usable: Course,
}

/// The courses of a wave up to a day.
pub(super) async fn courses(conn: &mut Conn, wave: &WaveView, until: &str, listed: u32) -> Stored<Courses> {
    let days = figures::course(conn, wave.key, until).await?;
    let deadline = usize::try_from((wave.deadline - wave.start).num_days()).unwrap_or(0);
    let course = |received| Course {
        received,
        deadline,
        listed,
    };
    let received = by_field_day(wave, days.iter().map(|(day, received, _)| (day.as_str(), *received)))?;
    let usable = by_field_day(wave, days.iter().map(|(day, _, usable)| (day.as_str(), *usable)))?;
    Ok(Courses {
        received: course(received),
        usable: course(usable),
    })
}

/// Sums by the end of each field day, up to the last that changed anything.
fn by_field_day<'a>(wave: &WaveView, days: impl Iterator<Item = (&'a str, i64)>) -> Stored<Vec<u32>> {
    let mut sums = Vec::new();
    let mut sum = 0;
    for (day, change) in days.filter(|(_, change)| *change != 0) {
        // Whatever came before the first day counts on it.
        let place = usize::try_from((read_day(day)? - wave.start).num_days()).unwrap_or(0);
        let before = u32::try_from(sum).unwrap_or(0);
        sum += change;
        sums.resize((place + 1).min(LONGEST), before);
        if let Some(last) = sums.last_mut() {
            *last = u32::try_from(sum).unwrap_or(0);
        }
    }
    Ok(sums)
}

/// Mails of a wave by day, and what each step brought, by the end of `day`.
pub(super) async fn mails(
    conn: &mut Conn,
    wave: &WaveView,
    until: &str,
    day: NaiveDate,
) -> Stored<(Vec<MailMark>, Vec<StepReturns>)> {
    let plan = planned::plan_of(conn, wave).await?;
    let title = |step: &str| {
        let planned = plan.iter().find(|planned| planned.step.name == step);
        planned.map_or_else(
            || "Erinnerung von Hand".to_owned(),
            |planned| planned.step.title.clone(),
        )
    };
    let mut marks: BTreeMap<(NaiveDate, String), u32> = BTreeMap::new();
    let mut steps: Vec<StepReturns> = Vec::new();
    for (step, on, sent, brought) in figures::mails(conn, wave.key, until).await? {
        let (title, on) = (title(&step), read_day(&on)?);
        let [sent, brought] = [sent, brought].map(|count| u32::try_from(count).unwrap_or(0));
        if sent > 0 {
            *marks.entry((on, title.clone())).or_default() += sent;
        }
        match steps.iter_mut().find(|one| one.title == title) {
            Some(one) => {
                one.sent += sent;
                one.brought += brought;
                one.complete = one.complete && (sent == 0 || day - on > CREDIT);
            }
            None => steps.push(StepReturns {
                title,
                from: on,
                sent,
                brought,
                complete: day - on > CREDIT,
            }),
        }
    }
    let marks = marks.into_iter().map(|((on, title), sent)| MailMark {
        day: on,
        place: usize::try_from((on - wave.start).num_days()).unwrap_or(0),
        title,
        sent,
    });
    Ok((marks.collect(), steps))
}

/// Puts the curve together: this wave first, then the earlier ones.
pub(super) fn draw(wave: &WaveView, courses: &[Courses], mails: Vec<MailMark>, day: NaiveDate) -> Curve {
    let Some((Courses { received: now, usable }, earlier)) = courses.split_first() else {
        return Curve::default();
    };
    let shown = usize::try_from((day - wave.start).num_days() + 1).unwrap_or(0);
    // A wave that ended long ago is drawn to its last return.
    let last_change = now.received.len().max(usable.received.len());
    let until = match wave.state {
        WaveState::Closed => last_change.min(shown),
        _ => shown,
    };
    let length = (now.deadline + 1).max(until).min(LONGEST);
    let days = (0..length).map(|place| {
        let day = wave.start + TimeDelta::days(i64::try_from(place).unwrap_or(0));
        let past = place < shown;
        let mut before = [None; 3];
        for (slot, course) in before.iter_mut().zip(earlier) {
            *slot = Some(course.received.by(place));
        }
        CurveDay {
            day,
            working: is_working_day(day),
            received: past.then(|| now.by(place)),
            usable: past.then(|| usable.by(place)),
            earlier: before,
        }
    });
    let days: Vec<CurveDay> = days.collect();
    Curve {
        deadline: now.deadline.min(length.saturating_sub(1)),
        listed: courses.iter().map(|one| one.received.listed).collect(),
        mails: mails.into_iter().filter(|mark| mark.place < days.len()).collect(),
        days,
    }
}

impl CurveDay {
    /// `12.03.2008`.
    #[must_use]
    pub fn short(&self) -> String {
        berlin::short(self.day)
    }
}
