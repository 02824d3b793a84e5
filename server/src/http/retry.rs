//! A form that could not be stored comes back with everything typed, to be
//! sent once more: pages are not kept by browsers, so going back would lose it.

use super::error::HttpError;
use super::fields::Fields;
use super::forms::CARRIED;
use app::Resume;
use axum::extract::Request;
use axum::http::Method;
use axum::response::{IntoResponse, Response};

/// The form an answer carries until it becomes a page.
#[derive(Clone, Debug)]
pub(super) struct Unstored(pub(super) Resume);

/// Answers with `error`, and with the form of the request where it is one that
/// holds answers.
pub(super) async fn with_form(error: HttpError, request: Request) -> Response {
    let target = request.uri().path().to_owned();
    let signs_in = target == "/anmelden";
    // The forms of one's own account hold passwords.
    let holds_answers = target.starts_with("/befragung/") && !target.starts_with("/befragung/konto/");
    if *request.method() != Method::POST || !(signs_in || holds_answers) {
        return error.into_response();
    }
    match Fields::read(request).await {
        // What the sign-in page carried along; never the password.
        Ok(mut fields) if signs_in => {
            let carried = fields.take_prefixed(CARRIED);
            with_fields(error, fields.take("weiter").unwrap_or_default(), carried)
        }
        Ok(Fields(fields)) => with_fields(error, target, fields),
        Err(_) => error.into_response(),
    }
}

/// The same where the fields have been read already.
pub(super) fn with_fields(error: HttpError, target: String, fields: Vec<(String, String)>) -> Response {
    let ours = target.starts_with("/befragung/") || target.starts_with("/institut/");
    let unstored = matches!(error, HttpError::Store(_)) && !fields.is_empty() && ours;
    let mut response = error.into_response();
    if unstored {
        response.extensions_mut().insert(Unstored(Resume { target, fields }));
    }
    response
}
