//! Random values and hashes: ids, tokens, fingerprints. The only place that
//! asks the system's generator.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU32, Ordering};

/// The system gave no random bytes; nothing that needs them goes on.
#[derive(Debug, thiserror::Error)]
#[error("the system's random generator failed: {0}")]
pub struct NoRandomness(getrandom::Error);

/// `N` bytes nobody can guess.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(NoRandomness)?;
    Ok(bytes)
}

/// A token of 256 bit as people carry it: in a cookie or a link.
pub(crate) fn new_token() -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// What the store keeps of a token.
pub(crate) fn token_hash(token: &str) -> String {
    sha256(token.as_bytes())
}

/// SHA-256 as 64 hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// A new id: UUIDv7, so that ids sort by the time they were made. Within one
/// millisecond a counter of 24 bit keeps those of one process in order (RFC
/// 9562, section 6.2, method 1).
pub(crate) fn new_id(now: DateTime<Utc>) -> Result<String, NoRandomness> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let [_, high, mid, low] = COUNTER.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let mut bytes = random::<10>()?;
    // Twelve bits of it stand before the variant, twelve behind.
    let first = u16::from_be_bytes([high, mid]) >> 4;
    let [first_high, first_low] = first.to_be_bytes();
    (bytes[0], bytes[1], bytes[2], bytes[3]) = (first_high, first_low, mid & 0x0F, low);
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &bytes)
        .into_uuid()
        .to_string())
}

/// Letters and digits that are not mistaken for one another (Crockford).
const READABLE: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Eight readable characters in two groups, `4F7K-Q2M9`: 40 bit.
pub(crate) fn readable() -> Result<String, NoRandomness> {
    let bytes = random::<8>()?;
    let mut text: String = bytes
        .iter()
        .map(|byte| char::from(READABLE[usize::from(byte & 31)]))
        .collect();
    text.insert(4, '-');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_256_bit_and_stored_hashed() {
        let token = new_token().unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(&token).unwrap().len(), 32);
        assert_ne!(token, new_token().unwrap());
        assert_eq!(
            token_hash("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "FIPS 180-2, appendix B.1"
        );
    }

    #[test]
    fn ids_sort_by_time() {
        let early = new_id(DateTime::from_timestamp(1_200_000_000, 0).unwrap()).unwrap();
        let late = new_id(DateTime::from_timestamp(1_200_000_001, 0).unwrap()).unwrap();
        assert!(early < late);
        let now = DateTime::from_timestamp(1_200_000_000, 0).unwrap();
        let ids: Vec<String> = (0..5_000).map(|_| new_id(now).unwrap()).collect();
        assert!(ids.is_sorted(), "and by their order within a moment");
    }
}
