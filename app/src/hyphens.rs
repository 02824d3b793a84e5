//! Soft hyphens in long German words, for narrow columns and for paper.
//!
//! The stylesheet asks the browser to hyphenate, but a browser needs patterns
//! for that. Chromium fetches German ones from the network, which locked-down
//! PCs may not allow. So the server says where a word may be parted, by the
//! patterns of TeX.

use hypher::Lang;

/// Shorter words stay whole: they fit every column, and parted words read
/// slower.
const LONG: usize = 10;

/// The text with soft hyphens (U+00AD) in its long words. They are seen only
/// where a line ends, and are not part of what is searched for or read aloud.
pub(crate) fn hyphenated(text: &str) -> String {
    let mut parted = String::with_capacity(text.len() + 16);
    for piece in text.split_inclusive(|letter: char| !letter.is_alphabetic()) {
        let word = piece.trim_end_matches(|letter: char| !letter.is_alphabetic());
        if word.chars().count() < LONG {
            parted.push_str(word);
        } else {
            parted.push_str(&hypher::hyphenate(word, Lang::German).join("\u{ad}"));
        }
        parted.push_str(&piece[word.len()..]);
    }
    parted
}

#[cfg(test)]
mod tests {
    use super::hyphenated;

    #[test]
    fn long_words_say_where_they_may_be_parted() {
        let parted = hyphenated("Vermittlung, Grundsicherungsstelle (Fallmanagement)");
        assert_eq!(
            parted.replace('\u{ad}', "-"),
            "Ver-mitt-lung, Grund-si-che-rungs-stel-le (Fall-ma-nage-ment)"
        );
    }

    #[test]
    fn short_words_numbers_and_what_is_parted_already_stay() {
        for text in ["", "Frage 12", "Typ IIbb", "ab 25 Jahren", "1.234.567.890", "–"] {
            assert_eq!(hyphenated(text), text);
        }
    }

    #[test]
    fn nothing_but_hyphens_is_added() {
        let text = "Leistungen zum Lebensunterhalt\u{a0}und Eingliederungsvereinbarungen, öffentlich-rechtlich";
        assert_eq!(hyphenated(text).replace('\u{ad}', ""), text);
    }
}
