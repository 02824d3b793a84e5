//! What each thing known of a case adds or takes, one function for each row of
//! the rule's table. Each stays as it is from some day or number on, so a
//! database can compare with as many steps.

use super::Share;

/// Agreed to be called today or before.
pub const AGREED: u32 = 60;
/// Opened, nothing answered.
pub const OPENED: u32 = 5;
/// Mails do not arrive.
pub const UNREACHABLE: u32 = 15;
/// Filled in as a whole.
pub const FILLED: u32 = 40;

/// Days of silence beyond which it counts no more.
pub const SILENT: u32 = 10;
/// Days left from which on a deadline does not count.
pub const SOON: u32 = 10;
/// Days after which a contact does not count.
pub const RECENT: u32 = 5;
/// Calls in vain beyond which they count no more.
pub const MISSED: u32 = 4;

/// For what is filled in so far.
#[must_use]
pub fn filled(done: Share) -> u32 {
    done.percent() * FILLED / 100
}

/// For days without a sign.
#[must_use]
pub fn silent(days: u32) -> u32 {
    days.min(SILENT).saturating_sub(2) * 2
}

/// For the days left until the deadline; below zero: past.
#[must_use]
pub fn near(days_left: i32) -> u32 {
    (SOON - days_left.clamp(0, SOON.cast_signed()).unsigned_abs()) * 2
}

/// For a group that lags behind the whole.
#[must_use]
pub fn behind(group: Share, all: Share) -> u32 {
    (all.percent().saturating_sub(group.percent()) / 2).min(15)
}

/// Taken for a contact so many days ago.
#[must_use]
pub fn contacted(days_ago: u32) -> u32 {
    RECENT.saturating_sub(days_ago) * 6
}

/// Taken for so many calls in vain.
#[must_use]
pub fn missed(calls: u32) -> u32 {
    calls.min(MISSED) * 4
}
