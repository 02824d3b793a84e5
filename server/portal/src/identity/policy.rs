//! Which passwords are allowed: 12 to 256 characters, no rules of
//! composition, none that is common, none made of the office's own words
//! (security.md). Pure.

use crate::input;
use validator::{Validate, ValidateLength, ValidationErrors};

/// Shortest and longest password, in characters.
pub(crate) const LENGTH: (u64, u64) = (12, 256);

/// A new password as it was entered, and the words it must not be made of.
pub(crate) struct NewPassword<'a> {
    pub password: &'a str,
    pub repeated: &'a str,
    /// Kennung, names, address of the account.
    pub own_words: &'a [String],
}

impl Validate for NewPassword<'_> {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        if let Some(error) = self.refusal() {
            errors.add("passwort", error);
        }
        if self.password != self.repeated {
            errors.add(
                "passwort2",
                input::error("must_match", "Die beiden Eingaben stimmen nicht überein."),
            );
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

impl NewPassword<'_> {
    fn refusal(&self) -> Option<validator::ValidationError> {
        let (least, most) = LENGTH;
        if !self.password.validate_length(Some(least), Some(most), None) {
            return Some(input::error(
                "length",
                "Bitte wählen Sie ein Passwort mit 12 bis 256 Zeichen.",
            ));
        }
        if is_common(self.password) {
            return Some(input::error(
                "common",
                "Dieses Passwort ist zu leicht zu erraten. Bitte wählen Sie ein anderes, zum Beispiel einen kurzen Satz.",
            ));
        }
        is_own(self.password, self.own_words).then(|| {
            input::error(
                "own_word",
                "Bitte verwenden Sie nicht die Kennung, den Namen oder die E-Mail-Adresse Ihrer Einheit.",
            )
        })
    }
}

/// Words people build passwords from; with digits and signs around them, or
/// repeated, they are what is tried first.
const COMMON: &str = include_str!("common_passwords.txt");

fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    let mut distinct: Vec<char> = lower.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 5 {
        return true;
    }
    let letters: String = lower.chars().filter(|c| c.is_alphabetic()).collect();
    if letters.is_empty() {
        return true;
    }
    // Signs before and after are decoration, signs within stand for letters.
    let core = lower.trim_matches(|c: char| !c.is_alphabetic());
    let unmasked: String = core.chars().filter_map(unmask).collect();
    COMMON
        .lines()
        .filter(|word| !word.is_empty())
        .any(|word| is_repeated(&letters, word) || is_repeated(&unmasked, word) || lower == word)
}

/// Letters behind the signs people put in their place; `None` for the rest.
fn unmask(c: char) -> Option<char> {
    Some(match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        c if c.is_alphabetic() => c,
        _ => return None,
    })
}

fn is_repeated(text: &str, word: &str) -> bool {
    !text.is_empty() && text.len().is_multiple_of(word.len()) && text == word.repeat(text.len() / word.len())
}

/// Whether one of the office's words, or a whole name, stands in the password.
/// Very short ones are passed over: they stand in too many others.
fn is_own(password: &str, own_words: &[String]) -> bool {
    let bare = |text: &str| -> String { text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect() };
    let password = bare(password);
    own_words
        .iter()
        .flat_map(|phrase| phrase.split([' ', '@', ',', '(', ')', '/']).chain([phrase.as_str()]))
        .map(bare)
        .any(|word| word.chars().count() >= 5 && password.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(password: &str, repeated: &str) -> Vec<String> {
        let own_words = [
            "GS-0042".into(),
            "ARGE Musterstadt".into(),
            "leitung@arge-musterstadt.de".into(),
            "ARGE Ulm".into(),
        ];
        let entered = NewPassword {
            password,
            repeated,
            own_words: &own_words,
        };
        let errors = entered.validate().err().unwrap_or_default();
        input::field_errors(&errors)
            .into_iter()
            .map(|error| error.code)
            .collect()
    }

    #[test]
    fn length_counts_characters_and_there_are_no_rules_of_composition() {
        assert_eq!(codes("elf Zeichen", "elf Zeichen"), ["length"]);
        assert!(
            codes("äöüßäöüßäöüß", "äöüßäöüßäöüß") == ["common"],
            "four distinct characters"
        );
        assert!(codes("blauer Elefant", "blauer Elefant").is_empty());
        let longest = "Wort für Wort ".repeat(18) + "Satz";
        assert_eq!(longest.chars().count(), 256);
        assert!(codes(&longest, &longest).is_empty());
        let longer = longest.clone() + "e";
        assert_eq!(codes(&longer, &longer), ["length"]);
    }

    #[test]
    fn common_ones_are_refused_in_their_usual_disguises() {
        for common in [
            "Passwort1234!",
            "P@ssw0rt!!!!",
            "willkommen2008",
            "123456789012",
            "qwertzuiop12",
            "passwortpasswort",
        ] {
            assert_eq!(codes(common, common), ["common"], "{common}");
        }
    }

    #[test]
    fn the_offices_own_words_are_refused() {
        for own in [
            "musterstadt-amt7",
            "mein gs 0042 Haus",
            "Leitung macht das",
            "xx ARGE-Musterstadt",
            "ARGE Ulm 2008!",
        ] {
            assert_eq!(codes(own, own), ["own_word"], "{own}");
        }
    }

    #[test]
    fn both_entries_must_be_equal() {
        assert_eq!(codes("blauer Elefant", "blauer elefant"), ["must_match"]);
    }
}
