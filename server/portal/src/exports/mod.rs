//! Exports: the answers of a wave or of the panel, with what they mean, in the
//! forms researchers work with. Every format is written from one description
//! of the variables, row by row from a single state of the database, and the
//! same state gives the same bytes.

mod csv;
mod ddi;
mod dta;
mod encoder;
mod record;
mod sav;
mod schema;
mod source;
mod typology;
mod variable;
mod ways;
mod widths;
mod wish;
mod xlsx;

pub use source::{Export, Pieces};
pub use wish::{ExportFormat, ExportLayout, ExportWish};

use crate::Portal;
use crate::classify::ClassifyError;
use crate::identity::{Role, Session};
use crate::results::names as rule_names;
use crate::staff::{StaffError, require};
use crate::store::events::{self, Actor, Deed};
use crate::store::exports::{self, Listed};
use crate::store::{StoreError, waves};
use crate::waves::view;
use encoder::About;
use schema::Names;
use std::io::{self, Write};
use std::sync::Arc;
use survey::Instrument;

/// Why nothing, or not everything, was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The role does not allow it.
    #[error(transparent)]
    Staff(#[from] StaffError),
    /// There is no such wave.
    #[error("Die Welle {0} gibt es nicht.")]
    NoWave(i32),
    /// The wave was never opened: it has no frozen list.
    #[error("Die Welle {0} ist noch nicht eröffnet.")]
    NotOpened(i32),
    /// A panel of one wave, or one named twice.
    #[error("Ein Panel braucht mindestens zwei verschiedene Wellen.")]
    NoPanel,
    /// A variable is something else in another wave.
    #[error(
        "Die Variable „{name}“ ist in der Welle {wave} „{}“ und später „{}“; bitte exportieren Sie die Wellen nebeneinander oder einzeln.",
        .kinds.0, .kinds.1
    )]
    Unlike {
        /// Its name.
        name: String,
        /// The wave in which it differs.
        wave: i32,
        /// What it is there, and later.
        kinds: (&'static str, &'static str),
    },
    /// A name no statistical program takes, or takes for another.
    #[error(
        "Den Variablennamen „{0}“ nehmen Statistikprogramme nicht an: Er muss mit einem Buchstaben beginnen, aus Buchstaben, Ziffern und _ bestehen, höchstens 32 Zeichen haben und ohne Rücksicht auf Groß- und Kleinschreibung einmalig sein."
    )]
    BadName(String),
    /// More rows or columns than the format holds.
    #[error("{format} fasst höchstens {most} {what}, hier sind es {found}. Bitte wählen Sie ein anderes Format.")]
    TooMuch {
        /// The format.
        format: &'static str,
        /// Most of it.
        most: u64,
        /// Of what: rows, variables, characters.
        what: &'static str,
        /// How many there are.
        found: u64,
    },
    /// The file cannot be written.
    #[error("Der Export kann nicht geschrieben werden: {0}")]
    Output(#[from] io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ExportError {
    fn content(what: impl Into<String>) -> Self {
        Self::Store(StoreError::content(what))
    }
}

impl From<::csv::Error> for ExportError {
    fn from(error: ::csv::Error) -> Self {
        Self::Output(error.into())
    }
}

impl From<ClassifyError> for ExportError {
    fn from(error: ClassifyError) -> Self {
        match error {
            ClassifyError::NoWave(wave) | ClassifyError::NotInPanel(wave) => Self::NoWave(wave),
            // Counting is no part of classifying.
            ClassifyError::Unsound(unsound) => Self::content(unsound.to_string()),
            ClassifyError::Store(error) => Self::Store(error),
        }
    }
}

impl Portal {
    /// Makes an export ready for somebody of the institute: viewers and above;
    /// names and addresses for admins. What it is, and how many rows, is
    /// noted in the audit; names and addresses once more by themselves.
    ///
    /// # Errors
    /// Where the role, the waves or the variables stand against it.
    pub async fn export(&self, session: &Session, wish: &ExportWish) -> Result<Export, ExportError> {
        let least = if wish.names { Role::Admin } else { Role::Viewer };
        let who = require(session, least)?;
        let names = if wish.names { Names::People } else { Names::None };
        self.export_for(who, wish, names).await
    }

    /// The same for whoever sits at the command line; the machine format has
    /// the name of the office, as the contract says.
    ///
    /// # Errors
    /// Where the waves or the variables stand against it.
    pub async fn export_here(&self, wish: &ExportWish) -> Result<Export, ExportError> {
        let names = match wish.format {
            _ if wish.names => Names::People,
            // The codebook describes the format for machines.
            ExportFormat::Csv | ExportFormat::Ddi => Names::Office,
            _ => Names::None,
        };
        self.export_for(Actor::SYSTEM, wish, names).await
    }

    /// Writes the machine format of a wave and returns how many rows stand
    /// below the header.
    ///
    /// # Errors
    /// What was written before stays in `out`.
    pub async fn export_csv(&self, wave: i32, out: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
        let wish = ExportWish {
            layout: ExportLayout::Wave(wave),
            format: ExportFormat::Csv,
            names: false,
        };
        let export = self.export_here(&wish).await?;
        export.write(&mut Written(out), |_, _| {}).await
    }

    async fn export_for(&self, who: Actor<'_>, wish: &ExportWish, names: Names) -> Result<Export, ExportError> {
        let keys = wish.layout.waves()?;
        for wave in &keys {
            self.classify(Some(*wave), |_, _| {}).await?;
        }
        let mut snapshot = self.snapshot().await?;
        let rules = self.rules(&mut snapshot).await?;
        let mut instruments: Vec<(i32, Arc<Instrument>)> = Vec::with_capacity(keys.len());
        let mut views = Vec::with_capacity(keys.len());
        for wave in &keys {
            let row = waves::find(&mut snapshot, *wave).await?;
            let row = row.ok_or(ExportError::NoWave(*wave))?;
            let version = row.instrument.as_deref().filter(|_| row.state != "planned");
            let version = version.ok_or(ExportError::NotOpened(*wave))?;
            let instrument = self.instruments().of(&mut snapshot, Some(version)).await?;
            instruments.push((*wave, instrument));
            views.push(view(&row)?);
        }
        let variables = match &wish.layout {
            ExportLayout::Wave(_) => schema::of_wave(&instruments[0].1, names),
            ExportLayout::Wide(_) => schema::wide(&instruments, names),
            ExportLayout::Long(_) => schema::long(&instruments, names)?,
        };
        schema::check(&variables)?;
        let panel = if keys.len() > 1 { keys.clone() } else { Vec::new() };
        let listed = Listed {
            anchor: keys.last().copied().unwrap_or_default(),
            panel: &panel,
        };
        let units = u64::try_from(exports::count(&mut snapshot, listed).await?).unwrap_or(0);
        let per_unit = if wish.is_a_row_per_wave() { keys.len() as u64 } else { 1 };
        let about = About {
            title: wish.title(),
            waves: views,
            rules: format!(
                "Regelversion {}, Kriterium 3: {}",
                rules.version.name(),
                rules.k3_rule.name()
            ),
            file_name: wish.file_name(),
            data_file: ExportWish {
                format: ExportFormat::Csv,
                ..wish.clone()
            }
            .file_name(),
            rows: units * per_unit,
        };
        self.note_export(who, wish, &about).await?;
        Ok(Export::new(
            snapshot,
            wish.clone(),
            about,
            variables,
            keys,
            rule_names(rules),
        ))
    }

    async fn note_export(&self, who: Actor<'_>, wish: &ExportWish, about: &About) -> Result<(), ExportError> {
        let detail = wish.detail(about.rows);
        let deed = |action| Deed {
            action,
            wave: wish.layout.latest(),
            unit_id: None,
            detail: &detail,
        };
        let now = self.now();
        let mut tx = self.write().await?;
        events::audit(&mut tx, who, &deed("exported"), now).await?;
        if wish.names {
            events::audit(&mut tx, who, &deed("names_exported"), now).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Pieces written to whatever can be written to.
struct Written<'a>(&'a mut (dyn Write + Send));

impl Pieces for Written<'_> {
    async fn put(&mut self, piece: Vec<u8>) -> io::Result<()> {
        self.0.write_all(&piece)
    }
}
