//! A wave as it is shown, and reading what its rows hold.

use crate::berlin;
use crate::store::waves::WaveRow;
use crate::store::{StoreError, Stored};
use chrono::{DateTime, NaiveDate, Utc};
use survey::status::Status;

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
