//! Work on one case: calls, longer deadlines, notes, who else has it open,
//! two people at once, answers entered on behalf of the office; the worklist
//! and actions for many cases.

use crate::support::{changes, count, day, moment, story};
use chrono::TimeDelta;
use portal::{
    BulkAct, BulkForm, CallForm, CallResult, CaseFilter, CaseRef, DeadlineForm, Decision, FormError, MailKind, Role,
    StaffError, SubmitError,
};
use survey::status::Status;

fn call(result: &str, back_on: &str) -> CallForm {
    CallForm {
        result: result.into(),
        back_on: back_on.into(),
        note: "Frau Öhm ist im Haus.".into(),
    }
}

fn deadline(day: &str, tell: bool) -> DeadlineForm {
    DeadlineForm {
        day: day.into(),
        reason: "Krankheit".into(),
        tell,
    }
}

fn fields(error: FormError) -> Vec<String> {
    match error {
        FormError::Invalid(list) => list.into_iter().map(|one| one.field).collect(),
        FormError::Staff(error) => vec![error.to_string()],
    }
}

story!(whom_to_call_next_and_who_rests_until_when, world => {
    world.in_the_field().await;
    let (one, two) = (world.office("GS-1").await, world.office("GS-2").await);
    world.portal.save(&one, &changes(&[("B1", "5.000"), ("B2", "900")], 0)).await.unwrap();
    world.complete(&two).await;
    world.portal.progress_catch_up(true).await.unwrap();
    world.clock.advance(TimeDelta::days(6));
    let staff = world.staff(Role::Editor).await;
    let listed = async || {
        let list = world.portal.worklist(&staff, 2008, 0, 10).await.unwrap();
        let names: Vec<String> = list.items.iter().map(|item| item.kennung.clone()).collect();
        (names.join(" "), list.resting)
    };
    assert_eq!(listed().await, ("GS-2 GS-1 GS-3".into(), 0));
    let list = world.portal.worklist(&staff, 2008, 0, 1).await.unwrap();
    let why: Vec<&str> = list.items[0].ranked.reasons.iter().map(|reason| reason.text.as_str()).collect();
    assert_eq!((list.total, why.contains(&"seit 6 Tagen still"), why.contains(&"98 % ausgefüllt")), (3, true, true), "{why:?}");

    // Today's call rests until the agreed day; then it comes first.
    world.portal.log_call(&staff, 2008, "GS-3", &call("erreicht", "22.01.2008")).await.unwrap();
    assert_eq!(listed().await, ("GS-2 GS-1".into(), 1));
    world.clock.advance(TimeDelta::days(2));
    assert_eq!(listed().await.0, "GS-3 GS-2 GS-1");
    // Not reached: tomorrow again. Promised: after five days.
    world.portal.log_call(&staff, 2008, "GS-2", &call("nicht-erreicht", "")).await.unwrap();
    world.portal.log_call(&staff, 2008, "GS-1", &call("schickt", "")).await.unwrap();
    assert_eq!(listed().await, ("GS-3".into(), 2));
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(listed().await, ("GS-3 GS-2".into(), 1));
    world.clock.advance(TimeDelta::days(4));
    assert_eq!(listed().await.1, 0);
    // Who has handed in or declined is not called.
    world.portal.submit(&two).await.unwrap();
    world.portal.decide(&staff, 2008, "GS-3", Decision::Refused, "Keine Zeit").await.unwrap();
    assert_eq!(listed().await, ("GS-1".into(), 0));
    let contacts = world.portal.office_contacts(&staff, 2008, "GS-3").await.unwrap();
    let note = format!("{:?}", contacts.entries);
    assert!(note.contains("erreicht, Rückruf am 22.01.2008\\nFrau Öhm ist im Haus."), "{note}");
});

story!(what_is_wrong_with_a_call_is_said_by_field, world => {
    world.in_the_field().await;
    let staff = world.staff(Role::Editor).await;
    let wrong = CallForm { result: "x".into(), back_on: "gestern".into(), note: "x".repeat(2_001) };
    let error = world.portal.log_call(&staff, 2008, "GS-1", &wrong).await.unwrap_err();
    assert_eq!(fields(error), ["ergebnis", "rueckruf", "notiz"]);
    let past = world.portal.log_call(&staff, 2008, "GS-1", &call("erreicht", "2008-01-13")).await.unwrap_err();
    assert_eq!(fields(past), ["rueckruf"]);
    let viewer = world.staff(Role::Viewer).await;
    let refused = world.portal.log_call(&viewer, 2008, "GS-1", &call("erreicht", "")).await;
    assert!(matches!(refused, Err(FormError::Staff(StaffError::Forbidden))));
    let done = world.portal.log_call(&staff, 2008, "GS-1", &call("neue-person", "")).await.unwrap();
    assert_eq!(done, CallResult::NewContact);
});

story!(a_longer_deadline_holds_everywhere, world => {
    world.in_the_field().await;
    let (one, two) = (world.office("GS-1").await, world.office("GS-2").await);
    let staff = world.staff(Role::Editor).await;
    for (form, field) in [
        (deadline("bald", false), "frist"), (deadline("2008-02-14", false), "frist"),
        (deadline("2010-02-14", false), "frist"),
        (DeadlineForm { reason: String::new(), ..deadline("29.02.2008", false) }, "grund"),
    ] {
        let error = world.portal.extend_deadline(&staff, 2008, "GS-1", &form).await.unwrap_err();
        assert_eq!(fields(error), [field], "{form:?}");
    }
    world.portal.extend_deadline(&staff, 2008, "GS-1", &deadline("29.02.2008", true)).await.unwrap();
    assert_eq!(world.portal.case_of(&one).await.unwrap().unwrap().wave.deadline, day("2008-02-29"));
    assert_eq!(world.portal.case_of(&two).await.unwrap().unwrap().wave.deadline, day("2008-02-15"));
    let told = world.portal.mail_run(None, None).await.unwrap();
    let written = told.sent.iter().filter(|mail| mail.kind == MailKind::Written);
    assert_eq!(written.map(|mail| mail.login.as_str()).collect::<Vec<_>>(), ["GS-1"]);
    // The reminder three days before the deadline goes by each office's own.
    let due = async |at: &str| {
        world.clock.advance(moment(at) - world.clock.now());
        let run = world.portal.mail_run(Some(2008), None).await.unwrap();
        let mut logins: Vec<String> =
            run.sent.iter().filter(|mail| mail.step == "frist-naht").map(|mail| mail.login.clone()).collect();
        logins.sort();
        logins.join(" ")
    };
    assert_eq!(due("2008-02-12T12:00").await, "GS-2 GS-3");
    assert_eq!(due("2008-02-25T12:00").await, "");
    // Between the two deadlines one is late and the other is not.
    assert!(!world.portal.case_of(&one).await.unwrap().unwrap().late);
    assert!(world.portal.case_of(&two).await.unwrap().unwrap().late);
    let late = CaseFilter { late: true, ..CaseFilter::default() };
    let extended = CaseFilter { extended: true, ..CaseFilter::default() };
    let found = async |filter| world.portal.cases(&staff, 2008, filter).await.unwrap().len();
    assert_eq!((found(&late).await, found(&extended).await), (2, 1));
    assert_eq!(due("2008-02-26T12:00").await, "GS-1");
    world.portal.extend_deadline(&staff, 2008, "GS-1", &deadline("2008-02-15", false)).await.unwrap();
    assert_eq!((found(&late).await, found(&extended).await), (3, 0));
    world.complete(&one).await;
    world.portal.submit(&one).await.unwrap();
    let closed = world.portal.extend_deadline(&staff, 2008, "GS-1", &deadline("2008-03-29", false)).await;
    assert!(matches!(closed, Err(FormError::Staff(StaffError::Refused(_)))));
});

story!(two_people_on_one_case_see_each_other_and_never_overwrite, world => {
    world.in_the_field().await;
    let (one, two) = (world.staff(Role::Editor).await, world.staff(Role::Admin).await);
    let portal = &world.portal;
    let seen = portal.case_detail(&one, 2008, "GS-1").await.unwrap();
    assert_eq!(seen.others, Vec::<String>::new());
    assert_eq!(portal.case_detail(&two, 2008, "GS-1").await.unwrap().others, ["editor@iaw.example"]);
    assert_eq!(portal.present(&one, 2008, "GS-1", seen.revision).await.unwrap().others, ["admin@iaw.example"]);
    // Somebody else's action first: mine is refused, with what was done and by whom.
    portal.note_add(&two, 2008, CaseRef::seen("GS-1", seen.revision), "Ruft morgen an").await.unwrap();
    let told = portal.present(&one, 2008, "GS-1", seen.revision).await.unwrap().changes;
    assert_eq!(told.iter().map(|change| (change.what.as_str(), change.who.as_str())).collect::<Vec<_>>(), [("Notiz", "admin@iaw.example")]);
    let stale = CaseRef::seen("GS-1", seen.revision);
    let refused = portal.decide(&one, 2008, stale, Decision::Refused, "Keine Zeit").await.unwrap_err();
    assert!(refused.to_string().contains("Notiz (admin@iaw.example, "), "{refused}");
    for refused in [
        portal.log_call(&one, 2008, stale, &call("erreicht", "")).await.map(drop),
        portal.log_contact(&one, 2008, stale, "notiz", "x").await,
        portal.contact_change(&one, 2008, stale, "Neu", "neu@amt.example").await,
        portal.extend_deadline(&one, 2008, stale, &deadline("2008-02-29", false)).await.map(drop),
        portal.opt_out(&one, 2008, stale, "Ein Grund").await.map_err(FormError::from),
        portal.resend_access(&one, 2008, stale).await.map_err(FormError::from),
    ] {
        assert!(matches!(refused, Err(FormError::Staff(StaffError::Changed(_)))));
    }
    let again = portal.case_detail(&one, 2008, "GS-1").await.unwrap();
    assert_eq!((again.view.status, again.notes.len()), (Status::Invited, 1), "nothing was done");
    let status = portal.decide(&one, 2008, CaseRef::seen("GS-1", again.revision), Decision::Refused, "Keine Zeit").await;
    assert_eq!(status.unwrap(), Status::Refused);
    // Who closes the page, or is silent for a while, is gone.
    portal.absent(&two, 2008, "GS-1").await.unwrap();
    assert!(portal.present(&one, 2008, "GS-1", 0).await.unwrap().others.is_empty());
    world.clock.advance(TimeDelta::minutes(2));
    assert!(portal.present(&two, 2008, "GS-1", 0).await.unwrap().others.is_empty());
});

story!(notes_belong_to_who_wrote_them_and_keep_their_history, world => {
    world.in_the_field().await;
    let (one, two) = (world.staff(Role::Editor).await, world.staff(Role::Admin).await);
    let portal = &world.portal;
    for text in ["", "   ", &*"x".repeat(5_001)] {
        let error = portal.note_add(&one, 2008, "GS-1", text).await.unwrap_err();
        assert_eq!(fields(error), ["text"]);
    }
    portal.note_add(&one, 2008, "GS-1", "Erste\r\nFassung").await.unwrap();
    let note = async |session| portal.case_detail(session, 2008, "GS-1").await.unwrap().notes.remove(0);
    let written = note(&one).await;
    assert_eq!((written.text(), written.own, note(&two).await.own), ("Erste\nFassung", true, false));
    let foreign = portal.note_change(&two, 2008, "GS-1", &written.id, "Meins").await;
    assert!(matches!(foreign, Err(FormError::Staff(StaffError::NotFound))));
    portal.note_change(&one, 2008, "GS-1", &written.id, "Zweite").await.unwrap();
    portal.note_change(&one, 2008, "GS-1", &written.id, "").await.unwrap();
    let said: Vec<String> = note(&two).await.versions.into_iter().map(|(_, text)| text).collect();
    assert_eq!(said, ["Erste\nFassung", "Zweite", ""]);
});

story!(what_staff_enters_for_an_office_says_so, world => {
    world.in_the_field().await;
    let (staff, viewer) = (world.staff(Role::Editor).await, world.staff(Role::Viewer).await);
    let portal = &world.portal;
    assert!(matches!(portal.on_behalf(&viewer, 2008, "GS-3").await, Err(StaffError::Forbidden)));
    assert!(matches!(portal.on_behalf(&staff, 2008, "GS-9").await, Err(StaffError::NotFound)));
    let acting = portal.on_behalf(&staff, 2008, "GS-3").await.unwrap();
    world.save(&acting, &[("B1", "5.000")]).await;
    let detail = portal.case_detail(&staff, 2008, "GS-3").await.unwrap();
    assert_eq!(detail.view.status, Status::Started);
    let answer = &detail.view.answers[0];
    assert_eq!((answer.by.as_str(), answer.by_staff), ("editor@iaw.example (IAW, für die Einheit)", true));
    assert!(matches!(portal.submit(&acting).await, Err(SubmitError::Open(_))));
    world.complete(&acting).await;
    portal.submit(&acting).await.unwrap();
    let detail = portal.case_detail(&staff, 2008, "GS-3").await.unwrap();
    assert!(detail.submissions[0].by_staff && detail.view.answers.iter().all(|answer| answer.by_staff));
    // The office's own answers are its own.
    let office = world.office("GS-1").await;
    world.save(&office, &[("B1", "5.000")]).await;
    let url = &world.settings.database_url;
    assert_eq!(count(url, "SELECT COUNT(*) FROM answers WHERE NOT by_staff").await, 1);
    assert_eq!(count(url, "SELECT COUNT(*) FROM answer_history WHERE NOT by_staff").await, 1);
    assert_eq!(portal.verify(|_, _| {}).await.unwrap().damage, []);
});

story!(an_access_is_sent_again_as_it_is_needed, world => {
    world.in_the_field().await;
    world.office("GS-1").await;
    let staff = world.staff(Role::Editor).await;
    world.portal.resend_access(&staff, 2008, "GS-1").await.unwrap();
    world.portal.resend_access(&staff, 2008, "GS-2").await.unwrap();
    let run = world.portal.mail_run(None, None).await.unwrap();
    let links = run.sent.iter().filter(|mail| mail.kind != MailKind::PasswordSet);
    let mut kinds: Vec<String> = links.map(|mail| format!("{} {}", mail.login, mail.kind)).collect();
    kinds.sort();
    assert_eq!(kinds, ["GS-1 neues-passwort", "GS-2 einladung-erneut"]);
});

story!(one_action_for_many_cases_names_its_exceptions, world => {
    world.in_the_field().await;
    let office = world.office("GS-1").await;
    world.complete(&office).await;
    world.portal.submit(&office).await.unwrap();
    let staff = world.staff(Role::Editor).await;
    let all: Vec<String> = ["GS-1", "gs-2", "GS-2", "GS-3", "GS-99"].map(str::to_owned).to_vec();
    let portal = &world.portal;
    for (act, exceptions) in [(BulkAct::Extend, 2), (BulkAct::Refuse, 2), (BulkAct::Call, 1)] {
        let list = portal.selection(&staff, 2008, &all, act).await.unwrap();
        assert_eq!((list.len(), list.iter().filter(|one| one.why_not.is_some()).count()), (4, exceptions), "{list:?}");
    }
    let form = BulkForm { reason: "Sammelabsage".into(), expected: 3, deadline: deadline("2008-02-29", false), call: call("erreicht", "") };
    let error = portal.selection_act(&staff, 2008, &all, BulkAct::Extend, &form).await.unwrap_err();
    assert_eq!(fields(error), ["anzahl"]);
    let two = BulkForm { expected: 2, ..form.clone() };
    assert_eq!(portal.selection_act(&staff, 2008, &all, BulkAct::Extend, &two).await.unwrap(), 2);
    assert_eq!(portal.selection_act(&staff, 2008, &all, BulkAct::Call, &form).await.unwrap(), 3);
    let unreasoned = BulkForm { reason: String::new(), ..two.clone() };
    assert_eq!(fields(portal.selection_act(&staff, 2008, &all, BulkAct::Refuse, &unreasoned).await.unwrap_err()), ["grund"]);
    assert_eq!(portal.selection_act(&staff, 2008, &all, BulkAct::Refuse, &two).await.unwrap(), 2);
    let states: Vec<Status> =
        portal.cases(&staff, 2008, &CaseFilter::default()).await.unwrap().iter().map(|row| row.status).collect();
    assert_eq!(states, [Status::Refused, Status::Usable, Status::Refused]);
    let noted = "SELECT COUNT(*) FROM audit WHERE action = 'case_in_selection'";
    assert_eq!(count(&world.settings.database_url, noted).await, 7);
});
