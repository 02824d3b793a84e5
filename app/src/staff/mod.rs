//! Pages of the institute: root component and routes.

mod case;
mod returns;

use crate::context::Failure;
use crate::layout::{FailurePage, NotFound, document};
use leptos::prelude::*;
use leptos_router::SsrMode;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

/// The whole document of an institute page.
pub fn shell() -> impl IntoView {
    document(|| view! { <Staff/> }.into_any())
}

/// Root of the institute's pages; the respondents' program never contains it.
#[component]
pub fn Staff() -> impl IntoView {
    if let Some(failure) = use_context::<Failure>() {
        return view! { <FailurePage failure/> }.into_any();
    }
    view! {
        <Router>
            <Routes fallback=|| view! { <NotFound/> }>
                <Route path=path!("/institut") view=returns::Returns ssr=SsrMode::Async/>
                <Route path=path!("/institut/fall/:kennung") view=case::CasePage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
    .into_any()
}
