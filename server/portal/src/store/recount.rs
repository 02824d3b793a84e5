//! The figures of a wave counted anew from its cases, their events and its
//! mails: for databases from before, after changes to whole waves, and to find
//! out whether what was kept beside them is true.
//!
//! Reads the history and nothing of what [`super::counts`] gathered.

use super::counts::{Group, Measures, Tally, WEEK, bump, write};
use super::{Conn, Stored, rows, run};
use std::collections::HashMap;

/// Cases read at a time: memory stays flat whatever the wave holds.
const PAGE: i64 = 5_000;

#[derive(sqlx::FromRow)]
struct CaseRow {
    id: String,
    form: String,
    land: String,
    size_class: i32,
    status: String,
    typology: bool,
    received: bool,
    created_at: i64,
}

#[derive(sqlx::FromRow)]
struct EventRow {
    case_id: String,
    at: i64,
    event: String,
    from_status: String,
    to_status: String,
}

#[derive(sqlx::FromRow)]
struct MailRow {
    case_id: String,
    step: String,
    sent_at: i64,
}

/// Puts the figures of a wave right, whatever they were.
pub(crate) async fn replace(conn: &mut Conn, wave: i32) -> Stored<()> {
    // First, so that nobody else writes these figures until the end.
    bump(conn, wave).await?;
    let tally = recount(conn, wave).await?;
    for sql in [
        "DELETE FROM case_counts WHERE wave = $1",
        "DELETE FROM case_days WHERE wave = $1",
        "DELETE FROM mail_days WHERE wave = $1",
    ] {
        run!(conn, sql, wave)?;
    }
    write(conn, &tally).await
}

/// What is kept about a wave and is not what its history says, one line each.
pub(crate) async fn differences(conn: &mut Conn, wave: i32) -> Stored<Vec<String>> {
    let (kept, counted) = (kept(conn, wave).await?, recount(conn, wave).await?);
    let mut lines = Vec::new();
    lines.extend(unequal(&kept.counts, &counted.counts));
    lines.extend(unequal(&kept.days, &counted.days));
    lines.extend(unequal(&kept.mails, &counted.mails));
    Ok(lines)
}

fn unequal<K, V>(kept: &std::collections::BTreeMap<K, V>, counted: &std::collections::BTreeMap<K, V>) -> Vec<String>
where
    K: Ord + std::fmt::Debug,
    V: PartialEq + std::fmt::Debug,
{
    let mut keys: Vec<&K> = kept.keys().chain(counted.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .filter(|key| kept.get(key) != counted.get(key))
        .map(|key| format!("{key:?}: {:?}, gezählt {:?}", kept.get(key), counted.get(key)))
        .collect()
}

async fn recount(conn: &mut Conn, wave: i32) -> Stored<Tally> {
    // `+wave` is no column an index has: without statistics each page would
    // look through the whole wave instead of a range of ids. For the same reason
    // the range is named on both sides of each join.
    let mut tally = Tally::default();
    let mut last = String::new();
    loop {
        let cases = rows!(
            conn,
            all,
            CaseRow,
            "SELECT id, form, land, size_class, status, typology, submitted_at IS NOT NULL AS received, created_at
             FROM cases WHERE +wave = $1 AND id > $2 ORDER BY id LIMIT $3",
            wave,
            &last,
            PAGE
        )?;
        let Some(end) = cases.last().map(|case| case.id.clone()) else {
            break;
        };
        let events = rows!(
            conn,
            all,
            EventRow,
            "SELECT e.case_id, e.at, e.event, e.from_status, e.to_status
             FROM cases c JOIN case_events e ON e.case_id = c.id
             WHERE +c.wave = $1 AND c.id > $2 AND c.id <= $3 AND e.case_id > $2 AND e.case_id <= $3
             ORDER BY e.case_id, e.at",
            wave,
            &last,
            &end
        )?;
        let mails = rows!(
            conn,
            all,
            MailRow,
            "SELECT o.case_id, o.step, o.sent_at FROM cases c JOIN outbox o ON o.case_id = c.id
             WHERE +c.wave = $1 AND c.id > $2 AND c.id <= $3 AND o.case_id > $2 AND o.case_id <= $3
               AND o.kind IN ('einladung', 'erinnerung') AND o.sent_at IS NOT NULL
             ORDER BY o.case_id, o.sent_at, o.id",
            wave,
            &last,
            &end
        )?;
        let (mut events, mut mails) = (by_case(events, |row| &row.case_id), by_case(mails, |row| &row.case_id));
        for case in &cases {
            let events = events.remove(&case.id).unwrap_or_default();
            let mails = mails.remove(&case.id).unwrap_or_default();
            count(&mut tally, wave, case, &events, &mails);
        }
        last = end;
    }
    tally.tidy();
    Ok(tally)
}

fn by_case<T>(rows: Vec<T>, case_of: impl Fn(&T) -> &String) -> HashMap<String, Vec<T>> {
    let mut found: HashMap<String, Vec<T>> = HashMap::new();
    for row in rows {
        found.entry(case_of(&row).clone()).or_default().push(row);
    }
    found
}

/// Something that happened to a case, as far as figures go.
#[derive(Clone, Copy)]
enum Point {
    /// Reached a stage: 1 invited to 4 received.
    Reached(usize),
    Usable(i64),
    Outside(i64),
}

fn count(tally: &mut Tally, wave: i32, case: &CaseRow, events: &[EventRow], mails: &[MailRow]) {
    let group = Group {
        wave,
        form: case.form.clone(),
        land: case.land.clone(),
        size_class: case.size_class,
    };
    let (form, land, status) = (case.form.clone(), case.land.clone(), case.status.clone());
    let key = (wave, form, land, case.size_class, status, case.received, case.typology);
    *tally.counts.entry(key).or_default() += 1;
    let first = |names: &[&str]| {
        let these = events.iter().filter(|event| names.contains(&event.event.as_str()));
        these.map(|event| event.at).min()
    };
    let stages: [&[&str]; 4] = [
        &["invite", "open", "answer", "submit"],
        &["open", "answer", "submit"],
        &["answer", "submit"],
        &["submit"],
    ];
    let mut points: Vec<(i64, Point)> = Vec::with_capacity(8);
    for (stage, names) in (1..).zip(stages) {
        points.extend(first(names).map(|at| (at, Point::Reached(stage))));
    }
    for event in events {
        let change = |status: &str| i64::from(event.to_status == status) - i64::from(event.from_status == status);
        points.push((event.at, Point::Usable(change("usable"))));
        points.push((event.at, Point::Outside(change("ineligible"))));
    }
    points.sort_by_key(|(at, _)| *at);
    let mut stands = [0; 6];
    let mut outside = 0;
    stands[0] = 1;
    let mut counted = stands;
    tally.on_day(&group, case.created_at, counted);
    for (at, point) in points {
        match point {
            Point::Reached(stage) => stands[stage] = 1,
            Point::Usable(by) => stands[5] += by,
            Point::Outside(by) => outside += by,
        }
        let now: Measures = if outside > 0 { Measures::default() } else { stands };
        let mut change = now;
        change.iter_mut().zip(counted).for_each(|(figure, old)| *figure -= old);
        tally.on_day(&group, at, change);
        counted = now;
    }
    for mail in mails {
        tally.mail(wave, &mail.step, mail.sent_at, [1, 0]);
    }
    if let Some(at) = first(&["submit"])
        && let Some(mail) = mails
            .iter()
            .rfind(|mail| mail.sent_at <= at && mail.sent_at > at - WEEK)
    {
        tally.mail(wave, &mail.step, at, [0, 1]);
    }
}

/// What is kept about a wave.
async fn kept(conn: &mut Conn, wave: i32) -> Stored<Tally> {
    let mut tally = Tally::default();
    let counts = rows!(
        conn,
        all,
        (String, String, i32, String, bool, bool, i64),
        "SELECT form, land, size_class, status, received, typology, n FROM case_counts WHERE wave = $1",
        wave
    )?;
    for (form, land, size_class, status, received, typology, n) in counts {
        tally
            .counts
            .insert((wave, form, land, size_class, status, received, typology), n);
    }
    let days = rows!(
        conn,
        all,
        (String, String, String, i64, i64, i64, i64, i64, i64),
        "SELECT dimension, value, day, listed, invited, opened, started, received, usable
         FROM case_days WHERE wave = $1",
        wave
    )?;
    for (dimension, value, day, listed, invited, opened, started, received, usable) in days {
        let dimension = ["all", "form", "land", "size"]
            .into_iter()
            .find(|known| *known == dimension);
        let key = (wave, dimension.unwrap_or("?"), value, day);
        tally
            .days
            .insert(key, [listed, invited, opened, started, received, usable]);
    }
    let mails = rows!(
        conn,
        all,
        (String, String, i64, i64),
        "SELECT step, day, sent, brought FROM mail_days WHERE wave = $1",
        wave
    )?;
    for (step, day, sent, brought) in mails {
        tally.mails.insert((wave, step, day), [sent, brought]);
    }
    tally.tidy();
    Ok(tally)
}
