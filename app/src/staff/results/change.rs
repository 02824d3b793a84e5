//! Change since the wave before, on the units usable in both.

use super::super::frame::with_desk;
use super::{ResultsNav, age_asked, base_line, refused, switch};
use crate::hyphens::hyphenated;
use crate::layout::{Notice, Page};
use leptos::prelude::*;
use portal::{ChangeView, Cleared, Reasons, Shift, counted};
use survey::change::{Axis, Transitions};
use survey::typology::Level;
use survey::{AgeGroup, Form};

const HERE: &str = "/institut/ergebnisse/wandel";

/// `/institut/ergebnisse/wandel`, with `?welle=`, `?alter=`.
#[component]
pub(in crate::staff) fn ChangePage() -> impl IntoView {
    let age = age_asked();
    with_desk(move |desk| async move {
        match desk.portal.change(&desk.session, desk.wave).await {
            Ok(Some(change)) => Ok(page(&change, age).into_any()),
            Ok(None) => Ok(nothing(desk.wave).into_any()),
            Err(error) => refused(error, desk.wave, HERE),
        }
    })
}

fn nothing(wave: i32) -> impl IntoView {
    view! {
        <Page title="Wandel" caption=format!("Welle {wave}") wide=true>
            <ResultsNav wave here=HERE/>
            <Notice kind="info" text="Diese Welle hat keine Vorwelle; es gibt nichts zu vergleichen."/>
        </Page>
    }
}

fn page(change: &ChangeView, age: AgeGroup) -> impl IntoView + use<> {
    let wave = change.base.wave.key;
    let before = change.base.previous.as_ref().map_or(wave, |one| one.key);
    let ages = AgeGroup::ALL.map(|one| {
        let href = format!("{HERE}?welle={wave}&alter={}", one.suffix());
        (href, one.label().to_owned(), one == age)
    });
    let of_age = change.transitions.iter().find(|(one, _)| *one == age);
    let matrices = of_age
        .iter()
        .flat_map(|(_, list)| list)
        .map(|one| {
            let caption = format!(
                "{}, {}: Welle {before} (Zeilen) und Welle {wave} (Spalten)",
                name(one.axis),
                age.label()
            );
            let said = format!(
                "Geändert: {}, unter denen, die beide Male eingeordnet sind.",
                one.changed()
            );
            view! { {matrix(one, caption)}<p>{said}</p> }
        })
        .collect_view();
    let agreement = change
        .concordance
        .iter()
        .filter(|one| one.axis != Axis::Type)
        .map(|one| {
            let caption = format!("{}, Welle {wave}: Ü25 (Zeilen) und U25 (Spalten)", name(one.axis));
            let said = format!(
                "Übereinstimmend: {}, unter denen, die für beide Gruppen eingeordnet sind.",
                one.unchanged()
            );
            view! { <div>{matrix(one, caption)}<p>{said}</p></div> }
        })
        .collect_view();
    let body = view! {
        <ResultsNav wave here=HERE/>
        {base_line(&change.base, false)}
        <h2>"Was sich geändert hat"</h2>
        {shifts(&change.shifts, wave)}
        <h2>"Gründe"</h2>
        {change.reasons.iter().map(reasons).collect_view()}
        <h2>"Zu klären"</h2>
        {to_clear(&change.to_clear, wave)}
        <h2>"Übergänge"</h2>
        {switch("Altersgruppe", ages.to_vec())}
        {matrices}
        <h2>"Ü25 und U25"</h2>
        <p class="hint">"Alle vollständig verwertbaren Fragebogen der Welle (Querschnitt), nicht nur das Panel."</p>
        <div class="columns">{agreement}</div>
    };
    view! { <Page title="Wandel" caption=format!("Welle {before} und Welle {wave}") wide=true>{body}</Page> }
}

fn name(axis: Axis) -> String {
    match axis {
        Axis::Type => "Typ".to_owned(),
        Axis::Criterion(level) => criterion(level),
    }
}

/// `Kriterium 1 (Fallmanagement-Ansatz)`.
pub(super) fn criterion(level: Level) -> String {
    let number = Level::ALL.iter().position(|one| *one == level).unwrap_or(0) + 1;
    format!("Kriterium {number} ({})", level.label())
}

fn shifts(shifts: &[Shift], wave: i32) -> impl IntoView + use<> {
    let lines = shifts
        .iter()
        .map(|shift| {
            let moves: Vec<String> = shift
                .moves
                .iter()
                .map(|(from, to, count)| format!("{from}\u{a0}→\u{a0}{to}:\u{a0}{count}"))
                .collect();
            let moves = if moves.is_empty() {
                "–".to_owned()
            } else {
                moves.join(", ")
            };
            let total = shift.form.is_none();
            view! {
                <tr class:total=total>
                    <th scope="row">{hyphenated(&criterion(shift.level))}</th>
                    <td>{shift.form.map_or("Insgesamt", Form::label)}</td>
                    <td class="figure">{shift.changed.to_string()}</td>
                    <td>{moves}</td>
                </tr>
            }
        })
        .collect_view();
    let caption = format!("Änderungen nach Kriterium und Form, Ü25, Form nach der Welle {wave}");
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=caption.clone()>
            <table class="results">
                <caption>{caption.clone()}</caption>
                <thead><tr><th scope="col">"Kriterium"</th><th scope="col">"Form"</th><th scope="col" class="figure">"geändert"</th><th scope="col">"Richtung"</th></tr></thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
}

fn reasons(one: &Reasons) -> AnyView {
    let title = format!(
        "{}: {} {} eine Änderung an",
        criterion(one.level),
        counted(one.said_so, "Einheit", "Einheiten"),
        if one.said_so == 1 { "gibt" } else { "geben" }
    );
    if one.given.is_empty() {
        return view! { <h3>{title}</h3> }.into_any();
    }
    let largest = one.given.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let lines = one
        .given
        .iter()
        .map(|(label, count)| {
            view! { <tr><th scope="row">{hyphenated(label)}</th><td class="figure">{*count}</td><td class="bar-cell">{super::bars::single(*count, largest)}</td></tr> }
        })
        .collect_view();
    view! {
        <h3>{title}</h3>
        <div class="table-scroll" tabindex="0" role="region" aria-label=format!("Gründe, {}", criterion(one.level))>
            <table class="results">
                <caption>"Genannte Gründe (bis zu drei je Einheit)"</caption>
                <thead><tr><th scope="col">"Grund"</th><th scope="col" class="figure">"Nennungen"</th><td class="bar-head"></td></tr></thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn to_clear(list: &[Cleared], wave: i32) -> AnyView {
    if list.is_empty() {
        return view! { <p>"Keine: Wo Einheiten keine Änderung angeben, ist auch die Einordnung dieselbe."</p> }
            .into_any();
    }
    let lines = list
        .iter()
        .map(|one| {
            let href = format!(
                "/institut/fall/{}?welle={wave}",
                super::super::frame::encoded(&one.kennung)
            );
            view! {
                <tr>
                    <th scope="row"><a href=href>{one.kennung.clone()}</a></th>
                    <td>{one.name.clone()}</td>
                    <td>{one.form.label()}</td>
                    <td>{criterion(one.level)}</td>
                    <td>{format!("{} → {}", one.before, one.after)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <p>"Diese Einheiten geben keine Änderung an, ihre Antworten führen aber zu einem anderen Ergebnis als in der Vorwelle (Ü25)."</p>
        {super::super::frame::table("Zu klärende Einheiten", &["Kennung", "Name", "Form", "Kriterium", "vorher → jetzt"], lines)}
    }
    .into_any()
}

fn matrix(one: &Transitions, caption: String) -> impl IntoView + use<> {
    let unknown = one.values.len();
    let label = |at: usize| one.values.get(at).copied().unwrap_or("n. k.");
    // "Not classifiable" only where it happens.
    let shown: Vec<usize> = (0..=unknown)
        .filter(|at| *at < unknown || one.before(unknown) > 0 || one.after(unknown) > 0)
        .collect();
    let heads = shown
        .iter()
        .map(|to| view! { <th scope="col" class="figure">{label(*to)}</th> })
        .collect_view();
    let lines = shown
        .iter()
        .map(|from| {
            let cells = shown
                .iter()
                .map(|to| {
                    let count = one.count(*from, *to);
                    let same = from == to;
                    view! { <td class="figure" class:same=same>{if count == 0 { "–".to_owned() } else { count.to_string() }}</td> }
                })
                .collect_view();
            view! { <tr><th scope="row">{label(*from)}</th>{cells}<td class="figure">{one.before(*from)}</td></tr> }
        })
        .collect_view();
    let sums = shown
        .iter()
        .map(|to| view! { <td class="figure">{one.after(*to)}</td> })
        .collect_view();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=caption.clone()>
            <table class="matrix">
                <caption>{caption.clone()}</caption>
                <thead><tr><th scope="col">"von / nach"</th>{heads}<th scope="col" class="figure">"alle"</th></tr></thead>
                <tbody>
                    {lines}
                    <tr class="total"><th scope="row">"alle"</th>{sums}<td class="figure">{one.total()}</td></tr>
                </tbody>
            </table>
        </div>
    }
}
