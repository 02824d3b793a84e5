//! When an answer is due and when the office is reminded: working days, nine
//! o'clock in Berlin. Pure.

use crate::berlin;
use crate::workdays::{is_working_day, working_day_from};
use chrono::{DateTime, Days, NaiveDate, Utc};

/// Working days an office has, unless staff says otherwise.
const USUAL: u32 = 7;
/// Working days before the last one on which it is reminded.
const BEFORE: u32 = 2;
/// Reminders go out at nine.
const NINE: i32 = 9 * 60;
/// Longest time an office may be given, in days.
pub(super) const LONGEST: i64 = 120;

/// The last day an office has for an answer, asked on `today`: seven working
/// days later.
#[must_use]
pub fn usual_deadline(today: NaiveDate) -> NaiveDate {
    later(today, USUAL)
}

/// When the office is reminded of an answer due on `due`: two working days
/// before, and on the working day after.
pub(super) fn reminders(due: NaiveDate) -> [DateTime<Utc>; 2] {
    let after = due.checked_add_days(Days::new(1)).map_or(due, working_day_from);
    [earlier(due, BEFORE), after].map(|day| berlin::at_minute(day, NINE))
}

fn later(mut day: NaiveDate, working_days: u32) -> NaiveDate {
    for _ in 0..working_days {
        day = day.checked_add_days(Days::new(1)).map_or(day, working_day_from);
    }
    day
}

fn earlier(mut day: NaiveDate, working_days: u32) -> NaiveDate {
    for _ in 0..working_days {
        loop {
            let Some(before) = day.checked_sub_days(Days::new(1)) else {
                return day;
            };
            day = before;
            if is_working_day(day) {
                break;
            }
        }
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn offices_have_seven_working_days() {
        assert_eq!(usual_deadline(day("2008-01-14")), day("2008-01-23"));
        assert_eq!(usual_deadline(day("2008-03-14")), day("2008-03-27"), "over Easter");
        assert_eq!(
            usual_deadline(day("2008-01-12")),
            day("2008-01-22"),
            "asked on a Saturday"
        );
    }

    #[test]
    fn reminders_go_out_on_working_days_in_the_morning() {
        let at = |due| reminders(day(due)).map(berlin::with_weekday);
        assert_eq!(
            at("2008-01-23"),
            ["Montag, 21.01.2008, 09:00 Uhr", "Donnerstag, 24.01.2008, 09:00 Uhr"]
        );
        assert_eq!(
            at("2008-03-20"),
            ["Dienstag, 18.03.2008, 09:00 Uhr", "Dienstag, 25.03.2008, 09:00 Uhr"],
            "before Easter"
        );
        assert_eq!(
            at("2008-01-27")[0],
            "Donnerstag, 24.01.2008, 09:00 Uhr",
            "due on a Sunday"
        );
    }
}
