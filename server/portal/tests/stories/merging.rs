//! Two people in one questionnaire, and what is never thrown away.

use crate::support::{changes, story};
use portal::{ItemChange, SaveError};
use survey::Entry;
use survey::status::Status;

fn given(text: &str) -> Option<Entry> {
    Some(Entry::Given(text.to_owned()))
}

fn change(item: &str, base_revision: i64, text: &str) -> ItemChange {
    ItemChange {
        base_revision,
        ..changes(&[(item, text)], 0).remove(0)
    }
}

story!(different_items_of_two_people_both_stay, world => {
    world.in_the_field().await;
    let one = world.office("GS-1").await;
    let other = world.sign_in("GS-1").await;
    world.portal.save(&one, &changes(&[("B1", "5.000"), ("B2", "900")], 0)).await.unwrap();
    let saved = world.portal.save(&other, &changes(&[("B3", "4.000"), ("B1", "")], 0)).await.unwrap();
    assert!(saved.conflicts.is_empty(), "an untouched blank control overwrites nothing");
    let entries = world.portal.case_of(&one).await.unwrap().unwrap().entries();
    assert_eq!(entries.len(), 3);
    assert_eq!(entries.get("B1"), given("5.000").as_ref());
});

story!(the_same_item_gives_a_visible_conflict_and_the_loser_stays_in_the_history, world => {
    world.in_the_field().await;
    let one = world.office("GS-1").await;
    let other = world.sign_in("GS-1").await;
    let first = world.portal.save(&one, &changes(&[("B1", "5.000")], 0)).await.unwrap();
    let saved = world.portal.save(&other, &changes(&[("B1", "6.000")], 0)).await.unwrap();
    let conflict = &saved.conflicts[0];
    assert_eq!((&conflict.mine, &conflict.theirs), (&given("6.000"), &given("5.000")));
    assert_eq!((conflict.theirs_by.as_str(), conflict.theirs_at), ("Eva Öhm", world.clock.now()));
    assert_eq!(conflict.revision, first.revisions[0].1);
    let history = world.portal.history(&one, "B1").await.unwrap();
    let kept: Vec<_> = history.iter().map(|change| (change.entry.clone(), change.conflict)).collect();
    assert_eq!(kept, [(given("6.000"), true), (given("5.000"), false)]);

    let insisted = world.portal.save(&other, &[change("B1", conflict.revision, "6.000")]).await.unwrap();
    assert!(insisted.conflicts.is_empty());
    let case = world.portal.case_of(&one).await.unwrap().unwrap();
    assert_eq!(case.entries().get("B1"), given("6.000").as_ref());
});

story!(a_whole_form_merges_by_the_revisions_it_was_rendered_with, world => {
    world.in_the_field().await;
    let one = world.office("GS-1").await;
    let other = world.sign_in("GS-1").await;
    let rendered = world
        .portal
        .save(&one, &changes(&[("B1", "5.000"), ("B2", "900"), ("B3", "4.000")], 0))
        .await
        .unwrap()
        .revisions[0]
        .1;
    // The other one changes B1 and clears B3 meanwhile.
    world.portal.save(&other, &changes(&[("B1", "5.500"), ("B3", "")], rendered)).await.unwrap();
    // This page still shows the old values; only B2 was changed on it.
    let saved = world
        .portal
        .save(&one, &changes(&[("B1", "5.000"), ("B2", "950"), ("B3", "4.000")], rendered))
        .await
        .unwrap();
    assert!(saved.conflicts.is_empty());
    let entries = world.portal.case_of(&one).await.unwrap().unwrap().entries();
    assert_eq!(entries.get("B1"), given("5.500").as_ref());
    assert_eq!(entries.get("B2"), given("950").as_ref());
    assert_eq!(entries.get("B3"), None);
    // Both clear or both change alike: nothing to tell.
    let alike = world.portal.save(&one, &[change("B1", rendered, "5.500"), change("B3", rendered, "")]).await.unwrap();
    assert!(alike.conflicts.is_empty());
});

story!(saves_of_one_browser_that_overtake_each_other_are_no_conflict, world => {
    world.in_the_field().await;
    let one = world.office("GS-1").await;
    world.portal.save(&one, &changes(&[("Z1", "Wir")], 0)).await.unwrap();
    let saved = world.portal.save(&one, &changes(&[("Z1", "Wir haben")], 0)).await.unwrap();
    assert!(saved.conflicts.is_empty());
    assert_eq!(world.portal.history(&one, "Z1").await.unwrap().len(), 2);
});

story!(many_saves_at_once_lose_nothing, world => {
    world.in_the_field().await;
    let one = world.office("GS-1").await;
    let items = ["B1", "B2", "B3", "B4", "B5", "C4", "H1", "H2", "H5", "H7", "I3", "I6"];
    let saves = items.map(|item| {
        let (portal, session) = (world.portal.clone(), one.clone());
        tokio::spawn(async move { portal.save(&session, &changes(&[(item, "17")], 0)).await })
    });
    for save in saves {
        assert!(save.await.unwrap().unwrap().conflicts.is_empty());
    }
    let case = world.portal.case_of(&one).await.unwrap().unwrap();
    assert_eq!(case.entries().len(), items.len());
    let mut revisions: Vec<i64> = case.answers.iter().map(|answer| answer.revision).collect();
    revisions.sort_unstable();
    revisions.dedup();
    assert_eq!(revisions.len(), items.len(), "each save has a revision of its own");
});

story!(what_does_not_parse_is_stored_and_what_is_no_item_is_refused_whole, world => {
    world.in_the_field().await;
    let one = world.office("GS-1").await;
    let mut list = changes(&[("B1", "12.5"), ("C1", "99"), ("nicht_da", "1")], 0);
    let refused = world.portal.save(&one, &list).await.unwrap_err();
    assert!(matches!(&refused, SaveError::UnknownItem(item) if item == "nicht_da"));
    assert!(world.portal.case_of(&one).await.unwrap().unwrap().answers.is_empty(), "all or none");
    list.pop();
    world.portal.save(&one, &list).await.unwrap();
    let case = world.portal.case_of(&one).await.unwrap().unwrap();
    assert_eq!(case.entries().get("B1"), given("12.5").as_ref());
    assert_eq!(case.status, Status::Started);

    let overlong = "x".repeat(20_001);
    let refused = world.portal.save(&one, &changes(&[("Z1", &overlong)], 0)).await.unwrap_err();
    assert!(refused.to_string().contains("Z1"), "{refused}");
    let twice = changes(&[("B2", "1"), ("B2", "2")], 0);
    assert!(matches!(world.portal.save(&one, &twice).await, Err(SaveError::Repeated(_))));
    let odd = "a\0b 😀 ' \" ; -- \u{202e}";
    world.portal.save(&one, &changes(&[("Z1", odd)], 0)).await.unwrap();
    let case = world.portal.case_of(&one).await.unwrap().unwrap();
    assert_eq!(case.entries().get("Z1"), given(&odd.replace('\0', "")).as_ref());
    for no_item in ["nicht_da", "", "\0", "Z1' OR '1'='1"] {
        assert!(world.portal.history(&one, no_item).await.unwrap().is_empty(), "{no_item:?}");
    }
    for no_version in ["", "\0", "../A", "0000"] {
        assert!(world.portal.instrument(no_version).await.unwrap().is_none(), "{no_version:?}");
    }
});
