//! Whom to call next: points for what a call can gain, each with its reason
//! in words, so that everybody can see why a case stands where it does.
//!
//! | what | points |
//! |---|---|
//! | agreed to be called today or before | 60 |
//! | questionnaire filled in so far | 0 to 40, one for each 2.5 per cent |
//! | opened, nothing answered | 5 |
//! | silent for days (beyond the second) | 2 a day, at most 16 |
//! | deadline within ten days | 2 for each day nearer, at most 20; passed: 20 |
//! | its form in its Land lags behind the whole | 1 for each 2 points of difference, at most 15 |
//! | mails do not arrive | 15 |
//! | heard from the institute within five days | minus 6 for each day nearer |
//! | calls in vain | minus 4 each, at most 16 |
//!
//! Only cases the institute waits for are listed, and none that is to be left
//! alone until a later day. Knows no clock and no store: days are given. The
//! figures of the table are those of [`points`].

pub mod points;

use crate::status::Status;

/// What is known of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Where it stands.
    pub status: Status,
    /// Questions answered.
    pub answered: u32,
    /// Questions asked.
    pub asked: u32,
    /// Days since it was last worked on, or else invited.
    pub silent_days: u32,
    /// Days until its deadline; below zero: past.
    pub days_left: i32,
    /// How many of its form in its Land have come in, and how many there are.
    pub group: Share,
    /// The same of all.
    pub all: Share,
    /// Mails to its address do not arrive.
    pub unreachable_by_mail: bool,
    /// Days since the institute last called or wrote.
    pub contacted_days: Option<u32>,
    /// The latest call.
    pub call: Option<Call>,
    /// Calls since anybody was reached.
    pub calls_missed: u32,
}

/// The latest call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Days since.
    pub days_ago: u32,
    /// Days until the agreed day; below zero: past.
    pub back_in: Option<i32>,
    /// Whether the office promised to hand in.
    pub promised: bool,
}

/// A part of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// The part.
    pub part: u32,
    /// The whole.
    pub of: u32,
}

impl Share {
    /// In per cent, rounded down; 0 of nothing.
    #[must_use]
    pub fn percent(self) -> u32 {
        let percent = u64::from(self.part) * 100 / u64::from(self.of.max(1));
        u32::try_from(percent).unwrap_or(u32::MAX)
    }
}

/// Why a case stands where it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// More comes first.
    pub points: i32,
    /// What it rests on, each with its points.
    pub reasons: Vec<Reason>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// In German, as part of a sentence.
    pub text: String,
    /// What it adds.
    pub points: i32,
}

/// Days a promise is waited for where no day was agreed.
pub const PROMISE: u32 = 5;

/// How urgent a call is; `None`: the case is not to be called (now). `group`
/// names form and Land, for the reason.
#[must_use]
pub fn rank(case: &Candidate, group: &str) -> Option<Ranked> {
    if !matches!(case.status, Status::Invited | Status::Opened | Status::Started) || rests(case) {
        return None;
    }
    let mut reasons = Vec::new();
    let mut add = |points: u32, text: String| reasons.push(reason(points, false, text));
    if let Some(back) = case.call.and_then(|call| call.back_in) {
        add(
            points::AGREED,
            match back {
                0 => "Rückruf für heute vereinbart".to_owned(),
                days => format!("Rückruf war vor {} vereinbart", in_days(days.unsigned_abs())),
            },
        );
    }
    match case.status {
        Status::Started => {
            let done = Share {
                part: case.answered.min(case.asked),
                of: case.asked,
            };
            add(points::filled(done), format!("{} % ausgefüllt", done.percent()));
        }
        Status::Opened => add(points::OPENED, "geöffnet, noch nichts ausgefüllt".to_owned()),
        _ => add(0, "noch nicht geöffnet".to_owned()),
    }
    let silent = case.silent_days;
    add(
        points::silent(silent),
        match silent {
            0 => "heute bearbeitet oder eingeladen".to_owned(),
            days => format!("seit {} still", in_days(days)),
        },
    );
    let left = case.days_left;
    add(
        points::near(left),
        match left {
            ..0 => format!("Frist seit {} vorbei", in_days(left.unsigned_abs())),
            0 => "Frist heute".to_owned(),
            _ => format!("Frist in {}", in_days(left.unsigned_abs())),
        },
    );
    let here = case.group.percent();
    if here < case.all.percent() {
        add(points::behind(case.group, case.all), format!("{group} erst {here} %"));
    }
    if case.unreachable_by_mail {
        add(points::UNREACHABLE, "E-Mails kommen nicht an".to_owned());
    }
    if let Some(days) = case.contacted_days.filter(|days| *days < points::RECENT) {
        let when = if days == 0 {
            "heute".to_owned()
        } else {
            format!("vor {}", in_days(days))
        };
        reasons.push(reason(
            points::contacted(days),
            true,
            format!("{when} zuletzt angesprochen"),
        ));
    }
    if case.calls_missed > 0 {
        let missed = case.calls_missed;
        let text = if missed == 1 {
            "einmal nicht erreicht".to_owned()
        } else {
            format!("{missed}-mal nicht erreicht")
        };
        reasons.push(reason(points::missed(missed), true, text));
    }
    Some(Ranked {
        points: reasons.iter().map(|reason| reason.points).sum(),
        reasons,
    })
}

/// Whether a call was made and the next one is for a later day.
fn rests(case: &Candidate) -> bool {
    case.call.is_some_and(|call| match call.back_in {
        Some(days) => days > 0,
        None if call.promised => call.days_ago < PROMISE,
        None => call.days_ago == 0,
    })
}

fn reason(points: u32, against: bool, text: String) -> Reason {
    let points = i32::try_from(points).unwrap_or(i32::MAX);
    Reason {
        text,
        points: if against { -points } else { points },
    }
}

fn in_days(days: u32) -> String {
    if days == 1 {
        "einem Tag".to_owned()
    } else {
        format!("{days} Tagen")
    }
}
