//! Files with the numbers of the institute's pages.

use super::error::HttpError;
use super::forms::decision::refused;
use super::session::SignedIn;
use super::state::AppState;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use portal::{Overview, Session};
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
    state: State<AppState>,
    session: SignedIn,
    asked: Query<Asked>,
) -> Result<Response, HttpError> {
    overview_file(state, session, asked, "kurve", Overview::curve_csv).await
}

/// `GET /institut/ruecklauf.csv`
pub(super) async fn groups(
    state: State<AppState>,
    session: SignedIn,
    asked: Query<Asked>,
) -> Result<Response, HttpError> {
    overview_file(state, session, asked, "ruecklauf", Overview::groups_csv).await
}

/// `GET /institut/trichter.csv`
pub(super) async fn funnel(
    state: State<AppState>,
    session: SignedIn,
    asked: Query<Asked>,
) -> Result<Response, HttpError> {
    overview_file(state, session, asked, "trichter", Overview::funnel_csv).await
}

/// `GET /institut/wirkung.csv`
pub(super) async fn steps(
    state: State<AppState>,
    session: SignedIn,
    asked: Query<Asked>,
) -> Result<Response, HttpError> {
    overview_file(state, session, asked, "wirkung", Overview::steps_csv).await
}

/// One table of the overview; its file's name says wave and day.
async fn overview_file(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Query(asked): Query<Asked>,
    name: &str,
    table: fn(&Overview) -> Vec<u8>,
) -> Result<Response, HttpError> {
    let overview = state.portal().overview(&session, asked.welle, asked.tag).await;
    let overview = overview.map_err(refused)?;
    let name = format!("{name}-{}-{}.csv", overview.wave.key, overview.day);
    figures_file(&state, &session, (asked.welle, &name), table(&overview)).await
}

/// `GET /institut/quoten.csv`
pub(super) async fn quotas(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, HttpError> {
    let quotas = state.portal().quotas(&session, asked.welle).await.map_err(refused)?;
    let name = format!("quoten-{}.csv", asked.welle);
    figures_file(&state, &session, (asked.welle, &name), quotas.csv()).await
}

/// Figures of a wave to be saved under a name, noted in the log.
pub(super) async fn figures_file(
    state: &AppState,
    session: &Session,
    (wave, name): (i32, &str),
    content: impl Into<Body>,
) -> Result<Response, HttpError> {
    let noted = state.portal().note_figures_export(session, wave, name).await;
    noted.map_err(refused)?;
    csv_file(name, content)
}

/// A table to be saved under a name.
pub(super) fn csv_file(name: &str, content: impl Into<Body>) -> Result<Response, HttpError> {
    let place = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .map_err(|_| HttpError::Internal(format!("no name of a file: {name:?}")))?;
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, place)];
    Ok((headers, content.into()).into_response())
}
