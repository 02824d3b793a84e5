//! What somebody wants exported.

use super::ExportError;
use std::str::FromStr;

/// Forms data leave in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExportFormat {
    /// CSV for machines, as the contract has it.
    Csv,
    /// CSV for people.
    CsvDe,
    /// Excel workbook with data, codebook and paradata.
    Xlsx,
    /// SPSS system file.
    Sav,
    /// Stata, format 118.
    Dta,
    /// Codebook as DDI-Codebook 2.5.
    Ddi,
    /// Times, revisions and contacts as CSV for machines.
    Paradata,
}

impl ExportFormat {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::CsvDe,
        Self::Xlsx,
        Self::Sav,
        Self::Dta,
        Self::Csv,
        Self::Ddi,
        Self::Paradata,
    ];

    /// As it stands in an address and at the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::CsvDe => "csv-de",
            Self::Xlsx => "xlsx",
            Self::Sav => "sav",
            Self::Dta => "dta",
            Self::Ddi => "ddi",
            Self::Paradata => "paradata",
        }
    }

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Csv => "CSV für Programme (Punkt als Dezimalzeichen, Codes)",
            Self::CsvDe => "CSV für Excel (Dezimalkomma, Wortlaut statt Codes)",
            Self::Xlsx => "Excel-Arbeitsmappe (Daten, Codebuch, Paradaten)",
            Self::Sav => "SPSS (.sav)",
            Self::Dta => "Stata (.dta, ab Version 14)",
            Self::Ddi => "Codebuch als DDI-Codebook 2.5 (XML)",
            Self::Paradata => "Paradaten: Zeiten, Änderungen, Kontakte (CSV)",
        }
    }

    /// How its files end.
    const fn extension(self) -> &'static str {
        match self {
            Self::Csv | Self::CsvDe | Self::Paradata => "csv",
            Self::Ddi => "xml",
            Self::Xlsx | Self::Sav | Self::Dta => self.name(),
        }
    }

    /// What a browser is told.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv | Self::CsvDe | Self::Paradata => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Sav => "application/x-spss-sav",
            Self::Dta => "application/x-stata-dta",
            Self::Ddi => "application/xml; charset=utf-8",
        }
    }
}

impl FromStr for ExportFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|one| one.name() == text).ok_or(())
    }
}

/// Which waves, and how they stand to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportLayout {
    /// One wave: one row per unit of its frozen list.
    Wave(i32),
    /// The panel: one row per unit usable in all of these waves, every
    /// variable once per wave, with the wave as suffix.
    Wide(Vec<i32>),
    /// The panel: one row per unit and wave.
    Long(Vec<i32>),
}

impl ExportLayout {
    /// Its waves, earliest first.
    pub(super) fn waves(&self) -> Result<Vec<i32>, ExportError> {
        let (Self::Wide(waves) | Self::Long(waves)) = self else {
            return Ok(self.named().to_vec());
        };
        let mut list = waves.clone();
        list.sort_unstable();
        list.dedup();
        if list.len() < 2 || list.len() != waves.len() {
            return Err(ExportError::NoPanel);
        }
        Ok(list)
    }

    /// The latest wave.
    pub(super) fn latest(&self) -> Option<i32> {
        self.named().iter().max().copied()
    }

    fn named(&self) -> &[i32] {
        match self {
            Self::Wave(wave) => std::slice::from_ref(wave),
            Self::Wide(waves) | Self::Long(waves) => waves,
        }
    }

    /// The waves as texts, joined.
    fn joined(&self, by: &str) -> String {
        let mut waves = self.named().to_vec();
        waves.sort_unstable();
        let texts: Vec<String> = waves.iter().map(ToString::to_string).collect();
        texts.join(by)
    }
}

/// An export somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportWish {
    /// Which waves.
    pub layout: ExportLayout,
    /// In which form.
    pub format: ExportFormat,
    /// With names and addresses.
    pub names: bool,
}

impl ExportWish {
    /// Paradata always stand below each other.
    pub(super) fn is_a_row_per_wave(&self) -> bool {
        matches!(self.layout, ExportLayout::Long(_)) || self.format == ExportFormat::Paradata
    }

    /// Name of its file.
    pub(super) fn file_name(&self) -> String {
        let extension = self.format.extension();
        let what = match self.format {
            ExportFormat::CsvDe => "-excel",
            ExportFormat::Ddi => "-codebuch",
            ExportFormat::Paradata => "-paradaten",
            _ => "",
        };
        let names = if self.names { "-mit-namen" } else { "" };
        match &self.layout {
            ExportLayout::Wave(wave) => format!("welle-{wave}{what}{names}.{extension}"),
            ExportLayout::Wide(_) => format!("panel-{}-breit{what}{names}.{extension}", self.layout.joined("-")),
            ExportLayout::Long(_) => format!("panel-{}-lang{what}{names}.{extension}", self.layout.joined("-")),
        }
    }

    /// One line that says what the data are.
    pub(super) fn title(&self) -> String {
        match &self.layout {
            ExportLayout::Wave(wave) => format!("Organisationserhebung Grundsicherungsstellen, Welle {wave}"),
            _ => format!(
                "Organisationserhebung Grundsicherungsstellen, Panel {}",
                self.layout.joined(", ")
            ),
        }
    }

    /// What the audit says.
    pub(super) fn detail(&self, rows: u64) -> String {
        let layout = match &self.layout {
            ExportLayout::Wave(_) => String::new(),
            ExportLayout::Wide(_) => format!("Panel {} breit, ", self.layout.joined(" ")),
            ExportLayout::Long(_) => format!("Panel {} lang, ", self.layout.joined(" ")),
        };
        format!("{}, {layout}Zeilen: {rows}", self.format.name())
    }
}
