//! Rows results are computed from: outcomes counted by the database, units
//! whose outcome changed, answers of usable cases; which rules count; what is
//! released to offices. Only usable cases, only their latest submission.

use super::{Conn, Stored, on, rows, run};
use crate::secrets::new_id;
use crate::store::events::Actor;
use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

/// Rules as they are stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuleNames {
    pub version: &'static str,
    pub k3_rule: &'static str,
}

/// Which units of a wave count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Which<'a> {
    pub wave: i32,
    /// Only those usable in all of these waves too, counted under their form
    /// in the latest; none: all of the wave.
    pub panel: &'a [i32],
}

/// The latest submission of a case and its outcome under some rules.
macro_rules! push_outcome {
    ($query:ident, $case:literal, $submission:literal, $outcome:literal, $rules:expr) => {
        $query.push(concat!(
            " JOIN submissions ",
            $submission,
            " ON ",
            $submission,
            ".case_id = ",
            $case,
            ".id AND ",
            $submission,
            ".number = (SELECT MAX(l.number) FROM submissions l WHERE l.case_id = ",
            $case,
            ".id)",
            " JOIN classifications ",
            $outcome,
            " ON ",
            $outcome,
            ".submission_id = ",
            $submission,
            ".id AND ",
            $outcome,
            ".rule_version = "
        ));
        $query.push_bind($rules.version);
        $query
            .push(concat!(" AND ", $outcome, ".k3_rule = "))
            .push_bind($rules.k3_rule);
    };
}

/// Where the case's form is read from, and which units belong.
macro_rules! push_form {
    ($query:ident, $which:ident) => {
        if let Some(latest) = $which.panel.iter().max() {
            $query
                .push(" JOIN cases f ON f.unit_id = c.unit_id AND f.wave = ")
                .push_bind(*latest);
        } else {
            $query.push(" JOIN cases f ON f.id = c.id");
        }
    };
}
macro_rules! push_which {
    ($query:ident, $which:ident) => {
        $query.push(" WHERE c.status = 'usable' AND c.wave = ").push_bind($which.wave);
        for wave in $which.panel.iter().filter(|wave| **wave != $which.wave) {
            $query
                .push(" AND EXISTS (SELECT 1 FROM cases p WHERE p.status = 'usable' AND p.unit_id = c.unit_id AND p.wave = ")
                .push_bind(*wave)
                .push(")");
        }
    };
}

/// Outcomes counted.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct CountedRow {
    pub form: String,
    pub letters: String,
    pub count: i64,
}

/// Form and outcome of usable cases, counted.
pub(crate) async fn counted(conn: &mut Conn, which: Which<'_>, rules: RuleNames) -> Stored<Vec<CountedRow>> {
    Ok(on!(conn, link => {
        // Without a panel the form is the case's own: one table less to visit.
        let form = if which.panel.is_empty() { "c.form" } else { "f.form" };
        let mut query = QueryBuilder::new("SELECT ");
        query.push(form).push(" AS form, k.letters AS letters, COUNT(*) AS count FROM cases c");
        if !which.panel.is_empty() {
            push_form!(query, which);
        }
        push_outcome!(query, "c", "s", "k", rules);
        push_which!(query, which);
        query.push(" AND k.letters IS NOT NULL GROUP BY ").push(form).push(", k.letters");
        query.build_query_as::<CountedRow>().fetch_all(link).await?
    }))
}

/// Outcomes of both waves, counted.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct PairRow {
    pub form: String,
    pub before: String,
    pub after: String,
    pub count: i64,
}

/// Outcomes in two waves of the units usable in both, counted under their
/// form in the later one.
pub(crate) async fn pairs(conn: &mut Conn, wave: i32, previous: i32, rules: RuleNames) -> Stored<Vec<PairRow>> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new(
            "SELECT c.form AS form, h.letters AS before, k.letters AS after, COUNT(*) AS count
             FROM cases c JOIN cases b ON b.unit_id = c.unit_id",
        );
        push_outcome!(query, "c", "s", "k", rules);
        push_outcome!(query, "b", "t", "h", rules);
        query.push(" WHERE c.status = 'usable' AND b.status = 'usable' AND c.wave = ").push_bind(wave);
        query.push(" AND b.wave = ").push_bind(previous);
        query.push(" AND k.letters IS NOT NULL AND h.letters IS NOT NULL GROUP BY c.form, h.letters, k.letters");
        query.build_query_as::<PairRow>().fetch_all(link).await?
    }))
}

/// A unit whose outcome is another in the later wave, or that says something
/// has changed.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ChangedRow {
    pub kennung: String,
    pub name: String,
    pub form: String,
    pub before: String,
    pub after: String,
    pub machine: String,
}

/// Units of both waves that changed or say so, in German order of names.
pub(crate) async fn changed(conn: &mut Conn, wave: i32, previous: i32, rules: RuleNames) -> Stored<Vec<ChangedRow>> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new(
            "SELECT u.kennung, c.name, c.form, h.letters AS before, k.letters AS after, s.machine
             FROM cases c JOIN units u ON u.id = c.unit_id JOIN cases b ON b.unit_id = c.unit_id",
        );
        push_outcome!(query, "c", "s", "k", rules);
        push_outcome!(query, "b", "t", "h", rules);
        query.push(" WHERE c.status = 'usable' AND b.status = 'usable' AND c.wave = ").push_bind(wave);
        query.push(" AND b.wave = ").push_bind(previous);
        // Machine values are one JSON object of texts, written without blanks.
        query.push(
            " AND k.letters IS NOT NULL AND h.letters IS NOT NULL
              AND (k.letters <> h.letters OR s.machine LIKE '%\"G1\":\"1\"%' OR s.machine LIKE '%\"G2\":\"1\"%'
                   OR s.machine LIKE '%\"G3\":\"1\"%')
              ORDER BY c.sort_key, c.id",
        );
        query.build_query_as::<ChangedRow>().fetch_all(link).await?
    }))
}

/// A usable case with its answers.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct AnswersRow {
    pub form: String,
    pub land: String,
    pub letters: String,
    pub machine: String,
}

/// Answers of usable cases, as machines read them.
pub(crate) async fn answers(conn: &mut Conn, which: Which<'_>, rules: RuleNames) -> Stored<Vec<AnswersRow>> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new("SELECT f.form, c.land, k.letters, s.machine FROM cases c");
        push_form!(query, which);
        push_outcome!(query, "c", "s", "k", rules);
        push_which!(query, which);
        query.push(" AND k.letters IS NOT NULL");
        query.build_query_as::<AnswersRow>().fetch_all(link).await?
    }))
}

/// Form, Land and outcome of usable cases, counted.
pub(crate) async fn by_form_and_land(
    conn: &mut Conn,
    wave: i32,
    rules: RuleNames,
) -> Stored<Vec<(String, String, String, i64)>> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new("SELECT c.form, c.land, k.letters, COUNT(*) FROM cases c");
        push_outcome!(query, "c", "s", "k", rules);
        query.push(" WHERE c.status = 'usable' AND c.wave = ").push_bind(wave);
        query.push(" AND k.letters IS NOT NULL GROUP BY c.form, c.land, k.letters");
        query.build_query_as::<(String, String, String, i64)>().fetch_all(link).await?
    }))
}

/// A usable case as another rule needs it.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct UsableRow {
    pub case_id: String,
    pub submission_id: String,
}

/// Usable cases with their latest submission, in German order of names.
pub(crate) async fn usable(conn: &mut Conn, wave: i32) -> Stored<Vec<UsableRow>> {
    rows!(
        conn,
        all,
        UsableRow,
        "SELECT c.id AS case_id, s.id AS submission_id FROM cases c
         JOIN submissions s ON s.case_id = c.id
              AND s.number = (SELECT MAX(l.number) FROM submissions l WHERE l.case_id = c.id)
         WHERE c.wave = $1 AND c.status = 'usable' ORDER BY c.sort_key, c.id",
        wave
    )
}

/// How many cases of a wave are usable.
pub(crate) async fn count_usable(conn: &mut Conn, wave: i32) -> Stored<i64> {
    let sql = "SELECT COUNT(*) FROM cases WHERE wave = $1 AND status = 'usable'";
    Ok(rows!(conn, one, (i64,), sql, wave)?.0)
}

/// A classification whose letters are still to be derived.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct UnletteredRow {
    pub submission_id: String,
    pub rule_version: String,
    pub k3_rule: String,
    pub ue: String,
    pub u25: String,
}

/// Some classifications without letters.
pub(crate) async fn unlettered(conn: &mut Conn, most: i64) -> Stored<Vec<UnletteredRow>> {
    rows!(
        conn,
        all,
        UnletteredRow,
        "SELECT submission_id, rule_version, k3_rule, ue, u25 FROM classifications WHERE letters IS NULL LIMIT $1",
        most
    )
}

pub(crate) async fn set_letters(conn: &mut Conn, row: &UnletteredRow, letters: &str) -> Stored<()> {
    run!(
        conn,
        "UPDATE classifications SET letters = $4 WHERE submission_id = $1 AND rule_version = $2 AND k3_rule = $3",
        &row.submission_id,
        &row.rule_version,
        &row.k3_rule,
        letters
    )?;
    Ok(())
}

/// Rules somebody chose.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ChoiceRow {
    pub at: i64,
    pub who: String,
    pub rule_version: String,
    pub k3_rule: String,
    pub reason: String,
}

/// The rules chosen last, if ever.
pub(crate) async fn chosen_rules(conn: &mut Conn) -> Stored<Option<(String, String)>> {
    rows!(
        conn,
        optional,
        (String, String),
        "SELECT rule_version, k3_rule FROM rule_choices ORDER BY at DESC, id DESC LIMIT 1"
    )
}

/// Cases whose latest submission is classified under these rules, where
/// whether its type is known is not what stands beside the case.
pub(crate) async fn typology_to_be(conn: &mut Conn, rules: RuleNames) -> Stored<Vec<(String, bool)>> {
    let found = rows!(
        conn,
        all,
        (String, bool, String),
        "SELECT c.id, c.typology, k.type_ue FROM cases c
         JOIN submissions s ON s.case_id = c.id
              AND s.number = (SELECT MAX(l.number) FROM submissions l WHERE l.case_id = c.id)
         JOIN classifications k ON k.submission_id = s.id AND k.rule_version = $1 AND k.k3_rule = $2",
        rules.version,
        rules.k3_rule
    )?;
    let known = |letters: &str| !letters.contains('?');
    let other = found.into_iter().filter(|(_, noted, letters)| *noted != known(letters));
    Ok(other.map(|(case, _, letters)| (case, known(&letters))).collect())
}

/// Every choice, latest first.
pub(crate) async fn choices(conn: &mut Conn) -> Stored<Vec<ChoiceRow>> {
    rows!(
        conn,
        all,
        ChoiceRow,
        "SELECT at, who, rule_version, k3_rule, reason FROM rule_choices ORDER BY at DESC, id DESC"
    )
}

pub(crate) async fn choose(
    conn: &mut Conn,
    who: Actor<'_>,
    rules: RuleNames,
    reason: &str,
    now: DateTime<Utc>,
) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO rule_choices (id, at, account_id, who, rule_version, k3_rule, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new_id(now)?,
        now.timestamp_micros(),
        who.account_id,
        who.name,
        rules.version,
        rules.k3_rule,
        reason
    )?;
    Ok(())
}

/// What offices are shown of a wave.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct FeedbackRow {
    pub wave: i32,
    pub released_at: i64,
    pub who: String,
    pub rule_version: String,
    pub k3_rule: String,
    pub tables: String,
}

pub(crate) async fn feedback(conn: &mut Conn, wave: i32) -> Stored<Option<FeedbackRow>> {
    rows!(
        conn,
        optional,
        FeedbackRow,
        "SELECT wave, released_at, who, rule_version, k3_rule, tables FROM feedback WHERE wave = $1",
        wave
    )
}

/// The latest closed wave with feedback in which a unit has a usable case.
pub(crate) async fn feedback_of_unit(conn: &mut Conn, unit_id: &str) -> Stored<Option<FeedbackRow>> {
    rows!(
        conn,
        optional,
        FeedbackRow,
        "SELECT f.wave, f.released_at, f.who, f.rule_version, f.k3_rule, f.tables
         FROM feedback f JOIN waves w ON w.wave = f.wave AND w.state = 'closed'
         JOIN cases c ON c.wave = f.wave AND c.unit_id = $1 AND c.status = 'usable'
         ORDER BY f.wave DESC LIMIT 1",
        unit_id
    )
}

/// Releases feedback; false where it is released already.
pub(crate) async fn release(
    conn: &mut Conn,
    wave: i32,
    who: Actor<'_>,
    rules: RuleNames,
    tables: &str,
    now: DateTime<Utc>,
) -> Stored<bool> {
    let added = run!(
        conn,
        "INSERT INTO feedback (wave, released_at, account_id, who, rule_version, k3_rule, tables)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (wave) DO NOTHING",
        wave,
        now.timestamp_micros(),
        who.account_id,
        who.name,
        rules.version,
        rules.k3_rule,
        tables
    )?;
    Ok(added == 1)
}

/// Takes feedback back; false where there is none.
pub(crate) async fn withdraw(conn: &mut Conn, wave: i32) -> Stored<bool> {
    Ok(run!(conn, "DELETE FROM feedback WHERE wave = $1", wave)? == 1)
}
