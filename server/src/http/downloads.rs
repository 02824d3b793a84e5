//! Files with the numbers of the institute's pages.

use super::error::HttpError;
use super::forms::decision::refused;
use super::session::SignedIn;
use super::state::AppState;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use portal::Overview;
use serde::Deserialize;

/// Which wave, by the end of which day.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    welle: i32,
    tag: Option<NaiveDate>,
}

/// `GET /institut/kurve.csv`
pub(super) async fn curve(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, HttpError> {
    let overview = state
        .portal()
        .overview(&session, asked.welle, asked.tag)
        .await
        .map_err(refused)?;
    Ok(csv(&format!("kurve-{}", named(&overview)), overview.curve_csv()))
}

/// `GET /institut/ruecklauf.csv`
pub(super) async fn groups(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, HttpError> {
    let overview = state
        .portal()
        .overview(&session, asked.welle, asked.tag)
        .await
        .map_err(refused)?;
    Ok(csv(&format!("ruecklauf-{}", named(&overview)), overview.groups_csv()))
}

/// `GET /institut/quoten.csv`
pub(super) async fn quotas(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, HttpError> {
    let quotas = state.portal().quotas(&session, asked.welle).await.map_err(refused)?;
    Ok(csv(&format!("quoten-{}", asked.welle), quotas.csv()))
}

/// Wave and day, as part of a file's name.
fn named(overview: &Overview) -> String {
    format!("{}-{}", overview.wave.key, overview.day)
}

fn csv(name: &str, content: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, content).into_response()
}
