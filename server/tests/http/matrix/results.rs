//! Results: whoever is of the institute may look; rules are the admins', feedback the editors' to switch.

use super::{CARRIED, LOOK, OK, Row, get, get_at, post, staff};

pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/institut/ergebnisse", LOOK),
        get("/institut/ergebnisse/wandel", LOOK),
        get("/institut/ergebnisse/variablen", LOOK),
        get_at(
            "/institut/ergebnisse/variablen/{item}",
            "/institut/ergebnisse/variablen/B1",
            LOOK,
        ),
        get("/institut/ergebnisse/regeln", LOOK),
        get("/institut/ergebnisse/rueckmeldung", LOOK),
        get_at("/institut/ergebnisse/csv", "/institut/ergebnisse/csv?welle=2008", LOOK),
        get_at(
            "/institut/ergebnisse/variablen/{item}/csv",
            "/institut/ergebnisse/variablen/B1/csv?welle=2008",
            LOOK,
        ),
        // Without a reason: 422 says that it was allowed to ask.
        get("/institut/ergebnisse/export", LOOK),
        post(
            "/institut/ergebnisse/export",
            &[("was", "welle"), ("welle", "2008"), ("format", "csv")],
            staff(CARRIED, OK, OK, OK),
        ),
        post(
            "/institut/ergebnisse/regeln",
            &[
                ("welle", "2008"),
                ("regelversion", "2026-1"),
                ("k3_regel", "both"),
                ("grund", ""),
                ("bestaetigt", "ja"),
            ],
            staff(CARRIED, (403, ""), (403, ""), (422, "")),
        ),
        // The wave is not closed: 409 says that it was allowed to ask.
        post(
            "/institut/ergebnisse/rueckmeldung",
            &[("welle", "2008"), ("tun", "freigeben"), ("bestaetigt", "ja")],
            staff(CARRIED, (403, ""), (409, ""), (409, "")),
        ),
    ]
}
