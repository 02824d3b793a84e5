//! Figures of a wave and of the panel: whoever is of the institute may look, admins set the target.

use super::{CARRIED, LOOK, NOT_THERE, Row, SIGN_IN, get, get_at, post, staff};

pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/institut", LOOK),
        get("/institut/panel", LOOK),
        get_at("/institut/panel/einheiten", "/institut/panel/einheiten?muster=1", LOOK),
        get("/institut/panel/verzeichnis", LOOK),
        get("/institut/panel.csv", LOOK),
        get_at(
            "/institut/panel/verzeichnis.csv",
            "/institut/panel/verzeichnis.csv?von=2008&bis=2008",
            LOOK,
        ),
        get("/institut/ereignisse", LOOK),
        get("/institut/quoten", LOOK),
        get_at("/institut/kurve.csv", "/institut/kurve.csv?welle=2008", LOOK),
        get_at(
            "/institut/ruecklauf.csv",
            "/institut/ruecklauf.csv?welle=2008&tag=2008-01-14",
            LOOK,
        ),
        get_at("/institut/trichter.csv", "/institut/trichter.csv?welle=2008", LOOK),
        get_at("/institut/wirkung.csv", "/institut/wirkung.csv?welle=2008", LOOK),
        get_at(
            "/institut/quoten.csv",
            "/institut/quoten.csv?welle=1999",
            staff(SIGN_IN, NOT_THERE, NOT_THERE, NOT_THERE),
        ),
        post(
            "/institut/ziel",
            &[("welle", "2008"), ("ziel", "111"), ("spalte", "")],
            staff(CARRIED, (403, ""), (403, ""), (422, "")),
        ),
    ]
}
