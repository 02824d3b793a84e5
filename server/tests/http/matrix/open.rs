//! Addresses of people who are nobody yet, of programs and files; signing out, which comes last.

use super::{Expected, NOT_THERE, OK, Row, get, get_at, post, post_at, same};

const GONE: Expected = (410, "");

pub(super) fn rows(questionnaire: &str) -> Vec<Row> {
    let version = format!("/fragebogen/{questionnaire}.bin");
    let mut home = same((303, "/institut"));
    for (column, to) in [
        (0, "/anmelden"),
        (1, "/befragung"),
        (2, "/befragung"),
        (6, "/befragung"),
        (7, "/anmelden"),
    ] {
        home[column] = (303, to);
    }
    // Only who has given a password is asked for a code, and this one is wrong.
    let mut awaited = same((401, ""));
    awaited[7] = (422, "");
    vec![
        get("/", home),
        get("/anmelden", same(OK)),
        get("/anmelden/code", same(OK)),
        get("/passwort-vergessen", same(OK)),
        get_at("/zugang/{token}", "/zugang/nie-vergeben", same(GONE)),
        get("/impressum", same(OK)),
        get("/datenschutz", same(OK)),
        get("/barrierefreiheit", same(OK)),
        get_at("/assets/{name}", "/assets/gibt-es-nicht.css", same(NOT_THERE)),
        get_at("/fragebogen/{version}", &version, same(OK)),
        get_at(
            "/begleitschreiben/{name}",
            "/begleitschreiben/Landkreistag.pdf",
            same(OK),
        ),
        get("/healthz", same(OK)),
        post(
            "/anmelden",
            &[("kennung", "GS-1"), ("passwort", "falsch")],
            same((422, "")),
        ),
        post("/anmelden/code", &[("code", "123456")], awaited),
        post(
            "/passwort-vergessen",
            &[("kennung", "GS-9")],
            same((303, "/anmelden?meldung=zugang-angefordert")),
        ),
        post_at(
            "/zugang/{token}",
            "/zugang/nie-vergeben",
            &[("passwort", "x"), ("passwort2", "x")],
            same(GONE),
        ),
        post("/api/antworten", &[], same(OK)),
        post("/abmelden", &[], same((303, "/anmelden?meldung=abgemeldet"))),
    ]
}
