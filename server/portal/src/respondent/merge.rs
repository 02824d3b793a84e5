//! Three-way merge of one posted answer: what was rendered, what is posted,
//! what somebody else has stored meanwhile. Pure.

use chrono::{DateTime, Utc};
use survey::Entry;

/// Two people answered the same item differently; theirs stands, mine is in
/// the history until somebody decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Item id.
    pub item: String,
    /// What was posted.
    pub mine: Option<Entry>,
    /// Who posted it.
    pub mine_by: String,
    /// When.
    pub mine_at: DateTime<Utc>,
    /// What stands.
    pub theirs: Option<Entry>,
    /// Who stored it.
    pub theirs_by: String,
    /// When.
    pub theirs_at: DateTime<Utc>,
    /// Revision to send as base by those who insist on theirs.
    pub revision: i64,
    /// Revision under which mine is in the history.
    pub lost_revision: i64,
}

/// What stands at an item now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Current<'a> {
    pub entry: Option<Entry>,
    /// 0 where nothing was ever stored.
    pub revision: i64,
    /// Session that stored it.
    pub session_id: &'a str,
}

/// What to do with a posted answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Store it.
    Store,
    /// Leave what stands: it is the same, or only somebody else changed it.
    Keep,
    /// Leave what stands, keep mine in the history, tell.
    Conflict,
}

/// Whether [`merge`] needs to know what stood at the base revision.
pub(crate) fn needs_base(base_revision: i64, current: &Current<'_>, mine: Option<&Entry>) -> bool {
    base_revision != current.revision && current.entry.as_ref() != mine
}

/// Merges one answer. `base` is what stood at the revision the control was
/// rendered with; the outer `None` means that nothing is known of it.
pub(crate) fn merge(
    base_revision: i64,
    base: Option<Option<&Entry>>,
    current: &Current<'_>,
    mine: Option<&Entry>,
    session_id: &str,
) -> Verdict {
    let theirs = current.entry.as_ref();
    if theirs == mine {
        return Verdict::Keep;
    }
    if base_revision == current.revision {
        return Verdict::Store;
    }
    match base {
        // Posted as it was rendered: only the other one changed it.
        Some(base) if base == mine => Verdict::Keep,
        // Changed back meanwhile: only this one changed it.
        Some(base) if base == theirs => Verdict::Store,
        // One's own earlier save, of which the page has not heard yet.
        _ if current.session_id == session_id => Verdict::Store,
        _ => Verdict::Conflict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole matrix: base, theirs, mine among nothing, A, B and C.
    #[test]
    fn every_combination_of_base_theirs_and_mine() {
        let values = [None, Some("A"), Some("B"), Some("C")];
        let entry = |value: Option<&str>| value.map(|text| Entry::Given(text.to_owned()));
        for base in values {
            for theirs in values {
                for mine in values {
                    for same_session in [false, true] {
                        let session_id = if same_session { "mine" } else { "theirs" };
                        let current = Current {
                            entry: entry(theirs),
                            revision: 7,
                            session_id,
                        };
                        let (base_entry, mine_entry) = (entry(base), entry(mine));
                        let verdict = merge(3, Some(base_entry.as_ref()), &current, mine_entry.as_ref(), "mine");
                        let expected = match () {
                            () if theirs == mine || mine == base => Verdict::Keep,
                            () if theirs == base || same_session => Verdict::Store,
                            () => Verdict::Conflict,
                        };
                        assert_eq!(verdict, expected, "{base:?} {theirs:?} {mine:?} {same_session}");
                    }
                }
            }
        }
    }

    #[test]
    fn up_to_date_pages_store_and_invented_revisions_never_overwrite() {
        let current = Current {
            entry: Some(Entry::CannotSay),
            revision: 7,
            session_id: "theirs",
        };
        let mine = Entry::Given("1".into());
        assert_eq!(merge(7, None, &current, Some(&mine), "mine"), Verdict::Store);
        assert_eq!(merge(7, None, &current, None, "mine"), Verdict::Store, "cleared");
        assert_eq!(merge(99, None, &current, Some(&mine), "mine"), Verdict::Conflict);
        assert!(!needs_base(7, &current, Some(&mine)));
        assert!(needs_base(3, &current, Some(&mine)));
    }
}
