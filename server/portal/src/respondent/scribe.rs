//! The one place where answers are saved: in groups on SQLite, each by itself
//! on PostgreSQL, which groups commits on its own.
//!
//! SQLite has one writer and a commit waits for the disk. Whatever arrives
//! while one commit is under way goes into the next; each caller hears only
//! after its commit is on disk. A caller who goes away does not take the
//! others' saves along: the group belongs to a task of its own.

use super::batch::{Request, write};
use super::save::{SaveError, Saved};
use super::unit_of;
use crate::clock::Clock;
use crate::instruments::Instruments;
use crate::store::{Store, StoreError};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Most saves in one commit.
const LARGEST_GROUP: usize = 256;
/// Saves that may wait; further callers wait before their turn to wait.
const QUEUE: usize = 4_096;

type Outcome = Result<Saved, SaveError>;

/// Takes saves and answers when they are on disk.
pub(crate) struct Scribe {
    pen: Pen,
    queue: Option<mpsc::Sender<Waiting>>,
}

struct Waiting {
    request: Request,
    answer: oneshot::Sender<Outcome>,
}

impl Scribe {
    /// Needs a runtime: on SQLite it starts the task that writes, which ends
    /// with the last handle.
    pub(crate) fn new(store: Store, clock: Clock, instruments: Arc<Instruments>) -> Self {
        let grouped = matches!(store, Store::Sqlite { .. });
        let pen = Pen {
            store,
            clock,
            instruments,
        };
        let queue = grouped.then(|| {
            let (sender, receiver) = mpsc::channel(QUEUE);
            tokio::spawn(work(pen.clone(), receiver));
            sender
        });
        Self { pen, queue }
    }

    /// Saves; on disk when this returns.
    pub(crate) async fn save(&self, request: Request) -> Outcome {
        let Some(queue) = &self.queue else {
            return self.pen.alone(&request).await;
        };
        let (answer, outcome) = oneshot::channel();
        let gone = |_| StoreError::content("the writer has ended");
        queue.send(Waiting { request, answer }).await.map_err(|_| gone(()))?;
        outcome.await.map_err(|_| gone(()))?
    }
}

/// Writes group after group until nobody can ask any more.
async fn work(pen: Pen, mut queue: mpsc::Receiver<Waiting>) {
    let mut waiting = Vec::new();
    while !waiting.is_empty() || queue.recv_many(&mut waiting, LARGEST_GROUP).await > 0 {
        let pen = pen.clone();
        let group = first_of_each_unit(&mut waiting);
        // A fault in one group must not end the others.
        match tokio::spawn(async move { pen.together(group).await }).await {
            Ok(()) => {}
            Err(error) => tracing::error!(%error, "saving a group"),
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

    async fn commit(&self, requests: &[&Request]) -> Result<Vec<Outcome>, StoreError> {
        let mut tx = self.store.write().await?;
        let outcomes = write(&mut tx, &self.instruments, requests, self.clock.now()).await?;
        tx.commit().await?;
        metrics::counter!("ruecklauf_saves_total").increment(requests.len() as u64);
        metrics::counter!("ruecklauf_save_commits_total").increment(1);
        Ok(outcomes)
    }
}
