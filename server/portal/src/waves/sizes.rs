//! Freezes the size classes of a wave when it opens: quartiles of the
//! customers (B1) its units handed in in the wave before, or of a column of
//! the register. Units without a figure have no class.

use crate::store::waves::{self as rows, WaveRow};
use crate::store::{Conn, StoreError, Stored, sizes};
use serde::Deserialize;
use std::collections::BTreeMap;
use survey::sizes::{Cuts, Decimal, figure, transmitted};

/// The one answer that matters here; the others are passed over.
#[derive(Deserialize)]
struct Customers {
    #[serde(rename = "B1")]
    count: Option<String>,
}

/// Puts every case of a wave into its class and keeps the limits.
pub(crate) async fn freeze(conn: &mut Conn, wave: &WaveRow) -> Stored<()> {
    let figures = match (&wave.size_column, wave.previous) {
        (Some(column), _) => of_register(conn, wave.wave, column).await?,
        (None, Some(previous)) => of_wave_before(conn, wave.wave, previous).await?,
        (None, None) => Vec::new(),
    };
    let Some(cuts) = Cuts::of(figures.iter().map(|(_, figure)| *figure).collect()) else {
        return Ok(());
    };
    let mut classes: BTreeMap<u8, Vec<String>> = BTreeMap::new();
    for (case_id, figure) in figures {
        classes.entry(cuts.class(figure)).or_default().push(case_id);
    }
    for (class, case_ids) in classes {
        sizes::put(conn, i32::from(class), &case_ids).await?;
    }
    let json = serde_json::to_string(&cuts).map_err(StoreError::from)?;
    rows::set_size_cuts(conn, wave.wave, &json).await
}

async fn of_register(conn: &mut Conn, wave: i32, column: &str) -> Stored<Vec<(String, Decimal)>> {
    let mut figures = Vec::new();
    let mut last = String::new();
    loop {
        let page = sizes::attributes(conn, wave, &last).await?;
        let Some((end, _)) = page.last() else {
            return Ok(figures);
        };
        last.clone_from(end);
        for (case_id, json) in page {
            let attributes: BTreeMap<String, String> = serde_json::from_str(&json)?;
            let found = attributes.get(column).and_then(|text| figure(text));
            figures.extend(found.map(|figure| (case_id, figure)));
        }
    }
}

async fn of_wave_before(conn: &mut Conn, wave: i32, previous: i32) -> Stored<Vec<(String, Decimal)>> {
    let mut figures = Vec::new();
    let mut last = String::new();
    loop {
        let page = sizes::submitted_before(conn, wave, previous, &last).await?;
        let Some((end, _)) = page.last() else {
            return Ok(figures);
        };
        last.clone_from(end);
        for (case_id, machine) in page {
            let found = match machine {
                Some(json) => serde_json::from_str::<Customers>(&json)?.count,
                None => None,
            };
            figures.extend(
                found
                    .and_then(|text| transmitted(&text))
                    .map(|figure| (case_id, figure)),
            );
        }
    }
}
