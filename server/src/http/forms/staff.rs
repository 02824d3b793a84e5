//! Accounts of the institute's staff, as administrators add and change them.

use super::account::Refused;
use super::decision::refused;
use super::see;
use crate::http::error::HttpError;
use crate::http::fields::Fields;
use crate::http::pages::PageContext;
use crate::http::paths::encoded;
use crate::http::session::SignedIn;
use crate::http::state::AppState;
use app::{Typed, Viewer};
use axum::extract::{Path, State};
use axum::response::Response;
use portal::{Session, StaffAccountError, StaffChange};

const LIST: &str = "/institut/verwaltung/konten";

/// `POST /institut/verwaltung/konten`
pub(in crate::http) async fn invite(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = fields.0.clone();
    let form = fields.only(&["email", "name", "rolle"])?;
    let invited = state
        .portal()
        .staff_invite(&session, form.get("email"), form.get("name"), form.get("rolle"))
        .await;
    match invited {
        Ok(()) => {
            state.jobs().wake();
            Ok(see(&format!("{LIST}?meldung=eingeladen")))
        }
        Err(error) => again(&state, session, error, typed, LIST).await,
    }
}

/// `POST /institut/verwaltung/konten/{id}/{was}`
pub(in crate::http) async fn change(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path((id, what)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = fields.0.clone();
    let names: &[&'static str] = match what.as_str() {
        "rolle" => &["rolle"],
        "name" => &["name"],
        _ => &[],
    };
    let form = fields.only(names)?;
    let change = match what.as_str() {
        "rolle" => StaffChange::Role(
            form.get("rolle")
                .parse()
                .map_err(|_| HttpError::BadForm("Diese Rolle gibt es nicht.".to_owned()))?,
        ),
        "name" => StaffChange::Name(form.get("name").to_owned()),
        "sperren" => StaffChange::Disable,
        "oeffnen" => StaffChange::Enable,
        "zweiter-schritt" => StaffChange::ResetFactor,
        "einladen" => StaffChange::InviteAgain,
        _ => return Err(HttpError::NotFound),
    };
    let page = format!("{LIST}/{}", encoded(&id));
    match state.portal().staff_change(&session, &id, change).await {
        Ok(()) => {
            state.jobs().wake();
            Ok(see(&format!("{page}?meldung=erledigt")))
        }
        Err(error) => again(&state, session, error, typed, &page).await,
    }
}

async fn again(
    state: &AppState,
    session: Session,
    error: StaffAccountError,
    typed: Vec<(String, String)>,
    page: &str,
) -> Result<Response, HttpError> {
    match error {
        StaffAccountError::Staff(error) => Err(refused(error)),
        StaffAccountError::Invalid(errors) => {
            let context = PageContext {
                typed: Some(Typed(typed)),
                ..PageContext::new(state, Viewer(Some(session)))
            };
            Refused::fields(errors).answer(context, page).await
        }
    }
}
