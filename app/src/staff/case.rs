//! One case: where it stands, what was answered, what stands out, and its
//! classification criterion by criterion.

mod acts;
mod compare;
mod desk;

pub(super) use acts::{Refused, act, call_fields};

use crate::context::{FormErrors, Typed, Viewer};
use crate::form::question_number;
use crate::hyphens::hyphenated;
use crate::layout::{NotFound, Notice, Page, Unavailable};
use crate::office::module_answers;
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use portal::{CaseDetail, Portal, Role, StaffError, StoredClassification, Who, counted};
use survey::typology::{Criterion, Evidence, K1, K2, K3, Level, Reason};
use survey::{Classification, FindingKind, Instrument};

/// `/institut/fall/{kennung}`, with `?welle=`.
#[component]
pub(super) fn CasePage() -> impl IntoView {
    let portal = expect_context::<Portal>();
    let session = use_context::<Viewer>().unwrap_or_default().0;
    let kennung = use_params_map().get_untracked().get("kennung").unwrap_or_default();
    let query = use_query_map().get_untracked();
    let wanted = query.get("welle").unwrap_or_default();
    let notice = query.get_str("meldung").and_then(words::message);
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>().unwrap_or_default();
    view! {
        <Suspense>
            {Suspend::new(async move {
                let Some(session) = session else { return view! { <Unavailable/> }.into_any() };
                let Ok(waves) = portal.waves().await else { return view! { <Unavailable/> }.into_any() };
                let Some(wave) = super::returns::chosen(&waves, &wanted) else { return view! { <NotFound/> }.into_any() };
                let may_act = matches!(session.who, Who::Staff { role } if role >= Role::Editor);
                match portal.case_detail(&session, wave, &kennung).await {
                    Ok(detail) => {
                        let asked = portal.case_queries(&session, wave, &kennung).await;
                        let asked = asked.map(|list| super::queries::section(&detail.view, &list, may_act).into_any());
                        let refused = Refused { errors: &errors, typed: &typed };
                        page(&detail, notice, &refused, may_act, asked.ok()).into_any()
                    }
                    Err(StaffError::NotFound) => view! { <NotFound/> }.into_any(),
                    Err(_) => view! { <Unavailable/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

fn page(
    detail: &CaseDetail,
    notice: Option<(&'static str, &'static str)>,
    refused: &Refused<'_>,
    may_act: bool,
    queries: Option<AnyView>,
) -> impl IntoView + use<> {
    let view = &detail.view;
    let caption = format!(
        "Welle {} · {} · {} · {}",
        view.wave.key, view.kennung, view.form, view.land
    );
    let submissions = detail
        .submissions
        .iter()
        .map(|receipt| view! { <li>{receipt.at_local.clone()} ", Quittung " {receipt.number.clone()} ", Prüfzeichen " <code>{receipt.fingerprint.clone()}</code>{receipt.by_staff.then_some(" · vom Institut für die Einheit abgegeben")}</li> })
        .collect::<Vec<_>>();
    let submissions = (!submissions.is_empty()).then(|| view! { <h2>"Abgaben"</h2><ul>{submissions}</ul> });
    let events = detail
        .events
        .iter()
        .map(|event| {
            view! {
                <tr>
                    <td>{portal::berlin::long(event.at)}</td>
                    <td>{words::status(event.from)} " → " {words::status(event.to)}</td>
                    <td>{event.who.clone()}</td>
                    <td>{event.reason.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    let stale = refused
        .errors
        .of("stand")
        .map(|text| view! { <Notice kind="warning" text/> });
    let body = view! {
            <nav class="back" aria-label="Zurück">
                <a href=format!("/institut/faelle?welle={}", view.wave.key)>"Zu allen Fällen"</a> " · "
                <a href=format!("/institut/fall/{}/kontakte?welle={}", view.kennung, view.wave.key)>"Kontakte und E-Mails"</a>
            </nav>
            {desk::presence(detail)}
            {notice.map(|(kind, text)| view! { <Notice kind text/> })}
            {detail.mark.as_ref().map(super::contacts::marked)}
            <dl class="facts">
                <div><dt>"Status"</dt><dd>{words::status(view.status)}</dd></div>
                <div><dt>"Ansprechperson"</dt><dd>{view.contact.name.clone()} <br/> {view.contact.email.clone()}</dd></div>
                <div><dt>"Frist"</dt><dd>{words::day(view.wave.deadline)} {detail.extended.then_some(" (verlängert)")} {view.late.then_some(" · verspätet")}</dd></div>
            </dl>
            {stale}
            {may_act.then(|| acts::acts(detail, refused))}
            {queries}
            {desk::notes(detail, refused, may_act)}
            {detail.classification.as_ref().map(|found| classification(found, &view.instrument))}
            {findings(detail)}
            {submissions}
            <h2>"Verlauf"</h2>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Verlauf">
                <table>
                    <thead><tr><th scope="col">"Wann"</th><th scope="col">"Status"</th><th scope="col">"Wer"</th><th scope="col">"Grund"</th></tr></thead>
                    <tbody>{events}</tbody>
                </table>
            </div>
            {desk::changes(detail)}
            {answers(detail)}
    };
    let title = view.name.clone();
    view! { <Page title=title caption=caption wide=true>{body}</Page> }
}

fn classification(found: &StoredClassification, instrument: &Instrument) -> impl IntoView + use<> {
    let tables = [&found.ue, &found.u25].map(|one| one_classification(one, instrument));
    view! {
        <h2>"Einordnung"</h2>
        <p class="hint">{format!("Regelversion {}, Kriterium 3: {}, berechnet am {}", found.rule_version, found.k3_rule.label(), portal::berlin::long(found.at))}</p>
        <div class="columns">{tables.into_iter().collect_view()}</div>
    }
}

fn one_classification(one: &Classification, instrument: &Instrument) -> AnyView {
    let rows = [
        criterion(Level::K1, &one.k1, K1::letter, K1::label, instrument),
        criterion(Level::K2, &one.k2, K2::letter, K2::label, instrument),
        criterion(Level::K3, &one.k3, K3::letter, K3::label, instrument),
    ];
    let code = one
        .code()
        .unwrap_or_else(|| format!("{} (nicht klassifizierbar)", one.partial()));
    let verzahnung = one.verzahnung.map_or("V? nicht bekannt".to_owned(), |one| {
        format!("{} {}", one.name(), one.label())
    });
    let flags = one.flags.iter().map(|flag| flag.name()).collect::<Vec<_>>().join(", ");
    let flags = (!flags.is_empty()).then(|| view! { <p>"Merkmale: " {flags}</p> });
    view! {
        <section>
            <h3>{format!("{}: Typ {code}", one.age_group.label())}</h3>
            <table>
                <thead><tr><th scope="col">"Kriterium"</th><th scope="col">"Ergebnis"</th></tr></thead>
                <tbody>{rows.into_iter().collect_view()}</tbody>
            </table>
            <p>"Verzahnung: " {verzahnung}</p>
            {flags}
        </section>
    }
    .into_any()
}

fn criterion<V: Copy>(
    level: Level,
    found: &Criterion<V>,
    letter: fn(V) -> &'static str,
    label: fn(V) -> &'static str,
    instrument: &Instrument,
) -> AnyView {
    let result = match found.outcome {
        Ok(variant) => format!("{}: {}", letter(variant), label(variant)),
        Err(reason) => format!(
            "nicht klassifizierbar ({}: {})",
            Reason::name(reason),
            Reason::label(reason)
        ),
    };
    let evidence = found
        .evidence
        .iter()
        .map(|one| view! { <li>{hyphenated(&evidence(one, instrument))}</li> })
        .collect_view();
    view! {
        <tr>
            <th scope="row">{hyphenated(level.label())}</th>
            <td>{hyphenated(&result)}<ul class="evidence">{evidence}</ul></td>
        </tr>
    }
    .into_any()
}

/// The Beleg: question, code and wording of the answer.
fn evidence(one: &Evidence, instrument: &Instrument) -> String {
    let Some(value) = one.value else {
        return format!("{}: keine Angabe oder nicht gefragt", one.item);
    };
    let label = instrument
        .item(&one.item)
        .map(|item| &instrument[instrument[item].question])
        .and_then(|question| question.options.iter().find(|option| i64::from(option.code) == value))
        .map(|option| option.label.clone())
        .unwrap_or_default();
    format!("{} = {value} {label}", one.item)
}

fn findings(detail: &CaseDetail) -> impl IntoView + use<> {
    let instrument = &detail.view.instrument;
    let open: Vec<_> = detail
        .findings
        .open()
        .filter(|finding| !matches!(finding.kind, FindingKind::MissingP1 | FindingKind::MissingP2))
        .map(|finding| {
            let question = question_number(&instrument[finding.question].id).to_owned();
            view! { <li><strong>{question}</strong> " " {finding.message.clone()} " (" {finding.code.clone()} ")"</li> }
        })
        .collect();
    let missing = detail
        .findings
        .open()
        .filter(|finding| matches!(finding.kind, FindingKind::MissingP1 | FindingKind::MissingP2))
        .count();
    let missing = (missing > 0)
        .then(|| view! { <p>{format!("Noch nicht beantwortet: {}.", counted(missing as u64, "Frage", "Fragen"))}</p> });
    let confirmed: Vec<_> = detail
        .confirmations
        .iter()
        .map(|one| {
            let state = if one.holds { "" } else { " (hinfällig, ein Wert hat sich geändert)" };
            view! { <li><strong>{one.edit.clone()}</strong> ": " {one.reason.clone()} {state} <span class="evidence">{format!(" – {}, {}", one.by, portal::berlin::long(one.at))}</span></li> }
        })
        .collect();
    let confirmed =
        (!confirmed.is_empty()).then(|| view! { <h3>"Bestätigte Auffälligkeiten"</h3><ul>{confirmed}</ul> });
    let nothing = open.is_empty() && missing.is_none() && confirmed.is_none();
    view! {
        <h2>"Befunde"</h2>
        {nothing.then(|| view! { <p>"Keine Befunde."</p> })}
        <ul>{open}</ul>
        {missing}
        {confirmed}
    }
}

fn answers(detail: &CaseDetail) -> impl IntoView + use<> {
    let loaded = crate::office::Loaded::new(detail.view.clone());
    let modules = detail
        .view
        .instrument
        .modules
        .iter()
        .map(|module| {
            let title = format!("{} {}", module.letter, module.title);
            view! { <details><summary>{title}</summary>{module_answers(&loaded, &module.letter)}</details> }
        })
        .collect_view();
    let by_staff = compare::by_staff(&detail.view.answers);
    view! {
        <section class="folded"><h2>"Angaben"</h2>{by_staff}{modules}</section>
        <section class="folded">{compare::compare(&loaded)}</section>
    }
}
