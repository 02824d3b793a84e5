//! What the operator sees of a running program: a log on standard error, and
//! figures for Prometheus at an address of their own. Neither ever holds an
//! answer, a password, a link or a name.

use crate::settings::LogFormat;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;
use portal::Portal;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tracing_subscriber::EnvFilter;

/// Upper bounds of the histogram of answer times, in seconds.
const BOUNDS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 10.0];
/// How often the histograms are emptied into their sums.
const UPKEEP: Duration = Duration::from_secs(5);

/// Starts the log; `RUST_LOG` chooses what goes into it. A second call changes
/// nothing.
pub fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,server=info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let _ = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
}

#[derive(Clone)]
struct Source {
    portal: Portal,
    handle: PrometheusHandle,
    process: Collector,
    /// Gauges with labels that were set last time.
    shown: Arc<Mutex<Vec<metrics::Gauge>>>,
}

/// Starts counting and answers `GET /metrics` on `listener` until `stop`.
///
/// # Errors
/// Where somebody counts in this process already.
pub fn metrics(listener: TcpListener, portal: Portal, mut stop: watch::Receiver<bool>) -> Result<(), BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full("http_request_duration_seconds".to_owned()), &BOUNDS)?
        .install_recorder()?;
    describe();
    let process = Collector::default();
    process.describe();
    let source = Source {
        portal,
        handle: handle.clone(),
        process,
        shown: Arc::default(),
    };
    let service = Router::new().route("/metrics", get(render)).with_state(source);
    let mut stopped = stop.clone();
    tokio::spawn(async move {
        let until = async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(until).await {
            tracing::error!(%error, "metrics");
        }
    });
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = tokio::time::sleep(UPKEEP) => handle.run_upkeep(),
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    });
    Ok(())
}

fn describe() {
    metrics::describe_counter!("http_requests_total", "Requests by method, route and status.");
    metrics::describe_histogram!(
        "http_request_duration_seconds",
        metrics::Unit::Seconds,
        "Time from the head of a request to the head of its answer."
    );
    metrics::describe_counter!("ruecklauf_saves_total", "Saves of answers that are on disk.");
    metrics::describe_counter!("ruecklauf_save_commits_total", "Commits those saves went into.");
    metrics::describe_gauge!("ruecklauf_outbox", "Mails by state.");
    metrics::describe_gauge!("ruecklauf_cases", "Cases of open waves by wave and status.");
    metrics::describe_gauge!("ruecklauf_unclassified", "Submissions without any classification.");
    metrics::describe_gauge!("ruecklauf_sessions", "Sessions stored.");
    metrics::describe_gauge!("ruecklauf_up", "1 where the database answers.");
}

async fn render(State(source): State<Source>) -> Response {
    source.process.collect();
    match source.portal.figures().await {
        Ok(figures) => {
            metrics::gauge!("ruecklauf_up").set(1.0);
            let outbox = figures
                .outbox
                .into_iter()
                .map(|(state, count)| (metrics::gauge!("ruecklauf_outbox", "state" => state), count));
            let cases = figures.cases.into_iter().map(|(wave, status, count)| {
                let wave = wave.to_string();
                (
                    metrics::gauge!("ruecklauf_cases", "wave" => wave, "status" => status),
                    count,
                )
            });
            let mut shown = source.shown.lock().await;
            // What is not counted any more is nought, not what it was.
            shown.drain(..).for_each(|gone| gone.set(0.0));
            for (counted, count) in outbox.chain(cases) {
                counted.set(gauge(count));
                shown.push(counted);
            }
            metrics::gauge!("ruecklauf_unclassified").set(gauge(figures.unclassified));
            metrics::gauge!("ruecklauf_sessions").set(gauge(figures.sessions));
        }
        Err(error) => {
            tracing::warn!(%error, "metrics");
            metrics::gauge!("ruecklauf_up").set(0.0);
        }
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (StatusCode::OK, kind, source.handle.render()).into_response()
}

/// Prometheus counts in floating point; exact up to 2^53.
fn gauge(count: i64) -> f64 {
    i32::try_from(count).map_or(f64::MAX, f64::from)
}
