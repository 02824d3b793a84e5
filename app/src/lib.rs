//! What people see: the pages of offices and of the institute, and the one
//! island that makes a module's form check and save itself as one types.
//!
//! Two builds come from this crate. `ssr` renders whole pages for the server;
//! `hydrate` compiles the islands alone for the browser, with `survey` and
//! nothing else of ours. The pages never ask the time, never read a request
//! body and never write to the store: posted forms belong to the server's
//! handlers, use cases to `portal`.

#[cfg(not(erase_components))]
compile_error!(
    "built without `--cfg erase_components`: RUSTFLAGS in the environment replace those of .cargo/config.toml; \
     server and browser would not understand each other"
);

pub mod api;
pub mod form;
mod instrument;

#[cfg(feature = "ssr")]
mod account;
#[cfg(feature = "ssr")]
mod context;
#[cfg(feature = "ssr")]
mod hyphens;
#[cfg(feature = "ssr")]
mod layout;
#[cfg(feature = "ssr")]
pub mod office;
#[cfg(feature = "ssr")]
pub mod staff;
#[cfg(feature = "ssr")]
mod words;

#[cfg(feature = "ssr")]
pub use instrument::packed as packed_instrument;

#[cfg(feature = "ssr")]
pub use context::{Assets, Failure, FormErrors, Letter, Once, Operator, RecoveryCodes, Resume, Typed, Viewer, Waiting};

/// Makes the server functions known to the server, whatever the linker keeps.
#[cfg(feature = "ssr")]
pub fn register_server_functions() {
    leptos::server_fn::axum::register_explicit::<api::SaveAnswers>();
}

/// Starts the islands of a page in the browser. `instrument` is the checked
/// instrument as the server serves it under `/fragebogen/`.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn start(instrument: &[u8]) {
    console_error_panic_hook::set_once();
    instrument::install(instrument);
    leptos::mount::hydrate_islands();
}
