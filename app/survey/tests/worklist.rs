//! The worklist's rule: monotone in what it says it is monotone in, and never
//! a case that is not to be called.

use proptest::prelude::*;
use survey::status::Status;
use survey::worklist::{Call, Candidate, Ranked, Share, rank};

fn candidate() -> impl Strategy<Value = Candidate> {
    let status = proptest::sample::select(Status::ALL.to_vec());
    let call = proptest::option::of((0..40_u32, proptest::option::of(-20..20_i32), any::<bool>()));
    let parts = (0..90_u32, 0..90_u32, 0..60_u32, -40..60_i32, 0..50_u32, 0..50_u32);
    let more = (any::<bool>(), proptest::option::of(0..30_u32), call, 0..8_u32);
    (status, parts, more).prop_map(|(status, parts, more)| {
        let (asked, answered, silent_days, days_left, part, others) = parts;
        let (unreachable_by_mail, contacted_days, call, calls_missed) = more;
        Candidate {
            status,
            answered: answered.min(asked),
            asked,
            silent_days,
            days_left,
            group: Share {
                part: part.min(50),
                of: 50,
            },
            all: Share {
                part: others.max(1),
                of: 50,
            },
            unreachable_by_mail,
            contacted_days,
            call: call.map(|(days_ago, back_in, promised)| Call {
                days_ago,
                back_in,
                promised,
            }),
            calls_missed,
        }
    })
}

fn points(case: &Candidate) -> Option<i32> {
    rank(case, "zkT in Hessen").map(|ranked| ranked.points)
}

proptest! {
    #[test]
    fn only_those_waited_for_are_called(case in candidate()) {
        let waited = matches!(case.status, Status::Invited | Status::Opened | Status::Started);
        prop_assert!(waited || rank(&case, "x").is_none());
    }

    #[test]
    fn points_are_the_sum_of_their_reasons(case in candidate()) {
        if let Some(Ranked { points, reasons }) = rank(&case, "x") {
            prop_assert_eq!(points, reasons.iter().map(|one| one.points).sum::<i32>());
            prop_assert!(reasons.len() >= 3);
            prop_assert!(reasons.iter().all(|one| !one.text.is_empty()));
        }
    }

    #[test]
    fn more_progress_never_lowers(case in candidate(), more in 0..50_u32) {
        let further = Candidate { answered: (case.answered + more).min(case.asked), ..case.clone() };
        prop_assert!(points(&further) >= points(&case));
    }

    #[test]
    fn a_nearer_deadline_never_lowers(case in candidate(), days in 0..40_i32) {
        let nearer = Candidate { days_left: case.days_left - days, ..case.clone() };
        prop_assert!(points(&nearer) >= points(&case));
    }

    #[test]
    fn longer_silence_never_lowers(case in candidate(), days in 0..40_u32) {
        let longer = Candidate { silent_days: case.silent_days + days, ..case.clone() };
        prop_assert!(points(&longer) >= points(&case));
    }

    #[test]
    fn a_more_recent_contact_never_raises(case in candidate(), days in 0..30_u32) {
        let recent = Candidate { contacted_days: Some(case.contacted_days.unwrap_or(60).saturating_sub(days)), ..case.clone() };
        prop_assert!(points(&recent) <= points(&case));
    }

    #[test]
    fn another_call_in_vain_never_raises(case in candidate()) {
        let again = Candidate { calls_missed: case.calls_missed + 1, ..case.clone() };
        prop_assert!(points(&again) <= points(&case));
    }

    #[test]
    fn who_is_to_be_called_later_rests_until_then(case in candidate(), days in 1..30_i32) {
        let call = |back_in| Some(Call { days_ago: 0, back_in: Some(back_in), promised: false });
        let later = Candidate { call: call(days), ..case.clone() };
        prop_assert!(rank(&later, "x").is_none());
        let due = Candidate { call: call(0), status: Status::Started, ..case };
        prop_assert!(rank(&due, "x").is_some());
    }
}

#[test]
fn the_reasons_read_as_people_say_them() {
    let case = Candidate {
        status: Status::Started,
        answered: 65,
        asked: 78,
        silent_days: 6,
        days_left: 3,
        group: Share { part: 11, of: 18 },
        all: Share { part: 80, of: 100 },
        unreachable_by_mail: false,
        contacted_days: None,
        call: None,
        calls_missed: 0,
    };
    let ranked = rank(&case, "zkT in Hessen").unwrap();
    let said: Vec<(&str, i32)> = ranked
        .reasons
        .iter()
        .map(|one| (one.text.as_str(), one.points))
        .collect();
    let expected = [
        ("83 % ausgefüllt", 33),
        ("seit 6 Tagen still", 8),
        ("Frist in 3 Tagen", 14),
        ("zkT in Hessen erst 61 %", 9),
    ];
    assert_eq!((said.as_slice(), ranked.points), (expected.as_slice(), 64));
    // Called today without an agreed day: tomorrow again; promised: in five days.
    let called = |days_ago, promised| Candidate {
        call: Some(Call {
            days_ago,
            back_in: None,
            promised,
        }),
        ..case.clone()
    };
    let listed = [(0, false), (1, false), (4, true), (5, true)]
        .map(|(days, promised)| rank(&called(days, promised), "x").is_some());
    assert_eq!(listed, [false, true, false, true]);
}
