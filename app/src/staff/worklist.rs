//! Whom to call next, with the reasons in words.

use super::case::{Refused, act, call_fields};
use super::frame::{asked, notice, with_desk};
use crate::context::{FormErrors, Typed};
use crate::layout::{Notice, Page};
use crate::words;
use leptos::prelude::*;
use portal::{Role, WorkItem, Worklist, berlin, counted};

/// Cases on one page.
const SIZE: usize = 25;

/// `/institut/arbeitsliste`, with `?welle=`, `?ab=`.
#[component]
pub(super) fn WorklistPage() -> impl IntoView {
    let notice = notice();
    let from: usize = asked("ab").parse().unwrap_or_default();
    with_desk(move |desk| async move {
        let list = desk.portal.worklist(&desk.session, desk.wave, from, SIZE).await?;
        let wave = desk.wave;
        let may_act = desk.may(Role::Editor);
        let items = list.items.iter().map(|item| entry(wave, item, may_act)).collect_view();
        let body = view! {
            {notice}
            {summary(&list)}
            <details><summary>"So wird sortiert"</summary>{rule()}</details>
            {(list.items.is_empty() && from > 0 && list.total > 0).then(|| beyond(wave))}
            <ol class="worklist" start=(from + 1).to_string()>{items}</ol>
            {pages(wave, from, &list)}
        };
        Ok(view! { <Page title="Arbeitsliste" caption=format!("Welle {wave} · wen als Nächstes anrufen?") wide=true>{body}</Page> }.into_any())
    })
}

fn summary(list: &Worklist) -> AnyView {
    if !list.open {
        return view! { <Notice kind="info" text="Die Welle ist nicht geöffnet; es gibt niemanden anzurufen."/> }
            .into_any();
    }
    if list.total == 0 && list.resting == 0 {
        return view! { <Notice kind="success" text="Es wird auf keinen Fragebogen mehr gewartet."/> }.into_any();
    }
    let call = format!("{} zum Anrufen", counted(list.total as u64, "Einheit", "Einheiten"));
    let rest = match list.resting {
        1 => "1 weitere ruht".to_owned(),
        n => format!("{n} weitere ruhen"),
    };
    let text = format!("{call}; {rest} bis zu einem späteren Tag.");
    view! { <p>{text}</p> }.into_any()
}

/// What an address leads to that counts further than the list.
fn beyond(wave: i32) -> impl IntoView {
    view! {
        <Notice kind="info" text="So weit reicht die Liste nicht mehr; inzwischen ist sie kürzer."/>
        <p><a href=format!("/institut/arbeitsliste?welle={wave}")>"Zum Anfang der Liste"</a></p>
    }
}

fn entry(wave: i32, item: &WorkItem, may_act: bool) -> AnyView {
    let case = format!("/institut/fall/{}?welle={wave}", item.kennung);
    let remind = format!("/institut/post/erinnern?welle={wave}&kennung={}", item.kennung);
    let about = format!("{} · {} · {}", item.kennung, item.form.label(), item.land.label());
    let why: Vec<String> = item.ranked.reasons.iter().map(|reason| reason.text.clone()).collect();
    let points = item
        .ranked
        .reasons
        .iter()
        .filter(|reason| reason.points != 0)
        .map(|reason| view! { <li>{format!("{:+} {}", reason.points, reason.text)}</li> })
        .collect_view();
    let person = if item.contact_name.is_empty() {
        "Ansprechperson nicht bekannt".to_owned()
    } else {
        item.contact_name.clone()
    };
    let last = item
        .called_at
        .map(|at| format!(" · zuletzt angerufen {}", berlin::long(at)));
    let call = may_act.then(|| {
        let (errors, typed) = (FormErrors::default(), Typed::default());
        let refused = Refused {
            errors: &errors,
            typed: &typed,
        };
        let fields = view! {
            <input type="hidden" name="zurueck" value="arbeitsliste"/>
            {call_fields(&refused, "anruf", &format!("-{}", item.kennung))}
        };
        act(
            (&item.kennung, wave, item.revision),
            ("anruf", "Anruf festhalten", "Festhalten"),
            false,
            fields.into_any(),
        )
    });
    let sum = match item.ranked.points {
        1 => "1 Punkt".to_owned(),
        n => format!("{n} Punkte"),
    };
    view! {
        <li>
            <h2><a href=case>{item.name.clone()}</a></h2>
            <p class="evidence">{about}</p>
            <p>{why.join(", ")}</p>
            <p>{person} " · " {words::status(item.status)} {last}</p>
            <details><summary>{sum}</summary><ul>{points}</ul></details>
            {call}
            <p><a href=remind>"Erinnern"</a></p>
        </li>
    }
    .into_any()
}

/// The rule, as `survey::worklist` has it.
fn rule() -> AnyView {
    let lines = [
        ("Rückruf für heute oder früher vereinbart", "+60"),
        ("bisher ausgefüllt", "bis +40, je 2,5 % ein Punkt"),
        ("geöffnet, nichts ausgefüllt", "+5"),
        ("still, ab dem dritten Tag", "je Tag +2, höchstens +16"),
        (
            "Frist in höchstens zehn Tagen oder vorbei",
            "je Tag näher +2, höchstens +20",
        ),
        (
            "Form im Land liegt hinter allen zurück",
            "je 2 Prozentpunkte +1, höchstens +15",
        ),
        ("E-Mails kommen nicht an", "+15"),
        (
            "in den letzten fünf Tagen angerufen oder angeschrieben",
            "je Tag näher −6",
        ),
        ("vergebliche Anrufe", "je −4, höchstens −16"),
    ];
    let rows = lines
        .map(|(what, points)| view! { <tr><th scope="row">{what}</th><td>{points}</td></tr> })
        .into_iter()
        .collect_view();
    view! {
        <table>
            <caption>"Punkte; wer mehr hat, steht weiter oben"</caption>
            <thead><tr><th scope="col">"Was"</th><th scope="col">"Punkte"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
        <p class="hint">"Nicht auf der Liste stehen Einheiten, die abgegeben oder abgelehnt haben oder nicht dazugehören; wer heute angerufen wurde, bis morgen; wer den Fragebogen zugesagt hat, fünf Tage lang; und wer einen Rückruf vereinbart hat, bis zu diesem Tag."</p>
    }
    .into_any()
}

fn pages(wave: i32, from: usize, list: &Worklist) -> AnyView {
    let to = |from: usize| format!("/institut/arbeitsliste?welle={wave}&ab={from}");
    let before =
        (from > 0).then(|| view! { <li><a rel="prev" href=to(from.saturating_sub(SIZE))>"Vorige Seite"</a></li> });
    let after =
        (from + SIZE < list.total).then(|| view! { <li><a rel="next" href=to(from + SIZE)>"Nächste Seite"</a></li> });
    if before.is_none() && after.is_none() {
        return ().into_any();
    }
    view! { <nav aria-label="Seiten der Liste"><ul class="inline">{before}{after}</ul></nav> }.into_any()
}
