//! How far the offices got, what mails brought, what is to be expected.

use super::download;
use super::figures::{percent, wanted};
use crate::staff::charts::{Bar, bars};
use crate::words;
use leptos::prelude::*;
use portal::Overview;
use survey::forecast::NoForecast;
use survey::rates::Rate;

/// Invited, opened, started, received, usable.
pub(super) fn funnel(overview: &Overview) -> impl IntoView + use<> {
    const STAGES: [&str; 5] = [
        "eingeladen",
        "geöffnet",
        "begonnen",
        "eingegangen",
        "vollst. verwertbar",
    ];
    let listed = overview.groups.first().map_or(0, |line| line.now.listed);
    let rate = |numerator| Rate {
        numerator,
        denominator: listed,
    };
    let list: Vec<Bar> = STAGES
        .into_iter()
        .zip(overview.funnel)
        .map(|(label, count)| Bar {
            label: label.to_owned(),
            value: f64::from(count),
            shown: format!("{count} ({})", percent(rate(count))),
            series: if label.starts_with("vollst") { 2 } else { 1 },
            level: (label == "eingegangen").then(|| f64::from(wanted(overview.target, listed))),
        })
        .collect();
    let mut before = None;
    let rows: Vec<_> = STAGES
        .into_iter()
        .zip(overview.funnel)
        .map(|(label, count)| {
            let step = before.map(|before| {
                percent(Rate {
                    numerator: count,
                    denominator: before,
                })
            });
            before = Some(count);
            view! {
                <tr>
                    <th scope="row">{label}</th>
                    <td class="figure">{count.to_string()}</td>
                    <td class="figure">{percent(rate(count))}</td>
                    <td class="figure">{step.unwrap_or_default()}</td>
                </tr>
            }
        })
        .collect();
    let chart = bars(
        "Wie weit die Einheiten gekommen sind",
        "Von eingeladen bis vollständig verwertbar; der Strich bei eingegangen ist das Ziel.",
        &list,
        f64::from(listed),
    );
    view! {
        <section id="trichter" data-live="" aria-labelledby="trichter-titel">
            <h2 id="trichter-titel">"Wie weit die Einheiten gekommen sind"</h2>
            {chart}
            <details id="trichter-tabelle">
                <summary>"Zahlen dazu"</summary>
                <div class="table-scroll" tabindex="0" role="region" aria-label="Zahlen zum Verlauf">
                    <table class="compact">
                        <caption>"Wie weit die Einheiten gekommen sind"</caption>
                        <thead><tr><th scope="col">"Stufe"</th><th scope="col" class="figure">"Einheiten"</th><th scope="col" class="figure">"von allen"</th><th scope="col" class="figure">"von der Stufe davor"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
            {download(overview, "trichter.csv", "Diese Stufen als CSV")}
        </section>
    }
}

/// What each step of the mails brought.
pub(super) fn steps(overview: &Overview) -> impl IntoView + use<> {
    let rows: Vec<_> = overview
        .steps
        .iter()
        .map(|step| {
            let rate = Rate {
                numerator: step.brought,
                denominator: step.sent,
            };
            view! {
                <tr>
                    <th scope="row">{step.title.clone()}</th>
                    <td>{words::day(step.from)}</td>
                    <td class="figure">{step.sent.to_string()}</td>
                    <td class="figure">{step.brought.to_string()}</td>
                    <td class="figure">{percent(rate)}</td>
                    <td>{step.week()}</td>
                </tr>
            }
        })
        .collect();
    let table = if rows.is_empty() {
        view! { <p>"Bisher ist keine E-Mail hinausgegangen."</p> }.into_any()
    } else {
        view! {
            <div class="table-scroll" tabindex="0" role="region" aria-label="Tabelle: Was die E-Mails gebracht haben">
                <table class="compact">
                    <caption>"Ersteingänge binnen sieben Tagen nach einer E-Mail"</caption>
                    <thead><tr>
                        <th scope="col">"E-Mail"</th><th scope="col">"ab"</th><th scope="col" class="figure">"verschickt"</th>
                        <th scope="col" class="figure">"gebracht"</th><th scope="col" class="figure">"in %"</th><th scope="col">"sieben Tage"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {download(overview, "wirkung.csv", "Ersteingänge je E-Mail als CSV")}
        }
        .into_any()
    };
    view! {
        <section id="wirkung" data-live="" aria-labelledby="wirkung-titel">
            <h2 id="wirkung-titel">"Was die E-Mails gebracht haben"</h2>
            {table}
            <p class="hint">"Gezählt wird, wer binnen sieben Tagen nach dieser E-Mail zum ersten Mal abgegeben hat; jede Einheit nur bei der letzten, die sie bis dahin bekommen hat. Das heißt nicht, dass sie ohne die E-Mail nicht geantwortet hätte."</p>
        </section>
    }
}

/// What is expected at the deadline, how it is computed, how wrong it was.
pub(super) fn forecast(overview: &Overview) -> impl IntoView + use<> {
    let listed = overview.groups.first().map_or(0, |line| line.now.listed);
    let share = |numerator| {
        percent(Rate {
            numerator,
            denominator: listed,
        })
    };
    let named = |place: usize| {
        overview
            .earlier
            .get(place)
            .map(|earlier| earlier.wave.to_string())
            .unwrap_or_default()
    };
    let said = match &overview.forecast {
        Ok(said) => {
            let from: Vec<String> = said.from.iter().map(|place| named(*place)).collect();
            let range = match said.from.len() {
                1 => "Eine Spanne lässt sich aus einer einzigen früheren Welle nicht angeben.".to_owned(),
                _ => format!(
                    "Je nachdem, welcher der früheren Wellen diese gleicht: {} bis {} ({} bis {}).",
                    said.low,
                    said.high,
                    share(said.low),
                    share(said.high)
                ),
            };
            let number = format!("{} von {listed} ({})", said.expected, share(said.expected));
            let how = format!(
                "So gerechnet: Am Ende des Feldtags {} war in früheren Wellen ({}) ein Teil dessen eingegangen, was bis zu ihrer Frist kam. Der Stand dieser Welle an diesem Tag, geteilt durch diesen Anteil, ist die Erwartung; nie weniger, als schon da ist, und nie mehr als alle Einheiten.",
                overview.forecast_day,
                from.join(", ")
            );
            view! {
                <p>"Bis zur Frist sind zu erwarten: " <strong id="prognose-zahl">{number}</strong></p>
                <p>{range}</p>
                <p class="hint">{how}</p>
            }
            .into_any()
        }
        Err(reason) => {
            let text = match reason {
                NoForecast::Over => "Die Frist ist vorbei; es gibt nichts mehr vorherzusagen.",
                NoForecast::NothingIn => "Noch ist nichts eingegangen; eine Prognose lässt sich nicht angeben.",
                NoForecast::NothingEarlier => {
                    "In keiner früheren Welle war bis zu diesem Feldtag etwas eingegangen; eine Prognose lässt sich nicht angeben."
                }
            };
            view! { <p>{text}</p> }.into_any()
        }
    };
    let errors: Vec<_> = overview
        .past_errors
        .iter()
        .map(|error| {
            let off = i64::from(error.expected) - i64::from(error.came);
            let off = if off > 0 {
                format!("+{off}")
            } else {
                off.to_string().replace('-', "−")
            };
            view! {
                <tr>
                    <th scope="row">{named(error.wave)}</th>
                    <td class="figure">{error.expected.to_string()}</td>
                    <td class="figure">{error.came.to_string()}</td>
                    <td class="figure">{off}</td>
                </tr>
            }
        })
        .collect();
    let past = if errors.is_empty() {
        view! { <p class="hint">"Wie falsch diese Rechnung früher gewesen wäre, lässt sich erst ab der dritten Welle sagen."</p> }.into_any()
    } else {
        view! {
            <div class="table-scroll" tabindex="0" role="region" aria-label="Frühere Fehler der Prognose">
                <table class="compact">
                    <caption>"Was dieselbe Rechnung am gleichen Feldtag früherer Wellen ergeben hätte"</caption>
                    <thead><tr><th scope="col">"Welle"</th><th scope="col" class="figure">"erwartet"</th><th scope="col" class="figure">"gekommen"</th><th scope="col" class="figure">"daneben"</th></tr></thead>
                    <tbody>{errors}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let past = overview.forecast.is_ok().then_some(past);
    view! {
        <section id="prognose" data-live="" aria-labelledby="prognose-titel">
            <h2 id="prognose-titel">"Prognose"</h2>
            {said}
            {past}
        </section>
    }
}

/// Cases by status, each a way to them.
pub(super) fn statuses(overview: &Overview) -> Option<impl IntoView + use<>> {
    if overview.by_status.is_empty() {
        return None;
    }
    let wave = overview.wave.key;
    let rows = overview
        .by_status
        .iter()
        .map(|(status, count)| {
            let href = format!("/institut/faelle?welle={wave}&status={}", status.name());
            view! { <tr><th scope="row"><a href=href>{words::status(*status)}</a></th><td class="figure">{count.to_string()}</td></tr> }
        })
        .collect_view();
    Some(view! {
        <section id="status-zahlen" data-live="" aria-labelledby="status-titel">
            <h2 id="status-titel">"Fälle nach Status"</h2>
            <table class="compact">
                <caption>"Fälle nach Status"</caption>
                <thead><tr><th scope="col">"Status"</th><th scope="col" class="figure">"Fälle"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    })
}
