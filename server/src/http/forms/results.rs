//! Results: making rules count, releasing feedback, tables and variables as
//! CSV for machines.

use super::decision::refused;
use super::see;
use crate::http::downloads::figures_file;
use crate::http::error::HttpError;
use crate::http::fields::Fields;
use crate::http::pages::{PageContext, render};
use crate::http::paths::encoded;
use crate::http::session::SignedIn;
use crate::http::state::AppState;
use app::{FormErrors, Typed, Viewer};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use portal::{Grouping, Session, StaffError};
use serde::Deserialize;
use survey::{Rules, tables};

/// `POST /institut/ergebnisse/regeln`
pub(in crate::http) async fn rules(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = fields.0.clone();
    let form = fields.only(&["welle", "regelversion", "k3_regel", "grund", "bestaetigt"])?;
    let wave = wave_of(form.get("welle"))?;
    let page = format!("/institut/ergebnisse/regeln?welle={wave}");
    let unknown = |_| HttpError::BadForm("Diese Regeln gibt es nicht.".to_owned());
    let rules = Rules {
        version: form.get("regelversion").parse().map_err(unknown)?,
        k3_rule: form.get("k3_regel").parse().map_err(unknown)?,
    };
    if form.get("bestaetigt") != "ja" {
        let wrong = (
            "bestaetigt",
            "Bitte bestätigen Sie, dass die Regeln ab sofort gelten sollen.",
        );
        return Ok(again(&state, session, typed, wrong, &page).await);
    }
    match state.portal().choose_rules(&session, rules, form.get("grund")).await {
        Ok(()) => {
            state.jobs().wake();
            Ok(see(&format!("{page}&meldung=regeln")))
        }
        Err(error @ StaffError::Reason) => {
            let message = error.to_string();
            Ok(again(&state, session, typed, ("grund", &message), &page).await)
        }
        Err(StaffError::Refused(message)) => Ok(again(&state, session, typed, ("regelversion", &message), &page).await),
        Err(error) => Err(refused(error)),
    }
}

/// `POST /institut/ergebnisse/rueckmeldung`
pub(in crate::http) async fn feedback(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = fields.0.clone();
    let form = fields.only(&["welle", "tun", "bestaetigt"])?;
    let wave = wave_of(form.get("welle"))?;
    let page = format!("/institut/ergebnisse/rueckmeldung?welle={wave}");
    let portal = state.portal();
    let confirmed = form.get("bestaetigt") == "ja";
    let (done, told) = match form.get("tun") {
        "freigeben" | "zuruecknehmen" if !confirmed => {
            let wrong = ("bestaetigt", "Bitte bestätigen Sie den Satz daneben.");
            return Ok(again(&state, session, typed, wrong, &page).await);
        }
        "freigeben" => (portal.feedback_release(&session, wave).await, "freigegeben"),
        "zuruecknehmen" => (portal.feedback_withdraw(&session, wave).await, "zurueckgenommen"),
        _ => return Err(HttpError::BadForm("Freigeben oder zurücknehmen?".to_owned())),
    };
    done.map_err(refused)?;
    Ok(see(&format!("{page}&meldung={told}")))
}

/// What a file is about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Wanted {
    welle: String,
    #[serde(default)]
    basis: String,
    #[serde(default)]
    nach: String,
}

/// `GET /institut/ergebnisse/csv`: the tables as `ruecklauf tables` prints them.
pub(in crate::http) async fn tables_csv(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Query(wanted): Query<Wanted>,
) -> Result<Response, HttpError> {
    let wave = wave_of(&wanted.welle)?;
    let found = state.portal().results(&session, wave, wanted.basis == "panel").await;
    let mut cells = found.map_err(refused)?.cells;
    cells.retain(|cell| tables::Table::ALL.contains(&cell.table) && !is_reason(&cell.row));
    let name = format!("tabellen-{wave}.csv");
    figures_file(&state, &session, (wave, &name), tables::csv(&cells)).await
}

/// Rows of reasons are no part of the contract's columns.
fn is_reason(row: &str) -> bool {
    survey::typology::Reason::ALL.iter().any(|reason| {
        row.strip_prefix(reason.name())
            .is_some_and(|rest| rest.starts_with(' '))
    })
}

/// `GET /institut/ergebnisse/variablen/{item}/csv`
pub(in crate::http) async fn variable_csv(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(item): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, HttpError> {
    let wave = wave_of(&wanted.welle)?;
    let grouping: Grouping = wanted.nach.parse().unwrap_or_default();
    let panel = wanted.basis == "panel";
    let found = state.portal().variable(&session, wave, &item, grouping, panel).await;
    let found = found.map_err(refused)?;
    let name = format!("variable-{}-{wave}.csv", encoded(&found.id));
    figures_file(&state, &session, (wave, &name), found.csv()).await
}

/// The page once more, with what was typed and what is wrong with it.
pub(super) async fn again(
    state: &AppState,
    session: Session,
    typed: Vec<(String, String)>,
    (field, message): (&str, &str),
    page: &str,
) -> Response {
    let context = PageContext {
        errors: Some(FormErrors(vec![(field.to_owned(), message.to_owned())])),
        typed: Some(Typed(typed)),
        ..PageContext::new(state, Viewer(Some(session)))
    };
    let mut answer = render(context, page).await;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    answer
}

fn wave_of(text: &str) -> Result<i32, HttpError> {
    text.parse()
        .map_err(|_| HttpError::BadForm("Diese Welle gibt es nicht.".to_owned()))
}
