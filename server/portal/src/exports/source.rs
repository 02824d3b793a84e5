//! An export on its way: pages of rows from one state of the database through
//! the encoder to whoever takes the pieces.

use super::encoder::{About, Encoder, encoder};
use super::record::{Cell, Record};
use super::variable::Variable;
use super::widths::Widths;
use super::wish::{ExportFormat, ExportWish};
use super::{ExportError, ways};
use crate::store::exports::{self, Listed, PAGE};
use crate::store::results::RuleNames;
use crate::store::{StoreError, Tx};
use std::fs::File;
use std::future::Future;
use std::io::{self, Read};

/// Bytes after which a piece is handed on.
const PIECE: usize = 256 * 1024;

/// Takes an export piece by piece.
pub trait Pieces: Send {
    /// Takes the next piece.
    fn put(&mut self, piece: Vec<u8>) -> impl Future<Output = io::Result<()>> + Send;
}

impl Pieces for Vec<u8> {
    async fn put(&mut self, piece: Vec<u8>) -> io::Result<()> {
        self.extend_from_slice(&piece);
        Ok(())
    }
}

/// An export that is ready to be written. It holds one state of the database
/// until it is written or dropped.
#[must_use = "nothing is exported before it is written"]
pub struct Export {
    rows: Rows,
    wish: ExportWish,
    about: About,
}

impl Export {
    pub(super) fn new(
        snapshot: Tx,
        wish: ExportWish,
        about: About,
        variables: Vec<Variable>,
        waves: Vec<i32>,
        rules: RuleNames,
    ) -> Self {
        let rows = Rows {
            snapshot,
            variables,
            per_wave: wish.is_a_row_per_wave(),
            waves,
            rules,
        };
        Self { rows, wish, about }
    }

    /// Name of its file.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.about.file_name
    }

    /// Rows it will have.
    #[must_use]
    pub fn row_count(&self) -> u64 {
        self.about.rows
    }

    /// Writes everything and returns the number of rows. `progress` is called
    /// with how many are done and how many there are; where a format says
    /// lengths before its first row, every row counts twice.
    ///
    /// # Errors
    /// What was taken before is then no whole file.
    pub async fn write(
        mut self,
        to: &mut impl Pieces,
        mut progress: impl FnMut(u64, u64) + Send,
    ) -> Result<u64, ExportError> {
        let format = self.wish.format;
        let measured = matches!(format, ExportFormat::Sav | ExportFormat::Dta);
        let rows = self.about.rows;
        let of = if measured { rows * 2 } else { rows };
        let widths = if measured {
            self.rows.widths(|done| progress(done, of)).await?
        } else {
            Widths::default()
        };
        let variables = match format {
            ExportFormat::Paradata => ways::variables(),
            _ => self.rows.variables.clone(),
        };
        let mut encoder = encoder(format, self.about, variables, &ways::variables(), &widths)?;
        let mut out = Vec::new();
        encoder.head(&mut out)?;
        let mut written = 0;
        let mut after = Place::default();
        loop {
            let page = match format {
                // The codebook has no rows.
                ExportFormat::Ddi => Vec::new(),
                _ => self.rows.page(&mut after).await?,
            };
            if page.is_empty() {
                break;
            }
            written += page.len() as u64;
            self.rows.encode(format, &page, encoder.as_mut(), &mut out).await?;
            if out.len() >= PIECE {
                to.put(std::mem::take(&mut out)).await?;
            }
            progress(of - rows + written, of);
        }
        if written != rows && format != ExportFormat::Ddi {
            return Err(ExportError::content(format!("{written} rows instead of {rows}")));
        }
        let (out, rest) = finish(encoder, out).await?;
        to.put(out).await?;
        if let Some(mut rest) = rest {
            loop {
                let mut piece = vec![0; PIECE];
                let read = rest.read(&mut piece)?;
                if read == 0 {
                    break;
                }
                piece.truncate(read);
                to.put(piece).await?;
            }
        }
        Ok(written)
    }
}

/// Ends a file; packing a workbook takes long, so on a thread of its own.
async fn finish(encoder: Box<dyn Encoder>, mut out: Vec<u8>) -> Result<(Vec<u8>, Option<File>), ExportError> {
    let ended = tokio::task::spawn_blocking(move || {
        let rest = encoder.tail(&mut out)?;
        Ok((out, rest))
    });
    ended
        .await
        .map_err(|error| ExportError::Output(io::Error::other(error)))?
}

/// Where the next page begins.
type Place = (String, String);

/// Rows of one state of the database.
struct Rows {
    snapshot: Tx,
    variables: Vec<Variable>,
    /// One row per unit and wave, not per unit.
    per_wave: bool,
    waves: Vec<i32>,
    rules: RuleNames,
}

impl Rows {
    /// The rows of the next units; each is a unit in its waves, earliest
    /// first, or in one of them.
    async fn page(&mut self, after: &mut Place) -> Result<Vec<Vec<Record>>, ExportError> {
        let panel: &[i32] = if self.waves.len() > 1 { &self.waves } else { &[] };
        let listed = Listed {
            anchor: self.waves.last().copied().unwrap_or_default(),
            panel,
        };
        let mut units: Vec<Vec<Record>> = Vec::with_capacity(PAGE);
        let mut next = None;
        for wave in &self.waves {
            let rows = exports::page(&mut self.snapshot, listed, *wave, after, self.rules).await?;
            next = rows.last().map(|row| (row.sort_key.clone(), row.anchor_id.clone()));
            units.resize_with(units.len().max(rows.len()), Vec::new);
            if units.len() != rows.len() {
                return Err(ExportError::content(format!("a unit of the panel without wave {wave}")));
            }
            for (unit, row) in units.iter_mut().zip(rows) {
                unit.push(Record::read(row, *wave)?);
            }
        }
        if units
            .iter()
            .any(|unit| unit.iter().any(|one| one.kennung() != unit[0].kennung()))
        {
            return Err(ExportError::content("units of the panel in another order"));
        }
        if let Some(next) = next {
            *after = next;
        }
        if self.per_wave {
            return Ok(units.into_iter().flatten().map(|record| vec![record]).collect());
        }
        Ok(units)
    }

    /// Goes through all rows once, for the lengths of their texts.
    async fn widths(&mut self, mut progress: impl FnMut(u64) + Send) -> Result<Widths, ExportError> {
        let mut widths = Widths::default();
        let mut done = 0;
        let mut after = Place::default();
        loop {
            let page = self.page(&mut after).await?;
            if page.is_empty() {
                return Ok(widths);
            }
            for row in &page {
                widths.add(&self.variables, &self.cells(row)?);
            }
            done += page.len() as u64;
            progress(done);
        }
    }

    /// Hands a page to the encoder: its rows, or the way of its cases, or both.
    async fn encode(
        &mut self,
        format: ExportFormat,
        page: &[Vec<Record>],
        encoder: &mut dyn Encoder,
        out: &mut Vec<u8>,
    ) -> Result<(), ExportError> {
        if format != ExportFormat::Paradata {
            for row in page {
                encoder.row(&self.cells(row)?, out)?;
            }
        }
        match format {
            ExportFormat::Paradata => {
                for cells in self.ways(page).await? {
                    encoder.row(&cells, out)?;
                }
            }
            ExportFormat::Xlsx => {
                for cells in self.ways(page).await? {
                    encoder.way(&cells)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn cells<'a>(&self, row: &'a [Record]) -> Result<Vec<Cell<'a>>, StoreError> {
        let cells = self.variables.iter().map(|variable| row[variable.place].cell(variable));
        cells.collect()
    }

    /// The way the cases of some rows took, one row of cells per case.
    async fn ways(&mut self, page: &[Vec<Record>]) -> Result<Vec<Vec<Cell<'static>>>, ExportError> {
        let records: Vec<&Record> = page.iter().flatten().collect();
        let ids: Vec<String> = records.iter().map(|record| record.case_id().to_owned()).collect();
        let mut all = ways::Ways::default();
        for some in ids.chunks(PAGE) {
            all.add(exports::ways(&mut self.snapshot, some).await?);
        }
        let rows = records.iter().map(|record| all.cells(record));
        Ok(rows.collect())
    }
}
