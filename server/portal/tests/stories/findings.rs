//! Results: tables on the panel, change between waves, rules, any variable,
//! feedback for offices.

use crate::support::{REGISTER, World, count, run, story};
use portal::{ColleagueForm, Content, Decision, Grouping, Role, Session, StaffError, SubmitError};
use survey::change::Axis;
use survey::stats::Missing;
use survey::tables::Table;
use survey::typology::{Level, RuleVersion};
use survey::{AgeGroup, Form, K3Rule, Rules};

const PASSWORD: &str = "blauer Elefant am See";

/// The wave of 2007 closed with two usable questionnaires, that of 2008 in the
/// field with three; GS-2 says nothing changed but treats its staff otherwise.
async fn two_waves(world: &World) {
    world.portal.wave_add(World::wave(2007, None)).await.unwrap();
    world.portal.import_units(2007, REGISTER.as_bytes(), &[]).await.unwrap();
    world.portal.wave_open(2007).await.unwrap();
    for kennung in ["GS-1", "GS-2"] {
        let session = world.office(kennung).await;
        world.complete(&session).await;
        hand_in(world, &session).await;
    }
    world.office("GS-3").await;
    world.portal.wave_close(2007).await.unwrap();
    world.portal.wave_add(World::wave(2008, Some(2007))).await.unwrap();
    world.portal.import_units(2008, REGISTER.as_bytes(), &[]).await.unwrap();
    world.portal.wave_open(2008).await.unwrap();
    for kennung in ["GS-1", "GS-2", "GS-3"] {
        let session = world.sign_in(kennung).await;
        world.complete(&session).await;
        if kennung == "GS-2" {
            world
                .save(&session, &[("D2_ue", "3"), ("F1_alle_ue", "3"), ("G1", "2")])
                .await;
        }
        hand_in(world, &session).await;
    }
}

/// Hands in, giving a reason for whatever stands out.
async fn hand_in(world: &World, session: &Session) {
    for _ in 0..5 {
        match world.portal.submit(session).await {
            Ok(_) => return,
            Err(SubmitError::Open(findings)) => {
                let soft: Vec<String> = findings.open().map(|finding| finding.code.clone()).collect();
                for edit in soft {
                    world
                        .portal
                        .confirm(session, &edit, "Ist so und geprüft.")
                        .await
                        .unwrap();
                }
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("still open");
}

story!(the_panel_counts_only_units_of_both_waves, world => {
    two_waves(&world).await;
    let viewer = world.staff(Role::Viewer).await;
    let row = async |panel: bool, form: Option<Form>, wave: i32, row: &str| {
        let results = world.portal.results(&viewer, 2008, panel).await.unwrap();
        let cell = results.cells.iter().find(|cell| {
            cell.table == Table::Tabelle2
                && cell.age_group == AgeGroup::Ue
                && (cell.form, cell.wave, cell.row.as_str()) == (form, wave, row)
        });
        let rate = cell.unwrap().rate;
        (rate.numerator, rate.denominator)
    };
    assert_eq!(row(false, None, 2008, "I").await, (2, 3));
    assert_eq!(row(false, None, 2007, "I").await, (2, 2));
    assert_eq!(row(true, None, 2008, "I").await, (1, 2));
    assert_eq!(row(true, None, 2008, "II").await, (1, 2));
    assert_eq!(row(true, Some(Form::Gaw), 2008, "I").await, (0, 0));
    let panel = world.portal.tables(2008, Some(2007), &[2007, 2008]).await.unwrap();
    assert!(panel.iter().filter(|cell| cell.form.is_none()).all(|cell| cell.rate.denominator == 2));
    let wrong = world.portal.tables(2008, Some(2007), &[2008]).await.unwrap_err();
    assert_eq!(wrong.to_string(), "Die Welle 2007 gehört nicht zum Panel; nennen Sie sie in --panel.");
    // The form is that of the later wave, also for the earlier one.
    run(&world.settings.database_url, "UPDATE cases SET form = 'ARGE' WHERE wave = 2007").await;
    assert_eq!(row(true, Some(Form::Zkt), 2007, "I").await, (1, 1));
    assert_eq!(row(false, Some(Form::Zkt), 2007, "I").await, (0, 0));
    let office = world.sign_in("GS-1").await;
    assert!(matches!(world.portal.results(&office, 2008, false).await, Err(StaffError::Forbidden)));
});

story!(change_is_shown_with_what_is_to_be_cleared, world => {
    two_waves(&world).await;
    let viewer = world.staff(Role::Viewer).await;
    let change = world.portal.change(&viewer, 2008).await.unwrap().unwrap();
    assert_eq!((change.base.n, change.base.panel), (2, true));
    let (_, transitions) = change.transitions.iter().find(|(age, _)| *age == AgeGroup::Ue).unwrap();
    let first = transitions.iter().find(|one| one.axis == Axis::Criterion(Level::K1)).unwrap();
    assert_eq!(first.moves(), [("I", "II", 1)]);
    assert_eq!(first.changed().to_string(), "1 von 2 (50,0\u{a0}%)");
    let of_form = change.shifts.iter().find(|one| one.level == Level::K1 && one.form == Some(Form::Zkt)).unwrap();
    assert_eq!(of_form.changed.to_string(), "1 von 1 (100,0\u{a0}%)");
    let cleared: Vec<_> = change.to_clear.iter().map(|one| (one.kennung.as_str(), one.level, one.before, one.after)).collect();
    assert_eq!(cleared, [("GS-2", Level::K1, "I", "II")]);
    assert_eq!(change.concordance.iter().map(|one| one.total()).collect::<Vec<_>>(), [3, 3, 3, 3]);
    // Said so and meant so: nothing to clear, and the reasons count.
    let editor = world.staff(Role::Editor).await;
    world.portal.decide(&editor, 2008, "GS-2", Decision::Reopen, "Bitte prüfen").await.unwrap();
    let session = world.sign_in("GS-2").await;
    world.save(&session, &[("G1", "1"), ("G1a", "5,7"), ("G4", "01.06.2007")]).await;
    hand_in(&world, &session).await;
    let change = world.portal.change(&viewer, 2008).await.unwrap().unwrap();
    assert!(change.to_clear.is_empty(), "{:?}", change.to_clear);
    let reasons = change.reasons.iter().find(|one| one.level == Level::K1).unwrap();
    assert_eq!(reasons.said_so, 1);
    assert_eq!(reasons.given.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [1, 1]);
    assert!(world.portal.change(&viewer, 2007).await.unwrap().is_none());
});

story!(other_rules_are_seen_before_they_count_and_overwrite_nothing, world => {
    two_waves(&world).await;
    let session = world.sign_in("GS-1").await;
    let editor = world.staff(Role::Editor).await;
    world.portal.decide(&editor, 2008, "GS-1", Decision::Reopen, "Bitte prüfen").await.unwrap();
    world.save(&session, &[("E1_ue", "5"), ("F1_nfm_ue", "1")]).await;
    hand_in(&world, &session).await;
    let admin = world.staff(Role::Admin).await;
    let seen = world.portal.rules_view(&editor, 2008).await.unwrap();
    assert_eq!((seen.current, seen.n), (Rules::default(), 3));
    let alternatives = seen.alternatives.unwrap();
    assert_eq!(alternatives.len(), 5);
    let diff = |version, k3_rule| {
        let rules = Rules { version, k3_rule };
        let one = alternatives.iter().find(|one| one.rules == rules).unwrap();
        let changes = one.changes.iter().filter(|diff| diff.kennung == "GS-1" && diff.age_group == AgeGroup::Ue);
        changes.map(|diff| format!("{} {}", diff.now, diff.then)).collect::<Vec<_>>()
    };
    assert_eq!(diff(RuleVersion::V2026_2, K3Rule::FmOnly), ["Iaa I?a"]);
    assert_eq!(diff(RuleVersion::V2026_1, K3Rule::Any), ["Iaa Iab"]);
    assert_eq!(diff(RuleVersion::V2026_1, K3Rule::Both), Vec::<String>::new());

    let new = Rules { version: RuleVersion::V2026_2, k3_rule: K3Rule::Any };
    assert!(matches!(world.portal.choose_rules(&editor, new, "Beschluss").await, Err(StaffError::Forbidden)));
    assert!(matches!(world.portal.choose_rules(&admin, new, " ").await, Err(StaffError::Reason)));
    let same = world.portal.choose_rules(&admin, Rules::default(), "Beschluss").await;
    assert!(matches!(same, Err(StaffError::Refused(_))));
    let url = &world.settings.database_url;
    let before = count(url, "SELECT COUNT(*) FROM classifications").await;
    world.portal.choose_rules(&admin, new, "Beschluss vom 3. März").await.unwrap();
    // Another process sees it at once, and computes what is missing.
    let other = world.another_portal().await;
    assert_eq!(other.current_rules().await.unwrap(), new);
    let mut steps = Vec::new();
    let done = other.classify(Some(2008), |done, of| steps.push((done, of))).await.unwrap();
    assert_eq!((done, steps.last()), (4, Some(&(4, 4))));
    let detail = world.portal.case_detail(&admin, 2008, "GS-1").await.unwrap().classification.unwrap();
    assert_eq!((detail.rule_version.as_str(), detail.ue.partial().as_str()), ("2026-2", "I?b"));
    let after = count(url, "SELECT COUNT(*) FROM classifications").await;
    assert_eq!(after, before + 4, "earlier results stay");
    assert_eq!(count(url, "SELECT COUNT(*) FROM audit WHERE action = 'rules_chosen'").await, 1);
    let seen = world.portal.rules_view(&editor, 2008).await.unwrap();
    assert_eq!((seen.current, seen.default, seen.history.len()), (new, Rules::default(), 1));
    assert!(world.portal.verify(|_, _| {}).await.unwrap().damage.is_empty());
});

story!(results_stored_without_letters_are_caught_up, world => {
    two_waves(&world).await;
    let url = &world.settings.database_url;
    let before = world.portal.tables(2008, Some(2007), &[]).await.unwrap();
    run(url, "UPDATE classifications SET letters = NULL").await;
    assert_eq!(world.portal.tables(2008, Some(2007), &[]).await.unwrap(), before);
    assert_eq!(count(url, "SELECT COUNT(*) FROM classifications WHERE letters IS NULL").await, 0);
});

story!(any_variable_is_described_with_its_missing_codes, world => {
    two_waves(&world).await;
    let viewer = world.staff(Role::Viewer).await;
    let editor = world.staff(Role::Editor).await;
    world.portal.decide(&editor, 2008, "GS-3", Decision::Reopen, "Bitte prüfen").await.unwrap();
    let session = world.sign_in("GS-3").await;
    world.save(&session, &[("C4", "-8")]).await;
    hand_in(&world, &session).await;
    let lines = world.portal.variables(&viewer, 2008).await.unwrap();
    assert!(lines.iter().any(|line| line.id == "D3_ue"));
    assert!(!lines.iter().any(|line| line.id == "A5" || line.id == "A6"), "names have no page");
    let described = async |id: &str, grouping| world.portal.variable(&viewer, 2008, id, grouping, false).await.unwrap();
    let numbers = described("C4", Grouping::Form).await;
    let groups = &numbers.variables[0].groups;
    assert_eq!(groups.iter().map(|group| (group.name, group.units, group.valid)).collect::<Vec<_>>(), [("ARGE", 1, 1), ("zkT", 1, 1), ("gAw", 1, 0), ("Insgesamt", 3, 2)]);
    assert_eq!(groups[3].missing, Missing { cannot_say: 1, ..Missing::default() });
    assert!(matches!(&groups[3].content, Content::Numbers(Some(summary)) if summary.n == 2));
    assert!(numbers.csv().lines().any(|line| line.starts_with("C4;Insgesamt;median;")), "{}", numbers.csv());
    let choices = described("D2_ue", Grouping::Type).await;
    let all = choices.variables[0].groups.last().unwrap();
    let Content::Choices(counts) = &all.content else { panic!("{all:?}") };
    let codes: Vec<i16> = choices.options.iter().map(|(code, _)| *code).collect();
    let of = |code| counts[codes.iter().position(|one| *one == code).unwrap()];
    assert_eq!((of(1), of(3)), (2, 1));
    // Every question of the questionnaire can be described.
    for line in &lines {
        for grouping in Grouping::ALL {
            let found = described(&line.id, grouping).await;
            for variable in &found.variables {
                let (all, groups) = variable.groups.split_last().unwrap();
                assert_eq!(groups.iter().map(|group| group.units).sum::<u64>(), all.units, "{}", line.id);
                for group in &variable.groups {
                    assert_eq!(group.valid + group.missing.total(), group.units, "{}", line.id);
                }
            }
        }
    }
    let panel = world.portal.variable(&viewer, 2008, "B1", Grouping::Land, true).await.unwrap();
    assert_eq!(panel.base.n, 2);
    assert!(matches!(world.portal.variable(&viewer, 2008, "A5", Grouping::Form, false).await, Err(StaffError::NotFound)));
});

story!(offices_get_their_feedback_once_it_is_released, world => {
    two_waves(&world).await;
    let editor = world.staff(Role::Editor).await;
    let viewer = world.staff(Role::Viewer).await;
    let office = world.sign_in("GS-2").await;
    assert!(matches!(world.portal.feedback_release(&viewer, 2007).await, Err(StaffError::Forbidden)));
    let mut colleagues = Vec::new();
    for (modules, all) in [(vec!["D".to_owned()], false), (Vec::new(), true)] {
        let email = format!("kollegin-{all}@aehren.example");
        let form = ColleagueForm { name: "Ute Kern".into(), email: email.clone(), modules, all, deputy: false };
        world.portal.colleague_invite(&office, &form).await.unwrap();
        world.portal.mail_run(None, None).await.unwrap();
        let token = world.mail("einladung-kollege", &email).token();
        world.portal.set_password(&token, PASSWORD, PASSWORD).await.unwrap();
        colleagues.push((world.sign_in(&email).await, all));
    }
    let early = world.portal.feedback_release(&editor, 2008).await;
    assert!(matches!(early, Err(StaffError::Refused(text)) if text.contains("noch nicht geschlossen")));
    world.portal.wave_close(2008).await.unwrap();
    assert!(world.portal.feedback(&office).await.unwrap().is_none());
    world.portal.feedback_release(&editor, 2008).await.unwrap();
    assert!(matches!(world.portal.feedback_release(&editor, 2008).await, Err(StaffError::Refused(_))));
    let feedback = world.portal.feedback(&office).await.unwrap().unwrap();
    assert_eq!((feedback.kennung.as_str(), feedback.own[0].code().as_deref()), ("GS-2", Some("IIba")));
    // It quotes answers of several modules: not for who may see one of them.
    for (colleague, sees) in colleagues {
        assert_eq!(world.portal.feedback(&colleague).await.unwrap().is_some(), sees);
        assert_eq!(world.portal.has_feedback(&colleague).await.unwrap(), sees);
    }
    // Three offices are too few to show anything of any group.
    for tables in AgeGroup::ALL.map(|age| feedback.tables.of(age)) {
        for group in tables.forms.iter().chain(&tables.laender) {
            assert_eq!(group.total, None, "{group:?}");
            assert!(group.counts.iter().all(Option::is_none));
        }
    }
    // What was released stays as it was, whatever is decided afterwards.
    let kept = feedback.tables.clone();
    world.portal.decide(&editor, 2008, "GS-1", Decision::Unusable, "Nicht verwertbar").await.unwrap();
    let other = world.sign_in("GS-1").await;
    assert!(world.portal.feedback(&other).await.unwrap().is_none_or(|feedback| feedback.wave.key != 2008));
    assert_eq!(world.portal.feedback(&office).await.unwrap().unwrap().tables, kept);
    assert!(world.portal.feedback(&editor).await.unwrap().is_none());
    world.portal.feedback_withdraw(&editor, 2008).await.unwrap();
    assert!(world.portal.feedback(&office).await.unwrap().is_none());
    let url = &world.settings.database_url;
    assert_eq!(count(url, "SELECT COUNT(*) FROM audit WHERE action LIKE 'feedback_%'").await, 2);
});
