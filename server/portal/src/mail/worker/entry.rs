//! Ways into the worker: by hand, and by itself while the portal runs.

use super::ahead::{Ahead, Writer};
use super::pace::Pace;
use super::{Orders, Worker};
use crate::clock::from_micros;
use crate::mail::carrier::Carrier;
use crate::mail::texts::Texts;
use crate::mail::{Handled, MailError, MailRun, planning};
use crate::store::lock::WorkerLock;
use crate::store::{Conn, Stored, outbox, plan};
use crate::{Portal, berlin};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// How long another worker is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

impl Portal {
    /// Queues what the plan has due at `at` (now, if not given) and delivers
    /// what is due: of one wave and of no wave in particular, or of all. A
    /// mail that fails does not stop the others.
    ///
    /// # Errors
    /// Where nothing can be delivered: paused, mail server or directory not
    /// usable. What was sent before stays sent.
    pub async fn mail_run(&self, wave: Option<i32>, at: Option<DateTime<Utc>>) -> Result<MailRun, MailError> {
        let mut run = MailRun::default();
        self.mail_run_with(wave, at, |handled| run.note(handled)).await?;
        Ok(run)
    }

    /// The same, telling of each mail as it is handled.
    ///
    /// # Errors
    /// As [`Portal::mail_run`].
    pub async fn mail_run_with(
        &self,
        wave: Option<i32>,
        at: Option<DateTime<Utc>>,
        tell: impl FnMut(Handled) + Send,
    ) -> Result<(), MailError> {
        let mut conn = self.read().await?;
        if let Some(wave) = wave
            && crate::store::waves::find(&mut conn, wave).await?.is_none()
        {
            return Err(MailError::NoWave(wave));
        }
        match may_go_on(&mut conn).await {
            // Asked for by hand: perhaps the server lets us in by now.
            Err(MailError::Denied(_)) => self.mail_let_go_on().await?,
            may => may?,
        }
        drop(conn);
        let orders = Orders {
            wave,
            at,
            urgent: false,
            stop: &|| false,
        };
        self.work(&orders, tell).await
    }

    /// What the running portal does by itself, until nothing is due or `stop`
    /// says so; nothing while staff has paused it or the mail server does not
    /// let us in. `urgent`: only what somebody waits for.
    ///
    /// # Errors
    /// As [`Portal::mail_run`], but never because it is paused.
    pub async fn mail_round(
        &self,
        urgent: bool,
        stop: &(dyn Fn() -> bool + Send + Sync),
        tell: impl FnMut(Handled) + Send,
    ) -> Result<(), MailError> {
        let mut conn = self.read().await?;
        match may_go_on(&mut conn).await {
            Err(MailError::Paused { .. } | MailError::Denied(_)) => return Ok(()),
            may => may?,
        }
        if !self.anything_to_do(&mut conn).await? {
            return Ok(());
        }
        drop(conn);
        let orders = Orders {
            wave: None,
            at: None,
            urgent,
            stop,
        };
        match self.work(&orders, tell).await {
            // Whoever is sending sends this too; whoever stopped it knows.
            Err(MailError::Busy | MailError::Paused { .. }) => Ok(()),
            done => done,
        }
    }

    /// Lets the queue go on after the mail server had turned us away.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn mail_let_go_on(&self) -> Result<(), crate::StoreError> {
        let mut tx = self.write().await?;
        plan::halt(&mut tx, None).await?;
        tx.commit().await
    }

    async fn anything_to_do(&self, conn: &mut Conn) -> Stored<bool> {
        let now = self.now();
        let waiting = !outbox::due(conn, None, now.timestamp_micros(), false, 1)
            .await?
            .is_empty();
        Ok(waiting || !outbox::begun(conn).await?.is_empty() || planning::is_anything_due(conn, now).await?)
    }

    async fn work(&self, orders: &Orders<'_>, tell: impl FnMut(Handled) + Send) -> Result<(), MailError> {
        let lock = self.worker_lock(orders).await?;
        let host = self.settings().base_url.host();
        let carrier = Carrier::open(&self.settings().mail, host).await?;
        let mut conn = self.read().await?;
        let texts = Texts::load(&mut conn).await?;
        let pace = match carrier.per_minute {
            Some(limit) => {
                let last = outbox::last_handed(&mut conn).await?.map(from_micros);
                Some(Pace::new(limit, last, orders.at.unwrap_or_else(|| self.now())))
            }
            None => None,
        };
        drop(conn);
        let writer = Writer {
            portal: self.clone(),
            texts,
            wave: orders.wave,
            urgent: orders.urgent,
            count: if pace.is_some() { 1 } else { 2 * carrier.at_once },
            replaces: carrier.replaces,
        };
        let mut worker = Worker {
            portal: self,
            orders,
            carrier,
            lock,
            writer: Arc::new(writer),
            pace,
            tell,
            ahead: Ahead::default(),
            under_way: HashMap::new(),
        };
        let done = worker.run().await;
        worker.carrier.close().await;
        worker.lock.release().await;
        done
    }

    /// Waits for the lock; at the end of the program not for long.
    async fn worker_lock(&self, orders: &Orders<'_>) -> Result<WorkerLock, MailError> {
        let mut waited = Duration::ZERO;
        loop {
            if let Some(lock) = self.store().worker_lock().await? {
                return Ok(lock);
            }
            if waited >= PATIENCE || (orders.stop)() {
                return Err(MailError::Busy);
            }
            sleep(BETWEEN_LOOKS).await;
            waited += BETWEEN_LOOKS;
        }
    }
}

/// Whether mails may go out at all.
pub(super) async fn may_go_on(conn: &mut Conn) -> Result<(), MailError> {
    let switch = plan::switch(conn).await?;
    if let Some(at) = switch.paused_at {
        return Err(MailError::Paused {
            by: switch.paused_by.unwrap_or_default(),
            at: berlin::long(from_micros(at)),
        });
    }
    switch.halted.map_or(Ok(()), |reason| Err(MailError::Denied(reason)))
}
