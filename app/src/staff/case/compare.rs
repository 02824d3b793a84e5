//! The answers beside those of the wave before, and which of them staff
//! entered.

use crate::form::question_number;
use crate::office::Loaded;
use crate::words;
use leptos::prelude::*;
use portal::{StoredAnswer, berlin};
use survey::{Entries, ItemIx};

/// A table per module; nothing where the unit was in no wave before.
pub(super) fn compare(case: &Loaded) -> Option<AnyView> {
    let before = case.view.context.previous.as_ref()?;
    let instrument = &case.view.instrument;
    let now = case.view.entries();
    let modules: Vec<_> = instrument
        .modules
        .iter()
        .filter_map(|module| {
            let items: Vec<ItemIx> = module
                .questions()
                .flat_map(|question| instrument[question].items.iter().copied())
                .filter(|item| {
                    let id = &instrument[*item].id;
                    before.contains_key(id) || now.contains_key(id)
                })
                .collect();
            let differing = items.iter().filter(|item| differs(case, **item, before, &now)).count();
            (!items.is_empty()).then(|| {
                let title = format!("{} {}: {differing} von {} anders", module.letter, module.title, items.len());
                let rows = items.iter().map(|item| row(case, *item, before, &now)).collect_view();
                let label = format!("Vergleich {}", module.letter);
                view! {
                    <details>
                        <summary>{title}</summary>
                        <div class="table-scroll" tabindex="0" role="region" aria-label=label>
                            <table class="compare">
                                <thead><tr><th scope="col">"Frage"</th><th scope="col">"Vorwelle"</th><th scope="col">"Jetzt"</th><th scope="col">"Anders"</th></tr></thead>
                                <tbody>{rows}</tbody>
                            </table>
                        </div>
                    </details>
                }
            })
        })
        .collect();
    Some(view! { <h2>"Vergleich mit der Vorwelle"</h2>{modules} }.into_any())
}

/// Whether an answer is another one; what an office has not come to yet is none.
fn differs(case: &Loaded, item: ItemIx, before: &Entries, now: &Entries) -> bool {
    let id = &case.view.instrument[item].id;
    let answered = now.contains_key(id) || case.view.status.is_locked();
    answered && before.get(id) != now.get(id)
}

fn row(case: &Loaded, item: ItemIx, before: &Entries, now: &Entries) -> AnyView {
    let instrument = &case.view.instrument;
    let id = &instrument[item].id;
    let question = &instrument[instrument[item].question];
    let number = question_number(&question.id).to_owned();
    let wording = case.sheet.text(&question.text);
    let cell = |entries: &Entries| words::shown(Some(instrument), id, entries.get(id));
    let other = differs(case, item, before, now);
    view! {
        <tr class:differs=other>
            <th scope="row"><abbr title=wording>{number}</abbr> " " <code>{id.clone()}</code></th>
            <td>{cell(before)}</td>
            <td>{cell(now)}</td>
            <td>{other.then_some("anders")}</td>
        </tr>
    }
    .into_any()
}

/// Which answers staff entered on behalf of the office.
pub(super) fn by_staff(answers: &[StoredAnswer]) -> Option<AnyView> {
    let entered: Vec<_> = answers
        .iter()
        .filter(|answer| answer.by_staff)
        .map(|answer| {
            view! { <li><code>{answer.item.clone()}</code> {format!(": {}, {}", answer.by, berlin::long(answer.at))}</li> }
        })
        .collect();
    let n = entered.len();
    (n > 0).then(|| {
        view! { <details><summary>{format!("Vom Institut für die Einheit eingetragen: {n}")}</summary><ul>{entered}</ul></details> }
            .into_any()
    })
}
