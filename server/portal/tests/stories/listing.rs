//! The case list: what is found, in which order, a page at a time; saved
//! views; the table for spreadsheets; and that what stands beside a case is
//! what it rests on.

use crate::support::{World, changes, count, day, run, story};
use chrono::TimeDelta;
use portal::{CaseColumn, CaseFilter, CaseList, CasePaging, CaseSort, Decision, PageFrom, Role, Session, StaffError};
use std::fmt::Write as _;

/// Offices in number, some of the same name.
fn register(offices: usize) -> String {
    let mut text = String::from("kennung;name;form;land;kontakt_name;kontakt_email;ort\n");
    for n in 0..offices {
        let (form, land) = [("ARGE", "Hessen"), ("zkT", "Sachsen"), ("gAw", "Bayern")][n % 3];
        let name = ["Kreis Öhringen", "Zwickauer Land", "Landkreis Ähren"][n % 7 % 3];
        writeln!(text, "GS-{n:04};{name};{form};{land};;post{n}@amt.example;Ort{}", n % 5).unwrap();
    }
    text
}

impl World {
    async fn many(&self, offices: usize) -> Session {
        self.portal.wave_add(Self::wave(2008, None)).await.unwrap();
        let extra = ["ort".to_owned()];
        self.portal
            .import_units(2008, register(offices).as_bytes(), &extra)
            .await
            .unwrap();
        self.portal.wave_open(2008).await.unwrap();
        self.staff(Role::Editor).await
    }

    async fn found(&self, staff: &Session, filter: &CaseFilter) -> String {
        let cases = self.portal.cases(staff, 2008, filter).await.unwrap();
        cases.into_iter().map(|case| case.kennung).collect::<Vec<_>>().join(" ")
    }
}

story!(every_order_shows_every_case_once_forwards_and_backwards, world => {
    let staff = world.many(47).await;
    for n in ["GS-0003", "GS-0020", "GS-0040"] {
        world.portal.decide(&staff, 2008, n, Decision::Refused, "Keine Zeit").await.unwrap();
        world.clock.advance(TimeDelta::minutes(7));
    }
    for sort in CaseSort::ALL {
        for descending in [false, true] {
            let mut seen = Vec::new();
            let mut paging = CasePaging { sort, descending, size: 10, from: PageFrom::Start };
            let page = loop {
                let page = world.portal.case_page(&staff, 2008, &CaseFilter::default(), &paging).await.unwrap();
                assert_eq!(page.count, 47);
                assert_eq!(page.earlier, !seen.is_empty());
                seen.extend(page.rows.iter().map(|row| row.kennung.clone()));
                let last = page.rows.last().unwrap().kennung.clone();
                if !page.later {
                    break page;
                }
                paging.from = PageFrom::After(last);
            };
            assert_eq!(page.rows.len(), 7, "{sort:?}");
            let mut once = seen.clone();
            once.sort();
            once.dedup();
            assert_eq!((seen.len(), once.len()), (47, 47), "{sort:?} {descending}");
            // Back to the start, the same pages.
            let mut back = page.rows.iter().map(|row| row.kennung.clone()).collect::<Vec<_>>();
            let mut first = back[0].clone();
            loop {
                paging.from = PageFrom::Before(first.clone());
                let page = world.portal.case_page(&staff, 2008, &CaseFilter::default(), &paging).await.unwrap();
                let mut rows = page.rows.iter().map(|row| row.kennung.clone()).collect::<Vec<_>>();
                first.clone_from(&rows[0]);
                rows.append(&mut back);
                back = rows;
                assert!(page.later);
                if !page.earlier {
                    break;
                }
            }
            assert_eq!(back, seen, "{sort:?} {descending}");
            let whole = world.portal.cases_csv(&staff, 2008, &CaseFilter::default(), &paging).await.unwrap();
            let whole = String::from_utf8(whole).unwrap();
            let listed: Vec<&str> = whole.lines().skip(1).filter_map(|line| line.split(';').next()).collect();
            assert_eq!(listed, seen, "{sort:?} {descending}");
        }
    }
    let refused = CasePaging { sort: CaseSort::Status, descending: true, size: 3, ..CasePaging::default() };
    let page = world.portal.case_page(&staff, 2008, &CaseFilter::default(), &refused).await.unwrap();
    let mut last: Vec<_> = page.rows.iter().map(|row| row.kennung.as_str()).collect();
    last.sort_unstable();
    assert_eq!(last, ["GS-0003", "GS-0020", "GS-0040"], "the end of the process comes last");
});

story!(words_are_found_by_their_beginnings, world => {
    let staff = world.many(21).await;
    let search = |text: &str| CaseFilter { search: text.into(), ..CaseFilter::default() };
    let find = async |text: &str| world.found(&staff, &search(text)).await.split_whitespace().count();
    let all = find("gs").await;
    assert_eq!(all, 21);
    for (text, n) in [
        ("öhr", 9), ("OHRINGEN", 9), ("hringen", 0), ("land", 12), ("zwick land", 6), ("land zwick", 6), ("ort3", 4),
        ("ähren ort4", 2), ("0007", 1), ("gs-0007", 1), ("000", 10), ("%", 0), ("_", 0), ("z", 6), ("", 21),
    ] {
        assert_eq!(find(text).await, n, "{text}");
    }
    // A renamed office is found by its new name only.
    let renamed = "kennung;name;form;land;kontakt_name;kontakt_email\nGS-0100;Neustadt;ARGE;Hessen;;a@b.example\n";
    world.portal.wave_add(World::wave(2009, Some(2008))).await.unwrap();
    world.portal.import_units(2009, renamed.as_bytes(), &[]).await.unwrap();
    let again = renamed.replace("Neustadt", "Altstadt");
    world.portal.import_units(2009, again.as_bytes(), &[]).await.unwrap();
    for (text, n) in [("neu", 0), ("alt", 1), ("gs-0100", 1)] {
        assert_eq!(world.portal.cases(&staff, 2009, &search(text)).await.unwrap().len(), n, "{text}");
    }
    assert_eq!(find("gs-0100").await, 0, "another wave's");
});

story!(words_most_cases_have_find_the_same_as_rare_ones, world => {
    let offices = 2_000;
    let staff = world.many(offices).await;
    let names: Vec<(String, &str)> = (0..offices)
        .map(|n| (format!("GS-{n:04}"), ["Kreis Öhringen", "Zwickauer Land", "Landkreis Ähren"][n % 7 % 3]))
        .collect();
    // Alone and together, common and rare.
    for (text, name, kennung) in [
        ("gs", "", ""), ("land", "and", ""), ("gs zwick", "Zwick", ""), ("kreis gs-000", "Kreis", "GS-000"),
        ("gs land zwick 19", "Zwick", "GS-19"), ("gs land nirgends", "nirgends", ""),
    ] {
        let wanted = names.iter().filter(|(one, called)| called.contains(name) && one.starts_with(kennung)).count();
        let filter = CaseFilter { search: text.into(), ..CaseFilter::default() };
        let mut paging = CasePaging { size: 500, sort: CaseSort::Kennung, ..CasePaging::default() };
        let mut found = Vec::new();
        loop {
            let page = world.portal.case_page(&staff, 2008, &filter, &paging).await.unwrap();
            assert_eq!(page.count, wanted as u64, "{text}");
            found.extend(page.rows.into_iter().map(|row| row.kennung));
            match found.last() {
                Some(last) if page.later => paging.from = PageFrom::After(last.clone()),
                _ => break,
            }
        }
        assert_eq!(found.len(), wanted, "{text}");
        assert!(found.is_sorted(), "{text}");
        let whole = world.portal.cases(&staff, 2008, &filter).await.unwrap();
        assert_eq!(whole.len(), wanted, "{text}");
    }
});

story!(every_filter_finds_its_cases, world => {
    world.in_the_field().await;
    let (one, two) = (world.office("GS-1").await, world.office("GS-2").await);
    world.complete(&one).await;
    world.portal.submit(&one).await.unwrap();
    world.portal.save(&two, &changes(&[("B1", "5.000")], 0)).await.unwrap();
    let staff = world.staff(Role::Editor).await;
    world.portal.opt_out(&staff, 2008, "GS-3", "Ruft selbst an").await.unwrap();
    let sql = "INSERT INTO address_marks (address_key, address, reason, at) VALUES ('jan@aehren.example', 'Jan@Aehren.example', '550', 1)";
    run(&world.settings.database_url, sql).await;
    let read = |query: &str| {
        let (filter, bad) = CaseFilter::read(|name| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(other, _)| *other == name).map(|(_, value)| value.to_owned()).collect()
        });
        assert_eq!(bad, [], "{query}");
        filter
    };
    let found = async |query: &str| world.found(&staff, &read(query)).await;
    for (query, expected) in [
        ("", "GS-3 GS-1 GS-2"), ("stand=offen", "GS-3 GS-2"), ("stand=eingegangen", "GS-1"), ("stand=ausgeschieden", ""),
        ("status=started", "GS-2"), ("status=started&stand=eingegangen", ""), ("abgemeldet=ja", "GS-3"),
        ("gesperrt=ja", "GS-2"), ("typ_ue=Iba", "GS-1"), ("typ_ue=IIbb", ""), ("spaet=ja", ""), ("still=3", "GS-3"),
        ("form=zkT&land=Baden-Württemberg", "GS-2"), ("form=zkT&land=Hessen", ""), ("fall=gs-1&fall=GS-3", "GS-3 GS-1"),
    ] {
        assert_eq!(found(query).await, expected, "{query}");
    }
    world.clock.advance(TimeDelta::days(4));
    assert_eq!(found("still=3").await, "GS-3 GS-2");
    // The deadline passes: pending cases are late, the one handed in was not.
    world.clock.advance(TimeDelta::days(60));
    assert_eq!(found("spaet=ja").await, "GS-3 GS-2");
    let late = world.portal.cases(&staff, 2008, &CaseFilter::default()).await.unwrap();
    assert_eq!(late.iter().map(|row| row.late).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(late[0].deadline, day("2008-02-15"));
});

story!(progress_is_caught_up_with_and_says_how_far_the_answers_are, world => {
    world.in_the_field().await;
    let office = world.office("GS-1").await;
    let staff = world.staff(Role::Viewer).await;
    let progress = async || {
        let rows = world.portal.cases(&staff, 2008, &CaseFilter::default()).await.unwrap();
        rows.into_iter().find(|row| row.kennung == "GS-1").unwrap().progress
    };
    assert_eq!(progress().await, None);
    world.portal.save(&office, &changes(&[("B1", "5.000"), ("B2", "900")], 0)).await.unwrap();
    assert_eq!(world.portal.progress_catch_up(false).await.unwrap(), 1);
    let (answered, asked) = progress().await.unwrap();
    assert!(answered == 2 && asked > 30, "{answered} of {asked}");
    assert_eq!(world.portal.progress_catch_up(true).await.unwrap(), 0, "nothing has changed");
    world.complete(&office).await;
    assert_eq!(world.portal.progress_catch_up(false).await.unwrap(), 1);
    let (answered, asked) = progress().await.unwrap();
    // One question is optional and left blank.
    assert_eq!(answered + 1, asked);
    assert_eq!(world.portal.verify(|_, _| {}).await.unwrap().damage, []);
    run(&world.settings.database_url, "UPDATE cases SET answered = 1 WHERE status = 'started'").await;
    let damage = world.portal.verify(|_, _| {}).await.unwrap().damage;
    assert_eq!(damage.len(), 1, "{damage:?}");
});

story!(views_are_ones_own_and_come_back_as_they_were, world => {
    world.in_the_field().await;
    let (one, other) = (world.staff(Role::Viewer).await, world.staff(Role::Editor).await);
    let portal = &world.portal;
    portal.view_save(&one, "Stille", "still=6&form=zkT").await.unwrap();
    portal.view_save(&one, "  Stille ", "still=9").await.unwrap();
    let views = portal.saved_views(&one).await.unwrap();
    assert_eq!((views.len(), views[0].name.as_str(), views[0].query.as_str()), (1, "Stille", "still=9"));
    assert_eq!(portal.saved_views(&other).await.unwrap(), []);
    assert!(matches!(portal.view_delete(&other, &views[0].id).await, Err(StaffError::NotFound)));
    for name in ["", "  ", &*"x".repeat(61), "a\tb"] {
        assert!(matches!(portal.view_save(&one, name, "").await, Err(StaffError::Refused(_))), "{name:?}");
    }
    portal.view_delete(&one, &views[0].id).await.unwrap();
    assert_eq!(portal.saved_views(&one).await.unwrap(), []);
});

story!(the_table_is_noted_and_holds_no_formulas, world => {
    world.portal.wave_add(World::wave(2008, None)).await.unwrap();
    let register = "kennung;name;form;land;kontakt_name;kontakt_email\nGS-1;=HYPERLINK();ARGE;Hessen;@x;a@b.example\n";
    world.portal.import_units(2008, register.as_bytes(), &[]).await.unwrap();
    let staff = world.staff(Role::Viewer).await;
    let table = world.portal.cases_csv(&staff, 2008, &CaseFilter::default(), &CasePaging::default()).await.unwrap();
    let table = String::from_utf8(table).unwrap();
    assert!(table.starts_with("\u{feff}Kennung;Name;"));
    assert!(table.contains("\r\nGS-1;'=HYPERLINK();ARGE;Hessen;noch nicht eingeladen;"), "{table}");
    assert!(table.contains(";'@x;"), "{table}");
    let noted = "SELECT COUNT(*) FROM audit WHERE action = 'cases_exported' AND detail = 'Fälle: 1'";
    assert_eq!(count(&world.settings.database_url, noted).await, 1);
});

#[test]
fn a_look_at_the_list_is_read_as_it_was_written() {
    let pairs = [
        ("stand", "offen"),
        ("sortierung", "bewegung"),
        ("richtung", "ab"),
        ("zeilen", "200"),
        ("spalte", "name"),
        ("spalte", "anruf"),
    ];
    let read = |pairs: &[(&str, &str)]| {
        CaseList::read(|name| {
            let of = pairs.iter().filter(|(other, _)| *other == name);
            of.map(|(_, value)| (*value).to_owned()).collect()
        })
    };
    let (list, bad) = read(&pairs);
    assert_eq!(bad, []);
    assert_eq!(list.columns, [CaseColumn::Name, CaseColumn::Called]);
    let written = list.pairs();
    assert_eq!(
        written
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect::<Vec<_>>(),
        pairs
    );
    let (_, bad) = read(&[("zeilen", "7"), ("sortierung", "x"), ("richtung", "quer")]);
    assert_eq!(
        bad.iter().map(|one| one.field).collect::<Vec<_>>(),
        ["sortierung", "richtung", "zeilen"]
    );
}
