//! Rows of the institute's case list: filtered, sorted, a page at a time.
//!
//! Pages are found by the key of the row they begin after, never by counting
//! rows, so the thousandth costs what the first does.

use super::words::{beginning, end_of};
use super::{BATCH, Conn, KEPT, Stored, on, rows};
use sqlx::QueryBuilder;

/// Which cases to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub wave: i32,
    /// Any of them; empty: all.
    pub statuses: Vec<&'static str>,
    pub form: Option<&'static str>,
    pub land: Option<&'static str>,
    /// Beginnings of words, all of which must be found.
    pub words: Vec<Beginning>,
    /// Cases of the wave; see [`weigh`].
    pub listed: i64,
    /// Past the deadline: the wave's, as a moment, and the moment it is now.
    pub late: Option<(i64, i64)>,
    pub extended: bool,
    pub marked: bool,
    pub opted_out: bool,
    pub type_ue: Option<TypeIs>,
    pub type_u25: Option<TypeIs>,
    /// Not worked on since.
    pub silent_since: Option<i64>,
    /// Folded Kennungen; empty: any.
    pub kennungen: Vec<String>,
}

/// The beginning of a word.
#[derive(Clone, Debug)]
pub(crate) struct Beginning {
    /// Folded.
    pub text: String,
    /// Rows of words it has, as far as counted.
    pub found: i64,
}

impl Filter {
    /// Whether to gather the cases of the rarest beginning and sort them, where
    /// `rows` are wanted, instead of asking case after case in the order of the
    /// list: that looks at about `rows` times one in so many, so both cost the
    /// same where the square of those found is `rows` times all.
    fn gathers(&self, rows: i64) -> bool {
        let rarest = self.words.first().map_or(0, |word| word.found);
        rarest.saturating_mul(rarest) <= rows.saturating_mul(self.listed)
    }
}

/// Which type to list.
#[derive(Clone, Debug)]
pub(crate) enum TypeIs {
    /// Exactly this one.
    Code(String),
    /// Some criterion is not known.
    Unclear,
}

/// What to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Name,
    Kennung,
    Stage,
    Received,
    Activity,
}

impl By {
    /// As migration 0009 has indexed it.
    fn sql(self) -> &'static str {
        match self {
            Self::Name => "c.sort_key",
            Self::Kennung => "c.kennung_key",
            Self::Stage => {
                "(CASE c.status WHEN 'not_invited' THEN 0 WHEN 'invited' THEN 1 WHEN 'opened' THEN 2
                  WHEN 'started' THEN 3 WHEN 'submitted' THEN 4 WHEN 'query' THEN 5 WHEN 'usable' THEN 6
                  WHEN 'unusable' THEN 7 WHEN 'refused' THEN 8 ELSE 9 END)"
            }
            Self::Received => "(COALESCE(c.submitted_at, 0))",
            Self::Activity => "c.active_at",
        }
    }

    fn is_text(self) -> bool {
        matches!(self, Self::Name | Self::Kennung)
    }
}

/// Which rows of a filtered list, and in which order.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    pub by: By,
    pub descending: bool,
    /// The row it begins after; none: at the start.
    pub after: Option<Anchor>,
    pub limit: i64,
}

/// A row's place in an order.
#[derive(Clone, Debug)]
pub(crate) struct Anchor {
    pub key: Key,
    pub id: String,
}

/// What a row is sorted by.
#[derive(Clone, Debug)]
pub(crate) enum Key {
    Text(String),
    Number(i64),
}

/// A case in a list.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct LineRow {
    pub kennung: String,
    pub name: String,
    pub form: String,
    pub land: String,
    pub status: String,
    pub status_at: i64,
    pub submitted_at: Option<i64>,
    pub active_at: i64,
    pub type_ue: Option<String>,
    pub type_u25: Option<String>,
    pub asked: i32,
    pub answered: i32,
    pub own_deadline: Option<String>,
    pub contact_name: String,
    pub contact_email: String,
    pub called_at: i64,
    pub opted_out: bool,
    pub marked: bool,
}

pub(super) const MARKED: &str =
    "EXISTS (SELECT 1 FROM address_marks m WHERE m.address_key = LOWER(TRIM(c.contact_email)))";

macro_rules! push_beginning {
    ($query:ident, $word:expr) => {
        $query.push(" AND s.word >= ").push_bind($word.clone());
        if let Some(end) = end_of($word) {
            $query.push(" AND s.word < ").push_bind(end);
        }
        $query.push(" AND s.word LIKE ").push_bind(beginning($word));
    };
}

macro_rules! push_filter {
    ($query:ident, $wanted:ident, $rows:expr) => {
        $query.push(" WHERE c.wave = ").push_bind($wanted.wave);
        if !$wanted.statuses.is_empty() {
            $query.push(" AND c.status IN (");
            let mut list = $query.separated(", ");
            for status in &$wanted.statuses {
                list.push_bind(*status);
            }
            $query.push(")");
        }
        for (column, wanted) in [(" AND c.form = ", $wanted.form), (" AND c.land = ", $wanted.land)] {
            if let Some(wanted) = wanted {
                $query.push(column).push_bind(wanted);
            }
        }
        for (place, word) in $wanted.words.iter().enumerate() {
            let gather = place == 0 && $wanted.gathers($rows);
            if gather {
                $query.push(" AND c.id IN (SELECT s.case_id FROM case_words s WHERE s.wave = ");
                $query.push_bind($wanted.wave);
            } else {
                // No EXISTS: PostgreSQL would look for the words of all cases at once.
                $query.push(" AND (SELECT 1 FROM case_words s WHERE s.case_id = c.id");
            }
            push_beginning!($query, &word.text);
            $query.push(if gather { ")" } else { " LIMIT 1) IS NOT NULL" });
        }
        if let Some((deadline, now)) = $wanted.late {
            $query.push(" AND c.status NOT IN ('refused', 'ineligible') AND COALESCE(c.own_deadline_at, ");
            $query
                .push_bind(deadline)
                .push(") <= COALESCE(c.submitted_at, ")
                .push_bind(now)
                .push(")");
        }
        for (wanted, sql) in [
            ($wanted.extended, "c.own_deadline IS NOT NULL"),
            ($wanted.marked, MARKED),
            ($wanted.opted_out, "c.opt_out_at IS NOT NULL"),
        ] {
            if wanted {
                $query.push(" AND ").push(sql);
            }
        }
        for (wanted, column) in [(&$wanted.type_ue, "c.type_ue"), (&$wanted.type_u25, "c.type_u25")] {
            match wanted {
                Some(TypeIs::Code(code)) => {
                    $query.push(" AND ").push(column).push(" = ").push_bind(code.clone());
                }
                Some(TypeIs::Unclear) => {
                    $query.push(" AND ").push(column).push(" LIKE '%?%'");
                }
                None => {}
            }
        }
        if let Some(since) = $wanted.silent_since {
            $query.push(" AND c.active_at <= ").push_bind(since);
        }
        if !$wanted.kennungen.is_empty() {
            $query.push(" AND c.kennung_key IN (");
            let mut list = $query.separated(", ");
            for kennung in &$wanted.kennungen {
                list.push_bind(kennung.clone());
            }
            $query.push(")");
        }
    };
}

/// Counts the words of a filter, each as far as it can matter where up to
/// `most` cases are counted, and puts the rarest first.
pub(crate) async fn weigh(conn: &mut Conn, mut wanted: Filter, most: i64) -> Stored<Filter> {
    if wanted.words.is_empty() {
        return Ok(wanted);
    }
    (wanted.listed,) = rows!(
        conn,
        one,
        (i64,),
        "SELECT CAST(COALESCE(SUM(n), 0) AS bigint) FROM case_counts WHERE wave = $1",
        wanted.wave
    )?;
    let enough = most.saturating_mul(wanted.listed).isqrt() + 1;
    for word in &mut wanted.words {
        word.found = on!(conn, link => {
            let mut query = QueryBuilder::new("SELECT COUNT(*) FROM (SELECT 1 FROM case_words s WHERE s.wave = ");
            query.push_bind(wanted.wave);
            push_beginning!(query, &word.text);
            query.push(" LIMIT ").push_bind(enough).push(") found");
            query.build_query_scalar::<i64>().fetch_one(link).await?
        });
    }
    wanted.words.sort_by_key(|word| word.found);
    Ok(wanted)
}

/// The rows of a list that lie in a window.
pub(crate) async fn lines(conn: &mut Conn, wanted: &Filter, window: &Window) -> Stored<Vec<LineRow>> {
    let (order, beyond) = if window.descending {
        (" DESC", " < (")
    } else {
        ("", " > (")
    };
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new(
            "SELECT u.kennung, c.name, c.form, c.land, c.status, c.status_at, c.submitted_at, c.active_at, c.type_ue,
                    c.type_u25, c.asked, c.answered, c.own_deadline, c.contact_name, c.contact_email, c.called_at,
                    c.opt_out_at IS NOT NULL AS opted_out, ",
        );
        query.push(MARKED).push(" AS marked FROM cases c JOIN units u ON u.id = c.unit_id");
        push_filter!(query, wanted, window.limit);
        if let Some(after) = &window.after {
            query.push(" AND (").push(window.by.sql()).push(", c.id)").push(beyond);
            match &after.key {
                Key::Text(key) => query.push_bind(key.clone()),
                Key::Number(key) => query.push_bind(*key),
            };
            query.push(", ").push_bind(after.id.clone()).push(")");
        }
        query.push(" ORDER BY ").push(window.by.sql()).push(order).push(", c.id").push(order);
        query.push(" LIMIT ").push_bind(window.limit);
        query.build_query_as::<LineRow>().fetch_all(link).await?
    }))
}

/// How many cases pass a filter, counted up to `most`.
pub(crate) async fn count(conn: &mut Conn, wanted: &Filter, most: i64) -> Stored<i64> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new("SELECT COUNT(*) FROM (SELECT 1 FROM cases c");
        push_filter!(query, wanted, most);
        query.push(" LIMIT ").push_bind(most).push(") counted");
        query.build_query_scalar::<i64>().fetch_one(link).await?
    }))
}

/// The ids of all cases that pass a filter.
pub(crate) async fn ids(conn: &mut Conn, wanted: &Filter) -> Stored<Vec<String>> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new("SELECT c.id FROM cases c");
        push_filter!(query, wanted, i64::MAX);
        query.build_query_scalar::<String>().fetch_all(link).await?
    }))
}

/// Where a case stands in an order, if the wave has it.
pub(crate) async fn anchor(conn: &mut Conn, wave: i32, kennung_key: &str, by: By) -> Stored<Option<Anchor>> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new("SELECT ");
        // PostgreSQL has four bytes for the stage, eight for the moments.
        let cast = if by.is_text() { " AS text)" } else { " AS bigint)" };
        query.push("CAST(").push(by.sql()).push(cast).push(", c.id FROM cases c WHERE c.wave = ").push_bind(wave);
        query.push(" AND c.kennung_key = ").push_bind(kennung_key.to_owned());
        if by.is_text() {
            let found = query.build_query_as::<(String, String)>().fetch_optional(link).await?;
            found.map(|(key, id)| Anchor { key: Key::Text(key), id })
        } else {
            let found = query.build_query_as::<(i64, String)>().fetch_optional(link).await?;
            found.map(|(key, id)| Anchor { key: Key::Number(key), id })
        }
    }))
}

/// How exactly `active_at` says when a case was last worked on: noting every
/// answer would write every index of the case with it.
const NOTED_EVERY: i64 = 60_000_000;

/// Notes that cases are worked on, all at one moment.
pub(crate) async fn worked_on<'a>(conn: &mut Conn, cases: impl Iterator<Item = (&'a str, i64)>) -> Stored<()> {
    let cases: Vec<(&str, i64)> = cases.collect();
    for batch in cases.chunks(BATCH) {
        let at = batch.iter().map(|(_, at)| *at).max().unwrap_or_default();
        on!(conn, link => {
            let mut query = QueryBuilder::new("UPDATE cases SET active_at = ");
            query.push_bind(at).push(" WHERE active_at < ").push_bind(at - NOTED_EVERY).push(" AND id IN (");
            let mut list = query.separated(", ");
            for (id, _) in batch {
                list.push_bind(*id);
            }
            query.push(")");
            query.build().persistent(batch.len() <= KEPT).execute(link).await?;
        });
    }
    Ok(())
}

/// Cases in the field whose progress is older than their answers, of those
/// worked on since.
pub(crate) async fn stale_progress(conn: &mut Conn, wave: i32, since: i64, limit: i64) -> Stored<Vec<String>> {
    let found = rows!(
        conn,
        all,
        (String,),
        "SELECT id FROM cases
         WHERE wave = $1 AND active_at >= $2 AND progress_revision <> revision AND status IN ('opened', 'started')
         ORDER BY active_at, id LIMIT $3",
        wave,
        since,
        limit
    )?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Notes how far the answers of a revision are.
pub(crate) async fn set_progress(
    conn: &mut Conn,
    case_id: &str,
    revision: i64,
    asked: i32,
    answered: i32,
) -> Stored<()> {
    super::run!(
        conn,
        "UPDATE cases SET progress_revision = $2, asked = $3, answered = $4 WHERE id = $1",
        case_id,
        revision,
        asked,
        answered
    )?;
    Ok(())
}
