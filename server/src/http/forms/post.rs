//! What staff posts at the mail desk: plan, texts, outbox, reminders by hand,
//! contacts of one office.

use super::cases::{case_of, query_of, take_list};
use super::decision::refused;
use super::see;
use crate::http::error::HttpError;
use crate::http::fields::{Fields, Named};
use crate::http::pages::{PageContext, render};
use crate::http::paths::encoded;
use crate::http::retry;
use crate::http::session::SignedIn;
use crate::http::state::AppState;
use app::{FormErrors, Typed, Viewer};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use portal::{
    CaseList, Confirmed, FieldError, FormError, Letter, MailState, OutboxAct, OutboxFilter, RemindError, Session,
    StaffError, StepForm,
};
use sha2::{Digest, Sha256};

/// Which form of a page was posted: told to the page, never posted.
pub(super) const WHICH: &str = "formular";

/// `POST /institut/post/pause`
pub(in crate::http) async fn pause(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["welle", "an"])?;
    let pause = match form.get("an") {
        "ja" => true,
        "nein" => false,
        _ => return Err(HttpError::BadForm("Anhalten oder fortsetzen?".to_owned())),
    };
    state.portal().mail_pause(&session, pause).await.map_err(refused)?;
    state.jobs().wake();
    Ok(see(&plan_page(wave_of(&form)?)))
}

/// `POST /institut/post/weiter`
pub(in crate::http) async fn resume(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["welle"])?;
    state.portal().mail_resume_queue(&session).await.map_err(refused)?;
    state.jobs().wake();
    Ok(see(&plan_page(wave_of(&form)?)))
}

/// `POST /institut/post/schritt`
pub(in crate::http) async fn step(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = fields.0.clone();
    let form = fields.only(&STEP)?;
    let wave = wave_of(&form)?;
    let of = |name: &str| form.get(name).to_owned();
    let step = StepForm {
        name: of("name"),
        title: of("title"),
        template: of("template"),
        anchor: of("anchor"),
        days: of("days"),
        time: of("time"),
        audience: of("audience"),
        form: of("form"),
        land: of("land"),
        enabled: of("enabled"),
    };
    match state.portal().mail_step_save(&session, wave, &step).await {
        Ok(()) => {
            state.jobs().wake();
            Ok(see(&plan_page(wave)))
        }
        Err(error) => {
            let page = format!("/institut/post?welle={wave}");
            again(&state, session, error, typed, (&page, "/institut/post/schritt")).await
        }
    }
}

const STEP: [&str; 11] = [
    "welle", "name", "title", "template", "anchor", "days", "time", "audience", "form", "land", "enabled",
];

/// `POST /institut/post/schritt/loeschen`
pub(in crate::http) async fn remove_step(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    // The button stands in the form of the step, whose other fields come along.
    let form = fields.only(&STEP)?;
    let wave = wave_of(&form)?;
    let removed = state.portal().mail_step_remove(&session, wave, form.get("name")).await;
    removed.map_err(refused)?;
    Ok(see(&plan_page(wave)))
}

fn plan_page(wave: i32) -> String {
    format!("/institut/post?welle={wave}&meldung=erledigt")
}

const TEMPLATE: [&str; 5] = ["welle", "revision", "betreff", "text", "kennung"];

/// `POST /institut/post/vorlagen/{vorlage}`
pub(in crate::http) async fn template(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = fields.0.clone();
    let form = fields.only(&TEMPLATE)?;
    let wave = wave_of(&form)?;
    let revision = form.get("revision").parse();
    let revision = revision.map_err(|_| HttpError::BadForm("Die Fassung des Textes fehlt.".to_owned()))?;
    let (subject, body) = (form.get("betreff"), form.get("text"));
    let saved = state
        .portal()
        .mail_template_save(&session, &name, subject, body, revision)
        .await;
    let page = format!(
        "/institut/post/vorlagen/{}?welle={wave}&kennung={}",
        encoded(&name),
        encoded(form.get("kennung"))
    );
    match saved {
        Ok(()) => Ok(see(&format!("{page}&meldung=erledigt"))),
        Err(error) => {
            let target = format!("/institut/post/vorlagen/{}", encoded(&name));
            again(&state, session, error, typed, (&page, &target)).await
        }
    }
}

/// `POST /institut/post/vorlagen/{vorlage}/vorschau`: the page with what was
/// typed; stores nothing.
pub(in crate::http) async fn preview(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = fields.0.clone();
    let form = fields.only(&TEMPLATE)?;
    let page = format!("/institut/post/vorlagen/{}?welle={}", encoded(&name), wave_of(&form)?);
    let context = PageContext {
        typed: Some(Typed(typed)),
        ..PageContext::new(&state, Viewer(Some(session)))
    };
    Ok(render(context, &page).await)
}

/// `POST /institut/post/vorlagen/{vorlage}/zuruecksetzen`
pub(in crate::http) async fn reset_template(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["welle"])?;
    state
        .portal()
        .mail_template_reset(&session, &name)
        .await
        .map_err(refused)?;
    Ok(see(&format!(
        "/institut/post/vorlagen/{}?welle={}&meldung=erledigt",
        encoded(&name),
        wave_of(&form)?
    )))
}

/// `POST /institut/post/ausgang/{id}`
pub(in crate::http) async fn act(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["tun"])?;
    let act: OutboxAct = form
        .get("tun")
        .parse()
        .map_err(|()| HttpError::BadForm("Was soll mit der E-Mail geschehen?".to_owned()))?;
    state.portal().outbox_act(&session, &id, act).await.map_err(refused)?;
    state.jobs().wake();
    Ok(see(&format!(
        "/institut/post/ausgang/{}?meldung=erledigt",
        encoded(&id)
    )))
}

/// `POST /institut/post/ausgang`: the failed ones of a filter once more.
pub(in crate::http) async fn act_again(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["welle", "art", "schritt", "suche", "anzahl"])?;
    let wave = wave_of(&form)?;
    let (kind, step) = (form.get("art"), form.get("schritt"));
    let filter = OutboxFilter {
        // As on the page: links for passwords belong to no wave.
        wave: (!step.is_empty()).then_some(wave),
        state: Some(MailState::Failed),
        kind: kind.parse().ok(),
        step: step.to_owned(),
        search: form.get("suche").to_owned(),
        after: String::new(),
    };
    if !kind.is_empty() && filter.kind.is_none() {
        return Err(HttpError::BadForm("Diese Art von E-Mails gibt es nicht.".to_owned()));
    }
    let expected = form.get("anzahl").parse();
    let expected = expected.map_err(|_| HttpError::BadForm("Die bestätigte Anzahl fehlt.".to_owned()))?;
    let done = state.portal().outbox_again(&session, &filter, expected).await;
    done.map_err(refused)?;
    state.jobs().wake();
    Ok(see(&format!(
        "/institut/post/ausgang?welle={wave}&art={}&schritt={}&suche={}&meldung=erledigt",
        encoded(kind),
        encoded(step),
        encoded(&filter.search)
    )))
}

/// `GET /institut/post/ausgang/{id}/html`: the HTML part as a document of its
/// own, with no more rights than its one style sheet needs.
pub(in crate::http) async fn html_part(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(id): Path<String>,
) -> Result<Response, HttpError> {
    let mail = state.portal().outbox_mail(&session, &id).await.map_err(refused)?;
    let html = mail.html.ok_or(HttpError::NotFound)?;
    let style = html
        .split("<style>")
        .nth(1)
        .and_then(|rest| rest.split("</style>").next())
        .unwrap_or_default();
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let policy = HeaderValue::from_str(&policy).map_err(|_| HttpError::Internal("no policy".into()))?;
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    Ok((
        [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, policy)],
        html,
    )
        .into_response())
}

/// `POST /institut/post/erinnern`
pub(in crate::http) async fn remind(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let mut fields = fields;
    let CaseList { filter, .. } = take_list(&mut fields)?;
    let form = fields.only(&["welle", "kennung", "vorlage", "anzahl", "auswahl", "einmal"])?;
    let wave = wave_of(&form)?;
    let kennung = Some(form.get("kennung")).filter(|one| !one.is_empty());
    let count = form.get("anzahl").parse();
    let seen = Confirmed {
        count: count.map_err(|_| HttpError::BadForm("Die bestätigte Anzahl fehlt.".to_owned()))?,
        offices: form.get("auswahl").to_owned(),
    };
    let (template, once) = (form.get("vorlage"), form.get("einmal"));
    let portal = state.portal();
    match portal
        .remind(&session, wave, &filter, kennung, template, &seen, once)
        .await
    {
        Ok(_) => {
            state.jobs().wake();
            Ok(see(&format!("/institut/post/ausgang?welle={wave}&meldung=erinnert")))
        }
        Err(RemindError::Staff(error)) => Err(refused(error)),
        Err(changed) => {
            let list = CaseList {
                filter,
                ..CaseList::read(|_| Vec::new()).0
            };
            let page = format!(
                "/institut/post/erinnern?welle={wave}&kennung={}&vorlage={}&{}",
                encoded(form.get("kennung")),
                encoded(template),
                query_of(&list)
            );
            let error = FieldError {
                field: "anzahl".to_owned(),
                code: "changed".to_owned(),
                message: changed.to_string(),
            };
            let error = FormError::Invalid(vec![error]);
            again(&state, session, error, Vec::new(), (&page, "/institut/post/erinnern")).await
        }
    }
}

/// `POST /institut/fall/{kennung}/kontakte/{was}`
pub(in crate::http) async fn contact(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path((kennung, what)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let mut typed = fields.0.clone();
    typed.push((WHICH.to_owned(), what.clone()));
    let names: &[&'static str] = match what.as_str() {
        "notiz" => &["welle", "stand", "art", "notiz"],
        "schreiben" => &["welle", "stand", "betreff", "text", "einmal"],
        "adresse" => &["welle", "stand", "name", "email"],
        "abmelden" => &["welle", "stand", "grund"],
        "bestaetigen" | "anmelden" => &["welle", "stand"],
        _ => return Err(HttpError::NotFound),
    };
    let form = fields.only(names)?;
    let wave = wave_of(&form)?;
    let case = case_of(&form, &kennung)?;
    let portal = state.portal();
    let done: Result<(), FormError> = match what.as_str() {
        "notiz" => {
            portal
                .log_contact(&session, wave, case, form.get("art"), form.get("notiz"))
                .await
        }
        "schreiben" => {
            let letter = Letter {
                subject: form.get("betreff").to_owned(),
                text: form.get("text").to_owned(),
                once: form.get("einmal").to_owned(),
            };
            portal.write_to(&session, wave, &kennung, &letter).await
        }
        "adresse" => {
            portal
                .contact_change(&session, wave, case, form.get("name"), form.get("email"))
                .await
        }
        "abmelden" => portal
            .opt_out(&session, wave, case, form.get("grund"))
            .await
            .map_err(reason_missing),
        "anmelden" => portal.opt_in(&session, wave, case).await.map_err(FormError::from),
        _ => portal
            .address_confirm(&session, wave, case)
            .await
            .map_err(FormError::from),
    };
    let page = format!("/institut/fall/{}/kontakte?welle={wave}", encoded(&kennung));
    match done {
        Ok(()) => {
            state.jobs().wake();
            let told = if what == "schreiben" { "geschrieben" } else { "erledigt" };
            Ok(see(&format!("{page}&meldung={told}")))
        }
        Err(error) => {
            let target = format!("/institut/fall/{}/kontakte/{what}", encoded(&kennung));
            again(&state, session, error, typed, (&page, &target)).await
        }
    }
}

fn reason_missing(error: StaffError) -> FormError {
    match error {
        StaffError::Reason => FormError::Invalid(vec![FieldError {
            field: "grund".to_owned(),
            code: "length".to_owned(),
            message: error.to_string(),
        }]),
        other => other.into(),
    }
}

/// The page once more, with what was typed and what is wrong with it.
pub(super) async fn again(
    state: &AppState,
    session: Session,
    error: FormError,
    typed: Vec<(String, String)>,
    (page, target): (&str, &str),
) -> Result<Response, HttpError> {
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    let errors = match error {
        FormError::Staff(error @ StaffError::Changed(_)) => {
            status = StatusCode::CONFLICT;
            vec![("stand".to_owned(), error.to_string())]
        }
        FormError::Invalid(list) => list.into_iter().map(|one| (one.field, one.message)).collect(),
        FormError::Staff(error) => {
            let fields = typed.into_iter().filter(|(name, _)| name != WHICH).collect();
            return Ok(retry::with_fields(refused(error), target.to_owned(), fields));
        }
    };
    let context = PageContext {
        errors: Some(FormErrors(errors)),
        typed: (!typed.is_empty()).then_some(Typed(typed)),
        ..PageContext::new(state, Viewer(Some(session)))
    };
    let mut answer = render(context, page).await;
    *answer.status_mut() = status;
    Ok(answer)
}

pub(super) fn wave_of(form: &Named) -> Result<i32, HttpError> {
    let wave = form.get("welle").parse();
    wave.map_err(|_| HttpError::BadForm("Diese Welle gibt es nicht.".to_owned()))
}
