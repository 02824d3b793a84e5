//! An answer as it is typed, and what it means: German numbers, dates, codes.
//!
//! Parsing never throws anything away: the text stays as typed, and what is
//! wrong with it becomes a [`FormError`] that names the value and the rule.

use crate::model::{ItemKind, Kind, Question};
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use validator::ValidateLength;

/// What somebody gave as an answer. A blank is the absence of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Entry {
    /// The text as typed; codes of several choices joined by commas.
    #[serde(rename = "g")]
    Given(String),
    /// "Angabe nicht möglich", missing code -8.
    #[serde(rename = "x")]
    CannotSay,
}

/// Entries by item id.
pub type Entries = BTreeMap<String, Entry>;

/// Highest option code; sets of codes are kept in 128 bits.
pub const MAX_CODE: i16 = 127;
/// Digits before the decimal comma a number may have.
const MAX_DIGITS: usize = 15;

/// What an entry means for expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Nothing given.
    Blank,
    /// "Angabe nicht möglich".
    CannotSay,
    /// Given, but not in the form the item asks for.
    Wrong(FormError),
    /// A number, or the code of a single choice.
    Number(Decimal),
    /// Codes chosen, one bit each.
    Codes(u128),
    /// Some text; its characters are read from the entry.
    Text,
    /// A day.
    Date(NaiveDate),
}

/// What is wrong with the form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormError {
    /// Not a number at all.
    NotANumber,
    /// A dot that does not separate thousands.
    DotNotThousands,
    /// More decimals than the item allows.
    TooManyDecimals(u8),
    /// More digits than can be kept exactly.
    TooManyDigits,
    /// A code no option has.
    NoSuchOption,
    /// Not a day of the calendar.
    NotADate,
    /// More characters than allowed.
    TooLong(u32),
}

impl FormError {
    /// Stable code of the finding.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotANumber => "not_a_number",
            Self::DotNotThousands => "dot_not_thousands",
            Self::TooManyDecimals(_) => "too_many_decimals",
            Self::TooManyDigits => "too_many_digits",
            Self::NoSuchOption => "no_such_option",
            Self::NotADate => "not_a_date",
            Self::TooLong(_) => "too_long",
        }
    }

    /// German sentence with the value and the rule.
    #[must_use]
    pub fn message(self, typed: &str) -> String {
        let typed: String = typed.trim().chars().take(40).collect();
        match self {
            Self::NotANumber => {
                format!("„{typed}“ ist keine Zahl. Bitte geben Sie nur Ziffern ein, zum Beispiel 1.234.")
            }
            Self::DotNotThousands => format!(
                "„{typed}“ ist nicht eindeutig: Ein Punkt steht nur vor genau drei Ziffern (1.234). Für Nachkommastellen verwenden Sie bitte ein Komma (12,5)."
            ),
            Self::TooManyDecimals(0) => {
                format!("„{typed}“: Bitte geben Sie eine ganze Zahl ohne Nachkommastellen ein.")
            }
            Self::TooManyDecimals(1) => {
                format!("„{typed}“: Bitte geben Sie höchstens eine Nachkommastelle an.")
            }
            Self::TooManyDecimals(n) => {
                format!("„{typed}“: Bitte geben Sie höchstens {n} Nachkommastellen an.")
            }
            Self::TooManyDigits => {
                format!("„{typed}“ hat zu viele Ziffern; höchstens {MAX_DIGITS} sind möglich.")
            }
            Self::NoSuchOption => {
                format!("„{typed}“ gehört nicht zu den Antworten dieser Frage. Bitte wählen Sie neu.")
            }
            Self::NotADate => {
                format!("„{typed}“ ist kein Datum. Bitte geben Sie es als TT.MM.JJJJ ein, zum Beispiel 15.03.2007.")
            }
            Self::TooLong(max) => format!("Ihre Angabe ist zu lang. Bitte kürzen Sie sie auf höchstens {max} Zeichen."),
        }
    }
}

/// Reads an entry in the form its item asks for.
pub(crate) fn parse(item: &ItemKind, question: &Question, entry: Option<&Entry>) -> Value {
    let text = match entry {
        None => return Value::Blank,
        Some(Entry::CannotSay) => return Value::CannotSay,
        Some(Entry::Given(text)) => text.as_str(),
    };
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Value::Blank;
    }
    let read = match item {
        ItemKind::Choice => match code(trimmed).filter(|code| question.offers(*code)) {
            Some(code) => Ok(Value::Number(Decimal::from(code))),
            None => Err(FormError::NoSuchOption),
        },
        ItemKind::Choices => several(trimmed, question).map(Value::Codes),
        ItemKind::Number { decimals } => number(without_unit(trimmed, question.kind), *decimals).map(Value::Number),
        ItemKind::Date => date(trimmed).map(Value::Date),
        ItemKind::Text { max } => {
            // A text of so many bytes has at most so many characters.
            if text.len() <= usize::try_from(*max).unwrap_or(usize::MAX)
                || text.validate_length(None, Some(u64::from(*max)), None)
            {
                Ok(Value::Text)
            } else {
                Err(FormError::TooLong(*max))
            }
        }
    };
    read.unwrap_or_else(Value::Wrong)
}

/// The bit of a code in a set; none for codes outside 0 to [`MAX_CODE`].
pub(crate) const fn bit(code: i16) -> u128 {
    if code >= 0 && code <= MAX_CODE { 1 << code } else { 0 }
}

fn code(text: &str) -> Option<i16> {
    if text.is_empty() || text.len() > 3 {
        return None;
    }
    text.bytes().try_fold(0_i16, |code, byte| {
        byte.is_ascii_digit().then(|| code * 10 + i16::from(byte - b'0'))
    })
}

fn several(text: &str, question: &Question) -> Result<u128, FormError> {
    text.split(',').try_fold(0, |set, part| {
        code(part.trim())
            .filter(|code| question.offers(*code))
            .map(|code| set | bit(code))
            .ok_or(FormError::NoSuchOption)
    })
}

/// Takes off the sign of the unit a question asks in, and no other: `25 %` is
/// a share, never 25 persons.
fn without_unit(text: &str, kind: Kind) -> &str {
    let units: &[&str] = match kind {
        Kind::Percent | Kind::MatrixPercent => &["%"],
        Kind::Euro => &["€", "Euro", "EUR"],
        _ => &[],
    };
    units.iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(text)
}

/// A number as it is written in German: dots only before exactly three
/// digits, a comma before decimals.
///
/// # Errors
/// Says what is wrong with the form; never guesses: `12.5` is not 125, and
/// `0.500` is not 500.
pub fn number(text: &str, decimals: u8) -> Result<Decimal, FormError> {
    let text = text.trim();
    if text.len() <= MAX_DIGITS
        && let Some(whole) = text.bytes().try_fold(0_i64, |whole, byte| {
            byte.is_ascii_digit().then(|| whole * 10 + i64::from(byte - b'0'))
        })
        && !text.is_empty()
    {
        return Ok(whole.into());
    }
    let (negative, text) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    let (whole, fraction) = match text.split_once(',') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !whole.split('.').all(digits) || !fraction.is_none_or(digits) {
        return Err(FormError::NotANumber);
    }
    if let Some((first, groups)) = whole.split_once('.')
        && (first.len() > 3 || first.starts_with('0') || groups.split('.').any(|group| group.len() != 3))
    {
        return Err(FormError::DotNotThousands);
    }
    let whole = || {
        whole
            .bytes()
            .filter(|byte| *byte != b'.')
            .skip_while(|byte| *byte == b'0')
    };
    let fraction = fraction.unwrap_or_default().trim_end_matches('0');
    if whole().count() > MAX_DIGITS {
        return Err(FormError::TooManyDigits);
    }
    if fraction.len() > usize::from(decimals) {
        return Err(FormError::TooManyDecimals(decimals));
    }
    let mut value: i128 = 0;
    for digit in whole().chain(fraction.bytes()) {
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(i128::from(digit - b'0')))
            .ok_or(FormError::TooManyDigits)?;
    }
    let value = if negative { -value } else { value };
    let scale = u32::try_from(fraction.len()).map_err(|_| FormError::TooManyDigits)?;
    Decimal::try_from_i128_with_scale(value, scale).map_err(|_| FormError::TooManyDigits)
}

/// A day: `31.10.2007`, or `2007-10-31` as date controls post it.
///
/// # Errors
/// [`FormError::NotADate`] for anything else, also for days that do not exist.
pub fn date(text: &str) -> Result<NaiveDate, FormError> {
    let text = text.trim();
    let parts: Vec<&str> = if text.contains('-') {
        text.split('-').rev().collect()
    } else {
        text.split('.').collect()
    };
    let [day, month, year] = parts.as_slice() else {
        return Err(FormError::NotADate);
    };
    let digits = |part: &str, most: usize| {
        Some(part)
            .filter(|part| !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|part| part.parse::<u32>().ok())
    };
    digits(year, 4)
        .filter(|_| year.len() == 4)
        .and_then(|year| i32::try_from(year).ok())
        .zip(digits(month, 2))
        .zip(digits(day, 2))
        .and_then(|((year, month), day)| NaiveDate::from_ymd_opt(year, month, day))
        .ok_or(FormError::NotADate)
}

/// A day as it is written in German: `31.12.2007`.
#[must_use]
pub fn german_day(day: NaiveDate) -> String {
    format!("{:02}.{:02}.{:04}", day.day(), day.month(), day.year())
}

/// A number as it is written in German, with dots between thousands.
#[must_use]
pub fn german(value: Decimal) -> String {
    let text = value.normalize().to_string();
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut out = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            out.push('.');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(',');
        out.push_str(fraction);
    }
    out
}
