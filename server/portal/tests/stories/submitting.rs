//! Handing in: once, checked by the server, with a receipt.

use crate::common::firing::FIRING;
use crate::support::{World, changes, story};
use portal::{Barred, Decision, Role, SaveError, SubmitError};
use survey::status::Status;
use survey::{FindingKind, Severity};

story!(a_complete_questionnaire_is_handed_in_once_and_is_usable_by_itself, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    world.complete(&session).await;
    let receipt = world.portal.submit(&session).await.unwrap();
    assert!(receipt.number.starts_with("2008-") && receipt.number.len() == 14, "{}", receipt.number);
    assert_eq!(receipt.fingerprint.len(), 19, "{}", receipt.fingerprint);
    assert_eq!(receipt.at_local, "14.01.2008, 09:00 Uhr");
    assert_eq!(world.portal.submit(&session).await.unwrap(), receipt, "once more is the same");
    let case = world.portal.case_of(&session).await.unwrap().unwrap();
    assert_eq!((case.status, case.locked), (Status::Usable, true));
    assert_eq!(case.receipt.as_ref(), Some(&receipt));
    let refused = world.portal.save(&session, &changes(&[("B1", "1")], 0)).await;
    assert!(matches!(refused, Err(SaveError::Barred(Barred::Locked))));
    assert!(world.portal.confirm(&session, "A3_s1", "Stimmt so.").await.is_err());

    let staff = world.staff(Role::Viewer).await;
    let detail = world.portal.case_detail(&staff, 2008, "GS-1").await.unwrap();
    let classified = detail.classification.unwrap();
    assert_eq!(classified.ue.code().as_deref(), Some("Iba"));
    assert_eq!(detail.submissions, [receipt]);
});

story!(nothing_is_handed_in_while_something_is_open, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    let SubmitError::Open(findings) = world.portal.submit(&session).await.unwrap_err() else { panic!() };
    assert!(findings.open().any(|finding| finding.kind == FindingKind::MissingP1));
    world.complete(&session).await;
    world.save(&session, &[("A3", "60")]).await;
    let SubmitError::Open(findings) = world.portal.submit(&session).await.unwrap_err() else { panic!() };
    let codes: Vec<_> = findings.open().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["A3_s1"]);
    assert_eq!(world.portal.case_of(&session).await.unwrap().unwrap().status, Status::Started);
    world.portal.confirm(&session, "A3_s1", "Großer Landkreis.").await.unwrap();
    world.portal.submit(&session).await.unwrap();
});

/// Every hard edit, tried by a direct submission.
async fn each_hard_edit(world: &World) {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    let instrument = world.portal.case_of(&session).await.unwrap().unwrap().instrument;
    let hard: Vec<_> = instrument
        .edits
        .iter()
        .filter(|edit| edit.severity == Severity::Hard)
        .collect();
    assert_eq!(hard.len(), 44);
    for edit in hard {
        let (_, contradiction) = FIRING.iter().find(|(id, _)| *id == edit.id).expect("a contradiction");
        world.complete(&session).await;
        let long = "x".repeat(5_001);
        let pairs: Vec<(&str, &str)> = contradiction
            .iter()
            .map(|(item, text)| (*item, if *text == "LONG" { long.as_str() } else { *text }))
            .collect();
        world.save(&session, &pairs).await;
        match world.portal.submit(&session).await {
            Err(SubmitError::Open(findings)) => {
                assert!(
                    findings.open().any(|finding| finding.code == edit.id),
                    "{} does not stand in the way",
                    edit.id
                );
            }
            other => panic!("{} was got round: {other:?}", edit.id),
        }
        let undo: Vec<(&str, &str)> = pairs.iter().map(|(item, _)| (*item, "")).collect();
        world.save(&session, &undo).await;
    }
    world.complete(&session).await;
    world.portal.submit(&session).await.unwrap();
}

story!(a_direct_submission_gets_round_none_of_the_44_hard_edits, world => {
    each_hard_edit(&world).await;
});

story!(twenty_at_once_are_one_submission_and_one_receipt, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    world.complete(&session).await;
    let other = world.another_portal().await;
    let submissions = (0..20).map(|n| {
        let (portal, session) = (if n % 2 == 0 { world.portal.clone() } else { other.clone() }, session.clone());
        tokio::spawn(async move { portal.submit(&session).await })
    });
    let mut receipts = Vec::new();
    for submission in submissions.collect::<Vec<_>>() {
        receipts.push(submission.await.unwrap().unwrap());
    }
    receipts.dedup();
    assert_eq!(receipts.len(), 1);
    let staff = world.staff(Role::Viewer).await;
    let detail = world.portal.case_detail(&staff, 2008, "GS-1").await.unwrap();
    assert_eq!(detail.submissions.len(), 1);
    assert_eq!(detail.events.iter().filter(|event| event.event == "submit").count(), 1);
    let run = world.portal.mail_run(None, None).await.unwrap();
    let receipts = run.sent.iter().filter(|mail| mail.kind == portal::MailKind::Receipt).count();
    assert_eq!(receipts, 2, "the contact and the address given in the questionnaire, once each");
});

story!(many_cannot_say_need_staff_to_decide, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    world.complete(&session).await;
    let case = world.portal.case_of(&session).await.unwrap().unwrap();
    let many: Vec<(&str, &str)> = case
        .instrument
        .questions
        .iter()
        .filter(|question| question.cannot_say && question.requirement == survey::Requirement::P2)
        .flat_map(|question| question.items.iter().map(|item| (case.instrument[*item].id.as_str(), "-8")))
        .filter(|(item, _)| case.entries().contains_key(*item))
        .filter(|(item, _)| item.starts_with(['I', 'J']))
        .collect();
    assert!(many.len() > 15, "{}", many.len());
    world.save(&session, &many).await;
    world.portal.submit(&session).await.unwrap();
    assert_eq!(world.portal.case_of(&session).await.unwrap().unwrap().status, Status::Submitted);
});

story!(reopening_keeps_the_earlier_submission, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    world.complete(&session).await;
    let first = world.portal.submit(&session).await.unwrap();
    let staff = world.staff(Role::Editor).await;
    let status = world.portal.decide(&staff, 2008, "GS-1", Decision::Reopen, "Zahl in B1 berichtigen").await.unwrap();
    assert_eq!(status, Status::Started);
    world.save(&session, &[("B1", "5.100")]).await;
    let second = world.portal.submit(&session).await.unwrap();
    assert_ne!(first.number, second.number);
    assert_ne!(first.fingerprint, second.fingerprint);
    let detail = world.portal.case_detail(&staff, 2008, "GS-1").await.unwrap();
    assert_eq!(detail.submissions, [second, first]);
    let told: Vec<_> = detail.events.iter().map(|event| event.event.as_str()).collect();
    assert_eq!(told, ["invite", "open", "answer", "submit", "reopen", "submit"]);
    assert_eq!(detail.events[4].reason.as_deref(), Some("Zahl in B1 berichtigen"));
});

story!(what_a_process_left_unclassified_is_caught_up_and_nothing_is_overwritten, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    world.complete(&session).await;
    world.portal.submit(&session).await.unwrap();
    assert_eq!(world.portal.classify(Some(2008), |_, _| {}).await.unwrap(), 0);
    let mut settings = world.settings.clone();
    settings.k3_rule = survey::K3Rule::Any;
    let other = portal::Portal::open(settings, world.clock.clone()).await.unwrap();
    let mut seen = Vec::new();
    assert_eq!(other.classify(None, |done, of| seen.push((done, of))).await.unwrap(), 1);
    assert_eq!(seen, [(1, 1)]);
    let staff = world.staff(Role::Viewer).await;
    for (portal, rule) in [(&world.portal, survey::K3Rule::FmOnly), (&other, survey::K3Rule::Any)] {
        let detail = portal.case_detail(&staff, 2008, "GS-1").await.unwrap();
        assert_eq!(detail.classification.unwrap().k3_rule, rule, "each result stays");
    }
    assert!(world.portal.classify(Some(1999), |_, _| {}).await.is_err());
});

story!(the_next_wave_checks_against_what_was_transmitted, world => {
    world.portal.wave_add(World::wave(2007, None)).await.unwrap();
    world.portal.import_units(2007, crate::support::REGISTER.as_bytes(), &[]).await.unwrap();
    world.portal.wave_open(2007).await.unwrap();
    let session = world.office("GS-1").await;
    world.complete(&session).await;
    world.portal.submit(&session).await.unwrap();
    world.portal.wave_close(2007).await.unwrap();
    world.portal.wave_add(World::wave(2008, Some(2007))).await.unwrap();
    world.portal.import_units(2008, crate::support::REGISTER.as_bytes(), &[]).await.unwrap();
    assert_eq!(world.portal.case_of(&session).await.unwrap().unwrap().wave.key, 2007, "2008 is only planned");
    world.portal.wave_open(2008).await.unwrap();
    let case = world.portal.case_of(&session).await.unwrap().unwrap();
    assert_eq!(case.wave.key, 2008);
    let previous = case.context.previous.unwrap();
    assert_eq!(previous.get("B1"), crate::common::entry("5.000").as_ref());
    assert!(!previous.contains_key("G1"), "not asked in a first wave, hence not transmitted");
});
