//! The time, as a parameter: nothing else in the program asks for it.
//!
//! Knows no time zone; see [`crate::berlin`] for local days and hours.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Tells the time: the system's, or one that stands still until it is moved
/// (tests, `--at`). Clones share the same time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that shows `at` until [`Clock::advance`] moves it.
    #[must_use]
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(at.timestamp_micros()))))
    }

    /// Now, in whole microseconds: what the store can hold.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Source::System => from_micros(system_now().timestamp_micros()),
            Source::Fixed(at) => from_micros(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a fixed clock, backwards too; the system's is left alone.
    pub fn advance(&self, by: TimeDelta) {
        if let Source::Fixed(at) = &self.0 {
            at.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
        }
    }

    /// Waits for `time`; a fixed clock moves on by it instead.
    pub(crate) async fn pause(&self, time: std::time::Duration) {
        match &self.0 {
            Source::System => tokio::time::sleep(time).await,
            Source::Fixed(_) => self.advance(TimeDelta::from_std(time).unwrap_or_default()),
        }
    }
}

/// A moment from what the store holds; moments no calendar has become 1970.
pub(crate) fn from_micros(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
fn system_now() -> DateTime<Utc> {
    DateTime::from(std::time::SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_fixed_clock_move_together() {
        let start = from_micros(1_200_000_000_000_000);
        let clock = Clock::fixed(start);
        let other = clock.clone();
        clock.advance(TimeDelta::minutes(31));
        assert_eq!(other.now(), start + TimeDelta::minutes(31));
        other.advance(TimeDelta::hours(-1));
        assert_eq!(clock.now(), start - TimeDelta::minutes(29));
    }
}
