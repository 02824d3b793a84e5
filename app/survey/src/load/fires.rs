//! Whether an edit can fire at all.
//!
//! Sound, not complete: an edit is reported only where no answers whatever
//! make it false. Tried are all combinations of the choices that the edit, the
//! route of its question and the routes of what it reads depend on (up to
//! [`MOST`]); numbers are bounded by the codes of a choice, the length of a
//! text and the options of a multiple choice; what is not asked together with
//! the edit's question is unknown. Not covered: numbers that depend on each
//! other, and routes of routes.

use crate::expr::depends::Dep;
use crate::expr::{Calc, Logic, Num, Op, Term};
use crate::model::{EditIx, Instrument, ItemIx, ItemKind, QuestionIx};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Most combinations that are tried.
const MOST: usize = 20_000;

/// Why an edit can never fire, or nothing where it may.
pub(super) fn never(built: &Instrument, edit: EditIx) -> Option<&'static str> {
    let entry = &built[edit];
    let choices = choices(built, edit);
    let combinations = choices
        .iter()
        .try_fold(1_usize, |all, (_, codes)| all.checked_mul(codes.len()))
        .filter(|all| (1..=MOST).contains(all));
    let may_fire = (0..combinations.unwrap_or(1)).any(|number| {
        let mut rest = number;
        let chosen = choices
            .iter()
            .filter(|_| combinations.is_some())
            .filter_map(|(item, codes)| {
                let code = codes.get(rest % codes.len()).copied();
                rest /= codes.len();
                Some((*item, code?))
            });
        let answers = Answers {
            built,
            chosen: chosen.collect(),
        };
        answers.may_be_asked(entry.question) && answers.outcomes(&entry.expr, true).no
    });
    match may_fire {
        true => None,
        false if entry.items.is_empty() => Some("sie hängt von keiner Angabe ab"),
        false => Some("jede Kombination der Antworten erfüllt sie"),
    }
}

/// The single choices that decide about an edit, with their codes.
fn choices(built: &Instrument, edit: EditIx) -> Vec<(ItemIx, Vec<i16>)> {
    let entry = &built[edit];
    let mut items = entry.items.clone();
    let questions = entry.items.iter().map(|item| built[*item].question);
    for question in questions.chain([entry.question]) {
        built[question].route.visit(&mut |dep| {
            if let Dep::Item(item) = dep {
                items.push(item);
            }
        });
    }
    items.sort_unstable();
    items.dedup();
    let codes = |item: ItemIx| {
        built[built[item].question]
            .options
            .iter()
            .map(|option| option.code)
            .collect()
    };
    items
        .into_iter()
        .filter(|item| built[*item].kind == ItemKind::Choice)
        .map(|item| (item, codes(item)))
        .collect()
}

/// What a condition may come to, besides unknown.
#[derive(Clone, Copy)]
struct Outcomes {
    yes: bool,
    no: bool,
}

const UNKNOWN: Outcomes = Outcomes { yes: false, no: false };
const EITHER: Outcomes = Outcomes { yes: true, no: true };

/// Values a number may have; no bound where none is known.
#[derive(Clone, Copy)]
struct Range {
    low: Option<Decimal>,
    high: Option<Decimal>,
}

const ANY: Range = Range { low: None, high: None };

/// Some choices made, every other answer open.
struct Answers<'a> {
    built: &'a Instrument,
    chosen: BTreeMap<ItemIx, i16>,
}

impl Answers<'_> {
    fn may_be_asked(&self, question: QuestionIx) -> bool {
        self.outcomes(&self.built[question].route, false).yes
    }

    /// What a condition may come to; with `routed` only answers that may be
    /// asked are known.
    fn outcomes(&self, logic: &Logic, routed: bool) -> Outcomes {
        let all = |parts: &[Logic], flip: bool| {
            let mut joined = Outcomes { yes: true, no: false };
            for part in parts {
                let part = turned(self.outcomes(part, routed), flip);
                joined = Outcomes {
                    yes: joined.yes && part.yes,
                    no: joined.no || part.no,
                };
            }
            turned(joined, flip)
        };
        match logic {
            Logic::Const(value) => Outcomes {
                yes: *value,
                no: !value,
            },
            Logic::And(parts) => all(parts, false),
            Logic::Or(parts) => all(parts, true),
            Logic::Not(part) => turned(self.outcomes(part, routed), true),
            Logic::Same(left, right) => {
                let (left, right) = (self.outcomes(left, routed), self.outcomes(right, routed));
                Outcomes {
                    yes: (left.yes && right.yes) || (left.no && right.no),
                    no: (left.yes && right.no) || (left.no && right.yes),
                }
            }
            Logic::Compare(op, left, right) => match (self.range(left, routed), self.range(right, routed)) {
                (Some(left), Some(right)) => compared(*op, left, right),
                _ => UNKNOWN,
            },
            Logic::Among(value, list) => {
                let Some(value) = self.range(value, routed) else {
                    return UNKNOWN;
                };
                among(list.iter().map(|one| match self.range(one, routed) {
                    Some(one) => compared(Op::Eq, value, one),
                    None => UNKNOWN,
                }))
            }
            Logic::Equal(left, right) => self.equal(left, right, routed),
            Logic::OneOf(value, list) => {
                let parts = among(list.iter().map(|one| self.equal(value, one, routed)));
                // A list of all values there are leaves nothing outside.
                let listed = |one: &&str| list.iter().any(|part| matches!(part, Term::Const(text) if text == one));
                let all = value.values().is_some_and(|values| values.iter().all(listed));
                Outcomes {
                    no: parts.no && !all,
                    ..parts
                }
            }
            Logic::Chosen(item, _) | Logic::Email(item) => {
                if self.known(*item, routed) {
                    EITHER
                } else {
                    UNKNOWN
                }
            }
            // Rows that are left out keep every bound.
            Logic::Rows(items, bounds) => Outcomes {
                yes: true,
                no: items.iter().filter_map(|item| self.item(*item, routed)).any(|row| {
                    bounds.iter().any(|(op, bound)| match self.range(bound, routed) {
                        Some(bound) => compared(*op, row, bound).no,
                        None => false,
                    })
                }),
            },
        }
    }

    fn known(&self, item: ItemIx, routed: bool) -> bool {
        !routed || self.may_be_asked(self.built[item].question)
    }

    /// Values an item may have; none where it cannot be asked.
    fn item(&self, item: ItemIx, routed: bool) -> Option<Range> {
        if !self.known(item, routed) {
            return None;
        }
        Some(match self.chosen.get(&item) {
            Some(code) => point(Decimal::from(*code)),
            None => self.codes(item),
        })
    }

    /// From the lowest to the highest code of a choice; anything else is open.
    fn codes(&self, item: ItemIx) -> Range {
        if self.built[item].kind != ItemKind::Choice {
            return ANY;
        }
        let codes = || {
            self.built[self.built[item].question]
                .options
                .iter()
                .map(|option| Decimal::from(option.code))
        };
        Range {
            low: codes().min(),
            high: codes().max(),
        }
    }

    fn range(&self, num: &Num, routed: bool) -> Option<Range> {
        Some(match num {
            Num::Const(value) => point(*value),
            Num::Item(item) => self.item(*item, routed)?,
            Num::Before(item) => self.codes(*item),
            Num::Day(_) => ANY,
            Num::Abs(value) => {
                let value = self.range(value, routed)?;
                match (value.low, value.high) {
                    (Some(low), _) if low >= Decimal::ZERO => value,
                    (low, high) => Range {
                        low: Some(Decimal::ZERO),
                        high: low.zip(high).map(|(low, high)| low.abs().max(high.abs())),
                    },
                }
            }
            Num::Neg(value) => {
                let value = self.range(value, routed)?;
                Range {
                    low: value.high.map(|high| -high),
                    high: value.low.map(|low| -low),
                }
            }
            Num::Calc(calc, left, right) => calculated(*calc, self.range(left, routed)?, self.range(right, routed)?),
            Num::Length(item) => match self.built[*item].kind {
                ItemKind::Text { max } if self.known(*item, routed) => Range {
                    low: Some(Decimal::ONE),
                    high: Some(max.into()),
                },
                ItemKind::Text { .. } => return None,
                _ => ANY,
            },
            Num::Count(item) if self.known(*item, routed) => {
                let options = self.built[self.built[*item].question].options.len();
                Range {
                    low: Some(Decimal::ONE),
                    high: Some(options.into()),
                }
            }
            Num::Count(_) => return None,
            Num::Total(items) => {
                if items.iter().any(|item| self.known(*item, routed)) {
                    ANY
                } else {
                    return None;
                }
            }
        })
    }

    fn equal(&self, left: &Term, right: &Term, routed: bool) -> Outcomes {
        let text = |term: &Term| matches!(term, Term::Item(item) if !self.known(*item, routed));
        if text(left) || text(right) {
            return UNKNOWN;
        }
        match (left.values(), right.values()) {
            (Some(left), Some(right)) => Outcomes {
                yes: left.iter().any(|one| right.contains(one)),
                no: left.len() > 1 || right.len() > 1 || left != right,
            },
            _ => EITHER,
        }
    }
}

fn turned(outcomes: Outcomes, turn: bool) -> Outcomes {
    if turn {
        Outcomes {
            yes: outcomes.no,
            no: outcomes.yes,
        }
    } else {
        outcomes
    }
}

/// One of several equalities holds, or none does.
fn among(parts: impl Iterator<Item = Outcomes>) -> Outcomes {
    parts.fold(Outcomes { yes: false, no: true }, |all, part| Outcomes {
        yes: all.yes || part.yes,
        no: all.no && part.no,
    })
}

const fn point(value: Decimal) -> Range {
    Range {
        low: Some(value),
        high: Some(value),
    }
}

fn compared(op: Op, left: Range, right: Range) -> Outcomes {
    let both = |left: Option<Decimal>, right: Option<Decimal>, holds: fn(&Decimal, &Decimal) -> bool| {
        left.zip(right).is_none_or(|(left, right)| holds(&left, &right))
    };
    let less = both(left.low, right.high, Decimal::lt);
    let less_or_equal = both(left.low, right.high, Decimal::le);
    let more = both(left.high, right.low, Decimal::gt);
    let more_or_equal = both(left.high, right.low, Decimal::ge);
    let equal = Outcomes {
        yes: less_or_equal && more_or_equal,
        no: less || more,
    };
    match op {
        Op::Eq => equal,
        Op::Ne => turned(equal, true),
        Op::Lt => Outcomes {
            yes: less,
            no: more_or_equal,
        },
        Op::Le => Outcomes {
            yes: less_or_equal,
            no: more,
        },
        Op::Gt => Outcomes {
            yes: more,
            no: less_or_equal,
        },
        Op::Ge => Outcomes {
            yes: more_or_equal,
            no: less,
        },
    }
}

fn calculated(calc: Calc, left: Range, right: Range) -> Range {
    let join = |left: Option<Decimal>, right: Option<Decimal>, by: fn(Decimal, Decimal) -> Option<Decimal>| {
        left.zip(right).and_then(|(left, right)| by(left, right))
    };
    match calc {
        Calc::Add => Range {
            low: join(left.low, right.low, Decimal::checked_add),
            high: join(left.high, right.high, Decimal::checked_add),
        },
        Calc::Sub => Range {
            low: join(left.low, right.high, Decimal::checked_sub),
            high: join(left.high, right.low, Decimal::checked_sub),
        },
        Calc::Mul => {
            let ends = [
                (left.low, right.low),
                (left.low, right.high),
                (left.high, right.low),
                (left.high, right.high),
            ];
            let ends: Option<Vec<Decimal>> = ends
                .into_iter()
                .map(|(a, b)| join(a, b, Decimal::checked_mul))
                .collect();
            Range {
                low: ends.as_ref().and_then(|ends| ends.iter().min().copied()),
                high: ends.and_then(|ends| ends.into_iter().max()),
            }
        }
        Calc::Div => ANY,
    }
}
