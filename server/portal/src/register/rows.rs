//! What a row of the register must be. Pure: collects every finding.

use super::report::Findings;
use super::table::{Record, Table};
use crate::input::{LONGEST_EMAIL, email_problem, has_control_characters};
use crate::store::cases::CaseRow;
use crate::words;
use std::collections::{BTreeMap, HashMap};
use survey::{Form, Land};
use validator::ValidateLength;

/// Columns every register has.
const COLUMNS: [&str; 6] = ["kennung", "name", "form", "land", "kontakt_name", "kontakt_email"];
/// Longest values, in characters.
const LONGEST_KENNUNG: u64 = 40;
const LONGEST_TEXT: u64 = 200;

/// A row that may be imported.
pub(super) struct Office {
    pub line: u64,
    pub kennung: String,
    /// Folded Kennung.
    pub key: String,
    pub name: String,
    pub form: Form,
    pub land: Land,
    pub contact_name: String,
    pub contact_email: String,
    /// JSON object.
    pub attributes: String,
}

/// Checks a whole table; rows with findings are left out.
pub(super) fn check(table: &Table, extra: &[String], findings: &mut Findings) -> Vec<Office> {
    let Some(columns) = Columns::find(&table.header, extra, findings) else {
        return Vec::new();
    };
    let mut lines: HashMap<String, u64> = HashMap::with_capacity(table.rows.len());
    let mut offices = Vec::with_capacity(table.rows.len());
    for record in &table.rows {
        let row = Row { record, findings };
        offices.extend(row.check(&columns, table.header.len(), &mut lines));
    }
    if table.rows.is_empty() {
        findings.add(1, "kennung", "", "empty", "Die Datei enthält keine Einheit.");
    }
    offices
}

/// Once a wave is open its list is frozen: only contacts may change.
pub(super) fn check_frozen(office: &Office, case: Option<&CaseRow>, findings: &mut Findings) {
    let Some(case) = case else {
        let message = "Die Welle ist eröffnet; es können keine Einheiten hinzukommen.";
        findings.add(office.line, "kennung", &office.kennung, "not_in_list", message);
        return;
    };
    let fields = [
        ("name", office.name.as_str(), case.name.as_str()),
        ("form", office.form.label(), case.form.as_str()),
        ("land", office.land.label(), case.land.as_str()),
        ("weitere Spalten", office.attributes.as_str(), case.attributes.as_str()),
    ];
    for (field, now, before) in fields {
        if now != before {
            let message =
                format!("Die Welle ist eröffnet; hier steht fest: „{before}“. Nur Kontakte können sich ändern.");
            findings.add(office.line, field, now, "frozen", message);
        }
    }
}

/// Where the columns stand.
struct Columns<'a> {
    places: [usize; 6],
    extra: Vec<(&'a str, usize)>,
}

impl<'a> Columns<'a> {
    fn find(header: &[String], extra: &'a [String], findings: &mut Findings) -> Option<Self> {
        let names: Vec<String> = header.iter().map(|name| words::key(name)).collect();
        let mut place = |name: &str| {
            let mut found = names
                .iter()
                .enumerate()
                .filter(|(_, one)| *one == name)
                .map(|(place, _)| place);
            match (found.next(), found.next()) {
                (Some(place), None) => Some(place),
                (None, _) => {
                    findings.add(1, name, "", "missing_column", "Diese Spalte fehlt.");
                    None
                }
                (Some(_), Some(_)) => {
                    findings.add(1, name, "", "repeated_column", "Diese Spalte kommt mehrmals vor.");
                    None
                }
            }
        };
        let places = COLUMNS.map(&mut place);
        let extra: Vec<_> = extra
            .iter()
            .map(|name| (name.as_str(), place(&words::key(name))))
            .collect();
        Some(Self {
            places: match places {
                [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f)] => [a, b, c, d, e, f],
                _ => return None,
            },
            extra: extra
                .into_iter()
                .map(|(name, place)| Some((name, place?)))
                .collect::<Option<_>>()?,
        })
    }
}

/// One row being checked.
struct Row<'a> {
    record: &'a Record,
    findings: &'a mut Findings,
}

impl Row<'_> {
    fn check(mut self, columns: &Columns<'_>, width: usize, lines: &mut HashMap<String, u64>) -> Option<Office> {
        let before = self.findings.count();
        if self.record.cells.iter().skip(width).any(|cell| !cell.is_empty()) {
            self.wrong(
                "Zeile",
                "",
                "too_many_cells",
                "Die Zeile hat mehr Felder als die Kopfzeile.",
            );
        }
        let [kennung, name, form, land, contact_name, contact_email] = columns.places;
        let kennung = self.text("kennung", kennung, true, LONGEST_KENNUNG);
        let name = self.text("name", name, true, LONGEST_TEXT);
        let form = self.form(form);
        let land = self.land(land);
        let contact_name = self.text("kontakt_name", contact_name, false, LONGEST_TEXT);
        let contact_email = self.email(contact_email);
        let attributes: BTreeMap<&str, String> = columns
            .extra
            .iter()
            .map(|(name, place)| (*name, self.text(name, *place, false, LONGEST_TEXT)))
            .collect();
        let key = words::key(&kennung);
        self.once(&kennung, &key, lines);
        if self.findings.count() > before {
            return None;
        }
        let attributes = serde_json::to_string(&attributes).unwrap_or_else(|_| "{}".to_owned());
        let line = self.record.line;
        Some(Office {
            line,
            kennung,
            key,
            name,
            form: form?,
            land: land?,
            contact_name,
            contact_email,
            attributes,
        })
    }

    fn wrong(&mut self, field: &str, value: &str, code: &'static str, message: &str) {
        self.findings.add(self.record.line, field, value, code, message);
    }

    /// A cell without the space around it.
    fn cell(&self, place: usize) -> String {
        self.record
            .cells
            .get(place)
            .map(|cell| cell.trim().to_owned())
            .unwrap_or_default()
    }

    fn text(&mut self, field: &str, place: usize, mandatory: bool, longest: u64) -> String {
        let value = self.cell(place);
        if value.is_empty() && mandatory {
            self.wrong(field, "", "empty", "Dieses Feld darf nicht leer sein.");
        } else if has_control_characters(&value) {
            self.wrong(
                field,
                &value,
                "control_character",
                "Der Wert enthält Steuerzeichen (etwa einen Zeilenumbruch).",
            );
        } else if !value.validate_length(None, Some(longest), None) {
            self.wrong(
                field,
                &value,
                "too_long",
                &format!("Höchstens {longest} Zeichen sind möglich."),
            );
        }
        value
    }

    fn form(&mut self, place: usize) -> Option<Form> {
        let value = self.text("form", place, true, LONGEST_TEXT);
        let form = value.parse().ok();
        if form.is_none() && !value.is_empty() {
            self.wrong("form", &value, "unknown_form", "Möglich sind ARGE, zkT und gAw.");
        }
        form
    }

    fn land(&mut self, place: usize) -> Option<Land> {
        let value = self.text("land", place, true, LONGEST_TEXT);
        let land = value.parse().ok();
        if land.is_none() && !value.is_empty() {
            let message = "Das ist keines der 16 Länder (zum Beispiel „Baden-Württemberg“).";
            self.wrong("land", &value, "unknown_land", message);
        }
        land
    }

    /// An address that mails can really be sent to.
    fn email(&mut self, place: usize) -> String {
        let value = self.text("kontakt_email", place, true, LONGEST_EMAIL as u64);
        if let Some(problem) = email_problem(&value)
            && !value.is_empty()
            && !has_control_characters(&value)
        {
            self.wrong("kontakt_email", &value, "email", problem);
        }
        value
    }

    /// A Kennung stands once in a register, whatever its case, and is no
    /// e-mail address: those sign colleagues and staff in.
    fn once(&mut self, kennung: &str, key: &str, lines: &mut HashMap<String, u64>) {
        if key.is_empty() {
            return;
        }
        if kennung.contains('@') {
            self.wrong("kennung", kennung, "kennung", "Eine Kennung enthält kein „@“.");
        }
        match lines.get(key) {
            Some(first) => {
                let message = format!("Diese Kennung steht schon in Zeile {first}.");
                self.wrong("kennung", kennung, "duplicate", &message);
            }
            None => {
                lines.insert(key.to_owned(), self.record.line);
            }
        }
    }
}
