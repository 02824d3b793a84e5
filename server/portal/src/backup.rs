//! A consistent copy of the whole database by its own means, while others
//! write.

use crate::Portal;
use crate::files::touch_private;
use crate::store::Store;
use sqlx::{ConnectOptions, Connection, SqlitePool};
use std::path::{Path, PathBuf};

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Never overwrites.
    #[error("Die Datei {0} gibt es schon; bitte wählen Sie einen anderen Namen.")]
    Exists(PathBuf),
    /// The file cannot be written or renamed.
    #[error("Die Sicherung kann nicht geschrieben werden: {0}")]
    Output(#[from] std::io::Error),
    /// SQLite could not copy.
    #[error("Die Sicherung ist fehlgeschlagen: {0}")]
    Copy(#[from] sqlx::Error),
    /// PostgreSQL's program for it is not installed.
    #[error("pg_dump fehlt. Bitte installieren Sie die Client-Programme von PostgreSQL.")]
    NoPgDump,
    /// It failed; its own words.
    #[error("pg_dump ist fehlgeschlagen: {0}")]
    PgDump(String),
}

impl Portal {
    /// Copies the database into a new file: a SQLite database, or an archive
    /// for `pg_restore`. The file appears under its name only when whole.
    ///
    /// # Errors
    /// Nothing is left under that name then.
    pub async fn backup(&self, file: &Path) -> Result<(), BackupError> {
        if file.exists() {
            return Err(BackupError::Exists(file.to_owned()));
        }
        let mut part = file.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        if part.exists() {
            std::fs::remove_file(&part)?;
        }
        // Filled by others, and read by nobody but its owner.
        touch_private(&part)?;
        match self.store() {
            Store::Sqlite { writer, .. } => copy_sqlite(writer, &part).await?,
            Store::Postgres(_) => dump_postgres(&self.settings().database_url, &part).await?,
        }
        std::fs::File::open(&part)?.sync_all()?;
        Ok(std::fs::rename(&part, file)?)
    }
}

/// `VACUUM INTO` on a connection of its own: writers go on meanwhile.
async fn copy_sqlite(pool: &SqlitePool, part: &Path) -> Result<(), BackupError> {
    let mut conn = pool.connect_options().connect().await?;
    sqlx::query("VACUUM INTO $1")
        .bind(part.to_string_lossy().into_owned())
        .execute(&mut conn)
        .await?;
    Ok(conn.close().await?)
}

async fn dump_postgres(url: &str, part: &Path) -> Result<(), BackupError> {
    let (bare, password) = without_password(url);
    let part = part.to_owned();
    let done = tokio::task::spawn_blocking(move || {
        let mut command = std::process::Command::new("pg_dump");
        command
            .arg("--format=custom")
            .arg("--no-password")
            .arg("--file")
            .arg(part)
            .arg("--dbname")
            .arg(bare);
        if let Some(password) = password {
            command.env("PGPASSWORD", password);
        }
        command.output()
    })
    .await
    .map_err(std::io::Error::other)?;
    match done {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(BackupError::PgDump(
            String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        )),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(BackupError::NoPgDump),
        Err(error) => Err(error.into()),
    }
}

/// Takes the password out of an address: everybody on the machine sees the
/// arguments of a process.
fn without_password(url: &str) -> (String, Option<String>) {
    let split = || {
        let (scheme, rest) = url.split_once("://")?;
        let authority_ends = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(authority_ends);
        let (user, host) = authority.rsplit_once('@')?;
        let (user, password) = user.split_once(':')?;
        Some((format!("{scheme}://{user}@{host}{path}"), percent_decoded(password)))
    };
    match split() {
        Some((bare, password)) => (bare, Some(password)),
        None => (url.to_owned(), None),
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let code = others.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = others.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_no_argument() {
        let bare = |url| without_password(url);
        assert_eq!(
            bare("postgres://anna:ge%40heim@db/ruecklauf?sslmode=require"),
            (
                "postgres://anna@db/ruecklauf?sslmode=require".into(),
                Some("ge@heim".into())
            )
        );
        assert_eq!(bare("postgres://anna@db/x"), ("postgres://anna@db/x".into(), None));
        assert_eq!(
            bare("postgres:///x?host=/tmp"),
            ("postgres:///x?host=/tmp".into(), None)
        );
    }
}
