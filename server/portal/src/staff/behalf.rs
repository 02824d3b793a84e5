//! Entering answers on behalf of an office: the same use cases as the
//! office's own, by a session that stands for the unit and says at every
//! answer that staff entered it. And the link that opens an office's access,
//! sent once more.

use super::touch::{self, CaseRef};
use super::{StaffError, require};
use crate::Portal;
use crate::identity::{Access, Role, Session, Who};
use crate::mail::{MailKind, New, enqueue};
use crate::store::events::{self, Deed};
use crate::store::{accounts, cases};
use crate::words;

impl Portal {
    /// A session that answers for a case's unit. It is never stored and never
    /// leaves the program; what it writes carries the name of whoever entered
    /// it and the mark that staff did. Asking for it is noted in the audit.
    ///
    /// # Errors
    /// For editors and above; where there is no such case, or it is not the
    /// one its unit works on at present.
    pub async fn on_behalf(&self, session: &Session, wave: i32, kennung: &str) -> Result<Session, StaffError> {
        let who = require(session, Role::Editor)?;
        let name = format!("{} (IAW, für die Einheit)", who.name);
        let mut tx = self.write().await?;
        let case = cases::by_kennung(&mut tx, wave, &words::key(kennung)).await?;
        let case = case.ok_or(StaffError::NotFound)?;
        let current = cases::current_of_unit(&mut tx, &case.unit_id).await?;
        if current.is_none_or(|current| current.id != case.id) {
            return Err(StaffError::Refused(
                "Eingetragen wird nur in der Welle, die gerade läuft.".to_owned(),
            ));
        }
        let deed = Deed {
            action: "entered_on_behalf",
            wave: Some(wave),
            unit_id: Some(&case.unit_id),
            detail: "",
        };
        events::audit(&mut tx, who, &deed, self.now()).await?;
        tx.commit().await?;
        Ok(Session {
            display_name: name,
            who: Who::Unit {
                unit_id: case.unit_id,
                kennung: case.kennung,
                head: true,
                access: Access::WHOLE,
            },
            on_behalf: true,
            ..session.clone()
        })
    }

    /// Sends the head of a case's unit a link: to set the first password, or a
    /// new one.
    ///
    /// # Errors
    /// For editors and above; where nobody was invited yet.
    pub async fn resend_access(
        &self,
        session: &Session,
        wave: i32,
        case: impl Into<CaseRef<'_>>,
    ) -> Result<(), StaffError> {
        let case = case.into();
        let who = require(session, Role::Editor)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let case = touch::take(&mut tx, wave, case).await?;
        let head = accounts::head_of_unit(&mut tx, &case.unit_id).await?;
        let head = head.ok_or_else(|| {
            StaffError::Refused(
                "Diese Einheit hat noch keinen Zugang; sie wird eingeladen, wenn die Welle öffnet.".into(),
            )
        })?;
        let kind = match head.password_hash {
            Some(_) => MailKind::NewPassword,
            None => MailKind::InvitationAgain,
        };
        enqueue(&mut tx, [New::to_account(kind, &head.id)], now).await?;
        touch::note(&mut tx, &case.id, who, "Zugang noch einmal geschickt", now).await?;
        let deed = Deed {
            action: "access_resent",
            wave: Some(wave),
            unit_id: Some(&case.unit_id),
            detail: "",
        };
        events::audit(&mut tx, who, &deed, now).await?;
        tx.commit().await?;
        Ok(())
    }
}
