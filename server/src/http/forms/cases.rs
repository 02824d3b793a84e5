//! What staff posts at the case list and about one case, and the list as a
//! table.

use super::decision::{invalid, refused};
use super::post::{WHICH, again, wave_of};
use super::see;
use crate::http::downloads::csv_file;
use crate::http::error::HttpError;
use crate::http::fields::{Fields, Named};
use crate::http::paths::encoded;
use crate::http::session::SignedIn;
use crate::http::state::AppState;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use portal::{
    BulkAct, BulkForm, CallForm, CallResult, CaseFilter, CaseList, CaseRef, DeadlineForm, FormError, StaffError, berlin,
};
use serde::Serialize;

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
            let error = invalid("ansicht", &message);
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
    csv_file(&format!("faelle-{wave}.csv"), table.map_err(refused)?)
}

/// `POST /institut/fall/{kennung}/anruf`
pub(in crate::http) async fn call(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(kennung): Path<String>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = typed_into("anruf", &fields);
    let form = fields.only(&["welle", "stand", "ergebnis", "rueckruf", "notiz", "zurueck"])?;
    let wave = wave_of(&form)?;
    let page = case_page(&kennung, wave);
    let call = call_of(&form);
    match state
        .portal()
        .log_call(&session, wave, case_of(&form, &kennung)?, &call)
        .await
    {
        Ok(CallResult::NewContact) => Ok(see(&format!(
            "/institut/fall/{}/kontakte?welle={wave}&meldung=neue-person",
            encoded(&kennung)
        ))),
        Ok(CallResult::Refuses) => Ok(see(&format!("{page}&meldung=verweigert"))),
        Ok(_) if form.get("zurueck") == "arbeitsliste" => {
            Ok(see(&format!("/institut/arbeitsliste?welle={wave}&meldung=angerufen")))
        }
        Ok(_) => Ok(see(&format!("{page}&meldung=angerufen"))),
        Err(error) => once_more(&state, session, error, typed, (&kennung, wave, "anruf")).await,
    }
}

/// `POST /institut/fall/{kennung}/frist`
pub(in crate::http) async fn deadline(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(kennung): Path<String>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = typed_into("frist", &fields);
    let form = fields.only(&["welle", "stand", "frist", "grund", "mitteilen"])?;
    let wave = wave_of(&form)?;
    let wanted = deadline_of(&form);
    let case = case_of(&form, &kennung)?;
    match state.portal().extend_deadline(&session, wave, case, &wanted).await {
        Ok(_) => {
            state.jobs().wake();
            Ok(see(&format!("{}&meldung=erledigt", case_page(&kennung, wave))))
        }
        Err(error) => once_more(&state, session, error, typed, (&kennung, wave, "frist")).await,
    }
}

/// `POST /institut/fall/{kennung}/notizen`: a new note, or (`notiz`) another
/// text for one's own.
pub(in crate::http) async fn note(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(kennung): Path<String>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = typed_into("notizen", &fields);
    let form = fields.only(&["welle", "stand", "text", "notiz"])?;
    let wave = wave_of(&form)?;
    let case = case_of(&form, &kennung)?;
    let (portal, text) = (state.portal(), form.get("text"));
    let done = match form.get("notiz") {
        "" => portal.note_add(&session, wave, case, text).await,
        id => portal.note_change(&session, wave, case, id, text).await,
    };
    match done {
        Ok(()) => Ok(see(&format!("{}&meldung=erledigt", case_page(&kennung, wave)))),
        Err(error) => once_more(&state, session, error, typed, (&kennung, wave, "notizen")).await,
    }
}

/// `POST /institut/fall/{kennung}/zugang`
pub(in crate::http) async fn access(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(kennung): Path<String>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = typed_into("zugang", &fields);
    let form = fields.only(&["welle", "stand"])?;
    let wave = wave_of(&form)?;
    let case = case_of(&form, &kennung)?;
    match state.portal().resend_access(&session, wave, case).await {
        Ok(()) => {
            state.jobs().wake();
            Ok(see(&format!("{}&meldung=zugang-geschickt", case_page(&kennung, wave))))
        }
        Err(error) => once_more(&state, session, error.into(), typed, (&kennung, wave, "zugang")).await,
    }
}

/// What the script of a case's page is told.
#[derive(Serialize)]
pub(in crate::http) struct Present {
    /// Names of the others who have it open.
    andere: Vec<String>,
    /// What has changed since, each with who did it.
    geaendert: Vec<String>,
}

/// `POST /institut/fall/{kennung}/anwesend`: still there, or (`weg`) not any more.
pub(in crate::http) async fn presence(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(kennung): Path<String>,
    fields: Fields,
) -> Result<Json<Present>, HttpError> {
    let form = fields.only(&["welle", "stand", "weg"])?;
    let wave = wave_of(&form)?;
    let seen = form.get("stand").parse();
    let seen = seen.map_err(|_| HttpError::BadForm("Der Stand des Falls fehlt.".to_owned()))?;
    let portal = state.portal();
    if form.get("weg") == "ja" {
        portal.absent(&session, wave, &kennung).await.map_err(refused)?;
        return Ok(Json(Present {
            andere: Vec::new(),
            geaendert: Vec::new(),
        }));
    }
    let present = portal.present(&session, wave, &kennung, seen).await.map_err(refused)?;
    let changes = present.changes.iter();
    Ok(Json(Present {
        geaendert: changes
            .map(|change| format!("{} ({}, {})", change.what, change.who, berlin::long(change.at)))
            .collect(),
        andere: present.others,
    }))
}

/// `POST /institut/faelle/auswahl`: one action for the cases named.
pub(in crate::http) async fn select(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    mut fields: Fields,
) -> Result<Response, HttpError> {
    let mut typed = fields.0.clone();
    typed.push((WHICH.to_owned(), "auswahl".to_owned()));
    let (named, kept) = std::mem::take(&mut fields.0)
        .into_iter()
        .partition::<Vec<_>, _>(|(name, _)| name == "fall");
    fields.0 = kept;
    let form = fields.only(&[
        "welle",
        "aktion",
        "anzahl",
        "frist",
        "grund",
        "mitteilen",
        "ergebnis",
        "rueckruf",
        "notiz",
    ])?;
    let wave = wave_of(&form)?;
    let act: BulkAct = form
        .get("aktion")
        .parse()
        .map_err(|()| HttpError::BadForm("Was soll mit den Fällen geschehen?".to_owned()))?;
    let expected = form.get("anzahl").parse();
    let wanted = BulkForm {
        deadline: deadline_of(&form),
        call: call_of(&form),
        reason: form.get("grund").to_owned(),
        expected: expected.map_err(|_| HttpError::BadForm("Die bestätigte Anzahl fehlt.".to_owned()))?,
    };
    let kennungen: Vec<String> = named.into_iter().map(|(_, kennung)| kennung).collect();
    match state
        .portal()
        .selection_act(&session, wave, &kennungen, act, &wanted)
        .await
    {
        Ok(_) => {
            state.jobs().wake();
            Ok(see(&format!("/institut/faelle?welle={wave}&meldung=erledigt")))
        }
        Err(error) => {
            let cases: String = kennungen.iter().map(|one| format!("&fall={}", encoded(one))).collect();
            let page = format!("/institut/faelle/auswahl?welle={wave}&aktion={}{cases}", act.name());
            again(&state, session, error, typed, (&page, "/institut/faelle/auswahl")).await
        }
    }
}

fn call_of(form: &Named) -> CallForm {
    CallForm {
        result: form.get("ergebnis").to_owned(),
        back_on: form.get("rueckruf").to_owned(),
        note: form.get("notiz").to_owned(),
    }
}

fn deadline_of(form: &Named) -> DeadlineForm {
    DeadlineForm {
        day: form.get("frist").to_owned(),
        reason: form.get("grund").to_owned(),
        tell: form.get("mitteilen") == "ja",
    }
}

/// What was typed, and into which form of its page.
fn typed_into(which: &str, fields: &Fields) -> Vec<(String, String)> {
    let mut typed = fields.0.clone();
    typed.push((WHICH.to_owned(), which.to_owned()));
    typed
}

fn case_page(kennung: &str, wave: i32) -> String {
    format!("/institut/fall/{}?welle={wave}", encoded(kennung))
}

/// The case's page once more, with what was typed.
async fn once_more(
    state: &AppState,
    session: portal::Session,
    error: FormError,
    typed: Vec<(String, String)>,
    (kennung, wave, what): (&str, i32, &str),
) -> Result<Response, HttpError> {
    let target = format!("/institut/fall/{}/{what}", encoded(kennung));
    let page = case_page(kennung, wave);
    again(state, session, error, typed, (&page, &target)).await
}

/// The case a form is about, in the state it was made from. A form that says
/// nothing of a state acts on whatever there is.
pub(super) fn case_of<'a>(form: &Named, kennung: &'a str) -> Result<CaseRef<'a>, HttpError> {
    match form.get("stand") {
        "" => Ok(kennung.into()),
        seen => seen
            .parse()
            .map(|seen| CaseRef::seen(kennung, seen))
            .map_err(|_| HttpError::BadForm("Der Stand des Falls ist nicht lesbar.".to_owned())),
    }
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
