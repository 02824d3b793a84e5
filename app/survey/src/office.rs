//! What is known of an office before it answers: form, Land, wave.

use crate::answer::Entries;
use crate::typology::Rules;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Form der Aufgabenwahrnehmung. Belongs to a unit **and** a wave: it changes
/// between waves (ARGE 336 → 331, gAw 18 → 21; paper, Tabelle 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Form {
    /// Arbeitsgemeinschaft of the Bundesagentur and a municipality.
    Arge,
    /// Zugelassener kommunaler Träger.
    Zkt,
    /// Getrennte Aufgabenwahrnehmung.
    Gaw,
}

impl Form {
    /// All forms, in the order of the paper's tables.
    pub const ALL: [Self; 3] = [Self::Arge, Self::Zkt, Self::Gaw];

    /// The form as it is written everywhere: `ARGE`, `zkT`, `gAw`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Arge => "ARGE",
            Self::Zkt => "zkT",
            Self::Gaw => "gAw",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// A text that names no form or no Land.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("„{0}“ ist nicht bekannt")]
pub struct UnknownName(pub String);

impl FromStr for Form {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|form| form.label() == text)
            .ok_or_else(|| UnknownName(text.to_owned()))
    }
}

macro_rules! laender {
    ($($variant:ident = $label:literal),+ $(,)?) => {
        /// One of the sixteen Länder.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Land { $(#[doc = $label] $variant),+ }

        impl Land {
            /// All Länder, alphabetically by their German names.
            pub const ALL: [Self; 16] = [$(Self::$variant),+];

            /// The German name.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }
    };
}

laender! {
    BadenWuerttemberg = "Baden-Württemberg",
    Bayern = "Bayern",
    Berlin = "Berlin",
    Brandenburg = "Brandenburg",
    Bremen = "Bremen",
    Hamburg = "Hamburg",
    Hessen = "Hessen",
    MecklenburgVorpommern = "Mecklenburg-Vorpommern",
    Niedersachsen = "Niedersachsen",
    NordrheinWestfalen = "Nordrhein-Westfalen",
    RheinlandPfalz = "Rheinland-Pfalz",
    Saarland = "Saarland",
    Sachsen = "Sachsen",
    SachsenAnhalt = "Sachsen-Anhalt",
    SchleswigHolstein = "Schleswig-Holstein",
    Thueringen = "Thüringen",
}

impl fmt::Display for Land {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl FromStr for Land {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|land| land.label() == text)
            .ok_or_else(|| UnknownName(text.to_owned()))
    }
}

/// Unit and wave as far as routing, edits and piping need them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseContext {
    /// Key of the wave, for example 2008.
    pub wave: i32,
    /// Form of the unit in this wave.
    pub form: Form,
    /// Land of the unit.
    pub land: Land,
    /// What `{gebiet}` shows: the unit's name in the register.
    pub gebiet: String,
    /// Reference day of the wave.
    pub stichtag: NaiveDate,
    /// Reference period of the wave, as it is shown.
    pub zeitraum: String,
    /// Reference day of the wave before; none in a first wave.
    pub vorwelle_stichtag: Option<NaiveDate>,
    /// The unit's transmitted answers in the wave before, where it took part.
    pub previous: Option<Entries>,
    /// Settings of the typology.
    pub rules: Rules,
}
