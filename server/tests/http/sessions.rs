//! Signing in and out: the cookie, where one is led on to, what is said when
//! it fails, and passwords set by a link.

use crate::world::{PASSWORD, Person, World};
use chrono::TimeDelta;

#[tokio::test]
async fn the_cookie_is_as_strict_as_cookies_can_be() {
    let world = World::new().await;
    let mut browser = world.browser();
    let fields = [("kennung", "GS-1"), ("passwort", PASSWORD), ("weiter", "")];
    let answer = browser.post("/anmelden", &fields).await;
    assert_eq!((answer.status, answer.location()), (303, "/befragung"));
    let cookie = answer.header("set-cookie");
    let (pair, flags) = cookie.split_once(';').unwrap();
    assert!(pair.starts_with("__Host-ruecklauf=") && pair.len() > 40, "{pair}");
    assert_eq!(flags, " Path=/; HttpOnly; SameSite=Lax; Secure");
    assert!(!answer.body.contains(pair.split_once('=').unwrap().1));

    let first = browser.clone();
    browser.post("/anmelden", &fields).await;
    assert_ne!(browser.cookie, first.cookie, "a new session at every sign-in");
    assert_eq!(
        first.clone().get("/befragung").await.status,
        303,
        "and the earlier one of this browser has ended"
    );
}

#[tokio::test]
async fn signing_out_ends_the_session_itself() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Unit("GS-1")).await;
    let mut copy = browser.clone();
    let mut elsewhere = world.signed_in(Person::Unit("GS-1")).await;
    let answer = browser.post("/abmelden", &[]).await;
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(
        copy.get("/befragung").await.status,
        303,
        "a copied cookie opens nothing"
    );
    assert_eq!(elsewhere.get("/befragung").await.status, 200, "other computers stay");

    let mut everywhere = world.signed_in(Person::Unit("GS-1")).await;
    everywhere.post("/abmelden", &[("ueberall", "1")]).await;
    assert_eq!(elsewhere.get("/befragung").await.status, 303);
}

#[tokio::test]
async fn one_is_led_on_to_own_pages_only() {
    let world = World::new().await;
    for (wanted, led_to) in [
        ("/befragung/D?pruefen=1", "/befragung/D?pruefen=1"),
        ("/institut", "/befragung"),
        ("https://boese.example/", "/befragung"),
        ("//boese.example", "/befragung"),
        ("/\\boese.example", "/befragung"),
        ("/befragung/../../x", "/befragung"),
    ] {
        let mut browser = world.browser();
        let fields = [("kennung", "GS-1"), ("passwort", PASSWORD), ("weiter", wanted)];
        let answer = browser.post("/anmelden", &fields).await;
        assert_eq!((answer.status, answer.location()), (303, led_to), "{wanted}");
    }
}

#[tokio::test]
async fn known_and_unknown_names_hear_the_same() {
    let world = World::new().await;
    let mut said = Vec::new();
    for login in ["GS-1", "GS-3", "GS-9"] {
        let mut browser = world.browser();
        let answer = browser
            .post("/anmelden", &[("kennung", login), ("passwort", "geraten geraten")])
            .await;
        assert_eq!(answer.status, 422);
        assert!(
            answer.body.contains(&format!("value=\"{login}\"")),
            "what was typed is still there"
        );
        assert!(!answer.body.contains("geraten"), "the password is not");
        let main = answer
            .body
            .split("<main")
            .nth(1)
            .and_then(|rest| rest.split("</main>").next())
            .unwrap()
            .replace(login, "");
        said.push(main);
    }
    assert_eq!(said[0], said[1]);
    assert_eq!(said[0], said[2]);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_says_until_when() {
    let world = World::new().await;
    let mut browser = world.browser();
    let mut answer = browser
        .post("/anmelden", &[("kennung", "GS-1"), ("passwort", "geraten 0")])
        .await;
    for round in 1..60 {
        if answer.status == 429 {
            break;
        }
        answer = browser
            .post(
                "/anmelden",
                &[("kennung", "GS-1"), ("passwort", &format!("geraten {round}"))],
            )
            .await;
    }
    assert_eq!(answer.status, 429);
    assert!(answer.body.contains("Zu viele Versuche"), "{}", answer.body);
    assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_looking_at_it_does_nothing() {
    let world = World::new().await;
    let mut browser = world.browser();
    let link = format!("/zugang/{}", world.token_in_mail("GS-3"));
    for _ in 0..3 {
        assert_eq!(browser.get(&link).await.status, 200);
    }
    let refused = browser
        .post(&link, &[("passwort", "kurz"), ("passwort2", "kurz")])
        .await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("12"), "{}", refused.body);
    let differing = browser
        .post(&link, &[("passwort", PASSWORD), ("passwort2", "anders als das erste")])
        .await;
    assert_eq!(differing.status, 422);
    let set = browser
        .post(&link, &[("passwort", PASSWORD), ("passwort2", PASSWORD)])
        .await;
    assert_eq!(
        (set.status, set.location()),
        (303, "/anmelden?meldung=passwort-gesetzt")
    );
    assert!(browser.cookie.is_none(), "setting a password signs nobody in");
    assert_eq!(browser.get(&link).await.status, 410);
    assert_eq!(
        browser
            .post(&link, &[("passwort", PASSWORD), ("passwort2", PASSWORD)])
            .await
            .status,
        410
    );
    assert_eq!(
        browser
            .post("/anmelden", &[("kennung", "GS-3"), ("passwort", PASSWORD)])
            .await
            .status,
        303
    );
}

#[tokio::test]
async fn an_idle_session_ends_and_the_page_wanted_is_remembered() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Unit("GS-1")).await;
    world.clock.advance(TimeDelta::minutes(31));
    let answer = browser.get("/befragung/H?pruefen=1").await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/anmelden?weiter=%2Fbefragung%2FH%3Fpruefen%3D1")
    );
    let page = browser.get(answer.location()).await;
    assert!(page.body.contains("value=\"/befragung/H?pruefen=1\""), "{}", page.body);
}
