//! The second factor of the institute's staff: set up, used at sign-in,
//! replaced, removed; and the codes for the day the telephone is lost.
//!
//! Knows no page: what is shown once (key, codes) is returned once.

use super::own::{AccountError, invalid};
use super::session::{NewSession, Session, Who, renewed};
use super::throttle::{self, Attempt};
use super::totp::{Key, in_groups};
use crate::Portal;
use crate::clock::from_micros;
use crate::mail::{self, MailKind, New};
use crate::respondent::actor;
use crate::secrets::{new_token, readable, token_hash};
use crate::settings::StaffTotp;
use crate::store::accounts;
use crate::store::events::{self, Actor, Deed};
use crate::store::{Conn, StoreError, Stored, factors, sessions};
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt;
use std::net::IpAddr;

/// How long a right password waits for its code.
pub(crate) const AWAITED: TimeDelta = TimeDelta::minutes(10);
/// How long a key that was begun can be confirmed.
const BEGUN: TimeDelta = TimeDelta::minutes(30);
/// Recovery codes at a time.
const CODES: usize = 10;

/// A sign-in whose password was right and whose code is awaited: what the
/// browser carries until then. Opens nothing by itself.
#[derive(Clone)]
pub struct Pending {
    /// What the cookie carries.
    pub token: String,
}

impl fmt::Debug for Pending {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Pending")
    }
}

/// Why a code did not sign anybody in.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// The wait is over, or never began.
    #[error("Diese Anmeldung gilt nicht mehr. Bitte beginnen Sie von vorn.")]
    Expired,
    /// Not the code of this moment, used before, or no recovery code.
    #[error("Der Code stimmt nicht oder wurde schon benutzt.")]
    Wrong,
    /// Too many wrong ones.
    #[error("Zu viele Versuche. Bitte warten Sie etwas.")]
    Throttled {
        /// From when on another one counts.
        until: DateTime<Utc>,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A key that is being set up: shown until it is confirmed.
#[derive(Clone)]
pub struct NewFactor {
    /// For typing, in groups of four.
    pub key: String,
    /// As a picture: rows of dark (true) and light.
    pub picture: Vec<Vec<bool>>,
}

/// Where the second factor of an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorState {
    /// There is none.
    None,
    /// It is asked for at every sign-in.
    InUse {
        /// Since when.
        since: DateTime<Utc>,
        /// Recovery codes that still open.
        codes_left: i64,
    },
}

impl Portal {
    /// Whether somebody has to set up a second factor before anything else.
    #[must_use]
    pub fn lacks_factor(&self, session: &Session) -> bool {
        let staff = matches!(session.who, Who::Staff { .. });
        staff && !session.second_factor && self.settings().staff_totp == StaffTotp::Required
    }

    /// Second step of signing in: the code of the moment or a recovery code.
    ///
    /// # Errors
    /// [`CodeError::Wrong`] for whatever is wrong about the code; a code, and
    /// its time step, counts once.
    pub async fn sign_in_code(&self, pending: &str, code: &str, from: IpAddr) -> Result<NewSession, CodeError> {
        let now = self.now();
        let hash = token_hash(pending);
        let young = (now - AWAITED).timestamp_micros();
        let mut tx = self.write().await?;
        let account_id = factors::awaited(&mut tx, &hash, young).await?;
        let account_id = account_id.ok_or(CodeError::Expired)?;
        let account = accounts::take(&mut tx, &account_id).await?;
        let account = account.ok_or(CodeError::Expired)?;
        // Until it was taken, its password may have become another one.
        if factors::awaited(&mut tx, &hash, young).await?.is_none() {
            return Err(CodeError::Expired);
        }
        let shut = throttle::code(&mut tx, &account.id, now).await?;
        let owner = (account.id.as_str(), account.login.as_str());
        let used = match (self.take_code(&mut tx, owner, (code, shut.is_none()), now).await?, shut) {
            (Some(used), _) => used,
            (None, Some(until)) => return Err(CodeError::Throttled { until }),
            (None, None) => {
                tx.commit().await?;
                return Err(CodeError::Wrong);
            }
        };
        if !factors::awaited_no_more(&mut tx, &hash).await? {
            return Err(CodeError::Expired);
        }
        throttle::code_forgiven(&mut tx, &account.id).await?;
        if used == Used::Recovery {
            let left = factors::codes_left(&mut tx, &account.id).await?;
            let told = format!("Mit einem Wiederherstellungscode angemeldet; {left} bleiben.");
            tell(&mut tx, &account.id, &told, now).await?;
            let who = Actor {
                account_id: Some(&account.id),
                name: &account.login,
            };
            note(&mut tx, who, "recovery_code_used", "", now).await?;
        }
        let attempt = Attempt::new(&crate::words::key(&account.login), from);
        let new = self.begin_in(&mut tx, account, &attempt, true).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// Takes a code of an account, if it is one that still counts. `clock`: the
    /// six digits of the moment do; while guessing them is slowed down only a
    /// recovery code does, which nobody guesses. So who knows the password
    /// cannot keep its owner out by failing on purpose.
    pub(super) async fn take_code(
        &self,
        conn: &mut Conn,
        (account_id, login): (&str, &str),
        (code, clock): (&str, bool),
        now: DateTime<Utc>,
    ) -> Stored<Option<Used>> {
        let secret = factors::find(conn, account_id).await?.and_then(|row| row.secret);
        let Some(secret) = secret else { return Ok(None) };
        if let Some(step) = Key::read(&secret, login)?.step_of(code, now) {
            if !clock {
                return Ok(None);
            }
            return Ok(factors::use_step(conn, account_id, step).await?.then_some(Used::Clock));
        }
        let hash = code_hash(code);
        let used = factors::use_code(conn, account_id, &hash, now.timestamp_micros()).await?;
        Ok(used.then_some(Used::Recovery))
    }

    /// Begins to set up a factor, or another one in place of the one in use.
    /// The password is asked for again, and a code where a factor is in use.
    ///
    /// # Errors
    /// For staff; where password or code is not right.
    pub async fn factor_begin(
        &self,
        session: &Session,
        (password, code): (&str, &str),
        from: IpAddr,
    ) -> Result<(), AccountError> {
        staff_only(session)?;
        let mut tx = self.own_password_and_code(session, (password, code), from).await?;
        let now = self.now();
        let key = Key::new(&session.login).map_err(StoreError::from)?;
        let at = now.timestamp_micros();
        factors::begin(&mut tx, &session.account_id, &key.base32(), &session.id, at).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The key this session has begun to set up, if any.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn factor_begun(&self, session: &Session) -> Result<Option<NewFactor>, StoreError> {
        let key = self.begun(&mut self.read().await?, session).await?;
        Ok(key.map(|key| NewFactor {
            key: in_groups(&key.base32()),
            picture: key.picture(),
        }))
    }

    async fn begun(&self, conn: &mut Conn, session: &Session) -> Stored<Option<Key>> {
        let now = self.now();
        let found = factors::find(conn, &session.account_id).await?;
        let secret = found.and_then(|row| {
            let young = row.new_at.is_some_and(|at| now - from_micros(at) < BEGUN);
            let own = row.new_session.as_deref() == Some(&session.id);
            row.new_secret.filter(|_| young && own)
        });
        secret.map(|secret| Key::read(&secret, &session.login)).transpose()
    }

    /// Puts the key into use once the app has shown a right code, ends every
    /// other sign-in of the account, and returns this one under another token
    /// together with the recovery codes: shown here and never again.
    ///
    /// # Errors
    /// Where nothing was begun or the code is not right.
    pub async fn factor_confirm(
        &self,
        session: &Session,
        code: &str,
    ) -> Result<(NewSession, Vec<String>), AccountError> {
        staff_only(session)?;
        let now = self.now();
        let mut tx = self.own(session).await?;
        let Some(key) = self.begun(&mut tx, session).await? else {
            return Err(AccountError::Refused(
                "Die Einrichtung ist abgelaufen oder schon abgeschlossen. Bitte beginnen Sie sie noch einmal.".into(),
            ));
        };
        let Some(step) = key.step_of(code, now) else {
            return Err(invalid(
                "code",
                "Der Code stimmt nicht. Bitte geben Sie den ein, den die App jetzt anzeigt; geht die Uhr des Telefons richtig?",
            ));
        };
        let at = now.timestamp_micros();
        if !factors::confirm(&mut tx, &session.account_id, &key.base32(), step, at).await? {
            return Err(AccountError::Refused("Die Einrichtung ist schon abgeschlossen.".into()));
        }
        let codes = new_codes(&mut tx, &session.account_id).await?;
        sessions::delete_others(&mut tx, &session.account_id, &session.id).await?;
        factors::nothing_awaited(&mut tx, &session.account_id).await?;
        tell(
            &mut tx,
            &session.account_id,
            "Eine App ist eingerichtet; sie wird bei jeder Anmeldung gebraucht.",
            now,
        )
        .await?;
        let renewed = renewed(&mut tx, session, true).await?;
        note(&mut tx, actor(session), "factor_set", "", now).await?;
        tx.commit().await?;
        Ok((renewed.ok_or(AccountError::SignedOut)?, codes))
    }

    /// New recovery codes in place of all earlier ones: shown here and never
    /// again.
    ///
    /// # Errors
    /// Where there is no factor, or password or code is not right.
    pub async fn factor_codes(
        &self,
        session: &Session,
        (password, code): (&str, &str),
        from: IpAddr,
    ) -> Result<Vec<String>, AccountError> {
        staff_only(session)?;
        let mut tx = self.own_password_and_code(session, (password, code), from).await?;
        let now = self.now();
        let found = factors::find(&mut tx, &session.account_id).await?;
        if found.and_then(|row| row.confirmed_at).is_none() {
            return Err(AccountError::Refused(
                "Es ist noch kein zweiter Schritt eingerichtet.".into(),
            ));
        }
        let codes = new_codes(&mut tx, &session.account_id).await?;
        tell(
            &mut tx,
            &session.account_id,
            "Es gibt neue Wiederherstellungscodes; die früheren gelten nicht mehr.",
            now,
        )
        .await?;
        note(&mut tx, actor(session), "recovery_codes_made", "", now).await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// Removes one's own factor, where it is not required.
    ///
    /// # Errors
    /// Where it is required, there is none, or password or code is not right.
    pub async fn factor_remove(
        &self,
        session: &Session,
        (password, code): (&str, &str),
        from: IpAddr,
    ) -> Result<(), AccountError> {
        staff_only(session)?;
        if self.settings().staff_totp == StaffTotp::Required {
            return Err(AccountError::Refused(
                "Der zweite Schritt ist vorgeschrieben. Sie können eine andere App einrichten, aber nicht darauf verzichten.".into(),
            ));
        }
        let mut tx = self.own_password_and_code(session, (password, code), from).await?;
        let now = self.now();
        if !factors::remove(&mut tx, &session.account_id).await? {
            return Err(AccountError::Refused(
                "Es ist kein zweiter Schritt eingerichtet.".into(),
            ));
        }
        sessions::delete_others(&mut tx, &session.account_id, &session.id).await?;
        tell(
            &mut tx,
            &session.account_id,
            "Er ist entfernt; zur Anmeldung genügt das Passwort.",
            now,
        )
        .await?;
        note(&mut tx, actor(session), "factor_removed", "", now).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// What a code was.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Used {
    Clock,
    Recovery,
}

fn staff_only(session: &Session) -> Result<(), AccountError> {
    match session.who {
        Who::Staff { .. } => Ok(()),
        Who::Unit { .. } => Err(AccountError::Forbidden),
    }
}

/// Where the factor of an account stands.
pub(crate) async fn state(conn: &mut Conn, account_id: &str) -> Stored<FactorState> {
    let found = factors::find(conn, account_id).await?;
    Ok(match found.and_then(|row| row.confirmed_at) {
        None => FactorState::None,
        Some(at) => FactorState::InUse {
            since: from_micros(at),
            codes_left: factors::codes_left(conn, account_id).await?,
        },
    })
}

/// Makes a token under which a code is awaited.
pub(super) async fn await_code(conn: &mut Conn, account_id: &str, now: DateTime<Utc>) -> Stored<Pending> {
    let token = new_token()?;
    let old = (now - AWAITED).timestamp_micros();
    factors::await_code(conn, &token_hash(&token), account_id, now.timestamp_micros(), old).await?;
    Ok(Pending { token })
}

/// 120 bit each, in six groups.
async fn new_codes(conn: &mut Conn, account_id: &str) -> Stored<Vec<String>> {
    let codes = (0..CODES)
        .map(|_| Ok(format!("{}-{}-{}", readable()?, readable()?, readable()?)))
        .collect::<Stored<Vec<_>>>()?;
    let hashes: Vec<String> = codes.iter().map(|code| code_hash(code)).collect();
    factors::replace_codes(conn, account_id, &hashes).await?;
    Ok(codes)
}

/// What is kept of a recovery code; case, spaces and hyphens do not matter,
/// and what is easily misread is read as it was meant.
fn code_hash(code: &str) -> String {
    let signs: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .take(64)
        .collect();
    token_hash(&signs)
}

/// Tells the mailbox of an account what became of its second factor.
pub(crate) async fn tell(conn: &mut Conn, account_id: &str, what: &str, now: DateTime<Utc>) -> Stored<()> {
    let mail = New {
        own: Some(("", what)),
        ..New::to_account(MailKind::SecondFactor, account_id)
    };
    mail::enqueue(conn, [mail], now).await?;
    Ok(())
}

/// Notes what somebody did about an account.
pub(crate) async fn note(
    conn: &mut Conn,
    who: Actor<'_>,
    action: &str,
    detail: &str,
    now: DateTime<Utc>,
) -> Stored<()> {
    let deed = Deed {
        action,
        wave: None,
        unit_id: None,
        detail,
    };
    events::audit(conn, who, &deed, now).await
}

#[cfg(test)]
mod tests {
    use super::code_hash;

    #[test]
    fn recovery_codes_are_read_as_they_were_meant() {
        let code = code_hash("0A1B-C2D3-EFGH-JKMN");
        for typed in ["0a1bc2d3efghjkmn", " OAIB C2D3 efgh jkmn ", "oAlb-c2d3-efgh-jkmn"] {
            assert_eq!(code_hash(typed), code, "{typed}");
        }
        assert_ne!(code_hash("0A1B-C2D3-EFGH-JKMP"), code);
    }
}
