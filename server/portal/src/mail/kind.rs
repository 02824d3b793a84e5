//! What a mail is, where it stands, and what staff may do about it.

use super::plan::named;
use std::fmt;

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// Field start: please take part, with the link that opens the access.
    Invitation,
    /// Please remember.
    Reminder,
    /// What staff wrote to one office.
    Written,
    /// The link once more, asked for by somebody without a password.
    InvitationAgain,
    /// Link to replace a forgotten password.
    NewPassword,
    /// Notice that a password was set.
    PasswordSet,
    /// A new member of the staff: link that sets the first password.
    StaffInvitation,
    /// Notice that a second factor was set up, replaced, used up or removed.
    SecondFactor,
    /// Notice of a sign-in from a network not seen before.
    NewSignIn,
    /// Notice, to the former address, that another one holds now.
    AddressChanged,
    /// The questionnaire has arrived.
    Receipt,
    /// The questionnaire was opened again.
    Reopened,
    /// There is a question about it.
    Query,
    /// The question is not answered yet.
    QueryReminder,
    /// The head of an office asks a colleague to help.
    Colleague,
}

named!(MailKind {
    Invitation => "einladung", "Einladung";
    Reminder => "erinnerung", "Erinnerung";
    Written => "anschreiben", "Anschreiben";
    InvitationAgain => "einladung-erneut", "Zugang auf Anforderung";
    NewPassword => "neues-passwort", "Neues Passwort";
    PasswordSet => "passwort-gesetzt", "Passwort festgelegt";
    StaffInvitation => "einladung-institut", "Zugang für das Institut";
    SecondFactor => "zweiter-schritt", "Zweiter Schritt der Anmeldung";
    NewSignIn => "neue-anmeldung", "Neue Anmeldung";
    AddressChanged => "adresse-geaendert", "Adresse geändert";
    Receipt => "eingang", "Eingangsbestätigung";
    Reopened => "wieder-geoeffnet", "Wieder geöffnet";
    Query => "rueckfrage", "Rückfrage";
    QueryReminder => "rueckfrage-erinnerung", "Erinnerung an eine Rückfrage";
    Colleague => "einladung-kollege", "Einladung durch die Leitung";
});

impl MailKind {
    /// Whether it goes to many at once and may wait behind those that one
    /// person waits for.
    pub(crate) fn is_one_of_many(self) -> bool {
        matches!(self, Self::Invitation | Self::Reminder | Self::QueryReminder)
    }

    /// Whether the institute writes it by its own choice, so that a reminder
    /// right behind it comes too soon.
    pub(crate) fn counts_for_the_gap(self) -> bool {
        matches!(self, Self::Invitation | Self::Reminder | Self::Written)
    }

    /// Whether a second copy does no harm: such a mail is sent again where
    /// nobody knows whether it arrived; about the others a person decides
    /// (security.md, "Nothing lost").
    pub(crate) fn may_come_twice(self) -> bool {
        !matches!(
            self,
            Self::Invitation | Self::Reminder | Self::Written | Self::QueryReminder
        )
    }
}

impl fmt::Display for MailKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailState {
    /// Waits for its turn.
    Queued,
    /// Being handed over.
    Sending,
    /// The mail server has taken it.
    Sent,
    /// Not taken yet; tried again later.
    Deferred,
    /// Not taken, for good.
    Failed,
    /// Nobody knows whether it was taken; a person decides.
    Unclear,
    /// Not sent because it was no longer due, or staff said so.
    Cancelled,
}

named!(MailState {
    Queued => "queued", "wartet";
    Sending => "sending", "wird übergeben";
    Sent => "sent", "verschickt";
    Deferred => "deferred", "aufgeschoben";
    Failed => "failed", "gescheitert";
    Unclear => "unclear", "unklar";
    Cancelled => "cancelled", "entfallen";
});

impl MailState {
    /// What staff may do about a mail that stands there.
    #[must_use]
    pub fn acts(self) -> &'static [OutboxAct] {
        match self {
            Self::Queued => &[OutboxAct::Cancel],
            Self::Deferred => &[OutboxAct::Retry, OutboxAct::Cancel],
            Self::Failed => &[OutboxAct::Retry, OutboxAct::Cancel],
            Self::Unclear => &[OutboxAct::Delivered, OutboxAct::SendAgain],
            Self::Sending | Self::Sent | Self::Cancelled => &[],
        }
    }
}

/// What staff does about one mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxAct {
    /// Try now.
    Retry,
    /// Do not send it.
    Cancel,
    /// An unclear one has arrived.
    Delivered,
    /// An unclear one has not: send it again, under the same Message-ID.
    SendAgain,
}

named!(OutboxAct {
    Retry => "erneut", "Jetzt noch einmal versuchen";
    Cancel => "streichen", "Nicht verschicken";
    Delivered => "angekommen", "Ist angekommen";
    SendAgain => "nochmal", "Noch einmal verschicken";
});
