//! One action for the ticked cases: how many, which not and why, and what the
//! action needs to know.

use super::{address, hidden};
use crate::context::{FormErrors, Typed};
use crate::layout::{NotFound, Notice, Page};
use crate::staff::case::{Refused, call_fields};
use crate::staff::frame::{asked, field, input, table, with_desk};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use portal::{BulkAct, Role, Selected, counted};

/// `/institut/faelle/auswahl`, with `?welle=`, `?fall=` for each case, `?aktion=`.
#[component]
pub(in crate::staff) fn SelectionPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let named = query.get_all("fall").unwrap_or_default();
    let action = asked("aktion");
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>().unwrap_or_default();
    with_desk(move |desk| async move {
        let wave = desk.wave;
        let back = address("/institut/faelle", wave, &[]);
        let back = view! { <nav class="back" aria-label="Zurück"><a href=back>"Zu allen Fällen"</a></nav> };
        let page = |title: &'static str, body: AnyView| {
            view! { <Page title=title caption=format!("Welle {wave}") wide=true>{back}{body}</Page> }.into_any()
        };
        if !desk.may(Role::Editor) {
            return Ok(view! { <NotFound/> }.into_any());
        }
        if named.is_empty() {
            let text = "Es ist kein Fall angekreuzt. Kreuzen Sie in der Liste die Fälle an, um die es geht.";
            return Ok(page("Auswahl", view! { <Notice kind="info" text=text/> }.into_any()));
        }
        if action == "erinnern" {
            let pairs: Vec<_> = named.iter().map(|one| ("fall", one.clone())).collect();
            let href = address("/institut/post/erinnern", wave, &pairs);
            let n = count(named.len());
            let body = view! { <p>{n} " angekreuzt."</p><p class="actions"><a class="button primary" href=href>"Weiter: wer eine Erinnerung bekommt"</a></p> };
            return Ok(page("Auswahl erinnern", body.into_any()));
        }
        let Ok(act) = action.parse::<BulkAct>() else {
            return Ok(view! { <NotFound/> }.into_any());
        };
        let list = desk.portal.selection(&desk.session, wave, &named, act).await?;
        let changed = errors.of("anzahl").map(|text| view! { <Notice kind="warning" text/> });
        let refused = Refused {
            errors: &errors,
            typed: &typed,
        };
        let body = view! { {changed}{confirm(wave, act, &list, &refused)}{exceptions(&list)}{those(&list)} };
        Ok(page(act.label(), body.into_any()))
    })
}

fn count(n: usize) -> String {
    counted(n as u64, "Fall", "Fälle")
}

fn confirm(wave: i32, act: BulkAct, list: &[Selected], refused: &Refused<'_>) -> AnyView {
    let done: Vec<_> = list.iter().filter(|one| one.why_not.is_none()).collect();
    if done.is_empty() {
        return view! { <Notice kind="warning" text="Bei keinem dieser Fälle ist das möglich."/> }.into_any();
    }
    let pairs = done.iter().map(|one| ("fall", one.kennung.clone())).collect();
    let (errors, typed) = (refused.errors, refused.typed);
    let fields = match act {
        BulkAct::Extend => view! {
            {field("frist".into(), "Neue Frist", errors.of("frist"), input("frist", "date", typed.of("frist")))}
            {field("grund".into(), "Grund", errors.of("grund"), input("grund", "text", typed.of("grund")))}
            <div class="field check">
                <input type="checkbox" id="mitteilen" name="mitteilen" value="ja" checked=typed.of("mitteilen") == "ja"/>
                <label for="mitteilen">"Den Einheiten per E-Mail mitteilen"</label>
            </div>
        }
        .into_any(),
        BulkAct::Call => call_fields(refused, "auswahl", ""),
        BulkAct::Refuse => field("grund".into(), "Grund", errors.of("grund"), input("grund", "text", typed.of("grund"))).into_any(),
    };
    let button = format!("{}: {}", act.label(), count(done.len()));
    view! {
        <form method="post" action="/institut/faelle/auswahl" class="narrow">
            <input type="hidden" name="welle" value=wave.to_string()/>
            <input type="hidden" name="aktion" value=act.name()/>
            <input type="hidden" name="anzahl" value=done.len().to_string()/>
            {hidden(pairs)}
            {fields}
            <p class="actions"><button class="primary">{button}</button></p>
        </form>
    }
    .into_any()
}

fn exceptions(list: &[Selected]) -> Option<AnyView> {
    let rows: Vec<_> = list
        .iter()
        .filter_map(|one| {
            let why = one.why_not.clone()?;
            Some(view! { <tr><th scope="row">{one.kennung.clone()}</th><td>{one.name.clone()}</td><td>{why}</td></tr> })
        })
        .collect();
    let n = rows.len();
    (n > 0).then(|| {
        view! { <h2>{format!("Ausgenommen: {}", count(n))}</h2>{table("Ausgenommen", &["Kennung", "Name", "Warum"], rows)} }.into_any()
    })
}

fn those(list: &[Selected]) -> AnyView {
    let rows: Vec<_> = list
        .iter()
        .filter(|one| one.why_not.is_none())
        .map(|one| view! { <tr><th scope="row">{one.kennung.clone()}</th><td>{one.name.clone()}</td></tr> })
        .collect();
    let title = format!("Dabei: {}", count(rows.len()));
    view! { <details><summary>{title}</summary>{table("Dabei", &["Kennung", "Name"], rows)}</details> }.into_any()
}
