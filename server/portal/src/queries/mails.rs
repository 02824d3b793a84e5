//! Mails about a Rückfrage: to the office's contact, to colleagues whose
//! modules it asks about, and the reminders before and after its last day.

use super::schedule;
use crate::berlin;
use crate::identity::Access;
use crate::mail::{self, MailKind, New};
use crate::respondent::Taken;
use crate::store::queries::QueryRow;
use crate::store::{Conn, Stored, accounts, colleagues};
use chrono::{DateTime, NaiveDate, Utc};
use survey::Instrument;

/// Queues a mail about a Rückfrage to the contact of the case.
pub(super) async fn tell(
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
pub(super) async fn tell_colleagues(
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
pub(super) async fn remind(
    conn: &mut Conn,
    taken: &Taken,
    row: &QueryRow,
    due: NaiveDate,
    now: DateTime<Utc>,
) -> Stored<()> {
    for moment in schedule::reminders(due) {
        if moment > now {
            tell(conn, taken, row, MailKind::QueryReminder, Some(moment), now).await?;
        }
    }
    Ok(())
}
