//! The panel over three waves, and two registers side by side.

use crate::support::{HERE, PASSWORD, World, count, moment, run, story};
use portal::{ChangeKind, Decision, PanelFilter, PanelView, Role, Session, StaffError};
use survey::Form;
use survey::panel::{Fate, Level, Part};

const EARLY: &str = "\
kennung;name;form;land;kontakt_name;kontakt_email
GS-1;ARGE Cordelbach;ARGE;Hessen;Eva Öhm;eva@cordelbach.example
GS-2;Landkreis Ähren;zkT;Baden-Württemberg;Jan Groß;jan@aehren.example
GS-3;Agentur Üllen;gAw;Sachsen;;post@uellen.example
GS-4;ARGE Alt;ARGE;Hessen;;alt@alt.example
";
const LATE: &str = "\
kennung;name;form;land;kontakt_name;kontakt_email
GS-1;ARGE Cordelbach-Neustadt;ARGE;Hessen;Ole Neu;ole@cordelbach.example
GS-2;Landkreis Ähren;gAw;Baden-Württemberg;Jan Groß;jan@aehren.example
GS-4;ARGE Alt;ARGE;Thüringen;;alt@alt.example
GS-5;ARGE Neu;ARGE;Hessen;;neu@neu.example
";

/// Holds a wave in which some offices are made what they are to be.
async fn hold(world: &World, wave: i32, register: &str, usable: &[&str]) {
    let previous = (wave > 2006).then_some(wave - 1);
    let start = moment(&format!("{wave}-01-14T09:00"));
    world.clock.advance(start - world.clock.now());
    world.portal.wave_add(World::wave(wave, previous)).await.unwrap();
    world.portal.import_units(wave, register.as_bytes(), &[]).await.unwrap();
    world.portal.wave_open(wave).await.unwrap();
    let url = &world.settings.database_url;
    for kennung in usable {
        run(
            url,
            &format!(
                "UPDATE cases SET status = 'usable', submitted_at = 1 WHERE wave = {wave}
             AND unit_id = (SELECT id FROM units WHERE kennung = '{kennung}')"
            ),
        )
        .await;
    }
}

async fn three_waves(world: &World) -> Session {
    hold(world, 2006, EARLY, &["GS-1", "GS-2", "GS-4"]).await;
    world.portal.wave_close(2006).await.unwrap();
    hold(world, 2007, EARLY, &["GS-1", "GS-2", "GS-3"]).await;
    world.portal.wave_close(2007).await.unwrap();
    hold(world, 2008, LATE, &["GS-1", "GS-5"]).await;
    let editor = world.staff(Role::Editor).await;
    let merged = Decision::Ineligible {
        successor: Some("GS-5".into()),
    };
    world
        .portal
        .decide(&editor, 2008, "GS-4", merged, "In GS-5 aufgegangen")
        .await
        .unwrap();
    world
        .portal
        .decide(&editor, 2008, "GS-2", Decision::Refused, "Keine Zeit")
        .await
        .unwrap();
    editor
}

fn lines(figures: &portal::PanelFigures) -> Vec<(String, u32)> {
    figures
        .patterns
        .iter()
        .map(|(pattern, figure)| (pattern.to_string(), figure.total))
        .collect()
}

story!(who_took_part_in_which_waves, world => {
    let staff = three_waves(&world).await;
    let figures = world.portal.panel(&staff, PanelView::default()).await.unwrap();
    assert_eq!(figures.waves, [2006, 2007, 2008]);
    let expected = [("111", 1), ("110", 1), ("100", 1), ("010", 1), ("001", 1)];
    assert_eq!(lines(&figures), expected.map(|(pattern, n)| (pattern.to_owned(), n)));
    assert_eq!(figures.each.iter().map(|figure| figure.total).collect::<Vec<_>>(), [3, 3, 2]);
    let moves: Vec<_> = figures.moves.iter().map(|moves| (moves.from, moves.to, moves.matched().total)).collect();
    assert_eq!(moves, [(2006, 2007, 2), (2007, 2008, 1), (2006, 2008, 1)]);
    let of = |fate| figures.moves[1].fates.iter().find(|(one, _)| *one == fate).unwrap().1.total;
    assert_eq!([Fate::New, Fate::Refused, Fate::Gone, Fate::Silent, Fate::Merged].map(of), [1, 1, 1, 0, 0]);

    // GS-4 lives on in GS-5: three waves minus one become one history.
    let follow = PanelView { follow: true, ..PanelView::default() };
    let followed = world.portal.panel(&staff, follow).await.unwrap();
    let expected = [("111", 1), ("110", 1), ("101", 1), ("010", 1)];
    assert_eq!(lines(&followed), expected.map(|(pattern, n)| (pattern.to_owned(), n)));
    let listed = PanelView { level: Level::Listed, follow: false };
    let listed = world.portal.panel(&staff, listed).await.unwrap();
    assert_eq!(listed.each.iter().map(|figure| figure.total).collect::<Vec<_>>(), [4, 4, 3]);
});

story!(every_figure_has_its_units, world => {
    let staff = three_waves(&world).await;
    for follow in [false, true] {
        for level in Level::ALL {
            let view = PanelView { level, follow };
            let figures = world.portal.panel(&staff, view).await.unwrap();
            let listed = async |filter: PanelFilter| world.portal.panel_units(&staff, view, &filter).await.unwrap().1;
            for (pattern, figure) in &figures.patterns {
                let filter = PanelFilter { pattern: Some(*pattern), ..PanelFilter::default() };
                assert_eq!(listed(filter.clone()).await.len(), figure.total as usize, "{pattern} {view:?}");
                for (form, count) in Form::ALL.into_iter().zip(figure.forms) {
                    let filter = PanelFilter { form: Some(form), ..filter.clone() };
                    assert_eq!(listed(filter).await.len(), count as usize, "{pattern} {form:?} {view:?}");
                }
            }
            for moves in &figures.moves {
                for (fate, figure) in &moves.fates {
                    let filter = PanelFilter { fate: Some((moves.from, moves.to, *fate)), ..PanelFilter::default() };
                    for (form, count) in Form::ALL.into_iter().zip(figure.forms) {
                        let filter = PanelFilter { form: Some(form), ..filter.clone() };
                        assert_eq!(listed(filter).await.len(), count as usize, "{fate:?} {form:?} {view:?}");
                    }
                }
            }
        }
    }
    let all = PanelFilter::default();
    let (_, units) = world.portal.panel_units(&staff, PanelView::default(), &all).await.unwrap();
    let names: Vec<_> = units.iter().map(|unit| unit.name.as_str()).collect();
    assert_eq!(names, ["Agentur Üllen", "ARGE Alt", "ARGE Cordelbach-Neustadt", "ARGE Neu", "Landkreis Ähren"]);
    let alt = units.iter().find(|unit| unit.kennung == "GS-4").unwrap();
    assert_eq!(alt.successors, ["GS-5"]);
    assert_eq!(alt.parts, [Part::Usable, Part::Silent, Part::Ineligible]);
    let new = units.iter().find(|unit| unit.kennung == "GS-5").unwrap();
    assert_eq!(new.predecessors, ["GS-4"]);
    for (search, found) in [("cordel", 1), ("gs-5", 1), ("%", 0), ("aehren", 0), ("ahren", 1)] {
        let filter = PanelFilter { search: search.into(), ..PanelFilter::default() };
        let (_, units) = world.portal.panel_units(&staff, PanelView::default(), &filter).await.unwrap();
        assert_eq!(units.len(), found, "{search}");
    }
    world.portal.note_panel_export(&staff, "panel").await.unwrap();
    let noted = "SELECT COUNT(*) FROM audit WHERE action = 'panel_exported'";
    assert_eq!(count(&world.settings.database_url, noted).await, 1);
    let none = PanelFilter { fate: Some((1999, 2008, Fate::Both)), ..PanelFilter::default() };
    assert!(world.portal.panel_units(&staff, PanelView::default(), &none).await.unwrap().1.is_empty());
});

story!(two_registers_side_by_side, world => {
    let staff = three_waves(&world).await;
    let found = world.portal.compare_registers(&staff, 2007, 2008, None).await.unwrap();
    let counts: Vec<_> = found.counts.iter().map(|(_, n)| *n).collect();
    assert_eq!((found.before, found.after), (4, 4 + counts[0] - counts[1] - counts[2]), "it adds up");
    assert_eq!(counts, [1, 1, 1, 1, 1, 1, 1], "one of each kind");
    let kinds: Vec<_> = found
        .units
        .iter()
        .map(|unit| (unit.kennung.as_str(), unit.changes.iter().map(|change| change.kind).collect::<Vec<_>>()))
        .collect();
    assert_eq!(kinds, [
        ("GS-3", vec![ChangeKind::Gone]),
        ("GS-4", vec![ChangeKind::Merged, ChangeKind::Land]),
        ("GS-1", vec![ChangeKind::Name, ChangeKind::Contact]),
        ("GS-5", vec![ChangeKind::Added]),
        ("GS-2", vec![ChangeKind::Form]),
    ]);
    let merged = &found.units[1].changes[0];
    assert_eq!((merged.before.as_str(), merged.after.as_str()), ("ARGE Alt", "GS-5"));
    let only = world.portal.compare_registers(&staff, 2007, 2008, Some(ChangeKind::Form)).await.unwrap();
    assert_eq!(only.units.len(), 1);
    let same = world.portal.compare_registers(&staff, 2006, 2007, None).await.unwrap();
    assert!(same.units.is_empty());
    run(&world.settings.database_url, "UPDATE cases SET contact_name = '', contact_email = '' WHERE wave = 2007").await;
    let taken_out = world.portal.compare_registers(&staff, 2007, 2008, Some(ChangeKind::Contact)).await.unwrap();
    assert!(taken_out.units.is_empty(), "what is not kept any more is no difference");
    let missing = world.portal.compare_registers(&staff, 1999, 2008, None).await.map(|_| ());
    assert!(matches!(missing, Err(StaffError::NotFound)), "{missing:?}");
    world.portal.request_access("GS-5", HERE).await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    let token = world.mail("einladung-erneut", "GS-5").token();
    world.portal.set_password(&token, PASSWORD, PASSWORD).await.unwrap();
    let office = world.sign_in("GS-5").await;
    assert!(matches!(world.portal.panel(&office, PanelView::default()).await, Err(StaffError::Forbidden)));
    let refused = world.portal.compare_registers(&office, 2007, 2008, None).await.map(|_| ());
    assert!(matches!(refused, Err(StaffError::Forbidden)), "{refused:?}");
});
