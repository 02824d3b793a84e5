//! Submitting once, and the receipt.

use super::case::{Loaded, Shut, with_case};
use crate::layout::{Notice, Page};
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `/befragung/abgabe`: says what submitting means before it happens.
#[component]
pub(super) fn Submission() -> impl IntoView {
    with_case(move |case| async move { submission(&case).into_any() })
}

fn submission(case: &Loaded) -> impl IntoView + use<> {
    let open = case.sheet.findings(&case.view.confirmations).open().count();
    let body = if let Some(shut) = case.shut() {
        let (kind, text) = shut.notice();
        view! { <Notice kind text/> {receipt_button(case)} }.into_any()
    } else if !case.view.access.submits {
        view! {
            <Notice kind="info" text="Abgeben kann den Fragebogen die Leitung Ihrer Einheit oder ihre Vertretung. Ihre Angaben sind gespeichert."/>
        }
        .into_any()
    } else if open > 0 {
        let text = match open {
            1 => "Ein Punkt ist noch offen. Bitte klären Sie ihn, dann können Sie abgeben.".to_owned(),
            n => format!("{n} Punkte sind noch offen. Bitte klären Sie sie, dann können Sie abgeben."),
        };
        view! {
            <Notice kind="warning" text/>
            <p class="actions"><a class="button primary" href="/befragung/pruefung">"Offene Punkte ansehen"</a></p>
        }
        .into_any()
    } else {
        let progress = case.sheet.progress(None);
        view! {
            <p>{format!("Sie haben {} von {} Fragen beantwortet; alle Prüfungen sind bestanden.", progress.answered, progress.asked)}</p>
            <ul>
                <li>"Mit der Abgabe übermitteln Sie Ihre Angaben an das IAW."</li>
                <li>"Danach ist der Fragebogen gesperrt. Sie können ihn weiter ansehen und drucken; für Korrekturen öffnet ihn das IAW wieder."</li>
                <li>"Sie erhalten eine Quittung hier und per E-Mail."</li>
            </ul>
            <form method="post" action="/befragung/abgabe">
                <input type="hidden" name="einheit" value=case.view.kennung.clone()/>
                <div class="actions">
                    <button class="primary">"Jetzt verbindlich abgeben"</button>
                    <a class="button" href="/befragung/pruefung">"Noch einmal prüfen"</a>
                </div>
            </form>
        }
        .into_any()
    };
    view! {
        <Page title="Abgabe" caption=case.caption()>
            <nav class="back" aria-label="Zurück"><a href="/befragung">"Zur Übersicht"</a></nav>
            {body}
        </Page>
    }
}

/// The way to the receipt, where there is one.
pub(super) fn receipt_button(case: &Loaded) -> Option<impl IntoView + use<>> {
    let link = |_: &_| view! { <p class="actions"><a class="button primary" href="/befragung/quittung">"Quittung ansehen"</a></p> };
    case.view.receipt.as_ref().map(link)
}

/// `/befragung/quittung`
#[component]
pub(super) fn ReceiptPage() -> impl IntoView {
    let notice = use_query_map()
        .get_untracked()
        .get_str("meldung")
        .and_then(words::message);
    with_case(move |case| async move { receipt(&case, notice).into_any() })
}

fn receipt(case: &Loaded, notice: Option<(&'static str, &'static str)>) -> impl IntoView + use<> {
    let body = match (&case.view.receipt, case.shut().map(Shut::notice)) {
        (Some(receipt), _) => view! {
            <Notice kind="success" text="Vielen Dank! Ihr Fragebogen ist beim IAW eingegangen."/>
            <dl class="facts receipt">
                <div><dt>"Einheit"</dt><dd>{format!("{} ({})", case.view.name, case.view.kennung)}</dd></div>
                <div><dt>"Welle"</dt><dd>{case.view.wave.key.to_string()}</dd></div>
                <div><dt>"Eingegangen am"</dt><dd>{receipt.at_local.clone()}</dd></div>
                <div><dt>"Quittungsnummer"</dt><dd><strong>{receipt.number.clone()}</strong></dd></div>
                <div><dt>"Prüfzeichen Ihrer Angaben"</dt><dd><code>{receipt.fingerprint.clone()}</code></dd></div>
            </dl>
            <p>"Das Prüfzeichen wird aus allen übermittelten Angaben gebildet. Damit lässt sich später feststellen, dass keine Angabe verändert wurde."</p>
            <p class="screen-only">"Drucken Sie diese Seite mit Strg+P für Ihre Unterlagen. "
                <a href="/befragung/druck">"Fragebogen mit Ihren Angaben drucken"</a></p>
        }
        .into_any(),
        (None, Some((kind, text))) => view! { <Notice kind text/> }.into_any(),
        (None, None) => view! {
            <p>{format!("Sie haben den Fragebogen noch nicht abgegeben. Frist: {}.", words::day(case.view.wave.deadline))}</p>
            <p class="actions"><a class="button primary" href="/befragung/pruefung">"Prüfen und abgeben"</a></p>
        }
        .into_any(),
    };
    view! {
        <Page title="Quittung" caption=case.caption()>
            <nav class="back" aria-label="Zurück"><a href="/befragung">"Zur Übersicht"</a></nav>
            {notice.map(|(kind, text)| view! { <Notice kind text/> })}
            {body}
        </Page>
    }
}
