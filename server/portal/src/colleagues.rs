//! Colleagues of an office: the head invites them by e-mail, grants each some
//! modules or all, may name a deputy, and withdraws the access again.
//!
//! A colleague's address belongs to one office or to nobody's; which one,
//! nobody else learns. What they typed stays when they go. Staff sees who
//! there is and may withdraw.

mod form;
mod institute;

use self::form::{addressed, granted, named};
use crate::Portal;
use crate::clock::from_micros;
use crate::identity::session::ALL_MODULES;
use crate::identity::{Access, Session, Who};
use crate::input::FieldError;
use crate::mail::{self, MailKind, New};
use crate::respondent::actor;
use crate::secrets::new_id;
use crate::staff::wrong;
use crate::store::accounts::{self, NewAccount};
use crate::store::cases::{self, CaseRow};
use crate::store::colleagues::{self as rows, ColleagueRow, Grant};
use crate::store::events::{self, Actor, Deed};
use crate::store::{Conn, StoreError, Stored, outbox, sessions};
use crate::words;
use chrono::{DateTime, TimeDelta, Utc};
use survey::Instrument;

/// Colleagues of one office with access at the same time.
const MOST: usize = 20;
/// Addresses an office may ever have invited.
const MOST_EVER: usize = 60;
/// Links one colleague gets within an hour.
const LINKS_AN_HOUR: i64 = 3;

/// A colleague as the head sees them.
#[derive(Clone, Debug)]
pub struct Colleague {
    /// Id of the account; opens nothing.
    pub id: String,
    /// Name.
    pub name: String,
    /// Address they sign in with.
    pub email: String,
    /// What they may see and do.
    pub access: Access,
    /// Named deputy.
    pub deputy: bool,
    /// Who invited them.
    pub invited_by: String,
    /// When.
    pub invited_at: DateTime<Utc>,
    /// They have set a password.
    pub active: bool,
    /// When the access was withdrawn.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// What the head enters.
#[derive(Clone, Debug, Default)]
pub struct ColleagueForm {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Letters of modules; ignored where `all`.
    pub modules: Vec<String>,
    /// The whole questionnaire.
    pub all: bool,
    /// Deputy: sees the whole questionnaire, hands in and answers.
    pub deputy: bool,
}

/// Why nothing was done about a colleague.
#[derive(Debug, thiserror::Error)]
pub enum ColleagueError {
    /// Only the head manages colleagues.
    #[error("Kolleginnen und Kollegen verwaltet nur die Leitung der Einheit.")]
    HeadOnly,
    /// No colleague of this office.
    #[error("Das gibt es nicht.")]
    NotFound,
    /// The state of things stands against it; the German sentence says how.
    #[error("{0}")]
    Refused(String),
    /// What is wrong, by field (`name`, `email`, `abschnitte`).
    #[error("Die Eingabe wurde nicht angenommen.")]
    Invalid(Vec<FieldError>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Portal {
    /// The colleagues of the session's office.
    ///
    /// # Errors
    /// [`ColleagueError::HeadOnly`] for everybody but the head.
    pub async fn colleagues(&self, session: &Session) -> Result<Vec<Colleague>, ColleagueError> {
        let unit_id = headed(session)?;
        let all = rows::of_unit(&mut self.read().await?, unit_id).await?;
        Ok(all.into_iter().map(colleague).collect())
    }

    /// Invites somebody: they get a link, valid once and for 30 days, by which
    /// they set a password, and sign in with their address from then on.
    ///
    /// # Errors
    /// For the head alone; what is wrong, by field.
    pub async fn colleague_invite(&self, session: &Session, form: &ColleagueForm) -> Result<(), ColleagueError> {
        let unit_id = headed(session)?;
        let now = self.now();
        let who = actor(session);
        let mut tx = self.write().await?;
        let (case, instrument) = self.field_of(&mut tx, unit_id).await?;
        let (name, email) = (form.name.trim(), form.email.trim());
        let granted = granted(&instrument, form);
        let mut findings: Vec<FieldError> = named(name).err().into_iter().chain(addressed(email).err()).collect();
        let modules = granted.unwrap_or_else(|error| {
            findings.push(error);
            String::new()
        });
        if words::key(email) == words::key(&case.contact_email) {
            findings.push(wrong("email", "Das ist Ihre eigene Adresse; Sie haben schon Zugang."));
        }
        let known = rows::of_unit(&mut tx, unit_id).await?;
        let key = words::key(email);
        let earlier = known.iter().find(|row| words::key(&row.email) == key);
        if earlier.is_some_and(|row| row.withdrawn_at.is_none()) {
            findings.push(wrong("email", "Diese Person haben Sie schon eingeladen."));
        }
        if earlier.is_none() && accounts::id_of_login(&mut tx, &key).await?.is_some() {
            findings.push(wrong(
                "email",
                "Diese Adresse wird im Portal schon für einen anderen Zugang verwendet. Bitte geben Sie eine andere an.",
            ));
        }
        if !findings.is_empty() {
            return Err(ColleagueError::Invalid(findings));
        }
        if known.iter().filter(|row| row.withdrawn_at.is_none()).count() >= MOST || known.len() >= MOST_EVER {
            return Err(ColleagueError::Refused(format!(
                "Mehr als {MOST} Kolleginnen und Kollegen kann eine Einheit nicht einladen. Bitte entziehen Sie zuerst einen Zugang oder fragen Sie das IAW."
            )));
        }
        let id = match earlier {
            Some(row) => {
                accounts::set_disabled(&mut tx, &row.account_id, None).await?;
                accounts::set_name(&mut tx, &row.account_id, name).await?;
                row.account_id.clone()
            }
            None => {
                let id = new_id(now).map_err(StoreError::from)?;
                let account = NewAccount {
                    id: id.clone(),
                    login: email,
                    login_key: key,
                    role: "colleague",
                    unit_id: Some(unit_id),
                    display_name: name,
                    email,
                };
                accounts::insert(&mut tx, &[account], now.timestamp_micros()).await?;
                id
            }
        };
        self.within_limit(&mut tx, &id, now).await?;
        let grant = Grant {
            modules: &modules,
            deputy: form.deputy,
            who: who.name,
            at: now.timestamp_micros(),
        };
        rows::put(&mut tx, &id, unit_id, &grant).await?;
        send_link(&mut tx, &id, who, now).await?;
        let detail = in_words(&modules, form.deputy);
        note(&mut tx, who, "colleague_invited", (case.wave, unit_id, &detail), now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Grants a colleague other modules, or names them deputy.
    ///
    /// # Errors
    /// For the head alone; what is wrong, by field (`abschnitte`).
    pub async fn colleague_change(
        &self,
        session: &Session,
        id: &str,
        form: &ColleagueForm,
    ) -> Result<(), ColleagueError> {
        let unit_id = headed(session)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let (case, instrument) = self.field_of(&mut tx, unit_id).await?;
        let row = own(&mut tx, unit_id, id).await?;
        let modules = granted(&instrument, form).map_err(|error| ColleagueError::Invalid(vec![error]))?;
        rows::set_grant(&mut tx, &row.account_id, &modules, form.deputy).await?;
        let detail = format!(
            "{} → {}",
            in_words(&row.modules, row.deputy),
            in_words(&modules, form.deputy)
        );
        let about = (case.wave, unit_id, detail.as_str());
        note(&mut tx, actor(session), "colleague_changed", about, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Sends the invitation once more.
    ///
    /// # Errors
    /// For the head alone; three times an hour at most.
    pub async fn colleague_resend(&self, session: &Session, id: &str) -> Result<(), ColleagueError> {
        let unit_id = headed(session)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let (case, _) = self.field_of(&mut tx, unit_id).await?;
        let row = own(&mut tx, unit_id, id).await?;
        self.within_limit(&mut tx, &row.account_id, now).await?;
        rows::set_link(&mut tx, &row.account_id, now.timestamp_micros()).await?;
        send_link(&mut tx, &row.account_id, actor(session), now).await?;
        let about = (case.wave, unit_id, "");
        note(&mut tx, actor(session), "colleague_reminded", about, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Withdraws a colleague's access: sign-ins and links end at once, what
    /// they typed stays.
    ///
    /// # Errors
    /// For the head alone.
    pub async fn colleague_withdraw(&self, session: &Session, id: &str) -> Result<(), ColleagueError> {
        let unit_id = headed(session)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let (case, _) = self.field_of(&mut tx, unit_id).await?;
        let row = own(&mut tx, unit_id, id).await?;
        withdraw(&mut tx, &row, actor(session), now).await?;
        let detail = in_words(&row.modules, row.deputy);
        let about = (case.wave, unit_id, detail.as_str());
        note(&mut tx, actor(session), "colleague_withdrawn", about, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The case an office works on, with its questionnaire.
    async fn field_of(
        &self,
        conn: &mut Conn,
        unit_id: &str,
    ) -> Result<(CaseRow, std::sync::Arc<Instrument>), ColleagueError> {
        let case = cases::current_of_unit(conn, unit_id).await?;
        let Some(case) = case.filter(|case| case.state == "open") else {
            return Err(ColleagueError::Refused(
                "Für Ihre Einheit läuft im Moment keine Befragung.".into(),
            ));
        };
        let instrument = self.instruments().of(conn, case.instrument.as_deref()).await?;
        Ok((case, instrument))
    }

    async fn within_limit(&self, conn: &mut Conn, id: &str, now: DateTime<Utc>) -> Result<(), ColleagueError> {
        let hour_ago = (now - TimeDelta::hours(1)).timestamp_micros();
        if outbox::count_since(conn, id, MailKind::Colleague.name(), hour_ago).await? >= LINKS_AN_HOUR {
            return Err(ColleagueError::Refused(
                "An diese Adresse gingen in der letzten Stunde schon drei Einladungen. Bitte warten Sie etwas.".into(),
            ));
        }
        Ok(())
    }
}

/// Unit of a session that is its head's.
fn headed(session: &Session) -> Result<&str, ColleagueError> {
    match &session.who {
        Who::Unit {
            unit_id, head: true, ..
        } => Ok(unit_id),
        _ => Err(ColleagueError::HeadOnly),
    }
}

/// A colleague of a unit who has access.
async fn own(conn: &mut Conn, unit_id: &str, id: &str) -> Result<ColleagueRow, ColleagueError> {
    let found = rows::by_account(conn, id).await?;
    found
        .filter(|row| row.unit_id == unit_id && row.withdrawn_at.is_none())
        .ok_or(ColleagueError::NotFound)
}

async fn withdraw(conn: &mut Conn, row: &ColleagueRow, who: Actor<'_>, now: DateTime<Utc>) -> Stored<()> {
    let at = now.timestamp_micros();
    rows::withdraw(conn, &row.account_id, who.name, at).await?;
    accounts::set_disabled(conn, &row.account_id, Some(at)).await?;
    // Invited again, they set another one: by then it may be another person.
    accounts::clear_password(conn, &row.account_id).await?;
    sessions::void_tokens(conn, &row.account_id, at).await?;
    sessions::delete_of_account(conn, &row.account_id).await
}

/// The link is made when the mail is written; links sent before end.
async fn send_link(conn: &mut Conn, id: &str, who: Actor<'_>, now: DateTime<Utc>) -> Stored<()> {
    sessions::void_tokens(conn, id, now.timestamp_micros()).await?;
    let mail = New {
        own: Some(("", who.name)),
        ..New::to_account(MailKind::Colleague, id)
    };
    mail::enqueue(conn, [mail], now).await?;
    Ok(())
}

/// What is granted, for the log: no names.
fn in_words(modules: &str, deputy: bool) -> String {
    match (deputy, modules) {
        (true, _) => "Vertretung".to_owned(),
        (_, ALL_MODULES) => "ganzer Fragebogen".to_owned(),
        (_, letters) => format!("Abschnitte {}", letters.replace(',', ", ")),
    }
}

fn colleague(row: ColleagueRow) -> Colleague {
    Colleague {
        access: Access::of_colleague(&row.modules, row.deputy),
        id: row.account_id,
        name: row.name,
        email: row.email,
        deputy: row.deputy,
        invited_by: row.invited_by,
        invited_at: from_micros(row.invited_at),
        active: row.active,
        withdrawn_at: row.withdrawn_at.map(from_micros),
    }
}

async fn note(
    conn: &mut Conn,
    who: Actor<'_>,
    action: &str,
    (wave, unit_id, detail): (i32, &str, &str),
    now: DateTime<Utc>,
) -> Stored<()> {
    let deed = Deed {
        action,
        wave: Some(wave),
        unit_id: Some(unit_id),
        detail,
    };
    events::audit(conn, who, &deed, now).await
}
