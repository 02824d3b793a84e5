//! The texts mails are written from: the program's own, or as staff has
//! changed them. Each is a subject and a body in the markup of
//! [`super::markup`] with placeholders of minijinja.
//!
//! Values are data: they are escaped for the markup when they are put in, and
//! nothing in them is evaluated. What a text may use is checked when it is
//! saved; what it may cost is bounded.

mod wrong;

use super::markup;
use super::message::one_line;
use crate::input::FieldError;
use crate::store::Stored;
use crate::store::{Conn, templates};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};
use std::collections::{BTreeMap, HashSet};

/// Steps of evaluation one text may take: the longest of ours takes some 300.
const FUEL: u64 = 20_000;
/// Longest subject and body, in characters.
pub(crate) const LONGEST_SUBJECT: usize = 200;
pub(crate) const LONGEST_BODY: usize = 10_000;
/// The text below every mail.
pub(crate) const FOOT: &str = "fuss";

/// A placeholder and what it stands for.
pub type Placeholder = (&'static str, &'static str);

const EVERYWHERE: &[Placeholder] = &[
    (
        "anrede",
        "„Guten Tag …,“ mit dem Namen, sonst „Sehr geehrte Damen und Herren,“",
    ),
    ("name", "Name der Ansprechperson, möglicherweise leer"),
    ("anmeldename", "womit man sich anmeldet"),
    ("portal", "Adresse des Portals"),
    ("kontakt_name", "Ansprechperson beim IAW"),
    ("kontakt_telefon", "deren Telefonnummer, möglicherweise leer"),
    ("kontakt_email", "deren E-Mail-Adresse"),
];
const OF_CASE: &[Placeholder] = &[
    ("einheit", "Name der Grundsicherungsstelle"),
    ("kennung", "Kennung"),
    ("welle", "Jahr der Befragung"),
    ("stichtag", "Stichtag der Angaben"),
    ("frist", "letzter Tag der Frist"),
    ("tage", "Tage bis zum Ende der Frist; danach negativ"),
    (
        "link",
        "führt zum Fragebogen; wer noch kein Passwort hat, legt damit eines fest",
    ),
    ("zugang_fehlt", "wahr, wenn noch kein Passwort festgelegt ist"),
    ("beantwortet", "Zahl der beantworteten Fragen"),
    ("fragen", "Zahl der zu beantwortenden Fragen"),
    ("fortschritt", "„41 von 88 Fragen“"),
    ("module", "Liste der Abschnitte, in denen etwas fehlt"),
    ("schreiben", "Liste der Begleitschreiben, jedes mit titel und adresse"),
];

/// One text: name, title, source as shipped, and what it may use besides
/// [`EVERYWHERE`].
struct Shipped {
    name: &'static str,
    title: &'static str,
    source: &'static str,
    of_case: bool,
    own: &'static [Placeholder],
}

macro_rules! shipped {
    ($($name:literal $title:literal $of_case:literal [$($own:expr),*];)*) => {
        &[$(Shipped {
            name: $name,
            title: $title,
            source: include_str!(concat!("texts/", $name, ".txt")),
            of_case: $of_case,
            own: &[$($own),*],
        }),*]
    };
}

const MOMENT: Placeholder = ("zeitpunkt", "wann es geschah");
const LINK: Placeholder = ("link", "legt das Passwort fest");
const POINTS: Placeholder = (
    "punkte",
    "Liste der Fragen, jede mit frage (Wortlaut im Fragebogen) und text",
);
const UNTIL: Placeholder = ("antwort_bis", "letzter Tag für die Antwort");
const REASON: Placeholder = ("grund", "was Sie dazu geschrieben haben");

const SHIPPED: &[Shipped] = shipped! {
    "einladung" "Einladung" true [];
    "erinnerung" "Erinnerung" true [];
    "frist-naht" "Erinnerung kurz vor der Frist" true [];
    "letzter-aufruf" "Erinnerung nach der Frist" true [];
    "anschreiben" "Rahmen für Schreiben an eine Einheit" true [("betreff", "Betreff, wie Sie ihn eingeben"), ("text", "Liste der Absätze, die Sie eingeben")];
    "wieder-geoeffnet" "Fragebogen wieder geöffnet" true [REASON];
    "rueckfrage" "Rückfrage" true [REASON, POINTS, UNTIL];
    "rueckfrage-erinnerung" "Erinnerung an eine Rückfrage" true [REASON, POINTS, UNTIL, ("ueberfaellig", "wahr, wenn die Frist vorbei ist")];
    "eingang" "Eingangsbestätigung" true [("eingegangen", "Zeitpunkt der Abgabe"), ("quittung", "Quittungsnummer"), ("pruefzeichen", "Prüfzeichen der Abgabe")];
    "einladung-kollege" "Einladung durch die Leitung einer Einheit" true [("eingeladen_von", "wer einlädt"), ("abschnitte", "Liste der Abschnitte"), ("vertretung", "wahr, wenn als Vertretung benannt")];
    "einladung-erneut" "Link zum Zugang, auf Anforderung" true [("grund", "warum die E-Mail kommt, wo niemand sie angefordert hat; sonst leer")];
    "neues-passwort" "Link für ein neues Passwort" false [LINK];
    "passwort-gesetzt" "Passwort wurde festgelegt" false [MOMENT];
    "neue-anmeldung" "Anmeldung von einem neuen Anschluss" false [MOMENT];
    "einladung-institut" "Zugang für Beschäftigte des Instituts" false [LINK];
    "zweiter-schritt" "Zweiter Schritt der Anmeldung geändert" false [MOMENT, ("grund", "was geändert wurde")];
    "adresse-geaendert" "E-Mail-Adresse wurde geändert" false [MOMENT];
    "fuss" "Gruß und Kontakt unter jeder E-Mail" false [];
};

/// Texts a step of the plan or a reminder by hand may use, with their titles.
#[must_use]
pub fn plan_templates() -> Vec<(&'static str, &'static str)> {
    ["einladung", "erinnerung", "frist-naht", "letzter-aufruf"]
        .into_iter()
        .filter_map(|name| Some((name, shipped(name)?.title)))
        .collect()
}

fn shipped(name: &str) -> Option<&'static Shipped> {
    SHIPPED.iter().find(|one| one.name == name)
}

/// Names and titles of all texts.
pub(crate) fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    SHIPPED.iter().map(|one| (one.name, one.title))
}

/// Subject and body as shipped; the text below every mail has no subject.
pub(crate) fn original(name: &str) -> Option<(&'static str, &'static str)> {
    let source = shipped(name)?.source;
    match source.strip_prefix("Betreff: ") {
        Some(rest) => rest.split_once("\n\n"),
        None => Some(("", source)),
    }
}

/// What a text may use.
pub(crate) fn placeholders(name: &str) -> Vec<Placeholder> {
    let Some(one) = shipped(name) else { return Vec::new() };
    let of_case = if one.of_case { OF_CASE } else { &[] };
    EVERYWHERE.iter().chain(of_case).chain(one.own).copied().collect()
}

/// A written mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub subject: String,
    pub text: String,
    /// Inside of the HTML part's body.
    pub html: String,
}

/// Values by placeholder.
pub(crate) type Values = BTreeMap<&'static str, Value>;

/// All texts, ready to be filled in.
pub(crate) struct Texts {
    environment: Environment<'static>,
    used: BTreeMap<String, HashSet<String>>,
}

impl Texts {
    /// The texts as they are now.
    pub(crate) async fn load(conn: &mut Conn) -> Stored<Self> {
        let changed: BTreeMap<String, (String, String)> = templates::all(conn)
            .await?
            .into_iter()
            .map(|row| (row.name, (row.subject, row.body)))
            .collect();
        let mut texts = Self::empty();
        for (name, _) in names() {
            let stored = changed
                .get(name)
                .map(|(subject, body)| (subject.as_str(), body.as_str()));
            // A text that an earlier program let pass gives way to the shipped one.
            let kept = stored.is_some_and(|(subject, body)| texts.set(name, subject, body).is_ok());
            if let (false, Some((subject, body))) = (kept, original(name)) {
                let _ = texts.set(name, subject, body);
            }
        }
        Ok(texts)
    }

    fn empty() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| match name.ends_with(SUBJECT) {
            true => AutoEscape::None,
            false => AutoEscape::Custom("markup".into()),
        });
        environment.set_fuel(Some(FUEL));
        // Errors know their place.
        environment.set_debug(true);
        if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            environment.set_syntax(syntax);
        }
        environment.set_formatter(|out, state, value| {
            let text = match value.kind() {
                ValueKind::Undefined => return Err(ErrorKind::UndefinedError.into()),
                _ => value.to_string(),
            };
            let put = match state.auto_escape() {
                AutoEscape::None => out.write_str(&text),
                _ => out.write_str(&markup::escaped(&text)),
            };
            put.map_err(|_| ErrorKind::WriteFailure.into())
        });
        Self {
            environment,
            used: BTreeMap::new(),
        }
    }

    /// Puts a text in place of the one of that name.
    ///
    /// # Errors
    /// What is wrong with it, by field (`betreff`, `text`).
    pub(crate) fn set(&mut self, name: &str, subject: &str, body: &str) -> Result<(), Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut used = HashSet::new();
        for (field, part, source, longest) in [
            ("betreff", SUBJECT, subject, LONGEST_SUBJECT),
            ("text", BODY, body, LONGEST_BODY),
        ] {
            let refuse = |message: String| FieldError {
                field: field.to_owned(),
                code: "template".to_owned(),
                message,
            };
            if source.chars().count() > longest {
                wrong.push(refuse(format!("Höchstens {longest} Zeichen.")));
                continue;
            }
            if source.trim().is_empty() && name != FOOT {
                wrong.push(refuse("Bitte füllen Sie dieses Feld aus.".to_owned()));
                continue;
            }
            let key = format!("{name}{part}");
            let source = source.replace("\r\n", "\n");
            if let Err(error) = self.environment.add_template_owned(key.clone(), source.clone()) {
                wrong.push(refuse(wrong::in_german(&error, &source)));
                continue;
            }
            let Ok(template) = self.environment.get_template(&key) else {
                continue;
            };
            let known = placeholders(name);
            let undeclared = template.undeclared_variables(false);
            let mut unknown: Vec<_> = undeclared
                .iter()
                .filter(|used| !known.iter().any(|(known, _)| known == used))
                .collect();
            unknown.sort();
            wrong.extend(unknown.into_iter().map(|unknown| {
                refuse(format!(
                    "Den Platzhalter „{unknown}“ gibt es hier nicht. Bitte prüfen Sie die Schreibweise."
                ))
            }));
            used.extend(undeclared);
        }
        if wrong.is_empty() {
            self.used.insert(name.to_owned(), used);
            Ok(())
        } else {
            Err(wrong)
        }
    }

    /// Whether a text uses one of some placeholders.
    pub(crate) fn uses(&self, name: &str, any: &[&str]) -> bool {
        self.used
            .get(name)
            .is_some_and(|used| any.iter().any(|one| used.contains(*one)))
    }

    /// Writes a mail.
    ///
    /// # Errors
    /// Why it cannot be written, in German.
    pub(crate) fn write(&self, name: &str, values: &Values) -> Result<Written, String> {
        let fill = |name: &str, part: &str| {
            let template = self.environment.get_template(&format!("{name}{part}"));
            let filled = template.and_then(|template| template.render(Value::from_pairs(values.clone())));
            filled.map_err(|error| wrong::in_german(&error, error.template_source().unwrap_or_default()))
        };
        let source = format!("{}\n\n{}", fill(name, BODY)?, fill(FOOT, BODY)?);
        Ok(Written {
            subject: one_line(&fill(name, SUBJECT)?),
            text: markup::to_text(&source),
            html: markup::to_html(&source),
        })
    }
}

const SUBJECT: &str = "/betreff";
const BODY: &str = "/text";

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Texts {
        let mut texts = Texts::empty();
        for (name, _) in names() {
            let (subject, body) = original(name).unwrap();
            texts
                .set(name, subject, body)
                .unwrap_or_else(|wrong| panic!("{name}: {wrong:?}"));
        }
        texts
    }

    fn values(pairs: &[(&'static str, &str)]) -> Values {
        let mut values: Values = EVERYWHERE.iter().map(|(name, _)| (*name, Value::from(""))).collect();
        values.extend(pairs.iter().map(|(name, value)| (*name, Value::from(*value))));
        values
    }

    #[test]
    fn every_shipped_text_uses_only_what_it_may() {
        texts();
    }

    #[test]
    fn an_unknown_placeholder_is_refused_with_its_name() {
        let wrong = texts()
            .set(
                "einladung",
                "x {{ fristt }}",
                "{% for x in modulee %}{{ x }}{% endfor %}",
            )
            .unwrap_err();
        let told: Vec<_> = wrong
            .iter()
            .map(|one| (one.field.as_str(), one.message.as_str()))
            .collect();
        assert!(told[0].0 == "betreff" && told[0].1.contains("„fristt“"), "{told:?}");
        assert!(told[1].0 == "text" && told[1].1.contains("„modulee“"), "{told:?}");
    }

    #[test]
    fn broken_endless_and_overlong_texts_are_refused() {
        let mut texts = texts();
        let broken = texts.set("neues-passwort", "x", "eins\n{{ link").unwrap_err();
        assert!(broken[0].message.starts_with("Zeile 2"), "{broken:?}");
        assert!(texts.set("neues-passwort", "", "x").is_err());
        assert!(texts.set("neues-passwort", "x", &"x".repeat(LONGEST_BODY + 1)).is_err());
        let endless = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        // Refused when it is saved or, at the latest, when it is filled in.
        if texts.set("neues-passwort", "x", endless).is_ok() {
            let refused = texts.write("neues-passwort", &values(&[("link", "x")])).unwrap_err();
            assert!(
                refused.contains("aufwendig") || refused.contains("Funktion"),
                "{refused}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_named_in_german_with_its_line() {
        let unreadable = |line: &str| {
            format!(
                "Das lässt sich nicht lesen: „{line}“. Zu jedem {{{{ gehört ein }}}}, zu jedem {{% ein %}} und zu jedem {{% if … %}} ein {{% endif %}}."
            )
        };
        for (source, told) in [
            ("eins\n{{ link", format!("Zeile 2: {}", unreadable("{{ link"))),
            ("{% if link %}\nx", format!("Zeile 2: {}", unreadable("x"))),
            ("{% wenn link %}", format!("Zeile 1: {}", unreadable("{% wenn link %}"))),
            ("{{ link + }}", format!("Zeile 1: {}", unreadable("{{ link + }}"))),
            (
                "{{ link|gross }}",
                "Zeile 1: Diesen Filter gibt es nicht: „{{ link|gross }}“.".to_owned(),
            ),
            (
                "{{ link.gross() }}",
                "Zeile 1: Diese Funktion gibt es nicht: „{{ link.gross() }}“.".to_owned(),
            ),
        ] {
            let mut texts = texts();
            let refused = match texts.set("neues-passwort", "x", source) {
                Err(wrong) => wrong[0].message.clone(),
                Ok(()) => texts.write("neues-passwort", &values(&[("link", "x")])).unwrap_err(),
            };
            assert_eq!(refused, told, "{source}");
        }
    }

    #[test]
    fn a_placeholder_without_a_value_is_named_with_its_line() {
        let mut texts = texts();
        for (source, named) in [
            (
                "eins\n{{ kontakt_email.nummer }}",
                "Zeile 2: Der Platzhalter „kontakt_email.nummer“ hat",
            ),
            (
                "{% for a in link.teile %}{{ a }}{% endfor %}",
                "Zeile 1: Der Platzhalter „link.teile“ hat",
            ),
            ("{{ link.teile|length }}", "Zeile 1: Der Platzhalter „link.teile"),
        ] {
            texts.set("neues-passwort", "x", source).unwrap();
            let refused = texts.write("neues-passwort", &values(&[("link", "x")])).unwrap_err();
            assert!(refused.starts_with(named), "{source}: {refused}");
        }
    }

    #[test]
    fn what_people_typed_is_neither_evaluated_nor_markup() {
        let hostile = "{{7*7}} <b>[x](https://boese.example)</b>";
        let values = values(&[
            ("anrede", hostile),
            ("anmeldename", hostile),
            ("link", "https://x.example/zugang/a_b*c"),
        ]);
        let written = texts().write("neues-passwort", &values).unwrap();
        assert!(
            written.text.contains("{{7*7}} <b>[x](https://boese.example)</b>"),
            "{}",
            written.text
        );
        assert!(
            !written.html.contains("<b>") && !written.html.contains("href=\"https://boese"),
            "{}",
            written.html
        );
        assert!(
            written.text.contains("    https://x.example/zugang/a_b*c\n"),
            "{}",
            written.text
        );
        assert!(
            written.html.contains("href=\"https://x.example/zugang/a_b*c\""),
            "{}",
            written.html
        );
        assert_eq!(written.subject, "Neues Passwort festlegen");
    }
}
