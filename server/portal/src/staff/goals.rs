//! Changes what the institute wants of a wave.

use super::{FormError, StaffError, known_wave, require};
use crate::identity::{Role, Session};
use crate::input::FieldError;
use crate::store::events::{self, Deed};
use crate::store::{counts, waves as rows};
use crate::{Goals, Portal, WaveState, waves};

impl Portal {
    /// Changes the goals of a wave. The target may change at any time, the
    /// source of the size classes until the wave opens.
    ///
    /// # Errors
    /// For admins; with what is wrong with a field.
    pub async fn wave_goals(&self, session: &Session, wave: i32, target: &str, column: &str) -> Result<(), FormError> {
        let who = require(session, Role::Admin)?;
        let target = target.trim().trim_end_matches('%').trim_end();
        let number: u32 = target
            .parse()
            .map_err(|_| wrong("ziel", format!("„{target}“ ist keine ganze Zahl von 1 bis 100.")))?;
        let goals = Goals {
            target: number,
            size_column: Some(column.to_owned()),
        };
        let field = if (1..=100).contains(&number) { "spalte" } else { "ziel" };
        let goals = goals.checked().map_err(|message| wrong(field, message))?;
        let now = self.now();
        let mut tx = self.write().await?;
        let row = known_wave(&mut tx, wave).await?;
        let changed = row.size_column != goals.size_column;
        if changed && waves::read_state(&row.state)? != WaveState::Planned {
            let message = "Die Größenklassen stehen seit der Eröffnung der Welle fest.".to_owned();
            return Err(wrong("spalte", message));
        }
        rows::set_target(&mut tx, wave, goals.target).await?;
        if changed && !rows::set_size_column(&mut tx, wave, goals.size_column.as_deref()).await? {
            return Err(StaffError::Refused("Die Welle wurde inzwischen eröffnet.".into()).into());
        }
        counts::touch(&mut tx, wave);
        let detail = format!("Ziel {} %", goals.target);
        let deed = Deed {
            action: "wave_goals",
            wave: Some(wave),
            unit_id: None,
            detail: &detail,
        };
        events::audit(&mut tx, who, &deed, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn wrong(field: &str, message: String) -> FormError {
    FormError::Invalid(vec![FieldError {
        field: field.to_owned(),
        code: "refused".to_owned(),
        message,
    }])
}
