//! The case of the signed-in unit, loaded once per page.

use crate::context::Viewer;
use crate::layout::{Page, Unavailable};
use leptos::prelude::*;
use portal::{CaseView, Portal};
use std::future::Future;
use survey::status::Status;
use survey::{Confirmation, Entries, QuestionIx, Sheet};

/// A case with its answers put into a sheet.
pub(crate) struct Loaded {
    /// The case as the store holds it.
    pub view: CaseView,
    /// Its answers, routed and checked.
    pub sheet: Sheet,
}

/// Why a questionnaire can only be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shut {
    /// It was handed in.
    HandedIn,
    /// The wave was closed before it was.
    TooLate,
    /// The unit is not part of the survey.
    Outside,
}

impl Shut {
    /// Kind of notice and sentence.
    pub fn notice(self) -> (&'static str, &'static str) {
        match self {
            Self::HandedIn => (
                "success",
                "Der Fragebogen ist abgegeben, vielen Dank! Er lässt sich nur noch ansehen; für Korrekturen öffnet ihn das IAW gern wieder.",
            ),
            Self::TooLate => (
                "warning",
                "Die Befragung ist geschlossen, und der Fragebogen war nicht abgegeben. Er lässt sich nur noch ansehen. Möchten Sie noch Angaben machen, wenden Sie sich bitte an das IAW.",
            ),
            Self::Outside => (
                "info",
                "Ihre Einheit gehört nicht zu dieser Befragung; der Fragebogen lässt sich nur noch ansehen. Trifft das nicht zu, wenden Sie sich bitte an das IAW.",
            ),
        }
    }
}

impl Loaded {
    /// Why it can only be read; nothing while it can be filled in.
    pub(super) fn shut(&self) -> Option<Shut> {
        self.view.locked.then_some(match self.view.status {
            Status::Ineligible => Shut::Outside,
            status if status.is_locked() => Shut::HandedIn,
            _ => Shut::TooLate,
        })
    }

    pub fn new(view: CaseView) -> Self {
        let entries: Entries = view
            .answers
            .iter()
            .filter_map(|answer| Some((answer.item.clone(), answer.entry.clone()?)))
            .collect();
        let sheet = Sheet::new(view.instrument.clone(), view.context.clone(), &entries);
        Self { view, sheet }
    }

    /// The reasons given for soft edits the person may see.
    pub fn confirmations(&self) -> Vec<Confirmation> {
        let instrument = &self.view.instrument;
        let theirs = |one: &&Confirmation| {
            let place = instrument.edit(&one.edit);
            place.is_some_and(|place| self.sees(instrument[place].question))
        };
        self.view.confirmations.iter().filter(theirs).cloned().collect()
    }

    /// Whether the person may see a question.
    pub fn sees(&self, question: QuestionIx) -> bool {
        self.view.access.sees_question(&self.view.instrument, question)
    }

    /// The line that says which wave and office this is.
    pub fn caption(&self) -> String {
        format!("Welle {} · {}", self.view.wave.key, self.view.name)
    }
}

/// Renders `page` with the case of whoever is signed in, or the page that
/// says why there is none.
pub(super) fn with_case<F, Fut>(page: F) -> impl IntoView
where
    F: FnOnce(Loaded) -> Fut + Send + 'static,
    Fut: Future<Output = AnyView> + Send + 'static,
{
    let portal = expect_context::<Portal>();
    let session = use_context::<Viewer>().unwrap_or_default().0;
    view! {
        <Suspense>
            {Suspend::new(async move {
                let Some(session) = session else {
                    return view! { <Unavailable/> }.into_any();
                };
                match portal.case_of(&session).await {
                    Ok(Some(view)) => page(Loaded::new(view)).await,
                    Ok(None) => view! { <NoCase/> }.into_any(),
                    Err(error) => {
                        leptos::logging::error!("case: {error}");
                        view! { <Unavailable/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
}

#[component]
fn NoCase() -> impl IntoView {
    view! {
        <Page title="Zurzeit keine Befragung">
            <p>"Für Ihre Einheit läuft im Moment keine Befragung. Sobald die nächste beginnt, erhalten Sie eine E-Mail."</p>
        </Page>
    }
}
