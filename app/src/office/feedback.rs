//! What an office gets back: its own types, how they follow from its answers,
//! and where it stands in its group. Made to be printed on two sheets.

use crate::context::Viewer;
use crate::hyphens::hyphenated;
use crate::layout::{NotFound, Page, Unavailable};
use crate::words;
use leptos::prelude::*;
use portal::{Feedback, Portal, ProtectedGroup, Who};
use survey::disclosure::{SMALLEST_GROUP, THRESHOLD};
use survey::rates::Rate;
use survey::typology::{CODES, Criterion, Evidence, K1, K2, K3, Level, Reason};
use survey::{AgeGroup, Classification, Instrument};

/// `/befragung/rueckmeldung`
#[component]
pub(super) fn FeedbackPage() -> impl IntoView {
    let portal = expect_context::<Portal>();
    let session = use_context::<Viewer>().unwrap_or_default().0;
    view! {
        <Suspense>
            {Suspend::new(async move {
                let Some(session) = session else { return view! { <Unavailable/> }.into_any() };
                if !matches!(session.who, Who::Unit { .. }) {
                    return view! { <NotFound/> }.into_any();
                }
                match portal.feedback(&session).await {
                    Ok(Some(feedback)) => page(&feedback).into_any(),
                    Ok(None) => view! { <Nothing/> }.into_any(),
                    Err(error) => {
                        leptos::logging::error!("feedback: {error}");
                        view! { <Unavailable/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <Page title="Ihre Rückmeldung">
            <nav class="back" aria-label="Zurück"><a href="/befragung">"Zur Übersicht"</a></nav>
            <p>"Für Ihre Einheit liegt noch keine Rückmeldung vor. Wir geben sie frei, wenn die Befragung geschlossen und ausgewertet ist; Voraussetzung ist ein vollständig verwertbarer Fragebogen."</p>
        </Page>
    }
}

fn page(feedback: &Feedback) -> impl IntoView + use<> {
    let caption = format!("Welle {} · {} · {}", feedback.wave.key, feedback.kennung, feedback.name);
    let own = feedback
        .own
        .iter()
        .map(|one| own_type(one, &feedback.instrument))
        .collect_view();
    let tables = AgeGroup::ALL.into_iter().zip(&feedback.own).map(|(age, own)| {
        let tables = feedback.tables.of(age);
        let groups: Vec<&ProtectedGroup> = tables
            .form(feedback.form)
            .into_iter()
            .chain(tables.land(feedback.land))
            .collect();
        let caption = format!(
            "Verteilung der Typen, {}, Stichtag {}",
            age.label(),
            words::day(feedback.wave.stichtag)
        );
        distribution(caption, &groups, Some(own)).into_any()
    });
    let tables: Vec<AnyView> = tables.collect();
    let about = format!(
        "Die Tabellen zeigen, wie sich die Typen in Ihrer Form der Aufgabenwahrnehmung ({}) und in Ihrem Land ({}) verteilen. Ihr eigener Typ ist hervorgehoben.",
        feedback.form, feedback.land
    );
    let day = words::day(feedback.wave.stichtag);
    let released = format!("Freigegeben am {}.", portal::berlin::long(feedback.released_at));
    view! {
        <Page title="Ihre Rückmeldung" caption=caption>
            <nav class="back" aria-label="Zurück"><a href="/befragung">"Zur Übersicht"</a></nav>
            <p>
                "Vielen Dank, dass Sie sich an der Befragung beteiligt haben. Auf dieser Seite sehen Sie, wie sich die Kundenbetreuung in Ihrer Einheit am "
                {day}
                " nach Ihren Antworten einordnet und wie verbreitet diese Organisationsform ist. "
                "Die Einordnung beschreibt, sie bewertet nicht."
            </p>
            <div class="own-types">{own}</div>
            <section class="sheet">
                <h2>"Ihre Vergleichsgruppe"</h2>
                <p>{about}</p>
                {tables}
                {protection()}
                <Reading/>
            </section>
            <p class="hint">{released}</p>
        </Page>
    }
}

fn own_type(one: &Classification, instrument: &Instrument) -> AnyView {
    let code = one.code();
    let title = match &code {
        Some(code) => format!("{}: Typ {code}", one.age_group.label()),
        None => format!(
            "{}: nicht vollständig einzuordnen ({})",
            one.age_group.label(),
            one.partial()
        ),
    };
    let who = match one.age_group {
        AgeGroup::Ue => "Kundinnen und Kunden ab 25 Jahren",
        AgeGroup::U25 => "Kundinnen und Kunden unter 25 Jahren",
    };
    let rows = [
        derived(Level::K1, &one.k1, K1::letter, K1::label, instrument),
        derived(Level::K2, &one.k2, K2::letter, K2::label, instrument),
        derived(Level::K3, &one.k3, K3::letter, K3::label, instrument),
    ];
    view! {
        <section>
            <h2>{title}</h2>
            <p class="hint">{who}</p>
            <table class="derived">
                <caption class="visually-hidden">{format!("Herleitung des Typs, {}", one.age_group.label())}</caption>
                <thead><tr><th scope="col">"Kriterium"</th><th scope="col">"Ihr Ergebnis"</th><th scope="col">"Ihre Antworten"</th></tr></thead>
                <tbody>{rows.into_iter().collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn derived<V: Copy>(
    level: Level,
    found: &Criterion<V>,
    letter: fn(V) -> &'static str,
    label: fn(V) -> &'static str,
    instrument: &Instrument,
) -> AnyView {
    let result = match found.outcome {
        Ok(variant) => format!("{}: {}", letter(variant), label(variant)),
        Err(reason) => format!("nicht einzuordnen: {}", Reason::label(reason)),
    };
    let answers = found
        .evidence
        .iter()
        .filter(|one| one.value.is_some())
        .map(|one| view! { <li>{hyphenated(&answer(one, instrument))}</li> })
        .collect_view();
    view! { <tr><th scope="row">{hyphenated(level.label())}</th><td>{hyphenated(&result)}</td><td><ul class="evidence">{answers}</ul></td></tr> }
        .into_any()
}

/// Number of the question and the words of the answer.
fn answer(one: &Evidence, instrument: &Instrument) -> String {
    let whom = match one.item.as_ref() {
        item if item.contains("_nfm_") => " (ohne Fallmanagement)",
        item if item.contains("_fm_") => " (mit Fallmanagement)",
        _ => "",
    };
    let number = format!("{}{whom}", crate::form::question_number(&one.item));
    let question = instrument
        .item(&one.item)
        .map(|item| &instrument[instrument[item].question]);
    let option = question.and_then(|question| {
        question
            .options
            .iter()
            .find(|option| Some(i64::from(option.code)) == one.value)
    });
    match (option, one.value) {
        (Some(option), _) => format!("Frage {number}: „{}“", option.label),
        (None, Some(value)) => format!("Frage {number}: {value}"),
        (None, None) => format!("Frage {number}: keine Angabe"),
    }
}

/// Distributions of types side by side; `own` marks the row of one's own type.
pub(crate) fn distribution(
    caption: String,
    groups: &[&ProtectedGroup],
    own: Option<&Classification>,
) -> impl IntoView + use<> {
    let mine = own.map(|own| {
        own.code()
            .and_then(|code| CODES.iter().position(|one| *one == code))
            .unwrap_or(CODES.len())
    });
    let heads = groups
        .iter()
        .map(|group| view! { <th scope="col" class="figure">{hyphenated(&group.name)}</th> })
        .collect_view();
    let names = CODES.into_iter().chain(["nicht einzuordnen"]);
    let rows = names
        .enumerate()
        .map(|(at, name)| {
            let cells = groups
                .iter()
                .map(|group| {
                    let count = group.counts.get(at).copied().flatten();
                    let text = match (count, group.total) {
                        (Some(count), Some(total)) => share(count, total),
                        _ => "·".to_owned(),
                    };
                    view! { <td class="figure">{text}</td> }
                })
                .collect_view();
            let own = mine == Some(at);
            let mark = own.then_some(" (Ihr Typ)");
            view! { <tr class:own=own><th scope="row">{name}{mark}</th>{cells}</tr> }
        })
        .collect_view();
    let bases = groups
        .iter()
        .map(|group| view! { <td class="figure">{group.total.map_or("nicht gezeigt".to_owned(), |total| total.to_string())}</td> })
        .collect_view();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=caption.clone()>
            <table class="results">
                <caption>{caption.clone()}</caption>
                <thead><tr><th scope="col">"Typ"</th>{heads}</tr></thead>
                <tbody>{rows}<tr class="total"><th scope="row">"N (Einheiten)"</th>{bases}</tr></tbody>
            </table>
        </div>
    }
}

fn share(count: u64, total: u64) -> String {
    let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
    let rate = Rate {
        numerator: number(count),
        denominator: number(total),
    };
    rate.percent()
        .map_or(count.to_string(), |percent| format!("{count} ({percent} %)"))
}

/// How small numbers are protected, in words.
pub(crate) fn protection() -> impl IntoView {
    view! {
        <p class="hint">
            {format!("Zum Schutz der Einheiten steht statt mancher Zahl ein Punkt (·): Die Zahlen 1 bis {} zeigen wir nicht, und so viele weitere nicht, dass sich keine davon aus allen gezeigten Tabellen errechnen lässt. Gruppen mit weniger als {SMALLEST_GROUP} Einheiten und Gruppen, deren Einheiten alle vom selben Typ sind, zeigen wir gar nicht.", THRESHOLD - 1)}
        </p>
    }
}

/// What the letters mean.
#[component]
fn Reading() -> impl IntoView {
    view! {
        <h2>"So lesen Sie den Typ"</h2>
        <ul>
            <li><strong>"I oder II"</strong>": Fallmanagement durch eigens dafür eingesetztes Personal (I, spezialisiert) oder durch dieselben Fachkräfte wie die übrige Betreuung (II, generalisiert)."</li>
            <li><strong>"Erster Buchstabe"</strong>": Die Vermittlung auf den ersten Arbeitsmarkt gehört nicht zum Fallmanagement (a) oder gehört dazu (b)."</li>
            <li><strong>"Zweiter Buchstabe"</strong>": Die Leistungen zum Lebensunterhalt sind nicht mit der Eingliederung verbunden (a) oder sind es (b)."</li>
        </ul>
    }
}
