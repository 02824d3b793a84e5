//! Questionnaires: from the sources a wave keeps to the parsed form, each
//! parsed once per process.

use crate::Portal;
use crate::store::{Conn, StoreError, Stored, waves};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use survey::Instrument;

/// Parsed questionnaires by version.
#[derive(Default)]
pub(crate) struct Instruments {
    parsed: RwLock<HashMap<String, Arc<Instrument>>>,
}

/// A questionnaire with the files it was read from.
pub(crate) struct Source {
    pub instrument: Arc<Instrument>,
    /// The files as they are kept: JSON `[[name, text], …]`.
    pub json: String,
}

/// A questionnaire that cannot be used, with every finding.
#[derive(Debug, thiserror::Error)]
#[error("Der Fragebogen hat Fehler, Anzahl: {}", .0.len())]
pub struct BadInstrument(pub Vec<survey::load::Diagnostic>);

impl Instruments {
    /// The questionnaire kept under a version; `None` where there is none.
    pub(crate) async fn get(&self, conn: &mut Conn, version: &str) -> Stored<Option<Arc<Instrument>>> {
        if let Some(known) = self.known(version) {
            return Ok(Some(known));
        }
        let Some(json) = waves::instrument_sources(conn, version).await? else {
            return Ok(None);
        };
        let files: Vec<(String, String)> = serde_json::from_str(&json)?;
        let source = self.parse(&files).map_err(|bad| StoreError::content(bad.to_string()))?;
        Ok(Some(source.instrument))
    }

    /// The questionnaire a row names; its absence is damage.
    pub(crate) async fn of(&self, conn: &mut Conn, version: Option<&str>) -> Stored<Arc<Instrument>> {
        let version = version.ok_or_else(|| StoreError::content("a wave in the field without a questionnaire"))?;
        let found = self.get(conn, version).await?;
        found.ok_or_else(|| StoreError::content(format!("no questionnaire {version}")))
    }

    /// The questionnaire that comes with the program.
    pub(crate) fn shipped(&self) -> Result<Source, BadInstrument> {
        let files: Vec<(String, String)> = survey::shipped()
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        self.parse(&files)
    }

    /// Parses and remembers a questionnaire.
    pub(crate) fn parse(&self, files: &[(String, String)]) -> Result<Source, BadInstrument> {
        let borrowed: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let parsed = survey::load::from_files(&borrowed).map_err(BadInstrument)?;
        let instrument = self
            .parsed
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(parsed.version.clone())
            .or_insert_with(|| Arc::new(parsed))
            .clone();
        let json = serde_json::Value::from_iter(files.iter().map(|(name, text)| vec![name.as_str(), text.as_str()]));
        Ok(Source {
            instrument,
            json: json.to_string(),
        })
    }

    fn known(&self, version: &str) -> Option<Arc<Instrument>> {
        self.parsed
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(version)
            .cloned()
    }
}

impl Portal {
    /// The questionnaire of a version a wave is or was held with.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn instrument(&self, version: &str) -> Result<Option<Arc<Instrument>>, StoreError> {
        match self.instruments().known(version) {
            Some(known) => Ok(Some(known)),
            // Anything may stand in an address.
            None if !version.chars().all(|c| c.is_ascii_hexdigit()) => Ok(None),
            None => self.instruments().get(&mut self.read().await?, version).await,
        }
    }
}
