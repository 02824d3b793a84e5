//! A session that ended while somebody was typing: what was posted comes back
//! after signing in, for the same unit only.

use crate::page::{Form, forms};
use crate::world::{PASSWORD, Person, World};
use chrono::TimeDelta;
use portal::Role;
use survey::Entry;

/// The form of the sign-in page that came back.
fn sign_in_form(page: &str) -> Form {
    let found = forms(page).into_iter().find(|form| form.action == "/anmelden");
    found.unwrap_or_else(|| panic!("no sign-in: {page}"))
}

/// Posts a module's form after the session has ended and returns the sign-in
/// form that came back.
async fn posted_too_late(world: &World) -> (crate::client::Client, Form) {
    let mut browser = world.signed_in(Person::Unit("GS-1")).await;
    let mut form = forms(&browser.get("/befragung/B").await.body)
        .into_iter()
        .find(|form| form.id == "modul")
        .unwrap();
    form.set("B1", "5.000");
    form.set("B2", "<b>1.000</b> \"&\" ü");
    world.clock.advance(TimeDelta::hours(9));
    let late = form.post(&mut browser, Some("weiter")).await;
    assert_eq!(late.status, 401);
    assert!(late.body.contains("Sitzung war abgelaufen"), "{}", late.body);
    let sign_in = sign_in_form(&late.body);
    (browser, sign_in)
}

#[tokio::test]
async fn everything_typed_is_there_after_signing_in_again() {
    let world = World::new().await;
    let (mut browser, mut sign_in) = posted_too_late(&world).await;

    sign_in.set("kennung", "GS-1");
    sign_in.set("passwort", "vertippt vertippt");
    let refused = sign_in.post(&mut browser, None).await;
    assert_eq!(refused.status, 422, "a typing error in the password loses nothing");
    let mut again = sign_in_form(&refused.body);
    again.set("passwort", PASSWORD);
    let answer = again.post(&mut browser, None).await;
    assert_eq!((answer.status, answer.location()), (303, "/befragung/B?meldung=offen"));
    assert_eq!(world.stored("GS-1", "B1").await, Some(Entry::Given("5.000".into())));
    assert_eq!(
        world.stored("GS-1", "B2").await,
        Some(Entry::Given("<b>1.000</b> \"&\" ü".into()))
    );
}

#[tokio::test]
async fn nothing_of_it_reaches_another_unit() {
    let world = World::new().await;
    let (mut browser, mut sign_in) = posted_too_late(&world).await;
    sign_in.set("kennung", "GS-2");
    sign_in.set("passwort", PASSWORD);
    let answer = sign_in.post(&mut browser, None).await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/befragung?meldung=andere-einheit")
    );
    assert_eq!(world.stored("GS-1", "B1").await, None);
    assert_eq!(world.stored("GS-2", "B1").await, None);
}

#[tokio::test]
async fn nothing_is_handed_in_by_signing_in() {
    let world = World::new().await;
    let mut browser = world.browser();
    let late = browser.post("/befragung/abgabe", &[("einheit", "GS-1")]).await;
    assert_eq!(late.status, 401);
    let mut sign_in = sign_in_form(&late.body);
    sign_in.set("kennung", "GS-1");
    sign_in.set("passwort", PASSWORD);
    assert_eq!(sign_in.post(&mut browser, None).await.location(), "/befragung/abgabe");
}

#[tokio::test]
async fn a_carried_form_that_is_refused_does_not_undo_the_signing_in() {
    let world = World::new().await;
    let mut browser = world.browser();
    let late = browser
        .post("/befragung/B", &[("einheit", "GS-1"), ("gibt-es-nicht", "1")])
        .await;
    let mut sign_in = sign_in_form(&late.body);
    sign_in.set("kennung", "GS-1");
    sign_in.set("passwort", PASSWORD);
    let answer = sign_in.post(&mut browser, None).await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("gibt-es-nicht"), "{}", answer.body);
    assert_eq!(browser.get("/befragung").await.status, 200, "signed in all the same");
}

#[tokio::test]
async fn staff_come_back_to_the_case_they_were_deciding_about() {
    let world = World::new().await;
    let mut browser = world.browser();
    let late = browser
        .post(
            "/institut/fall/GS-1/verwertbar",
            &[("grund", "geprüft"), ("welle", "2008")],
        )
        .await;
    let mut sign_in = sign_in_form(&late.body);
    sign_in.set("kennung", "editor@iaw.example");
    sign_in.set("passwort", PASSWORD);
    assert_eq!(sign_in.post(&mut browser, None).await.location(), "/institut/fall/GS-1");
}

#[tokio::test]
async fn what_staff_wrote_is_offered_to_be_sent_once_more() {
    let world = World::new().await;
    let note = [("welle", "2008"), ("text", "Lange getippt")];
    let call = [("welle", "2008"), ("ergebnis", "erreicht"), ("notiz", "Ruft zurück")];
    let answers = [("einheit", "GS-1"), ("rev__A5", "0"), ("A5", "Leitung am Telefon")];
    for (form, fields) in [("notizen", &note[..]), ("anruf", &call), ("eingabe/A", &answers)] {
        let path = format!("/institut/fall/GS-1/{form}");
        let mut browser = world.browser();
        let late = browser.post(&path, fields).await;
        assert_eq!(late.status, 401, "{path}");
        let mut sign_in = sign_in_form(&late.body);
        sign_in.set("kennung", "editor@iaw.example");
        sign_in.set("passwort", PASSWORD);
        let offered = sign_in.post(&mut browser, None).await;
        let again = forms(&offered.body).into_iter().find(|form| form.action == path);
        let again = again.unwrap_or_else(|| panic!("{path}: {} {}", offered.status, offered.body));
        assert_eq!(again.post(&mut browser, None).await.status, 303, "{path}");
    }
    let mut browser = world.signed_in(Person::Staff(Role::Editor)).await;
    let case = browser.get("/institut/fall/GS-1").await.body;
    assert!(
        case.contains("Lange getippt") && case.contains("Anruf: erreicht"),
        "{case}"
    );
    let entered = Some(Entry::Given("Leitung am Telefon".into()));
    assert_eq!(world.stored("GS-1", "A5").await, entered);
}
