//! What is refused before any handler: other sites, other hosts, too much,
//! wrong methods, unknown addresses; always with a German page.

use crate::client::{FORM, encode};
use crate::world::{HOST, Person, World};
use axum::body::Body;
use axum::http::{Method, Request};

/// Concrete addresses of everything that changes something.
fn changing() -> Vec<String> {
    server::http::routes()
        .into_iter()
        .filter(|(method, _)| *method == Method::POST)
        .map(|(_, path)| path.replace(['{', '}'], "x"))
        .collect()
}

#[tokio::test]
async fn no_other_site_can_change_anything() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Unit("GS-1")).await;
    let foreign: [&[(&str, &str)]; 6] = [
        &[("origin", "https://boese.example")],
        &[("origin", "null")],
        &[("origin", "https://ruecklauf.example:444")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://boese.example"), ("sec-fetch-site", "cross-site")],
    ];
    for path in changing() {
        for headers in foreign {
            for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                let mut request = browser.request(method.clone(), &path).header("content-type", FORM);
                for (name, value) in headers {
                    request = request.header(*name, *value);
                }
                let answer = browser.send(request.body(Body::empty()).unwrap()).await;
                assert_eq!(answer.status, 403, "{method} {path} {headers:?}");
                assert!(answer.body.contains("anderen Website"), "{path}: {}", answer.body);
            }
        }
    }
    assert_eq!(browser.get("/befragung").await.status, 200, "still signed in");
}

#[tokio::test]
async fn programs_that_say_nothing_of_where_they_come_from_are_let_through() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Unit("GS-1")).await;
    for headers in [
        &[][..],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://ruecklauf.example")],
    ] {
        let mut request = browser
            .request(Method::POST, "/befragung/D")
            .header("content-type", FORM);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = browser.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 303, "{headers:?}: {}", answer.body);
    }
}

#[tokio::test]
async fn only_the_portals_own_name_is_answered() {
    let world = World::new().await;
    let mut browser = world.browser();
    let ask = |host: &str, path: &str| {
        Request::builder()
            .uri(path)
            .header("host", host)
            .body(Body::empty())
            .unwrap()
    };
    for host in ["boese.example", "ruecklauf.example.boese.example", "127.0.0.1", ""] {
        let answer = browser.send(ask(host, "/anmelden")).await;
        assert_eq!(answer.status, 421, "{host}");
        assert!(answer.body.contains("Adresse aus Ihrer Einladung"), "{}", answer.body);
        assert_eq!(
            browser.send(ask(host, "/healthz")).await.status,
            200,
            "monitoring asks by any name"
        );
    }
    for host in [HOST, "RUECKLAUF.example", "ruecklauf.example:443"] {
        assert_eq!(browser.send(ask(host, "/anmelden")).await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn a_form_beyond_a_megabyte_is_refused_and_nothing_is_stored() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Unit("GS-1")).await;
    let long = "x".repeat(1_100_000);
    let answer = browser.post("/befragung/A", &[("rev__A5", "0"), ("A5", &long)]).await;
    assert_eq!(answer.status, 413);
    assert!(answer.body.contains("zu groß"), "{}", answer.body);
    assert_eq!(world.stored("GS-1", "A5").await, None);
}

#[tokio::test]
async fn unknown_addresses_and_methods_get_a_german_page() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Unit("GS-1")).await;
    for path in [
        "/gibt-es-nicht",
        "/befragung/",
        "/befragung/D/E",
        "/befragung/QQ",
        "/api/nichts",
        "/fragebogen/nie.bin",
        "/begleitschreiben/..%2Fportal.db",
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(
            answer.body.contains("Diese Seite gibt es nicht"),
            "{path}: {}",
            answer.body
        );
    }
    let answer = browser.get("/abmelden").await;
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
    assert!(answer.body.contains("So lässt sich"), "{}", answer.body);
    assert_eq!(browser.get("/befragung").await.status, 200, "a GET signs nobody out");
    let answer = browser.get("/api/antworten").await;
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
    assert!(
        answer.body.starts_with("So lässt sich"),
        "a sentence, no page: {}",
        answer.body
    );
}

#[tokio::test]
async fn what_is_no_form_is_refused() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Unit("GS-1")).await;
    for (kind, body) in [("application/json", "{}"), ("text/plain", "a=b"), (FORM, "A5=%ff%fe")] {
        let request = browser
            .request(Method::POST, "/befragung/pruefung")
            .header("content-type", kind);
        let answer = browser.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status, 400, "{kind}: {}", answer.body);
    }
    let request = browser
        .request(Method::POST, "/befragung/D")
        .header("content-type", FORM);
    let answer = browser
        .send(request.body(Body::from(encode(&[("aktion", "loeschen")]))).unwrap())
        .await;
    assert_eq!(answer.status, 400, "an action nobody offers");
}

#[tokio::test]
async fn answers_a_program_sends_and_nobody_can_read_are_its_fault() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Unit("GS-1")).await;
    let cases: [(&[u8], &str); 5] = [
        (b"", "nicht lesbar"),
        (b"{", "(Zeile 1, Spalte 1)"),
        (b"{}", "fehlt das Feld „case“"),
        (
            b"{\"case\":\"2008/GS-1\",\n\"changes\":[{\"item\":\"B1\",\"base\":\"x\"}],\"reasons\":[]}",
            "(Zeile 2, Spalte",
        ),
        (b"\xff\xfe", "nicht lesbar"),
    ];
    for (body, said) in cases {
        let request = browser
            .request(Method::POST, "/api/antworten")
            .header("content-type", "application/json");
        let answer = browser.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status, 400, "{said}: {}", answer.body);
        assert!(
            answer.body.contains(said) && answer.body.contains("nichts gespeichert"),
            "{said}: {}",
            answer.body
        );
    }
    assert_eq!(world.stored("GS-1", "B1").await, None);
}
