//! Addresses of offices: the head, colleagues, another office.

use super::{CARRIED, Expected, NOT_THERE, OK, Row, SIGN_IN, get, get_at, heads, post, post_at, units};

/// Only for the head, and those learn so who belong to the office.
const HEAD_ONLY: Expected = (403, "");

pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/befragung", units(SIGN_IN, OK)),
        get(
            "/befragung/konto",
            units((303, "/anmelden?weiter=%2Fbefragung%2Fkonto"), OK),
        ),
        get_at("/befragung/{modul}", "/befragung/D", units(SIGN_IN, OK)),
        get("/befragung/druck", units(SIGN_IN, OK)),
        get("/befragung/pruefung", units(SIGN_IN, OK)),
        get("/befragung/abgabe", units(SIGN_IN, OK)),
        get("/befragung/quittung", units(SIGN_IN, OK)),
        get("/befragung/kollegen", heads(SIGN_IN, OK, HEAD_ONLY)),
        get("/befragung/rueckfrage", units(SIGN_IN, OK)),
        get("/befragung/rueckfrage/senden", units(SIGN_IN, OK)),
        post(
            "/befragung/konto/passwort",
            &[("passwort0", "x"), ("passwort", "x"), ("passwort2", "x")],
            units((303, "/anmelden?weiter=%2Fbefragung%2Fkonto"), (422, "")),
        ),
        post(
            "/befragung/konto/andere",
            &[],
            units(
                (303, "/anmelden?weiter=%2Fbefragung%2Fkonto"),
                (303, "/befragung/konto?meldung=andere-beendet"),
            ),
        ),
        post_at(
            "/befragung/{modul}",
            "/befragung/D",
            &[],
            units(CARRIED, (303, "/befragung/D?meldung=gespeichert")),
        ),
        post(
            "/befragung/pruefung",
            &[],
            units(CARRIED, (303, "/befragung/pruefung?meldung=begruendet")),
        ),
        post(
            "/befragung/abgabe",
            &[],
            heads(CARRIED, (303, "/befragung/pruefung?meldung=offen"), HEAD_ONLY),
        ),
        // Refused for what it says: 422 says that it was allowed to ask.
        post(
            "/befragung/kollegen",
            &[("name", ""), ("email", "")],
            heads(CARRIED, (422, ""), HEAD_ONLY),
        ),
        post_at(
            "/befragung/kollegen/{id}/{was}",
            "/befragung/kollegen/gibt-es-nicht/zurueckziehen",
            &[],
            heads(CARRIED, NOT_THERE, HEAD_ONLY),
        ),
        // No Rückfrage is open, so there is nothing to keep or to send.
        post(
            "/befragung/rueckfrage",
            &[],
            units(CARRIED, (303, "/befragung?meldung=rueckfrage-weg")),
        ),
        post(
            "/befragung/rueckfrage/senden",
            &[],
            units(CARRIED, (303, "/befragung?meldung=rueckfrage-weg")),
        ),
        get("/befragung/rueckmeldung", units(SIGN_IN, OK)),
    ]
}
