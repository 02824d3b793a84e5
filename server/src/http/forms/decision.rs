//! What staff decides about a case: reopen, usable, not usable.

use super::cases::{case_of, current_wave};
use super::post::{WHICH, again, wave_of};
use super::see;
use crate::http::error::HttpError;
use crate::http::fields::Fields;
use crate::http::paths::encoded;
use crate::http::session::SignedIn;
use crate::http::state::AppState;
use axum::extract::{Path, State};
use axum::response::Response;
use portal::{Decision, FieldError, FormError, StaffError};

/// `POST /institut/fall/{kennung}/{entscheidung}`
pub(in crate::http) async fn decide(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path((kennung, which)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let mut typed = fields.0.clone();
    typed.push((WHICH.to_owned(), which.clone()));
    let form = fields.only(&["grund", "welle", "stand", "bestaetigt", "nachfolge"])?;
    let decision = match which.as_str() {
        "wieder-oeffnen" => Decision::Reopen,
        "verwertbar" => Decision::Usable,
        "nicht-verwertbar" => Decision::Unusable,
        "verweigert" => Decision::Refused,
        "gehoert-nicht-dazu" => Decision::Ineligible {
            successor: Some(form.get("nachfolge").trim().to_owned()).filter(|next| !next.is_empty()),
        },
        _ => return Err(HttpError::NotFound),
    };
    let wave = match form.get("welle") {
        "" => current_wave(&state).await?,
        _ => wave_of(&form)?,
    };
    let portal = state.portal();
    let page = format!("/institut/fall/{}?welle={wave}", encoded(&kennung));
    let asked_once_more = matches!(decision, Decision::Refused | Decision::Ineligible { .. });
    let unknown_successor =
        StaffError::Refused(format!("Die Kennung „{}“ gibt es nicht.", form.get("nachfolge").trim()));
    let done = if asked_once_more && form.get("bestaetigt") != "ja" {
        portal.may_act(&session).map_err(refused)?;
        Err(invalid("bestaetigt", "Bitte bestätigen Sie das mit einem Kreuz."))
    } else {
        let case = case_of(&form, &kennung)?;
        match portal.decide(&session, wave, case, decision, form.get("grund")).await {
            Err(error @ StaffError::Reason) => Err(invalid("grund", &error.to_string())),
            Err(error) if error.to_string() == unknown_successor.to_string() => {
                Err(invalid("nachfolge", &error.to_string()))
            }
            done => done.map_err(FormError::from),
        }
    };
    match done {
        Ok(_) => {
            // Reopening and asking write to the office.
            state.jobs().wake();
            Ok(see(&format!("{page}&meldung=erledigt")))
        }
        Err(error) => {
            let target = format!("/institut/fall/{}/{which}", encoded(&kennung));
            again(&state, session, error, typed, (&page, &target)).await
        }
    }
}

/// One thing that is wrong with a form.
pub(super) fn invalid(field: &str, message: &str) -> FormError {
    FormError::Invalid(vec![FieldError {
        field: field.to_owned(),
        code: "value".to_owned(),
        message: message.to_owned(),
    }])
}

pub(in crate::http) fn refused(error: StaffError) -> HttpError {
    match error {
        StaffError::Forbidden => HttpError::Forbidden,
        StaffError::NotFound => HttpError::NotFound,
        StaffError::Store(error) => error.into(),
        other => HttpError::Refused(other.to_string()),
    }
}
