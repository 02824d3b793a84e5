//! At most so many mails a minute, across rounds, restarts and processes: the
//! first one waits for what is left since the last one that is on record.

use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Longest sleep before `stop` is asked again.
const SLICE: Duration = Duration::from_millis(200);

/// The distance between two mails.
pub(super) struct Pace {
    every: Duration,
    next: Instant,
}

impl Pace {
    /// `last`: when the last mail was handed over, as far as is known, seen
    /// from `now`. Where the clock was set back, a whole distance is kept.
    pub(super) fn new(per_minute: u32, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let every = Duration::from_secs(60) / per_minute.max(1);
        Self {
            every,
            next: Instant::now() + left_of(every, last, now),
        }
    }

    /// Waits for its turn; false where `stop` was faster.
    pub(super) async fn turn(&mut self, stop: &(dyn Fn() -> bool + Send + Sync)) -> bool {
        loop {
            let left = self.next.saturating_duration_since(Instant::now());
            if left.is_zero() {
                self.next = Instant::now() + self.every;
                return true;
            }
            if stop() {
                return false;
            }
            sleep(left.min(SLICE)).await;
        }
    }
}

/// What is left of a distance since `last`.
fn left_of(every: Duration, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Duration {
    let passed = last.map_or(every, |last| (now - last).to_std().unwrap_or_default());
    every.saturating_sub(passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_mail_waits_for_what_is_left_since_the_last() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let left = |last: Option<i64>| left_of(Duration::from_secs(10), last.map(at), at(1_000)).as_secs();
        assert_eq!(left(None), 0);
        assert_eq!(left(Some(900)), 0);
        assert_eq!(left(Some(997)), 7);
        assert_eq!(left(Some(4_600)), 10, "the clock was set back");
    }

    #[tokio::test]
    async fn stop_ends_the_waiting() {
        let now = DateTime::from_timestamp(0, 0).unwrap();
        let mut pace = Pace::new(1, None, now);
        assert!(pace.turn(&|| true).await, "nobody has to wait");
        assert!(!pace.turn(&|| true).await, "a minute would be to wait");
        assert!(!Pace::new(1, Some(now), now).turn(&|| true).await);
    }
}
