//! The one place where answers are saved, in groups: a commit waits for the
//! disk, and on SQLite only one can be under way.
//!
//! Whatever arrives while one commit is under way goes into the next; each
//! caller hears only after its commit is on disk. A caller who goes away does
//! not take the others' saves along: the group belongs to a task of its own.
//! PostgreSQL would group commits by itself, but a group also shares its
//! statements and their way to the server. Should two programs on one
//! PostgreSQL lock each other out, it ends one group, which then goes one by
//! one.

use super::batch::{Request, write};
use super::save::{SaveError, Saved};
use super::unit_of;
use crate::clock::Clock;
use crate::instruments::Instruments;
use crate::store::{Store, StoreError};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Most saves in one commit.
const LARGEST_GROUP: usize = 256;
/// Longest time for one group; longer than a lock is waited for, shorter than
/// a request may take.
const LONGEST: Duration = Duration::from_secs(12);
/// Saves that may wait; further callers wait before their turn to wait.
const QUEUE: usize = 4_096;

type Outcome = Result<Saved, SaveError>;

/// Takes saves and answers when they are on disk.
pub(crate) struct Scribe {
    queue: mpsc::Sender<Waiting>,
}

struct Waiting {
    request: Request,
    answer: oneshot::Sender<Outcome>,
}

impl Scribe {
    /// Needs a runtime: it starts the task that writes, which ends with the
    /// last handle.
    pub(crate) fn new(store: Store, clock: Clock, instruments: Arc<Instruments>) -> Self {
        let (queue, receiver) = mpsc::channel(QUEUE);
        let pen = Pen {
            store,
            clock,
            instruments,
        };
        tokio::spawn(work(pen, receiver));
        Self { queue }
    }

    /// Saves; on disk when this returns.
    pub(crate) async fn save(&self, request: Request) -> Outcome {
        let (answer, outcome) = oneshot::channel();
        let gone = || StoreError::content("the writer has ended");
        let sent = self.queue.send(Waiting { request, answer }).await;
        sent.map_err(|_| gone())?;
        outcome.await.map_err(|_| gone())?
    }
}

/// Writes group after group until nobody can ask any more.
async fn work(pen: Pen, mut queue: mpsc::Receiver<Waiting>) {
    let mut waiting = Vec::new();
    while !waiting.is_empty() || queue.recv_many(&mut waiting, LARGEST_GROUP).await > 0 {
        let pen = pen.clone();
        let group = first_of_each_unit(&mut waiting);
        // A fault in one group must not end the others.
        if let Err(error) = tokio::spawn(async move { pen.together(group).await }).await {
            tracing::error!(%error, "saving a group");
        }
        while waiting.len() < LARGEST_GROUP
            && let Ok(next) = queue.try_recv()
        {
            waiting.push(next);
        }
    }
}

/// Takes the first save of each unit; a second one of the same unit sees what
/// the first has written and so waits for the next group.
fn first_of_each_unit(waiting: &mut Vec<Waiting>) -> Vec<Waiting> {
    let mut units = HashSet::new();
    let (group, later) = std::mem::take(waiting)
        .into_iter()
        .partition(|one| units.insert(unit_of(&one.request.session).map(str::to_owned)));
    *waiting = later;
    group
}

/// What writing needs.
#[derive(Clone)]
struct Pen {
    store: Store,
    clock: Clock,
    instruments: Arc<Instruments>,
}

impl Pen {
    /// One transaction for all; where it fails for what is in it, one each.
    async fn together(&self, group: Vec<Waiting>) {
        let requests: Vec<&Request> = group.iter().map(|one| &one.request).collect();
        let outcomes = match self.commit(&requests).await {
            Ok(outcomes) => outcomes,
            Err(error) if requests.len() == 1 || error.is_environment() => {
                requests.iter().map(|_| Err(error.clone().into())).collect()
            }
            Err(error) => {
                tracing::warn!(%error, saves = requests.len(), "saving one by one");
                let mut outcomes = Vec::with_capacity(requests.len());
                for request in requests {
                    outcomes.push(self.alone(request).await);
                }
                outcomes
            }
        };
        for (one, outcome) in group.into_iter().zip(outcomes) {
            // Whoever asked may be gone; what was saved stays saved.
            let _ = one.answer.send(outcome);
        }
    }

    async fn alone(&self, request: &Request) -> Outcome {
        let outcome = self.commit(&[request]).await?.pop();
        outcome.unwrap_or_else(|| Err(StoreError::content("a save without an outcome").into()))
    }

    /// Whatever holds one group up must not hold up all others for ever; a
    /// group that was committed after all is sent again and changes nothing.
    async fn commit(&self, requests: &[&Request]) -> Result<Vec<Outcome>, StoreError> {
        let written = tokio::time::timeout(LONGEST, self.commit_all(requests)).await;
        written.unwrap_or_else(|_| Err(StoreError::slow()))
    }

    async fn commit_all(&self, requests: &[&Request]) -> Result<Vec<Outcome>, StoreError> {
        let mut tx = self.store.write().await?;
        let outcomes = write(&mut tx, &self.instruments, requests, self.clock.now()).await?;
        tx.commit().await?;
        let saved = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        metrics::counter!("ruecklauf_saves_total").increment(saved as u64);
        metrics::counter!("ruecklauf_save_commits_total").increment(1);
        Ok(outcomes)
    }
}
