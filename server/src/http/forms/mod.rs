//! Posted forms: each handler reads names and values, calls one use case and
//! redirects to a path of its own choosing (303), so that every form works
//! without scripts and a reload never posts again.

pub(super) mod account;
pub(super) mod answers;
pub(super) mod cases;
pub(super) mod colleagues;
pub(super) mod decision;
pub(super) mod entry;
pub(super) mod exports;
pub(super) mod goals;
pub(super) mod own;
pub(super) mod post;
pub(super) mod queries;
pub(super) mod results;
mod resume;
pub(super) mod retention;
pub(super) mod staff;

pub(super) use account::CARRIED;
pub(super) use decision::refused;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Tells the browser to get `path`, one of our own.
fn see(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => super::error::HttpError::Internal(format!("no address: {path:?}")).into_response(),
    }
}
