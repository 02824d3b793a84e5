//! Impressum, Datenschutz, Barrierefreiheit: the operator's own texts, or a
//! plain statement where none has been provided yet.

use crate::context::SharedOperator;
use crate::layout::{ContactLines, Page};
use leptos::prelude::*;

/// `/impressum`
#[component]
pub(super) fn Impressum() -> impl IntoView {
    let operator = use_context::<SharedOperator>().unwrap_or_default();
    view! { <TextPage title="Impressum" text=operator.impressum.clone() fallback=IMPRESSUM/> }
}

/// `/datenschutz`
#[component]
pub(super) fn Datenschutz() -> impl IntoView {
    let operator = use_context::<SharedOperator>().unwrap_or_default();
    view! { <TextPage title="Datenschutz" text=operator.datenschutz.clone() fallback=DATENSCHUTZ/> }
}

/// `/barrierefreiheit`
#[component]
pub(super) fn Barrierefreiheit() -> impl IntoView {
    let operator = use_context::<SharedOperator>().unwrap_or_default();
    view! { <TextPage title="Barrierefreiheit" text=operator.barrierefreiheit.clone() fallback=BARRIEREFREIHEIT/> }
}

const IMPRESSUM: &str = "Verantwortlich für diese Befragung ist das unten genannte Institut.\n\n\
    Der Betreiber hat noch kein eigenes Impressum hinterlegt.";

const DATENSCHUTZ: &str = "# Was gespeichert wird\n\n\
    Kennung, Name, Bundesland und Form Ihrer Einheit, Name und E-Mail-Adresse der Ansprechperson, \
    Ihre Angaben im Fragebogen mit dem Zeitpunkt jeder Änderung, Anmeldungen und versandte E-Mails.\n\n\
    # Wozu\n\n\
    Für die wissenschaftliche Untersuchung der Organisation der Kundenbetreuung im SGB II und für Rückfragen zu Ihren Angaben. \
    Veröffentlicht werden nur zusammengefasste Ergebnisse.\n\n\
    # Wer es sehen darf\n\n\
    Die Beschäftigten Ihrer Einheit mit eigenem Zugang und die mit der Befragung betrauten Beschäftigten des Instituts. \
    Namen und E-Mail-Adressen kommen nicht in die Auswertungsdatei.\n\n\
    # Wie lange\n\n\
    Kontaktdaten, bis die Befragungsreihe abgeschlossen ist; die Angaben ohne Kontaktdaten darüber hinaus für die Forschung.\n\n\
    # Cookies\n\n\
    Das Portal setzt ein einziges Cookie, das Ihre Anmeldung hält. Es wird beim Abmelden gelöscht.";

const BARRIEREFREIHEIT: &str = "Dieses Portal ist so gebaut, dass es ohne Maus, mit Vorlesehilfen, stark vergrößert, \
    auf kleinen Bildschirmen und ohne JavaScript benutzbar ist. Maßstab sind die WCAG 2.2, Stufe AA, und die BITV 2.0.\n\n\
    Wenn Sie dennoch auf ein Hindernis stoßen, sagen Sie es uns bitte; wir helfen und beheben es.";

#[component]
fn TextPage(title: &'static str, text: Option<String>, fallback: &'static str) -> impl IntoView {
    let text = text.unwrap_or_else(|| fallback.to_owned());
    let blocks = text
        .split("\n\n")
        .map(str::trim)
        .filter(|block| !block.is_empty())
        .map(|block| match block.strip_prefix("# ") {
            Some(heading) => view! { <h2>{heading.to_owned()}</h2> }.into_any(),
            None => view! { <p>{block.to_owned()}</p> }.into_any(),
        })
        .collect_view();
    view! {
        <Page title=title>
            {blocks}
            <h2>"Ansprechpartner"</h2>
            <ContactLines/>
        </Page>
    }
}
