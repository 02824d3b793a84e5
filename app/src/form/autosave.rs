//! Saving while one types: changes wait a moment, go out together, one
//! request at a time; what the server has not acknowledged stays in the queue
//! and in the browser, and is sent again.

use super::pending::{self, Pending};
use super::state::{FormState, Saving};
use crate::api::{Change, SaveReply, TwoAnswers, save_answers};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use survey::Entry;

/// Pause after a keystroke, in milliseconds; with the request itself it stays
/// below the second the questionnaire promises.
pub(super) const AFTER_TYPING: u32 = 600;
/// Pause after a choice or after leaving a field, in milliseconds.
pub(super) const AFTER_CHOICE: u32 = 50;
/// Minutes without a word to the server after which the end of the session is
/// announced; it ends after 30.
const WARN_AFTER: u32 = 25;
/// Longest pause between two tries without a connection, in milliseconds.
const LONGEST_PAUSE: u32 = 30_000;

/// An answer to be sent.
#[derive(Clone)]
struct Open {
    entry: Option<Entry>,
    /// The revision it was typed against.
    base: i64,
    /// Typed on an earlier page, which could not send it.
    late: bool,
}

/// What is to be sent: answers by item, reasons by edit.
#[derive(Clone, Default)]
struct Batch {
    answers: BTreeMap<String, Open>,
    reasons: BTreeMap<String, String>,
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.answers.is_empty() && self.reasons.is_empty()
    }

    /// Puts what was typed earlier under what was typed since.
    fn put_under(&mut self, earlier: Self) {
        for (item, open) in earlier.answers {
            let base = open.base;
            self.answers.entry(item).or_insert(open).base = base;
        }
        for (edit, text) in earlier.reasons {
            self.reasons.entry(edit).or_insert(text);
        }
    }

    fn changes(&self) -> Vec<Change> {
        let change = |(item, open): (&String, &Open)| Change {
            item: item.clone(),
            base: open.base,
            entry: open.entry.clone(),
            late: open.late,
        };
        self.answers.iter().map(change).collect()
    }

    fn reasons(&self) -> Vec<(String, String)> {
        let reasons = self.reasons.iter();
        reasons.map(|(edit, text)| (edit.clone(), text.clone())).collect()
    }
}

#[derive(Default)]
struct Queue {
    waiting: Batch,
    sent: Batch,
    /// The browser holds what is open; otherwise leaving the page is asked about.
    kept: bool,
    ticket: u32,
    in_flight: bool,
    failures: u32,
    stopped: bool,
    quiet_minutes: u32,
    /// The answer the server will not take as it is, and why.
    refused: Option<(String, String)>,
}

/// Handle on the queue of one form.
#[derive(Clone)]
pub(super) struct Autosave {
    state: FormState,
    queue: Rc<RefCell<Queue>>,
}

impl Autosave {
    pub(super) fn new(state: FormState) -> Self {
        Self {
            state,
            queue: Rc::default(),
        }
    }

    /// Takes over what an earlier page left, after it was put into the form.
    pub(super) fn adopt(&self, left: Pending) {
        if left.is_empty() {
            return;
        }
        {
            let mut queue = self.queue.borrow_mut();
            for change in left.changes {
                let open = Open {
                    entry: change.entry,
                    base: change.base,
                    late: true,
                };
                queue.waiting.answers.insert(change.item, open);
            }
            queue.waiting.reasons.extend(left.reasons);
        }
        self.keep();
        self.schedule(AFTER_CHOICE);
    }

    /// Queues an answer and sends the queue after `pause` milliseconds unless
    /// something else is queued meanwhile.
    pub(super) fn answer(&self, item: String, entry: Option<Entry>, pause: u32) {
        let base = self.state.revision(&item);
        {
            let mut queue = self.queue.borrow_mut();
            // A post that was broken off does not end the saving.
            queue.stopped = false;
            if queue.refused.as_ref().is_some_and(|(refused, _)| *refused == item) {
                queue.refused = None;
            }
            let blank = Open {
                entry: None,
                base,
                late: false,
            };
            let waiting = queue.waiting.answers.entry(item).or_insert(blank);
            waiting.entry = entry;
            waiting.late = false;
        }
        self.keep();
        self.schedule(pause);
    }

    /// Queues the reason for a soft edit.
    pub(super) fn reason(&self, edit: String, text: String) {
        {
            let mut queue = self.queue.borrow_mut();
            queue.stopped = false;
            queue.waiting.reasons.insert(edit, text);
        }
        self.keep();
        self.schedule(AFTER_CHOICE);
    }

    /// Whether something typed would be lost with this page.
    pub(super) fn would_lose(&self) -> bool {
        let queue = self.queue.borrow();
        !queue.stopped && !queue.kept && (queue.in_flight || !queue.waiting.is_empty())
    }

    /// The connection is back: no waiting any longer.
    pub(super) fn retry_now(&self) {
        let waits = !self.queue.borrow().waiting.is_empty();
        if waits {
            self.schedule(AFTER_CHOICE);
        }
    }

    /// Writes everything open into the browser's storage.
    fn keep(&self) {
        let mut queue = self.queue.borrow_mut();
        let mut open = queue.waiting.clone();
        open.put_under(queue.sent.clone());
        queue.kept = pending::keep(Pending {
            case: self.state.case_name(),
            changes: open.changes(),
            reasons: open.reasons(),
            at: 0,
        });
    }

    /// Marks the questions that wait for the connection, or none.
    fn mark_unsaved(&self, offline: bool) {
        let items = match offline {
            true => self.queue.borrow().waiting.answers.keys().cloned().collect(),
            false => BTreeSet::new(),
        };
        if self.state.unsaved().with_untracked(|old| *old != items) {
            self.state.unsaved().set(items);
        }
    }

    /// The form itself is being posted: it carries everything.
    pub(super) fn stop(&self) {
        self.queue.borrow_mut().stopped = true;
    }

    /// The page came back from the browser's history: go on saving.
    pub(super) fn resume(&self) {
        self.queue.borrow_mut().stopped = false;
        self.retry_now();
    }

    /// Says in time that the session is about to end for want of input.
    pub(super) fn warn_before_the_session_ends(&self) {
        let this = self.clone();
        spawn_local(async move {
            loop {
                TimeoutFuture::new(60_000).await;
                let quiet = {
                    let mut queue = this.queue.borrow_mut();
                    queue.quiet_minutes = queue.quiet_minutes.saturating_add(1);
                    queue.quiet_minutes
                };
                let waits = !this.queue.borrow().waiting.is_empty();
                if quiet == WARN_AFTER && !waits {
                    this.state.saving().set(Saving::Expiring);
                }
            }
        });
    }

    fn schedule(&self, pause: u32) {
        self.state.saving().set(Saving::Busy);
        let ticket = {
            let mut queue = self.queue.borrow_mut();
            queue.ticket = queue.ticket.wrapping_add(1);
            queue.ticket
        };
        let this = self.clone();
        spawn_local(async move {
            TimeoutFuture::new(pause).await;
            if this.queue.borrow().ticket == ticket {
                this.send().await;
            }
        });
    }

    async fn send(self) {
        let batch = {
            let mut queue = self.queue.borrow_mut();
            if queue.in_flight || queue.stopped {
                return;
            }
            queue.in_flight = true;
            queue.sent = std::mem::take(&mut queue.waiting);
            queue.sent.clone()
        };
        let reply = save_answers(self.state.case_name(), batch.changes(), batch.reasons()).await;
        let sent = {
            let mut queue = self.queue.borrow_mut();
            queue.in_flight = false;
            std::mem::take(&mut queue.sent)
        };
        let saving = match reply {
            Ok(SaveReply::Saved {
                revisions,
                conflicts,
                confirmations,
            }) => {
                let more = self.acknowledged(&revisions, &conflicts);
                super::browser::acknowledge(self.state, revisions, conflicts, confirmations);
                let refused = self.queue.borrow().refused.clone();
                match (more, refused) {
                    (true, _) => {
                        self.schedule(AFTER_CHOICE);
                        Saving::Busy
                    }
                    (false, Some((_, reason))) => Saving::Refused(reason),
                    (false, None) => Saving::Saved,
                }
            }
            Ok(SaveReply::SignedOut) => {
                self.queue.borrow_mut().waiting.put_under(sent);
                Saving::SignedOut
            }
            Ok(SaveReply::Refused { reason, item }) => self.refused(sent, reason, item),
            Err(_) => {
                let pause = {
                    let mut queue = self.queue.borrow_mut();
                    queue.waiting.put_under(sent);
                    queue.failures = queue.failures.saturating_add(1);
                    1_000_u32.saturating_mul(1 << queue.failures.min(5)).min(LONGEST_PAUSE)
                };
                self.schedule(pause);
                Saving::Offline
            }
        };
        self.keep();
        self.mark_unsaved(matches!(saving, Saving::Offline | Saving::SignedOut));
        self.state.saving().set(saving);
    }

    /// One answer the server does not take holds no other up; where all are
    /// refused (handed in, closed), they stay in the browser.
    fn refused(&self, mut sent: Batch, reason: String, item: Option<String>) -> Saving {
        let more = {
            let mut queue = self.queue.borrow_mut();
            let guilty = item.filter(|item| sent.answers.remove(item).is_some());
            let goes_on = guilty.is_some();
            if let Some(item) = guilty {
                queue.refused = Some((item, reason.clone()));
            }
            queue.waiting.put_under(sent);
            goes_on && !queue.waiting.is_empty()
        };
        if more {
            self.schedule(AFTER_CHOICE);
        }
        Saving::Refused(reason)
    }

    /// What was typed since then was typed against what is stored now. Returns
    /// whether something waits.
    fn acknowledged(&self, revisions: &[(String, i64)], conflicts: &[(String, TwoAnswers)]) -> bool {
        let mut queue = self.queue.borrow_mut();
        queue.failures = 0;
        queue.quiet_minutes = 0;
        for (item, revision) in revisions {
            let contested = conflicts.iter().any(|(other, _)| other == item);
            if let Some(waiting) = queue.waiting.answers.get_mut(item).filter(|_| !contested) {
                waiting.base = *revision;
            }
        }
        !queue.waiting.is_empty()
    }
}
