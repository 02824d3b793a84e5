//! Links that open an access: the invitation, the forgotten password, and
//! what happens when one is followed.

use super::policy::NewPassword;
use super::throttle;
use crate::Portal;
use crate::input::{self, FieldError};
use crate::mail::{self, MailKind};
use crate::secrets::{NoRandomness, new_token, token_hash};
use crate::store::accounts::{self, AccountRow};
use crate::store::events::{self, Actor, Deed};
use crate::store::sessions::NewTokenRow;
use crate::store::{StoreError, Stored, cases, factors, outbox, sessions};
use crate::words;
use chrono::{DateTime, TimeDelta, Utc};
use std::net::IpAddr;
use validator::Validate;

/// Mails one account gets on request within an hour.
const MAILS_AN_HOUR: i64 = 3;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPurpose {
    /// Sets the first password; valid for 30 days.
    Invitation,
    /// Replaces a forgotten one; valid for 60 minutes.
    Reset,
}

impl TokenPurpose {
    /// How it is stored.
    fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }

    /// How long a link is valid after it was made.
    #[must_use]
    pub fn validity(self) -> TimeDelta {
        match self {
            Self::Invitation => TimeDelta::days(30),
            Self::Reset => TimeDelta::minutes(60),
        }
    }
}

/// A link that still opens something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// What it is for.
    pub purpose: TokenPurpose,
    /// Name the account signs in with.
    pub login: String,
    /// Name to show.
    pub display_name: String,
}

/// Why no link is sent. Unknown names are no reason: they get the same answer.
#[derive(Debug, thiserror::Error)]
pub enum RequestAccessError {
    /// Too many requests from this address.
    #[error("Zu viele Anfragen. Bitte warten Sie etwas.")]
    Throttled {
        /// From when on another one is taken.
        until: DateTime<Utc>,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a password was not set.
#[derive(Debug, thiserror::Error)]
pub enum SetPasswordError {
    /// The link was used, has expired or never was.
    #[error("Dieser Link gilt nicht mehr.")]
    Expired,
    /// What was entered does not do; the link stays valid.
    #[error("Das Passwort wurde nicht angenommen.")]
    Invalid(Vec<FieldError>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Portal {
    /// Sends a link to the mailbox of an account: to set a new password, or,
    /// where none was ever set, the invitation again. Answers the same after
    /// the same work whether the name is known or not.
    ///
    /// # Errors
    /// [`RequestAccessError::Throttled`] depends on the address alone.
    pub async fn request_access(&self, login: &str, from: IpAddr) -> Result<(), RequestAccessError> {
        let now = self.now();
        let mut tx = self.write().await?;
        if let Some(until) = throttle::request(&mut tx, from, now).await? {
            return Err(RequestAccessError::Throttled { until });
        }
        if let Some(account) = accounts::by_login(&mut tx, &words::key(login)).await? {
            let hour_ago = (now - TimeDelta::hours(1)).timestamp_micros();
            let kind = match account.password_hash {
                Some(_) => MailKind::NewPassword,
                None if account.unit_id.is_none() => MailKind::StaffInvitation,
                None => MailKind::InvitationAgain,
            };
            if outbox::count_since(&mut tx, &account.id, kind.name(), hour_ago).await? < MAILS_AN_HOUR {
                mail::enqueue(&mut tx, [mail::New::to_account(kind, &account.id)], now).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// What a link opens, `None` where it no longer does. Looking does not use
    /// it up: mail scanners follow links.
    ///
    /// # Errors
    /// Where the store cannot be read, or holds an unknown purpose.
    pub async fn token_info(&self, token: &str) -> Result<Option<TokenInfo>, StoreError> {
        let now = self.now().timestamp_micros();
        let found = sessions::find_token(&mut self.read().await?, &token_hash(token), now).await?;
        found
            .map(|row| {
                let purpose = match row.purpose.as_str() {
                    "invitation" => TokenPurpose::Invitation,
                    "reset" => TokenPurpose::Reset,
                    other => return Err(StoreError::content(format!("a token for {other:?}"))),
                };
                Ok(TokenInfo {
                    purpose,
                    login: row.login,
                    display_name: row.display_name,
                })
            })
            .transpose()
    }

    /// Sets a password with a link and uses the link up. Ends all sessions and
    /// all other links of the account and tells its mailbox; signs nobody in.
    ///
    /// # Errors
    /// [`SetPasswordError::Invalid`] names the fields; the link stays valid.
    pub async fn set_password(&self, token: &str, password: &str, repeated: &str) -> Result<(), SetPasswordError> {
        let hash = token_hash(token);
        let account = self.account_of_token(&hash).await?.ok_or(SetPasswordError::Expired)?;
        let own_words = self.own_words(&account).await?;
        let entered = NewPassword {
            password,
            repeated,
            own_words: &own_words,
        };
        entered
            .validate()
            .map_err(|errors| SetPasswordError::Invalid(input::field_errors(&errors)))?;
        let password_hash = self.hasher().hash(password).await?;
        let now = self.now();
        let at = now.timestamp_micros();
        let mut tx = self.write().await?;
        let account = accounts::take(&mut tx, &account.id).await?;
        let account = account.ok_or(SetPasswordError::Expired)?;
        if !sessions::use_token(&mut tx, &hash, at).await? {
            return Err(SetPasswordError::Expired);
        }
        accounts::set_password(&mut tx, &account.id, &password_hash, at).await?;
        sessions::void_tokens(&mut tx, &account.id, at).await?;
        sessions::delete_of_account(&mut tx, &account.id).await?;
        factors::nothing_awaited(&mut tx, &account.id).await?;
        mail::enqueue(
            &mut tx,
            [mail::New::to_account(MailKind::PasswordSet, &account.id)],
            now,
        )
        .await?;
        let who = Actor {
            account_id: Some(&account.id),
            name: &account.login,
        };
        let unit_id = account.unit_id.as_deref();
        events::audit(
            &mut tx,
            who,
            &Deed {
                action: "password_set",
                wave: None,
                unit_id,
                detail: "",
            },
            now,
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn account_of_token(&self, hash: &str) -> Stored<Option<AccountRow>> {
        let mut conn = self.read().await?;
        match sessions::find_token(&mut conn, hash, self.now().timestamp_micros()).await? {
            Some(token) => accounts::by_id(&mut conn, &token.account_id).await,
            None => Ok(None),
        }
    }

    /// Words a password of this account must not be made of.
    pub(super) async fn own_words(&self, account: &AccountRow) -> Stored<Vec<String>> {
        let mut own = vec![
            account.login.clone(),
            account.display_name.clone(),
            account.email.clone(),
        ];
        if let Some(unit_id) = &account.unit_id {
            own.extend(cases::names_of_unit(&mut self.read().await?, unit_id).await?);
        }
        Ok(own)
    }
}

/// A link for an account, as its mail carries it, and what stays of it: its
/// hash, which opens nothing before it is stored.
pub(crate) fn new_link(
    account_id: &str,
    purpose: TokenPurpose,
    now: DateTime<Utc>,
) -> Result<(String, NewTokenRow), NoRandomness> {
    let token = new_token()?;
    let row = NewTokenRow {
        token_hash: token_hash(&token),
        account_id: account_id.to_owned(),
        purpose: purpose.name(),
        created_at: now.timestamp_micros(),
        expires_at: (now + purpose.validity()).timestamp_micros(),
    };
    Ok((token, row))
}
