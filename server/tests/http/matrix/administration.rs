//! Accounts, the log, retention: the admins'.

use super::{CARRIED, LOOK, NOT_THERE, OK, Row, SIGN_IN, get, get_at, post, post_at, staff};

pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/institut/verwaltung", LOOK),
        get("/institut/verwaltung/konten", staff(SIGN_IN, (403, ""), (403, ""), OK)),
        get_at(
            "/institut/verwaltung/konten/{id}",
            "/institut/verwaltung/konten/gibt-es-nicht",
            staff(SIGN_IN, (403, ""), (403, ""), NOT_THERE),
        ),
        get(
            "/institut/verwaltung/aufbewahrung",
            staff(SIGN_IN, (403, ""), (403, ""), OK),
        ),
        get(
            "/institut/verwaltung/protokoll",
            staff(SIGN_IN, (403, ""), (403, ""), OK),
        ),
        get(
            "/institut/verwaltung/protokoll.csv",
            staff(SIGN_IN, (403, ""), (403, ""), OK),
        ),
        post(
            "/institut/verwaltung/aufbewahrung/fristen",
            &[("mails", "ewig")],
            staff(CARRIED, (403, ""), (403, ""), (422, "")),
        ),
        // Nothing is due, so there is nothing to confirm.
        post(
            "/institut/verwaltung/aufbewahrung/loeschen",
            &[("anzahl", "1")],
            staff(CARRIED, (403, ""), (403, ""), (422, "")),
        ),
        post(
            "/institut/verwaltung/konten",
            &[("email", "niemand"), ("rolle", "viewer")],
            staff(CARRIED, (403, ""), (403, ""), (422, "")),
        ),
        post_at(
            "/institut/verwaltung/konten/{id}/{was}",
            "/institut/verwaltung/konten/gibt-es-nicht/sperren",
            &[],
            staff(CARRIED, (403, ""), (403, ""), NOT_THERE),
        ),
    ]
}
