//! Tables of the institute's pages as files for people. Which rows, the use
//! cases say; how they are written, [`portal::spreadsheet`].

use super::downloads::csv_file;
use super::error::HttpError;
use super::forms::refused;
use super::session::SignedIn;
use super::state::AppState;
use axum::extract::{Query, State};
use axum::response::Response;
use portal::{AuditFilter, ChangeKind, PanelFilter, PanelView, berlin, spreadsheet};
use std::collections::HashMap;

/// What an address asks for.
pub(super) type Asked = Query<HashMap<String, String>>;

fn of(asked: &HashMap<String, String>, name: &str) -> String {
    asked.get(name).cloned().unwrap_or_default()
}

/// `/institut/verwaltung/protokoll.csv`, with the filter of the page.
pub(super) async fn audit(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Query(asked): Asked,
) -> Result<Response, HttpError> {
    let filter = AuditFilter {
        person: of(&asked, "person"),
        action: of(&asked, "aktion"),
        kennung: of(&asked, "kennung"),
        wave: of(&asked, "jahr"),
        from: of(&asked, "von"),
        to: of(&asked, "bis"),
        after: String::new(),
    };
    let (entries, more) = state.portal().audit_file(&session, &filter).await.map_err(refused)?;
    let mut table = Table::new(&["Wann", "Wer", "Was", "Welle", "Einheit", "Näheres"]);
    for entry in entries {
        table.row(&[
            berlin::long(entry.at),
            entry.who,
            entry.what,
            entry.wave.map(|wave| wave.to_string()).unwrap_or_default(),
            entry.kennung.unwrap_or_default(),
            entry.detail,
        ]);
    }
    if more {
        table.row(&["… und Älteres; grenzen Sie die Auswahl ein".to_owned()]);
    }
    table.file("protokoll.csv")
}

/// `/institut/panel.csv`, with the filter of the page.
pub(super) async fn panel(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Query(asked): Asked,
) -> Result<Response, HttpError> {
    let of = |name: &str| of(&asked, name);
    let view = PanelView {
        level: of("basis").parse().unwrap_or_default(),
        follow: of("nachfolger") == "ja",
    };
    let fate = of("von")
        .parse()
        .ok()
        .zip(of("bis").parse().ok())
        .zip(of("verbleib").parse().ok());
    let filter = PanelFilter {
        pattern: Some(of("muster"))
            .filter(|text| !text.is_empty())
            .and_then(|text| text.parse().ok()),
        fate: fate.map(|((from, to), fate)| (from, to, fate)),
        form: of("form").parse().ok(),
        land: of("land").parse().ok(),
        search: of("suche"),
    };
    let (waves, units) = state
        .portal()
        .panel_units(&session, view, &filter)
        .await
        .map_err(refused)?;
    state
        .portal()
        .note_panel_export(&session, "panel")
        .await
        .map_err(refused)?;
    let mut heads: Vec<String> = ["Kennung", "Name", "Form", "Land"].map(str::to_owned).to_vec();
    heads.extend(waves.iter().map(|wave| format!("Welle {wave}")));
    heads.extend(["Vorgänger", "Nachfolger"].map(str::to_owned));
    let mut table = Table::new(&heads.iter().map(String::as_str).collect::<Vec<_>>());
    for unit in units {
        let mut cells = vec![
            unit.kennung,
            unit.name,
            unit.form.label().to_owned(),
            unit.land.label().to_owned(),
        ];
        cells.extend(unit.parts.iter().map(|part| app::staff::part_label(*part).to_owned()));
        cells.extend([unit.predecessors.join(", "), unit.successors.join(", ")]);
        table.row(&cells);
    }
    table.file("panel.csv")
}

/// `/institut/panel/verzeichnis.csv`, with the waves of the page. Which
/// contacts changed stands in it, not what they are.
pub(super) async fn registers(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Query(asked): Asked,
) -> Result<Response, HttpError> {
    let wave = |name: &str| of(&asked, name).parse().map_err(|_| HttpError::NotFound);
    let (from, to) = (wave("von")?, wave("bis")?);
    let only = of(&asked, "art").parse().ok();
    let found = state
        .portal()
        .compare_registers(&session, from, to, only)
        .await
        .map_err(refused)?;
    let what = format!("register {from} {to}");
    state
        .portal()
        .note_panel_export(&session, &what)
        .await
        .map_err(refused)?;
    let mut table = Table::new(&[
        "Kennung",
        "Name",
        "Unterschied",
        &format!("Welle {from}"),
        &format!("Welle {to}"),
    ]);
    for unit in found.units {
        for change in unit.changes {
            let (before, after) = match change.kind {
                ChangeKind::Contact => (String::new(), String::new()),
                _ => (change.before, change.after),
            };
            table.row(&[
                unit.kennung.clone(),
                unit.name.clone(),
                change.kind.label().to_owned(),
                before,
                after,
            ]);
        }
    }
    table.file("verzeichnisse.csv")
}

/// A table on its way to a spreadsheet.
struct Table(Vec<Vec<String>>);

impl Table {
    fn new(heads: &[&str]) -> Self {
        Self(vec![heads.iter().map(|head| (*head).to_owned()).collect()])
    }

    fn row(&mut self, cells: &[String]) {
        self.0.push(cells.to_vec());
    }

    fn file(self, name: &str) -> Result<Response, HttpError> {
        csv_file(name, spreadsheet(self.0))
    }
}
