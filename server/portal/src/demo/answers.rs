//! Synthetic answers of one office to the shipped questionnaire: typed as a
//! person would, plausible, and such that the office gets the type it is to
//! have. What is not set here by item id is drawn from the options.

use super::random::Dice;
use super::roster::Office;
use super::shape::{Benefits, Care, Model};
use crate::words::grouped;
use std::collections::BTreeMap;
use std::sync::Arc;
use survey::{CaseContext, Confirmation, Entries, Entry, FindingKind, Instrument, Kind, QuestionIx, Sheet};

/// Answers the whole questionnaire for `office`. Walks it in order, so that
/// routing opens questions as it would for a person.
pub(super) fn answer(instrument: &Arc<Instrument>, context: &CaseContext, office: &Office) -> Entries {
    let mut dice = Dice::new(context.wave, office.place);
    let set = fixed(context, office, &mut dice);
    let mut sheet = Sheet::new(instrument.clone(), context.clone(), &Entries::new());
    for module in &instrument.modules {
        for question in module.questions() {
            if sheet.is_asked(question) {
                answer_question(instrument, &mut sheet, question, &set, &mut dice);
            }
        }
    }
    instrument
        .items
        .iter()
        .filter_map(|item| {
            let entry = sheet.entry(instrument.item(&item.id)?)?.clone();
            Some((item.id.clone(), entry))
        })
        .collect()
}

fn answer_question(
    instrument: &Instrument,
    sheet: &mut Sheet,
    question: QuestionIx,
    set: &BTreeMap<&str, String>,
    dice: &mut Dice,
) {
    let entry = &instrument[question];
    for item in &entry.items {
        let id = instrument[*item].id.as_str();
        let value = match set.get(id) {
            Some(value) if value.is_empty() => continue,
            Some(value) if value == "-8" => Entry::CannotSay,
            Some(value) => Entry::Given(value.clone()),
            None => match drawn(entry, dice) {
                Some(value) => Entry::Given(value),
                None => continue,
            },
        };
        sheet.set(*item, Some(value));
    }
}

/// A value for a question nobody cares about in particular.
fn drawn(question: &survey::Question, dice: &mut Dice) -> Option<String> {
    let codes: Vec<i16> = question
        .options
        .iter()
        .filter(|option| option.open.is_none() && !is_evasive(&option.label))
        .map(|option| option.code)
        .collect();
    match question.kind {
        Kind::Single | Kind::MatrixScale5 => Some(dice.one_of(&codes, 1).to_string()),
        Kind::Multi => {
            let mut chosen: Vec<i16> = codes.iter().copied().filter(|_| dice.chance(30)).take(3).collect();
            if chosen.is_empty() {
                chosen.push(dice.one_of(&codes, 1));
            }
            chosen.sort_unstable();
            Some(chosen.iter().map(i16::to_string).collect::<Vec<_>>().join(","))
        }
        _ => None,
    }
}

/// Options that say "none" or "don't know" exclude others.
fn is_evasive(label: &str) -> bool {
    ["keine", "niemand", "nicht bekannt", "Eine Angabe ist nicht möglich"]
        .iter()
        .any(|word| label.starts_with(word))
}

/// Answers set by id: size, staff, money, and the core of the typology.
fn fixed(context: &CaseContext, office: &Office, dice: &mut Dice) -> BTreeMap<&'static str, String> {
    let mut set = BTreeMap::new();
    figures(context, office, &mut set, dice);
    for (young, suffix) in [(false, "_ue"), (true, "_u25")] {
        core(office.model(context.wave, young), suffix, &mut set, dice);
    }
    changes(context, office, &mut set);
    set.insert("A1", "1".into());
    set.insert("A4", "1".into());
    set.insert("A5", format!("Leitung {}", office.kennung));
    set.insert("A6", mail_address(&office.kennung));
    set.insert("Z1", String::new());
    set.insert("Z2", dice.between(60, 240).to_string());
    set.insert("Z3", "1".into());
    set
}

/// The invented mailbox of an office, in a domain that is reserved for
/// examples (RFC 2606).
pub(super) fn mail_address(kennung: &str) -> String {
    format!("{}@grundsicherung.example", kennung.to_lowercase())
}

fn figures(context: &CaseContext, office: &Office, set: &mut BTreeMap<&'static str, String>, dice: &mut Dice) {
    let mut size = Dice::new(0, office.place);
    let base = size.between(1_200, 9_000)
        + if size.chance(20) {
            size.between(4_000, 30_000)
        } else {
            0
        };
    let customers = base * (100 + i64::from(2008 - context.wave) * 3 + dice.between(-4, 4)) / 100;
    let young = customers * dice.between(15, 24) / 100;
    let households = customers * dice.between(66, 76) / 100;
    let active = customers * dice.between(52, 72) / 100;
    let staff = (customers / 45).max(20);
    let shares = [8, 6, 14, 30, 6, 3, 26, 4];
    let mut rest = staff * 10;
    let tenths = |value: i64| german(value, 1);
    for (id, share) in [
        "H3_leit", "H3_ein", "H3_fm", "H3_pap", "H3_verm", "H3_ags", "H3_leist", "H3_wid",
    ]
    .into_iter()
    .zip(shares)
    {
        let part = staff * share / 10;
        rest -= part;
        set.insert(id, tenths(part));
    }
    set.insert("H3_sonst", tenths(rest.max(0)));
    let benefits = (staff * 26 / 10).max(1);
    let vacant = staff * dice.between(1, 6) / 10;
    set.extend([
        ("A3", dice.between(1, 12).to_string()),
        ("B1", german(customers, 0)),
        ("B2", german(young, 0)),
        ("B3", german(households, 0)),
        ("B4", german(active, 0)),
        ("B5", german((young * 60 / 100).min(active), 0)),
        ("C4", dice.between(30, 90).to_string()),
        ("H1", tenths(staff * 10 + vacant)),
        ("H2", tenths(staff * 10)),
        ("H5", german(dice.between(50, 350), 1)),
        ("H6_fm_ue", dice.between(60, 90).to_string()),
        ("H6_fm_u25", dice.between(50, 75).to_string()),
        ("H6_pap_ue", dice.between(120, 220).to_string()),
        ("H6_pap_u25", dice.between(70, 110).to_string()),
        ("H6_leist", (households * 10 / benefits).clamp(15, 600).to_string()),
        ("H7", tenths(vacant)),
        ("I3", german(dice.between(400, 950), 1)),
        ("I6", german(active * dice.between(3, 25) / 100, 0)),
        ("K5", german(dice.between(0, 40) * 250, 0)),
    ]);
    let hired = dice.between(300, 500);
    set.extend([
        ("H4_kom", german(hired, 1)),
        ("H4_ba", german(900 - hired, 1)),
        ("H4_and", german(60, 1)),
        ("H4_eig", german(40, 1)),
    ]);
    for (id, low, high) in [
        ("I8_aghm", 10, 30),
        ("I8_aghe", 0, 3),
        ("I8_tm", 10, 35),
        ("I8_fbw", 2, 8),
        ("I8_egz", 2, 9),
        ("I8_esg", 0, 3),
        ("I8_swl", 0, 12),
    ] {
        set.insert(id, german(active * dice.between(low, high) / 100, 0));
    }
    let budget = active * dice.between(900, 1_900);
    set.extend([
        ("L1", german(budget, 0)),
        ("L2", german(budget * dice.between(78, 99) / 100, 0)),
        ("L3", german(staff * dice.between(42_000, 62_000), 0)),
        ("L4", german(budget * dice.between(0, 12) / 100, 0)),
        ("L5", "-8".into()),
    ]);
}

/// The typology core of one age group, as the model of the office says.
fn core(model: Model, suffix: &'static str, set: &mut BTreeMap<&'static str, String>, dice: &mut Dice) {
    let id = |stem: &'static str| ids(stem, suffix);
    let (d1, d2) = match model.care {
        Care::ForAll => ("2", ""),
        Care::SameStaff => ("1", "3"),
        Care::Experts => ("1", "2"),
        Care::Full => ("1", "1"),
        Care::Nowhere => ("3", ""),
    };
    set.insert(id("D1"), d1.into());
    if !d2.is_empty() {
        set.insert(id("D2"), d2.into());
    }
    let share = dice.between(100, 350);
    set.insert(id("D4"), german(share, 1));
    set.insert(id("D5"), dice.one_of(&["1", "1", "2"], "1").into());
    let placed = if model.placed {
        "1"
    } else {
        let own = dice.one_of(&["2", "4"], "2");
        // A few leave it to others: what a later version of the rules reads otherwise.
        if share % 24 == 1 { "5" } else { own }
    };
    set.insert(id("E1"), placed.into());
    if placed == "2" {
        set.insert("E4", "2".into());
    }
    let role = match model.benefits {
        Benefits::Computes => "1",
        Benefits::Contact => "2",
        Benefits::Team | Benefits::Close | Benefits::Loose => "3",
    };
    // Some are another one to customers without case management (footnote 12 of the paper).
    let beside = match (role, share % 12) {
        ("3", 0) => "2",
        ("2", 0 | 1) => "3",
        _ => role,
    };
    for (stem, role) in [("F1fm", role), ("F1nfm", beside), ("F1alle", role)] {
        set.insert(id(stem), role.into());
    }
    let team = model.benefits == Benefits::Team;
    set.insert(id("F2"), if team { "1" } else { "2" }.into());
    let colleagues = if model.benefits == Benefits::Close {
        dice.between(1, 3)
    } else {
        dice.between(4, 9)
    };
    set.insert(id("F3"), colleagues.to_string());
}

/// Ids of the core items, spelt out so that they are found by searching.
fn ids(stem: &'static str, suffix: &str) -> &'static str {
    let older = suffix == "_ue";
    match (stem, older) {
        ("D1", true) => "D1_ue",
        ("D1", false) => "D1_u25",
        ("D2", true) => "D2_ue",
        ("D2", false) => "D2_u25",
        ("D4", true) => "D4_ue",
        ("D4", false) => "D4_u25",
        ("D5", true) => "D5_ue",
        ("D5", false) => "D5_u25",
        ("E1", true) => "E1_ue",
        ("E1", false) => "E1_u25",
        ("F1fm", true) => "F1_fm_ue",
        ("F1fm", false) => "F1_fm_u25",
        ("F1nfm", true) => "F1_nfm_ue",
        ("F1nfm", false) => "F1_nfm_u25",
        ("F1alle", true) => "F1_alle_ue",
        ("F1alle", false) => "F1_alle_u25",
        ("F2", true) => "F2_ue",
        ("F2", false) => "F2_u25",
        (_, true) => "F3_ue",
        (_, false) => "F3_u25",
    }
}

/// Module G says what really changed since the wave before; one office in
/// seven says of placement that nothing did, which is to be cleared.
fn changes(context: &CaseContext, office: &Office, set: &mut BTreeMap<&'static str, String>) {
    let now = office.model(context.wave, false);
    let before = office.model(context.wave - 1, false);
    let word = |changed: bool| if changed { "1".to_owned() } else { "2".to_owned() };
    set.insert("G1", word(now.care.generalised() != before.care.generalised()));
    set.insert(
        "G2",
        word(now.placed != before.placed && !office.place.is_multiple_of(7)),
    );
    set.insert("G3", word(now.benefits.integrated() != before.benefits.integrated()));
    if let Some(day) = context
        .vorwelle_stichtag
        .and_then(|day| day.checked_add_days(chrono::Days::new(120)))
    {
        set.insert("G4", day.format("%d.%m.%Y").to_string());
    }
}

/// A short reason for every soft edit that fires on these answers.
pub(super) fn reasons(instrument: &Arc<Instrument>, context: &CaseContext, entries: &Entries) -> Vec<Confirmation> {
    let sheet = Sheet::new(instrument.clone(), context.clone(), entries);
    sheet
        .findings(&[])
        .iter()
        .filter_map(|finding| finding.edit.filter(|_| finding.kind == FindingKind::Soft))
        .map(|edit| Confirmation {
            edit: instrument[edit].id.clone(),
            reason: "Geprüft, die Angabe trifft auf unsere Einheit zu.".into(),
            values: sheet.edit_values(edit),
        })
        .collect()
}

/// A number as it is typed in German: `1.234,5`. `value` counts units of the
/// last decimal place.
fn german(value: i64, decimals: u32) -> String {
    let unit = 10_i64.pow(decimals);
    let text = grouped((value / unit).unsigned_abs());
    match decimals {
        0 => text,
        _ => format!("{text},{:0width$}", (value % unit).abs(), width = decimals as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::german;

    #[test]
    fn numbers_are_written_as_in_german() {
        assert_eq!(german(0, 0), "0");
        assert_eq!(german(1_234_567, 0), "1.234.567");
        assert_eq!(german(12_345, 1), "1.234,5");
        assert_eq!(german(7, 1), "0,7");
    }
}
