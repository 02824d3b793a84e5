//! Accounts of the institute's staff, added on the command line.

use crate::Portal;
use crate::identity::access::new_link_token;
use crate::identity::{Role, TokenPurpose};
use crate::input::has_control_characters;
use crate::secrets::new_id;
use crate::store::StoreError;
use crate::store::accounts::{self, NewAccount};
use crate::store::events::{self, Actor, Deed};
use crate::words;
use validator::ValidateEmail;

/// Why an account was not added.
#[derive(Debug, thiserror::Error)]
pub enum StaffAddError {
    /// Not an e-mail address.
    #[error("„{0}“ ist keine E-Mail-Adresse.")]
    Address(String),
    /// Somebody signs in with it already.
    #[error("Den Zugang „{0}“ gibt es schon.")]
    Taken(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Portal {
    /// Adds somebody of the institute and returns a link, valid once and for
    /// 30 days, by which they set their password. The link is shown here and
    /// nowhere else.
    ///
    /// # Errors
    /// Where the address is none or is taken.
    pub async fn staff_add(&self, email: &str, role: Role) -> Result<String, StaffAddError> {
        let email = email.trim();
        if !email.validate_email() || has_control_characters(email) || email.parse::<lettre::Address>().is_err() {
            return Err(StaffAddError::Address(email.to_owned()));
        }
        let now = self.now();
        let id = new_id(now).map_err(StoreError::from)?;
        let account = NewAccount {
            id: id.clone(),
            login: email,
            login_key: words::key(email),
            role: role.name(),
            unit_id: None,
            display_name: "",
            email,
        };
        let mut tx = self.write().await?;
        if accounts::insert(&mut tx, &[account], now.timestamp_micros()).await? == 0 {
            return Err(StaffAddError::Taken(email.to_owned()));
        }
        let token = new_link_token(&mut tx, &id, TokenPurpose::Invitation, now).await?;
        let detail = format!("{role} {email}");
        let deed = Deed {
            action: "staff_added",
            wave: None,
            unit_id: None,
            detail: &detail,
        };
        events::audit(&mut tx, Actor::SYSTEM, &deed, now).await?;
        tx.commit().await?;
        Ok(self.settings().base_url.join(&format!("/zugang/{token}")))
    }
}
