//! What the operator sets: read from the environment and `ruecklauf.toml`,
//! checked as a whole, refused with name, value and reason.
//!
//! Knows names and forms of the settings; whether a database answers or a
//! port is free shows when they are used.

mod mail;
mod sources;

use ipnet::IpNet;
use portal::{BaseUrl, BaseUrlError, Contact, MailTarget, StaffTotp};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use survey::typology::K3Rule;

pub use sources::Values;

/// Every setting there is, by the name it has in the environment.
pub(crate) const NAMES: [&str; 20] = [
    "DATABASE_URL",
    "RUECKLAUF_ADDR",
    "RUECKLAUF_BASE_URL",
    "RUECKLAUF_TRUSTED_PROXIES",
    "SMTP_URL",
    "RUECKLAUF_SMTP_CA",
    "RUECKLAUF_SMTP_CONNECTIONS",
    "RUECKLAUF_MAILS_PER_MINUTE",
    "RUECKLAUF_MAIL_DIR",
    "RUECKLAUF_BOUNCE_EMAIL",
    "RUECKLAUF_BOUNCE_DIR",
    "RUECKLAUF_CONTACT_NAME",
    "RUECKLAUF_CONTACT_PHONE",
    "RUECKLAUF_CONTACT_EMAIL",
    "RUECKLAUF_TEXTS",
    "RUECKLAUF_LETTERS",
    "RUECKLAUF_K3_RULE",
    "RUECKLAUF_STAFF_TOTP",
    "RUECKLAUF_METRICS_ADDR",
    "RUECKLAUF_LOG",
];

/// The settings, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where answers are kept; checked when it is opened.
    pub database_url: String,
    /// Where the program listens.
    pub addr: SocketAddr,
    /// Where people reach it.
    pub base_url: BaseUrl,
    /// Where mails go.
    pub mail: MailTarget,
    /// Where delivery reports go; otherwise to the contact.
    pub bounce_email: Option<String>,
    /// Folder in which delivery reports arrive as files.
    pub bounce_dir: Option<PathBuf>,
    /// Whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// Whom respondents ask.
    pub contact: Contact,
    /// Folder of the operator's texts.
    pub texts: Option<PathBuf>,
    /// Folder of the letters of endorsement.
    pub letters: Option<PathBuf>,
    /// How criterion 3 combines its two questions.
    pub k3_rule: K3Rule,
    /// Whether staff must have a second factor.
    pub staff_totp: StaffTotp,
    /// Where `/metrics` is answered, if anywhere.
    pub metrics_addr: Option<SocketAddr>,
    /// How the log is written.
    pub log: LogFormat,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// Everything that is wrong with the settings.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct SettingsError(pub Vec<WrongSetting>);

/// One setting that cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub struct WrongSetting {
    /// Its name in the environment, or as written in the file.
    pub name: String,
    /// Its value; left out where it may hold a password.
    pub value: Option<String>,
    /// Why, as a German sentence without a full stop.
    pub reason: String,
}

impl fmt::Display for WrongSetting {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(out, "Einstellung {} = „{value}“: {}", self.name, self.reason),
            None => write!(out, "Einstellung {}: {}", self.name, self.reason),
        }
    }
}

impl Settings {
    /// Reads the environment and the file, and checks everything.
    ///
    /// # Errors
    /// Every wrong setting at once.
    pub fn load() -> Result<Self, SettingsError> {
        let values = Values::from_environment_and_file().map_err(SettingsError)?;
        Self::check(&values)
    }

    /// Checks values wherever they come from.
    ///
    /// # Errors
    /// Every wrong setting at once.
    pub fn check(values: &Values) -> Result<Self, SettingsError> {
        let mut wrong = Vec::new();
        let addr = keep(&mut wrong, address(values)).unwrap_or(DEFAULT_ADDR);
        let base_url = keep(&mut wrong, base_url(values, addr));
        let mail = keep(&mut wrong, mail::target(values));
        let bounce_email = keep(&mut wrong, mail::bounce_email(values)).unwrap_or_default();
        let bounce_dir = keep(&mut wrong, folder(values, "RUECKLAUF_BOUNCE_DIR")).unwrap_or_default();
        let trusted_proxies = keep(&mut wrong, proxies(values)).unwrap_or_default();
        let contact = keep(&mut wrong, contact(values)).unwrap_or_default();
        let texts = keep(&mut wrong, folder(values, "RUECKLAUF_TEXTS")).unwrap_or_default();
        let letters = keep(&mut wrong, folder(values, "RUECKLAUF_LETTERS")).unwrap_or_default();
        let k3_rule = keep(&mut wrong, k3_rule(values)).unwrap_or_default();
        let staff_totp = keep(&mut wrong, staff_totp(values)).unwrap_or_default();
        let metrics_addr = keep(&mut wrong, metrics_address(values)).unwrap_or_default();
        let log = keep(&mut wrong, log_format(values)).unwrap_or_default();
        match (base_url, mail) {
            (Some(base_url), Some(mail)) if wrong.is_empty() => Ok(Self {
                database_url: values.get("DATABASE_URL").unwrap_or("sqlite:ruecklauf.db").to_owned(),
                addr,
                base_url,
                mail,
                bounce_email,
                bounce_dir,
                trusted_proxies,
                contact,
                texts,
                letters,
                k3_rule,
                staff_totp,
                metrics_addr,
                log,
            }),
            _ => Err(SettingsError(wrong)),
        }
    }
}

const DEFAULT_ADDR: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 3000);

fn keep<T>(wrong: &mut Vec<WrongSetting>, checked: Result<T, WrongSetting>) -> Option<T> {
    checked.map_err(|error| wrong.push(error)).ok()
}

fn refuse(name: &str, value: &str, reason: impl Into<String>) -> WrongSetting {
    WrongSetting {
        name: name.to_owned(),
        value: Some(value.to_owned()),
        reason: reason.into(),
    }
}

fn address(values: &Values) -> Result<SocketAddr, WrongSetting> {
    const NAME: &str = "RUECKLAUF_ADDR";
    let Some(text) = values.get(NAME) else {
        return Ok(DEFAULT_ADDR);
    };
    text.parse()
        .map_err(|_| refuse(NAME, text, "erwartet wird IP-Adresse und Port, etwa 127.0.0.1:3000"))
}

fn metrics_address(values: &Values) -> Result<Option<SocketAddr>, WrongSetting> {
    const NAME: &str = "RUECKLAUF_METRICS_ADDR";
    const EXPECTED: &str = "erwartet wird IP-Adresse und Port, etwa 127.0.0.1:9000";
    let parse = |text: &str| text.parse().map_err(|_| refuse(NAME, text, EXPECTED));
    values.get(NAME).map(parse).transpose()
}

fn log_format(values: &Values) -> Result<LogFormat, WrongSetting> {
    match values.get("RUECKLAUF_LOG") {
        None | Some("text") => Ok(LogFormat::Text),
        Some("json") => Ok(LogFormat::Json),
        Some(text) => Err(refuse("RUECKLAUF_LOG", text, "möglich sind text und json")),
    }
}

/// Links in mails start with it, so it must be right: scheme and host, no
/// path; unencrypted only where nobody else can listen.
fn base_url(values: &Values, addr: SocketAddr) -> Result<BaseUrl, WrongSetting> {
    const NAME: &str = "RUECKLAUF_BASE_URL";
    let given = values.get(NAME).map(str::to_owned);
    if given.is_none() && !addr.ip().is_loopback() {
        return Err(WrongSetting {
            name: NAME.to_owned(),
            value: None,
            reason: format!("fehlt; nötig, sobald das Portal nicht nur auf diesem Rechner lauscht ({addr})"),
        });
    }
    let text = given.unwrap_or_else(|| format!("http://{addr}"));
    let url = BaseUrl::parse(&text).map_err(|error| {
        let reason = match error {
            BaseUrlError::Scheme(_) => "muss mit https:// beginnen (http:// nur auf diesem Rechner)",
            BaseUrlError::Host(_) => "nennt keinen gültigen Rechnernamen",
            BaseUrlError::More(_) => "darf nur aus https://, Rechnername und Port bestehen, ohne Pfad und Anmeldung",
        };
        refuse(NAME, &text, reason)
    })?;
    if !url.is_https() && !is_loopback(url.host()) {
        return Err(refuse(
            NAME,
            &text,
            "muss mit https:// beginnen; http:// ist nur auf diesem Rechner erlaubt",
        ));
    }
    Ok(url)
}

/// Whether a host of a URL or of a `Host` header is this machine itself.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = host.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn proxies(values: &Values) -> Result<Vec<IpNet>, WrongSetting> {
    const NAME: &str = "RUECKLAUF_TRUSTED_PROXIES";
    let listed = values.get(NAME).unwrap_or_default();
    listed
        .split(',')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .map(|one| {
            one.parse::<IpNet>()
                .or_else(|_| one.parse::<IpAddr>().map(IpNet::from))
                .map_err(|_| {
                    refuse(
                        NAME,
                        one,
                        "erwartet werden IP-Adressen oder Netze wie 10.0.0.0/8, durch Komma getrennt",
                    )
                })
        })
        .collect()
}

fn contact(values: &Values) -> Result<Contact, WrongSetting> {
    let usual = Contact::default();
    let one = |name: &str, usual: String| match values.get(name) {
        None => Ok(usual),
        Some(text) if text.chars().any(char::is_control) => Err(refuse(name, text, "enthält Steuerzeichen")),
        Some(text) => Ok(text.to_owned()),
    };
    let email = one("RUECKLAUF_CONTACT_EMAIL", usual.email)?;
    if !is_address(&email) {
        return Err(refuse("RUECKLAUF_CONTACT_EMAIL", &email, "ist keine E-Mail-Adresse"));
    }
    Ok(Contact {
        name: one("RUECKLAUF_CONTACT_NAME", usual.name)?,
        phone: one("RUECKLAUF_CONTACT_PHONE", usual.phone)?,
        email,
    })
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !text.contains(|c: char| c.is_whitespace() || c.is_control())
    })
}

fn folder(values: &Values, name: &str) -> Result<Option<PathBuf>, WrongSetting> {
    match values.get(name) {
        None => Ok(None),
        Some(text) if std::path::Path::new(text).is_dir() => Ok(Some(text.into())),
        Some(text) => Err(refuse(name, text, "diesen Ordner gibt es nicht")),
    }
}

fn k3_rule(values: &Values) -> Result<K3Rule, WrongSetting> {
    match values.get("RUECKLAUF_K3_RULE") {
        None => Ok(K3Rule::default()),
        Some("fm_only") => Ok(K3Rule::FmOnly),
        Some("any") => Ok(K3Rule::Any),
        Some("both") => Ok(K3Rule::Both),
        Some(text) => Err(refuse("RUECKLAUF_K3_RULE", text, "möglich sind fm_only, any und both")),
    }
}

fn staff_totp(values: &Values) -> Result<StaffTotp, WrongSetting> {
    match values.get("RUECKLAUF_STAFF_TOTP") {
        None | Some("optional") => Ok(StaffTotp::Optional),
        Some("required") => Ok(StaffTotp::Required),
        Some(text) => Err(refuse(
            "RUECKLAUF_STAFF_TOTP",
            text,
            "möglich sind optional und required",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::check(&Values::from_pairs(pairs.iter().copied()))
    }

    fn reason(name: &str, value: &str) -> String {
        let SettingsError(wrong) = check(&[(name, value)]).unwrap_err();
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert_eq!(wrong[0].name, name);
        wrong[0].to_string()
    }

    #[test]
    fn without_any_setting_it_serves_this_machine_only() {
        let settings = check(&[]).unwrap();
        assert_eq!(settings.addr, DEFAULT_ADDR);
        assert_eq!(settings.base_url.as_str(), "http://127.0.0.1:3000");
        assert_eq!(settings.database_url, "sqlite:ruecklauf.db");
    }

    #[test]
    fn each_wrong_setting_is_named_with_value_and_reason() {
        assert!(reason("RUECKLAUF_ADDR", "localhost").contains("„localhost“"));
        assert!(reason("RUECKLAUF_BASE_URL", "http://ruecklauf.example").contains("https://"));
        assert!(reason("RUECKLAUF_BASE_URL", "https://ruecklauf.example/pfad").contains("ohne Pfad"));
        assert!(reason("RUECKLAUF_TRUSTED_PROXIES", "10.0.0.0/99").contains("10.0.0.0/99"));
        assert!(reason("RUECKLAUF_CONTACT_EMAIL", "niemand").contains("E-Mail-Adresse"));
        assert!(reason("RUECKLAUF_K3_RULE", "alle").contains("fm_only"));
        assert!(reason("RUECKLAUF_STAFF_TOTP", "ja").contains("required"));
        assert!(reason("RUECKLAUF_METRICS_ADDR", "9000").contains("127.0.0.1:9000"));
        assert!(reason("RUECKLAUF_LOG", "xml").contains("json"));
        assert!(reason("RUECKLAUF_TEXTS", "/gibt/es/nicht").contains("Ordner"));
        assert!(reason("RUECKLAUF_MAILS_PER_MINUTE", "0").contains("ganze Zahl"));
        assert!(reason("RUECKLAUF_SMTP_CA", "/gibt/es/nicht.pem").contains("nicht lesbar"));
        assert!(reason("RUECKLAUF_BOUNCE_EMAIL", "niemand").contains("E-Mail-Adresse"));
        for url in [
            "http://name:geheim@post.example",
            "smtp://name:geheim@",
            "smtp://post.example?tls=vielleicht:geheim",
        ] {
            let secret = reason("SMTP_URL", url);
            assert!(!secret.contains("geheim"), "{secret}");
        }
    }

    #[test]
    fn all_wrong_settings_are_told_at_once() {
        let SettingsError(wrong) =
            check(&[("RUECKLAUF_ADDR", "x"), ("RUECKLAUF_K3_RULE", "y"), ("SMTP_URL", "z")]).unwrap_err();
        assert_eq!(wrong.len(), 3);
    }

    #[test]
    fn an_open_address_needs_to_be_told_where_it_is_reached() {
        let SettingsError(wrong) = check(&[("RUECKLAUF_ADDR", "0.0.0.0:80")]).unwrap_err();
        assert_eq!(wrong[0].name, "RUECKLAUF_BASE_URL");
        let open = [
            ("RUECKLAUF_ADDR", "0.0.0.0:80"),
            ("RUECKLAUF_BASE_URL", "https://ruecklauf.example"),
        ];
        assert!(check(&open).is_ok());
    }
}
