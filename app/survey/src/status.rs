//! Status of a case, and the one function that decides its transitions
//! (design, section 3).
//!
//! ```text
//! not_invited → invited → opened → started → submitted → usable | unusable
//!                                     ↑           ↓ ↑          ↓
//!                                     └─ reopen ─ query ───────┘
//! refused     from anything before a first submission
//! ineligible  from anywhere
//! ```

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In the register, wave not open.
    NotInvited,
    /// Invited, no reaction.
    Invited,
    /// Signed in once.
    Opened,
    /// First answer given.
    Started,
    /// Submitted; staff decides whether it is usable.
    Submitted,
    /// Submitted; a question to the office is open.
    Query,
    /// Fully usable.
    Usable,
    /// Submitted and not usable.
    Unusable,
    /// Declined before a submission.
    Refused,
    /// Not part of the survey (merged, dissolved, duplicate).
    Ineligible,
}

impl Status {
    /// All statuses in the order of the process.
    pub const ALL: [Self; 10] = [
        Self::NotInvited,
        Self::Invited,
        Self::Opened,
        Self::Started,
        Self::Submitted,
        Self::Query,
        Self::Usable,
        Self::Unusable,
        Self::Refused,
        Self::Ineligible,
    ];

    /// As stored and exported.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotInvited => "not_invited",
            Self::Invited => "invited",
            Self::Opened => "opened",
            Self::Started => "started",
            Self::Submitted => "submitted",
            Self::Query => "query",
            Self::Usable => "usable",
            Self::Unusable => "unusable",
            Self::Refused => "refused",
            Self::Ineligible => "ineligible",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::NotInvited => "noch nicht eingeladen",
            Self::Invited => "eingeladen",
            Self::Opened => "geöffnet",
            Self::Started => "begonnen",
            Self::Submitted => "eingegangen",
            Self::Query => "in Rückfrage",
            Self::Usable => "vollständig verwertbar",
            Self::Unusable => "nicht verwertbar",
            Self::Refused => "verweigert",
            Self::Ineligible => "gehört nicht zur Erhebung",
        }
    }

    /// Whether a submission is in and the questionnaire therefore locked.
    #[must_use]
    pub const fn is_locked(self) -> bool {
        matches!(
            self,
            Self::Submitted | Self::Query | Self::Usable | Self::Unusable | Self::Ineligible
        )
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that is no status.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("„{0}“ ist kein Status")]
pub struct UnknownStatus(pub String);

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL
            .into_iter()
            .find(|status| status.name() == text)
            .ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}

/// What happens to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The wave opens, or a latecomer is invited.
    Invite,
    /// First sign-in.
    Open,
    /// An answer is saved.
    Answer,
    /// The office submits.
    Submit,
    /// Staff asks the office something.
    Query,
    /// The question is settled: answered with a new submission, or withdrawn.
    SettleQuery,
    /// Staff accepts as usable.
    Accept,
    /// Staff rejects as not usable.
    Reject,
    /// Staff reopens for corrections; the earlier submission stays.
    Reopen,
    /// The office declines.
    Refuse,
    /// The office turns out not to belong to the survey.
    Exclude,
}

impl Event {
    /// All events.
    pub const ALL: [Self; 11] = [
        Self::Invite,
        Self::Open,
        Self::Answer,
        Self::Submit,
        Self::Query,
        Self::SettleQuery,
        Self::Accept,
        Self::Reject,
        Self::Reopen,
        Self::Refuse,
        Self::Exclude,
    ];

    /// As stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Open => "open",
            Self::Answer => "answer",
            Self::Submit => "submit",
            Self::Query => "query",
            Self::SettleQuery => "settle_query",
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Reopen => "reopen",
            Self::Refuse => "refuse",
            Self::Exclude => "exclude",
        }
    }
}

/// What a transition depends on besides status and event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The case has been submitted at least once.
    pub ever_submitted: bool,
    /// The submission meets the rule by which it is usable by itself: all P1,
    /// nothing that blocks, at most a tenth of the routed P2 items -8.
    pub meets_rule: bool,
}

/// An event that is not possible in a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Im Status „{status}“ ist „{event:?}“ nicht möglich")]
pub struct Refused {
    /// Where the case stands.
    pub status: Status,
    /// What was tried.
    pub event: Event,
}

/// Where a case stands after an event.
///
/// # Errors
/// Where the event is not possible; the status stays as it is.
pub fn apply(status: Status, event: Event, facts: &Facts) -> Result<Status, Refused> {
    use Status::{
        Ineligible, Invited, NotInvited, Opened, Query, Refused as Declined, Started, Submitted, Unusable, Usable,
    };
    let refused = Err(Refused { status, event });
    match (event, status) {
        (Event::Exclude, Ineligible) => refused,
        (Event::Exclude, _) => Ok(Ineligible),
        (Event::Invite, NotInvited) => Ok(Invited),
        (Event::Open, Invited) => Ok(Opened),
        (Event::Open, Opened | Started | Submitted | Query | Usable | Unusable) => Ok(status),
        // An office that had declined may change its mind.
        (Event::Open, Declined) => Ok(Opened),
        (Event::Answer, Invited | Opened | Started | Declined) => Ok(Started),
        (Event::Submit, Started) if facts.meets_rule => Ok(Usable),
        (Event::Submit, Started) => Ok(Submitted),
        (Event::Query, Submitted | Usable | Unusable) => Ok(Query),
        (Event::SettleQuery, Query) if facts.meets_rule => Ok(Usable),
        (Event::SettleQuery, Query) => Ok(Submitted),
        (Event::Accept, Submitted | Query | Unusable) => Ok(Usable),
        (Event::Reject, Submitted | Query | Usable) => Ok(Unusable),
        (Event::Reopen, Submitted | Query | Usable | Unusable) => Ok(Started),
        (Event::Refuse, NotInvited | Invited | Opened | Started) if !facts.ever_submitted => Ok(Declined),
        _ => refused,
    }
}
