//! Mails as files: `0001-einladung-GS-0042.eml`, one for each mail however
//! often it is tried.

use super::lanes::Way;
use super::{Answer, Parcel};
use crate::files::{create_private, create_private_dir};
use crate::mail::message::one_line;
use crate::mail::{MailError, MailKind};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Most files on their way at a time: between two transactions, as they are
/// written one after the other.
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
}

impl Way for Files {
    type Kept = ();

    async fn send(&self, (): &mut (), parcel: &Parcel) -> Answer {
        let file = self.dir.join(file_name(parcel.number, parcel.kind, &parcel.login));
        let source = parcel.built.source.clone();
        let path = file.clone();
        match tokio::task::spawn_blocking(move || write_whole(&path, &source)).await {
            Ok(Ok(())) => Answer::Taken(file.display().to_string()),
            Ok(Err(error)) => Answer::Unreachable(format!("{}: {error}", self.dir.display())),
            Err(error) => Answer::Unreachable(error.to_string()),
        }
    }

    async fn leave(&self, (): ()) {}
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
