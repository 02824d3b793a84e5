//! What of a questionnaire is whose: the head's everything, a colleague's the
//! modules the head has granted.

use crate::identity::{Access, Session, Who};
use survey::{Instrument, QuestionIx};

impl Access {
    /// Whether a question stands in one of their modules.
    #[must_use]
    pub fn sees_question(&self, instrument: &Instrument, question: QuestionIx) -> bool {
        self.sees(&instrument.modules[usize::from(instrument[question].module)].letter)
    }

    /// Whether an item stands in one of their modules.
    #[must_use]
    pub fn sees_item(&self, instrument: &Instrument, item: &str) -> bool {
        let found = instrument.item(item);
        self.is_whole() || found.is_some_and(|item| self.sees_question(instrument, instrument[item].question))
    }
}

/// What a session may see of its unit's questionnaire; nothing for staff.
pub(crate) fn access(session: &Session) -> Access {
    match &session.who {
        Who::Unit { access, .. } => access.clone(),
        Who::Staff { .. } => Access::of_colleague("", false),
    }
}
