//! The panel: who took part in which waves, what became of the units from
//! wave to wave, and the units behind every figure.

mod registers;
mod units;

pub(super) use registers::Registers;
pub(super) use units::PanelUnits;

use super::admin::with_staff;
use super::frame::{asked, field, select};
use crate::layout::{Notice, Page};
use leptos::prelude::*;
use portal::{ByForm, Moves, PanelFigures, PanelView, counted};
use survey::Form;
use survey::panel::{Fate, Level, Part, Pattern};

/// What counts as taking part, in words.
fn level_label(level: Level) -> &'static str {
    match level {
        Level::Listed => "im Verzeichnis",
        Level::Submitted => "eingegangen",
        Level::Usable => "vollständig verwertbar",
    }
}

/// What became of a unit, in words.
fn fate_label(fate: Fate) -> &'static str {
    match fate {
        Fate::Both => "in beiden Wellen dabei",
        Fate::New => "neu: vorher nicht im Verzeichnis",
        Fate::Joined => "hinzugekommen: vorher im Verzeichnis, aber nicht dabei",
        Fate::Merged => "ausgeschieden: in anderer Einheit aufgegangen",
        Fate::Gone => "ausgeschieden: nicht mehr im Verzeichnis oder nicht mehr zugehörig",
        Fate::Refused => "ausgeschieden: verweigert",
        Fate::Silent => "ausgeschieden: nicht (verwertbar) geantwortet",
    }
}

/// What a unit did in a wave, in words.
#[must_use]
pub fn part_label(part: Part) -> &'static str {
    match part {
        Part::Absent => "–",
        Part::Ineligible => "nicht zugehörig",
        Part::Refused => "verweigert",
        Part::Silent => "nicht eingegangen",
        Part::Submitted => "eingegangen",
        Part::Usable => "verwertbar",
    }
}

/// The way it is looked at, from the address.
fn view_asked() -> PanelView {
    PanelView {
        level: asked("basis").parse().unwrap_or_default(),
        follow: asked("nachfolger") == "ja",
    }
}

fn view_query(view: PanelView) -> String {
    let follow = if view.follow { "ja" } else { "nein" };
    format!("basis={}&nachfolger={follow}", view.level.name())
}

/// Fields that choose how the panel is looked at.
fn view_fields(view: PanelView) -> impl IntoView + use<> {
    let levels = [Level::Usable, Level::Submitted, Level::Listed]
        .map(|level| (level.name().to_owned(), level_label(level).to_owned()))
        .to_vec();
    let follow = [
        ("nein", "jede Einheit für sich"),
        ("ja", "Nachfolger führen Vorgänger fort"),
    ]
    .map(|(value, label)| (value.to_owned(), label.to_owned()))
    .to_vec();
    let chosen = if view.follow { "ja" } else { "nein" };
    view! {
        {field("basis".into(), "Dabei ist, wessen Fragebogen", None, select("basis", levels, view.level.name().into()))}
        {field("nachfolger".into(), "Zusammengelegte Einheiten", None, select("nachfolger", follow, chosen.into()))}
    }
}

/// `/institut/panel`, with `?basis=`, `?nachfolger=`.
#[component]
pub(super) fn PanelPage() -> impl IntoView {
    let view = view_asked();
    with_staff(move |portal, session| async move {
        let figures = portal.panel(&session, view).await?;
        let body = if figures.waves.is_empty() {
            view! { <Notice kind="info" text="Es ist noch keine Welle geöffnet; das Panel beginnt mit der ersten."/> }
                .into_any()
        } else {
            view! {
                {patterns(&figures, view)}
                {each(&figures, view)}
                <h2>"Von Welle zu Welle"</h2>
                {figures.moves.iter().map(|moves| changes(moves, view)).collect_view()}
            }
            .into_any()
        };
        Ok(view! {
            <Page title="Panel" wide=true>
                <p>"In welchen Wellen haben die Einheiten teilgenommen? Jede Zahl führt zu ihren Einheiten."</p>
                <form method="get" action="/institut/panel" class="filter">{view_fields(view)}<button>"Anzeigen"</button></form>
                <p><a href="/institut/panel/verzeichnis">"Verzeichnisse zweier Wellen vergleichen"</a></p>
                {body}
            </Page>
        }
        .into_any())
    })
}

/// The figures of a row, each a link to its units.
fn cells(figure: ByForm, query: &str) -> impl IntoView + use<> {
    let link = |count: u32, form: Option<Form>| {
        let form = form.map(|form| format!("&form={}", form.label())).unwrap_or_default();
        let href = format!("/institut/panel/einheiten?{query}{form}");
        match count {
            0 => view! { <td class="figure">"0"</td> }.into_any(),
            n => view! { <td class="figure"><a href=href>{n}</a></td> }.into_any(),
        }
    };
    let total = link(figure.total, None);
    let forms: Vec<_> = Form::ALL
        .into_iter()
        .zip(figure.forms)
        .map(|(form, count)| link(count, Some(form)))
        .collect();
    view! { {total}{forms} }
}

fn heads() -> impl IntoView {
    let forms: Vec<_> = Form::ALL
        .into_iter()
        .map(|form| view! { <th scope="col" class="figure">{form.label()}</th> })
        .collect();
    view! { <th scope="col" class="figure">"Insgesamt"</th>{forms} }
}

fn patterns(figures: &PanelFigures, view: PanelView) -> impl IntoView + use<> {
    let base = view_query(view);
    let rows: Vec<_> = figures
        .patterns
        .iter()
        .map(|(pattern, figure)| {
            view! { <tr><th scope="row">{pattern_label(*pattern, &figures.waves)}</th>{cells(*figure, &format!("{base}&muster={pattern}"))}</tr> }
        })
        .collect();
    let caption = format!("Einheiten nach Teilnahme ({})", level_label(view.level));
    let label = caption.clone();
    let empty = rows
        .is_empty()
        .then(|| view! { <Notice kind="info" text="Noch hat niemand teilgenommen."/> });
    view! {
        {empty}
        <div class="table-scroll" tabindex="0" role="region" aria-label=label>
            <table>
                <caption>{caption}</caption>
                <thead><tr><th scope="col">"Teilgenommen"</th>{heads()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="hint">"Form der letzten Welle, an der die Einheit teilnahm."</p>
    }
}

/// In which waves, in words.
fn pattern_label(pattern: Pattern, waves: &[i32]) -> String {
    let in_waves: Vec<String> = waves
        .iter()
        .enumerate()
        .filter(|(place, _)| pattern.has(*place))
        .map(|(_, wave)| wave.to_string())
        .collect();
    let listed = match in_waves.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} und {last}", rest.join(", ")),
        _ => in_waves.join(""),
    };
    match (pattern.is_full(), waves.len()) {
        (true, n) if n > 1 => format!("in allen Wellen: {listed}"),
        (_, n) if n > 1 && in_waves.len() == 1 => format!("nur {listed}"),
        _ => listed,
    }
}

fn each(figures: &PanelFigures, view: PanelView) -> impl IntoView + use<> {
    let rows: Vec<_> = figures
        .waves
        .iter()
        .zip(&figures.each)
        .map(|(wave, figure)| {
            let number = |count: u32| view! { <td class="figure">{count}</td> };
            let forms: Vec<_> = figure.forms.into_iter().map(number).collect();
            view! { <tr><th scope="row">{format!("Welle {wave}")}</th>{number(figure.total)}{forms}</tr> }
        })
        .collect();
    let caption = format!("Teilnehmende je Welle ({})", level_label(view.level));
    let label = caption.clone();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=label>
            <table>
                <caption>{caption}</caption>
                <thead><tr><th scope="col">"Welle"</th>{heads()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="hint">"Form der jeweiligen Welle."</p>
    }
}

fn changes(moves: &Moves, view: PanelView) -> impl IntoView + use<> {
    let base = view_query(view);
    let (from, to) = (moves.from, moves.to);
    let rows: Vec<_> = moves
        .fates
        .iter()
        .map(|(fate, figure)| {
            let query = format!("{base}&von={from}&bis={to}&verbleib={}", fate.name());
            view! { <tr class:total={*fate == Fate::Both}><th scope="row">{fate_label(*fate)}</th>{cells(*figure, &query)}</tr> }
        })
        .collect();
    let caption = format!(
        "Von {from} nach {to} (Vergleichsbasis: {})",
        counted(moves.matched().total.into(), "Einheit", "Einheiten")
    );
    let label = caption.clone();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=label>
            <table>
                <caption>{caption}</caption>
                <thead><tr><th scope="col">"Verbleib"</th>{heads()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="hint">{format!("Form der Welle {to}; bei Ausgeschiedenen der Welle {from}.")}</p>
    }
}
