//! Findings: in a summary at the head of the form and at each question.

use super::state::{FormState, Shown, Weight};
use leptos::prelude::*;

/// All findings of the module, each a link to its field.
#[component]
pub(super) fn Summary(state: FormState) -> impl IntoView {
    let all = move || {
        state
            .questions()
            .into_iter()
            .filter_map(|question| state.signals(question))
            .flat_map(|signals| signals.findings.get())
            .filter(|shown| shown.reason.is_none())
            .collect::<Vec<_>>()
    };
    let next = state.data.with_value(|data| data.next.clone());
    move || {
        let found = all();
        (!found.is_empty()).then(|| {
            let heading = match found.len() {
                1 => "Eine Angabe ist noch zu klären".to_owned(),
                n => format!("{n} Angaben sind noch zu klären"),
            };
            let lines = found
                .into_iter()
                .map(|shown| {
                    view! { <li><a href=format!("#{}", shown.item)>{shown.message}</a></li> }
                })
                .collect_view();
            view! {
                <div class="summary" id="zu-klaeren" tabindex="-1" role="group" aria-labelledby="zu-klaeren-titel">
                    <h2 id="zu-klaeren-titel">{heading}</h2>
                    <ul>{lines}</ul>
                    <p>
                        "Ihre Angaben sind gespeichert. Sie können die Punkte auch später klären: "
                        <a href=next.clone() rel="external">"ohne Korrektur weiter"</a> "."
                    </p>
                </div>
            }
        })
    }
}

/// The findings of one question, with the place for a reason where an edit may
/// be confirmed.
#[component]
pub(super) fn QuestionFindings(
    /// What is wrong at the moment.
    shown: RwSignal<Vec<Shown>>,
) -> impl IntoView {
    view! {
        <For
            each=move || shown.get()
            key=|shown| (shown.code.clone(), shown.message.clone(), shown.reason.is_some())
            children=|shown| view! { <OneFinding shown/> }
        />
    }
}

#[component]
fn OneFinding(shown: Shown) -> impl IntoView {
    let Shown {
        code,
        weight,
        message,
        edit,
        reason,
        ..
    } = shown;
    let (class, prefix) = match (weight, &reason) {
        (Weight::Error, _) => ("finding error", "Fehler: "),
        (Weight::Missing, _) => ("finding missing", "Noch offen: "),
        (Weight::Warning, None) => ("finding warning", "Bitte prüfen: "),
        (Weight::Warning, Some(_)) => ("finding confirmed", "Von Ihnen bestätigt: "),
    };
    let confirm = edit.map(|edit| {
        let name = format!("reason__{edit}");
        let hint = format!("{name}-hilfe");
        view! {
            <label for=name.clone()>"Trifft die Angabe zu? Dann begründen Sie sie bitte kurz:"</label>
            <p class="hint" id=hint.clone()>"Sonst berichtigen Sie bitte Ihre Angabe. Ein Satz genügt."</p>
            <textarea id=name.clone() name=name rows="2" maxlength="1000" aria-describedby=hint>
                {reason.clone().unwrap_or_default()}
            </textarea>
        }
    });
    view! {
        <div class=class id=format!("befund-{code}")>
            <p><strong class="prefix">{prefix}</strong>{message}</p>
            {confirm}
        </div>
    }
}
