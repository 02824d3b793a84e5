//! What is kept how long: periods, and the run that a number confirms.

use super::account::Refused;
use super::decision::refused;
use super::see;
use crate::http::error::HttpError;
use crate::http::fields::Fields;
use crate::http::pages::PageContext;
use crate::http::session::SignedIn;
use crate::http::state::AppState;
use app::{Typed, Viewer};
use axum::extract::State;
use axum::response::Response;
use portal::{FieldError, FormError, StaffError};

const PAGE: &str = "/institut/verwaltung/aufbewahrung";

/// `POST /institut/verwaltung/aufbewahrung/fristen`
pub(in crate::http) async fn rules(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = fields.0.clone();
    let form = fields.only(&["contacts", "accounts", "mails", "notes", "networks", "automatisch"])?;
    let automatic = match form.get("automatisch") {
        "" | "nein" => false,
        "ja" => true,
        _ => return Err(HttpError::BadForm("Von selbst oder von Hand?".to_owned())),
    };
    let months = |kind: portal::RetentionKind| form.get(kind.name()).to_owned();
    match state.portal().retention_set(&session, months, automatic).await {
        Ok(()) => {
            state.jobs().wake();
            Ok(see(&format!("{PAGE}?meldung=erledigt")))
        }
        Err(FormError::Staff(error)) => Err(refused(error)),
        Err(FormError::Invalid(errors)) => {
            let context = PageContext {
                typed: Some(Typed(typed)),
                ..PageContext::new(&state, Viewer(Some(session)))
            };
            Refused::fields(errors).answer(context, PAGE).await
        }
    }
}

/// `POST /institut/verwaltung/aufbewahrung/loeschen`
pub(in crate::http) async fn begin(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = fields.0.clone();
    let form = fields.only(&["anzahl"])?;
    let text = form.get("anzahl").trim().replace('.', "");
    let begun = match text.parse() {
        Ok(number) => state.portal().retention_begin(&session, number).await,
        Err(_) => Err(StaffError::Refused(format!(
            "„{}“ ist keine Anzahl. Bitte geben Sie die Zahl aus der Vorschau ein.",
            form.get("anzahl")
        ))),
    };
    match begun {
        Ok(()) => {
            state.jobs().wake();
            Ok(see(&format!("{PAGE}?meldung=loeschung")))
        }
        Err(StaffError::Refused(message)) => {
            // Who may not look at the page is told so by the page.
            let context = PageContext {
                typed: Some(Typed(typed)),
                ..PageContext::new(&state, Viewer(Some(session)))
            };
            let error = FieldError {
                field: "anzahl".to_owned(),
                code: "wrong".to_owned(),
                message,
            };
            Refused::fields(vec![error]).answer(context, PAGE).await
        }
        Err(error) => Err(refused(error)),
    }
}
