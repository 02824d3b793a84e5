//! One place where failed answers become German pages: whatever leaves a
//! handler or a layer with an error status and no page of its own gets one,
//! and the cause goes to the log under the request's id.

use super::error::{Cause, HttpError};
use super::headers::RequestId;
use super::pages::{PageContext, render};
use super::paths;
use super::retry::Unstored;
use super::state::AppState;
use app::{Failure, Viewer};
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::sync::Arc;

/// Turns failures into pages; under `/api/` into plain sentences.
pub(super) async fn pages(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let id = request
        .extensions()
        .get::<RequestId>()
        .map(|id| id.0.clone())
        .unwrap_or_default();
    let method = request.method().clone();
    // The path itself may hold a token; its pattern does not.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let back = paths::sent_from(request.headers(), state.base_url());
    let for_a_program = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let cause = response.extensions_mut().remove::<Cause>();
    if cause.is_none() && is_page(&response) {
        return response;
    }
    let cause = cause.map_or_else(
        || Arc::new(HttpError::from_status(status, for_a_program)),
        |cause| cause.0,
    );
    let route = route.as_deref().unwrap_or("-");
    if status.is_server_error() {
        let source = std::error::Error::source(&*cause)
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(%id, %method, route, code = cause.code(), %source, "{cause}");
    } else {
        tracing::debug!(%id, %method, route, code = cause.code(), "{cause}");
    }
    let (title, text) = cause.wording();
    let mut failed = if for_a_program {
        (cause.status(), format!("{title}. {text} ({id})")).into_response()
    } else {
        let viewer = response.extensions_mut().remove::<Viewer>().unwrap_or_default();
        let id = (!matches!(*cause, HttpError::NotFound | HttpError::Method)).then_some(id);
        let failure = Failure {
            status: cause.status().as_u16(),
            title: title.to_owned(),
            text,
            id,
            retry: response.extensions_mut().remove::<Unstored>().map(|form| form.0),
            back,
        };
        let context = PageContext {
            failure: Some(failure),
            ..PageContext::new(&state, viewer)
        };
        let mut page = render(context, "/").await;
        *page.status_mut() = cause.status();
        page
    };
    for name in [header::ALLOW, header::RETRY_AFTER, header::SET_COOKIE] {
        if let Some(value) = response.headers_mut().remove(&name) {
            failed.headers_mut().insert(name, value);
        }
    }
    failed
}

fn is_page(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html"))
}

/// The answer after a panic; the message goes to the log only.
pub(super) fn panicked(payload: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let message = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("panic without a message");
    HttpError::Internal(message.to_owned()).into_response()
}

/// Answers for addresses that do not exist.
pub(super) async fn not_found() -> HttpError {
    HttpError::NotFound
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    #[test]
    fn a_panic_becomes_an_error_whose_message_stays_in_the_log() {
        let response = panicked(Box::new("index out of bounds"));
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let Cause(cause) = response.extensions().get::<Cause>().unwrap();
        assert_eq!(cause.code(), "internal");
        assert!(!cause.wording().1.contains("bounds"));
    }
}
