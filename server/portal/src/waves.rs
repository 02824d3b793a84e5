//! Waves: adding, opening, closing. Opening freezes the questionnaire and the
//! list of units and queues one invitation for each.

use crate::Portal;
use crate::berlin::{self, ZONE};
use crate::instruments::BadInstrument;
use crate::mail;
use crate::respondent::status::advance;
use crate::secrets::new_id;
use crate::store::accounts::{self, NewAccount};
use crate::store::events::{self, Actor, Deed};
use crate::store::waves::{self as rows, NewWaveRow, WaveRow};
use crate::store::{Conn, StoreError, Stored, cases};
use crate::words;
use chrono::{DateTime, NaiveDate, Utc};
use survey::status::{Event, Status};

/// A wave as pages and commands see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaveView {
    /// Year of the field phase, for example 2008.
    pub key: i32,
    /// Reference day of stocks.
    pub stichtag: NaiveDate,
    /// Reference period of flows, as shown.
    pub zeitraum: String,
    /// First day of the field phase.
    pub start: NaiveDate,
    /// Last day to answer in time, in Berlin.
    pub deadline: NaiveDate,
    /// First moment after the deadline.
    pub deadline_at: DateTime<Utc>,
    /// The wave before, for checks against it.
    pub previous: Option<i32>,
    /// Where it stands.
    pub state: WaveState,
}

/// Where a wave stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaveState {
    /// Its list may still grow; nobody is asked yet.
    Planned,
    /// In the field.
    Open,
    /// Over; everything can only be read.
    Closed,
}

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

/// What opening a wave did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Units on the frozen list.
    pub units: u32,
    /// Invitations queued.
    pub invitations: u32,
}

/// Why a wave was not added, opened or closed.
#[derive(Debug, thiserror::Error)]
pub enum WaveError {
    /// There is one of that number.
    #[error("wave {0} exists already")]
    Exists(i32),
    /// There is none of that number.
    #[error("there is no wave {0}")]
    Unknown(i32),
    /// A setting that cannot be; says which and why.
    #[error("{0}")]
    Setting(String),
    /// It is not in the state this needs.
    #[error("wave {wave} is {state}")]
    State {
        /// Its number.
        wave: i32,
        /// `planned`, `open` or `closed`.
        state: String,
    },
    /// No unit was imported.
    #[error("wave {0} has no units; import them first")]
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
        check(&new)?;
        let now = self.now();
        let at = now.timestamp_micros();
        let source = new.instrument.as_deref().map(|files| self.instruments().parse(files)).transpose()?;
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
        };
        if !rows::insert(&mut tx, &row, at).await? {
            return Err(WaveError::Exists(new.key));
        }
        audit(&mut tx, "wave_added", new.key, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Opens a wave: freezes its questionnaire and its list of units, gives
    /// every head an account and queues one invitation for each, due on the
    /// first day of the field phase.
    ///
    /// # Errors
    /// Where it is not planned or has no units; nothing is changed then.
    pub async fn wave_open(&self, wave: i32) -> Result<Opened, WaveError> {
        let now = self.now();
        let at = now.timestamp_micros();
        let mut tx = self.write().await?;
        let row = known(&mut tx, wave).await?;
        let version = match row.instrument {
            Some(version) => version,
            None => {
                let source = self.instruments().shipped()?;
                rows::keep_instrument(&mut tx, &source.instrument.version, &source.json, at).await?;
                source.instrument.version.clone()
            }
        };
        if !rows::open(&mut tx, wave, &version, at).await? {
            return Err(WaveError::State { wave, state: row.state });
        }
        let due_at = berlin::start_of_day(read_day(&row.field_start)?).max(now);
        let mut opened = Opened { units: 0, invitations: 0 };
        for case in cases::of_wave(&mut tx, wave).await? {
            let account_id = head_account(&mut tx, &case, now).await?;
            let about = (wave, case.unit_id.as_str(), case.id.as_str());
            let status = read_status(&case.status)?;
            advance(&mut tx, &case.id, status, Event::Invite, Actor::SYSTEM, now).await?;
            let invitation = mail::New::invitation(about, &account_id, due_at);
            opened.invitations += u32::from(mail::enqueue(&mut tx, invitation, now).await?);
            opened.units += 1;
        }
        if opened.units == 0 {
            return Err(WaveError::Empty(wave));
        }
        audit(&mut tx, "wave_opened", wave, now).await?;
        tx.commit().await?;
        Ok(opened)
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

/// The account of a unit's head, made if missing, with the case's contact.
async fn head_account(conn: &mut Conn, case: &cases::CaseRow, now: DateTime<Utc>) -> Stored<String> {
    accounts::set_head_contact(conn, &case.unit_id, &case.contact_name, &case.contact_email).await?;
    if let Some(id) = accounts::head_of_unit(conn, &case.unit_id).await? {
        return Ok(id);
    }
    let id = new_id(now)?;
    let account = NewAccount {
        id: &id,
        login: &case.kennung,
        login_key: &words::key(&case.kennung),
        role: "head",
        unit_id: Some(&case.unit_id),
        display_name: &case.contact_name,
        email: &case.contact_email,
    };
    if accounts::insert(conn, &account, now.timestamp_micros()).await? {
        Ok(id)
    } else {
        Err(StoreError::content(format!("the Kennung {:?} signs somebody else in", case.kennung)))
    }
}

async fn known(conn: &mut Conn, wave: i32) -> Result<WaveRow, WaveError> {
    rows::find(conn, wave).await?.ok_or(WaveError::Unknown(wave))
}

async fn audit(conn: &mut Conn, action: &str, wave: i32, now: DateTime<Utc>) -> Stored<()> {
    let deed = Deed { action, wave: Some(wave), unit_id: None, detail: "" };
    events::audit(conn, Actor::SYSTEM, &deed, now).await
}

fn check(new: &NewWave) -> Result<(), WaveError> {
    let refuse = |reason: &str| Err(WaveError::Setting(reason.to_owned()));
    let zeitraum = new.zeitraum.trim();
    if !(2000..3000).contains(&new.key) {
        return refuse("the number of a wave is its year, 2000 to 2999");
    }
    if zeitraum.is_empty() || zeitraum.chars().count() > 100 || crate::input::has_control_characters(zeitraum) {
        return refuse("zeitraum must have 1 to 100 characters and none that control");
    }
    if new.deadline < new.start {
        return refuse("the deadline lies before the start");
    }
    if new.start < new.stichtag {
        return refuse("the start lies before the Stichtag");
    }
    match new.previous {
        Some(previous) if previous >= new.key => refuse("the previous wave must be an earlier one"),
        _ => Ok(()),
    }
}

/// Makes a view of a row.
pub(crate) fn view(row: &WaveRow) -> Stored<WaveView> {
    let deadline = read_day(&row.deadline)?;
    Ok(WaveView {
        key: row.wave,
        stichtag: read_day(&row.stichtag)?,
        zeitraum: row.zeitraum.clone(),
        start: read_day(&row.field_start)?,
        deadline,
        deadline_at: berlin::end_of_day(deadline),
        previous: row.previous,
        state: read_state(&row.state)?,
    })
}

/// Reads a stored day.
pub(crate) fn read_day(text: &str) -> Stored<NaiveDate> {
    text.parse().map_err(|_| StoreError::content(format!("a day {text:?}")))
}

/// Reads the stored status of a case.
pub(crate) fn read_status(text: &str) -> Stored<Status> {
    text.parse().map_err(|_| StoreError::content(format!("a status {text:?}")))
}

pub(crate) fn read_state(text: &str) -> Stored<WaveState> {
    match text {
        "planned" => Ok(WaveState::Planned),
        "open" => Ok(WaveState::Open),
        "closed" => Ok(WaveState::Closed),
        other => Err(StoreError::content(format!("a wave that is {other:?}"))),
    }
}
