//! The words cases are found by: folded, each in a row of its own, so that
//! their beginnings can be looked up. Knows nothing of lists.

use super::{BATCH, Conn, Stored, add, on, rows};
use crate::words::fold;
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet};

/// Columns of the register that name a place.
const PLACES: [&str; 5] = ["ort", "sitz", "gemeinde", "kreis", "plz"];

/// A case whose words are not there yet, or no longer right.
#[derive(sqlx::FromRow)]
struct NamedRow {
    id: String,
    wave: i32,
    kennung_key: String,
    name: String,
    /// JSON object.
    attributes: String,
}

/// Writes the words of every case that is new or was renamed.
pub(crate) async fn fill(conn: &mut Conn) -> Stored<()> {
    // Each piece begins after the one before: what was written in between still
    // lies in the index until the transaction ends.
    let mut last = String::new();
    loop {
        let cases = rows!(
            conn,
            all,
            NamedRow,
            "SELECT id, wave, kennung_key, name, attributes FROM cases
             WHERE words_version < 1 AND id > $1 ORDER BY id LIMIT $2",
            &last,
            i64::try_from(BATCH).unwrap_or(i64::MAX)
        )?;
        let Some(end) = cases.last().map(|case| case.id.clone()) else {
            return Ok(());
        };
        last = end;
        on!(conn, link => {
            for head in ["DELETE FROM case_words WHERE case_id IN (", "UPDATE cases SET words_version = 1 WHERE id IN ("] {
                let mut query = QueryBuilder::new(head);
                let mut list = query.separated(", ");
                for case in &cases {
                    list.push_bind(&case.id);
                }
                query.push(")");
                query.build().persistent(false).execute(&mut *link).await?;
            }
        });
        let mut all: Vec<(i32, String, &str)> = Vec::new();
        for case in &cases {
            all.extend(
                words_of(case)?
                    .into_iter()
                    .map(|word| (case.wave, word, case.id.as_str())),
            );
        }
        add!(
            conn,
            "INSERT INTO case_words (wave, word, case_id) ",
            all,
            "",
            |row, (wave, word, id)| {
                row.push_bind(*wave).push_bind(word).push_bind(*id);
            }
        )?;
    }
}

fn words_of(case: &NamedRow) -> Stored<BTreeSet<String>> {
    let attributes: BTreeMap<String, String> = serde_json::from_str(&case.attributes)?;
    let places = attributes
        .iter()
        .filter(|(name, _)| PLACES.contains(&name.to_lowercase().as_str()))
        .map(|(_, value)| value.as_str());
    let texts = [case.name.as_str(), case.kennung_key.as_str()]
        .into_iter()
        .chain(places);
    Ok(texts
        .flat_map(|text| fold(text).split(' ').map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| !word.is_empty())
        .collect())
}

/// Where the words that begin with `prefix` end, in every collation that puts
/// digits before letters: a bound words may be compared with. `None` where
/// only the pattern of [`beginning`] can tell.
pub(crate) fn end_of(prefix: &str) -> Option<String> {
    let mut kept: Vec<char> = prefix.chars().collect();
    while let Some(last) = kept.pop() {
        let next = match last {
            'a'..='y' | '0'..='8' => char::from_u32(u32::from(last) + 1),
            '9' => Some('a'),
            'z' => continue,
            _ => return None,
        };
        return next.map(|next| kept.iter().chain([&next]).collect());
    }
    None
}

/// A pattern for what begins with a word. Folded words have no signs of their own.
pub(crate) fn beginning(word: &str) -> String {
    format!("{word}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_with_a_beginning_lies_before_its_end() {
        for (prefix, end) in [
            ("a", Some("b")),
            ("kreis", Some("kreit")),
            ("xz", Some("y")),
            ("19", Some("1a")),
            ("zz", None),
            ("ш", None),
        ] {
            assert_eq!(end_of(prefix).as_deref(), end, "{prefix}");
            if let Some(end) = end {
                assert!(format!("{prefix}zz9").as_str() < end, "{prefix}");
            }
        }
    }
}
