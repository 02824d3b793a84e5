//! What is kept how long: taken out after its time, and nothing else.

use crate::support::{HERE, REGISTER, World, count, moment, run, story};
use portal::{CallForm, FormError, RetentionKind, RetentionPreview, Role, Session, StaffError};
use std::collections::BTreeMap;

const ADDRESS: &str = "eva@cordelbach.example";

/// A wave that was answered, written about, called about and closed.
async fn closed(world: &World) -> Session {
    world.in_the_field().await;
    let office = world.office("GS-1").await;
    world.complete(&office).await;
    world
        .save(&office, &[("A5", "Eva Öhm, Telefon 0800 1234"), ("A6", ADDRESS)])
        .await;
    world.portal.submit(&office).await.unwrap();
    let url = &world.settings.database_url;
    run(
        url,
        "INSERT INTO queries (id, case_id, number, state, from_status, submission_id, due_day, opened_at, opened_by,
                              answered_at, answered_by)
         SELECT 'q1', s.case_id, 1, 'closed', 'usable', s.id, '2008-02-01', 1, 'x', 2, 'Eva Öhm' FROM submissions s",
    )
    .await;
    run(
        url,
        "INSERT INTO query_points (query_id, place, items, question, values_before, values_after, explanation,
                                   explained_by, revision)
         VALUES ('q1', 1, '[\"A6\"]', 'Stimmt das?', '{\"A6\":{\"g\":\"eva@cordelbach.example\"}}',
                 '{\"A6\":{\"g\":\"eva@cordelbach.example\"},\"B1\":{\"g\":\"1\"}}', '', 'Eva Öhm', 1)",
    )
    .await;
    let admin = world.staff(Role::Admin).await;
    world
        .portal
        .log_contact(&admin, 2008, "GS-2", "anruf", "Frau Öhm ruft zurück")
        .await
        .unwrap();
    let call = CallForm {
        result: "neue-person".into(),
        back_on: "2008-02-20".into(),
        note: "Zuständig ist Frau Öhm, Durchwahl 4711".into(),
    };
    world.portal.log_call(&admin, 2008, "GS-1", &call).await.unwrap();
    for (kennung, text) in [("GS-1", "Frau Öhm hat im März Urlaub"), ("GS-2", "Herr Groß ist krank")] {
        world.portal.note_add(&admin, 2008, kennung, text).await.unwrap();
    }
    let notes = world.portal.case_detail(&admin, 2008, "GS-2").await.unwrap().notes;
    let changed = "Herr Groß ist wieder da";
    world
        .portal
        .note_change(&admin, 2008, "GS-2", &notes[0].id, changed)
        .await
        .unwrap();
    world
        .portal
        .opt_out(&admin, 2008, "GS-3", "Herr Groß möchte keine Post")
        .await
        .unwrap();
    world
        .portal
        .note_add(&admin, 2008, "GS-1", "Durchwahl von Frau Öhm: 0800 9876")
        .await
        .unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    // One that left without anybody knowing whether it arrived, and a report about another.
    run(url, "UPDATE outbox SET state = 'unclear' WHERE kind = 'eingang'").await;
    let invitation = world.mail("einladung", "GS-2");
    let report = bounced(&invitation.message_id);
    assert!(world.portal.mail_bounce(report.as_bytes()).await.unwrap().failed);
    world.clock.advance(moment("2008-04-01T12:00") - world.clock.now());
    world.portal.wave_close(2008).await.unwrap();
    admin
}

/// What a mail server says about an address it does not know.
fn bounced(message_id: &str) -> String {
    format!(
        "From: MAILER-DAEMON@amt.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n\
         --x\r\nContent-Type: text/plain\r\n\r\nfailed\r\n\
         --x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; amt.example\r\n\r\n\
         Final-Recipient: rfc822; jan@aehren.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 <jan@aehren.example>: unknown\r\n\r\n\
         --x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--x--\r\n"
    )
}

/// The same months for everything.
async fn rules(world: &World, admin: &Session, months: &str, automatic: bool) {
    world
        .portal
        .retention_set(admin, |_| months.to_owned(), automatic)
        .await
        .unwrap();
}

/// A while later; everybody has to sign in anew.
async fn later(world: &World, when: &str) -> Session {
    world.clock.advance(moment(when) - world.clock.now());
    world.sign_in("admin@iaw.example").await
}

fn by_kind(preview: &RetentionPreview) -> BTreeMap<&'static str, u64> {
    preview
        .lines
        .iter()
        .map(|(_, kind, count)| (kind.name(), *count))
        .collect()
}

/// Whether the files of a SQLite database hold a text anywhere, deleted or not.
fn on_disk(world: &World, text: &str) -> bool {
    let files =
        ["portal.db", "portal.db-wal"].map(|name| std::fs::read(world.dir.path().join(name)).unwrap_or_default());
    let text = text.as_bytes();
    files
        .iter()
        .any(|file| file.windows(text.len()).any(|place| place == text))
}

/// How many rows of any table hold a text in any of the columns people's data
/// gets into.
async fn holding(world: &World, text: &str) -> i64 {
    let mut all = 0;
    for (table, columns) in [
        (
            "cases",
            "contact_name || ' ' || contact_email || ' ' || COALESCE(opt_out_reason, '')",
        ),
        ("accounts", "login || ' ' || display_name || ' ' || email"),
        ("answers", "COALESCE(given, '') || ' ' || who"),
        ("answer_history", "COALESCE(given, '') || ' ' || who"),
        ("confirmations", "edit_values || ' ' || who"),
        (
            "submissions",
            "entries || ' ' || machine || ' ' || confirmed || ' ' || who",
        ),
        ("case_events", "who"),
        ("case_changes", "who || ' ' || what"),
        ("contact_attempts", "note"),
        ("case_note_versions", "text"),
        ("address_marks", "address || ' ' || reason"),
        ("audit", "who || ' ' || detail"),
        ("queries", "COALESCE(answered_by, '')"),
        (
            "query_points",
            "COALESCE(explained_by, '') || values_before || COALESCE(values_after, '')",
        ),
        ("colleagues", "invited_by || COALESCE(withdrawn_by, '')"),
        (
            "outbox",
            "COALESCE(recipient, '') || ' ' || COALESCE(sent_to, '') || ' ' || COALESCE(subject, '') || ' ' ||
                    COALESCE(body, '') || ' ' || COALESCE(html, '') || ' ' || COALESCE(own_text, '') || ' ' ||
                    COALESCE(last_answer, '') || ' ' || COALESCE(bounce, '')",
        ),
    ] {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE {columns} LIKE '%{text}%'");
        all += count(&world.settings.database_url, &sql).await;
    }
    all
}

async fn export(world: &World) -> Vec<u8> {
    let mut file = Vec::new();
    world.portal.export_csv(2008, &mut file).await.unwrap();
    file
}

story!(people_are_taken_out_and_research_stays, world => {
    let admin = closed(&world).await;
    assert_eq!(world.portal.retention_preview().await.unwrap().total(), 0, "without rules nothing is due");
    rules(&world, &admin, "12", false).await;
    later(&world, "2009-03-31T12:00").await;
    assert_eq!(world.portal.retention_preview().await.unwrap().total(), 0, "a day too early");
    let admin = later(&world, "2009-04-01T12:00").await;
    let before = export(&world).await;
    let seen = world.portal.case_detail(&admin, 2008, "GS-1").await.unwrap();
    assert!(seen.view.answers.iter().any(|answer| answer.item == "A6" && answer.entry.is_some()));
    let receipt = "SELECT COUNT(*) FROM submissions WHERE fingerprint <> ''";
    assert!(holding(&world, ADDRESS).await > 3 && holding(&world, "Eva Öhm").await > 3);

    let preview = world.portal.retention(&admin).await.unwrap().preview;
    let counts = by_kind(&preview);
    assert_eq!((counts["contacts"], counts["accounts"], counts["notes"]), (3, 3, 6), "{counts:?}");
    assert!(counts["mails"] >= 4 && counts["networks"] >= 1, "{counts:?}");
    let total = preview.total();
    let wrong = world.portal.retention_begin(&admin, total + 1).await;
    assert!(matches!(&wrong, Err(StaffError::Refused(why)) if why.contains(&total.to_string())), "{wrong:?}");
    world.portal.retention_begin(&admin, total).await.unwrap();
    let twice = world.portal.retention_begin(&admin, total).await;
    assert!(matches!(twice, Err(StaffError::Refused(_))), "one at a time: {twice:?}");
    let mut last = (0, 0);
    let done = world.portal.retention_work(|done, of| last = (done, of)).await.unwrap();
    assert_eq!((done, last), (total, (total, total)));

    for text in [ADDRESS, "Eva Öhm", "0800 1234", "0800 9876", "jan@aehren", "Jan Groß", "post@uellen", "ruft zurück", "4711", "Urlaub", "Herr Groß"] {
        assert_eq!(holding(&world, text).await, 0, "{text}");
    }
    let waiting = "SELECT COUNT(*) FROM outbox WHERE state NOT IN ('sent', 'failed', 'cancelled')";
    assert_eq!(count(&world.settings.database_url, waiting).await, 0, "nothing waits that has nothing left to say");
    // Nor in what the program keeps in memory, nor in the file.
    let detail = world.portal.case_detail(&admin, 2008, "GS-1").await.unwrap();
    assert!(detail.view.answers.iter().all(|answer| answer.item != "A6" || answer.entry.is_none()), "from memory");
    for text in ["0800 1234", "0800 9876", ADDRESS] {
        assert!(!on_disk(&world, text), "{text} is still in the file of the database");
    }
    assert_eq!(count(&world.settings.database_url, "SELECT COUNT(*) FROM known_networks n
        JOIN accounts a ON a.id = n.account_id WHERE a.unit_id IS NOT NULL").await, 0);
    assert_eq!(export(&world).await, before, "what research reads is the same");
    assert_eq!(count(&world.settings.database_url, receipt).await, 1, "the receipt's fingerprint stays");
    let verified = world.portal.verify(|_, _| {}).await.unwrap();
    assert!(verified.damage.is_empty(), "{:?}", verified.damage);

    assert_eq!(world.portal.retention_preview().await.unwrap().total(), 0);
    assert_eq!(world.portal.retention_work(|_, _| {}).await.unwrap(), 0, "once more changes nothing");
    let view = world.portal.retention(&admin).await.unwrap();
    assert_eq!(view.runs.len(), 1);
    assert_eq!((view.runs[0].total(), view.runs[0].who.as_str()), (total, "admin@iaw.example"));
    assert!(view.runs[0].ended_at.is_some());
    let noted = "SELECT COUNT(*) FROM audit WHERE action IN ('retention_rules', 'retention_begun', 'retention_ended')";
    assert_eq!(count(&world.settings.database_url, noted).await, 3);
    let detail = world.portal.case_detail(&admin, 2008, "GS-1").await.unwrap();
    let note = &detail.notes[0];
    assert_eq!((note.text(), note.who.as_str()), ("", "admin@iaw.example"), "that there was a note, and whose, stays");
    assert!(detail.changes.iter().any(|change| change.who == "GS-1"), "{:?}", detail.changes);
    assert_eq!(detail.view.status.name(), "usable", "and so does what became of the case");
});

story!(a_tampered_remainder_is_found, world => {
    let admin = closed(&world).await;
    rules(&world, &admin, "1", false).await;
    let admin = later(&world, "2008-06-01").await;
    let total = world.portal.retention_preview().await.unwrap().total();
    world.portal.retention_begin(&admin, total).await.unwrap();
    world.portal.retention_work(|_, _| {}).await.unwrap();
    let url = &world.settings.database_url;
    run(url, "UPDATE submissions SET machine = REPLACE(machine, '\"B1\":\"', '\"B1\":\"9')").await;
    let verified = world.portal.verify(|_, _| {}).await.unwrap();
    assert!(verified.damage.iter().any(|one| one.about.contains("Fingerabdruck")), "{:?}", verified.damage);
});

story!(an_interrupted_run_goes_on_where_it_stopped, world => {
    let admin = closed(&world).await;
    rules(&world, &admin, "6", false).await;
    let admin = later(&world, "2008-11-01").await;
    let total = world.portal.retention_preview().await.unwrap().total();
    world.portal.retention_begin(&admin, total).await.unwrap();
    let other = world.another_portal().await;
    let stopped = tokio::spawn(async move {
        other.retention_work(|_, _| panic!("the power is gone")).await.map(|_| ())
    });
    assert!(stopped.await.is_err());
    let view = world.portal.retention(&admin).await.unwrap();
    let run = &view.runs[0];
    assert!(run.ended_at.is_none() && run.total() > 0 && run.total() < total, "{} of {total}", run.total());
    // New rules do not change what was confirmed.
    rules(&world, &admin, "", false).await;
    assert!(world.portal.retention_round().await.unwrap());
    let view = world.portal.retention(&admin).await.unwrap();
    assert_eq!((view.runs[0].total(), view.runs[0].ended_at.is_some()), (total, true));
    assert_eq!(holding(&world, ADDRESS).await, 0);
    assert!(!world.portal.retention_round().await.unwrap(), "nothing waits any more");
});

story!(by_itself_only_where_that_is_switched_on, world => {
    let admin = closed(&world).await;
    rules(&world, &admin, "6", false).await;
    let admin = later(&world, "2008-11-01").await;
    assert!(!world.portal.retention_round().await.unwrap());
    assert!(holding(&world, ADDRESS).await > 0);
    rules(&world, &admin, "6", true).await;
    assert!(world.portal.retention_round().await.unwrap());
    assert_eq!(holding(&world, ADDRESS).await, 0);
    assert!(!world.portal.retention_round().await.unwrap());
    let view = world.portal.retention(&admin).await.unwrap();
    assert_eq!((view.runs.len(), view.runs[0].who.as_str()), (1, "Rücklauf"));
});

story!(who_is_still_surveyed_keeps_the_account_and_can_come_back, world => {
    let admin = closed(&world).await;
    rules(&world, &admin, "6", false).await;
    world.clock.advance(moment("2008-12-01T09:00") - world.clock.now());
    let next: String = REGISTER.lines().filter(|line| !line.starts_with("GS-3")).fold(String::new(), |all, line| all + line + "\n");
    world.portal.wave_add(World::wave(2009, Some(2008))).await.unwrap();
    world.portal.import_units(2009, next.as_bytes(), &[]).await.unwrap();
    let preview = world.portal.retention_preview().await.unwrap();
    let counts = by_kind(&preview);
    assert_eq!((counts["contacts"], counts["accounts"]), (3, 1), "only GS-3 is in no further wave: {counts:?}");
    let admin = world.sign_in("admin@iaw.example").await;
    world.portal.retention_begin(&admin, preview.total()).await.unwrap();
    world.portal.retention_work(|_, _| {}).await.unwrap();
    world.portal.sign_in("GS-1", "blauer Elefant am See", HERE).await.unwrap();
    // A head whose account was emptied is invited again with the next wave.
    world.portal.wave_open(2009).await.unwrap();
    world.clock.advance(moment("2009-01-14T10:00") - world.clock.now());
    let run = world.portal.mail_run(Some(2009), None).await.unwrap();
    assert!(run.sent.iter().any(|mail| mail.recipient == ADDRESS), "{:?}", run.sent.len());
    let verified = world.portal.verify(|_, _| {}).await.unwrap();
    assert!(verified.damage.is_empty(), "{:?}", verified.damage);
});

story!(rules_are_checked_and_only_administrators_set_them, world => {
    let admin = world.staff(Role::Admin).await;
    let wrong = world.portal.retention_set(&admin, |kind| if kind == RetentionKind::Mails { "ewig".into() } else { "0".into() }, true).await;
    let Err(FormError::Invalid(errors)) = wrong else { panic!("{wrong:?}") };
    assert_eq!(errors.len(), 5);
    assert!(!world.portal.retention(&admin).await.unwrap().automatic, "nothing of it was kept");
    let some = |kind| if kind == RetentionKind::Mails { " 24 ".to_owned() } else { String::new() };
    world.portal.retention_set(&admin, some, true).await.unwrap();
    let view = world.portal.retention(&admin).await.unwrap();
    let months: Vec<_> = view.rules.iter().filter_map(|rule| rule.months).collect();
    assert_eq!((months.as_slice(), view.automatic), ([24].as_slice(), true));
    let nothing = world.portal.retention_begin(&admin, 0).await;
    assert!(matches!(nothing, Err(StaffError::Refused(_))), "{nothing:?}");
    for role in [Role::Viewer, Role::Editor] {
        let session = world.staff(role).await;
        assert!(matches!(world.portal.retention(&session).await, Err(StaffError::Forbidden)));
        let set = world.portal.retention_set(&session, |_| String::new(), false).await;
        assert!(matches!(set, Err(FormError::Staff(StaffError::Forbidden))), "{set:?}");
        assert!(matches!(world.portal.retention_begin(&session, 1).await, Err(StaffError::Forbidden)));
    }
});

story!(what_was_written_after_the_last_wave_goes_too, world => {
    let admin = closed(&world).await;
    world.clock.advance(moment("2008-06-01T12:00") - world.clock.now());
    world.portal.request_access("GS-1", HERE).await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    let admin = { drop(admin); world.sign_in("admin@iaw.example").await };
    let mails = |kind| if kind == RetentionKind::Mails { "6".to_owned() } else { String::new() };
    world.portal.retention_set(&admin, mails, true).await.unwrap();
    let late = "SELECT COUNT(*) FROM outbox WHERE kind = 'neues-passwort' AND body IS NOT NULL";
    later(&world, "2008-11-30T12:00").await;
    assert!(world.portal.retention_round().await.unwrap(), "those of the wave");
    assert_eq!(count(&world.settings.database_url, late).await, 1, "half a year has not passed");
    later(&world, "2008-12-01T12:00").await;
    assert!(world.portal.retention_round().await.unwrap());
    assert_eq!(count(&world.settings.database_url, late).await, 0);
});

story!(who_is_shut_out_of_the_institute_leaves_no_network_behind, world => {
    let admin = world.staff(Role::Admin).await;
    let editor = world.staff(Role::Editor).await;
    let networks = "SELECT COUNT(*) FROM known_networks";
    assert_eq!(count(&world.settings.database_url, networks).await, 2);
    world.portal.staff_change(&admin, &editor.account_id, portal::StaffChange::Disable).await.unwrap();
    assert_eq!(count(&world.settings.database_url, networks).await, 1);
});
