//! Where settings come from: the environment first, then `ruecklauf.toml` in
//! the working directory. In the file a setting has the same name, in any
//! case, with or without `RUECKLAUF_`: `base_url = "https://…"`.

use super::{NAMES, WrongSetting};
use std::collections::BTreeMap;
use std::{env, fs, io};

/// Name of the file.
const FILE: &str = "ruecklauf.toml";

/// Raw values by name; only names in `NAMES`.
#[derive(Clone, Debug, Default)]
pub struct Values(BTreeMap<&'static str, String>);

impl Values {
    /// Values given outright. Unknown names are left out, empty values count
    /// as not given.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let known = pairs.into_iter().filter(|(_, value)| !value.trim().is_empty());
        Self(
            known
                .filter_map(|(name, value)| Some((known_name(name)?, value.trim().to_owned())))
                .collect(),
        )
    }

    /// The environment over the file.
    pub(super) fn from_environment_and_file() -> Result<Self, Vec<WrongSetting>> {
        let mut values = match fs::read_to_string(FILE) {
            Ok(text) => Self::from_file(&text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::default(),
            Err(error) => return Err(vec![about_file(format!("die Datei ist nicht lesbar ({error})"))]),
        };
        for name in NAMES {
            match env::var(name) {
                Ok(value) if !value.trim().is_empty() => {
                    values.0.insert(name, value.trim().to_owned());
                }
                Ok(_) | Err(env::VarError::NotPresent) => {}
                Err(env::VarError::NotUnicode(_)) => {
                    let reason = "ist kein gültiger Text (UTF-8)".to_owned();
                    return Err(vec![WrongSetting {
                        name: name.to_owned(),
                        value: None,
                        reason,
                    }]);
                }
            }
        }
        for name in unknown_names(env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned())) {
            eprintln!("Einstellung {name}: gibt es nicht; sie wirkt nicht");
        }
        Ok(values)
    }

    fn from_file(text: &str) -> Result<Self, Vec<WrongSetting>> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            vec![about_file(format!(
                "die Datei ist kein gültiges TOML ({})",
                error.message()
            ))]
        })?;
        let mut values = BTreeMap::new();
        let mut wrong = Vec::new();
        for (key, value) in table {
            match (known_name(&key), as_text(&value)) {
                (Some(name), Some(text)) if !text.trim().is_empty() => {
                    values.insert(name, text.trim().to_owned());
                }
                (Some(_), Some(_)) => {}
                (Some(_), None) => wrong.push(WrongSetting {
                    name: key,
                    value: None,
                    reason: format!("in {FILE} wird ein Text oder eine Liste von Texten erwartet"),
                }),
                (None, _) => wrong.push(WrongSetting {
                    name: key,
                    value: None,
                    reason: format!("diese Einstellung in {FILE} gibt es nicht"),
                }),
            }
        }
        if wrong.is_empty() { Ok(Self(values)) } else { Err(wrong) }
    }

    /// The value of a setting, if it is given.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// What looks like a setting but is none: mostly a typing error.
fn unknown_names(names: impl Iterator<Item = String>) -> impl Iterator<Item = String> {
    // Whoever runs the tests names the program and the test server this way.
    let meant_for_tests = |name: &str| name == "RUECKLAUF_BIN" || name.starts_with("RUECKLAUF_TEST_");
    names.filter(move |name| name.starts_with("RUECKLAUF_") && known_name(name).is_none() && !meant_for_tests(name))
}

fn about_file(reason: String) -> WrongSetting {
    WrongSetting {
        name: FILE.to_owned(),
        value: None,
        reason,
    }
}

fn known_name(key: &str) -> Option<&'static str> {
    let upper = key.to_ascii_uppercase();
    NAMES
        .into_iter()
        .find(|name| *name == upper || name.strip_prefix("RUECKLAUF_") == Some(&upper))
}

fn as_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Array(list) => {
            let parts: Option<Vec<&str>> = list.iter().map(toml::Value::as_str).collect();
            parts.map(|parts| parts.join(","))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_uses_the_same_names_in_any_case() {
        let values = Values::from_file(
            "base_url = 'https://a.example'\nDATABASE_URL = 'sqlite:x.db'\ntrusted_proxies = ['10.0.0.1', '10.0.0.2']",
        )
        .unwrap();
        assert_eq!(values.get("RUECKLAUF_BASE_URL"), Some("https://a.example"));
        assert_eq!(values.get("DATABASE_URL"), Some("sqlite:x.db"));
        assert_eq!(values.get("RUECKLAUF_TRUSTED_PROXIES"), Some("10.0.0.1,10.0.0.2"));
    }

    #[test]
    fn a_typing_error_in_the_environment_is_noticed() {
        let names = ["RUECKLAUF_ADR", "RUECKLAUF_ADDR", "RUECKLAUF_TEST_POSTGRES", "PATH"];
        let unknown: Vec<_> = unknown_names(names.into_iter().map(str::to_owned)).collect();
        assert_eq!(unknown, ["RUECKLAUF_ADR"]);
    }

    #[test]
    fn unknown_keys_and_broken_files_are_refused_by_name() {
        let wrong = Values::from_file("adr = '127.0.0.1:1'\naddr = 3000").unwrap_err();
        assert_eq!(
            wrong.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
            ["addr", "adr"]
        );
        assert_eq!(Values::from_file("addr =").unwrap_err()[0].name, FILE);
    }
}
