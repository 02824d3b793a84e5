//! Where an island finds the checked instrument: on the server in the
//! context of the page, in the browser in what the page loaded once.

use std::sync::Arc;
use survey::Instrument;

#[cfg(feature = "hydrate")]
static LOADED: std::sync::OnceLock<Arc<Instrument>> = std::sync::OnceLock::new();

/// The checked instrument as the browser reads it.
///
/// # Errors
/// Where it cannot be written, which a checked one always can.
#[cfg(feature = "ssr")]
pub fn packed(instrument: &Instrument) -> Result<Vec<u8>, postcard::Error> {
    postcard::to_allocvec(instrument)
}

/// Keeps the instrument for the islands. Bytes that are no instrument leave
/// the page as the server sent it: a form that posts.
#[cfg(feature = "hydrate")]
pub(crate) fn install(packed: &[u8]) {
    match postcard::from_bytes(packed) {
        Ok(instrument) => {
            let _ = LOADED.set(Arc::new(instrument));
        }
        Err(error) => leptos::logging::error!("Fragebogen nicht lesbar: {error}"),
    }
}

/// The instrument of this page, if there is one.
pub(crate) fn current() -> Option<Arc<Instrument>> {
    #[cfg(feature = "hydrate")]
    if let Some(loaded) = LOADED.get() {
        return Some(loaded.clone());
    }
    leptos::prelude::use_context::<Arc<Instrument>>()
}
