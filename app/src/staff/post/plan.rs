//! The plan of a wave's mails: what goes out when and to whom, what went out,
//! and the switch that stops everything.

use super::troubles;
use crate::context::{FormErrors, Typed};
use crate::layout::Page;
use crate::staff::frame::{Desk, PostNav, field, input, notice, select, with_desk};
use leptos::prelude::*;
use portal::{Anchor, Audience, PlanStep, PlanView, Role, StepView, berlin, plan_templates};
use survey::{Form, Land};

/// `/institut/post`, with `?welle=`.
#[component]
pub(in crate::staff) fn PlanPage() -> impl IntoView {
    let notice = notice().map(IntoAny::into_any);
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>().unwrap_or_default();
    with_desk(move |desk| async move {
        let plan = desk.portal.mail_plan(&desk.session, desk.wave).await?;
        let mut found = desk.portal.mail_troubles(&desk.session, desk.wave).await?;
        // Told on this page by itself, with what to do about it.
        (found.paused, found.halted) = (false, None);
        let told = (notice, troubles(desk.wave, &found));
        Ok(page(&desk, &plan, told.into_any(), &errors, &typed).into_any())
    })
}

fn page(desk: &Desk, plan: &PlanView, told: AnyView, errors: &FormErrors, typed: &Typed) -> impl IntoView + use<> {
    let wave = desk.wave;
    let admin = desk.may(Role::Admin);
    let steps: Vec<_> = plan
        .steps
        .iter()
        .map(|step| one_step(wave, step, admin, errors, typed))
        .collect();
    let new = admin.then(|| {
        let blank = PlanStep {
            name: String::new(),
            title: String::new(),
            template: "erinnerung".into(),
            anchor: Anchor::Start,
            days: 7,
            minute: 9 * 60,
            audience: Audience::Pending,
            form: None,
            land: None,
            enabled: true,
        };
        edit(wave, &blank, errors, typed, "Schritt hinzufügen", false)
    });
    let halted = plan.halted.clone().map(|why| {
        let go_on = desk.may(Role::Editor).then(|| view! {
            <form method="post" action="/institut/post/weiter">
                <input type="hidden" name="welle" value=wave.to_string()/>
                <button>"Versand fortsetzen"</button>
            </form>
        });
        view! {
            <div class="notice warning" role="status">
                <p>"Der Versand steht still: Der Postausgang lehnt uns ab (" {why} "). Bitte lassen Sie SMTP_URL prüfen. Nichts ist verloren; alles wartet im Postausgang."</p>
                {go_on}
            </div>
        }
    });
    let caption = format!("Welle {wave}");
    let body = view! {
        <PostNav wave here="/institut/post"/>
        {told}
        {halted}
        {pause(desk, plan)}
        <p class="hint">"Wochenenden und bundesweite Feiertage schieben einen Schritt auf den nächsten Werktag, 9 Uhr. Wer abgegeben oder abgelehnt hat, bekommt nichts mehr; das wird im Augenblick des Versands noch einmal geprüft. Zwischen zwei E-Mails liegen mindestens zwei Tage. Was länger als eine Woche liegen blieb, geht nicht mehr hinaus."</p>
        <ol class="steps">{steps}</ol>
        {new}
    };
    view! { <Page title="Plan der E-Mails" caption=caption wide=true>{body}</Page> }
}

fn pause(desk: &Desk, plan: &PlanView) -> impl IntoView + use<> {
    let may = desk.may(Role::Editor);
    let wave = desk.wave;
    let button = |on: &'static str, label: &'static str| {
        may.then(|| {
            view! {
                <form method="post" action="/institut/post/pause">
                    <input type="hidden" name="welle" value=wave.to_string()/>
                    <input type="hidden" name="an" value=on/>
                    <button>{label}</button>
                </form>
            }
        })
    };
    match &plan.paused {
        Some(switch) => {
            let told = format!("Alles angehalten von {} am {}. Es geht keine einzige E-Mail hinaus, auch keine Links für Passwörter; alles wartet.", switch.by, berlin::long(switch.at));
            view! { <div class="notice warning" role="status"><p>{told}</p>{button("nein", "Versand wieder einschalten")}</div> }.into_any()
        }
        None => may
            .then(|| view! {
                <details>
                    <summary>"Alles anhalten"</summary>
                    <p>"Solange der Versand angehalten ist, geht keine einzige E-Mail hinaus, auch keine Links für Passwörter. Nichts geht verloren."</p>
                    {button("ja", "Jetzt alles anhalten")}
                </details>
            })
            .into_any(),
    }
}

fn one_step(wave: i32, view: &StepView, admin: bool, errors: &FormErrors, typed: &Typed) -> AnyView {
    let step = &view.step;
    let when = berlin::with_weekday(view.moment);
    let moved = match (view.apart, view.moved) {
        (true, _) => ", verschoben: Die E-Mail davor liegt keine zwei Tage zurück",
        (false, true) => ", verschoben auf den nächsten Werktag",
        (false, false) => "",
    };
    let plan = format!("{}{moved}", words_of_day(step));
    let only: String = [step.form.map(Form::label), step.land.map(Land::label)]
        .into_iter()
        .flatten()
        .map(|only| format!(", nur {only}"))
        .collect();
    let whom = format!("an {}{only}", step.audience.label());
    let name = step.name.clone();
    let outbox = |state: &str, label: String, n: u64| {
        let href = format!("/institut/post/ausgang?welle={wave}&schritt={name}&zustand={state}");
        (n > 0).then(|| view! { <li><a href=href>{format!("{n} {label}")}</a></li> })
    };
    let state = match (view.ran_at, view.missed, step.enabled) {
        (_, true, _) => Some(
            "Nicht verschickt: Ein späterer Schritt trat an seine Stelle, oder er blieb länger als eine Woche liegen."
                .to_owned(),
        ),
        (None, _, false) => Some("Ausgeschaltet.".to_owned()),
        _ => None,
    };
    let went = view.ran_at.is_some().then(|| {
        view! {
            <ul class="inline">
                {outbox("sent", "verschickt".into(), view.sent)}
                {outbox("queued", "warten".into(), view.waiting)}
                {outbox("cancelled", "entfallen".into(), view.cancelled)}
                {outbox("", "mit Schwierigkeiten".into(), view.troubled)}
            </ul>
        }
    });
    let would = (view.ran_at.is_none() && !view.missed).then(|| {
        let href = format!("/institut/post/schritt/{}?welle={wave}", step.name);
        let unwritable = (view.unwritable > 0).then(|| {
            let which = match view.unwritable {
                1 => "Für eine Einheit lässt".to_owned(),
                n => format!("Für {n} Einheiten lässt"),
            };
            view! { <p class="evidence">{which} " sich die E-Mail nicht schreiben; warum, steht auf der Seite dahinter."</p> }
        });
        view! {
            <p><a href=href>"Jetzt ginge die E-Mail an "{super::count(view.would)}</a></p>
            {unwritable}
        }
    });
    let edit = admin.then(|| edit(wave, step, errors, typed, "Ändern", view.ran_at.is_none()));
    view! {
        <li>
            <h2>{step.title.clone()}</h2>
            <p><strong>{when}</strong> " (" {plan} "), " {whom}</p>
            {state.map(|state| view! { <p class="evidence">{state}</p> })}
            {went}{would}{edit}
        </li>
    }
    .into_any()
}

/// `14 Tage nach Feldbeginn`
fn words_of_day(step: &PlanStep) -> String {
    let from = match step.anchor {
        Anchor::Start => "dem Feldbeginn",
        Anchor::Deadline => "der Frist",
    };
    match step.days {
        0 => format!(
            "am Tag {}",
            if step.anchor == Anchor::Start {
                "des Feldbeginns"
            } else {
                "der Frist"
            }
        ),
        1 => format!("am Tag nach {from}"),
        -1 => format!("am Tag vor {from}"),
        n if n > 0 => format!("{n} Tage nach {from}"),
        n => format!("{} Tage vor {from}", -n),
    }
}

/// The form of a step; shows what was typed where it was refused.
fn edit(
    wave: i32,
    step: &PlanStep,
    errors: &FormErrors,
    typed: &Typed,
    label: &'static str,
    removable: bool,
) -> AnyView {
    let name = step.name.clone();
    let refused = !errors.0.is_empty() && typed.of("name") == name;
    let value = |field: &str, stored: String| if refused { typed.of(field) } else { stored };
    let error = |field: &str| if refused { errors.of(field) } else { None };
    let id = |field: &str| format!("{}-{field}", if name.is_empty() { "neu" } else { &name });
    let own = |list: Vec<(&str, &str)>| -> Vec<(String, String)> {
        list.into_iter()
            .map(|(value, label)| (value.to_owned(), label.to_owned()))
            .collect()
    };
    let any = |labels: Vec<&'static str>| {
        let mut list = vec![("", "alle")];
        list.extend(labels.into_iter().map(|label| (label, label)));
        own(list)
    };
    let time = format!("{:02}:{:02}", step.minute / 60, step.minute % 60);
    let on = value("enabled", if step.enabled { "ja".into() } else { String::new() }) == "ja";
    let anchors = own(Anchor::ALL.iter().map(|one| (one.name(), one.label())).collect());
    let audiences = own(Audience::ALL.iter().map(|one| (one.name(), one.label())).collect());
    let forms = any(Form::ALL.into_iter().map(Form::label).collect());
    let laender = any(Land::ALL.into_iter().map(Land::label).collect());
    let fields = view! {
        {field(id("title"), "Bezeichnung", error("title"), input("title", "text", value("title", step.title.clone())))}
        {field(id("days"), "Tage (vorher: mit Minus)", error("days"), input("days", "text", value("days", step.days.to_string())))}
        {field(id("anchor"), "gezählt ab", error("anchor"), select("anchor", anchors, value("anchor", step.anchor.name().into())))}
        {field(id("time"), "Uhrzeit", error("time"), input("time", "text", value("time", time)))}
        {field(id("audience"), "Zielgruppe", error("audience"), select("audience", audiences, value("audience", step.audience.name().into())))}
        {field(id("form"), "Nur Form", error("form"), select("form", forms, value("form", step.form.map_or("", Form::label).into())))}
        {field(id("land"), "Nur Land", error("land"), select("land", laender, value("land", step.land.map_or("", Land::label).into())))}
        {field(id("template"), "Text", error("template"), select("template", own(plan_templates()), value("template", step.template.clone())))}
    };
    let remove = (removable && step.name != "einladung").then(|| {
        view! {
            <button formaction="/institut/post/schritt/loeschen">"Schritt löschen"</button>
        }
    });
    let switch = id("enabled");
    view! {
        <details open=refused>
            <summary>{label}</summary>
            <form method="post" action="/institut/post/schritt" class="filter">
                <input type="hidden" name="welle" value=wave.to_string()/>
                <input type="hidden" name="name" value=step.name.clone()/>
                {fields}
                <div class="field check"><input type="checkbox" id=switch.clone() name="enabled" value="ja" checked=on/><label for=switch>"eingeschaltet"</label></div>
                <div class="actions"><button class="primary">"Speichern"</button>{remove}</div>
            </form>
            <p class="hint">"Was schon verschickt ist, wird nicht noch einmal verschickt; was noch wartet, zieht mit um."</p>
        </details>
    }
    .into_any()
}
