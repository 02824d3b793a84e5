//! One store, two databases: SQLite by default, PostgreSQL by address.
//!
//! Every query is written once, with `$1` parameters, and runs on either
//! through [`on!`], which puts the same body into both arms so that both are
//! compiled and checked. Knows rows and SQL, no rules of the survey.

pub(crate) mod accounts;
pub(crate) mod answers;
pub(crate) mod audit;
pub(crate) mod cases;
pub(crate) mod colleagues;
pub(crate) mod contacts;
pub(crate) mod counts;
pub(crate) mod desk;
pub(crate) mod events;
pub(crate) mod exports;
pub(crate) mod factors;
mod failure;
pub(crate) mod field;
mod guard;
pub(crate) mod lists;
pub(crate) mod lock;
mod open;
pub(crate) mod outbox;
pub(crate) mod panel;
pub(crate) mod plan;
pub(crate) mod queries;
pub(crate) mod recount;
pub(crate) mod results;
pub(crate) mod retention;
pub(crate) mod returns;
pub(crate) mod sending;
pub(crate) mod sessions;
pub(crate) mod sizes;
pub(crate) mod submissions;
pub(crate) mod templates;
pub(crate) mod throttle;
pub(crate) mod verify;
pub(crate) mod views;
pub(crate) mod waves;
pub(crate) mod words;
pub(crate) mod work;
pub(crate) mod worklist;

pub use open::OpenError;

use crate::identity::password::HashingFailed;
use crate::secrets::NoRandomness;
use counts::Tally;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// Something underneath failed: the database, the system's random generator,
/// hashing. For the log, never for people; opaque, the cause is its source.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the store failed: {0}")]
pub struct StoreError(#[source] Arc<Cause>);

#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error("stored JSON cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    #[error(transparent)]
    Hashing(#[from] HashingFailed),
    /// The database holds something this program never wrote.
    #[error("unexpected content: {0}")]
    Content(String),
    #[error("no answer in time")]
    Slow,
}

impl StoreError {
    /// The database holds something this program never wrote.
    pub(crate) fn content(what: impl Into<String>) -> Self {
        Self(Arc::new(Cause::Content(what.into())))
    }

    /// The database did not answer in time.
    pub(crate) fn slow() -> Self {
        Self(Arc::new(Cause::Slow))
    }
}

macro_rules! caused_by {
    ($($cause:ty),*) => {
        $(impl From<$cause> for StoreError {
            fn from(cause: $cause) -> Self {
                Self(Arc::new(cause.into()))
            }
        })*
    };
}
caused_by!(sqlx::Error, serde_json::Error, NoRandomness, HashingFailed);

/// What store functions return.
pub(crate) type Stored<T> = Result<T, StoreError>;

/// Runs one body on whichever database a connection belongs to:
/// `on!(conn, link => sqlx::query("…").bind(x).execute(link).await)?`.
macro_rules! on {
    ($conn:expr, $link:ident => $body:expr) => {
        match $conn.link() {
            $crate::store::Link::Sqlite($link) => $body,
            $crate::store::Link::Postgres($link) => $body,
        }
    };
}
pub(crate) use on;

/// Runs a statement and returns how many rows it touched:
/// `run!(conn, "UPDATE …", a, b)?`.
macro_rules! run {
    ($conn:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::store::on!($conn, link => sqlx::query($sql)$(.bind($value))*.execute(link).await.map(|done| done.rows_affected()))
            .map_err($crate::store::StoreError::from)
    };
}
pub(crate) use run;

/// Reads rows into a type with `sqlx::FromRow` (tuples too):
/// `rows!(conn, all, Row, "SELECT …", a)?` with `all`, `optional` or `one`.
macro_rules! rows {
    ($conn:expr, all, $row:ty, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::store::on!($conn, link => sqlx::query_as::<_, $row>($sql)$(.bind($value))*.fetch_all(link).await)
            .map_err($crate::store::StoreError::from)
    };
    ($conn:expr, optional, $row:ty, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::store::on!($conn, link => sqlx::query_as::<_, $row>($sql)$(.bind($value))*.fetch_optional(link).await)
            .map_err($crate::store::StoreError::from)
    };
    ($conn:expr, one, $row:ty, $sql:expr $(, $value:expr)* $(,)?) => {
        $crate::store::on!($conn, link => sqlx::query_as::<_, $row>($sql)$(.bind($value))*.fetch_one(link).await)
            .map_err($crate::store::StoreError::from)
    };
}
pub(crate) use rows;

/// Rows per statement when many are added; PostgreSQL takes 65,535 values.
pub(crate) const BATCH: usize = 500;

/// Rows up to which a statement of varying length is kept prepared: each
/// length is one of its own, and the long ones cost more memory than time.
pub(crate) const KEPT: usize = 16;

/// Adds many rows in few statements and returns how many were added:
/// `add!(conn, "INSERT INTO … ", list, "ON CONFLICT …", |row, one| { row.push_bind(one.x); })?`.
macro_rules! add {
    ($conn:expr, $head:expr, $list:expr, $tail:expr, |$row:ident, $one:pat_param| $bind:block) => {{
        let mut added = 0;
        for batch in $list.chunks($crate::store::BATCH) {
            added += $crate::store::on!($conn, link => {
                let mut query = sqlx::QueryBuilder::new($head);
                query.push_values(batch, |mut $row, $one| $bind);
                query.push($tail);
                query.build().persistent(batch.len() <= $crate::store::KEPT).execute(link).await?.rows_affected()
            });
        }
        Ok::<u64, $crate::store::StoreError>(added)
    }};
}
pub(crate) use add;

/// Reads the rows some values name, however many they are:
/// `among!(conn, ids, Row, "SELECT … WHERE id IN (", ") …")?`.
macro_rules! among {
    ($conn:expr, $values:expr, $row:ty, $head:expr, $tail:expr) => {{
        let mut found: Vec<$row> = Vec::new();
        for batch in $values.chunks($crate::store::BATCH) {
            found.extend($crate::store::on!($conn, link => {
                let mut query = sqlx::QueryBuilder::new($head);
                let mut list = query.separated(", ");
                for value in batch {
                    list.push_bind(value);
                }
                query.push($tail);
                query.build_query_as::<$row>().persistent(batch.len() <= $crate::store::KEPT).fetch_all(link).await?
            }));
        }
        Ok::<_, $crate::store::StoreError>(found)
    }};
}
pub(crate) use among;

/// The database behind the portal.
#[derive(Clone, Debug)]
pub(crate) enum Store {
    /// One connection writes, several read: SQLite has one writer anyway.
    Sqlite {
        /// A single connection.
        writer: SqlitePool,
        /// Read only.
        readers: SqlitePool,
    },
    /// PostgreSQL does its own queueing.
    Postgres(PgPool),
}

impl Store {
    /// A connection to read with.
    pub(crate) async fn read(&self) -> Stored<Conn> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Conn::new(Kind::Sqlite(readers.acquire().await?)),
            Self::Postgres(pool) => Conn::new(Kind::Postgres(pool.acquire().await?)),
        })
    }

    /// A transaction that writes; on SQLite it holds the one write lock from
    /// its start. Dropped without [`Tx::commit`] it leaves nothing behind.
    pub(crate) async fn write(&self) -> Stored<Tx> {
        Ok(Tx(Conn::new(match self {
            Self::Sqlite { writer, .. } => Kind::SqliteWriter(open::begin(writer).await?),
            Self::Postgres(pool) => Kind::PostgresTx(pool.begin().await?),
        })))
    }

    /// A transaction that reads one state of everything, however long it
    /// takes and whatever is written meanwhile.
    pub(crate) async fn snapshot(&self) -> Stored<Tx> {
        Ok(Tx(Conn::new(match self {
            Self::Sqlite { readers, .. } => Kind::SqliteTx(readers.begin().await?),
            Self::Postgres(pool) => Kind::PostgresTx(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
        })))
    }

    /// Leaves nothing on disk of what was deleted: SQLite writes over what it
    /// deletes, and here puts away its log of earlier states. Somebody who
    /// still reads one of those keeps it until the next time. PostgreSQL cleans
    /// up by itself.
    pub(crate) async fn tidy(&self) -> Stored<()> {
        if let Self::Sqlite { writer, .. } = self {
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(writer).await?;
        }
        Ok(())
    }

    /// Whether the database answers a question.
    pub(crate) async fn answers(&self) -> bool {
        let Ok(mut conn) = self.read().await else { return false };
        rows!(conn, one, (i64,), "SELECT COUNT(*) FROM waves").is_ok()
    }

    /// Waits for running work and closes every connection.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// A connection to either database, inside or outside a transaction.
pub(crate) struct Conn {
    kind: Kind,
    /// Changes of figures, written at the end of the transaction.
    tally: Tally,
}

enum Kind {
    Sqlite(PoolConnection<Sqlite>),
    /// In a transaction begun by hand, see [`open::begin`].
    SqliteWriter(PoolConnection<Sqlite>),
    SqliteTx(Transaction<'static, Sqlite>),
    Postgres(PoolConnection<Postgres>),
    PostgresTx(Transaction<'static, Postgres>),
}

/// The connection of one of the two databases; what [`on!`] tells apart.
pub(crate) enum Link<'c> {
    /// SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// PostgreSQL.
    Postgres(&'c mut PgConnection),
}

impl Conn {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            tally: Tally::default(),
        }
    }

    /// What this transaction changes of the figures kept beside the cases.
    fn tally(&mut self) -> &mut Tally {
        &mut self.tally
    }

    /// Which database it is.
    pub(crate) fn link(&mut self) -> Link<'_> {
        match &mut self.kind {
            Kind::Sqlite(conn) | Kind::SqliteWriter(conn) => Link::Sqlite(conn),
            Kind::SqliteTx(conn) => Link::Sqlite(conn),
            Kind::Postgres(conn) => Link::Postgres(conn),
            Kind::PostgresTx(conn) => Link::Postgres(conn),
        }
    }
}

/// A connection inside a transaction.
#[must_use = "a transaction that is not committed is undone"]
pub(crate) struct Tx(Conn);

impl Tx {
    /// Makes everything since the start last; it is on disk when this returns.
    pub(crate) async fn commit(mut self) -> Stored<()> {
        let tally = std::mem::take(&mut self.0.tally);
        counts::flush(&mut self.0, tally).await?;
        match self.0.kind {
            Kind::SqliteWriter(mut conn) => {
                sqlx::query("COMMIT").execute(&mut *conn).await?;
            }
            Kind::SqliteTx(tx) => tx.commit().await?,
            Kind::PostgresTx(tx) => tx.commit().await?,
            Kind::Sqlite(_) | Kind::Postgres(_) => {}
        }
        Ok(())
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}
