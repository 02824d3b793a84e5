//! Piping: wordings with the values of this sheet.

use super::Sheet;
use super::facts::View;
use crate::answer::{Entry, german};
use crate::expr::{Facts, Num};
use crate::model::ItemIx;
use crate::text::{Piece, Slot, Text};
use std::borrow::Borrow;

/// Stands for a value that is not known.
const UNKNOWN: &str = "…";

impl<E: Borrow<Entry>> Sheet<E> {
    /// A wording with its placeholders filled; `…` where a value is missing.
    #[must_use]
    pub fn text(&self, text: &Text) -> String {
        let mut out = String::new();
        for piece in &text.0 {
            match piece {
                Piece::Plain(plain) => out.push_str(plain),
                Piece::Slot(slot) => out.push_str(&self.slot(slot)),
            }
        }
        out
    }

    fn slot(&self, slot: &Slot) -> String {
        let day = crate::answer::german_day;
        match slot {
            Slot::Form => self.case.form.label().to_owned(),
            Slot::Gebiet => self.case.gebiet.clone(),
            Slot::Stichtag => day(self.case.stichtag),
            Slot::Zeitraum => self.case.zeitraum.clone(),
            Slot::VorwelleStichtag => self.case.vorwelle_stichtag.map_or(UNKNOWN.to_owned(), day),
            Slot::Item(item) => self.shown(*item),
            Slot::Before(item) => View(self).before(*item).map_or(UNKNOWN.to_owned(), german),
            Slot::Total(items) => Num::Total(items.clone())
                .eval(&View(self))
                .map_or(UNKNOWN.to_owned(), german),
            Slot::Named(at) => self
                .instrument
                .piping
                .get(usize::from(*at))
                .map(|piping| {
                    let chosen = piping.when.eval(&View(self)) == Some(true);
                    if chosen {
                        piping.then.clone()
                    } else {
                        piping.otherwise.clone()
                    }
                })
                .unwrap_or_default(),
        }
    }

    fn shown(&self, item: ItemIx) -> String {
        match (View(self).number(item), self.entry(item)) {
            (Some(number), _) => german(number),
            (None, Some(Entry::Given(text))) if self.is_item_asked(item) => text.clone(),
            _ => UNKNOWN.to_owned(),
        }
    }
}
