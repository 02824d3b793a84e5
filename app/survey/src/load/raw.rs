//! The files as they are written, before names are resolved.

use super::Diagnostic;
use super::reader::{Fields, File, Placed};
use crate::answer::MAX_CODE;
use crate::model::{Kind, Reference, Requirement, Severity, WaveEntry};
use toml::de::DeTable;

pub(super) struct RawModule {
    pub file: String,
    pub letter: Placed,
    pub title: Placed,
    pub piping: Vec<RawPiping>,
    pub questions: Vec<RawQuestion>,
}

pub(super) struct RawPiping {
    pub name: Placed,
    pub when: Placed,
    pub then: Placed,
    pub otherwise: Placed,
}

pub(super) struct RawQuestion {
    pub id: Placed,
    pub kind: Kind,
    pub text: Placed,
    pub help: Option<Placed>,
    pub unit: Option<String>,
    pub reference: Reference,
    pub route: Option<Placed>,
    pub requirement: Requirement,
    pub decimals: u8,
    pub lines: u8,
    pub max_length: Option<u32>,
    pub cannot_say: bool,
    pub from_wave: i32,
    pub needs_previous_wave: bool,
    pub core: bool,
    pub contact_data: bool,
    pub rows_needed: Option<u16>,
    pub same_as: Option<Placed>,
    pub source: String,
    pub options: Vec<RawOption>,
    pub rows: Vec<RawRow>,
    pub edits: Vec<RawEdit>,
}

pub(super) struct RawOption {
    pub code: i16,
    pub label: Placed,
    pub open: bool,
}

pub(super) struct RawRow {
    pub id: Placed,
    pub label: Placed,
}

pub(super) struct RawEdit {
    pub id: Placed,
    pub severity: Severity,
    pub expr: Placed,
    pub message: Placed,
}

fn parse<'a>(file: &mut File<'a>) -> toml::Spanned<DeTable<'a>> {
    let (table, errors) = DeTable::parse_recoverable(file.text);
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        file.report(at, "", format!("kein gültiges TOML: {}", error.message()));
    }
    table
}

/// Reads the file with the waves.
pub(super) fn waves(name: &str, text: &str, findings: &mut Vec<Diagnostic>) -> Vec<WaveEntry> {
    let mut file = File { name, text, findings };
    let table = parse(&mut file);
    let mut fields = Fields::new(table.get_ref(), 0);
    let mut waves: Vec<WaveEntry> = Vec::new();
    for (table, at) in fields.tables(&mut file, "wave") {
        let mut fields = Fields::new(table, at);
        let key = fields.integer(&mut file, "key", 1900, 2999);
        fields.item = key.map(|key| key.to_string()).unwrap_or_default();
        let stichtag = fields.day(&mut file, "stichtag");
        let zeitraum = fields.need(&mut file, "zeitraum").text;
        let vorwelle = fields
            .integer(&mut file, "vorwelle", 1900, 2999)
            .and_then(|key| i32::try_from(key).ok());
        let item = fields.item.clone();
        fields.finish(&mut file);
        let Some((key, stichtag)) = key.and_then(|key| i32::try_from(key).ok()).zip(stichtag) else {
            file.report(at, &item, "die Welle braucht „key“ und „stichtag“");
            continue;
        };
        if waves.iter().any(|wave| wave.key == key) {
            file.report(at, &item, "diese Welle steht schon weiter oben");
        }
        if let Some(before) = vorwelle
            && !waves.iter().any(|wave| wave.key == before && wave.stichtag < stichtag)
        {
            file.report(
                at,
                &item,
                format!("die Vorwelle {before} steht nicht weiter oben mit einem früheren Stichtag"),
            );
        }
        waves.push(WaveEntry {
            key,
            stichtag,
            zeitraum,
            vorwelle,
        });
    }
    fields.finish(&mut file);
    waves
}

/// Reads one module's file.
pub(super) fn module(name: &str, text: &str, findings: &mut Vec<Diagnostic>) -> Option<RawModule> {
    let mut file = File { name, text, findings };
    let table = parse(&mut file);
    let mut fields = Fields::new(table.get_ref(), 0);
    let letter = fields.need(&mut file, "letter");
    let title = fields.need(&mut file, "title");
    let piping = fields
        .tables(&mut file, "piping")
        .into_iter()
        .map(|(table, at)| {
            let mut fields = Fields::new(table, at);
            let name = fields.need(&mut file, "name");
            fields.item.clone_from(&name.text);
            let when = fields.need(&mut file, "when");
            let then = fields.need(&mut file, "then");
            let otherwise = fields.need(&mut file, "otherwise");
            fields.finish(&mut file);
            RawPiping {
                name,
                when,
                then,
                otherwise,
            }
        })
        .collect();
    let questions = fields
        .tables(&mut file, "question")
        .into_iter()
        .filter_map(|(table, at)| question(&mut file, table, at))
        .collect();
    fields.finish(&mut file);
    Some(RawModule {
        file: name.to_owned(),
        letter,
        title,
        piping,
        questions,
    })
}

const KINDS: [(&str, Kind); 12] = [
    ("single", Kind::Single),
    ("multi", Kind::Multi),
    ("integer", Kind::Integer),
    ("decimal", Kind::Decimal),
    ("percent", Kind::Percent),
    ("euro", Kind::Euro),
    ("text", Kind::Text),
    ("date", Kind::Date),
    ("matrix_scale5", Kind::MatrixScale5),
    ("matrix_decimal", Kind::MatrixDecimal),
    ("matrix_percent", Kind::MatrixPercent),
    ("matrix_integer", Kind::MatrixInteger),
];

/// The value of a word among known words.
fn word<T: Copy>(file: &mut File, fields: &mut Fields, found: &Placed, key: &str, words: &[(&str, T)]) -> Option<T> {
    let value = words
        .iter()
        .find(|(word, _)| *word == found.text)
        .map(|(_, value)| *value);
    if value.is_none() && !found.text.is_empty() {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        file.report(
            found.at,
            &fields.item,
            format!("„{key}“ ist „{}“, möglich sind: {}", found.text, known.join(", ")),
        );
    }
    value
}

fn question(file: &mut File, table: &DeTable<'_>, at: usize) -> Option<RawQuestion> {
    let mut fields = Fields::new(table, at);
    let id = fields.need(file, "id");
    fields.item.clone_from(&id.text);
    let kind = fields.need(file, "type");
    let kind = word(file, &mut fields, &kind, "type", &KINDS);
    let required = fields.need(file, "required");
    let levels = [
        ("P1", Requirement::P1),
        ("P2", Requirement::P2),
        ("P3", Requirement::P3),
    ];
    let requirement = word(file, &mut fields, &required, "required", &levels);
    let reference = fields.text(file, "reference").and_then(|found| {
        let words = [("Stichtag", Reference::Stichtag), ("Zeitraum", Reference::Zeitraum)];
        word(file, &mut fields, &found, "reference", &words)
    });
    let options = options(file, &mut fields);
    let rows = rows(file, &mut fields);
    let mut edits = Vec::new();
    for (key, severity) in [("hard", Severity::Hard), ("soft", Severity::Soft)] {
        for (table, at) in fields.tables(file, key) {
            let mut fields = Fields::new(table, at);
            let id = fields.need(file, "id");
            fields.item.clone_from(&id.text);
            let expr = fields.need(file, "expr");
            let message = fields.need(file, "msg");
            fields.finish(file);
            edits.push(RawEdit {
                id,
                severity,
                expr,
                message,
            });
        }
    }
    let byte = |value: Option<i64>| value.and_then(|value| u8::try_from(value).ok());
    let question = RawQuestion {
        text: fields.need(file, "text"),
        help: fields.text(file, "help"),
        unit: fields.text(file, "unit").map(|unit| unit.text),
        reference: reference.unwrap_or_default(),
        route: fields.text(file, "route"),
        decimals: byte(fields.integer(file, "decimals", 0, 6)).unwrap_or(0),
        lines: byte(fields.integer(file, "lines", 1, 20)).unwrap_or(1),
        max_length: fields
            .integer(file, "max_length", 1, 20_000)
            .and_then(|value| u32::try_from(value).ok()),
        cannot_say: fields.flag(file, "cannot_say"),
        from_wave: fields
            .integer(file, "from_wave", 1900, 2999)
            .and_then(|value| i32::try_from(value).ok())
            .unwrap_or(0),
        needs_previous_wave: fields.flag(file, "needs_previous_wave"),
        core: fields.flag(file, "core"),
        contact_data: fields.flag(file, "contact_data"),
        rows_needed: fields
            .integer(file, "rows_needed", 1, 100)
            .and_then(|value| u16::try_from(value).ok()),
        same_as: fields.text(file, "same_as"),
        source: fields
            .text(file, "source")
            .map(|source| source.text)
            .unwrap_or_default(),
        kind: kind.unwrap_or(Kind::Text),
        requirement: requirement.unwrap_or(Requirement::P3),
        id,
        options,
        rows,
        edits,
    };
    fields.finish(file);
    kind.is_some().then_some(question)
}

fn options(file: &mut File, fields: &mut Fields) -> Vec<RawOption> {
    let item = fields.item.clone();
    let mut options: Vec<RawOption> = Vec::new();
    for (table, at) in fields.tables(file, "options") {
        let mut fields = Fields::new(table, at);
        fields.item.clone_from(&item);
        let code = fields.integer(file, "code", 0, MAX_CODE.into());
        let label = fields.need(file, "label");
        let open = fields.flag(file, "open");
        fields.finish(file);
        let Some(code) = code.and_then(|code| i16::try_from(code).ok()) else {
            file.report(at, &item, "eine Antwort braucht einen Code");
            continue;
        };
        if options.iter().any(|option| option.code == code) {
            file.report(at, &item, format!("der Code {code} kommt zweimal vor"));
        }
        options.push(RawOption { code, label, open });
    }
    options
}

fn rows(file: &mut File, fields: &mut Fields) -> Vec<RawRow> {
    let item = fields.item.clone();
    fields
        .tables(file, "rows")
        .into_iter()
        .map(|(table, at)| {
            let mut fields = Fields::new(table, at);
            fields.item.clone_from(&item);
            let id = fields.need(file, "id");
            let label = fields.need(file, "label");
            fields.finish(file);
            RawRow { id, label }
        })
        .collect()
}
