//! Two registers side by side: who came, went, was merged or changed.

use crate::layout::{Notice, Page};
use crate::staff::admin::with_staff;
use crate::staff::frame::{asked, encoded, field, select, table};
use leptos::prelude::*;
use portal::{ChangeKind, ChangedUnit, Comparison, WaveView, counted};

/// `/institut/panel/verzeichnis`, with `?von=`, `?bis=`, `?art=`.
#[component]
pub(in crate::staff) fn Registers() -> impl IntoView {
    let (from, to) = (asked("von").parse().ok(), asked("bis").parse().ok());
    let only: Option<ChangeKind> = asked("art").parse().ok();
    with_staff(move |portal, session| async move {
        let waves = portal.waves().await?;
        let Some((from, to)) = chosen(&waves, from, to) else {
            return Ok(view! {
                <Page title="Verzeichnisse vergleichen" wide=true>
                    <Notice kind="info" text="Zum Vergleichen braucht es zwei Wellen."/>
                </Page>
            }
            .into_any());
        };
        let found = portal.compare_registers(&session, from, to, only).await?;
        let form = form(&waves, &found);
        let counts = counts(&found, only);
        let list = list(&found, only);
        Ok(view! {
            <Page title="Verzeichnisse vergleichen" caption=format!("Welle {from} und Welle {to}") wide=true>
                <nav class="back" aria-label="Zurück"><a href="/institut/panel">"Panel"</a></nav>
                {form}{counts}{list}
            </Page>
        }
        .into_any())
    })
}

/// The waves asked for, else the newest and the one before it.
fn chosen(waves: &[WaveView], from: Option<i32>, to: Option<i32>) -> Option<(i32, i32)> {
    let mut keys: Vec<i32> = waves.iter().map(|wave| wave.key).collect();
    keys.sort_unstable();
    let known = |wave: &i32| keys.contains(wave);
    let to = to.filter(known).or_else(|| keys.last().copied())?;
    let earlier = keys.iter().rev().find(|wave| **wave < to).or(keys.first()).copied();
    let from = from.filter(known).or(earlier)?;
    // Whichever way round they were chosen.
    (keys.len() > 1).then(|| (from.min(to), from.max(to)))
}

fn form(waves: &[WaveView], found: &Comparison) -> impl IntoView + use<> {
    let options: Vec<_> = waves
        .iter()
        .map(|wave| (wave.key.to_string(), format!("Welle {}", wave.key)))
        .collect();
    view! {
        <form method="get" action="/institut/panel/verzeichnis" class="filter">
            {field("von".into(), "Früher", None, select("von", options.clone(), found.from.to_string()))}
            {field("bis".into(), "Später", None, select("bis", options, found.to.to_string()))}
            <button>"Vergleichen"</button>
        </form>
    }
}

fn address(found: &Comparison, only: Option<ChangeKind>) -> String {
    let kind = only.map(|kind| format!("&art={}", kind.name())).unwrap_or_default();
    format!("von={}&bis={}{kind}", found.from, found.to)
}

fn counts(found: &Comparison, only: Option<ChangeKind>) -> impl IntoView + use<> {
    let rows: Vec<_> = found
        .counts
        .iter()
        .map(|(kind, count)| {
            let href = format!("/institut/panel/verzeichnis?{}", address(found, Some(*kind)));
            let current = (only == Some(*kind)).then_some("true");
            let count = match count {
                0 => view! { <td class="figure">"0"</td> }.into_any(),
                n => view! { <td class="figure"><a href=href aria-current=current>{n.to_string()}</a></td> }.into_any(),
            };
            view! { <tr><th scope="row">{kind.label()}</th>{count}</tr> }
        })
        .collect();
    let sizes = format!(
        "{} in Welle {}, {} in Welle {}, jeweils ohne solche, die nicht zur Erhebung gehören.",
        counted(found.before, "Einheit", "Einheiten"),
        found.from,
        found.after,
        found.to
    );
    view! {
        <p>{sizes}</p>
        <table>
            <caption>"Unterschiede"</caption>
            <thead><tr><th scope="col">"Art"</th><th scope="col" class="figure">"Einheiten"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn list(found: &Comparison, only: Option<ChangeKind>) -> impl IntoView + use<> {
    if found.units.is_empty() {
        return view! { <Notice kind="info" text="Die beiden Verzeichnisse unterscheiden sich darin nicht."/> }
            .into_any();
    }
    let rows: Vec<_> = found.units.iter().map(line).collect();
    let query = address(found, only);
    let all = only.map(|_| {
        let href = format!("/institut/panel/verzeichnis?{}", address(found, None));
        view! { <a href=href>"Alle Unterschiede"</a>" · " }
    });
    let list = table("Geänderte Einheiten", &["Kennung", "Name", "Unterschiede"], rows);
    view! {
        <h2>{only.map_or("Alle Unterschiede", ChangeKind::label)}</h2>
        <p>{all}<a href=format!("/institut/panel/verzeichnis.csv?{query}") download>"Als CSV holen"</a></p>
        {list}
    }
    .into_any()
}

fn line(unit: &ChangedUnit) -> impl IntoView + use<> {
    let href = format!("/institut/fall/{}?welle={}", encoded(&unit.kennung), unit.wave);
    let changes: Vec<_> = unit
        .changes
        .iter()
        .map(|change| {
            let text = match (change.kind, change.before.as_str(), change.after.as_str()) {
                (ChangeKind::Added | ChangeKind::Gone, ..) => change.kind.label().to_owned(),
                (ChangeKind::Merged, _, into) => format!("aufgegangen in {into}"),
                (kind, before, after) => format!("{}: {} → {}", kind.label(), or_none(before), or_none(after)),
            };
            view! { <li>{text}</li> }
        })
        .collect();
    view! {
        <tr>
            <th scope="row"><a href=href>{unit.kennung.clone()}</a></th>
            <td>{unit.name.clone()}</td>
            <td><ul class="plain">{changes}</ul></td>
        </tr>
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "keine" } else { text }
}
