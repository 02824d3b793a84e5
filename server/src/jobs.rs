//! What the running portal does by itself: classifies what was handed in,
//! sends what the plan and people have due, reads delivery reports, takes out
//! what was kept long enough. Each round
//! catches up with whatever an earlier one missed. Mails have rounds of their
//! own: a slow mail server keeps nothing else waiting.

use crate::bounces;
use portal::{Handled, MailError, Portal};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval};

/// Longest time between two rounds.
const EVERY: Duration = Duration::from_secs(60);

/// Asks for a round before its time.
#[derive(Clone, Debug, Default)]
pub struct Jobs {
    classify: Arc<Notify>,
    mail: Arc<Notify>,
    retention: Arc<Notify>,
    /// Folder in which delivery reports arrive.
    bounces: Option<PathBuf>,
}

impl Jobs {
    /// Jobs that also look into a folder for delivery reports.
    #[must_use]
    pub fn with_bounces(folder: Option<PathBuf>) -> Self {
        Self {
            bounces: folder,
            ..Self::default()
        }
    }

    /// Something has just come up.
    pub fn wake(&self) {
        self.classify.notify_one();
        self.mail.notify_one();
        self.retention.notify_one();
    }

    /// Works until `stop` turns true; then one last round, so that nobody waits
    /// for a mail until the next start.
    pub async fn run(self, portal: Portal, stop: watch::Receiver<bool>) {
        // Whatever kept the mail server from letting us in may be mended.
        if let Err(error) = portal.mail_let_go_on().await {
            tracing::error!(%error, "mails");
        }
        let classifying = tokio::spawn(rounds(self.classify, stop.clone(), {
            let portal = portal.clone();
            // Whatever was left undone by an earlier process comes first.
            let first = AtomicBool::new(true);
            move |_| classify(portal.clone(), first.swap(false, Ordering::Relaxed))
        }));
        let keeping = tokio::spawn(rounds(self.retention, stop.clone(), {
            let portal = portal.clone();
            move |_| keep(portal.clone())
        }));
        let folder = self.bounces;
        let sending = tokio::spawn(rounds(self.mail, stop.clone(), move |last| {
            send(portal.clone(), folder.clone(), stop.clone(), last)
        }));
        for job in [classifying, sending, keeping] {
            if let Err(error) = job.await {
                tracing::error!(%error, "jobs");
            }
        }
    }
}

/// Rounds of one job, the last one after `stop`.
async fn rounds<F>(due: Arc<Notify>, mut stop: watch::Receiver<bool>, round: impl Fn(bool) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let last = tokio::select! {
            _ = tick.tick() => false,
            () = due.notified() => false,
            _ = stop.wait_for(|stop| *stop) => true,
        };
        // A fault in one round must not end the others.
        if let Err(error) = tokio::spawn(round(last)).await {
            tracing::error!(%error, "jobs");
        }
        if last {
            return;
        }
    }
}

/// Failures are logged and tried again in the next round.
async fn classify(portal: Portal, all: bool) {
    if let Err(error) = portal.progress_catch_up(all).await {
        tracing::error!(%error, "progress");
    }
    if let Err(error) = portal.classify(None, |_, _| {}).await {
        tracing::error!(%error, "classification");
    }
}

/// Takes out what was kept long enough; what is interrupted goes on later.
async fn keep(portal: Portal) {
    if let Err(error) = portal.retention_round().await {
        tracing::error!(%error, "retention");
    }
}

/// The last round sends only what somebody waits for.
async fn send(portal: Portal, bounces: Option<PathBuf>, stop: watch::Receiver<bool>, last: bool) {
    if let Some(folder) = &bounces {
        bounces::read_all(&portal, folder).await;
    }
    let stopped = move || *stop.borrow() && !last;
    match portal.mail_round(last, &stopped, note).await {
        Ok(()) => {}
        Err(error @ (MailError::Unreachable(_) | MailError::Denied(_))) => tracing::warn!(%error, "mails"),
        Err(error) => tracing::error!(%error, "mails"),
    }
}

fn note(handled: Handled) {
    let (state, mail) = match handled {
        Handled::Sent(_) => {
            metrics::counter!("ruecklauf_mails_total", "state" => "sent").increment(1);
            return;
        }
        Handled::Cancelled(mail) => ("cancelled", mail),
        Handled::Deferred(mail) => ("deferred", mail),
        Handled::Failed(mail) => ("failed", mail),
        Handled::Unclear(mail) => ("unclear", mail),
    };
    metrics::counter!("ruecklauf_mails_total", "state" => state).increment(1);
    // Staff's own words (why an office wants no mails) stay out of it too.
    let reason = match state {
        "cancelled" => String::new(),
        _ => portal::without_addresses(&mail.reason),
    };
    tracing::warn!(kind = %mail.kind, state, reason, "mail");
}
