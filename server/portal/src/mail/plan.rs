//! The plan of a wave's mails: what goes out when, to whom. Pure; moments are
//! computed from the wave's days, in Europe/Berlin, on working days only.

use crate::berlin;
use crate::waves::WaveView;
use crate::workdays::{is_working_day, working_day_from};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use survey::status::Status;
use survey::{Form, Land};

/// Name of the step that invites.
pub(crate) const INVITATION: &str = "einladung";
/// A step that is moved to another day goes out at nine.
const MOVED_TO: i32 = 9 * 60;
/// A step missed for longer than this is not caught up: what it says would no
/// longer be true.
pub(crate) const CATCH_UP: TimeDelta = TimeDelta::days(7);

/// What a step's day is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// First day of the field phase.
    Start,
    /// Last day of the field phase.
    Deadline,
}

/// Whom a step addresses, among those who have not handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every office that may still answer.
    Pending,
    /// Those who have never signed in.
    NotOpened,
    /// Those who have signed in.
    Opened,
}

macro_rules! named {
    ($type:ty { $($variant:ident => $name:literal, $label:literal;)* }) => {
        impl $type {
            /// All there are.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// As stored and in forms.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// As shown.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),* }
            }
        }

        impl std::str::FromStr for $type {
            type Err = ();

            fn from_str(name: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|one| one.name() == name).ok_or(())
            }
        }
    };
}
pub(crate) use named;

named!(Anchor {
    Start => "start", "Feldbeginn";
    Deadline => "deadline", "Frist";
});
named!(Audience {
    Pending => "pending", "alle, die noch nicht abgegeben haben";
    NotOpened => "not_opened", "alle, die sich noch nie angemeldet haben";
    Opened => "opened", "alle, die sich angemeldet, aber nicht abgegeben haben";
});

impl Audience {
    /// Whether a case of this status belongs to it.
    pub(crate) fn includes(self, status: Status) -> bool {
        match self {
            Self::Pending => matches!(
                status,
                Status::NotInvited | Status::Invited | Status::Opened | Status::Started
            ),
            Self::NotOpened => matches!(status, Status::NotInvited | Status::Invited),
            Self::Opened => matches!(status, Status::Opened | Status::Started),
        }
    }
}

/// One step of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanStep {
    /// Name within the wave; each office gets each step at most once.
    pub name: String,
    /// As staff calls it.
    pub title: String,
    /// The text it uses.
    pub template: String,
    /// What its day is counted from.
    pub anchor: Anchor,
    /// Days after (or, negative, before) the anchor, -366 to 366.
    pub days: i32,
    /// Minutes after midnight in Berlin, 0 to 1439.
    pub minute: i32,
    /// Whom it addresses.
    pub audience: Audience,
    /// Only offices of this form.
    pub form: Option<Form>,
    /// Only offices of this Land.
    pub land: Option<Land>,
    /// Whether it goes out at all.
    pub enabled: bool,
}

impl PlanStep {
    /// When it goes out, and whether that is another day than the plan says:
    /// weekends and the public holidays of all of Germany lead to the next
    /// working day, nine o'clock.
    #[must_use]
    pub fn moment(&self, wave: &WaveView) -> (DateTime<Utc>, bool) {
        self.moment_between(wave.start, wave.deadline)
    }

    /// The same for a field start and a deadline of one office's own.
    pub(crate) fn moment_between(&self, start: NaiveDate, deadline: NaiveDate) -> (DateTime<Utc>, bool) {
        let anchor = match self.anchor {
            Anchor::Start => start,
            Anchor::Deadline => deadline,
        };
        let day = anchor
            .checked_add_signed(TimeDelta::days(self.days.into()))
            .unwrap_or(anchor);
        if is_working_day(day) {
            (berlin::at_minute(day, self.minute), false)
        } else {
            (berlin::at_minute(working_day_from(day), MOVED_TO), true)
        }
    }

    /// Whether both may address the same office at the same time.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        fn same<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
            one.zip(other).is_none_or(|(one, other)| one == other)
        }
        let apart = matches!(
            (self.audience, other.audience),
            (Audience::NotOpened, Audience::Opened) | (Audience::Opened, Audience::NotOpened)
        );
        !apart && same(self.form, other.form) && same(self.land, other.land)
    }

    /// Whether the step invites.
    pub(crate) fn invites(&self) -> bool {
        self.name == INVITATION
    }
}

/// The plan a wave has until staff changes it: invitation at field start,
/// reminders on days 14 and 21 and three days before the deadline, a last call
/// on the day after it.
pub(crate) fn usual() -> Vec<PlanStep> {
    let step = |name: &str, title: &str, template: &str, anchor, days, minute| PlanStep {
        name: name.to_owned(),
        title: title.to_owned(),
        template: template.to_owned(),
        anchor,
        days,
        minute,
        audience: Audience::Pending,
        form: None,
        land: None,
        enabled: true,
    };
    let nine = 9 * 60;
    vec![
        step(INVITATION, "Einladung", "einladung", Anchor::Start, 0, 0),
        step(
            "erinnerung-1",
            "Erste Erinnerung",
            "erinnerung",
            Anchor::Start,
            14,
            nine,
        ),
        step(
            "erinnerung-2",
            "Zweite Erinnerung",
            "erinnerung",
            Anchor::Start,
            21,
            nine,
        ),
        step(
            "frist-naht",
            "Kurz vor der Frist",
            "frist-naht",
            Anchor::Deadline,
            -3,
            nine,
        ),
        step(
            "letzter-aufruf",
            "Letzter Aufruf",
            "letzter-aufruf",
            Anchor::Deadline,
            1,
            nine,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::waves::WaveState;

    fn wave(start: &str, deadline: &str) -> WaveView {
        let deadline = deadline.parse().unwrap();
        WaveView {
            key: 2008,
            stichtag: "2007-10-31".parse().unwrap(),
            zeitraum: "2007".into(),
            start: start.parse().unwrap(),
            deadline,
            deadline_at: berlin::end_of_day(deadline),
            previous: None,
            state: WaveState::Open,
        }
    }

    fn moments(start: &str, deadline: &str) -> Vec<String> {
        let wave = wave(start, deadline);
        usual()
            .iter()
            .map(|step| berlin::with_weekday(step.moment(&wave).0))
            .collect()
    }

    #[test]
    fn steps_fall_on_working_days() {
        assert_eq!(
            moments("2008-01-14", "2008-02-15"),
            [
                "Montag, 14.01.2008, 00:00 Uhr",
                "Montag, 28.01.2008, 09:00 Uhr",
                "Montag, 04.02.2008, 09:00 Uhr",
                "Dienstag, 12.02.2008, 09:00 Uhr",
                "Montag, 18.02.2008, 09:00 Uhr",
            ]
        );
        assert_eq!(
            moments("2008-03-08", "2008-04-18")[..3],
            [
                "Montag, 10.03.2008, 09:00 Uhr",
                "Dienstag, 25.03.2008, 09:00 Uhr",
                "Montag, 31.03.2008, 09:00 Uhr",
            ],
            "a Saturday, the Saturday before Easter, the Saturday before the clocks change"
        );
    }

    #[test]
    fn times_are_those_of_the_clock_on_the_wall_on_both_days_it_is_changed() {
        let mut step = usual().remove(1);
        (step.days, step.minute) = (1, 150);
        let utc = |start| step.moment(&wave(start, "2099-12-31")).0.to_rfc3339();
        // Sundays, so both move; the hours are those of the Mondays after them.
        assert_eq!(utc("2008-03-29"), "2008-03-31T07:00:00+00:00", "summer time has begun");
        assert_eq!(utc("2008-10-25"), "2008-10-27T08:00:00+00:00", "summer time has ended");
    }
}
