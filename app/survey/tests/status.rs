//! Transitions: random sequences of events never break the rules.

use proptest::prelude::*;
use survey::rates::{Outcomes, disposition};
use survey::status::{Event, Facts, Status, apply};

fn any_event() -> impl Strategy<Value = (Event, bool)> {
    (prop::sample::select(Event::ALL.to_vec()), any::<bool>())
}

proptest! {
    #[test]
    fn random_events_keep_the_rules(events in prop::collection::vec(any_event(), 0..40)) {
        let mut status = Status::NotInvited;
        let mut ever_submitted = false;
        for (event, meets_rule) in events {
            let Ok(next) = apply(status, event, &Facts { ever_submitted, meets_rule }) else { continue };
            if event == Event::Submit {
                prop_assert_eq!(status, Status::Started);
                prop_assert_eq!(next, if meets_rule { Status::Usable } else { Status::Submitted });
                ever_submitted = true;
            }
            prop_assert!(status != Status::Ineligible, "nothing leads out of ineligible");
            prop_assert!(next != Status::Refused || !ever_submitted, "refused only before a submission");
            let handed_in = matches!(next, Status::Submitted | Status::Query | Status::Usable | Status::Unusable);
            prop_assert!(!handed_in || ever_submitted);
            if next == Status::Started && handed_in_before(status) {
                prop_assert_eq!(event, Event::Reopen);
            }
            status = next;
        }
    }

    #[test]
    fn one_more_usable_case_never_lowers_a_rate(statuses in prop::collection::vec(prop::sample::select(Status::ALL.to_vec()), 1..60), which in any::<prop::sample::Index>()) {
        let outcomes = |statuses: &[Status]| {
            let mut all = Outcomes::default();
            statuses.iter().for_each(|status| all.add(disposition(*status, true)));
            all
        };
        let before = outcomes(&statuses);
        let mut better = statuses.clone();
        let at = which.index(better.len());
        if better[at] == Status::Ineligible { return Ok(()); }
        better[at] = Status::Usable;
        let after = outcomes(&better);
        for (old, new) in before.response_rates().into_iter().zip(after.response_rates()) {
            prop_assert!(new.basis_points() >= old.basis_points());
        }
        prop_assert_eq!(before.denominator(), after.denominator());
    }
}

fn handed_in_before(status: Status) -> bool {
    matches!(
        status,
        Status::Submitted | Status::Query | Status::Usable | Status::Unusable
    )
}

#[test]
fn the_papers_rates_come_out() {
    let rate = |usable: u32, all: u32| {
        let mut outcomes = Outcomes::default();
        (0..all).for_each(|at| {
            outcomes.add(disposition(
                if at < usable { Status::Usable } else { Status::Invited },
                false,
            ))
        });
        outcomes.rr1().percent()
    };
    // 421 of 443 usable in the third wave: 95 per cent (paper, section 2).
    assert_eq!(rate(421, 443), Some(95));
    assert_eq!(rate(390, 443), Some(88));
    assert_eq!(rate(0, 0), None);
}
