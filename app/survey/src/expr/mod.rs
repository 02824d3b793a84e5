//! Expressions for routing and edits, checked, and their evaluation in
//! Kleene's strong three-valued logic (design, section 3): a missing or
//! unrouted value is unknown; `false and unknown` is false, `true or unknown`
//! is true, otherwise unknown spreads. Division by zero and overflow are
//! unknown. Evaluation neither allocates nor fails, and its depth is bounded
//! when the instrument is loaded.

#[cfg(feature = "load")]
pub(crate) mod ast;
#[cfg(feature = "load")]
pub(crate) mod depends;
#[cfg(feature = "load")]
pub(crate) mod lexer;
#[cfg(feature = "load")]
pub(crate) mod parser;
#[cfg(feature = "load")]
pub(crate) mod typing;

use crate::model::ItemIx;
use crate::office::{Form, Land};
use crate::typology::{AgeGroup, Level};
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A condition: true, false or unknown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Logic {
    #[serde(rename = "k")]
    Const(bool),
    #[serde(rename = "and")]
    And(Vec<Logic>),
    #[serde(rename = "or")]
    Or(Vec<Logic>),
    #[serde(rename = "not")]
    Not(Box<Logic>),
    /// Two conditions are equally true.
    #[serde(rename = "same")]
    Same(Box<Logic>, Box<Logic>),
    #[serde(rename = "cmp")]
    Compare(Op, Num, Num),
    #[serde(rename = "among")]
    Among(Num, Vec<Num>),
    #[serde(rename = "eq")]
    Equal(Term, Term),
    #[serde(rename = "in")]
    OneOf(Term, Vec<Term>),
    /// The code is among those chosen.
    #[serde(rename = "has")]
    Chosen(ItemIx, i16),
    #[serde(rename = "mail")]
    Email(ItemIx),
    /// Every row that is answered keeps the bounds.
    #[serde(rename = "rows")]
    Rows(Vec<ItemIx>, Vec<(Op, Num)>),
}

/// A comparison of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Op {
    #[serde(rename = "=")]
    Eq,
    #[serde(rename = "!")]
    Ne,
    #[serde(rename = "<")]
    Lt,
    #[serde(rename = "<=")]
    Le,
    #[serde(rename = ">")]
    Gt,
    #[serde(rename = ">=")]
    Ge,
}

/// A number or unknown. Days are numbers too: days of the common era.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Num {
    #[serde(rename = "k")]
    Const(Decimal),
    #[serde(rename = "i")]
    Item(ItemIx),
    #[serde(rename = "v")]
    Before(ItemIx),
    #[serde(rename = "d")]
    Day(DayOf),
    #[serde(rename = "abs")]
    Abs(Box<Num>),
    #[serde(rename = "neg")]
    Neg(Box<Num>),
    #[serde(rename = "op")]
    Calc(Calc, Box<Num>, Box<Num>),
    #[serde(rename = "len")]
    Length(ItemIx),
    #[serde(rename = "count")]
    Count(ItemIx),
    #[serde(rename = "sum")]
    Total(Vec<ItemIx>),
}

/// The four operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Calc {
    #[serde(rename = "+")]
    Add,
    #[serde(rename = "-")]
    Sub,
    #[serde(rename = "*")]
    Mul,
    #[serde(rename = "/")]
    Div,
}

/// A day of the wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum DayOf {
    #[serde(rename = "s")]
    Stichtag,
    #[serde(rename = "v")]
    VorwelleStichtag,
}

/// A text or unknown; texts compare for equality only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Term {
    #[serde(rename = "k")]
    Const(String),
    #[serde(rename = "f")]
    Form,
    #[serde(rename = "l")]
    Land,
    #[serde(rename = "i")]
    Item(ItemIx),
    /// A criterion of the typology, of this wave or the one before.
    #[serde(rename = "c")]
    Criterion(Level, AgeGroup, bool),
}

/// What expressions are evaluated against.
pub(crate) trait Facts {
    /// The number, code or day given for an item of this wave.
    fn number(&self, item: ItemIx) -> Option<Decimal>;
    /// The same of the wave before.
    fn before(&self, item: ItemIx) -> Option<Decimal>;
    /// Codes chosen.
    fn codes(&self, item: ItemIx) -> Option<u128>;
    /// The text given.
    fn text(&self, item: ItemIx) -> Option<&str>;
    /// Whether -8 was given.
    fn cannot_say(&self, item: ItemIx) -> bool;
    /// Form of the unit.
    fn form(&self) -> Form;
    /// Land of the unit.
    fn land(&self) -> Land;
    /// A day of the wave.
    fn day(&self, day: DayOf) -> Option<NaiveDate>;
    /// A letter of the typology.
    fn criterion(&self, level: Level, age: AgeGroup, before: bool) -> Option<&'static str>;
}

/// A day as a number that grows by one a day.
pub(crate) fn day_number(day: NaiveDate) -> Decimal {
    Decimal::from(day.num_days_from_ce())
}

impl Logic {
    /// True, false, or `None` for unknown.
    pub(crate) fn eval(&self, facts: &impl Facts) -> Option<bool> {
        match self {
            Self::Const(value) => Some(*value),
            Self::And(parts) => all(parts.iter().map(|part| part.eval(facts))),
            Self::Or(parts) => all(parts.iter().map(|part| part.eval(facts).map(|value| !value))).map(|none| !none),
            Self::Not(part) => part.eval(facts).map(|value| !value),
            Self::Same(left, right) => Some(left.eval(facts)? == right.eval(facts)?),
            Self::Compare(op, left, right) => Some(op.holds(left.eval(facts)?, right.eval(facts)?)),
            Self::Among(value, list) => {
                let value = value.eval(facts)?;
                all(list.iter().map(|one| one.eval(facts).map(|one| one != value))).map(|none| !none)
            }
            Self::Equal(left, right) => Some(left.eval(facts)? == right.eval(facts)?),
            Self::OneOf(value, list) => {
                let value = value.eval(facts)?;
                all(list.iter().map(|one| one.eval(facts).map(|one| one != value))).map(|none| !none)
            }
            Self::Chosen(item, code) => Some(facts.codes(*item)? & crate::answer::bit(*code) != 0),
            Self::Email(item) => facts.text(*item).map(is_email),
            Self::Rows(items, bounds) => all(items.iter().filter_map(|item| facts.number(*item)).flat_map(|value| {
                bounds
                    .iter()
                    .map(move |(op, bound)| bound.eval(facts).map(|bound| op.holds(value, bound)))
            })),
        }
    }
}

/// The conjunction of conditions, lazily.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = None,
        }
    }
    known
}

impl Op {
    fn holds(self, left: Decimal, right: Decimal) -> bool {
        match self {
            Self::Eq => left == right,
            Self::Ne => left != right,
            Self::Lt => left < right,
            Self::Le => left <= right,
            Self::Gt => left > right,
            Self::Ge => left >= right,
        }
    }
}

impl Num {
    /// The number, or `None` for unknown.
    pub(crate) fn eval(&self, facts: &impl Facts) -> Option<Decimal> {
        match self {
            Self::Const(value) => Some(*value),
            Self::Item(item) => facts.number(*item),
            Self::Before(item) => facts.before(*item),
            Self::Day(day) => facts.day(*day).map(day_number),
            Self::Abs(value) => value.eval(facts).map(|value| value.abs()),
            Self::Neg(value) => value.eval(facts).map(|value| -value),
            Self::Calc(calc, left, right) => {
                let (left, right) = (left.eval(facts)?, right.eval(facts)?);
                match calc {
                    Calc::Add => left.checked_add(right),
                    Calc::Sub => left.checked_sub(right),
                    Calc::Mul => left.checked_mul(right),
                    Calc::Div => left.checked_div(right),
                }
            }
            Self::Length(item) => facts.text(*item).map(|text| Decimal::from(text.chars().count())),
            Self::Count(item) => facts.codes(*item).map(|codes| Decimal::from(codes.count_ones())),
            // Parts nobody can give count nothing; but where nobody can give
            // any, there is no sum that could contradict something.
            Self::Total(items) => items
                .iter()
                .filter(|item| !facts.cannot_say(**item))
                .try_fold(None, |sum: Option<Decimal>, item| {
                    let part = facts.number(*item)?;
                    Some(Some(sum.unwrap_or_default().checked_add(part)?))
                })
                .flatten(),
        }
    }
}

impl Term {
    fn eval<'a>(&'a self, facts: &'a impl Facts) -> Option<&'a str> {
        match self {
            Self::Const(text) => Some(text),
            Self::Form => Some(facts.form().label()),
            Self::Land => Some(facts.land().label()),
            Self::Item(item) => facts.text(*item),
            Self::Criterion(level, age, before) => facts.criterion(*level, *age, *before),
        }
    }
}

/// Whether a text has the shape of one mail address: something, an at sign, a
/// domain of at least two labels. Deliverability is not ours to guess; names
/// beyond ASCII are left to the mail server (RFC 6531).
#[must_use]
pub fn is_email(text: &str) -> bool {
    let text = text.trim();
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"@".contains(c);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    !local.is_empty()
        && local.len() <= 64
        && text.len() <= 254
        && local.chars().all(plain)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && domain.contains('.')
        && domain.split('.').all(label)
        && domain
            .rsplit('.')
            .next()
            .is_some_and(|last| last.chars().count() >= 2 && last.chars().any(char::is_alphabetic))
}
