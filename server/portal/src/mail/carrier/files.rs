//! Mails as files: `0001-einladung-GS-0042.eml`, one for each mail however
//! often it is tried.

use super::{Answer, Parcel};
use crate::files::{create_private, create_private_dir};
use crate::mail::message::one_line;
use crate::mail::{MailError, MailKind};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Files written between two transactions.
pub(super) const AT_ONCE: usize = 32;

/// A directory mails are written to.
pub(in crate::mail) struct Files {
    dir: PathBuf,
}

impl Files {
    pub(super) fn open(dir: &Path) -> Result<Self, MailError> {
        create_private_dir(dir).map_err(|source| MailError::Directory {
            path: dir.to_owned(),
            source,
        })?;
        Ok(Self { dir: dir.to_owned() })
    }

    pub(super) async fn carry(&self, parcels: Vec<Parcel>) -> Vec<Answer> {
        let dir = self.dir.clone();
        let count = parcels.len();
        let written = tokio::task::spawn_blocking(move || {
            let write = |parcel: &Parcel| {
                let file = dir.join(file_name(parcel.number, parcel.kind, &parcel.login));
                match write_whole(&file, &parcel.built.source) {
                    Ok(()) => Answer::Taken(file.display().to_string()),
                    Err(error) => Answer::Unreachable(format!("{}: {error}", dir.display())),
                }
            };
            parcels.iter().map(write).collect()
        });
        written
            .await
            .unwrap_or_else(|error| vec![Answer::Unreachable(error.to_string()); count])
    }
}

/// Found by people, the same for every attempt.
fn file_name(number: i64, kind: MailKind, login: &str) -> String {
    let login: String = one_line(login)
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '-' | '_' | '@' | '.') {
                c
            } else {
                '_'
            }
        })
        .take(80)
        .collect();
    format!("{number:04}-{kind}-{login}.eml")
}

/// Writes a file so that nobody ever sees half of it.
fn write_whole(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = file.with_extension("eml.part");
    let mut out = create_private(&part)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    std::fs::rename(&part, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_readable_and_stay_in_their_directory() {
        assert_eq!(
            file_name(1, MailKind::Invitation, "GS-0042"),
            "0001-einladung-GS-0042.eml"
        );
        assert_eq!(
            file_name(12_345, MailKind::Receipt, "../a b\n"),
            "12345-eingang-.._a_b.eml"
        );
    }
}
