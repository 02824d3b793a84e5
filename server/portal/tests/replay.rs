//! The field phases of the demonstration, day by day: what the overview shows
//! for the end of each day is what the list of transitions says, computed past
//! the portal.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod history;

use chrono::TimeDelta;
use history::History;
use portal::{BaseUrl, Clock, Group, MailTarget, Portal, Settings, berlin};
use survey::forecast::NoForecast;

/// Days that are looked at, from two before the first of each wave.
const DAYS: i64 = 120;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_day_of_every_field_phase_is_what_its_history_says() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("demo.db").display());
    let base_url = BaseUrl::parse("https://ruecklauf.example").unwrap();
    let settings = Settings::new(url.clone(), base_url, MailTarget::Dir(dir.path().join("post")));
    let clock = Clock::fixed(berlin::parse_moment("2008-03-12T11:00").unwrap());
    let portal = Portal::open(settings, clock.clone()).await.unwrap();
    let made = portal.demo(false, |_, _| {}).await.unwrap();
    let viewer = &made.staff[2];
    let from = std::net::Ipv4Addr::LOCALHOST.into();
    let session = portal
        .sign_in(&viewer.login, &viewer.password, from)
        .await
        .unwrap()
        .session;
    let history = History::read(&url).await;
    clock.advance(TimeDelta::days(DAYS));

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
}
