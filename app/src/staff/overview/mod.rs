//! `/institut`: returns at a glance, as they are now or as they were by the
//! end of a day. Sections marked `data-live` are exchanged by the script
//! beside this page when figures change; without it a reload does the same.

mod course;
mod figures;
mod goals;
mod quotas;
mod work;

pub(super) use quotas::QuotasPage;

use super::frame::{asked, notice, with_desk};
use super::post::troubles;
use super::returns::wave_links;
use crate::context::{FormErrors, Typed};
use crate::layout::{Notice, Page};
use crate::words;
use chrono::NaiveDate;
use leptos::prelude::*;
use portal::{Overview, Role, WaveState};

/// `/institut`, with `?welle=` and `?tag=`.
#[component]
pub(super) fn OverviewPage() -> impl IntoView {
    let asked_day = asked("tag");
    let day: Option<NaiveDate> = asked_day.parse().ok();
    let unreadable = day.is_none() && !asked_day.is_empty();
    let message = notice();
    let typed = use_context::<Typed>();
    let errors = use_context::<FormErrors>();
    with_desk(move |desk| async move {
        let waves = desk.portal.waves().await?;
        let overview = desk.portal.overview(&desk.session, desk.wave, day).await?;
        let mails = desk.portal.mail_troubles(&desk.session, desk.wave).await?;
        let links = wave_links(&waves, desk.wave, "/institut");
        let goals = desk
            .may(Role::Admin)
            .then(|| goals::form(&overview, typed.as_ref(), errors.as_ref()));
        let caption = format!(
            "Stichtag {}, Feldbeginn {}, Frist {}",
            words::day(overview.wave.stichtag),
            words::day(overview.wave.start),
            words::day(overview.wave.deadline)
        );
        let unreadable = unreadable.then(|| {
            let text = format!("„{asked_day}“ ist kein Tag. Gezeigt wird der Stand von jetzt.");
            view! { <Notice kind="warning" text/> }
        });
        let live = (overview.is_now && overview.wave.state == WaveState::Open).then_some(overview.wave.key.to_string());
        let title = format!("Rücklauf, Welle {}", overview.wave.key);
        let body = view! {
            <div data-ereignisse=live data-stand=overview.change.to_string()>
                {message}
                {unreadable}
                {troubles(desk.wave, &mails).into_any()}
                {links.into_any()}
                {standing(&overview).into_any()}
                {figures::headline(&overview).into_any()}
                {figures::groups(&overview).into_any()}
                {course::section(&overview).into_any()}
                {work::funnel(&overview).into_any()}
                {work::steps(&overview).into_any()}
                {work::forecast(&overview).into_any()}
                {work::statuses(&overview).into_any()}
                {goals.into_any()}
            </div>
        };
        Ok(view! { <Page title=title caption=caption wide=true>{body}</Page> }.into_any())
    })
}

/// Which day the figures are of, and the way to another.
fn standing(overview: &Overview) -> impl IntoView + use<> {
    let wave = overview.wave.key;
    let day = words::day(overview.day);
    let field_day = match overview.field_day {
        number if number < 1 => "vor Feldbeginn".to_owned(),
        number => format!("Feldtag {number}"),
    };
    let text = match (overview.is_now, overview.wave.state) {
        (true, WaveState::Closed) => "Stand: Ende der Welle".to_owned(),
        (true, WaveState::Planned) => "Die Welle ist noch nicht eröffnet.".to_owned(),
        (true, WaveState::Open) => format!("Stand: heute, {day}, {field_day}"),
        (false, _) => format!("Stand: Ende des {day}, {field_day}"),
    };
    let back =
        (!overview.is_now).then(|| view! { <a href=format!("/institut?welle={wave}")>"Zum Stand von jetzt"</a> });
    view! {
        <form method="get" action="/institut" class="filter">
            <input type="hidden" name="welle" value=wave.to_string()/>
            <p id="stand" data-live="">{text}</p>
            <div class="field"><label for="tag">"Stand am Ende eines Tages"</label><input type="date" id="tag" name="tag" value=overview.day.to_string()/></div>
            <button>"Zeigen"</button>
            {back}
            <a href=format!("/institut/quoten?welle={wave}")>"Quoten nach AAPOR"</a>
        </form>
    }
}

/// A link to a file with the numbers of what stands above it.
fn download(overview: &Overview, file: &str, label: &'static str) -> impl IntoView + use<> {
    let day = if overview.is_now {
        String::new()
    } else {
        format!("&tag={}", overview.day)
    };
    let href = format!("/institut/{file}?welle={}{day}", overview.wave.key);
    view! { <p class="screen-only"><a href=href download="">{label}</a></p> }
}
