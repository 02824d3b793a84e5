//! The institute's mail desk: plan, texts, outbox, reminders by hand.

mod mail;
mod outbox;
mod plan;
mod remind;
mod step;
mod templates;
mod troubles;

pub(super) use mail::MailPage;
pub(super) use outbox::OutboxList;
pub(super) use plan::PlanPage;
pub(super) use remind::RemindPage;
pub(super) use step::StepPage;
pub(super) use templates::{TemplateList, TemplatePage};
pub(super) use troubles::troubles;

use super::frame::table;
use leptos::prelude::*;
use portal::{Candidate, counted};

/// Who gets a mail and who does not, and why.
fn candidates(wave: i32, list: &[Candidate]) -> impl IntoView + use<> {
    let line = |one: &Candidate, last: String| {
        let href = format!("/institut/fall/{}/kontakte?welle={wave}", one.kennung);
        view! {
            <tr>
                <th scope="row"><a href=href>{one.kennung.clone()}</a></th>
                <td>{one.office.clone()}</td>
                <td>{last}</td>
            </tr>
        }
    };
    let (yes, no): (Vec<_>, Vec<_>) = list.iter().partition(|one| one.why_not.is_none());
    let (gets, not) = (count(yes.len() as u64), count(no.len() as u64));
    let yes: Vec<_> = yes.into_iter().map(|one| line(one, one.recipient.clone())).collect();
    let no: Vec<_> = no
        .into_iter()
        .map(|one| line(one, one.why_not.clone().unwrap_or_default()))
        .collect();
    let nobody = yes.is_empty().then(|| view! { <p>"Niemand."</p> });
    let nobody_not = no.is_empty().then(|| view! { <p>"Niemand."</p> });
    let yes = (!yes.is_empty()).then(|| table("Bekommen die E-Mail", &["Kennung", "Einheit", "Adresse"], yes));
    let no = (!no.is_empty()).then(|| table("Bekommen sie nicht", &["Kennung", "Einheit", "Warum nicht"], no));
    view! {
        <h2>{format!("Bekommen die E-Mail: {gets}")}</h2>
        {nobody}{yes}
        <h2>{format!("Bekommen sie nicht: {not}")}</h2>
        {nobody_not}{no}
    }
}

fn count(n: u64) -> String {
    counted(n, "Einheit", "Einheiten")
}
