//! An office at its questionnaire: what it sees, how its case moves on.

use crate::support::{changes, story};
use chrono::TimeDelta;
use portal::{Barred, ConfirmError, ItemChange, SaveError, WaveState};
use survey::status::Status;
use survey::{FindingKind, Form, Land, check};

story!(a_case_moves_from_invited_to_opened_to_started, world => {
    world.in_the_field().await;
    let staff = world.staff(portal::Role::Viewer).await;
    let status = async || world.portal.case_detail(&staff, 2008, "gs-1").await.unwrap().view.status;
    assert_eq!(status().await, Status::Invited, "staff looking opens nothing");
    let session = world.office("GS-1").await;
    assert_eq!(status().await, Status::Opened);
    world.portal.save(&session, &changes(&[("B1", "  ")], 0)).await.unwrap();
    assert_eq!(status().await, Status::Opened, "a blank is no answer");
    world.portal.save(&session, &changes(&[("B1", "5.000")], 0)).await.unwrap();
    assert_eq!(status().await, Status::Started);
    let events = world.portal.case_detail(&staff, 2008, "GS-1").await.unwrap().events;
    let told: Vec<_> = events.iter().map(|event| (event.event.as_str(), event.who.as_str())).collect();
    assert_eq!(told, [("invite", "Rücklauf"), ("open", "Eva Öhm"), ("answer", "Eva Öhm")]);
});

story!(an_office_sees_its_own_case_and_nothing_of_others, world => {
    world.in_the_field().await;
    let session = world.office("GS-2").await;
    let case = world.portal.case_of(&session).await.unwrap().unwrap();
    assert_eq!((case.kennung.as_str(), case.form, case.land), ("GS-2", Form::Zkt, Land::BadenWuerttemberg));
    assert_eq!(case.context.gebiet, "Landkreis Ähren");
    assert_eq!((case.wave.key, case.wave.state), (2008, WaveState::Open));
    assert_eq!(case.context.vorwelle_stichtag, Some(crate::support::day("2006-12-31")));
    assert!(!case.late && !case.locked && case.receipt.is_none());
    let other = world.office("GS-1").await;
    world.portal.save(&other, &changes(&[("B1", "1")], 0)).await.unwrap();
    assert!(world.portal.case_of(&session).await.unwrap().unwrap().answers.is_empty());
    let staff = world.staff(portal::Role::Admin).await;
    assert!(world.portal.case_of(&staff).await.unwrap().is_none());
    let refused = world.portal.save(&staff, &changes(&[("B1", "2")], 0)).await;
    assert!(matches!(refused, Err(SaveError::Barred(Barred::NoCase))), "staff answers for nobody");
});

story!(after_the_deadline_it_is_late_and_after_closing_it_is_over, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    let deadline = world.portal.case_of(&session).await.unwrap().unwrap().wave.deadline_at;
    world.clock.advance(deadline - world.clock.now() - TimeDelta::seconds(1));
    assert!(!world.portal.case_of(&session).await.unwrap().unwrap().late);
    world.clock.advance(TimeDelta::seconds(1));
    assert!(world.portal.case_of(&session).await.unwrap().unwrap().late);
    world.portal.save(&session, &changes(&[("B1", "5.000")], 0)).await.unwrap();
    world.portal.wave_close(2008).await.unwrap();
    let case = world.portal.case_of(&session).await.unwrap().unwrap();
    assert!(case.locked);
    assert_eq!(case.entries().len(), 1, "still there to be read");
    let refused = world.portal.save(&session, &changes(&[("B2", "1")], 0)).await;
    assert!(matches!(refused, Err(SaveError::Barred(Barred::Closed))));
});

story!(a_reason_holds_only_while_the_values_it_rests_on_are_unchanged, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    let rev = world.portal.save(&session, &changes(&[("A3", "60")], 0)).await.unwrap().revisions[0].1;
    let open_soft = async || {
        let case = world.portal.case_of(&session).await.unwrap().unwrap();
        check(&case.instrument, &case.context, &case.entries(), &case.confirmations)
            .open()
            .filter(|finding| finding.kind == FindingKind::Soft)
            .map(|finding| finding.code.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(open_soft().await, ["A3_s1"]);
    for (edit, reason) in [("A3_s1", "ja"), ("A3_s1", "   x "), ("A3_s1", &*"x".repeat(1_001))] {
        let refused = world.portal.confirm(&session, edit, reason).await;
        assert!(matches!(refused, Err(ConfirmError::Reason)), "{reason:.10}");
    }
    for unknown in ["A3_h1", "nicht_da"] {
        let refused = world.portal.confirm(&session, unknown, "Stimmt so.").await;
        assert!(matches!(refused, Err(ConfirmError::UnknownEdit(_))), "{unknown}");
    }
    let standing = world.portal.confirm(&session, "A3_s1", " Großer Landkreis. ").await.unwrap();
    assert_eq!((standing.len(), standing[0].reason.as_str()), (1, "Großer Landkreis."));
    assert!(open_soft().await.is_empty());
    let change = |base_revision, text: &str| ItemChange { base_revision, ..changes(&[("A3", text)], 0).remove(0) };
    world.portal.save(&session, &[change(rev, "61")]).await.unwrap();
    assert_eq!(open_soft().await, ["A3_s1"], "lapsed");
    let staff = world.staff(portal::Role::Viewer).await;
    let kept = world.portal.case_detail(&staff, 2008, "GS-1").await.unwrap().confirmations;
    assert_eq!((kept.len(), kept[0].holds, kept[0].by.as_str()), (1, false, "Eva Öhm"));
});

story!(what_another_process_saves_is_seen_at_once, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    let other = world.another_portal().await;
    let seen = async |portal: &portal::Portal| {
        let case = portal.case_of(&session).await.unwrap().unwrap();
        (case.entries().get("B1").cloned(), case.confirmations.len(), case.receipt.is_some())
    };
    for n in 0..5 {
        let (writer, reader) = if n % 2 == 0 { (&world.portal, &other) } else { (&other, &world.portal) };
        let case = writer.case_of(&session).await.unwrap().unwrap();
        let base = case.answers.iter().find(|answer| answer.item == "B1").map_or(0, |answer| answer.revision);
        let typed = format!("5.00{n}");
        writer.save(&session, &changes(&[("B1", &typed)], base)).await.unwrap();
        assert_eq!(seen(reader).await.0, crate::common::entry(&typed));
    }
    world.complete(&session).await;
    world.save(&session, &[("A3", "60")]).await;
    other.confirm(&session, "A3_s1", "Großer Landkreis.").await.unwrap();
    assert_eq!(seen(&world.portal).await.1, 1);
    other.submit(&session).await.unwrap();
    assert!(seen(&world.portal).await.2);
});
