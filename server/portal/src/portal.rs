//! The portal: one cheap handle on everything the use cases need. The use
//! cases themselves stand in the modules beside, each as a few methods.

use crate::clock::Clock;
use crate::identity::password::Hasher;
use crate::instruments::Instruments;
use crate::respondent::drafts::Drafts;
use crate::respondent::scribe::Scribe;
use crate::settings::Settings;
use crate::store::{Conn, OpenError, Store, Stored, Tx};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// Everything one can do with the survey. Clones share one database.
#[derive(Clone)]
pub struct Portal {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    settings: Settings,
    clock: Clock,
    hasher: Hasher,
    instruments: Arc<Instruments>,
    drafts: Drafts,
    scribe: Scribe,
}

impl Portal {
    /// Opens the database of `settings` and brings its tables up to date.
    ///
    /// # Errors
    /// Why the database cannot be used; nothing is half done then.
    pub async fn open(settings: Settings, clock: Clock) -> Result<Self, OpenError> {
        let store = Store::open(&settings.database_url).await?;
        let portal = Self::on(store, settings, clock);
        portal.complete_lists().await?;
        portal.count_once().await.map_err(OpenError::Count)?;
        Ok(portal)
    }

    /// The same database with another clock.
    pub(crate) fn with_clock(&self, clock: Clock) -> Self {
        Self::on(self.inner.store.clone(), self.inner.settings.clone(), clock)
    }

    fn on(store: Store, settings: Settings, clock: Clock) -> Self {
        let instruments = Arc::new(Instruments::default());
        let scribe = Scribe::new(store.clone(), clock.clone(), instruments.clone());
        Self {
            inner: Arc::new(Inner {
                store,
                settings,
                clock,
                hasher: Hasher::new(),
                instruments,
                drafts: Drafts::default(),
                scribe,
            }),
        }
    }

    /// Whether the database answers.
    pub async fn healthy(&self) -> bool {
        self.inner.store.answers().await
    }

    /// What the operator set.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The clock everything goes by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Waits for running work and closes the database.
    pub async fn close(&self) {
        self.inner.store.close().await;
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.inner.clock.now()
    }

    pub(crate) fn hasher(&self) -> &Hasher {
        &self.inner.hasher
    }

    pub(crate) fn drafts(&self) -> &Drafts {
        &self.inner.drafts
    }

    pub(crate) fn scribe(&self) -> &Scribe {
        &self.inner.scribe
    }

    pub(crate) fn instruments(&self) -> &Instruments {
        &self.inner.instruments
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) async fn read(&self) -> Stored<Conn> {
        self.inner.store.read().await
    }

    pub(crate) async fn snapshot(&self) -> Stored<Tx> {
        self.inner.store.snapshot().await
    }

    pub(crate) async fn write(&self) -> Stored<Tx> {
        self.inner.store.write().await
    }
}
