//! One line and two figures per request: which route, how it ended, how long
//! it took. Routes, never addresses: those may hold a token.

use super::headers::RequestId;
use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::Instant;

/// Notes the request once its answer begins. What was read is logged at
/// `debug`, what was changed or failed at `info`.
pub(super) async fn note(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let (method, reads) = (name_of(request.method()), request.method().is_safe());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let id = request.extensions().get::<RequestId>().cloned();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    let status = response.status();
    let took = began.elapsed();
    let labels = [
        ("method", method.to_owned()),
        ("route", route.to_owned()),
        ("status", status.as_str().to_owned()),
    ];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", "route" => route.to_owned()).record(took.as_secs_f64());
    let id = id.map(|id| id.0).unwrap_or_default();
    let (status, micros) = (status.as_u16(), u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    if reads && status < 400 {
        tracing::debug!(%id, method, route, status, micros, "request");
    } else {
        tracing::info!(%id, method, route, status, micros, "request");
    }
    response
}

/// Anybody can invent methods; figures and log know the usual ones.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
