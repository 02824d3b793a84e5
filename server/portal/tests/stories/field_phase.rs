//! Three weeks in the field with 443 offices, driven by moments: every office
//! gets exactly the mails the plan gives it, nobody after handing in.

use crate::support::{World, day, moment, story};
use chrono::{DateTime, Days, Utc};
use portal::{MailKind, NewWave, Portal, Role, StepForm};
use std::collections::BTreeMap;
use std::fmt::Write;

const OFFICES: usize = 443;

fn register() -> String {
    let mut text = String::from("kennung;name;form;land;kontakt_name;kontakt_email\n");
    for number in 1..=OFFICES {
        let form = ["ARGE", "zkT", "gAw"][number % 3];
        let _ = writeln!(
            text,
            "GS-{number:04};Stelle {number};{form};Hessen;;amt{number}@stelle.example"
        );
    }
    text
}

async fn in_the_field(world: &World, deadline: &str) {
    let new = NewWave {
        deadline: day(deadline),
        ..World::wave(2008, None)
    };
    world.portal.wave_add(new).await.unwrap();
    world
        .portal
        .import_units(2008, register().as_bytes(), &[])
        .await
        .unwrap();
    world.portal.wave_open(2008).await.unwrap();
}

/// What went out, office by office.
#[derive(Default)]
struct Post(BTreeMap<String, Vec<(DateTime<Utc>, String)>>);

impl Post {
    /// Runs and returns how many mails went out.
    async fn run(&mut self, portal: &Portal, at: DateTime<Utc>) -> usize {
        let run = portal.mail_run(Some(2008), Some(at)).await.unwrap();
        assert!(
            run.failed.is_empty() && run.deferred.is_empty(),
            "{:?} {:?}",
            run.failed,
            run.deferred
        );
        for mail in run.sent.iter().filter(|mail| mail.kind != MailKind::PasswordSet) {
            self.0
                .entry(mail.login.clone())
                .or_default()
                .push((at, mail.step.clone()));
        }
        run.sent.len()
    }

    /// Offices by what they got.
    fn summary(&self) -> String {
        let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (kennung, mails) in &self.0 {
            let day = |at: &DateTime<Utc>| portal::berlin::long(*at)[..6].to_owned();
            let list: Vec<_> = mails.iter().map(|(at, step)| format!("{} {step}", day(at))).collect();
            alike.entry(list.join(", ")).or_default().push(kennung);
        }
        let mut text = String::new();
        for (mails, offices) in alike {
            let _ = writeln!(text, "{mails}: {} {}", offices.len(), offices.join(" "));
        }
        text
    }
}

story!(every_office_gets_what_the_plan_gives_it_and_nobody_after_handing_in, world => {
    in_the_field(&world, "2008-02-08").await;
    let mut post = Post::default();
    let mut returned = 0;
    for passed in 0..29 {
        let today = day("2008-01-14") + Days::new(passed);
        for hour in ["06:00", "10:00", "18:00"] {
            let at = moment(&format!("{today}T{hour}"));
            world.clock.advance(at - world.clock.now());
            let due = world.portal.mail_due(Some(2008), Some(at)).await.unwrap().len();
            assert_eq!(post.run(&world.portal, at).await, due, "{at}: what was announced is what goes out");
            assert_eq!(post.run(&world.portal, at).await, 0, "{at}: once");
        }
        // Two offices hand in every day, from the evening of the first on.
        for number in [1, 2].map(|place| passed * 8 + place) {
            let session = world.invited(&format!("GS-{number:04}")).await;
            world.complete(&session).await;
            world.portal.submit(&session).await.unwrap();
            returned += 1;
        }
    }
    let receipts = post.0.values().flatten().filter(|(_, step)| step.starts_with("eingang")).count();
    assert_eq!(receipts, 2 * (returned - 2), "to office and person in charge; those of the last day are still to come");
    insta::assert_snapshot!("field_phase", post.summary());
});

story!(a_standstill_is_caught_up_once_and_never_in_a_row, world => {
    in_the_field(&world, "2008-02-08").await;
    let mut post = Post::default();
    assert_eq!(post.run(&world.portal, moment("2008-01-14T10:00")).await, OFFICES);
    // Three days without the program around day 14.
    assert_eq!(post.run(&world.portal, moment("2008-01-27T10:00")).await, 0);
    assert_eq!(post.run(&world.portal, moment("2008-01-30T10:00")).await, OFFICES);
    assert_eq!(post.run(&world.portal, moment("2008-01-30T10:01")).await, 0);
    // Ten days, over two steps: one mail, the one that is still true.
    assert_eq!(post.run(&world.portal, moment("2008-02-08T10:00")).await, OFFICES);
    assert_eq!(post.run(&world.portal, moment("2008-02-08T10:01")).await, 0);
    assert!(post.0["GS-0001"].last().unwrap().1 == "frist-naht", "{:?}", post.0["GS-0001"]);
    // The clock goes back an hour, and forward a day: nothing twice.
    for at in ["2008-02-08T09:00", "2008-02-09T10:00", "2008-02-08T11:00"] {
        assert_eq!(post.run(&world.portal, moment(at)).await, 0, "{at}");
    }
    assert_eq!(post.run(&world.portal, moment("2008-02-11T08:59")).await, 0);
    assert_eq!(post.run(&world.portal, moment("2008-02-11T09:00")).await, OFFICES);
    // Missed for more than a week: what it says would no longer be true.
    let other = World::new(crate::support::Database::Sqlite).await;
    in_the_field(&other, "2008-02-08").await;
    let mut late = Post::default();
    assert_eq!(late.run(&other.portal, moment("2008-01-14T10:00")).await, OFFICES);
    assert_eq!(late.run(&other.portal, moment("2008-02-27T10:00")).await, 0);
});

story!(both_days_on_which_the_clock_is_changed_have_their_mails, world => {
    let new = NewWave { start: day("2008-03-17"), deadline: day("2008-11-10"), ..World::wave(2008, None) };
    world.portal.wave_add(new).await.unwrap();
    world.portal.import_units(2008, crate::support::REGISTER.as_bytes(), &[]).await.unwrap();
    world.portal.wave_open(2008).await.unwrap();
    let admin = world.staff(Role::Admin).await;
    // Sundays are no working days: the mails of both come on Monday at nine.
    for (days, title) in [("13", "Sommerzeit"), ("223", "Winterzeit")] {
        let form = StepForm {
            title: title.into(), template: "erinnerung".into(), anchor: "start".into(), days: days.into(), time: "02:30".into(),
            audience: "pending".into(), enabled: "ja".into(), ..StepForm::default()
        };
        world.portal.mail_step_save(&admin, 2008, &form).await.unwrap();
    }
    let mut post = Post::default();
    post.run(&world.portal, moment("2008-03-17T10:00")).await;
    for (before, on) in [("2008-03-31T08:59", "2008-03-31T09:00"), ("2008-10-27T08:59", "2008-10-27T09:00")] {
        assert_eq!(post.run(&world.portal, moment(before)).await, 0, "{before}");
        assert_eq!(post.run(&world.portal, moment(on)).await, 3, "{on}");
        assert_eq!(post.run(&world.portal, moment(on)).await, 0, "{on}");
    }
});
