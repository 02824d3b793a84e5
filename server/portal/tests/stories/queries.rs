//! Rückfragen: asked, answered once, closed; withdrawn; reminded of.

use crate::support::{World, changes, count, moment, story};
use chrono::TimeDelta;
use portal::{
    Decision, Explanation, FormError, ItemChange, MailKind, NewPoint, NewQuery, QueryAnswers, QueryError, QueryFilter,
    QueryOutcome, QueryState, Role, SaveError, Session, StaffError,
};
use survey::status::Status;

/// A Rückfrage about single items, each with a text.
fn about(points: &[(&str, &str)], due: &str) -> NewQuery {
    let point = |(item, question): &(&str, &str)| NewPoint {
        field: format!("frage__{item}"),
        items: vec![(*item).to_owned()],
        question: (*question).to_owned(),
        edit: None,
    };
    NewQuery {
        points: points.iter().map(point).collect(),
        due: due.to_owned(),
    }
}

/// An office that has handed in, and an editor.
async fn handed_in(world: &World) -> (Session, Session) {
    world.in_the_field().await;
    let office = world.office("GS-1").await;
    world.complete(&office).await;
    world.portal.submit(&office).await.unwrap();
    let staff = world.staff(Role::Editor).await;
    (office, staff)
}

async fn status(world: &World, office: &Session) -> Status {
    world.portal.case_of(office).await.unwrap().unwrap().status
}

async fn revision(world: &World, office: &Session, item: &str) -> i64 {
    let case = world.portal.case_of(office).await.unwrap().unwrap();
    case.answers
        .iter()
        .find(|answer| answer.item == item)
        .map_or(0, |answer| answer.revision)
}

async fn change(world: &World, office: &Session, item: &str, text: &str) -> ItemChange {
    let mut change = changes(&[(item, text)], 0).remove(0);
    change.base_revision = revision(world, office, item).await;
    change
}

fn explained(place: i32, text: &str) -> Vec<Explanation> {
    vec![Explanation {
        place,
        text: text.to_owned(),
        revision: 0,
    }]
}

story!(an_office_corrects_what_it_is_asked_about_and_sends_it_once, world => {
    let (office, staff) = handed_in(&world).await;
    let portal = &world.portal;
    let first = portal.case_of(&office).await.unwrap().unwrap().receipt.unwrap();
    let new = about(&[("B2", "Ist die Zahl richtig?"), ("B1", "Wirklich 5.000?")], "2008-01-23");
    assert_eq!(portal.query_open(&staff, 2008, "GS-1", &new).await.unwrap(), 1);
    assert_eq!(status(&world, &office).await, Status::Query);
    let again = portal.query_open(&staff, 2008, "GS-1", &new).await;
    assert!(matches!(again, Err(FormError::Staff(StaffError::Refused(_)))), "one at a time");

    let open = portal.open_query(&office).await.unwrap().unwrap();
    assert!(open.may_send);
    let id = open.query.id.clone();
    let asked: Vec<_> = open.query.points.iter().map(|point| (point.place, point.items[0].as_str())).collect();
    assert_eq!(asked, [(1, "B2"), (2, "B1")]);
    // Everything else stays locked, on every way.
    let refused = portal.save(&office, &changes(&[("B1", "4.000")], 0)).await;
    assert!(matches!(refused, Err(SaveError::Barred(_))));
    let other = QueryAnswers { changes: vec![change(&world, &office, "B3", "1").await], ..QueryAnswers::default() };
    let refused = portal.query_save(&office, &id, &other).await;
    assert!(matches!(refused, Err(QueryError::NotAsked(item)) if item == "B3"));
    assert!(matches!(portal.submit(&office).await, Ok(receipt) if receipt == first), "handing in changes nothing");

    // A control that only shows what stands is no change.
    let mixed = QueryAnswers {
        changes: vec![change(&world, &office, "B3", "3.600").await, change(&world, &office, "B1", "5.100").await],
        ..QueryAnswers::default()
    };
    portal.query_save(&office, &id, &mixed).await.unwrap();
    let Err(QueryError::Open(lack)) = portal.query_answer(&office, &id).await else { panic!() };
    assert_eq!((lack.unanswered.as_slice(), lack.findings.len()), ([1].as_slice(), 0));
    let words = QueryAnswers { explanations: explained(1, "Aus der Statistik der BA."), ..QueryAnswers::default() };
    portal.query_save(&office, &id, &words).await.unwrap();
    // What is only typed counts nowhere yet.
    assert_eq!(portal.case_of(&office).await.unwrap().unwrap().receipt.as_ref(), Some(&first));

    let receipt = portal.query_answer(&office, &id).await.unwrap();
    assert_ne!(receipt.fingerprint, first.fingerprint);
    assert_eq!(portal.query_answer(&office, &id).await.unwrap(), receipt, "once more is the same");
    assert_eq!(status(&world, &office).await, Status::Usable);
    assert!(portal.open_query(&office).await.unwrap().is_none());
    let detail = portal.case_detail(&staff, 2008, "GS-1").await.unwrap();
    assert_eq!(detail.submissions, [receipt, first], "the earlier one is kept");
    assert!(detail.classification.is_some());
    let reasons: Vec<_> = detail.events.iter().filter_map(|event| event.reason.as_deref()).collect();
    assert_eq!(reasons, ["Rückfrage 1 zu B2, B1", "Rückfrage 1 beantwortet"]);

    let query = portal.case_queries(&staff, 2008, "GS-1").await.unwrap().remove(0);
    assert_eq!(query.state, QueryState::Answered);
    let changed: Vec<_> = query.points.iter().map(|point| (point.is_changed(), point.explanation.as_str())).collect();
    assert_eq!(changed, [(false, "Aus der Statistik der BA."), (true, "")]);
    portal.query_close(&staff, 2008, "GS-1", 1, "").await.unwrap();
    assert!(portal.query_close(&staff, 2008, "GS-1", 1, "").await.is_err(), "closed once");
    let query = portal.case_queries(&staff, 2008, "GS-1").await.unwrap().remove(0);
    assert_eq!((query.state, query.outcome), (QueryState::Closed, Some(QueryOutcome::Accepted)));
    let verified = portal.verify(|_, _| {}).await.unwrap();
    assert_eq!(verified.damage, []);
});

story!(twenty_answers_at_once_are_one, world => {
    let (office, staff) = handed_in(&world).await;
    world.portal.query_open(&staff, 2008, "GS-1", &about(&[("B1", "Stimmt das?")], "2008-01-23")).await.unwrap();
    let id = world.portal.open_query(&office).await.unwrap().unwrap().query.id;
    let words = QueryAnswers { explanations: explained(1, "Ja, stimmt."), ..QueryAnswers::default() };
    world.portal.query_save(&office, &id, &words).await.unwrap();
    let other = world.another_portal().await;
    let tasks: Vec<_> = (0..20).map(|n| {
        let portal = if n % 2 == 0 { world.portal.clone() } else { other.clone() };
        let (office, id) = (office.clone(), id.clone());
        tokio::spawn(async move { portal.query_answer(&office, &id).await })
    }).collect();
    let mut receipts = Vec::new();
    for task in tasks {
        receipts.push(task.await.unwrap().unwrap().number);
    }
    receipts.dedup();
    assert_eq!(receipts.len(), 1);
    let detail = world.portal.case_detail(&staff, 2008, "GS-1").await.unwrap();
    assert_eq!(detail.submissions.len(), 2);
});

story!(a_changed_answer_brings_what_follows_from_it, world => {
    let (office, staff) = handed_in(&world).await;
    let portal = &world.portal;
    portal.query_open(&staff, 2008, "GS-1", &about(&[("D1_ue", "Haben Sie kein Fallmanagement?")], "2008-01-23")).await.unwrap();
    let open = portal.open_query(&office).await.unwrap().unwrap();
    let id = open.query.id.clone();
    assert_eq!(open.scope.questions().count(), 1);
    let answers = QueryAnswers { changes: vec![change(&world, &office, "D1_ue", "2").await], ..QueryAnswers::default() };
    portal.query_save(&office, &id, &answers).await.unwrap();
    let open = portal.open_query(&office).await.unwrap().unwrap();
    let instrument = portal.case_of(&office).await.unwrap().unwrap().instrument;
    let opened: Vec<_> = open.scope.questions().map(|(question, _)| instrument[question].id.clone()).collect();
    assert!(opened.len() > 1, "{opened:?}");
    let Err(QueryError::Open(lack)) = portal.query_answer(&office, &id).await else { panic!() };
    assert!(lack.unanswered.is_empty() && !lack.findings.is_empty());
    // What was opened may be answered, and only on this way.
    let mut further = Vec::new();
    for (question, _) in open.scope.questions() {
        let entry = &instrument[question];
        if entry.id == "D1_ue" { continue; }
        for item in &entry.items {
            let typed = if entry.options.is_empty() { "1" } else { &*entry.options[0].code.to_string() };
            further.push(change(&world, &office, &instrument[*item].id, typed).await);
        }
    }
    assert!(portal.save(&office, &further).await.is_err());
    portal.query_save(&office, &id, &QueryAnswers { changes: further, ..QueryAnswers::default() }).await.unwrap();
    // Changed back, nothing of it is left.
    let back = QueryAnswers {
        changes: vec![change(&world, &office, "D1_ue", "1").await],
        explanations: explained(1, "Doch, wir haben eines."),
        ..QueryAnswers::default()
    };
    portal.query_save(&office, &id, &back).await.unwrap();
    let first = portal.case_detail(&staff, 2008, "GS-1").await.unwrap().submissions.remove(0);
    let receipt = portal.query_answer(&office, &id).await.unwrap();
    assert_eq!(receipt.fingerprint, first.fingerprint, "the same answers, another receipt");
    assert_ne!(receipt.number, first.number);
});

story!(withdrawn_everything_is_as_it_was_handed_in, world => {
    let (office, staff) = handed_in(&world).await;
    let portal = &world.portal;
    portal.query_open(&staff, 2008, "GS-1", &about(&[("B1", "Stimmt das?")], "23.01.2008")).await.unwrap();
    let id = portal.open_query(&office).await.unwrap().unwrap().query.id;
    let answers = QueryAnswers { changes: vec![change(&world, &office, "B1", "4.900").await], ..QueryAnswers::default() };
    portal.query_save(&office, &id, &answers).await.unwrap();
    let no_reason = portal.query_withdraw(&staff, 2008, "GS-1", 1, "  ").await;
    assert!(matches!(no_reason, Err(FormError::Invalid(list)) if list[0].field == "grund"));
    portal.query_withdraw(&staff, 2008, "GS-1", 1, "Hat sich am Telefon geklärt").await.unwrap();
    assert_eq!(status(&world, &office).await, Status::Usable);
    let case = portal.case_of(&office).await.unwrap().unwrap();
    let b1 = case.answers.iter().find(|answer| answer.item == "B1").unwrap();
    assert_eq!(b1.entry, Some(survey::Entry::Given("5.000".into())));
    let typed = portal.history(&office, "B1").await.unwrap();
    assert!(typed.iter().any(|one| one.entry == Some(survey::Entry::Given("4.900".into()))), "nothing is lost");
    assert!(matches!(portal.query_answer(&office, &id).await, Err(QueryError::Gone)));
    assert!(matches!(portal.query_save(&office, &id, &answers).await, Err(QueryError::Gone)));
    assert!(portal.query_withdraw(&staff, 2008, "GS-1", 1, "Noch einmal").await.is_err());
    let run = portal.mail_run(None, Some(moment("2008-01-25T10:00"))).await.unwrap();
    assert!(run.sent.iter().all(|mail| !matches!(mail.kind, MailKind::Query | MailKind::QueryReminder)));

    // Rejected before, rejected after.
    portal.decide(&staff, 2008, "GS-1", Decision::Unusable, "Zweifel an B1").await.unwrap();
    portal.query_open(&staff, 2008, "GS-1", &about(&[("B1", "Wirklich?")], "2008-01-24")).await.unwrap();
    portal.query_withdraw(&staff, 2008, "GS-1", 2, "Irrtum").await.unwrap();
    assert_eq!(status(&world, &office).await, Status::Unusable);
    // Answered, what staff had rejected stays with staff.
    portal.query_open(&staff, 2008, "GS-1", &about(&[("B1", "Wirklich?")], "2008-01-24")).await.unwrap();
    let id = portal.open_query(&office).await.unwrap().unwrap().query.id;
    let words = QueryAnswers { explanations: explained(1, "Ja, wirklich."), ..QueryAnswers::default() };
    portal.query_save(&office, &id, &words).await.unwrap();
    portal.query_answer(&office, &id).await.unwrap();
    assert_eq!(status(&world, &office).await, Status::Submitted);
    assert_eq!(portal.verify(|_, _| {}).await.unwrap().damage, []);
});

story!(deciding_without_waiting_ends_the_question, world => {
    let (office, staff) = handed_in(&world).await;
    let portal = &world.portal;
    for (decision, reopened) in [(Decision::Usable, false), (Decision::Reopen, true)] {
        portal.query_open(&staff, 2008, "GS-1", &about(&[("B1", "Stimmt das?")], "2008-01-23")).await.unwrap();
        let id = portal.open_query(&office).await.unwrap().unwrap().query.id;
        let answers = QueryAnswers { changes: vec![change(&world, &office, "B1", "4.900").await], ..QueryAnswers::default() };
        portal.query_save(&office, &id, &answers).await.unwrap();
        portal.decide(&staff, 2008, "GS-1", decision, "Ohne Antwort").await.unwrap();
        let case = portal.case_of(&office).await.unwrap().unwrap();
        let b1 = case.answers.iter().find(|answer| answer.item == "B1").unwrap().entry.clone();
        let expected = if reopened { "4.900" } else { "5.000" };
        assert_eq!(b1, Some(survey::Entry::Given(expected.into())));
        let query = portal.case_queries(&staff, 2008, "GS-1").await.unwrap().remove(0);
        assert_eq!((query.state, query.outcome), (QueryState::Withdrawn, Some(QueryOutcome::Decided)));
        assert!(matches!(portal.query_save(&office, &id, &answers).await, Err(QueryError::Gone)));
    }
    world.portal.submit(&office).await.unwrap();
    assert_eq!(portal.verify(|_, _| {}).await.unwrap().damage, []);
});

story!(what_is_asked_is_checked, world => {
    let (_, staff) = handed_in(&world).await;
    let portal = &world.portal;
    let fields = async |new: &NewQuery| match portal.query_open(&staff, 2008, "GS-1", new).await {
        Err(FormError::Invalid(list)) => list.into_iter().map(|one| one.field).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(fields(&about(&[], "2008-01-23")).await, ["punkte"]);
    assert_eq!(fields(&about(&[("B1", " ")], "gestern")).await, ["frist", "frage__B1"]);
    for due in ["2008-01-14", "2008-01-13", "2009-01-14", "31.02.2008", ""] {
        assert_eq!(fields(&about(&[("B1", "Stimmt das?")], due)).await, ["frist"], "{due}");
    }
    assert_eq!(fields(&about(&[("nicht_da", "Stimmt das?")], "2008-01-23")).await, ["frage__nicht_da"]);
    assert_eq!(fields(&about(&[("B1", &"x".repeat(2_001))], "2008-01-23")).await, ["frage__B1"]);
    let viewer = world.staff(Role::Viewer).await;
    let asked = about(&[("B1", "Stimmt das?")], "2008-01-23");
    for who in [&viewer, &world.sign_in("GS-1").await] {
        let refused = portal.query_open(who, 2008, "GS-1", &asked).await;
        assert!(matches!(refused, Err(FormError::Staff(StaffError::Forbidden))));
    }
    let nobody = portal.query_open(&staff, 2008, "GS-9", &asked).await;
    assert!(matches!(nobody, Err(FormError::Staff(StaffError::NotFound))));
    let too_early = portal.query_open(&staff, 2008, "GS-2", &asked).await;
    assert!(matches!(too_early, Err(FormError::Staff(StaffError::Refused(_)))), "nothing was handed in");
});

story!(another_office_learns_nothing_of_it, world => {
    let (office, staff) = handed_in(&world).await;
    let portal = &world.portal;
    let other = world.invited("GS-2").await;
    portal.query_open(&staff, 2008, "GS-1", &about(&[("B1", "Stimmt das?")], "2008-01-23")).await.unwrap();
    let id = portal.open_query(&office).await.unwrap().unwrap().query.id;
    assert!(portal.open_query(&other).await.unwrap().is_none());
    let words = QueryAnswers { explanations: explained(1, "Von nebenan."), ..QueryAnswers::default() };
    assert!(matches!(portal.query_save(&other, &id, &words).await, Err(QueryError::Gone)));
    assert!(matches!(portal.query_answer(&other, &id).await, Err(QueryError::Gone)));
    assert!(matches!(portal.query_save(&staff, &id, &words).await, Err(QueryError::Barred(_))));
});

story!(two_people_explain_and_both_are_heard, world => {
    let (office, staff) = handed_in(&world).await;
    let portal = &world.portal;
    portal.query_open(&staff, 2008, "GS-1", &about(&[("B1", "Stimmt das?")], "2008-01-23")).await.unwrap();
    let id = portal.open_query(&office).await.unwrap().unwrap().query.id;
    let mut colleague = world.sign_in("GS-1").await;
    colleague.display_name = "Ute Kern".into();
    let say = async |session: &Session, text: &str, revision: i64| {
        let explanations = vec![Explanation { place: 1, text: text.into(), revision }];
        portal.query_save(session, &id, &QueryAnswers { explanations, ..QueryAnswers::default() }).await.unwrap();
        portal.open_query(session).await.unwrap().unwrap().query.points.remove(0).explanation
    };
    assert_eq!(say(&office, "Eins.", 0).await, "Eins.");
    assert_eq!(say(&office, "Eins, genauer.", 0).await, "Eins, genauer.", "one's own word is replaced");
    assert_eq!(say(&colleague, "Zwei.", 0).await, "Eins, genauer.\nZwei.");
    assert_eq!(say(&colleague, "", 0).await, "", "one's own word may be taken back");
    let long = vec![Explanation { place: 1, text: "x".repeat(2_001), revision: 0 }];
    let refused = portal.query_save(&office, &id, &QueryAnswers { explanations: long, ..QueryAnswers::default() }).await;
    assert!(matches!(refused, Err(QueryError::TooLong)));
});

story!(the_office_is_told_and_reminded_once, world => {
    let (office, staff) = handed_in(&world).await;
    let portal = &world.portal;
    portal.mail_run(None, None).await.unwrap();
    portal.query_open(&staff, 2008, "GS-1", &about(&[("B1", "Stimmt das?"), ("D1_ue", "Und das?")], "2008-01-23")).await.unwrap();
    let kinds = async |at: &str| {
        let run = portal.mail_run(None, Some(moment(at))).await.unwrap();
        run.sent.into_iter().filter(|mail| matches!(mail.kind, MailKind::Query | MailKind::QueryReminder)).map(|mail| mail.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds("2008-01-14T09:01").await, [MailKind::Query]);
    insta::assert_snapshot!("rueckfrage", shown(&world, "rueckfrage"));
    assert_eq!(kinds("2008-01-21T08:59").await, []);
    assert_eq!(kinds("2008-01-21T09:00").await, [MailKind::QueryReminder]);
    insta::assert_snapshot!("rueckfrage-erinnerung", shown(&world, "rueckfrage-erinnerung"));
    assert_eq!(kinds("2008-01-23T20:00").await, []);
    // Given more time, it is reminded anew.
    portal.query_extend(&staff, 2008, "GS-1", 1, "2008-01-28").await.unwrap();
    assert_eq!(kinds("2008-01-24T09:00").await, [MailKind::QueryReminder]);
    assert_eq!(kinds("2008-01-29T09:00").await, [MailKind::QueryReminder]);
    insta::assert_snapshot!("rueckfrage-ueberfaellig", shown(&world, "rueckfrage-erinnerung"));
    assert_eq!(kinds("2008-02-29T09:00").await, []);

    world.clock.advance(TimeDelta::days(15));
    let page = portal.queries(&staff, 2008, &QueryFilter::default()).await.unwrap();
    assert_eq!((page.counts.open, page.counts.overdue, page.lines.len()), (1, 1, 1));
    assert!(page.lines[0].query.overdue);
    let late = QueryFilter { overdue: true, search: "cordel".into(), ..QueryFilter::default() };
    assert_eq!(portal.queries(&staff, 2008, &late).await.unwrap().lines.len(), 1);
    let nowhere = QueryFilter { search: "%".into(), ..QueryFilter::default() };
    assert_eq!(portal.queries(&staff, 2008, &nowhere).await.unwrap().lines.len(), 0);

    let office = world.portal.sign_in("GS-1", "blauer Elefant am See", crate::support::HERE).await.map(|new| new.session).unwrap_or(office);
    let id = portal.open_query(&office).await.unwrap().unwrap().query.id;
    let mut explanations = explained(1, "=SUMME(A1) stimmt so");
    explanations.extend(explained(2, "Auch das; \"genau\" so"));
    portal.query_save(&office, &id, &QueryAnswers { explanations, ..QueryAnswers::default() }).await.unwrap();
    portal.query_answer(&office, &id).await.unwrap();
    let csv = String::from_utf8(portal.queries_csv(&staff, 2008).await.unwrap()).unwrap();
    assert!(csv.starts_with("\u{feff}Kennung;Name;"), "{csv}");
    assert!(csv.contains(";'=SUMME(A1) stimmt so;") && csv.contains("\"Auch das; \"\"genau\"\" so\""), "{csv}");
    assert!(csv.contains(";B1: 5.000;"), "{csv}");
    let all = portal.queries_of_wave(2008).await.unwrap();
    assert_eq!((all.len(), all[0].query.points.len()), (1, 2));
    // A second one closes the first.
    portal.query_open(&staff, 2008, "GS-1", &about(&[("B2", "Und B2?")], "2008-02-08")).await.unwrap();
    let queries = portal.case_queries(&staff, 2008, "GS-1").await.unwrap();
    assert_eq!((queries[1].state, queries[1].outcome), (QueryState::Closed, Some(QueryOutcome::AskedAgain)));
    let traces = "SELECT COUNT(*) FROM audit WHERE action IN ('query_opened', 'query_extended', 'query_answered', 'queries_exported')";
    assert_eq!(count(&world.settings.database_url, traces).await, 5);
});

fn shown(world: &World, kind: &str) -> String {
    let mail = world.mail(kind, "GS-1");
    format!("An: {}\nBetreff: {}\n\n{}", mail.to, mail.subject, mail.body)
}
