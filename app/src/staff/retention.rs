//! What is kept how long: periods, a preview, the run that its number
//! confirms, and what was done.

use super::admin::with_staff;
use super::frame::{field, input, notice, select, table};
use crate::context::{FormErrors, Typed};
use crate::layout::{Notice, Page};
use crate::office::sign_in::FormSummary;
use leptos::prelude::*;
use portal::{RetentionKind, RetentionPreview, RetentionRun, RetentionView, berlin, counted, grouped};

/// `/institut/verwaltung/aufbewahrung`
#[component]
pub(super) fn RetentionPage() -> impl IntoView {
    let notice = notice();
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>().unwrap_or_default();
    with_staff(move |portal, session| async move {
        let view = portal.retention(&session).await?;
        let working = view.runs.iter().find(|run| run.ended_at.is_none());
        let rules = rules(&view, &errors, &typed);
        let now = match working {
            Some(run) => at_work(run).into_any(),
            None => due(&view.preview, &errors, &typed).into_any(),
        };
        let runs = runs(&view.runs);
        Ok(view! {
            <Page title="Aufbewahrung" wide=true>
                <nav class="back" aria-label="Zurück"><a href="/institut/verwaltung">"Verwaltung"</a></nav>
                {notice}
                <FormSummary errors/>
                <p>"Personenbezogene Angaben werden gelöscht oder unkenntlich gemacht, wenn eine Welle lange genug geschlossen ist. Die Antworten für die Forschung bleiben; auch die Fragen nach Ansprechperson und E-Mail-Adresse werden geleert. Das Prüfzeichen auf der Quittung bleibt, wie es war."</p>
                <p class="hint">"Nicht gelöscht werden das Protokoll (Personen aus den Einheiten stehen darin nur mit der Kennung), Fragen und Erläuterungen aus Rückfragen, Begründungen zu ungewöhnlichen Angaben, Gründe für Entscheidungen über Fälle, weitere Spalten des Verzeichnisses und Sicherungen, die schon gemacht sind."</p>
                {now}
                {rules}
                {runs}
            </Page>
        }
        .into_any())
    })
}

/// What exactly becomes of a kind of data.
fn what_happens(kind: RetentionKind) -> &'static str {
    match kind {
        RetentionKind::Contacts => {
            "Name und Adresse im Fall, in den Antworten und in den Abgaben; Namen im Verlauf werden zur Kennung"
        }
        RetentionKind::Accounts => {
            "Name, Adresse, Passwort, sobald alle Wellen der Einheit so lange geschlossen sind; die Kennung bleibt und kann neu eingeladen werden"
        }
        RetentionKind::Mails => {
            "Empfänger, Betreff und Text; dass und wann etwas verschickt wurde, bleibt; was noch wartet, entfällt"
        }
        RetentionKind::Notes => {
            "Notizen zu Anrufen, Briefen und Fällen, Gründe für die Abmeldung; dass und wann es Kontakt gab, bleibt"
        }
        RetentionKind::Networks => "Prüfwerte der Anschlüsse, an denen eine neue Anmeldung erkannt wird",
    }
}

fn rules(view: &RetentionView, errors: &FormErrors, typed: &Typed) -> impl IntoView + use<> {
    let again = typed.0.iter().any(|(name, _)| name == "contacts");
    let fields: Vec<_> = view
        .rules
        .iter()
        .map(|rule| {
            let name = rule.kind.name();
            let stored = rule.months.map(|months| months.to_string()).unwrap_or_default();
            let value = if again { typed.of(name) } else { stored };
            view! {
                {field(name.into(), rule.kind.label(), errors.of(name), input(name, "text", value))}
                <p class="hint">{what_happens(rule.kind)}</p>
            }
        })
        .collect();
    let stored = if view.automatic { "ja" } else { "nein" }.to_owned();
    let chosen = if again { typed.of("automatisch") } else { stored };
    let choices = [
        ("nein", "nur, wenn jemand es auslöst"),
        ("ja", "von selbst, sobald es fällig ist"),
    ]
    .map(|(value, label)| (value.to_owned(), label.to_owned()))
    .to_vec();
    view! {
        <h2>"Fristen"</h2>
        <form method="post" action="/institut/verwaltung/aufbewahrung/fristen" class="narrow">
            <p>"Monate nach dem Schließen der Welle. Ein leeres Feld heißt: unbegrenzt aufbewahren."</p>
            {fields}
            {field("automatisch".into(), "Gelöscht wird", None, select("automatisch", choices, chosen))}
            <p class="actions"><button class="primary">"Fristen speichern"</button></p>
        </form>
    }
}

fn lines(lines: &[(i32, RetentionKind, u64)]) -> Vec<AnyView> {
    lines
        .iter()
        .map(|(wave, kind, count)| {
            view! { <tr><th scope="row">{format!("Welle {wave}")}</th><td>{kind.label()}</td><td class="figure">{grouped(*count)}</td></tr> }
                .into_any()
        })
        .collect()
}

fn due(preview: &RetentionPreview, errors: &FormErrors, typed: &Typed) -> impl IntoView + use<> {
    let total = preview.total();
    if total == 0 {
        return view! {
            <h2>"Zurzeit fällig"</h2>
            <p>"Nach den gespeicherten Fristen ist nichts zu löschen."</p>
        }
        .into_any();
    }
    let list = table("Zurzeit fällig", &["Welle", "Was", "Anzahl"], lines(&preview.lines));
    let sentence = format!(
        "Zusammen: {}. Was gelöscht ist, lässt sich nicht zurückholen.",
        counted(total, "Angabe", "Angaben")
    );
    let open = errors.of("anzahl").is_some();
    view! {
        <h2>"Zurzeit fällig"</h2>
        {list}
        <details open=open>
            <summary>"Jetzt löschen"</summary>
            <form method="post" action="/institut/verwaltung/aufbewahrung/loeschen" class="narrow">
                <Notice kind="warning" text=sentence/>
                {field("anzahl".into(), "Zur Bestätigung: Wie viele Angaben werden gelöscht?", errors.of("anzahl"), input("anzahl", "text", typed.of("anzahl")))}
                <p class="actions"><button class="primary">"Endgültig löschen"</button></p>
            </form>
        </details>
    }
    .into_any()
}

fn at_work(run: &RetentionRun) -> impl IntoView + use<> {
    let label = format!("{} von {} Angaben gelöscht", grouped(run.total()), grouped(run.planned));
    let (max, value) = (run.planned.max(1).to_string(), run.total().min(run.planned).to_string());
    view! {
        <h2>"Eine Löschung läuft"</h2>
        <p>
            <label for="stand">{label}</label>
            <progress id="stand" max=max value=value></progress>
        </p>
        <p>"Wird das Portal dabei beendet, geht sie nach dem nächsten Start von selbst weiter. "<a href="/institut/verwaltung/aufbewahrung">"Stand neu laden"</a></p>
    }
}

fn runs(runs: &[RetentionRun]) -> impl IntoView + use<> {
    if runs.is_empty() {
        return view! { <h2>"Bisher gelöscht"</h2><p>"Noch nichts."</p> }.into_any();
    }
    let rows: Vec<_> = runs
        .iter()
        .map(|run| {
            let what: Vec<_> = run
                .done
                .iter()
                .map(|(wave, kind, count)| view! { <li>{format!("Welle {wave}, {}: {}", kind.label(), grouped(*count))}</li> })
                .collect();
            let ended = run.ended_at.map_or("noch nicht beendet".to_owned(), berlin::long);
            view! {
                <tr>
                    <th scope="row">{berlin::long(run.begun_at)}</th>
                    <td>{ended}</td>
                    <td>{run.who.clone()}</td>
                    <td class="figure">{grouped(run.total())}</td>
                    <td><ul class="plain">{what}</ul></td>
                </tr>
            }
        })
        .collect();
    let list = table(
        "Bisher gelöscht",
        &["Begonnen", "Beendet", "Von", "Anzahl", "Was"],
        rows,
    );
    view! { <h2>"Bisher gelöscht"</h2>{list} }.into_any()
}
