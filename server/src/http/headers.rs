//! Headers of every answer, and the id by which a request is found again in
//! the log. Pages bring their own content security policy with a nonce;
//! whatever has none gets one that allows nothing.

use super::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

const ALWAYS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not "no-referrer": browsers would then post forms with `Origin: null`.
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];
const ONE_YEAR: &str = "max-age=31536000; includeSubDomains";

/// Name of the header that carries the id back.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of one request.
#[derive(Clone, Debug)]
pub(super) struct RequestId(pub(super) String);

/// Gives the request its id and the answer its headers.
pub(super) async fn protect(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = next_id();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        add(headers, name, value);
    }
    if state.base_url().is_https() {
        add(headers, header::STRICT_TRANSPORT_SECURITY, ONE_YEAR);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    response
}

fn add(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// Unique within the log, short enough for the telephone: a random part per
/// start of the program, then a running number.
fn next_id() -> String {
    static START: OnceLock<u32> = OnceLock::new();
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let start = START.get_or_init(|| getrandom::u32().unwrap_or_default());
    format!("{start:08x}-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}
