//! Signing in, sessions and their limits, throttling.

use crate::support::{HERE, World, count, moment, run, story};
use chrono::TimeDelta;
use portal::{SignInError, Who};
use std::net::IpAddr;

const RIGHT: &str = "blauer Elefant am See";
const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 1));

async fn fails(world: &World, login: &str, from: IpAddr) -> SignInError {
    world
        .portal
        .sign_in(login, "nicht das richtige", from)
        .await
        .map(|_| ())
        .unwrap_err()
}

story!(a_session_lasts_30_idle_minutes_and_8_hours, world => {
    world.in_the_field().await;
    world.office("GS-1").await;
    let signed = world.portal.sign_in("gs-1", RIGHT, HERE).await.unwrap();
    let Who::Unit { kennung, head, .. } = &signed.session.who else { panic!() };
    assert_eq!((kennung.as_str(), *head), ("GS-1", true));
    assert_eq!(signed.session.display_name, "Eva Öhm");

    let alive = async || world.portal.session(&signed.token).await.unwrap();
    world.clock.advance(TimeDelta::minutes(29));
    let session = alive().await.unwrap();
    assert_eq!(session.idle_until, moment("2008-01-14T09:59"), "used at 9:29");
    world.clock.advance(TimeDelta::minutes(30));
    assert!(alive().await.is_none(), "idle too long");

    let signed = world.portal.sign_in("GS-1", RIGHT, HERE).await.unwrap();
    let alive = async || world.portal.session(&signed.token).await.unwrap();
    for _ in 0..23 {
        world.clock.advance(TimeDelta::minutes(20));
        assert!(alive().await.is_some());
    }
    let session = alive().await.unwrap();
    assert_eq!(session.idle_until, session.absolute_until, "the warning knows the absolute end");
    world.clock.advance(TimeDelta::minutes(20));
    assert!(alive().await.is_none(), "eight hours are over");
    assert!(world.portal.session("nie gesehen").await.unwrap().is_none());
});

story!(signing_out_ends_one_session_or_all, world => {
    world.in_the_field().await;
    world.office("GS-1").await;
    let mut tokens = Vec::new();
    for _ in 0..3 {
        tokens.push(world.portal.sign_in("GS-1", RIGHT, HERE).await.unwrap());
    }
    let alive = async |n: usize| world.portal.session(&tokens[n].token).await.unwrap().is_some();
    world.portal.sign_out(&tokens[0].session).await.unwrap();
    assert_eq!([alive(0).await, alive(1).await, alive(2).await], [false, true, true]);
    world.portal.sign_out_everywhere(&tokens[1].session).await.unwrap();
    assert_eq!([alive(1).await, alive(2).await], [false, false]);
});

story!(unknown_names_missing_and_overlong_passwords_are_all_just_wrong, world => {
    world.in_the_field().await;
    let overlong = "x".repeat(100_000);
    let attempts = [
        ("gibt es nicht", RIGHT),
        ("GS-2", RIGHT),
        ("GS-2", ""),
        ("GS-2", overlong.as_str()),
        ("", ""),
        ("\0", "\0"),
    ];
    for (login, password) in attempts {
        let refused = world.portal.sign_in(login, password, HERE).await.map(|_| ()).unwrap_err();
        assert!(matches!(refused, SignInError::Wrong), "{login}: {refused}");
    }
});

story!(guessing_slows_down_one_address_and_locks_nobody_else_out, world => {
    world.in_the_field().await;
    world.office("GS-1").await;
    for n in 0..5 {
        assert!(matches!(fails(&world, "GS-1", HERE).await, SignInError::Wrong), "{n}");
    }
    let mut waits = Vec::new();
    for _ in 0..4 {
        let SignInError::Throttled { until } = fails(&world, "gs-1", HERE).await else { panic!("not throttled") };
        waits.push((until - world.clock.now()).num_seconds());
        let right = world.portal.sign_in("GS-1", RIGHT, HERE).await;
        assert!(matches!(right, Err(SignInError::Throttled { .. })), "not even the right one");
        world.clock.advance(until - world.clock.now());
        assert!(matches!(fails(&world, "GS-1", HERE).await, SignInError::Wrong), "never for good");
    }
    assert_eq!(waits, [2, 4, 8, 16]);
    world.portal.sign_in("GS-1", RIGHT, ELSEWHERE).await.unwrap();
    fails(&world, "GS-2", HERE).await;
    world.clock.advance(TimeDelta::minutes(15));
    world.portal.sign_in("GS-1", RIGHT, HERE).await.unwrap();
    for n in 0..5 {
        assert!(matches!(fails(&world, "GS-1", HERE).await, SignInError::Wrong), "forgiven: {n}");
    }
});

story!(one_address_cannot_try_name_after_name, world => {
    world.in_the_field().await;
    world.office("GS-1").await;
    for n in 0..30 {
        assert!(matches!(fails(&world, &format!("name-{n}"), HERE).await, SignInError::Wrong), "{n}");
    }
    let SignInError::Throttled { until } = fails(&world, "name-30", HERE).await else { panic!("not throttled") };
    assert!(until - world.clock.now() <= TimeDelta::minutes(1));
    world.portal.sign_in("GS-1", RIGHT, ELSEWHERE).await.unwrap();
});

story!(failing_from_many_addresses_only_delays_the_owner, world => {
    world.in_the_field().await;
    world.office("GS-1").await;
    for n in 0..40 {
        let from: IpAddr = format!("203.0.113.{n}").parse().unwrap();
        assert!(matches!(fails(&world, "GS-1", from).await, SignInError::Wrong), "{n}");
    }
    let before = world.clock.now();
    world.portal.sign_in("GS-1", RIGHT, ELSEWHERE).await.unwrap();
    assert_eq!(world.clock.now() - before, TimeDelta::seconds(3), "the longest delay");
});

story!(many_guesses_at_once_gain_nothing, world => {
    world.in_the_field().await;
    world.office("GS-1").await;
    let guesses = (0..12).map(|_| {
        let portal = world.portal.clone();
        tokio::spawn(async move { portal.sign_in("GS-1", "nicht das richtige", HERE).await.map(|_| ()).unwrap_err() })
    });
    let mut looked_at = 0;
    for guess in guesses.collect::<Vec<_>>() {
        looked_at += usize::from(matches!(guess.await.unwrap(), SignInError::Wrong));
    }
    assert_eq!(looked_at, 5, "five free ones, then the door is shut");
});

story!(a_password_hashed_with_weaker_parameters_is_hashed_anew, world => {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
    world.in_the_field().await;
    world.office("GS-1").await;
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8_192, 1, 1, None).unwrap());
    let hash = weak.hash_password(RIGHT.as_bytes()).unwrap().to_string();
    let url = &world.settings.database_url;
    run(url, &format!("UPDATE accounts SET password_hash = '{hash}' WHERE login = 'GS-1'")).await;
    let strong = "SELECT COUNT(*) FROM accounts WHERE login = 'GS-1' AND password_hash LIKE '%m=19456,t=2,p=1%'";
    assert!(matches!(fails(&world, "GS-1", HERE).await, SignInError::Wrong));
    assert_eq!(count(url, strong).await, 0, "only the right password is known");
    world.portal.sign_in("GS-1", RIGHT, HERE).await.unwrap();
    assert_eq!(count(url, strong).await, 1);
    world.portal.sign_in("GS-1", RIGHT, HERE).await.unwrap();
});
