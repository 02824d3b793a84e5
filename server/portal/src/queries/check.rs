//! What staff types into a Rückfrage, checked: its last day, its points and
//! their items. Pure.

use super::{NewPoint, NewQuery, schedule};
use crate::berlin;
use crate::input::FieldError;
use crate::staff::{checked, wrong};
use chrono::NaiveDate;
use std::collections::BTreeSet;
use survey::{ItemIx, Sheet};

/// Longest question and longest note, in characters.
pub(super) const LONGEST_TEXT: usize = 2_000;
/// Points of one Rückfrage.
const MOST_POINTS: usize = 40;

/// The last day for an answer: after today, and not out of sight.
pub(super) fn deadline(text: &str, today: NaiveDate) -> Result<NaiveDate, FieldError> {
    let text = text.trim();
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .or_else(|_| NaiveDate::parse_from_str(text, "%d.%m.%Y"))
        .map_err(|_| {
            wrong(
                "frist",
                format!(
                    "„{text}“ ist kein Tag; bitte als TT.MM.JJJJ, zum Beispiel {}.",
                    berlin::short(schedule::usual_deadline(today))
                ),
            )
        })?;
    match (day - today).num_days() {
        ..=0 => Err(wrong("frist", "Die Frist muss nach dem heutigen Tag liegen.")),
        1..=schedule::LONGEST => Ok(day),
        _ => Err(wrong(
            "frist",
            format!(
                "Die Frist darf höchstens {} Tage in der Zukunft liegen.",
                schedule::LONGEST
            ),
        )),
    }
}

/// The points with their texts checked and their items known and asked.
pub(super) fn points(sheet: &Sheet, new: &NewQuery) -> Result<Vec<NewPoint>, Vec<FieldError>> {
    let instrument = sheet.instrument();
    let mut findings = Vec::new();
    match new.points.len() {
        0 => findings.push(wrong("punkte", "Bitte stellen Sie mindestens eine Frage.")),
        n if n > MOST_POINTS => findings.push(wrong(
            "punkte",
            format!("Höchstens {MOST_POINTS} Fragen in einer Rückfrage; es sind {n}."),
        )),
        _ => {}
    }
    let mut points = Vec::with_capacity(new.points.len());
    for point in &new.points {
        let question = match checked(&point.field, &point.question, LONGEST_TEXT) {
            Ok(question) => question,
            Err(error) => {
                findings.push(error);
                continue;
            }
        };
        let mut items: Vec<String> = Vec::new();
        let wanted = wanted(sheet, point);
        for id in &wanted {
            match instrument.item(id).filter(|item| sheet.is_item_asked(*item)) {
                Some(_) if items.contains(id) => {}
                Some(_) => items.push(id.clone()),
                None => findings.push(wrong(
                    &point.field,
                    format!("„{id}“ wurde dieser Einheit nicht gestellt; danach lässt sich nicht fragen."),
                )),
            }
        }
        if wanted.is_empty() {
            findings.push(wrong(&point.field, "Zu dieser Frage fehlt die Angabe, um die es geht."));
        }
        points.push(NewPoint {
            items,
            question,
            ..point.clone()
        });
    }
    if findings.is_empty() { Ok(points) } else { Err(findings) }
}

/// The items a point is about: as named, all rows of a question that is named,
/// or those its edit reads.
fn wanted(sheet: &Sheet, point: &NewPoint) -> Vec<String> {
    let instrument = sheet.instrument();
    let ids = |items: &[ItemIx]| -> Vec<String> { items.iter().map(|item| instrument[*item].id.clone()).collect() };
    if let (true, Some(edit)) = (
        point.items.is_empty(),
        point.edit.as_deref().and_then(|id| instrument.edit(id)),
    ) {
        let asked = instrument[edit].items.iter().copied();
        return ids(&asked.filter(|item| sheet.is_item_asked(*item)).collect::<Vec<_>>());
    }
    let expand = |id: &String| match (instrument.item(id), instrument.question(id)) {
        (None, Some(question)) => ids(&instrument[question].items),
        _ => vec![id.clone()],
    };
    point.items.iter().flat_map(expand).collect()
}

/// The questions some points are about, as they are numbered.
pub(super) fn numbers(sheet: &Sheet, points: &[NewPoint]) -> String {
    let instrument = sheet.instrument();
    let mut seen = BTreeSet::new();
    let ids: Vec<&str> = points
        .iter()
        .flat_map(|point| &point.items)
        .filter_map(|id| instrument.item(id))
        .map(|item| instrument[item].question)
        .filter(|question| seen.insert(*question))
        .map(|question| instrument[question].id.as_str())
        .collect();
    ids.join(", ")
}
