//! Puts together one mail of the outbox: looks up whom and what it concerns,
//! checks that it is still due, makes its link and writes its text.

use super::letters::{self, Frame, Letter, Survey};
use super::{MailKind, letters as texts};
use crate::clock::from_micros;
use crate::identity::TokenPurpose;
use crate::identity::access::new_link_token;
use crate::settings::Settings;
use crate::store::accounts::AccountRow;
use crate::store::cases::CaseRow;
use crate::store::outbox::OutboxRow;
use crate::store::submissions::ReceiptRow;
use crate::store::{Conn, StoreError, Stored, accounts, cases, submissions};
use crate::waves;
use chrono::{DateTime, Utc};
use survey::status::Status;

/// What the outbox keeps in place of a token.
const MASK: &str = "…";

/// Everything a mail may speak about.
pub(super) struct About {
    case: Option<CaseRow>,
    account: Option<AccountRow>,
    receipt: Option<ReceiptRow>,
}

/// A mail ready to be handed over.
pub(super) struct Composed {
    pub letter: Letter,
    /// Its text with the link masked.
    pub masked: String,
    pub to: String,
    pub to_name: String,
}

/// What becomes of a due mail.
pub(super) enum Outcome {
    NotDue(&'static str),
    Letter(Composed),
}

/// The kind of a stored mail.
pub(super) fn kind_of(row: &OutboxRow) -> Stored<MailKind> {
    MailKind::from_name(&row.kind).ok_or_else(|| StoreError::content(format!("a mail of kind {:?}", row.kind)))
}

/// Looks up what a mail concerns.
pub(super) async fn gather(conn: &mut Conn, row: &OutboxRow) -> Stored<About> {
    let account = match &row.account_id {
        Some(id) => accounts::by_id(conn, id).await?,
        None => None,
    };
    let unit = account.as_ref().and_then(|account| account.unit_id.clone());
    let case = match (&row.case_id, unit) {
        (Some(id), _) => cases::by_id(conn, id).await?,
        (None, Some(unit_id)) => cases::current_of_unit(conn, &unit_id).await?,
        (None, None) => None,
    };
    let receipt = match &row.submission_id {
        Some(id) => submissions::receipt_by_id(conn, id).await?,
        None => None,
    };
    Ok(About { case, account, receipt })
}

impl About {
    /// Kennung or address of whom it concerns.
    pub(super) fn login(&self) -> &str {
        match (&self.case, &self.account) {
            (_, Some(account)) => &account.login,
            (Some(case), None) => &case.kennung,
            (None, None) => "",
        }
    }

    /// Address it goes to.
    pub(super) fn recipient<'a>(&'a self, row: &'a OutboxRow) -> &'a str {
        match (&row.recipient, &row.case_id, &self.case, &self.account) {
            (Some(recipient), ..) => recipient,
            (None, Some(_), Some(case), _) => &case.contact_email,
            (.., Some(account)) => &account.email,
            _ => "",
        }
    }

    /// Name of whom it goes to; nobody's where the address was given apart.
    fn name<'a>(&'a self, row: &OutboxRow) -> &'a str {
        match (&row.recipient, &row.case_id, &self.case, &self.account) {
            (Some(_), ..) => "",
            (None, Some(_), Some(case), _) => &case.contact_name,
            (.., Some(account)) if account.unit_id.is_some() => &account.display_name,
            _ => "",
        }
    }
}

/// Writes the mail in the transaction that takes it, its link included.
pub(super) async fn compose(
    conn: &mut Conn,
    settings: &Settings,
    row: &OutboxRow,
    about: &About,
    now: DateTime<Utc>,
) -> Stored<Outcome> {
    let kind = kind_of(row)?;
    if let Some(reason) = not_due(kind, about)? {
        return Ok(Outcome::NotDue(reason));
    }
    let token = match purpose(kind) {
        Some(purpose) => {
            let account = about.account.as_ref().ok_or_else(|| missing("account"))?;
            new_link_token(conn, &account.id, purpose, now).await?
        }
        None => String::new(),
    };
    let letter = write(kind, settings, row, about, &token, now)?;
    let masked = if token.is_empty() {
        letter.body.clone()
    } else {
        letter.body.replace(&token, MASK)
    };
    let to = about.recipient(row).to_owned();
    let to_name = about.name(row).to_owned();
    Ok(Outcome::Letter(Composed {
        letter,
        masked,
        to,
        to_name,
    }))
}

fn purpose(kind: MailKind) -> Option<TokenPurpose> {
    match kind {
        MailKind::Invitation | MailKind::InvitationAgain => Some(TokenPurpose::Invitation),
        MailKind::NewPassword => Some(TokenPurpose::Reset),
        MailKind::PasswordSet | MailKind::Receipt => None,
    }
}

/// Why a mail must not go out any more.
fn not_due(kind: MailKind, about: &About) -> Stored<Option<&'static str>> {
    if purpose(kind).is_some() && about.account.is_none() {
        return Ok(Some("the account is gone"));
    }
    let (MailKind::Invitation, Some(case)) = (kind, &about.case) else {
        return Ok(None);
    };
    Ok(match waves::read_status(&case.status)? {
        _ if case.state != "open" => Some("the wave is not open"),
        Status::Refused => Some("the office refused"),
        Status::Ineligible => Some("the office does not belong to the survey"),
        Status::NotInvited | Status::Invited | Status::Opened | Status::Started => None,
        _ => Some("the questionnaire has arrived"),
    })
}

fn write(
    kind: MailKind,
    settings: &Settings,
    row: &OutboxRow,
    about: &About,
    token: &str,
    now: DateTime<Utc>,
) -> Stored<Letter> {
    let frame = Frame {
        to_name: about.name(row),
        contact: &settings.contact,
        base_url: settings.base_url.as_str(),
    };
    let survey = about.case.as_ref().map(survey_of).transpose()?;
    let of_case = || survey.as_ref().ok_or_else(|| missing("case"));
    let link = settings.base_url.join(&format!("/zugang/{token}"));
    Ok(match kind {
        MailKind::Invitation => texts::invitation(&frame, of_case()?, &link, &settings.letters),
        MailKind::InvitationAgain => texts::invitation_again(&frame, about.login(), survey.as_ref(), &link),
        MailKind::NewPassword => texts::new_password(&frame, about.login(), &link),
        MailKind::PasswordSet => texts::password_set(&frame, about.login(), from_micros(row.due_at).min(now)),
        MailKind::Receipt => {
            let receipt = about.receipt.as_ref().ok_or_else(|| missing("submission"))?;
            letters::receipt(
                &frame,
                of_case()?,
                &receipt.receipt,
                &receipt.fingerprint,
                from_micros(receipt.at),
            )
        }
    })
}

fn missing(what: &str) -> StoreError {
    StoreError::content(format!("a mail without its {what}"))
}

fn survey_of(case: &CaseRow) -> Stored<Survey<'_>> {
    Ok(Survey {
        wave: case.wave,
        office: &case.name,
        kennung: &case.kennung,
        stichtag: waves::read_day(&case.stichtag)?,
        deadline: waves::read_day(&case.deadline)?,
    })
}
