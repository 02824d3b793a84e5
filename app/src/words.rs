//! German wordings used in several places: dates, statuses, messages that
//! pages show after a redirect.

use crate::api::TwoAnswers;
use chrono::NaiveDate;
use survey::status::Status;
use survey::{Entry, Instrument};

/// A day as it is written in German.
pub(crate) fn day(date: NaiveDate) -> String {
    date.format("%d.%m.%Y").to_string()
}

/// What the status of a case is called.
pub(crate) fn status(status: Status) -> &'static str {
    status.label()
}

/// What a role of the institute's staff is called.
pub(crate) fn role(role: portal::Role) -> &'static str {
    match role {
        portal::Role::Viewer => "liest",
        portal::Role::Editor => "bearbeitet Fälle",
        portal::Role::Admin => "verwaltet",
    }
}

/// The message a page shows for a `?meldung=` code: kind and sentence.
/// Unknown codes show nothing.
pub(crate) fn message(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code {
        "gespeichert" => ("success", "Ihre Angaben sind gespeichert."),
        "offen" => (
            "warning",
            "Ihre Angaben sind gespeichert. Einige Punkte sind noch zu klären.",
        ),
        "neu" => (
            "info",
            "Ihre Angaben sind gespeichert. Durch Ihre Antworten sind auf dieser Seite weitere Fragen hinzugekommen.",
        ),
        "uebernommen" => (
            "success",
            "Die Angaben für Ü25 wurden übernommen. Bitte prüfen Sie sie.",
        ),
        "konflikt" => (
            "warning",
            "Jemand anderes hat inzwischen dieselbe Frage beantwortet. Bitte entscheiden Sie, welche Angabe gilt.",
        ),
        "nachgetragen" => (
            "success",
            "Angaben, die in diesem Browser noch nicht gespeichert waren, sind jetzt gespeichert.",
        ),
        "zwei-angaben" => (
            "warning",
            "Angaben aus diesem Browser sind nachgetragen. Einige hat inzwischen jemand anders beantwortet; unter „Prüfen und abgeben“ können Sie entscheiden, was gilt.",
        ),
        "abgemeldet" => ("success", "Sie sind abgemeldet."),
        "passwort-gesetzt" => (
            "success",
            "Ihr Passwort ist gespeichert. Bitte melden Sie sich damit an.",
        ),
        "passwort-geaendert" => (
            "success",
            "Ihr neues Passwort gilt. Alle anderen Anmeldungen dieses Zugangs sind beendet.",
        ),
        "andere-beendet" => ("success", "Alle anderen Anmeldungen dieses Zugangs sind beendet."),
        "schritt-entfernt" => (
            "success",
            "Der zweite Schritt ist entfernt. Zur Anmeldung genügt wieder das Passwort.",
        ),
        "eingeladen" => (
            "success",
            "Der Zugang ist angelegt. Eine E-Mail mit dem Link zum Passwort ist unterwegs.",
        ),
        "loeschung" => ("success", "Die Löschung hat begonnen. Unten steht, wie weit sie ist."),
        "zugang-angefordert" => (
            "success",
            "Wenn es zu Ihrer Eingabe einen Zugang gibt, ist jetzt eine E-Mail unterwegs. Bitte sehen Sie auch im Spam-Ordner nach.",
        ),
        "begruendet" => ("success", "Ihre Begründungen sind gespeichert."),
        "grund" => ("warning", "Bitte geben Sie einen Grund mit 3 bis 1.000 Zeichen an."),
        "andere-einheit" => (
            "warning",
            "Ihre Eingaben gehörten zu einer anderen Einheit und wurden nicht gespeichert.",
        ),
        "erinnert" => (
            "success",
            "Die Erinnerungen stehen im Postausgang und gehen gleich hinaus.",
        ),
        "geschrieben" => ("success", "Ihr Schreiben steht im Postausgang und geht gleich hinaus."),
        "regeln" => (
            "success",
            "Die Regeln gelten jetzt. Fehlende Ergebnisse werden im Hintergrund berechnet.",
        ),
        "freigegeben" => ("success", "Die Rückmeldung ist für die Einheiten freigegeben."),
        "zurueckgenommen" => ("success", "Die Rückmeldung ist zurückgenommen."),
        "angerufen" => ("success", "Der Anruf ist festgehalten."),
        "neue-person" => (
            "success",
            "Der Anruf ist festgehalten. Bitte tragen Sie jetzt die neue Ansprechperson ein.",
        ),
        "verweigert" => (
            "info",
            "Der Anruf ist festgehalten. Wenn die Einheit nicht teilnimmt, vermerken Sie das bitte unter „Als verweigert vermerken“.",
        ),
        "abgegeben" => ("success", "Der Fragebogen ist für die Einheit abgegeben."),
        "erledigt" => ("success", "Die Änderung ist gespeichert."),
        "zugang-geschickt" => (
            "success",
            "Der neue Link zum Einrichten des Zugangs steht im Postausgang und geht gleich hinaus.",
        ),
        "kollege-eingeladen" => ("success", "Die Einladung ist unterwegs; der Link darin gilt 30 Tage."),
        "kollege-entzogen" => (
            "success",
            "Der Zugang ist entzogen. Was die Person eingetragen hat, bleibt erhalten.",
        ),
        "rueckfrage-gestellt" => (
            "success",
            "Die Rückfrage ist gestellt; die Einheit bekommt gleich eine E-Mail.",
        ),
        "rueckfrage-gespeichert" => (
            "success",
            "Ihre Eingaben sind gespeichert. Die Antwort ist noch nicht gesendet.",
        ),
        "rueckfrage-offen" => (
            "warning",
            "Ihre Eingaben sind gespeichert. Einige Punkte sind noch zu klären.",
        ),
        "rueckfrage-neu" => (
            "info",
            "Ihre Eingaben sind gespeichert. Durch Ihre Änderung sind weitere Fragen hinzugekommen.",
        ),
        "rueckfrage-beantwortet" => (
            "success",
            "Ihre Antwort ist beim IAW eingegangen. Unten steht die neue Quittung.",
        ),
        "rueckfrage-weg" => ("info", "Diese Rückfrage ist inzwischen beantwortet oder zurückgezogen."),
        _ => return None,
    })
}

/// What is said where two people answered the same question.
pub(crate) fn two_answers(instrument: Option<&Instrument>, conflict: &portal::Conflict) -> TwoAnswers {
    let theirs = shown(instrument, &conflict.item, conflict.theirs.as_ref());
    let mine = shown(instrument, &conflict.item, conflict.mine.as_ref());
    TwoAnswers {
        sentence: format!(
            "Zu dieser Frage gibt es zwei Angaben. Es gilt: {theirs} ({}, {}). Danach kam: {mine} ({}, {}). Was ist richtig?",
            conflict.theirs_by,
            portal::berlin::long(conflict.theirs_at),
            conflict.mine_by,
            portal::berlin::long(conflict.mine_at),
        ),
        keep: format!("{} behalten", shortened(&theirs)),
        take: format!("{} übernehmen", shortened(&mine)),
        seen: format!("{}.{}", conflict.revision, conflict.lost_revision),
    }
}

/// An answer as people know it: the words of the options, or what was typed.
pub(crate) fn shown(instrument: Option<&Instrument>, item: &str, entry: Option<&Entry>) -> String {
    let typed = match entry {
        Some(Entry::Given(text)) => text,
        Some(Entry::CannotSay) => return "„Angabe nicht möglich“".to_owned(),
        None => return "keine Angabe".to_owned(),
    };
    let options = instrument.and_then(|all| Some(&all[all[all.item(item)?].question].options));
    let label = |code: &str| {
        let option = options?.iter().find(|option| option.code.to_string() == code.trim())?;
        Some(option.label.clone())
    };
    let labels: Option<Vec<String>> = typed.split(',').map(label).collect();
    format!("„{}“", labels.map_or_else(|| typed.clone(), |labels| labels.join(", ")))
}

/// A value short enough for a button.
fn shortened(value: &str) -> String {
    const LONGEST: usize = 60;
    if value.chars().count() <= LONGEST {
        return value.to_owned();
    }
    let beginning: String = value.chars().take(LONGEST).collect();
    format!("{beginning} …“")
}
