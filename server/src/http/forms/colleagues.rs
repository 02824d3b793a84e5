//! What the head of an office posts about colleagues, and what staff may do
//! about them.

use super::answers::for_this_unit;
use super::decision::refused;
use super::see;
use crate::http::error::HttpError;
use crate::http::fields::Fields;
use crate::http::pages::{PageContext, render};
use crate::http::paths::encoded;
use crate::http::session::SignedIn;
use crate::http::state::AppState;
use app::{FormErrors, Typed, Viewer};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use portal::{ColleagueError, ColleagueForm, Session};

const PAGE: &str = "/befragung/kollegen";

/// `POST /befragung/kollegen`
pub(in crate::http) async fn invite(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    mut fields: Fields,
) -> Result<Response, HttpError> {
    for_this_unit(&session, &mut fields)?;
    let typed = fields.0.clone();
    let form = read(fields, true)?;
    match state.portal().colleague_invite(&session, &form).await {
        Ok(()) => {
            state.jobs().wake();
            Ok(see(&format!("{PAGE}?meldung=kollege-eingeladen")))
        }
        Err(error) => again(&state, session, error, typed).await,
    }
}

/// `POST /befragung/kollegen/{id}/{was}`
pub(in crate::http) async fn act(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path((id, what)): Path<(String, String)>,
    mut fields: Fields,
) -> Result<Response, HttpError> {
    for_this_unit(&session, &mut fields)?;
    let mut typed = fields.0.clone();
    typed.push(("formular".to_owned(), id.clone()));
    let portal = state.portal();
    let (done, told) = match what.as_str() {
        "aendern" => {
            let form = read(fields, false)?;
            (portal.colleague_change(&session, &id, &form).await, "erledigt")
        }
        "erneut" => {
            fields.only(&[])?;
            (portal.colleague_resend(&session, &id).await, "kollege-eingeladen")
        }
        "zurueckziehen" => {
            fields.only(&[])?;
            (portal.colleague_withdraw(&session, &id).await, "kollege-entzogen")
        }
        _ => return Err(HttpError::NotFound),
    };
    match done {
        Ok(()) => {
            state.jobs().wake();
            Ok(see(&format!("{PAGE}?meldung={told}")))
        }
        Err(error) => again(&state, session, error, typed).await,
    }
}

/// `POST /institut/fall/{kennung}/kollegen`
pub(in crate::http) async fn disable(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(kennung): Path<String>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["welle", "konto"])?;
    let wave = super::post::wave_of(&form)?;
    let done = state
        .portal()
        .office_colleague_withdraw(&session, wave, &kennung, form.get("konto"))
        .await;
    done.map_err(refused)?;
    Ok(see(&format!(
        "/institut/fall/{}/kontakte?welle={wave}&meldung=kollege-entzogen",
        encoded(&kennung)
    )))
}

/// Reads a form; `abschnitt` comes once per module.
fn read(mut fields: Fields, with_person: bool) -> Result<ColleagueForm, HttpError> {
    let mut modules = Vec::new();
    while let Some(letter) = fields.take("abschnitt") {
        modules.push(letter);
    }
    let names: &[&'static str] = match with_person {
        true => &["name", "email", "umfang", "vertretung"],
        false => &["umfang", "vertretung"],
    };
    let form = fields.only(names)?;
    Ok(ColleagueForm {
        name: form.get("name").to_owned(),
        email: form.get("email").to_owned(),
        modules,
        all: form.get("umfang") == "alles",
        deputy: !form.get("vertretung").is_empty(),
    })
}

/// The page once more, with what was typed and what is wrong with it.
async fn again(
    state: &AppState,
    session: Session,
    error: ColleagueError,
    typed: Vec<(String, String)>,
) -> Result<Response, HttpError> {
    let errors = match error {
        ColleagueError::HeadOnly => return Err(HttpError::HeadOnly),
        ColleagueError::NotFound => return Err(HttpError::NotFound),
        ColleagueError::Store(error) => return Err(error.into()),
        ColleagueError::Refused(sentence) => vec![("kollegen".to_owned(), sentence)],
        ColleagueError::Invalid(list) => list.into_iter().map(|one| (one.field, one.message)).collect(),
    };
    let context = PageContext {
        errors: Some(FormErrors(errors)),
        typed: Some(Typed(typed)),
        ..PageContext::new(state, Viewer(Some(session)))
    };
    let mut answer = render(context, PAGE).await;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}
