//! Cases, lists, the worklist, Rückfragen: viewers look, editors act.

use super::{CARRIED, Expected, LOOK, NOT_THERE, OK, Row, SIGN_IN, get, get_at, post, post_at, staff};

const ENTERED: Expected = (303, "/institut/fall/GS-3/eingabe/D?meldung=gespeichert");
const VIEW: Expected = (303, "/institut/faelle?welle=2008&still=6&meldung=erledigt");

pub(super) fn rows() -> Vec<Row> {
    vec![
        get("/institut/faelle", LOOK),
        get_at(
            "/institut/faelle/auswahl",
            "/institut/faelle/auswahl?fall=GS-1&aktion=frist",
            staff(SIGN_IN, NOT_THERE, OK, OK),
        ),
        get("/institut/arbeitsliste", LOOK),
        get_at(
            "/institut/fall/{kennung}/eingabe",
            "/institut/fall/GS-3/eingabe",
            staff(SIGN_IN, NOT_THERE, OK, OK),
        ),
        get_at(
            "/institut/fall/{kennung}/eingabe/{modul}",
            "/institut/fall/GS-3/eingabe/D",
            staff(SIGN_IN, NOT_THERE, OK, OK),
        ),
        get("/institut/faelle.csv", LOOK),
        get_at("/institut/fall/{kennung}", "/institut/fall/GS-1", LOOK),
        get("/institut/rueckfragen", LOOK),
        get_at(
            "/institut/rueckfragen/csv",
            "/institut/rueckfragen/csv?welle=2008",
            LOOK,
        ),
        get_at(
            "/institut/fall/{kennung}/rueckfrage",
            "/institut/fall/GS-1/rueckfrage",
            staff(SIGN_IN, NOT_THERE, OK, OK),
        ),
        // Nothing was handed in, so nobody can decide about it: 409 says that it was allowed to ask.
        post_at(
            "/institut/fall/{kennung}/{entscheidung}",
            "/institut/fall/GS-1/verwertbar",
            &[("grund", "Probe der Rechte"), ("welle", "2008")],
            staff(CARRIED, (403, ""), (409, ""), (409, "")),
        ),
        // Refused for what they say: 422 says that it was allowed to ask.
        post(
            "/institut/faelle/auswahl",
            &[
                ("welle", "2008"),
                ("aktion", "frist"),
                ("fall", "GS-1"),
                ("anzahl", "99"),
            ],
            staff(CARRIED, (403, ""), (422, ""), (422, "")),
        ),
        post_at(
            "/institut/fall/{kennung}/anruf",
            "/institut/fall/GS-1/anruf",
            &[("welle", "2008"), ("ergebnis", "")],
            staff(CARRIED, (403, ""), (422, ""), (422, "")),
        ),
        post_at(
            "/institut/fall/{kennung}/frist",
            "/institut/fall/GS-1/frist",
            &[("welle", "2008"), ("frist", "gestern")],
            staff(CARRIED, (403, ""), (422, ""), (422, "")),
        ),
        post_at(
            "/institut/fall/{kennung}/notizen",
            "/institut/fall/GS-1/notizen",
            &[("welle", "2008"), ("text", "")],
            staff(CARRIED, (403, ""), (422, ""), (422, "")),
        ),
        // Made from a state the case never had.
        post_at(
            "/institut/fall/{kennung}/zugang",
            "/institut/fall/GS-1/zugang",
            &[("welle", "2008"), ("stand", "999")],
            staff(CARRIED, (403, ""), (409, ""), (409, "")),
        ),
        post_at(
            "/institut/fall/{kennung}/anwesend",
            "/institut/fall/GS-1/anwesend",
            &[("welle", "2008"), ("stand", "0")],
            staff(CARRIED, OK, OK, OK),
        ),
        post_at(
            "/institut/fall/{kennung}/eingabe/{modul}",
            "/institut/fall/GS-3/eingabe/D",
            &[],
            staff(CARRIED, (403, ""), ENTERED, ENTERED),
        ),
        post_at(
            "/institut/fall/{kennung}/eingabe/pruefung",
            "/institut/fall/GS-3/eingabe/pruefung",
            &[],
            staff(
                CARRIED,
                (403, ""),
                (303, "/institut/fall/GS-3/eingabe?meldung=begruendet"),
                (303, "/institut/fall/GS-3/eingabe?meldung=begruendet"),
            ),
        ),
        post_at(
            "/institut/fall/{kennung}/eingabe/abgabe",
            "/institut/fall/GS-3/eingabe/abgabe",
            &[],
            staff(
                CARRIED,
                (403, ""),
                (303, "/institut/fall/GS-3/eingabe?meldung=offen"),
                (303, "/institut/fall/GS-3/eingabe?meldung=offen"),
            ),
        ),
        post(
            "/institut/faelle/ansichten",
            &[("welle", "2008"), ("name", "Stille"), ("still", "6")],
            staff(CARRIED, VIEW, VIEW, VIEW),
        ),
        // One's own views only: that there is none says that it was allowed to ask.
        post(
            "/institut/faelle/ansichten/loeschen",
            &[("welle", "2008"), ("ansicht", "nie-gespeichert")],
            staff(CARRIED, NOT_THERE, NOT_THERE, NOT_THERE),
        ),
        post_at(
            "/institut/fall/{kennung}/kollegen",
            "/institut/fall/GS-1/kollegen",
            &[("welle", "2008"), ("konto", "gibt-es-nicht")],
            staff(CARRIED, (403, ""), NOT_THERE, NOT_THERE),
        ),
        // Nothing was handed in: 409 says that it was allowed to ask.
        post_at(
            "/institut/fall/{kennung}/rueckfrage",
            "/institut/fall/GS-1/rueckfrage",
            &[("welle", "2008"), ("frist", "23.01.2008"), ("frage__B1", "Stimmt das?")],
            staff(CARRIED, (403, ""), (409, ""), (409, "")),
        ),
        post_at(
            "/institut/fall/{kennung}/rueckfrage/{nummer}/{was}",
            "/institut/fall/GS-1/rueckfrage/1/schliessen",
            &[("welle", "2008"), ("notiz", "")],
            staff(CARRIED, (403, ""), NOT_THERE, NOT_THERE),
        ),
    ]
}
