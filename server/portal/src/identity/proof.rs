//! Proving once more who one is before something about one's own account
//! changes: the password, and a code where a second factor is in use.
//!
//! Knows not what changes: it hands out the transaction in which it may.

use super::own::{AccountError, invalid};
use super::password::Verdict;
use super::session::Session;
use super::sign_in::SignInError;
use super::throttle::{self, Attempt};
use crate::Portal;
use crate::store::{Tx, accounts, factors, sessions};
use std::net::IpAddr;

/// A password that was right, and what it was compared with.
pub(super) struct Proof {
    attempt: Attempt,
    hash: String,
}

impl Portal {
    /// Takes the account of who is signed in, if they still are: whatever else
    /// changes what it signs in with waits.
    pub(super) async fn own(&self, session: &Session) -> Result<Tx, AccountError> {
        let mut tx = self.write().await?;
        if accounts::take(&mut tx, &session.account_id).await?.is_none()
            || sessions::times(&mut tx, &session.id).await?.is_none()
        {
            return Err(AccountError::SignedOut);
        }
        Ok(tx)
    }

    /// Compares the password of who is signed in, throttled as at sign-in.
    pub(super) async fn prove(
        &self,
        session: &Session,
        (field, password): (&str, &str),
        from: IpAddr,
    ) -> Result<Proof, AccountError> {
        let attempt = Attempt::new(&crate::words::key(&session.login), from);
        self.enter(&attempt).await.map_err(|error| match error {
            SignInError::Throttled { until } => AccountError::Throttled { until },
            SignInError::Store(error) => AccountError::Store(error),
            SignInError::Wrong | SignInError::CodeNeeded(_) => invalid(field, WRONG),
        })?;
        let account = accounts::by_id(&mut self.read().await?, &session.account_id).await?;
        let hash = account.and_then(|account| account.password_hash);
        let looked_at = if password.chars().nth(256).is_some() {
            ""
        } else {
            password
        };
        let verdict = self.hasher().verify(looked_at, hash.as_deref()).await?;
        match hash {
            Some(hash) if verdict != Verdict::Wrong => Ok(Proof { attempt, hash }),
            _ => Err(invalid(field, WRONG)),
        }
    }

    /// The transaction in which what was proved still holds: comparing takes
    /// long, and meanwhile the password may have become another one or the
    /// session may have ended.
    pub(super) async fn proved(&self, session: &Session, proof: Proof) -> Result<Tx, AccountError> {
        let mut tx = self.write().await?;
        let account = accounts::take_unchanged(&mut tx, &session.account_id, &proof.hash).await?;
        if account.is_none() || sessions::times(&mut tx, &session.id).await?.is_none() {
            return Err(AccountError::SignedOut);
        }
        proof.attempt.forgive(&mut tx).await?;
        Ok(tx)
    }

    /// The same with a code as well, where a factor is in use; a wrong one
    /// counts as at sign-in.
    pub(super) async fn own_password_and_code(
        &self,
        session: &Session,
        (password, code): (&str, &str),
        from: IpAddr,
    ) -> Result<Tx, AccountError> {
        let proof = self.prove(session, ("passwort", password), from).await?;
        let mut tx = self.proved(session, proof).await?;
        let now = self.now();
        let found = factors::find(&mut tx, &session.account_id).await?;
        if found.and_then(|row| row.confirmed_at).is_none() {
            return Ok(tx);
        }
        if code.trim().is_empty() {
            tx.commit().await?;
            return Err(invalid("code", "Bitte geben Sie auch einen Code ein."));
        }
        let shut = throttle::code(&mut tx, &session.account_id, now).await?;
        let account = (session.account_id.as_str(), session.login.as_str());
        if self
            .take_code(&mut tx, account, (code, shut.is_none()), now)
            .await?
            .is_none()
        {
            tx.commit().await?;
            if let Some(until) = shut {
                return Err(AccountError::Throttled { until });
            }
            return Err(invalid(
                "code",
                "Der Code stimmt nicht oder wurde schon benutzt. Bitte geben Sie den nächsten ein, den die App anzeigt, oder einen Wiederherstellungscode.",
            ));
        }
        throttle::code_forgiven(&mut tx, &session.account_id).await?;
        Ok(tx)
    }
}

const WRONG: &str = "Das ist nicht Ihr Passwort.";
