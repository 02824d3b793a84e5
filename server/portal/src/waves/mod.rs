//! Waves: adding, opening, closing.

mod goals;
mod open;
pub(crate) mod sizes;
mod view;

pub use goals::Goals;
pub use open::Opened;
pub use view::{WaveState, WaveView};
pub(crate) use view::{read_day, read_state, read_status, view};

use crate::Portal;
use crate::berlin::ZONE;
use crate::instruments::BadInstrument;
use crate::store::events::{self, Actor, Deed};
use crate::store::waves::{self as rows, NewWaveRow, WaveRow};
use crate::store::{Conn, StoreError, Stored};
use chrono::{DateTime, NaiveDate, Utc};

/// A wave to be added.
#[derive(Clone, Debug)]
pub struct NewWave {
    /// Year of the field phase, 2000 to 2999.
    pub key: i32,
    /// Reference day; not after `start`.
    pub stichtag: NaiveDate,
    /// Reference period as shown, 1 to 100 characters.
    pub zeitraum: String,
    /// First day of the field phase.
    pub start: NaiveDate,
    /// Last day to answer in time; not before `start`.
    pub deadline: NaiveDate,
    /// An earlier wave that is known.
    pub previous: Option<i32>,
    /// Files of a questionnaire of its own (name, text); otherwise the one
    /// the program ships when the wave opens.
    pub instrument: Option<Vec<(String, String)>>,
}

/// Why a wave was not added, opened or closed.
#[derive(Debug, thiserror::Error)]
pub enum WaveError {
    /// There is one of that number.
    #[error("Die Welle {0} gibt es schon.")]
    Exists(i32),
    /// There is none of that number.
    #[error("Die Welle {0} gibt es nicht.")]
    Unknown(i32),
    /// A setting that cannot be; says which and why.
    #[error("{0}")]
    Setting(String),
    /// It is not in the state this needs.
    #[error("Die Welle {wave} lässt das nicht zu; ihr Stand ist „{state}“.")]
    State {
        /// Its number.
        wave: i32,
        /// `planned`, `open` or `closed`.
        state: String,
    },
    /// No unit was imported.
    #[error("Die Welle {0} hat keine Einheiten. Lesen Sie sie zuerst mit „units import“ ein.")]
    Empty(i32),
    /// The questionnaire cannot be used.
    #[error(transparent)]
    Instrument(#[from] BadInstrument),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Portal {
    /// All waves, newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn waves(&self) -> Result<Vec<WaveView>, StoreError> {
        rows::all(&mut self.read().await?).await?.iter().map(view).collect()
    }

    /// Adds a wave. Its questionnaire, if given, is checked and kept.
    ///
    /// # Errors
    /// What stands against it; nothing is added then.
    pub async fn wave_add(&self, new: NewWave) -> Result<(), WaveError> {
        self.wave_add_with(new, &Goals::default()).await
    }

    /// The same, with what is wanted of it.
    ///
    /// # Errors
    /// What stands against it; nothing is added then.
    pub async fn wave_add_with(&self, new: NewWave, goals: &Goals) -> Result<(), WaveError> {
        check(&new)?;
        let goals = goals.checked().map_err(WaveError::Setting)?;
        let now = self.now();
        let at = now.timestamp_micros();
        let source = new
            .instrument
            .as_deref()
            .map(|files| self.instruments().parse(files))
            .transpose()?;
        let mut tx = self.write().await?;
        if let Some(previous) = new.previous
            && rows::find(&mut tx, previous).await?.is_none()
        {
            return Err(WaveError::Unknown(previous));
        }
        if let Some(source) = &source {
            rows::keep_instrument(&mut tx, &source.instrument.version, &source.json, at).await?;
        }
        let row = NewWaveRow {
            wave: new.key,
            stichtag: new.stichtag.to_string(),
            zeitraum: new.zeitraum.trim(),
            field_start: new.start.to_string(),
            deadline: new.deadline.to_string(),
            zone: ZONE,
            previous: new.previous,
            instrument: source.as_ref().map(|source| source.instrument.version.as_str()),
            target: goals.target,
            size_column: goals.size_column.as_deref(),
        };
        if !rows::insert(&mut tx, &row, at).await? {
            return Err(WaveError::Exists(new.key));
        }
        audit(&mut tx, "wave_added", new.key, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Closes a wave: from now on everything in it can only be read.
    ///
    /// # Errors
    /// Where it is not open.
    pub async fn wave_close(&self, wave: i32) -> Result<(), WaveError> {
        let now = self.now();
        let mut tx = self.write().await?;
        let row = known(&mut tx, wave).await?;
        if !rows::close(&mut tx, wave, now.timestamp_micros()).await? {
            return Err(WaveError::State { wave, state: row.state });
        }
        audit(&mut tx, "wave_closed", wave, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn known(conn: &mut Conn, wave: i32) -> Result<WaveRow, WaveError> {
    rows::find(conn, wave).await?.ok_or(WaveError::Unknown(wave))
}

async fn audit(conn: &mut Conn, action: &str, wave: i32, now: DateTime<Utc>) -> Stored<()> {
    let deed = Deed {
        action,
        wave: Some(wave),
        unit_id: None,
        detail: "",
    };
    events::audit(conn, Actor::SYSTEM, &deed, now).await
}

fn check(new: &NewWave) -> Result<(), WaveError> {
    let refuse = |reason: &str| Err(WaveError::Setting(reason.to_owned()));
    let zeitraum = new.zeitraum.trim();
    if !(2000..3000).contains(&new.key) {
        return refuse("Die Welle heißt nach ihrem Jahr, 2000 bis 2999.");
    }
    if zeitraum.is_empty() || zeitraum.chars().count() > 100 || crate::input::has_control_characters(zeitraum) {
        return refuse("--zeitraum muss 1 bis 100 Zeichen haben und darf keine Steuerzeichen enthalten.");
    }
    if new.deadline < new.start {
        return refuse("Die Frist (--deadline) liegt vor dem Feldbeginn (--start).");
    }
    if new.start < new.stichtag {
        return refuse("Der Feldbeginn (--start) liegt vor dem Stichtag.");
    }
    match new.previous {
        Some(previous) if previous >= new.key => refuse("Die Vorwelle (--vorwelle) muss eine frühere sein."),
        _ => Ok(()),
    }
}
