//! Rows of the plan of a wave's mails, and the one switch.

use super::{Conn, Stored, add, rows, run};

/// A step as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct StepRow {
    pub step: String,
    pub title: String,
    pub template: String,
    pub anchor: String,
    pub days: i32,
    pub minute: i32,
    pub audience: String,
    pub form: Option<String>,
    pub land: Option<String>,
    pub enabled: bool,
    pub ran_at: Option<i64>,
    pub missed: bool,
}

/// The steps of a wave; none where nobody has used or changed its plan.
pub(crate) async fn steps(conn: &mut Conn, wave: i32) -> Stored<Vec<StepRow>> {
    rows!(
        conn,
        all,
        StepRow,
        "SELECT step, title, template, anchor, days, minute, audience, form, land, enabled, ran_at, missed
         FROM mail_steps WHERE wave = $1 ORDER BY step",
        wave
    )
}

/// One step of a wave.
pub(crate) async fn step(conn: &mut Conn, wave: i32, name: &str) -> Stored<Option<StepRow>> {
    rows!(
        conn,
        optional,
        StepRow,
        "SELECT step, title, template, anchor, days, minute, audience, form, land, enabled, ran_at, missed
         FROM mail_steps WHERE wave = $1 AND step = $2",
        wave,
        name
    )
}

/// Puts steps in place; whether they ran stays as it is.
pub(crate) async fn put(conn: &mut Conn, wave: i32, steps: &[StepRow]) -> Stored<()> {
    add!(
        conn,
        "INSERT INTO mail_steps (wave, step, title, template, anchor, days, minute, audience, form, land, enabled,
                                 ran_at, missed) ",
        steps,
        " ON CONFLICT (wave, step) DO UPDATE SET title = excluded.title, template = excluded.template,
          anchor = excluded.anchor, days = excluded.days, minute = excluded.minute, audience = excluded.audience,
          form = excluded.form, land = excluded.land, enabled = excluded.enabled",
        |row, one| {
            row.push_bind(wave)
                .push_bind(&one.step)
                .push_bind(&one.title)
                .push_bind(&one.template);
            row.push_bind(&one.anchor).push_bind(one.days).push_bind(one.minute);
            row.push_bind(&one.audience).push_bind(&one.form).push_bind(&one.land);
            row.push_bind(one.enabled).push_bind(one.ran_at).push_bind(one.missed);
        }
    )?;
    Ok(())
}

/// Notes that a step ran, or that a later one took its place; false where
/// that had happened before.
pub(crate) async fn ran(conn: &mut Conn, wave: i32, step: &str, missed: bool, at: i64) -> Stored<bool> {
    let noted = run!(
        conn,
        "UPDATE mail_steps SET ran_at = $3, missed = $4 WHERE wave = $1 AND step = $2 AND ran_at IS NULL",
        wave,
        step,
        at,
        missed
    )?;
    Ok(noted == 1)
}

/// Lets a step run after all whose place a later one had taken.
pub(crate) async fn take_up(conn: &mut Conn, wave: i32, step: &str) -> Stored<()> {
    run!(
        conn,
        "UPDATE mail_steps SET ran_at = NULL, missed = FALSE WHERE wave = $1 AND step = $2 AND missed",
        wave,
        step
    )?;
    Ok(())
}

/// Removes a step that never ran; false where there is none.
pub(crate) async fn remove(conn: &mut Conn, wave: i32, step: &str) -> Stored<bool> {
    let removed = run!(
        conn,
        "DELETE FROM mail_steps WHERE wave = $1 AND step = $2 AND ran_at IS NULL",
        wave,
        step
    )?;
    Ok(removed == 1)
}

/// The one switch.
#[derive(Debug, Default, sqlx::FromRow)]
pub(crate) struct SwitchRow {
    pub paused_at: Option<i64>,
    pub paused_by: Option<String>,
    pub halted: Option<String>,
}

pub(crate) async fn switch(conn: &mut Conn) -> Stored<SwitchRow> {
    let found = rows!(
        conn,
        optional,
        SwitchRow,
        "SELECT paused_at, paused_by, halted FROM mail_switch WHERE id = 1"
    )?;
    Ok(found.unwrap_or_default())
}

/// Stops everything, or (`None`) lets it go on.
pub(crate) async fn pause(conn: &mut Conn, by: Option<(&str, i64)>) -> Stored<()> {
    let (who, at) = by.unzip();
    run!(
        conn,
        "UPDATE mail_switch SET paused_at = $1, paused_by = $2 WHERE id = 1",
        at,
        who
    )?;
    Ok(())
}

/// Why the queue stands still; `None`: it may go on.
pub(crate) async fn halt(conn: &mut Conn, reason: Option<&str>) -> Stored<()> {
    run!(conn, "UPDATE mail_switch SET halted = $1 WHERE id = 1", reason)?;
    Ok(())
}
