//! The lock of the one worker that sends mails: held by at most one process
//! on a database, gone with its process, knowing no clock.
//!
//! On SQLite a lock on a file beside the database, on PostgreSQL an advisory
//! lock of a session of its own.

use super::{Store, StoreError, Stored};
use sqlx::{Connection, PgConnection};
use std::fs::{File, TryLockError};

/// Number of the advisory lock: "Post".
const KEY: i64 = 0x506f_7374;

/// Held until it is released or dropped.
pub(crate) enum WorkerLock {
    /// Closing the file lets go.
    File { _file: File },
    /// Closing the session lets go.
    Session(Box<PgConnection>),
}

impl Store {
    /// Takes the lock; `None` where another worker has it.
    pub(crate) async fn worker_lock(&self) -> Stored<Option<WorkerLock>> {
        match self {
            Self::Sqlite { writer, .. } => {
                let options = writer.connect_options();
                let mut name = options.get_filename().as_os_str().to_owned();
                name.push("-post");
                let file = File::options()
                    .create(true)
                    .truncate(false)
                    .write(true)
                    .open(name)
                    .map_err(sqlx::Error::Io)?;
                match file.try_lock() {
                    Ok(()) => Ok(Some(WorkerLock::File { _file: file })),
                    Err(TryLockError::WouldBlock) => Ok(None),
                    Err(TryLockError::Error(error)) => Err(StoreError::from(sqlx::Error::Io(error))),
                }
            }
            Self::Postgres(pool) => {
                let mut conn = pool.acquire().await?.detach();
                let (taken,): (bool,) = sqlx::query_as("SELECT pg_try_advisory_lock($1)")
                    .bind(KEY)
                    .fetch_one(&mut conn)
                    .await?;
                Ok(taken.then(|| WorkerLock::Session(Box::new(conn))))
            }
        }
    }
}

impl WorkerLock {
    /// Whether it is still held: a session can end without our doing.
    pub(crate) async fn holds(&mut self) -> bool {
        match self {
            Self::File { .. } => true,
            Self::Session(conn) => conn.ping().await.is_ok(),
        }
    }

    /// Lets the next one begin at once.
    pub(crate) async fn release(self) {
        if let Self::Session(conn) = self {
            let _ = conn.close().await;
        }
    }
}
