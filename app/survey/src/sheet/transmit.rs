//! What leaves a sheet: transmitted answers, machine values, and the share of
//! "Angabe nicht möglich" that decides whether it is usable.

use super::Sheet;
use crate::answer::{Entries, Entry, Value};
use crate::model::{ItemIx, Requirement};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::borrow::Borrow;
use std::fmt;

/// An item as it is exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MachineValue {
    /// -7: not routed.
    NotAsked,
    /// -8: "Angabe nicht möglich".
    CannotSay,
    /// -9: not answered.
    NotAnswered,
    /// A number or a code.
    Number(Decimal),
    /// Codes chosen, one bit each.
    Codes(u128),
    /// Text as typed, trimmed.
    Text(String),
    /// A day.
    Date(NaiveDate),
}

impl MachineValue {
    /// Whether a code of a multiple choice was chosen: `1`, `0`, or the
    /// missing code of the whole item.
    #[must_use]
    pub fn chosen(&self, code: i16) -> String {
        match self {
            Self::Codes(codes) => u8::from(codes & crate::answer::bit(code) != 0).to_string(),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for MachineValue {
    /// Decimal point, no thousands; days as `2007-10-31`; codes joined by
    /// commas; missing codes as numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked => f.write_str("-7"),
            Self::CannotSay => f.write_str("-8"),
            Self::NotAnswered => f.write_str("-9"),
            Self::Number(number) => write!(f, "{}", number.normalize()),
            Self::Codes(codes) => {
                let list: Vec<String> = (0..128_u32)
                    .filter(|code| codes >> code & 1 == 1)
                    .map(|code| code.to_string())
                    .collect();
                f.write_str(&list.join(","))
            }
            Self::Text(text) => f.write_str(text),
            Self::Date(day) => write!(f, "{day}"),
        }
    }
}

impl<E: Borrow<Entry>> Sheet<E> {
    /// The answers that are transmitted: those of items that are asked.
    #[must_use]
    pub fn transmitted(&self) -> Entries {
        self.instrument
            .item_indices()
            .filter(|item| self.is_item_asked(*item))
            .filter_map(|item| {
                let entry = self.entry(item)?;
                (self.values[item.at()] != Value::Blank).then(|| (self.instrument[item].id.clone(), entry.clone()))
            })
            .collect()
    }

    /// One item as it is exported. What does not have the form the item asks
    /// for counts as not answered.
    #[must_use]
    pub fn machine_value(&self, item: ItemIx) -> MachineValue {
        if !self.is_item_asked(item) {
            return MachineValue::NotAsked;
        }
        match (self.values[item.at()], self.entry(item)) {
            (Value::CannotSay, _) => MachineValue::CannotSay,
            (Value::Number(number), _) => MachineValue::Number(number),
            (Value::Codes(codes), _) => MachineValue::Codes(codes),
            (Value::Date(day), _) => MachineValue::Date(day),
            (Value::Text, Some(Entry::Given(text))) => MachineValue::Text(text.trim().to_owned()),
            _ => MachineValue::NotAnswered,
        }
    }

    /// Whether a submission may count as fully usable by itself: nothing
    /// stands against it, and at most a tenth of the routed P2 items are
    /// marked -8 (instrument, section 2; the threshold is an assumption).
    #[must_use]
    pub fn meets_usable_rule(&self, confirmations: &[crate::check::Confirmation]) -> bool {
        let (mut all, mut cannot_say) = (0_u32, 0_u32);
        for question in self
            .instrument
            .question_indices()
            .filter(|question| self.is_asked(*question))
        {
            if self.instrument[question].requirement == Requirement::P2 {
                for item in &self.instrument[question].items {
                    all += 1;
                    cannot_say += u32::from(self.values[item.at()] == Value::CannotSay);
                }
            }
        }
        cannot_say * 10 <= all && !self.findings(confirmations).blocks_submission()
    }
}
