//! Reminding by hand: whom a filter names, who of them gets a mail now, and
//! the button that says how many.

use super::{candidates, count};
use crate::context::FormErrors;
use crate::layout::{Notice, Page};
use crate::staff::cases::{hidden, unshown};
use crate::staff::frame::{Desk, PostNav, asked, field, input, select, with_desk};
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use portal::{Candidate, CaseFilter, Confirmed, Role, plan_templates};
use survey::status::Status;
use survey::{Form, Land};

/// `/institut/post/erinnern`, with `?welle=`, the filter of the case list,
/// `?kennung=`, `?vorlage=`.
#[component]
pub(in crate::staff) fn RemindPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let (filter, _) = CaseFilter::read(|name| query.get_all(name).unwrap_or_default());
    let kennung = asked("kennung");
    let template = Some(asked("vorlage"))
        .filter(|one| !one.is_empty())
        .unwrap_or_else(|| "erinnerung".to_owned());
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let once = use_context::<crate::Once>().unwrap_or_default().0;
    with_desk(move |desk| async move {
        let one = Some(kennung.as_str()).filter(|one| !one.is_empty());
        let list = desk
            .portal
            .remind_candidates(&desk.session, desk.wave, &filter, one, &template)
            .await?;
        let changed = errors.of("anzahl").map(|text| view! { <Notice kind="warning" text/> });
        let wave = desk.wave;
        let body = view! {
            <PostNav wave here="/institut/post/erinnern"/>
            {changed}
            {filter_form(wave, &filter, &kennung, &template)}
            {confirm(&desk, &filter, &kennung, &template, &list, once)}
            {candidates(wave, &list)}
        };
        Ok(
            view! { <Page title="Von Hand erinnern" caption=format!("Welle {wave}") wide=true>{body}</Page> }
                .into_any(),
        )
    })
}

fn filter_form(wave: i32, filter: &CaseFilter, kennung: &str, template: &str) -> impl IntoView + use<> {
    let pairs = |list: Vec<(&str, &str)>| -> Vec<(String, String)> {
        std::iter::once(("", "alle"))
            .chain(list)
            .map(|(value, label)| (value.to_owned(), label.to_owned()))
            .collect()
    };
    let open = [Status::Invited, Status::Opened, Status::Started];
    let statuses = pairs(open.into_iter().map(|one| (one.name(), words::status(one))).collect());
    let forms = pairs(Form::ALL.into_iter().map(|one| (one.label(), one.label())).collect());
    let laender = pairs(Land::ALL.into_iter().map(|one| (one.label(), one.label())).collect());
    let texts = plan_templates()
        .into_iter()
        .filter(|(name, _)| *name != "einladung")
        .map(|(name, title)| (name.to_owned(), title.to_owned()))
        .collect();
    let chosen = |label: Option<&str>| label.unwrap_or_default().to_owned();
    view! {
        <form method="get" action="/institut/post/erinnern" class="filter">
            <input type="hidden" name="welle" value=wave.to_string()/>
            {unshown(filter)}
            {field("suche".into(), "Name, Ort oder Kennung", None, input("suche", "search", filter.search.clone()))}
            {field("kennung".into(), "Genau diese Kennung", None, input("kennung", "text", kennung.to_owned()))}
            {field("status".into(), "Status", None, select("status", statuses, chosen(filter.status.map(Status::name))))}
            {field("form".into(), "Form", None, select("form", forms, chosen(filter.form.map(Form::label))))}
            {field("land".into(), "Land", None, select("land", laender, chosen(filter.land.map(Land::label))))}
            {field("vorlage".into(), "Text", None, select("vorlage", texts, template.to_owned()))}
            <button>"Auswahl zeigen"</button>
        </form>
    }
}

fn confirm(
    desk: &Desk,
    filter: &CaseFilter,
    kennung: &str,
    template: &str,
    list: &[Candidate],
    once: String,
) -> Option<AnyView> {
    let Confirmed { count: n, offices } = Confirmed::of(list);
    if n == 0 || !desk.may(Role::Editor) {
        return None;
    }
    let own = [
        ("welle", desk.wave.to_string()),
        ("kennung", kennung.to_owned()),
        ("vorlage", template.to_owned()),
        ("anzahl", n.to_string()),
        ("auswahl", offices),
        ("einmal", once),
    ];
    let hidden = hidden(own.into_iter().chain(filter.pairs()).collect());
    Some(
        view! {
            <form method="post" action="/institut/post/erinnern">
                {hidden}
                <p class="actions"><button class="primary">{format!("Jetzt an {} senden", count(n))}</button></p>
            </form>
        }
        .into_any(),
    )
}
