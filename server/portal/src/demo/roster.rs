//! The offices of the demonstration: invented names, Länder, and who took
//! part in which wave (paper, section 2): 421 usable in 2008, 413 of them also
//! in 2007, 375 in all three waves. How they work stands in `shape`.

use super::shape::{Model, Shape, shapes};
use survey::{Form, Land};

/// Offices in the register of every wave; 421 of 443 are 95 per cent.
pub(super) const OFFICES: usize = 443;
/// Usable questionnaires of the 2008 wave.
pub(super) const USABLE_2008: usize = 421;
/// The first places of the register did not take part in 2006.
pub(super) const NOT_IN_2006: usize = 38;

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
    shape: Shape,
}

impl Office {
    /// Whether the office answered usably in a completed wave.
    pub(super) fn takes_part(&self, wave: i32) -> bool {
        match wave {
            // 390 of 443: "gut 88 %"; 375 of them also in both later waves.
            2006 => (NOT_IN_2006..428).contains(&self.place),
            // 426 of 443: "über 96 %"; 413 of them also in 2008.
            2007 => self.place < 413 || (USABLE_2008..434).contains(&self.place),
            _ => self.place < USABLE_2008,
        }
    }

    /// Form of the office in a wave: three gAw of 2008 were ARGEn before.
    pub(super) fn form(&self, wave: i32) -> Form {
        if wave < 2008 {
            self.shape.earlier_form
        } else {
            self.shape.form
        }
    }

    /// How the office works in a wave, for customers under 25 or older ones.
    pub(super) fn model(&self, wave: i32, young: bool) -> Model {
        self.shape.model(wave, young)
    }
}

/// All offices, in the order of the register.
pub(super) fn offices() -> Vec<Office> {
    shapes(OFFICES)
        .into_iter()
        .zip(names())
        .enumerate()
        .map(|(place, (shape, name))| Office {
            place,
            kennung: format!("GS-{:04}", place + 1),
            name: full_name(shape.form, &name),
            land: LAENDER[(place * 7 + place / 16) % LAENDER.len()],
            shape,
        })
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
    fn the_roster_has_the_panel_of_section_2() {
        let offices = offices();
        assert_eq!(offices.len(), OFFICES);
        let names: BTreeSet<_> = offices.iter().map(|office| &office.name).collect();
        assert_eq!(names.len(), OFFICES, "names are unique");
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
        let forms = |wave| {
            Form::ALL.map(|form| {
                offices
                    .iter()
                    .filter(|office| office.takes_part(wave) && office.form(wave) == form)
                    .count()
            })
        };
        assert_eq!(forms(2007), [339, 69, 18]);
        assert_eq!(forms(2008), [331, 69, 21]);
        assert!(
            offices
                .iter()
                .filter(|office| office.form(2008) == Form::Zkt)
                .all(|office| [2006, 2007, 2008].iter().all(|wave| office.takes_part(*wave))),
            "all 69 zkT take part in all three waves"
        );
    }
}
