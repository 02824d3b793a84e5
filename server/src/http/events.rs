//! Tells the institute's pages that figures have changed: server-sent events
//! from the change counters in the database, so that several processes on one
//! database need not know of each other.
//!
//! One task per process asks the database, and only while somebody listens. A
//! stream ends when its sign-in does or when the program stops; listening is no
//! use of the sign-in.

use super::error::HttpError;
use super::session::SignedIn;
use super::state::AppState;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use portal::{Portal, Session};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout_at};

/// How often the database is asked while somebody listens.
const EVERY: Duration = Duration::from_millis(500);
/// How often a stream says that it is still there, and looks whether its
/// sign-in is.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Texts that wait for a slow reader; one that is slower misses nothing, as
/// every text holds all numbers.
const WAITING: usize = 4;

/// Change numbers by wave.
type Numbers = BTreeMap<i32, i64>;

/// The one place of the process that knows of changes.
#[derive(Clone)]
pub struct Changes {
    inner: Arc<Inner>,
}

struct Inner {
    portal: Portal,
    numbers: watch::Sender<Option<Numbers>>,
    asking: AtomicBool,
    stop: watch::Sender<bool>,
}

impl Changes {
    pub(super) fn new(portal: Portal) -> Self {
        Self {
            inner: Arc::new(Inner {
                portal,
                numbers: watch::Sender::new(None),
                asking: AtomicBool::new(false),
                stop: watch::Sender::new(false),
            }),
        }
    }

    /// Ends every stream, so that the program can stop.
    pub fn stop(&self) {
        self.inner.stop.send_replace(true);
    }

    /// Numbers from now on.
    fn listen(&self) -> watch::Receiver<Option<Numbers>> {
        let receiver = self.inner.numbers.subscribe();
        if !self.inner.asking.swap(true, Ordering::SeqCst) {
            tokio::spawn(ask(self.inner.clone()));
        }
        receiver
    }
}

/// Asks until nobody listens any more.
async fn ask(inner: Arc<Inner>) {
    let mut stop = inner.stop.subscribe();
    while !*stop.borrow_and_update() {
        match inner.portal.change_numbers().await {
            Ok(numbers) => {
                let numbers = Some(numbers.into_iter().collect());
                inner.numbers.send_if_modified(|known| {
                    let news = *known != numbers;
                    *known = numbers;
                    news
                });
            }
            Err(error) => tracing::debug!(%error, "asking for changes"),
        }
        tokio::select! {
            () = sleep(EVERY) => {}
            _ = stop.changed() => {}
        }
        if inner.numbers.receiver_count() == 0 {
            // What is known grows old while nobody asks.
            inner.numbers.send_replace(None);
            inner.asking.store(false, Ordering::SeqCst);
            // Somebody may have come between the two lines before.
            if inner.numbers.receiver_count() == 0 || inner.asking.swap(true, Ordering::SeqCst) {
                return;
            }
        }
    }
}

/// `GET /institut/ereignisse`
pub(super) async fn stream(State(state): State<AppState>, SignedIn(session): SignedIn) -> Result<Response, HttpError> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let changes = state.changes().clone();
    let numbers = changes.listen();
    tokio::spawn(speak(changes, session, numbers, sender));
    let mut response = Body::new(Stream(receiver)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // For proxies that would gather it.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// Writes events until the reader goes, the sign-in ends or the program stops.
async fn speak(
    changes: Changes,
    session: Session,
    mut numbers: watch::Receiver<Option<Numbers>>,
    sender: mpsc::Sender<Bytes>,
) {
    let mut stop = changes.inner.stop.subscribe();
    let mut heartbeat = Instant::now() + HEARTBEAT;
    // Whatever is known already is news to whoever comes.
    numbers.mark_changed();
    while !*stop.borrow_and_update() {
        let text = tokio::select! {
            changed = timeout_at(heartbeat, numbers.changed()) => match changed {
                Ok(Ok(())) => numbers.borrow_and_update().as_ref().map(event),
                Ok(Err(_)) => return,
                Err(_) => {
                    heartbeat = Instant::now() + HEARTBEAT;
                    let goes_on = changes.inner.portal.goes_on(&session).await;
                    if matches!(goes_on, Ok(false)) {
                        let _ = sender.send(Bytes::from_static(b"event: ende\ndata: 1\n\n")).await;
                        return;
                    }
                    Some(Bytes::from_static(b":\n\n"))
                }
            },
            _ = stop.changed() => return,
            () = sender.closed() => return,
        };
        if let Some(text) = text
            && sender.send(text).await.is_err()
        {
            return;
        }
    }
}

fn event(numbers: &Numbers) -> Bytes {
    let pairs: Vec<String> = numbers
        .iter()
        .map(|(wave, number)| format!("\"{wave}\":{number}"))
        .collect();
    Bytes::from(format!("event: stand\ndata: {{{}}}\n\n", pairs.join(",")))
}

/// A body that is written while it is read.
struct Stream(mpsc::Receiver<Bytes>);

impl HttpBody for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|text| text.map(|text| Ok(Frame::data(text))))
    }
}
