//! Colleagues: invited, at work on their modules alone, withdrawn.

use crate::support::{World, changes, count, story};
use portal::{
    ColleagueError, ColleagueForm, ConfirmError, Explanation, MailKind, NewPoint, NewQuery, QueryAnswers, QueryError,
    Role, SaveError, Session, SubmitError,
};

const UTE: &str = "ute.kern@cordelbach.example";
const PASSWORD: &str = "blauer Elefant am See";

fn form(email: &str, modules: &[&str]) -> ColleagueForm {
    ColleagueForm {
        name: "Ute Kern".into(),
        email: email.into(),
        modules: modules.iter().map(|letter| (*letter).to_owned()).collect(),
        all: false,
        deputy: false,
    }
}

/// Invites somebody, follows the link and signs in.
async fn invited(world: &World, head: &Session, form: &ColleagueForm) -> Session {
    world.portal.colleague_invite(head, form).await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    let token = world.mail("einladung-kollege", &form.email).token();
    world.portal.set_password(&token, PASSWORD, PASSWORD).await.unwrap();
    world.sign_in(&form.email).await
}

fn fields(result: Result<(), ColleagueError>) -> Vec<String> {
    match result {
        Err(ColleagueError::Invalid(list)) => list.into_iter().map(|one| one.field).collect(),
        other => panic!("{other:?}"),
    }
}

story!(a_colleague_works_on_the_granted_modules_alone, world => {
    world.in_the_field().await;
    let head = world.office("GS-1").await;
    let portal = &world.portal;
    portal.colleague_invite(&head, &form(UTE, &["B", "D"])).await.unwrap();
    portal.mail_run(None, None).await.unwrap();
    let mail = world.mail("einladung-kollege", UTE);
    let token = mail.token();
    insta::assert_snapshot!("einladung-kollege", format!("An: {}\nBetreff: {}\n\n{}", mail.to, mail.subject, mail.body.replace(&token, "TOKEN")));
    portal.set_password(&token, PASSWORD, PASSWORD).await.unwrap();
    let ute = world.sign_in(UTE).await;
    portal.save(&ute, &changes(&[("B1", "499"), ("D1_ue", "1")], 0)).await.unwrap();
    let refused = portal.save(&ute, &changes(&[("B2", "10"), ("A1", "1")], 0)).await;
    assert!(matches!(refused, Err(SaveError::NotYours(item)) if item == "A1"));
    assert!(portal.history(&ute, "B2").await.unwrap().is_empty(), "nothing of a refused save is kept");
    portal.save(&head, &changes(&[("A3", "51")], 0)).await.unwrap();
    assert!(matches!(portal.confirm(&ute, "A3_s1", "Großer Landkreis.").await, Err(ConfirmError::NotYours(_))));
    portal.confirm(&head, "A3_s1", "Großer Landkreis.").await.unwrap();
    assert!(portal.confirmations(&ute).await.unwrap().is_empty());
    assert!(portal.history(&ute, "A3").await.unwrap().is_empty());
    assert_eq!(portal.history(&head, "B1").await.unwrap()[0].by, "Ute Kern");
    world.complete(&head).await;
    assert!(matches!(portal.submit(&ute).await, Err(SubmitError::HeadOnly)));
    for refused in [
        portal.colleagues(&ute).await.map(drop),
        portal.colleague_invite(&ute, &form("jan@x.example", &["B"])).await,
    ] {
        assert!(matches!(refused, Err(ColleagueError::HeadOnly)));
    }
    // Named deputy, the same person may hand in.
    let id = portal.colleagues(&head).await.unwrap()[0].id.clone();
    let deputy = ColleagueForm { deputy: true, ..ColleagueForm::default() };
    portal.colleague_change(&head, &id, &deputy).await.unwrap();
    let ute = world.sign_in(UTE).await;
    portal.confirm(&ute, "A3_s1", "Großer Landkreis.").await.unwrap();
    portal.submit(&ute).await.unwrap();
    let actions = "SELECT COUNT(*) FROM audit WHERE action IN ('colleague_invited', 'colleague_changed')";
    assert_eq!(count(&world.settings.database_url, actions).await, 2);
});

story!(withdrawn_the_access_ends_at_once_and_what_was_typed_stays, world => {
    world.in_the_field().await;
    let head = world.office("GS-1").await;
    let portal = &world.portal;
    portal.colleague_invite(&head, &form(UTE, &["B"])).await.unwrap();
    portal.mail_run(None, None).await.unwrap();
    let token = world.mail("einladung-kollege", UTE).token();
    portal.set_password(&token, PASSWORD, PASSWORD).await.unwrap();
    let new = portal.sign_in(UTE, PASSWORD, crate::support::HERE).await.unwrap();
    portal.save(&new.session, &changes(&[("B1", "5.000")], 0)).await.unwrap();
    let id = portal.colleagues(&head).await.unwrap()[0].id.clone();
    let other = world.invited("GS-2").await;
    assert!(matches!(portal.colleague_withdraw(&other, &id).await, Err(ColleagueError::NotFound)), "another office's");
    portal.colleague_withdraw(&head, &id).await.unwrap();
    assert!(portal.session(&new.token).await.unwrap().is_none());
    assert!(portal.sign_in(UTE, PASSWORD, crate::support::HERE).await.is_err());
    let case = portal.case_of(&head).await.unwrap().unwrap();
    assert_eq!(case.answers[0].by, "Ute Kern");
    assert!(matches!(portal.colleague_resend(&head, &id).await, Err(ColleagueError::NotFound)));
    // Invited again, whoever reads that mailbox by now sets a password of their own.
    portal.colleague_invite(&head, &form(UTE, &["C"])).await.unwrap();
    assert!(portal.sign_in(UTE, PASSWORD, crate::support::HERE).await.is_err(), "the password of before");
    portal.mail_run(None, None).await.unwrap();
    let token = world.mail("einladung-kollege", UTE).token();
    portal.set_password(&token, PASSWORD, PASSWORD).await.unwrap();
    let ute = world.sign_in(UTE).await;
    assert!(matches!(portal.save(&ute, &changes(&[("B2", "1")], 0)).await, Err(SaveError::NotYours(_))));
    let staff = world.staff(Role::Editor).await;
    assert_eq!(portal.office_colleagues(&staff, 2008, "GS-1").await.unwrap().len(), 1);
    assert_eq!(portal.office_colleagues(&staff, 2008, "GS-2").await.unwrap().len(), 0);
    portal.office_colleague_withdraw(&staff, 2008, "GS-1", &id).await.unwrap();
    assert!(portal.office_colleague_withdraw(&staff, 2008, "GS-2", &id).await.is_err());
    assert!(portal.sign_in(UTE, PASSWORD, crate::support::HERE).await.is_err());
});

story!(invitations_are_checked_and_limited, world => {
    world.in_the_field().await;
    let head = world.office("GS-1").await;
    let other = world.invited("GS-2").await;
    world.staff(Role::Viewer).await;
    let portal = &world.portal;
    let nothing = ColleagueForm::default();
    assert_eq!(fields(portal.colleague_invite(&head, &nothing).await), ["name", "email", "abschnitte"]);
    assert_eq!(fields(portal.colleague_invite(&head, &form("keine Adresse", &["Q"])).await), ["email", "abschnitte"]);
    assert_eq!(fields(portal.colleague_invite(&head, &form("Eva@cordelbach.example", &["B"])).await), ["email"]);
    assert_eq!(fields(portal.colleague_invite(&head, &form("viewer@iaw.example", &["B"])).await), ["email"]);
    portal.colleague_invite(&other, &form("wer@aehren.example", &["B"])).await.unwrap();
    assert_eq!(fields(portal.colleague_invite(&head, &form("WER@aehren.example", &["B"])).await), ["email"]);
    portal.colleague_invite(&head, &form(UTE, &["B"])).await.unwrap();
    assert_eq!(fields(portal.colleague_invite(&head, &form(UTE, &["C"])).await), ["email"], "twice");
    let id = portal.colleagues(&head).await.unwrap()[0].id.clone();
    for _ in 0..2 {
        portal.colleague_resend(&head, &id).await.unwrap();
    }
    assert!(matches!(portal.colleague_resend(&head, &id).await, Err(ColleagueError::Refused(_))), "three an hour");
    for n in 1..20 {
        portal.colleague_invite(&head, &form(&format!("nummer{n}@cordelbach.example"), &["B"])).await.unwrap();
    }
    let too_many = portal.colleague_invite(&head, &form("nummer20@cordelbach.example", &["B"])).await;
    assert!(matches!(too_many, Err(ColleagueError::Refused(_))));
    let run = portal.mail_run(None, None).await.unwrap();
    assert!(run.failed.is_empty(), "{:?}", run.failed);
});

story!(a_rueckfrage_reaches_those_whose_modules_it_is_about, world => {
    world.in_the_field().await;
    let head = world.office("GS-1").await;
    let portal = &world.portal;
    let ute = invited(&world, &head, &form(UTE, &["B"])).await;
    let kai = invited(&world, &head, &form("kai@cordelbach.example", &["C"])).await;
    world.complete(&head).await;
    portal.submit(&head).await.unwrap();
    let staff = world.staff(Role::Editor).await;
    let point = |item: &str| NewPoint { items: vec![item.into()], question: format!("Stimmt {item}?"), ..NewPoint::default() };
    let new = NewQuery { points: vec![point("B1"), point("A3")], due: "2008-01-23".into() };
    portal.query_open(&staff, 2008, "GS-1", &new).await.unwrap();
    let run = portal.mail_run(None, None).await.unwrap();
    let told: Vec<_> = run.sent.iter().filter(|mail| mail.kind == MailKind::Query).map(|mail| mail.recipient.as_str()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.contains(&"eva@cordelbach.example") && told.contains(&UTE));
    let mail = world.mail("rueckfrage", UTE);
    assert!(mail.body.contains("Stimmt B1?") && !mail.body.contains("Stimmt A3?"), "{}", mail.body);
    let open = portal.open_query(&ute).await.unwrap().unwrap();
    assert_eq!((open.query.points.len(), open.may_send), (1, false));
    assert!(portal.open_query(&kai).await.unwrap().unwrap().query.points.is_empty());
    let say = |place: i32| QueryAnswers {
        explanations: vec![Explanation { place, text: "Stimmt so.".into(), revision: 0 }],
        ..QueryAnswers::default()
    };
    let id = open.query.id;
    portal.query_save(&ute, &id, &say(1)).await.unwrap();
    for (who, place) in [(&ute, 2), (&kai, 1)] {
        assert!(matches!(portal.query_save(who, &id, &say(place)).await, Err(QueryError::NotAsked(_))));
    }
    portal.query_save(&head, &id, &say(2)).await.unwrap();
    assert!(matches!(portal.query_answer(&ute, &id).await, Err(QueryError::HeadOnly)));
    portal.query_answer(&head, &id).await.unwrap();
});

story!(a_deputy_who_is_none_any_more_hands_nothing_in, world => {
    world.in_the_field().await;
    let head = world.office("GS-1").await;
    let portal = &world.portal;
    let deputy = ColleagueForm { deputy: true, ..form(UTE, &[]) };
    let ute = invited(&world, &head, &deputy).await;
    world.complete(&head).await;
    let id = portal.colleagues(&head).await.unwrap()[0].id.clone();
    // Each time the request had been let in a moment before.
    portal.colleague_change(&head, &id, &form(UTE, &["B"])).await.unwrap();
    assert!(matches!(portal.submit(&ute).await, Err(SubmitError::HeadOnly)), "lowered");
    portal.colleague_change(&head, &id, &deputy).await.unwrap();
    portal.colleague_withdraw(&head, &id).await.unwrap();
    assert!(matches!(portal.submit(&ute).await, Err(SubmitError::HeadOnly)), "withdrawn");
    portal.submit(&head).await.unwrap();
    let staff = world.staff(Role::Editor).await;
    let point = NewPoint { items: vec!["B1".into()], question: "Stimmt B1?".into(), ..NewPoint::default() };
    portal.query_open(&staff, 2008, "GS-1", &NewQuery { points: vec![point], due: "2008-01-23".into() }).await.unwrap();
    let id = portal.open_query(&head).await.unwrap().unwrap().query.id;
    assert!(matches!(portal.query_answer(&ute, &id).await, Err(QueryError::HeadOnly)), "nor an answer");
});

story!(nobody_finds_out_what_stands_in_modules_of_others, world => {
    world.in_the_field().await;
    let head = world.office("GS-1").await;
    let portal = &world.portal;
    let ute = invited(&world, &head, &form(UTE, &["B"])).await;
    world.complete(&head).await;
    portal.submit(&head).await.unwrap();
    let staff = world.staff(Role::Editor).await;
    let point = |item: &str| NewPoint { items: vec![item.into()], question: format!("Stimmt {item}?"), ..NewPoint::default() };
    let new = NewQuery { points: vec![point("B1"), point("A3")], due: "2008-01-23".into() };
    portal.query_open(&staff, 2008, "GS-1", &new).await.unwrap();
    let open = portal.open_query(&ute).await.unwrap().unwrap();
    assert_eq!(open.lack.unanswered, [1], "of their own points alone");
    let case = portal.case_of(&head).await.unwrap().unwrap();
    let a3 = case.answers.iter().find(|answer| answer.item == "A3").unwrap();
    for guess in [a3.entry.clone(), None] {
        let change = portal::ItemChange { item: "A3".into(), base_revision: a3.revision, entry: guess };
        let guessed = QueryAnswers { changes: vec![change], ..QueryAnswers::default() };
        let answer = portal.query_save(&ute, &open.query.id, &guessed).await;
        assert!(matches!(answer, Err(QueryError::NotAsked(_))), "right or wrong: {answer:?}");
    }
});
