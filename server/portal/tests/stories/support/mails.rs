//! Reading the mails that were delivered as files.

use super::World;
use mailparse::MailHeaderMap;
use std::path::PathBuf;

/// A delivered mail.
pub(crate) struct Mail {
    pub(crate) file: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    /// The text part.
    pub(crate) body: String,
    /// The HTML part.
    pub(crate) html: String,
    pub(crate) message_id: String,
}

impl Mail {
    /// The token of the link it holds.
    pub(crate) fn token(&self) -> String {
        let link = self
            .body
            .split_whitespace()
            .find(|word| word.contains("/zugang/"))
            .unwrap();
        link.rsplit('/').next().unwrap().to_owned()
    }
}

impl World {
    pub(crate) fn post(&self) -> PathBuf {
        self.dir.path().join("post")
    }

    /// All mails delivered so far, in order.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        let Ok(entries) = std::fs::read_dir(self.post()) else {
            return Vec::new();
        };
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(read).collect()
    }

    /// The latest mail of a kind to an account.
    pub(crate) fn mail(&self, kind: &str, login: &str) -> Mail {
        let end = format!("-{kind}-{login}.eml");
        self.mails()
            .into_iter()
            .rfind(|mail| mail.file.ends_with(&end))
            .unwrap_or_else(|| panic!("no mail {end}"))
    }
}

fn read(path: PathBuf) -> Mail {
    let bytes = std::fs::read(&path).unwrap();
    let mail = mailparse::parse_mail(&bytes).unwrap();
    let part = |kind: &str| {
        let part = mail.parts().find(|part| part.ctype.mimetype == kind).unwrap();
        part.get_body().unwrap().replace("\r\n", "\n")
    };
    let header = |name| mail.headers.get_first_value(name).unwrap_or_default();
    Mail {
        file: path.file_name().unwrap().to_string_lossy().into_owned(),
        to: header("To"),
        subject: header("Subject"),
        message_id: header("Message-ID"),
        body: part("text/plain"),
        html: part("text/html"),
    }
}
