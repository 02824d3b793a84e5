//! Transitions of a case: asked of [`survey::status::apply`], stored with who
//! and when in the transaction of their cause.

use super::actor;
use crate::identity::Session;
use crate::store::cases::{self, Moment};
use crate::store::events::{self, Actor, NewEvent};
use crate::store::{Conn, Stored, work};
use crate::waves::read_status;
use chrono::{DateTime, Utc};
use survey::status::{Event, Facts, Refused, Status, apply};

/// What happens to a case, by whom and why.
#[derive(Clone, Copy)]
pub(crate) struct Step<'a> {
    pub event: Event,
    pub facts: Facts,
    pub who: Actor<'a>,
    pub reason: Option<&'a str>,
}

/// Makes a transition, or says that the rules refuse it. `status` is what the
/// case has in this transaction; an event that changes nothing is not noted.
pub(crate) async fn transition(
    conn: &mut Conn,
    case_id: &str,
    status: Status,
    step: &Step<'_>,
    now: DateTime<Utc>,
) -> Stored<Result<Status, Refused>> {
    let after = match apply(status, step.event, &step.facts) {
        Ok(after) => after,
        Err(refused) => return Ok(Err(refused)),
    };
    if after == status {
        return Ok(Ok(after));
    }
    let moment = match step.event {
        Event::Invite => Moment::Invited,
        Event::Open => Moment::Opened,
        Event::Answer => Moment::Started,
        Event::Submit => Moment::Submitted,
        _ => Moment::None,
    };
    cases::set_status(conn, case_id, after.name(), moment, now.timestamp_micros()).await?;
    let event = NewEvent {
        case_id,
        event: step.event.name(),
        from: status.name(),
        to: after.name(),
        reason: step.reason,
    };
    events::insert(conn, step.who, &[event], now).await?;
    let what = format!("Status: {} → {}", status.label(), after.label());
    work::changed(conn, case_id, step.who.name, &what, now.timestamp_micros()).await?;
    Ok(Ok(after))
}

/// Notes something that goes without saying (first sign-in, first answer);
/// where the rules refuse it, nothing happens.
pub(crate) async fn advance(
    conn: &mut Conn,
    case_id: &str,
    status: Status,
    event: Event,
    who: Actor<'_>,
    now: DateTime<Utc>,
) -> Stored<Status> {
    let step = Step {
        event,
        facts: Facts::default(),
        who,
        reason: None,
    };
    Ok(transition(conn, case_id, status, &step, now).await?.unwrap_or(status))
}

/// Marks the case of a unit in the field as opened, at its first sign-in.
pub(crate) async fn opened(conn: &mut Conn, unit_id: &str, session: &Session, now: DateTime<Utc>) -> Stored<()> {
    let Some(case) = cases::current_of_unit(conn, unit_id).await? else {
        return Ok(());
    };
    if case.state != "open" || !matches!(read_status(&case.status)?, Status::Invited | Status::Refused) {
        return Ok(());
    }
    let (_, status) = cases::take(conn, &case.id).await?;
    let status = read_status(&status)?;
    advance(conn, &case.id, status, Event::Open, actor(session), now).await?;
    Ok(())
}
