//! Which questions and edits have to be looked at again when an item changes,
//! and what of the wave before is read at all.

use crate::expr::Logic;
use crate::expr::depends::Dep;
use crate::model::{Dependents, EditIx, Instrument, ItemIx, QuestionIx};
use crate::text::{Piece, Slot, Text};

/// Fills the index of dependents, the items of every edit, and the items read
/// in the wave before, from expressions and wordings.
pub(super) fn link(built: &mut Instrument) {
    let mut dependents = vec![Dependents::default(); built.items.len()];
    for (at, question) in built.questions.iter().enumerate() {
        for item in items(&question.route, built) {
            push_new(&mut dependents[item.at()].questions, QuestionIx::new(at));
        }
    }
    let read: Vec<Vec<ItemIx>> = built.edits.iter().map(|edit| items(&edit.expr, built)).collect();
    for ((at, edit), items) in built.edits.iter_mut().enumerate().zip(read) {
        for item in &items {
            push_new(&mut dependents[item.at()].edits, EditIx::new(at));
        }
        edit.items = items;
    }
    built.before = before(built);
    built.dependents = dependents;
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if !list.contains(&value) {
        list.push(value);
    }
}

/// Items of this wave an expression reads: directly, through a criterion of
/// the typology, or as the choice that opens a text it reads.
fn items(expr: &Logic, built: &Instrument) -> Vec<ItemIx> {
    let mut items = Vec::new();
    expr.visit(&mut |dep| match dep {
        Dep::Item(item) => {
            push_new(&mut items, item);
            if let Some((choice, _)) = built[item].open_of {
                push_new(&mut items, choice);
            }
        }
        Dep::Criterion(age) => built.core.items(age).for_each(|item| push_new(&mut items, item)),
        Dep::Before(_) | Dep::BeforeCriterion(_) => {}
    });
    items
}

/// Items some expression or wording reads in the wave before.
fn before(built: &Instrument) -> Vec<ItemIx> {
    let mut items = Vec::new();
    let routes = built.questions.iter().map(|question| &question.route);
    let edits = built.edits.iter().map(|edit| &edit.expr);
    let piping = built.piping.iter().map(|piping| &piping.when);
    for expr in routes.chain(edits).chain(piping) {
        expr.visit(&mut |dep| match dep {
            Dep::Before(item) => push_new(&mut items, item),
            Dep::BeforeCriterion(age) => built.core.items(age).for_each(|item| push_new(&mut items, item)),
            Dep::Item(_) | Dep::Criterion(_) => {}
        });
    }
    let wordings = built
        .questions
        .iter()
        .flat_map(|question| Some(&question.text).into_iter().chain(&question.help));
    for Text(pieces) in wordings.chain(built.edits.iter().map(|edit| &edit.message)) {
        for piece in pieces {
            if let Piece::Slot(Slot::Before(item)) = piece {
                push_new(&mut items, *item);
            }
        }
    }
    items
}
