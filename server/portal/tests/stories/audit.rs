//! The log: found by whatever one knows, page by page, and only ever added to.

use crate::support::{HERE, World, count, run, story, try_run};
use chrono::TimeDelta;
use portal::{AuditFilter, AuditPage, Role, Session, StaffError};

async fn page(world: &World, admin: &Session, set: impl FnOnce(&mut AuditFilter)) -> AuditPage {
    let mut filter = AuditFilter::default();
    set(&mut filter);
    world.portal.audit_page(admin, &filter).await.unwrap()
}

fn whats(page: &AuditPage) -> Vec<&str> {
    page.entries.iter().map(|entry| entry.what.as_str()).collect()
}

story!(what_was_done_is_found_by_person_action_unit_wave_and_day, world => {
    world.in_the_field().await;
    let admin = world.staff(Role::Admin).await;
    let viewer = world.staff(Role::Viewer).await;
    world.office("GS-1").await;
    world.clock.advance(TimeDelta::days(1));
    world.portal.case_detail(&viewer, 2008, "GS-1").await.unwrap();
    world.portal.case_detail(&admin, 2008, "GS-2").await.unwrap();

    let by_person = page(&world, &admin, |filter| filter.person = "Viewer@iaw.example".into()).await;
    assert_eq!(whats(&by_person), ["Fall angesehen", "Angemeldet", "Passwort mit einem Link festgelegt"]);
    assert_eq!(by_person.entries[0].kennung.as_deref(), Some("GS-1"));
    let program = page(&world, &admin, |filter| filter.person = "Rücklauf".into()).await;
    assert!(whats(&program).contains(&"Welle geöffnet"), "{:?}", whats(&program));
    assert!(program.entries.iter().all(|entry| entry.who == "Rücklauf"));
    let looks = page(&world, &admin, |filter| filter.action = "case_viewed".into()).await;
    assert_eq!(looks.entries.len(), 2);
    let unit = page(&world, &admin, |filter| filter.kennung = " gs-1 ".into()).await;
    assert_eq!(whats(&unit), ["Fall angesehen", "Passwort mit einem Link festgelegt"]);
    assert_eq!(unit.entries[1].who, "GS-1", "no name of an office's people");
    let wave = page(&world, &admin, |filter| filter.wave = "2007".into()).await;
    assert_eq!(whats(&wave), ["Welle angelegt"]);
    let day = page(&world, &admin, |filter| {
        filter.from = "2008-01-15".into();
        filter.to = "2008-01-15".into();
        filter.action = "case_viewed".into();
    });
    assert_eq!(day.await.entries.len(), 2);
    let before = page(&world, &admin, |filter| {
        filter.to = "2008-01-14".into();
        filter.action = "case_viewed".into();
    });
    assert!(before.await.entries.is_empty());
    assert!(looks.actions.iter().any(|(name, label)| name == "case_viewed" && label == "Fall angesehen"));
    let own = page(&world, &admin, |filter| filter.action = "audit_viewed".into()).await;
    assert!(own.entries.len() >= 7, "looking is noted: {}", own.entries.len());
    assert!(own.entries.iter().any(|entry| entry.detail == "gs-1"), "and for what");
});

story!(what_cannot_be_is_said_and_only_administrators_look, world => {
    world.in_the_field().await;
    let admin = world.staff(Role::Admin).await;
    let wrong = page(&world, &admin, |filter| {
        filter.person = "niemand@iaw.example".into();
        filter.kennung = "GS-99".into();
        filter.wave = "zwei".into();
        filter.from = "gestern".into();
        filter.to = "2008-13-01".into();
    });
    let wrong = wrong.await;
    let fields: Vec<_> = wrong.errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["person", "kennung", "jahr", "von", "bis"]);
    assert!(wrong.entries.is_empty());
    for role in [Role::Viewer, Role::Editor] {
        let session = world.staff(role).await;
        let filter = AuditFilter::default();
        assert!(matches!(world.portal.audit_page(&session, &filter).await, Err(StaffError::Forbidden)));
        assert!(matches!(world.portal.audit_file(&session, &filter).await, Err(StaffError::Forbidden)));
    }
});

story!(a_long_log_is_read_page_by_page_and_as_a_file, world => {
    let admin = world.staff(Role::Admin).await;
    let url = &world.settings.database_url;
    // Many at one moment: the id decides.
    for n in 0..250 {
        let at = 1_000_000 + n / 50;
        run(url, &format!(
            "INSERT INTO audit (id, at, who, action, detail) VALUES ('0000-{n:04}', {at}, 'x', 'probe', '{n}')"
        )).await;
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let next = page(&world, &admin, |filter| {
            filter.action = "probe".into();
            filter.after = after.clone();
        }).await;
        seen.extend(next.entries.iter().map(|entry| entry.detail.parse::<i32>().unwrap()));
        match next.next {
            Some(cursor) => after = cursor,
            None => break,
        }
    }
    assert_eq!(seen, (0..250).rev().collect::<Vec<_>>(), "each once, newest first");
    let filter = AuditFilter { action: "probe".into(), ..AuditFilter::default() };
    let (file, more) = world.portal.audit_file(&admin, &filter).await.unwrap();
    assert_eq!((file.len(), more), (250, false));
    let noted = "SELECT COUNT(*) FROM audit WHERE action = 'audit_exported'";
    assert_eq!(count(url, noted).await, 1);
    world.portal.sign_in("admin@iaw.example", "blauer Elefant am See", HERE).await.unwrap();
});

story!(the_database_itself_refuses_to_change_or_remove_a_line, world => {
    world.in_the_field().await;
    let url = &world.settings.database_url;
    let all = count(url, "SELECT COUNT(*) FROM audit").await;
    assert!(all > 3);
    let mut statements = vec!["UPDATE audit SET who = 'x'", "DELETE FROM audit", "DELETE FROM audit WHERE action = 'wave_added'"];
    if url.starts_with("postgres") {
        statements.push("TRUNCATE audit");
    }
    // Also where the program has been started more than once.
    world.another_portal().await;
    for sql in statements {
        let refused = try_run(url, sql).await.unwrap_err();
        assert!(refused.contains("the log is only added to"), "{sql}: {refused}");
    }
    let same = "SELECT COUNT(*) FROM audit WHERE who <> 'x'";
    assert_eq!(count(url, same).await, all);
});

story!(looking_at_contacts_and_entering_for_an_office_are_noted, world => {
    world.in_the_field().await;
    let admin = world.staff(Role::Admin).await;
    world.portal.office_contacts(&admin, 2008, "GS-1").await.unwrap();
    world.portal.on_behalf(&admin, 2008, "GS-2").await.unwrap();
    world.portal.note_figures_export(&admin, 2008, "kurve-2008.csv").await.unwrap();
    let all = page(&world, &admin, |filter| filter.person = "admin@iaw.example".into()).await;
    let lines: Vec<_> = all.entries.iter().map(|entry| (entry.what.as_str(), entry.kennung.as_deref(), entry.detail.as_str())).collect();
    for line in [
        ("Kontakte zu einem Fall angesehen", Some("GS-1"), ""),
        ("Fragebogen für die Einheit geöffnet oder ausgefüllt", Some("GS-2"), ""),
        ("Zahlen als Datei geholt", None, "kurve-2008.csv"),
    ] {
        assert!(lines.contains(&line), "{line:?} in {lines:?}");
    }
});
