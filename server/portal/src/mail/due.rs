//! Whether a mail still may go out: asked when it is planned, shown to staff,
//! and asked again at the moment of sending. Pure.

use super::MailKind;
use super::plan::Audience;
use crate::berlin;
use crate::store::cases::CaseRow;
use crate::store::{StoreError, Stored};
use crate::waves::read_status;
use chrono::{DateTime, Utc};
use survey::status::Status;

/// Local days that have to lie between two mails the institute sends by its
/// own choice.
pub(crate) const GAP_DAYS: i64 = 2;

/// Whom a mail addresses, where the plan says so.
#[derive(Clone, Debug, Default)]
pub(crate) struct Target {
    pub audience: Option<Audience>,
    pub form: Option<String>,
    pub land: Option<String>,
    /// The step was switched off after its mails were queued.
    pub switched_off: bool,
}

/// What else decides.
pub(crate) struct Facts<'a> {
    pub case: Option<&'a CaseRow>,
    pub target: &'a Target,
    /// When the institute last wrote to the case by its own choice.
    pub last_sent: Option<DateTime<Utc>>,
    /// Why the address gets nothing.
    pub mark: Option<&'a str>,
    /// The moment of sending.
    pub at: DateTime<Utc>,
}

/// Why a mail must not go out, as a German sentence without a full stop.
pub(crate) fn why_not(kind: MailKind, facts: &Facts<'_>) -> Stored<Option<String>> {
    if let Some(case) = facts.case
        && let Some(reason) = case_says(kind, case, facts)?
    {
        return Ok(Some(reason));
    }
    Ok(facts
        .mark
        .map(|mark| format!("An diese Adresse geht nichts, bis jemand sie bestätigt oder ändert ({mark})")))
}

fn case_says(kind: MailKind, case: &CaseRow, facts: &Facts<'_>) -> Stored<Option<String>> {
    let status = read_status(&case.status)?;
    let asks = matches!(kind, MailKind::Invitation | MailKind::Reminder);
    let reminds = asks || kind == MailKind::QueryReminder;
    let said = match kind {
        MailKind::Invitation | MailKind::Reminder => pending(case, status),
        MailKind::Reopened if status.is_locked() => Some("Der Fragebogen ist inzwischen wieder abgegeben".into()),
        MailKind::Query | MailKind::QueryReminder if status != Status::Query => {
            Some("Die Rückfrage ist inzwischen erledigt".into())
        }
        _ => None,
    };
    if said.is_some() || !reminds {
        return Ok(said);
    }
    if let Some(reason) = &case.opt_out_reason {
        return Ok(Some(format!("Von Erinnerungen abgemeldet: {reason}")));
    }
    if !asks {
        return Ok(None);
    }
    let target = facts.target;
    if target.switched_off {
        return Ok(Some("Der Schritt ist im Plan ausgeschaltet".into()));
    }
    if let Some(audience) = target.audience
        && !audience.includes(status)
    {
        return Ok(Some(format!("Gehört nicht zur Zielgruppe ({})", audience.label())));
    }
    for (wanted, own) in [(&target.form, &case.form), (&target.land, &case.land)] {
        if wanted.as_ref().is_some_and(|wanted| wanted != own) {
            return Ok(Some(format!(
                "Gehört nicht zur Zielgruppe ({})",
                wanted.as_deref().unwrap_or("")
            )));
        }
    }
    Ok(match facts.last_sent {
        Some(last) if kind == MailKind::Reminder && too_soon(last, facts.at) => Some(format!(
            "Die letzte E-Mail ging am {} hinaus; zwischen zweien liegen mindestens {GAP_DAYS} Tage",
            berlin::long(last)
        )),
        _ => None,
    })
}

/// Why an office is not asked (any more).
fn pending(case: &CaseRow, status: Status) -> Option<String> {
    Some(match status {
        _ if case.state != "open" => "Die Welle ist nicht geöffnet".into(),
        Status::Refused => "Die Einheit hat abgelehnt".into(),
        Status::Ineligible => "Die Einheit gehört nicht zur Erhebung".into(),
        Status::NotInvited | Status::Invited | Status::Opened | Status::Started => return None,
        Status::Submitted | Status::Query | Status::Usable | Status::Unusable => {
            "Der Fragebogen ist eingegangen".into()
        }
    })
}

/// Counted in local days, so that days of 23 and 25 hours change nothing; a
/// mail that seems to come from the future (a clock that was wrong) is recent.
fn too_soon(last: DateTime<Utc>, at: DateTime<Utc>) -> bool {
    (berlin::day_of(at) - berlin::day_of(last)).num_days() < GAP_DAYS
}

/// Reads a stored audience.
pub(crate) fn read_audience(name: &str) -> Stored<Audience> {
    name.parse()
        .map_err(|()| StoreError::content(format!("an audience {name:?}")))
}
