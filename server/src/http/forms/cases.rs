//! What staff posts at the case list, and the list as a table.

use super::decision::refused;
use super::post::{again, wave_of};
use super::see;
use crate::http::error::HttpError;
use crate::http::fields::Fields;
use crate::http::paths::encoded;
use crate::http::session::SignedIn;
use crate::http::state::AppState;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use portal::{CaseFilter, CaseList, FieldError, FormError, StaffError};

/// `POST /institut/faelle/ansichten`: saves a look at the list under a name.
pub(in crate::http) async fn save_view(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = fields.0.clone();
    let mut fields = fields;
    let looked_at = take_list(&mut fields)?;
    let form = fields.only(&["welle", "name"])?;
    let wave = wave_of(&form)?;
    let query = query_of(&looked_at);
    let list = format!("/institut/faelle?welle={wave}&{query}");
    match state.portal().view_save(&session, form.get("name"), &query).await {
        Ok(()) => Ok(see(&format!("{list}&meldung=erledigt"))),
        Err(StaffError::Refused(message)) => {
            let error = FieldError {
                field: "ansicht".to_owned(),
                code: "value".to_owned(),
                message,
            };
            let error = FormError::Invalid(vec![error]);
            again(&state, session, error, typed, (&list, "/institut/faelle/ansichten")).await
        }
        Err(error) => Err(refused(error)),
    }
}

/// `POST /institut/faelle/ansichten/loeschen`
pub(in crate::http) async fn delete_view(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let form = fields.only(&["welle", "ansicht"])?;
    let wave = wave_of(&form)?;
    let deleted = state.portal().view_delete(&session, form.get("ansicht")).await;
    deleted.map_err(refused)?;
    Ok(see(&format!("/institut/faelle?welle={wave}&meldung=erledigt")))
}

/// `GET /institut/faelle.csv`: the whole of a list, in its order.
pub(in crate::http) async fn csv(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, HttpError> {
    let (list, _) = CaseList::read(|name| values(&pairs, name));
    let portal = state.portal();
    let wave = match values(&pairs, "welle").first().and_then(|wave| wave.parse().ok()) {
        Some(wave) => wave,
        None => current_wave(&state).await?,
    };
    let table = portal.cases_csv(&session, wave, &list.filter, &list.paging).await;
    let name = format!("attachment; filename=\"faelle-{wave}.csv\"");
    let name = HeaderValue::from_str(&name).map_err(|_| HttpError::Internal("no file name".into()))?;
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    Ok((
        [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)],
        table.map_err(refused)?,
    )
        .into_response())
}

/// The open wave, else the newest, as the pages choose it.
pub(super) async fn current_wave(state: &AppState) -> Result<i32, HttpError> {
    let waves = state.portal().waves().await?;
    let open = waves.iter().find(|wave| wave.state == portal::WaveState::Open);
    open.or(waves.first()).map(|wave| wave.key).ok_or(HttpError::NotFound)
}

/// Takes the look at a list out of a form; a value it cannot have is refused.
pub(super) fn take_list(fields: &mut Fields) -> Result<CaseList, HttpError> {
    let known = |name: &str| CaseFilter::NAMES.contains(&name) || CaseList::NAMES.contains(&name);
    let (taken, kept) = std::mem::take(&mut fields.0)
        .into_iter()
        .partition::<Vec<_>, _>(|(name, _)| known(name));
    fields.0 = kept;
    let (list, bad) = CaseList::read(|name| values(&taken, name));
    match bad.first() {
        Some(bad) => Err(HttpError::BadForm(bad.to_string())),
        None => Ok(list),
    }
}

/// A look as it stands in an address, without the wave.
pub(super) fn query_of(list: &CaseList) -> String {
    let pairs: Vec<String> = list
        .pairs()
        .into_iter()
        .map(|(name, value)| format!("{name}={}", encoded(&value)))
        .collect();
    pairs.join("&")
}

fn values(pairs: &[(String, String)], name: &str) -> Vec<String> {
    let of = pairs.iter().filter(|(other, _)| other == name);
    of.map(|(_, value)| value.clone()).collect()
}
