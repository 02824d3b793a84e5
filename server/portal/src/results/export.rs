//! The export for machines: one row per unit of the frozen list, columns as
//! the contract prescribes (design, section 4). UTF-8, semicolons, decimal
//! point, missing codes as numbers, no escaping for spreadsheets.

use crate::Portal;
use crate::classify::ClassifyError;
use crate::clock::from_micros;
use crate::store::events::{self, Actor, Deed};
use crate::store::lists::{self, ResultRow};
use crate::store::{StoreError, Stored, waves};
use crate::waves::read_status;
use chrono::SecondsFormat;
use std::collections::HashMap;
use std::io::Write;
use survey::rates::disposition;
use survey::typology::{Criterion, Flag, Reason, Verzahnung};
use survey::{AgeGroup, Classification, Instrument, Kind};

/// Why nothing, or not everything, was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is no such wave.
    #[error("Die Welle {0} gibt es nicht.")]
    NoWave(i32),
    /// The wave was never opened: it has no frozen list.
    #[error("Die Welle {0} ist noch nicht eröffnet.")]
    NotOpened(i32),
    /// The file cannot be written.
    #[error("Der Export kann nicht geschrieben werden: {0}")]
    Output(#[from] csv::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ClassifyError> for ExportError {
    fn from(error: ClassifyError) -> Self {
        match error {
            ClassifyError::NoWave(wave) | ClassifyError::NotInPanel(wave) => Self::NoWave(wave),
            // Counting is no part of classifying.
            ClassifyError::Unsound(unsound) => Self::Store(StoreError::content(unsound.to_string())),
            ClassifyError::Store(error) => Self::Store(error),
        }
    }
}

impl Portal {
    /// Writes the export of a wave and returns the number of rows below the
    /// header. The export is noted in the audit.
    ///
    /// # Errors
    /// What was written before stays in `out`.
    pub async fn export_csv(&self, wave: i32, out: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
        self.classify(Some(wave), |_, _| {}).await?;
        let mut snapshot = self.snapshot().await?;
        let rules = self.rules(&mut snapshot).await?;
        let row = waves::find(&mut snapshot, wave)
            .await?
            .ok_or(ExportError::NoWave(wave))?;
        let version = row.instrument.as_deref().filter(|_| row.state != "planned");
        let version = version.ok_or(ExportError::NotOpened(wave))?;
        let instrument = self.instruments().of(&mut snapshot, Some(version)).await?;
        let rows = lists::results(&mut snapshot, wave, rules.version.name(), rules.k3_rule.name()).await?;
        drop(snapshot);
        let columns = columns(&instrument);
        let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(out);
        writer.write_record(header(&columns))?;
        for row in &rows {
            writer.write_record(record(row, &columns)?)?;
        }
        writer.flush().map_err(csv::Error::from)?;
        let now = self.now();
        let detail = format!("csv, {} rows", rows.len());
        let mut tx = self.write().await?;
        let deed = Deed {
            action: "exported",
            wave: Some(wave),
            unit_id: None,
            detail: &detail,
        };
        events::audit(&mut tx, Actor::SYSTEM, &deed, now).await?;
        tx.commit().await?;
        Ok(rows.len() as u64)
    }
}

/// A column of an answer.
struct Column {
    name: String,
    item: String,
    /// The option of a multiple choice the column is about.
    code: Option<i16>,
}

/// Columns of all items in the order of the questionnaire; contact data left out.
fn columns(instrument: &Instrument) -> Vec<Column> {
    let mut columns = Vec::new();
    for question in instrument
        .question_indices()
        .filter(|question| !instrument[*question].contact_data)
    {
        let entry = &instrument[question];
        for item in instrument.items_of(question) {
            let item_id = &instrument[item].id;
            if entry.kind == Kind::Multi && entry.items.contains(&item) {
                columns.extend(entry.options.iter().map(|option| Column {
                    name: format!("{item_id}_{}", option.code),
                    item: item_id.clone(),
                    code: Some(option.code),
                }));
            } else {
                columns.push(Column {
                    name: item_id.clone(),
                    item: item_id.clone(),
                    code: None,
                });
            }
        }
    }
    columns
}

const OF_CASE: [&str; 7] = [
    "kennung",
    "name",
    "form",
    "land",
    "status",
    "disposition",
    "submitted_at",
];
const OF_TYPE: [&str; 10] = [
    "typ",
    "k1",
    "k2",
    "k3",
    "variante1",
    "variante2",
    "variante3",
    "verzahnung",
    "grund",
    "flags",
];

fn header(columns: &[Column]) -> Vec<String> {
    let of_type = AgeGroup::ALL
        .into_iter()
        .flat_map(|age| OF_TYPE.iter().map(move |name| format!("{name}_{}", age.suffix())));
    OF_CASE
        .iter()
        .map(|name| (*name).to_owned())
        .chain(columns.iter().map(|column| column.name.clone()))
        .chain(of_type)
        .chain(["regelversion".to_owned()])
        .collect()
}

fn record(row: &ResultRow, columns: &[Column]) -> Stored<Vec<String>> {
    let read = |json: &Option<String>| -> Stored<Option<Classification>> {
        Ok(json.as_deref().map(serde_json::from_str).transpose()?)
    };
    let (ue, u25) = (read(&row.ue)?, read(&row.u25)?);
    let typology_answered = ue.as_ref().is_some_and(|ue| ue.code().is_some());
    let submitted_at = row
        .submitted_at
        .map(|at| from_micros(at).to_rfc3339_opts(SecondsFormat::Secs, true));
    let mut record = vec![
        row.kennung.clone(),
        row.name.clone(),
        row.form.clone(),
        row.land.clone(),
        row.status.clone(),
        disposition(read_status(&row.status)?, typology_answered)
            .code()
            .to_owned(),
        submitted_at.unwrap_or_default(),
    ];
    let values: HashMap<String, String> = row
        .machine
        .as_deref()
        .map(serde_json::from_str)
        .transpose()?
        .unwrap_or_default();
    record.extend(columns.iter().map(|column| value(column, &values)));
    record.extend(type_cells(ue.as_ref()));
    record.extend(type_cells(u25.as_ref()));
    record.push(row.rule_version.clone().unwrap_or_default());
    Ok(record)
}

/// One cell: the value, a missing code, or 0/1 for an option of a multiple
/// choice; empty before the first submission.
fn value(column: &Column, values: &HashMap<String, String>) -> String {
    let Some(value) = values.get(&column.item) else {
        return String::new();
    };
    match column.code {
        Some(code) if !value.starts_with('-') => {
            let chosen = value.split(',').any(|one| one == code.to_string());
            u8::from(chosen).to_string()
        }
        _ => value.clone(),
    }
}

fn type_cells(found: Option<&Classification>) -> [String; 10] {
    let Some(found) = found else { return Default::default() };
    let reasons: Vec<&str> = found.reasons().into_iter().map(Reason::name).collect();
    let flags: Vec<&str> = found.flags.iter().copied().map(Flag::name).collect();
    [
        found.code().unwrap_or_default(),
        told(&found.k1, survey::typology::K1::letter),
        told(&found.k2, survey::typology::K2::letter),
        told(&found.k3, survey::typology::K3::letter),
        told(&found.k1, survey::typology::K1::name),
        told(&found.k2, survey::typology::K2::name),
        told(&found.k3, survey::typology::K3::name),
        found.verzahnung.map(Verzahnung::name).unwrap_or_default().to_owned(),
        reasons.join(","),
        flags.join(","),
    ]
}

/// What a criterion is, where it can be told.
fn told<V: Copy>(criterion: &Criterion<V>, name: fn(V) -> &'static str) -> String {
    criterion.outcome.map_or("", name).to_owned()
}
