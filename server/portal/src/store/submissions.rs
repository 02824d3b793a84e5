//! Rows of submissions and of what they were classified as.

use super::{Conn, Stored, rows, run};

/// What a receipt says.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ReceiptRow {
    pub number: i32,
    pub receipt: String,
    pub fingerprint: String,
    pub at: i64,
}

/// A submission to be written.
pub(crate) struct NewSubmission<'a> {
    pub id: &'a str,
    pub case_id: &'a str,
    pub number: i32,
    pub receipt: &'a str,
    pub fingerprint: &'a str,
    pub instrument: &'a str,
    pub entries: &'a str,
    pub machine: &'a str,
    pub confirmed: &'a str,
    pub at: i64,
    pub account_id: &'a str,
    pub who: &'a str,
}

pub(crate) async fn insert(conn: &mut Conn, new: &NewSubmission<'_>) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO submissions (id, case_id, number, receipt, fingerprint, instrument, entries, machine, confirmed,
                                  at, account_id, who)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        new.id,
        new.case_id,
        new.number,
        new.receipt,
        new.fingerprint,
        new.instrument,
        new.entries,
        new.machine,
        new.confirmed,
        new.at,
        new.account_id,
        new.who
    )?;
    Ok(())
}

/// The receipts of a case, latest first.
pub(crate) async fn receipts(conn: &mut Conn, case_id: &str) -> Stored<Vec<ReceiptRow>> {
    rows!(
        conn,
        all,
        ReceiptRow,
        "SELECT number, receipt, fingerprint, at FROM submissions WHERE case_id = $1 ORDER BY number DESC",
        case_id
    )
}

pub(crate) async fn receipt_by_id(conn: &mut Conn, id: &str) -> Stored<Option<ReceiptRow>> {
    rows!(
        conn,
        optional,
        ReceiptRow,
        "SELECT number, receipt, fingerprint, at FROM submissions WHERE id = $1",
        id
    )
}

/// What a unit transmitted last in a wave, as JSON.
pub(crate) async fn transmitted(conn: &mut Conn, unit_id: &str, wave: i32) -> Stored<Option<String>> {
    let found = rows!(
        conn,
        optional,
        (String,),
        "SELECT s.entries
         FROM submissions s JOIN cases c ON c.id = s.case_id
         WHERE c.unit_id = $1 AND c.wave = $2
         ORDER BY s.number DESC LIMIT 1",
        unit_id,
        wave
    )?;
    Ok(found.map(|(entries,)| entries))
}

/// A submission with what its case and wave say: what classifying needs.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct SubmittedRow {
    pub id: String,
    pub case_id: String,
    pub instrument: String,
    pub entries: String,
}

pub(crate) async fn by_id(conn: &mut Conn, id: &str) -> Stored<Option<SubmittedRow>> {
    rows!(
        conn,
        optional,
        SubmittedRow,
        "SELECT id, case_id, instrument, entries FROM submissions WHERE id = $1",
        id
    )
}

/// Submissions not yet classified under these rules, oldest first.
pub(crate) async fn unclassified(
    conn: &mut Conn,
    wave: Option<i32>,
    rule_version: &str,
    k3_rule: &str,
) -> Stored<Vec<String>> {
    let found = rows!(
        conn,
        all,
        (String,),
        "SELECT s.id FROM submissions s JOIN cases c ON c.id = s.case_id
         WHERE ($1 IS NULL OR c.wave = $1)
           AND NOT EXISTS (SELECT 1 FROM classifications k
                           WHERE k.submission_id = s.id AND k.rule_version = $2 AND k.k3_rule = $3)
         ORDER BY s.at, s.id",
        wave,
        rule_version,
        k3_rule
    )?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// A classification as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ClassificationRow {
    pub rule_version: String,
    pub k3_rule: String,
    pub ue: String,
    pub u25: String,
    pub at: i64,
}

/// A classification to be kept.
pub(crate) struct NewClassification<'a> {
    pub submission_id: &'a str,
    pub rule_version: &'a str,
    pub k3_rule: &'a str,
    pub ue: &'a str,
    pub u25: &'a str,
    pub type_ue: Option<String>,
    pub type_u25: Option<String>,
}

/// Keeps a classification; one of the same rules stays as it is.
pub(crate) async fn classify(conn: &mut Conn, new: &NewClassification<'_>, at: i64) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO classifications (submission_id, rule_version, k3_rule, ue, u25, type_ue, type_u25, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (submission_id, rule_version, k3_rule) DO NOTHING",
        new.submission_id,
        new.rule_version,
        new.k3_rule,
        new.ue,
        new.u25,
        new.type_ue.as_deref(),
        new.type_u25.as_deref(),
        at
    )?;
    Ok(())
}

/// The classification of a case's latest submission under these rules.
pub(crate) async fn classification(
    conn: &mut Conn,
    case_id: &str,
    rule_version: &str,
    k3_rule: &str,
) -> Stored<Option<ClassificationRow>> {
    rows!(
        conn,
        optional,
        ClassificationRow,
        "SELECT k.rule_version, k.k3_rule, k.ue, k.u25, k.at
         FROM classifications k JOIN submissions s ON s.id = k.submission_id
         WHERE s.case_id = $1 AND k.rule_version = $2 AND k.k3_rule = $3
         ORDER BY s.number DESC LIMIT 1",
        case_id,
        rule_version,
        k3_rule
    )
}
