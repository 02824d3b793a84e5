//! A deadline of one office's own: later than the wave's, shown to the office
//! wherever the wave's would stand, and followed by the mails that are counted
//! from the deadline.

use super::calls::read_day;
use super::mails::FormError;
use super::touch::{self, CaseRef};
use super::{StaffError, require};
use crate::Portal;
use crate::berlin;
use crate::identity::{Role, Session};
use crate::input::FieldError;
use crate::mail::planned;
use crate::mail::{MailKind, New, enqueue};
use crate::store::cases::{self, CaseRow};
use crate::store::events::{self, Actor, Deed};
use crate::store::{Conn, waves as wave_rows, work};
use crate::waves::{self, read_status, view};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// How far beyond the wave's deadline another one may lie.
const FURTHEST: TimeDelta = TimeDelta::days(366);

/// A longer deadline as it is typed in.
#[derive(Clone, Debug, Default)]
pub struct DeadlineForm {
    /// The day, ISO or German; the wave's own takes the extension back.
    pub day: String,
    /// Why, 3 to 1,000 characters.
    pub reason: String,
    /// Whether the office is told by mail.
    pub tell: bool,
}

impl Portal {
    /// Gives a case a deadline of its own, or the wave's again.
    ///
    /// # Errors
    /// For editors and above; what is wrong, by field: `frist`, `grund`.
    pub async fn extend_deadline(
        &self,
        session: &Session,
        wave: i32,
        case: impl Into<CaseRef<'_>>,
        form: &DeadlineForm,
    ) -> Result<NaiveDate, FormError> {
        let case = case.into();
        let who = require(session, Role::Editor)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let row = wave_rows::find(&mut tx, wave).await?.ok_or(StaffError::NotFound)?;
        let of_wave = waves::read_day(&row.deadline)?;
        let (day, reason) = checked(form, of_wave, berlin::day_of(now)).map_err(FormError::Invalid)?;
        let case = touch::take(&mut tx, wave, case).await?;
        if let Some(reason) = why_not(&case)? {
            return Err(StaffError::Refused(reason).into());
        }
        set(&mut tx, &case, (day, &reason), form.tell, (who, now)).await?;
        tx.commit().await?;
        Ok(day)
    }
}

/// The day and the reason, or what is wrong with them.
pub(super) fn checked(
    form: &DeadlineForm,
    of_wave: NaiveDate,
    today: NaiveDate,
) -> Result<(NaiveDate, String), Vec<FieldError>> {
    let mut wrong = Vec::new();
    let mut fail = |field: &str, message: String| {
        wrong.push(FieldError {
            field: field.to_owned(),
            code: "value".to_owned(),
            message,
        });
    };
    let day = read_day(&form.day);
    match day {
        None => fail(
            "frist",
            format!("„{}“ ist kein Tag; bitte so: 29.02.2008.", form.day.trim()),
        ),
        Some(day) if day < of_wave => {
            fail(
                "frist",
                format!(
                    "Die Frist der Welle ist der {}; verlängern heißt: später.",
                    berlin::short(of_wave)
                ),
            );
        }
        Some(day) if day != of_wave && day < today => fail("frist", "Dieser Tag ist schon vorbei.".to_owned()),
        Some(day) if day - of_wave > FURTHEST => {
            fail("frist", "Höchstens ein Jahr nach der Frist der Welle.".to_owned())
        }
        Some(_) => {}
    }
    let reason = form.reason.trim().replace('\0', "");
    if !(3..=1_000).contains(&reason.chars().count()) {
        fail("grund", StaffError::Reason.to_string());
    }
    match day {
        Some(day) if wrong.is_empty() => Ok((day, reason)),
        _ => Err(wrong),
    }
}

/// Why a case's deadline cannot be another one, as a sentence.
pub(super) fn why_not(case: &CaseRow) -> Result<Option<String>, StaffError> {
    let status = read_status(&case.status)?;
    Ok(if case.state == "closed" {
        Some("Die Welle ist geschlossen.".to_owned())
    } else if status.is_locked() {
        Some(format!("Im Status „{}“ gibt es keine Frist mehr.", status.label()))
    } else {
        None
    })
}

/// Sets the deadline, moves the mails that go by it, tells the office.
pub(super) async fn set(
    conn: &mut Conn,
    case: &CaseRow,
    (day, reason): (NaiveDate, &str),
    tell: bool,
    (who, now): (Actor<'_>, DateTime<Utc>),
) -> Result<(), StaffError> {
    let row = wave_rows::find(conn, case.wave).await?.ok_or(StaffError::NotFound)?;
    let extended = day != waves::read_day(&row.deadline)?;
    let (text, ends) = (day.to_string(), berlin::end_of_day(day).timestamp_micros());
    work::set_deadline(conn, &case.id, extended.then_some((text.as_str(), ends))).await?;
    let case = cases::by_id(conn, &case.id).await?.ok_or(StaffError::NotFound)?;
    let plan = planned::plan_of(conn, &view(&row)?).await?;
    for planned in plan.iter().filter(|planned| planned.goes_by_the_deadline()) {
        let due = planned::due_for(&plan, planned, &case)?.timestamp_micros();
        work::move_mail(conn, &case.id, &planned.step.name, due).await?;
    }
    let what = if extended {
        format!("Frist bis {} verlängert: {reason}", berlin::short(day))
    } else {
        format!("Fristverlängerung zurückgenommen: {reason}")
    };
    touch::note(conn, &case.id, who, &what, now).await?;
    if tell {
        let text = format!(
            "Ihre Frist für die Befragung ist geändert: Sie können den Fragebogen bis zum {} abgeben.",
            berlin::short(day)
        );
        let step = format!("frist-{}-{}", day, now.timestamp_micros());
        let of_case = (case.wave, case.unit_id.as_str(), case.id.as_str());
        let mail = New {
            own: Some(("Neue Frist für Ihren Fragebogen", &text)),
            ..New::to_case(MailKind::Written, step, of_case, None)
        };
        enqueue(conn, [mail], now).await?;
    }
    let detail = day.to_string();
    let deed = Deed {
        action: "deadline_changed",
        wave: Some(case.wave),
        unit_id: Some(&case.unit_id),
        detail: &detail,
    };
    events::audit(conn, who, &deed, now).await?;
    Ok(())
}
