//! Sessions: who is signed in, for how long, and how it ends.

use crate::Portal;
use crate::clock::from_micros;
use crate::secrets::{new_token, token_hash};
use crate::store::accounts::{self, ColleagueColumns};
use crate::store::sessions::{self, SessionRow};
use crate::store::{Conn, StoreError, Stored, factors};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A session ends after so long without a request …
pub(crate) const IDLE: TimeDelta = TimeDelta::minutes(30);
/// … and after so long in any case.
pub(crate) const ABSOLUTE: TimeDelta = TimeDelta::hours(8);
/// How long a request waits for the note that it came.
const NOTED_WITHIN: Duration = Duration::from_millis(250);
/// How old the note of the last request may get: at most one write a minute.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    /// Names the session; not secret, opens nothing.
    pub id: String,
    /// Account that is signed in.
    pub account_id: String,
    /// Kennung or e-mail address it signs in with, as registered.
    pub login: String,
    /// Name to show.
    pub display_name: String,
    /// Office or institute.
    pub who: Who,
    /// Staff answers on behalf of the unit; never so in a stored session.
    pub on_behalf: bool,
    /// Whether a code was given in it, at its beginning or when the second
    /// factor was set up.
    pub second_factor: bool,
    /// When it ends unless something is requested before.
    pub idle_until: DateTime<Utc>,
    /// When it ends in any case.
    pub absolute_until: DateTime<Utc>,
}

/// Which of the two kinds of people somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// The head of an office, or a colleague.
    Unit {
        /// The unit; every query of a respondent carries it.
        unit_id: String,
        /// Its Kennung.
        kennung: String,
        /// Whether it is the head's account.
        head: bool,
        /// What they may see and do there.
        access: Access,
    },
    /// Somebody of the institute.
    Staff {
        /// What they may do.
        role: Role,
    },
}

/// What somebody of an office may see of its questionnaire, and whether they
/// may hand it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Letters of the modules; `None`: all.
    modules: Option<BTreeSet<String>>,
    /// Head or named deputy: hands in, answers Rückfragen.
    pub submits: bool,
}

impl Access {
    /// Everything: the head's.
    pub const WHOLE: Self = Self {
        modules: None,
        submits: true,
    };

    /// A colleague's, as stored.
    pub(crate) fn of_colleague(modules: &str, deputy: bool) -> Self {
        Self {
            modules: (modules != ALL_MODULES).then(|| {
                let letters = modules.split(',').filter(|letter| !letter.is_empty());
                letters.map(str::to_owned).collect()
            }),
            submits: deputy,
        }
    }

    /// Whether every module is theirs.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.modules.is_none()
    }

    /// Whether a module is theirs.
    #[must_use]
    pub fn sees(&self, letter: &str) -> bool {
        self.modules.as_ref().is_none_or(|modules| modules.contains(letter))
    }
}

/// How "all modules" is stored.
pub(crate) const ALL_MODULES: &str = "*";

/// What somebody of the institute may do; each role may do what those before
/// it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Acts on cases.
    Editor,
    /// Manages waves, accounts, instruments.
    Admin,
}

impl Role {
    const ALL: [Self; 3] = [Self::Viewer, Self::Editor, Self::Admin];

    /// How it is stored and given on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Not one of `viewer`, `editor`, `admin`.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("„{0}“ ist keine Rolle; es gibt viewer, editor und admin")]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|role| role.name() == text);
        found.ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

/// A session that has just begun, or goes on under another token. The token goes into the cookie and is
/// stored nowhere.
#[derive(Clone)]
pub struct NewSession {
    /// What the cookie carries.
    pub token: String,
    /// Who is signed in.
    pub session: Session,
}

impl Portal {
    /// The session a cookie stands for, `None` where it has ended or never
    /// was. One indexed read; at most once a minute a write that notes it is
    /// in use, whose failure ends nothing.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn session(&self, token: &str) -> Result<Option<Session>, StoreError> {
        let now = self.now();
        let Some(row) = self.running(token).await? else {
            return Ok(None);
        };
        let seen = from_micros(row.last_seen_at);
        let mut session = session_of(row)?;
        if now - seen >= NOTED_EVERY {
            self.note_use_soon(&session.id, now).await;
            session.idle_until = session.absolute_until.min(now + IDLE);
        }
        Ok(Some(session))
    }

    /// The same for what pages do by themselves: no use of the session.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn session_quietly(&self, token: &str) -> Result<Option<Session>, StoreError> {
        self.running(token).await?.map(session_of).transpose()
    }

    /// Whether a session has not ended meanwhile; asking is no use of it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn goes_on(&self, session: &Session) -> Result<bool, StoreError> {
        let times = sessions::times(&mut self.read().await?, &session.id).await?;
        Ok(times.is_some_and(|(created_at, seen_at)| self.is_running(created_at, seen_at)))
    }

    async fn running(&self, token: &str) -> Result<Option<SessionRow>, StoreError> {
        let found = sessions::find(&mut self.read().await?, &token_hash(token)).await?;
        Ok(found.filter(|row| self.is_running(row.created_at, row.last_seen_at)))
    }

    fn is_running(&self, created_at: i64, seen_at: i64) -> bool {
        let now = self.now();
        now - from_micros(seen_at) < IDLE && now - from_micros(created_at) < ABSOLUTE
    }

    /// Notes the use of a session; where the store is busy, behind the back of
    /// the request, which may only want to read.
    async fn note_use_soon(&self, id: &str, now: DateTime<Utc>) {
        let (portal, id) = (self.clone(), id.to_owned());
        let noting = tokio::spawn(async move {
            if let Err(error) = portal.note_use(&id, now).await {
                tracing::warn!(%error, "noting the use of a session");
            }
        });
        let _ = tokio::time::timeout(NOTED_WITHIN, noting).await;
    }

    async fn note_use(&self, id: &str, now: DateTime<Utc>) -> Stored<()> {
        let mut tx = self.write().await?;
        sessions::touch(&mut tx, id, now.timestamp_micros()).await?;
        tx.commit().await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Where the store cannot be written; the session then goes on.
    pub async fn sign_out(&self, session: &Session) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sessions::delete(&mut tx, &session.id).await?;
        tx.commit().await
    }

    /// Ends all sessions of an account, on every computer.
    ///
    /// # Errors
    /// Where the store cannot be written; the sessions then go on.
    pub async fn sign_out_everywhere(&self, session: &Session) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        accounts::take(&mut tx, &session.account_id).await?;
        sessions::delete_of_account(&mut tx, &session.account_id).await?;
        factors::nothing_awaited(&mut tx, &session.account_id).await?;
        tx.commit().await
    }
}

/// Gives a session another token in a transaction of the caller's, who has
/// taken the account; `None` where the session has ended.
pub(super) async fn renewed(conn: &mut Conn, session: &Session, second_factor: bool) -> Stored<Option<NewSession>> {
    let token = new_token()?;
    let renewed = sessions::renew(conn, &session.id, &token_hash(&token), second_factor).await?;
    Ok(renewed.then(|| NewSession {
        token,
        session: Session {
            second_factor,
            ..session.clone()
        },
    }))
}

/// Makes a session of its row.
pub(super) fn session_of(row: SessionRow) -> Stored<Session> {
    let absolute_until = from_micros(row.created_at) + ABSOLUTE;
    Ok(Session {
        second_factor: row.second_factor,
        who: who(&row.role, row.unit_id, row.kennung, row.colleague)?,
        on_behalf: false,
        id: row.id,
        account_id: row.account_id,
        login: row.login,
        display_name: row.display_name,
        idle_until: absolute_until.min(from_micros(row.last_seen_at) + IDLE),
        absolute_until,
    })
}

/// Reads the stored role of an account.
pub(crate) fn who(
    role: &str,
    unit_id: Option<String>,
    kennung: Option<String>,
    colleague: ColleagueColumns,
) -> Stored<Who> {
    match (role, unit_id, kennung) {
        ("head" | "colleague", Some(unit_id), Some(kennung)) => Ok(Who::Unit {
            unit_id,
            kennung,
            head: role == "head",
            access: match (role, colleague.modules, colleague.deputy) {
                ("head", ..) => Access::WHOLE,
                (_, Some(modules), Some(deputy)) => Access::of_colleague(&modules, deputy),
                // Nobody has said what they may see.
                _ => Access::of_colleague("", false),
            },
        }),
        (role, None, None) => role
            .parse()
            .map(|role| Who::Staff { role })
            .map_err(|error: UnknownRole| StoreError::content(error.to_string())),
        _ => Err(StoreError::content("an account that is neither office nor institute")),
    }
}
