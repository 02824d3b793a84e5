//! What a module's form knows: the sheet of the whole questionnaire and, for
//! each question of the module, the signals its block listens to.

use super::ModuleData;
use crate::api::{TwoAnswers, case_name};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use survey::{Entry, FindingKind, Instrument, ItemIx, QuestionIx, Sheet};

/// How a finding is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Must be corrected before submission.
    Error,
    /// Correct it or confirm it with a reason.
    Warning,
    /// Not answered yet.
    Missing,
}

/// A finding as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// Stable code: kind of form error, `missing`, or the edit's id.
    pub code: String,
    /// How it is shown.
    pub weight: Weight,
    /// German sentence.
    pub message: String,
    /// Item the link leads to.
    pub item: String,
    /// The edit, where a reason may be given.
    pub edit: Option<String>,
    /// The reason given so far.
    pub reason: Option<String>,
}

/// State of saving, shown at the foot of the form.
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "only the browser saves while one types")
)]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Saving {
    /// Nothing has been changed since the page was loaded.
    #[default]
    Untouched,
    /// Changes wait or are under way.
    Busy,
    /// Everything typed is stored.
    Saved,
    /// The server did not answer; it is tried again.
    Offline,
    /// The server refused, with its sentence.
    Refused(String),
    /// The session ends soon for want of any input.
    Expiring,
    /// The session has ended; the form's own buttons still keep everything.
    SignedOut,
}

impl Saving {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Untouched => "untouched",
            Self::Busy => "busy",
            Self::Saved => "saved",
            Self::Offline => "offline",
            Self::Refused(_) => "refused",
            Self::Expiring => "expiring",
            Self::SignedOut => "signed-out",
        }
    }

    pub(super) fn sentence(&self) -> String {
        match self {
            Self::Untouched => String::new(),
            Self::Busy => "Wird gespeichert …".into(),
            Self::Saved => "Alle Angaben sind gespeichert.".into(),
            Self::Offline => "Noch nicht gespeichert: keine Verbindung zum Server. Ihre Angaben bleiben in diesem Browser und werden gesendet, sobald die Verbindung wieder steht.".into(),
            Self::Refused(reason) => reason.clone(),
            Self::Expiring => "Ihre Sitzung endet in wenigen Minuten, weil Sie längere Zeit nichts eingegeben haben. Jede Eingabe und „Speichern“ verlängern sie; gespeicherte Angaben bleiben erhalten.".into(),
            Self::SignedOut => "Ihre Sitzung ist beendet. Wählen Sie „Speichern“ und melden Sie sich neu an; Ihre Angaben gehen dabei nicht verloren.".into(),
        }
    }
}

/// The signals of one question.
#[derive(Clone, Copy)]
pub(super) struct QuestionSignals {
    /// Whether the question is asked of this unit now.
    pub asked: RwSignal<bool>,
    /// Its wording with piping filled.
    pub text: RwSignal<String>,
    /// What is wrong with its answer.
    pub findings: RwSignal<Vec<Shown>>,
    /// Codes chosen, for options that open a text.
    pub chosen: RwSignal<Vec<i16>>,
}

/// Handle on the form's state; cheap to copy.
#[derive(Clone, Copy)]
pub struct FormState {
    pub(super) instrument: StoredValue<Arc<Instrument>>,
    pub(super) data: StoredValue<ModuleData>,
    pub(super) sheet: StoredValue<Sheet>,
    signals: StoredValue<BTreeMap<QuestionIx, QuestionSignals>>,
    saving: RwSignal<Saving>,
    announcement: RwSignal<String>,
    conflicts: RwSignal<BTreeMap<String, TwoAnswers>>,
    unsaved: RwSignal<BTreeSet<String>>,
}

impl FormState {
    /// Builds the sheet from what is stored and the signals from the sheet.
    #[must_use]
    pub fn new(instrument: Arc<Instrument>, data: ModuleData) -> Self {
        let entries = data
            .answers
            .iter()
            .filter_map(|(item, (entry, _))| Some((item.clone(), entry.clone()?)))
            .collect();
        let sheet = Sheet::new(instrument.clone(), data.context.clone(), &entries);
        let found = sheet.findings(&data.confirmations);
        let signals = instrument
            .module(&data.letter)
            .map(|module| {
                module
                    .questions()
                    .map(|question| {
                        let shown = shown_of(&instrument, &found, question, data.show_missing);
                        let signals = QuestionSignals {
                            asked: RwSignal::new(sheet.is_asked(question)),
                            text: RwSignal::new(sheet.text(&instrument[question].text)),
                            findings: RwSignal::new(shown),
                            chosen: RwSignal::new(chosen_codes(&sheet, &instrument, question)),
                        };
                        (question, signals)
                    })
                    .collect()
            })
            .unwrap_or_default();
        Self {
            instrument: StoredValue::new(instrument),
            conflicts: RwSignal::new(data.conflicts.clone()),
            data: StoredValue::new(data),
            sheet: StoredValue::new(sheet),
            signals: StoredValue::new(signals),
            unsaved: RwSignal::default(),
            saving: RwSignal::new(Saving::default()),
            announcement: RwSignal::new(String::new()),
        }
    }

    pub(super) fn questions(self) -> Vec<QuestionIx> {
        self.signals.with_value(|signals| signals.keys().copied().collect())
    }

    /// The first question of the module that has an Ü25 twin.
    pub(super) fn first_copy(self) -> Option<QuestionIx> {
        self.instrument.with_value(|instrument| {
            self.questions()
                .into_iter()
                .find(|question| instrument[*question].copy_of.is_some())
        })
    }

    pub(super) fn signals(self, question: QuestionIx) -> Option<QuestionSignals> {
        self.signals.with_value(|signals| signals.get(&question).copied())
    }

    pub(super) fn saving(self) -> RwSignal<Saving> {
        self.saving
    }

    /// Items with two answers to decide between.
    pub(super) fn conflicts(self) -> RwSignal<BTreeMap<String, TwoAnswers>> {
        self.conflicts
    }

    /// Items that wait for the connection to come back.
    pub(super) fn unsaved(self) -> RwSignal<BTreeSet<String>> {
        self.unsaved
    }

    pub(super) fn announcement(self) -> RwSignal<String> {
        self.announcement
    }

    pub(super) fn entry(self, item: ItemIx) -> Option<Entry> {
        self.sheet.with_value(|sheet| sheet.entry(item).cloned())
    }

    /// The case, as requests name it.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "only the browser saves while one types")
    )]
    pub(super) fn case_name(self) -> String {
        self.data.with_value(|data| case_name(data.context.wave, &data.kennung))
    }

    /// The revision an item was rendered with.
    pub(super) fn revision(self, item: &str) -> i64 {
        self.data
            .with_value(|data| data.answers.get(item).map_or(0, |(_, revision)| *revision))
    }

    /// Takes over a changed answer and updates what depends on it. While a
    /// person is still typing (`settled` false) findings only disappear; new
    /// ones wait until the field is left.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only the browser edits"))]
    pub(super) fn set(self, item: ItemIx, entry: Option<Entry>, settled: bool) {
        let changed = self.sheet.try_update_value(|sheet| sheet.set(item, entry));
        if let Some(changed) = changed {
            let sentence = routing_sentence(changed.opened.len(), changed.closed.len());
            if !sentence.is_empty() {
                self.announcement.set(sentence);
            }
        }
        self.refresh(settled);
    }

    /// Recomputes the signals from the sheet; only real changes notify.
    pub(super) fn refresh(self, settled: bool) {
        let instrument = self.instrument.get_value();
        self.sheet.with_value(|sheet| {
            self.data.with_value(|data| {
                let found = sheet.findings(&data.confirmations);
                self.signals.with_value(|all| {
                    for (question, signals) in all {
                        set_if_new(signals.asked, sheet.is_asked(*question));
                        set_if_new(signals.text, sheet.text(&instrument[*question].text));
                        set_if_new(signals.chosen, chosen_codes(sheet, &instrument, *question));
                        let mut shown = shown_of(&instrument, &found, *question, data.show_missing);
                        if !settled {
                            let before = signals.findings.get_untracked();
                            shown.retain(|new| before.iter().any(|old| old.code == new.code));
                        }
                        set_if_new(signals.findings, shown);
                    }
                });
            });
        });
    }
}

fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

fn chosen_codes(sheet: &Sheet, instrument: &Instrument, question: QuestionIx) -> Vec<i16> {
    let question = &instrument[question];
    if question.options.iter().all(|option| option.open.is_none()) {
        return Vec::new();
    }
    match question.items.first().and_then(|item| sheet.entry(*item)) {
        Some(Entry::Given(codes)) => codes.split(',').filter_map(|code| code.trim().parse().ok()).collect(),
        _ => Vec::new(),
    }
}

fn shown_of(instrument: &Instrument, found: &survey::Findings, question: QuestionIx, show_missing: bool) -> Vec<Shown> {
    found
        .for_question(question)
        .filter_map(|finding| {
            let weight = match finding.kind {
                FindingKind::Form | FindingKind::Hard => Weight::Error,
                FindingKind::Soft => Weight::Warning,
                FindingKind::MissingP1 | FindingKind::MissingP2 if show_missing => Weight::Missing,
                FindingKind::MissingP1 | FindingKind::MissingP2 => return None,
            };
            Some(Shown {
                code: finding.code.clone(),
                weight,
                message: finding.message.clone(),
                item: instrument[finding.item].id.clone(),
                edit: finding
                    .edit
                    .filter(|_| finding.kind == FindingKind::Soft)
                    .map(|edit| instrument[edit].id.clone()),
                reason: finding.confirmed.clone(),
            })
        })
        .collect()
}

fn routing_sentence(opened: usize, closed: usize) -> String {
    let mut sentences = Vec::new();
    match opened {
        0 => {}
        1 => sentences.push("Durch Ihre Angabe ist eine weitere Frage hinzugekommen.".to_owned()),
        n => sentences.push(format!("Durch Ihre Angabe sind {n} weitere Fragen hinzugekommen.")),
    }
    match closed {
        0 => {}
        1 => sentences.push("Eine Frage entfällt.".to_owned()),
        n => sentences.push(format!("{n} Fragen entfallen.")),
    }
    sentences.join(" ")
}
