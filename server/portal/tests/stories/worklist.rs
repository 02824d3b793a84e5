//! The worklist beside the rule it follows: whatever is known of hundreds of
//! cases, the database puts them in the order `survey::worklist::rank` does.

use crate::support::{World, day, moment, run, story};
use chrono::{DateTime, NaiveDate, Utc};
use portal::{Role, berlin};
use sqlx::{AnyConnection, Connection, FromRow};
use std::collections::HashMap;
use std::fmt::Write as _;
use survey::worklist::{Call, Candidate, Share, rank};

const CASES: u64 = 300;
const DAY: i64 = 86_400_000_000;

/// Numbers that follow each other without a pattern, the same in every run.
struct Dice(u64);

impl Dice {
    /// One of `0..sides`.
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % sides
    }

    fn some(&mut self, one_in: i64, value: impl FnOnce(&mut Self) -> String) -> String {
        if self.roll(one_in) == 0 {
            value(self)
        } else {
            "NULL".into()
        }
    }

    /// A moment of the last days.
    fn before(&mut self, now: DateTime<Utc>, days: i64) -> i64 {
        now.timestamp_micros() - self.roll(days * 24 * 60) * 60_000_000
    }

    fn near(&mut self, today: NaiveDate) -> String {
        format!("'{}'", today + chrono::TimeDelta::days(self.roll(26) - 8))
    }
}

fn register() -> String {
    let mut text = String::from("kennung;name;form;land;kontakt_name;kontakt_email\n");
    for n in 0..CASES {
        let form = ["ARGE", "zkT", "gAw"][usize::try_from(n % 3).unwrap()];
        let land = ["Hessen", "Sachsen", "Bayern", "Berlin"][usize::try_from(n % 4).unwrap()];
        writeln!(
            text,
            "GS-{n:03};Kreis {};{form};{land};;post{n}@amt.example",
            n * 7 % 50
        )
        .unwrap();
    }
    text
}

impl World {
    /// Everything the rule looks at, by chance, past the portal.
    async fn shuffle(&self, dice: &mut Dice) {
        let (url, now) = (&self.settings.database_url, self.clock.now());
        let today = berlin::day_of(now);
        let mut sql = String::from("DELETE FROM address_marks;");
        for n in 0..CASES {
            let status = [
                "started",
                "started",
                "opened",
                "invited",
                "usable",
                "refused",
                "ineligible",
                "submitted",
            ];
            let status = status[usize::try_from(dice.roll(8)).unwrap()];
            let received = matches!(status, "usable" | "submitted");
            let asked = dice.roll(90);
            let called = if dice.roll(3) == 0 { dice.before(now, 8) } else { 0 };
            let result = dice.some(2, |_| "'schickt'".into());
            writeln!(
                sql,
                "UPDATE cases SET status = '{status}', submitted_at = {}, asked = {asked}, answered = {}, active_at = {},
                        invited_at = {}, own_deadline = {}, called_at = {called}, call_result = {result},
                        call_back_on = {}, calls_missed = {} WHERE kennung_key = 'gs-{n:03}';",
                if received { now.timestamp_micros().to_string() } else { "NULL".into() },
                dice.roll(asked + 1),
                if dice.roll(4) == 0 { 0 } else { dice.before(now, 14) },
                dice.some(2, |dice| dice.before(now, 14).to_string()),
                dice.some(4, |dice| dice.near(today)),
                dice.some(3, |dice| dice.near(today)),
                dice.roll(7),
            )
            .unwrap();
            if dice.roll(6) == 0 {
                let mark = format!(
                    "('post{n}@amt.example', 'post{n}@amt.example', '550', {})",
                    now.timestamp_micros()
                );
                writeln!(
                    sql,
                    "INSERT INTO address_marks (address_key, address, reason, at) VALUES {mark};"
                )
                .unwrap();
            }
            let state = ["sent", "unclear", "queued", "failed"][usize::try_from(dice.roll(4)).unwrap()];
            let tried = dice.before(now, 8);
            let sent = if state == "sent" {
                (tried - DAY / 100).to_string()
            } else {
                "NULL".into()
            };
            writeln!(
                sql,
                "UPDATE outbox SET state = '{state}', first_tried_at = {tried}, sent_at = {sent}
                 WHERE case_id = (SELECT id FROM cases WHERE kennung_key = 'gs-{n:03}');"
            )
            .unwrap();
        }
        sql.push_str("UPDATE counters SET value = 0 WHERE name = 'returns';");
        run(url, &sql).await;
        // Counts what was changed past it.
        self.another_portal().await.close().await;
    }

    /// Kennung and points of every case to call, and how many rest.
    async fn by_the_rule(&self, deadline: NaiveDate) -> (Vec<(String, i32)>, usize) {
        let url = &self.settings.database_url;
        let (cases, today): (Vec<Known>, _) = (read(url, CASES_SQL).await, berlin::day_of(self.clock.now()));
        let written: HashMap<String, i64> = read::<(String, i64)>(url, WRITTEN_SQL).await.into_iter().collect();
        let marked: Vec<(String,)> = read(url, "SELECT address_key FROM address_marks").await;
        let share = |mine: &dyn Fn(&Known) -> bool| {
            let of = cases.iter().filter(|case| case.status != "ineligible" && mine(case));
            let (part, of): (Vec<_>, Vec<_>) = of.partition(|case| case.submitted_at.is_some());
            let count = |cases: &[&Known]| u32::try_from(cases.len()).unwrap();
            Share {
                part: count(&part),
                of: count(&part) + count(&of),
            }
        };
        let all = share(&|_| true);
        let since = |at: i64| {
            u32::try_from((today - berlin::day_of(DateTime::from_timestamp_micros(at).unwrap())).num_days()).unwrap()
        };
        let until = |text: &str| i32::try_from((day(text) - today).num_days()).unwrap();
        let mut listed = Vec::new();
        let mut resting = 0;
        for case in &cases {
            let called = (case.called_at > 0).then(|| since(case.called_at));
            let worked = (case.active_at > 0).then_some(case.active_at).or(case.invited_at);
            let candidate = Candidate {
                status: case.status.parse().unwrap(),
                answered: u32::try_from(case.answered).unwrap(),
                asked: u32::try_from(case.asked).unwrap(),
                silent_days: worked.map(since).unwrap_or_default(),
                days_left: case.own_deadline.as_deref().map_or(until(&deadline.to_string()), until),
                group: share(&|other| (&other.form, &other.land) == (&case.form, &case.land)),
                all,
                unreachable_by_mail: marked.iter().any(|(address,)| *address == case.contact_email),
                contacted_days: called
                    .into_iter()
                    .chain(written.get(&case.id).map(|at| since(*at)))
                    .min(),
                call: called.map(|days_ago| Call {
                    days_ago,
                    back_in: case.call_back_on.as_deref().map(until),
                    promised: case.call_result.as_deref() == Some("schickt"),
                }),
                calls_missed: u32::try_from(case.calls_missed).unwrap(),
            };
            match rank(&candidate, "x") {
                Some(ranked) => listed.push((-ranked.points, &case.sort_key, &case.id, &case.kennung)),
                None if matches!(case.status.as_str(), "invited" | "opened" | "started") => resting += 1,
                None => {}
            }
        }
        listed.sort();
        let listed = listed
            .into_iter()
            .map(|(points, _, _, kennung)| (kennung.clone(), -points));
        (listed.collect(), resting)
    }
}

#[derive(FromRow)]
struct Known {
    id: String,
    kennung: String,
    sort_key: String,
    form: String,
    land: String,
    status: String,
    submitted_at: Option<i64>,
    asked: i32,
    answered: i32,
    active_at: i64,
    invited_at: Option<i64>,
    own_deadline: Option<String>,
    called_at: i64,
    call_result: Option<String>,
    call_back_on: Option<String>,
    calls_missed: i32,
    contact_email: String,
}

const CASES_SQL: &str =
    "SELECT c.*, u.kennung FROM (SELECT id, unit_id, sort_key, form, land, status, submitted_at, asked,
    answered, active_at, invited_at, own_deadline, called_at, call_result, call_back_on, calls_missed, contact_email
    FROM cases) c JOIN units u ON u.id = c.unit_id";
const WRITTEN_SQL: &str = "SELECT case_id, COALESCE(sent_at, first_tried_at) FROM outbox
    WHERE kind = 'einladung' AND state IN ('sending', 'sent', 'unclear')";

async fn read<T>(url: &str, sql: &'static str) -> Vec<T>
where
    T: Send + Unpin + for<'r> FromRow<'r, sqlx::any::AnyRow>,
{
    let mut conn = AnyConnection::connect(url).await.unwrap();
    let rows = sqlx::query_as(sql).fetch_all(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    rows
}

story!(the_worklist_has_the_order_of_its_rule, world => {
    let wave = World::wave(2008, None);
    let deadline = wave.deadline;
    world.portal.wave_add(wave).await.unwrap();
    world.portal.import_units(2008, register().as_bytes(), &[]).await.unwrap();
    world.portal.wave_open(2008).await.unwrap();
    let staff = world.staff(Role::Viewer).await;
    let mut dice = Dice(2008);
    // Before, near and after the deadline; around summer time.
    for at in ["2008-02-02T00:10", "2008-02-11T23:50", "2008-02-15T12:00", "2008-03-31T09:00"] {
        world.clock.advance(moment(at) - world.clock.now());
        world.shuffle(&mut dice).await;
        let session = world.sign_in(&staff.login).await;
        let (expected, resting) = world.by_the_rule(deadline).await;
        assert!(expected.len() > 80 && resting > 5, "{at}: {} and {resting}", expected.len());
        let mut listed = Vec::new();
        for from in (0..expected.len()).step_by(40) {
            let page = world.portal.worklist(&session, 2008, from, 40).await.unwrap();
            assert_eq!((page.total, page.resting), (expected.len(), resting), "{at}");
            listed.extend(page.items.into_iter().map(|item| (item.kennung, item.ranked.points)));
        }
        assert_eq!(listed, expected, "{at}");
        let different: std::collections::BTreeSet<i32> = expected.iter().map(|(_, points)| *points).collect();
        assert!(different.len() > 30, "{at}: {} kinds of points", different.len());
    }
});
