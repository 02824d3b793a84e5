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

    world.portal.settle(&other, "B1", Choice::Typed).await.unwrap();
    world.portal.settle(&one, "B2", Choice::Standing).await.unwrap();
    let decided = case().await;
    assert!(decided.conflicts.is_empty());
    assert_eq!(decided.entries().get("B1"), given("6.000").as_ref());
    assert_eq!(decided.entries().get("B2"), given("900").as_ref());
    // Pressed once more, or by two people at once: it stays decided.
    world.portal.settle(&one, "B1", Choice::Standing).await.unwrap();
    world.portal.settle(&one, "B2", Choice::Typed).await.unwrap();
    assert_eq!(case().await.entries(), decided.entries());
    assert!(matches!(world.portal.settle(&one, "nicht_da", Choice::Typed).await, Err(SaveError::UnknownItem(_))));
});

story!(answering_once_more_decides_as_well, world => {
    world.in_the_field().await;
    let one = world.office("GS-1").await;
    let other = world.sign_in("GS-1").await;
    let saved = world.portal.save(&one, &changes(&[("B1", "5.000")], 0)).await.unwrap();
    world.portal.save(&other, &changes(&[("B1", "6.000")], 0)).await.unwrap();
    let base = saved.revisions[0].1;
    world.portal.save(&one, &changes(&[("B1", "7.000")], base)).await.unwrap();
    let case = world.portal.case_of(&one).await.unwrap().unwrap();
    assert!(case.conflicts.is_empty(), "{:?}", case.conflicts);
    assert_eq!(case.entries().get("B1"), given("7.000").as_ref());
    // The history keeps what lost.
    let history = world.portal.history(&one, "B1").await.unwrap();
    assert_eq!(history.iter().map(|change| change.conflict).collect::<Vec<_>>(), [false, true, false]);
});
