//! Everything that can go wrong at the edge: one enum, each case with a
//! stable code, a status and a German sentence. What it looks like as a page
//! [`super::failure`] decides; causes go to the log, never to people.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use portal::StoreError;
use std::sync::Arc;

/// Why a request is not answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// No such address, or none of this person's business.
    #[error("not found")]
    NotFound,
    /// The address exists, the method does not.
    #[error("method not allowed")]
    Method,
    /// A name the form does not have.
    #[error("unknown field {0:?}")]
    UnknownField(String),
    /// A form that cannot be read; the German sentence says why.
    #[error("bad form: {0}")]
    BadForm(String),
    /// A state change sent from another site.
    #[error("request from another site")]
    ForeignOrigin,
    /// A host name that is not the portal's.
    #[error("unknown host {0:?}")]
    ForeignHost(String),
    /// The role does not reach that far.
    #[error("not allowed for this role")]
    Forbidden,
    /// Only the head of the office (or a deputy) may do it.
    #[error("for the head of the office")]
    HeadOnly,
    /// The form was made for another unit than the one signed in.
    #[error("form of another unit")]
    OtherUnit,
    /// The state of things stands against it; the German sentence says how.
    #[error("refused: {0}")]
    Refused(String),
    /// More bytes than any form has.
    #[error("body too large")]
    TooLarge,
    /// Not answered in time.
    #[error("timed out")]
    TimedOut,
    /// The store does not answer.
    #[error("store unavailable")]
    Store(#[from] StoreError),
    /// The same, logged by whoever asked the store.
    #[error("store unavailable, see above")]
    Unavailable,
    /// The disk of the store is full, logged by whoever asked the store.
    #[error("store full, see above")]
    Full,
    /// A fault in the program.
    #[error("internal: {0}")]
    Internal(String),
}

/// What travels with an answer until it becomes a page.
#[derive(Clone, Debug)]
pub(super) struct Cause(pub(super) Arc<HttpError>);

impl HttpError {
    /// Stable name for tests and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Method => "method",
            Self::UnknownField(_) => "unknown_field",
            Self::BadForm(_) => "bad_form",
            Self::ForeignOrigin => "foreign_origin",
            Self::ForeignHost(_) => "foreign_host",
            Self::Forbidden => "forbidden",
            Self::HeadOnly => "head_only",
            Self::OtherUnit => "other_unit",
            Self::Refused(_) => "refused",
            Self::TooLarge => "too_large",
            Self::TimedOut => "timed_out",
            Self::Store(_) | Self::Unavailable => "store",
            Self::Full => "full",
            Self::Internal(_) => "internal",
        }
    }

    /// Status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnknownField(_) | Self::BadForm(_) => StatusCode::BAD_REQUEST,
            Self::ForeignOrigin | Self::Forbidden | Self::HeadOnly => StatusCode::FORBIDDEN,
            Self::ForeignHost(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::OtherUnit | Self::Refused(_) => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::Store(error) if error.is_full() => StatusCode::INSUFFICIENT_STORAGE,
            Self::TimedOut | Self::Store(_) | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Heading and sentence for people: what happened, what to do.
    pub(super) fn wording(&self) -> (&'static str, String) {
        let (title, text) = match self {
            Self::NotFound => (
                "Diese Seite gibt es nicht",
                "Bitte prüfen Sie die Adresse oder gehen Sie zur Startseite.",
            ),
            Self::Method => (
                "So lässt sich diese Adresse nicht aufrufen",
                "Bitte gehen Sie zur Startseite und von dort aus weiter.",
            ),
            Self::UnknownField(name) => {
                let text = format!(
                    "Das Formular enthält ein Feld, das es hier nicht gibt: „{name}“. Es wurde nichts gespeichert. Bitte laden Sie die Seite neu."
                );
                return ("Das Formular passt nicht", text);
            }
            Self::BadForm(sentence) => {
                return (
                    "Das Formular passt nicht",
                    format!("{sentence} Es wurde nichts gespeichert. Bitte laden Sie die Seite neu."),
                );
            }
            Self::ForeignOrigin => (
                "Diese Anfrage kam von einer anderen Website",
                "Zu Ihrem Schutz wurde nichts geändert. Bitte rufen Sie das Portal direkt auf.",
            ),
            Self::ForeignHost(_) => (
                "Unter dieser Adresse gibt es das Portal nicht",
                "Bitte verwenden Sie die Adresse aus Ihrer Einladung.",
            ),
            Self::Forbidden => (
                "Dazu fehlt Ihnen die Berechtigung",
                "Bitte wenden Sie sich an jemanden mit einer Rolle, die Fälle bearbeiten darf.",
            ),
            Self::HeadOnly => (
                "Das kann nur die Leitung der Einheit",
                "Bitte wenden Sie sich an die Leitung Ihrer Einheit oder deren Vertretung. Ihre gespeicherten Angaben bleiben erhalten.",
            ),
            Self::OtherUnit => (
                "Dieses Formular gehört zu einer anderen Einheit",
                "Sie sind inzwischen mit einem anderen Zugang angemeldet. Es wurde nichts gespeichert. Melden Sie sich mit dem Zugang an, mit dem Sie das Formular geöffnet haben.",
            ),
            Self::Refused(sentence) => return ("Das ist zurzeit nicht möglich", sentence.clone()),
            Self::TooLarge => (
                "Das Formular ist zu groß",
                "Es wurde nichts gespeichert. Bitte kürzen Sie sehr lange Texte und senden Sie das Formular noch einmal.",
            ),
            Self::TimedOut => (
                "Das hat zu lange gedauert",
                "Bitte versuchen Sie es in einigen Minuten noch einmal.",
            ),
            Self::Store(error) if error.is_full() => return Self::Full.wording(),
            Self::Full => (
                "Der Speicher des Portals ist voll",
                "Bisher gespeicherte Angaben sind sicher; die letzte Änderung konnte nicht mehr gespeichert werden. Bitte versuchen Sie es in einigen Minuten noch einmal und sagen Sie uns Bescheid.",
            ),
            Self::Store(_) | Self::Unavailable => (
                "Das Portal ist gerade nicht erreichbar",
                "Ihre gespeicherten Angaben sind sicher. Bitte versuchen Sie es in einigen Minuten noch einmal.",
            ),
            Self::Internal(_) => (
                "Es ist ein Fehler aufgetreten",
                "Ihre gespeicherten Angaben sind sicher. Bitte versuchen Sie es noch einmal; wenn es wieder geschieht, sagen Sie uns bitte Bescheid.",
            ),
        };
        (title, text.to_owned())
    }

    /// The error behind a bare status that some layer answered with, or one of
    /// the functions for programs, which log their own failures.
    pub(super) fn from_status(status: StatusCode, for_a_program: bool) -> Self {
        match status {
            StatusCode::SERVICE_UNAVAILABLE if for_a_program => Self::Unavailable,
            StatusCode::INSUFFICIENT_STORAGE => Self::Full,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::Method,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::FORBIDDEN => Self::ForeignOrigin,
            StatusCode::SERVICE_UNAVAILABLE => Self::TimedOut,
            status if status.is_client_error() => Self::BadForm("Die Anfrage ist nicht lesbar.".to_owned()),
            status => Self::Internal(format!("answered with {status}")),
        }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if matches!(self, Self::TimedOut | Self::Store(_)) {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, axum::http::HeaderValue::from_static("60"));
        }
        response.extensions_mut().insert(Cause(Arc::new(self)));
        response
    }
}
