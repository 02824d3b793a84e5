//! The form of a mail: header fields and encoding. Each mail is built on its
//! own from text without control characters; bodies go through
//! `.body(String)` only (RUSTSEC-2026-0561: merged fields with line breaks
//! must never reach the builder).

use super::letters::Letter;
use crate::settings::Contact;
use chrono::{DateTime, Utc};
use lettre::address::AddressError;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use std::error::Error;

/// Longest name in front of an address, in characters.
const LONGEST_NAME: usize = 120;

/// Why a mail cannot be built. Concerns this mail alone.
#[derive(Debug, thiserror::Error)]
pub(super) enum BuildError {
    /// The receiver's address is none.
    #[error("Die Adresse ist nicht verwendbar: {0}")]
    Address(#[from] AddressError),
    /// Something else in the header.
    #[error("Die E-Mail lässt sich nicht aufbauen: {0}")]
    Message(#[from] lettre::error::Error),
}

/// Who gets it, and what it is known by.
pub(super) struct Envelope<'a> {
    pub to_name: &'a str,
    pub to: &'a str,
    /// Id of the outbox row: the Message-ID is the same for every attempt.
    pub id: &'a str,
    /// Host of the portal.
    pub host: &'a str,
    pub at: DateTime<Utc>,
}

/// Builds the source of a mail (RFC 5322).
pub(super) fn build(letter: &Letter, envelope: &Envelope<'_>, contact: &Contact) -> Result<Vec<u8>, BuildError> {
    let ours = Mailbox::new(name(&contact.name), contact.email.trim().parse()?);
    let theirs = Mailbox::new(name(envelope.to_name), envelope.to.trim().parse()?);
    let message = Message::builder()
        .from(ours.clone())
        .reply_to(ours)
        .to(theirs)
        .subject(one_line(&letter.subject))
        .date(envelope.at.into())
        .message_id(Some(format!("<{}@{}>", envelope.id, envelope.host)))
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN)
        .body(several_lines(&letter.body))?;
    Ok(message.formatted())
}

fn name(text: &str) -> Option<String> {
    let name: String = one_line(text).chars().take(LONGEST_NAME).collect();
    (!name.is_empty()).then_some(name)
}

/// Text for a header: control characters and repeated spaces become one space.
pub(super) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text for a body: only line feeds are left of the control characters.
fn several_lines(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

/// `Auto-Submitted: auto-generated` (RFC 3834): nobody's absence note answers.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(to_name: &str, to: &str, subject: &str, body: &str) -> Result<String, BuildError> {
        let letter = Letter {
            subject: subject.into(),
            body: body.into(),
        };
        let at = DateTime::from_timestamp(1_200_300_400, 0).unwrap();
        let envelope = Envelope {
            to_name,
            to,
            id: "0191",
            host: "ruecklauf.example",
            at,
        };
        build(&letter, &envelope, &Contact::default()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn names_and_subjects_with_line_breaks_stay_in_their_header() {
        let hostile = "Eva\r\nBcc: alle@example.org\r\n\r\nText\0";
        let source = source(hostile, "eva@example.org", hostile, "Text").unwrap();
        let head = source.split("\r\n\r\n").next().unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc:")), "{head}");
        assert!(head.contains("Message-ID: <0191@ruecklauf.example>"), "{head}");
        assert!(head.contains("Auto-Submitted: auto-generated"), "{head}");
        assert!(head.contains("Date: Mon, 14 Jan 2008 08:46:40 +0000"), "{head}");
    }

    #[test]
    fn nothing_in_a_body_speaks_smtp() {
        let source = source("Eva", "eva@example.org", "Betreff", "ä\r\n.\r\nQUIT\r\r.\rend\n").unwrap();
        assert!(!source.contains("\r\n.\r\n"), "{source}");
        assert!(!source.contains("\r\r"), "{source}");
    }

    #[test]
    fn a_bad_address_concerns_its_mail_alone() {
        assert!(matches!(source("Eva", "eva@", "x", "y"), Err(BuildError::Address(_))));
    }
}
