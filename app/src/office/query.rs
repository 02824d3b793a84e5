//! A Rückfrage at the office: each question beside the answer that was
//! transmitted, its control and room for an explanation; then what is sent,
//! before it is.

use super::case::{Loaded, with_case};
use super::module::conflicts;
use crate::context::Viewer;
use crate::form::{Controls, ModuleData, question_number};
use crate::layout::{Notice, Page};
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use portal::{OpenQuery, PointView, Portal};
use std::collections::{BTreeMap, BTreeSet};
use survey::query::{Why, is_changed};
use survey::{ItemIx, QuestionIx};

/// `/befragung/rueckfrage`, with `?pruefen=1` marking what is still open.
#[component]
pub(super) fn QueryPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let notice = query.get_str("meldung").and_then(words::message);
    let check = query.get_str("pruefen").is_some();
    with_open(move |case, open| form(case, open, notice, check).into_any())
}

/// `/befragung/rueckfrage/senden`: what is sent, before it is.
#[component]
pub(super) fn SendPage() -> impl IntoView {
    with_open(|case, open| summary(case, open).into_any())
}

/// Renders `page` with the case and its open Rückfrage.
fn with_open(page: impl FnOnce(&Loaded, &OpenQuery) -> AnyView + Send + 'static) -> impl IntoView {
    let portal = expect_context::<Portal>();
    let session = use_context::<Viewer>().unwrap_or_default().0;
    with_case(move |case| async move {
        let open = match &session {
            Some(session) => portal.open_query(session).await,
            None => Ok(None),
        };
        match open {
            Ok(Some(open)) => page(&case, &open),
            Ok(None) => nothing(&case).into_any(),
            Err(error) => {
                leptos::logging::error!("query: {error}");
                view! { <crate::layout::Unavailable/> }.into_any()
            }
        }
    })
}

fn nothing(case: &Loaded) -> impl IntoView + use<> {
    view! {
        <Page title="Rückfrage" caption=case.caption()>
            <Notice kind="info" text="Zurzeit ist keine Rückfrage offen."/>
            <p><a href="/befragung">"Zur Übersicht"</a></p>
        </Page>
    }
}

/// The controls of the questions, module by module as they are needed.
struct Desk<'a> {
    case: &'a Loaded,
    open: &'a OpenQuery,
    check: bool,
    modules: BTreeMap<String, Controls>,
    /// Questions whose controls stand on the page already.
    shown: BTreeSet<QuestionIx>,
}

impl Desk<'_> {
    fn control(&mut self, question: QuestionIx) -> Option<AnyView> {
        let instrument = &self.case.view.instrument;
        let letter = &instrument.modules[usize::from(instrument[question].module)].letter;
        if !self.case.view.access.sees(letter) || !self.shown.insert(question) {
            return None;
        }
        let controls = self.modules.entry(letter.clone()).or_insert_with(|| {
            let data = ModuleData {
                letter: letter.clone(),
                kennung: self.case.view.kennung.clone(),
                context: self.case.view.context.clone(),
                answers: self
                    .case
                    .view
                    .answers
                    .iter()
                    .map(|answer| (answer.item.clone(), (answer.entry.clone(), answer.revision)))
                    .collect(),
                confirmations: self.case.confirmations(),
                show_missing: self.check,
                conflicts: conflicts(self.case, letter),
                next: String::new(),
            };
            Controls::new(instrument.clone(), data)
        });
        Some(controls.of(question))
    }

    fn questions_of(&self, point: &PointView) -> Vec<QuestionIx> {
        let instrument = &self.case.view.instrument;
        let mut seen = BTreeSet::new();
        let items = point.items.iter().filter_map(|id| instrument.item(id));
        items
            .map(|item| instrument[item].question)
            .filter(|question| seen.insert(*question))
            .collect()
    }
}

fn form(
    case: &Loaded,
    open: &OpenQuery,
    notice: Option<(&'static str, &'static str)>,
    check: bool,
) -> impl IntoView + use<> {
    let mut desk = Desk {
        case,
        open,
        check,
        modules: BTreeMap::new(),
        shown: BTreeSet::new(),
    };
    let points: Vec<AnyView> = open
        .query
        .points
        .iter()
        .map(|point| one_point(&mut desk, point))
        .collect();
    let follows: Vec<AnyView> = open
        .scope
        .questions()
        .filter(|(_, why)| *why != Why::Asked)
        .filter_map(|(question, why)| {
            let reason = match why {
                Why::Contradicts => "Passt nicht zu Ihrer Änderung; bitte prüfen Sie auch diese Angabe:",
                _ => "Kommt durch Ihre Änderung hinzu:",
            };
            let control = desk.control(question)?;
            Some(view! { <div class="follows"><p class="why">{reason}</p>{control}</div> }.into_any())
        })
        .collect();
    let follows = (!follows.is_empty()).then(|| {
        view! {
            <section class="query-point" aria-labelledby="folgen">
                <h2 id="folgen">"Was aus Ihrer Änderung folgt"</h2>
                {follows}
            </section>
        }
    });
    let caption = format!("Rückfrage {} · {}", open.query.number, case.caption());
    let body = view! {
            <nav class="back" aria-label="Zurück"><a href="/befragung">"Zur Übersicht"</a></nav>
            {notice.map(|(kind, text)| view! { <Notice kind text/> })}
            {check.then(|| still_open(case, open))}
            <dl class="facts">
                <div><dt>"Antwort bis"</dt><dd>{words::day(open.query.due)}</dd></div>
                <div><dt>"Gefragt am"</dt><dd>{portal::berlin::long(open.query.opened_at)}</dd></div>
            </dl>
            <p>"Bitte berichtigen Sie zu jeder Frage Ihre Angabe, oder erläutern Sie, warum sie richtig ist. Alles andere bleibt, wie Sie es abgegeben haben. Gesendet wird erst am Ende, einmal und für alle Fragen zusammen."</p>
            <form method="post" action="/befragung/rueckfrage" class="module" novalidate autocomplete="off">
                <button class="default-action" name="aktion" value="speichern" tabindex="-1" aria-hidden="true">"Speichern"</button>
                <input type="hidden" name="einheit" value=case.view.kennung.clone()/>
                <input type="hidden" name="rueckfrage" value=open.query.id.clone()/>
                {points}
                {follows}
                <div class="actions">
                    {open.may_send.then(|| view! { <button name="aktion" value="weiter" class="primary">"Weiter zum Senden"</button> })}
                    <button name="aktion" value="speichern">"Zwischenspeichern"</button>
                </div>
                {(!open.may_send).then(|| view! { <p class="hint">"Senden kann die Antwort die Leitung Ihrer Einheit oder ihre Vertretung."</p> })}
            </form>
    };
    view! { <Page title="Rückfrage beantworten" caption=caption>{body}</Page> }
}

fn one_point(desk: &mut Desk<'_>, point: &PointView) -> AnyView {
    let instrument = desk.case.view.instrument.clone();
    let place = point.place;
    let questions = desk.questions_of(point);
    let rows = before_rows(desk, &questions, point);
    let controls: Vec<AnyView> = questions
        .iter()
        .filter_map(|question| {
            let above = desk.shown.contains(question);
            let number = question_number(&instrument[*question].id).to_owned();
            desk.control(*question).or_else(|| {
                above.then(|| view! { <p class="hint">{format!("Frage {number} steht schon weiter oben auf dieser Seite.")}</p> }.into_any())
            })
        })
        .collect();
    let open = desk.check && desk.open.lack.unanswered.contains(&place);
    let field = format!("erklaerung__{place}");
    let hint = format!("{field}-hilfe");
    let error = format!("{field}-fehler");
    let by = point.explained_by.clone().filter(|_| !point.explanation.is_empty());
    view! {
        <section class="query-point" aria-labelledby=format!("punkt-{place}")>
            <h2 id=format!("punkt-{place}")>{format!("Frage {place} des IAW")}</h2>
            <p class="asked">{point.question.clone()}</p>
            <dl class="before">{rows}</dl>
            {controls}
            <div class="field">
                <label for=field.clone()>"Erläuterung, falls die Angabe zutrifft"</label>
                <div class="hint" id=hint.clone()>{by.map(|by| format!("Zuletzt geschrieben von {by}."))}</div>
                <div class="findings" id=error.clone()>
                    {open.then(|| view! { <p class="finding error"><strong class="prefix">"Noch offen: "</strong>"Bitte ändern Sie die Angabe oder erläutern Sie sie mit mindestens drei Zeichen."</p> })}
                </div>
                <input type="hidden" name=format!("stand__{place}") value=point.revision.to_string()/>
                <textarea id=field.clone() name=field rows="3" maxlength="2000" aria-describedby=format!("{hint} {error}")
                    aria-invalid=open.then_some("true")>{point.explanation.clone()}</textarea>
            </div>
        </section>
    }
    .into_any()
}

/// What was transmitted, item by item.
fn before_rows(desk: &Desk<'_>, questions: &[QuestionIx], point: &PointView) -> Vec<AnyView> {
    let instrument = &desk.case.view.instrument;
    let mut rows = Vec::new();
    for question in questions
        .iter()
        .filter(|question| desk.case.view.access.sees_question(instrument, **question))
    {
        let items = instrument[*question].items.iter().copied();
        for item in items.filter(|item| point.items.contains(&instrument[*item].id)) {
            rows.push(
                view! { <div><dt>{format!("Übermittelt zu {}", name_of(desk.case, item))}</dt><dd>{before(desk.case, desk.open, item)}</dd></div> }
                    .into_any(),
            );
        }
    }
    rows
}

/// A question's number, and the row where it is a matrix.
fn name_of(case: &Loaded, item: ItemIx) -> String {
    let instrument = &case.view.instrument;
    let number = question_number(&instrument[instrument[item].question].id);
    match &instrument[item].label {
        Some(label) => format!("{number}, {label}"),
        None => number.to_owned(),
    }
}

fn before(case: &Loaded, open: &OpenQuery, item: ItemIx) -> String {
    let instrument = &case.view.instrument;
    words::shown(Some(instrument), &instrument[item].id, open.transmitted.entry(item))
}

/// Everything that stands against sending, each a link to its place.
fn still_open(case: &Loaded, open: &OpenQuery) -> Option<AnyView> {
    let instrument = &case.view.instrument;
    let points = open.lack.unanswered.iter().map(|place| {
        let text = format!("Frage {place} des IAW: noch nicht beantwortet");
        view! { <li><a href=format!("#erklaerung__{place}")>{text}</a></li> }.into_any()
    });
    let findings = open.lack.findings.iter().map(|finding| {
        let number = question_number(&instrument[finding.question].id).to_owned();
        let href = format!("#{}", instrument[finding.item].id);
        view! { <li><a href=href>{number}": "{finding.message.clone()}</a></li> }.into_any()
    });
    let lines: Vec<AnyView> = points.chain(findings).collect();
    (!lines.is_empty()).then(|| {
        view! {
            <div class="summary" id="zu-klaeren" tabindex="-1" autofocus role="group" aria-labelledby="zu-klaeren-titel">
                <h2 id="zu-klaeren-titel">"Vor dem Senden noch zu klären"</h2>
                <ul>{lines}</ul>
            </div>
        }
        .into_any()
    })
}

fn summary(case: &Loaded, open: &OpenQuery) -> impl IntoView + use<> {
    let instrument = &case.view.instrument;
    let changes: Vec<AnyView> = open
        .scope
        .questions()
        .flat_map(|(question, _)| instrument.items_of(question).collect::<Vec<_>>())
        .filter(|item| is_changed(&open.transmitted, &case.sheet, *item))
        .filter(|item| case.view.access.sees_question(instrument, instrument[*item].question))
        .map(|item| {
            let asked = case.sheet.is_item_asked(item);
            let now = match asked {
                true => words::shown(Some(instrument), &instrument[item].id, case.sheet.entry(item)),
                false => "entfällt".to_owned(),
            };
            view! { <tr><th scope="row">{name_of(case, item)}</th><td>{before(case, open, item)}</td><td>{now}</td></tr> }.into_any()
        })
        .collect();
    let table = match changes.is_empty() {
        true => view! { <p>"Sie haben keine Angabe geändert."</p> }.into_any(),
        false => view! {
            <div class="table-scroll" tabindex="0" role="region" aria-label="Geänderte Angaben">
                <table>
                    <caption>"Geänderte Angaben"</caption>
                    <thead><tr><th scope="col">"Frage"</th><th scope="col">"Übermittelt"</th><th scope="col">"Neu"</th></tr></thead>
                    <tbody>{changes}</tbody>
                </table>
            </div>
        }
        .into_any(),
    };
    let explained: Vec<AnyView> = open
        .query
        .points
        .iter()
        .filter(|point| !point.explanation.is_empty())
        .map(|point| {
            view! { <dt>{point.question.clone()}</dt><dd class="note">{point.explanation.clone()}</dd> }.into_any()
        })
        .collect();
    let explained =
        (!explained.is_empty()).then(|| view! { <h2>"Ihre Erläuterungen"</h2><dl class="explained">{explained}</dl> });
    let send = match (open.lack.is_empty(), open.may_send) {
        (true, true) => view! {
            <p>"Mit dem Senden übermitteln Sie die Antwort an das IAW. Danach ist der Fragebogen wieder gesperrt; Sie erhalten eine neue Quittung."</p>
            <form method="post" action="/befragung/rueckfrage/senden">
                <input type="hidden" name="einheit" value=case.view.kennung.clone()/>
                <input type="hidden" name="rueckfrage" value=open.query.id.clone()/>
                <div class="actions">
                    <button class="primary">"Antwort jetzt verbindlich senden"</button>
                    <a class="button" href="/befragung/rueckfrage">"Noch einmal ändern"</a>
                </div>
            </form>
        }
        .into_any(),
        (true, false) => view! { <Notice kind="info" text="Senden kann die Antwort die Leitung Ihrer Einheit oder ihre Vertretung."/> }.into_any(),
        (false, _) => view! {
            <Notice kind="warning" text="Einige Punkte sind noch offen."/>
            <p class="actions"><a class="button primary" href="/befragung/rueckfrage?pruefen=1">"Offene Punkte ansehen"</a></p>
        }
        .into_any(),
    };
    let caption = format!("Rückfrage {} · {}", open.query.number, case.caption());
    view! {
        <Page title="Antwort senden" caption=caption>
            <nav class="back" aria-label="Zurück"><a href="/befragung/rueckfrage">"Zur Rückfrage"</a></nav>
            {table}
            {explained}
            {send}
        </Page>
    }
}
