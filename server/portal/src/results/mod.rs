//! What leaves the portal for research: the export and the paper's tables.
//!
//! Both rest on submissions, never on drafts, and first catch up what is not
//! yet classified.

mod export;

pub use export::ExportError;

use crate::Portal;
use crate::classify::ClassifyError;
use crate::respondent::view::read_form;
use crate::store::{StoreError, Stored, lists};
use survey::status::Status;
use survey::tables::{Cell, Row, cells};
use survey::typology::RULE_VERSION;

impl Portal {
    /// Tabelle 1 and 2, Abbildung 1 and 2 of a wave, beside an earlier one,
    /// over the usable cases and under the current rules.
    ///
    /// # Errors
    /// Where there is no such wave.
    pub async fn tables(&self, wave: i32, previous: Option<i32>) -> Result<Vec<Cell>, ClassifyError> {
        let waves: Vec<i32> = std::iter::once(wave).chain(previous).collect();
        let mut rows = Vec::new();
        for wave in &waves {
            self.classify(Some(*wave), |_, _| {}).await?;
            rows.extend(self.usable(*wave).await?);
        }
        Ok(cells(&rows, &waves))
    }

    async fn usable(&self, wave: i32) -> Stored<Vec<Row>> {
        let rule = self.settings().k3_rule.name();
        let mut conn = self.read().await?;
        let found = lists::classified(&mut conn, wave, Status::Usable.name(), RULE_VERSION, rule).await?;
        let mut rows = Vec::with_capacity(found.len() * 2);
        for (form, ue, u25) in found {
            let form = read_form(&form)?;
            for json in [ue, u25] {
                let classification = serde_json::from_str(&json).map_err(StoreError::from)?;
                rows.push(Row {
                    wave,
                    form,
                    classification,
                });
            }
        }
        Ok(rows)
    }
}
