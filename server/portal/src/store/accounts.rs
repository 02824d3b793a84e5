//! Rows of accounts.

use super::{Conn, Stored, rows, run};

/// An account as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct AccountRow {
    pub id: String,
    pub login: String,
    pub role: String,
    pub unit_id: Option<String>,
    pub kennung: Option<String>,
    pub display_name: String,
    pub email: String,
    pub password_hash: Option<String>,
}

/// A new account, not yet with a password.
pub(crate) struct NewAccount<'a> {
    pub id: &'a str,
    pub login: &'a str,
    pub login_key: &'a str,
    pub role: &'a str,
    pub unit_id: Option<&'a str>,
    pub display_name: &'a str,
    pub email: &'a str,
}

/// The account that signs in with this folded name.
pub(crate) async fn by_login(conn: &mut Conn, login_key: &str) -> Stored<Option<AccountRow>> {
    rows!(
        conn,
        optional,
        AccountRow,
        "SELECT a.id, a.login, a.role, a.unit_id, u.kennung, a.display_name, a.email, a.password_hash
         FROM accounts a LEFT JOIN units u ON u.id = a.unit_id
         WHERE a.login_key = $1 AND a.disabled_at IS NULL",
        login_key
    )
}

pub(crate) async fn by_id(conn: &mut Conn, id: &str) -> Stored<Option<AccountRow>> {
    rows!(
        conn,
        optional,
        AccountRow,
        "SELECT a.id, a.login, a.role, a.unit_id, u.kennung, a.display_name, a.email, a.password_hash
         FROM accounts a LEFT JOIN units u ON u.id = a.unit_id
         WHERE a.id = $1 AND a.disabled_at IS NULL",
        id
    )
}

/// Adds an account unless its name is taken; false where it is.
pub(crate) async fn insert(conn: &mut Conn, account: &NewAccount<'_>, at: i64) -> Stored<bool> {
    let added = run!(
        conn,
        "INSERT INTO accounts (id, login, login_key, role, unit_id, display_name, email, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (login_key) DO NOTHING",
        account.id,
        account.login,
        account.login_key,
        account.role,
        account.unit_id,
        account.display_name,
        account.email,
        at
    )?;
    Ok(added == 1)
}

pub(crate) async fn set_password(conn: &mut Conn, id: &str, hash: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE accounts SET password_hash = $2, password_set_at = $3 WHERE id = $1",
        id,
        hash,
        at
    )?;
    Ok(())
}

/// Replaces the hash of an unchanged password by a stronger one, unless the
/// password was changed meanwhile.
pub(crate) async fn rehash(conn: &mut Conn, id: &str, old: &str, new: &str) -> Stored<()> {
    run!(
        conn,
        "UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
        id,
        old,
        new
    )?;
    Ok(())
}

/// Gives the head of a unit the contact of its latest case.
pub(crate) async fn set_head_contact(conn: &mut Conn, unit_id: &str, name: &str, email: &str) -> Stored<()> {
    run!(
        conn,
        "UPDATE accounts SET display_name = $2, email = $3 WHERE unit_id = $1 AND role = 'head'",
        unit_id,
        name,
        email
    )?;
    Ok(())
}

/// The account of a unit's head.
pub(crate) async fn head_of_unit(conn: &mut Conn, unit_id: &str) -> Stored<Option<String>> {
    let found = rows!(
        conn,
        optional,
        (String,),
        "SELECT id FROM accounts WHERE unit_id = $1 AND role = 'head' AND disabled_at IS NULL",
        unit_id
    )?;
    Ok(found.map(|(id,)| id))
}
