//! The form of a mail: header fields, text and HTML part, encoding. Each mail
//! is built on its own from text without control characters; bodies go through
//! `.body(String)` only (RUSTSEC-2026-0561: merged fields with line breaks
//! must never reach the builder), quoted-printable, so that nothing in them
//! can speak SMTP.

use super::texts::Written;
use crate::settings::Contact;
use chrono::{DateTime, Utc};
use lettre::Address;
use lettre::address::{AddressError, Envelope};
use lettre::message::header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use std::error::Error;

/// Longest name in front of an address, in characters.
const LONGEST_NAME: usize = 120;
/// Looks of the HTML part; the only style sheet there is in any mail.
const STYLE: &str = include_str!("texts/style.css");

/// Why a mail cannot be built. Concerns this mail alone.
#[derive(Debug, thiserror::Error)]
pub(super) enum BuildError {
    /// The receiver's address is none.
    #[error("Die Adresse „{0}“ ist nicht verwendbar: {1}")]
    Address(String, AddressError),
    /// Something else in the header.
    #[error("Die E-Mail lässt sich nicht aufbauen: {0}")]
    Message(#[from] lettre::error::Error),
}

/// Who gets it, and what it is known by.
pub(super) struct Heading<'a> {
    pub to_name: &'a str,
    pub to: &'a str,
    /// Id of the outbox row: the Message-ID is the same for every attempt.
    pub id: &'a str,
    /// Host of the portal.
    pub host: &'a str,
    pub at: DateTime<Utc>,
}

/// A mail as it is handed over.
pub(crate) struct Built {
    /// RFC 5322.
    pub source: Vec<u8>,
    /// RFC 5321; the sender is where delivery reports go.
    pub envelope: Envelope,
}

/// The Message-ID of an outbox row.
pub(crate) fn message_id(id: &str, host: &str) -> String {
    format!("<{id}@{host}>")
}

/// Builds a mail.
pub(super) fn build(
    written: &Written,
    heading: &Heading<'_>,
    contact: &Contact,
    bounces_to: Option<&str>,
) -> Result<Built, BuildError> {
    let our_address = address(&contact.email)?;
    let ours = Mailbox::new(name(&contact.name), our_address.clone());
    let to = address(heading.to)?;
    let theirs = Mailbox::new(name(heading.to_name), to.clone());
    let sender = bounces_to.map(address).transpose()?.unwrap_or(our_address);
    let part = |kind: ContentType, body: String| {
        SinglePart::builder()
            .header(kind)
            .header(ContentTransferEncoding::QuotedPrintable)
            .body(body)
    };
    let message = Message::builder()
        .from(ours.clone())
        .reply_to(ours)
        .to(theirs)
        .subject(one_line(&written.subject))
        .date(heading.at.into())
        .message_id(Some(message_id(heading.id, heading.host)))
        .header(AutoSubmitted)
        .multipart(
            MultiPart::alternative()
                .singlepart(part(ContentType::TEXT_PLAIN, several_lines(&written.text)))
                .singlepart(part(ContentType::TEXT_HTML, document(&written.subject, &written.html))),
        )?;
    let envelope = Envelope::new(Some(sender), vec![to])?;
    Ok(Built {
        source: message.formatted(),
        envelope,
    })
}

/// The HTML part: one document with one style sheet and nothing from
/// elsewhere.
pub(crate) fn document(subject: &str, inside: &str) -> String {
    let title: String = one_line(subject)
        .chars()
        .map(|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            c => c.to_string(),
        })
        .collect();
    several_lines(&format!(
        "<!DOCTYPE html>\n<html lang=\"de\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n{inside}</main>\n</body>\n</html>\n"
    ))
}

/// An address as servers take it: umlauts in its domain in their ASCII form
/// (IDNA).
fn address(text: &str) -> Result<Address, BuildError> {
    let text = text.trim();
    let ascii = text
        .rsplit_once('@')
        .and_then(|(user, domain)| Some(format!("{user}@{}", idna::domain_to_ascii(domain).ok()?)));
    ascii
        .as_deref()
        .unwrap_or(text)
        .parse()
        .map_err(|error| BuildError::Address(text.to_owned(), error))
}

/// Whether a mail can be sent to an address.
pub(crate) fn is_usable(text: &str) -> bool {
    address(text).is_ok()
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

/// Text for a body: only line feeds are left of the control characters, and no
/// line is a single full stop.
fn several_lines(text: &str) -> String {
    let plain: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    let mut lines = String::with_capacity(plain.len());
    for line in plain.split_inclusive('\n') {
        lines.push_str(if line == ".\n" { ". \n" } else { line });
    }
    lines
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
        let written = Written {
            subject: subject.into(),
            text: body.into(),
            html: format!("<p>{body}</p>"),
        };
        let at = DateTime::from_timestamp(1_200_300_400, 0).unwrap();
        let heading = Heading {
            to_name,
            to,
            id: "0191",
            host: "ruecklauf.example",
            at,
        };
        let built = build(&written, &heading, &Contact::default(), Some("zurueck@iaw.example"))?;
        assert_eq!(built.envelope.from().unwrap().to_string(), "zurueck@iaw.example");
        Ok(String::from_utf8(built.source).unwrap())
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
        assert!(!source.contains("\r\r") && !source.contains('\0'), "{source}");
        assert!(source.is_ascii());
    }

    #[test]
    fn a_bad_address_concerns_its_mail_alone() {
        assert!(matches!(source("Eva", "eva@", "x", "y"), Err(BuildError::Address(..))));
    }

    #[test]
    fn umlauts_in_a_domain_go_out_in_ascii_and_long_names_do_not_break_the_header() {
        let source = source(&"Größer ".repeat(50), "eva@öhm.example", "Straße", "Text").unwrap();
        assert!(source.contains("eva@xn--hm-eka.example"), "{source}");
        let head = source.split("\r\n\r\n").next().unwrap();
        assert!(head.lines().all(|line| line.len() <= 998), "{head}");
        assert!(source.contains("multipart/alternative"));
    }
}
