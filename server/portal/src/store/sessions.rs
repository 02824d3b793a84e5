//! Rows of sessions and of the tokens that set passwords. Holds only hashes
//! of what people carry.

use super::accounts::ColleagueColumns;
use super::{Conn, Stored, add, rows, run};

/// A session together with whose it is.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct SessionRow {
    pub id: String,
    pub account_id: String,
    pub created_at: i64,
    pub last_seen_at: i64,
    pub login: String,
    pub display_name: String,
    pub role: String,
    pub unit_id: Option<String>,
    pub kennung: Option<String>,
    pub second_factor: bool,
    #[sqlx(flatten)]
    pub colleague: ColleagueColumns,
}

/// The session whose token has this hash: one indexed read.
pub(crate) async fn find(conn: &mut Conn, token_hash: &str) -> Stored<Option<SessionRow>> {
    rows!(
        conn,
        optional,
        SessionRow,
        "SELECT s.id, s.account_id, s.created_at, s.last_seen_at,
                a.login, a.display_name, a.role, a.unit_id, u.kennung, k.modules, k.deputy, s.second_factor
         FROM sessions s
         JOIN accounts a ON a.id = s.account_id
         LEFT JOIN units u ON u.id = a.unit_id
         LEFT JOIN colleagues k ON k.account_id = a.id
         WHERE s.token_hash = $1 AND a.disabled_at IS NULL",
        token_hash
    )
}

/// When a session began and was last used, while its account may sign in.
pub(crate) async fn times(conn: &mut Conn, id: &str) -> Stored<Option<(i64, i64)>> {
    rows!(
        conn,
        optional,
        (i64, i64),
        "SELECT s.created_at, s.last_seen_at FROM sessions s JOIN accounts a ON a.id = s.account_id
         WHERE s.id = $1 AND a.disabled_at IS NULL",
        id
    )
}

/// A session that begins.
pub(crate) struct NewSessionRow<'a> {
    pub token_hash: &'a str,
    pub id: &'a str,
    pub account_id: &'a str,
    pub second_factor: bool,
    pub at: i64,
}

pub(crate) async fn insert(conn: &mut Conn, new: &NewSessionRow<'_>) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO sessions (token_hash, id, account_id, second_factor, created_at, last_seen_at)
         VALUES ($1, $2, $3, $4, $5, $5)",
        new.token_hash,
        new.id,
        new.account_id,
        new.second_factor,
        new.at
    )?;
    Ok(())
}

/// Gives a session another token, and notes whether a code was given in it;
/// false where it has ended.
pub(crate) async fn renew(conn: &mut Conn, id: &str, token_hash: &str, second_factor: bool) -> Stored<bool> {
    let renewed = run!(
        conn,
        "UPDATE sessions SET token_hash = $2, second_factor = $3 WHERE id = $1",
        id,
        token_hash,
        second_factor
    )?;
    Ok(renewed == 1)
}

/// Notes that a session is in use.
pub(crate) async fn touch(conn: &mut Conn, id: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2",
        id,
        at
    )?;
    Ok(())
}

pub(crate) async fn delete(conn: &mut Conn, id: &str) -> Stored<()> {
    run!(conn, "DELETE FROM sessions WHERE id = $1", id)?;
    Ok(())
}

pub(crate) async fn delete_of_account(conn: &mut Conn, account_id: &str) -> Stored<()> {
    run!(conn, "DELETE FROM sessions WHERE account_id = $1", account_id)?;
    Ok(())
}

/// Ends every session of an account but one.
pub(crate) async fn delete_others(conn: &mut Conn, account_id: &str, but: &str) -> Stored<()> {
    run!(
        conn,
        "DELETE FROM sessions WHERE account_id = $1 AND id <> $2",
        account_id,
        but
    )?;
    Ok(())
}

/// How many sessions of an account go on besides one: used since `idle_before`
/// and begun since `created_before`.
pub(crate) async fn count_others(
    conn: &mut Conn,
    (account_id, but): (&str, &str),
    idle_before: i64,
    created_before: i64,
) -> Stored<i64> {
    let (count,) = rows!(
        conn,
        one,
        (i64,),
        "SELECT COUNT(*) FROM sessions
         WHERE account_id = $1 AND id <> $2 AND last_seen_at > $3 AND created_at > $4",
        account_id,
        but,
        idle_before,
        created_before
    )?;
    Ok(count)
}

/// Removes sessions that ended: unused since `idle_before` or begun before
/// `created_before`.
pub(crate) async fn delete_ended(conn: &mut Conn, idle_before: i64, created_before: i64) -> Stored<()> {
    run!(
        conn,
        "DELETE FROM sessions WHERE last_seen_at < $1 OR created_at < $2",
        idle_before,
        created_before
    )?;
    Ok(())
}

/// A token together with whose it is.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct TokenRow {
    pub account_id: String,
    pub purpose: String,
    pub login: String,
    pub display_name: String,
}

/// The token with this hash, if it is neither used nor expired at `now`.
pub(crate) async fn find_token(conn: &mut Conn, token_hash: &str, now: i64) -> Stored<Option<TokenRow>> {
    rows!(
        conn,
        optional,
        TokenRow,
        "SELECT t.account_id, t.purpose, a.login, a.display_name
         FROM tokens t JOIN accounts a ON a.id = t.account_id
         WHERE t.token_hash = $1 AND t.used_at IS NULL AND t.expires_at > $2 AND a.disabled_at IS NULL",
        token_hash,
        now
    )
}

/// A token that is made.
#[derive(Debug)]
pub(crate) struct NewTokenRow {
    pub token_hash: String,
    pub account_id: String,
    pub purpose: &'static str,
    pub created_at: i64,
    pub expires_at: i64,
}

pub(crate) async fn insert_tokens(conn: &mut Conn, new: &[NewTokenRow]) -> Stored<()> {
    add!(
        conn,
        "INSERT INTO tokens (token_hash, account_id, purpose, created_at, expires_at) ",
        new,
        "",
        |row, token| {
            row.push_bind(&token.token_hash)
                .push_bind(&token.account_id)
                .push_bind(token.purpose);
            row.push_bind(token.created_at).push_bind(token.expires_at);
        }
    )?;
    Ok(())
}

/// Uses a token up; false where somebody else did so first.
pub(crate) async fn use_token(conn: &mut Conn, token_hash: &str, now: i64) -> Stored<bool> {
    let used = run!(
        conn,
        "UPDATE tokens SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
        token_hash,
        now
    )?;
    Ok(used == 1)
}

/// Ends every other open token of an account.
pub(crate) async fn void_tokens(conn: &mut Conn, account_id: &str, now: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE tokens SET used_at = $2 WHERE account_id = $1 AND used_at IS NULL",
        account_id,
        now
    )?;
    Ok(())
}

/// Networks (hashed) an account was signed in from.
pub(crate) async fn networks(conn: &mut Conn, account_id: &str) -> Stored<Vec<String>> {
    let found = rows!(
        conn,
        all,
        (String,),
        "SELECT network_hash FROM known_networks WHERE account_id = $1",
        account_id
    )?;
    Ok(found.into_iter().map(|(hash,)| hash).collect())
}

pub(crate) async fn forget_networks(conn: &mut Conn, account_id: &str) -> Stored<u64> {
    run!(conn, "DELETE FROM known_networks WHERE account_id = $1", account_id)
}

pub(crate) async fn add_network(conn: &mut Conn, account_id: &str, network: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO known_networks (account_id, network_hash, first_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, network_hash) DO NOTHING",
        account_id,
        network,
        at
    )?;
    Ok(())
}
