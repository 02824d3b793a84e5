//! Findings of a sheet.

use super::Sheet;
use crate::answer::{Entry, Value};
use crate::check::{Confirmation, Finding, FindingKind, Findings};
use crate::model::{EditIx, ItemIx, Kind, QuestionIx, Requirement, Severity};
use std::borrow::Borrow;
use std::collections::BTreeMap;

impl<E: Borrow<Entry>> Sheet<E> {
    /// Everything that is missing, wrong or contradictory, in the order of
    /// the questionnaire. A confirmation holds only while its values stand.
    pub fn findings(&self, confirmations: &[Confirmation]) -> Findings {
        let mut found = Vec::new();
        for question in self
            .instrument
            .question_indices()
            .filter(|question| self.is_asked(*question))
        {
            // What is there in the wrong form does not count as missing, but
            // the other rows of its matrix may.
            self.form_findings(question, &mut found);
            found.extend(self.missing(question));
            for edit in &self.instrument[question].edits {
                if self.verdicts[edit.at()] == Some(false) {
                    found.push(self.fired(*edit, confirmations));
                }
            }
        }
        Findings(found)
    }

    /// The values a soft edit rests on at the moment, by item id; what a
    /// confirmation stores and is compared with.
    #[must_use]
    pub fn edit_values(&self, edit: EditIx) -> BTreeMap<String, String> {
        self.instrument[edit]
            .items
            .iter()
            .filter_map(|item| {
                let asked = self.is_item_asked(*item);
                let text = match self.entry(*item).filter(|_| asked)? {
                    Entry::Given(text) => text.clone(),
                    Entry::CannotSay => "-8".to_owned(),
                };
                Some((self.instrument[*item].id.clone(), text))
            })
            .collect()
    }

    fn form_findings(&self, question: QuestionIx, found: &mut Vec<Finding>) {
        for item in self.instrument.items_of(question) {
            let in_form = !matches!(self.values[item.at()], Value::Wrong(_) | Value::CannotSay);
            if in_form || (self.is_open_text(item) && !self.is_item_asked(item)) {
                continue;
            }
            if let (Value::Wrong(error), Some(Entry::Given(typed))) = (self.values[item.at()], self.entry(item)) {
                found.push(Finding {
                    kind: FindingKind::Form,
                    code: error.code().to_owned(),
                    question,
                    item,
                    items: vec![item],
                    edit: None,
                    message: self.with_row(item, error.message(typed)),
                    confirmed: None,
                });
            }
            let not_offered = !self.instrument[question].cannot_say || self.is_open_text(item);
            if self.values[item.at()] == Value::CannotSay && not_offered {
                found.push(Finding {
                    kind: FindingKind::Form,
                    code: "no_such_option".to_owned(),
                    question,
                    item,
                    items: vec![item],
                    edit: None,
                    message: "„Angabe nicht möglich“ gibt es bei dieser Frage nicht. Bitte antworten Sie.".to_owned(),
                    confirmed: None,
                });
            }
        }
    }

    /// In a matrix the row stands before the message.
    fn with_row(&self, item: ItemIx, message: String) -> String {
        match &self.instrument[item].label {
            Some(label) => format!("{label}: {message}"),
            None => message,
        }
    }

    fn missing(&self, question: QuestionIx) -> Option<Finding> {
        let entry = &self.instrument[question];
        let kind = match entry.requirement {
            Requirement::P1 => FindingKind::MissingP1,
            Requirement::P2 => FindingKind::MissingP2,
            Requirement::P3 => return None,
        };
        let items = self.missing_items(question);
        let first = items.first().copied()?;
        let message = match (
            entry.kind,
            entry.cannot_say,
            entry.kind.is_matrix() && items.len() < entry.items.len(),
        ) {
            (_, true, true) => format!(
                "Noch offen: {}. Bitte antworten Sie oder wählen Sie „Angabe nicht möglich“.",
                self.labels(&items)
            ),
            (_, false, true) => {
                format!("Noch offen: {}. Bitte antworten Sie.", self.labels(&items))
            }
            (Kind::Single | Kind::Multi, true, _) => {
                "Bitte wählen Sie eine Antwort, notfalls „Angabe nicht möglich“.".to_owned()
            }
            (Kind::Single | Kind::Multi, false, _) => "Bitte wählen Sie eine Antwort.".to_owned(),
            (_, true, _) => "Bitte antworten Sie oder wählen Sie „Angabe nicht möglich“.".to_owned(),
            _ => "Bitte beantworten Sie diese Frage.".to_owned(),
        };
        Some(Finding {
            kind,
            code: "missing".to_owned(),
            question,
            item: first,
            items,
            edit: None,
            message,
            confirmed: None,
        })
    }

    fn labels(&self, items: &[ItemIx]) -> String {
        items
            .iter()
            .filter_map(|item| self.instrument[*item].label.as_deref())
            .map(|label| format!("„{label}“"))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn fired(&self, edit: EditIx, confirmations: &[Confirmation]) -> Finding {
        let entry = &self.instrument[edit];
        let confirmed = confirmations
            .iter()
            .filter(|_| entry.severity == Severity::Soft)
            .find(|confirmation| confirmation.edit == entry.id && confirmation.values == self.edit_values(edit))
            .map(|confirmation| confirmation.reason.clone());
        let own = |item: &ItemIx| self.instrument[*item].question == entry.question;
        let item = entry
            .items
            .iter()
            .copied()
            .find(own)
            .or_else(|| self.instrument[entry.question].items.first().copied())
            .unwrap_or(ItemIx::new(0));
        Finding {
            kind: match entry.severity {
                Severity::Hard => FindingKind::Hard,
                Severity::Soft => FindingKind::Soft,
            },
            code: entry.id.clone(),
            question: entry.question,
            item,
            items: entry.items.clone(),
            edit: Some(edit),
            message: self.text(&entry.message),
            confirmed,
        }
    }
}
