//! Exports: which waves, which form, with names or without. One form with all
//! choices; its answer is the file.

use super::super::frame::{Desk, field, select, with_desk};
use super::ResultsNav;
use crate::context::{FormErrors, Typed};
use crate::layout::{Notice, Page};
use crate::words;
use leptos::prelude::*;
use portal::{ExportFormat, Role, WaveState, WaveView};

const HERE: &str = "/institut/ergebnisse/export";

/// `/institut/ergebnisse/export`, with `?welle=`.
#[component]
pub(in crate::staff) fn ExportPage() -> impl IntoView {
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>();
    with_desk(move |desk| async move {
        let mut waves = desk.portal.waves().await?;
        waves.retain(|wave| wave.state != WaveState::Planned);
        let form = if waves.is_empty() {
            let text = "Es ist noch keine Welle eröffnet; es gibt nichts zu exportieren.";
            view! { <Notice kind="info" text/> }.into_any()
        } else {
            form(&desk, &waves, &errors, typed.as_ref()).into_any()
        };
        let body = view! {
            <ResultsNav wave=desk.wave here=HERE/>
            {form}
            {explained()}
        };
        Ok(view! { <Page title="Export" caption="Daten für die Auswertung" wide=true>{body}</Page> }.into_any())
    })
}

fn form(desk: &Desk, waves: &[WaveView], errors: &FormErrors, typed: Option<&Typed>) -> impl IntoView + use<> {
    let chosen = |name: &str, usual: &str| {
        let value = typed.map(|typed| typed.of(name)).unwrap_or_default();
        if value.is_empty() { usual.to_owned() } else { value }
    };
    let options = waves.iter().map(|wave| {
        let label = format!("{} (Stichtag {})", wave.key, words::day(wave.stichtag));
        (wave.key.to_string(), label)
    });
    let wave = select("welle", options.collect(), chosen("welle", &desk.wave.to_string()));
    let panel: Vec<(String, bool)> = waves
        .iter()
        .rev()
        .map(|wave| {
            let key = wave.key.to_string();
            let checked = typed.is_none_or(|typed| {
                let mut fields = typed.0.iter();
                fields.any(|(name, value)| name == "panel" && *value == key)
            });
            (key, checked)
        })
        .collect();
    let layouts = [
        ("welle", "Eine Welle: eine Zeile je Einheit ihres Verzeichnisses"),
        (
            "breit",
            "Panel, breit: eine Zeile je Einheit, jede Variable je Welle (B1_2007)",
        ),
        ("lang", "Panel, lang: eine Zeile je Einheit und Welle"),
    ];
    // One wave is no panel.
    let offered = if waves.len() > 1 { layouts.len() } else { 1 };
    let layouts = radios("was", "Was", &layouts[..offered], &chosen("was", "welle"));
    let formats: Vec<(&str, &str)> = ExportFormat::ALL.map(|one| (one.name(), one.label())).to_vec();
    let formats = radios(
        "format",
        "Form",
        &formats,
        &chosen("format", ExportFormat::CsvDe.name()),
    );
    let of_panel = errors.of("panel");
    let several = if waves.len() > 1 {
        panel_waves(panel, of_panel).into_any()
    } else {
        view! { <div class="findings">{of_panel.map(|error| view! { <p class="finding error">{error}</p> })}</div> }
            .into_any()
    };
    let names = desk.may(Role::Admin).then(|| {
        view! {
            <div class="field check">
                <input type="checkbox" id="namen" name="namen" value="ja" aria-describedby="namen-hinweis"/>
                <label for="namen">"Mit Namen und Adressen"</label>
            </div>
            <p class="hint" id="namen-hinweis">"Name der Einheit, Ansprechperson, E-Mail-Adresse und alle als Kontaktangabe gekennzeichneten Antworten. Wird eigens protokolliert. Ohne Kreuz stehen die Einheiten nur unter ihrer Kennung darin."</p>
        }
    });
    view! {
        <form method="post" action=HERE class="narrow export">
            {layouts}
            {field("welle".into(), "Welle", errors.of("welle"), wave)}
            {several}
            <div class="findings">{errors.of("format").map(|error| view! { <p class="finding error">{error}</p> })}</div>
            {formats}
            {names}
            <p class="actions"><button class="primary">"Exportieren"</button></p>
        </form>
    }
}

/// Waves of the panel, to be crossed.
fn panel_waves(waves: Vec<(String, bool)>, error: Option<String>) -> impl IntoView {
    let boxes = waves
        .into_iter()
        .map(|(key, checked)| {
            let id = format!("panel-{key}");
            view! {
                <div class="field check">
                    <input type="checkbox" id=id.clone() name="panel" value=key.clone() checked=checked/>
                    <label for=id>{key}</label>
                </div>
            }
        })
        .collect_view();
    view! {
        <fieldset aria-describedby="panel-fehler">
            <legend>"Wellen des Panels"</legend>
            <p class="hint">"Nur Einheiten, deren Fragebogen in allen angekreuzten Wellen vollständig verwertbar ist."</p>
            <div class="findings" id="panel-fehler">{error.map(|error| view! { <p class="finding error">{error}</p> })}</div>
            {boxes}
        </fieldset>
    }
}

/// One of several.
fn radios(name: &'static str, legend: &'static str, options: &[(&str, &str)], chosen: &str) -> impl IntoView + use<> {
    let each = options
        .iter()
        .map(|(value, label)| {
            let id = format!("{name}-{value}");
            let checked = *value == chosen;
            view! {
                <div class="field check">
                    <input type="radio" id=id.clone() name=name value=(*value).to_owned() checked=checked/>
                    <label for=id>{(*label).to_owned()}</label>
                </div>
            }
        })
        .collect_view();
    view! { <fieldset><legend>{legend}</legend>{each}</fieldset> }
}

fn explained() -> impl IntoView {
    view! {
        <h2>"Was darin steht"</h2>
        <ul>
            <li>"Jede Angabe des Fragebogens, so wie sie zuletzt abgegeben wurde; vor der ersten Abgabe bleibt sie leer. Entwürfe werden nie exportiert."</li>
            <li>"Mehrfachnennungen je Antwort als 0 und 1, der Typ mit seinen Kriterien für Ü25 und U25, die Regelversion."</li>
            <li>"Fehlende Werte: -7 nicht gestellt, -8 Angabe nicht möglich, -9 keine Angabe. SPSS kennt sie als benutzerdefiniert fehlend, Stata als .a, .b und .c; in Textvariablen stehen sie als Text."</li>
            <li>"Bedeutung, Frage und Werte jeder Variable stehen in den Dateien für SPSS und Stata, im Blatt „Codebuch“ der Arbeitsmappe und im DDI-Codebuch."</li>
            <li>"Dieselbe Datenbank ergibt unter denselben Regeln dieselbe Datei, Byte für Byte."</li>
        </ul>
        <p class="hint">"Jeder Export steht im Protokoll."</p>
    }
}
