//! Another contact for an office: what ends with the former one.
//!
//! Links that went to the former address open nothing any more. Another name
//! at another address is another person: the former one's password and
//! sign-ins end as well, and the new one sets a password of their own. One
//! thing alone (a new domain, a married name) is the same person.

use crate::store::accounts::{self, HeadContact};
use crate::store::{Conn, Stored, outbox, sessions};
use crate::words;
use chrono::{DateTime, Utc};

/// What another contact means for the account of an office's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handover {
    /// The mailbox is the same.
    None,
    /// Another mailbox of the same person.
    Address,
    /// Another person.
    Person,
}

impl Handover {
    /// From one name and address to another.
    pub(crate) fn between((name, email): (&str, &str), (new_name, new_email): (&str, &str)) -> Self {
        let same = |one: &str, other: &str| words::key(one) == words::key(other);
        match (same(email, new_email), same(name, new_name)) {
            (true, _) => Self::None,
            (false, true) => Self::Address,
            (false, false) => Self::Person,
        }
    }
}

/// Why a link comes in place of one that went to the former address.
const NEW_ADDRESS: &str = "Im Portal des IAW ist diese Adresse jetzt für Ihre Einheit eingetragen. Links, die an die frühere Adresse gingen, gelten nicht mehr.";
/// Why a link comes in place of the predecessor's password.
const SUCCESSOR: &str = "Sie sind im Portal des IAW jetzt als Ansprechperson Ihrer Einheit eingetragen. Der Zugang Ihrer Vorgängerin oder Ihres Vorgängers ist beendet; was eingetragen ist, bleibt erhalten.";

/// Ends what the former contact of a head's account holds. Where the new one
/// has no way in then, they have to be sent a link: returns the sentence that
/// says why.
pub(crate) async fn hand_over(
    conn: &mut Conn,
    account_id: &str,
    what: Handover,
    now: DateTime<Utc>,
) -> Stored<Option<&'static str>> {
    let at = now.timestamp_micros();
    if what == Handover::None {
        return Ok(None);
    }
    let Some(account) = accounts::take(conn, account_id).await? else {
        return Ok(None);
    };
    sessions::void_tokens(conn, account_id, at).await?;
    if account.password_hash.is_none() {
        let waits = outbox::invitation_waits(conn, account_id).await?;
        return Ok((!waits).then_some(NEW_ADDRESS));
    }
    if what == Handover::Address {
        return Ok(None);
    }
    sessions::delete_of_account(conn, account_id).await?;
    sessions::forget_networks(conn, account_id).await?;
    accounts::clear_password(conn, account_id).await?;
    Ok(Some(SUCCESSOR))
}

/// The same for every head of a wave whose account still names another
/// contact than its case; returns accounts to be sent a link, and why.
pub(crate) async fn hand_over_all(
    conn: &mut Conn,
    wave: i32,
    now: DateTime<Utc>,
) -> Stored<Vec<(String, &'static str)>> {
    let mut without = Vec::new();
    for head in accounts::heads_with_another_address(conn, wave).await? {
        let HeadContact {
            id,
            name,
            email,
            new_name,
            new_email,
        } = &head;
        let what = Handover::between((name, email), (new_name, new_email));
        let why = hand_over(conn, id, what, now).await?;
        without.extend(why.map(|why| (head.id, why)));
    }
    Ok(without)
}

#[cfg(test)]
mod tests {
    use super::Handover;

    #[test]
    fn another_person_is_another_name_at_another_address() {
        let old = ("Eva Öhm", "eva@amt.example");
        for (new, what) in [
            (("Eva Öhm", "EVA@amt.example "), Handover::None),
            (("Eva Groß", "eva@amt.example"), Handover::None),
            (("eva öhm", "oehm@kreis.example"), Handover::Address),
            (("Jan Neu", "jan@amt.example"), Handover::Person),
            (("", "leitung@amt.example"), Handover::Person),
        ] {
            assert_eq!(Handover::between(old, new), what, "{new:?}");
        }
    }
}
