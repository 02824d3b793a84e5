//! Signing in: throttle, compare, begin a session.

use super::factor::{self, Pending};
use super::password::Verdict;
use super::session::{ABSOLUTE, IDLE, NewSession, Session, Who, who};
use super::throttle::{Attempt, FORGOTTEN_AFTER, Gate};
use crate::Portal;
use crate::mail::{MailKind, New, enqueue};
use crate::respondent::{actor, opened};
use crate::secrets::{new_id, new_token, token_hash};
use crate::store::accounts::{self, AccountRow};
use crate::store::sessions::{self, NewSessionRow};
use crate::store::{Conn, StoreError, Stored, factors, throttle};
use crate::words;
use chrono::{DateTime, Utc};
use std::net::IpAddr;

/// Longest name and password that are looked at, in characters.
const LONGEST_NAME: usize = 320;
const LONGEST_PASSWORD: usize = 256;

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No such name, no password yet, or not the right one: never says which.
    #[error("Kennung oder Passwort ist nicht richtig.")]
    Wrong,
    /// Too many failures; the password was not even looked at.
    #[error("Zu viele Versuche. Bitte warten Sie etwas.")]
    Throttled {
        /// From when on another attempt counts.
        until: DateTime<Utc>,
    },
    /// The password is right; a code is needed as well.
    #[error("Bitte geben Sie noch den Code ein.")]
    CodeNeeded(Pending),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Portal {
    /// Signs somebody in. `login` is a Kennung (head of a unit) or an e-mail
    /// address (colleagues, staff), in any case; `from` is the address the
    /// request came from. The first sign-in of an office marks its case as
    /// opened.
    ///
    /// # Errors
    /// [`SignInError::Wrong`] for whatever is wrong about name or password,
    /// after the same work in every case; [`SignInError::CodeNeeded`] where a
    /// second factor stands before the session ([`Portal::sign_in_code`]).
    pub async fn sign_in(&self, login: &str, password: &str, from: IpAddr) -> Result<NewSession, SignInError> {
        let login_key: String = words::key(login).chars().take(LONGEST_NAME).collect();
        let attempt = Attempt::new(&login_key, from);
        self.enter(&attempt).await?;
        let too_long = password.chars().nth(LONGEST_PASSWORD).is_some();
        let account = accounts::by_login(&mut self.read().await?, &login_key).await?;
        let known = account.filter(|_| !too_long);
        let hash = known.as_ref().and_then(|account| account.password_hash.as_deref());
        let looked_at = if too_long { "" } else { password };
        let verdict = self.hasher().verify(looked_at, hash).await?;
        let Some(account) = known.filter(|_| verdict != Verdict::Wrong) else {
            return Err(SignInError::Wrong);
        };
        let stronger = match verdict {
            Verdict::RightButWeak => Some(self.hasher().hash(password).await?),
            _ => None,
        };
        let compared = account.password_hash.as_deref().unwrap_or_default();
        let mut tx = self.write().await?;
        // Comparing takes long: the password may be another one by now, the account shut.
        let taken = accounts::take_unchanged(&mut tx, &account.id, compared).await?;
        let Some(taken) = taken else {
            return Err(SignInError::Wrong);
        };
        attempt.forgive(&mut tx).await?;
        if let Some(new) = stronger {
            accounts::rehash(&mut tx, &account.id, compared, &new).await?;
        }
        let factor = factors::find(&mut tx, &account.id).await?;
        if factor.is_some_and(|factor| factor.confirmed_at.is_some()) {
            let pending = factor::await_code(&mut tx, &account.id, self.now()).await?;
            tx.commit().await?;
            return Err(SignInError::CodeNeeded(pending));
        }
        let new = self.begin_in(&mut tx, taken, &attempt, false).await?;
        tx.commit().await?;
        Ok(new)
    }

    pub(super) async fn enter(&self, attempt: &Attempt) -> Result<(), SignInError> {
        let now = self.now();
        let mut tx = self.write().await?;
        match attempt.enter(&mut tx, now).await? {
            Gate::Shut(until) => Err(SignInError::Throttled { until }),
            Gate::Open(pause) => {
                throttle::forget(&mut tx, (now - FORGOTTEN_AFTER).timestamp_micros()).await?;
                tx.commit().await?;
                if !pause.is_zero() {
                    self.clock().pause(pause).await;
                }
                Ok(())
            }
        }
    }

    /// Begins a session in a transaction of the caller's, who has taken the
    /// account; `second_factor`: a code was given.
    pub(super) async fn begin_in(
        &self,
        tx: &mut Conn,
        account: AccountRow,
        attempt: &Attempt,
        second_factor: bool,
    ) -> Stored<NewSession> {
        let now = self.now();
        let at = now.timestamp_micros();
        let (token, id) = (new_token()?, new_id(now)?);
        let (idle, absolute) = (now - IDLE, now - ABSOLUTE);
        sessions::delete_ended(tx, idle.timestamp_micros(), absolute.timestamp_micros()).await?;
        let new = NewSessionRow {
            token_hash: &token_hash(&token),
            id: &id,
            account_id: &account.id,
            second_factor,
            at,
        };
        sessions::insert(tx, &new).await?;
        accounts::signed_in(tx, &account.id, at).await?;
        let session = Session {
            on_behalf: false,
            id,
            second_factor,
            who: who(&account.role, account.unit_id, account.kennung, account.colleague)?,
            account_id: account.id,
            login: account.login,
            display_name: account.display_name,
            idle_until: now + IDLE,
            absolute_until: now + ABSOLUTE,
        };
        tell_of_new_network(tx, &session, attempt, now).await?;
        match &session.who {
            Who::Unit { unit_id, .. } => opened(tx, unit_id, &session, now).await?,
            Who::Staff { .. } => factor::note(tx, actor(&session), "signed_in", "", now).await?,
        }
        Ok(NewSession { token, session })
    }
}

/// A sign-in from a network the account was never used from is told to its
/// mailbox; the first one ever goes without saying.
async fn tell_of_new_network(conn: &mut Conn, session: &Session, attempt: &Attempt, now: DateTime<Utc>) -> Stored<()> {
    let known = sessions::networks(conn, &session.account_id).await?;
    let network = attempt.network();
    if known.iter().any(|known| known == network) {
        return Ok(());
    }
    sessions::add_network(conn, &session.account_id, network, now.timestamp_micros()).await?;
    if !known.is_empty() {
        enqueue(conn, [New::to_account(MailKind::NewSignIn, &session.account_id)], now).await?;
    }
    Ok(())
}
