//! Several lanes on which mails go side by side: each takes the next parcel
//! as soon as it is free, whatever whoever hands them out is doing meanwhile.

use super::{Answer, Parcel};
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

/// How one parcel is taken away.
pub(super) trait Way: Send + Sync + 'static {
    /// What a lane keeps from one parcel to the next.
    type Kept: Default + Send + 'static;

    /// Takes one away.
    fn send(&self, kept: &mut Self::Kept, parcel: &Parcel) -> impl Future<Output = Answer> + Send;

    /// Takes leave of what was kept.
    fn leave(&self, kept: Self::Kept) -> impl Future<Output = ()> + Send;
}

/// The lanes, and what comes back from them.
pub(in crate::mail) struct Lanes {
    parcels: UnboundedSender<Parcel>,
    waiting: Arc<Mutex<UnboundedReceiver<Parcel>>>,
    answers: UnboundedReceiver<(i64, Answer)>,
    lanes: JoinSet<()>,
}

impl Lanes {
    pub(super) fn start<W: Way>(way: W, count: usize) -> Self {
        let (parcels, waiting) = unbounded_channel();
        let (tell, answers) = unbounded_channel();
        let (way, waiting) = (Arc::new(way), Arc::new(Mutex::new(waiting)));
        let mut lanes = JoinSet::new();
        for _ in 0..count.max(1) {
            lanes.spawn(serve(way.clone(), waiting.clone(), tell.clone()));
        }
        Self {
            parcels,
            waiting,
            answers,
            lanes,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.lanes.len()
    }

    /// Puts parcels behind those that wait.
    pub(super) fn feed(&self, parcels: Vec<Parcel>) {
        for parcel in parcels {
            // The lanes live as long as this.
            let _ = self.parcels.send(parcel);
        }
    }

    /// The next answer, with the number of its mail.
    pub(super) async fn answer(&mut self) -> Option<(i64, Answer)> {
        self.answers.recv().await
    }

    /// The next one, if it is there.
    pub(super) fn answered(&mut self) -> Option<(i64, Answer)> {
        self.answers.try_recv().ok()
    }

    /// Takes back what no lane has begun with, and says which that was.
    pub(super) fn recall(&self) -> Vec<i64> {
        // Held by a lane that waits: then there is nothing to take back.
        let Ok(mut waiting) = self.waiting.try_lock() else {
            return Vec::new();
        };
        std::iter::from_fn(|| waiting.try_recv().ok())
            .map(|parcel| parcel.number)
            .collect()
    }

    /// Ends the lanes once what was fed is through.
    pub(super) async fn close(self) {
        drop(self.parcels);
        self.lanes.join_all().await;
    }
}

async fn serve<W: Way>(
    way: Arc<W>,
    waiting: Arc<Mutex<UnboundedReceiver<Parcel>>>,
    tell: UnboundedSender<(i64, Answer)>,
) {
    let mut kept = W::Kept::default();
    loop {
        let next = waiting.lock().await.recv().await;
        let Some(parcel) = next else { break };
        let number = parcel.number;
        let (own, mut lent) = (way.clone(), std::mem::take(&mut kept));
        // In a task of its own: should it fail, nobody knows how far it came.
        let sending = tokio::spawn(async move {
            let answer = own.send(&mut lent, &parcel).await;
            (lent, answer)
        });
        let answer = match sending.await {
            Ok((lent, answer)) => {
                kept = lent;
                answer
            }
            Err(_) => Answer::Unclear("die Übergabe brach ab".into()),
        };
        let _ = tell.send((number, answer));
    }
    way.leave(kept).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::MailKind;
    use crate::mail::message::Built;
    use lettre::address::Envelope;
    use tokio::sync::Semaphore;

    /// Takes a parcel away for each permit; fails at number 13.
    struct Gate(Arc<Semaphore>);

    impl Way for Gate {
        type Kept = ();

        async fn send(&self, (): &mut (), parcel: &Parcel) -> Answer {
            self.0.acquire().await.unwrap().forget();
            assert_ne!(parcel.number, 13, "a fault of the program");
            Answer::Taken(parcel.login.clone())
        }

        async fn leave(&self, (): ()) {}
    }

    fn parcels(numbers: std::ops::Range<i64>) -> Vec<Parcel> {
        let to = "eva@probe.example".parse().unwrap();
        let envelope = Envelope::new(None, vec![to]).unwrap();
        let built = || Built {
            source: Vec::new(),
            envelope: envelope.clone(),
        };
        let parcel = |number| Parcel {
            kind: MailKind::Reminder,
            number,
            login: number.to_string(),
            built: built(),
        };
        numbers.map(parcel).collect()
    }

    #[tokio::test]
    async fn what_no_lane_has_begun_with_comes_back_and_the_rest_is_answered() {
        let open = Arc::new(Semaphore::new(0));
        let mut lanes = Lanes::start(Gate(open.clone()), 2);
        lanes.feed(parcels(1..6));
        while lanes.waiting.lock().await.len() > 3 {
            tokio::task::yield_now().await;
        }
        assert_eq!(lanes.recall(), [3, 4, 5]);
        assert!(lanes.recall().is_empty());
        open.add_permits(2);
        let mut answered = [lanes.answer().await.unwrap().0, lanes.answer().await.unwrap().0];
        answered.sort_unstable();
        assert_eq!(answered, [1, 2]);
        lanes.close().await;
    }

    #[tokio::test]
    async fn a_fault_at_one_parcel_leaves_it_unclear_and_the_lane_goes_on() {
        let mut lanes = Lanes::start(Gate(Arc::new(Semaphore::new(9))), 1);
        lanes.feed(parcels(12..15));
        let mut answers = Vec::new();
        for _ in 0..3 {
            answers.push(lanes.answer().await.unwrap());
        }
        assert_eq!(answers[0], (12, Answer::Taken("12".into())));
        assert!(matches!(answers[1], (13, Answer::Unclear(_))));
        assert_eq!(answers[2], (14, Answer::Taken("14".into())));
        lanes.close().await;
    }
}
