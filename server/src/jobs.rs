//! What the running portal does by itself: classifies what was handed in,
//! delivers the mails somebody is waiting for. Each round catches up with
//! whatever an earlier one missed.

use portal::Portal;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval};

/// Longest time between two rounds.
const EVERY: Duration = Duration::from_secs(60);

/// Asks for a round before its time.
#[derive(Clone, Debug, Default)]
pub struct Jobs {
    due: Arc<Notify>,
}

impl Jobs {
    /// Something has just come up.
    pub fn wake(&self) {
        self.due.notify_one();
    }

    /// Works until `stop` turns true; then one last round, so that nobody waits
    /// for a mail until the next start.
    pub async fn run(self, portal: Portal, mut stop: watch::Receiver<bool>) {
        let mut tick = interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let last = tokio::select! {
                _ = tick.tick() => false,
                () = self.due.notified() => false,
                _ = stop.wait_for(|stop| *stop) => true,
            };
            let portal = portal.clone();
            // A fault in one round must not end the others.
            if let Err(error) = tokio::spawn(async move { round(&portal).await }).await {
                tracing::error!(%error, "jobs");
            }
            if last {
                return;
            }
        }
    }
}

/// One round. Failures are logged and tried again in the next.
async fn round(portal: &Portal) {
    if let Err(error) = portal.classify(None, |_, _| {}).await {
        tracing::error!(%error, "classification");
    }
    match portal.mail_run_requested().await {
        Ok(run) => {
            for failed in run.failed {
                tracing::warn!(kind = %failed.kind, reason = failed.reason, "mail");
            }
        }
        Err(error) => tracing::error!(%error, "mails"),
    }
}
