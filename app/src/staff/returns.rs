//! Returns at a glance: two figures that are never mixed.

use super::frame::NoWave;
use crate::context::Viewer;
use crate::layout::{Page, Unavailable};
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use portal::{Portal, Returns as Figures, StaffError, WaveView};
use survey::Form;
use survey::rates::Rate;

/// `/institut`, with `?welle=`.
#[component]
pub(super) fn Returns() -> impl IntoView {
    let portal = expect_context::<Portal>();
    let session = use_context::<Viewer>().unwrap_or_default().0;
    let query = use_query_map().get_untracked();
    let wanted: Option<i32> = query.get("welle").and_then(|key| key.parse().ok());
    view! {
        <Suspense>
            {Suspend::new(async move {
                let Some(session) = session else { return view! { <Unavailable/> }.into_any() };
                let Ok(waves) = portal.waves().await else { return view! { <Unavailable/> }.into_any() };
                let Some(wave) = chosen(&waves, wanted) else { return view! { <NoWave/> }.into_any() };
                match portal.returns(&session, wave).await {
                    Ok(figures) => page(&waves, &figures).into_any(),
                    Err(StaffError::NotFound) => view! { <NoWave/> }.into_any(),
                    _ => view! { <Unavailable/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The wave asked for, else the open one, else the newest.
pub(super) fn chosen(waves: &[WaveView], wanted: Option<i32>) -> Option<i32> {
    waves
        .iter()
        .find(|wave| Some(wave.key) == wanted)
        .or_else(|| waves.iter().find(|wave| wave.state == portal::WaveState::Open))
        .or_else(|| waves.first())
        .map(|wave| wave.key)
}

fn page(waves: &[WaveView], figures: &Figures) -> impl IntoView + use<> {
    let wave = figures.wave.clone();
    let caption = format!(
        "Stichtag {}, Feldbeginn {}, Frist {}",
        words::day(wave.stichtag),
        words::day(wave.start),
        words::day(wave.deadline)
    );
    let others = waves
        .iter()
        .filter(|other| other.key != wave.key)
        .map(|other| view! { <li><a href=format!("/institut?welle={}", other.key)>{format!("Welle {}", other.key)}</a></li> })
        .collect::<Vec<_>>();
    let others =
        (!others.is_empty()).then(|| view! { <nav aria-label="Andere Wellen"><ul class="inline">{others}</ul></nav> });
    let rows = figures
        .rows
        .iter()
        .map(|row| {
            let cell = |numerator| {
                Rate {
                    numerator,
                    denominator: row.denominator,
                }
                .to_string()
            };
            let total = row.form.is_none();
            view! {
                <tr class:total=total>
                    <th scope="row">{row.form.map_or("Insgesamt", Form::label)}</th>
                    <td class="figure">{cell(row.eingegangen)}</td>
                    <td class="figure">{cell(row.verwertbar)}</td>
                </tr>
            }
        })
        .collect_view();
    let statuses = figures
        .by_status
        .iter()
        .map(|(status, count)| {
            let href = format!("/institut/faelle?welle={}&status={}", wave.key, status.name());
            view! { <tr><th scope="row"><a href=href>{words::status(*status)}</a></th><td class="figure">{count.to_string()}</td></tr> }
        })
        .collect_view();
    let body = view! {
            {others}
            <div class="columns">
                <div class="table-scroll" tabindex="0" role="region" aria-label="Rücklauf nach Form">
                    <table>
                        <caption>"Rücklauf nach Form der Aufgabenwahrnehmung"</caption>
                        <thead><tr><th scope="col">"Form"</th><th scope="col" class="figure">"eingegangen"</th><th scope="col" class="figure">"vollständig verwertbar"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                    <p class="hint">"Basis: bei Eröffnung festgeschriebene Einheiten ohne solche, die nicht zur Erhebung gehören. „Vollständig verwertbar“ ist RR1 nach AAPOR."</p>
                </div>
                <div>
                    <table>
                        <caption>"Fälle nach Status"</caption>
                        <thead><tr><th scope="col">"Status"</th><th scope="col" class="figure">"Fälle"</th></tr></thead>
                        <tbody>{statuses}</tbody>
                    </table>
                </div>
            </div>
            <p><a href=format!("/institut/faelle?welle={}", wave.key)>"Zu allen Fällen"</a></p>
    };
    let title = format!("Rücklauf, Welle {}", wave.key);
    view! { <Page title=title caption=caption wide=true>{body}</Page> }
}
