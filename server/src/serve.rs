//! Listens, answers, and stops in order: no new connection, running requests
//! finish, jobs finish, the database closes.

use crate::http::{AppState, router};
use crate::jobs::Jobs;
use crate::telemetry;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tower::ServiceExt;

/// Longest wait for the head of a request, so that idle connections of
/// hostile clients end.
const HEAD_TIME_LIMIT: Duration = Duration::from_secs(20);
/// Longest wait for running requests at the end.
const GRACE: Duration = Duration::from_secs(30);
/// Pause after a connection could not be accepted (out of descriptors).
const BREATH: Duration = Duration::from_millis(100);

/// SIGTERM and SIGINT. From [`Signals::listen`] on they stop the program in
/// order; whoever is told that it is ready may send one at once.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// # Errors
    /// Where signals cannot be received.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Answers on `listener` until a signal ends it, and with figures for
/// Prometheus on the other.
///
/// # Errors
/// Where the figures cannot be served.
pub async fn serve(
    listener: TcpListener,
    figures: Option<TcpListener>,
    state: AppState,
    jobs: Jobs,
    mut signals: Signals,
) -> io::Result<()> {
    let (stop, stopped) = watch::channel(false);
    let portal = state.portal().clone();
    if let Some(figures) = figures {
        telemetry::metrics(figures, portal.clone(), stopped.clone()).map_err(io::Error::other)?;
    }
    let jobs = tokio::spawn(jobs.run(portal.clone(), stopped));
    let connections = GracefulShutdown::new();
    accept(&listener, &state, &connections, &mut signals).await;
    drop(listener);
    tracing::info!("stopping");
    // Streams would go on for ever.
    state.changes().stop();
    if tokio::time::timeout(GRACE, connections.shutdown()).await.is_err() {
        tracing::warn!("some requests were still running");
    }
    let _ = stop.send(true);
    if let Err(error) = jobs.await {
        tracing::error!(%error, "jobs");
    }
    portal.close().await;
    Ok(())
}

/// Takes connections until a signal says stop.
async fn accept(listener: &TcpListener, state: &AppState, connections: &GracefulShutdown, signals: &mut Signals) {
    let service = router(state);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = signals.stop() => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "accepting a connection");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let service = service.clone();
        let answer = hyper::service::service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
            service.clone().oneshot(request)
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME_LIMIT)
            .serve_connection(TokioIo::new(stream), answer);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = pin!(connection).await {
                tracing::debug!(%error, "connection");
            }
        });
    }
}
