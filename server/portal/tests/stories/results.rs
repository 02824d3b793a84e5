//! What leaves the portal: the export and the paper's tables.

use crate::support::{World, story};
use portal::{Decision, ExportError, Role};
use std::collections::HashMap;
use survey::AgeGroup;
use survey::tables::Table;

async fn export(world: &World) -> (Vec<String>, Vec<HashMap<String, String>>) {
    let mut bytes = Vec::new();
    world.portal.export_csv(2008, &mut bytes).await.unwrap();
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(bytes.as_slice());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader
        .records()
        .map(|record| {
            header
                .iter()
                .cloned()
                .zip(record.unwrap().iter().map(str::to_owned))
                .collect()
        })
        .collect();
    (header, rows)
}

story!(the_export_has_the_columns_of_the_contract_in_order, world => {
    world.portal.wave_add(World::wave(2007, None)).await.unwrap();
    let early = world.portal.export_csv(2007, &mut Vec::new()).await;
    assert!(matches!(early, Err(ExportError::NotOpened(2007))));
    world.portal.wave_add(World::wave(2008, Some(2007))).await.unwrap();
    world.portal.import_units(2008, crate::support::REGISTER.as_bytes(), &[]).await.unwrap();
    world.portal.wave_open(2008).await.unwrap();
    let (header, _) = export(&world).await;
    insta::assert_snapshot!("columns", header.join("\n"));
    assert!(!header.iter().any(|name| name == "A5" || name == "A6"), "contact data stays inside");
    assert!(matches!(world.portal.export_csv(1999, &mut Vec::new()).await, Err(ExportError::NoWave(1999))));
});

story!(values_are_for_machines_and_drafts_stay_inside, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    world.complete(&session).await;
    world.save(&session, &[("Z1", "=1+1; \"Zitat\"\nneue Zeile"), ("C4", "-8")]).await;
    world.portal.submit(&session).await.unwrap();
    let draft = world.office("GS-2").await;
    world.save(&draft, &[("B1", "77")]).await;
    let (_, rows) = export(&world).await;
    assert_eq!(rows.len(), 3);
    let row = rows.iter().find(|row| row["kennung"] == "GS-1").unwrap();
    let expected = [
        ("name", "ARGE Cordelbach"),
        ("form", "ARGE"),
        ("land", "Hessen"),
        ("status", "usable"),
        ("disposition", "1.1"),
        ("submitted_at", "2008-01-14T08:00:00Z"),
        ("B1", "5000"),
        ("D4_ue", "20.5"),
        ("D3_ue_1", "1"),
        ("D3_ue_2", "0"),
        ("F1_alle_ue", "-7"),
        ("C4", "-8"),
        ("L5", "-8"),
        ("A2_txt", "-7"),
        ("Z1", "=1+1; \"Zitat\"\nneue Zeile"),
        ("typ_ue", "Iba"),
        ("k1_ue", "I"),
        ("k2_ue", "b"),
        ("k3_ue", "a"),
        ("variante1_ue", "vollspezialisierung"),
        ("verzahnung_ue", "V4"),
        ("grund_ue", ""),
        ("regelversion", survey::typology::RULE_VERSION),
    ];
    for (column, value) in expected {
        assert_eq!(row[column], value, "{column}");
    }
    let row = rows.iter().find(|row| row["kennung"] == "GS-2").unwrap();
    assert_eq!((row["status"].as_str(), row["disposition"].as_str()), ("started", "2.12"));
    for column in ["submitted_at", "B1", "D3_ue_1", "typ_ue", "k1_ue", "regelversion"] {
        assert_eq!(row[column], "", "{column}");
    }
});

story!(tables_count_usable_cases_only, world => {
    world.in_the_field().await;
    for kennung in ["GS-1", "GS-3"] {
        let session = world.office(kennung).await;
        world.complete(&session).await;
        if kennung == "GS-3" {
            world.save(&session, &[("A2", ""), ("K1", ""), ("H4_kom", ""), ("D1_ue", "3")]).await;
            world.save(&session, &[("F1_alle_ue", "3"), ("G1", "8")]).await;
            world.portal.confirm(&session, "D1_u25_s1", "Nur unter 25 Jahren.").await.unwrap();
        }
        if let Err(portal::SubmitError::Open(findings)) = world.portal.submit(&session).await {
            panic!("{kennung}: {:?}", findings.open().map(|finding| &finding.code).collect::<Vec<_>>());
        }
    }
    let count = async |row: &str| {
        let cells = world.portal.tables(2008, Some(2007), &[]).await.unwrap();
        let cell = cells.iter().find(|cell| {
            cell.table == Table::Tabelle2
                && cell.age_group == AgeGroup::Ue
                && cell.form.is_none()
                && cell.wave == 2008
                && cell.row == row
        });
        let rate = cell.unwrap_or_else(|| panic!("no row {row}")).rate;
        (rate.numerator, rate.denominator)
    };
    assert_eq!(count("Iba").await, (1, 2));
    assert_eq!(count("nicht klassifizierbar").await, (1, 2));
    let staff = world.staff(Role::Editor).await;
    world.portal.decide(&staff, 2008, "GS-3", Decision::Unusable, "Nicht verwertbar").await.unwrap();
    assert_eq!(count("Iba").await, (1, 1));
    assert!(world.portal.tables(1999, None, &[]).await.is_err());
});
