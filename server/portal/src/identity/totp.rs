//! One-time codes by the clock (RFC 6238): six digits, steps of 30 seconds,
//! SHA-1, as every authenticator app takes them without asking. Pure: knows
//! neither accounts nor the time; that a step is taken once is the store's.

use crate::secrets::{NoRandomness, random};
use crate::store::{StoreError, Stored};
use chrono::{DateTime, Utc};
use qrcode::{Color, EcLevel, QrCode};
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// Name of the portal in the app.
const ISSUER: &str = "Ruecklauf";
/// Steps before and after the present one that are taken too: clocks differ.
const SKEW: u16 = 1;
/// Seconds of one step.
pub(crate) const STEP: u64 = 30;
const DIGITS: u8 = 6;

/// The key an app and the portal share.
pub(crate) struct Key(Totp);

impl Key {
    /// A new key of 160 bit for an account.
    pub(crate) fn new(login: &str) -> Result<Self, NoRandomness> {
        Ok(Self::of(Secret::new_stack(random::<20>()?), login))
    }

    /// The key as it is stored.
    pub(crate) fn read(base32: &str, login: &str) -> Stored<Self> {
        let secret = Secret::try_from_base32(base32);
        secret
            .map(|secret| Self::of(secret, login))
            .map_err(|_| StoreError::content("a second factor that cannot be read"))
    }

    fn of(secret: Secret, login: &str) -> Self {
        // A colon would end the name of the issuer in the app.
        let login: String = login.chars().filter(|c| *c != ':').collect();
        Self(
            Builder::new()
                .with_algorithm(Algorithm::SHA1)
                .with_digits(DIGITS)
                .with_skew(SKEW)
                .with_step_duration(STEP)
                .with_secret(secret)
                .with_account_name(login)
                .with_issuer(Some(ISSUER))
                .build_noncompliant(),
        )
    }

    /// Base32, as stored and as typed into an app.
    pub(crate) fn base32(&self) -> String {
        self.0.secret().to_base32()
    }

    /// The time step whose code this is, if it is near enough to `at`.
    pub(crate) fn step_of(&self, code: &str, at: DateTime<Utc>) -> Option<i64> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != usize::from(DIGITS) || !digits.chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
        let seconds = u64::try_from(at.timestamp()).ok()?;
        self.0.check(&digits, seconds).and_then(|step| i64::try_from(step).ok())
    }

    /// The address an app takes everything from.
    pub(crate) fn url(&self) -> Option<String> {
        self.0.to_url().ok()
    }

    /// That address as a picture: rows of dark and light.
    pub(crate) fn picture(&self) -> Vec<Vec<bool>> {
        let code = self
            .url()
            .and_then(|url| QrCode::with_error_correction_level(url, EcLevel::M).ok());
        let Some(code) = code else { return Vec::new() };
        let width = code.width();
        let dark: Vec<bool> = code
            .into_colors()
            .into_iter()
            .map(|color| color == Color::Dark)
            .collect();
        dark.chunks(width).map(<[bool]>::to_vec).collect()
    }
}

/// The key in groups of four, for typing.
pub(crate) fn in_groups(base32: &str) -> String {
    let signs: Vec<char> = base32.chars().collect();
    signs
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test key of RFC 6238, appendix B: "12345678901234567890".
    const RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        let key = Key::read(RFC, "a@b.example").unwrap();
        // RFC 6238, appendix B, SHA1: the last six of the eight digits.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(key.step_of(code, at(seconds)), Some(seconds / 30), "{code}");
        }
        assert_eq!(
            key.step_of(" 081 804 ", at(1_111_111_109)),
            Some(37_037_036),
            "with spaces"
        );
        for wrong in ["", "8180", "081805", "0818040", "08180a", "０８１８０４"] {
            assert_eq!(key.step_of(wrong, at(1_111_111_109)), None, "{wrong:?}");
        }
    }

    #[test]
    fn one_step_before_and_after_is_taken_and_no_more() {
        let key = Key::read(RFC, "a@b.example").unwrap();
        let of_59 = |seconds| key.step_of("287082", at(seconds));
        assert_eq!(of_59(30), Some(1));
        assert_eq!(of_59(0), Some(1), "a clock that is slow");
        assert_eq!(of_59(89), Some(1), "a clock that is fast");
        assert_eq!(of_59(90), None);
    }

    #[test]
    fn a_new_key_reads_back_and_has_a_picture() {
        let key = Key::new("chef:in@iaw.example").unwrap();
        let again = Key::read(&key.base32(), "chef:in@iaw.example").unwrap();
        assert_eq!(key.base32().len(), 32);
        assert_eq!(key.url(), again.url());
        assert!(
            key.url().unwrap().starts_with("otpauth://totp/Ruecklauf"),
            "{:?}",
            key.url()
        );
        let picture = key.picture();
        assert!(picture.len() >= 21 && picture.iter().all(|row| row.len() == picture.len()));
        assert_eq!(in_groups("ABCDEFGH"), "ABCD EFGH");
    }
}
