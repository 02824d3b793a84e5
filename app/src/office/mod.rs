//! Pages for respondents and for everybody: root component and routes.

mod access;
mod case;
mod code;
mod colleagues;
mod feedback;
mod module;
mod overview;
mod print;
mod query;
mod review;
pub(crate) mod sign_in;
mod submission;
mod texts;

pub(crate) use case::Loaded;
pub(crate) use feedback::{distribution, protection};
pub(crate) use module::conflicts as module_conflicts;
pub(crate) use print::{module_answers, printed};

use crate::context::Failure;
use crate::layout::{FailurePage, NotFound, document};
use leptos::prelude::*;
use leptos_router::SsrMode;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

/// The whole document of a respondents' or public page.
pub fn shell() -> impl IntoView {
    document(false, || view! { <Office/> }.into_any())
}

/// Root of everything that is not the institute's. All pages are rendered
/// whole (`SsrMode::Async`): nothing on them may depend on scripts.
#[component]
pub fn Office() -> impl IntoView {
    if let Some(failure) = use_context::<Failure>() {
        return view! { <FailurePage failure/> }.into_any();
    }
    view! {
        <Router>
            <Routes fallback=|| view! { <NotFound/> }>
                <Route path=path!("/anmelden") view=sign_in::SignIn ssr=SsrMode::Async/>
                <Route path=path!("/anmelden/code") view=code::Code ssr=SsrMode::Async/>
                <Route path=path!("/passwort-vergessen") view=access::Forgotten ssr=SsrMode::Async/>
                <Route path=path!("/zugang/:token") view=access::Access ssr=SsrMode::Async/>
                <Route path=path!("/befragung") view=overview::Overview ssr=SsrMode::Async/>
                <Route path=path!("/befragung/konto") view=crate::account::OfficeAccount ssr=SsrMode::Async/>
                <Route path=path!("/befragung/druck") view=print::Print ssr=SsrMode::Async/>
                <Route path=path!("/befragung/pruefung") view=review::Review ssr=SsrMode::Async/>
                <Route path=path!("/befragung/abgabe") view=submission::Submission ssr=SsrMode::Async/>
                <Route path=path!("/befragung/quittung") view=submission::ReceiptPage ssr=SsrMode::Async/>
                <Route path=path!("/befragung/kollegen") view=colleagues::ColleaguesPage ssr=SsrMode::Async/>
                <Route path=path!("/befragung/rueckfrage") view=query::QueryPage ssr=SsrMode::Async/>
                <Route path=path!("/befragung/rueckfrage/senden") view=query::SendPage ssr=SsrMode::Async/>
                <Route path=path!("/befragung/rueckmeldung") view=feedback::FeedbackPage ssr=SsrMode::Async/>
                <Route path=path!("/befragung/:modul") view=module::ModulePage ssr=SsrMode::Async/>
                <Route path=path!("/impressum") view=texts::Impressum ssr=SsrMode::Async/>
                <Route path=path!("/datenschutz") view=texts::Datenschutz ssr=SsrMode::Async/>
                <Route path=path!("/barrierefreiheit") view=texts::Barrierefreiheit ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
    .into_any()
}
