//! What every handler can reach.

use super::events::Changes;
use super::questionnaire::Questionnaires;
use crate::jobs::Jobs;
use crate::operator::Letter;
use app::{Assets, Operator};
use ipnet::IpNet;
use portal::{BaseUrl, Portal};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// Cheap to clone; one per program.
#[derive(Clone)]
pub struct AppState {
    inner: Arc<Inner>,
}

struct Inner {
    portal: Portal,
    base_url: BaseUrl,
    trusted_proxies: Vec<IpNet>,
    operator: Arc<Operator>,
    letters: Vec<Letter>,
    assets: Assets,
    questionnaires: Questionnaires,
    jobs: Jobs,
    changes: Changes,
    rendering: Semaphore,
    exporting: Arc<Semaphore>,
}

/// Pages rendered at once: enough to keep every core busy; more would only
/// cost memory.
const RENDERED_AT_ONCE: usize = 16;
/// Exports at once: each holds one state of the database until it is through.
const EXPORTED_AT_ONCE: usize = 2;

impl AppState {
    /// Puts together what the handlers need.
    #[must_use]
    pub fn new(
        portal: Portal,
        trusted_proxies: Vec<IpNet>,
        operator: Operator,
        letters: Vec<Letter>,
        jobs: Jobs,
    ) -> Self {
        let base_url = portal.settings().base_url.clone();
        let questionnaires = Questionnaires::default();
        let assets = super::assets::addresses();
        let operator = Arc::new(operator);
        let changes = Changes::new(portal.clone());
        let inner = Inner {
            portal,
            base_url,
            trusted_proxies,
            operator,
            letters,
            assets,
            questionnaires,
            jobs,
            changes,
            rendering: Semaphore::new(RENDERED_AT_ONCE),
            exporting: Arc::new(Semaphore::new(EXPORTED_AT_ONCE)),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The use cases.
    #[must_use]
    pub fn portal(&self) -> &Portal {
        &self.inner.portal
    }

    /// What tells open pages of changes.
    #[must_use]
    pub fn changes(&self) -> &Changes {
        &self.inner.changes
    }

    pub(super) fn base_url(&self) -> &BaseUrl {
        &self.inner.base_url
    }

    pub(super) fn trusted_proxies(&self) -> &[IpNet] {
        &self.inner.trusted_proxies
    }

    pub(super) fn operator(&self) -> Arc<Operator> {
        self.inner.operator.clone()
    }

    pub(super) fn letters(&self) -> &[Letter] {
        &self.inner.letters
    }

    pub(super) fn assets(&self) -> Assets {
        self.inner.assets.clone()
    }

    pub(super) fn questionnaires(&self) -> &Questionnaires {
        &self.inner.questionnaires
    }

    /// A turn at rendering, first come first served; `None` never happens, as
    /// nobody closes the queue.
    pub(super) async fn rendering(&self) -> Option<SemaphorePermit<'_>> {
        self.inner.rendering.acquire().await.ok()
    }

    /// A turn at exporting; none while others take all of them.
    pub(super) fn exporting(&self) -> Option<OwnedSemaphorePermit> {
        self.inner.exporting.clone().try_acquire_owned().ok()
    }

    pub(super) fn jobs(&self) -> &Jobs {
        &self.inner.jobs
    }
}
