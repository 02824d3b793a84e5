//! Rows of waves and of the questionnaires they are held with.

use super::{Conn, Stored, rows, run};

/// A wave as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct WaveRow {
    pub wave: i32,
    pub stichtag: String,
    pub zeitraum: String,
    pub field_start: String,
    pub deadline: String,
    pub previous: Option<i32>,
    pub state: String,
    pub instrument: Option<String>,
    /// Per cent wanted.
    pub target: i32,
    /// Column of the register that tells sizes.
    pub size_column: Option<String>,
    /// Limits of the size classes, JSON.
    pub size_cuts: Option<String>,
}

/// A wave to be added.
pub(crate) struct NewWaveRow<'a> {
    pub wave: i32,
    pub stichtag: String,
    pub zeitraum: &'a str,
    pub field_start: String,
    pub deadline: String,
    pub zone: &'a str,
    pub previous: Option<i32>,
    pub instrument: Option<&'a str>,
    pub target: i32,
    pub size_column: Option<&'a str>,
}

/// All waves, newest first.
pub(crate) async fn all(conn: &mut Conn) -> Stored<Vec<WaveRow>> {
    rows!(
        conn,
        all,
        WaveRow,
        "SELECT w.wave, w.stichtag, w.zeitraum, w.field_start, w.deadline, w.previous, w.state, w.instrument,
                w.target, w.size_column, w.size_cuts
         FROM waves w
         ORDER BY w.wave DESC"
    )
}

pub(crate) async fn find(conn: &mut Conn, wave: i32) -> Stored<Option<WaveRow>> {
    rows!(
        conn,
        optional,
        WaveRow,
        "SELECT w.wave, w.stichtag, w.zeitraum, w.field_start, w.deadline, w.previous, w.state, w.instrument,
                w.target, w.size_column, w.size_cuts
         FROM waves w
         WHERE w.wave = $1",
        wave
    )
}

/// Adds a wave; false where there is one of that number.
pub(crate) async fn insert(conn: &mut Conn, new: &NewWaveRow<'_>, at: i64) -> Stored<bool> {
    let added = run!(
        conn,
        "INSERT INTO waves (wave, stichtag, zeitraum, field_start, deadline, zone, previous, state, instrument, created_at,
                            target, size_column)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'planned', $8, $9, $10, $11)
         ON CONFLICT (wave) DO NOTHING",
        new.wave,
        &new.stichtag,
        new.zeitraum,
        &new.field_start,
        &new.deadline,
        new.zone,
        new.previous,
        new.instrument,
        at,
        new.target,
        new.size_column
    )?;
    Ok(added == 1)
}

/// Changes what the institute wants of a wave.
pub(crate) async fn set_target(conn: &mut Conn, wave: i32, target: i32) -> Stored<()> {
    run!(conn, "UPDATE waves SET target = $2 WHERE wave = $1", wave, target)?;
    Ok(())
}

/// Changes which column of the register tells sizes; false once the wave has been opened.
pub(crate) async fn set_size_column(conn: &mut Conn, wave: i32, column: Option<&str>) -> Stored<bool> {
    let sql = "UPDATE waves SET size_column = $2 WHERE wave = $1 AND state = 'planned'";
    Ok(run!(conn, sql, wave, column)? == 1)
}

/// Keeps the limits of the size classes.
pub(crate) async fn set_size_cuts(conn: &mut Conn, wave: i32, cuts: &str) -> Stored<()> {
    run!(conn, "UPDATE waves SET size_cuts = $2 WHERE wave = $1", wave, cuts)?;
    Ok(())
}

/// Opens a planned wave with its questionnaire; false where it is not planned.
pub(crate) async fn open(conn: &mut Conn, wave: i32, instrument: &str, at: i64) -> Stored<bool> {
    let opened = run!(
        conn,
        "UPDATE waves SET state = 'open', instrument = $2, opened_at = $3 WHERE wave = $1 AND state = 'planned'",
        wave,
        instrument,
        at
    )?;
    Ok(opened == 1)
}

/// Closes an open wave; false where it is not open.
pub(crate) async fn close(conn: &mut Conn, wave: i32, at: i64) -> Stored<bool> {
    let closed = run!(
        conn,
        "UPDATE waves SET state = 'closed', closed_at = $2 WHERE wave = $1 AND state = 'open'",
        wave,
        at
    )?;
    Ok(closed == 1)
}

/// Keeps the sources of a questionnaire under its version, once.
pub(crate) async fn keep_instrument(conn: &mut Conn, version: &str, sources: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO instruments (version, sources, created_at) VALUES ($1, $2, $3) ON CONFLICT (version) DO NOTHING",
        version,
        sources,
        at
    )?;
    Ok(())
}

/// The sources kept under a version.
pub(crate) async fn instrument_sources(conn: &mut Conn, version: &str) -> Stored<Option<String>> {
    let found = rows!(
        conn,
        optional,
        (String,),
        "SELECT sources FROM instruments WHERE version = $1",
        version
    )?;
    Ok(found.map(|(sources,)| sources))
}
