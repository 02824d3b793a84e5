//! Wordings with piping: `{stichtag}`, `{form}`, `{B1}`, `{vw_B1}`, `{summe_H3}`.

use crate::model::ItemIx;
use serde::{Deserialize, Serialize};

/// A wording, cut at its placeholders once when the instrument is loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub(crate) Vec<Piece>);

/// A stretch of plain text or a placeholder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Piece {
    #[serde(rename = "t")]
    Plain(String),
    #[serde(rename = "s")]
    Slot(Slot),
}

/// Where the text of a placeholder comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Slot {
    Form,
    Gebiet,
    Stichtag,
    Zeitraum,
    VorwelleStichtag,
    /// The answer to an item.
    Item(ItemIx),
    /// The same unit's answer in the wave before.
    Before(ItemIx),
    /// The sum of a matrix.
    Total(Vec<ItemIx>),
    /// A wording of the instrument that depends on an answer.
    Named(u16),
}

impl Text {
    /// The wording with its placeholders as they are written, for places that
    /// have no case at hand (codebook, findings about the instrument).
    #[must_use]
    pub fn source(&self) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Plain(text) => text.clone(),
                Piece::Slot(_) => "…".to_owned(),
            })
            .collect()
    }
}
