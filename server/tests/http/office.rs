//! The whole way of an office without scripts, over HTTP alone: invitation,
//! password, every module, review, submission, receipt; and what the
//! institute sees of it.

use crate::client::Client;
use crate::common::COMPLETE;
use crate::page::{Form, forms};
use crate::world::{PASSWORD, Person, World};
use portal::Role;

const MODULES: &str = "ABCDEFGHIJKLZ";

async fn module_form(browser: &mut Client, letter: char) -> Option<Form> {
    let page = browser.get(&format!("/befragung/{letter}")).await;
    assert_eq!(page.status, 200, "{letter}: {}", page.body);
    forms(&page.body).into_iter().find(|form| form.id == "modul")
}

/// Fills a module round by round: answers open further questions.
async fn fill(browser: &mut Client, letter: char) {
    let mut filled = 0;
    for _ in 0..8 {
        let mut form = module_form(browser, letter).await.unwrap();
        let shown: Vec<_> = COMPLETE
            .iter()
            .filter(|(item, _)| form.has(&format!("rev__{item}")))
            .collect();
        for (item, value) in &shown {
            if *value == "-8" && form.has(&format!("{item}__missing")) {
                form.set(&format!("{item}__missing"), "1");
            } else {
                form.set(item, value);
            }
        }
        let answer = form.post(browser, Some("speichern")).await;
        assert_eq!(answer.status, 303, "{letter}: {}", answer.body);
        if shown.len() == filled {
            return;
        }
        filled = shown.len();
    }
    panic!("module {letter} never stops asking");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_answers_submits_and_is_classified_without_scripts() {
    the_way_of_an_office(World::new().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_postgresql() {
    if let Some(world) = World::on_postgres().await {
        the_way_of_an_office(world).await;
    }
}

async fn the_way_of_an_office(world: World) {
    let mut browser = world.browser();
    let link = format!("/zugang/{}", world.token_in_mail("GS-1"));
    assert_eq!(browser.get(&link).await.status, 410, "used when the world began");
    browser.get("/anmelden").await;
    let answer = browser
        .post("/anmelden", &[("kennung", "gs-1"), ("passwort", PASSWORD)])
        .await;
    assert_eq!(answer.location(), "/befragung");

    for letter in MODULES.chars() {
        fill(&mut browser, letter).await;
    }
    let review = browser.get("/befragung/pruefung").await;
    assert!(
        review.body.contains("/befragung/abgabe"),
        "nothing is open: {}",
        review.body
    );
    let page = browser.get("/befragung/abgabe").await;
    let submit = forms(&page.body)
        .into_iter()
        .find(|form| form.action == "/befragung/abgabe")
        .unwrap();
    let answer = submit.post(&mut browser, None).await;
    assert_eq!((answer.status, answer.location()), (303, "/befragung/quittung"));
    let receipt = browser.get("/befragung/quittung").await;
    let number = receipt
        .body
        .split("<strong>")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .unwrap()
        .to_owned();
    assert!(number.starts_with("2008-"), "{number}");

    // Again, from another tab: the same receipt, nothing changes any more.
    assert_eq!(submit.post(&mut browser, None).await.location(), "/befragung/quittung");
    assert!(browser.get("/befragung/quittung").await.body.contains(&number));
    assert!(module_form(&mut browser, 'D').await.is_none(), "read only");
    let late = browser.post("/befragung/B", &[("rev__B1", "0"), ("B1", "1")]).await;
    assert_eq!(late.status, 409, "{}", late.body);

    world.portal.classify(None, |_, _| {}).await.unwrap();
    let mut staff = world.signed_in(Person::Staff(Role::Editor)).await;
    let case = staff.get("/institut/fall/GS-1").await;
    assert!(case.body.contains("vollständig verwertbar"), "{}", case.body);
    let reopened = staff
        .post(
            "/institut/fall/GS-1/wieder-oeffnen",
            &[("grund", "Rückfrage zu B1"), ("welle", "2008")],
        )
        .await;
    assert_eq!(
        (reopened.status, reopened.location()),
        (303, "/institut/fall/GS-1?welle=2008&meldung=erledigt")
    );
    assert!(
        module_form(&mut browser, 'D').await.is_some(),
        "open again for the office"
    );
}

#[tokio::test]
async fn who_did_not_hand_in_is_never_told_they_have() {
    let world = World::new().await;
    let mut late = world.signed_in(Person::Unit("GS-1")).await;
    late.post("/befragung/A", &[("rev__A5", "0"), ("A5", "Leitung")]).await;
    let mut outside = world.signed_in(Person::Unit("GS-2")).await;
    let mut staff = world.signed_in(Person::Staff(Role::Editor)).await;
    let reason = [
        ("grund", "Aufgelöst zum Jahresende"),
        ("welle", "2008"),
        ("bestaetigt", "ja"),
    ];
    let excluded = staff.post("/institut/fall/GS-2/gehoert-nicht-dazu", &reason).await;
    assert_eq!(excluded.status, 303, "{}", excluded.body);
    world.portal.wave_close(2008).await.unwrap();
    for path in ["", "/A", "/pruefung", "/abgabe", "/quittung"] {
        let path = format!("/befragung{path}");
        let (closed, none) = (late.get(&path).await.body, outside.get(&path).await.body);
        assert!(
            closed.contains("Die Befragung ist geschlossen") && !closed.contains("vielen Dank"),
            "{path}: {closed}"
        );
        assert!(
            none.contains("gehört nicht zu dieser Befragung") && !none.contains("vielen Dank"),
            "{path}: {none}"
        );
    }
}

#[tokio::test]
async fn nobody_sees_anything_of_another_unit() {
    let world = World::new().await;
    let mut one = world.signed_in(Person::Unit("GS-1")).await;
    one.post("/befragung/A", &[("rev__A5", "0"), ("A5", "Geheimnis der GS-1")])
        .await;
    let mut two = world.signed_in(Person::Unit("GS-2")).await;
    for path in [
        "/befragung",
        "/befragung/A",
        "/befragung/druck",
        "/befragung/pruefung",
        "/befragung/quittung",
    ] {
        let page = two.get(path).await;
        assert!(
            !page.body.contains("Geheimnis") && !page.body.contains("Cordelbach"),
            "{path}"
        );
    }
    for path in ["/institut/fall/GS-1", "/befragung/GS-1"] {
        assert_eq!(two.get(path).await.status, 404, "{path}");
    }
}
