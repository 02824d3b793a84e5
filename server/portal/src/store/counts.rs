//! Figures kept beside the cases: what a transaction changes is gathered while
//! it runs and written at its end, in one order, right before it commits. Rows
//! everybody shares are locked for one disk write, and two transactions never
//! wait for each other in a circle.
//!
//! Knows which figures a case counts in, not what they mean on a page;
//! recounting from the history stands in [`super::recount`].

use super::{Conn, Stored, add, among, rows, run};
use crate::berlin;
use crate::clock::from_micros;
use std::collections::{BTreeMap, BTreeSet};

/// What a case counts in on a day: listed, invited, opened, started,
/// received, usable; each 0 or 1, all 0 for one outside the survey.
pub(super) type Measures = [i64; 6];

/// Wave, form, Land, size class, status, ever received, typology answered.
pub(super) type CountKey = (i32, String, String, i32, String, bool, bool);

/// Wave, dimension, value, local day.
pub(super) type DayKey = (i32, &'static str, String, String);

/// Changes of figures, or the figures themselves.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Waves whose pages change.
    pub waves: BTreeSet<i32>,
    pub counts: BTreeMap<CountKey, i64>,
    pub days: BTreeMap<DayKey, Measures>,
    /// Wave, step, local day: sent, brought.
    pub mails: BTreeMap<(i32, String, String), [i64; 2]>,
}

/// The groups a figure is kept for, besides all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub wave: i32,
    pub form: String,
    pub land: String,
    pub size_class: i32,
}

impl Tally {
    /// Adds to the figures of a local day, in all and in each group.
    pub fn on_day(&mut self, group: &Group, at: i64, change: Measures) {
        if change == Measures::default() {
            return;
        }
        let day = local_day(at);
        let groups = [
            ("all", String::new()),
            ("form", group.form.clone()),
            ("land", group.land.clone()),
            ("size", group.size_class.to_string()),
        ];
        for (dimension, value) in groups {
            let figures = self
                .days
                .entry((group.wave, dimension, value, day.clone()))
                .or_default();
            figures.iter_mut().zip(change).for_each(|(figure, by)| *figure += by);
        }
    }

    pub fn mail(&mut self, wave: i32, step: &str, at: i64, change: [i64; 2]) {
        let figures = self.mails.entry((wave, step.to_owned(), local_day(at))).or_default();
        figures.iter_mut().zip(change).for_each(|(figure, by)| *figure += by);
    }

    /// Leaves out what is nothing.
    pub fn tidy(&mut self) {
        self.counts.retain(|_, n| *n != 0);
        self.days.retain(|_, figures| *figures != Measures::default());
        self.mails.retain(|_, figures| *figures != [0, 0]);
    }
}

pub(super) fn local_day(at: i64) -> String {
    berlin::day_of(from_micros(at)).to_string()
}

/// Everything about a case that decides what it counts in.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Standing {
    wave: i32,
    form: String,
    land: String,
    size_class: i32,
    status: String,
    typology: bool,
    invited_at: Option<i64>,
    opened_at: Option<i64>,
    started_at: Option<i64>,
    submitted_at: Option<i64>,
}

impl Standing {
    fn key(&self) -> CountKey {
        let (form, land, status) = (self.form.clone(), self.land.clone(), self.status.clone());
        (
            self.wave,
            form,
            land,
            self.size_class,
            status,
            self.submitted_at.is_some(),
            self.typology,
        )
    }

    fn group(&self) -> Group {
        Group {
            wave: self.wave,
            form: self.form.clone(),
            land: self.land.clone(),
            size_class: self.size_class,
        }
    }

    /// Whoever got further has passed the stages before.
    fn measures(&self) -> Measures {
        if self.status == "ineligible" {
            return Measures::default();
        }
        let received = self.submitted_at.is_some();
        let started = received || self.started_at.is_some();
        let opened = started || self.opened_at.is_some();
        let invited = opened || self.invited_at.is_some();
        [true, invited, opened, started, received, self.status == "usable"].map(i64::from)
    }
}

/// How a case stands before a change, which holds its row from here on.
pub(crate) async fn before(conn: &mut Conn, case_id: &str) -> Stored<Standing> {
    rows!(
        conn,
        one,
        Standing,
        "UPDATE cases SET typology = typology WHERE id = $1
         RETURNING wave, form, land, size_class, status, typology, invited_at, opened_at, started_at, submitted_at",
        case_id
    )
}

/// Counts what a change of a case has made of it.
pub(crate) async fn after(conn: &mut Conn, case_id: &str, before: &Standing, at: i64) -> Stored<()> {
    let now = rows!(
        conn,
        one,
        Standing,
        "SELECT wave, form, land, size_class, status, typology, invited_at, opened_at, started_at, submitted_at
         FROM cases WHERE id = $1",
        case_id
    )?;
    let first = before.submitted_at.is_none() && now.submitted_at.is_some();
    let brought_by = if first {
        last_mail(conn, case_id, at).await?
    } else {
        None
    };
    let tally = conn.tally();
    tally.waves.insert(now.wave);
    *tally.counts.entry(before.key()).or_default() -= 1;
    *tally.counts.entry(now.key()).or_default() += 1;
    let minus = before.measures().map(|figure| -figure);
    tally.on_day(&before.group(), at, minus);
    tally.on_day(&now.group(), at, now.measures());
    if let Some(step) = brought_by {
        tally.mail(now.wave, &step, at, [0, 1]);
    }
    Ok(())
}

/// Something about a case has changed that no figure counts.
pub(crate) async fn touched(conn: &mut Conn, case_id: &str) -> Stored<()> {
    let found = rows!(conn, optional, (i32,), "SELECT wave FROM cases WHERE id = $1", case_id)?;
    if let Some((wave,)) = found {
        touch(conn, wave);
    }
    Ok(())
}

/// The pages of a wave change.
pub(crate) fn touch(conn: &mut Conn, wave: i32) {
    conn.tally().waves.insert(wave);
}

/// How long a mail counts as the reason of a return: seven days.
pub(super) const WEEK: i64 = 7 * 24 * 60 * 60 * 1_000_000;

/// The step of the latest mail of the plan a case got within a week before a moment.
async fn last_mail(conn: &mut Conn, case_id: &str, at: i64) -> Stored<Option<String>> {
    let found = rows!(
        conn,
        optional,
        (String,),
        "SELECT step FROM outbox
         WHERE case_id = $1 AND kind IN ('einladung', 'erinnerung') AND sent_at > $2 AND sent_at <= $3
         ORDER BY sent_at DESC, id DESC LIMIT 1",
        case_id,
        at - WEEK,
        at
    )?;
    Ok(found.map(|(step,)| step))
}

/// What some mails count in, before or after their states change.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct MailStandings {
    waves: BTreeSet<i32>,
    /// Wave, step and moment of handing over, for mails of the plan.
    sent: Vec<(i32, String, i64)>,
    /// Step to which the first return of a case counts, and its moment, by case.
    brought: BTreeMap<String, (i32, String, i64)>,
}

/// A mail and the first return of its case.
#[derive(sqlx::FromRow)]
struct MailRow {
    wave: Option<i32>,
    case_id: Option<String>,
    kind: String,
    step: String,
    sent_at: Option<i64>,
    first_return: Option<i64>,
}

/// How some mails stand.
pub(crate) async fn mails(conn: &mut Conn, ids: &[&str]) -> Stored<MailStandings> {
    let found = among!(
        conn,
        ids,
        MailRow,
        "SELECT wave, case_id, kind, step, sent_at,
                (SELECT MIN(s.at) FROM submissions s WHERE s.case_id = outbox.case_id) AS first_return
         FROM outbox WHERE id IN (",
        ")"
    )?;
    let mut standings = MailStandings::default();
    for mail in found {
        let Some(wave) = mail.wave else { continue };
        standings.waves.insert(wave);
        if !matches!(mail.kind.as_str(), "einladung" | "erinnerung") {
            continue;
        }
        if let Some(at) = mail.sent_at {
            standings.sent.push((wave, mail.step, at));
        }
        if let (Some(case_id), Some(first)) = (mail.case_id, mail.first_return)
            && let Some(step) = last_mail(conn, &case_id, first).await?
        {
            standings.brought.insert(case_id, (wave, step, first));
        }
    }
    Ok(standings)
}

/// Counts what a change of some mails has made of them.
pub(crate) async fn mails_changed(conn: &mut Conn, ids: &[&str], before: MailStandings) -> Stored<()> {
    let now = mails(conn, ids).await?;
    let tally = conn.tally();
    tally.waves.extend(&now.waves);
    for (standings, sign) in [(&before, -1), (&now, 1)] {
        for (wave, step, at) in &standings.sent {
            tally.mail(*wave, step, *at, [sign, 0]);
        }
        for (wave, step, at) in standings.brought.values() {
            tally.mail(*wave, step, *at, [0, sign]);
        }
    }
    Ok(())
}

/// Writes what a transaction has gathered. The row of the change counter comes
/// first: whoever holds it is alone with the figures of that wave.
pub(super) async fn flush(conn: &mut Conn, mut tally: Tally) -> Stored<()> {
    for wave in &tally.waves {
        bump(conn, *wave).await?;
    }
    tally.tidy();
    write(conn, &tally).await
}

/// Takes the change counter of a wave until the transaction ends.
pub(super) async fn bump(conn: &mut Conn, wave: i32) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO changes (wave, value) VALUES ($1, 1) ON CONFLICT (wave) DO UPDATE SET value = changes.value + 1",
        wave
    )?;
    Ok(())
}

/// Adds figures to those that are there.
pub(super) async fn write(conn: &mut Conn, tally: &Tally) -> Stored<()> {
    let counts: Vec<_> = tally.counts.iter().collect();
    add!(
        conn,
        "INSERT INTO case_counts (wave, form, land, size_class, status, received, typology, n) ",
        counts,
        " ON CONFLICT (wave, form, land, size_class, status, received, typology)
          DO UPDATE SET n = case_counts.n + excluded.n",
        |row, ((wave, form, land, size_class, status, received, typology), n)| {
            row.push_bind(*wave)
                .push_bind(form)
                .push_bind(land)
                .push_bind(*size_class);
            row.push_bind(status)
                .push_bind(*received)
                .push_bind(*typology)
                .push_bind(**n);
        }
    )?;
    let days: Vec<_> = tally.days.iter().collect();
    add!(
        conn,
        "INSERT INTO case_days (wave, dimension, value, day, listed, invited, opened, started, received, usable) ",
        days,
        " ON CONFLICT (wave, dimension, value, day) DO UPDATE SET
          listed = case_days.listed + excluded.listed, invited = case_days.invited + excluded.invited,
          opened = case_days.opened + excluded.opened, started = case_days.started + excluded.started,
          received = case_days.received + excluded.received, usable = case_days.usable + excluded.usable",
        |row, ((wave, dimension, value, day), figures)| {
            row.push_bind(*wave)
                .push_bind(*dimension)
                .push_bind(value)
                .push_bind(day);
            for figure in *figures {
                row.push_bind(*figure);
            }
        }
    )?;
    let mails: Vec<_> = tally.mails.iter().collect();
    add!(
        conn,
        "INSERT INTO mail_days (wave, step, day, sent, brought) ",
        mails,
        " ON CONFLICT (wave, step, day) DO UPDATE SET
          sent = mail_days.sent + excluded.sent, brought = mail_days.brought + excluded.brought",
        |row, ((wave, step, day), [sent, brought])| {
            row.push_bind(*wave).push_bind(step).push_bind(day);
            row.push_bind(*sent).push_bind(*brought);
        }
    )?;
    Ok(())
}
