//! Exports over HTTP: the form with scripts off, files as answers, who gets
//! names, what is refused and how.

use crate::page::forms;
use crate::world::{Person, World};
use portal::Role;

const PAGE: &str = "/institut/ergebnisse/export";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_format_comes_as_a_file_from_a_form_without_scripts() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Staff(Role::Viewer)).await;
    for (format, file, kind, begin) in [
        ("csv", "welle-2008.csv", "text/csv; charset=utf-8", "kennung;form;land;"),
        (
            "csv-de",
            "welle-2008-excel.csv",
            "text/csv; charset=utf-8",
            "\u{feff}kennung;",
        ),
        (
            "paradata",
            "welle-2008-paradaten.csv",
            "text/csv; charset=utf-8",
            "kennung;welle;",
        ),
        (
            "ddi",
            "welle-2008-codebuch.xml",
            "application/xml; charset=utf-8",
            "<?xml ",
        ),
        ("sav", "welle-2008.sav", "application/x-spss-sav", "$FL2"),
        ("dta", "welle-2008.dta", "application/x-stata-dta", "<stata_dta>"),
        (
            "xlsx",
            "welle-2008.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "PK",
        ),
    ] {
        let page = browser.get(&format!("{PAGE}?welle=2008")).await;
        let mut form = forms(&page.body)
            .into_iter()
            .find(|form| form.action == PAGE)
            .expect("the form");
        assert!(!form.has("namen"), "names are none of a viewer's business");
        form.set("format", format);
        let answer = form.post(&mut browser, None).await;
        assert_eq!(answer.status, 200, "{format}: {}", answer.body);
        assert_eq!(answer.header("content-type"), kind);
        let place = format!("attachment; filename=\"{file}\"");
        assert_eq!(answer.header("content-disposition"), place);
        assert!(answer.body.starts_with(begin), "{format}: {:?}", &answer.body[..40]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_are_refused_to_all_but_admins() {
    let world = World::new().await;
    let fields = [("was", "welle"), ("welle", "2008"), ("format", "csv"), ("namen", "ja")];
    for (role, status) in [(Role::Viewer, 403), (Role::Editor, 403), (Role::Admin, 200)] {
        let mut browser = world.signed_in(Person::Staff(role)).await;
        let answer = browser.post(PAGE, &fields).await;
        assert_eq!(answer.status, status, "{role}");
        assert_eq!(answer.body.contains("Cordelbach"), status == 200, "{role}");
        let has = browser.get(PAGE).await.body.contains("name=\"namen\"");
        assert_eq!(has, role == Role::Admin);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_is_said_in_german_and_the_choices_stay() {
    let world = World::new().await;
    let mut browser = world.signed_in(Person::Staff(Role::Editor)).await;
    let fields = [("was", "lang"), ("welle", "2008"), ("panel", "2008"), ("format", "sav")];
    let answer = browser.post(PAGE, &fields).await;
    assert_eq!(answer.status, 422);
    assert!(
        answer
            .body
            .contains("Ein Panel braucht mindestens zwei verschiedene Wellen.")
    );
    let mut form = forms(&answer.body)
        .into_iter()
        .find(|form| form.action == PAGE)
        .expect("the form");
    // Nothing but the layout has to be chosen again.
    form.set("was", "welle");
    let again = form.post(&mut browser, None).await;
    assert_eq!(
        again.header("content-disposition"),
        "attachment; filename=\"welle-2008.sav\""
    );
    for (fields, status) in [
        ([("was", "welle"), ("welle", "1999"), ("format", "csv")], 404),
        ([("was", "welle"), ("welle", "2008"), ("format", "pdf")], 400),
        ([("was", "alles"), ("welle", "2008"), ("format", "csv")], 400),
        ([("was", "welle"), ("welle", "2008"), ("fromat", "csv")], 400),
    ] {
        assert_eq!(browser.post(PAGE, &fields).await.status, status, "{fields:?}");
    }
}
