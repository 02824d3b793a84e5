//! Rückfragen at the institute: the list of a wave, the form that asks, and
//! what a case's page shows of them.

mod ask;
mod list;
mod section;

pub(super) use ask::AskPage;
pub(super) use list::QueryList;
pub(super) use section::section;

use portal::{QueryState, QueryView};

/// How the state of a Rückfrage is marked.
fn state_tag(query: &QueryView) -> (&'static str, String) {
    match query.state {
        QueryState::Open if query.overdue => ("tag wrong", "offen, überfällig".to_owned()),
        QueryState::Open => ("tag part", "offen".to_owned()),
        QueryState::Answered => ("tag wrong", "beantwortet, bitte ansehen".to_owned()),
        QueryState::Closed | QueryState::Withdrawn => {
            let outcome = query.outcome.map_or(query.state.label(), |outcome| outcome.label());
            ("tag done", outcome.to_owned())
        }
    }
}
