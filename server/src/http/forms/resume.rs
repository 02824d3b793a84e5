//! What was posted after a session had ended, applied after signing in again:
//! only where it was meant for the unit that signed in.

use super::answers::{self, UNIT};
use super::queries;
use crate::http::error::HttpError;
use crate::http::fields::Fields;
use crate::http::pages::{PageContext, render};
use crate::http::paths;
use crate::http::state::AppState;
use app::{Failure, Resume};
use axum::response::Response;
use portal::{Session, Who};

/// Applies carried fields to the path they were posted to and says where to
/// go then. Submitting and deciding are asked for again instead.
pub(super) async fn apply(
    state: &AppState,
    session: &Session,
    target: &str,
    fields: Fields,
) -> Result<String, HttpError> {
    let Who::Unit { kennung, .. } = &session.who else {
        // A decision is made on the page of its case.
        let case = target.rsplit_once('/').map_or(target, |(case, _)| case);
        return Ok(paths::after_sign_in(case, &session.who));
    };
    let made_for = fields.0.iter().find(|(name, _)| name == UNIT).map(|(_, value)| value);
    if made_for != Some(kennung) {
        return Ok("/befragung?meldung=andere-einheit".to_owned());
    }
    let done = match target.strip_prefix("/befragung/") {
        Some("pruefung") => answers::store_reasons(state.portal(), session, fields).await,
        Some("rueckfrage") => queries::store(state.portal(), session, fields).await,
        // What was meant for one colleague is decided on their page.
        Some(rest) if rest.starts_with("kollegen/") => Ok(paths::after_sign_in("/befragung/kollegen", &session.who)),
        Some("abgabe" | "kollegen" | "quittung" | "druck" | "rueckfrage/senden") | None => {
            Ok(paths::after_sign_in(target, &session.who))
        }
        Some(letter) => answers::store_module(state.portal(), session, letter, fields).await,
    };
    match done {
        // Closed or handed in meanwhile: the page itself shows how it stands.
        Err(HttpError::Refused(_)) => Ok(paths::after_sign_in(target, &session.who)),
        done => done,
    }
}

/// What staff writes (texts, letters, notes, an office's answers) is offered to
/// be sent once more: nobody but who presses the button sends it.
pub(super) fn is_to_be_sent_again(session: &Session, target: &str) -> bool {
    const DESKS: [&str; 2] = ["/institut/post/", "/institut/verwaltung/"];
    const AT_A_CASE: [&str; 6] = ["/kontakte/", "/rueckfrage", "/eingabe/", "/notizen", "/anruf", "/frist"];
    let written =
        DESKS.iter().any(|desk| target.starts_with(desk)) || AT_A_CASE.iter().any(|form| target.contains(form));
    let handed_in = target.ends_with("/eingabe/abgabe");
    let staff = matches!(session.who, Who::Staff { .. });
    staff && written && !handed_in && paths::after_sign_in(target, &session.who) == target
}

/// The page that offers it.
pub(super) async fn offer(context: PageContext, target: &str, fields: Vec<(String, String)>) -> Response {
    let failure = Failure {
        status: 200,
        title: "Sie sind wieder angemeldet".into(),
        text: "Was Sie zuletzt gesendet haben, kam an, als Ihre Anmeldung schon abgelaufen war.".into(),
        retry: Some(Resume {
            target: target.to_owned(),
            fields,
        }),
        ..Failure::default()
    };
    let context = PageContext {
        failure: Some(failure),
        ..context
    };
    render(context, "/institut").await
}
