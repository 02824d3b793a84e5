//! Rows of submissions and of what they were classified as.

use super::{Conn, Stored, add, rows, run};
use crate::respondent::Document;

/// What a receipt says.
#[derive(Debug, Clone, Default, PartialEq, sqlx::FromRow)]
pub(crate) struct ReceiptRow {
    pub number: i32,
    pub receipt: String,
    pub fingerprint: String,
    pub at: i64,
    pub by_staff: bool,
}

/// A submission to be written.
pub(crate) struct NewSubmission<'a> {
    pub id: &'a str,
    pub case_id: &'a str,
    pub number: i32,
    pub receipt: &'a str,
    pub instrument: &'a str,
    pub document: &'a Document,
    pub at: i64,
    pub account_id: &'a str,
    pub who: &'a str,
    /// Entered by staff on behalf of the office.
    pub by_staff: bool,
}

pub(crate) async fn insert(conn: &mut Conn, new: &[NewSubmission<'_>]) -> Stored<()> {
    add!(
        conn,
        "INSERT INTO submissions (id, case_id, number, receipt, fingerprint, instrument, entries, machine, confirmed,
                                  at, account_id, who, by_staff) ",
        new,
        "",
        |row, one| {
            row.push_bind(one.id)
                .push_bind(one.case_id)
                .push_bind(one.number)
                .push_bind(one.receipt);
            row.push_bind(&one.document.fingerprint)
                .push_bind(one.instrument)
                .push_bind(&one.document.entries);
            row.push_bind(&one.document.machine)
                .push_bind(&one.document.confirmed)
                .push_bind(one.at);
            row.push_bind(one.account_id).push_bind(one.who).push_bind(one.by_staff);
        }
    )?;
    Ok(())
}

/// The receipts of a case, latest first.
pub(crate) async fn receipts(conn: &mut Conn, case_id: &str) -> Stored<Vec<ReceiptRow>> {
    rows!(
        conn,
        all,
        ReceiptRow,
        "SELECT number, receipt, fingerprint, at, by_staff FROM submissions WHERE case_id = $1 ORDER BY number DESC",
        case_id
    )
}

/// Id of a case's latest submission.
pub(crate) async fn latest_id(conn: &mut Conn, case_id: &str) -> Stored<Option<String>> {
    let found = rows!(
        conn,
        optional,
        (String,),
        "SELECT id FROM submissions WHERE case_id = $1 ORDER BY number DESC LIMIT 1",
        case_id
    )?;
    Ok(found.map(|(id,)| id))
}

pub(crate) async fn receipt_by_id(conn: &mut Conn, id: &str) -> Stored<Option<ReceiptRow>> {
    rows!(
        conn,
        optional,
        ReceiptRow,
        "SELECT number, receipt, fingerprint, at, by_staff FROM submissions WHERE id = $1",
        id
    )
}

/// Whether no later submission of its case has taken its place.
pub(crate) async fn is_latest(conn: &mut Conn, id: &str) -> Stored<bool> {
    let (later,) = rows!(
        conn,
        one,
        (i64,),
        "SELECT COUNT(*) FROM submissions s JOIN submissions l ON l.case_id = s.case_id AND l.number > s.number
         WHERE s.id = $1",
        id
    )?;
    Ok(later == 0)
}

/// A submission with what its case and wave say: what classifying needs.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct SubmittedRow {
    pub case_id: String,
    pub instrument: String,
    pub entries: String,
}

pub(crate) async fn by_id(conn: &mut Conn, id: &str) -> Stored<Option<SubmittedRow>> {
    rows!(
        conn,
        optional,
        SubmittedRow,
        "SELECT case_id, instrument, entries FROM submissions WHERE id = $1",
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
    pub ue: String,
    pub u25: String,
    pub type_ue: String,
    pub type_u25: String,
    /// Both results in ten letters.
    pub letters: String,
    /// Whether these rules count.
    pub current: bool,
}

/// Keeps classifications, beside the case too where the rules count and it is
/// of its latest submission; one of the same rules stays as it is.
pub(crate) async fn classify(conn: &mut Conn, new: &[NewClassification<'_>], at: i64) -> Stored<()> {
    for one in new.iter().filter(|one| one.current) {
        run!(
            conn,
            "UPDATE cases SET type_ue = $2, type_u25 = $3, type_rules = $4
             WHERE id = (SELECT s.case_id FROM submissions s WHERE s.id = $1 AND NOT EXISTS (
                 SELECT 1 FROM submissions l WHERE l.case_id = s.case_id AND l.number > s.number))",
            one.submission_id,
            &one.type_ue,
            &one.type_u25,
            format!("{} {}", one.rule_version, one.k3_rule)
        )?;
    }
    add!(
        conn,
        "INSERT INTO classifications (submission_id, rule_version, k3_rule, ue, u25, type_ue, type_u25, letters, at) ",
        new,
        " ON CONFLICT (submission_id, rule_version, k3_rule) DO NOTHING",
        |row, one| {
            row.push_bind(one.submission_id)
                .push_bind(one.rule_version)
                .push_bind(one.k3_rule);
            row.push_bind(&one.ue)
                .push_bind(&one.u25)
                .push_bind(&one.type_ue)
                .push_bind(&one.type_u25);
            row.push_bind(&one.letters).push_bind(at);
        }
    )?;
    Ok(())
}

/// Puts the types under these rules beside every case that has those of others.
pub(crate) async fn set_types(conn: &mut Conn, rule_version: &str, k3_rule: &str) -> Stored<()> {
    macro_rules! sql {
        ($which:literal) => {
            concat!(
                "UPDATE cases SET type_rules = $3,
                     type_ue = (SELECT k.type_ue FROM classifications k JOIN submissions s ON s.id = k.submission_id
                                WHERE s.case_id = cases.id AND k.rule_version = $1 AND k.k3_rule = $2
                                  AND s.number = (SELECT MAX(l.number) FROM submissions l WHERE l.case_id = cases.id)),
                     type_u25 = (SELECT k.type_u25 FROM classifications k JOIN submissions s ON s.id = k.submission_id
                                 WHERE s.case_id = cases.id AND k.rule_version = $1 AND k.k3_rule = $2
                                   AND s.number = (SELECT MAX(l.number) FROM submissions l WHERE l.case_id = cases.id))
                 WHERE submitted_at IS NOT NULL AND type_rules ",
                $which
            )
        };
    }
    let rules = format!("{rule_version} {k3_rule}");
    // Two ranges, so that an index finds none at once.
    for sql in [sql!("< $3"), sql!("> $3")] {
        run!(conn, sql, rule_version, k3_rule, &rules)?;
    }
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
