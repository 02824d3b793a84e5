//! How many returns there will be at the deadline, as far as earlier waves
//! tell: a ratio estimator, nothing cleverer.
//!
//! By the end of some field day an earlier wave had received a share of what
//! it had at its deadline. What is in now, divided by that share (over all
//! earlier waves together), is the forecast; the smallest and the largest
//! share of a single wave give its range. How wrong the same rule would have
//! been on the same field day of earlier waves, each from those before it,
//! stands beside it. Counts only; knows no calendar.

/// Returns of one wave by field day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// Received in all by the end of each field day, the first one first.
    /// After the last entry nothing changes.
    pub received: Vec<u32>,
    /// Field day of the deadline, the first being 0.
    pub deadline: usize,
    /// Units that belong to the survey.
    pub listed: u32,
}

impl Course {
    /// Received by the end of a field day.
    #[must_use]
    pub fn by(&self, day: usize) -> u32 {
        self.received.get(day).or(self.received.last()).copied().unwrap_or(0)
    }

    /// Received by the deadline.
    #[must_use]
    pub fn at_deadline(&self) -> u32 {
        self.by(self.deadline)
    }
}

/// What is expected at the deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Best guess.
    pub expected: u32,
    /// Where the wave that was furthest by now is the rule.
    pub low: u32,
    /// Where the wave that was least far by now is the rule.
    pub high: u32,
    /// Places of the waves it rests on, among those given.
    pub from: Vec<usize>,
}

/// What the rule would have said in an earlier wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastError {
    /// Place of the wave among those given.
    pub wave: usize,
    /// What it would have said on that field day.
    pub expected: u32,
    /// What came by its deadline.
    pub came: u32,
}

/// Why there is no forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoForecast {
    /// The deadline has passed, or is today.
    Over,
    /// Nothing is in yet.
    NothingIn,
    /// No earlier wave had anything in by this field day.
    NothingEarlier,
}

/// The forecast on a field day from earlier waves, oldest first.
///
/// # Errors
/// Why there is none.
pub fn forecast(now: &Course, today: usize, earlier: &[Course]) -> Result<Forecast, NoForecast> {
    if today >= now.deadline {
        return Err(NoForecast::Over);
    }
    let here = now.by(today);
    if here == 0 {
        return Err(NoForecast::NothingIn);
    }
    let from: Vec<usize> = (0..earlier.len())
        .filter(|place| earlier[*place].by(today) > 0 && earlier[*place].at_deadline() > 0)
        .collect();
    // What was in by the deadline and by this day; the day never lies after the deadline.
    let parts = from.iter().map(|place| {
        let wave = &earlier[*place];
        (
            u64::from(wave.at_deadline()),
            u64::from(wave.by(today.min(wave.deadline))),
        )
    });
    let scaled = |(whole, part): (u64, u64)| {
        let guess = (u64::from(here) * whole * 2 + part).checked_div(part * 2).unwrap_or(0);
        // Never below what is in, never above what there is.
        let most = u64::from(now.listed).max(u64::from(here));
        u32::try_from(guess.clamp(u64::from(here), most)).unwrap_or(u32::MAX)
    };
    let together = parts
        .clone()
        .fold((0, 0), |(whole, part), one| (whole + one.0, part + one.1));
    let guesses = parts.map(scaled);
    match (guesses.clone().min(), guesses.max()) {
        (Some(low), Some(high)) => Ok(Forecast {
            expected: scaled(together).clamp(low, high),
            low,
            high,
            from,
        }),
        _ => Err(NoForecast::NothingEarlier),
    }
}

/// What the same rule would have said on the same field day of every earlier
/// wave, from the waves before it, and what came.
#[must_use]
pub fn past_errors(today: usize, earlier: &[Course]) -> Vec<PastError> {
    (1..earlier.len())
        .filter_map(|wave| {
            let said = forecast(&earlier[wave], today, &earlier[..wave]).ok()?;
            Some(PastError {
                wave,
                expected: said.expected,
                came: earlier[wave].at_deadline(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn course(new: &[u32], deadline: usize, listed: u32) -> Course {
        let received = new.iter().scan(0, |sum, new| {
            *sum += new;
            Some(*sum)
        });
        Course {
            received: received.collect(),
            deadline,
            listed,
        }
    }

    #[test]
    fn half_of_what_came_is_in_so_as_much_again_will_come() {
        let earlier = [course(&[100, 100, 100, 100, 20], 3, 440)];
        let now = course(&[80, 70], 3, 440);
        let said = forecast(&now, 1, &earlier).unwrap();
        assert_eq!((said.expected, said.low, said.high), (300, 300, 300));
        assert_eq!(
            past_errors(1, &earlier),
            [],
            "one earlier wave tells nothing of the error"
        );
    }

    #[test]
    fn two_waves_give_a_range_and_an_error() {
        let earlier = [course(&[50, 50, 100], 2, 400), course(&[100, 100, 100], 2, 400)];
        let said = forecast(&course(&[30, 30], 2, 400), 1, &earlier).unwrap();
        assert_eq!((said.expected, said.low, said.high), (100, 90, 120));
        let error = PastError {
            wave: 1,
            expected: 400,
            came: 300,
        };
        assert_eq!(past_errors(1, &earlier), [error]);
    }

    #[test]
    fn where_nothing_can_be_said_nothing_is_said() {
        let earlier = [course(&[0, 10, 10], 2, 40)];
        assert_eq!(forecast(&course(&[5], 3, 40), 0, &[]), Err(NoForecast::NothingEarlier));
        assert_eq!(
            forecast(&course(&[5], 3, 40), 0, &earlier),
            Err(NoForecast::NothingEarlier)
        );
        assert_eq!(forecast(&course(&[0], 3, 40), 0, &earlier), Err(NoForecast::NothingIn));
        assert_eq!(forecast(&course(&[5], 3, 40), 3, &earlier), Err(NoForecast::Over));
    }

    fn courses() -> impl Strategy<Value = Course> {
        (proptest::collection::vec(0_u32..40, 1..50), 0_usize..60, 0_u32..300).prop_map(|(new, deadline, more)| {
            let all: u32 = new.iter().sum();
            course(&new, deadline, all + more)
        })
    }

    proptest! {
        #[test]
        fn never_below_what_is_in_and_never_above_what_there_is(
            now in courses(), today in 0_usize..60, earlier in proptest::collection::vec(courses(), 0..4),
        ) {
            if let Ok(said) = forecast(&now, today, &earlier) {
                prop_assert!(now.by(today) <= said.low && said.low <= said.expected);
                prop_assert!(said.expected <= said.high && said.high <= now.listed);
            }
        }

        #[test]
        fn more_returns_today_never_lower_it(
            now in courses(), today in 0_usize..60, earlier in proptest::collection::vec(courses(), 0..4),
        ) {
            let mut better = now.clone();
            better.received.iter_mut().for_each(|sum| *sum += 1);
            better.listed += 1;
            if let (Ok(said), Ok(then)) = (forecast(&now, today, &earlier), forecast(&better, today, &earlier)) {
                prop_assert!(then.expected >= said.expected && then.low >= said.low && then.high >= said.high);
            }
        }

        #[test]
        fn a_wave_that_repeats_itself_is_foretold_exactly(one in courses(), today in 0_usize..60) {
            if let Ok(said) = forecast(&one, today, std::slice::from_ref(&one)) {
                prop_assert_eq!(said.expected, one.at_deadline());
            }
        }
    }
}
