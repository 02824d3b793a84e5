//! What the operator lays beside the program: texts for the legal pages and
//! letters of endorsement. Read once at the start.

use crate::settings::Settings;
use app::Operator;
use portal::Endorsement;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A letter of endorsement: paper, section 2.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Name of the file, which is part of its address.
    pub name: String,
    /// Who endorses: the name of the file without its ending.
    pub label: String,
    /// The file.
    pub file: PathBuf,
}

impl Letter {
    /// Address below the portal's own.
    fn path(&self) -> String {
        format!("/begleitschreiben/{}", crate::http::encoded(&self.name))
    }
}

/// A folder that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{path} ist nicht lesbar: {source}")]
pub struct Unreadable {
    /// File or folder.
    path: PathBuf,
    /// Why not.
    source: io::Error,
}

/// PDF files of the folder, by name; none where no folder is set.
///
/// # Errors
/// Where the folder cannot be read.
pub fn letters(settings: &Settings) -> Result<Vec<Letter>, Unreadable> {
    let Some(folder) = &settings.letters else {
        return Ok(Vec::new());
    };
    let unreadable = |source| Unreadable {
        path: folder.clone(),
        source,
    };
    let mut letters = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let name = file.file_name().and_then(|name| name.to_str()).map(str::to_owned);
        let label = file.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
        let is_pdf = file.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("pdf"));
        if let (Some(name), Some(label), true) = (name, label, is_pdf) {
            letters.push(Letter { name, label, file });
        }
    }
    letters.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(letters)
}

/// The letters as the invitation names them.
#[must_use]
pub fn endorsements(settings: &Settings, letters: &[Letter]) -> Vec<Endorsement> {
    letters
        .iter()
        .map(|letter| Endorsement {
            label: letter.label.clone(),
            url: settings.base_url.join(&letter.path()),
        })
        .collect()
}

/// Texts and contact as the pages show them.
///
/// # Errors
/// Where a text is there but cannot be read.
pub fn operator(settings: &Settings, letters: &[Letter]) -> Result<Operator, Unreadable> {
    let text = |name: &str| match &settings.texts {
        None => Ok(None),
        Some(folder) => read_if_there(&folder.join(name)),
    };
    Ok(Operator {
        contact_name: settings.contact.name.clone(),
        contact_phone: settings.contact.phone.clone(),
        contact_email: settings.contact.email.clone(),
        impressum: text("impressum.txt")?,
        datenschutz: text("datenschutz.txt")?,
        barrierefreiheit: text("barrierefreiheit.txt")?,
        letters: letters
            .iter()
            .map(|letter| app::Letter {
                label: letter.label.clone(),
                href: letter.path(),
            })
            .collect(),
    })
}

/// Line ends of any system.
fn read_if_there(file: &Path) -> Result<Option<String>, Unreadable> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text.replace("\r\n", "\n"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Unreadable {
            path: file.to_owned(),
            source,
        }),
    }
}
