//! Who may do what: every address with every kind of person. An address that
//! is missing here fails the test, and so does one that no longer exists.

use crate::client::{Answer, FORM, encode};
use crate::world::{HOST, Person, World};
use axum::body::Body;
use axum::http::Method;
use chrono::TimeDelta;
use portal::Role;

/// What somebody gets: a status, or a redirect (303) to an address.
type Expected = (u16, &'static str);

const OK: Expected = (200, "");
const NOT_THERE: Expected = (404, "");
/// Only for the head, and those learn so who belong to the office.
const HEAD_ONLY: Expected = (403, "");
const GONE: Expected = (410, "");
const SIGN_IN: Expected = (303, "/anmelden?weiter=");
const CARRIED: Expected = (401, "");
const PLAN: Expected = (303, "/institut/post?welle=2008&meldung=erledigt");
const ENTERED: Expected = (303, "/institut/fall/GS-3/eingabe/D?meldung=gespeichert");
const VIEW: Expected = (303, "/institut/faelle?welle=2008&still=6&meldung=erledigt");

/// To one's own account nothing is carried along: it may be a password.
const OWN: Expected = (303, "/anmelden?weiter=%2Finstitut%2Fkonto");
const OTHERS: Expected = (303, "/institut/konto?meldung=andere-beendet");

/// Everybody, in the order of the columns below.
const PEOPLE: [Person; 7] = [
    Person::Nobody,
    Person::Unit("GS-1"),
    Person::Unit("GS-2"),
    Person::Staff(Role::Viewer),
    Person::Staff(Role::Editor),
    Person::Staff(Role::Admin),
    Person::Colleague,
];

struct Row {
    method: Method,
    /// The address as the router knows it.
    route: &'static str,
    /// An address that fits.
    path: String,
    /// What is posted.
    fields: &'static [(&'static str, &'static str)],
    expected: [Expected; 7],
}

fn same(expected: Expected) -> [Expected; 7] {
    [expected; 7]
}

/// For units; staff learn nothing of it.
fn units(signed_out: Expected, signed_in: Expected) -> [Expected; 7] {
    [
        signed_out, signed_in, signed_in, NOT_THERE, NOT_THERE, NOT_THERE, signed_in,
    ]
}

/// For the heads of units; what a colleague gets is given apart.
fn heads(signed_out: Expected, head: Expected, colleague: Expected) -> [Expected; 7] {
    let mut all = units(signed_out, head);
    all[6] = colleague;
    all
}

/// For staff; units learn nothing of it.
fn staff(signed_out: Expected, viewer: Expected, editor: Expected, admin: Expected) -> [Expected; 7] {
    [signed_out, NOT_THERE, NOT_THERE, viewer, editor, admin, NOT_THERE]
}

fn get(route: &'static str, path: &str, expected: [Expected; 7]) -> Row {
    Row {
        method: Method::GET,
        route,
        path: path.to_owned(),
        fields: &[],
        expected,
    }
}

fn post(route: &'static str, path: &str, fields: &'static [(&str, &str)], expected: [Expected; 7]) -> Row {
    Row {
        method: Method::POST,
        route,
        path: path.to_owned(),
        fields,
        expected,
    }
}

fn rows(questionnaire: &str, mail: &str) -> Vec<Row> {
    let mail = format!("/institut/post/ausgang/{mail}");
    let version = format!("/fragebogen/{questionnaire}.bin");
    let mut home = same((303, "/institut"));
    home[0] = (303, "/anmelden");
    home[1] = (303, "/befragung");
    home[2] = (303, "/befragung");
    home[6] = (303, "/befragung");
    vec![
        get("/", "/", home),
        get("/anmelden", "/anmelden", same(OK)),
        get("/anmelden/code", "/anmelden/code", same(OK)),
        get("/passwort-vergessen", "/passwort-vergessen", same(OK)),
        get("/zugang/{token}", "/zugang/nie-vergeben", same(GONE)),
        get("/impressum", "/impressum", same(OK)),
        get("/datenschutz", "/datenschutz", same(OK)),
        get("/barrierefreiheit", "/barrierefreiheit", same(OK)),
        get("/befragung", "/befragung", units(SIGN_IN, OK)),
        get(
            "/befragung/konto",
            "/befragung/konto",
            units((303, "/anmelden?weiter=%2Fbefragung%2Fkonto"), OK),
        ),
        get("/befragung/{modul}", "/befragung/D", units(SIGN_IN, OK)),
        get("/befragung/druck", "/befragung/druck", units(SIGN_IN, OK)),
        get("/befragung/pruefung", "/befragung/pruefung", units(SIGN_IN, OK)),
        get("/befragung/abgabe", "/befragung/abgabe", units(SIGN_IN, OK)),
        get("/befragung/quittung", "/befragung/quittung", units(SIGN_IN, OK)),
        get("/institut", "/institut", staff(SIGN_IN, OK, OK, OK)),
        get("/institut/faelle", "/institut/faelle", staff(SIGN_IN, OK, OK, OK)),
        get(
            "/institut/faelle/auswahl",
            "/institut/faelle/auswahl?fall=GS-1&aktion=frist",
            staff(SIGN_IN, NOT_THERE, OK, OK),
        ),
        get(
            "/institut/arbeitsliste",
            "/institut/arbeitsliste",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/fall/{kennung}/eingabe",
            "/institut/fall/GS-3/eingabe",
            staff(SIGN_IN, NOT_THERE, OK, OK),
        ),
        get(
            "/institut/fall/{kennung}/eingabe/{modul}",
            "/institut/fall/GS-3/eingabe/D",
            staff(SIGN_IN, NOT_THERE, OK, OK),
        ),
        get(
            "/institut/faelle.csv",
            "/institut/faelle.csv",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/fall/{kennung}",
            "/institut/fall/GS-1",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/fall/{kennung}/kontakte",
            "/institut/fall/GS-1/kontakte",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get("/institut/konto", "/institut/konto", staff(OWN, OK, OK, OK)),
        get(
            "/institut/konto/zweiter-schritt",
            "/institut/konto/zweiter-schritt",
            staff(OWN, OK, OK, OK),
        ),
        get("/institut/konto/codes", "/institut/konto/codes", staff(OWN, OK, OK, OK)),
        get(
            "/institut/verwaltung",
            "/institut/verwaltung",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/verwaltung/konten",
            "/institut/verwaltung/konten",
            staff(SIGN_IN, (403, ""), (403, ""), OK),
        ),
        get(
            "/institut/verwaltung/konten/{id}",
            "/institut/verwaltung/konten/gibt-es-nicht",
            staff(SIGN_IN, (403, ""), (403, ""), NOT_THERE),
        ),
        get("/institut/panel", "/institut/panel", staff(SIGN_IN, OK, OK, OK)),
        get(
            "/institut/panel/einheiten",
            "/institut/panel/einheiten?muster=1",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/panel/verzeichnis",
            "/institut/panel/verzeichnis",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get("/institut/panel.csv", "/institut/panel.csv", staff(SIGN_IN, OK, OK, OK)),
        get(
            "/institut/panel/verzeichnis.csv",
            "/institut/panel/verzeichnis.csv?von=2008&bis=2008",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/verwaltung/aufbewahrung",
            "/institut/verwaltung/aufbewahrung",
            staff(SIGN_IN, (403, ""), (403, ""), OK),
        ),
        get(
            "/institut/verwaltung/protokoll",
            "/institut/verwaltung/protokoll",
            staff(SIGN_IN, (403, ""), (403, ""), OK),
        ),
        get(
            "/institut/verwaltung/protokoll.csv",
            "/institut/verwaltung/protokoll.csv",
            staff(SIGN_IN, (403, ""), (403, ""), OK),
        ),
        get(
            "/institut/ereignisse",
            "/institut/ereignisse",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get("/institut/quoten", "/institut/quoten", staff(SIGN_IN, OK, OK, OK)),
        get(
            "/institut/kurve.csv",
            "/institut/kurve.csv?welle=2008",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/ruecklauf.csv",
            "/institut/ruecklauf.csv?welle=2008&tag=2008-01-14",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/trichter.csv",
            "/institut/trichter.csv?welle=2008",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/quoten.csv",
            "/institut/quoten.csv?welle=1999",
            staff(SIGN_IN, NOT_THERE, NOT_THERE, NOT_THERE),
        ),
        get("/institut/post", "/institut/post", staff(SIGN_IN, OK, OK, OK)),
        get(
            "/institut/post/schritt/{schritt}",
            "/institut/post/schritt/erinnerung-1",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/post/vorlagen",
            "/institut/post/vorlagen",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/post/vorlagen/{vorlage}",
            "/institut/post/vorlagen/einladung",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/post/ausgang",
            "/institut/post/ausgang",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get("/institut/post/ausgang/{id}", &mail, staff(SIGN_IN, OK, OK, OK)),
        get(
            "/institut/post/ausgang/{id}/html",
            &format!("{mail}/html"),
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/post/erinnern",
            "/institut/post/erinnern",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/befragung/kollegen",
            "/befragung/kollegen",
            heads(SIGN_IN, OK, HEAD_ONLY),
        ),
        get("/befragung/rueckfrage", "/befragung/rueckfrage", units(SIGN_IN, OK)),
        get(
            "/befragung/rueckfrage/senden",
            "/befragung/rueckfrage/senden",
            units(SIGN_IN, OK),
        ),
        get(
            "/institut/rueckfragen",
            "/institut/rueckfragen",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/rueckfragen/csv",
            "/institut/rueckfragen/csv?welle=2008",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/fall/{kennung}/rueckfrage",
            "/institut/fall/GS-1/rueckfrage",
            staff(SIGN_IN, NOT_THERE, OK, OK),
        ),
        get("/assets/{name}", "/assets/gibt-es-nicht.css", same(NOT_THERE)),
        get("/fragebogen/{version}", &version, same(OK)),
        get(
            "/begleitschreiben/{name}",
            "/begleitschreiben/Landkreistag.pdf",
            same(OK),
        ),
        get("/healthz", "/healthz", same(OK)),
        post(
            "/anmelden",
            "/anmelden",
            &[("kennung", "GS-1"), ("passwort", "falsch")],
            same((422, "")),
        ),
        // Nobody's code is awaited here.
        post(
            "/anmelden/code",
            "/anmelden/code",
            &[("code", "123456")],
            same((401, "")),
        ),
        post(
            "/befragung/konto/passwort",
            "/befragung/konto/passwort",
            &[("passwort0", "x"), ("passwort", "x"), ("passwort2", "x")],
            units((303, "/anmelden?weiter=%2Fbefragung%2Fkonto"), (422, "")),
        ),
        post(
            "/befragung/konto/andere",
            "/befragung/konto/andere",
            &[],
            units(
                (303, "/anmelden?weiter=%2Fbefragung%2Fkonto"),
                (303, "/befragung/konto?meldung=andere-beendet"),
            ),
        ),
        post(
            "/institut/konto/passwort",
            "/institut/konto/passwort",
            &[("passwort0", "x"), ("passwort", "x"), ("passwort2", "x")],
            staff(OWN, (422, ""), (422, ""), (422, "")),
        ),
        post(
            "/institut/konto/andere",
            "/institut/konto/andere",
            &[],
            staff(OWN, OTHERS, OTHERS, OTHERS),
        ),
        post(
            "/institut/konto/zweiter-schritt",
            "/institut/konto/zweiter-schritt",
            &[("passwort", "falsch")],
            staff(OWN, (422, ""), (422, ""), (422, "")),
        ),
        post(
            "/institut/konto/zweiter-schritt/bestaetigen",
            "/institut/konto/zweiter-schritt/bestaetigen",
            &[("code", "123456")],
            staff(OWN, (409, ""), (409, ""), (409, "")),
        ),
        post(
            "/institut/konto/zweiter-schritt/entfernen",
            "/institut/konto/zweiter-schritt/entfernen",
            &[("passwort", "falsch")],
            staff(OWN, (422, ""), (422, ""), (422, "")),
        ),
        post(
            "/institut/konto/codes",
            "/institut/konto/codes",
            &[("passwort", "falsch")],
            staff(OWN, (422, ""), (422, ""), (422, "")),
        ),
        post(
            "/institut/verwaltung/aufbewahrung/fristen",
            "/institut/verwaltung/aufbewahrung/fristen",
            &[("mails", "ewig")],
            staff(CARRIED, (403, ""), (403, ""), (422, "")),
        ),
        // Nothing is due, so there is nothing to confirm.
        post(
            "/institut/verwaltung/aufbewahrung/loeschen",
            "/institut/verwaltung/aufbewahrung/loeschen",
            &[("anzahl", "1")],
            staff(CARRIED, (403, ""), (403, ""), (422, "")),
        ),
        post(
            "/institut/verwaltung/konten",
            "/institut/verwaltung/konten",
            &[("email", "niemand"), ("rolle", "viewer")],
            staff(CARRIED, (403, ""), (403, ""), (422, "")),
        ),
        post(
            "/institut/verwaltung/konten/{id}/{was}",
            "/institut/verwaltung/konten/gibt-es-nicht/sperren",
            &[],
            staff(CARRIED, (403, ""), (403, ""), NOT_THERE),
        ),
        post(
            "/passwort-vergessen",
            "/passwort-vergessen",
            &[("kennung", "GS-9")],
            same((303, "/anmelden?meldung=zugang-angefordert")),
        ),
        post(
            "/zugang/{token}",
            "/zugang/nie-vergeben",
            &[("passwort", "x"), ("passwort2", "x")],
            same(GONE),
        ),
        post(
            "/befragung/{modul}",
            "/befragung/D",
            &[],
            units(CARRIED, (303, "/befragung/D?meldung=gespeichert")),
        ),
        post(
            "/befragung/pruefung",
            "/befragung/pruefung",
            &[],
            units(CARRIED, (303, "/befragung/pruefung?meldung=begruendet")),
        ),
        post(
            "/befragung/abgabe",
            "/befragung/abgabe",
            &[],
            heads(CARRIED, (303, "/befragung/pruefung?meldung=offen"), HEAD_ONLY),
        ),
        // Nothing was handed in, so nobody can decide about it: 409 says that it was allowed to ask.
        post(
            "/institut/fall/{kennung}/{entscheidung}",
            "/institut/fall/GS-1/verwertbar",
            &[("grund", "Probe der Rechte"), ("welle", "2008")],
            staff(CARRIED, (403, ""), (409, ""), (409, "")),
        ),
        // Refused for what they say: 422 says that it was allowed to ask.
        post(
            "/institut/faelle/auswahl",
            "/institut/faelle/auswahl",
            &[
                ("welle", "2008"),
                ("aktion", "frist"),
                ("fall", "GS-1"),
                ("anzahl", "99"),
            ],
            staff(CARRIED, (403, ""), (422, ""), (422, "")),
        ),
        post(
            "/institut/fall/{kennung}/anruf",
            "/institut/fall/GS-1/anruf",
            &[("welle", "2008"), ("ergebnis", "")],
            staff(CARRIED, (403, ""), (422, ""), (422, "")),
        ),
        post(
            "/institut/fall/{kennung}/frist",
            "/institut/fall/GS-1/frist",
            &[("welle", "2008"), ("frist", "gestern")],
            staff(CARRIED, (403, ""), (422, ""), (422, "")),
        ),
        post(
            "/institut/fall/{kennung}/notizen",
            "/institut/fall/GS-1/notizen",
            &[("welle", "2008"), ("text", "")],
            staff(CARRIED, (403, ""), (422, ""), (422, "")),
        ),
        // Made from a state the case never had.
        post(
            "/institut/fall/{kennung}/zugang",
            "/institut/fall/GS-1/zugang",
            &[("welle", "2008"), ("stand", "999")],
            staff(CARRIED, (403, ""), (409, ""), (409, "")),
        ),
        post(
            "/institut/fall/{kennung}/anwesend",
            "/institut/fall/GS-1/anwesend",
            &[("welle", "2008"), ("stand", "0")],
            staff(CARRIED, OK, OK, OK),
        ),
        post(
            "/institut/fall/{kennung}/eingabe/{modul}",
            "/institut/fall/GS-3/eingabe/D",
            &[],
            staff(CARRIED, (403, ""), ENTERED, ENTERED),
        ),
        post(
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
        post(
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
            "/institut/faelle/ansichten",
            &[("welle", "2008"), ("name", "Stille"), ("still", "6")],
            staff(CARRIED, VIEW, VIEW, VIEW),
        ),
        // One's own views only: that there is none says that it was allowed to ask.
        post(
            "/institut/faelle/ansichten/loeschen",
            "/institut/faelle/ansichten/loeschen",
            &[("welle", "2008"), ("ansicht", "nie-gespeichert")],
            staff(CARRIED, NOT_THERE, NOT_THERE, NOT_THERE),
        ),
        post(
            "/institut/ziel",
            "/institut/ziel",
            &[("welle", "2008"), ("ziel", "111"), ("spalte", "")],
            staff(CARRIED, (403, ""), (403, ""), (422, "")),
        ),
        post(
            "/institut/post/pause",
            "/institut/post/pause",
            &[("an", "nein"), ("welle", "2008")],
            staff(CARRIED, (403, ""), PLAN, PLAN),
        ),
        post(
            "/institut/post/weiter",
            "/institut/post/weiter",
            &[("welle", "2008")],
            staff(CARRIED, (403, ""), PLAN, PLAN),
        ),
        // Refused for what it says: 422 says that it was allowed to ask.
        post(
            "/institut/post/schritt",
            "/institut/post/schritt",
            &[("welle", "2008")],
            staff(CARRIED, (403, ""), (403, ""), (422, "")),
        ),
        post(
            "/institut/post/schritt/loeschen",
            "/institut/post/schritt/loeschen",
            &[("welle", "2008"), ("name", "einladung")],
            staff(CARRIED, (403, ""), (403, ""), (409, "")),
        ),
        post(
            "/institut/post/vorlagen/{vorlage}",
            "/institut/post/vorlagen/einladung",
            &[("welle", "2008"), ("revision", "0"), ("betreff", ""), ("text", "x")],
            staff(CARRIED, (403, ""), (403, ""), (422, "")),
        ),
        post(
            "/institut/post/vorlagen/{vorlage}/vorschau",
            "/institut/post/vorlagen/einladung/vorschau",
            &[("welle", "2008"), ("betreff", "x"), ("text", "x"), ("kennung", "GS-1")],
            staff(CARRIED, OK, OK, OK),
        ),
        post(
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
            "/institut/post/ausgang",
            &[("welle", "2008"), ("anzahl", "99")],
            staff(CARRIED, (403, ""), (409, ""), (409, "")),
        ),
        // It was sent, so there is nothing to be done about it.
        post(
            "/institut/post/ausgang/{id}",
            &mail,
            &[("tun", "erneut")],
            staff(CARRIED, (403, ""), (409, ""), (409, "")),
        ),
        post(
            "/institut/post/erinnern",
            "/institut/post/erinnern",
            &[
                ("welle", "2008"),
                ("vorlage", "erinnerung"),
                ("anzahl", "99"),
                ("einmal", "x"),
            ],
            staff(CARRIED, (403, ""), (422, ""), (422, "")),
        ),
        post(
            "/institut/fall/{kennung}/kontakte/{was}",
            "/institut/fall/GS-1/kontakte/notiz",
            &[("welle", "2008"), ("art", "anruf"), ("notiz", "")],
            staff(CARRIED, (403, ""), (422, ""), (422, "")),
        ),
        // Refused for what it says: 422 says that it was allowed to ask.
        post(
            "/befragung/kollegen",
            "/befragung/kollegen",
            &[("name", ""), ("email", "")],
            heads(CARRIED, (422, ""), HEAD_ONLY),
        ),
        post(
            "/befragung/kollegen/{id}/{was}",
            "/befragung/kollegen/gibt-es-nicht/zurueckziehen",
            &[],
            heads(CARRIED, NOT_THERE, HEAD_ONLY),
        ),
        post(
            "/institut/fall/{kennung}/kollegen",
            "/institut/fall/GS-1/kollegen",
            &[("welle", "2008"), ("konto", "gibt-es-nicht")],
            staff(CARRIED, (403, ""), NOT_THERE, NOT_THERE),
        ),
        // No Rückfrage is open, so there is nothing to keep or to send.
        post(
            "/befragung/rueckfrage",
            "/befragung/rueckfrage",
            &[],
            units(CARRIED, (303, "/befragung?meldung=rueckfrage-weg")),
        ),
        post(
            "/befragung/rueckfrage/senden",
            "/befragung/rueckfrage/senden",
            &[],
            units(CARRIED, (303, "/befragung?meldung=rueckfrage-weg")),
        ),
        // Nothing was handed in: 409 says that it was allowed to ask.
        post(
            "/institut/fall/{kennung}/rueckfrage",
            "/institut/fall/GS-1/rueckfrage",
            &[("welle", "2008"), ("frist", "23.01.2008"), ("frage__B1", "Stimmt das?")],
            staff(CARRIED, (403, ""), (409, ""), (409, "")),
        ),
        post(
            "/institut/fall/{kennung}/rueckfrage/{nummer}/{was}",
            "/institut/fall/GS-1/rueckfrage/1/schliessen",
            &[("welle", "2008"), ("notiz", "")],
            staff(CARRIED, (403, ""), NOT_THERE, NOT_THERE),
        ),
        post("/api/antworten", "/api/antworten", &[], same(OK)),
        post(
            "/abmelden",
            "/abmelden",
            &[],
            same((303, "/anmelden?meldung=abgemeldet")),
        ),
    ]
}

/// Results: whoever is of the institute may look; rules are the admins',
/// feedback the editors' to switch.
fn about_results() -> Vec<Row> {
    vec![
        get("/befragung/rueckmeldung", "/befragung/rueckmeldung", units(SIGN_IN, OK)),
        get(
            "/institut/ergebnisse",
            "/institut/ergebnisse",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/ergebnisse/wandel",
            "/institut/ergebnisse/wandel",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/ergebnisse/variablen",
            "/institut/ergebnisse/variablen",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/ergebnisse/variablen/{item}",
            "/institut/ergebnisse/variablen/B1",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/ergebnisse/regeln",
            "/institut/ergebnisse/regeln",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/ergebnisse/rueckmeldung",
            "/institut/ergebnisse/rueckmeldung",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/ergebnisse/csv",
            "/institut/ergebnisse/csv?welle=2008",
            staff(SIGN_IN, OK, OK, OK),
        ),
        get(
            "/institut/ergebnisse/variablen/{item}/csv",
            "/institut/ergebnisse/variablen/B1/csv?welle=2008",
            staff(SIGN_IN, OK, OK, OK),
        ),
        // Without a reason: 422 says that it was allowed to ask.
        get(
            "/institut/ergebnisse/export",
            "/institut/ergebnisse/export",
            staff(SIGN_IN, OK, OK, OK),
        ),
        post(
            "/institut/ergebnisse/export",
            "/institut/ergebnisse/export",
            &[("was", "welle"), ("welle", "2008"), ("format", "csv")],
            staff(CARRIED, OK, OK, OK),
        ),
        post(
            "/institut/ergebnisse/regeln",
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
            "/institut/ergebnisse/rueckmeldung",
            &[("welle", "2008"), ("tun", "freigeben"), ("bestaetigt", "ja")],
            staff(CARRIED, (403, ""), (409, ""), (409, "")),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_gets_what_is_theirs_and_nothing_else() {
    let world = World::new().await;
    // Streams end at once; what they say while they go on is another test's matter.
    world.changes.stop();
    let mut all = about_results();
    all.extend(rows(&world.questionnaire().await, &world.sent_mail().await));
    let rows = all;
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
        browsers.push(world.signed_in(person).await);
    }
    for row in &rows {
        for ((person, browser), expected) in PEOPLE.iter().zip(&mut browsers).zip(row.expected) {
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
            let what = format!("{} {} as {person:?}", row.method, row.path);
            // Wrong passwords are slowed down; that is another test's matter.
            world.clock.advance(TimeDelta::seconds(5));
            assert_eq!(answer.status, expected.0, "{what}: {}", answer.body);
            if answer.status == 303 {
                let exact = !expected.1.ends_with('=');
                let fits = if exact {
                    answer.location() == expected.1
                } else {
                    answer.location().starts_with(expected.1)
                };
                assert!(fits, "{what}: leads to {}", answer.location());
            }
            protected(&answer, &what);
        }
    }
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
