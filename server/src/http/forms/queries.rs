//! Rückfragen: what an office answers and sends, and what staff asks, extends,
//! withdraws and closes.

use super::answers::{Action, changes, for_this_unit};
use super::decision::refused;
use super::post::{WHICH, again};
use super::see;
use crate::http::downloads::csv_file;
use crate::http::error::HttpError;
use crate::http::fields::Fields;
use crate::http::paths::encoded;
use crate::http::retry;
use crate::http::session::SignedIn;
use crate::http::state::AppState;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use portal::{Explanation, FormError, NewPoint, NewQuery, Portal, QueryAnswers, QueryError, Session};
use std::collections::BTreeSet;
use survey::form::decode_where;

const PAGE: &str = "/befragung/rueckfrage";

/// `POST /befragung/rueckfrage`
pub(in crate::http) async fn keep(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    fields: Fields,
) -> Result<Response, HttpError> {
    let typed = fields.0.clone();
    match store(state.portal(), &session, fields).await {
        Ok(target) => Ok(see(&target)),
        Err(error) => Ok(retry::with_fields(error, PAGE.to_owned(), typed)),
    }
}

/// Keeps what was typed and says where to go then.
pub(super) async fn store(portal: &Portal, session: &Session, mut fields: Fields) -> Result<String, HttpError> {
    for_this_unit(session, &mut fields)?;
    let id = fields.take("rueckfrage").unwrap_or_default();
    let explanations = explanations(&mut fields)?;
    let Some(open) = portal.open_query(session).await?.filter(|open| open.query.id == id) else {
        return Ok("/befragung?meldung=rueckfrage-weg".to_owned());
    };
    let instrument = open.transmitted.instrument().clone();
    // Which of them may be changed the use case decides; unknown names are none.
    let posted =
        decode_where(&instrument, &fields.0, |_| true).map_err(|error| HttpError::BadForm(error.to_string()))?;
    let mut answers = QueryAnswers {
        changes: changes(&instrument, &posted.items),
        explanations,
        reasons: posted.reasons.clone(),
    };
    let pressed = posted.action.as_deref().unwrap_or("speichern");
    let settles = match pressed {
        "speichern" | "weiter" => None,
        other => match Action::of(Some(other))? {
            Action::Settle(item, choice, seen) => Some((item, choice, seen)),
            _ => return Err(HttpError::BadForm(format!("„{other}“ gibt es hier nicht."))),
        },
    };
    if let Some((item, ..)) = &settles {
        // The decision says what becomes of it, not its control.
        answers.changes.retain(|change| change.item != *item);
    }
    let before: BTreeSet<_> = open.scope.questions().map(|(question, _)| question).collect();
    let saved = match portal.query_save(session, &id, &answers).await {
        Err(QueryError::Gone) => return Ok("/befragung?meldung=rueckfrage-weg".to_owned()),
        saved => saved.map_err(refused_query)?,
    };
    let settled = match settles {
        Some((item, choice, seen)) => {
            let settled = portal.query_settle(session, &id, &item, choice, seen).await;
            settled.map_err(refused_query)?
        }
        None => true,
    };
    if !settled || !saved.conflicts.is_empty() {
        return Ok(format!("{PAGE}?meldung=konflikt"));
    }
    let Some(open) = portal.open_query(session).await? else {
        return Ok("/befragung?meldung=rueckfrage-weg".to_owned());
    };
    let grown = open.scope.questions().any(|(question, _)| !before.contains(&question));
    Ok(match pressed {
        "weiter" if grown => format!("{PAGE}?meldung=rueckfrage-neu"),
        "weiter" if saved.lacking || !open.lack.is_empty() => format!("{PAGE}?meldung=rueckfrage-offen&pruefen=1"),
        "weiter" => format!("{PAGE}/senden"),
        _ if grown => format!("{PAGE}?meldung=rueckfrage-neu"),
        _ => format!("{PAGE}?meldung=rueckfrage-gespeichert"),
    })
}

/// Takes `erklaerung__N` and `stand__N` out of a form.
fn explanations(fields: &mut Fields) -> Result<Vec<Explanation>, HttpError> {
    let revisions = fields.take_prefixed("stand__");
    let texts = fields.take_prefixed("erklaerung__");
    texts
        .into_iter()
        .map(|(place, text)| {
            let unknown = || HttpError::UnknownField(format!("erklaerung__{place}"));
            let number: i32 = place.parse().map_err(|_| unknown())?;
            let revision = revisions.iter().find(|(other, _)| *other == place);
            let revision = revision.map_or("0", |(_, revision)| revision.as_str()).parse();
            Ok(Explanation {
                place: number,
                text,
                revision: revision.map_err(|_| HttpError::UnknownField(format!("stand__{place}")))?,
            })
        })
        .collect()
}

/// `POST /befragung/rueckfrage/senden`
pub(in crate::http) async fn send(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    mut fields: Fields,
) -> Result<Response, HttpError> {
    for_this_unit(&session, &mut fields)?;
    let form = fields.only(&["rueckfrage"])?;
    match state.portal().query_answer(&session, form.get("rueckfrage")).await {
        Ok(_) => {
            state.jobs().wake();
            Ok(see("/befragung/quittung?meldung=rueckfrage-beantwortet"))
        }
        Err(QueryError::Open(_)) => Ok(see(&format!("{PAGE}?meldung=rueckfrage-offen&pruefen=1"))),
        Err(QueryError::Gone) => Ok(see("/befragung?meldung=rueckfrage-weg")),
        Err(error) => Err(refused_query(error)),
    }
}

fn refused_query(error: QueryError) -> HttpError {
    match error {
        QueryError::Store(error) => error.into(),
        QueryError::Save(error) => super::answers::refused_save(error),
        QueryError::Barred(portal::Barred::NoCase) => HttpError::NotFound,
        QueryError::HeadOnly => HttpError::HeadOnly,
        other => HttpError::Refused(other.to_string()),
    }
}

/// `POST /institut/fall/{kennung}/rueckfrage`
pub(in crate::http) async fn ask(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path(kennung): Path<String>,
    mut fields: Fields,
) -> Result<Response, HttpError> {
    let typed = fields.0.clone();
    let new = asked(&mut fields);
    let form = fields.only(&["welle", "frist"])?;
    let wave = super::post::wave_of(&form)?;
    let new = NewQuery {
        due: form.get("frist").to_owned(),
        points: new,
    };
    match state.portal().query_open(&session, wave, &kennung, &new).await {
        Ok(_) => {
            state.jobs().wake();
            Ok(see(&format!(
                "/institut/fall/{}?welle={wave}&meldung=rueckfrage-gestellt",
                encoded(&kennung)
            )))
        }
        Err(error) => {
            let target = format!("/institut/fall/{}/rueckfrage", encoded(&kennung));
            again(
                &state,
                session,
                error,
                typed,
                (&format!("{target}?welle={wave}"), &target),
            )
            .await
        }
    }
}

/// The points of a posted form: findings that are ticked, questions with a
/// text, the latter about the rows ticked below them or about all.
fn asked(fields: &mut Fields) -> Vec<NewPoint> {
    let ticked = fields.take_prefixed("befund__");
    let texts = fields.take_prefixed("text__");
    let rows: Vec<String> = fields
        .take_prefixed("zeile__")
        .into_iter()
        .map(|(row, _)| row)
        .collect();
    let questions = fields.take_prefixed("frage__");
    let findings = ticked.into_iter().map(|(edit, _)| {
        let text = texts.iter().find(|(other, _)| *other == edit);
        NewPoint {
            field: format!("text__{edit}"),
            items: Vec::new(),
            question: text.map(|(_, text)| text.clone()).unwrap_or_default(),
            edit: Some(edit),
        }
    });
    let questions = questions
        .into_iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(question, text)| {
            // The rows of a matrix are named after it: H3_leit belongs to H3.
            let prefix = format!("{question}_");
            let own: Vec<String> = rows.iter().filter(|row| row.starts_with(&prefix)).cloned().collect();
            NewPoint {
                field: format!("frage__{question}"),
                items: if own.is_empty() { vec![question] } else { own },
                question: text,
                edit: None,
            }
        });
    findings.chain(questions).collect()
}

/// `POST /institut/fall/{kennung}/rueckfrage/{nummer}/{was}`
pub(in crate::http) async fn act(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Path((kennung, number, what)): Path<(String, String, String)>,
    fields: Fields,
) -> Result<Response, HttpError> {
    let mut typed = fields.0.clone();
    typed.push((WHICH.to_owned(), what.clone()));
    let number: i32 = number.parse().map_err(|_| HttpError::NotFound)?;
    let field = match what.as_str() {
        "frist" => "frist",
        "zurueckziehen" => "grund",
        "schliessen" => "notiz",
        _ => return Err(HttpError::NotFound),
    };
    let form = fields.only(&["welle", field])?;
    let wave = super::post::wave_of(&form)?;
    let (portal, text) = (state.portal(), form.get(field));
    let done: Result<(), FormError> = match what.as_str() {
        "frist" => portal.query_extend(&session, wave, &kennung, number, text).await,
        "zurueckziehen" => portal.query_withdraw(&session, wave, &kennung, number, text).await,
        _ => portal.query_close(&session, wave, &kennung, number, text).await,
    };
    let page = format!("/institut/fall/{}?welle={wave}", encoded(&kennung));
    match done {
        Ok(()) => {
            state.jobs().wake();
            Ok(see(&format!("{page}&meldung=erledigt")))
        }
        Err(error) => {
            let target = format!("/institut/fall/{}/rueckfrage/{number}/{what}", encoded(&kennung));
            again(&state, session, error, typed, (&page, &target)).await
        }
    }
}

/// Wave of a file to be downloaded.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct OfWave {
    welle: Option<i32>,
}

/// `GET /institut/rueckfragen/csv`, with `?welle=`.
pub(in crate::http) async fn csv(
    State(state): State<AppState>,
    SignedIn(session): SignedIn,
    Query(asked): Query<OfWave>,
) -> Result<Response, HttpError> {
    let portal = state.portal();
    let wave = match asked.welle {
        Some(wave) => wave,
        None => portal
            .waves()
            .await?
            .first()
            .map(|wave| wave.key)
            .ok_or(HttpError::NotFound)?,
    };
    let bytes = portal.queries_csv(&session, wave).await.map_err(refused)?;
    csv_file(&format!("rueckfragen-{wave}.csv"), bytes)
}
