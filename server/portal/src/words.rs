//! Folding of words: how names are found and in which order they stand;
//! numbers in words.

/// Folded form under which a Kennung or an e-mail address is found: case and
/// space around it do not matter, control characters are none of it.
pub(crate) fn key(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !c.is_control()).collect();
    visible.trim().to_lowercase()
}

/// Sort key for German order (DIN 5007-1): umlauts as their base letters, ß
/// as ss, case and punctuation ignored; equal keys fall back to the text.
pub(crate) fn sort_key(text: &str) -> String {
    let mut folded = fold(text);
    folded.push('\u{1}');
    folded.push_str(text.trim());
    folded
}

/// The part of a sort key that decides first; also what a search looks for.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 8);
    for c in text.trim().chars().flat_map(char::to_lowercase) {
        match c {
            'ä' | 'à' | 'á' | 'â' => folded.push('a'),
            'ö' | 'ò' | 'ó' | 'ô' => folded.push('o'),
            'ü' | 'ù' | 'ú' | 'û' => folded.push('u'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'ß' => folded.push_str("ss"),
            c if c.is_alphanumeric() => folded.push(c),
            _ if folded.ends_with(' ') => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// A mail server's words without the addresses in them, for the log and
/// whatever else is never made anonymous.
#[must_use]
pub fn without_addresses(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|word| match word.contains('@') {
            true => format!("…{}", word.trim_start_matches(|c: char| !c.is_whitespace())),
            false => word.to_owned(),
        })
        .collect()
}

/// A number as it is written in German, its thousands apart: `1.234`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// A number with the word for what is counted: `1 Einheit`, `1.234 Einheiten`.
#[must_use]
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// What is said where a number was confirmed that has changed since.
pub(crate) fn meanwhile(now: u64, confirmed: u64, one: &str, many: &str) -> String {
    let verb = if now == 1 { "ist" } else { "sind" };
    format!(
        "Inzwischen {verb} es {} statt {}.",
        counted(now, one, many),
        grouped(confirmed)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mail_servers_say_names_nobody() {
        assert_eq!(
            without_addresses("550 5.1.1 <eva@amt.example>: Recipient rejected (to=eva@amt.example)\nbye"),
            "550 5.1.1 … Recipient rejected …\nbye"
        );
        assert_eq!(without_addresses("452 4.2.2 mailbox full"), "452 4.2.2 mailbox full");
    }

    #[test]
    fn numbers_agree_with_what_they_count() {
        let offices = [0, 1, 2, 999, 1_000, 1_234_567].map(|n| counted(n, "Einheit", "Einheiten"));
        assert_eq!(
            offices,
            [
                "0 Einheiten",
                "1 Einheit",
                "2 Einheiten",
                "999 Einheiten",
                "1.000 Einheiten",
                "1.234.567 Einheiten"
            ]
        );
    }

    #[test]
    fn names_stand_in_german_order() {
        let mut names = [
            "Zorn",
            "Öschel",
            "Ostau",
            "Ähr",
            "Ahrau",
            "Straße",
            "Strasse",
            "ARGE Bad Öd",
            "arge  Bad Ob",
        ];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(
            names,
            [
                "Ähr",
                "Ahrau",
                "arge  Bad Ob",
                "ARGE Bad Öd",
                "Öschel",
                "Ostau",
                "Strasse",
                "Straße",
                "Zorn"
            ]
        );
    }

    #[test]
    fn kennung_and_address_are_found_in_any_case() {
        assert_eq!(key(" GS-0042 "), key("gs-0042"));
        assert_eq!(key("Leitung@ARGE-Öd.de"), "leitung@arge-öd.de");
    }
}
