//! What staff decides about a case: reopen, usable, not usable.

use super::see;
use crate::http::error::HttpError;
use crate::http::fields::Fields;
use crate::http::paths::encoded;
use crate::http::session::SignedIn;
use crate::http::state::AppState;
use axum::extract::{Path, State};
use axum::response::Response;
use portal::{Decision, StaffError};

/// `POST /institut/fall/{kennung}/{entscheidung}`
pub(in crate::http) async fn decide(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path((kennung, decision)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let decision = match decision.as_str() {
        "wieder-oeffnen" => Decision::Reopen,
        "verwertbar" => Decision::Usable,
        "nicht-verwertbar" => Decision::Unusable,
        _ => return Err(HttpError::NotFound),
    };
    let form = fields.only(&["grund", "welle"])?;
    let portal = state.portal();
    let wave = match form.get("welle") {
        "" => portal
            .waves()
            .await?
            .first()
            .map(|wave| wave.key)
            .ok_or(HttpError::NotFound)?,
        text => text
            .parse()
            .map_err(|_| HttpError::BadForm("Diese Welle gibt es nicht.".to_owned()))?,
    };
    match portal
        .decide(&session, wave, &kennung, decision, form.get("grund"))
        .await
    {
        Ok(_) => {
            // Reopening and asking write to the office.
            state.jobs().wake();
            Ok(see(&format!(
                "/institut/fall/{}?welle={wave}&meldung=erledigt",
                encoded(&kennung)
            )))
        }
        Err(StaffError::Reason) => Ok(see(&format!(
            "/institut/fall/{}?welle={wave}&meldung=grund",
            encoded(&kennung)
        ))),
        Err(error) => Err(refused(error)),
    }
}

pub(in crate::http) fn refused(error: StaffError) -> HttpError {
    match error {
        StaffError::Forbidden => HttpError::Forbidden,
        StaffError::NotFound => HttpError::NotFound,
        StaffError::Store(error) => error.into(),
        other => HttpError::Refused(other.to_string()),
    }
}
