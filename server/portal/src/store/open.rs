//! Opens a database: connects, looks whose it is, migrates.
//!
//! Refuses with a reason an operator can act on. Knows the names of the
//! tables only to tell a foreign database from its own.

use super::{Store, guard};
use crate::files::touch_private;
use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgPool, Sqlite, SqliteConnection, SqlitePool};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// Earlier versions can lose commits in WAL mode (security.md).
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);
/// How long a writer waits for another process before it gives up.
const BUSY: Duration = Duration::from_secs(5);
/// Readers at once on SQLite, connections in all on PostgreSQL.
const READERS: u32 = 8;
/// Pages each reader keeps, in kibibytes below zero; the system keeps the rest.
const READER_CACHE: &str = "-512";
const CONNECTIONS: u32 = 16;
const PATIENCE: Duration = Duration::from_secs(5);

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither `sqlite:` nor `postgres:`, or not an address at all.
    #[error("DATABASE_URL ist falsch: {reason} (erwartet: sqlite:DATEI oder postgres://NAME@RECHNER/DATENBANK)")]
    WrongUrl {
        /// What is wrong, without the address itself: it may hold a password.
        reason: String,
    },
    /// Not reachable, not readable, or not a database.
    #[error("Die Datenbank ist nicht lesbar: {0}")]
    Unreadable(#[source] sqlx::Error),
    /// Tables are there, but not this program's.
    #[error(
        "Die Datenbank gehört zu einem anderen Programm: Sie hat eine Tabelle {table:?}, aber keine von Rücklauf. Bitte nennen Sie eine leere."
    )]
    ForeignSchema {
        /// One of the tables found.
        table: String,
    },
    /// A later version of this program has migrated it.
    #[error(
        "Die Datenbank ist neuer als dieses Programm (Schema {found}, bekannt bis {known}). Bitte verwenden Sie das neuere Programm."
    )]
    NewerSchema {
        /// Schema found.
        found: i64,
        /// Latest schema this program knows.
        known: i64,
    },
    /// The SQLite inside is one that can lose commits.
    #[error("SQLite {0} ist zu alt; nötig ist 3.51.3 oder neuer.")]
    OldSqlite(String),
    /// Bringing the tables up to date failed; nothing half done remains.
    #[error("Die Datenbank ließ sich nicht auf den neuen Stand bringen: {0}")]
    Migrate(#[source] MigrateError),
    /// What lists rest on could not be completed; nothing half done remains.
    #[error("Die Listen der Datenbank ließen sich nicht vervollständigen: {0}")]
    Incomplete(#[from] super::StoreError),
    /// Counting the returns of a database from before failed; nothing is kept of it.
    #[error("Der Rücklauf ließ sich nicht auszählen: {0}")]
    Count(#[source] super::StoreError),
}

impl OpenError {
    /// Whether the file of a SQLite database cannot be made, read or written.
    #[must_use]
    pub fn is_about_the_file(&self) -> bool {
        matches!(self, Self::Unreadable(error) if is_about_the_file(error))
    }
}

impl Store {
    /// Opens and migrates the database behind `url`, making the file of a
    /// SQLite database if it is missing. Safe when two processes do it at once.
    ///
    /// # Errors
    /// Whatever stands against using it, with the reason.
    pub(crate) async fn open(url: &str) -> Result<Self, OpenError> {
        match url.split_once(':') {
            Some(("sqlite", file)) => open_sqlite(file).await,
            Some(("postgres" | "postgresql", _)) => open_postgres(url).await,
            Some((scheme, _)) => Err(wrong_url(format!("it starts with {scheme:?}"))),
            None => Err(wrong_url("it has no scheme")),
        }
    }
}

fn wrong_url(reason: impl Into<String>) -> OpenError {
    OpenError::WrongUrl { reason: reason.into() }
}

async fn open_sqlite(file: &str) -> Result<Store, OpenError> {
    let file = file.strip_prefix("//").unwrap_or(file);
    let (file, option) = file.split_once('?').unwrap_or((file, "mode=rwc"));
    if file.is_empty() || file.contains(":memory:") {
        return Err(wrong_url("it names no file"));
    }
    if option != "mode=rwc" {
        return Err(wrong_url(format!("{option:?} is no option here")));
    }
    // Its log and index get the rights of the file itself. Where it cannot be
    // made, SQLite says why.
    let _ = touch_private(Path::new(file));
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What is deleted is written over: it is people's data.
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(60))
        .after_release(|conn, _| Box::pin(undo(conn)))
        .connect_with(options.clone())
        .await
        .map_err(OpenError::Unreadable)?;
    check_sqlite_version(&writer).await?;
    migrate_sqlite(&writer).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .connect_with(
            options
                .create_if_missing(false)
                .pragma("query_only", "ON")
                .pragma("cache_size", READER_CACHE),
        )
        .await
        .map_err(OpenError::Unreadable)?;
    Ok(Store::Sqlite { writer, readers })
}

/// Begins a transaction that writes, with the one write lock; [`undo`] ends it
/// unless it was committed.
///
/// Not by the driver's own transactions: a full disk ends one from within
/// SQLite, and the driver then believes in it for ever. A connection that
/// cannot begin for the state of its file (opened while it was read only, for
/// example) stays so; the next one may be better off.
pub(super) async fn begin(writer: &SqlitePool) -> Result<PoolConnection<Sqlite>, sqlx::Error> {
    let mut conn = writer.acquire().await?;
    match sqlx::query("BEGIN IMMEDIATE").execute(&mut *conn).await {
        Ok(_) => Ok(conn),
        Err(error) => {
            if is_about_the_file(&error) {
                conn.close().await?;
            }
            Err(error)
        }
    }
}

/// Undoes what was not committed before a connection is used again; where
/// nothing is open SQLite says so, and nothing happens.
async fn undo(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let _ = sqlx::query("ROLLBACK").execute(&mut *conn).await;
    Ok(true)
}

/// Whether the file of a SQLite database cannot be made, read or written
/// (sqlite.org/rescode.html: READONLY, IOERR, CANTOPEN).
fn is_about_the_file(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else {
        return false;
    };
    let code = error.code().and_then(|code| code.parse::<i32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 8 | 10 | 14))
}

async fn check_sqlite_version(pool: &SqlitePool) -> Result<(), OpenError> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(pool)
        .await
        .map_err(OpenError::Unreadable)?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    if (next(), next(), next()) < OLDEST_SQLITE {
        return Err(OpenError::OldSqlite(version));
    }
    Ok(())
}

/// Looks and migrates while holding the write lock, so that a second process
/// finds either nothing or everything.
async fn migrate_sqlite(pool: &SqlitePool) -> Result<(), OpenError> {
    let mut tx = pool
        .begin_with("BEGIN IMMEDIATE")
        .await
        .map_err(OpenError::Unreadable)?;
    let tables: Vec<(String,)> = sqlx::query_as(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .fetch_all(&mut *tx)
    .await
    .map_err(OpenError::Unreadable)?;
    look_at(&mut *tx, tables).await?;
    MIGRATIONS
        .run_direct(None, &mut *tx, false)
        .await
        .map_err(OpenError::Migrate)?;
    guard::put_up_sqlite(&mut tx).await.map_err(OpenError::Unreadable)?;
    tx.commit().await.map_err(OpenError::Unreadable)
}

async fn open_postgres(url: &str) -> Result<Store, OpenError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| wrong_url("it is not an address"))?
        .application_name("ruecklauf")
        // As long as SQLite waits for its lock; and no statement for ever.
        .options([("lock_timeout", "5s"), ("statement_timeout", "60s")]);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await
        .map_err(OpenError::Unreadable)?;
    migrate_postgres(&pool).await?;
    Ok(Store::Postgres(pool))
}

/// The advisory lock is taken before looking, and again by the migrator (it
/// counts per session), so that a second process waits.
async fn migrate_postgres(pool: &PgPool) -> Result<(), OpenError> {
    let mut conn = pool.acquire().await.map_err(OpenError::Unreadable)?;
    conn.lock().await.map_err(OpenError::Migrate)?;
    let done = async {
        let tables: Vec<(String,)> = sqlx::query_as(
            "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
        )
        .fetch_all(&mut *conn)
        .await
        .map_err(OpenError::Unreadable)?;
        look_at(&mut *conn, tables).await?;
        MIGRATIONS
            .run_direct(None, &mut *conn, false)
            .await
            .map_err(OpenError::Migrate)?;
        guard::put_up_postgres(&mut conn).await.map_err(OpenError::Unreadable)
    }
    .await;
    // A session that failed may hold the lock; it ends with the session.
    match done {
        Ok(()) => conn.unlock().await.map_err(OpenError::Migrate),
        Err(error) => {
            let _ = conn.detach().close().await;
            Err(error)
        }
    }
}

/// Tells an empty database and one of ours from a foreign and a newer one.
async fn look_at<C: Migrate>(conn: &mut C, tables: Vec<(String,)>) -> Result<(), OpenError> {
    let theirs = tables.iter().find(|(table,)| *table != MIGRATIONS.table_name);
    let Some((first,)) = theirs.or(tables.first()).cloned() else {
        return Ok(());
    };
    if !tables.iter().any(|(table,)| *table == MIGRATIONS.table_name) {
        return Err(OpenError::ForeignSchema { table: first });
    }
    let applied = conn
        .list_applied_migrations(&MIGRATIONS.table_name)
        .await
        .map_err(OpenError::Migrate)?;
    let ours = |version: i64| MIGRATIONS.iter().find(|migration| migration.version == version);
    // Another program may keep its migrations in a table of the same name.
    let begins_like_ours = match applied.first() {
        Some(done) => ours(done.version).is_some_and(|ours| ours.checksum == done.checksum),
        None => tables.len() == 1,
    };
    if !begins_like_ours {
        return Err(OpenError::ForeignSchema { table: first });
    }
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    match applied.iter().map(|done| done.version).find(|version| *version > known) {
        Some(found) => Err(OpenError::NewerSchema { found, known }),
        None => Ok(()),
    }
}
