//! What expressions see of a sheet: only routed answers.

use super::Sheet;
use crate::answer::{Entry, Value};
use crate::expr::{DayOf, Facts, day_number};
use crate::model::ItemIx;
use crate::office::{Form, Land};
use crate::typology::{AgeGroup, Level};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::borrow::Borrow;

/// A sheet as expressions read it.
pub(super) struct View<'a, E>(pub &'a Sheet<E>);

/// A value as a number: numbers, codes, and days.
fn number_of(value: Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Some(number),
        Value::Date(day) => Some(day_number(day)),
        _ => None,
    }
}

/// A value as the code of a choice.
pub(super) fn code_of(value: Value) -> Option<i64> {
    match value {
        // Parsed numbers have no trailing zeros: a scale means decimals.
        Value::Number(number) if number.scale() == 0 => number.mantissa().try_into().ok(),
        _ => None,
    }
}

impl<E: Borrow<Entry>> Facts for View<'_, E> {
    fn number(&self, item: ItemIx) -> Option<Decimal> {
        number_of(self.0.value(item))
    }

    fn before(&self, item: ItemIx) -> Option<Decimal> {
        self.0.before.get(item.at()).copied().and_then(number_of)
    }

    fn codes(&self, item: ItemIx) -> Option<u128> {
        match self.0.value(item) {
            Value::Codes(codes) => Some(codes),
            _ => None,
        }
    }

    fn text(&self, item: ItemIx) -> Option<&str> {
        match (self.0.value(item), self.0.entry(item)) {
            (Value::Text, Some(Entry::Given(text))) => Some(text.trim()),
            _ => None,
        }
    }

    fn cannot_say(&self, item: ItemIx) -> bool {
        self.0.value(item) == Value::CannotSay
    }

    fn form(&self) -> Form {
        self.0.case.form
    }

    fn land(&self) -> Land {
        self.0.case.land
    }

    fn day(&self, day: DayOf) -> Option<NaiveDate> {
        match day {
            DayOf::Stichtag => Some(self.0.case.stichtag),
            DayOf::VorwelleStichtag => self.0.case.vorwelle_stichtag,
        }
    }

    fn criterion(&self, level: Level, age: AgeGroup, before: bool) -> Option<&'static str> {
        let sheet = self.0;
        let core = &sheet.instrument.core;
        if before {
            core.letter(level, age, sheet.case.rules, |item| {
                sheet.before.get(item.at()).copied().and_then(code_of)
            })
        } else {
            core.letter(level, age, sheet.case.rules, |item| code_of(sheet.value(item)))
        }
    }
}
