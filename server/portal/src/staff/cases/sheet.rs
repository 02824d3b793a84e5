//! The list of a wave's cases as a table for spreadsheets.

use super::{CaseFilter, CasePaging, CaseRow};
use crate::Portal;
use crate::berlin;
use crate::identity::{Role, Session};
use crate::sheets::spreadsheet;
use crate::staff::{StaffError, require};
use crate::store::events::{self, Deed};
use chrono::{DateTime, Utc};

const HEAD: [&str; 18] = [
    "Kennung",
    "Name",
    "Form",
    "Land",
    "Status",
    "seit",
    "Frist",
    "verspätet",
    "Fortschritt",
    "zuletzt bearbeitet",
    "eingegangen",
    "Typ Ü25",
    "Typ U25",
    "Ansprechperson",
    "E-Mail",
    "zuletzt angerufen",
    "keine Erinnerungen",
    "Adresse gesperrt",
];

impl Portal {
    /// The same, sorted as wanted, as a table for spreadsheets: UTF-8 with a
    /// byte order mark, semicolons, texts that would be formulas made plain.
    /// Noted in the audit.
    ///
    /// # Errors
    /// As [`Portal::cases`].
    pub async fn cases_csv(
        &self,
        session: &Session,
        wave: i32,
        filter: &CaseFilter,
        paging: &CasePaging,
    ) -> Result<Vec<u8>, StaffError> {
        let who = require(session, Role::Viewer)?;
        let mut conn = self.read().await?;
        let about = self.about(&mut conn, wave).await?;
        let rows = match filter.rows(wave, about.deadline, about.now) {
            Some(wanted) => about.all(&mut conn, wave, wanted, paging).await?,
            None => Vec::new(),
        };
        drop(conn);
        let mut tx = self.write().await?;
        let detail = format!("Fälle: {}", rows.len());
        let deed = Deed {
            action: "cases_exported",
            wave: Some(wave),
            unit_id: None,
            detail: &detail,
        };
        events::audit(&mut tx, who, &deed, about.now).await?;
        tx.commit().await?;
        Ok(spreadsheet(
            std::iter::once(HEAD.map(str::to_owned).to_vec()).chain(rows.iter().map(CaseRow::cells)),
        ))
    }
}

impl CaseRow {
    fn cells(&self) -> Vec<String> {
        let moment = |at: Option<DateTime<Utc>>| at.map(berlin::long).unwrap_or_default();
        let yes = |yes: bool| if yes { "ja" } else { "" }.to_owned();
        let percent = |(answered, asked): (u32, u32)| format!("{} %", answered * 100 / asked.max(1));
        let cells: [String; HEAD.len()] = [
            self.kennung.clone(),
            self.name.clone(),
            self.form.label().to_owned(),
            self.land.label().to_owned(),
            self.status.label().to_owned(),
            berlin::long(self.changed_at),
            berlin::short(self.deadline),
            yes(self.late),
            self.progress.map(percent).unwrap_or_default(),
            moment(self.active_at),
            moment(self.submitted_at),
            self.type_ue.clone().unwrap_or_default(),
            self.type_u25.clone().unwrap_or_default(),
            self.contact_name.clone(),
            self.contact_email.clone(),
            moment(self.called_at),
            yes(self.opted_out),
            yes(self.marked),
        ];
        cells.to_vec()
    }
}
