//! What becomes of a mail after an attempt, and when it is tried again. Pure.

use super::UnderWay;
use crate::clock::from_micros;
use crate::mail::carrier::Answer;
use crate::mail::{Handled, MailError, NotSent, SentMail};
use crate::store::outbox::OutboxRow;
use chrono::{DateTime, TimeDelta, Utc};

/// First pause after a failed attempt; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(4);
/// How long a mail is tried.
const TRIED_FOR: TimeDelta = TimeDelta::hours(48);

/// State and words an answer leads to.
pub(super) fn outcome<'a>(mail: &UnderWay, answer: &'a Answer, at: DateTime<Utc>) -> (&'static str, &'a str) {
    let given_up = mail
        .row
        .first_tried_at
        .is_some_and(|first| at - from_micros(first) >= TRIED_FOR);
    match answer {
        Answer::Taken(text) => ("sent", text),
        Answer::Later(text) | Answer::Unreachable(text) if given_up => ("failed", text),
        Answer::Later(text) | Answer::Unreachable(text) => ("deferred", text),
        Answer::BadAddress(text) | Answer::Refused(text) => ("failed", text),
        Answer::Unclear(text) if mail.kind.may_come_twice() => ("deferred", text),
        Answer::Unclear(text) => ("unclear", text),
        Answer::Denied(text) => ("queued", text),
        Answer::NotBegun => ("queued", ""),
    }
}

/// Why no other mail would fare better, where an answer says so.
pub(super) fn stopped_by(done: &[(UnderWay, Answer)]) -> Result<(), MailError> {
    let mut stopped = Ok(());
    for (_, answer) in done {
        match answer {
            Answer::Denied(reason) => return Err(MailError::Denied(reason.clone())),
            Answer::Unreachable(reason) if stopped.is_ok() => stopped = Err(MailError::Unreachable(reason.clone())),
            _ => {}
        }
    }
    stopped
}

/// How it is told; nothing has become of what was not begun with.
pub(super) fn handled(mail: UnderWay, answer: &Answer, at: DateTime<Utc>) -> Option<Handled> {
    if *answer == Answer::NotBegun {
        return None;
    }
    let (state, text) = outcome(&mail, answer, at);
    let reason = text.to_owned();
    let UnderWay { row, kind, login, to } = mail;
    if state == "sent" {
        return Some(Handled::Sent(SentMail {
            kind,
            step: row.step,
            login,
            recipient: to,
            place: reason,
        }));
    }
    let mail = NotSent { kind, login, reason };
    Some(match state {
        "failed" => Handled::Failed(mail),
        "unclear" => Handled::Unclear(mail),
        _ => Handled::Deferred(mail),
    })
}

/// Pause before the next attempt: doubles each time, a fifth more or less by
/// the mail's id, so that not all come back at once.
pub(super) fn pause(row: &OutboxRow) -> TimeDelta {
    let doubled = u32::try_from(row.attempts)
        .ok()
        .and_then(|attempts| 2_i32.checked_pow(attempts))
        .and_then(|factor| FIRST_PAUSE.checked_mul(factor))
        .map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE));
    let dice = row
        .id
        .bytes()
        .fold(0_i32, |sum, byte| (sum * 31 + i32::from(byte)) % 401);
    doubled * (800 + dice) / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_four_hours_and_are_spread() {
        let of = |attempts, id: &str| {
            pause(&OutboxRow {
                attempts,
                id: id.to_owned(),
                ..OutboxRow::default()
            })
        };
        let seconds: Vec<_> = ["a", "b", "c", "d4", "e52"]
            .iter()
            .map(|id| of(0, id).num_seconds())
            .collect();
        assert!(seconds.iter().all(|one| (48..=72).contains(one)), "{seconds:?}");
        assert!(seconds.iter().any(|one| *one != seconds[0]), "{seconds:?}");
        assert!((384..=576).contains(&of(3, "a").num_seconds()));
        assert!((TimeDelta::minutes(192)..=TimeDelta::minutes(288)).contains(&of(1_000, "a")));
    }
}
