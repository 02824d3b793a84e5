//! What an expression depends on and may be; needed once, when an instrument is loaded.

use super::{Logic, Num, Term};
use crate::model::ItemIx;
use crate::office::{Form, Land};
use crate::typology::{AgeGroup, Level};

/// What an expression depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dep {
    Item(ItemIx),
    Before(ItemIx),
    Criterion(AgeGroup),
    BeforeCriterion(AgeGroup),
}

impl Logic {
    /// Calls `seen` for everything the condition depends on.
    pub(crate) fn visit(&self, seen: &mut dyn FnMut(Dep)) {
        match self {
            Self::Const(_) => {}
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.visit(seen)),
            Self::Not(part) => part.visit(seen),
            Self::Same(left, right) => {
                left.visit(seen);
                right.visit(seen);
            }
            Self::Compare(_, left, right) => {
                left.visit(seen);
                right.visit(seen);
            }
            Self::Among(value, list) => {
                value.visit(seen);
                list.iter().for_each(|one| one.visit(seen));
            }
            Self::Equal(left, right) => {
                left.visit(seen);
                right.visit(seen);
            }
            Self::OneOf(value, list) => {
                value.visit(seen);
                list.iter().for_each(|one| one.visit(seen));
            }
            Self::Chosen(item, _) | Self::Email(item) => seen(Dep::Item(*item)),
            Self::Rows(items, bounds) => {
                items.iter().for_each(|item| seen(Dep::Item(*item)));
                bounds.iter().for_each(|(_, bound)| bound.visit(seen));
            }
        }
    }
}

impl Num {
    fn visit(&self, seen: &mut dyn FnMut(Dep)) {
        match self {
            Self::Const(_) | Self::Day(_) => {}
            Self::Item(item) | Self::Length(item) | Self::Count(item) => seen(Dep::Item(*item)),
            Self::Before(item) => seen(Dep::Before(*item)),
            Self::Abs(value) | Self::Neg(value) => value.visit(seen),
            Self::Calc(_, left, right) => {
                left.visit(seen);
                right.visit(seen);
            }
            Self::Total(items) => items.iter().for_each(|item| seen(Dep::Item(*item))),
        }
    }
}

impl Term {
    /// The texts it may be; any where they cannot be listed.
    pub(crate) fn values(&self) -> Option<Vec<&str>> {
        match self {
            Self::Const(text) => Some(vec![text]),
            Self::Form => Some(Form::ALL.map(Form::label).to_vec()),
            Self::Land => Some(Land::ALL.map(Land::label).to_vec()),
            Self::Criterion(Level::K1, ..) => Some(vec!["I", "II"]),
            Self::Criterion(Level::K2 | Level::K3, ..) => Some(vec!["a", "b"]),
            Self::Item(_) => None,
        }
    }

    fn visit(&self, seen: &mut dyn FnMut(Dep)) {
        match self {
            Self::Const(_) | Self::Form | Self::Land => {}
            Self::Item(item) => seen(Dep::Item(*item)),
            Self::Criterion(_, age, false) => seen(Dep::Criterion(*age)),
            Self::Criterion(_, age, true) => seen(Dep::BeforeCriterion(*age)),
        }
    }
}
