//! Pages of the institute on the demonstration's 443 offices: time of a whole
//! answer, of the figures in it, and so of curves and tables.
//!
//! `cargo bench -p server --bench pages`. Prints figures, asserts none.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use portal::{BaseUrl, Clock, MailTarget, Portal, Settings};
use server::http::{AppState, router};
use server::jobs::Jobs;
use std::time::{Duration, Instant};
use tower::ServiceExt;

/// Calls per figure; the median counts.
const CALLS: usize = 201;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(measure());
}

async fn measure() {
    let dir = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", dir.path().join("demo.db").display());
    let base_url = BaseUrl::parse("http://localhost:3000").expect("an address");
    let settings = Settings::new(url, base_url, MailTarget::Dir(dir.path().join("post")));
    let portal = Portal::open(settings, Clock::system()).await.expect("opens");
    let demo = portal.demo(false, |_, _| {}).await.expect("is made");
    let viewer = &demo.staff[2];
    let from = std::net::Ipv4Addr::LOCALHOST.into();
    let signed_in = portal
        .sign_in(&viewer.login, &viewer.password, from)
        .await
        .expect("signed in");
    let state = AppState::new(
        portal.clone(),
        Vec::new(),
        app::Operator::default(),
        Vec::new(),
        Jobs::default(),
    );
    let service = router(&state);
    let figures = median(async || drop(portal.overview(&signed_in.session, 2008, None).await.expect("shown"))).await;
    println!("figures of /institut: {:.2} ms", millis(figures));
    for path in [
        "/institut",
        "/institut?welle=2007",
        "/institut/quoten",
        "/institut/kurve.csv?welle=2008",
        "/impressum",
    ] {
        let page = median(async || get(&service, path, &signed_in.token).await).await;
        println!("{path}: {:.2} ms", millis(page));
        if path == "/institut" {
            println!(
                "  of that charts, tables and frame: {:.2} ms",
                millis(page.saturating_sub(figures))
            );
        }
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

async fn get(service: &Router, path: &str, token: &str) {
    let request = Request::get(path)
        .header(header::HOST, "localhost:3000")
        .header(header::COOKIE, format!("ruecklauf={token}"))
        .body(Body::empty());
    let answer = service
        .clone()
        .oneshot(request.expect("a request"))
        .await
        .expect("answers");
    assert_eq!(answer.status(), 200, "{path}");
    to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
}

async fn median(call: impl AsyncFn()) -> Duration {
    call().await;
    let mut times = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let begin = clock();
        call().await;
        times.push(clock() - begin);
    }
    times.sort_unstable();
    times[CALLS / 2]
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn clock() -> Instant {
    Instant::now()
}
