//! Signing in and out, asking for access, setting a password.

use super::{resume, see};
use crate::http::address::ClientAddress;
use crate::http::error::HttpError;
use crate::http::fields::Fields;
use crate::http::pages::{PageContext, render};
use crate::http::paths;
use crate::http::retry;
use crate::http::session::{awaits_code, awaits_no_code, pending, signed_in, signed_out};
use crate::http::state::AppState;
use app::{FormErrors, Resume, Typed, Viewer};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use chrono::{DateTime, Utc};
use portal::{CodeError, FieldError, NewSession, RequestAccessError, SetPasswordError, SignInError};

/// Prefix of the fields that were posted after a session had ended.
pub(in crate::http) const CARRIED: &str = "fort__";

/// `POST /anmelden`
pub(in crate::http) async fn sign_in(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    ClientAddress(from): ClientAddress,
    mut fields: Fields,
) -> Result<Response, HttpError> {
    let carried = fields.take_prefixed(CARRIED);
    let form = fields.only(&["kennung", "passwort", "weiter"])?;
    let (login, wanted) = (form.get("kennung"), form.get("weiter"));
    let refused = match state.portal().sign_in(login, form.get("passwort"), from).await {
        Ok(new) => return begun(&state, &viewer, new, wanted, carried).await,
        Err(SignInError::CodeNeeded(pending)) => {
            let mut response = if carried.is_empty() {
                see(&code_page(wanted))
            } else {
                let context = carrying(&state, wanted, carried);
                render(context, CODE).await
            };
            awaits_code(&mut response, &pending.token, state.base_url())?;
            return Ok(response);
        }
        Err(SignInError::Store(error)) => {
            return Ok(retry::with_fields(error.into(), wanted.to_owned(), carried));
        }
        Err(SignInError::Wrong) => Refused::new(StatusCode::UNPROCESSABLE_ENTITY, WRONG),
        Err(SignInError::Throttled { until }) => Refused::until(until, &state),
    };
    let mut context = carrying(&state, wanted, carried);
    if let Some(typed) = &mut context.typed {
        typed.0.push(("kennung".to_owned(), login.to_owned()));
    }
    refused.answer(context, "/anmelden").await
}

const CODE: &str = "/anmelden/code";

fn code_page(wanted: &str) -> String {
    match wanted {
        "" => CODE.to_owned(),
        wanted => format!("{CODE}?weiter={}", paths::encoded(wanted)),
    }
}

/// A page of signing in that carries on what one wanted and had posted.
fn carrying(state: &AppState, wanted: &str, carried: Vec<(String, String)>) -> PageContext {
    let resume = (!carried.is_empty()).then(|| Resume {
        target: wanted.to_owned(),
        fields: carried,
    });
    PageContext {
        resume,
        typed: Some(Typed(vec![("weiter".to_owned(), wanted.to_owned())])),
        ..PageContext::new(state, Viewer(None))
    }
}

/// Somebody is signed in, also where what was carried along is refused.
async fn begun(
    state: &AppState,
    viewer: &Viewer,
    new: NewSession,
    wanted: &str,
    carried: Vec<(String, String)>,
) -> Result<Response, HttpError> {
    if let Some(earlier) = &viewer.0 {
        state.portal().sign_out(earlier).await?;
    }
    let mut response = if carried.is_empty() {
        see(&paths::after_sign_in(wanted, &new.session.who))
    } else if resume::is_to_be_sent_again(&new.session, wanted) {
        let context = PageContext::new(state, Viewer(Some(new.session.clone())));
        resume::offer(context, wanted, carried).await
    } else {
        match resume::apply(state, &new.session, wanted, Fields(carried.clone())).await {
            Ok(next) => see(&next),
            Err(error) => retry::with_fields(error, wanted.to_owned(), carried),
        }
    };
    signed_in(&mut response, &new.token, state.base_url())?;
    Ok(response)
}

/// `POST /anmelden/code`: the second step of signing in.
pub(in crate::http) async fn code(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    mut fields: Fields,
) -> Result<Response, HttpError> {
    let carried = fields.take_prefixed(CARRIED);
    let form = fields.only(&["code", "weiter"])?;
    let wanted = form.get("weiter");
    let token = pending(&headers, state.base_url()).unwrap_or_default();
    let (refused, page) = match state.portal().sign_in_code(token, form.get("code"), from).await {
        Ok(new) => {
            let mut response = begun(&state, &viewer, new, wanted, carried).await?;
            // First away with the one, then the other: some clients keep only the last.
            let session = response.headers_mut().remove(header::SET_COOKIE);
            awaits_no_code(&mut response, state.base_url())?;
            if let Some(session) = session {
                response.headers_mut().append(header::SET_COOKIE, session);
            }
            return Ok(response);
        }
        Err(CodeError::Store(error)) => return Ok(retry::with_fields(error.into(), wanted.to_owned(), carried)),
        Err(error @ CodeError::Expired) => {
            let refused = Refused::new(StatusCode::UNAUTHORIZED, &error.to_string());
            (refused, "/anmelden")
        }
        Err(error @ CodeError::Wrong) => {
            let refused = Refused::at("code", StatusCode::UNPROCESSABLE_ENTITY, &error.to_string());
            (refused, CODE)
        }
        Err(CodeError::Throttled { until }) => (
            Refused::until(until, &state)
                .moved_to("code")
                .adding("Ein Wiederherstellungscode gilt auch jetzt."),
            CODE,
        ),
    };
    refused.answer(carrying(&state, wanted, carried), page).await
}

/// `POST /abmelden`; with `ueberall` on every computer.
pub(in crate::http) async fn sign_out(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["ueberall"])?;
    if let Some(session) = &viewer.0 {
        if form.get("ueberall").is_empty() {
            state.portal().sign_out(session).await?;
        } else {
            state.portal().sign_out_everywhere(session).await?;
        }
    }
    let mut response = see("/anmelden?meldung=abgemeldet");
    signed_out(&mut response, state.base_url())?;
    Ok(response)
}

/// `POST /passwort-vergessen`: the same answer for every name.
pub(in crate::http) async fn request_access(
    State(state): State<AppState>,
    ClientAddress(from): ClientAddress,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["kennung"])?;
    let login = form.get("kennung").trim();
    let typed = Some(Typed(vec![("kennung".to_owned(), login.to_owned())]));
    let context = PageContext {
        typed,
        ..PageContext::new(&state, Viewer(None))
    };
    if login.is_empty() {
        let refused = Refused::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Bitte geben Sie Ihre Kennung oder E-Mail-Adresse ein.",
        );
        return refused.answer(context, "/passwort-vergessen").await;
    }
    match state.portal().request_access(login, from).await {
        Ok(()) => {
            state.jobs().wake();
            Ok(see("/anmelden?meldung=zugang-angefordert"))
        }
        Err(RequestAccessError::Store(error)) => Err(error.into()),
        Err(RequestAccessError::Throttled { until }) => {
            Refused::until(until, &state)
                .answer(context, "/passwort-vergessen")
                .await
        }
    }
}

/// `POST /zugang/{token}`
pub(in crate::http) async fn set_password(
    State(state): State<AppState>,
    Path(token): Path<String>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["passwort", "passwort2"])?;
    let page = format!("/zugang/{}", paths::encoded(&token));
    let context = PageContext::new(&state, Viewer(None));
    match state
        .portal()
        .set_password(&token, form.get("passwort"), form.get("passwort2"))
        .await
    {
        Ok(()) => {
            state.jobs().wake();
            Ok(see("/anmelden?meldung=passwort-gesetzt"))
        }
        // The page itself says that the link no longer holds.
        Err(SetPasswordError::Expired) => Ok(render(context, &page).await),
        Err(SetPasswordError::Invalid(errors)) => Refused::fields(errors).answer(context, &page).await,
        Err(SetPasswordError::Store(error)) => Err(error.into()),
    }
}

const WRONG: &str = "Kennung oder Passwort stimmt nicht. Bitte prüfen Sie beides. Wenn Sie noch kein Passwort festgelegt haben, nutzen Sie den Link aus Ihrer Einladung.";

/// A form that is shown again with what was wrong.
pub(super) struct Refused {
    status: StatusCode,
    errors: FormErrors,
    /// Seconds until another attempt counts.
    retry_after: Option<i64>,
}

impl Refused {
    fn new(status: StatusCode, sentence: &str) -> Self {
        Self::at("kennung", status, sentence)
    }

    fn at(field: &str, status: StatusCode, sentence: &str) -> Self {
        Self {
            status,
            errors: FormErrors(vec![(field.to_owned(), sentence.to_owned())]),
            retry_after: None,
        }
    }

    /// Fields that do not do.
    pub(super) fn fields(errors: Vec<FieldError>) -> Self {
        let errors = errors.into_iter().map(|error| (error.field, error.message)).collect();
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            errors: FormErrors(errors),
            retry_after: None,
        }
    }

    /// The same about another field.
    pub(super) fn moved_to(mut self, field: &str) -> Self {
        for (name, _) in &mut self.errors.0 {
            field.clone_into(name);
        }
        self
    }

    /// The same with another sentence.
    fn adding(mut self, sentence: &str) -> Self {
        for (_, text) in &mut self.errors.0 {
            text.push(' ');
            text.push_str(sentence);
        }
        self
    }

    pub(super) fn until(until: DateTime<Utc>, state: &AppState) -> Self {
        let seconds = (until - state.portal().clock().now()).num_seconds().max(1);
        let wait = match seconds {
            1..90 => format!("{seconds} Sekunden"),
            _ => format!("{} Minuten", (seconds + 59) / 60),
        };
        let sentence = format!("Zu viele Versuche. Bitte versuchen Sie es in {wait} noch einmal.");
        Self {
            retry_after: Some(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, &sentence)
        }
    }

    pub(super) async fn answer(self, context: PageContext, path: &str) -> Result<Response, HttpError> {
        let mut page = render(
            PageContext {
                errors: Some(self.errors),
                ..context
            },
            path,
        )
        .await;
        *page.status_mut() = self.status;
        if let Some(seconds) = self.retry_after {
            page.headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        Ok(page)
    }
}
