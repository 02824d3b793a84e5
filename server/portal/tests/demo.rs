//! The demonstration: complete, it gives Tabelle 2 of the paper; in the
//! field, every status is there; a second call changes nothing.

use portal::{BaseUrl, Clock, MailTarget, Portal, Settings};
use std::collections::BTreeSet;
use survey::tables::Table;
use survey::{AgeGroup, Form};

async fn demo(complete: bool) -> (tempfile::TempDir, Portal, portal::DemoSummary) {
    let dir = tempfile::tempdir().expect("a folder");
    let base = BaseUrl::parse("http://127.0.0.1:3000").expect("an address");
    let url = format!("sqlite:{}", dir.path().join("demo.db").display());
    let settings = Settings::new(url, base, MailTarget::Dir(dir.path().join("post")));
    let portal = Portal::open(settings, Clock::system()).await.expect("opens");
    let summary = portal.demo(complete, |_, _| {}).await.expect("is made");
    (dir, portal, summary)
}

#[tokio::test]
async fn complete_it_has_the_cells_of_tabelle_2() {
    let (_dir, portal, _) = demo(true).await;
    let cells = portal.tables(2008, Some(2007)).await.expect("tables");
    let count = |row: &str, form| {
        let cell = cells.iter().find(|cell| {
            cell.table == Table::Tabelle2
                && cell.age_group == AgeGroup::Ue
                && cell.wave == 2008
                && cell.form == Some(form)
                && cell.row == row
        });
        cell.map(|cell| cell.rate.numerator)
    };
    // Paper, Tabelle 2, 31.10.2007.
    let published: [(&str, [u32; 3]); 14] = [
        ("I", [254, 13, 15]),
        ("II", [77, 56, 6]),
        ("Ia", [99, 7, 6]),
        ("Ib", [155, 6, 9]),
        ("IIa", [16, 20, 0]),
        ("IIb", [61, 36, 6]),
        ("Iaa", [93, 6, 6]),
        ("Iab", [6, 1, 0]),
        ("Iba", [149, 4, 9]),
        ("Ibb", [6, 2, 0]),
        ("IIaa", [14, 18, 0]),
        ("IIab", [2, 2, 0]),
        ("IIba", [58, 29, 6]),
        ("IIbb", [3, 7, 0]),
    ];
    for (row, counts) in published {
        for (form, published) in Form::ALL.into_iter().zip(counts) {
            assert_eq!(count(row, form), Some(published), "{row} {form}");
        }
    }
}

#[tokio::test]
async fn in_the_field_every_status_can_be_seen_and_a_second_call_changes_nothing() {
    let (_dir, portal, first) = demo(false).await;
    let statuses: BTreeSet<_> = first.units.iter().map(|unit| unit.status.name()).collect();
    for status in [
        "invited",
        "opened",
        "started",
        "submitted",
        "usable",
        "unusable",
        "refused",
        "ineligible",
    ] {
        assert!(statuses.contains(status), "no office is {status}");
    }
    let second = portal.demo(false, |_, _| {}).await.expect("is there");
    let kennungen = |summary: &portal::DemoSummary| -> Vec<String> {
        summary
            .units
            .iter()
            .map(|unit| format!("{} {}", unit.kennung, unit.status))
            .collect()
    };
    assert_eq!(kennungen(&first), kennungen(&second));
    let editor = first
        .staff
        .iter()
        .find(|one| one.role == portal::Role::Editor)
        .expect("an editor");
    let from = std::net::IpAddr::from([127, 0, 0, 1]);
    let session = portal
        .sign_in(&editor.login, &editor.password, from)
        .await
        .expect("signs in")
        .session;
    let returns = portal.returns(&session, 2008).await.expect("returns");
    let all = returns.rows.iter().find(|row| row.form.is_none()).expect("a total");
    assert_eq!(all.denominator, 442, "443 offices, one of them not eligible");
    let share = f64::from(all.eingegangen) / f64::from(all.denominator);
    assert!((0.55..0.75).contains(&share), "some two thirds are in, not {share}");
}
