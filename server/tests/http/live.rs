//! Pages that change while one looks: what the stream says, and when it ends.

use crate::client::Client;
use crate::world::{Person, World};
use axum::body::Body;
use axum::http::Method;
use chrono::TimeDelta;
use http_body_util::BodyExt;
use portal::{Decision, Role};
use std::time::Duration;
use tokio::time::timeout;
use tower::ServiceExt;

/// Longer than the stream waits for anything.
const PATIENCE: Duration = Duration::from_secs(8);

/// An open stream.
struct Stream(Body);

impl Stream {
    async fn open(world: &World, browser: &Client) -> Self {
        let request = browser
            .request(Method::GET, "/institut/ereignisse")
            .header("accept-encoding", "gzip, br")
            .body(Body::empty())
            .unwrap();
        let answer = world.service.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert!(!answer.headers().contains_key("content-encoding"), "nothing gathers it");
        Self(answer.into_body())
    }

    /// The next text, or `None` where the stream has ended.
    async fn next(&mut self) -> Option<String> {
        let frame = timeout(PATIENCE, self.0.frame()).await.expect("in time")?;
        Some(String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap())
    }

    /// The next number of the wave of 2008.
    async fn number(&mut self) -> i64 {
        loop {
            let text = self.next().await.expect("a number");
            let Some(data) = text.strip_prefix("event: stand\ndata: ") else {
                assert_eq!(text, ":\n\n");
                continue;
            };
            let numbers: serde_json::Value = serde_json::from_str(data.trim()).unwrap();
            return numbers["2008"].as_i64().unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_is_told_to_everybody_who_listens_also_from_another_process() {
    let world = World::new().await;
    let viewer = world.signed_in(Person::Staff(Role::Viewer)).await;
    let editor = world.signed_in(Person::Staff(Role::Editor)).await;
    let (mut one, mut other) = (Stream::open(&world, &viewer).await, Stream::open(&world, &editor).await);
    let (before, too) = (one.number().await, other.number().await);
    assert_eq!(before, too);
    let from = std::net::Ipv4Addr::LOCALHOST.into();
    let session = world
        .portal
        .sign_in("editor@iaw.example", crate::world::PASSWORD, from)
        .await
        .unwrap()
        .session;
    // Another process on the same database.
    let elsewhere = portal::Portal::open(world.portal.settings().clone(), world.clock.clone())
        .await
        .unwrap();
    elsewhere
        .decide(&session, 2008, "GS-3", Decision::Refused, "Keine Zeit")
        .await
        .unwrap();
    assert!(one.number().await > before);
    assert!(other.number().await > before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_with_its_sign_in_and_does_not_keep_it_alive() {
    let world = World::new().await;
    let mut viewer = world.signed_in(Person::Staff(Role::Viewer)).await;
    let mut stream = Stream::open(&world, &viewer).await;
    stream.number().await;
    // What scripts fetch by themselves, again and again, is no use either.
    for _ in 0..3 {
        world.clock.advance(TimeDelta::minutes(9));
        let request = viewer.request(Method::GET, "/institut").header("x-nebenbei", "ja");
        let answer = viewer.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 200);
        let _another = Stream::open(&world, &viewer).await;
    }
    world.clock.advance(TimeDelta::minutes(4));
    let mut texts = Vec::new();
    while let Some(text) = stream.next().await {
        texts.push(text);
    }
    assert_eq!(texts.last().map(String::as_str), Some("event: ende\ndata: 1\n\n"));
    assert_eq!(viewer.get("/institut").await.status, 303, "half an hour without use");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_end_when_the_program_stops() {
    let world = World::new().await;
    let viewer = world.signed_in(Person::Staff(Role::Viewer)).await;
    let mut stream = Stream::open(&world, &viewer).await;
    stream.number().await;
    world.changes.stop();
    assert_eq!(stream.next().await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_carry_the_number_they_were_made_at_and_files_their_numbers() {
    let world = World::new().await;
    let mut editor = world.signed_in(Person::Staff(Role::Editor)).await;
    let mut stream = Stream::open(&world, &editor).await;
    let number = stream.number().await;
    let page = editor.get("/institut").await.body;
    assert!(page.contains(&format!("data-stand=\"{number}\"")), "{number}");
    let file = editor.get("/institut/ruecklauf.csv?welle=2008").await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        file.body.contains("2008;14.01.2008;Insgesamt;;3;0;0,0;0;0,0\r\n"),
        "{}",
        file.body
    );
    let curve = editor.get("/institut/kurve.csv?welle=2008&tag=2008-01-14").await;
    assert!(
        curve
            .body
            .contains("2008;1;14.01.2008;ja;3;0;0,0;0;0,0;Einladung (3)\r\n"),
        "{}",
        curve.body
    );
    let funnel = editor.get("/institut/trichter.csv?welle=2008").await;
    assert!(
        funnel.body.contains("2008;14.01.2008;eingeladen;3;3;100,0;\r\n")
            && funnel.body.contains(";vollständig verwertbar;0;3;0,0;\r\n"),
        "{}",
        funnel.body
    );
    let steps = editor.get("/institut/wirkung.csv?welle=2008").await;
    assert!(
        steps
            .body
            .contains("2008;14.01.2008;Einladung;14.01.2008;3;0;0,0;läuft noch\r\n"),
        "{}",
        steps.body
    );
    let quotas = editor.get("/institut/quoten.csv?welle=2008").await;
    assert!(
        quotas.body.contains("2008;Form;zkT;0;0;0;0;1;0;0;1;0,0;"),
        "{}",
        quotas.body
    );
    for bad in ["?welle=2008&tag=morgen", "?welle=x", "", "?welle=2008&mehr=1"] {
        let answer = editor.get(&format!("/institut/kurve.csv{bad}")).await;
        assert_eq!(answer.status, 400, "{bad}");
    }
    assert_eq!(editor.get("/institut/kurve.csv?welle=1999").await.status, 404);
    let asked = editor.get("/institut?welle=2008&tag=gestern").await;
    assert!(asked.body.contains("„gestern“ ist kein Tag"), "{}", asked.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_is_changed_or_refused_with_what_was_typed() {
    let world = World::new().await;
    let mut admin = world.signed_in(Person::Staff(Role::Admin)).await;
    let refused = admin
        .post("/institut/ziel", &[("welle", "2008"), ("ziel", "viel"), ("spalte", "")])
        .await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.body.contains("„viel“ ist keine ganze Zahl von 1 bis 100."),
        "{}",
        refused.body
    );
    assert!(refused.body.contains("value=\"viel\""));
    let frozen = admin
        .post("/institut/ziel", &[("welle", "2008"), ("ziel", "80"), ("spalte", "x")])
        .await;
    assert!(
        frozen.body.contains("stehen seit der Eröffnung der Welle fest"),
        "{}",
        frozen.body
    );
    let done = admin
        .post("/institut/ziel", &[("welle", "2008"), ("ziel", "80 %"), ("spalte", "")])
        .await;
    assert_eq!(done.location(), "/institut?welle=2008&meldung=erledigt");
    assert!(admin.get("/institut").await.body.contains("Ziel 80 % (3)"));
}
