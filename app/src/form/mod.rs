//! A module of the questionnaire as a form: plain HTML that posts, and an
//! island that follows routing, shows findings and saves as one types.
//!
//! The controls themselves are static markup with the names of the contract;
//! what moves (which questions are asked, findings, texts with piping) hangs
//! on signals that [`state::FormState`] sets. The browser side reads the
//! controls from the document, so that a field's own value never depends on
//! when the page became interactive.

#![expect(missing_docs, reason = "the island macro writes a struct without docs")]

mod controls;
mod findings;
mod matrix;
mod question;
mod state;

#[cfg(feature = "hydrate")]
mod autosave;
#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod pending;

use crate::api::TwoAnswers;
use crate::instrument;
use leptos::prelude::*;
use question::QuestionBlock;
#[cfg(feature = "ssr")]
pub(crate) use question::number as question_number;
use serde::{Deserialize, Serialize};
pub use state::FormState;
use std::collections::BTreeMap;
use survey::{CaseContext, Confirmation, Entry};

/// Everything one module's form needs besides the instrument.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ModuleData {
    /// Letter of the module.
    pub letter: String,
    /// Kennung of the unit the form was made for.
    pub kennung: String,
    /// Unit and wave.
    pub context: CaseContext,
    /// What is stored, by item, with the revision it was read at.
    pub answers: BTreeMap<String, (Option<Entry>, i64)>,
    /// Soft edits confirmed so far.
    pub confirmations: Vec<Confirmation>,
    /// Mark unanswered questions too (reached from the review page).
    pub show_missing: bool,
    /// Items with two answers to decide between.
    pub conflicts: BTreeMap<String, TwoAnswers>,
    /// Where "trotzdem weiter" leads.
    pub next: String,
}

/// Single questions with their controls, for forms besides the module's own.
#[cfg(feature = "ssr")]
pub(crate) struct Controls(FormState);

#[cfg(feature = "ssr")]
impl Controls {
    /// The controls of one module.
    pub(crate) fn new(instrument: std::sync::Arc<survey::Instrument>, data: ModuleData) -> Self {
        Self(FormState::new(instrument, data))
    }

    /// One question: wording, control, findings.
    pub(crate) fn of(&self, question: survey::QuestionIx) -> AnyView {
        view! { <QuestionBlock state=self.0 question/> }.into_any()
    }
}

/// The form of one module.
#[island]
pub fn ModuleForm(
    /// Everything the form shows.
    data: ModuleData,
) -> impl IntoView {
    let Some(instrument) = instrument::current() else {
        return view! { <p>"Der Fragebogen konnte nicht geladen werden. Bitte laden Sie die Seite neu."</p> }
            .into_any();
    };
    let action = format!("/befragung/{}", data.letter);
    let unit = data.kennung.clone();
    let state = FormState::new(instrument, data);
    #[cfg(feature = "hydrate")]
    browser::attach(state);
    form_of(state, action, unit)
}

/// The same form without its island, posted to an address of its own: for
/// pages that follow nothing as one types.
#[cfg(feature = "ssr")]
pub(crate) fn plain_form(data: ModuleData, action: String) -> AnyView {
    let Some(instrument) = instrument::current() else {
        return view! { <p>"Der Fragebogen konnte nicht geladen werden. Bitte laden Sie die Seite neu."</p> }
            .into_any();
    };
    let unit = data.kennung.clone();
    form_of(FormState::new(instrument, data), action, unit)
}

fn form_of(state: FormState, action: String, unit: String) -> AnyView {
    let copies = state.first_copy();
    let blocks = state
        .questions()
        .into_iter()
        .map(|question| {
            let copy = (copies == Some(question)).then(|| view! { <CopyOffer state/> });
            view! {
                {copy}
                <QuestionBlock state question/>
            }
        })
        .collect_view();
    view! {
        <form method="post" action=action id="modul" class="module" novalidate autocomplete="off">
            <button class="default-action" name="aktion" value="speichern" tabindex="-1" aria-hidden="true">
                "Speichern"
            </button>
            <input type="hidden" name="einheit" value=unit/>
            <findings::Summary state/>
            {blocks}
            <div class="actions">
                <button name="aktion" value="weiter" class="primary">"Speichern und weiter"</button>
                <button name="aktion" value="speichern">"Speichern"</button>
                <button name="aktion" value="zurueck">"Speichern und zurück"</button>
            </div>
            <p class="save-state" role="status" id="speicherstand" data-state=move || state.saving().get().code()>
                {move || state.saving().get().sentence()}
            </p>
            <p class="visually-hidden" role="status" id="ansage">{move || state.announcement().get()}</p>
        </form>
    }
    .into_any()
}

/// Offers to copy the answers for customers from 25 years on to those under 25
/// (instrument section 2: visibly, never silently).
#[component]
fn CopyOffer(state: FormState) -> impl IntoView {
    let _ = state;
    view! {
        <div class="copy-offer">
            <h2>"Kundinnen und Kunden unter 25 Jahren (U25)"</h2>
            <p>"Gehen Sie bei U25 genauso vor wie bei Ü25? Dann können Sie Ihre Angaben übernehmen und danach ändern."</p>
            <button name="aktion" value="uebernehmen">"Angaben für Ü25 übernehmen"</button>
        </div>
    }
}
