//! Mails and contacts: viewers look, editors act, admins change plan and texts.

use super::{CARRIED, Expected, LOOK, OK, Row, get, get_at, post, post_at, staff};

const PLAN: Expected = (303, "/institut/post?welle=2008&meldung=erledigt");

pub(super) fn rows(mail: &str) -> Vec<Row> {
    let mail = format!("/institut/post/ausgang/{mail}");
    vec![
        get_at(
            "/institut/fall/{kennung}/kontakte",
            "/institut/fall/GS-1/kontakte",
            LOOK,
        ),
        get("/institut/post", LOOK),
        get_at(
            "/institut/post/schritt/{schritt}",
            "/institut/post/schritt/erinnerung-1",
            LOOK,
        ),
        get("/institut/post/vorlagen", LOOK),
        get_at(
            "/institut/post/vorlagen/{vorlage}",
            "/institut/post/vorlagen/einladung",
            LOOK,
        ),
        get("/institut/post/ausgang", LOOK),
        get_at("/institut/post/ausgang/{id}", &mail, LOOK),
        get_at("/institut/post/ausgang/{id}/html", &format!("{mail}/html"), LOOK),
        get("/institut/post/erinnern", LOOK),
        post(
            "/institut/post/pause",
            &[("an", "nein"), ("welle", "2008")],
            staff(CARRIED, (403, ""), PLAN, PLAN),
        ),
        post(
            "/institut/post/weiter",
            &[("welle", "2008")],
            staff(CARRIED, (403, ""), PLAN, PLAN),
        ),
        // Refused for what it says: 422 says that it was allowed to ask.
        post(
            "/institut/post/schritt",
            &[("welle", "2008")],
            staff(CARRIED, (403, ""), (403, ""), (422, "")),
        ),
        post(
            "/institut/post/schritt/loeschen",
            &[("welle", "2008"), ("name", "einladung")],
            staff(CARRIED, (403, ""), (403, ""), (409, "")),
        ),
        post_at(
            "/institut/post/vorlagen/{vorlage}",
            "/institut/post/vorlagen/einladung",
            &[("welle", "2008"), ("revision", "0"), ("betreff", ""), ("text", "x")],
            staff(CARRIED, (403, ""), (403, ""), (422, "")),
        ),
        post_at(
            "/institut/post/vorlagen/{vorlage}/vorschau",
            "/institut/post/vorlagen/einladung/vorschau",
            &[("welle", "2008"), ("betreff", "x"), ("text", "x"), ("kennung", "GS-1")],
            staff(CARRIED, OK, OK, OK),
        ),
        post_at(
            "/institut/post/vorlagen/{vorlage}/zuruecksetzen",
            "/institut/post/vorlagen/einladung/zuruecksetzen",
            &[("welle", "2008")],
            staff(
                CARRIED,
                (403, ""),
                (403, ""),
                (303, "/institut/post/vorlagen/einladung?welle=2008&meldung=erledigt"),
            ),
        ),
        post(
            "/institut/post/ausgang",
            &[("welle", "2008"), ("anzahl", "99")],
            staff(CARRIED, (403, ""), (409, ""), (409, "")),
        ),
        // It was sent, so there is nothing to be done about it.
        post_at(
            "/institut/post/ausgang/{id}",
            &mail,
            &[("tun", "erneut")],
            staff(CARRIED, (403, ""), (409, ""), (409, "")),
        ),
        post(
            "/institut/post/erinnern",
            &[
                ("welle", "2008"),
                ("vorlage", "erinnerung"),
                ("anzahl", "99"),
                ("einmal", "x"),
            ],
            staff(CARRIED, (403, ""), (422, ""), (422, "")),
        ),
        post_at(
            "/institut/fall/{kennung}/kontakte/{was}",
            "/institut/fall/GS-1/kontakte/notiz",
            &[("welle", "2008"), ("art", "anruf"), ("notiz", "")],
            staff(CARRIED, (403, ""), (422, ""), (422, "")),
        ),
    ]
}
