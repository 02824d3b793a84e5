//! One description of every variable that leaves the portal, from which all
//! formats and the codebook are written. Knows no format.

use std::borrow::Cow;
use std::fmt::Write as _;
use survey::AgeGroup;

/// A column of an export.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    /// Name, the same in every format.
    pub name: String,
    /// What it is, for people; what tells it from its neighbours stands first,
    /// because some formats keep only the beginning.
    pub label: String,
    /// Form of its values.
    pub kind: VariableKind,
    /// Values that have a wording, in order.
    pub values: Vec<(Cow<'static, str>, String)>,
    /// Whether the missing codes -7, -8 and -9 occur.
    pub coded_missing: bool,
    /// Unit of measurement.
    pub unit: Option<String>,
    /// Letter and title of its module.
    pub module: Option<String>,
    /// Wording of its question, placeholders as `…`.
    pub question: Option<String>,
    /// The wave it belongs to, where a row holds several.
    pub wave: Option<i32>,
    /// Where its value comes from.
    pub(super) field: Field,
    /// In which of the waves of a row it stands.
    pub(super) place: usize,
}

/// Form of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VariableKind {
    /// Codes of options: whole numbers with wordings.
    Code,
    /// A number with at most so many decimals.
    Number {
        /// Decimals.
        decimals: u8,
    },
    /// A day.
    Day,
    /// A moment, UTC, to the second.
    Moment,
    /// One of a few words with a wording.
    Word,
    /// Free text.
    Text,
}

impl VariableKind {
    /// Whether statistical programs keep it as a number.
    pub(crate) const fn is_numeric(self) -> bool {
        !matches!(self, Self::Word | Self::Text)
    }

    /// For people.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Code => "Auswahl",
            Self::Number { decimals: 0 } => "ganze Zahl",
            Self::Number { .. } => "Zahl",
            Self::Day => "Datum",
            Self::Moment => "Zeitpunkt (UTC)",
            Self::Word => "Kennwort",
            Self::Text => "Text",
        }
    }
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// Kennung of the unit.
    Kennung,
    /// Wave of the row.
    Wave,
    /// Name of the office.
    Name,
    /// Who is written to.
    ContactName,
    /// And where.
    ContactEmail,
    /// Form.
    Form,
    /// Land.
    Land,
    /// Status of the case.
    Status,
    /// Disposition code.
    Disposition,
    /// When the latest submission came.
    SubmittedAt,
    /// An item of the questionnaire; of a multiple choice, one of its options.
    Item {
        /// Item id.
        item: String,
        /// Code of the option.
        code: Option<i16>,
    },
    /// A part of the classification, by its place in [`super::typology::PARTS`].
    Type(AgeGroup, usize),
    /// Version of the rules it was classified under.
    RuleVersion,
    /// A figure about the way a case took, by its place in the row.
    Way(usize),
}

/// Why there is no value, as the survey tells it apart (design, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// -7
    NotAsked,
    /// -8
    CannotSay,
    /// -9
    NotAnswered,
}

impl Missing {
    /// All of them, as formats list them.
    pub(crate) const ALL: [Self; 3] = [Self::NotAsked, Self::CannotSay, Self::NotAnswered];

    /// The code.
    pub(crate) const fn code(self) -> i8 {
        match self {
            Self::NotAsked => -7,
            Self::CannotSay => -8,
            Self::NotAnswered => -9,
        }
    }

    /// The code as text.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::NotAsked => "-7",
            Self::CannotSay => "-8",
            Self::NotAnswered => "-9",
        }
    }

    /// Its wording.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::NotAsked => "nicht gestellt",
            Self::CannotSay => "Angabe nicht möglich",
            Self::NotAnswered => "keine Angabe",
        }
    }

    /// Place among Stata's extended missing values: `.a` is 1.
    pub(crate) const fn letter(self) -> u8 {
        match self {
            Self::NotAsked => 1,
            Self::CannotSay => 2,
            Self::NotAnswered => 3,
        }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.text() == text)
    }
}

impl Variable {
    /// Its values with their wordings, in one text: `1 = ja; 2 = nein`.
    pub(crate) fn values_text(&self) -> String {
        let mut text = String::new();
        for (value, label) in &self.values {
            let between = if text.is_empty() { "" } else { "; " };
            // Writing to a text cannot fail.
            let _ = write!(text, "{between}{value} = {label}");
        }
        text
    }

    /// Its missing codes with their wordings, in one text.
    pub(crate) fn missing_text(&self) -> String {
        if !self.coded_missing {
            return String::new();
        }
        Missing::ALL
            .map(|one| format!("{} = {}", one.code(), one.label()))
            .join("; ")
    }

    /// The wording of a value.
    pub(crate) fn wording(&self, value: &str) -> Option<&str> {
        let found = self.values.iter().find(|(one, _)| one == value);
        found.map(|(_, label)| label.as_str())
    }
}
