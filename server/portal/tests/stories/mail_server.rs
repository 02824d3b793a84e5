//! A mail server that misbehaves: nothing is lost, nothing goes out twice, and
//! one mail that fails stops no other (security.md, "Nothing lost").

use crate::support::{Reply, Smtp, Step, World, moment, run, story};
use chrono::TimeDelta;
use portal::{FormError, MailError, MailKind, MailState, OutboxAct, OutboxFilter, Portal, Role, Session};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

/// Recipients and how often each got something.
fn received(smtp: &Smtp) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for mail in smtp.taken() {
        *counts.entry(mail.to).or_default() += 1;
    }
    counts
}

const EVERYBODY: [&str; 3] = ["eva@cordelbach.example", "jan@aehren.example", "post@uellen.example"];

fn each_once() -> BTreeMap<String, usize> {
    EVERYBODY.iter().map(|to| ((*to).to_owned(), 1)).collect()
}

/// How many mails of a kind stand where.
async fn states(portal: &Portal, staff: &Session, kind: MailKind) -> Vec<(MailState, u64)> {
    let filter = OutboxFilter {
        kind: Some(kind),
        ..OutboxFilter::default()
    };
    let page = portal.outbox(staff, &filter).await.unwrap();
    page.counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

async fn id_of(portal: &Portal, staff: &Session, state: MailState) -> String {
    let filter = OutboxFilter {
        state: Some(state),
        ..OutboxFilter::default()
    };
    portal.outbox(staff, &filter).await.unwrap().lines[0].id.clone()
}

/// A field of three offices whose invitations wait, somebody of the
/// institute, and a mail server.
async fn ready(world: &mut World) -> (Portal, Session, Smtp) {
    let smtp = Smtp::start().await;
    let staff = world.staff(Role::Editor).await;
    world.portal.mail_run(None, None).await.unwrap();
    world.in_the_field().await;
    let portal = world.with_smtp(&smtp).await;
    (portal, staff, smtp)
}

story!(a_server_that_behaves_gets_each_mail_once, mut world => {
    let (portal, staff, smtp) = ready(&mut world).await;
    let run = portal.mail_run(None, None).await.unwrap();
    assert_eq!(run.sent.len(), 3);
    assert!(run.sent[0].place.starts_with("250 "), "{:?}", run.sent[0]);
    assert_eq!(received(&smtp), each_once());
    assert_eq!(states(&portal, &staff, MailKind::Invitation).await, [(MailState::Sent, 3)]);
    let source = smtp.taken()[0].source.clone();
    for part in ["From:", "Reply-To:", "Auto-Submitted: auto-generated", "multipart/alternative", "quoted-printable"] {
        assert!(source.contains(part), "{part}: {source}");
    }
    assert!(portal.mail_run(None, None).await.unwrap().sent.is_empty());
});

story!(what_is_put_off_goes_out_later_once, mut world => {
    let (portal, staff, smtp) = ready(&mut world).await;
    for (step, reply) in [
        (Step::Mail, Reply::SayAndClose("421 gleich wieder da")),
        (Step::Rcpt(EVERYBODY[0].into()), Reply::Say("450 Postfach belegt")),
        (Step::Rcpt(EVERYBODY[0].into()), Reply::Say("452 zu viele")),
        (Step::Data, Reply::SayAndClose("451 Moment")),
        (Step::Rcpt(EVERYBODY[0].into()), Reply::Close),
        (Step::Data, Reply::Hang),
        (Step::Content(EVERYBODY[0].into()), Reply::Say("451 noch nicht")),
    ] {
        let what = format!("{step:?} {reply:?}");
        let bad = step.clone();
        smtp.behave(move |now| if *now == bad { reply } else { Reply::Fine });
        let run = portal.mail_run(None, None).await.unwrap();
        assert!(!run.deferred.is_empty(), "{what}");
        assert!(run.failed.is_empty() && run.unclear.is_empty(), "{what}: {run:?}");
        world.clock.advance(TimeDelta::hours(5));
    }
    smtp.behave(|_| Reply::Fine);
    portal.mail_run(None, None).await.unwrap();
    assert_eq!(received(&smtp), each_once());
    assert_eq!(states(&portal, &staff, MailKind::Invitation).await, [(MailState::Sent, 3)]);
});

story!(a_server_that_is_not_there_loses_nothing, mut world => {
    let (portal, staff, smtp) = ready(&mut world).await;
    for reply in [Reply::Close, Reply::Say("554 heute nicht"), Reply::Hang] {
        smtp.behave(move |now| if *now == Step::Greeting { reply } else { Reply::Fine });
        let stopped = portal.mail_run(None, None).await.unwrap_err();
        assert!(matches!(stopped, MailError::Unreachable(_)), "{reply:?}: {stopped}");
        world.clock.advance(TimeDelta::hours(5));
    }
    smtp.behave(|_| Reply::Fine);
    portal.mail_run(None, None).await.unwrap();
    assert_eq!(received(&smtp), each_once());
    assert_eq!(states(&portal, &staff, MailKind::Invitation).await, [(MailState::Sent, 3)]);
});

story!(after_two_days_of_trying_a_person_is_asked, mut world => {
    let (portal, staff, smtp) = ready(&mut world).await;
    smtp.behave(|now| if matches!(now, Step::Rcpt(to) if to == EVERYBODY[1]) { Reply::Say("450 belegt") } else { Reply::Fine });
    for _ in 0..14 {
        portal.mail_run(None, None).await.unwrap();
        world.clock.advance(TimeDelta::hours(5));
    }
    let stand = states(&portal, &staff, MailKind::Invitation).await;
    assert_eq!(stand, [(MailState::Sent, 2), (MailState::Failed, 1)]);
    smtp.behave(|_| Reply::Fine);
    let id = id_of(&portal, &staff, MailState::Failed).await;
    portal.outbox_act(&staff, &id, OutboxAct::Retry).await.unwrap();
    portal.mail_run(None, None).await.unwrap();
    assert_eq!(received(&smtp), each_once());
});

story!(a_refused_address_is_marked_and_stops_nobody_else, mut world => {
    let (portal, staff, smtp) = ready(&mut world).await;
    smtp.behave(|now| if matches!(now, Step::Rcpt(to) if to == EVERYBODY[1]) { Reply::Say("550 5.1.1 unbekannt") } else { Reply::Fine });
    let run = portal.mail_run(None, None).await.unwrap();
    assert_eq!((run.sent.len(), run.failed.len()), (2, 1));
    smtp.behave(|_| Reply::Fine);
    // Nothing further goes there, whatever it is.
    let here = crate::support::HERE;
    portal.request_access("GS-2", here).await.unwrap();
    let run = portal.mail_run(None, None).await.unwrap();
    assert_eq!((run.sent.len(), run.cancelled.len()), (0, 1));
    assert!(run.cancelled[0].reason.contains("550 5.1.1"), "{:?}", run.cancelled[0]);
    let contacts = portal.office_contacts(&staff, 2008, "GS-2").await.unwrap();
    assert!(contacts.mark.is_some_and(|mark| mark.reason.contains("5.1.1")));
    // Until somebody knows better.
    portal.address_confirm(&staff, 2008, "GS-2").await.unwrap();
    portal.request_access("GS-2", here).await.unwrap();
    assert_eq!(portal.mail_run(None, None).await.unwrap().sent.len(), 1);
    portal.contact_change(&staff, 2008, "GS-2", "Ute Neu", "neu@aehren.example").await.unwrap();
    let run = portal.mail_run(None, None).await.unwrap();
    assert_eq!(run.sent[0].kind, MailKind::AddressChanged);
    assert_eq!(run.sent[0].recipient, EVERYBODY[1], "the former address is told");
});

story!(a_mail_refused_for_its_content_stops_no_other, mut world => {
    let (portal, staff, smtp) = ready(&mut world).await;
    for step in [Step::Content(EVERYBODY[0].into()), Step::Data] {
        let first = AtomicU32::new(0);
        let bad = step.clone();
        smtp.behave(move |now| {
            if *now == bad && first.fetch_add(1, Ordering::SeqCst) == 0 { Reply::Say("554 kein Interesse") } else { Reply::Fine }
        });
        let run = portal.mail_run(None, None).await.unwrap();
        assert_eq!(run.failed.len(), 1, "{step:?}");
        let id = id_of(&portal, &staff, MailState::Failed).await;
        portal.outbox_act(&staff, &id, OutboxAct::Retry).await.unwrap();
    }
    portal.mail_run(None, None).await.unwrap();
    assert_eq!(received(&smtp), each_once());
});

story!(a_server_that_turns_us_away_stops_the_queue, mut world => {
    let (portal, staff, smtp) = ready(&mut world).await;
    smtp.behave(|now| if *now == Step::Mail { Reply::Say("530 5.7.0 erst anmelden") } else { Reply::Fine });
    let stopped = portal.mail_run(None, None).await.unwrap_err();
    assert!(matches!(stopped, MailError::Denied(_)), "{stopped}");
    assert!(portal.mail_plan(&staff, 2008).await.unwrap().halted.is_some_and(|why| why.contains("530")));
    smtp.behave(|_| Reply::Fine);
    portal.mail_round(false, &|| false, |_| {}).await.unwrap();
    assert!(smtp.taken().is_empty(), "nobody hammers at a closed door");
    portal.mail_resume_queue(&staff).await.unwrap();
    portal.mail_round(false, &|| false, |_| {}).await.unwrap();
    assert_eq!(received(&smtp), each_once());
});

story!(where_nobody_knows_a_person_decides_about_invitations, mut world => {
    let (portal, staff, smtp) = ready(&mut world).await;
    let lost = |to: &'static str, reply| move |now: &Step| if matches!(now, Step::Content(other) if other == to) { reply } else { Reply::Fine };
    smtp.behave(lost(EVERYBODY[0], Reply::KeepAndClose));
    let run = portal.mail_run(None, None).await.unwrap();
    assert_eq!((run.sent.len(), run.unclear.len()), (2, 1));
    world.clock.advance(TimeDelta::days(1));
    assert!(portal.mail_run(None, None).await.unwrap().sent.is_empty(), "not by itself");
    let id = id_of(&portal, &staff, MailState::Unclear).await;
    portal.outbox_act(&staff, &id, OutboxAct::Delivered).await.unwrap();
    assert!(portal.outbox_act(&staff, &id, OutboxAct::SendAgain).await.is_err(), "decided once");
    assert_eq!(received(&smtp), each_once());
});

story!(where_nobody_knows_a_link_that_was_asked_for_is_sent_again, mut world => {
    let (portal, staff, smtp) = ready(&mut world).await;
    portal.mail_run(None, None).await.unwrap();
    for (hidden, times) in [(Reply::KeepAndClose, 2), (Reply::Close, 1), (Reply::Hang, 1)] {
        let before = received(&smtp)[EVERYBODY[2]];
        smtp.behave(move |now| if matches!(now, Step::Content(_)) { hidden } else { Reply::Fine });
        portal.request_access("GS-3", crate::support::HERE).await.unwrap();
        assert_eq!(portal.mail_run(None, None).await.unwrap().deferred.len(), 1);
        world.clock.advance(TimeDelta::hours(1));
        smtp.behave(|_| Reply::Fine);
        portal.mail_run(None, None).await.unwrap();
        assert_eq!(received(&smtp)[EVERYBODY[2]] - before, times, "{hidden:?}");
    }
    assert_eq!(states(&portal, &staff, MailKind::InvitationAgain).await, [(MailState::Sent, 3)]);
    // Under the same Message-ID, so that the second copy is known as one.
    let ids: Vec<_> = smtp.taken().into_iter().filter(|mail| mail.to == EVERYBODY[2]).map(|mail| mail.message_id).collect();
    assert_eq!(ids[1], ids[2]);
});

story!(five_processes_send_each_mail_once, mut world => {
    let (_, staff, smtp) = ready(&mut world).await;
    let mut portals = Vec::new();
    for _ in 0..5 {
        portals.push(world.with_smtp(&smtp).await);
    }
    let runs: Vec<_> = portals.iter().cloned().map(|portal| tokio::spawn(async move { portal.mail_run(None, None).await })).collect();
    let mut sent = 0;
    for run in runs {
        sent += run.await.unwrap().unwrap().sent.len();
    }
    assert_eq!(sent, 3);
    assert_eq!(received(&smtp), each_once());
    assert_eq!(states(&portals[0], &staff, MailKind::Invitation).await, [(MailState::Sent, 3)]);
});

story!(no_more_mails_a_minute_than_set, mut world => {
    let (_, _, smtp) = ready(&mut world).await;
    let mut settings = world.smtp_settings(&smtp);
    settings.per_minute = Some(600);
    let portal = world.with_server(settings).await;
    let begin = tokio::time::Instant::now();
    assert_eq!(portal.mail_run(None, None).await.unwrap().sent.len(), 3);
    assert!(begin.elapsed().as_millis() >= 200, "a tenth of a second between two");
});

story!(a_delivery_report_marks_the_address_and_nothing_else_does, mut world => {
    let (portal, staff, smtp) = ready(&mut world).await;
    portal.mail_run(None, None).await.unwrap();
    let mail = smtp.taken().into_iter().find(|mail| mail.to == EVERYBODY[0]).unwrap();
    let report = |id: &str, action: &str| format!(
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n\
         Final-Recipient: rfc822; jemand@anders.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\n\r\n--b--\r\n");
    let foreign = report("<01890a5d-ac96-774b-bcce-b302099a8057@ruecklauf.example>", "failed");
    assert!(portal.mail_bounce(foreign.as_bytes()).await.is_err());
    assert!(portal.mail_bounce(b"Subject: Bin im Urlaub\r\n\r\nBis bald").await.is_err());
    let late = portal.mail_bounce(report(&mail.message_id, "delayed").as_bytes()).await.unwrap();
    assert!(!late.failed);
    assert!(portal.office_contacts(&staff, 2008, "GS-1").await.unwrap().mark.is_none());
    let bounced = portal.mail_bounce(report(&mail.message_id, "failed").as_bytes()).await.unwrap();
    assert_eq!(bounced.address, EVERYBODY[0], "where it went, not what the report says");
    let contacts = portal.office_contacts(&staff, 2008, "GS-1").await.unwrap();
    assert!(contacts.mark.is_some() && contacts.why_not.is_some());
    let day15 = Some(moment("2008-01-28T09:00"));
    let run = portal.mail_run(Some(2008), day15).await.unwrap();
    assert_eq!((run.sent.len(), run.cancelled.len()), (2, 1));
});

story!(umlauts_before_the_at_go_out_where_the_server_takes_them, mut world => {
    let (portal, staff, smtp) = ready(&mut world).await;
    // As an earlier program may have let it in; forms and registers refuse it.
    let address = "jörg@cordelbach.example";
    let url = &world.settings.database_url;
    run(url, &format!("UPDATE cases SET contact_email = '{address}' WHERE contact_email = '{}'", EVERYBODY[0])).await;
    let sent = portal.mail_run(None, None).await.unwrap();
    assert_eq!((sent.sent.len(), sent.failed.len()), (2, 1));
    let why = &sent.failed[0].reason;
    assert!(why.contains("SMTPUTF8") && why.contains("andere Adresse"), "{why}");
    assert!(portal.office_contacts(&staff, 2008, "GS-1").await.unwrap().mark.is_some());
    // Another server takes it; staff tries again.
    smtp.offer_utf8();
    let id = id_of(&portal, &staff, MailState::Failed).await;
    portal.outbox_act(&staff, &id, OutboxAct::Retry).await.unwrap();
    assert_eq!(portal.mail_run(None, None).await.unwrap().sent.len(), 1);
    let mail = smtp.taken().into_iter().find(|mail| mail.to == address).unwrap();
    assert_eq!(mail.parameters, "SMTPUTF8", "RFC 6531, 3.4");
    assert!(mail.source.lines().any(|line| line.starts_with("To:") && line.contains(address)), "{}", mail.source);
    let refused = portal.contact_change(&staff, 2008, "GS-2", "Jörg", "jörg@amt.example").await.unwrap_err();
    let FormError::Invalid(findings) = refused else { panic!("{refused}") };
    assert!(findings[0].message.starts_with("Vor dem @"), "{findings:?}");
});
