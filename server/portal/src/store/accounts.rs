//! Rows of accounts.

use super::{Conn, Stored, add, among, rows, run};
use std::collections::HashMap;

/// An account as stored.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub(crate) struct AccountRow {
    pub id: String,
    pub login: String,
    pub role: String,
    pub unit_id: Option<String>,
    pub kennung: Option<String>,
    pub display_name: String,
    pub email: String,
    pub password_hash: Option<String>,
    #[sqlx(flatten)]
    pub colleague: ColleagueColumns,
}

/// What the head of an office has granted to a colleague; empty for everybody
/// else.
#[derive(Debug, Clone, Default, PartialEq, sqlx::FromRow)]
pub(crate) struct ColleagueColumns {
    /// Letters joined by commas, or `*`.
    pub modules: Option<String>,
    pub deputy: Option<bool>,
}

/// A new account, not yet with a password.
pub(crate) struct NewAccount<'a> {
    pub id: String,
    pub login: &'a str,
    pub login_key: String,
    pub role: &'a str,
    pub unit_id: Option<&'a str>,
    pub display_name: &'a str,
    pub email: &'a str,
}

macro_rules! account_where {
    ($condition:literal) => {
        concat!(
            "SELECT a.id, a.login, a.role, a.unit_id, u.kennung, a.display_name, a.email, a.password_hash,
                    k.modules, k.deputy
             FROM accounts a LEFT JOIN units u ON u.id = a.unit_id LEFT JOIN colleagues k ON k.account_id = a.id
             WHERE a.disabled_at IS NULL AND ",
            $condition
        )
    };
}

/// The account that signs in with this folded name.
pub(crate) async fn by_login(conn: &mut Conn, login_key: &str) -> Stored<Option<AccountRow>> {
    rows!(
        conn,
        optional,
        AccountRow,
        account_where!("a.login_key = $1"),
        login_key
    )
}

pub(crate) async fn by_id(conn: &mut Conn, id: &str) -> Stored<Option<AccountRow>> {
    rows!(conn, optional, AccountRow, account_where!("a.id = $1"), id)
}

/// Accounts by their ids.
pub(crate) async fn by_ids(conn: &mut Conn, ids: &[&str]) -> Stored<HashMap<String, AccountRow>> {
    let found = among!(conn, ids, AccountRow, account_where!("a.id IN ("), ")")?;
    Ok(found.into_iter().map(|row| (row.id.clone(), row)).collect())
}

/// An account, taken for this transaction while it may sign in: whatever else
/// changes what it can sign in with waits. Taken before any other row of it.
pub(crate) async fn take(conn: &mut Conn, id: &str) -> Stored<Option<AccountRow>> {
    let taken = run!(
        conn,
        "UPDATE accounts SET login = login WHERE id = $1 AND disabled_at IS NULL",
        id
    )?;
    if taken == 0 { Ok(None) } else { by_id(conn, id).await }
}

/// The same, while its password is still the one that was compared.
pub(crate) async fn take_unchanged(conn: &mut Conn, id: &str, hash: &str) -> Stored<Option<AccountRow>> {
    let taken = run!(
        conn,
        "UPDATE accounts SET login = login WHERE id = $1 AND disabled_at IS NULL AND password_hash = $2",
        id,
        hash
    )?;
    if taken == 0 { Ok(None) } else { by_id(conn, id).await }
}

/// The account of a unit's head.
pub(crate) async fn head_of_unit(conn: &mut Conn, unit_id: &str) -> Stored<Option<AccountRow>> {
    rows!(
        conn,
        optional,
        AccountRow,
        account_where!("a.unit_id = $1 AND a.role = 'head'"),
        unit_id
    )
}

/// The accounts of some units' heads, by unit.
pub(crate) async fn heads_of_units(conn: &mut Conn, unit_ids: &[&str]) -> Stored<HashMap<String, AccountRow>> {
    let found = among!(
        conn,
        unit_ids,
        AccountRow,
        account_where!("a.role = 'head' AND a.unit_id IN ("),
        ")"
    )?;
    let by_unit = |row: AccountRow| Some((row.unit_id.clone()?, row));
    Ok(found.into_iter().filter_map(by_unit).collect())
}

/// Adds accounts; those whose name is taken are left out. Returns how many
/// were added.
pub(crate) async fn insert(conn: &mut Conn, new: &[NewAccount<'_>], at: i64) -> Stored<u64> {
    add!(
        conn,
        "INSERT INTO accounts (id, login, login_key, role, unit_id, display_name, email, created_at) ",
        new,
        " ON CONFLICT (login_key) DO NOTHING",
        |row, account| {
            row.push_bind(&account.id)
                .push_bind(account.login)
                .push_bind(&account.login_key);
            row.push_bind(account.role)
                .push_bind(account.unit_id)
                .push_bind(account.display_name);
            row.push_bind(account.email).push_bind(at);
        }
    )
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

/// Notes when an account signed in last.
pub(crate) async fn signed_in(conn: &mut Conn, id: &str, at: i64) -> Stored<()> {
    run!(conn, "UPDATE accounts SET signed_in_at = $2 WHERE id = $1", id, at)?;
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

/// Changes whom an account names.
pub(crate) async fn set_contact(conn: &mut Conn, id: &str, name: &str, email: &str) -> Stored<()> {
    run!(
        conn,
        "UPDATE accounts SET display_name = $2, email = $3 WHERE id = $1",
        id,
        name,
        email
    )?;
    Ok(())
}

/// Takes the password away.
pub(crate) async fn clear_password(conn: &mut Conn, id: &str) -> Stored<()> {
    run!(
        conn,
        "UPDATE accounts SET password_hash = NULL, password_set_at = NULL WHERE id = $1",
        id
    )?;
    Ok(())
}

/// A head's account and the contact its case in a wave names.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct HeadContact {
    pub id: String,
    pub name: String,
    pub email: String,
    pub new_name: String,
    pub new_email: String,
}

/// Heads of a wave's units whose account has another address than its case.
pub(crate) async fn heads_with_another_address(conn: &mut Conn, wave: i32) -> Stored<Vec<HeadContact>> {
    rows!(
        conn,
        all,
        HeadContact,
        "SELECT a.id, a.display_name AS name, a.email, c.contact_name AS new_name, c.contact_email AS new_email
         FROM accounts a JOIN cases c ON c.unit_id = a.unit_id
         WHERE c.wave = $1 AND a.role = 'head' AND a.email <> c.contact_email ORDER BY a.id",
        wave
    )
}

/// Gives the heads of a wave's units the contact of this wave.
pub(crate) async fn set_head_contacts(conn: &mut Conn, wave: i32) -> Stored<()> {
    run!(
        conn,
        "UPDATE accounts SET
             display_name = (SELECT c.contact_name FROM cases c WHERE c.wave = $1 AND c.unit_id = accounts.unit_id),
             email = (SELECT c.contact_email FROM cases c WHERE c.wave = $1 AND c.unit_id = accounts.unit_id)
         WHERE role = 'head' AND unit_id IN (SELECT c.unit_id FROM cases c WHERE c.wave = $1)",
        wave
    )?;
    Ok(())
}

/// Unit and account of the heads of a wave's units, where there is one.
pub(crate) async fn heads_of_wave(conn: &mut Conn, wave: i32) -> Stored<Vec<(String, String)>> {
    rows!(
        conn,
        all,
        (String, String),
        "SELECT a.unit_id, a.id FROM accounts a JOIN cases c ON c.unit_id = a.unit_id
         WHERE c.wave = $1 AND a.role = 'head' AND a.disabled_at IS NULL",
        wave
    )
}

/// The account that signs in, or signed in, with a folded name.
pub(crate) async fn id_of_login(conn: &mut Conn, login_key: &str) -> Stored<Option<String>> {
    let found = rows!(
        conn,
        optional,
        (String,),
        "SELECT id FROM accounts WHERE login_key = $1",
        login_key
    )?;
    Ok(found.map(|(id,)| id))
}

/// Somebody of the institute, shut or not.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct StaffRow {
    pub id: String,
    pub login: String,
    pub display_name: String,
    pub role: String,
    pub has_password: bool,
    pub second_factor: bool,
    pub disabled_at: Option<i64>,
    pub signed_in_at: Option<i64>,
}

macro_rules! staff_where {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.login, a.display_name, a.role, a.password_hash IS NOT NULL AS has_password,
                    f.confirmed_at IS NOT NULL AS second_factor, a.disabled_at, a.signed_in_at
             FROM accounts a LEFT JOIN second_factors f ON f.account_id = a.id
             WHERE a.unit_id IS NULL ",
            $rest
        )
    };
}

pub(crate) async fn staff(conn: &mut Conn) -> Stored<Vec<StaffRow>> {
    rows!(conn, all, StaffRow, staff_where!("ORDER BY a.login_key"))
}

pub(crate) async fn staff_by_id(conn: &mut Conn, id: &str) -> Stored<Option<StaffRow>> {
    rows!(conn, optional, StaffRow, staff_where!("AND a.id = $1"), id)
}

pub(crate) async fn staff_by_login(conn: &mut Conn, login_key: &str) -> Stored<Option<StaffRow>> {
    rows!(
        conn,
        optional,
        StaffRow,
        staff_where!("AND a.login_key = $1"),
        login_key
    )
}

/// Takes all administrators for this transaction, always in the same order.
pub(crate) async fn take_admins(conn: &mut Conn) -> Stored<()> {
    let admins = rows!(
        conn,
        all,
        (String,),
        "SELECT id FROM accounts WHERE role = 'admin' ORDER BY id"
    )?;
    for (id,) in admins {
        run!(conn, "UPDATE accounts SET login = login WHERE id = $1", id)?;
    }
    Ok(())
}

/// How many others can sign in and administer.
pub(crate) async fn other_admins(conn: &mut Conn, id: &str) -> Stored<i64> {
    let (count,) = rows!(
        conn,
        one,
        (i64,),
        "SELECT COUNT(*) FROM accounts
         WHERE role = 'admin' AND id <> $1 AND disabled_at IS NULL AND password_hash IS NOT NULL",
        id
    )?;
    Ok(count)
}

pub(crate) async fn set_role(conn: &mut Conn, id: &str, role: &str) -> Stored<()> {
    run!(conn, "UPDATE accounts SET role = $2 WHERE id = $1", id, role)?;
    Ok(())
}

pub(crate) async fn set_name(conn: &mut Conn, id: &str, name: &str) -> Stored<()> {
    run!(conn, "UPDATE accounts SET display_name = $2 WHERE id = $1", id, name)?;
    Ok(())
}

pub(crate) async fn set_disabled(conn: &mut Conn, id: &str, at: Option<i64>) -> Stored<()> {
    run!(conn, "UPDATE accounts SET disabled_at = $2 WHERE id = $1", id, at)?;
    Ok(())
}
