//! What an operator sets: database, address, mail, whom to ask. Values arrive
//! parsed; where they come from (environment, file) the program decides.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use survey::K3Rule;

/// Everything [`crate::Portal::open`] needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `sqlite:FILE` or `postgres://USER@HOST/NAME`.
    pub database_url: String,
    /// Where the portal is reached; links in mails start with it.
    pub base_url: BaseUrl,
    /// Where mails go.
    pub mail: MailTarget,
    /// Whom respondents ask; mails come from here.
    pub contact: Contact,
    /// Where delivery reports go; otherwise to the contact.
    pub bounces_to: Option<String>,
    /// Letters of endorsement named in the invitation.
    pub letters: Vec<Endorsement>,
    /// How criterion 3 combines its two questions (instrument, section 4).
    pub k3_rule: K3Rule,
    /// Whether staff must have a second factor.
    pub staff_totp: StaffTotp,
}

/// Whether the institute's staff must have a second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StaffTotp {
    /// Who has set one up is asked for it.
    #[default]
    Optional,
    /// Who has none can do nothing but set one up.
    Required,
}

impl Settings {
    /// Settings with the institute's usual contact, no letters and the
    /// default rule for criterion 3.
    #[must_use]
    pub fn new(database_url: impl Into<String>, base_url: BaseUrl, mail: MailTarget) -> Self {
        Self {
            database_url: database_url.into(),
            base_url,
            mail,
            contact: Contact::default(),
            bounces_to: None,
            letters: Vec::new(),
            k3_rule: K3Rule::default(),
            staff_totp: StaffTotp::default(),
        }
    }
}

/// Where mails go.
#[derive(Clone, Debug)]
pub enum MailTarget {
    /// Each mail becomes an `.eml` file in this directory, made if missing.
    Dir(PathBuf),
    /// A mail server takes them.
    Smtp(Box<SmtpServer>),
}

/// A mail server and how to speak to it.
#[derive(Clone)]
pub struct SmtpServer {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Whether it is encrypted.
    pub tls: SmtpTls,
    /// User and password, if it wants them.
    pub login: Option<(String, String)>,
    /// A certificate authority of the operator's own, as PEM.
    pub authority: Option<String>,
    /// Connections at once, at least 1.
    pub connections: usize,
    /// Most mails a minute.
    pub per_minute: Option<u32>,
    /// Longest wait for one answer.
    pub patience: Duration,
}

impl SmtpServer {
    /// A server with four connections, no limit and a minute's patience.
    #[must_use]
    pub fn new(host: impl Into<String>, port: u16, tls: SmtpTls) -> Self {
        Self {
            host: host.into(),
            port,
            tls,
            login: None,
            authority: None,
            connections: 4,
            per_minute: None,
            patience: Duration::from_secs(60),
        }
    }
}

impl fmt::Debug for SmtpServer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the password.
        write!(out, "SmtpServer({}:{}, {:?})", self.host, self.port, self.tls)
    }
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpTls {
    /// From the first byte (`smtps://`).
    Implicit,
    /// STARTTLS, or nothing is sent.
    Required,
    /// On this machine only: STARTTLS where it is offered, whoever signed the
    /// certificate.
    Local,
    /// Never.
    None,
}

/// Whom respondents ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Person or team, for example `Projektteam Organisationserhebung`.
    pub name: String,
    /// Telephone number as it is dialled.
    pub phone: String,
    /// E-mail address; also the sender of every mail.
    pub email: String,
}

impl Default for Contact {
    fn default() -> Self {
        Self {
            name: "IAW, Team Organisationserhebung".into(),
            phone: String::new(),
            email: "befragung@iaw.example".into(),
        }
    }
}

/// A letter by which somebody recommends to take part (paper, section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endorsement {
    /// Who endorses.
    pub label: String,
    /// Address of the letter.
    pub url: String,
}

/// Address of the portal without a slash at the end, for example
/// `https://ruecklauf.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    https: bool,
}

/// Why an address cannot be the portal's.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum BaseUrlError {
    /// Neither `http://` nor `https://`.
    #[error("„{0}“ beginnt nicht mit http:// oder https://")]
    Scheme(String),
    /// No host, or characters no host has.
    #[error("„{0}“ nennt keinen Rechner")]
    Host(String),
    /// A path, a query, a fragment or a user name.
    #[error("„{0}“ darf nur aus Protokoll, Rechner und Port bestehen, zum Beispiel https://ruecklauf.example")]
    More(String),
}

impl BaseUrl {
    /// Checks and takes an address: scheme, host, optional port; one slash at
    /// the end is dropped.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let trimmed = text.trim().trim_end_matches('/');
        let owned = || text.to_owned();
        let (https, rest) = match trimmed.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return Err(BaseUrlError::Scheme(owned())),
        };
        if rest.contains(['/', '?', '#', '@']) {
            return Err(BaseUrlError::More(owned()));
        }
        let (host, port) = split_port(rest);
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        let port_is_fine = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
        if host.is_empty() || !host.chars().all(allowed) || !port_is_fine {
            return Err(BaseUrlError::Host(owned()));
        }
        Ok(Self {
            text: trimmed.to_owned(),
            https,
        })
    }

    /// The address, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address of a page; `path` starts with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// Host and, if given, port: what a browser sends in `Host`.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.text.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// Host without port.
    #[must_use]
    pub fn host(&self) -> &str {
        split_port(self.authority()).0
    }

    /// Whether browsers reach it encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.https
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Splits `host:port`, also where the host is `[::1]`.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_scheme_host_and_port_and_nothing_else() {
        let url = BaseUrl::parse("https://ruecklauf.example:8443/").unwrap();
        assert_eq!(url.join("/anmelden"), "https://ruecklauf.example:8443/anmelden");
        assert_eq!((url.host(), url.is_https()), ("ruecklauf.example", true));
        assert_eq!(BaseUrl::parse("http://[::1]:3000").unwrap().host(), "[::1]");
        for wrong in [
            "ruecklauf.example",
            "ftp://x",
            "https://",
            "http://a b",
            "http://x:99999",
            "http://:80",
        ] {
            assert!(BaseUrl::parse(wrong).is_err(), "{wrong}");
        }
        for more in ["https://x/pfad", "https://x?y", "https://user@x"] {
            assert!(matches!(BaseUrl::parse(more), Err(BaseUrlError::More(_))), "{more}");
        }
    }
}
