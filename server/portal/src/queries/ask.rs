//! The institute's part: asking. What follows stands in [`super::follow`].

use super::check::{deadline, numbers, points};
use super::mails::{remind, tell, tell_colleagues};
use super::{QueryOutcome, QueryView, read, values_of};
use crate::Portal;
use crate::berlin;
use crate::identity::{Role, Session};
use crate::mail::MailKind;
use crate::respondent::Taken;
use crate::respondent::status::{Step, transition};
use crate::secrets::new_id;
use crate::staff::{FormError, StaffError, require};
use crate::store::cases::{self, CaseRow};
use crate::store::events::{self, Actor, Deed};
use crate::store::queries::{self as rows, Ended, PointRow, QueryRow};
use crate::store::{Conn, StoreError, Stored, submissions};
use crate::waves::read_status;
use crate::words;
use chrono::{DateTime, Utc};
use survey::status::{Event, Facts, Status};

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
}

pub(super) async fn take(conn: &mut Conn, wave: i32, kennung: &str) -> Result<Taken, StaffError> {
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

pub(super) async fn numbered(conn: &mut Conn, case: &CaseRow, number: i32) -> Result<QueryRow, StaffError> {
    let all = rows::of_case(conn, &case.id).await?;
    all.into_iter()
        .find(|row| row.number == number)
        .ok_or(StaffError::NotFound)
}

pub(super) fn refused(sentence: impl Into<String>) -> StaffError {
    StaffError::Refused(sentence.into())
}

pub(super) fn gone() -> StaffError {
    refused("Diese Rückfrage ist nicht mehr offen.")
}

pub(super) async fn note(
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
