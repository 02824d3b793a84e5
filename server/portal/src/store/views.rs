//! Rows of saved looks at the case list.

use super::{Conn, Stored, rows, run};

/// Id, name and address of an account's views, by name.
pub(crate) async fn of_account(conn: &mut Conn, account_id: &str) -> Stored<Vec<(String, String, String)>> {
    rows!(
        conn,
        all,
        (String, String, String),
        "SELECT id, name, query FROM saved_views WHERE account_id = $1 ORDER BY name, id",
        account_id
    )
}

/// Adds a view, or changes the one of the same name.
pub(crate) async fn put(
    conn: &mut Conn,
    id: &str,
    account_id: &str,
    (name, query): (&str, &str),
    at: i64,
) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO saved_views (id, account_id, name, query, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account_id, name) DO UPDATE SET query = excluded.query",
        id,
        account_id,
        name,
        query,
        at
    )?;
    Ok(())
}

/// Deletes a view; false where the account has none of this id.
pub(crate) async fn delete(conn: &mut Conn, account_id: &str, id: &str) -> Stored<bool> {
    let gone = run!(
        conn,
        "DELETE FROM saved_views WHERE account_id = $1 AND id = $2",
        account_id,
        id
    )?;
    Ok(gone > 0)
}
