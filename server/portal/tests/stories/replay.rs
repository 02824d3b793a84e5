//! The field phases of the demonstration, day by day: what the overview shows
//! for the end of each day is what the list of transitions says, computed past
//! the portal.

use crate::history::History;
use crate::support::{HERE, World, moment, story};
use chrono::{NaiveDate, TimeDelta};
use portal::{DemoSummary, DemoUnit, Group, Portal, Role, Session, SubmitError};
use survey::forecast::NoForecast;
use survey::rates::Rate;
use survey::status::Status;

/// Days that are looked at, from two before the first of each wave.
const DAYS: i64 = 120;

/// The demonstration in the field, and somebody of the institute.
async fn demonstration(world: &World) -> (DemoSummary, Session) {
    world.clock.advance(moment("2008-03-12T11:00") - world.clock.now());
    let made = world.portal.demo(false, |_, _| {}).await.unwrap();
    let viewer = made.staff.iter().find(|one| one.role == Role::Viewer).unwrap();
    let new = world
        .portal
        .sign_in(&viewer.login, &viewer.password, HERE)
        .await
        .unwrap();
    (made, new.session)
}

story!(every_day_of_every_field_phase_is_what_its_history_says, world => {
    let (_, session) = demonstration(&world).await;
    let portal = &world.portal;
    let history = History::read(&world.settings.database_url).await;
    world.clock.advance(TimeDelta::days(DAYS));

    let mut foretold = 0;
    for wave in portal.waves().await.unwrap() {
        let mut before = None;
        for number in 0..DAYS {
            let day = wave.start + TimeDelta::days(number - 2);
            let page = portal.overview(&session, wave.key, Some(day)).await.unwrap();
            assert_eq!((page.day, page.field_day), (day, number - 1));
            history.agrees(&page);
            let all = &page.groups[0];
            assert_eq!(all.group, Group::All);
            assert!(all.now.usable <= all.now.received && all.now.received <= all.now.listed);
            // Groups of a kind add up to all.
            let sum = |belongs: fn(&Group) -> bool| -> u32 {
                page.groups
                    .iter()
                    .filter(|line| belongs(&line.group))
                    .map(|line| line.now.received)
                    .sum()
            };
            assert_eq!(sum(|group| matches!(group, Group::Form(_))), all.now.received);
            assert_eq!(sum(|group| matches!(group, Group::Land(_))), all.now.received);
            if wave.previous.is_some() {
                assert_eq!(sum(|group| matches!(group, Group::Size(..))), all.now.received);
            }
            if let Some((received, listed)) = before {
                assert!(
                    listed != all.now.listed || received <= all.now.received,
                    "a return is never lost"
                );
            }
            before = Some((all.now.received, all.now.listed));
            match &page.forecast {
                Ok(said) => {
                    foretold += 1;
                    assert!(
                        all.now.received <= said.low && said.high <= all.now.listed,
                        "{day}: {said:?}"
                    );
                }
                Err(reason) => assert!(
                    wave.key < 2008 || *reason != NoForecast::NothingEarlier || number < 10,
                    "{day}"
                ),
            }
        }
    }
    assert!(foretold > 20, "a forecast on most days: {foretold}");
    // Whatever day an address names.
    let page = portal.overview(&session, 2008, Some(NaiveDate::MIN)).await.unwrap();
    assert_eq!((page.groups[0].now.received, page.day), (0, NaiveDate::MIN));
    // The latest state is that of the counters of the moment, too.
    let page = portal.overview(&session, 2008, None).await.unwrap();
    history.agrees(&page);
    let quotas = portal.quotas(&session, 2008).await.unwrap();
    let all = quotas.rows[0].1;
    assert_eq!(
        (all.rr1().numerator, all.denominator()),
        (page.groups[0].now.usable, page.groups[0].now.listed)
    );
    assert_eq!(quotas.outside.len(), 1);
    assert!(portal.verify(|_, _| {}).await.unwrap().damage.is_empty());
});

/// Every rate the pages show, with its name.
async fn rates(portal: &Portal, staff: &Session) -> Vec<(String, Rate)> {
    let page = portal.overview(staff, 2008, None).await.unwrap();
    let mut rates = Vec::new();
    for line in &page.groups {
        let of = |numerator| Rate {
            numerator,
            denominator: line.now.listed,
        };
        rates.push((format!("received {:?}", line.group), of(line.now.received)));
        rates.push((format!("usable {:?}", line.group), of(line.now.usable)));
    }
    for (group, outcomes) in portal.quotas(staff, 2008).await.unwrap().rows {
        let numbered = (1..).zip(outcomes.response_rates());
        rates.extend(numbered.map(|(number, rate)| (format!("RR{number} {group:?}"), rate)));
    }
    rates
}

/// An office of the demonstration fills in its questionnaire and hands it in,
/// with reasons where they are asked for.
async fn hand_in(world: &World, unit: &DemoUnit) {
    let office = world
        .portal
        .sign_in(&unit.login, &unit.password, HERE)
        .await
        .unwrap()
        .session;
    world.complete(&office).await;
    for _ in 0..2 {
        match world.portal.submit(&office).await {
            Ok(_) => return,
            Err(SubmitError::Open(findings)) => {
                let view = world.portal.case_of(&office).await.unwrap().unwrap();
                for finding in findings.open() {
                    let edit = finding
                        .edit
                        .unwrap_or_else(|| panic!("{}: {}", unit.kennung, finding.message));
                    let edit = &view.instrument[edit].id;
                    world
                        .portal
                        .confirm(&office, edit, "Geprüft, trifft zu.")
                        .await
                        .unwrap();
                }
            }
            Err(other) => panic!("{}: {other}", unit.kennung),
        }
    }
    panic!("{} could not hand in", unit.kennung);
}

story!(one_more_return_lowers_no_rate_of_any_page, world => {
    let (made, session) = demonstration(&world).await;
    let portal = &world.portal;
    let pending = |unit: &&DemoUnit| matches!(unit.status, Status::Invited | Status::Opened | Status::Started);
    let mut before = rates(portal, &session).await;
    let mut handed_in = 0;
    for unit in made.units.iter().filter(pending) {
        hand_in(&world, unit).await;
        handed_in += 1;
        let after = rates(portal, &session).await;
        assert_eq!(before.len(), after.len());
        let mut risen = 0;
        for ((name, before), (same, after)) in before.iter().zip(&after) {
            assert_eq!((name, before.denominator), (same, after.denominator), "{}", unit.kennung);
            assert!(before.numerator <= after.numerator, "{}: {name} {before:?} → {after:?}", unit.kennung);
            risen += usize::from(before.numerator < after.numerator);
        }
        // At least in all, by Form, Land and size class.
        assert!(risen >= 3, "{}: {risen}", unit.kennung);
        before = after;
    }
    assert!(handed_in >= 3, "{handed_in} offices handed in");
    assert!(portal.verify(|_, _| {}).await.unwrap().damage.is_empty());
});
