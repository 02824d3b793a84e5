//! Slows guessing down without ever locking anybody out for good.
//!
//! Three counters, each forgotten after a quiet time:
//! - one name from one address: refused for a while that doubles;
//! - one address, whatever the names: the same, much later;
//! - one name from wherever: only delayed, so that nobody can lock another
//!   out by failing on purpose.
//!
//! An attempt is counted before its password is looked at and forgiven when
//! it was right, so that many at once gain nothing.

use crate::clock::from_micros;
use crate::secrets::sha256;
use crate::store::{Conn, Stored, throttle};
use chrono::{DateTime, TimeDelta, Utc};
use std::net::IpAddr;
use std::time::Duration;

/// When a counter starts to hold up, and how long at most.
struct Limit {
    scope: &'static str,
    /// Failures without consequence.
    free: i64,
    /// Wait after the first failure beyond; doubles with each further one.
    first: TimeDelta,
    most: TimeDelta,
    forgotten_after: TimeDelta,
}

const PAIR: Limit = Limit {
    scope: "name and address",
    free: 5,
    first: TimeDelta::seconds(2),
    most: TimeDelta::minutes(15),
    forgotten_after: TimeDelta::hours(24),
};

/// Whole networks of offices stand behind one address, hence so loose.
const ADDRESS: Limit = Limit {
    scope: "address",
    free: 30,
    first: TimeDelta::seconds(1),
    most: TimeDelta::minutes(1),
    forgotten_after: TimeDelta::minutes(15),
};

const NAME: Limit = Limit {
    scope: "name",
    free: 20,
    first: TimeDelta::milliseconds(100),
    most: TimeDelta::seconds(3),
    forgotten_after: TimeDelta::hours(1),
};

/// Requests for a link, by address.
const REQUESTS: Limit = Limit {
    scope: "request by address",
    free: 10,
    first: TimeDelta::seconds(2),
    most: TimeDelta::minutes(15),
    forgotten_after: TimeDelta::hours(1),
};

/// Codes of the second step, by account, so that many addresses gain nothing.
/// Only who knows the password gets so far; a recovery code passes it.
const CODES: Limit = Limit {
    scope: "code",
    free: 5,
    first: TimeDelta::seconds(4),
    most: TimeDelta::minutes(15),
    forgotten_after: TimeDelta::hours(24),
};

/// Longest of the times after which a counter is forgotten.
pub(crate) const FORGOTTEN_AFTER: TimeDelta = TimeDelta::hours(24);

impl Limit {
    /// How long after the last of so many failures nothing is accepted.
    fn wait(&self, failures: i64) -> TimeDelta {
        let beyond = failures - self.free;
        if beyond < 0 {
            return TimeDelta::zero();
        }
        let doublings = u32::try_from(beyond.min(20)).unwrap_or(20);
        self.first
            .checked_mul(2_i32.saturating_pow(doublings))
            .map_or(self.most, |wait| wait.min(self.most))
    }

    /// Takes a counter for this transaction: failures so far, and until when
    /// they shut the door.
    async fn take(&self, conn: &mut Conn, key: &str, now: DateTime<Utc>) -> Stored<(i64, Option<DateTime<Utc>>)> {
        let forget_before = (now - self.forgotten_after).timestamp_micros();
        let found = throttle::take(conn, self.scope, key, now.timestamp_micros(), forget_before).await?;
        let wait = self.wait(found.failures);
        // Somebody else's attempt may be younger than this one.
        let until = (!wait.is_zero()).then(|| from_micros(found.last_at) + wait);
        Ok((found.failures, until.filter(|until| *until > now)))
    }

    async fn count(&self, conn: &mut Conn, key: &str, now: DateTime<Utc>) -> Stored<()> {
        throttle::count(conn, self.scope, key, now.timestamp_micros()).await
    }
}

/// One attempt to sign in: who it claims to be, and from where.
pub(crate) struct Attempt {
    pair: String,
    address: String,
    name: String,
}

/// Whether an attempt may go on.
pub(crate) enum Gate {
    /// Yes, after a pause.
    Open(Duration),
    /// Not before this moment.
    Shut(DateTime<Utc>),
}

impl Attempt {
    /// `login_key` is the folded name, known or not.
    pub(crate) fn new(login_key: &str, from: IpAddr) -> Self {
        let address = network(from);
        Self {
            pair: sha256(format!("{address}\n{login_key}").as_bytes()),
            address: sha256(address.as_bytes()),
            name: sha256(login_key.as_bytes()),
        }
    }

    /// The network it comes from, hashed.
    pub(crate) fn network(&self) -> &str {
        &self.address
    }

    /// Looks at the counters and, where the attempt may go on, counts it.
    pub(crate) async fn enter(&self, conn: &mut Conn, now: DateTime<Utc>) -> Stored<Gate> {
        let (_, pair) = PAIR.take(conn, &self.pair, now).await?;
        let (_, address) = ADDRESS.take(conn, &self.address, now).await?;
        if let Some(until) = pair.max(address) {
            return Ok(Gate::Shut(until));
        }
        let (failures, _) = NAME.take(conn, &self.name, now).await?;
        let pause = NAME.wait(failures);
        for (limit, key) in self.counters() {
            limit.count(conn, key, now).await?;
        }
        Ok(Gate::Open(pause.to_std().unwrap_or_default()))
    }

    /// The password was right: this attempt was no failure, and earlier ones
    /// of this name from this address were its owner's.
    pub(crate) async fn forgive(&self, conn: &mut Conn) -> Stored<()> {
        throttle::clear(conn, PAIR.scope, &self.pair).await?;
        throttle::uncount(conn, ADDRESS.scope, &self.address).await?;
        throttle::uncount(conn, NAME.scope, &self.name).await
    }

    fn counters(&self) -> [(&'static Limit, &str); 3] {
        [(&PAIR, &self.pair), (&ADDRESS, &self.address), (&NAME, &self.name)]
    }
}

/// Counts a request for a link; `Some` says until when no more are taken.
pub(crate) async fn request(conn: &mut Conn, from: IpAddr, now: DateTime<Utc>) -> Stored<Option<DateTime<Utc>>> {
    let key = sha256(network(from).as_bytes());
    let (_, blocked) = REQUESTS.take(conn, &key, now).await?;
    if blocked.is_none() {
        REQUESTS.count(conn, &key, now).await?;
    }
    Ok(blocked)
}

/// Counts a code of an account before it is looked at; `Some` says until when
/// none is.
pub(crate) async fn code(conn: &mut Conn, account_id: &str, now: DateTime<Utc>) -> Stored<Option<DateTime<Utc>>> {
    let key = sha256(account_id.as_bytes());
    let (_, shut) = CODES.take(conn, &key, now).await?;
    if shut.is_none() {
        CODES.count(conn, &key, now).await?;
    }
    Ok(shut)
}

/// A code was right: the ones before were its owner's.
pub(crate) async fn code_forgiven(conn: &mut Conn, account_id: &str) -> Stored<()> {
    throttle::clear(conn, CODES.scope, &sha256(account_id.as_bytes())).await
}

/// What counts as one address: an IPv4 address, or the /64 an IPv6 host can
/// choose from freely.
fn network(from: IpAddr) -> String {
    match from.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit_and_never_last() {
        let seconds = |failures| PAIR.wait(failures).num_seconds();
        assert_eq!([4, 5, 6, 7, 8].map(seconds), [0, 2, 4, 8, 16]);
        assert_eq!(seconds(1_000_000), 15 * 60);
        assert_eq!(NAME.wait(1_000_000), TimeDelta::seconds(3));
    }

    #[test]
    fn an_ipv6_host_cannot_change_its_network() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
