//! The letters of endorsement the operator provides, as files of the listed
//! names only.

use super::error::HttpError;
use super::state::AppState;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// `/begleitschreiben/{name}`
pub(super) async fn serve(State(state): State<AppState>, Path(name): Path<String>) -> Result<Response, HttpError> {
    let letter = state
        .letters()
        .iter()
        .find(|letter| letter.name == name)
        .ok_or(HttpError::NotFound)?;
    let content = tokio::fs::read(&letter.file)
        .await
        .map_err(|error| HttpError::Internal(format!("{}: {error}", letter.file.display())))?;
    let mut response = content.into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    Ok(response)
}
