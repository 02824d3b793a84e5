//! One's own account: another password, the end of other sign-ins, the second
//! factor of the institute's staff. What is shown once is rendered at once.

use super::account::Refused;
use super::see;
use crate::http::address::ClientAddress;
use crate::http::error::HttpError;
use crate::http::fields::Fields;
use crate::http::pages::{PageContext, render};
use crate::http::paths::sign_in_for;
use crate::http::session::{SignedIn, signed_in};
use crate::http::state::AppState;
use app::{RecoveryCodes, Viewer};
use axum::extract::State;
use axum::response::Response;
use portal::{AccountError, Session, Who};

const FACTOR: &str = "/institut/konto/zweiter-schritt";
const CODES: &str = "/institut/konto/codes";

/// The page of one's own account.
fn home(session: &Session) -> &'static str {
    match session.who {
        Who::Unit { .. } => "/befragung/konto",
        Who::Staff { .. } => "/institut/konto",
    }
}

/// `POST …/konto/passwort`
pub(in crate::http) async fn password(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    ClientAddress(from): ClientAddress,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["passwort0", "passwort", "passwort2"])?;
    let new = (form.get("passwort"), form.get("passwort2"));
    let changed = state
        .portal()
        .change_password(&session, form.get("passwort0"), new, from)
        .await;
    let page = home(&session);
    match changed {
        Ok(renewed) => {
            state.jobs().wake();
            let mut response = see(&format!("{page}?meldung=passwort-geaendert"));
            signed_in(&mut response, &renewed.token, state.base_url())?;
            Ok(response)
        }
        Err(error) => again(&state, session, error, (page, "passwort0")).await,
    }
}

/// `POST …/konto/andere`: ends every other sign-in of the account.
pub(in crate::http) async fn others(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    fields.only(&[])?;
    let page = home(&session);
    match state.portal().sign_out_others(&session).await {
        Ok(()) => Ok(see(&format!("{page}?meldung=andere-beendet"))),
        Err(error) => again(&state, session, error, (page, "passwort0")).await,
    }
}

/// `POST /institut/konto/zweiter-schritt`
pub(in crate::http) async fn begin_factor(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    ClientAddress(from): ClientAddress,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["passwort", "code"])?;
    let proof = (form.get("passwort"), form.get("code"));
    match state.portal().factor_begin(&session, proof, from).await {
        Ok(()) => Ok(see(FACTOR)),
        Err(error) => again(&state, session, error, (FACTOR, "passwort")).await,
    }
}

/// `POST /institut/konto/zweiter-schritt/bestaetigen`
pub(in crate::http) async fn confirm_factor(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["code"])?;
    match state.portal().factor_confirm(&session, form.get("code")).await {
        Ok((renewed, codes)) => {
            let mut response = shown_once(&state, renewed.session, codes, true).await;
            signed_in(&mut response, &renewed.token, state.base_url())?;
            Ok(response)
        }
        Err(error) => again(&state, session, error, (FACTOR, "code")).await,
    }
}

/// `POST /institut/konto/zweiter-schritt/entfernen`
pub(in crate::http) async fn remove_factor(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    ClientAddress(from): ClientAddress,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["passwort", "code"])?;
    let proof = (form.get("passwort"), form.get("code"));
    match state.portal().factor_remove(&session, proof, from).await {
        Ok(()) => {
            state.jobs().wake();
            Ok(see("/institut/konto?meldung=schritt-entfernt"))
        }
        Err(error) => {
            again(
                &state,
                session,
                error,
                ("/institut/konto/zweiter-schritt?weg=1", "passwort"),
            )
            .await
        }
    }
}

/// `POST /institut/konto/codes`
pub(in crate::http) async fn new_codes(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    ClientAddress(from): ClientAddress,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["passwort", "code"])?;
    let proof = (form.get("passwort"), form.get("code"));
    match state.portal().factor_codes(&session, proof, from).await {
        Ok(codes) => Ok(shown_once(&state, session, codes, false).await),
        Err(error) => again(&state, session, error, (CODES, "passwort")).await,
    }
}

/// The codes are nowhere to be had again, so they are the answer itself.
async fn shown_once(state: &AppState, session: Session, codes: Vec<String>, first: bool) -> Response {
    state.jobs().wake();
    let context = PageContext {
        codes: Some(RecoveryCodes { codes, first }),
        ..PageContext::new(state, Viewer(Some(session)))
    };
    render(context, CODES).await
}

/// The page once more, with what is wrong; passwords are not shown again.
async fn again(
    state: &AppState,
    session: Session,
    error: AccountError,
    (page, field): (&str, &str),
) -> Result<Response, HttpError> {
    let refused = match error {
        AccountError::Invalid(errors) => Refused::fields(errors),
        AccountError::Throttled { until } => Refused::until(until, state).moved_to(field),
        AccountError::Refused(reason) => return Err(HttpError::Refused(reason)),
        AccountError::SignedOut => return Ok(see(&sign_in_for(page))),
        AccountError::Forbidden => return Err(HttpError::Forbidden),
        AccountError::Store(error) => return Err(error.into()),
    };
    refused
        .answer(PageContext::new(state, Viewer(Some(session))), page)
        .await
}
