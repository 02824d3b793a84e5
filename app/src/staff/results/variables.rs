//! Any variable: the list of questions, and one of them described.

use super::super::frame::{asked, encoded, with_desk};
use super::{ResultsNav, abreast, base_line, base_switch, panel_asked, switch};
use crate::form::question_number;
use crate::hyphens::hyphenated;
use crate::layout::Page;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use portal::{Content, GroupStats, Grouping, Variable, VariableLine, VariableView};
use survey::Kind;
use survey::rates::Rate;

const HERE: &str = "/institut/ergebnisse/variablen";

/// `/institut/ergebnisse/variablen`, with `?welle=`.
#[component]
pub(in crate::staff) fn VariableList() -> impl IntoView {
    let panel = panel_asked();
    with_desk(move |desk| async move {
        let lines = desk.portal.variables(&desk.session, desk.wave).await?;
        let basis = if panel { "&basis=panel" } else { "" };
        let mut modules: Vec<(String, Vec<&VariableLine>)> = Vec::new();
        for line in &lines {
            match modules.last_mut().filter(|(module, _)| *module == line.module) {
                Some((_, list)) => list.push(line),
                None => modules.push((line.module.clone(), vec![line])),
            }
        }
        let empty = lines
            .is_empty()
            .then(|| view! { <p>"Diese Welle ist noch nicht eröffnet und hat deshalb noch keinen Fragebogen."</p> });
        let modules = modules
            .into_iter()
            .map(|(module, list)| {
                let links = list
                    .into_iter()
                    .map(|line| {
                        let href = format!("{HERE}/{}?welle={}{basis}", encoded(&line.id), desk.wave);
                        view! { <li><a href=href><strong>{question_number(&line.id).to_owned()}</strong>" "{line.text.clone()}</a></li> }
                    })
                    .collect_view();
                view! { <h2>{module}</h2><ul class="variables">{links}</ul> }
            })
            .collect_view();
        let body = view! {
            <ResultsNav wave=desk.wave here=HERE panel/>
            {empty}
            {modules}
        };
        Ok(view! { <Page title="Variablen" caption=format!("Welle {}", desk.wave) wide=true>{body}</Page> }.into_any())
    })
}

/// `/institut/ergebnisse/variablen/{item}`, with `?welle=`, `?nach=`, `?basis=`.
#[component]
pub(in crate::staff) fn VariablePage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("item").unwrap_or_default();
    let (panel, grouping) = (panel_asked(), asked("nach").parse().unwrap_or_default());
    with_desk(move |desk| async move {
        let found = desk
            .portal
            .variable(&desk.session, desk.wave, &id, grouping, panel)
            .await?;
        Ok(page(&found).into_any())
    })
}

fn page(found: &VariableView) -> impl IntoView + use<> {
    let wave = found.base.wave.key;
    let basis = if found.base.panel { "panel" } else { "welle" };
    let path = format!("{HERE}/{}", encoded(&found.id));
    let groupings = Grouping::ALL.map(|one| {
        let href = format!("{path}?welle={wave}&basis={basis}&nach={}", one.name());
        (href, one.label().to_owned(), one == found.grouping)
    });
    let address = format!("{path}?welle={wave}&nach={}", found.grouping.name());
    let file = format!("{path}/csv?welle={wave}&basis={basis}&nach={}", found.grouping.name());
    let (before, after) = found.neighbours.clone();
    let neighbour = |id: Option<String>, text: &'static str| {
        id.map(|id| {
            let href = format!(
                "{HERE}/{}?welle={wave}&basis={basis}&nach={}",
                encoded(&id),
                found.grouping.name()
            );
            view! { <li><a href=href>{format!("{text} {}", question_number(&id))}</a></li> }
        })
    };
    let note = match found.kind {
        Kind::Multi => Some(
            "Mehrfachnennungen: Die Anteile beziehen sich auf Einheiten mit gültiger Angabe und ergeben zusammen mehr als 100 %.",
        ),
        Kind::Text => Some("Texte werden gezählt, nicht gezeigt."),
        Kind::Single | Kind::Date | Kind::MatrixScale5 => None,
        _ => {
            Some("Quantile nach Hyndman und Fan (1996), Typ 7 (wie R und Excel); Mittelwert auf zwei Stellen gerundet.")
        }
    };
    let variables = found.variables.iter().map(|one| variable(found, one)).collect_view();
    let body = view! {
        <ResultsNav wave here=HERE panel=found.base.panel/>
        <nav class="back" aria-label="Zurück"><a href=format!("{HERE}?welle={wave}&basis={basis}")>"Alle Variablen"</a></nav>
        <nav class="switch" aria-label="Fragen"><ul class="inline">{neighbour(before, "Vorige Frage:")}{neighbour(after, "Nächste Frage:")}</ul></nav>
        <div class="switches">
            {switch("Nach", groupings.to_vec())}
            {base_switch(&found.base, &address)}
        </div>
        {base_line(&found.base, false)}
        {note.map(|note| view! { <p class="hint">{note}</p> })}
        {variables}
        <p class="screen-only"><a href=file download="">"Als CSV"</a></p>
    };
    let caption = format!("Welle {wave} · Frage {}", question_number(&found.id));
    view! { <Page title=found.text.clone() caption=caption wide=true>{body}</Page> }
}

fn variable(found: &VariableView, one: &Variable) -> AnyView {
    let label = one.label.clone().unwrap_or_else(|| one.id.clone());
    let unit = found.unit.as_ref().map(|unit| format!(" ({unit})")).unwrap_or_default();
    let tables = abreast(&one.groups)
        .map(|(groups, part)| {
            let caption = format!("{label}{unit}, nach {}{part}", found.grouping.label());
            table(caption, found, groups)
        })
        .collect_view();
    let heading = (found.variables.len() > 1).then(|| view! { <h2>{label}</h2> });
    view! { {heading}{picture(found, one)}{tables} }.into_any()
}

/// Some groups of a variable beside each other.
fn table(caption: String, found: &VariableView, groups: &[GroupStats]) -> impl IntoView + use<> {
    let heads = groups
        .iter()
        .map(|group| view! { <th scope="col" class="figure">{group.name}</th> })
        .collect_view();
    let rows = lines(found, groups)
        .into_iter()
        .map(|(name, cells, total)| {
            let cells = cells
                .into_iter()
                .map(|cell| view! { <td class="figure">{cell}</td> })
                .collect_view();
            view! { <tr class:total=total><th scope="row">{name}</th>{cells}</tr> }
        })
        .collect_view();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=caption.clone()>
            <table class="results">
                <caption>{caption.clone()}</caption>
                <thead><tr><td></td>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The rows of a variable's table: name, one text per group, whether it is a
/// line for sums.
fn lines(found: &VariableView, groups: &[GroupStats]) -> Vec<(String, Vec<String>, bool)> {
    let each = |text: &dyn Fn(&GroupStats) -> String| groups.iter().map(text).collect::<Vec<_>>();
    let mut rows: Vec<(String, Vec<String>, bool)> = Vec::new();
    match groups.first().map(|group| &group.content) {
        Some(Content::Choices(_)) => {
            for (at, (code, label)) in found.options.iter().enumerate() {
                let cell = |group: &GroupStats| {
                    let Content::Choices(counts) = &group.content else {
                        return String::new();
                    };
                    share(counts.get(at).copied().unwrap_or(0), group.valid)
                };
                rows.push((hyphenated(&format!("{code} {label}")), each(&cell), false));
            }
        }
        Some(Content::Numbers(_)) => {
            type Read = fn(&survey::stats::Summary) -> String;
            let figures: [(&str, Read); 6] = [
                ("Mittelwert", |one| german(&one.mean.to_string())),
                ("Minimum", |one| german(&one.min.normalize().to_string())),
                ("1. Quartil", |one| german(&one.q1.normalize().to_string())),
                ("Median", |one| german(&one.median.normalize().to_string())),
                ("3. Quartil", |one| german(&one.q3.normalize().to_string())),
                ("Maximum", |one| german(&one.max.normalize().to_string())),
            ];
            for (name, read) in figures {
                let cell = |group: &GroupStats| match &group.content {
                    Content::Numbers(Some(summary)) => read(summary),
                    _ => "–".to_owned(),
                };
                rows.push((name.to_owned(), each(&cell), false));
            }
        }
        Some(Content::Days(_)) => {
            let cell = |group: &GroupStats| match &group.content {
                Content::Days(Some((first, last))) => {
                    format!("{} bis {}", crate::words::day(*first), crate::words::day(*last))
                }
                _ => "–".to_owned(),
            };
            rows.push(("von … bis".to_owned(), each(&cell), false));
        }
        Some(Content::Texts) | None => {}
    }
    rows.push((
        "gültige Angaben".to_owned(),
        each(&|group| group.valid.to_string()),
        true,
    ));
    rows.push((
        "-7 nicht gefragt".to_owned(),
        each(&|group| group.missing.not_asked.to_string()),
        false,
    ));
    rows.push((
        "-8 Angabe nicht möglich".to_owned(),
        each(&|group| group.missing.cannot_say.to_string()),
        false,
    ));
    rows.push((
        "-9 nicht beantwortet".to_owned(),
        each(&|group| group.missing.not_answered.to_string()),
        false,
    ));
    rows.push(("N".to_owned(), each(&|group| group.units.to_string()), true));
    rows
}

/// Bars of all groups together: options, or classes of numbers.
fn picture(found: &VariableView, one: &Variable) -> Option<AnyView> {
    let all = one.groups.last()?;
    let bars: Vec<(String, u64)> = match &all.content {
        Content::Choices(counts) => {
            let labels = found.options.iter().map(|(_, label)| label.clone());
            labels.zip(counts.iter().copied()).collect()
        }
        Content::Numbers(_) => {
            let last = one.classes.len().saturating_sub(1);
            let named = one.classes.iter().enumerate().map(|(at, class)| {
                let (from, to) = (german(&class.from.to_string()), german(&class.to.to_string()));
                let end = if at == last { "einschließlich" } else { "unter" };
                let name = if from == to {
                    from
                } else {
                    format!("{from} bis {end} {to}")
                };
                (name, class.count)
            });
            named.collect()
        }
        Content::Days(_) | Content::Texts => return None,
    };
    let largest = bars.iter().map(|(_, count)| *count).max()?;
    let lines = bars
        .into_iter()
        .map(|(label, count)| {
            view! {
                <div class="bar-line">
                    <span class="bar-name">{label}</span>
                    {super::bars::single(count, largest)}
                    <span class="bar-numbers">{share(count, all.valid)}</span>
                </div>
            }
        })
        .collect_view();
    Some(view! { <figure class="bars"><figcaption>"Alle Einheiten"</figcaption>{lines}</figure> }.into_any())
}

fn share(count: u64, base: u64) -> String {
    let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
    super::share(Rate {
        numerator: number(count),
        denominator: number(base),
    })
}

/// A decimal as it is written in German, thousands apart.
fn german(number: &str) -> String {
    let (whole, decimals) = number
        .split_once('.')
        .map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        let rest = whole.len() - at;
        if at > 0 && rest % 3 == 0 && !grouped.ends_with('-') {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    decimals.map_or(grouped.clone(), |decimals| format!("{grouped},{decimals}"))
}
