//! Who may do what: every address with every kind of person. An address that
//! is missing here fails the test, and so does one that no longer exists.

mod accounts;
mod administration;
mod cases;
mod mails;
mod office;
mod open;
mod results;
mod returns;

use crate::client::{Answer, FORM, encode};
use crate::second_step::{before_the_code, without_a_factor};
use crate::world::{HOST, Person, World};
use axum::body::Body;
use axum::http::Method;
use chrono::TimeDelta;
use portal::Role;

/// What somebody gets: a status, or a redirect (303) to an address.
type Expected = (u16, &'static str);

const OK: Expected = (200, "");
const NOT_THERE: Expected = (404, "");
const SIGN_IN: Expected = (303, "/anmelden?weiter=");
/// What was posted is carried over the sign-in.
const CARRIED: Expected = (401, "");
/// To one's own account nothing is carried along: it may be a password.
const OWN: Expected = (303, "/anmelden?weiter=%2Finstitut%2Fkonto");
/// Where the second step is required, nothing else comes before it.
const SET_UP: Expected = (303, "/institut/konto/zweiter-schritt");

/// A page or file of the institute that whoever is of it may see.
const LOOK: [Expected; COLUMNS] = staff(SIGN_IN, OK, OK, OK);

/// Everybody who is signed in or nobody, in the order of the first columns;
/// then an editor who has given the password and not the code, and one without
/// a second step where it is required.
const PEOPLE: [Person; 7] = [
    Person::Nobody,
    Person::Unit("GS-1"),
    Person::Unit("GS-2"),
    Person::Staff(Role::Viewer),
    Person::Staff(Role::Editor),
    Person::Staff(Role::Admin),
    Person::Colleague,
];
const COLUMNS: usize = PEOPLE.len() + 2;

struct Row {
    method: Method,
    /// The address as the router knows it.
    route: &'static str,
    /// An address that fits.
    path: String,
    /// What is posted.
    fields: &'static [(&'static str, &'static str)],
    expected: [Expected; COLUMNS],
}

fn same(expected: Expected) -> [Expected; COLUMNS] {
    [expected; COLUMNS]
}

/// For units; staff learn nothing of it.
fn units(signed_out: Expected, signed_in: Expected) -> [Expected; COLUMNS] {
    heads(signed_out, signed_in, signed_in)
}

/// For the heads of units; what a colleague gets is given apart.
fn heads(signed_out: Expected, head: Expected, colleague: Expected) -> [Expected; COLUMNS] {
    let no = NOT_THERE;
    [signed_out, head, head, no, no, no, colleague, signed_out, no]
}

/// For staff; units learn nothing of it.
const fn staff(signed_out: Expected, viewer: Expected, editor: Expected, admin: Expected) -> [Expected; COLUMNS] {
    let no = NOT_THERE;
    [signed_out, no, no, viewer, editor, admin, no, signed_out, SET_UP]
}

/// For staff, about their own accounts.
fn own(viewer: Expected, editor: Expected, admin: Expected) -> [Expected; COLUMNS] {
    let mut all = staff(OWN, viewer, editor, admin);
    all[COLUMNS - 1] = editor;
    all
}

fn get(route: &'static str, expected: [Expected; COLUMNS]) -> Row {
    get_at(route, route, expected)
}

fn get_at(route: &'static str, path: &str, expected: [Expected; COLUMNS]) -> Row {
    Row {
        method: Method::GET,
        route,
        path: path.to_owned(),
        fields: &[],
        expected,
    }
}

fn post(route: &'static str, fields: &'static [(&str, &str)], expected: [Expected; COLUMNS]) -> Row {
    post_at(route, route, fields, expected)
}

fn post_at(route: &'static str, path: &str, fields: &'static [(&str, &str)], expected: [Expected; COLUMNS]) -> Row {
    Row {
        method: Method::POST,
        fields,
        ..get_at(route, path, expected)
    }
}

/// Every row; signing out is the last.
async fn rows(world: &World) -> Vec<Row> {
    let mut all = office::rows();
    all.extend(accounts::rows());
    all.extend(returns::rows());
    all.extend(cases::rows());
    all.extend(mails::rows(&world.sent_mail().await));
    all.extend(administration::rows());
    all.extend(results::rows());
    all.extend(open::rows(&world.questionnaire().await));
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_gets_what_is_theirs_and_nothing_else() {
    let world = World::new().await;
    // Streams end at once; what they say while they go on is another test's matter.
    world.changes.stop();
    let rows = rows(&world).await;
    let mut routes = server::http::routes();
    for row in &rows {
        let place = routes
            .iter()
            .position(|(method, path)| *method == row.method && path == row.route);
        assert!(place.is_some(), "the portal has no {} {}", row.method, row.route);
        routes.remove(place.unwrap_or_default());
    }
    assert!(routes.is_empty(), "missing from the matrix: {routes:?}");

    let mut browsers = Vec::new();
    for person in PEOPLE {
        browsers.push((format!("{person:?}"), world.signed_in(person).await));
    }
    browsers.push(("who owes a code".into(), before_the_code(&world).await));
    browsers.push(("who has no second step".into(), without_a_factor(&world).await));
    let mut wrong = Vec::new();
    for row in &rows {
        for ((person, browser), expected) in browsers.iter_mut().zip(row.expected) {
            let request = browser
                .request(row.method.clone(), &row.path)
                .header("origin", format!("https://{HOST}"));
            let request = if row.path.starts_with("/api/") {
                request
                    .header("content-type", "application/json")
                    .body(Body::from(r#"{"case":"2008/GS-1","changes":[],"reasons":[]}"#))
            } else {
                request
                    .header("content-type", FORM)
                    .body(Body::from(encode(row.fields)))
            };
            let answer = browser.send(request.unwrap()).await;
            let what = format!("{} {} as {person}", row.method, row.path);
            // Wrong passwords are slowed down, those of one account more and
            // more; that is another test's matter.
            if row.fields.iter().any(|(name, _)| name.starts_with("passwort")) {
                let one_account = row.path == "/anmelden";
                world
                    .clock
                    .advance(TimeDelta::seconds(if one_account { 20 } else { 5 }));
            }
            let place = answer.location();
            let led = place == expected.1 || expected.1.ends_with('=') && place.starts_with(expected.1);
            if answer.status != expected.0 || !led {
                wrong.push(format!("{what}: {} {place}, not {expected:?}", answer.status));
            }
            protected(&answer, &what);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The list the matrix goes by is what is routed: no address and no method
/// gets past it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_routed_that_the_list_does_not_know() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
    let source: String = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let uses = |call: &str| source.matches(call).count();
    assert_eq!(uses(".route("), 2, "Routes::add, and the address of the health check");
    for call in [
        ".route_service(",
        ".nest(",
        ".nest_service(",
        ".fallback_service(",
        ".merge(Router",
    ] {
        assert_eq!(uses(call), 0, "{call}: routed past the list");
    }
    let world = World::new().await;
    world.changes.stop();
    let mut browser = world.signed_in(Person::Staff(Role::Admin)).await;
    let routes = server::http::routes();
    for (_, route) in &routes {
        let path = route.replace(['{', '}'], "");
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if routes.iter().any(|(known, other)| *known == method && other == route) {
                continue;
            }
            let request = browser
                .request(method.clone(), &path)
                .header("origin", format!("https://{HOST}"))
                .body(Body::empty());
            let status = browser.send(request.unwrap()).await.status;
            // Staff learns nothing of the offices' addresses, not even this.
            let office = path.starts_with("/befragung") && status == 404;
            assert!(status == 405 || office, "{method} {path}: {status}");
        }
    }
}

/// What every answer carries, whoever asked for whatever.
fn protected(answer: &Answer, what: &str) {
    let policy = answer.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe-inline"), "{what}: {policy}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(answer.header("referrer-policy"), "same-origin", "{what}");
    assert!(
        answer
            .header("strict-transport-security")
            .starts_with("max-age=31536000"),
        "{what}"
    );
    assert!(answer.header("permissions-policy").contains("camera=()"), "{what}");
    assert!(!answer.header("x-request-id").is_empty(), "{what}");
    let kept_for_good = what.contains("/fragebogen/") && answer.status == 200;
    let caching = if kept_for_good {
        "public, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    assert_eq!(answer.header("cache-control"), caching, "{what}");
    if answer.header("content-type").starts_with("text/html") {
        no_inline_code(&answer.body, what);
    }
}

/// The policy would stop it silently.
fn no_inline_code(body: &str, what: &str) {
    for forbidden in [" style=\"", " onclick=", " onsubmit=", "javascript:"] {
        assert!(!body.contains(forbidden), "{what}: {forbidden}");
    }
    for script in body.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap_or_default();
        assert!(tag.contains("src=") || tag.contains("nonce="), "{what}: <script{tag}>");
    }
}
