//! What staff enters on behalf of an office: the office's own forms, stored
//! by a session that stands for the unit and says who entered it.

use super::answers::{store_module, store_reasons};
use super::decision::refused;
use super::see;
use crate::http::error::HttpError;
use crate::http::fields::Fields;
use crate::http::paths::encoded;
use crate::http::retry;
use crate::http::session::SignedIn;
use crate::http::state::AppState;
use axum::extract::{Path, State};
use axum::response::Response;
use portal::{Session, SubmitError};

/// `POST /institut/fall/{kennung}/eingabe/{modul}`
pub(in crate::http) async fn module(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path((kennung, letter)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let acting = acting(&state, &session, &kennung).await?;
    let typed = fields.0.clone();
    match store_module(state.portal(), &acting, &letter, fields).await {
        Ok(target) => Ok(see(&below(&kennung, &target))),
        Err(error) => Ok(retry::with_fields(error, format!("{}/{letter}", base(&kennung)), typed)),
    }
}

/// `POST /institut/fall/{kennung}/eingabe/pruefung`
pub(in crate::http) async fn review(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(kennung): Path<String>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let acting = acting(&state, &session, &kennung).await?;
    let typed = fields.0.clone();
    match store_reasons(state.portal(), &acting, fields).await {
        Ok(target) => Ok(see(&below(&kennung, &target))),
        Err(error) => Ok(retry::with_fields(error, format!("{}/pruefung", base(&kennung)), typed)),
    }
}

/// `POST /institut/fall/{kennung}/eingabe/abgabe`
pub(in crate::http) async fn submit(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(kennung): Path<String>,
    fields: Fields,
) -> Result<Response, HttpError> {
    fields.only(&["einheit"])?;
    let acting = acting(&state, &session, &kennung).await?;
    match state.portal().submit(&acting).await {
        Ok(_) => {
            state.jobs().wake();
            Ok(see(&format!("/institut/fall/{}?meldung=abgegeben", encoded(&kennung))))
        }
        Err(SubmitError::Open(_)) => Ok(see(&format!("{}?meldung=offen", base(&kennung)))),
        Err(SubmitError::Store(error)) => Err(error.into()),
        Err(other) => Err(HttpError::Refused(other.to_string())),
    }
}

/// The session that stands for the unit, in the wave that is in the field.
async fn acting(state: &AppState, session: &Session, kennung: &str) -> Result<Session, HttpError> {
    let wave = super::cases::current_wave(state).await?;
    state.portal().on_behalf(session, wave, kennung).await.map_err(refused)
}

fn base(kennung: &str) -> String {
    format!("/institut/fall/{}/eingabe", encoded(kennung))
}

/// Where an address of the office's lies for staff; what is open stands on
/// the overview.
fn below(kennung: &str, target: &str) -> String {
    let rest = target.strip_prefix("/befragung").unwrap_or_default();
    format!("{}{}", base(kennung), rest.strip_prefix("/pruefung").unwrap_or(rest))
}
