//! The offices of the demonstration: invented names, Länder, forms, who took
//! part in which wave, and which organisation type each is to have.
//!
//! The 2008 wave is shaped after the paper: 421 usable offices with the leaf
//! counts of Tabelle 2 (31.10.2007), 413 of them also in 2007, 375 in all
//! three waves (paper, section 2). The earlier waves are shaped only loosely.

use survey::{Form, Land};

/// Offices in the register of every wave; 421 of 443 are 95 per cent.
pub(super) const OFFICES: usize = 443;
/// Usable questionnaires of the 2008 wave.
pub(super) const USABLE_2008: usize = 421;

/// Letters of an organisation type, Ü25.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Letters {
    /// Criterion 1: generalised (II) rather than specialised (I).
    pub generalised: bool,
    /// Criterion 2: placement is part of case management (b).
    pub placement_integrated: bool,
    /// Criterion 3: benefits are integrated (b).
    pub benefits_integrated: bool,
}

/// Tabelle 2, leaves at 31.10.2007: type, then ARGE, zkT, gAw.
const LEAVES_2007: [(bool, bool, bool, [usize; 3]); 8] = [
    (false, false, false, [93, 6, 6]),
    (false, false, true, [6, 1, 0]),
    (false, true, false, [149, 4, 9]),
    (false, true, true, [6, 2, 0]),
    (true, false, false, [14, 18, 0]),
    (true, false, true, [2, 2, 0]),
    (true, true, false, [58, 29, 6]),
    (true, true, true, [3, 7, 0]),
];

/// One invented office.
#[derive(Clone, Debug)]
pub(super) struct Office {
    /// Place in the register; also the seed of its answers.
    pub place: usize,
    /// Kennung, for example `GS-0042`.
    pub kennung: String,
    /// Invented name.
    pub name: String,
    /// Land it lies in.
    pub land: Land,
    /// Type it shows in 2008.
    letters: Letters,
    form_2008: Form,
}

impl Office {
    /// Whether the office answered usably in a completed wave.
    pub(super) fn takes_part(&self, wave: i32) -> bool {
        match wave {
            // 390 of 443: "gut 88 %"; 375 of them also in both later waves.
            2006 => (38..428).contains(&self.place),
            // 426 of 443: "über 96 %"; 413 of them also in 2008.
            2007 => self.place < 413 || (USABLE_2008..434).contains(&self.place),
            _ => self.place < USABLE_2008,
        }
    }

    /// Form of the office in a wave: three gAw of 2008 were ARGEn before.
    pub(super) fn form(&self, wave: i32) -> Form {
        let was_arge = wave < 2008 && self.form_2008 == Form::Gaw && self.place % 7 == 3;
        if was_arge { Form::Arge } else { self.form_2008 }
    }

    /// Type the office shows in a wave. Between 2007 and 2008 some 8 per cent
    /// changed criterion 1 and 4 per cent criterion 3, the latter all but one
    /// towards specialisation (paper, sections 3.2 and 3.4).
    pub(super) fn letters(&self, wave: i32) -> Letters {
        let mut letters = self.letters;
        if wave < 2008 {
            if self.place % 25 == 7 || self.place % 25 == 19 {
                letters.generalised = !letters.generalised;
            }
            if self.place % 26 == 11 && !letters.benefits_integrated {
                letters.benefits_integrated = true;
            }
        }
        letters
    }
}

/// All offices, in the order of the register.
pub(super) fn offices() -> Vec<Office> {
    let cells = shuffled_cells();
    let names = names();
    (0..OFFICES)
        .zip(names)
        .map(|(place, name)| {
            let (form_2008, letters) = cells.get(place).copied().unwrap_or((
                if place % 8 == 0 { Form::Gaw } else { Form::Arge },
                plain_letters(place),
            ));
            Office {
                place,
                kennung: format!("GS-{:04}", place + 1),
                name: full_name(form_2008, &name),
                land: LAENDER[(place * 7 + place / 16) % LAENDER.len()],
                letters,
                form_2008,
            }
        })
        .collect()
}

fn plain_letters(place: usize) -> Letters {
    Letters {
        generalised: place.is_multiple_of(3),
        placement_integrated: place % 5 < 3,
        benefits_integrated: false,
    }
}

/// The 421 cells of Tabelle 2 in a mixed but fixed order, every zkT at a place
/// that took part in all three waves (paper, section 2).
fn shuffled_cells() -> Vec<(Form, Letters)> {
    let mut others = Vec::new();
    let mut licensed = Vec::new();
    for (generalised, placement_integrated, benefits_integrated, counts) in LEAVES_2007 {
        let letters = Letters {
            generalised,
            placement_integrated,
            benefits_integrated,
        };
        for (form, count) in [Form::Arge, Form::Zkt, Form::Gaw].into_iter().zip(counts) {
            let list = if form == Form::Zkt { &mut licensed } else { &mut others };
            list.extend(std::iter::repeat_n((form, letters), count));
        }
    }
    let mut others = stride(&others, 149).into_iter();
    let mut licensed = stride(&licensed, 22).into_iter();
    (0..USABLE_2008)
        .filter_map(|place| {
            let turn = (38..413).contains(&place) && place % 5 == 0;
            let first = if turn { licensed.next() } else { None };
            first.or_else(|| others.next()).or_else(|| licensed.next())
        })
        .collect()
}

/// The same values, taken in steps that visit each once (the step is coprime
/// to the lengths used here; a test asserts it).
fn stride<T: Copy>(values: &[T], step: usize) -> Vec<T> {
    (0..values.len())
        .map(|place| values[(place * step) % values.len()])
        .collect()
}

const LAENDER: [Land; 16] = [
    Land::BadenWuerttemberg,
    Land::Bayern,
    Land::Berlin,
    Land::Brandenburg,
    Land::Bremen,
    Land::Hamburg,
    Land::Hessen,
    Land::MecklenburgVorpommern,
    Land::Niedersachsen,
    Land::NordrheinWestfalen,
    Land::RheinlandPfalz,
    Land::Saarland,
    Land::Sachsen,
    Land::SachsenAnhalt,
    Land::SchleswigHolstein,
    Land::Thueringen,
];

const STEMS: [&str; 27] = [
    "Ahrel", "Balmer", "Cordel", "Drosel", "Elwen", "Farnel", "Gelmer", "Hirsel", "Immel", "Jarlen", "Korlen",
    "Lornen", "Mervel", "Norlen", "Orsel", "Pelmer", "Quernen", "Rosmer", "Silmer", "Tarlen", "Ursel", "Vesmer",
    "Wirlen", "Zormer", "Öschel", "Ährmer", "Üllen",
];

const ENDINGS: [&str; 17] = [
    "au", "bach", "berg", "born", "bruck", "dorf", "felde", "furt", "hain", "hausen", "heim", "hofen", "kirch", "rode",
    "stedt", "tal", "weiler",
];

/// Invented place names, each once.
fn names() -> impl Iterator<Item = String> {
    (0..STEMS.len() * ENDINGS.len()).map(|place| {
        let stem = STEMS[place % STEMS.len()];
        let ending = ENDINGS[(place / STEMS.len() + place) % ENDINGS.len()];
        format!("{stem}{ending}")
    })
}

fn full_name(form: Form, place: &str) -> String {
    match form {
        Form::Arge => format!("ARGE {place}"),
        Form::Zkt => format!("Landkreis {place}"),
        Form::Gaw => format!("Agentur für Arbeit {place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_roster_has_the_cells_of_tabelle_2_and_the_panel_of_section_2() {
        let offices = offices();
        assert_eq!(offices.len(), OFFICES);
        let names: BTreeSet<_> = offices.iter().map(|office| &office.name).collect();
        assert_eq!(names.len(), OFFICES, "names are unique");
        for (generalised, placement_integrated, benefits_integrated, counts) in LEAVES_2007 {
            let letters = Letters {
                generalised,
                placement_integrated,
                benefits_integrated,
            };
            for (form, count) in [Form::Arge, Form::Zkt, Form::Gaw].into_iter().zip(counts) {
                let found = offices
                    .iter()
                    .filter(|office| {
                        office.takes_part(2008) && office.form(2008) == form && office.letters(2008) == letters
                    })
                    .count();
                assert_eq!(found, count, "{form:?} {letters:?}");
            }
        }
        let in_all = |waves: &[i32]| {
            offices
                .iter()
                .filter(|office| waves.iter().all(|wave| office.takes_part(*wave)))
                .count()
        };
        assert_eq!(in_all(&[2006]), 390);
        assert_eq!(in_all(&[2007]), 426);
        assert_eq!(in_all(&[2007, 2008]), 413);
        assert_eq!(in_all(&[2006, 2007, 2008]), 375);
        assert!(
            offices
                .iter()
                .filter(|office| office.form(2008) == Form::Zkt)
                .all(|office| [2006, 2007, 2008].iter().all(|wave| office.takes_part(*wave))),
            "all 69 zkT take part in all three waves"
        );
    }
}
