//! Which questions and edits have to be looked at again when an item changes.

use crate::expr::Logic;
use crate::expr::depends::Dep;
use crate::model::{Dependents, EditIx, Instrument, ItemIx, QuestionIx};
use crate::typology::CoreItems;

/// Fills the index of dependents, and the items of every edit, from the
/// expressions.
pub(super) fn link(built: &mut Instrument) {
    let mut dependents = vec![Dependents::default(); built.items.len()];
    let core = built.core.clone();
    for (at, question) in built.questions.iter().enumerate() {
        for_items(&question.route, &core, &mut |item| {
            push_new(&mut dependents[item.at()].questions, QuestionIx::new(at));
        });
    }
    for (at, edit) in built.edits.iter_mut().enumerate() {
        let mut items = Vec::new();
        for_items(&edit.expr, &core, &mut |item| {
            push_new(&mut dependents[item.at()].edits, EditIx::new(at));
            push_new(&mut items, item);
        });
        edit.items = items;
    }
    built.dependents = dependents;
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if !list.contains(&value) {
        list.push(value);
    }
}

/// Calls `seen` for every item of this wave an expression reads, directly or
/// through a criterion of the typology.
fn for_items(expr: &Logic, core: &CoreItems, seen: &mut dyn FnMut(ItemIx)) {
    expr.visit(&mut |dep| match dep {
        Dep::Item(item) => seen(item),
        Dep::Criterion(age) => core.items(age).for_each(&mut *seen),
        Dep::Before(_) | Dep::BeforeCriterion(_) => {}
    });
}
