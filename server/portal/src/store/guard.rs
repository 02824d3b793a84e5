//! The log is only ever added to, and the database itself sees to it: triggers
//! refuse whatever would change or remove a line, whoever asks.
//!
//! The two databases write triggers differently, so they stand here and not
//! among the migrations; putting them up once more changes nothing.

use sqlx::{PgConnection, SqliteConnection};

const SQLITE: [&str; 2] = [
    "CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit
     BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END",
    "CREATE TRIGGER IF NOT EXISTS audit_is_not_removed BEFORE DELETE ON audit
     BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END",
];

const POSTGRES: [&str; 3] = [
    "CREATE OR REPLACE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql
     AS $$ BEGIN RAISE EXCEPTION 'the log is only added to'; END $$",
    "CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE ON audit
     FOR EACH ROW EXECUTE FUNCTION audit_is_only_added_to()",
    "CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit
     FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to()",
];

/// On SQLite, in a transaction of the caller's.
pub(super) async fn put_up_sqlite(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    for statement in SQLITE {
        sqlx::query(statement).execute(&mut *conn).await?;
    }
    Ok(())
}

/// On PostgreSQL, while the caller holds the lock of migrations. A trigger that
/// is there is left alone: replacing it would wait for whoever reads the log.
pub(super) async fn put_up_postgres(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    let there: Option<i32> = sqlx::query_scalar(
        "SELECT 1 FROM pg_trigger WHERE tgrelid = 'audit'::regclass AND tgname = 'audit_is_not_emptied'",
    )
    .fetch_optional(&mut *conn)
    .await?;
    if there.is_some() {
        return Ok(());
    }
    sqlx::raw_sql("BEGIN").execute(&mut *conn).await?;
    for statement in POSTGRES {
        sqlx::query(statement).execute(&mut *conn).await?;
    }
    sqlx::raw_sql("COMMIT").execute(&mut *conn).await?;
    Ok(())
}
