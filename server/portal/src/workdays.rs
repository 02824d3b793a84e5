//! Working days: Monday to Friday without the public holidays of all of
//! Germany (Feiertagsgesetze of the Länder, those they have in common).
//! Pure.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Whether offices work on a day, all over Germany.
pub(crate) fn is_working_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_holiday(day)
}

/// The day itself if it is a working day, else the next one.
pub(crate) fn working_day_from(mut day: NaiveDate) -> NaiveDate {
    while !is_working_day(day) {
        match day.checked_add_days(Days::new(1)) {
            Some(next) => day = next,
            None => break,
        }
    }
    day
}

fn is_holiday(day: NaiveDate) -> bool {
    let fixed = matches!((day.month(), day.day()), (1 | 5, 1) | (10, 3) | (12, 25 | 26));
    // 500 years of the Reformation: once, everywhere.
    let once = (day.year(), day.month(), day.day()) == (2017, 10, 31);
    // Good Friday, Easter Monday, Ascension, Whit Monday.
    let movable = easter(day.year()).is_some_and(|easter| matches!((day - easter).num_days(), -2 | 1 | 39 | 50));
    fixed || once || movable
}

/// Easter Sunday by the anonymous Gregorian algorithm (Meeus, Astronomical
/// Algorithms, chapter 8).
fn easter(year: i32) -> Option<NaiveDate> {
    let golden = year.rem_euclid(19);
    let (century, of_century) = (year.div_euclid(100), year.rem_euclid(100));
    let correction = (century + 8) / 25;
    let epact = (19 * golden + century - century / 4 - (century - correction + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let number = epact + weekday - 7 * late + 114;
    NaiveDate::from_ymd_opt(year, (number / 31).try_into().ok()?, (number % 31 + 1).try_into().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn easter_is_where_the_calendars_have_it() {
        for sunday in ["1818-03-22", "2008-03-23", "2024-03-31", "2026-04-05", "2038-04-25"] {
            let sunday = day(sunday);
            assert_eq!(easter(sunday.year()), Some(sunday));
        }
    }

    #[test]
    fn weekends_and_holidays_lead_to_the_next_working_day() {
        let next = |text| working_day_from(day(text)).to_string();
        assert_eq!(next("2008-02-04"), "2008-02-04", "a Monday");
        assert_eq!(next("2008-02-02"), "2008-02-04", "a Saturday");
        assert_eq!(next("2008-03-21"), "2008-03-25", "Good Friday to Easter Monday");
        assert_eq!(next("2008-05-01"), "2008-05-02", "Labour Day and Ascension in one");
        assert_eq!(next("2008-05-12"), "2008-05-13", "Whit Monday");
        assert_eq!(next("2007-12-25"), "2007-12-27");
        assert_eq!(next("2017-10-31"), "2017-11-01", "once");
        assert_eq!(next("2018-10-31"), "2018-10-31");
        assert_eq!(next("2025-10-03"), "2025-10-06");
    }
}
