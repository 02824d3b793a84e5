//! One's own account at the institute: open to whoever has to set up the second step first.

use super::{COLUMNS, Expected, OK, Row, get, own, post};

const OTHERS: Expected = (303, "/institut/konto?meldung=andere-beendet");

pub(super) fn rows() -> Vec<Row> {
    // Where the second step is required, nobody may do without.
    let mut removed = own((422, ""), (422, ""), (422, ""));
    removed[COLUMNS - 1] = (409, "");
    vec![
        get("/institut/konto", own(OK, OK, OK)),
        get("/institut/konto/zweiter-schritt", own(OK, OK, OK)),
        get("/institut/konto/codes", own(OK, OK, OK)),
        post(
            "/institut/konto/passwort",
            &[("passwort0", "x"), ("passwort", "x"), ("passwort2", "x")],
            own((422, ""), (422, ""), (422, "")),
        ),
        post("/institut/konto/andere", &[], own(OTHERS, OTHERS, OTHERS)),
        post(
            "/institut/konto/zweiter-schritt",
            &[("passwort", "falsch")],
            own((422, ""), (422, ""), (422, "")),
        ),
        post(
            "/institut/konto/zweiter-schritt/bestaetigen",
            &[("code", "123456")],
            own((409, ""), (409, ""), (409, "")),
        ),
        post(
            "/institut/konto/zweiter-schritt/entfernen",
            &[("passwort", "falsch")],
            removed,
        ),
        post(
            "/institut/konto/codes",
            &[("passwort", "falsch")],
            own((422, ""), (422, ""), (422, "")),
        ),
    ]
}
