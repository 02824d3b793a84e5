//! Accounts of the institute's staff: who there is, added, changed, shut and
//! opened, on the command line and in the browser.
//!
//! There is always an administrator who can sign in: whatever would leave
//! none is refused.

use super::{StaffError, require};
use crate::Portal;
use crate::clock::from_micros;
use crate::identity::access::new_link;
use crate::identity::{Role, Session, TokenPurpose, factor};
use crate::input::{FieldError, email_problem, has_control_characters};
use crate::mail::{self, MailKind, New};
use crate::respondent::actor;
use crate::secrets::new_id;
use crate::store::accounts::{self, NewAccount, StaffRow};
use crate::store::events::Actor;
use crate::store::{Conn, StoreError, Stored, factors, sessions};
use crate::words;
use chrono::{DateTime, Utc};

/// Longest name of a person, in characters.
const LONGEST_NAME: usize = 100;

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

/// Somebody of the institute.
#[derive(Clone, Debug)]
pub struct StaffAccount {
    /// Id.
    pub id: String,
    /// E-mail address they sign in with.
    pub login: String,
    /// Name to show, possibly empty.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether a password was ever set.
    pub has_password: bool,
    /// Whether a second factor is in use.
    pub second_factor: bool,
    /// Since when it is shut, if it is.
    pub disabled_at: Option<DateTime<Utc>>,
    /// When they signed in last.
    pub signed_in_at: Option<DateTime<Utc>>,
}

/// What is done to an account of the staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StaffChange {
    /// Another role.
    Role(Role),
    /// Another name.
    Name(String),
    /// Shut: signs in no more, is signed out at once.
    Disable,
    /// Open again.
    Enable,
    /// The second factor is removed: the telephone is lost.
    ResetFactor,
    /// The link to set the first password once more.
    InviteAgain,
}

/// Why an account of the staff was not added or changed.
#[derive(Debug, thiserror::Error)]
pub enum StaffAccountError {
    /// Fields of the form that do not do.
    #[error("Bitte prüfen Sie Ihre Eingabe.")]
    Invalid(Vec<FieldError>),
    /// Role, state, or the store.
    #[error(transparent)]
    Staff(#[from] StaffError),
}

impl From<StoreError> for StaffAccountError {
    fn from(error: StoreError) -> Self {
        Self::Staff(error.into())
    }
}

fn invalid(field: &str, message: impl Into<String>) -> StaffAccountError {
    StaffAccountError::Invalid(vec![FieldError {
        field: field.to_owned(),
        code: "wrong".to_owned(),
        message: message.into(),
    }])
}

impl Portal {
    /// Adds somebody of the institute and returns a link, valid once and for
    /// 30 days, by which they set their password. The link is shown here and
    /// nowhere else.
    ///
    /// # Errors
    /// Where the address is none or is taken.
    pub async fn staff_add(&self, email: &str, role: Role) -> Result<String, StaffAddError> {
        let now = self.now();
        let mut tx = self.write().await?;
        let id = add(&mut tx, email, "", role, now).await?;
        let (token, row) = new_link(&id, TokenPurpose::Invitation, now).map_err(StoreError::from)?;
        sessions::insert_tokens(&mut tx, &[row]).await?;
        let detail = format!("{role} {}", email.trim());
        factor::note(&mut tx, Actor::SYSTEM, "staff_added", &detail, now).await?;
        tx.commit().await?;
        Ok(self.settings().base_url.join(&format!("/zugang/{token}")))
    }

    /// Removes the second factor of somebody who has lost it and can ask no
    /// administrator; on the command line.
    ///
    /// # Errors
    /// Where there is no such account or it has no factor.
    pub async fn staff_reset_factor(&self, email: &str) -> Result<(), StaffError> {
        let mut tx = self.write().await?;
        let found = accounts::staff_by_login(&mut tx, &words::key(email)).await?;
        let row = found.ok_or_else(|| StaffError::Refused(format!("Den Zugang „{}“ gibt es nicht.", email.trim())))?;
        accounts::take(&mut tx, &row.id).await?;
        reset_factor(&mut tx, &row, Actor::SYSTEM, self.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Everybody of the institute, in the order of their addresses.
    ///
    /// # Errors
    /// For administrators.
    pub async fn staff_list(&self, session: &Session) -> Result<Vec<StaffAccount>, StaffError> {
        require(session, Role::Admin)?;
        let rows = accounts::staff(&mut self.read().await?).await?;
        Ok(rows.into_iter().map(account).collect::<Stored<_>>()?)
    }

    /// One of them.
    ///
    /// # Errors
    /// For administrators; where there is none such.
    pub async fn staff_account(&self, session: &Session, id: &str) -> Result<StaffAccount, StaffError> {
        require(session, Role::Admin)?;
        let row = accounts::staff_by_id(&mut self.read().await?, id).await?;
        Ok(account(row.ok_or(StaffError::NotFound)?)?)
    }

    /// Adds somebody and sends them the link that sets their password.
    ///
    /// # Errors
    /// For administrators; names the fields that do not do.
    pub async fn staff_invite(
        &self,
        session: &Session,
        email: &str,
        name: &str,
        role: &str,
    ) -> Result<(), StaffAccountError> {
        require(session, Role::Admin)?;
        let name = person(name)?;
        let role: Role = role
            .parse()
            .map_err(|_| invalid("rolle", "Bitte wählen Sie eine Rolle."))?;
        if let Some(message) = email_problem(email.trim()) {
            return Err(invalid("email", message));
        }
        let now = self.now();
        let mut tx = self.write().await?;
        let who = administers(&mut tx, session).await?;
        let id = match add(&mut tx, email, &name, role, now).await {
            Ok(id) => id,
            Err(StaffAddError::Store(error)) => return Err(error.into()),
            Err(error) => return Err(invalid("email", error.to_string())),
        };
        mail::enqueue(&mut tx, [New::to_account(MailKind::StaffInvitation, &id)], now).await?;
        let detail = format!("{role} {}", email.trim());
        factor::note(&mut tx, who, "staff_added", &detail, now).await?;
        tx.commit().await.map_err(StaffAccountError::from)
    }

    /// Changes an account.
    ///
    /// # Errors
    /// For administrators; where nobody could administer afterwards, where
    /// one would shut oneself out, where it is so already.
    pub async fn staff_change(
        &self,
        session: &Session,
        id: &str,
        change: StaffChange,
    ) -> Result<(), StaffAccountError> {
        require(session, Role::Admin)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let who = administers(&mut tx, session).await?;
        accounts::take(&mut tx, id).await?;
        let row = accounts::staff_by_id(&mut tx, id).await?.ok_or(StaffError::NotFound)?;
        let of = |detail: &str| format!("{} {detail}", row.login).trim_end().to_owned();
        let (action, detail) = match change {
            StaffChange::Role(role) => {
                if role != Role::Admin {
                    another_admin(&mut tx, &row).await?;
                }
                accounts::set_role(&mut tx, id, role.name()).await?;
                ("staff_role_changed", of(&format!("{} → {role}", row.role)))
            }
            StaffChange::Name(name) => {
                accounts::set_name(&mut tx, id, &person(&name)?).await?;
                ("staff_renamed", of(""))
            }
            StaffChange::Disable => {
                if id == session.account_id {
                    return Err(refuse("Ihren eigenen Zugang können Sie nicht sperren."));
                }
                if row.disabled_at.is_some() {
                    return Err(refuse("Dieser Zugang ist schon gesperrt."));
                }
                another_admin(&mut tx, &row).await?;
                accounts::set_disabled(&mut tx, id, Some(now.timestamp_micros())).await?;
                sessions::delete_of_account(&mut tx, id).await?;
                sessions::void_tokens(&mut tx, id, now.timestamp_micros()).await?;
                sessions::forget_networks(&mut tx, id).await?;
                factors::nothing_awaited(&mut tx, id).await?;
                ("staff_disabled", of(""))
            }
            StaffChange::Enable => {
                accounts::set_disabled(&mut tx, id, None).await?;
                ("staff_enabled", of(""))
            }
            StaffChange::ResetFactor => {
                if id == session.account_id {
                    return Err(refuse(
                        "Ihren eigenen zweiten Schritt ändern Sie unter „Ihr Zugang“; dort wird nach Passwort und Code gefragt.",
                    ));
                }
                reset_factor(&mut tx, &row, who, now).await?;
                return Ok(tx.commit().await?);
            }
            StaffChange::InviteAgain => {
                if row.has_password || row.disabled_at.is_some() {
                    return Err(refuse(
                        "Der Link zum ersten Passwort geht nur an offene Zugänge, die noch keines haben.",
                    ));
                }
                mail::enqueue(&mut tx, [New::to_account(MailKind::StaffInvitation, id)], now).await?;
                ("staff_invited_again", of(""))
            }
        };
        factor::note(&mut tx, who, action, &detail, now).await?;
        Ok(tx.commit().await?)
    }
}

/// Takes all administrators for this transaction, so that two who remove each
/// other at once wait for one another, and lets those pass who still are one.
async fn administers<'s>(conn: &mut Conn, session: &'s Session) -> Result<Actor<'s>, StaffError> {
    accounts::take_admins(conn).await?;
    let row = accounts::staff_by_id(conn, &session.account_id).await?;
    let still = row.is_some_and(|row| row.role == Role::Admin.name() && row.disabled_at.is_none());
    if still && sessions::times(conn, &session.id).await?.is_some() {
        Ok(actor(session))
    } else {
        Err(StaffError::Forbidden)
    }
}

fn refuse(sentence: &str) -> StaffAccountError {
    StaffAccountError::Staff(StaffError::Refused(sentence.to_owned()))
}

/// A name as people write it.
fn person(name: &str) -> Result<String, StaffAccountError> {
    let name = name.trim();
    if has_control_characters(name) {
        return Err(invalid("name", "Der Name enthält Steuerzeichen."));
    }
    match name.chars().count() {
        n if n > LONGEST_NAME => Err(invalid(
            "name",
            format!("Höchstens {LONGEST_NAME} Zeichen; es sind {n}."),
        )),
        _ => Ok(name.to_owned()),
    }
}

/// Adds an account without a password and returns its id.
async fn add(
    conn: &mut Conn,
    email: &str,
    name: &str,
    role: Role,
    now: DateTime<Utc>,
) -> Result<String, StaffAddError> {
    let email = email.trim();
    if email_problem(email).is_some() {
        return Err(StaffAddError::Address(email.to_owned()));
    }
    let id = new_id(now).map_err(StoreError::from)?;
    let account = NewAccount {
        id: id.clone(),
        login: email,
        login_key: words::key(email),
        role: role.name(),
        unit_id: None,
        display_name: name,
        email,
    };
    if accounts::insert(conn, &[account], now.timestamp_micros()).await? == 0 {
        return Err(StaffAddError::Taken(email.to_owned()));
    }
    Ok(id)
}

/// Refuses where nobody else administers.
async fn another_admin(conn: &mut Conn, row: &StaffRow) -> Result<(), StaffAccountError> {
    if row.role == Role::Admin.name() && accounts::other_admins(conn, &row.id).await? == 0 {
        return Err(refuse(
            "Das ist der einzige Zugang, der verwalten kann. Geben Sie zuerst jemand anderem die Rolle.",
        ));
    }
    Ok(())
}

async fn reset_factor(conn: &mut Conn, row: &StaffRow, who: Actor<'_>, now: DateTime<Utc>) -> Result<(), StaffError> {
    if !factors::remove(conn, &row.id).await? {
        return Err(StaffError::Refused(format!(
            "„{}“ hat keinen zweiten Schritt eingerichtet.",
            row.login
        )));
    }
    sessions::delete_of_account(conn, &row.id).await?;
    let what = "Die Verwaltung hat ihn entfernt. Richten Sie ihn bei der nächsten Anmeldung bitte neu ein.";
    factor::tell(conn, &row.id, what, now).await?;
    factor::note(conn, who, "factor_reset", &row.login, now).await?;
    Ok(())
}

fn account(row: StaffRow) -> Stored<StaffAccount> {
    let role = row.role.parse();
    Ok(StaffAccount {
        role: role.map_err(|_| StoreError::content(format!("a role {:?}", row.role)))?,
        id: row.id,
        login: row.login,
        name: row.display_name,
        has_password: row.has_password,
        second_factor: row.second_factor,
        disabled_at: row.disabled_at.map(from_micros),
        signed_in_at: row.signed_in_at.map(from_micros),
    })
}
