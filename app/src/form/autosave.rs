//! Saving while one types: changes wait a moment, go out together, one
//! request at a time; what the server has not acknowledged stays in the queue
//! and is sent again.

use super::state::{FormState, Saving};
use crate::api::{Change, SaveReply, save_answers};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::collections::BTreeMap;
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

#[derive(Default)]
struct Queue {
    answers: BTreeMap<String, Option<Entry>>,
    reasons: BTreeMap<String, String>,
    ticket: u32,
    in_flight: bool,
    failures: u32,
    stopped: bool,
    quiet_minutes: u32,
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

    /// Queues an answer and sends the queue after `pause` milliseconds unless
    /// something else is queued meanwhile.
    pub(super) fn answer(&self, item: String, entry: Option<Entry>, pause: u32) {
        self.queue.borrow_mut().answers.insert(item, entry);
        self.schedule(pause);
    }

    /// Queues the reason for a soft edit.
    pub(super) fn reason(&self, edit: String, text: String) {
        self.queue.borrow_mut().reasons.insert(edit, text);
        self.schedule(AFTER_CHOICE);
    }

    /// Whether something typed has not been acknowledged yet.
    pub(super) fn pending(&self) -> bool {
        let queue = self.queue.borrow();
        !queue.stopped && (queue.in_flight || !queue.answers.is_empty() || !queue.reasons.is_empty())
    }

    /// The form itself is being posted: it carries everything.
    pub(super) fn stop(&self) {
        self.queue.borrow_mut().stopped = true;
    }

    /// The page came back from the browser's history: go on saving.
    pub(super) fn resume(&self) {
        self.queue.borrow_mut().stopped = false;
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
                if quiet == WARN_AFTER && !this.pending() {
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
        let (answers, reasons) = {
            let mut queue = self.queue.borrow_mut();
            if queue.in_flight || queue.stopped {
                return;
            }
            queue.in_flight = true;
            (std::mem::take(&mut queue.answers), std::mem::take(&mut queue.reasons))
        };
        let changes = answers
            .iter()
            .map(|(item, entry)| Change {
                item: item.clone(),
                base: self.state.revision(item),
                entry: entry.clone(),
            })
            .collect();
        let sent = reasons
            .iter()
            .map(|(edit, text)| (edit.clone(), text.clone()))
            .collect();
        let reply = save_answers(changes, sent).await;
        let give_back = |queue: &mut Queue| {
            for (item, entry) in answers {
                queue.answers.entry(item).or_insert(entry);
            }
            for (edit, text) in reasons {
                queue.reasons.entry(edit).or_insert(text);
            }
        };
        let mut queue = self.queue.borrow_mut();
        queue.in_flight = false;
        let saving = match reply {
            Ok(SaveReply::Saved {
                revisions,
                conflicts,
                confirmations,
            }) => {
                queue.failures = 0;
                queue.quiet_minutes = 0;
                let more = !queue.answers.is_empty() || !queue.reasons.is_empty();
                drop(queue);
                super::browser::acknowledge(self.state, revisions, conflicts, confirmations);
                if more {
                    self.schedule(AFTER_CHOICE);
                    Saving::Busy
                } else {
                    Saving::Saved
                }
            }
            Ok(SaveReply::SignedOut) => {
                give_back(&mut queue);
                Saving::SignedOut
            }
            Ok(SaveReply::Refused(reason)) => Saving::Refused(reason),
            Err(_) => {
                give_back(&mut queue);
                queue.failures = queue.failures.saturating_add(1);
                let pause = 1_000_u32.saturating_mul(1 << queue.failures.min(5)).min(LONGEST_PAUSE);
                drop(queue);
                self.schedule(pause);
                Saving::Offline
            }
        };
        self.state.saving().set(saving);
    }
}
