//! Many offices saving at the same moment, and a clock that jumps meanwhile.

use crate::support::{changes, story};
use chrono::TimeDelta;
use portal::{Barred, SaveError};
use survey::Entry;
use survey::status::Status;

const OFFICES: [&str; 3] = ["GS-1", "GS-2", "GS-3"];

story!(what_one_save_is_refused_for_does_not_touch_the_others, world => {
    world.in_the_field().await;
    let mut sessions = Vec::new();
    for kennung in OFFICES {
        sessions.push(world.office(kennung).await);
    }
    world.complete(&sessions[0]).await;
    world.portal.submit(&sessions[0]).await.unwrap();
    let mut running = Vec::new();
    for round in 0..20 {
        for (place, session) in sessions.iter().enumerate() {
            let item = if place == 1 && round % 2 == 1 { "nicht_da" } else { "Z1" };
            let (portal, session) = (world.portal.clone(), session.clone());
            let change = changes(&[(item, &format!("Anmerkung {round}"))], 0);
            running.push((place, item, tokio::spawn(async move { portal.save(&session, &change).await })));
        }
    }
    for (place, item, save) in running {
        match (place, save.await.unwrap()) {
            (0, Err(SaveError::Barred(Barred::Locked))) => {}
            (1, Err(SaveError::UnknownItem(_))) => assert_eq!(item, "nicht_da"),
            (1 | 2, Ok(saved)) => assert!(saved.conflicts.is_empty() && item == "Z1"),
            (_, other) => panic!("{place} {item}: {other:?}"),
        }
    }
    for (session, changes) in [(&sessions[1], 10), (&sessions[2], 20)] {
        assert_eq!(world.portal.history(session, "Z1").await.unwrap().len(), changes);
        let case = world.portal.case_of(session).await.unwrap().unwrap();
        assert_eq!(case.status, Status::Started);
    }
});

story!(a_caller_who_goes_away_takes_nobody_along, world => {
    world.in_the_field().await;
    let (one, other) = (world.office("GS-1").await, world.office("GS-2").await);
    for round in 0..30 {
        let (portal, session) = (world.portal.clone(), one.clone());
        let text = format!("weg {round}");
        let gone = tokio::spawn(async move { portal.save(&session, &changes(&[("Z1", &text)], 0)).await });
        let (portal, session) = (world.portal.clone(), other.clone());
        let text = format!("da {round}");
        let stays = tokio::spawn(async move { portal.save(&session, &changes(&[("Z1", &text)], 0)).await });
        tokio::task::yield_now().await;
        gone.abort();
        stays.await.unwrap().unwrap();
    }
    assert_eq!(world.portal.history(&other, "Z1").await.unwrap().len(), 30);
    assert_eq!(world.portal.verify(|_, _| {}).await.unwrap().damage, []);
});

story!(a_clock_that_jumps_loses_nothing_and_turns_no_order_round, world => {
    world.in_the_field().await;
    let one = world.office("GS-1").await;
    let mut base = 0;
    // Forward a day, back an hour, and over both changes of daylight saving.
    for (number, jump) in [0, 24 * 60, -60, -60, 70 * 24 * 60, 210 * 24 * 60, -300 * 24 * 60].into_iter().enumerate() {
        world.clock.advance(TimeDelta::minutes(jump));
        let text = format!("Angabe {number}");
        let saved = world.portal.save(&one, &changes(&[("Z1", &text)], base)).await.unwrap();
        assert!(saved.conflicts.is_empty());
        base = saved.revisions[0].1;
        let case = world.portal.case_of(&one).await.unwrap().unwrap();
        assert_eq!(case.entries().get("Z1"), Some(&Entry::Given(text)));
    }
    let history = world.portal.history(&one, "Z1").await.unwrap();
    let typed: Vec<_> = history.iter().rev().map(|change| change.entry.clone()).collect();
    assert_eq!(typed.len(), 7);
    assert!((0..7).all(|number| typed[number] == Some(Entry::Given(format!("Angabe {number}")))));

    // A session from the future is alive, and ends by the clock it began with.
    let signed = world.portal.sign_in("GS-1", "blauer Elefant am See", crate::support::HERE).await.unwrap();
    world.clock.advance(TimeDelta::hours(-1));
    assert!(world.portal.session(&signed.token).await.unwrap().is_some());
    world.clock.advance(TimeDelta::hours(9));
    assert!(world.portal.session(&signed.token).await.unwrap().is_none());
    world.complete(&world.sign_in("GS-1").await).await;
    assert_eq!(world.portal.verify(|_, _| {}).await.unwrap().damage, []);
});
