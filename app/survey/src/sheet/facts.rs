//! What expressions see of a sheet: only routed answers.

use super::Sheet;
use crate::answer::{Entry, Value};
use crate::expr::{DayOf, Facts, day_number};
use crate::model::ItemIx;
use crate::office::{Form, Land};
use crate::typology::{AgeGroup, Level};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A sheet as expressions read it.
pub(super) struct View<'a>(pub &'a Sheet);

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
        Value::Number(number) if number.fract().is_zero() => number.to_i64(),
        _ => None,
    }
}

impl Facts for View<'_> {
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
