//! Exports besides the machine format of the contract: who gets what, what
//! stands in it, and that the same data give the same bytes.

use crate::support::{REGISTER, World, count, story};
use chrono::TimeDelta;
use portal::{ExportError, ExportFormat, ExportLayout, ExportWish, Role, Session, StaffError};

fn wish(layout: ExportLayout, format: ExportFormat, names: bool) -> ExportWish {
    ExportWish { layout, format, names }
}

fn wave(format: ExportFormat) -> ExportWish {
    wish(ExportLayout::Wave(2008), format, false)
}

async fn bytes(world: &World, wish: &ExportWish) -> Vec<u8> {
    let mut out = Vec::new();
    let export = world.portal.export_here(wish).await.unwrap();
    let rows = export.row_count();
    assert_eq!(
        export.write(&mut out, |_, _| {}).await.unwrap(),
        if wish.format == ExportFormat::Ddi { 0 } else { rows }
    );
    out
}

async fn text(world: &World, wish: &ExportWish) -> String {
    String::from_utf8(bytes(world, wish).await).unwrap()
}

/// Header and rows of a CSV with semicolons.
fn table(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect());
    (header, rows.collect())
}

fn cell<'t>((header, rows): &'t (Vec<String>, Vec<Vec<String>>), kennung: &str, column: &str) -> &'t str {
    let at = header
        .iter()
        .position(|name| name == column)
        .unwrap_or_else(|| panic!("no column {column}"));
    &rows.iter().find(|row| row[0] == kennung).unwrap()[at]
}

/// Both waves opened; GS-1 handed in, in both or in the later one alone.
async fn two_waves(world: &World, both: bool) {
    world.portal.wave_add(World::wave(2007, None)).await.unwrap();
    world.portal.import_units(2007, REGISTER.as_bytes(), &[]).await.unwrap();
    world.portal.wave_open(2007).await.unwrap();
    if both {
        let session = world.office("GS-1").await;
        world.complete(&session).await;
        world.portal.submit(&session).await.unwrap();
    }
    world.portal.wave_close(2007).await.unwrap();
    world.portal.wave_add(World::wave(2008, Some(2007))).await.unwrap();
    world.portal.import_units(2008, REGISTER.as_bytes(), &[]).await.unwrap();
    world.portal.wave_open(2008).await.unwrap();
}

story!(people_get_words_decimal_commas_and_no_formulas, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    world.complete(&session).await;
    world.save(&session, &[("Z1", "=1+1; \"Zitat\"\nneue Zeile"), ("C4", "-8")]).await;
    world.portal.submit(&session).await.unwrap();
    let people = text(&world, &wave(ExportFormat::CsvDe)).await;
    assert!(people.starts_with("\u{feff}kennung;form;land;status;disposition;submitted_at;A1;"), "{people}");
    assert!(people.lines().next().unwrap().split(';').all(|name| name != "name"), "no names unasked");
    let people = table(&people);
    for (column, value) in [
        ("status", "vollständig verwertbar"),
        ("disposition", "vollständig verwertbar"),
        ("submitted_at", "14.01.2008 09:00"),
        ("D4_ue", "20,5"),
        ("B1", "5000"),
        ("D3_ue_1", "gewählt"),
        ("D3_ue_2", "nicht gewählt"),
        ("F1_alle_ue", "nicht gestellt"),
        ("C4", "Angabe nicht möglich"),
        ("Z1", "'=1+1; \"Zitat\"\nneue Zeile"),
        ("typ_ue", "spezialisiert, Vermittlung Teil, Leistung nicht integriert"),
        ("verzahnung_ue", "enge personelle Bezüge"),
    ] {
        assert_eq!(cell(&people, "GS-1", column), value, "{column}");
    }
    assert_eq!(cell(&people, "GS-2", "B1"), "", "nothing handed in");
    let machines = table(&text(&world, &wave(ExportFormat::Csv)).await);
    assert_eq!(cell(&machines, "GS-1", "Z1"), "=1+1; \"Zitat\"\nneue Zeile");
});

story!(names_are_for_admins_who_ask_and_are_logged_apart, world => {
    world.in_the_field().await;
    let people: Vec<Session> = [
        world.staff(Role::Viewer).await,
        world.staff(Role::Editor).await,
        world.staff(Role::Admin).await,
    ]
    .into();
    let named = wish(ExportLayout::Wave(2008), ExportFormat::Csv, true);
    for one in &people[..2] {
        let refused = world.portal.export(one, &named).await.map(|_| ());
        assert!(matches!(refused, Err(ExportError::Staff(StaffError::Forbidden))), "{refused:?}");
        let mut out = Vec::new();
        world.portal.export(one, &wave(ExportFormat::Csv)).await.unwrap().write(&mut out, |_, _| {}).await.unwrap();
        let plain = String::from_utf8(out).unwrap();
        for name in ["Cordelbach", "Öhm", "eva@", "name;"] {
            assert!(!plain.contains(name), "{name} in {plain}");
        }
    }
    let office = world.office("GS-1").await;
    let refused = world.portal.export(&office, &wave(ExportFormat::Csv)).await.map(|_| ());
    assert!(matches!(refused, Err(ExportError::Staff(StaffError::Forbidden))), "offices export nothing");
    let mut out = Vec::new();
    let export = world.portal.export(&people[2], &named).await.unwrap();
    assert_eq!(export.file_name(), "welle-2008-mit-namen.csv");
    export.write(&mut out, |_, _| {}).await.unwrap();
    let found = table(&String::from_utf8(out).unwrap());
    assert_eq!(cell(&found, "GS-1", "name"), "ARGE Cordelbach");
    assert_eq!(cell(&found, "GS-1", "kontakt_name"), "Eva Öhm");
    assert_eq!(cell(&found, "GS-1", "kontakt_email"), "eva@cordelbach.example");
    assert!(found.0.iter().any(|name| name == "A5"), "what is marked as contact data");
    let url = &world.settings.database_url;
    let all = "SELECT COUNT(*) FROM audit WHERE action = 'exported' AND detail = 'csv, Zeilen: 3' AND wave = 2008";
    assert_eq!(count(url, all).await, 3);
    let apart = format!("SELECT COUNT(*) FROM audit WHERE action = 'names_exported' AND account_id = '{}'", people[2].account_id);
    assert_eq!(count(url, &apart).await, 1);
});

story!(the_panel_stands_beside_or_below_itself, world => {
    two_waves(&world, true).await;
    let session = world.sign_in("GS-1").await;
    world.complete(&session).await;
    world.save(&session, &[("B1", "4321")]).await;
    if let Err(portal::SubmitError::Open(findings)) = world.portal.submit(&session).await {
        for finding in findings.open() {
            world.portal.confirm(&session, &finding.code, "Ist so.").await.unwrap();
        }
        world.portal.submit(&session).await.unwrap();
    }
    let waves = || vec![2008, 2007];
    let wide = table(&text(&world, &wish(ExportLayout::Wide(waves()), ExportFormat::Csv, false)).await);
    assert_eq!(wide.1.len(), 1, "usable in both");
    assert_eq!(cell(&wide, "GS-1", "B1_2007"), "5000");
    assert_eq!(cell(&wide, "GS-1", "B1_2008"), "4321");
    assert_eq!(cell(&wide, "GS-1", "typ_ue_2008"), "Iba");
    assert_eq!(wide.0[..3], ["kennung", "name_2007", "form_2007"].map(str::to_owned));
    let long = table(&text(&world, &wish(ExportLayout::Long(waves()), ExportFormat::Csv, false)).await);
    assert_eq!(long.0[..4], ["kennung", "welle", "name", "form"].map(str::to_owned));
    let at = long.0.iter().position(|name| name == "B1").unwrap();
    let found: Vec<(&str, &str)> = long.1.iter().map(|row| (row[1].as_str(), row[at].as_str())).collect();
    assert_eq!(found, [("2007", "5000"), ("2008", "4321")]);
    for format in ExportFormat::ALL {
        for layout in [ExportLayout::Wide(waves()), ExportLayout::Long(waves())] {
            assert!(!bytes(&world, &wish(layout, format, false)).await.is_empty());
        }
    }
    for wrong in [vec![2008], vec![2008, 2008], vec![]] {
        let refused = world.portal.export_here(&wish(ExportLayout::Wide(wrong), ExportFormat::Csv, false)).await;
        assert!(matches!(refused.map(|_| ()), Err(ExportError::NoPanel)));
    }
});

story!(a_unit_usable_in_one_wave_only_is_not_in_the_panel, world => {
    two_waves(&world, false).await;
    let long = table(&text(&world, &wish(ExportLayout::Long(vec![2007, 2008]), ExportFormat::Csv, false)).await);
    assert!(long.1.is_empty());
    let early = wish(ExportLayout::Wide(vec![2008, 1999]), ExportFormat::Sav, false);
    assert!(matches!(world.portal.export_here(&early).await.map(|_| ()), Err(ExportError::NoWave(1999))));
});

story!(paradata_say_when_and_how_often_and_nothing_else, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    world.complete(&session).await;
    world.clock.advance(TimeDelta::hours(30));
    world.save(&session, &[("B1", "5001"), ("Z1", "geheim")]).await;
    world.portal.submit(&session).await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    let found = text(&world, &wave(ExportFormat::Paradata)).await;
    assert!(!found.contains("geheim") && !found.contains("5001") && !found.contains("Cordelbach"), "{found}");
    let found = table(&found);
    let changes: i64 = count(&world.settings.database_url, "SELECT COUNT(*) FROM answer_history").await;
    let changes = changes.to_string();
    for (column, value) in [
        ("welle", "2008"),
        ("eingeladen_am", "2008-01-14T08:00:00Z"),
        ("geoeffnet_am", "2008-01-14T08:00:00Z"),
        ("begonnen_am", "2008-01-14T08:00:00Z"),
        ("abgegeben_am", "2008-01-15T14:00:00Z"),
        ("abgaben", "1"),
        ("aenderungen", changes.as_str()),
        ("aenderungen_institut", "0"),
        ("personen", "1"),
        ("tage", "2"),
        ("letzte_aenderung_am", "2008-01-15T14:00:00Z"),
        ("mails_einladung", "1"),
        ("anrufe", "0"),
        ("letzter_kontakt_am", ""),
    ] {
        assert_eq!(cell(&found, "GS-1", column), value, "{column}");
    }
    assert_eq!(cell(&found, "GS-2", "begonnen_am"), "");
    assert_eq!(cell(&found, "GS-2", "aenderungen"), "0");
});

story!(the_same_data_give_the_same_bytes_whenever_they_are_written, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    world.complete(&session).await;
    world.save(&session, &[("Z1", &"Öde Länge. ".repeat(180))]).await;
    world.portal.submit(&session).await.unwrap();
    world.portal.classify(None, |_, _| {}).await.unwrap();
    for format in ExportFormat::ALL {
        let first = bytes(&world, &wave(format)).await;
        world.clock.advance(TimeDelta::days(400));
        let second = bytes(&world, &wave(format)).await;
        assert!(first == second, "{format:?}");
        assert!(!first.is_empty());
    }
});

story!(more_than_one_page_of_units_comes_in_order_and_whole, world => {
    use std::fmt::Write as _;
    world.portal.wave_add(World::wave(2007, None)).await.unwrap();
    world.portal.wave_add(World::wave(2008, Some(2007))).await.unwrap();
    let mut register = String::from("kennung;name;form;land;kontakt_name;kontakt_email\n");
    for n in 0..1203 {
        // Many of the same name: their order is that of their ids.
        writeln!(register, "E-{n};Ort {};ARGE;Hessen;;e{n}@ort.example", n % 7).unwrap();
    }
    world.portal.import_units(2008, register.as_bytes(), &[]).await.unwrap();
    world.portal.wave_open(2008).await.unwrap();
    let mut told = Vec::new();
    let mut out = Vec::new();
    let export = world.portal.export_here(&wave(ExportFormat::Csv)).await.unwrap();
    export.write(&mut out, |done, of| told.push((done, of))).await.unwrap();
    let (_, rows) = table(&String::from_utf8(out).unwrap());
    let names: Vec<&str> = rows.iter().map(|row| row[1].as_str()).collect();
    assert!(names.is_sorted());
    let kennungen: std::collections::HashSet<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!((rows.len(), kennungen.len()), (1203, 1203));
    assert_eq!(told, [(500, 1203), (1000, 1203), (1203, 1203)]);
});

/// The files without a name that this process holds open: whether others may
/// read them, and enter the folder they lie in.
#[cfg(target_os = "linux")]
fn kept_aside() -> Vec<(bool, bool)> {
    use std::os::unix::fs::PermissionsExt;
    let open = |path: &std::path::Path| Some(std::fs::metadata(path).ok()?.permissions().mode() & 0o077 != 0);
    let held = std::fs::read_dir("/proc/self/fd").unwrap();
    let found = held.filter_map(|one| {
        let one = one.ok()?.path();
        let name = std::fs::read_link(&one).ok()?;
        let nameless = name.starts_with(std::env::temp_dir()) && name.to_string_lossy().ends_with(" (deleted)");
        nameless.then(|| Some((open(&one)?, open(name.parent()?)?)))?
    });
    found.collect()
}

#[cfg(target_os = "linux")]
story!(what_an_export_keeps_aside_is_for_nobody_else, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    world.complete(&session).await;
    // Long enough to stand behind the rows of a file for Stata.
    world.save(&session, &[("Z1", &"Öde Länge. ".repeat(180))]).await;
    world.portal.submit(&session).await.unwrap();
    for format in [ExportFormat::Xlsx, ExportFormat::Dta] {
        let export = world.portal.export_here(&wave(format)).await.unwrap();
        let (mut out, mut found) = (Vec::new(), Vec::new());
        export.write(&mut out, |_, _| found.extend(kept_aside())).await.unwrap();
        assert!(!found.is_empty() && found.iter().all(|(file, folder)| !(file & folder)), "{format:?}: {found:?}");
    }
});
