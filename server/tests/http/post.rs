//! The mail desk without scripts: plan, texts, reminders, outbox, contacts.

use crate::client::{Answer, Client};
use crate::page::value;
use crate::world::{Person, World};
use chrono::TimeDelta;
use portal::{MailKind, Role};

async fn admin(world: &World) -> Client {
    world.signed_in(Person::Staff(Role::Admin)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_is_edited_and_what_is_wrong_stands_at_its_field() {
    let world = World::new().await;
    let mut browser = admin(&world).await;
    let plan = browser.get("/institut/post").await;
    assert!(plan.body.contains("Montag, 28.01.2008, 09:00 Uhr"), "{}", plan.body);
    let step = [
        ("welle", "2008"),
        ("name", "erinnerung-1"),
        ("title", "Erste Erinnerung"),
        ("template", "erinnerung"),
        ("anchor", "start"),
        ("days", "12"),
        ("time", "25:00"),
        ("audience", "opened"),
        ("form", "zkT"),
        ("land", ""),
        ("enabled", "ja"),
    ];
    let refused = browser.post("/institut/post/schritt", &step).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("„25:00“ ist keine Uhrzeit"), "{}", refused.body);
    assert!(refused.body.contains(r#"value="12""#), "what was typed is kept");
    let mut right = step;
    right[6].1 = "10:30";
    let saved = browser.post("/institut/post/schritt", &right).await;
    assert_eq!(saved.location(), "/institut/post?welle=2008&meldung=erledigt");
    let plan = browser.get("/institut/post").await.body;
    assert!(
        plan.contains("Montag, 28.01.2008, 09:00 Uhr"),
        "the Saturday moved: {plan}"
    );
    assert!(
        plan.contains("verschoben auf den nächsten Werktag") && plan.contains("nur zkT"),
        "{plan}"
    );
    let who = browser.get("/institut/post/schritt/erinnerung-1").await.body;
    assert!(who.contains("Gehört nicht zur Zielgruppe"), "{who}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_with_an_unknown_placeholder_is_refused_and_kept() {
    let world = World::new().await;
    let mut browser = admin(&world).await;
    let path = "/institut/post/vorlagen/erinnerung";
    let page = browser.get(&format!("{path}?kennung=GS-2")).await.body;
    assert!(
        page.contains("Landkreis Ähren") && page.contains("jan@aehren.example"),
        "{page}"
    );
    let form = |text| {
        [
            ("welle", "2008"),
            ("revision", "0"),
            ("betreff", "Bitte"),
            ("text", text),
            ("kennung", "GS-2"),
        ]
    };
    let refused = browser.post(path, &form("{{ anrede }} bis {{ fristt }}")).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.body.contains("Den Platzhalter „fristt“ gibt es hier nicht"),
        "{}",
        refused.body
    );
    assert!(value(&refused.body, "text").contains("{{ fristt }}"), "kept");
    let preview = browser
        .post(
            &format!("{path}/vorschau"),
            &form("Guten Tag {{ name }}!\n\n- {{ frist }}"),
        )
        .await;
    assert_eq!(preview.status, 200);
    assert!(
        preview.body.contains("Guten Tag Jan Groß!") && preview.body.contains("- 15.02.2008"),
        "{}",
        preview.body
    );
    assert!(
        browser.get(path).await.body.contains("wie mitgeliefert"),
        "a preview stores nothing"
    );
    assert_eq!(browser.post(path, &form("Guten Tag {{ name }}!")).await.status, 303);
    // Somebody else had the earlier version open.
    let late = browser.post(path, &form("Hallo {{ name }}!")).await;
    assert_eq!(late.status, 422);
    assert!(
        late.body.contains("Jemand anderes") && value(&late.body, "text").starts_with("Hallo"),
        "{}",
        late.body
    );
    let reset = browser
        .post(&format!("{path}/zuruecksetzen"), &[("welle", "2008")])
        .await;
    assert_eq!(reset.status, 303);
    assert!(browser.get(path).await.body.contains("wie mitgeliefert"));
}

/// Confirms what the page of reminders has shown.
async fn remind(browser: &mut Client, number: &str, seen: &str, once: &str) -> Answer {
    let form = [
        ("welle", "2008"),
        ("suche", ""),
        ("kennung", ""),
        ("status", ""),
        ("form", ""),
        ("land", ""),
        ("vorlage", "erinnerung"),
        ("anzahl", number),
        ("auswahl", seen),
        ("einmal", once),
    ];
    browser.post("/institut/post/erinnern", &form).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reminding_by_hand_names_the_number_and_asks_again_where_it_changed() {
    let world = World::new().await;
    world.clock.advance(TimeDelta::days(3));
    let mut browser = world.signed_in(Person::Staff(Role::Editor)).await;
    let page = browser.get("/institut/post/erinnern?vorlage=erinnerung").await.body;
    assert!(page.contains("Jetzt an 3 Einheiten senden"), "{page}");
    let once = value(&page, "einmal");
    let seen = value(&page, "auswahl");
    let changed = remind(&mut browser, "2", &seen, &once).await;
    assert_eq!(changed.status, 422);
    assert!(
        changed.body.contains("Inzwischen sind es 3 Einheiten statt 2"),
        "{}",
        changed.body
    );
    // As many as before, but one of them is somebody else now.
    let address = [("welle", "2008"), ("name", "Ute Neu"), ("email", "neu@aehren.example")];
    let done = browser.post("/institut/fall/GS-2/kontakte/adresse", &address).await;
    assert_eq!(done.status, 303);
    let changed = remind(&mut browser, "3", &seen, &once).await;
    assert_eq!(changed.status, 422);
    assert!(
        changed.body.contains("andere Einheiten oder Adressen"),
        "{}",
        changed.body
    );
    let seen = value(&changed.body, "auswahl");
    for _ in 0..2 {
        assert_eq!(remind(&mut browser, "3", &seen, &once).await.status, 303);
    }
    let run = world.portal.mail_run(None, None).await.unwrap();
    let reminders = run.sent.iter().filter(|mail| mail.kind == MailKind::Reminder).count();
    assert_eq!(reminders, 3, "the same form twice reminds once");
    let page = browser.get("/institut/post/erinnern").await.body;
    assert!(
        !page.contains("Jetzt an") && page.contains("mindestens 2 Tage"),
        "{page}"
    );
    let outbox = browser.get("/institut/post/ausgang?art=erinnerung").await.body;
    assert!(
        outbox.contains("verschickt: 3") && outbox.contains("Erinnerung von Hand"),
        "{outbox}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contacts_of_one_office() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Staff(Role::Editor)).await;
    let page = "/institut/fall/GS-3/kontakte";
    let nothing = browser
        .post(
            &format!("{page}/notiz"),
            &[("welle", "2008"), ("art", "anruf"), ("notiz", " ")],
        )
        .await;
    assert_eq!(nothing.status, 422);
    assert!(nothing.body.contains("Bitte füllen Sie dieses Feld aus."));
    let call = [
        ("welle", "2008"),
        ("art", "anruf"),
        ("notiz", "Meldet sich <b>morgen</b>"),
    ];
    assert_eq!(browser.post(&format!("{page}/notiz"), &call).await.status, 303);
    let out = [("welle", "2008"), ("grund", "Personalwechsel")];
    assert_eq!(browser.post(&format!("{page}/abmelden"), &out).await.status, 303);
    let letter = [
        ("welle", "2008"),
        ("betreff", "Frage"),
        ("text", "Erstens {{7*7}}.\n\nZweitens."),
        ("einmal", "a1"),
    ];
    assert_eq!(browser.post(&format!("{page}/schreiben"), &letter).await.status, 303);
    let wrong = browser
        .post(
            &format!("{page}/adresse"),
            &[("welle", "2008"), ("name", "Uli"), ("email", "uli@")],
        )
        .await;
    assert!(wrong.body.contains("Das ist keine E-Mail-Adresse"), "{}", wrong.body);
    let right = [("welle", "2008"), ("name", "Uli"), ("email", "uli@uellen.example")];
    assert_eq!(browser.post(&format!("{page}/adresse"), &right).await.status, 303);
    let run = world.portal.mail_run(None, None).await.unwrap();
    let sent: Vec<_> = run
        .sent
        .iter()
        .map(|mail| (mail.kind.name(), mail.recipient.as_str()))
        .collect();
    assert!(sent.contains(&("anschreiben", "uli@uellen.example")), "{sent:?}");
    assert!(sent.contains(&("adresse-geaendert", "post@uellen.example")), "{sent:?}");
    let shown = browser.get(page).await.body;
    for part in [
        "Meldet sich &lt;b&gt;morgen",
        "Von Erinnerungen abgemeldet: Personalwechsel",
        "Anschreiben",
        "Einladung",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let mail = shown
        .split("/institut/post/ausgang/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let html = browser.get(&format!("/institut/post/ausgang/{mail}/html")).await;
    assert!(html.header("content-security-policy").contains("style-src 'sha256-"));
    assert!(html.body.starts_with("<!DOCTYPE html>"));
    let case = world.signed_in(Person::Unit("GS-1")).await.get("/institut/post").await;
    assert_eq!(case.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_failed_is_told_and_tried_again_together() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Staff(Role::Editor)).await;
    world.portal.mail_run(None, None).await.unwrap();
    let list = browser
        .get("/institut/post/ausgang?suche=GS-3&art=einladung")
        .await
        .body;
    let id = list.split("/institut/post/ausgang/").nth(1).unwrap();
    let id = id.split('"').next().unwrap();
    let report = format!(
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n\
         Final-Recipient: rfc822; x@y.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}@hier.example>\r\n\r\n--b--\r\n"
    );
    world.portal.mail_bounce(report.as_bytes()).await.unwrap();
    for page in ["/institut", "/institut/post"] {
        let body = browser.get(page).await.body;
        assert!(body.contains("1 E-Mail ist gescheitert."), "{page}: {body}");
        assert!(body.contains("1 Einheit hat eine gesperrte Adresse"), "{page}: {body}");
    }
    // Where the address is marked there is nothing to be tried.
    let failed = "/institut/post/ausgang?zustand=failed";
    assert!(!browser.get(failed).await.body.contains("noch einmal versuchen"));
    let confirm = "/institut/fall/GS-3/kontakte/bestaetigen";
    assert_eq!(browser.post(confirm, &[("welle", "2008")]).await.status, 303);
    let page = browser.get(failed).await.body;
    assert!(page.contains("Die eine noch einmal versuchen"), "{page}");
    let form = |number| {
        [
            ("welle", "2008"),
            ("art", ""),
            ("schritt", ""),
            ("suche", ""),
            ("anzahl", number),
        ]
    };
    let changed = browser.post("/institut/post/ausgang", &form("2")).await;
    assert_eq!(changed.status, 409);
    assert!(
        changed.body.contains("Inzwischen ist es 1 E-Mail statt 2"),
        "{}",
        changed.body
    );
    assert_eq!(browser.post("/institut/post/ausgang", &form("1")).await.status, 303);
    let run = world.portal.mail_run(None, None).await.unwrap();
    let again: Vec<_> = run.sent.iter().map(|mail| (mail.kind, mail.login.as_str())).collect();
    assert!(again.contains(&(MailKind::Invitation, "GS-3")), "{again:?}");
    assert!(!browser.get("/institut").await.body.contains("gescheitert."));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_switch_stops_everything() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Staff(Role::Editor)).await;
    let pause = |on| [("welle", "2008"), ("an", on)];
    browser.post("/institut/post/pause", &pause("ja")).await;
    assert!(
        browser
            .get("/institut/post")
            .await
            .body
            .contains("Alles angehalten von")
    );
    world
        .browser()
        .post("/passwort-vergessen", &[("kennung", "GS-1")])
        .await;
    let refused = world.portal.mail_run(None, None).await.unwrap_err();
    assert!(refused.to_string().contains("angehalten"), "{refused}");
    world
        .portal
        .mail_round(false, &|| false, |_| panic!("nothing goes out"))
        .await
        .unwrap();
    browser.post("/institut/post/pause", &pause("nein")).await;
    let run = world.portal.mail_run(None, None).await.unwrap();
    assert!(
        run.sent.iter().any(|mail| mail.kind.name() == "neues-passwort"),
        "{run:?}"
    );
}
