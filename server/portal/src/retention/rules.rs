//! Which kinds of data there are to be taken out, and after how many months:
//! what the operator sets.

use super::{admin, note};
use crate::Portal;
use crate::identity::Session;
use crate::input::FieldError;
use crate::staff::{FormError, StaffError};
use crate::store::StoreError;
use crate::store::retention as rows;

/// Longest time that can be set, in months: twenty years.
const LONGEST: u32 = 240;

/// A kind of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RetentionKind {
    /// Whom to write to, in the register and in the answers, and names of the
    /// office's people in the histories.
    Contacts,
    /// Accounts of offices all of whose waves are over.
    Accounts,
    /// Addresses and texts of mails.
    Mails,
    /// Notes about cases, calls and other contacts, reasons for wanting no
    /// mails.
    Notes,
    /// Networks an office signed in from (hashed).
    Networks,
}

impl RetentionKind {
    /// All there are, in the order in which they are taken out: networks
    /// before the accounts they go with.
    pub const ALL: &'static [Self] = &[Self::Contacts, Self::Networks, Self::Accounts, Self::Mails, Self::Notes];

    /// As stored and in forms.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Accounts => "accounts",
            Self::Mails => "mails",
            Self::Notes => "notes",
            Self::Networks => "networks",
        }
    }

    /// As shown.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Contacts => "Ansprechpersonen der Fälle",
            Self::Accounts => "Zugänge der Einheiten",
            Self::Mails => "Adressen und Texte der E-Mails",
            Self::Notes => "Notizen zu Fällen und Kontakten, Gründe gegen Erinnerungen",
            Self::Networks => "Anschlüsse, von denen aus sich Einheiten angemeldet haben",
        }
    }
}

impl std::str::FromStr for RetentionKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|kind| kind.name() == text).ok_or(())
    }
}

/// How long a kind is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionRule {
    /// What.
    pub kind: RetentionKind,
    /// Months after the wave was closed; `None`: for good.
    pub months: Option<u32>,
}

/// The rules as stored, every kind in its place.
pub(super) fn of(stored: &[(String, i32)]) -> Vec<RetentionRule> {
    let months = |kind: RetentionKind| {
        let found = stored.iter().find(|(name, _)| name == kind.name());
        found.and_then(|(_, months)| u32::try_from(*months).ok())
    };
    RetentionKind::ALL
        .iter()
        .map(|kind| RetentionRule {
            kind: *kind,
            months: months(*kind),
        })
        .collect()
}

impl Portal {
    /// Sets how long each kind is kept, as entered (empty: for good), and
    /// whether it is done by itself.
    ///
    /// # Errors
    /// For administrators; names the fields that do not do.
    pub async fn retention_set(
        &self,
        session: &Session,
        months: impl Fn(RetentionKind) -> String,
        automatic: bool,
    ) -> Result<(), FormError> {
        let who = admin(session)?;
        let mut wrong = Vec::new();
        let mut rules = Vec::new();
        for kind in RetentionKind::ALL {
            let text = months(*kind);
            match read(text.trim()) {
                Ok(months) => rules.push((*kind, months)),
                Err(message) => wrong.push(FieldError {
                    field: kind.name().to_owned(),
                    code: "range".to_owned(),
                    message,
                }),
            }
        }
        if !wrong.is_empty() {
            return Err(FormError::Invalid(wrong));
        }
        let now = self.now();
        let mut tx = self.write().await.map_err(StaffError::from)?;
        let stored = async {
            rows::take(&mut tx).await?;
            for (kind, months) in &rules {
                rows::set_rule(
                    &mut tx,
                    kind.name(),
                    months.and_then(|months| i32::try_from(months).ok()),
                )
                .await?;
            }
            rows::set_automatic(&mut tx, automatic).await?;
            let mut words: Vec<String> = rules
                .iter()
                .map(|(kind, months)| format!("{} {}", kind.name(), months.map_or("-".to_owned(), |n| n.to_string())))
                .collect();
            words.push(if automatic { "automatisch" } else { "von Hand" }.to_owned());
            note(&mut tx, who, "retention_rules", &words.join(", "), now).await?;
            tx.commit().await
        };
        stored.await.map_err(|error: StoreError| FormError::Staff(error.into()))
    }
}

/// Months as entered; empty is for good.
fn read(text: &str) -> Result<Option<u32>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse() {
        Ok(months @ 1..=LONGEST) => Ok(Some(months)),
        _ => Err(format!(
            "„{text}“ geht nicht; erwartet wird eine ganze Zahl von 1 bis {LONGEST}, oder nichts für unbegrenzt."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn months_are_whole_and_bounded() {
        assert_eq!(read(""), Ok(None));
        assert_eq!(read("24"), Ok(Some(24)));
        for wrong in ["0", "241", "-1", "1,5", "zwei"] {
            assert!(read(wrong).unwrap_err().contains(wrong), "{wrong}");
        }
    }
}
