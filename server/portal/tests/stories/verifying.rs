//! Verifying a database: a sound one is found sound, and each kind of damage
//! is named with its place.

use crate::support::{run, story};

story!(a_sound_database_is_sound_and_every_damage_is_named, world => {
    world.in_the_field().await;
    let one = world.office("GS-1").await;
    world.complete(&one).await;
    world.portal.submit(&one).await.unwrap();
    let seen = world.portal.verify(|_, _| {}).await.unwrap();
    assert_eq!((seen.submissions, seen.classifications, seen.damage.len()), (1, 1, 0), "{:?}", seen.damage);

    // Each is done and undone, so that it is found alone.
    let accidents = [
        (
            "UPDATE answers SET given = '1' WHERE item = 'B1'",
            "UPDATE answers SET given = '5.000' WHERE item = 'B1'",
            "Angabe ohne ihren Eintrag im Verlauf",
        ),
        (
            "UPDATE cases SET revision = revision - 100",
            "UPDATE cases SET revision = revision + 100",
            "Angabe neuer als ihr Fall",
        ),
        (
            "UPDATE cases SET status = 'refused' WHERE submitted_at IS NOT NULL",
            "UPDATE cases SET status = 'usable' WHERE submitted_at IS NOT NULL",
            "Status ohne den Vorgang, der zu ihm führte",
        ),
        (
            "UPDATE submissions SET at = at + 1",
            "UPDATE submissions SET at = at - 1",
            "Abgabe ohne ihren Vorgang",
        ),
        (
            "UPDATE submissions SET number = 2",
            "UPDATE submissions SET number = 1",
            "Abgaben nicht fortlaufend gezählt",
        ),
        (
            "UPDATE submissions SET fingerprint = 'x' || fingerprint",
            "UPDATE submissions SET fingerprint = substr(fingerprint, 2)",
            "Fingerabdruck passt nicht zur Abgabe",
        ),
        (
            "UPDATE submissions SET entries = replace(entries, '\"A1\":', '\"A1x\":')",
            "UPDATE submissions SET entries = replace(entries, '\"A1x\":', '\"A1\":')",
            "Abgabe ist nicht vollständig",
        ),
        (
            "UPDATE classifications SET type_ue = 'x' || type_ue",
            "UPDATE classifications SET type_ue = substr(type_ue, 2)",
            "Klassifikation kommt nicht noch einmal heraus",
        ),
    ];
    for (accident, repair, about) in accidents {
        run(&world.settings.database_url, accident).await;
        let damage = world.portal.verify(|_, _| {}).await.unwrap().damage;
        assert!(damage.iter().any(|one| one.about == about), "{about}: {damage:?}");
        run(&world.settings.database_url, repair).await;
        let damage = world.portal.verify(|_, _| {}).await.unwrap().damage;
        assert_eq!(damage, [], "repaired: {about}");
    }
});
