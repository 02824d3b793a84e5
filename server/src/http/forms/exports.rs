//! Exports: a form with all choices, and the file as its answer.

use super::refused;
use super::results::again;
use crate::http::error::HttpError;
use crate::http::fields::Fields;
use crate::http::session::SignedIn;
use crate::http::state::AppState;
use crate::http::stream;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use portal::{ExportError, ExportLayout, ExportWish};
use std::io;

const PAGE: &str = "/institut/ergebnisse/export";

/// `POST /institut/ergebnisse/export`
pub(in crate::http) async fn download(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    mut fields: Fields,
) -> Result<Response, HttpError> {
    let typed = fields.0.clone();
    let mut panel = Vec::new();
    while let Some(wave) = fields.take("panel") {
        panel.push(wave_of(&wave)?);
    }
    let form = fields.only(&["was", "welle", "format", "namen"])?;
    let layout = match form.get("was") {
        "welle" => ExportLayout::Wave(wave_of(form.get("welle"))?),
        "breit" => ExportLayout::Wide(panel),
        "lang" => ExportLayout::Long(panel),
        _ => return Err(HttpError::BadForm("Eine Welle oder das Panel?".to_owned())),
    };
    let unknown = |()| HttpError::BadForm("Dieses Format gibt es nicht.".to_owned());
    let wish = ExportWish {
        layout,
        format: form.get("format").parse().map_err(unknown)?,
        names: match form.get("namen") {
            "" => false,
            "ja" => true,
            _ => return Err(HttpError::BadForm("Mit Namen oder ohne?".to_owned())),
        },
    };
    let Some(turn) = state.exporting() else {
        let busy = "Gerade laufen schon zwei Exporte. Bitte warten Sie, bis einer fertig ist.";
        return Err(HttpError::Refused(busy.to_owned()));
    };
    let export = match state.portal().export(&session, &wish).await {
        Ok(export) => export,
        Err(ExportError::Staff(error)) => return Err(refused(error)),
        Err(ExportError::Store(error)) => return Err(error.into()),
        Err(ExportError::NoWave(_)) => return Err(HttpError::NotFound),
        Err(error) => {
            let field = match &error {
                ExportError::NoPanel | ExportError::Unlike { .. } => "panel",
                ExportError::NotOpened(_) => "welle",
                _ => "format",
            };
            return Ok(again(&state, session, typed, (field, &error.to_string()), PAGE).await);
        }
    };
    let disposition = format!("attachment; filename=\"{}\"", export.file_name());
    let disposition = HeaderValue::from_str(&disposition)
        .map_err(|_| HttpError::Internal(format!("no name of a file: {disposition:?}")))?;
    let (mut sender, body) = stream::pair();
    tokio::spawn(async move {
        let _turn = turn;
        if let Err(error) = export.write(&mut sender, |_, _| {}).await {
            tracing::warn!(%error, "an export broke off");
            sender.break_off(io::Error::other("broken off")).await;
        }
    });
    let kind = HeaderValue::from_static(wish.format.media_type());
    Ok((
        [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)],
        body,
    )
        .into_response())
}

fn wave_of(text: &str) -> Result<i32, HttpError> {
    text.parse()
        .map_err(|_| HttpError::BadForm("Diese Welle gibt es nicht.".to_owned()))
}
