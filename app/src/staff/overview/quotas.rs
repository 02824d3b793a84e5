//! `/institut/quoten`: disposition codes, RR1 to RR6 by Form and Land, and
//! the offices that are out of the denominator.

use super::figures::percent;
use crate::hyphens::hyphenated;
use crate::layout::Page;
use crate::staff::frame::{encoded, with_desk};
use crate::staff::returns::wave_links;
use crate::words;
use leptos::prelude::*;
use portal::{Group, Quotas};
use survey::rates::{Disposition, Outcomes, Rate};
use survey::status::Status;

/// `/institut/quoten`, with `?welle=`.
#[component]
pub(crate) fn QuotasPage() -> impl IntoView {
    with_desk(|desk| async move {
        let waves = desk.portal.waves().await?;
        let quotas = desk.portal.quotas(&desk.session, desk.wave).await?;
        let wave = quotas.wave.key;
        let body = view! {
            {wave_links(&waves, desk.wave, "/institut/quoten")}
            <p><a href=format!("/institut?welle={wave}")>"Zurück zum Rücklauf"</a></p>
            {rates(&quotas).into_any()}
            {codes(&quotas).into_any()}
            {outside(&quotas).into_any()}
        };
        Ok(view! { <Page title=format!("Quoten nach AAPOR, Welle {wave}") wide=true>{body}</Page> }.into_any())
    })
}

fn rates(quotas: &Quotas) -> impl IntoView + use<> {
    let rows = quotas
        .rows
        .iter()
        .map(|(group, outcomes)| {
            let (kind, name) = group.words();
            let label = if *group == Group::All { kind.to_owned() } else { name };
            let cells = outcomes
                .response_rates()
                .into_iter()
                .map(|rate| {
                    let fraction = format!("{}/{}", rate.numerator, rate.denominator);
                    view! { <td class="figure">{percent(rate)}<br/><span class="quiet">{fraction}</span></td> }
                })
                .collect_view();
            view! { <tr class:total=*group == Group::All><th scope="row">{label}</th>{cells}</tr> }
        })
        .collect_view();
    let heads = (1..=6)
        .map(|number| view! { <th scope="col" class="figure">{format!("RR{number}")}</th> })
        .collect_view();
    view! {
        <section aria-labelledby="rr">
            <h2 id="rr">{hyphenated("Ausschöpfungsquoten")}</h2>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Tabelle: Ausschöpfungsquoten">
                <table class="compact">
                    <caption>"RR1 bis RR6 nach Form und Land"</caption>
                    <thead><tr><th scope="col">"Gruppe"</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="hint">"AAPOR Standard Definitions, 10. Auflage (2023). RR1 = I / (I + P + R + NC), RR2 = (I + P) / (I + P + R + NC). In einer Vollerhebung aus einem amtlichen Verzeichnis ist von jeder Einheit bekannt, dass es sie gibt; Fälle unbekannter Zugehörigkeit sind leer, deshalb ist RR1 = RR3 = RR5 und RR2 = RR4 = RR6. RR1 ist der „Rücklauf an vollständig verwertbaren Fragebogen“ der Veröffentlichung."</p>
            <p class="screen-only"><a href=format!("/institut/quoten.csv?welle={}", quotas.wave.key) download="">"Codes und Quoten als CSV"</a></p>
        </section>
    }
}

/// What a code means here.
fn meaning(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Complete => "vollständig: verwertbar",
        Disposition::Partial => "teilweise: eingegangen, Typologie beantwortet",
        Disposition::Refusal => "Verweigerung",
        Disposition::BreakOff => "Abbruch: begonnen, oder eingegangen ohne Typologie",
        Disposition::NonContact => "nicht erreicht: nichts beantwortet",
        Disposition::NotEligible => "gehört nicht zur Erhebung",
    }
}

fn codes(quotas: &Quotas) -> impl IntoView + use<> {
    let all = quotas
        .rows
        .first()
        .map_or_else(Outcomes::default, |(_, outcomes)| *outcomes);
    let bodies = Disposition::ALL
        .into_iter()
        .map(|disposition| {
            let statuses = quotas
                .codes
                .iter()
                .filter(|code| code.disposition == disposition)
                .map(|code| {
                    let href = format!("/institut/faelle?welle={}&status={}", quotas.wave.key, code.status.name());
                    let count = code.count.to_string();
                    view! { <tr><td></td><td></td><td><a href=href>{reason(code.status)}</a></td><td class="figure">{count}</td></tr> }
                })
                .collect_view();
            let refused = (disposition == Disposition::NonContact && quotas.undeliverable > 0).then(|| {
                let count = quotas.undeliverable.to_string();
                view! { <tr><td></td><td></td><td>"davon: Adresse nicht zustellbar"</td><td class="figure">{count}</td></tr> }
            });
            view! {
                <tbody>
                    <tr class="total">
                        <th scope="row">{disposition.code()}</th>
                        <td>{disposition.class()}</td>
                        <td>{meaning(disposition)}</td>
                        <td class="figure">{all.of(disposition).to_string()}</td>
                    </tr>
                    {statuses}
                    {refused}
                </tbody>
            }
        })
        .collect_view();
    let base = Rate {
        numerator: all.denominator(),
        denominator: all.denominator() + all.not_eligible,
    };
    let base = format!(
        "Nenner aller Quoten: {} der {} bei Eröffnung festgeschriebenen Einheiten.",
        base.numerator, base.denominator
    );
    view! {
        <section aria-labelledby="codes">
            <h2 id="codes">"Jeder Fall hat einen Code"</h2>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Codes">
                <table class="compact">
                    <caption>"Endgültige Codes, wie die Fälle jetzt stehen"</caption>
                    <thead><tr><th scope="col">"Code"</th><th scope="col">"Klasse"</th><th scope="col">"Bedeutung und Status"</th><th scope="col" class="figure">"Fälle"</th></tr></thead>
                    {bodies}
                </table>
            </div>
            <p>{base}</p>
        </section>
    }
}

/// Why a status leads to its code.
fn reason(status: Status) -> &'static str {
    match status {
        Status::Invited => "eingeladen, keine Reaktion",
        Status::Opened => "geöffnet, nichts beantwortet",
        other => words::status(other),
    }
}

fn outside(quotas: &Quotas) -> impl IntoView + use<> {
    let wave = quotas.wave.key;
    let link = move |kennung: &str| format!("/institut/fall/{}?welle={wave}", encoded(kennung));
    let rows: Vec<_> = quotas
        .outside
        .iter()
        .map(|case| {
            let successor = case.successor.as_ref().map(|successor| {
                let href = link(successor);
                view! { <a href=href>{successor.clone()}</a> }
            });
            let decided = case.at.map(portal::berlin::long).unwrap_or_default();
            view! {
                <tr>
                    <th scope="row"><a href=link(&case.kennung)>{case.kennung.clone()}</a></th>
                    <td>{case.name.clone()}</td>
                    <td>{case.form.label()}</td>
                    <td>{case.land.label()}</td>
                    <td class="note">{case.reason.clone()}</td>
                    <td>{successor}</td>
                    <td>{format!("{decided}, {}", case.who)}</td>
                </tr>
            }
        })
        .collect();
    let all = quotas.rows.first().map_or(0, |(_, outcomes)| outcomes.not_eligible);
    let more = usize::try_from(all).unwrap_or(usize::MAX).saturating_sub(rows.len());
    let more = (more > 0).then(|| view! { <p>{format!("Weitere {more} stehen in der Fallliste.")}</p> });
    let table = if rows.is_empty() {
        view! { <p>"Alle Einheiten gehören zur Erhebung."</p> }.into_any()
    } else {
        view! {
            <div class="table-scroll" tabindex="0" role="region" aria-label="Tabelle: Einheiten, die nicht zur Erhebung gehören">
                <table class="compact">
                    <caption>"Nicht im Nenner"</caption>
                    <thead><tr>
                        <th scope="col">"Kennung"</th><th scope="col">"Name"</th><th scope="col">"Form"</th><th scope="col">"Land"</th>
                        <th scope="col">"Grund"</th><th scope="col">"Nachfolger"</th><th scope="col">"entschieden"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {more}
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="aussen">
            <h2 id="aussen">"Einheiten, die nicht zur Erhebung gehören"</h2>
            {table}
        </section>
    }
}
