//! Answers that are written while they are read. One that cannot be finished
//! breaks off, so that no browser takes it for whole.

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::Frame;
use portal::Pieces;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Pieces that wait for a slow reader.
const WAITING: usize = 4;
/// How long a reader may take for one of them.
const PATIENCE: Duration = Duration::from_secs(60);

/// Both ends: what is written into the first is read from the second.
pub(super) fn pair() -> (Sender, Body) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (Sender(sender), Body::new(Receiver(receiver)))
}

/// Where an answer is written.
pub(super) struct Sender(mpsc::Sender<io::Result<Bytes>>);

impl Sender {
    /// Breaks the answer off.
    pub(super) async fn break_off(&mut self, reason: io::Error) {
        // Whoever has gone needs no reason.
        let _ = timeout(PATIENCE, self.0.send(Err(reason))).await;
    }
}

impl Pieces for Sender {
    async fn put(&mut self, piece: Vec<u8>) -> io::Result<()> {
        match timeout(PATIENCE, self.0.send(Ok(Bytes::from(piece)))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

struct Receiver(mpsc::Receiver<io::Result<Bytes>>);

impl HttpBody for Receiver {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0
            .poll_recv(cx)
            .map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
