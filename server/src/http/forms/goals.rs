//! What the institute wants of a wave.

use super::post::{again, wave_of};
use super::see;
use crate::http::error::HttpError;
use crate::http::fields::Fields;
use crate::http::session::SignedIn;
use crate::http::state::AppState;
use axum::extract::State;
use axum::response::Response;

/// `POST /institut/ziel`
pub(in crate::http) async fn change(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["welle", "ziel", "spalte"])?;
    let wave = wave_of(&form)?;
    let (target, column) = (form.get("ziel"), form.get("spalte"));
    match state.portal().wave_goals(&session, wave, target, column).await {
        Ok(()) => Ok(see(&format!("/institut?welle={wave}&meldung=erledigt"))),
        Err(error) => {
            let typed = [("welle", form.get("welle")), ("ziel", target), ("spalte", column)];
            let typed = typed.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
            let page = format!("/institut?welle={wave}");
            again(&state, session, error, typed, (&page, "/institut/ziel")).await
        }
    }
}
