//! German wordings used in several places: dates, statuses, messages that
//! pages show after a redirect.

use chrono::NaiveDate;
use survey::status::Status;

/// A day as it is written in German.
pub(crate) fn day(date: NaiveDate) -> String {
    date.format("%d.%m.%Y").to_string()
}

/// What the status of a case is called.
pub(crate) fn status(status: Status) -> &'static str {
    match status {
        Status::NotInvited => "noch nicht eingeladen",
        Status::Invited => "eingeladen",
        Status::Opened => "geöffnet",
        Status::Started => "begonnen",
        Status::Submitted => "eingegangen",
        Status::Query => "in Rückfrage",
        Status::Usable => "vollständig verwertbar",
        Status::Unusable => "nicht verwertbar",
        Status::Refused => "verweigert",
        Status::Ineligible => "gehört nicht zur Erhebung",
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
        "abgemeldet" => ("success", "Sie sind abgemeldet."),
        "passwort-gesetzt" => (
            "success",
            "Ihr Passwort ist gespeichert. Bitte melden Sie sich damit an.",
        ),
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
        "erledigt" => ("success", "Die Änderung ist gespeichert."),
        _ => return None,
    })
}

/// What is said where two people answered the same question.
pub(crate) fn conflict(conflict: &portal::Conflict) -> String {
    let shown = |entry: &Option<survey::Entry>| match entry {
        Some(survey::Entry::Given(text)) => format!("„{text}“"),
        Some(survey::Entry::CannotSay) => "„Angabe nicht möglich“".to_owned(),
        None => "nichts".to_owned(),
    };
    format!(
        "{} hat am {} {} angegeben; das gilt. Ihre Angabe {} wurde nicht übernommen. Geben Sie sie noch einmal ein, wenn sie gelten soll.",
        conflict.theirs_by,
        portal::berlin::long(conflict.theirs_at),
        shown(&conflict.theirs),
        shown(&conflict.mine),
    )
}
