//! The rules as they are read, and what others would change before they count.

use super::super::frame::{Desk, area, encoded, field, notice, select, with_desk};
use super::change::criterion;
use super::{ResultsNav, rules_line};
use crate::context::{FormErrors, Typed};
use crate::layout::{Notice, Page};
use leptos::prelude::*;
use portal::{Alternative, Role, RulesView, berlin, counted};
use survey::typology::{Level, RuleText, RuleVersion};
use survey::{AgeGroup, K3Rule, Rules};

const HERE: &str = "/institut/ergebnisse/regeln";

/// `/institut/ergebnisse/regeln`, with `?welle=`.
#[component]
pub(in crate::staff) fn RulesPage() -> impl IntoView {
    let notice = notice();
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>().unwrap_or_default();
    with_desk(move |desk| async move {
        let rules = desk.portal.rules_view(&desk.session, desk.wave).await?;
        let body = view! {
            <ResultsNav wave=desk.wave here=HERE/>
            {notice}
            {current(&rules)}
            {texts(&rules)}
            <h2>"Was andere Regeln ändern würden"</h2>
            {alternatives(&rules)}
            {choice(&desk, &rules, &errors, &typed)}
            {history(&rules)}
        };
        Ok(view! { <Page title="Regeln" caption=format!("Welle {}", desk.wave) wide=true>{body}</Page> }.into_any())
    })
}

fn current(rules: &RulesView) -> impl IntoView + use<> {
    let set_by = if rules.history.is_empty() {
        "Einstellung des Betreibers (RUECKLAUF_K3_RULE); im Portal wurde noch nichts anderes gewählt."
    } else {
        "Im Portal gewählt; siehe „Verlauf“."
    };
    view! {
        <p>
            <strong>"Es gelten: "</strong>{rules_line(rules.current)} " "
            {format!("{}.", rules.current.version.label())}
        </p>
        <p class="hint">{set_by} " Ergebnisse anderer Regeln bleiben gespeichert und werden nie überschrieben."</p>
    }
}

fn texts(rules: &RulesView) -> impl IntoView + use<> {
    let parts = Level::ALL.into_iter().map(Some).chain([None]);
    parts
        .map(|level| {
            let caption = level.map_or("Verzahnung (Abbildung 2)".to_owned(), criterion);
            let lines = rules
                .texts
                .iter()
                .filter(|rule| rule.level == level)
                .map(|rule: &RuleText| view! { <tr><td>{rule.when}</td><td>{rule.then}</td><td>{rule.source}</td></tr> })
                .collect_view();
            view! {
                <div class="table-scroll" tabindex="0" role="region" aria-label=caption.clone()>
                    <table class="rules">
                        <caption>{caption.clone()} " – von oben nach unten gelesen, die erste passende Zeile entscheidet"</caption>
                        <thead><tr><th scope="col">"Antworten"</th><th scope="col">"Ergebnis"</th><th scope="col">"Quelle"</th></tr></thead>
                        <tbody>{lines}</tbody>
                    </table>
                </div>
            }
        })
        .collect_view()
}

fn alternatives(rules: &RulesView) -> AnyView {
    let Some(list) = &rules.alternatives else {
        let text = format!(
            "Diese Welle hat {} verwertbare Fragebogen: zu viele, um andere Regeln während des Seitenaufrufs zu probieren. Rechnen Sie sie auf dem Server: ruecklauf classify --wave {} --rule-version … --k3-rule …",
            rules.n, rules.wave.key
        );
        return view! { <Notice kind="info" text/> }.into_any();
    };
    let changed = |one: &Alternative, age: AgeGroup| one.changes.iter().filter(|diff| diff.age_group == age).count();
    let lines = list
        .iter()
        .map(|one| {
            view! {
                <tr>
                    <th scope="row"><a href=format!("#{}", anchor(one.rules))>{short(one.rules)}</a></th>
                    <td>{format!("{}; {}", one.rules.version.label(), one.rules.k3_rule.label())}</td>
                    <td class="figure">{changed(one, AgeGroup::Ue)}</td>
                    <td class="figure">{changed(one, AgeGroup::U25)}</td>
                </tr>
            }
        })
        .collect_view();
    let caption = format!(
        "Einheiten mit anderem Typ, unter {} vollständig verwertbaren der Welle {}",
        rules.n, rules.wave.key
    );
    let units = list.iter().map(|one| diff(one, rules.wave.key)).collect_view();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=caption.clone()>
            <table>
                <caption>{caption.clone()}</caption>
                <thead><tr><th scope="col">"Regeln"</th><th scope="col">"Bedeutung"</th><th scope="col" class="figure">"Ü25"</th><th scope="col" class="figure">"U25"</th></tr></thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
        {units}
    }
    .into_any()
}

fn diff(one: &Alternative, wave: i32) -> impl IntoView + use<> {
    let lines = one
        .changes
        .iter()
        .map(|diff| {
            let href = format!("/institut/fall/{}?welle={wave}", encoded(&diff.kennung));
            view! {
                <tr>
                    <th scope="row"><a href=href>{diff.kennung.clone()}</a></th>
                    <td>{diff.name.clone()}</td>
                    <td>{diff.form.label()}</td>
                    <td>{diff.age_group.label()}</td>
                    <td>{format!("{} → {}", diff.now, diff.then)}</td>
                </tr>
            }
        })
        .collect_view();
    let label = format!("Einheiten, die {} anders einordnet", short(one.rules));
    let summary = format!(
        "{}: {}",
        short(one.rules),
        counted(one.changes.len() as u64, "Unterschied", "Unterschiede")
    );
    (!one.changes.is_empty()).then(|| {
        view! {
            <details id=anchor(one.rules)>
                <summary>{summary}</summary>
                {super::super::frame::table(label, &["Kennung", "Name", "Form", "Gruppe", "jetzt → dann"], lines)}
            </details>
        }
    })
}

fn short(rules: Rules) -> String {
    format!("{}, {}", rules.version.name(), rules.k3_rule.name())
}

fn anchor(rules: Rules) -> String {
    format!("regeln-{}-{}", rules.version.name(), rules.k3_rule.name())
}

/// Making other rules count: for admins, with a reason and a confirmation.
fn choice(desk: &Desk, rules: &RulesView, errors: &FormErrors, typed: &Typed) -> Option<AnyView> {
    if !desk.may(Role::Admin) {
        return None;
    }
    let versions = RuleVersion::ALL.map(|one| (one.name().to_owned(), format!("{}: {}", one.name(), one.label())));
    let settings = K3Rule::ALL.map(|one| (one.name().to_owned(), format!("{}: {}", one.name(), one.label())));
    let or = |name: &str, now: &'static str| {
        Some(typed.of(name))
            .filter(|text| !text.is_empty())
            .unwrap_or(now.to_owned())
    };
    let version = select(
        "regelversion",
        versions.to_vec(),
        or("regelversion", rules.current.version.name()),
    );
    let setting = select(
        "k3_regel",
        settings.to_vec(),
        or("k3_regel", rules.current.k3_rule.name()),
    );
    let wrong = !errors.0.is_empty();
    Some(
        view! {
            <details class="acts" open=wrong>
                <summary>"Andere Regeln gelten lassen"</summary>
                <form method="post" action=HERE class="narrow">
                    <input type="hidden" name="welle" value=desk.wave.to_string()/>
                    {field("regelversion".into(), "Regelversion", errors.of("regelversion"), version)}
                    {field("k3-regel".into(), "Regel für Kriterium 3", errors.of("k3_regel"), setting)}
                    {field("grund".into(), "Grund (3 bis 1.000 Zeichen)", errors.of("grund"), area("grund", "3", typed.of("grund")))}
                    <div class="findings" id="bestaetigt-fehler">{errors.of("bestaetigt").map(|error| view! { <p class="finding error">{error}</p> })}</div>
                    <div class="field check">
                        <input type="checkbox" id="bestaetigt" name="bestaetigt" value="ja" aria-describedby="bestaetigt-fehler"/>
                        <label for="bestaetigt">"Ab sofort sollen diese Regeln für alle Wellen, Tabellen und Exporte gelten. Ich habe oben gesehen, was sich ändert."</label>
                    </div>
                    <p class="actions"><button class="primary">"Regeln gelten lassen"</button></p>
                </form>
            </details>
        }
        .into_any(),
    )
}

fn history(rules: &RulesView) -> Option<impl IntoView + use<>> {
    let lines = rules
        .history
        .iter()
        .map(|one| {
            view! {
                <tr>
                    <td>{berlin::long(one.at)}</td><td>{one.who.clone()}</td>
                    <td>{format!("{}, {}", one.rule_version, one.k3_rule)}</td><td class="note">{one.reason.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    (!rules.history.is_empty()).then(|| {
        view! { <h2>"Verlauf"</h2>{super::super::frame::table("Verlauf der Regeln", &["Wann", "Wer", "Regeln", "Grund"], lines)} }
    })
}
