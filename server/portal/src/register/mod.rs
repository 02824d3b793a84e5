//! Import of the register: which units a wave surveys.
//!
//! All rows or none: everything that is wrong is reported at once, with line,
//! field, value and rule, and nothing is stored then.

mod report;
mod rows;
mod table;

pub use report::RowError;

use crate::Portal;
use crate::identity::handover::hand_over_all;
use crate::mail::{New, enqueue};
use crate::secrets::{NoRandomness, new_id};
use crate::store::cases::{self, CaseRow, NewCase, NewUnit};
use crate::store::events::{self, Actor, Deed};
use crate::store::{Conn, StoreError, Stored, accounts, recount, waves};
use crate::waves::{WaveState, read_state};
use crate::words;
use chrono::{DateTime, Utc};
use report::Findings;
use rows::Office;
use std::collections::HashMap;
use survey::status::Status;

/// Largest register that is read, in bytes.
pub const LARGEST_REGISTER: usize = 8 * 1024 * 1024;

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Units not known from an earlier wave.
    pub new_units: u64,
    /// Cases added to the wave.
    pub added: u64,
    /// Cases of the wave that changed.
    pub updated: u64,
    /// Cases of the wave that stayed as they were.
    pub unchanged: u64,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is no such wave.
    #[error("Die Welle {0} gibt es nicht. Legen Sie sie mit „wave add“ an.")]
    NoWave(i32),
    /// The wave is over.
    #[error("Die Welle {0} ist geschlossen.")]
    Closed(i32),
    /// Larger than [`LARGEST_REGISTER`].
    #[error("Die Datei hat {0} Byte; höchstens {LARGEST_REGISTER} werden gelesen.")]
    TooLarge(usize),
    /// Not a table at all.
    #[error("Die Datei ist nicht lesbar: {0}")]
    Unreadable(String),
    /// Rows that are wrong, in the order of the file.
    #[error("Nichts wurde eingelesen; zu berichtigen: {}", .0.len())]
    Report(Vec<RowError>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Portal {
    /// Imports the register of a wave from CSV (semicolon or comma, UTF-8 or
    /// Windows-1252) or XLSX, recognised by its content. Columns `kennung`,
    /// `name`, `form`, `land`, `kontakt_name`, `kontakt_email`; those named in
    /// `extra` are kept as attributes, others passed over. A known Kennung is
    /// the same unit in a new wave; once the wave is open only contacts may
    /// change.
    ///
    /// # Errors
    /// [`ImportError::Report`] with every finding; nothing is stored then.
    pub async fn import_units(&self, wave: i32, bytes: &[u8], extra: &[String]) -> Result<Imported, ImportError> {
        let (mut offices, mut findings) = read(bytes, extra)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let row = waves::find(&mut tx, wave).await?.ok_or(ImportError::NoWave(wave))?;
        let state = read_state(&row.state)?;
        if state == WaveState::Closed {
            return Err(ImportError::Closed(wave));
        }
        let present = cases::of_wave(&mut tx, wave).await?;
        let present: HashMap<String, &CaseRow> = present.iter().map(|case| (words::key(&case.kennung), case)).collect();
        if extra.is_empty() {
            for office in &mut offices {
                office.keep_attributes(present.get(&office.key).copied());
            }
        }
        if state == WaveState::Open {
            for office in &offices {
                rows::check_frozen(office, present.get(&office.key).copied(), &mut findings);
            }
        }
        if let Some(report) = findings.report() {
            return Err(ImportError::Report(report));
        }
        let imported = store(&mut tx, wave, &offices, &present, now).await?;
        if state == WaveState::Planned {
            recount::replace(&mut tx, wave).await?;
        }
        if state == WaveState::Open {
            tell_former_addresses(&mut tx, wave, &offices, &present, now).await?;
            let without = hand_over_all(&mut tx, wave, now).await?;
            accounts::set_head_contacts(&mut tx, wave).await?;
            let links = without.iter().map(|(head, why)| New::to_new_contact(head, why));
            enqueue(&mut tx, links, now).await?;
        }
        let detail = format!("{} neu, {} geändert", imported.added, imported.updated);
        let deed = Deed {
            action: "units_imported",
            wave: Some(wave),
            unit_id: None,
            detail: &detail,
        };
        events::audit(&mut tx, Actor::SYSTEM, &deed, now).await?;
        tx.commit().await?;
        Ok(imported)
    }
}

/// Whoever got the mails so far learns that somebody else gets them now.
async fn tell_former_addresses(
    conn: &mut Conn,
    wave: i32,
    offices: &[Office],
    present: &HashMap<String, &CaseRow>,
    now: DateTime<Utc>,
) -> Stored<()> {
    let heads: HashMap<String, String> = accounts::heads_of_wave(conn, wave).await?.into_iter().collect();
    let mails = offices.iter().filter_map(|office| {
        let case = present.get(&office.key)?;
        let changed = words::key(&case.contact_email) != words::key(&office.contact_email);
        let head = heads.get(&case.unit_id).filter(|_| changed)?;
        Some(New::to_former_address(head, &case.contact_email))
    });
    enqueue(conn, mails, now).await?;
    Ok(())
}

/// Reads a register and checks whatever can be checked without a wave; returns
/// how many units it names.
///
/// # Errors
/// What stands against reading it, or [`ImportError::Report`].
pub fn check_register(bytes: &[u8], extra: &[String]) -> Result<usize, ImportError> {
    let (offices, findings) = read(bytes, extra)?;
    match findings.report() {
        Some(report) => Err(ImportError::Report(report)),
        None => Ok(offices.len()),
    }
}

fn read(bytes: &[u8], extra: &[String]) -> Result<(Vec<Office>, Findings), ImportError> {
    if bytes.len() > LARGEST_REGISTER {
        return Err(ImportError::TooLarge(bytes.len()));
    }
    let table = table::read(bytes).map_err(ImportError::Unreadable)?;
    let mut findings = Findings::default();
    let offices = rows::check(&table, extra, &mut findings);
    Ok((offices, findings))
}

/// Adds units that are new and puts the cases that are new or changed.
async fn store(
    conn: &mut Conn,
    wave: i32,
    offices: &[Office],
    present: &HashMap<String, &CaseRow>,
    now: DateTime<Utc>,
) -> Stored<Imported> {
    let at = now.timestamp_micros();
    let mut ids: HashMap<String, String> = cases::units(conn).await?.into_iter().collect();
    let new: Vec<&Office> = offices.iter().filter(|office| !ids.contains_key(&office.key)).collect();
    let with_ids = new
        .iter()
        .map(|office| Ok((new_id(now)?, *office)))
        .collect::<Result<Vec<_>, NoRandomness>>()?;
    let units: Vec<NewUnit<'_>> = with_ids
        .iter()
        .map(|(id, office)| NewUnit {
            id,
            kennung: &office.kennung,
            kennung_key: &office.key,
        })
        .collect();
    cases::insert_units(conn, &units, at).await?;
    ids.extend(with_ids.iter().map(|(id, office)| (office.key.clone(), id.clone())));
    let changed: Vec<&Office> = offices
        .iter()
        .filter(|office| present.get(&office.key).is_none_or(|case| !office.equals(case)))
        .collect();
    let cases = changed
        .iter()
        .filter_map(|office| Some((office, ids.get(&office.key)?)))
        .map(|(office, unit_id)| office.case(wave, unit_id, now))
        .collect::<Result<Vec<_>, NoRandomness>>()?;
    cases::put(conn, &cases, at).await?;
    let known = offices
        .iter()
        .filter(|office| present.contains_key(&office.key))
        .count() as u64;
    let touched = changed.len() as u64;
    let added = offices.len() as u64 - known;
    Ok(Imported {
        new_units: units.len() as u64,
        added,
        updated: touched - added,
        unchanged: known - (touched - added),
    })
}

impl Office {
    /// Further columns that were not asked for this time stay as they were.
    fn keep_attributes(&mut self, case: Option<&CaseRow>) {
        if let Some(case) = case {
            self.attributes.clone_from(&case.attributes);
        }
    }

    /// Whether a case says the same already.
    fn equals(&self, case: &CaseRow) -> bool {
        self.name == case.name
            && self.form.label() == case.form
            && self.land.label() == case.land
            && self.contact_name == case.contact_name
            && self.contact_email == case.contact_email
            && self.attributes == case.attributes
    }

    fn case<'a>(&'a self, wave: i32, unit_id: &'a str, now: DateTime<Utc>) -> Result<NewCase<'a>, NoRandomness> {
        Ok(NewCase {
            id: new_id(now)?,
            wave,
            unit_id,
            kennung_key: &self.key,
            name: &self.name,
            sort_key: words::sort_key(&self.name),
            form: self.form.label(),
            land: self.land.label(),
            contact_name: &self.contact_name,
            contact_email: &self.contact_email,
            attributes: &self.attributes,
            status: Status::NotInvited.name(),
        })
    }
}
