//! Colleagues: whom the head has invited, to which modules, and who has
//! filled in what.

use super::case::{Loaded, with_case};
use crate::context::{Failure, FormErrors, Typed, Viewer};
use crate::form::question_number;
use crate::layout::{FailurePage, Notice, Page, Unavailable};
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use portal::{Colleague, ColleagueError, Portal, StoredAnswer, berlin};
use survey::Module;

/// `/befragung/kollegen`
#[component]
pub(super) fn ColleaguesPage() -> impl IntoView {
    let notice = use_query_map()
        .get_untracked()
        .get_str("meldung")
        .and_then(words::message);
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>().unwrap_or_default();
    let portal = expect_context::<Portal>();
    let session = use_context::<Viewer>().unwrap_or_default().0;
    with_case(move |case| async move {
        let Some(session) = session else {
            return view! { <Unavailable/> }.into_any();
        };
        match portal.colleagues(&session).await {
            Ok(list) => Desk { case, errors, typed }.page(&list, notice).into_any(),
            Err(ColleagueError::HeadOnly) => head_only().into_any(),
            Err(_) => view! { <Unavailable/> }.into_any(),
        }
    })
}

fn head_only() -> impl IntoView {
    let failure = Failure {
        status: 403,
        title: "Das kann nur die Leitung der Einheit".into(),
        text: "Kolleginnen und Kollegen lädt die Leitung Ihrer Einheit ein. Bitte wenden Sie sich an sie.".into(),
        ..Failure::default()
    };
    view! { <FailurePage failure/> }
}

struct Desk {
    case: Loaded,
    errors: FormErrors,
    typed: Typed,
}

impl Desk {
    fn page(&self, list: &[Colleague], notice: Option<(&'static str, &'static str)>) -> impl IntoView + use<> {
        let refused = self.errors.of("kollegen");
        let people: Vec<AnyView> = list.iter().map(|one| self.person(one)).collect();
        let people = match people.is_empty() {
            true => view! { <p>"Sie haben noch niemanden eingeladen."</p> }.into_any(),
            false => view! { <ul class="colleagues">{people}</ul> }.into_any(),
        };
        let modules = self.case.view.instrument.modules.iter();
        let done: Vec<AnyView> = modules.filter_map(|module| self.module(module, list)).collect();
        let caption = self.case.caption();
        let body = view! {
            <nav class="back" aria-label="Zurück"><a href="/befragung">"Zur Übersicht"</a></nav>
            {notice.map(|(kind, text)| view! { <Notice kind text/> })}
            {refused.map(|text| view! { <Notice kind="warning" text/> })}
            <p>"Wer die Zahlen hat, kann sie selbst eintragen: Eingeladene bekommen einen Link, melden sich mit ihrer E-Mail-Adresse an und sehen nur die Abschnitte, die Sie ihnen geben. Abgeben und Rückfragen beantworten können nur Sie und Ihre Vertretung."</p>
            {self.invitation()}
            <h2>"Eingeladen"</h2>
            {people}
            <h2>"Wer hat was eingetragen?"</h2>
            {done}
        };
        view! { <Page title="Kolleginnen und Kollegen" caption=caption>{body}</Page> }
    }

    /// Whether what was refused was typed into the form of this person; empty
    /// for the invitation.
    fn is_again(&self, id: &str) -> bool {
        !self.typed.0.is_empty() && self.typed.of("formular") == id
    }

    fn invitation(&self) -> impl IntoView + use<> {
        let again = self.is_again("");
        let value = |name: &str| if again { self.typed.of(name) } else { String::new() };
        let error = |name: &str| if again { self.errors.of(name) } else { None };
        let text = |name: &'static str, label: &'static str, kind: &'static str| {
            let errors = format!("{name}-fehler");
            let wrong = error(name);
            view! {
                <div class="field">
                    <label for=name>{label}</label>
                    <div class="findings" id=errors.clone()>{wrong.clone().map(|error| view! { <p class="finding error">{error}</p> })}</div>
                    <input id=name name=name type=kind value=value(name) class="wide" aria-describedby=errors
                        aria-invalid=wrong.is_some().then_some("true") autofocus=wrong.is_some() autocomplete="off"/>
                </div>
            }
        };
        view! {
            <details open=again>
                <summary>"Jemanden einladen"</summary>
                <form method="post" action="/befragung/kollegen" class="narrow" novalidate>
                    <input type="hidden" name="einheit" value=self.case.view.kennung.clone()/>
                    {text("name", "Name", "text")}
                    {text("email", "E-Mail-Adresse", "text")}
                    {self.grant("neu", None, again)}
                    <p class="actions"><button class="primary">"Einladen"</button></p>
                </form>
            </details>
        }
    }

    /// Which modules, or all, and whether deputy.
    fn grant(&self, prefix: &str, standing: Option<&Colleague>, again: bool) -> AnyView {
        let typed = |name: &str, value: &str| {
            self.typed
                .0
                .iter()
                .any(|(other, given)| other == name && given == value)
        };
        let whole = match again {
            true => typed("umfang", "alles"),
            false => standing.is_some_and(|one| one.access.is_whole()),
        };
        let deputy = match again {
            true => typed("vertretung", "1"),
            false => standing.is_some_and(|one| one.deputy),
        };
        let boxes: Vec<AnyView> = self
            .case
            .view
            .instrument
            .modules
            .iter()
            .map(|module| {
                let id = format!("{prefix}-abschnitt-{}", module.letter);
                let letter = module.letter.clone();
                let checked = match again {
                    true => typed("abschnitt", &letter),
                    false => standing.is_some_and(|one| !one.access.is_whole() && one.access.sees(&letter)),
                };
                let label = format!("{} {}", module.letter, module.title);
                view! {
                    <div class="choice">
                        <input type="checkbox" id=id.clone() name="abschnitt" value=letter checked=checked/>
                        <label for=id>{label}</label>
                    </div>
                }
                .into_any()
            })
            .collect();
        let (part, all) = (format!("{prefix}-teil"), format!("{prefix}-alles"));
        let (errors, acting) = (format!("{prefix}-abschnitte-fehler"), format!("{prefix}-vertretung"));
        let described = errors.clone();
        let wrong = if again { self.errors.of("abschnitte") } else { None };
        let refused = wrong.is_some();
        view! {
            <fieldset aria-describedby=described>
                <legend>"Was soll die Person ausfüllen?"</legend>
                <div class="findings" id=errors>{wrong.map(|error| view! { <p class="finding error">{error}</p> })}</div>
                <div class="choice">
                    <input type="radio" id=all.clone() name="umfang" value="alles" checked=whole/>
                    <label for=all>"Den ganzen Fragebogen"</label>
                </div>
                <div class="choice">
                    <input type="radio" id=part.clone() name="umfang" value="teil" checked=!whole autofocus=refused/>
                    <label for=part>"Nur diese Abschnitte:"</label>
                </div>
                <div class="grant">{boxes}</div>
            </fieldset>
            <div class="choice">
                <input type="checkbox" id=acting.clone() name="vertretung" value="1" checked=deputy/>
                <label for=acting>"Ist meine Vertretung: sieht den ganzen Fragebogen, darf abgeben und Rückfragen beantworten"</label>
            </div>
        }
        .into_any()
    }

    fn person(&self, one: &Colleague) -> AnyView {
        let modules = self.case.view.instrument.modules.iter();
        let letters: Vec<&str> = modules
            .map(|module| module.letter.as_str())
            .filter(|letter| one.access.sees(letter))
            .collect();
        let scope = match (one.deputy, one.access.is_whole()) {
            (true, _) => "Vertretung, ganzer Fragebogen".to_owned(),
            (_, true) => "ganzer Fragebogen".to_owned(),
            _ => format!("Abschnitte {}", letters.join(", ")),
        };
        let state = match (one.withdrawn_at, one.active) {
            (Some(at), _) => format!("Zugang entzogen am {}", berlin::long(at)),
            (None, true) => "hat ein Passwort festgelegt".to_owned(),
            (None, false) => format!("eingeladen am {}, noch nicht angemeldet", berlin::long(one.invited_at)),
        };
        let acts = one.withdrawn_at.is_none().then(|| self.acts(one));
        view! {
            <li>
                <h3>{one.name.clone()}</h3>
                <p>{one.email.clone()}<br/>{scope}<br/><span class="tag">{state}</span></p>
                {acts}
            </li>
        }
        .into_any()
    }

    fn acts(&self, one: &Colleague) -> impl IntoView + use<> {
        let unit = self.case.view.kennung.clone();
        let action = |what: &str| format!("/befragung/kollegen/{}/{what}", one.id);
        let again = self.is_again(&one.id);
        let hidden = |text: &str| view! { <span class="visually-hidden">{format!(" {text} {}", one.name)}</span> };
        let link = (!one.active).then(|| {
            view! {
                <form method="post" action=action("erneut")>
                    <input type="hidden" name="einheit" value=unit.clone()/>
                    <button>"Einladung noch einmal senden"{hidden("an")}</button>
                </form>
            }
        });
        view! {
            {link}
            <details open=again>
                <summary>"Abschnitte ändern"{hidden("für")}</summary>
                <form method="post" action=action("aendern")>
                    <input type="hidden" name="einheit" value=unit.clone()/>
                    {self.grant(&one.id, Some(one), again)}
                    <p class="actions"><button class="primary">"Ändern"</button></p>
                </form>
            </details>
            <details>
                <summary>"Zugang entziehen"{hidden("für")}</summary>
                <form method="post" action=action("zurueckziehen")>
                    <input type="hidden" name="einheit" value=unit.clone()/>
                    <p>"Die Person ist sofort abgemeldet. Was sie eingetragen hat, bleibt erhalten."</p>
                    <p class="actions"><button>"Jetzt entziehen"</button></p>
                </form>
            </details>
        }
    }

    /// How far a module is, who changed it last, and who each answer is from.
    fn module(&self, module: &Module, list: &[Colleague]) -> Option<AnyView> {
        let instrument = &self.case.view.instrument;
        let progress = self.case.sheet.progress(Some(&module.letter));
        if progress.asked == 0 {
            return None;
        }
        let mut answers: Vec<(survey::QuestionIx, &StoredAnswer)> = self
            .case
            .view
            .answers
            .iter()
            .filter_map(|answer| {
                let question = instrument[instrument.item(&answer.item)?].question;
                let here = module.questions().any(|own| own == question) && self.case.sheet.is_asked(question);
                here.then_some((question, answer))
            })
            .collect();
        answers.sort_by_key(|(question, answer)| (*question, std::cmp::Reverse(answer.at)));
        let last = answers.iter().map(|(_, answer)| *answer).max_by_key(|answer| answer.at);
        let changed = last.map_or("noch nichts eingetragen".to_owned(), |answer| {
            format!("zuletzt von {} am {}", answer.by, berlin::long(answer.at))
        });
        answers.dedup_by_key(|(question, _)| *question);
        let rows: Vec<AnyView> = answers
            .iter()
            .map(|(question, answer)| {
                let entry = &instrument[*question];
                let wording = format!("{} {}", question_number(&entry.id), self.case.sheet.text(&entry.text));
                view! { <tr><th scope="row">{wording}</th><td>{answer.by.clone()}</td><td>{berlin::long(answer.at)}</td></tr> }.into_any()
            })
            .collect();
        let table = (!rows.is_empty()).then(|| {
            view! {
                <div class="table-scroll" tabindex="0" role="region" aria-label=format!("Wer Abschnitt {} ausgefüllt hat", module.letter)>
                    <table>
                        <thead><tr><th scope="col">"Frage"</th><th scope="col">"Zuletzt von"</th><th scope="col">"Am"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            }
        });
        let helpers: Vec<&str> = list
            .iter()
            .filter(|one| one.withdrawn_at.is_none() && one.access.sees(&module.letter))
            .map(|one| one.name.as_str())
            .collect();
        let helpers = (!helpers.is_empty()).then(|| view! { <p>"Zugang haben außer Ihnen: "{helpers.join(", ")}</p> });
        let title = format!("{} {}", module.letter, module.title);
        let state = format!(" {} von {} beantwortet, {changed}", progress.answered, progress.asked);
        Some(
            view! {
                <details>
                    <summary>{title}<span class="tag">{state}</span></summary>
                    {helpers}
                    {table}
                </details>
            }
            .into_any(),
        )
    }
}
