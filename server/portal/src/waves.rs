//! Waves: adding, opening, closing. Opening freezes the questionnaire and the
//! list of units and queues one invitation for each.

use crate::Portal;
use crate::berlin::{self, ZONE};
use crate::instruments::BadInstrument;
use crate::mail;
use crate::secrets::{NoRandomness, new_id};
use crate::store::accounts::{self, NewAccount};
use crate::store::cases::{self, CaseRow};
use crate::store::events::{self, Actor, Deed, NewEvent};
use crate::store::waves::{self as rows, NewWaveRow, WaveRow};
use crate::store::{Conn, StoreError, Stored};
use crate::words;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::HashMap;
use survey::status::{Event, Facts, Status, apply};

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
    pub units: u64,
    /// Invitations queued.
    pub invitations: u64,
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
        let opened = invite(&mut tx, wave, due_at, now).await?;
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

/// Gives every head of a wave's units an account with this wave's contact,
/// marks the cases as invited and queues the invitations.
async fn invite(conn: &mut Conn, wave: i32, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Stored<Opened> {
    let at = now.timestamp_micros();
    let cases = cases::of_wave(conn, wave).await?;
    accounts::set_head_contacts(conn, wave).await?;
    let mut heads: HashMap<String, String> = accounts::heads_of_wave(conn, wave).await?.into_iter().collect();
    let missing = cases.iter().filter(|case| !heads.contains_key(&case.unit_id));
    let new = missing.map(new_head(now)).collect::<Result<Vec<_>, NoRandomness>>()?;
    if accounts::insert(conn, &new, at).await? != new.len() as u64 {
        return Err(StoreError::content("a Kennung that signs somebody else in"));
    }
    heads.extend(
        new.into_iter()
            .filter_map(|account| Some((account.unit_id?.to_owned(), account.id))),
    );
    if let Ok(invited) = apply(Status::NotInvited, Event::Invite, &Facts::default()) {
        let (from, to, event) = (Status::NotInvited.name(), invited.name(), Event::Invite.name());
        let fresh = cases.iter().filter(|case| case.status == from);
        let noted: Vec<_> = fresh
            .map(|case| NewEvent {
                case_id: &case.id,
                event,
                from,
                to,
                reason: None,
            })
            .collect();
        events::insert(conn, Actor::SYSTEM, &noted, now).await?;
        cases::invite_all(conn, wave, from, to, at).await?;
    }
    let invitations = cases.iter().filter_map(|case| {
        let head = heads.get(&case.unit_id)?;
        Some(mail::New::invitation((wave, &case.unit_id, &case.id), head, due_at))
    });
    let invitations = mail::enqueue(conn, invitations, now).await?;
    Ok(Opened {
        units: cases.len() as u64,
        invitations,
    })
}

/// A new account for the head of a case's unit.
fn new_head(now: DateTime<Utc>) -> impl Fn(&CaseRow) -> Result<NewAccount<'_>, NoRandomness> {
    move |case| {
        Ok(NewAccount {
            id: new_id(now)?,
            login: &case.kennung,
            login_key: words::key(&case.kennung),
            role: "head",
            unit_id: Some(&case.unit_id),
            display_name: &case.contact_name,
            email: &case.contact_email,
        })
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
    text.parse()
        .map_err(|_| StoreError::content(format!("a status {text:?}")))
}

pub(crate) fn read_state(text: &str) -> Stored<WaveState> {
    match text {
        "planned" => Ok(WaveState::Planned),
        "open" => Ok(WaveState::Open),
        "closed" => Ok(WaveState::Closed),
        other => Err(StoreError::content(format!("a wave that is {other:?}"))),
    }
}
