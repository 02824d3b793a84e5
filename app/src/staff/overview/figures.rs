//! The two figures, in all and by group, against the target and earlier waves.

use super::download;
use crate::words;
use leptos::prelude::*;
use portal::{Counted, Earlier, Group, GroupFigures, Overview, WaveState};
use survey::rates::Rate;

/// Both figures of all cases.
pub(super) fn headline(overview: &Overview) -> impl IntoView + use<> {
    let all = overview.groups.first();
    let now = all.map(|line| line.now).unwrap_or_default();
    let earlier = |figure: fn(&Counted) -> Rate| {
        let lines = overview
            .earlier
            .iter()
            .zip(all.map(|line| line.earlier.clone()).unwrap_or_default());
        lines
            .filter_map(|(wave, counted)| {
                let text = format!("{} {}: {}", wave.wave, compared(overview, wave), figure(&counted?));
                Some(view! { <li>{text}</li> })
            })
            .collect_view()
    };
    let wanted = wanted(overview.target, now.listed);
    let missing = match wanted.saturating_sub(now.received) {
        0 => format!("Ziel {} % ({wanted}) erreicht", overview.target),
        1 => format!("Ziel {} % ({wanted}): es fehlt 1", overview.target),
        missing => format!("Ziel {} % ({wanted}): es fehlen {missing}", overview.target),
    };
    view! {
        <section id="zahlen" data-live="" class="headline" aria-labelledby="zahlen-titel">
            <h2 id="zahlen-titel">"Die zwei Zahlen"</h2>
            <div class="columns">
                {card("eingegangen", "Eingegangen", now.received(), missing, earlier(Counted::received))}
                {card("verwertbar", "Vollständig verwertbar (RR1)", now.usable(), String::new(), earlier(Counted::usable))}
            </div>
        </section>
    }
}

fn card(
    id: &'static str,
    title: &'static str,
    rate: Rate,
    target: String,
    earlier: impl IntoView + 'static,
) -> impl IntoView {
    let label = format!("{title}: {rate}");
    view! {
        <div class="card">
            <h3>{title}</h3>
            <p class="number" id=id>{percent(rate)}</p>
            <p>{format!("{} von {}", rate.numerator, rate.denominator)}</p>
            <progress max=rate.denominator.max(1).to_string() value=rate.numerator.to_string() aria-label=label></progress>
            {(!target.is_empty()).then(|| view! { <p>{target}</p> })}
            <ul class="quiet">{earlier}</ul>
        </div>
    }
}

/// When an earlier wave is looked at: on the same field day, or at its end
/// beside a wave that has ended.
fn compared(overview: &Overview, earlier: &Earlier) -> String {
    if overview.is_now && overview.wave.state == WaveState::Closed {
        "am Ende".to_owned()
    } else {
        format!("am gleichen Feldtag ({})", words::day(earlier.same_day))
    }
}

/// Whether a group is of a kind.
type Belongs = fn(&Group) -> bool;

/// The two figures by Form, Land and size.
pub(super) fn groups(overview: &Overview) -> impl IntoView + use<> {
    let heads = overview
        .earlier
        .iter()
        .map(|earlier| {
            let title = format!("{} {}", earlier.wave, compared(overview, earlier));
            view! { <th scope="col" class="figure" title=title>{earlier.wave.to_string()}</th> }
        })
        .collect_view();
    let kinds: [(&str, Belongs); 4] = [
        ("Insgesamt", |group| *group == Group::All),
        ("Form der Aufgabenwahrnehmung", |group| matches!(group, Group::Form(_))),
        ("Land", |group| matches!(group, Group::Land(_))),
        ("Größenklasse", |group| matches!(group, Group::Size(..))),
    ];
    let columns = 6 + overview.earlier.len();
    let bodies = kinds
        .into_iter()
        .filter_map(|(kind, belongs)| {
            let lines: Vec<&GroupFigures> = overview.groups.iter().filter(|line| belongs(&line.group)).collect();
            if lines.is_empty() {
                return None;
            }
            let head = (kind != "Insgesamt")
                .then(|| view! { <tr><th scope="rowgroup" colspan=columns.to_string() class="kind">{kind}</th></tr> });
            let rows = lines.into_iter().map(|line| row(line, overview)).collect_view();
            Some(view! { <tbody>{head}{rows}</tbody> })
        })
        .collect_view();
    let sized = overview.groups.iter().any(|line| matches!(line.group, Group::Size(..)));
    let sizes = match &overview.size_column {
        _ if !sized => String::new(),
        Some(column) => format!(" Größenklassen: Viertel nach der Spalte „{column}“ des Verzeichnisses."),
        None => " Größenklassen: Viertel nach den Kunden der Vorwelle (B1).".to_owned(),
    };
    let earlier = match overview.earlier.is_empty() {
        true => "",
        false => " Frühere Wellen: eingegangen bis zum Ende des gleichen Feldtags.",
    };
    let hint = format!(
        "Basis: bei Eröffnung festgeschriebene Einheiten ohne solche, die nicht zur Erhebung gehören.{sizes}{earlier}"
    );
    view! {
        <section id="gruppen" data-live="" aria-labelledby="gruppen-titel">
            <h2 id="gruppen-titel">"Nach Form, Land und Größe"</h2>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Rücklauf nach Gruppen">
                <table class="compact">
                    <caption>"Rücklauf nach Gruppen"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Gruppe"</th>
                            <th scope="col" class="figure">"Einheiten"</th>
                            <th scope="col" class="figure">"eingegangen"</th>
                            <th scope="col" class="figure">"in %"</th>
                            <th scope="col" class="figure">"vollst. verwertbar"</th>
                            <th scope="col" class="figure">"in %"</th>
                            {heads}
                        </tr>
                    </thead>
                    {bodies}
                </table>
            </div>
            <p class="hint">{hint}</p>
            {download(overview, "ruecklauf.csv", "Diese Tabelle als CSV")}
        </section>
    }
}

fn row(line: &GroupFigures, overview: &Overview) -> impl IntoView + use<> {
    let (kind, name) = line.group.words();
    let total = line.group == Group::All;
    let name = if total { kind.to_owned() } else { name };
    let link = match &line.group {
        Group::Form(form) => Some(format!("form={}", super::super::frame::encoded(form.label()))),
        Group::Land(land) => Some(format!("land={}", super::super::frame::encoded(land.label()))),
        _ => None,
    };
    let label = match link {
        Some(query) => {
            let href = format!("/institut/faelle?welle={}&{query}", overview.wave.key);
            view! { <a href=href>{name}</a> }.into_any()
        }
        None => name.into_any(),
    };
    let behind = line.now.received < wanted(overview.target, line.now.listed);
    let earlier = line
        .earlier
        .iter()
        .zip(&overview.earlier)
        .map(|(counted, _): (&Option<Counted>, &Earlier)| {
            let text = counted.map_or_else(|| "–".to_owned(), |counted| percent(counted.received()));
            view! { <td class="figure">{text}</td> }
        })
        .collect_view();
    let (received, usable) = (line.now.received(), line.now.usable());
    view! {
        <tr class:total=total>
            <th scope="row">{label}</th>
            <td class="figure">{line.now.listed.to_string()}</td>
            <td class="figure">{received.numerator.to_string()}</td>
            <td class="figure" class:behind=behind>{percent(received)}</td>
            <td class="figure">{usable.numerator.to_string()}</td>
            <td class="figure">{percent(usable)}</td>
            {earlier}
        </tr>
    }
}

/// How many returns the target means: rounded up.
pub(super) fn wanted(target: u32, listed: u32) -> u32 {
    let wanted = (u64::from(target) * u64::from(listed)).div_ceil(100);
    u32::try_from(wanted).unwrap_or(u32::MAX)
}

/// `68,8 %` that does not break, or a dash where there is nothing to count among.
pub(super) fn percent(rate: Rate) -> String {
    let tenths = rate.tenths();
    tenths.map_or_else(
        || "–".to_owned(),
        |tenths| format!("{},{}\u{a0}%", tenths / 10, tenths % 10),
    )
}
