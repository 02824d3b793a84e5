//! Mails: what they say, to whom, once.

use crate::support::{HERE, World, count, moment, run, story};
use chrono::TimeDelta;
use portal::{Decision, Letter, MailKind, Role};

/// A mail as it is compared: the token, which is never the same, left out.
fn shown(world: &World, kind: &str, login: &str) -> String {
    let mail = world.mail(kind, login);
    let mut body = mail.body.clone();
    if body.contains("/zugang/") {
        body = body.replace(&mail.token(), "TOKEN");
    }
    format!("An: {}\nBetreff: {}\n\n{body}", mail.to, mail.subject)
}

story!(the_mails_say_what_they_should, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    insta::assert_snapshot!("einladung", shown(&world, "einladung", "GS-1"));
    assert!(world.mail("einladung", "GS-3").body.starts_with("Sehr geehrte Damen und Herren,"));
    world.portal.request_access("GS-1", HERE).await.unwrap();
    world.portal.request_access("GS-2", HERE).await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    insta::assert_snapshot!("neues-passwort", shown(&world, "neues-passwort", "GS-1"));
    insta::assert_snapshot!("einladung-erneut", shown(&world, "einladung-erneut", "GS-2"));
    insta::assert_snapshot!("passwort-gesetzt", shown(&world, "passwort-gesetzt", "GS-1"));
    world.complete(&session).await;
    let receipt = world.portal.submit(&session).await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    let text = shown(&world, "eingang", "GS-1").replace(&receipt.number, "NUMMER");
    insta::assert_snapshot!("eingang", text.replace(&receipt.fingerprint, "PRÜFZEICHEN"));
});

story!(each_mail_goes_out_once_whoever_runs, world => {
    world.in_the_field().await;
    assert_eq!(world.portal.mail_due(Some(2008), None).await.unwrap().len(), 3);
    let other = world.another_portal().await;
    let (one, two) = tokio::join!(world.portal.mail_run(None, None), other.mail_run(Some(2008), None));
    assert_eq!(one.unwrap().sent.len() + two.unwrap().sent.len(), 3);
    let mails = world.mails();
    let files: Vec<_> = mails.iter().map(|mail| &mail.file[..15]).collect();
    assert_eq!(files, ["0001-einladung-", "0002-einladung-", "0003-einladung-"]);
    let mut ids: Vec<_> = mails.iter().map(|mail| mail.message_id.as_str()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert!(world.portal.mail_run(None, None).await.unwrap().sent.is_empty());
    assert!(world.portal.mail_due(None, None).await.unwrap().is_empty());
    assert!(world.portal.mail_run(Some(1999), None).await.is_err());
});

story!(invitations_wait_for_the_field_start_and_go_only_where_they_still_belong, world => {
    world.clock.advance(moment("2007-12-20T12:00") - world.clock.now());
    world.in_the_field().await;
    assert!(world.portal.mail_run(None, None).await.unwrap().sent.is_empty());
    let eve = Some(moment("2008-01-13T23:59"));
    assert!(world.portal.mail_due(Some(2008), eve).await.unwrap().is_empty());
    let start = Some(moment("2008-01-14"));
    let due = world.portal.mail_due(Some(2008), start).await.unwrap();
    let told: Vec<_> = due.iter().map(|mail| (mail.kind, mail.login.as_str(), mail.recipient.as_str())).collect();
    assert_eq!(told.len(), 3);
    assert!(told.contains(&(MailKind::Invitation, "GS-2", "jan@aehren.example")));
    let staff = world.staff(Role::Editor).await;
    let gone = Decision::Ineligible { successor: Some("GS-1".into()) };
    world.portal.decide(&staff, 2008, "GS-2", gone, "In GS-1 aufgegangen").await.unwrap();
    world.portal.decide(&staff, 2008, "GS-3", Decision::Refused, "Telefonisch abgesagt").await.unwrap();
    let run = world.portal.mail_run(Some(2008), start).await.unwrap();
    let invited: Vec<_> = run.sent.iter().filter(|mail| mail.kind == MailKind::Invitation).collect();
    assert_eq!((invited.len(), run.cancelled.len()), (1, 2));
    assert_eq!(invited[0].recipient, "eva@cordelbach.example");
});

story!(a_mail_that_cannot_be_delivered_stays_and_goes_out_later_under_the_same_number, world => {
    world.in_the_field().await;
    std::fs::write(world.post(), "no directory").unwrap();
    assert!(world.portal.mail_run(None, None).await.is_err());
    std::fs::remove_file(world.post()).unwrap();
    let run = world.portal.mail_run(None, None).await.unwrap();
    assert_eq!(run.sent.len(), 3, "nothing was lost");

    world.portal.request_access("GS-1", HERE).await.unwrap();
    let blocker = world.post().join("0004-einladung-erneut-GS-1.eml");
    std::fs::create_dir(&blocker).unwrap();
    assert!(world.portal.mail_run(None, None).await.is_err());
    std::fs::remove_dir(&blocker).unwrap();
    assert!(world.portal.mail_run(None, None).await.unwrap().sent.is_empty(), "not at once again");
    world.clock.advance(TimeDelta::minutes(2));
    let run = world.portal.mail_run(None, None).await.unwrap();
    assert_eq!(run.sent[0].place, blocker.display().to_string());
    let token = world.mail("einladung-erneut", "GS-1").token();
    assert!(world.portal.token_info(&token).await.unwrap().is_some());
});

story!(a_mail_a_crash_left_on_its_way_is_written_again_in_the_same_file, world => {
    world.in_the_field().await;
    world.portal.mail_run(None, None).await.unwrap();
    let first = world.mail("einladung", "GS-1");
    let crash = format!("UPDATE outbox SET state = 'sending' WHERE number = {}", &first.file[..4]);
    run(&world.settings.database_url, &crash).await;
    let run = world.portal.mail_run(None, None).await.unwrap();
    assert_eq!(run.sent.len(), 1);
    let again = world.mail("einladung", "GS-1");
    assert_eq!((&first.file, &first.message_id), (&again.file, &again.message_id));
    assert_ne!(first.token(), again.token());
    assert!(world.portal.token_info(&again.token()).await.unwrap().is_some());
});

story!(the_outbox_holds_no_link_that_opens_anything, world => {
    world.in_the_field().await;
    world.office("GS-1").await;
    world.portal.request_access("GS-1", HERE).await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    let url = &world.settings.database_url;
    let token = world.mail("neues-passwort", "GS-1").token();
    let with_link = "SELECT COUNT(*) FROM outbox WHERE body LIKE '%/zugang/…%'";
    assert_eq!(count(url, with_link).await, 4, "three invitations and a reset, kept as they looked");
    for text in ["body", "subject", "last_answer"] {
        let holding = format!("SELECT COUNT(*) FROM outbox WHERE {text} LIKE '%{token}%'");
        assert_eq!(count(url, &holding).await, 0, "{text}");
    }
});

story!(reminders_and_notices_say_what_they_should, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    world.save(&session, &[("A5", "Leitung"), ("B1", "5.000")]).await;
    let snap = |name: &str, kind, login| insta::assert_snapshot!(name, shown(&world, kind, login));
    for (moment_of, name) in [("2008-01-28T09:00", "erinnerung"), ("2008-02-12T09:00", "frist-naht"), ("2008-02-18T09:00", "letzter-aufruf")] {
        world.portal.mail_run(None, Some(moment(moment_of))).await.unwrap();
        snap(name, "erinnerung", "GS-1");
    }
    snap("letzter-aufruf-ohne-zugang", "erinnerung", "GS-3");
    let staff = world.staff(Role::Editor).await;
    let letter = Letter { subject: "Zu Frage B1".into(), text: "Ist das richtig?\r\nWirklich?\n\nDanke.".into(), once: "1".into() };
    world.portal.write_to(&staff, 2008, "GS-1", &letter).await.unwrap();
    world.portal.contact_change(&staff, 2008, "GS-3", "", "neu@uellen.example").await.unwrap();
    world.complete(&session).await;
    world.portal.submit(&session).await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    snap("anschreiben", "anschreiben", "GS-1");
    snap("adresse-geaendert", "adresse-geaendert", "GS-3");
    world.portal.decide(&staff, 2008, "GS-1", Decision::Reopen, "Bitte B1 berichtigen.").await.unwrap();
    let elsewhere = "198.51.100.7".parse().unwrap();
    world.portal.sign_in("GS-1", "blauer Elefant am See", elsewhere).await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    snap("wieder-geoeffnet", "wieder-geoeffnet", "GS-1");
    snap("neue-anmeldung", "neue-anmeldung", "GS-1");
    world.portal.sign_in("GS-1", "blauer Elefant am See", elsewhere).await.unwrap();
    assert!(world.portal.mail_run(None, None).await.unwrap().sent.is_empty(), "it is known now");
});

story!(the_source_of_a_mail_is_as_it_should_be, world => {
    world.in_the_field().await;
    world.portal.mail_run(None, None).await.unwrap();
    let mail = world.mail("einladung", "GS-1");
    let source = std::fs::read_to_string(world.post().join(&mail.file)).unwrap();
    let boundary = source.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
    let id = mail.message_id.trim_matches(['<', '>']);
    // The link is broken over two lines at a place that depends on it.
    let head = source.split("\r\n\r\n").next().unwrap();
    let head = head.replace(boundary, "GRENZE").replace(id, "NUMMER").replace("\r\n", "\n");
    insta::assert_snapshot!("quelle", head);
    insta::assert_snapshot!("html", mail.html.replace(&mail.token(), "TOKEN"));
});

story!(hostile_names_do_no_harm_and_stop_no_other_mail, world => {
    world.in_the_field().await;
    let url = &world.settings.database_url;
    // Past the register, which refuses what it can.
    let long = "Größe ".repeat(50);
    let hostile = format!("<b>{{{{7*7}}}}</b> [x](https://boese.example) {long}");
    run(url, &format!("UPDATE cases SET name = '{hostile}', contact_name = 'Eva' || CHAR(13) || CHAR(10) || 'Bcc: alle@example.org' WHERE form = 'ARGE'")
        .replace("CHAR(", if url.starts_with("sqlite") { "CHAR(" } else { "CHR(" })).await;
    run(url, "UPDATE cases SET contact_email = 'keine Adresse' WHERE form = 'zkT'").await;
    run(url, "UPDATE cases SET contact_email = 'post@öhm.example' WHERE form = 'gAw'").await;
    let staff = world.staff(Role::Editor).await;
    let letter = Letter { subject: "Zeile\r\nBcc: x".into(), text: "eins\r.\r\n.\r\nQUIT\0\n\n{{7*7}}".into(), once: "1".into() };
    world.portal.write_to(&staff, 2008, "GS-1", &letter).await.unwrap();
    let done = world.portal.mail_run(None, None).await.unwrap();
    assert_eq!(done.failed.len(), 1, "{:?}", done.failed);
    assert!(done.failed[0].reason.contains("„keine Adresse“"), "{:?}", done.failed[0]);
    let mail = world.mail("einladung", "GS-1");
    let source = std::fs::read(world.post().join(&mail.file)).unwrap();
    let (headers, _) = mailparse::parse_headers(&source).unwrap();
    let to = headers.iter().find(|header| header.get_key_ref() == "To").unwrap();
    let to = mailparse::addrparse_header(to).unwrap();
    assert_eq!(to.extract_single_info().unwrap().addr, "eva@cordelbach.example");
    assert!(mail.body.contains("<b>{{7*7}}</b> [x](https://boese.example)"), "{}", mail.body);
    assert!(!mail.html.contains("<b>") && !mail.html.contains("href=\"https://boese"), "{}", mail.html);
    assert!(world.mail("einladung", "GS-3").to.contains("xn--hm-eka.example"));
    let written = world.mail("anschreiben", "GS-1");
    assert!(written.body.contains("{{7*7}}") && !written.body.contains('\0'), "{}", written.body);
    for mail in world.mails() {
        let source = std::fs::read_to_string(world.post().join(&mail.file)).unwrap();
        assert!(source.is_ascii() && !source.contains("\r\n.\r\n"), "{source}");
        assert!(!source.lines().any(|line| line.starts_with("Bcc:")), "{source}");
        assert!(!source.replace("\r\n", "").contains(['\r', '\n']), "line ends only");
    }
});
