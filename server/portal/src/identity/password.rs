//! Hashing of passwords with argon2id, away from the async threads and only
//! a few at once. Which passwords are allowed stands in [`super::policy`].

use crate::store::{StoreError, Stored};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;

/// Memory in KiB, passes and lanes (security.md: at least 19456, 2, 1).
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A password could not be hashed or compared; says nothing about whether it
/// is right.
#[derive(Debug, thiserror::Error)]
#[error("hashing a password failed: {0}")]
pub struct HashingFailed(String);

/// Hashes and compares passwords. Clones share the limit.
#[derive(Clone, Debug)]
pub(crate) struct Hasher {
    permits: Arc<Semaphore>,
}

/// Outcome of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The password is not the one.
    Wrong,
    /// It is.
    Right,
    /// It is, and its hash was made with weaker parameters than today's.
    RightButWeak,
}

impl Hasher {
    /// A hasher that works on as many passwords at once as there are cores:
    /// each takes 19 MiB.
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            permits: Arc::new(Semaphore::new(cores)),
        }
    }

    /// A new hash with a salt of its own, as a PHC string.
    pub(crate) async fn hash(&self, password: &str) -> Stored<String> {
        let password = password.to_owned();
        self.apart(move || hash_now(&password)).await
    }

    /// Compares; without a hash (nobody of that name, or no password yet) the
    /// same work is done against a dummy and the answer is no.
    pub(crate) async fn verify(&self, password: &str, hash: Option<&str>) -> Stored<Verdict> {
        let password = password.to_owned();
        let hash = hash.map(str::to_owned);
        self.apart(move || {
            let dummy = dummy_hash()?;
            let verdict = verify_now(&password, hash.as_deref().unwrap_or(dummy))?;
            Ok(if hash.is_some() { verdict } else { Verdict::Wrong })
        })
        .await
    }

    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashingFailed> + Send + 'static,
    ) -> Stored<T> {
        let permit = self.permits.clone().acquire_owned().await.map_err(failed)?;
        tokio::task::spawn_blocking(move || {
            let _held = permit;
            work()
        })
        .await
        .map_err(failed)?
        .map_err(StoreError::from)
    }
}

fn failed(error: impl std::fmt::Display) -> HashingFailed {
    HashingFailed(error.to_string())
}

fn argon2() -> Result<Argon2<'static>, HashingFailed> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str) -> Result<String, HashingFailed> {
    Ok(argon2()?
        .hash_password(password.as_bytes())
        .map_err(failed)?
        .to_string())
}

fn verify_now(password: &str, hash: &str) -> Result<Verdict, HashingFailed> {
    let parsed = PasswordHash::new(hash).map_err(failed)?;
    if argon2()?.verify_password(password.as_bytes(), &parsed).is_err() {
        return Ok(Verdict::Wrong);
    }
    let used = Params::try_from(&parsed).map_err(failed)?;
    let weak = used.m_cost() < MEMORY || used.t_cost() < PASSES || used.p_cost() < LANES;
    Ok(if weak { Verdict::RightButWeak } else { Verdict::Right })
}

/// Hash of nobody's password, made once.
fn dummy_hash() -> Result<&'static str, HashingFailed> {
    static DUMMY: OnceLock<String> = OnceLock::new();
    if let Some(hash) = DUMMY.get() {
        return Ok(hash);
    }
    let made = hash_now("nobody's password")?;
    Ok(DUMMY.get_or_init(|| made))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn right_wrong_unknown_and_weak() {
        let hasher = Hasher::new();
        let hash = hasher.hash("ein recht langer Satz").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let verdict = async |password, hash| hasher.verify(password, hash).await.unwrap();
        assert_eq!(
            verdict("ein recht langer Satz", Some(hash.as_str())).await,
            Verdict::Right
        );
        assert_eq!(verdict("ein anderer Satz", Some(hash.as_str())).await, Verdict::Wrong);
        assert_eq!(verdict("nobody's password", None).await, Verdict::Wrong);
        let weak = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(8_192, 1, 1, None).unwrap(),
        )
        .hash_password(b"ein recht langer Satz")
        .unwrap()
        .to_string();
        assert_eq!(
            verdict("ein recht langer Satz", Some(weak.as_str())).await,
            Verdict::RightButWeak
        );
    }
}
