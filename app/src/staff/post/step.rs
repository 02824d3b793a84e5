//! Who would get a step of the plan if it went out now, and who not and why.

use super::candidates;
use crate::layout::Page;
use crate::staff::frame::{PostNav, with_desk};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use portal::StaffError;

/// `/institut/post/schritt/{schritt}`, with `?welle=`.
#[component]
pub(in crate::staff) fn StepPage() -> impl IntoView {
    let name = use_params_map().get_untracked().get("schritt").unwrap_or_default();
    with_desk(move |desk| async move {
        let plan = desk.portal.mail_plan(&desk.session, desk.wave).await?;
        let step = plan
            .steps
            .iter()
            .find(|view| view.step.name == name)
            .ok_or(StaffError::NotFound)?;
        let list = desk
            .portal
            .mail_step_candidates(&desk.session, desk.wave, &name)
            .await?;
        let wave = desk.wave;
        let title = format!("{}: wer sie jetzt bekäme", step.step.title);
        let when = format!("Geplant für {}", portal::berlin::with_weekday(step.moment));
        let body = view! {
            <PostNav wave/>
            <p>{when}</p>
            {candidates(wave, &list)}
        };
        Ok(view! { <Page title=title caption=format!("Welle {wave}") wide=true>{body}</Page> }.into_any())
    })
}
