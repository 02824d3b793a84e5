//! Functions of the hydrated form, which programs call with JSON. What cannot
//! be read is the caller's fault and is answered so, with the place where
//! reading ended.

use super::error::HttpError;
use super::pages::PageContext;
use super::state::AppState;
use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Longest answer of a function that failed.
const LONGEST_FAILURE: usize = 64 * 1024;

/// Answers with the same session as the pages.
pub(super) async fn answer(
    State(state): State<AppState>,
    Extension(viewer): Extension<app::Viewer>,
    mut request: Request,
) -> Response {
    // Without these it would redirect plain form posts to wherever they came from.
    request.headers_mut().remove(header::REFERER);
    request.headers_mut().remove(header::ACCEPT);
    let context = PageContext::new(&state, viewer);
    let provide = move || context.clone().provide();
    let response = leptos_axum::handle_server_fns_with_context(provide, request)
        .await
        .into_response();
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (head, body) = response.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_FAILURE).await else {
        return HttpError::Internal("a function failed at length".to_owned()).into_response();
    };
    match unreadable(&String::from_utf8_lossy(&body)) {
        Some(sentence) => HttpError::BadForm(sentence).into_response(),
        None => Response::from_parts(head, Body::from(body)),
    }
}

/// What is wrong with a request that could not be read, from what the
/// function's decoder says; `None` where something else failed.
fn unreadable(failure: &str) -> Option<String> {
    let (kind, why) = failure.split_once('|')?;
    if !matches!(kind, "Deserialization" | "Args" | "MissingArg") {
        return None;
    }
    let named = |what: &str| why.split_once(what)?.1.split('`').next();
    let mut sentence = match named("missing field `") {
        Some(field) => format!("Der Anfrage fehlt das Feld „{field}“"),
        None => "Die Anfrage ist nicht lesbar; erwartet wird JSON mit den Feldern der Schnittstelle".to_owned(),
    };
    if let Some((line, column)) = why
        .rsplit_once(" at line ")
        .and_then(|(_, at)| at.split_once(" column "))
    {
        let number = |text: &str| -> String { text.chars().take_while(char::is_ascii_digit).collect() };
        let (line, column) = (number(line), number(column));
        sentence.push_str(&format!(" (Zeile {line}, Spalte {column})"));
    }
    sentence.push('.');
    Some(sentence)
}

#[cfg(test)]
mod tests {
    use super::unreadable;

    #[test]
    fn the_place_and_what_is_missing_are_named() {
        assert_eq!(
            unreadable("Deserialization|missing field `case` at line 1 column 2").unwrap(),
            "Der Anfrage fehlt das Feld „case“ (Zeile 1, Spalte 2)."
        );
        assert_eq!(
            unreadable("Args|expected value at line 3 column 14").unwrap(),
            "Die Anfrage ist nicht lesbar; erwartet wird JSON mit den Feldern der Schnittstelle (Zeile 3, Spalte 14)."
        );
        for other in ["ServerError|Der Speicher antwortet nicht.", "", "Deserialization"] {
            assert_eq!(unreadable(other), None, "{other}");
        }
    }
}
