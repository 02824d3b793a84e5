//! Pages of the institute: root component and routes.

mod accounts;
mod admin;
mod audit;
mod case;
mod cases;
mod charts;
mod contacts;
mod entry;
mod factor;
mod frame;
mod nav;
mod overview;
mod panel;
mod post;
mod queries;
mod results;
mod retention;
mod returns;
mod worklist;

pub(crate) use nav::InstituteNav;
pub use panel::part_label;

use crate::context::Failure;
use crate::layout::{FailurePage, NotFound, document};
use leptos::prelude::*;
use leptos_router::SsrMode;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

/// The whole document of an institute page.
pub fn shell() -> impl IntoView {
    document(true, || view! { <Staff/> }.into_any())
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
                <Route path=path!("/institut") view=overview::OverviewPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/quoten") view=overview::QuotasPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/faelle") view=cases::CaseListPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/faelle/auswahl") view=cases::SelectionPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/arbeitsliste") view=worklist::WorklistPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/fall/:kennung/eingabe") view=entry::EntryPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/fall/:kennung/eingabe/:modul") view=entry::EntryModule ssr=SsrMode::Async/>
                <Route path=path!("/institut/fall/:kennung") view=case::CasePage ssr=SsrMode::Async/>
                <Route path=path!("/institut/fall/:kennung/kontakte") view=contacts::ContactsPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/konto") view=crate::account::StaffAccount ssr=SsrMode::Async/>
                <Route path=path!("/institut/konto/zweiter-schritt") view=factor::FactorPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/konto/codes") view=factor::CodesPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/panel") view=panel::PanelPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/panel/einheiten") view=panel::PanelUnits ssr=SsrMode::Async/>
                <Route path=path!("/institut/panel/verzeichnis") view=panel::Registers ssr=SsrMode::Async/>
                <Route path=path!("/institut/verwaltung/aufbewahrung") view=retention::RetentionPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/verwaltung") view=admin::AdminHome ssr=SsrMode::Async/>
                <Route path=path!("/institut/verwaltung/konten") view=accounts::AccountList ssr=SsrMode::Async/>
                <Route path=path!("/institut/verwaltung/konten/:id") view=accounts::AccountPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/verwaltung/protokoll") view=audit::AuditList ssr=SsrMode::Async/>
                <Route path=path!("/institut/fall/:kennung/rueckfrage") view=queries::AskPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/rueckfragen") view=queries::QueryList ssr=SsrMode::Async/>
                <Route path=path!("/institut/ergebnisse") view=results::BoardPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/ergebnisse/wandel") view=results::ChangePage ssr=SsrMode::Async/>
                <Route path=path!("/institut/ergebnisse/variablen") view=results::VariableList ssr=SsrMode::Async/>
                <Route path=path!("/institut/ergebnisse/variablen/:item") view=results::VariablePage ssr=SsrMode::Async/>
                <Route path=path!("/institut/ergebnisse/export") view=results::ExportPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/ergebnisse/regeln") view=results::RulesPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/ergebnisse/rueckmeldung") view=results::FeedbackPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/post") view=post::PlanPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/post/schritt/:schritt") view=post::StepPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/post/vorlagen") view=post::TemplateList ssr=SsrMode::Async/>
                <Route path=path!("/institut/post/vorlagen/:vorlage") view=post::TemplatePage ssr=SsrMode::Async/>
                <Route path=path!("/institut/post/ausgang") view=post::OutboxList ssr=SsrMode::Async/>
                <Route path=path!("/institut/post/ausgang/:id") view=post::MailPage ssr=SsrMode::Async/>
                <Route path=path!("/institut/post/erinnern") view=post::RemindPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
    .into_any()
}
