//! What the mails say. Pure: everything that goes in is given, nothing is
//! looked up. Texts people typed go in as they are; [`super::message`] takes
//! out what could harm.

use crate::berlin;
use crate::settings::{Contact, Endorsement};
use chrono::{DateTime, NaiveDate, Utc};

/// Longest line; longer words (links) stand alone.
const WIDTH: usize = 72;

/// A finished text with its subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub subject: String,
    pub body: String,
}

/// What every mail knows.
pub(super) struct Frame<'a> {
    /// Name of the receiver, possibly empty.
    pub to_name: &'a str,
    pub contact: &'a Contact,
    /// Address of the portal.
    pub base_url: &'a str,
}

/// What a mail about one unit in one wave knows.
pub(super) struct Survey<'a> {
    pub wave: i32,
    pub office: &'a str,
    pub kennung: &'a str,
    pub stichtag: NaiveDate,
    pub deadline: NaiveDate,
}

/// Please take part.
pub(super) fn invitation(frame: &Frame<'_>, survey: &Survey<'_>, link: &str, letters: &[Endorsement]) -> Letter {
    let mut text = Text::to(frame.to_name);
    text.paragraph(&format!(
        "das Institut für Angewandte Wirtschaftsforschung (IAW) befragt zum Stichtag {} alle \
         Grundsicherungsstellen. Wir bitten Sie, für „{}“ daran teilzunehmen. Bitte geben Sie den \
         Fragebogen bis zum {} ab.",
        berlin::short(survey.stichtag),
        survey.office,
        berlin::short(survey.deadline),
    ));
    text.paragraph("So kommen Sie hinein: Öffnen Sie diesen Link und legen Sie ein Passwort fest. Er gilt 30 Tage.");
    text.line(link);
    text.paragraph(&format!(
        "Danach melden Sie sich jederzeit mit Ihrer Kennung {} an:",
        survey.kennung
    ));
    text.line(&format!("{}/anmelden", frame.base_url));
    text.paragraph(
        "Planen Sie etwa zwei Stunden ein, vor allem für Personal- und Haushaltszahlen. Sie können jederzeit \
         unterbrechen; jede Angabe wird sofort gespeichert. Den ganzen Fragebogen können Sie vorab ausdrucken \
         und im Haus weitergeben.",
    );
    text.paragraph(
        "Ihre Angaben werden vertraulich behandelt und nur zusammengefasst veröffentlicht. Was wir speichern \
         und warum, lesen Sie hier:",
    );
    text.line(&format!("{}/datenschutz", frame.base_url));
    if !letters.is_empty() {
        text.paragraph("Bund, Länder und kommunale Spitzenverbände empfehlen die Teilnahme:");
        for letter in letters {
            text.line(&format!("{}: {}", letter.label, letter.url));
        }
    }
    text.sign(frame.contact);
    text.finish(format!(
        "Befragung der Grundsicherungsstellen {}: Ihr Zugang",
        survey.wave
    ))
}

/// The link once more, for somebody without a password. `survey` is empty for
/// people who belong to no office.
pub(super) fn invitation_again(frame: &Frame<'_>, login: &str, survey: Option<&Survey<'_>>, link: &str) -> Letter {
    let mut text = Text::to(frame.to_name);
    let office = survey.map_or(String::new(), |survey| format!(" für „{}“", survey.office));
    text.paragraph(&format!(
        "Sie haben um einen Link zu Ihrem Zugang{office} gebeten. Öffnen Sie ihn und legen Sie ein Passwort \
         fest. Er gilt 30 Tage.",
    ));
    text.line(link);
    text.paragraph(&format!("Danach melden Sie sich mit „{login}“ an:"));
    text.line(&format!("{}/anmelden", frame.base_url));
    if let Some(survey) = survey {
        text.paragraph(&format!(
            "Die Frist für den Fragebogen endet am {}.",
            berlin::short(survey.deadline)
        ));
    }
    text.not_you();
    text.sign(frame.contact);
    text.finish("Ihr Zugang zur Befragung".into())
}

/// Link to replace a forgotten password.
pub(super) fn new_password(frame: &Frame<'_>, login: &str, link: &str) -> Letter {
    let mut text = Text::to(frame.to_name);
    text.paragraph(&format!(
        "für den Zugang „{login}“ wurde ein neues Passwort angefordert. Mit diesem Link legen Sie es fest. \
         Er gilt 60 Minuten und nur einmal.",
    ));
    text.line(link);
    text.not_you();
    text.sign(frame.contact);
    text.finish("Neues Passwort festlegen".into())
}

/// Notice that a password was set.
pub(super) fn password_set(frame: &Frame<'_>, login: &str, at: DateTime<Utc>) -> Letter {
    let mut text = Text::to(frame.to_name);
    text.paragraph(&format!(
        "für den Zugang „{login}“ wurde am {} ein Passwort festgelegt. Alle Anmeldungen, die bis dahin \
         bestanden, sind beendet.",
        berlin::long(at),
    ));
    text.paragraph("Waren Sie das nicht? Dann legen Sie bitte sofort ein neues fest und sagen Sie uns Bescheid:");
    text.line(&format!("{}/passwort-vergessen", frame.base_url));
    text.sign(frame.contact);
    text.finish("Ihr Passwort wurde festgelegt".into())
}

/// The questionnaire has arrived.
pub(super) fn receipt(
    frame: &Frame<'_>,
    survey: &Survey<'_>,
    number: &str,
    fingerprint: &str,
    at: DateTime<Utc>,
) -> Letter {
    let mut text = Text::to(frame.to_name);
    text.paragraph(&format!(
        "der Fragebogen von „{}“ (Kennung {}) zum Stichtag {} ist beim IAW eingegangen. Vielen Dank!",
        survey.office,
        survey.kennung,
        berlin::short(survey.stichtag),
    ));
    text.line(&format!("Eingegangen am:  {}", berlin::long(at)));
    text.line(&format!("Quittungsnummer: {number}"));
    text.line(&format!("Prüfzeichen:     {fingerprint}"));
    text.paragraph(
        "Der Fragebogen ist nun gesperrt; ansehen und ausdrucken können Sie ihn weiterhin. Möchten Sie etwas \
         berichtigen, sagen Sie uns bitte Bescheid: Wir öffnen ihn wieder.",
    );
    text.line(&format!("{}/befragung/quittung", frame.base_url));
    text.sign(frame.contact);
    text.finish(format!(
        "Eingangsbestätigung: Befragung {}, {}",
        survey.wave, survey.kennung
    ))
}

/// Builds a body of paragraphs, wrapped, with a blank line between them.
struct Text(String);

impl Text {
    fn to(name: &str) -> Self {
        let name = name.trim();
        let salutation = if name.is_empty() {
            "Sehr geehrte Damen und Herren,".to_owned()
        } else {
            format!("Guten Tag {name},")
        };
        Self(salutation + "\n")
    }

    fn paragraph(&mut self, text: &str) {
        self.0.push('\n');
        let mut width = 0;
        for word in text.split_whitespace() {
            let length = word.chars().count();
            if width > 0 && width + 1 + length > WIDTH {
                self.0.push('\n');
                width = 0;
            } else if width > 0 {
                self.0.push(' ');
                width += 1;
            }
            self.0.push_str(word);
            width += length;
        }
        self.0.push('\n');
    }

    /// A line of its own that is never wrapped; the first of several stands
    /// apart from the paragraph before.
    fn line(&mut self, text: &str) {
        let follows_a_line = self.0.lines().next_back().is_some_and(|last| last.starts_with("    "));
        if !follows_a_line {
            self.0.push('\n');
        }
        self.0.push_str("    ");
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn not_you(&mut self) {
        self.paragraph("Haben Sie das nicht angefordert? Dann müssen Sie nichts tun; Ihr Zugang bleibt, wie er ist.");
    }

    fn sign(&mut self, contact: &Contact) {
        self.paragraph("Bei Fragen helfen wir gern:");
        for line in [&contact.name, &contact.phone, &contact.email] {
            if !line.is_empty() {
                self.line(line);
            }
        }
        self.paragraph("Mit freundlichen Grüßen");
        self.0.push_str("Institut für Angewandte Wirtschaftsforschung\n");
    }

    fn finish(self, subject: String) -> Letter {
        Letter { subject, body: self.0 }
    }
}
