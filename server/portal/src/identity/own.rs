//! One's own account: what it is, another password, the end of other
//! sign-ins. The second factor stands in [`super::factor`].

use super::factor::{self, FactorState, note};
use super::policy::NewPassword;
use super::session::{ABSOLUTE, IDLE, NewSession, Role, Session, Who, renewed};
use crate::Portal;
use crate::input::{self, FieldError};
use crate::mail::{self, MailKind};
use crate::respondent::actor;
use crate::settings::StaffTotp;
use crate::store::{StoreError, accounts, factors, sessions};
use chrono::{DateTime, Utc};
use std::net::IpAddr;
use validator::Validate;

/// An account as its owner sees it.
#[derive(Clone, Debug)]
pub struct OwnAccount {
    /// Kennung or e-mail address it signs in with.
    pub login: String,
    /// Name to show, possibly empty.
    pub name: String,
    /// Address mails go to.
    pub email: String,
    /// What somebody of the institute may do.
    pub role: Option<Role>,
    /// Where the second factor stands.
    pub factor: FactorState,
    /// Whether staff must have one.
    pub required: bool,
    /// Sign-ins besides this one.
    pub others: i64,
}

/// Why something about one's own account did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// What was entered does not do.
    #[error("Bitte prüfen Sie Ihre Eingabe.")]
    Invalid(Vec<FieldError>),
    /// Too many wrong passwords.
    #[error("Zu viele Versuche. Bitte warten Sie etwas.")]
    Throttled {
        /// From when on another attempt counts.
        until: DateTime<Utc>,
    },
    /// It cannot be done now; the German sentence says why.
    #[error("{0}")]
    Refused(String),
    /// The sign-in has ended meanwhile, or the password became another one.
    #[error("Ihre Anmeldung ist inzwischen beendet.")]
    SignedOut,
    /// Not for this kind of account.
    #[error("Dazu reicht Ihre Rolle nicht.")]
    Forbidden,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One field that does not do.
pub(super) fn invalid(field: &str, message: &str) -> AccountError {
    AccountError::Invalid(vec![FieldError {
        field: field.to_owned(),
        code: "wrong".to_owned(),
        message: message.to_owned(),
    }])
}

impl Portal {
    /// The account of who is signed in.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn own_account(&self, session: &Session) -> Result<OwnAccount, StoreError> {
        let mut conn = self.read().await?;
        let account = accounts::by_id(&mut conn, &session.account_id).await?;
        let account = account.ok_or_else(|| StoreError::content("a sign-in without its account"))?;
        Ok(OwnAccount {
            factor: factor::state(&mut conn, &account.id).await?,
            others: sessions::count_others(
                &mut conn,
                (&account.id, &session.id),
                (self.now() - IDLE).timestamp_micros(),
                (self.now() - ABSOLUTE).timestamp_micros(),
            )
            .await?,
            role: match session.who {
                Who::Staff { role } => Some(role),
                Who::Unit { .. } => None,
            },
            required: self.settings().staff_totp == StaffTotp::Required,
            login: account.login,
            name: account.display_name,
            email: account.email,
        })
    }

    /// Sets another password. The present one is asked for; every other
    /// sign-in and every open link of the account ends, its mailbox is told,
    /// and this sign-in goes on under another token.
    ///
    /// # Errors
    /// Names the fields that do not do.
    pub async fn change_password(
        &self,
        session: &Session,
        present: &str,
        (password, repeated): (&str, &str),
        from: IpAddr,
    ) -> Result<NewSession, AccountError> {
        let account = accounts::by_id(&mut self.read().await?, &session.account_id).await?;
        let account = account.ok_or_else(|| StoreError::content("a sign-in without its account"))?;
        let own_words = self.own_words(&account).await?;
        let entered = NewPassword {
            password,
            repeated,
            own_words: &own_words,
        };
        entered
            .validate()
            .map_err(|errors| AccountError::Invalid(input::field_errors(&errors)))?;
        let proof = self.prove(session, ("passwort0", present), from).await?;
        let hash = self.hasher().hash(password).await?;
        let mut tx = self.proved(session, proof).await?;
        let now = self.now();
        let at = now.timestamp_micros();
        accounts::set_password(&mut tx, &account.id, &hash, at).await?;
        sessions::void_tokens(&mut tx, &account.id, at).await?;
        sessions::delete_others(&mut tx, &account.id, &session.id).await?;
        factors::nothing_awaited(&mut tx, &account.id).await?;
        mail::enqueue(
            &mut tx,
            [mail::New::to_account(MailKind::PasswordSet, &account.id)],
            now,
        )
        .await?;
        let renewed = renewed(&mut tx, session, session.second_factor).await?;
        note(&mut tx, actor(session), "password_changed", "", now).await?;
        tx.commit().await?;
        renewed.ok_or(AccountError::SignedOut)
    }

    /// Ends every sign-in of the account but this one.
    ///
    /// # Errors
    /// Where the store cannot be written; they then go on.
    pub async fn sign_out_others(&self, session: &Session) -> Result<(), AccountError> {
        let mut tx = self.own(session).await?;
        sessions::delete_others(&mut tx, &session.account_id, &session.id).await?;
        factors::nothing_awaited(&mut tx, &session.account_id).await?;
        note(&mut tx, actor(session), "signed_out_others", "", self.now()).await?;
        Ok(tx.commit().await?)
    }
}
