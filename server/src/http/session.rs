//! Who is asking: the session cookie, looked up once per request, and who may
//! enter which part of the portal. Use cases get the session from here and
//! never take a unit from a request.

use super::error::HttpError;
use super::fields::Fields;
use super::pages::{PageContext, render};
use super::retry;
use super::state::AppState;
use app::{Resume, Viewer};
use axum::Extension;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use portal::{BaseUrl, Session, Who};

/// Sent along by scripts that fetch a page nobody asked for.
const QUIETLY: &str = "x-nebenbei";

/// Puts [`Viewer`] into the request, and into a failed answer for its page.
pub(super) async fn look_up(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let quietly = is_by_itself(&request);
    let session = match token(request.headers(), state.base_url()) {
        None => Ok(None),
        Some(token) if quietly => state.portal().session_quietly(token).await,
        Some(token) => state.portal().session(token).await,
    };
    let viewer = match session {
        Ok(session) => Viewer(session),
        Err(error) => return retry::with_form(error.into(), request).await,
    };
    request.extensions_mut().insert(viewer.clone());
    let mut response = next.run(request).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        response.extensions_mut().insert(viewer);
    }
    response
}

/// What pages do by themselves is no use of the sign-in: it ends although they
/// stay open.
fn is_by_itself(request: &Request) -> bool {
    request.uri().path() == "/institut/ereignisse" || request.headers().contains_key(QUIETLY)
}

/// The questionnaire belongs to units, the institute to staff; to the other
/// kind neither exists. Who is signed out is asked to sign in, and whatever
/// was posted is carried along.
pub(super) async fn guard(
    State(state): State<AppState>,
    Extension(viewer): Extension<Viewer>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let for_units = within(path, "/befragung");
    let for_staff = within(path, "/institut");
    match viewer.0.as_ref().map(|session| &session.who) {
        _ if !for_units && !for_staff => next.run(request).await,
        Some(Who::Unit { .. }) if for_units => next.run(request).await,
        Some(Who::Staff { .. }) if for_staff && !within(path, OWN) && lacks_factor(&state, &viewer) => {
            Redirect::to(SET_UP).into_response()
        }
        Some(Who::Staff { .. }) if for_staff => next.run(request).await,
        Some(_) => HttpError::NotFound.into_response(),
        // Passwords are never carried along.
        None if within(path, OWN) || within(path, "/befragung/konto") => {
            let own = if for_staff { OWN } else { "/befragung/konto" };
            Redirect::to(&super::paths::sign_in_for(own)).into_response()
        }
        None if *request.method() == Method::POST => carry_along(&state, request).await,
        None => {
            let wanted = request.uri().path_and_query().map_or(path, |whole| whole.as_str());
            Redirect::to(&super::paths::sign_in_for(wanted)).into_response()
        }
    }
}

/// One's own account: all that is open to staff who lack a second factor.
const OWN: &str = "/institut/konto";
/// Where they set it up.
const SET_UP: &str = "/institut/konto/zweiter-schritt";

fn lacks_factor(state: &AppState, viewer: &Viewer) -> bool {
    viewer
        .0
        .as_ref()
        .is_some_and(|session| state.portal().lacks_factor(session))
}

fn within(path: &str, part: &str) -> bool {
    path.strip_prefix(part)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The sign-in page with everything that was posted in hidden fields.
async fn carry_along(state: &AppState, request: Request) -> Response {
    let target = request.uri().path().to_owned();
    let Fields(fields) = match Fields::read(request).await {
        Ok(fields) => fields,
        Err(error) => return error.into_response(),
    };
    let context = PageContext {
        resume: Some(Resume { target, fields }),
        ..PageContext::new(state, Viewer(None))
    };
    let mut page = render(context, "/anmelden").await;
    *page.status_mut() = StatusCode::UNAUTHORIZED;
    page
}

/// The session behind a request that [`guard`] let in.
pub(super) struct SignedIn(pub(super) Session);

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, HttpError> {
        let viewer = parts.extensions.get::<Viewer>().cloned().unwrap_or_default();
        viewer.0.map(Self).ok_or(HttpError::NotFound)
    }
}

/// The two cookies there are.
#[derive(Clone, Copy)]
enum Cookie {
    /// Somebody is signed in.
    Session,
    /// The password was right, the code is awaited.
    Pending,
}

impl Cookie {
    /// Its name: with the strictest prefix wherever it is encrypted.
    fn name(self, base_url: &BaseUrl) -> &'static str {
        match (self, base_url.is_https()) {
            (Self::Session, true) => "__Host-ruecklauf",
            (Self::Session, false) => "ruecklauf",
            (Self::Pending, true) => "__Host-ruecklauf-code",
            (Self::Pending, false) => "ruecklauf-code",
        }
    }
}

fn token<'a>(headers: &'a HeaderMap, base_url: &BaseUrl) -> Option<&'a str> {
    value_of(headers, Cookie::Session.name(base_url))
}

/// What a sign-in that awaits its code goes by.
pub(super) fn pending<'a>(headers: &'a HeaderMap, base_url: &BaseUrl) -> Option<&'a str> {
    value_of(headers, Cookie::Pending.name(base_url))
}

fn value_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name && !value.is_empty()).then_some(value))
}

/// The cookie of a new session; ends with the browser.
pub(super) fn signed_in(response: &mut Response, token: &str, base_url: &BaseUrl) -> Result<(), HttpError> {
    set_cookie(response, (Cookie::Session, token), "", base_url)
}

/// The cookie of a sign-in that awaits its code.
pub(super) fn awaits_code(response: &mut Response, token: &str, base_url: &BaseUrl) -> Result<(), HttpError> {
    set_cookie(response, (Cookie::Pending, token), "; Max-Age=600", base_url)
}

/// Takes that cookie away.
pub(super) fn awaits_no_code(response: &mut Response, base_url: &BaseUrl) -> Result<(), HttpError> {
    set_cookie(response, (Cookie::Pending, ""), "; Max-Age=0", base_url)
}

/// Takes the cookie away.
pub(super) fn signed_out(response: &mut Response, base_url: &BaseUrl) -> Result<(), HttpError> {
    set_cookie(response, (Cookie::Session, ""), "; Max-Age=0", base_url)
}

fn set_cookie(
    response: &mut Response,
    (cookie, value): (Cookie, &str),
    more: &str,
    base_url: &BaseUrl,
) -> Result<(), HttpError> {
    let secure = if base_url.is_https() { "; Secure" } else { "" };
    let cookie = format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}",
        cookie.name(base_url)
    );
    let cookie =
        HeaderValue::from_str(&cookie).map_err(|_| HttpError::Internal("session token is no header value".into()))?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(())
}
