//! The form that asks an office: findings with a prefilled text, and every
//! question with its answer and room for one's own.

use crate::context::{FormErrors, Typed};
use crate::form::question_number;
use crate::layout::{Notice, Page};
use crate::office::{Loaded, printed};
use crate::staff::frame::{asked, encoded, field, input, notice, with_desk};
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use portal::{CaseDetail, Role, StaffError, berlin, usual_deadline};
use survey::{Finding, QuestionIx};

/// `/institut/fall/{kennung}/rueckfrage`, with `?welle=`; `?frage=B1` opens
/// that question's module.
#[component]
pub(in crate::staff) fn AskPage() -> impl IntoView {
    let kennung = use_params_map().get_untracked().get("kennung").unwrap_or_default();
    let notice = notice();
    let wanted = asked("frage");
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>().unwrap_or_default();
    with_desk(move |desk| async move {
        if !desk.may(Role::Editor) {
            return Err(StaffError::NotFound);
        }
        let detail = desk.portal.case_detail(&desk.session, desk.wave, &kennung).await?;
        let due = usual_deadline(berlin::day_of(desk.portal.clock().now()));
        let page = Ask {
            case: Loaded::new(detail.view.clone()),
            errors,
            typed,
            wanted,
        };
        let caption = format!("Welle {} · {} · {}", desk.wave, detail.view.kennung, detail.view.name);
        let back = format!("/institut/fall/{}?welle={}", encoded(&detail.view.kennung), desk.wave);
        let may = detail.view.wave.state == portal::WaveState::Open
            && !detail.submissions.is_empty()
            && detail.view.status.is_locked()
            && !matches!(
                detail.view.status,
                survey::status::Status::Query | survey::status::Status::Ineligible
            );
        let inside = match may {
            true => page.form(&detail, words::day(due)).into_any(),
            false => {
                view! { <Notice kind="info" text="Zu diesem Fall ist im Moment keine Rückfrage möglich: Es muss eine Abgabe da und keine Rückfrage offen sein."/> }
                    .into_any()
            }
        };
        let body = view! {
            <nav class="back" aria-label="Zurück"><a href=back>"Zum Fall"</a></nav>
            {notice}
            {inside}
        };
        Ok(view! { <Page title="Rückfrage stellen" caption=caption wide=true>{body}</Page> }.into_any())
    })
}

struct Ask {
    case: Loaded,
    errors: FormErrors,
    typed: Typed,
    wanted: String,
}

impl Ask {
    fn form(&self, detail: &CaseDetail, due: String) -> impl IntoView + use<> {
        let view = &detail.view;
        let action = format!("/institut/fall/{}/rueckfrage", encoded(&view.kennung));
        let again = !self.typed.0.is_empty();
        let due = if again { self.typed.of("frist") } else { due };
        let findings: Vec<AnyView> = detail
            .findings
            .iter()
            .filter_map(|finding| self.finding(finding))
            .collect();
        let nothing = findings
            .is_empty()
            .then(|| view! { <p>"Zu diesem Fragebogen gibt es keine Befunde."</p> });
        let modules: Vec<AnyView> = (0..view.instrument.modules.len())
            .filter_map(|place| self.module(place))
            .collect();
        view! {
            {self.summary()}
            <p>"Die Einheit bekommt eine E-Mail mit Ihren Fragen. Sie kann dann nur diese Angaben ändern (und was daraus folgt) oder sie erläutern, und sendet die Antwort einmal ab."</p>
            <form method="post" action=action class="ask">
                <input type="hidden" name="welle" value=view.wave.key.to_string()/>
                <div class="narrow">
                    {field("frist".into(), "Antwort bis (TT.MM.JJJJ)", self.errors.of("frist"), input("frist", "text", due))}
                    <p class="hint">"Üblich sind sieben Arbeitstage. Zwei Arbeitstage vorher und am Arbeitstag danach wird erinnert."</p>
                </div>
                <h2 id="punkte" tabindex="-1">"Befunde"</h2>
                {nothing}
                {findings}
                <h2>"Einzelne Angaben"</h2>
                <p>"Schreiben Sie zu jeder Angabe, nach der Sie fragen, Ihre Frage in das Feld darunter."</p>
                {modules}
                <p class="actions"><button class="primary">"Rückfrage stellen"</button></p>
            </form>
        }
    }

    /// What was refused, each a link to its field.
    fn summary(&self) -> Option<AnyView> {
        let lines: Vec<AnyView> = self
            .errors
            .0
            .iter()
            .map(|(name, message)| view! { <li><a href=format!("#{name}")>{message.clone()}</a></li> }.into_any())
            .collect();
        (!lines.is_empty()).then(|| {
            view! {
                <div class="summary" role="group" tabindex="-1" autofocus aria-labelledby="fehler-titel">
                    <h2 id="fehler-titel">"Die Rückfrage ist noch nicht gestellt"</h2>
                    <ul>{lines}</ul>
                </div>
            }
            .into_any()
        })
    }

    /// A finding that came from an edit, with a text to start from.
    fn finding(&self, finding: &Finding) -> Option<AnyView> {
        let instrument = &self.case.view.instrument;
        let edit = instrument[finding.edit?].id.clone();
        let (pick, text) = (format!("befund__{edit}"), format!("text__{edit}"));
        let suggested = match &finding.confirmed {
            Some(reason) => format!(
                "{} Sie haben das so begründet: „{reason}“. Bitte prüfen Sie die Angaben noch einmal.",
                finding.message
            ),
            None => finding.message.clone(),
        };
        let picked = !self.typed.of(&pick).is_empty();
        let typed = self.typed.of(&text);
        let suggested = if typed.is_empty() { suggested } else { typed };
        let state = match &finding.confirmed {
            Some(reason) => format!("Von der Einheit bestätigt: „{reason}“"),
            None => "Offen".to_owned(),
        };
        let number = question_number(&instrument[finding.question].id).to_owned();
        let label = format!("{number} ({edit}): {}", finding.message);
        let errors = format!("{text}-fehler");
        let error = self.errors.of(&text);
        Some(
            view! {
                <div class="ask-finding">
                    <div class="choice">
                        <input type="checkbox" id=pick.clone() name=pick.clone() value="1" checked=picked/>
                        <label for=pick>{label}</label>
                    </div>
                    <p class="hint">{state}</p>
                    <label for=text.clone()>"Text an die Einheit"<span class="visually-hidden">{format!(" zu {edit}")}</span></label>
                    <div class="findings" id=errors.clone()>{error.map(|error| view! { <p class="finding error">{error}</p> })}</div>
                    <textarea id=text.clone() name=text rows="3" maxlength="2000" aria-describedby=errors>{suggested}</textarea>
                </div>
            }
            .into_any(),
        )
    }

    fn module(&self, place: usize) -> Option<AnyView> {
        let instrument = &self.case.view.instrument;
        let module = instrument.modules.get(place)?;
        let questions: Vec<QuestionIx> = module
            .questions()
            .filter(|question| self.case.sheet.is_asked(*question))
            .collect();
        if questions.is_empty() {
            return None;
        }
        let open = questions.iter().any(|question| {
            let id = &instrument[*question].id;
            *id == self.wanted || !self.typed.of(&format!("frage__{id}")).trim().is_empty()
        });
        let title = format!("{} {}", module.letter, module.title);
        let inside = questions
            .into_iter()
            .map(|question| self.question(question))
            .collect_view();
        Some(view! { <details open=open><summary>{title}</summary>{inside}</details> }.into_any())
    }

    fn question(&self, question: QuestionIx) -> AnyView {
        let instrument = &self.case.view.instrument;
        let entry = &instrument[question];
        let name = format!("frage__{}", entry.id);
        let rows = entry.kind.is_matrix().then(|| {
            let boxes = entry
                .items
                .iter()
                .map(|item| {
                    let row = &instrument[*item];
                    let id = format!("zeile__{}", row.id);
                    let picked = !self.typed.of(&id).is_empty();
                    view! {
                        <div class="choice">
                            <input type="checkbox" id=id.clone() name=id.clone() value="1" checked=picked/>
                            <label for=id>{row.label.clone().unwrap_or_default()}</label>
                        </div>
                    }
                })
                .collect_view();
            view! {
                <fieldset class="ask-rows">
                    <legend>"Nur diese Zeilen (sonst alle)"</legend>
                    {boxes}
                </fieldset>
            }
        });
        let errors = format!("{name}-fehler");
        let error = self.errors.of(&name);
        let number = question_number(&entry.id).to_owned();
        view! {
            <div class="ask-question">
                {printed(&self.case, question, false)}
                <label for=name.clone()>{format!("Ihre Frage zu {number}")}<span class="visually-hidden">{format!(" ({})", entry.id)}</span></label>
                <div class="findings" id=errors.clone()>{error.map(|error| view! { <p class="finding error">{error}</p> })}</div>
                <textarea id=name.clone() name=name.clone() rows="2" maxlength="2000" aria-describedby=errors>{self.typed.of(&name)}</textarea>
                {rows}
            </div>
        }
        .into_any()
    }
}
