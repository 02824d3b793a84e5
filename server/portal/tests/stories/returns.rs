//! Figures kept beside the cases: whatever happens, in whatever order and by
//! whomever at once, they are what a recount of the history says.

use crate::support::{World, changes, count, moment, run, story};
use chrono::TimeDelta;
use portal::{Decision, NewPoint, NewQuery, Portal, Role, Session};
use std::fmt::Write;

const OFFICES: usize = 7;

fn register() -> String {
    let mut text = String::from("kennung;name;form;land;kontakt_name;kontakt_email\n");
    for number in 1..=OFFICES {
        let form = ["ARGE", "zkT", "gAw"][number % 3];
        let land = ["Hessen", "Bayern"][number % 2];
        let _ = writeln!(
            text,
            "GS-{number};Stelle {number};{form};{land};;amt{number}@stelle.example"
        );
    }
    text
}

/// Both waves; in the first one every office but the last has handed in, with
/// a number of customers of its own.
async fn two_waves(world: &World) {
    world.portal.wave_add(World::wave(2007, None)).await.unwrap();
    world
        .portal
        .import_units(2007, register().as_bytes(), &[])
        .await
        .unwrap();
    world.portal.wave_open(2007).await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    for number in 1..OFFICES {
        let office = world.invited(&format!("GS-{number}")).await;
        world.complete(&office).await;
        world.save(&office, &[("B1", &format!("5.0{number}0"))]).await;
        world.portal.submit(&office).await.unwrap();
    }
    world.portal.wave_close(2007).await.unwrap();
    world.portal.wave_add(World::wave(2008, Some(2007))).await.unwrap();
    world
        .portal
        .import_units(2008, register().as_bytes(), &[])
        .await
        .unwrap();
    world.portal.wave_open(2008).await.unwrap();
}

/// Whatever is kept is what the history says.
async fn agrees(portal: &Portal, what: &str) {
    let damage = portal.verify(|_, _| {}).await.unwrap().damage;
    assert!(damage.is_empty(), "{what}: {damage:?}");
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A Rückfrage about one item, to be answered within ten days.
fn question(world: &World) -> NewQuery {
    NewQuery {
        points: vec![NewPoint {
            field: "frage__B1".into(),
            items: vec!["B1".into()],
            question: "Stimmt das?".into(),
            edit: None,
        }],
        due: (portal::berlin::day_of(world.clock.now()) + TimeDelta::days(10)).to_string(),
    }
}

/// Something one may do to a case; refused where the rules do not allow it.
async fn something(world: &World, dice: &mut Dice, offices: &[Session], staff: &Session) -> String {
    let number = dice.throw(OFFICES as u64);
    let (office, kennung) = (&offices[usize::try_from(number).unwrap()], format!("GS-{}", number + 1));
    let decide = async |decision: Decision| {
        let named = format!("{decision:?}");
        let done = world.portal.decide(staff, 2008, &kennung, decision, "Ein Grund").await;
        format!("{named} {}", done.is_ok())
    };
    let what = match dice.throw(12) {
        0 | 1 => {
            let saved = world.portal.save(office, &changes(&[("B2", "100")], 0)).await;
            format!("save {}", saved.is_ok())
        }
        2..=4 => match world.portal.case_of(office).await.unwrap() {
            Some(case) if !case.status.is_locked() => {
                world.complete(office).await;
                format!("submit {}", world.portal.submit(office).await.is_ok())
            }
            _ => format!("submit again {}", world.portal.submit(office).await.is_ok()),
        },
        5 => decide(Decision::Reopen).await,
        6 => {
            let asked = world.portal.query_open(staff, 2008, &kennung, &question(world)).await;
            format!("Query {}", asked.is_ok())
        }
        7 => decide(Decision::Usable).await,
        8 => decide(Decision::Unusable).await,
        9 => decide(Decision::Refused).await,
        10 if dice.throw(4) == 0 => decide(Decision::Ineligible { successor: None }).await,
        10 => format!("mails {:?}", world.portal.mail_run(Some(2008), None).await.is_ok()),
        _ => {
            world.clock.advance(TimeDelta::hours(19));
            "time".into()
        }
    };
    format!("{kennung}: {what}")
}

story!(counters_are_what_the_history_says_after_any_walk, world => {
    two_waves(&world).await;
    let staff = world.staff(Role::Editor).await;
    world.portal.mail_run(None, None).await.unwrap();
    let mut offices = Vec::new();
    for number in 1..=OFFICES {
        offices.push(match number {
            OFFICES => world.invited(&format!("GS-{number}")).await,
            _ => world.sign_in(&format!("GS-{number}")).await,
        });
    }
    agrees(&world.portal, "in the field").await;
    let mut dice = Dice(2008);
    let mut walked = Vec::new();
    for step in 0..90 {
        walked.push(something(&world, &mut dice, &offices, &staff).await);
        if step % 6 == 5 {
            agrees(&world.portal, &format!("{walked:?}")).await;
        }
    }
    // As of every day of the walk, too.
    let history = crate::history::History::read(&world.settings.database_url).await;
    let today = portal::berlin::day_of(world.clock.now());
    let mut day = crate::support::day("2008-01-12");
    while day <= today {
        history.agrees(&world.portal.overview(&staff, 2008, Some(day)).await.unwrap());
        day += TimeDelta::days(1);
    }
    let done = |what: &str| walked.iter().filter(|step| step.ends_with(&format!("{what} true"))).count();
    assert!(done("submit") > 3 && done("Reopen") > 1 && done("Unusable") > 1, "a walk that gets around: {walked:?}");
    let brought = count(&world.settings.database_url, "SELECT CAST(SUM(brought) AS bigint) FROM mail_days WHERE wave = 2008").await;
    assert!(brought > 0, "mails brought something");
});

story!(many_at_once_never_wait_for_each_other_in_a_circle, world => {
    two_waves(&world).await;
    let staff = world.staff(Role::Editor).await;
    world.portal.mail_run(None, None).await.unwrap();
    let mut tasks = Vec::new();
    for number in 1..OFFICES {
        let office = world.sign_in(&format!("GS-{number}")).await;
        let (portal, staff) = (world.another_portal().await, staff.clone());
        tasks.push(tokio::spawn(async move {
            for round in 0..4 {
                let text = round.to_string();
                portal.save(&office, &changes(&[("B2", &text)], 0)).await.unwrap();
                let kennung = format!("GS-{number}");
                portal.decide(&staff, 2008, &kennung, Decision::Refused, "Ein Grund").await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    agrees(&world.portal, "many at once").await;
});

story!(a_database_from_before_is_counted_when_it_is_opened, world => {
    two_waves(&world).await;
    let url = &world.settings.database_url;
    let sums = async || {
        let mut found = Vec::new();
        for sql in [
            "SELECT CAST(SUM(n) AS bigint) FROM case_counts WHERE typology",
            "SELECT CAST(SUM(received) AS bigint) FROM case_days WHERE dimension = 'land' AND value = 'Hessen'",
            "SELECT CAST(SUM(brought) AS bigint) FROM mail_days",
            "SELECT CAST(SUM(size_class) AS bigint) FROM cases",
        ] {
            found.push(count(url, sql).await);
        }
        found
    };
    let kept = sums().await;
    assert_eq!(kept[0], 6, "six could be classified");
    for sql in [
        "DELETE FROM case_counts",
        "DELETE FROM case_days",
        "DELETE FROM mail_days",
        "UPDATE cases SET size_class = 0",
        "UPDATE waves SET size_cuts = NULL",
    ] {
        run(url, sql).await;
    }
    let damage = world.portal.verify(|_, _| {}).await.unwrap().damage;
    assert!(damage.iter().all(|one| one.about.contains("zum Rücklauf")) && damage.len() > 20, "what is missing is named");
    run(url, "UPDATE counters SET value = 0 WHERE name = 'returns'").await;
    let (one, other) = (world.another_portal().await, world.another_portal().await);
    agrees(&one, "counted").await;
    agrees(&other, "once").await;
    assert_eq!(sums().await, kept);
});

story!(size_classes_are_frozen_when_the_wave_opens, world => {
    two_waves(&world).await;
    let url = &world.settings.database_url;
    let in_class = async |class: u8, wave: i32| {
        count(url, &format!("SELECT COUNT(*) FROM cases WHERE wave = {wave} AND size_class = {class}")).await
    };
    let classes = async |wave| {
        let mut found = Vec::new();
        for class in 0..=4 {
            found.push(in_class(class, wave).await);
        }
        found
    };
    assert_eq!(classes(2007).await, [7, 0, 0, 0, 0], "no wave before");
    assert_eq!(classes(2008).await, [1, 2, 1, 2, 1], "5.010 to 5.060, and one that did not answer");
    // By a column of the register instead.
    let register = register().replace("kontakt_email\n", "kontakt_email;fallzahl\n").replace("example\n", "example;1.500\n");
    let goals = portal::Goals { target: 90, size_column: Some("fallzahl".into()) };
    world.portal.wave_add_with(World::wave(2009, Some(2008)), &goals).await.unwrap();
    world.portal.import_units(2009, register.as_bytes(), &["fallzahl".into()]).await.unwrap();
    world.portal.wave_open(2009).await.unwrap();
    assert_eq!(classes(2009).await, [0, 7, 0, 0, 0], "equal figures are of one class");
    agrees(&world.portal, "three waves").await;
    for (target, column) in [(0, "x"), (101, "x"), (50, "a\nb")] {
        let goals = portal::Goals { target, size_column: Some(column.into()) };
        assert!(world.portal.wave_add_with(World::wave(2010, None), &goals).await.is_err(), "{target} {column:?}");
    }
});

story!(the_change_counter_grows_with_what_pages_show, world => {
    world.in_the_field().await;
    let office = world.office("GS-1").await;
    let staff = world.staff(Role::Editor).await;
    let admin = world.staff(Role::Admin).await;
    let number = async || world.portal.change_numbers().await.unwrap().into_iter().find(|(wave, _)| *wave == 2008).unwrap().1;
    let mut last = number().await;
    let mut grown = async |what: &str, should: bool| {
        let now = number().await;
        assert_eq!(now > last, should, "{what}: {last} → {now}");
        last = now;
    };
    world.portal.save(&office, &changes(&[("B1", "499")], 0)).await.unwrap();
    grown("first answer", true).await;
    world.portal.save(&office, &changes(&[("B2", "10")], 0)).await.unwrap();
    grown("second answer", false).await;
    world.portal.log_contact(&staff, 2008, "GS-2", "anruf", "Niemand da.").await.unwrap();
    grown("a call", true).await;
    world.portal.case_detail(&staff, 2008, "GS-2").await.unwrap();
    grown("a look", false).await;
    world.portal.decide(&staff, 2008, "GS-2", Decision::Refused, "Keine Zeit").await.unwrap();
    grown("a decision", true).await;
    world.portal.wave_goals(&admin, 2008, "90", "").await.unwrap();
    grown("another target", true).await;
    world.clock.advance(moment("2008-01-28T10:00") - world.clock.now());
    world.portal.mail_run(None, None).await.unwrap();
    grown("a reminder", true).await;
    assert!(world.portal.wave_goals(&staff, 2008, "90", "").await.is_err());
    assert!(world.portal.wave_goals(&admin, 2008, "viel", "").await.is_err());
    assert!(world.portal.wave_goals(&admin, 2008, "90", "spalte").await.is_err(), "frozen");
});
