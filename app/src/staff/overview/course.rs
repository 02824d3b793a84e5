//! The curve of returns by day: this wave and its usable part, earlier waves
//! as thin lines, mails that went out as numbered marks, days off shaded.

use super::download;
use super::figures::percent;
use crate::staff::charts::{Band, Line, LineChart, Mark, line_chart};
use crate::words;
use leptos::prelude::*;
use portal::{Curve, Overview, counted};
use survey::rates::Rate;

pub(super) fn section(overview: &Overview) -> impl IntoView + use<> {
    let curve = &overview.curve;
    let chart = (!curve.days.is_empty()).then(|| line_chart(chart(overview)));
    let marks = curve
        .mails
        .iter()
        .map(|mark| {
            let text = format!(
                "{}, {}: {}",
                words::day(mark.day),
                mark.title,
                counted(mark.sent.into(), "E-Mail", "E-Mails")
            );
            view! { <li>{text}</li> }
        })
        .collect_view();
    let heads = overview
        .earlier
        .iter()
        .map(|earlier| view! { <th scope="col" class="figure">{format!("{} in %", earlier.wave)}</th> })
        .collect_view();
    let rows = curve.days.iter().enumerate().map(|(place, day)| {
        let shown = |count: Option<u32>| count.map(|count| count.to_string()).unwrap_or_default();
        let share = |count: Option<u32>, which: usize| {
            count
                .map(|count| percent(rate(curve, count, which)))
                .unwrap_or_default()
        };
        let earlier = (0..overview.earlier.len())
            .map(
                |which| view! { <td class="figure">{share(day.earlier.get(which).copied().flatten(), which + 1)}</td> },
            )
            .collect_view();
        view! {
            <tr class:off=!day.working>
                <th scope="row">{(place + 1).to_string()}</th>
                <td>{day.short()}{(!day.working).then_some(" (frei)")}</td>
                <td class="figure">{shown(day.received)}</td>
                <td class="figure">{share(day.received, 0)}</td>
                <td class="figure">{shown(day.usable)}</td>
                {earlier}
            </tr>
        }
    });
    view! {
        <section id="kurve" data-live="" aria-labelledby="kurve-titel">
            <h2 id="kurve-titel">"Rücklauf nach Tagen"</h2>
            {chart}
            <p class="hint">"Eingegangen in Prozent der Einheiten, am Ende jedes Tages. Schattiert: Wochenenden und bundesweite Feiertage. Nummern: E-Mails."</p>
            <ol class="marks">{marks}</ol>
            <details id="kurve-tabelle">
                <summary>"Zahlen zur Kurve"</summary>
                <div class="table-scroll" tabindex="0" role="region" aria-label="Zahlen zur Kurve">
                    <table class="compact">
                        <caption>"Rücklauf nach Tagen"</caption>
                        <thead><tr>
                            <th scope="col">"Feldtag"</th><th scope="col">"Tag"</th>
                            <th scope="col" class="figure">"eingegangen"</th><th scope="col" class="figure">"in %"</th>
                            <th scope="col" class="figure">"vollst. verwertbar"</th>
                            {heads}
                        </tr></thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </div>
            </details>
            {download(overview, "kurve.csv", "Diese Zahlen als CSV")}
        </section>
    }
}

/// Received cases among those listed in this wave (0) or an earlier one.
fn rate(curve: &Curve, count: u32, which: usize) -> Rate {
    Rate {
        numerator: count,
        denominator: curve.listed.get(which).copied().unwrap_or(0),
    }
}

fn chart(overview: &Overview) -> LineChart {
    let curve = &overview.curve;
    let share = |count: Option<u32>, which: usize| {
        let points = rate(curve, count?, which).basis_points()?;
        Some(f64::from(points) / 100.0)
    };
    let points = |value: &dyn Fn(&portal::CurveDay) -> Option<f64>| -> Vec<(usize, f64)> {
        let days = curve.days.iter().enumerate();
        days.filter_map(|(place, day)| Some((place, value(day)?))).collect()
    };
    let mut lines: Vec<Line> = Vec::new();
    for (which, earlier) in overview.earlier.iter().enumerate().rev() {
        let count = |day: &portal::CurveDay| day.earlier.get(which).copied().flatten();
        lines.push(Line {
            label: earlier.wave.to_string(),
            series: if which == 0 { 3 } else { 4 },
            points: points(&|day| share(count(day), which + 1)),
        });
    }
    lines.push(Line {
        label: "verwertbar".into(),
        series: 2,
        points: points(&|day| share(day.usable, 0)),
    });
    lines.push(Line {
        label: overview.wave.key.to_string(),
        series: 1,
        points: points(&|day| share(day.received, 0)),
    });
    let mut bands: Vec<Band> = Vec::new();
    for (place, _) in curve.days.iter().enumerate().filter(|(_, day)| !day.working) {
        match bands.last_mut() {
            Some(band) if band.to + 1 == place => band.to = place,
            _ => bands.push(Band { from: place, to: place }),
        }
    }
    let every = curve.days.len().div_ceil(8).max(1).next_multiple_of(7);
    let mut ticks: Vec<(usize, String)> = curve
        .days
        .iter()
        .enumerate()
        .step_by(every)
        .filter(|(place, _)| place.abs_diff(curve.deadline) >= every.min(5))
        .map(|(place, day)| (place, day.short().chars().take(6).collect()))
        .collect();
    if curve.deadline < curve.days.len() {
        ticks.push((curve.deadline, "Frist".into()));
    }
    let marks = curve.mails.iter().zip(1..).map(|(mark, number)| Mark {
        place: mark.place,
        number,
        label: format!(
            "{}: {}, {}",
            words::day(mark.day),
            mark.title,
            counted(mark.sent.into(), "E-Mail", "E-Mails")
        ),
    });
    let now = overview.groups.first().map(|line| line.now).unwrap_or_default();
    LineChart {
        title: format!("Rücklauf nach Tagen, Welle {}", overview.wave.key),
        description: format!(
            "Eingegangen sind {}, vollständig verwertbar {}. Die Zahlen stehen in der Tabelle darunter.",
            now.received(),
            now.usable()
        ),
        days: curve.days.len(),
        most: 100.0,
        unit: " %",
        ticks,
        bands,
        marks: marks.collect(),
        level: Some((f64::from(overview.target), format!("Ziel {} %", overview.target))),
        lines,
    }
}
