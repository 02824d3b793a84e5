//! What offices get back: shown to staff before it is released, and switched.

use super::super::frame::{Desk, notice, with_desk};
use super::{ResultsNav, abreast};
use crate::context::FormErrors;
use crate::layout::{Notice, Page};
use crate::office::{distribution, protection};
use leptos::prelude::*;
use portal::{FeedbackDesk, Role, WaveState, berlin, counted};
use survey::AgeGroup;

const HERE: &str = "/institut/ergebnisse/rueckmeldung";

/// `/institut/ergebnisse/rueckmeldung`, with `?welle=`.
#[component]
pub(in crate::staff) fn FeedbackPage() -> impl IntoView {
    let notice = notice();
    let errors = use_context::<FormErrors>().unwrap_or_default();
    with_desk(move |desk| async move {
        let feedback = desk.portal.feedback_desk(&desk.session, desk.wave).await?;
        let tables = AgeGroup::ALL.map(|age| {
            let tables = feedback.tables.of(age);
            let groups: Vec<_> = tables.forms.iter().chain(&tables.laender).collect();
            let parts = abreast(&groups)
                .map(|(some, part)| distribution(format!("Verteilung der Typen, {}{part}", age.label()), some, None));
            parts.collect_view().into_any()
        });
        let body = view! {
            <ResultsNav wave=desk.wave here=HERE/>
            {notice}
            {state(&feedback)}
            {switch(&desk, &feedback, &errors)}
            <h2>"Was die Einheiten sehen"</h2>
            <p>"Jede Einheit sieht ihre eigenen Typen mit der Herleitung aus ihren Antworten und daneben nur die Spalten ihrer Form und ihres Landes."</p>
            {protection()}
            {Vec::from(tables)}
        };
        Ok(view! { <Page title="Rückmeldung an die Einheiten" caption=format!("Welle {}", desk.wave) wide=true>{body}</Page> }.into_any())
    })
}

fn state(feedback: &FeedbackDesk) -> impl IntoView + use<> {
    let (kind, text) = match &feedback.released {
        Some((at, who)) => (
            "success",
            format!("Freigegeben am {} von {who} für {} zum Ansehen und Drucken.", berlin::long(*at), counted(feedback.offices, "Einheit", "Einheiten")),
        ),
        None if feedback.wave.state == WaveState::Closed => (
            "info",
            format!("Noch nicht freigegeben. Mit vollständig verwertbarem Fragebogen und damit einer Rückmeldung: {}.", counted(feedback.offices, "Einheit", "Einheiten")),
        ),
        None => ("info", "Die Welle ist noch nicht geschlossen. Rückmeldungen können erst danach freigegeben werden; unten steht der heutige Stand.".to_owned()),
    };
    view! { <Notice kind text/> }
}

fn switch(desk: &Desk, feedback: &FeedbackDesk, errors: &FormErrors) -> Option<AnyView> {
    if !desk.may(Role::Editor) || feedback.wave.state != WaveState::Closed {
        return None;
    }
    let (action, sentence, button) = if feedback.released.is_some() {
        (
            "zuruecknehmen",
            "Die Einheiten sollen ihre Rückmeldung nicht mehr sehen. Eine neue Freigabe zeigt den dann aktuellen Stand.",
            "Rückmeldung zurücknehmen",
        )
    } else {
        (
            "freigeben",
            "Ich habe die Tabellen unten geprüft. Sie werden so festgehalten, wie sie jetzt sind.",
            "Rückmeldung freigeben",
        )
    };
    Some(
        view! {
            <form method="post" action=HERE class="narrow acts">
                <input type="hidden" name="welle" value=desk.wave.to_string()/>
                <input type="hidden" name="tun" value=action/>
                <div class="findings" id="bestaetigt-fehler">{errors.of("bestaetigt").map(|error| view! { <p class="finding error">{error}</p> })}</div>
                <div class="field check">
                    <input type="checkbox" id="bestaetigt" name="bestaetigt" value="ja" aria-describedby="bestaetigt-fehler"/>
                    <label for="bestaetigt">{sentence}</label>
                </div>
                <p class="actions"><button class="primary">{button}</button></p>
            </form>
        }
        .into_any(),
    )
}
