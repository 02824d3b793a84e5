//! Import of the register: all rows or none.

use crate::support::{PASSWORD, REGISTER, World, story};
use portal::{ImportError, Imported, Portal, Role, RowError};
use rust_xlsxwriter::Workbook;

const HEADER: &str = "kennung;name;form;land;kontakt_name;kontakt_email";

async fn report(portal: &Portal, text: &str) -> Vec<RowError> {
    match portal.import_units(2008, text.as_bytes(), &[]).await {
        Err(ImportError::Report(report)) => report,
        other => panic!("{other:?}"),
    }
}

async fn kennungen(world: &World) -> Vec<String> {
    let staff = world.staff(Role::Viewer).await;
    let cases = world
        .portal
        .cases(&staff, 2008, &portal::CaseFilter::default())
        .await
        .unwrap();
    cases.into_iter().map(|case| case.kennung).collect()
}

story!(everything_wrong_is_reported_at_once_and_nothing_is_imported, world => {
    world.portal.wave_add(World::wave(2008, None)).await.unwrap();
    let long = "x".repeat(201);
    let text = format!(
        "{HEADER}
GS-1;ARGE A;ARGE;Hessen;Eva;eva@a.example
gs-1;ARGE B;ARGE;Hessen;Eva;eva@b.example
GS-2;ARGE C;Arge;Hessn;Eva;keine Adresse
;ARGE D;zkT;Bayern;Eva;
GS-3;\"ARGE
E\";zkT;Bayern;Eva;eva@e.example
GS-4;{long};gAw;Berlin;Eva;eva@f.example;zu viel
eva@g.example;ARGE G;gAw;Berlin;Eva;eva@g.example
"
    );
    let report = report(&world.portal, &text).await;
    let found: Vec<_> = report.iter().map(|error| (error.line, error.field.as_str(), error.code)).collect();
    assert_eq!(
        found,
        [
            (3, "kennung", "duplicate"),
            (4, "form", "unknown_form"),
            (4, "land", "unknown_land"),
            (4, "kontakt_email", "email"),
            (5, "kennung", "empty"),
            (5, "kontakt_email", "empty"),
            (6, "name", "control_character"),
            (8, "Zeile", "too_many_cells"),
            (8, "name", "too_long"),
            (9, "kennung", "kennung"),
        ]
    );
    assert_eq!(
        report[2].to_string(),
        "Zeile 4, land: „Hessn“: Das ist keines der 16 Länder (zum Beispiel „Baden-Württemberg“)."
    );
    assert!(report[0].message.contains("Zeile 2"));
    assert!(kennungen(&world).await.is_empty());
});

story!(missing_and_repeated_columns_and_empty_files_are_named, world => {
    world.portal.wave_add(World::wave(2008, None)).await.unwrap();
    let missing = report(&world.portal, "kennung;name;name;land\nGS-1;A;A;Hessen\n").await;
    let found: Vec<_> = missing.iter().map(|error| (error.field.as_str(), error.code)).collect();
    assert_eq!(
        found,
        [
            ("name", "repeated_column"),
            ("form", "missing_column"),
            ("kontakt_name", "missing_column"),
            ("kontakt_email", "missing_column")
        ]
    );
    assert_eq!(report(&world.portal, HEADER).await[0].code, "empty");
    assert!(matches!(world.portal.import_units(2008, b"", &[]).await, Err(ImportError::Unreadable(_))));
    assert!(matches!(world.portal.import_units(2009, b"x", &[]).await, Err(ImportError::NoWave(2009))));
    let huge = vec![b'x'; portal::LARGEST_REGISTER + 1];
    assert!(matches!(world.portal.import_units(2008, &huge, &[]).await, Err(ImportError::TooLarge(_))));
});

story!(the_same_register_in_every_dress_is_the_same_register, world => {
    world.portal.wave_add(World::wave(2008, None)).await.unwrap();
    let first = world.portal.import_units(2008, REGISTER.as_bytes(), &[]).await.unwrap();
    assert_eq!(first, Imported { new_units: 3, added: 3, updated: 0, unchanged: 0 });
    let same = Imported { new_units: 0, added: 0, updated: 0, unchanged: 3 };
    let windows = encoding_1252(&REGISTER.replace('\n', "\r\n"));
    assert_eq!(world.portal.import_units(2008, &windows, &[]).await.unwrap(), same, "Windows-1252, CRLF");
    let marked = format!("\u{feff}{}", REGISTER.replace(';', ","));
    assert_eq!(world.portal.import_units(2008, marked.as_bytes(), &[]).await.unwrap(), same, "UTF-8 with mark, commas");
    assert_eq!(world.portal.import_units(2008, &xlsx(REGISTER), &[]).await.unwrap(), same, "XLSX");
    let renamed = REGISTER.replace("Landkreis Ähren", "Landkreis Ährental");
    let changed = world.portal.import_units(2008, renamed.as_bytes(), &[]).await.unwrap();
    assert_eq!((changed.updated, changed.unchanged), (1, 2));
    assert_eq!(kennungen(&world).await, ["GS-3", "GS-1", "GS-2"], "German order of names");
});

story!(a_known_kennung_is_the_same_unit_in_a_new_wave, world => {
    world.in_the_field().await;
    let first = world.office("GS-1").await;
    world.portal.wave_close(2008).await.unwrap();
    world.portal.wave_add(World::wave(2009, Some(2008))).await.unwrap();
    let text = REGISTER.replace("GS-1;ARGE Cordelbach;ARGE", "gs-1;Landkreis Cordelbach;zkT");
    let imported = world.portal.import_units(2009, text.as_bytes(), &[]).await.unwrap();
    assert_eq!((imported.new_units, imported.added), (0, 3));
    world.portal.wave_open(2009).await.unwrap();
    let case = world.portal.case_of(&first).await.unwrap().unwrap();
    assert_eq!((case.wave.key, case.form, case.name.as_str()), (2009, survey::Form::Zkt, "Landkreis Cordelbach"));
});

story!(once_open_only_contacts_may_change, world => {
    world.in_the_field().await;
    world.office("GS-1").await;
    let text = REGISTER
        .replace("Landkreis Ähren;zkT", "Landkreis Ährental;gAw")
        .replace("Sachsen", "Bayern")
        + "GS-9;ARGE Neu;ARGE;Hessen;;neu@arge.example\n";
    let report = report(&world.portal, &text).await;
    let found: Vec<_> = report.iter().map(|error| (error.line, error.field.as_str(), error.code)).collect();
    assert_eq!(
        found,
        [(3, "name", "frozen"), (3, "form", "frozen"), (4, "land", "frozen"), (5, "kennung", "not_in_list")]
    );
    assert!(report[0].message.contains("Landkreis Ähren"), "{}", report[0].message);

    let text = REGISTER.replace("Eva Öhm;eva@", "Ute Ahr;ute@");
    let imported = world.portal.import_units(2008, text.as_bytes(), &[]).await.unwrap();
    assert_eq!((imported.updated, imported.unchanged), (1, 2));
    // Another person, who sets a password of their own.
    world.portal.mail_run(None, None).await.unwrap();
    let link = world.mail("einladung-erneut", "GS-1");
    assert!(link.to.contains("ute@cordelbach.example"), "{}", link.to);
    world.portal.set_password(&link.token(), PASSWORD, PASSWORD).await.unwrap();
    let session = world.sign_in("GS-1").await;
    let contact = world.portal.case_of(&session).await.unwrap().unwrap().contact;
    assert_eq!((contact.name.as_str(), contact.email.as_str()), ("Ute Ahr", "ute@cordelbach.example"));
    world.portal.request_access("GS-1", crate::support::HERE).await.unwrap();
    world.portal.mail_run(None, None).await.unwrap();
    assert!(world.mail("neues-passwort", "GS-1").to.contains("ute@cordelbach.example"), "mails go to the new one");
    world.portal.wave_close(2008).await.unwrap();
    let closed = world.portal.import_units(2008, REGISTER.as_bytes(), &[]).await;
    assert!(matches!(closed, Err(ImportError::Closed(2008))));
});

story!(further_columns_are_kept_where_they_are_named, world => {
    world.portal.wave_add(World::wave(2008, None)).await.unwrap();
    let text = "Kennung ;name;form;land;kontakt_name;kontakt_email;ags;egal
GS-1;ARGE A;ARGE;Hessen;;a@a.example;06 4 31;x
";
    world.portal.import_units(2008, text.as_bytes(), &["ags".into()]).await.unwrap();
    let staff = world.staff(Role::Viewer).await;
    let detail = world.portal.case_detail(&staff, 2008, "GS-1").await.unwrap();
    assert_eq!(detail.attributes, [("ags".to_owned(), "06 4 31".to_owned())]);
    let again = world.portal.import_units(2008, text.as_bytes(), &[]).await.unwrap();
    assert_eq!((again.updated, again.unchanged), (0, 1), "what is not asked for stays");
    let unknown = world.portal.import_units(2008, text.as_bytes(), &["nicht_da".into()]).await;
    assert!(matches!(unknown, Err(ImportError::Report(_))));
});

/// Windows-1252; the texts here have no character above U+00FF.
fn encoding_1252(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

fn xlsx(text: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0..).zip(text.lines()) {
        for (column, cell) in (0..).zip(line.split(';')) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}
