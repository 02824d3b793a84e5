//! Where mails go: `SMTP_URL` with what belongs to it, else a folder.

use super::{Values, WrongSetting, is_address, refuse};
use percent_encoding::percent_decode_str;
use portal::{MailTarget, SmtpServer, SmtpTls};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;
use url::{Host, Url};

const SMTP_URL: &str = "SMTP_URL";

/// A mail server, or a folder for files.
pub(super) fn target(values: &Values) -> Result<MailTarget, WrongSetting> {
    let connections = number(values, "RUECKLAUF_SMTP_CONNECTIONS", 1..=100)?;
    let per_minute = number(values, "RUECKLAUF_MAILS_PER_MINUTE", 1..=60_000)?;
    let authority = authority(values)?;
    let Some(text) = values.get(SMTP_URL) else {
        return Ok(MailTarget::Dir(
            values.get("RUECKLAUF_MAIL_DIR").unwrap_or("post").into(),
        ));
    };
    let mut server = server(text).map_err(|reason| WrongSetting {
        // The address may hold a password.
        name: SMTP_URL.to_owned(),
        value: None,
        reason,
    })?;
    server.authority = authority;
    server.per_minute = per_minute;
    if let Some(connections) = connections {
        server.connections = connections;
    }
    Ok(MailTarget::Smtp(Box::new(server)))
}

/// Certificates the mail server's may be signed with, besides the usual.
fn authority(values: &Values) -> Result<Option<String>, WrongSetting> {
    const NAME: &str = "RUECKLAUF_SMTP_CA";
    let Some(file) = values.get(NAME) else { return Ok(None) };
    match std::fs::read_to_string(file) {
        Ok(text) if text.contains("-----BEGIN CERTIFICATE-----") => Ok(Some(text)),
        Ok(_) => Err(refuse(NAME, file, "enthält kein Zertifikat (PEM)")),
        Err(error) => Err(refuse(NAME, file, format!("ist nicht lesbar: {error}"))),
    }
}

/// Where delivery reports go.
pub(super) fn bounce_email(values: &Values) -> Result<Option<String>, WrongSetting> {
    const NAME: &str = "RUECKLAUF_BOUNCE_EMAIL";
    match values.get(NAME) {
        Some(text) if !is_address(text) => Err(refuse(NAME, text, "ist keine E-Mail-Adresse")),
        text => Ok(text.map(str::to_owned)),
    }
}

/// `smtp://user:password@host:port?tls=…&wait=…` or `smtps://…`; user and
/// password percent-encoded where they hold special characters.
fn server(text: &str) -> Result<SmtpServer, String> {
    const EXPECTED: &str = "erwartet wird smtp://[NAME:PASSWORT@]RECHNER[:PORT][?tls=starttls|none] oder smtps://…";
    let url = Url::parse(text).map_err(|_| EXPECTED.to_owned())?;
    let implicit = match url.scheme() {
        "smtp" => false,
        "smtps" => true,
        _ => return Err(EXPECTED.to_owned()),
    };
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(EXPECTED)?;
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err(EXPECTED.to_owned());
    }
    let host = host.trim_matches(['[', ']']).to_owned();
    let usual = match (implicit, is_this_machine(&url)) {
        (true, _) => SmtpTls::Implicit,
        (false, true) => SmtpTls::Local,
        (false, false) => SmtpTls::Required,
    };
    let port = url.port().unwrap_or(match usual {
        SmtpTls::Implicit => 465,
        SmtpTls::Local => 25,
        _ => 587,
    });
    let mut server = SmtpServer::new(host, port, usual);
    for (name, value) in url.query_pairs() {
        match (name.as_ref(), value.as_ref()) {
            ("tls", "starttls") if !implicit => server.tls = SmtpTls::Required,
            ("tls", "none") if !implicit => server.tls = SmtpTls::None,
            ("wait", seconds) => {
                let seconds = seconds.parse().ok().filter(|seconds| (1..=600).contains(seconds));
                server.patience = Duration::from_secs(seconds.ok_or("wait nennt 1 bis 600 Sekunden")?);
            }
            _ => return Err(EXPECTED.to_owned()),
        }
    }
    if !url.username().is_empty() {
        let plain = |text: &str| percent_decode_str(text).decode_utf8().map(|text| text.into_owned());
        let user = plain(url.username()).map_err(|_| EXPECTED)?;
        let password = plain(url.password().unwrap_or_default()).map_err(|_| EXPECTED)?;
        if server.tls == SmtpTls::None && !is_this_machine(&url) {
            return Err("ein Passwort geht nicht unverschlüsselt über das Netz (tls=none)".to_owned());
        }
        server.login = Some((user, password));
    }
    Ok(server)
}

fn is_this_machine(url: &Url) -> bool {
    // The url crate keeps hosts of schemes it does not know as text.
    match url.host() {
        Some(Host::Domain(name)) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn number<T: FromStr + PartialOrd + Display>(
    values: &Values,
    name: &str,
    range: RangeInclusive<T>,
) -> Result<Option<T>, WrongSetting> {
    let Some(text) = values.get(name) else { return Ok(None) };
    match text.parse() {
        Ok(number) if range.contains(&number) => Ok(Some(number)),
        _ => Err(refuse(
            name,
            text,
            format!(
                "erwartet wird eine ganze Zahl von {} bis {}",
                range.start(),
                range.end()
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_how_to_speak_to_the_server() {
        let shape = |text| {
            let server = server(text).unwrap();
            (server.host, server.port, server.tls, server.login)
        };
        let login = Some(("a@b".to_owned(), "p/w:ö".to_owned()));
        assert_eq!(
            shape("smtps://a%40b:p%2Fw%3A%C3%B6@post.example"),
            ("post.example".into(), 465, SmtpTls::Implicit, login.clone())
        );
        assert_eq!(
            shape("smtp://post.example"),
            ("post.example".into(), 587, SmtpTls::Required, None)
        );
        assert_eq!(
            shape("smtp://127.0.0.1:2525"),
            ("127.0.0.1".into(), 2525, SmtpTls::Local, None)
        );
        assert_eq!(shape("smtp://[::1]:2525").0, "::1");
        assert_eq!(shape("smtp://localhost?tls=starttls").2, SmtpTls::Required);
        assert_eq!(shape("smtp://relay.example:25?tls=none").2, SmtpTls::None);
    }

    #[test]
    fn a_password_never_crosses_the_net_unencrypted() {
        assert!(server("smtp://a:b@relay.example:25?tls=none").is_err());
        assert!(server("smtp://a:b@localhost:25?tls=none").is_ok());
    }
}
