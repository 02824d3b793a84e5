//! Only requests for the portal's own name are answered, so that nobody can
//! reach it under a name of theirs (DNS rebinding, poisoned links).

use super::error::HttpError;
use super::state::AppState;
use crate::settings::is_loopback;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses unknown hosts. A portal on this machine answers to any of the
/// machine's own names.
pub(super) async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let sent = request
        .uri()
        .authority()
        .map(|authority| authority.as_str())
        .or_else(|| request.headers().get(header::HOST)?.to_str().ok())
        .unwrap_or_default();
    let host = without_port(sent);
    let ours = state.base_url().host();
    if host.eq_ignore_ascii_case(ours) || (is_loopback(ours) && is_loopback(host)) {
        next.run(request).await
    } else {
        HttpError::ForeignHost(sent.to_owned()).into_response()
    }
}

/// `host:port` without the port, also for `[::1]:3000`.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::without_port;

    #[test]
    fn the_port_does_not_belong_to_the_name() {
        for (sent, host) in [
            ("a.example:80", "a.example"),
            ("[::1]:3000", "[::1]"),
            ("[::1]", "[::1]"),
            ("", ""),
        ] {
            assert_eq!(without_port(sent), host);
        }
    }
}
