//! What of a questionnaire is whose: the head's everything, a colleague's the
//! modules the head has granted.

use crate::identity::session::who;
use crate::identity::{Access, Role, Session, Who};
use crate::store::{Conn, Stored, accounts};
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

/// The same as it is in this transaction: since the request came in, the head
/// may have named another deputy or withdrawn the access.
pub(crate) async fn access_now(conn: &mut Conn, session: &Session) -> Stored<Access> {
    let nothing = Access::of_colleague("", false);
    let Some(account) = accounts::by_id(conn, &session.account_id).await? else {
        return Ok(nothing);
    };
    let now = who(&account.role, account.unit_id, account.kennung, account.colleague)?;
    Ok(match (now, &session.who) {
        (Who::Unit { unit_id, access, .. }, Who::Unit { unit_id: theirs, .. }) if unit_id == *theirs => access,
        (Who::Staff { role }, Who::Unit { .. }) if session.on_behalf && role >= Role::Editor => Access::WHOLE,
        _ => nothing,
    })
}
