//! What an office posts: unknown names, wrong values, buttons, conflicts,
//! forms of another unit.

use crate::world::{Person, World};
use survey::Entry;

fn given(text: &str) -> Option<Entry> {
    Some(Entry::Given(text.to_owned()))
}

#[tokio::test]
async fn a_name_the_form_does_not_have_is_refused_by_name() {
    let world = World::new().await;
    for (person, path) in [
        (Person::Nobody, "/anmelden"),
        (Person::Nobody, "/passwort-vergessen"),
        (Person::Nobody, "/zugang/x"),
        (Person::Unit("GS-1"), "/befragung/A"),
        (Person::Unit("GS-1"), "/befragung/pruefung"),
        (Person::Unit("GS-1"), "/befragung/abgabe"),
        (Person::Unit("GS-1"), "/abmelden"),
        (Person::Staff(portal::Role::Editor), "/institut/fall/GS-1/verwertbar"),
    ] {
        let mut browser = world.signed_in(person).await;
        let answer = browser
            .post(path, &[("rev__A5", "0"), ("A5", "x"), ("<b>fremd", "1")])
            .await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.body);
        if path == "/befragung/A" {
            assert!(
                answer.body.contains("&lt;b&gt;fremd") || answer.body.contains("&lt;b>fremd"),
                "{}",
                answer.body
            );
        }
        assert!(!answer.body.contains("<b>fremd"), "{path}: {}", answer.body);
    }
    assert_eq!(
        world.stored("GS-1", "A5").await,
        None,
        "nothing of such a form is stored"
    );
}

#[tokio::test]
async fn what_is_typed_is_kept_even_where_it_is_wrong() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Unit("GS-1")).await;
    let answer = browser
        .post(
            "/befragung/B",
            &[("rev__B1", "0"), ("B1", "12.5"), ("aktion", "weiter")],
        )
        .await;
    assert_eq!((answer.status, answer.location()), (303, "/befragung/B?meldung=offen"));
    assert_eq!(world.stored("GS-1", "B1").await, given("12.5"));
    let page = browser.get("/befragung/B").await;
    assert!(page.body.contains("value=\"12.5\""), "{}", page.body);
    let anyway = browser.post("/befragung/B", &[("aktion", "trotzdem")]).await;
    assert_eq!(anyway.location(), "/befragung/C");
}

#[tokio::test]
async fn every_button_leads_where_it_says() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Unit("GS-1")).await;
    for (path, action, led_to) in [
        ("/befragung/A", "zurueck", "/befragung"),
        ("/befragung/C", "zurueck", "/befragung/B"),
        ("/befragung/C", "speichern", "/befragung/C?meldung=gespeichert"),
        ("/befragung/Z", "weiter", "/befragung/pruefung"),
        ("/befragung/D", "uebernehmen", "/befragung/D?meldung=uebernommen"),
    ] {
        let answer = browser.post(path, &[("aktion", action)]).await;
        assert_eq!((answer.status, answer.location()), (303, led_to), "{path} {action}");
    }
    let opens = browser
        .post(
            "/befragung/D",
            &[("rev__D1_ue", "0"), ("D1_ue", "1"), ("aktion", "weiter")],
        )
        .await;
    assert_eq!(
        opens.location(),
        "/befragung/D?meldung=neu",
        "the answer opened questions on this page"
    );
}

#[tokio::test]
async fn several_choices_arrive_and_an_unchecked_box_is_cleared() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Unit("GS-1")).await;
    let fields = [
        ("rev__D1_ue", "0"),
        ("D1_ue", "1"),
        ("rev__D3_ue", "0"),
        ("D3_ue", "3"),
        ("D3_ue", "1"),
    ];
    browser.post("/befragung/D", &fields).await;
    assert_eq!(world.stored("GS-1", "D3_ue").await, given("1,3"));
    browser
        .post("/befragung/D", &[("rev__D1_ue", "1"), ("D1_ue", "1")])
        .await;
    assert_eq!(
        world.stored("GS-1", "D3_ue").await,
        given("1,3"),
        "not rendered, not touched"
    );
    browser.post("/befragung/D", &[("rev__D3_ue", "1")]).await;
    assert_eq!(world.stored("GS-1", "D3_ue").await, None, "rendered and unchecked");
}

#[tokio::test]
async fn two_people_on_one_item_get_a_conflict_and_on_two_items_none() {
    let world = World::new().await;
    let mut one = world.signed_in(Person::Unit("GS-1")).await;
    let mut two = world.signed_in(Person::Unit("GS-1")).await;
    one.post("/befragung/B", &[("rev__B1", "0"), ("B1", "5.000")]).await;
    let other_item = two
        .post("/befragung/B", &[("rev__B1", "0"), ("rev__B2", "0"), ("B2", "1.000")])
        .await;
    assert_eq!(other_item.location(), "/befragung/B?meldung=gespeichert");
    assert_eq!(
        world.stored("GS-1", "B1").await,
        given("5.000"),
        "left blank before, so not cleared now"
    );
    let same_item = two.post("/befragung/B", &[("rev__B1", "0"), ("B1", "6.000")]).await;
    assert_eq!(same_item.location(), "/befragung/B?meldung=konflikt");
    assert_eq!(world.stored("GS-1", "B1").await, given("5.000"));
}

#[tokio::test]
async fn a_form_made_for_another_unit_changes_nothing() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Unit("GS-2")).await;
    let fields = [
        ("einheit", "GS-1"),
        ("rev__B1", "0"),
        ("B1", "5.000"),
        ("aktion", "speichern"),
    ];
    let answer = browser.post("/befragung/B", &fields).await;
    assert_eq!(answer.status, 409);
    assert!(answer.body.contains("anderen Einheit"), "{}", answer.body);
    assert_eq!(world.stored("GS-2", "B1").await, None);
    let own = browser
        .post(
            "/befragung/B",
            &[("einheit", "GS-2"), ("rev__B1", "0"), ("B1", "5.000")],
        )
        .await;
    assert_eq!(own.status, 303);
}

#[tokio::test]
async fn a_reason_confirms_a_soft_edit_and_a_short_one_does_not() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Unit("GS-1")).await;
    let warned = browser
        .post("/befragung/A", &[("rev__A3", "0"), ("A3", "60"), ("aktion", "weiter")])
        .await;
    assert_eq!(warned.location(), "/befragung/A?meldung=offen");
    let short = browser.post("/befragung/pruefung", &[("reason__A3_s1", "ja")]).await;
    assert_eq!(short.location(), "/befragung/pruefung?meldung=grund");
    let reason = browser
        .post("/befragung/pruefung", &[("reason__A3_s1", "Sehr großer Landkreis.")])
        .await;
    assert_eq!(reason.location(), "/befragung/pruefung?meldung=begruendet");
    assert!(
        browser
            .get("/befragung/pruefung")
            .await
            .body
            .contains("Sehr großer Landkreis.")
    );
    let hard = browser
        .post("/befragung/pruefung", &[("reason__B2_h9", "Das gibt es nicht.")])
        .await;
    assert_eq!(hard.status, 400, "no such edit");
}
