//! What a failure of the database means for those who wait: whether it lies in
//! the statement or in what surrounds it, and whether the disk is full.

use super::{Cause, StoreError};
use sqlx::error::DatabaseError;

/// SQLite's primary result codes (sqlite.org/rescode.html).
const SQLITE: [(i32, Surroundings); 8] = [
    (5, Surroundings::Unavailable),  // BUSY
    (6, Surroundings::Unavailable),  // LOCKED
    (8, Surroundings::Unavailable),  // READONLY
    (10, Surroundings::Unavailable), // IOERR
    (13, Surroundings::Full),        // FULL
    (14, Surroundings::Unavailable), // CANTOPEN
    (11, Surroundings::Unavailable), // CORRUPT
    (26, Surroundings::Unavailable), // NOTADB
];
/// "No space left on device" as an extended code: IOERR_WRITE while the
/// shared memory of the log grows.
const SQLITE_IOERR_SHMSIZE: i32 = 10 | (19 << 8);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Surroundings {
    Full,
    Unavailable,
}

impl StoreError {
    /// The disk of the database is full: nothing was stored, and it works
    /// again once there is room.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.surroundings() == Some(Surroundings::Full)
    }

    /// The failure lies around the statement, not in it: whoever else writes
    /// now fails as well.
    pub(crate) fn is_environment(&self) -> bool {
        self.surroundings().is_some()
    }

    fn surroundings(&self) -> Option<Surroundings> {
        match &*self.0 {
            Cause::Database(sqlx::Error::Database(error)) => of_database(&**error),
            Cause::Database(
                sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::Tls(_),
            )
            | Cause::Slow => Some(Surroundings::Unavailable),
            _ => None,
        }
    }
}

fn of_database(error: &dyn DatabaseError) -> Option<Surroundings> {
    let code = error.code()?;
    if code.len() == POSTGRES_CODE {
        return of_postgres(&code);
    }
    match code.parse::<i32>().ok()? {
        SQLITE_IOERR_SHMSIZE => Some(Surroundings::Full),
        code => SQLITE
            .iter()
            .find(|(primary, _)| *primary == code & 0xff)
            .map(|(_, meaning)| *meaning),
    }
}

/// Places of a PostgreSQL error code; SQLite's have at most four.
const POSTGRES_CODE: usize = 5;

/// By class (PostgreSQL's manual, appendix A).
fn of_postgres(code: &str) -> Option<Surroundings> {
    match code.split_at_checked(2)? {
        ("53", "100") => Some(Surroundings::Full),
        // Connections, resources, locks, shut down, input and output.
        ("08" | "53" | "55" | "57" | "58", _) => Some(Surroundings::Unavailable),
        // The transaction is read only.
        ("25", "006") => Some(Surroundings::Unavailable),
        _ => None,
    }
}
