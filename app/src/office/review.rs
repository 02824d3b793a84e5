//! Everything that stands against submission, each with a link to its
//! question, and the place for reasons.

use super::case::{Loaded, with_case};
use crate::form::question_number;
use crate::layout::{Notice, Page};
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use survey::{Finding, FindingKind};

/// `/befragung/pruefung`
#[component]
pub(super) fn Review() -> impl IntoView {
    let notice = use_query_map()
        .get_untracked()
        .get_str("meldung")
        .and_then(words::message);
    with_case(move |case| async move { review(&case, notice).into_any() })
}

fn review(case: &Loaded, notice: Option<(&'static str, &'static str)>) -> impl IntoView + use<> {
    let findings = case.sheet.findings(&case.view.confirmations);
    let of = |kinds: &[FindingKind]| -> Vec<&Finding> {
        findings
            .iter()
            .filter(|finding| {
                kinds.contains(&finding.kind) && finding.confirmed.is_none() && case.sees(finding.question)
            })
            .collect()
    };
    let wrong = of(&[FindingKind::Form, FindingKind::Hard]);
    let missing = of(&[FindingKind::MissingP1, FindingKind::MissingP2]);
    let soft = of(&[FindingKind::Soft]);
    let confirmed: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.confirmed.is_some() && case.sees(finding.question))
        .collect();
    let open = wrong.len() + missing.len() + soft.len();
    let state = if let Some(shut) = case.shut() {
        let (kind, text) = shut.notice();
        view! { <Notice kind text/> }.into_any()
    } else if open == 0 && !case.view.access.submits {
        view! { <Notice kind="success" text="Ihre Abschnitte sind vollständig und widerspruchsfrei. Abgegeben wird der Fragebogen von der Leitung Ihrer Einheit oder ihrer Vertretung."/> }
            .into_any()
    } else if open == 0 {
        view! {
            <Notice kind="success" text="Alle Angaben sind vollständig und widerspruchsfrei."/>
            <p class="actions"><a class="button primary" href="/befragung/abgabe">"Weiter zur Abgabe"</a></p>
        }
        .into_any()
    } else {
        let text = match open {
            1 => "Ein Punkt steht der Abgabe noch entgegen.".to_owned(),
            n => format!("{n} Punkte stehen der Abgabe noch entgegen."),
        };
        view! { <Notice kind="warning" text/> }.into_any()
    };
    let soft_form = (!soft.is_empty() || !confirmed.is_empty()).then(|| {
        let fields = soft.iter().chain(&confirmed).map(|finding| reason(case, finding)).collect_view();
        view! {
            <section>
                <h2>"Bitte berichtigen oder begründen"</h2>
                <p>"Diese Angaben sind ungewöhnlich oder passen nicht zueinander. Berichtigen Sie sie, oder bestätigen Sie sie mit einem kurzen Grund."</p>
                <form method="post" action="/befragung/pruefung">
                    <input type="hidden" name="einheit" value=case.view.kennung.clone()/>
                    {fields}
                    <div class="actions"><button>"Begründungen speichern"</button></div>
                </form>
            </section>
        }
    });
    let caption = case.caption();
    let body = view! {
            <nav class="back" aria-label="Zurück"><a href="/befragung">"Zur Übersicht"</a></nav>
            {notice.map(|(kind, text)| view! { <Notice kind text/> })}
            {state}
            {conflicts(case)}
            {list(case, "Bitte berichtigen", &wrong)}
            {soft_form}
            {list(case, "Noch nicht beantwortet", &missing)}
    };
    view! { <Page title="Prüfen und abgeben" caption=caption>{body}</Page> }
}

/// Questions with two answers; they do not stand against submission, since
/// one of them counts in any case.
fn conflicts(case: &Loaded) -> Option<AnyView> {
    let instrument = &case.view.instrument;
    let open = case.view.conflicts.iter().filter(|_| !case.view.locked);
    let lines: Vec<AnyView> = open
        .filter_map(|conflict| {
            let item = instrument
                .item(&conflict.item)
                .filter(|item| case.sheet.is_item_asked(*item) && case.sees(instrument[*item].question))?;
            let question = instrument[item].question;
            let entry = &instrument[question];
            let letter = &instrument.modules[usize::from(entry.module)].letter;
            let href = format!("/befragung/{letter}#frage-{}", entry.id);
            let wording = format!("{} {}", question_number(&entry.id), case.sheet.text(&entry.text));
            let sentence = words::two_answers(Some(instrument), conflict).sentence;
            let line = view! { <li><a href=href>{wording}</a> <span class="message">{sentence}</span></li> };
            Some(line.into_any())
        })
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <section>
                <h2>"Bitte entscheiden"</h2>
                <ul class="open-points">{lines}</ul>
            </section>
        }
        .into_any()
    })
}

fn href(case: &Loaded, finding: &Finding) -> String {
    let instrument = &case.view.instrument;
    let letter = &instrument.modules[usize::from(instrument[finding.question].module)].letter;
    format!("/befragung/{letter}?pruefen=1#{}", instrument[finding.item].id)
}

fn link(case: &Loaded, finding: &Finding) -> AnyView {
    let entry = &case.view.instrument[finding.question];
    let wording = format!("{} {}", question_number(&entry.id), case.sheet.text(&entry.text));
    view! { <a href=href(case, finding)>{wording}</a> }.into_any()
}

fn list(case: &Loaded, title: &'static str, findings: &[&Finding]) -> Option<AnyView> {
    (!findings.is_empty()).then(|| {
        let lines = findings
            .iter()
            .map(|finding| {
                let message = (!matches!(finding.kind, FindingKind::MissingP1 | FindingKind::MissingP2))
                    .then(|| view! { <span class="message">{finding.message.clone()}</span> });
                view! { <li>{link(case, finding)} {message}</li> }
            })
            .collect_view();
        view! { <section><h2>{title}</h2><ul class="open-points">{lines}</ul></section> }.into_any()
    })
}

fn reason(case: &Loaded, finding: &Finding) -> Option<AnyView> {
    let edit = &case.view.instrument[finding.edit?];
    let name = format!("reason__{}", edit.id);
    let described = format!("{name}-hilfe");
    let given = finding.confirmed.clone();
    let class = if given.is_some() {
        "finding confirmed"
    } else {
        "finding warning"
    };
    Some(
        view! {
            <div class=class>
                <p>{link(case, finding)}</p>
                <p id=described.clone()>{finding.message.clone()}</p>
                <label for=name.clone()>{if given.is_some() { "Ihre Begründung" } else { "Begründung, falls die Angabe zutrifft" }}</label>
                <textarea id=name.clone() name=name rows="2" maxlength="1000" aria-describedby=described disabled=case.view.locked>
                    {given.unwrap_or_default()}
                </textarea>
            </div>
        }
        .into_any(),
    )
}
