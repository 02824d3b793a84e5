//! By hand: remind some offices now, write to one.

use super::{FormError, audit, checked, plan::Candidate};
use crate::Portal;
use crate::identity::{Role, Session};
use crate::mail::compose::{About, Desk};
use crate::mail::due::Target;
use crate::mail::message::is_usable;
use crate::mail::planning;
use crate::mail::texts::{LONGEST_SUBJECT, Texts, plan_templates};
use crate::mail::{MailKind, New, enqueue};
use crate::secrets::sha256;
use crate::staff::{CaseFilter, StaffError, known_wave, require};
use crate::store::accounts::AccountRow;
use crate::store::cases::CaseRow;
use crate::store::outbox::OutboxRow;
use crate::store::{BATCH, Conn, Stored, accounts, desk};
use crate::waves::read_day;
use crate::words;
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};

/// Longest letter to one office.
const LONGEST_LETTER: usize = 5_000;

/// Why nobody was reminded.
#[derive(Debug, thiserror::Error)]
pub enum RemindError {
    /// Role, wave or case do not allow it, or the store failed.
    #[error(transparent)]
    Staff(#[from] StaffError),
    /// Meanwhile it is another number than was confirmed, or other offices.
    #[error("{} Bitte sehen Sie die Liste noch einmal durch.", changed(*expected, *now))]
    Changed {
        /// The number that was confirmed.
        expected: u64,
        /// The number now.
        now: u64,
    },
}

fn changed(expected: u64, now: u64) -> String {
    if now == expected {
        "Die Zahl ist gleich geblieben, aber es sind inzwischen andere Einheiten oder Adressen.".to_owned()
    } else {
        words::meanwhile(now, expected, "Einheit", "Einheiten")
    }
}

/// What somebody has seen and confirms: how many offices, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// How many get a mail.
    pub count: u64,
    /// Fingerprint of their Kennungen and addresses (SHA-256, hexadecimal).
    pub offices: String,
}

impl Confirmed {
    /// Those of a list who get a mail.
    #[must_use]
    pub fn of(list: &[Candidate]) -> Self {
        let going = list.iter().filter(|one| one.why_not.is_none());
        let mut lines: Vec<String> = going
            .map(|one| format!("{} {}\n", one.kennung, one.recipient))
            .collect();
        lines.sort();
        Self {
            count: lines.len() as u64,
            offices: sha256(lines.concat().as_bytes()),
        }
    }
}

impl From<crate::StoreError> for RemindError {
    fn from(error: crate::StoreError) -> Self {
        Self::Staff(error.into())
    }
}

/// A letter to one office.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    /// Subject, 1 to 200 characters.
    pub subject: String,
    /// Text, 1 to 5,000 characters; blank lines separate paragraphs.
    pub text: String,
    /// From the form, so that posting it twice sends it once.
    pub once: String,
}

impl Portal {
    /// Who would be reminded if it were done now, and who not and why: of the
    /// cases that pass a filter, or of one.
    ///
    /// # Errors
    /// For viewers and above; where there is no such wave, case or text.
    pub async fn remind_candidates(
        &self,
        session: &Session,
        wave: i32,
        filter: &CaseFilter,
        kennung: Option<&str>,
        template: &str,
    ) -> Result<Vec<Candidate>, StaffError> {
        require(session, Role::Viewer)?;
        let mut conn = self.read().await?;
        let mut list = chosen(&mut conn, wave, filter, kennung, template, self.now()).await?;
        self.cannot_be_built(&mut conn, template, &mut list).await?;
        Ok(list.into_iter().map(candidate).collect())
    }

    /// Reminds them and returns how many mails were queued: `seen`, as somebody
    /// has confirmed it.
    ///
    /// # Errors
    /// For editors and above; where it is another number now, or others.
    #[expect(clippy::too_many_arguments, reason = "what the form holds, checked one by one")]
    pub async fn remind(
        &self,
        session: &Session,
        wave: i32,
        filter: &CaseFilter,
        kennung: Option<&str>,
        template: &str,
        seen: &Confirmed,
        once: &str,
    ) -> Result<u64, RemindError> {
        let who = require(session, Role::Editor)?;
        let now = self.now();
        // Writing every mail once takes long; done before anybody has to wait.
        let written = self.remind_candidates(session, wave, filter, kennung, template).await?;
        let blocked: HashSet<&str> = written
            .iter()
            .filter(|candidate| candidate.why_not.is_some())
            .map(|candidate| candidate.kennung.as_str())
            .collect();
        let mut tx = self.write().await?;
        let mut cases = chosen(&mut tx, wave, filter, kennung, template, now).await?;
        cases.retain(|(case, reason)| reason.is_none() && !blocked.contains(case.kennung.as_str()));
        let going: Vec<Candidate> = cases.iter().cloned().map(candidate).collect();
        let confirmed = Confirmed::of(&going);
        if confirmed != *seen {
            return Err(RemindError::Changed {
                expected: seen.count,
                now: confirmed.count,
            });
        }
        let heads: HashMap<String, String> = accounts::heads_of_wave(&mut tx, wave).await?.into_iter().collect();
        let step = by_hand(once);
        let mails = cases.iter().map(|(case, _)| New {
            template: Some(template),
            ..New::to_case(
                MailKind::Reminder,
                step.clone(),
                (wave, &case.unit_id, &case.id),
                heads.get(&case.unit_id).map(String::as_str),
            )
        });
        let queued = enqueue(&mut tx, mails, now).await?;
        let detail = format!("{queued}");
        audit(&mut tx, who, ("mail_reminded", Some(wave), None), &detail, now).await?;
        tx.commit().await?;
        Ok(queued)
    }

    /// Writes to one office.
    ///
    /// # Errors
    /// For editors and above; what is wrong, by field (`betreff`, `text`).
    pub async fn write_to(
        &self,
        session: &Session,
        wave: i32,
        kennung: &str,
        letter: &Letter,
    ) -> Result<(), FormError> {
        let who = require(session, Role::Editor)?;
        let subject = checked("betreff", &letter.subject.replace(['\r', '\n'], " "), LONGEST_SUBJECT);
        let text = checked("text", &letter.text, LONGEST_LETTER);
        let (subject, text) = match (subject, text) {
            (Ok(subject), Ok(text)) => (subject, text),
            (subject, text) => {
                return Err(FormError::Invalid(
                    [subject.err(), text.err()].into_iter().flatten().collect(),
                ));
            }
        };
        let now = self.now();
        let mut tx = self.write().await?;
        let case = super::contacts::case_of(&mut tx, wave, kennung).await?;
        let mail = New {
            own: Some((&subject, &text)),
            ..New::to_case(
                MailKind::Written,
                by_hand(&letter.once),
                (wave, &case.unit_id, &case.id),
                None,
            )
        };
        enqueue(&mut tx, [mail], now).await?;
        audit(&mut tx, who, ("mail_written", Some(wave), Some(&case.unit_id)), "", now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Puts a reason to every case whose mail cannot be written, and returns how
    /// many that are.
    pub(super) async fn cannot_be_built(
        &self,
        conn: &mut Conn,
        template: &str,
        list: &mut [(CaseRow, Option<String>)],
    ) -> Stored<u64> {
        let now = self.now();
        let texts = Texts::load(conn).await?;
        let desk = Desk {
            portal: self,
            texts: &texts,
            at: now,
        };
        let mut found = 0;
        for some in list.chunks_mut(BATCH) {
            let going: Vec<_> = some.iter_mut().filter(|(_, why_not)| why_not.is_none()).collect();
            let units: Vec<&str> = going.iter().map(|(case, _)| case.unit_id.as_str()).collect();
            let mut heads = accounts::heads_of_units(conn, &units).await?;
            for (case, why_not) in going {
                let head = heads.remove(&case.unit_id);
                let (row, about) = imagined(template, case.clone(), head, now);
                *why_not = match desk.show(conn, &row, &about).await? {
                    Err(reason) => Some(format!("Die E-Mail lässt sich nicht schreiben: {reason}")),
                    Ok(shown) if !is_usable(&shown.to) => Some("Es gibt keine verwendbare E-Mail-Adresse".into()),
                    Ok(_) => continue,
                };
                found += 1;
            }
        }
        Ok(found)
    }
}

/// A mail to a case that is in no outbox.
pub(super) fn imagined(
    template: &str,
    case: CaseRow,
    head: Option<AccountRow>,
    now: DateTime<Utc>,
) -> (OutboxRow, About) {
    let kind = template.parse().unwrap_or(MailKind::Reminder);
    let row = OutboxRow {
        kind: kind.name().to_owned(),
        template: Some(template.to_owned()),
        wave: Some(case.wave),
        case_id: Some(case.id.clone()),
        created_at: now.timestamp_micros(),
        ..OutboxRow::default()
    };
    let about = About {
        account: head,
        case: Some(case),
        ..About::default()
    };
    (row, about)
}

async fn chosen(
    conn: &mut Conn,
    wave: i32,
    filter: &CaseFilter,
    kennung: Option<&str>,
    template: &str,
    now: DateTime<Utc>,
) -> Result<Vec<(CaseRow, Option<String>)>, StaffError> {
    let row = known_wave(conn, wave).await?;
    if !plan_templates().iter().any(|(name, _)| *name == template) {
        return Err(StaffError::NotFound);
    }
    let wanted = kennung.map(words::key);
    let rows = filter.rows(wave, read_day(&row.deadline)?, now);
    let found: Option<HashSet<String>> = match &rows {
        Some(_) if filter.is_empty() => None,
        Some(rows) => Some(desk::ids(conn, rows).await?.into_iter().collect()),
        None => Some(HashSet::new()),
    };
    let all = planning::candidates(conn, wave, (MailKind::Reminder, &Target::default()), now).await?;
    let list: Vec<_> = all
        .into_iter()
        .filter(|(case, _)| {
            let named = wanted
                .as_ref()
                .is_none_or(|wanted| *wanted == words::key(&case.kennung));
            named && found.as_ref().is_none_or(|found| found.contains(&case.id))
        })
        .collect();
    if list.is_empty() && wanted.is_some() {
        return Err(StaffError::NotFound);
    }
    Ok(list)
}

pub(super) fn candidate((case, why_not): (CaseRow, Option<String>)) -> Candidate {
    Candidate {
        kennung: case.kennung,
        office: case.name,
        recipient: case.contact_email,
        why_not,
    }
}

/// The step of what one form sends: the same for the same form.
fn by_hand(once: &str) -> String {
    let once: String = once.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    format!("hand-{once}")
}
