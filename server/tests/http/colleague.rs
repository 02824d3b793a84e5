//! A colleague who was asked for some modules, over HTTP: what they reach,
//! where they are led, and that nothing of the others shows anywhere.

use crate::client::Client;
use crate::page::forms;
use crate::world::{HOST, PASSWORD, Person, World};
use axum::body::Body;
use axum::http::Method;

/// Stands in a module the colleague was not asked for.
const SECRET: &str = "Geheimnis der Leitung";

async fn with_a_secret() -> (World, Client) {
    let world = World::new().await;
    let mut head = world.signed_in(Person::Unit("GS-1")).await;
    let kept = head
        .post(
            "/befragung/A",
            &[("rev__A5", "0"), ("A5", SECRET), ("rev__A3", "0"), ("A3", "51")],
        )
        .await;
    assert_eq!(kept.status, 303, "{}", kept.body);
    let reason = [("reason__A3_s1", "Ein Geheimnis der Leitung auch das.")];
    assert_eq!(head.post("/befragung/pruefung", &reason).await.status, 303);
    assert!(head.get("/befragung/druck").await.body.contains(SECRET));
    let colleague = world.signed_in(Person::Colleague).await;
    (world, colleague)
}

#[tokio::test]
async fn nothing_of_other_modules_shows_on_any_page() {
    let (_world, mut colleague) = with_a_secret().await;
    let mut seen = 0;
    for (method, route) in server::http::routes() {
        if method != Method::GET || !route.starts_with("/befragung") {
            continue;
        }
        let path = route.replace("{modul}", "D");
        for path in [
            path.clone(),
            format!("{path}?pruefen=1&leer=1"),
            format!("{path}?meldung=konflikt"),
        ] {
            let page = colleague.get(&path).await;
            assert!(!page.body.contains("Geheimnis"), "{path}");
            seen += usize::from(page.status == 200);
        }
    }
    assert!(seen > 20, "{seen} pages");
    for body in [
        r#"{"case":"2008/GS-1","changes":[],"reasons":[["A3_s1","Ein anderer Grund."]]}"#,
        r#"{"case":"2008/GS-1","changes":[{"item":"A5","base":0,"entry":{"g":"x"}}],"reasons":[]}"#,
        r#"{"case":"2008/GS-1","changes":[{"item":"B1","base":0,"entry":{"g":"5.000"}}],"reasons":[["B1_s1","x"]]}"#,
    ] {
        let request = colleague
            .request(Method::POST, "/api/antworten")
            .header("origin", format!("https://{HOST}"))
            .header("content-type", "application/json");
        let answer = colleague.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.body);
        assert!(!answer.body.contains("Geheimnis"), "{body}: {}", answer.body);
    }
}

#[tokio::test]
async fn modules_of_others_do_not_exist() {
    let (world, mut colleague) = with_a_secret().await;
    assert_eq!(colleague.get("/befragung/A").await.status, 404);
    for fields in [
        &[][..],
        &[("rev__A5", "0"), ("A5", "überschrieben")],
        &[("reason__A3_s1", "Anderes")],
    ] {
        let posted = colleague.post("/befragung/A", fields).await;
        assert_eq!(posted.status, 404, "{fields:?}: {}", posted.body);
    }
    let kept = Some(survey::Entry::Given(SECRET.into()));
    assert_eq!(world.stored("GS-1", "A5").await, kept);
    // On and back lead through their own modules, B and D.
    for (from, button, to) in [
        ("B", "trotzdem", "/befragung/D"),
        ("D", "trotzdem", "/befragung/pruefung"),
        ("D", "zurueck", "/befragung/B"),
        ("B", "zurueck", "/befragung"),
    ] {
        let answer = colleague
            .post(&format!("/befragung/{from}"), &[("aktion", button)])
            .await;
        assert_eq!(answer.location(), to, "{from} {button}");
    }
}

#[tokio::test]
async fn what_was_meant_for_a_colleague_is_decided_on_their_page() {
    let world = World::new().await;
    let mut browser = world.browser();
    let late = browser
        .post(
            "/befragung/kollegen/irgendwer/aendern",
            &[("einheit", "GS-1"), ("umfang", "alles")],
        )
        .await;
    assert_eq!(late.status, 401);
    let mut sign_in = forms(&late.body)
        .into_iter()
        .find(|form| form.action == "/anmelden")
        .unwrap();
    sign_in.set("kennung", "GS-1");
    sign_in.set("passwort", PASSWORD);
    let answer = sign_in.post(&mut browser, None).await;
    assert_eq!((answer.status, answer.location()), (303, "/befragung/kollegen"));
}
