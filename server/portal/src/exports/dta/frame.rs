//! What stands around the rows of a Stata file, and where: the file says
//! before its rows at which byte each of its parts begins.

use super::{Column, Storage, extended};
use crate::exports::ExportError;
use crate::exports::encoder::{About, shortened};
use crate::exports::variable::{Missing, Variable, VariableKind};

/// Ends the rows and begins the long texts.
pub(super) const BETWEEN_DATA_AND_TEXTS: &[u8] = b"</data><strls>";
/// Longest label of a variable or file, in characters; four bytes each.
const LABEL: usize = 80;
/// Wordings all variables without values of their own share.
const SHARED: &str = "fehlend";

/// Everything before the first row.
pub(super) fn before(about: &About, columns: &[Column], out: &mut Vec<u8>) -> Result<(), ExportError> {
    out.extend_from_slice(b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>");
    let count = u16::try_from(columns.len()).map_err(|_| ExportError::content("too many variables"))?;
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(b"</K><N>");
    out.extend_from_slice(&about.rows.to_le_bytes());
    out.extend_from_slice(b"</N><label>");
    let label = label(&about.title);
    let length = u16::try_from(label.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(label.as_bytes());
    out.extend_from_slice(b"</label><timestamp>\x11");
    out.extend_from_slice(about.day().format("%d %b %Y 00:00").to_string().as_bytes());
    out.extend_from_slice(b"</timestamp></header>");
    let map = out.len() as u64;
    let parts = parts(columns);
    let mut ends = Vec::new();
    after(columns, &mut ends)?;
    // Beginning, this list, the parts, rows, long texts, wordings, end tag, end.
    let mut places = vec![0, map];
    let mut place = map + (b"<map></map>".len() + 14 * 8) as u64;
    for part in &parts {
        places.push(place);
        place += part.len() as u64;
    }
    places.push(place);
    let bytes: u64 = columns.iter().map(|column| column.storage.bytes()).sum();
    place += b"<data></data>".len() as u64 + bytes * about.rows;
    places.push(place);
    place += b"<strls>".len() as u64 + long_texts(columns);
    let tag = b"</strls>".len();
    places.push(place + tag as u64);
    place += ends.len() as u64;
    places.push(place - END.len() as u64);
    places.push(place);
    out.extend_from_slice(b"<map>");
    for place in places {
        out.extend_from_slice(&place.to_le_bytes());
    }
    out.extend_from_slice(b"</map>");
    for part in parts {
        out.extend_from_slice(&part);
    }
    out.extend_from_slice(b"<data>");
    Ok(())
}

const END: &[u8] = b"</stata_dta>";

/// Everything after the long texts: wordings, and the end.
pub(super) fn after(columns: &[Column], out: &mut Vec<u8>) -> Result<(), ExportError> {
    out.extend_from_slice(b"</strls><value_labels>");
    let mut shared = false;
    for column in columns {
        match wordings_of(&column.variable) {
            Some(name) if name != SHARED => wordings(&name, &column.variable, out)?,
            Some(_) if !shared => {
                shared = true;
                wordings(SHARED, &column.variable, out)?;
            }
            _ => {}
        }
    }
    out.extend_from_slice(b"</value_labels>");
    out.extend_from_slice(END);
    Ok(())
}

/// One long text as it stands at the end.
pub(super) fn long_text((variable, row): (u64, u64), text: &str) -> Result<Vec<u8>, ExportError> {
    let length = u32::try_from(text.len() + 1).map_err(|_| ExportError::content("a text of 4 GB"))?;
    let mut out = b"GSO".to_vec();
    out.extend_from_slice(&variable.to_le_bytes()[..4]);
    out.extend_from_slice(&row.to_le_bytes());
    out.push(130);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(text.as_bytes());
    out.push(0);
    Ok(out)
}

/// Bytes all long texts take, as [`long_text`] writes them.
fn long_texts(columns: &[Column]) -> u64 {
    let long = columns.iter().filter(|column| column.storage == Storage::LongText);
    long.map(|column| column.width.total + column.width.count * (3 + 4 + 8 + 1 + 4 + 1))
        .sum()
}

/// The parts between the list of places and the rows, in order.
fn parts(columns: &[Column]) -> Vec<Vec<u8>> {
    let each = |name: &str, one: &dyn Fn(&Column) -> Vec<u8>| {
        let mut part = format!("<{name}>").into_bytes();
        part.extend(columns.iter().flat_map(one));
        part.extend_from_slice(format!("</{name}>").as_bytes());
        part
    };
    let mut sorted = b"<sortlist>".to_vec();
    sorted.resize(sorted.len() + 2 * (columns.len() + 1), 0);
    sorted.extend_from_slice(b"</sortlist>");
    vec![
        each("variable_types", &|column| column.storage.code().to_le_bytes().to_vec()),
        each("varnames", &|column| padded(&column.variable.name, 129)),
        sorted,
        each("formats", &|column| padded(&shown(column), 57)),
        each("value_label_names", &|column| {
            padded(&wordings_of(&column.variable).unwrap_or_default(), 129)
        }),
        each("variable_labels", &|column| padded(&label(&column.variable.label), 321)),
        b"<characteristics></characteristics>".to_vec(),
    ]
}

/// How Stata shows a variable.
fn shown(column: &Column) -> String {
    match (column.variable.kind, column.storage) {
        (_, Storage::Fixed(width)) => format!("%{}s", width.clamp(9, 40)),
        (_, Storage::LongText) => "%40s".to_owned(),
        (VariableKind::Day, _) => "%tdDD.NN.CCYY".to_owned(),
        (VariableKind::Moment, _) => "%tcCCYY-NN-DD!THH:MM:SS".to_owned(),
        (VariableKind::Code, _) => "%8.0g".to_owned(),
        (VariableKind::Number { decimals: 0 }, _) => "%15.0f".to_owned(),
        _ => "%16.0g".to_owned(),
    }
}

/// Name of the list of wordings a variable uses.
fn wordings_of(variable: &Variable) -> Option<String> {
    if !variable.kind.is_numeric() {
        return None;
    }
    match (variable.values.is_empty(), variable.coded_missing) {
        (false, _) => Some(variable.name.clone()),
        (true, true) => Some(SHARED.to_owned()),
        (true, false) => None,
    }
}

/// One list of wordings.
fn wordings(name: &str, variable: &Variable, out: &mut Vec<u8>) -> Result<(), ExportError> {
    let mut list: Vec<(i32, &str)> = Vec::new();
    for (value, label) in &variable.values {
        let code = value.parse();
        list.push((
            code.map_err(|_| ExportError::content(format!("a code {value:?}")))?,
            label.as_str(),
        ));
    }
    if variable.coded_missing {
        list.extend(Missing::ALL.map(|one| (extended(one), one.label())));
    }
    list.sort_by_key(|(code, _)| *code);
    let (mut offsets, mut codes, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    for (code, label) in &list {
        offsets.extend_from_slice(&int(texts.len())?.to_le_bytes());
        codes.extend_from_slice(&code.to_le_bytes());
        texts.extend_from_slice(label.as_bytes());
        texts.push(0);
    }
    let mut table = Vec::new();
    table.extend_from_slice(&int(list.len())?.to_le_bytes());
    table.extend_from_slice(&int(texts.len())?.to_le_bytes());
    table.extend(offsets);
    table.extend(codes);
    table.extend(texts);
    out.extend_from_slice(b"<lbl>");
    out.extend_from_slice(&int(table.len())?.to_le_bytes());
    out.extend(padded(name, 129));
    out.extend_from_slice(&[0; 3]);
    out.extend(table);
    out.extend_from_slice(b"</lbl>");
    Ok(())
}

/// A label of at most so many characters.
fn label(text: &str) -> String {
    match text.char_indices().nth(LABEL) {
        None => text.to_owned(),
        // The rest in characters gives way to three dots.
        Some((end, _)) => shortened(&format!("{}…", &text[..end]), end),
    }
}

fn int(number: usize) -> Result<i32, ExportError> {
    i32::try_from(number).map_err(|_| ExportError::content(format!("{number} in a Stata file")))
}

fn padded(text: &str, width: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.truncate(width - 1);
    bytes.resize(width, 0);
    bytes
}
