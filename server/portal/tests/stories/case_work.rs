//! The institute: returns, lists, one case, decisions; who may do what.

use crate::support::{changes, count, story};
use portal::{CaseFilter, Decision, Role, StaffError};
use survey::status::Status;
use survey::{Form, Land};

story!(returns_are_two_figures_with_one_denominator, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    world.complete(&session).await;
    world.portal.submit(&session).await.unwrap();
    let staff = world.staff(Role::Editor).await;
    let figures = async || {
        let returns = world.portal.returns(&staff, 2008).await.unwrap();
        returns.rows.iter().map(|row| (row.form, row.eingegangen, row.verwertbar, row.denominator)).collect::<Vec<_>>()
    };
    let (arge, zkt, gaw) = (Some(Form::Arge), Some(Form::Zkt), Some(Form::Gaw));
    assert_eq!(figures().await, [(None, 1, 1, 3), (arge, 1, 1, 1), (zkt, 0, 0, 1), (gaw, 0, 0, 1)]);
    world.portal.decide(&staff, 2008, "GS-1", Decision::Unusable, "Falsche Einheit").await.unwrap();
    let gone = Decision::Ineligible { successor: None };
    world.portal.decide(&staff, 2008, "GS-3", gone, "Aufgelöst").await.unwrap();
    assert_eq!(figures().await, [(None, 1, 0, 2), (arge, 1, 0, 1), (zkt, 0, 0, 1), (gaw, 0, 0, 0)]);
    let returns = world.portal.returns(&staff, 2008).await.unwrap();
    let counted = [(Status::Invited, 1), (Status::Unusable, 1), (Status::Ineligible, 1)];
    assert_eq!(returns.by_status, counted);
});

story!(cases_are_found_by_status_form_land_and_words, world => {
    world.in_the_field().await;
    world.office("GS-2").await;
    let staff = world.staff(Role::Viewer).await;
    let found = async |filter: CaseFilter| {
        let cases = world.portal.cases(&staff, 2008, &filter).await.unwrap();
        cases.into_iter().map(|case| case.kennung).collect::<Vec<_>>().join(" ")
    };
    let any = CaseFilter::default;
    let search = |text: &str| CaseFilter { search: text.into(), ..any() };
    assert_eq!(found(any()).await, "GS-3 GS-1 GS-2");
    assert_eq!(found(CaseFilter { status: Some(Status::Opened), ..any() }).await, "GS-2");
    assert_eq!(found(CaseFilter { form: Some(Form::Gaw), ..any() }).await, "GS-3");
    assert_eq!(found(CaseFilter { land: Some(Land::Hessen), ..any() }).await, "GS-1");
    assert_eq!(found(search("ähren")).await, "GS-2");
    assert_eq!(found(search("AHREN")).await, "GS-2");
    assert_eq!(found(search("gs-1")).await, "GS-1");
    for nothing in ["%", "_", "!", "' OR 1=1 --", "nirgends"] {
        assert_eq!(found(search(nothing)).await, "", "{nothing}");
    }
});

story!(roles_are_enforced_and_reasons_are_needed, world => {
    world.in_the_field().await;
    let office = world.office("GS-1").await;
    world.complete(&office).await;
    world.portal.submit(&office).await.unwrap();
    let viewer = world.staff(Role::Viewer).await;
    let editor = world.staff(Role::Editor).await;
    let admin = world.staff(Role::Admin).await;
    let forbidden = |result: Result<(), StaffError>| matches!(result, Err(StaffError::Forbidden));
    let portal = &world.portal;
    assert!(forbidden(portal.returns(&office, 2008).await.map(drop)));
    assert!(forbidden(portal.cases(&office, 2008, &CaseFilter::default()).await.map(drop)));
    assert!(forbidden(portal.case_detail(&office, 2008, "GS-1").await.map(drop)));
    for session in [&office, &viewer] {
        let decided = portal.decide(session, 2008, "GS-1", Decision::Unusable, "Ein Grund").await;
        assert!(forbidden(decided.map(drop)));
    }
    for reason in ["", "  ", "ab", &*"x".repeat(1_001)] {
        let decided = portal.decide(&editor, 2008, "GS-1", Decision::Unusable, reason).await;
        assert!(matches!(decided, Err(StaffError::Reason)));
    }
    let status = portal.decide(&editor, 2008, "GS-1", Decision::Unusable, "Ein Grund").await.unwrap();
    assert_eq!(status, Status::Unusable);
    let status = portal.decide(&admin, 2008, "gs-1", Decision::Usable, "Doch in Ordnung").await.unwrap();
    assert_eq!(status, Status::Usable);
    let impossible = portal.decide(&editor, 2008, "GS-1", Decision::Refused, "Zu spät").await;
    assert!(matches!(impossible, Err(StaffError::Refused(_))));
    let nowhere = Decision::Ineligible { successor: Some("GS-99".into()) };
    assert!(matches!(portal.decide(&editor, 2008, "GS-2", nowhere, "Weg").await, Err(StaffError::Refused(_))));
    for unknown in [(2008, "GS-99"), (1999, "GS-1")] {
        let decided = portal.decide(&editor, unknown.0, unknown.1, Decision::Usable, "Ein Grund").await;
        assert!(matches!(decided, Err(StaffError::NotFound)));
    }
    assert!(matches!(portal.returns(&viewer, 1999).await, Err(StaffError::NotFound)));
});

story!(one_case_shows_everything_and_who_decided, world => {
    world.in_the_field().await;
    let office = world.office("GS-1").await;
    world.portal.save(&office, &changes(&[("B1", "499"), ("A3", "51")], 0)).await.unwrap();
    world.portal.confirm(&office, "A3_s1", "Großer Landkreis.").await.unwrap();
    let staff = world.staff(Role::Editor).await;
    let detail = world.portal.case_detail(&staff, 2008, "GS-1").await.unwrap();
    assert_eq!(detail.view.entries().len(), 2);
    let soft: Vec<_> = detail
        .findings
        .iter()
        .filter(|finding| finding.edit.is_some())
        .map(|finding| (finding.code.as_str(), finding.confirmed.as_deref()))
        .collect();
    assert_eq!(soft, [("A3_s1", Some("Großer Landkreis.")), ("B1_s1", None)]);
    assert!(detail.confirmations[0].holds);
    assert!(detail.classification.is_none());
    world.portal.decide(&staff, 2008, "GS-1", Decision::Refused, "Keine Zeit").await.unwrap();
    let events = world.portal.case_detail(&staff, 2008, "GS-1").await.unwrap().events;
    let last = events.last().unwrap();
    assert_eq!((last.from, last.to, last.who.as_str()), (Status::Started, Status::Refused, "editor@iaw.example"));
    // An office that had declined may change its mind.
    world.portal.save(&office, &changes(&[("B2", "100")], 0)).await.unwrap();
    assert_eq!(world.portal.case_of(&office).await.unwrap().unwrap().status, Status::Started);
});

story!(looking_deciding_and_exporting_leave_a_trace, world => {
    world.in_the_field().await;
    let staff = world.staff(Role::Editor).await;
    world.portal.case_detail(&staff, 2008, "GS-1").await.unwrap();
    world.portal.case_detail(&staff, 2008, "GS-1").await.unwrap();
    world.portal.decide(&staff, 2008, "GS-2", Decision::Refused, "Keine Zeit").await.unwrap();
    world.portal.export_csv(2008, &mut Vec::new()).await.unwrap();
    let traces = async |action: &str| {
        let sql = format!("SELECT COUNT(*) FROM audit WHERE action = '{action}' AND wave = 2008");
        count(&world.settings.database_url, &sql).await
    };
    let found = [traces("case_viewed").await, traces("case_refuse").await, traces("exported").await];
    assert_eq!(found, [2, 1, 1]);
    let by = format!("SELECT COUNT(*) FROM audit WHERE action = 'case_viewed' AND account_id = '{}'", staff.account_id);
    assert_eq!(count(&world.settings.database_url, &by).await, 2);
});
