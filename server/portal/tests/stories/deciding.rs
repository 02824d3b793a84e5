//! Two answers to one item, and who decides between them.

use crate::support::{changes, story};
use portal::{Choice, SaveError};
use survey::Entry;

fn given(text: &str) -> Option<Entry> {
    Some(Entry::Given(text.to_owned()))
}

story!(a_conflict_waits_until_somebody_decides, world => {
    world.in_the_field().await;
    let one = world.office("GS-1").await;
    let other = world.sign_in("GS-1").await;
    let case = async || world.portal.case_of(&one).await.unwrap().unwrap();
    world.portal.save(&one, &changes(&[("B1", "5.000"), ("B2", "900")], 0)).await.unwrap();
    world.portal.save(&other, &changes(&[("B1", "6.000"), ("B2", "950")], 0)).await.unwrap();
    let open = case().await.conflicts;
    assert_eq!(open.iter().map(|conflict| conflict.item.as_str()).collect::<Vec<_>>(), ["B1", "B2"]);
    assert_eq!((&open[0].mine, &open[0].theirs), (&given("6.000"), &given("5.000")));
    assert_eq!((open[0].mine_by.as_str(), open[0].mine_at), ("Eva Öhm", world.clock.now()));

    let seen = |place: usize| (open[place].revision, open[place].lost_revision);
    assert!(world.portal.settle(&other, "B1", Choice::Typed, seen(0)).await.unwrap());
    assert!(world.portal.settle(&one, "B2", Choice::Standing, seen(1)).await.unwrap());
    let decided = case().await;
    assert!(decided.conflicts.is_empty());
    assert_eq!(decided.entries().get("B1"), given("6.000").as_ref());
    assert_eq!(decided.entries().get("B2"), given("900").as_ref());
    // Pressed once more, or by two people at once: it stays decided.
    assert!(!world.portal.settle(&one, "B1", Choice::Standing, seen(0)).await.unwrap());
    assert!(!world.portal.settle(&one, "B2", Choice::Typed, seen(1)).await.unwrap());
    assert_eq!(case().await.entries(), decided.entries());
    assert!(matches!(world.portal.settle(&one, "nicht_da", Choice::Typed, (0, 0)).await, Err(SaveError::UnknownItem(_))));
});

story!(nobody_decides_about_answers_he_has_not_seen, world => {
    world.in_the_field().await;
    let one = world.office("GS-1").await;
    let other = world.sign_in("GS-1").await;
    let case = async || world.portal.case_of(&one).await.unwrap().unwrap();
    let saved = world.portal.save(&one, &changes(&[("B1", "5.000")], 0)).await.unwrap();
    let lost = world.portal.save(&other, &changes(&[("B1", "6.000")], 0)).await.unwrap();
    let shown = (lost.conflicts[0].revision, lost.conflicts[0].lost_revision);
    // Meanwhile the first one goes on; it still has to be decided.
    world.portal.save(&one, &changes(&[("B1", "7.000")], saved.revisions[0].1)).await.unwrap();
    assert!(!world.portal.settle(&other, "B1", Choice::Typed, shown).await.unwrap());
    let open = case().await.conflicts;
    assert_eq!((&open[0].theirs, &open[0].mine), (&given("7.000"), &given("6.000")));
    let shown = (open[0].revision, open[0].lost_revision);
    assert!(world.portal.settle(&other, "B1", Choice::Typed, shown).await.unwrap());
    let decided = case().await;
    assert!(decided.conflicts.is_empty());
    assert_eq!(decided.entries().get("B1"), given("6.000").as_ref());
    let history = world.portal.history(&one, "B1").await.unwrap();
    assert_eq!(history.iter().map(|change| change.conflict).collect::<Vec<_>>(), [false, false, true, false]);
});

story!(what_a_dead_page_left_is_not_the_latest_word, world => {
    world.in_the_field().await;
    let one = world.office("GS-1").await;
    let case = async || world.portal.case_of(&one).await.unwrap().unwrap();
    world.portal.save(&one, &changes(&[("B1", "7.000")], 0)).await.unwrap();
    // The same session typed 5.000 before, on a page that could not send it.
    let left = world.portal.save_left(&one, &changes(&[("B1", "5.000"), ("B2", "900")], 0)).await.unwrap();
    assert_eq!(left.conflicts.len(), 1);
    let after = case().await;
    assert_eq!(after.entries().get("B1"), given("7.000").as_ref());
    assert_eq!(after.entries().get("B2"), given("900").as_ref());
    // Stored already, only the acknowledgement was lost: nothing to decide.
    let again = world.portal.save_left(&one, &changes(&[("B2", "900")], 0)).await.unwrap();
    assert!(again.conflicts.is_empty());
});
