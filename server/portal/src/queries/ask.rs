//! The institute's part: asking, giving more time, withdrawing, closing.

use super::{QueryOutcome, QueryView, read, schedule, values_of};
use crate::Portal;
use crate::berlin;
use crate::identity::{Access, Role, Session};
use crate::input::FieldError;
use crate::mail::{self, MailKind, New};
use crate::respondent::status::{Step, transition};
use crate::respondent::{Taken, pen};
use crate::secrets::new_id;
use crate::staff::{FormError, StaffError, checked, require, wrong};
use crate::store::cases::{self, CaseRow};
use crate::store::events::{self, Actor, Deed};
use crate::store::queries::{self as rows, Ended, PointRow, QueryRow};
use crate::store::{Conn, StoreError, Stored, accounts, colleagues, submissions};
use crate::waves::read_status;
use crate::words;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeSet;
use survey::query::Scope;
use survey::status::{Event, Facts, Status};
use survey::{Instrument, ItemIx, Sheet};

/// Longest question and longest note, in characters.
const LONGEST_TEXT: usize = 2_000;
/// Points of one Rückfrage.
const MOST_POINTS: usize = 40;

/// What staff wants to ask.
#[derive(Clone, Debug, Default)]
pub struct NewQuery {
    /// The points in their order.
    pub points: Vec<NewPoint>,
    /// Last day to answer, `2008-03-12` or `12.03.2008`.
    pub due: String,
}

/// One point to be asked.
#[derive(Clone, Debug, Default)]
pub struct NewPoint {
    /// Name of its field in the form: what is wrong is told there.
    pub field: String,
    /// Items it is about, or whole questions; none: those of its edit.
    pub items: Vec<String>,
    /// What is asked.
    pub question: String,
    /// The edit it comes from.
    pub edit: Option<String>,
}

impl Portal {
    /// The Rückfragen of a case, latest first.
    ///
    /// # Errors
    /// For viewers and above; where there is no such case.
    pub async fn case_queries(
        &self,
        session: &Session,
        wave: i32,
        kennung: &str,
    ) -> Result<Vec<QueryView>, StaffError> {
        require(session, Role::Viewer)?;
        let mut conn = self.read().await?;
        let case = cases::by_kennung(&mut conn, wave, &words::key(kennung))
            .await?
            .ok_or(StaffError::NotFound)?;
        let mut list = Vec::new();
        for row in rows::of_case(&mut conn, &case.id).await? {
            list.push(read(&mut conn, &row, self.now()).await?);
        }
        Ok(list)
    }

    /// Asks an office something about what it handed in. The case is in query
    /// then, the office is told by mail, and one that was answered before
    /// counts as asked again. Returns its number.
    ///
    /// # Errors
    /// For editors and above; what is wrong, by field (`frist`, `punkte`, and
    /// each point's own); where the case's status does not allow it.
    pub async fn query_open(
        &self,
        session: &Session,
        wave: i32,
        kennung: &str,
        new: &NewQuery,
    ) -> Result<i32, FormError> {
        let who = require(session, Role::Editor)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let taken = take(&mut tx, wave, kennung).await?;
        if taken.case.state != "open" {
            return Err(refused("Die Welle ist geschlossen; Rückfragen sind nicht mehr möglich.").into());
        }
        if taken.status == Status::Query {
            return Err(refused("Zu diesem Fall ist schon eine Rückfrage offen.").into());
        }
        let earlier = rows::of_case(&mut tx, &taken.case.id).await?;
        let Some(submission) = submissions::latest_id(&mut tx, &taken.case.id).await? else {
            return Err(refused("Diese Einheit hat noch nichts abgegeben.").into());
        };
        let sheet = self.transmitted(&mut tx, &taken.case, &submission).await?;
        let due = deadline(&new.due, berlin::day_of(now));
        let points = points(&sheet, new);
        let (due, points) = match (due, points) {
            (Ok(due), Ok(points)) => (due, points),
            (due, points) => {
                let wrong = due.err().into_iter().chain(points.err().unwrap_or_default());
                return Err(FormError::Invalid(wrong.collect()));
            }
        };
        let number = earlier.first().map_or(1, |row| row.number + 1);
        let row = QueryRow {
            id: new_id(now).map_err(StoreError::from)?,
            case_id: taken.case.id.clone(),
            number,
            state: "open".to_owned(),
            from_status: taken.status.name().to_owned(),
            submission_id: submission,
            due_day: due.to_string(),
            opened_at: now.timestamp_micros(),
            opened_by: who.name.to_owned(),
            answered_at: None,
            answered_by: None,
            answer_id: None,
            closed_at: None,
            closed_by: None,
            outcome: None,
            note: None,
        };
        let reason = format!("Rückfrage {number} zu {}", numbers(&sheet, &points));
        let step = Step {
            event: Event::Query,
            facts: Facts {
                ever_submitted: true,
                meets_rule: false,
            },
            who,
            reason: Some(&reason),
        };
        transition(&mut tx, &taken.case.id, taken.status, &step, now)
            .await?
            .map_err(|no| refused(no.to_string()))?;
        let again = Ended {
            state: "closed",
            outcome: QueryOutcome::AskedAgain.name(),
            note: "",
            who: who.name,
            at: now.timestamp_micros(),
        };
        for answered in earlier.iter().filter(|row| row.state == "answered") {
            rows::end(&mut tx, &answered.id, "answered", &again).await?;
        }
        let asked: Vec<String> = points.iter().flat_map(|point| point.items.clone()).collect();
        let points: Vec<PointRow> = (1..)
            .zip(points)
            .map(|(place, point)| {
                Ok(PointRow {
                    query_id: row.id.clone(),
                    place,
                    values_before: serde_json::to_string(&values_of(&sheet, &point.items))?,
                    items: serde_json::to_string(&point.items)?,
                    question: point.question,
                    edit: point.edit,
                    values_after: None,
                    explanation: String::new(),
                    explained_by: None,
                    revision: 0,
                })
            })
            .collect::<Stored<_>>()?;
        rows::insert(&mut tx, &row, &points).await?;
        tell(&mut tx, &taken, &row, MailKind::Query, None, now).await?;
        tell_colleagues(&mut tx, &taken, &row, (sheet.instrument(), &asked), now).await?;
        remind(&mut tx, &taken, &row, due, now).await?;
        note(&mut tx, who, "query_opened", &taken.case, number, now).await?;
        tx.commit().await?;
        Ok(number)
    }

    /// Gives the office another last day, and reminds it accordingly.
    ///
    /// # Errors
    /// For editors and above; a wrong day (`frist`); where it is not open.
    pub async fn query_extend(
        &self,
        session: &Session,
        wave: i32,
        kennung: &str,
        number: i32,
        due: &str,
    ) -> Result<(), FormError> {
        let who = require(session, Role::Editor)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let taken = take(&mut tx, wave, kennung).await?;
        let row = numbered(&mut tx, &taken.case, number).await?;
        let due = deadline(due, berlin::day_of(now)).map_err(|wrong| FormError::Invalid(vec![wrong]))?;
        if !rows::set_due(&mut tx, &row.id, &due.to_string()).await? {
            return Err(gone().into());
        }
        rows::cancel_reminders(&mut tx, &row.id, "Die Frist wurde geändert", now.timestamp_micros()).await?;
        remind(&mut tx, &taken, &row, due, now).await?;
        note(&mut tx, who, "query_extended", &taken.case, number, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes an open Rückfrage back: the case stands where it stood, with what
    /// was transmitted; what the office has typed meanwhile is in the history.
    ///
    /// # Errors
    /// For editors and above; without a reason; where it is not open.
    pub async fn query_withdraw(
        &self,
        session: &Session,
        wave: i32,
        kennung: &str,
        number: i32,
        reason: &str,
    ) -> Result<(), FormError> {
        let who = require(session, Role::Editor)?;
        let reason = checked("grund", reason, LONGEST_TEXT).map_err(|wrong| FormError::Invalid(vec![wrong]))?;
        let now = self.now();
        let mut tx = self.write().await?;
        let taken = take(&mut tx, wave, kennung).await?;
        let row = numbered(&mut tx, &taken.case, number).await?;
        let ended = (QueryOutcome::Withdrawn, reason.as_str());
        if row.state != "open" || !self.end_open(&mut tx, session, &taken, &row, ended, now).await? {
            return Err(gone().into());
        }
        let why = format!("Rückfrage {number} zurückgezogen: {reason}");
        let before = read_status(&row.from_status)?;
        let step = Step {
            event: Event::SettleQuery,
            facts: Facts {
                ever_submitted: true,
                meets_rule: before == Status::Usable,
            },
            who,
            reason: Some(&why),
        };
        let after = transition(&mut tx, &taken.case.id, taken.status, &step, now)
            .await?
            .map_err(|no| refused(no.to_string()))?;
        if before == Status::Unusable {
            let back = Step {
                event: Event::Reject,
                ..step
            };
            transition(&mut tx, &taken.case.id, after, &back, now)
                .await?
                .map_err(|no| refused(no.to_string()))?;
        }
        note(&mut tx, who, "query_withdrawn", &taken.case, number, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Accepts the answer to a Rückfrage; the status of the case is decided
    /// apart. The note may be empty.
    ///
    /// # Errors
    /// For editors and above; a note that is too long; where it is not
    /// answered.
    pub async fn query_close(
        &self,
        session: &Session,
        wave: i32,
        kennung: &str,
        number: i32,
        remark: &str,
    ) -> Result<(), FormError> {
        let who = require(session, Role::Editor)?;
        let remark = match remark.trim() {
            "" => String::new(),
            text => checked("notiz", text, LONGEST_TEXT).map_err(|wrong| FormError::Invalid(vec![wrong]))?,
        };
        let now = self.now();
        let mut tx = self.write().await?;
        let taken = take(&mut tx, wave, kennung).await?;
        let row = numbered(&mut tx, &taken.case, number).await?;
        let ended = Ended {
            state: "closed",
            outcome: QueryOutcome::Accepted.name(),
            note: &remark,
            who: who.name,
            at: now.timestamp_micros(),
        };
        if !rows::end(&mut tx, &row.id, "answered", &ended).await? {
            return Err(refused("Diese Rückfrage wartet auf keine Entscheidung (mehr).").into());
        }
        note(&mut tx, who, "query_closed", &taken.case, number, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends the open Rückfrage of a case about which staff decides without
    /// waiting. What the office has typed counts only where the questionnaire
    /// is opened again.
    pub(crate) async fn decided_without_answer(
        &self,
        conn: &mut Conn,
        session: &Session,
        (case, revision): (&CaseRow, i64),
        reopened: bool,
        now: DateTime<Utc>,
    ) -> Stored<()> {
        let Some(row) = rows::open_of_case(conn, &case.id).await? else {
            return Ok(());
        };
        let taken = Taken {
            case: case.clone(),
            status: Status::Query,
            revision,
        };
        if reopened {
            let who = crate::respondent::actor(session);
            end(conn, &row, QueryOutcome::Decided, "", who, now).await?;
        } else {
            self.end_open(conn, session, &taken, &row, (QueryOutcome::Decided, ""), now)
                .await?;
        }
        Ok(())
    }

    /// Ends an open Rückfrage and puts back what was transmitted.
    async fn end_open(
        &self,
        conn: &mut Conn,
        session: &Session,
        taken: &Taken,
        row: &QueryRow,
        (outcome, remark): (QueryOutcome, &str),
        now: DateTime<Utc>,
    ) -> Stored<bool> {
        let who = crate::respondent::actor(session);
        if !end(conn, row, outcome, remark, who, now).await? {
            return Ok(false);
        }
        let transmitted = self.transmitted(conn, &taken.case, &row.submission_id).await?;
        let pen = pen(session, &taken.case.id, taken.revision, now);
        self.take_back(conn, &taken.case, (&Scope::default(), &transmitted), &pen)
            .await?;
        Ok(true)
    }
}

async fn end(
    conn: &mut Conn,
    row: &QueryRow,
    outcome: QueryOutcome,
    remark: &str,
    who: Actor<'_>,
    now: DateTime<Utc>,
) -> Stored<bool> {
    let at = now.timestamp_micros();
    let ended = Ended {
        state: "withdrawn",
        outcome: outcome.name(),
        note: remark,
        who: who.name,
        at,
    };
    rows::cancel_mails(conn, &row.id, "Die Rückfrage ist zurückgezogen", at).await?;
    rows::end(conn, &row.id, "open", &ended).await
}

async fn take(conn: &mut Conn, wave: i32, kennung: &str) -> Result<Taken, StaffError> {
    let case = cases::by_kennung(conn, wave, &words::key(kennung))
        .await?
        .ok_or(StaffError::NotFound)?;
    let (revision, status) = cases::take(conn, &case.id).await?;
    Ok(Taken {
        status: read_status(&status)?,
        case,
        revision,
    })
}

async fn numbered(conn: &mut Conn, case: &CaseRow, number: i32) -> Result<QueryRow, StaffError> {
    let all = rows::of_case(conn, &case.id).await?;
    all.into_iter()
        .find(|row| row.number == number)
        .ok_or(StaffError::NotFound)
}

fn refused(sentence: impl Into<String>) -> StaffError {
    StaffError::Refused(sentence.into())
}

fn gone() -> StaffError {
    refused("Diese Rückfrage ist nicht mehr offen.")
}

/// The last day for an answer: after today, and not out of sight.
fn deadline(text: &str, today: NaiveDate) -> Result<NaiveDate, FieldError> {
    let text = text.trim();
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .or_else(|_| NaiveDate::parse_from_str(text, "%d.%m.%Y"))
        .map_err(|_| {
            wrong(
                "frist",
                format!(
                    "„{text}“ ist kein Tag; bitte als TT.MM.JJJJ, zum Beispiel {}.",
                    berlin::short(schedule::usual_deadline(today))
                ),
            )
        })?;
    match (day - today).num_days() {
        ..=0 => Err(wrong("frist", "Die Frist muss nach dem heutigen Tag liegen.")),
        1..=schedule::LONGEST => Ok(day),
        _ => Err(wrong(
            "frist",
            format!(
                "Die Frist darf höchstens {} Tage in der Zukunft liegen.",
                schedule::LONGEST
            ),
        )),
    }
}

/// The points with their texts checked and their items known and asked.
fn points(sheet: &Sheet, new: &NewQuery) -> Result<Vec<NewPoint>, Vec<FieldError>> {
    let instrument = sheet.instrument();
    let mut findings = Vec::new();
    match new.points.len() {
        0 => findings.push(wrong("punkte", "Bitte stellen Sie mindestens eine Frage.")),
        n if n > MOST_POINTS => findings.push(wrong(
            "punkte",
            format!("Höchstens {MOST_POINTS} Fragen in einer Rückfrage; es sind {n}."),
        )),
        _ => {}
    }
    let mut points = Vec::with_capacity(new.points.len());
    for point in &new.points {
        let question = match checked(&point.field, &point.question, LONGEST_TEXT) {
            Ok(question) => question,
            Err(error) => {
                findings.push(error);
                continue;
            }
        };
        let mut items: Vec<String> = Vec::new();
        let wanted = wanted(sheet, point);
        for id in &wanted {
            match instrument.item(id).filter(|item| sheet.is_item_asked(*item)) {
                Some(_) if items.contains(id) => {}
                Some(_) => items.push(id.clone()),
                None => findings.push(wrong(
                    &point.field,
                    format!("„{id}“ wurde dieser Einheit nicht gestellt; danach lässt sich nicht fragen."),
                )),
            }
        }
        if wanted.is_empty() {
            findings.push(wrong(&point.field, "Zu dieser Frage fehlt die Angabe, um die es geht."));
        }
        points.push(NewPoint {
            items,
            question,
            ..point.clone()
        });
    }
    if findings.is_empty() { Ok(points) } else { Err(findings) }
}

/// The items a point is about: as named, all rows of a question that is named,
/// or those its edit reads.
fn wanted(sheet: &Sheet, point: &NewPoint) -> Vec<String> {
    let instrument = sheet.instrument();
    let ids = |items: &[ItemIx]| -> Vec<String> { items.iter().map(|item| instrument[*item].id.clone()).collect() };
    if let (true, Some(edit)) = (
        point.items.is_empty(),
        point.edit.as_deref().and_then(|id| instrument.edit(id)),
    ) {
        let asked = instrument[edit].items.iter().copied();
        return ids(&asked.filter(|item| sheet.is_item_asked(*item)).collect::<Vec<_>>());
    }
    let expand = |id: &String| match (instrument.item(id), instrument.question(id)) {
        (None, Some(question)) => ids(&instrument[question].items),
        _ => vec![id.clone()],
    };
    point.items.iter().flat_map(expand).collect()
}

/// The questions some points are about, as they are numbered.
fn numbers(sheet: &Sheet, points: &[NewPoint]) -> String {
    let instrument = sheet.instrument();
    let mut seen = BTreeSet::new();
    let ids: Vec<&str> = points
        .iter()
        .flat_map(|point| &point.items)
        .filter_map(|id| instrument.item(id))
        .map(|item| instrument[item].question)
        .filter(|question| seen.insert(*question))
        .map(|question| instrument[question].id.as_str())
        .collect();
    ids.join(", ")
}

/// Queues a mail about a Rückfrage to the contact of the case.
async fn tell(
    conn: &mut Conn,
    taken: &Taken,
    row: &QueryRow,
    kind: MailKind,
    due_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Stored<()> {
    let case = &taken.case;
    let of_case = (case.wave, case.unit_id.as_str(), case.id.as_str());
    let head = accounts::head_of_unit(conn, &case.unit_id).await?;
    let when = due_at.map_or(String::new(), |at| format!("-{}", berlin::day_of(at)));
    let step = format!("{kind}-nr-{}-{}{when}", row.number, taken.revision);
    let mail = New {
        query_id: Some(&row.id),
        due_at,
        ..New::to_case(kind, step, of_case, head.as_ref().map(|head| head.id.as_str()))
    };
    mail::enqueue(conn, [mail], now).await?;
    Ok(())
}

/// Tells the colleagues whose modules it asks about, each by their own mail.
async fn tell_colleagues(
    conn: &mut Conn,
    taken: &Taken,
    row: &QueryRow,
    (instrument, items): (&Instrument, &[String]),
    now: DateTime<Utc>,
) -> Stored<()> {
    let case = &taken.case;
    let of_case = (case.wave, case.unit_id.as_str(), case.id.as_str());
    for colleague in colleagues::of_unit(conn, &case.unit_id).await? {
        let access = Access::of_colleague(&colleague.modules, colleague.deputy);
        let concerned = items.iter().any(|item| access.sees_item(instrument, item));
        if !concerned || colleague.withdrawn_at.is_some() || !colleague.active {
            continue;
        }
        let id = colleague.account_id.as_str();
        let step = format!("{}-nr-{}-{}-{id}", MailKind::Query, row.number, taken.revision);
        let mail = New {
            query_id: Some(&row.id),
            recipient: Some(&colleague.email),
            ..New::to_case(MailKind::Query, step, of_case, Some(id))
        };
        mail::enqueue(conn, [mail], now).await?;
    }
    Ok(())
}

/// Queues the reminders of a Rückfrage, as far as their moments lie ahead.
async fn remind(conn: &mut Conn, taken: &Taken, row: &QueryRow, due: NaiveDate, now: DateTime<Utc>) -> Stored<()> {
    for moment in schedule::reminders(due) {
        if moment > now {
            tell(conn, taken, row, MailKind::QueryReminder, Some(moment), now).await?;
        }
    }
    Ok(())
}

async fn note(
    conn: &mut Conn,
    who: Actor<'_>,
    action: &str,
    case: &CaseRow,
    number: i32,
    now: DateTime<Utc>,
) -> Stored<()> {
    let deed = Deed {
        action,
        wave: Some(case.wave),
        unit_id: Some(&case.unit_id),
        detail: &format!("Rückfrage {number}"),
    };
    events::audit(conn, who, &deed, now).await
}
