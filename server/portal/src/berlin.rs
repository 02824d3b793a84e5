//! Local days and hours in Europe/Berlin: deadlines, and moments as people
//! read them. Pure; knows nothing of waves.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Berlin;

/// Name of the zone as it is stored beside deadlines.
pub(crate) const ZONE: &str = "Europe/Berlin";

/// First moment of a local day.
#[must_use]
pub fn start_of_day(day: NaiveDate) -> DateTime<Utc> {
    local(day.and_time(NaiveTime::MIN))
}

/// First moment after a local day: a deadline has passed from here on.
#[must_use]
pub fn end_of_day(day: NaiveDate) -> DateTime<Utc> {
    start_of_day(day.checked_add_days(Days::new(1)).unwrap_or(day))
}

/// The moment a local day has gone on for some minutes by the clock on the
/// wall: `540` is nine in the morning, also on days of 23 or 25 hours.
pub(crate) fn at_minute(day: NaiveDate, minute: i32) -> DateTime<Utc> {
    local(day.and_time(NaiveTime::MIN) + chrono::TimeDelta::minutes(minute.into()))
}

/// A moment with its weekday: `Montag, 14.01.2008, 09:00 Uhr`.
#[must_use]
pub fn with_weekday(at: DateTime<Utc>) -> String {
    const DAYS: [&str; 7] = [
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
        "Samstag",
        "Sonntag",
    ];
    let weekday = day_of(at).weekday().num_days_from_monday() as usize;
    format!("{}, {}", DAYS.get(weekday).unwrap_or(&""), long(at))
}

/// The local day of a moment.
#[must_use]
pub fn day_of(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Berlin).date_naive()
}

/// A moment as people read it: `12.03.2008, 14:05 Uhr`.
#[must_use]
pub fn long(at: DateTime<Utc>) -> String {
    at.with_timezone(&Berlin).format("%d.%m.%Y, %H:%M Uhr").to_string()
}

/// A moment as spreadsheets take it for one: `12.03.2008 14:05`.
#[must_use]
pub fn stamp(at: DateTime<Utc>) -> String {
    at.with_timezone(&Berlin).format("%d.%m.%Y %H:%M").to_string()
}

/// A day as people read it: `12.03.2008`.
#[must_use]
pub fn short(day: NaiveDate) -> String {
    day.format("%d.%m.%Y").to_string()
}

/// Reads a moment given on the command line: RFC 3339 (`2008-03-12T14:05:00+01:00`),
/// local date and time (`2008-03-12T14:05` or with a space, with or without
/// seconds), or a local day, which means its first moment.
#[must_use]
pub fn parse_moment(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(exact) = DateTime::parse_from_rfc3339(text) {
        return Some(exact.with_timezone(&Utc));
    }
    let spaced = text.replacen(' ', "T", 1);
    ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(&spaced, format).ok())
        .map(local)
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(start_of_day))
}

/// The moment a local clock shows `time`: the earlier one where it shows it
/// twice, an hour later where daylight saving skips it.
fn local(time: NaiveDateTime) -> DateTime<Utc> {
    Berlin.from_local_datetime(&time).earliest().map_or_else(
        || {
            let later = time + chrono::TimeDelta::hours(1);
            Berlin
                .from_local_datetime(&later)
                .earliest()
                .map_or_else(|| later.and_utc(), |at| at.with_timezone(&Utc))
        },
        |at| at.with_timezone(&Utc),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_deadline_ends_with_its_local_day_in_winter_and_in_summer() {
        assert_eq!(end_of_day(day("2008-02-15")).to_rfc3339(), "2008-02-15T23:00:00+00:00");
        assert_eq!(end_of_day(day("2008-07-15")).to_rfc3339(), "2008-07-15T22:00:00+00:00");
        assert_eq!(
            end_of_day(day("2008-03-30")) - start_of_day(day("2008-03-30")),
            chrono::TimeDelta::hours(23)
        );
    }

    #[test]
    fn moments_on_the_command_line_are_local_unless_they_say_otherwise() {
        let utc = |text| parse_moment(text).map(|at| at.to_rfc3339());
        assert_eq!(
            utc("2008-03-12T14:05:00+01:00").as_deref(),
            Some("2008-03-12T13:05:00+00:00")
        );
        assert_eq!(utc("2008-03-12 14:05").as_deref(), Some("2008-03-12T13:05:00+00:00"));
        assert_eq!(utc("2008-07-01").as_deref(), Some("2008-06-30T22:00:00+00:00"));
        assert_eq!(
            utc("2008-03-30T02:30").as_deref(),
            Some("2008-03-30T01:30:00+00:00"),
            "skipped hour"
        );
        assert_eq!(
            utc("2008-10-26T02:30").as_deref(),
            Some("2008-10-26T00:30:00+00:00"),
            "repeated hour"
        );
        assert_eq!(utc("12.03.2008"), None);
    }

    #[test]
    fn people_read_local_time() {
        let at = parse_moment("2008-03-12T13:05:00Z").unwrap();
        assert_eq!(long(at), "12.03.2008, 14:05 Uhr");
        assert_eq!(short(day_of(at)), "12.03.2008");
    }
}
