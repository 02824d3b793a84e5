//! The second step of signing in, as browsers meet it: its cookie, nothing
//! open before it, what was posted too late carried over it, and no way
//! around it where it is required.

use crate::client::Client;
use crate::page::forms;
use crate::world::{HOST, PASSWORD, Person, World};
use axum::Router;
use chrono::TimeDelta;
use portal::{BaseUrl, MailTarget, Portal, Role, Settings, StaffTotp};
use server::http::{AppState, router};
use server::jobs::Jobs;

const EDITOR: &str = "editor@iaw.example";
const SIGN_IN: [(&str, &str); 2] = [("kennung", EDITOR), ("passwort", PASSWORD)];

/// Another editor, with a password; what they sign in with.
async fn another(world: &World, login: &'static str) -> [(&'static str, &'static str); 2] {
    let link = world.portal.staff_add(login, Role::Editor).await.unwrap();
    let token = link.rsplit('/').next().unwrap();
    world.portal.set_password(token, PASSWORD, PASSWORD).await.unwrap();
    [("kennung", login), ("passwort", PASSWORD)]
}

/// Somebody who has given a password and owes a code.
pub(crate) async fn before_the_code(world: &World) -> Client {
    let fields = another(world, "codes@iaw.example").await;
    let mut browser = world.browser();
    browser.post("/anmelden", &fields).await;
    give_factor(world, browser).await;
    let mut browser = world.browser();
    assert_eq!(browser.post("/anmelden", &fields).await.location(), "/anmelden/code");
    browser
}

/// Somebody without a second step, where one is required.
pub(crate) async fn without_a_factor(world: &World) -> Client {
    let fields = another(world, "neu@iaw.example").await;
    let mut browser = Client::new(strict(world).await);
    assert_eq!(browser.post("/anmelden", &fields).await.location(), "/institut");
    browser
}

/// The same portal with a required second step.
async fn strict(world: &World) -> Router {
    let database = format!("sqlite:{}", world.dir.path().join("portal.db").display());
    let base_url = BaseUrl::parse(&format!("https://{HOST}")).unwrap();
    let mut settings = Settings::new(database, base_url, MailTarget::Dir(world.dir.path().join("post")));
    settings.staff_totp = StaffTotp::Required;
    let portal = Portal::open(settings, world.clock.clone()).await.unwrap();
    let operator = app::Operator::default();
    let state = AppState::new(portal, Vec::new(), operator, world.letters(), Jobs::default());
    state.changes().stop();
    router(&state)
}

/// Gives the editor a factor and returns the recovery codes.
async fn set_up(world: &World) -> Vec<String> {
    give_factor(world, world.signed_in(Person::Staff(Role::Editor)).await).await
}

async fn give_factor(world: &World, mut browser: Client) -> Vec<String> {
    let begun = browser
        .post("/institut/konto/zweiter-schritt", &[("passwort", PASSWORD)])
        .await;
    assert_eq!(
        (begun.status, begun.location()),
        (303, "/institut/konto/zweiter-schritt")
    );
    let page = browser.get("/institut/konto/zweiter-schritt").await.body;
    let key = between(&page, "<code class=\"key\">", "</code>").replace(' ', "");
    let wrong = browser
        .post("/institut/konto/zweiter-schritt/bestaetigen", &[("code", "12345")])
        .await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains(&page_key(&page)), "the key is still there");
    let secret = totp_rs::Secret::try_from_base32(key).unwrap();
    let app = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let seconds = u64::try_from(world.clock.now().timestamp()).unwrap();
    let code = app.generate(seconds).to_string();
    let mut before = browser.clone();
    let shown = browser
        .post("/institut/konto/zweiter-schritt/bestaetigen", &[("code", &code)])
        .await;
    assert_eq!(shown.status, 200);
    assert_eq!(
        before.get("/institut").await.status,
        303,
        "the cookie of before is nobody's"
    );
    assert_eq!(browser.get("/institut").await.status, 200);
    let list = between(&shown.body, "<ul class=\"codes\">", "</ul>");
    let codes: Vec<String> = list
        .split("<code>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10);
    codes
}

#[tokio::test]
async fn another_password_comes_with_another_cookie() {
    let world = World::new().await;
    let cases = [
        (Person::Unit("GS-1"), "/befragung/konto", "/befragung"),
        (Person::Staff(Role::Viewer), "/institut/konto", "/institut"),
    ];
    for (person, own, home) in cases {
        let mut browser = world.signed_in(person).await;
        let mut before = browser.clone();
        let new = "ein ziemlich langer Satz";
        let fields = [("passwort0", PASSWORD), ("passwort", new), ("passwort2", new)];
        let changed = browser.post(&format!("{own}/passwort"), &fields).await;
        assert_eq!(changed.location(), format!("{own}?meldung=passwort-geaendert"));
        assert_eq!(browser.get(home).await.status, 200, "{home}");
        assert_eq!(before.get(home).await.status, 303, "{home} with the cookie of before");
    }
}

#[tokio::test]
async fn the_password_alone_changes_nothing_about_a_factor_in_use() {
    let world = World::new().await;
    let codes = set_up(&world).await;
    let mut browser = world.browser();
    browser.post("/anmelden", &SIGN_IN).await;
    browser.post("/anmelden/code", &[("code", &codes[0])]).await;
    for path in [
        "/institut/konto/zweiter-schritt",
        "/institut/konto/zweiter-schritt/entfernen",
        "/institut/konto/codes",
    ] {
        for code in ["", &codes[0]] {
            let answer = browser.post(path, &[("passwort", PASSWORD), ("code", code)]).await;
            assert_eq!(answer.status, 422, "{path} {code}");
            assert!(answer.body.contains("href=\"#code\""), "{path}: {}", answer.body);
            assert!(answer.body.contains("name=\"code\""), "{path}: {}", answer.body);
        }
    }
    let right = [("passwort", PASSWORD), ("code", codes[1].as_str())];
    let shown = browser.post("/institut/konto/codes", &right).await;
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("alle früheren gelten nicht mehr"), "{}", shown.body);
}

fn page_key(page: &str) -> String {
    between(page, "<code class=\"key\">", "</code>")
}

fn between(text: &str, start: &str, end: &str) -> String {
    let rest = text.split_once(start).unwrap().1;
    rest.split_once(end).unwrap().0.to_owned()
}

#[tokio::test]
async fn the_password_alone_opens_nothing() {
    let world = World::new().await;
    let codes = set_up(&world).await;
    let mut browser = world.browser();
    let answer = browser.post("/anmelden", &SIGN_IN).await;
    assert_eq!((answer.status, answer.location()), (303, "/anmelden/code"));
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-ruecklauf-code="), "{cookie}");
    for flag in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure", "Max-Age=600"] {
        assert!(cookie.contains(flag), "{flag}: {cookie}");
    }
    assert_eq!(browser.get("/institut").await.status, 303, "no session yet");
    // The waiting token is no session under the session's name either.
    let mut disguised = browser.clone();
    disguised.cookie = browser.cookie.as_ref().map(|pair| pair.replace("-code=", "="));
    assert_eq!(disguised.get("/institut").await.status, 303);

    let wrong = browser.post("/anmelden/code", &[("code", "000000")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("stimmt nicht"), "{}", wrong.body);
    let right = browser
        .post("/anmelden/code", &[("code", &codes[0]), ("weiter", "/institut/post")])
        .await;
    assert_eq!((right.status, right.location()), (303, "/institut/post"));
    let cookies: Vec<_> = right
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|one| one.to_str().unwrap())
        .collect();
    assert_eq!(cookies.len(), 2, "one goes, the other comes: {cookies:?}");
    assert_eq!(browser.get("/institut/post").await.status, 200);
    assert_eq!(
        world
            .browser()
            .post("/anmelden/code", &[("code", &codes[1])])
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn guessing_codes_is_slowed_down_and_says_until_when() {
    let world = World::new().await;
    set_up(&world).await;
    let mut browser = world.browser();
    browser.post("/anmelden", &SIGN_IN).await;
    for n in 0..5 {
        let answer = browser.post("/anmelden/code", &[("code", "000000")]).await;
        assert_eq!(answer.status, 422, "{n}");
    }
    let shut = browser.post("/anmelden/code", &[("code", "000000")]).await;
    assert_eq!(shut.status, 429);
    assert!(shut.header("retry-after").parse::<u64>().unwrap() > 0);
    world.clock.advance(TimeDelta::minutes(11));
    let late = browser.post("/anmelden/code", &[("code", "000000")]).await;
    assert_eq!(late.status, 401, "it took too long: from the start");
    assert!(late.body.contains("name=\"passwort\""), "{}", late.body);
}

#[tokio::test]
async fn what_was_posted_too_late_is_carried_over_both_steps() {
    let world = World::new().await;
    let codes = set_up(&world).await;
    let mut browser = world.browser();
    let letter = [("welle", "2008"), ("art", "anruf"), ("notiz", "Ruft am Montag zurück")];
    let late = browser.post("/institut/fall/GS-1/kontakte/notiz", &letter).await;
    assert_eq!(late.status, 401);
    let mut first = form_of(&late.body, "/anmelden");
    first.set("kennung", EDITOR);
    first.set("passwort", PASSWORD);
    let second = first.post(&mut browser, None).await;
    assert_eq!(second.status, 200);
    assert!(second.body.contains("Ruft am Montag zurück"));
    let mut step = form_of(&second.body, "/anmelden/code");
    step.set("code", "000000");
    let wrong = step.post(&mut browser, None).await;
    assert_eq!(wrong.status, 422);
    let mut step = form_of(&wrong.body, "/anmelden/code");
    step.set("code", &codes[2]);
    let offered = step.post(&mut browser, None).await;
    assert_eq!(offered.status, 200);
    let again = form_of(&offered.body, "/institut/fall/GS-1/kontakte/notiz");
    let done = again.post(&mut browser, None).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let page = browser.get("/institut/fall/GS-1/kontakte?welle=2008").await;
    assert!(page.body.contains("Ruft am Montag zurück"));
}

fn form_of(page: &str, action: &str) -> crate::page::Form {
    forms(page).into_iter().find(|form| form.action == action).unwrap()
}

#[tokio::test]
async fn passwords_are_never_carried_along() {
    let world = World::new().await;
    let mut browser = world.browser();
    for path in ["/institut/konto/passwort", "/befragung/konto/passwort"] {
        let answer = browser
            .post(path, &[("passwort0", "mein geheimes Passwort"), ("passwort", "x")])
            .await;
        assert_eq!(answer.status, 303);
        assert!(
            answer.location().starts_with("/anmelden?weiter="),
            "{}",
            answer.location()
        );
        assert!(!answer.body.contains("geheimes"));
    }
}

#[tokio::test]
async fn where_it_is_required_nothing_else_is_reached() {
    let world = World::new().await;
    let strict = strict(&world).await;
    let mut browser = Client::new(strict.clone());
    assert_eq!(browser.post("/anmelden", &SIGN_IN).await.location(), "/institut");
    for path in [
        "/institut",
        "/institut/post",
        "/institut/verwaltung",
        "/institut/fall/GS-1",
    ] {
        let answer = browser.get(path).await;
        assert_eq!(
            (answer.status, answer.location()),
            (303, "/institut/konto/zweiter-schritt"),
            "{path}"
        );
    }
    let posted = browser
        .post("/institut/post/pause", &[("an", "ja"), ("welle", "2008")])
        .await;
    assert_eq!(posted.location(), "/institut/konto/zweiter-schritt");
    let own = browser.get("/institut/konto/zweiter-schritt").await;
    assert_eq!(own.status, 200);
    assert!(own.body.contains("vorgeschrieben"));
    assert_eq!(browser.get("/institut/konto").await.status, 200);
    // Set up and signed in with a code, everything is open.
    let codes = set_up(&world).await;
    let mut fresh = Client::new(strict.clone());
    fresh.post("/anmelden", &SIGN_IN).await;
    assert_eq!(fresh.get("/institut").await.location(), "/anmelden?weiter=%2Finstitut");
    let signed = fresh.post("/anmelden/code", &[("code", &codes[0])]).await;
    assert_eq!((signed.status, signed.location()), (303, "/institut"));
    for path in ["/institut", "/institut/post", "/institut/fall/GS-1"] {
        assert_eq!(fresh.get(path).await.status, 200, "{path}");
    }
    // Offices have their mailbox.
    let mut office = Client::new(strict.clone());
    office
        .post("/anmelden", &[("kennung", "GS-1"), ("passwort", PASSWORD)])
        .await;
    assert_eq!(office.get("/befragung").await.status, 200);
}

#[tokio::test]
async fn a_store_that_does_not_answer_gives_no_password_back() {
    let world = World::new().await;
    let mut browser = world.signed_in(crate::world::Person::Unit("GS-1")).await;
    let mut staff = world.signed_in(crate::world::Person::Staff(Role::Editor)).await;
    world.portal.close().await;
    let fields = [
        ("passwort0", "mein geheimes Passwort"),
        ("passwort", "mein geheimes neues"),
        ("passwort2", "mein geheimes neues"),
    ];
    let kept = browser.post("/befragung/D", &[("D1_ue", "geheimes")]).await;
    assert_eq!(kept.status, 503);
    assert!(kept.body.contains("geheimes"), "answers come back: {}", kept.body);
    for path in ["/befragung/konto/passwort", "/befragung/konto/andere"] {
        let answer = browser.post(path, &fields).await;
        assert_eq!(answer.status, 503, "{path}");
        assert!(!answer.body.contains("geheimes"), "{path}: {}", answer.body);
    }
    for path in [
        "/institut/konto/passwort",
        "/institut/konto/zweiter-schritt",
        "/zugang/x",
        "/anmelden",
    ] {
        let answer = staff.post(path, &fields).await;
        assert!(!answer.body.contains("geheimes"), "{path}: {}", answer.body);
    }
}
