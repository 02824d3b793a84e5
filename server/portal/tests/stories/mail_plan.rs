//! A plan that is changed while its mails wait, a standstill over steps for
//! different offices, the switch that stops a run on its way, and what one
//! office was told altogether.

use crate::support::{HERE, Reply, Smtp, Step, World, day, moment, story};
use chrono::{DateTime, TimeDelta, Utc};
use portal::{
    ContactEntry, DeadlineForm, MailError, MailKind, MailRun, MailState, NewPoint, NewQuery, OutboxFilter, PlanStep,
    Portal, Role, Session, StepForm, berlin,
};
use std::sync::atomic::{AtomicU32, Ordering};

/// A step as its form posts it unchanged.
fn form_of(step: &PlanStep) -> StepForm {
    StepForm {
        name: step.name.clone(),
        title: step.title.clone(),
        template: step.template.clone(),
        anchor: step.anchor.name().into(),
        days: step.days.to_string(),
        time: format!("{:02}:{:02}", step.minute / 60, step.minute % 60),
        audience: step.audience.name().into(),
        form: step.form.map_or("", survey::Form::label).into(),
        land: step.land.map_or("", survey::Land::label).into(),
        enabled: if step.enabled { "ja".into() } else { String::new() },
    }
}

async fn change(portal: &Portal, admin: &Session, name: &str, with: impl FnOnce(&mut StepForm)) {
    let plan = portal.mail_plan(admin, 2008).await.unwrap();
    let view = plan.steps.iter().find(|view| view.step.name == name).unwrap();
    let mut form = form_of(&view.step);
    with(&mut form);
    portal.mail_step_save(admin, 2008, &form).await.unwrap();
}

async fn moment_of(portal: &Portal, admin: &Session, name: &str) -> DateTime<Utc> {
    let plan = portal.mail_plan(admin, 2008).await.unwrap();
    plan.steps.iter().find(|view| view.step.name == name).unwrap().moment
}

/// Kennung and step of what went out.
fn sent(run: &MailRun) -> Vec<(&str, &str)> {
    let mut list: Vec<_> = run
        .sent
        .iter()
        .filter(|mail| mail.step != "passwort-gesetzt")
        .map(|mail| (mail.login.as_str(), mail.step.as_str()))
        .collect();
    list.sort_unstable();
    list
}

story!(what_waits_follows_its_step, world => {
    world.clock.advance(moment("2007-12-20T12:00") - world.clock.now());
    world.in_the_field().await;
    let admin = world.staff(Role::Admin).await;
    let portal = &world.portal;
    // Invitations wait since the opening. Switched off, they do not go out …
    change(portal, &admin, "einladung", |form| { form.enabled.clear(); form.days = "1".into() }).await;
    let start = moment("2008-01-14T10:00");
    assert!(sent(&portal.mail_run(Some(2008), Some(start)).await.unwrap()).is_empty(), "moved by a day");
    change(portal, &admin, "einladung", |form| form.enabled = "ja".into()).await;
    let run = portal.mail_run(Some(2008), Some(moment("2008-01-15"))).await.unwrap();
    assert_eq!(sent(&run), ["GS-1", "GS-2", "GS-3"].map(|kennung| (kennung, "einladung")));
    // An office with a deadline of its own keeps it when the step is moved.
    let own = DeadlineForm { day: "29.02.2008".into(), reason: "Umzug".into(), tell: false };
    portal.extend_deadline(&admin, 2008, "GS-2", &own).await.unwrap();
    let last_call = moment("2008-02-18T09:00");
    assert_eq!(moment_of(portal, &admin, "letzter-aufruf").await, last_call);
    world.clock.advance(last_call - world.clock.now());
    assert_eq!(sent(&portal.mail_run(Some(2008), None).await.unwrap()), [("GS-1", "letzter-aufruf"), ("GS-3", "letzter-aufruf")]);
    change(portal, &admin, "letzter-aufruf", |form| { form.days = "3".into(); form.template = "frist-naht".into() }).await;
    let run = portal.mail_run(Some(2008), Some(moment("2008-02-26T09:00"))).await.unwrap();
    assert_eq!(sent(&run), [("GS-2", "frist-naht")], "three days before its own");
    assert!(sent(&portal.mail_run(Some(2008), Some(moment("2008-03-02T12:00"))).await.unwrap()).is_empty());
    // Three days after the 29th is Monday; the mail has the new text.
    let run = portal.mail_run(Some(2008), Some(moment("2008-03-03T09:00"))).await.unwrap();
    assert_eq!(sent(&run), [("GS-2", "letzter-aufruf")]);
    assert_eq!(world.mail("erinnerung", "GS-2").subject, "Befragung der Grundsicherungsstellen 2008: Frist am 29.02.2008");
});

story!(a_step_switched_off_cancels_what_waits_of_it, world => {
    world.clock.advance(moment("2007-12-20T12:00") - world.clock.now());
    world.in_the_field().await;
    let admin = world.staff(Role::Admin).await;
    change(&world.portal, &admin, "einladung", |form| form.enabled.clear()).await;
    let start = Some(moment("2008-01-14T10:00"));
    let due = world.portal.mail_due(Some(2008), start).await.unwrap();
    assert!(!due.iter().any(|mail| mail.kind == MailKind::Invitation), "{due:?}");
    let run = world.portal.mail_run(Some(2008), start).await.unwrap();
    assert_eq!(run.cancelled.len(), 3);
    assert!(run.cancelled.iter().all(|mail| mail.reason.contains("ausgeschaltet")), "{:?}", run.cancelled);
});

story!(after_a_standstill_each_office_gets_the_step_that_is_for_it, world => {
    world.in_the_field().await;
    let admin = world.staff(Role::Admin).await;
    let session = world.office("GS-1").await;
    world.save(&session, &[("A5", "Leitung")]).await;
    // On one day, at nine to those who never came, at ten to the others.
    change(&world.portal, &admin, "erinnerung-1", |form| form.audience = "not_opened".into()).await;
    let new = StepForm {
        title: "An Angemeldete".into(), template: "erinnerung".into(), anchor: "start".into(), days: "14".into(),
        time: "10:00".into(), audience: "opened".into(), enabled: "ja".into(), ..StepForm::default()
    };
    world.portal.mail_step_save(&admin, 2008, &new).await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    let evening = Some(moment("2008-01-28T18:00"));
    let due = world.portal.mail_due(Some(2008), evening).await.unwrap().len();
    let run = world.portal.mail_run(Some(2008), evening).await.unwrap();
    assert_eq!((run.sent.len(), due), (3, 3), "{:?}", run.sent);
    let first: Vec<_> = sent(&run).into_iter().filter(|(_, step)| *step == "erinnerung-1").map(|(kennung, _)| kennung).collect();
    assert_eq!(first, ["GS-2", "GS-3"]);
    assert!(world.portal.mail_plan(&admin, 2008).await.unwrap().steps.iter().all(|view| !view.missed));
});

story!(a_step_that_was_passed_over_goes_out_when_it_is_moved_ahead, world => {
    world.in_the_field().await;
    let admin = world.staff(Role::Admin).await;
    world.portal.mail_run(None, None).await.unwrap();
    // Two weeks of standstill over two reminders: one mail.
    let late = moment("2008-02-04T12:00");
    world.clock.advance(late - world.clock.now());
    assert_eq!(world.portal.mail_run(None, None).await.unwrap().sent.len(), 3);
    let missed = async |name| world.portal.mail_plan(&admin, 2008).await.unwrap().steps.into_iter().find(|view| view.step.name == name).unwrap().missed;
    assert!(missed("erinnerung-1").await);
    change(&world.portal, &admin, "erinnerung-1", |form| form.days = "24".into()).await;
    assert!(!missed("erinnerung-1").await);
    let run = world.portal.mail_run(None, Some(moment("2008-02-07T09:00"))).await.unwrap();
    assert_eq!(sent(&run).len(), 3);
    // What was sent is not sent again, wherever it is moved.
    change(&world.portal, &admin, "erinnerung-2", |form| form.days = "28".into()).await;
    assert!(world.portal.mail_run(None, Some(moment("2008-02-11T12:00"))).await.unwrap().sent.is_empty());
});

story!(three_weeks_in_the_field_have_their_last_call_after_the_gap, world => {
    let new = portal::NewWave { deadline: day("2008-02-04"), ..World::wave(2008, None) };
    world.portal.wave_add(new).await.unwrap();
    world.portal.import_units(2008, crate::support::REGISTER.as_bytes(), &[]).await.unwrap();
    world.portal.wave_open(2008).await.unwrap();
    let admin = world.staff(Role::Admin).await;
    let mut got = Vec::new();
    for passed in 0..30 {
        let at = moment("2008-01-14T12:00") + TimeDelta::days(passed);
        let due = world.portal.mail_due(Some(2008), Some(at)).await.unwrap().len();
        let run = world.portal.mail_run(Some(2008), Some(at)).await.unwrap();
        assert_eq!(run.sent.len(), due, "{at}: what was announced is what goes out");
        assert!(run.cancelled.is_empty(), "{:?}", run.cancelled);
        got.extend(sent(&run).into_iter().filter(|(kennung, _)| *kennung == "GS-1").map(|(_, step)| format!("{} {step}", &berlin::long(at)[..6])));
    }
    // Day 21 is the deadline; the last call waits a day longer than planned.
    assert_eq!(got, ["14.01. einladung", "28.01. erinnerung-1", "01.02. frist-naht", "04.02. erinnerung-2", "06.02. letzter-aufruf"]);
    let plan = world.portal.mail_plan(&admin, 2008).await.unwrap();
    let waits: Vec<_> = plan.steps.iter().filter(|view| view.apart).map(|view| view.step.name.as_str()).collect();
    assert_eq!(waits, ["letzter-aufruf"]);
});

story!(the_switch_stops_a_run_that_is_on_its_way, world => {
    let smtp = Smtp::start().await;
    let staff = world.staff(Role::Editor).await;
    world.portal.mail_run(None, None).await.unwrap();
    let offices = 12;
    let lines = (1..=offices).map(|number| format!("GS-{number};ARGE {number};ARGE;Hessen;;post@{number}.example\n"));
    let register = format!("kennung;name;form;land;kontakt_name;kontakt_email\n{}", lines.collect::<String>());
    world.portal.wave_add(World::wave(2008, None)).await.unwrap();
    world.portal.import_units(2008, register.as_bytes(), &[]).await.unwrap();
    world.portal.wave_open(2008).await.unwrap();
    smtp.behave(|now| if matches!(now, Step::Content(_)) { Reply::FineAfter(20) } else { Reply::Fine });
    let mut server = world.smtp_settings(&smtp);
    server.connections = 1;
    let portal = world.with_server(server).await;
    let pause = || {
        let handle = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| handle.block_on(world.portal.mail_pause(&staff, true))).unwrap();
    };
    let stopped = portal.mail_run_with(None, None, |_| pause()).await.unwrap_err();
    assert!(matches!(stopped, MailError::Paused { .. }), "{stopped}");
    // What was marked as on its way: twice as many as there are connections.
    let first = smtp.taken().len();
    assert!((1..=3).contains(&first), "{first} were on their way");
    let filter = OutboxFilter { state: Some(MailState::Queued), ..OutboxFilter::default() };
    assert_eq!(portal.outbox(&staff, &filter).await.unwrap().lines.len(), offices - first, "what was not begun with waits again");
    world.portal.mail_pause(&staff, false).await.unwrap();
    portal.mail_round(false, &|| false, |_| pause()).await.unwrap();
    let more = smtp.taken().len() - first;
    assert!((1..=3).contains(&more), "{more} were on their way");
    world.portal.mail_pause(&staff, false).await.unwrap();
    portal.mail_run(None, None).await.unwrap();
    let mut taken: Vec<_> = smtp.taken().into_iter().map(|mail| mail.to).collect();
    taken.sort();
    taken.dedup();
    assert_eq!((taken.len(), smtp.taken().len()), (offices, offices), "each once, nothing was lost");
});

story!(days_on_which_everything_stood_still_are_no_days_of_trying, world => {
    let smtp = Smtp::start().await;
    let staff = world.staff(Role::Editor).await;
    world.portal.mail_run(None, None).await.unwrap();
    world.in_the_field().await;
    let portal = world.with_smtp(&smtp).await;
    let later = |now: &Step| if matches!(now, Step::Rcpt(_)) { Reply::Say("450 bitte noch einmal") } else { Reply::Fine };
    // Turned away for three days: the first real attempt is the first.
    smtp.behave(|now| if *now == Step::Mail { Reply::Say("530 erst anmelden") } else { Reply::Fine });
    assert!(matches!(portal.mail_run(None, None).await, Err(MailError::Denied(_))));
    world.clock.advance(TimeDelta::days(3));
    smtp.behave(later);
    portal.mail_resume_queue(&staff).await.unwrap();
    let run = portal.mail_run(None, None).await.unwrap();
    assert_eq!((run.deferred.len(), run.failed.len()), (3, 0), "{run:?}");
    // Stopped by staff for three days: the same.
    portal.mail_pause(&staff, true).await.unwrap();
    world.clock.advance(TimeDelta::days(3));
    portal.mail_pause(&staff, false).await.unwrap();
    let run = portal.mail_run(None, None).await.unwrap();
    assert_eq!((run.deferred.len(), run.failed.len()), (3, 0), "{run:?}");
    smtp.behave(|_| Reply::Fine);
    world.clock.advance(TimeDelta::hours(5));
    assert_eq!(portal.mail_run(None, None).await.unwrap().sent.len(), 3);
});

story!(a_server_that_does_not_relay_marks_nobody, world => {
    let smtp = Smtp::start().await;
    let staff = world.staff(Role::Editor).await;
    world.portal.mail_run(None, None).await.unwrap();
    world.in_the_field().await;
    let portal = world.with_smtp(&smtp).await;
    smtp.behave(|now| if matches!(now, Step::Rcpt(_)) { Reply::Say("554 5.7.1 Relay access denied") } else { Reply::Fine });
    assert_eq!(portal.mail_run(None, None).await.unwrap().failed.len(), 3);
    for kennung in ["GS-1", "GS-2", "GS-3"] {
        assert!(portal.office_contacts(&staff, 2008, kennung).await.unwrap().mark.is_none(), "{kennung}");
    }
});

story!(a_late_report_about_an_earlier_attempt_takes_no_mail_away, world => {
    let smtp = Smtp::start().await;
    let staff = world.staff(Role::Editor).await;
    world.portal.mail_run(None, None).await.unwrap();
    world.in_the_field().await;
    let portal = world.with_smtp(&smtp).await;
    portal.mail_run(None, None).await.unwrap();
    let mail = smtp.taken().into_iter().find(|mail| mail.to == "jan@aehren.example").unwrap();
    let report = |action: &str| format!(
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n\
         Final-Recipient: rfc822; jan@aehren.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {}\r\n\r\n--b--\r\n", mail.message_id);
    portal.mail_bounce(report("failed").as_bytes()).await.unwrap();
    let filter = OutboxFilter { state: Some(MailState::Failed), ..OutboxFilter::default() };
    let failed = portal.outbox(&staff, &filter).await.unwrap().lines;
    assert_eq!(failed.len(), 1);
    assert!(failed[0].last_word().is_some_and(|word| word.contains("5.1.1")), "the report, not the answer before it");
    assert!(portal.case_detail(&staff, 2008, "GS-2").await.unwrap().mark.is_some());
    // The delay told of before arrives after the end: it stays failed.
    portal.mail_bounce(report("delayed").as_bytes()).await.unwrap();
    assert_eq!(portal.outbox(&staff, &filter).await.unwrap().lines.len(), 1);
    // The address is changed and the mail tried again; reports about the
    // former attempt leave it alone, and the new address is not marked.
    portal.contact_change(&staff, 2008, "GS-2", "Jan Groß", "neu@aehren.example").await.unwrap();
    portal.outbox_act(&staff, &failed[0].id, portal::OutboxAct::Retry).await.unwrap();
    portal.mail_bounce(report("delayed").as_bytes()).await.unwrap();
    portal.mail_bounce(report("failed").as_bytes()).await.unwrap();
    let run = portal.mail_run(None, None).await.unwrap();
    let invited: Vec<_> = run.sent.iter().filter(|mail| mail.kind == MailKind::Invitation).collect();
    assert_eq!(invited.len(), 1, "{run:?}");
    assert_eq!(invited[0].recipient, "neu@aehren.example");
    let again = portal.outbox_mail(&staff, &failed[0].id).await.unwrap().line;
    assert_eq!((again.state, again.bounce), (MailState::Sent, None), "what was said of the former attempt is past");
    assert!(portal.case_detail(&staff, 2008, "GS-2").await.unwrap().mark.is_none());
    assert!(run.cancelled.iter().any(|mail| mail.kind == MailKind::AddressChanged), "the former one takes nothing: {run:?}");
});

story!(a_notice_names_the_moment_it_is_about_however_late_it_comes, world => {
    let smtp = Smtp::start().await;
    world.in_the_field().await;
    world.office("GS-1").await;
    world.portal.mail_run(None, None).await.unwrap();
    let portal = world.with_smtp(&smtp).await;
    world.portal.sign_in("GS-1", crate::support::PASSWORD, "198.51.100.7".parse().unwrap()).await.unwrap();
    let tries = AtomicU32::new(0);
    smtp.behave(move |now| match now {
        Step::Rcpt(_) if tries.fetch_add(1, Ordering::SeqCst) == 0 => Reply::Say("450 bitte noch einmal"),
        _ => Reply::Fine,
    });
    assert_eq!(portal.mail_run(None, None).await.unwrap().deferred.len(), 1);
    world.clock.advance(TimeDelta::hours(7));
    assert_eq!(portal.mail_run(None, None).await.unwrap().sent[0].kind, MailKind::NewSignIn);
    let source = smtp.taken()[0].source.clone();
    assert!(source.contains("14.01.2008, 09:00 Uhr"), "{source}");
});

story!(everything_one_office_was_told_stands_in_its_history, world => {
    world.in_the_field().await;
    let staff = world.staff(Role::Editor).await;
    world.office("GS-1").await;
    world.portal.request_access("GS-1", HERE).await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    let kinds = async |kennung| {
        let contacts = world.portal.office_contacts(&staff, 2008, kennung).await.unwrap();
        let mut kinds: Vec<_> = contacts.entries.iter().map(|entry| match entry {
            ContactEntry::Mail(line) => line.kind.name(),
            ContactEntry::Attempt { kind, .. } => kind.name(),
        }).collect();
        kinds.sort_unstable();
        kinds
    };
    assert_eq!(kinds("GS-1").await, ["einladung", "neues-passwort", "passwort-gesetzt"]);
    assert_eq!(kinds("GS-2").await, ["einladung"]);
    // What is told in the next wave belongs to that one.
    world.portal.wave_close(2008).await.unwrap();
    world.clock.advance(moment("2009-01-14T09:00") - world.clock.now());
    world.portal.wave_add(World::wave(2009, Some(2008))).await.unwrap();
    world.portal.import_units(2009, crate::support::REGISTER.as_bytes(), &[]).await.unwrap();
    world.portal.wave_open(2009).await.unwrap();
    world.portal.request_access("GS-1", HERE).await.unwrap();
    assert_eq!(kinds("GS-1").await, ["einladung", "neues-passwort", "passwort-gesetzt"]);
    let contacts = world.portal.office_contacts(&staff, 2009, "GS-1").await.unwrap();
    assert_eq!(contacts.entries.len(), 2, "invitation and link");
});

story!(whoever_is_reminded_after_the_deadline_reads_that_it_has_passed, world => {
    world.in_the_field().await;
    world.portal.mail_run(None, None).await.unwrap();
    let admin = world.staff(Role::Admin).await;
    // The last call a week early, an ordinary reminder after the deadline.
    change(&world.portal, &admin, "letzter-aufruf", |form| form.days = "-7".into()).await;
    change(&world.portal, &admin, "erinnerung-2", |form| form.days = "40".into()).await;
    world.portal.mail_run(None, Some(moment("2008-02-08T09:00"))).await.unwrap();
    let unwrapped = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let early = unwrapped(&world.mail("erinnerung", "GS-1").body);
    assert!(early.contains("Die Frist endet am 15.02.2008") && !early.contains("abgelaufen"), "{early}");
    let run = world.portal.mail_run(None, Some(moment("2008-02-25T09:00"))).await.unwrap();
    assert_eq!(sent(&run).len(), 3, "{run:?}");
    let late = unwrapped(&world.mail("erinnerung", "GS-1").body);
    assert!(late.contains("abgelaufen") && !late.contains("bis zum 15.02.2008 ab"), "{late}");
    // All texts, of any office, after the deadline.
    world.clock.advance(moment("2008-02-25T09:00") - world.clock.now());
    for name in ["einladung", "einladung-kollege", "einladung-erneut", "frist-naht"] {
        let view = world.portal.mail_template(&admin, name).await.unwrap();
        let shown = world.portal.mail_template_preview(&admin, 2008, name, &view.subject, &view.body, "GS-1").await.unwrap();
        assert!(shown.text.contains("abgelaufen"), "{name}: {}", shown.text);
    }
});

story!(an_office_that_wants_no_reminders_still_gets_notices, world => {
    world.in_the_field().await;
    let office = world.office("GS-1").await;
    world.complete(&office).await;
    world.portal.submit(&office).await.unwrap();
    let staff = world.staff(Role::Editor).await;
    let point = NewPoint { field: "frage__B1".into(), items: vec!["B1".into()], question: "Wirklich?".into(), edit: None };
    let query = NewQuery { points: vec![point], due: "2008-01-23".into() };
    world.portal.opt_out(&staff, 2008, "GS-1", "Will nicht erinnert werden").await.unwrap();
    world.portal.query_open(&staff, 2008, "GS-1", &query).await.unwrap();
    let run = world.portal.mail_run(None, None).await.unwrap();
    let kinds: Vec<_> = run.sent.iter().map(|mail| mail.kind).collect();
    assert!(kinds.contains(&MailKind::Query) && kinds.contains(&MailKind::Receipt), "{kinds:?}");
    let run = world.portal.mail_run(None, Some(moment("2008-01-25T10:00"))).await.unwrap();
    assert!(run.sent.is_empty(), "{:?}", run.sent);
    assert!(run.cancelled.iter().any(|mail| mail.kind == MailKind::QueryReminder && mail.reason.contains("abgemeldet")), "{:?}", run.cancelled);
});
