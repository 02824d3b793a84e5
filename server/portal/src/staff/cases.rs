//! The list of a wave's cases, filtered.

use super::{StaffError, known_wave, require};
use crate::Portal;
use crate::clock::from_micros;
use crate::identity::{Role, Session};
use crate::respondent::view::{read_form, read_land};
use crate::store::Stored;
use crate::store::lists::{self, Filter, LineRow};
use crate::waves::read_status;
use crate::words;
use chrono::{DateTime, Utc};
use survey::status::Status;
use survey::typology::RULE_VERSION;
use survey::{Form, Land};

/// Which cases to list; what is not given does not matter.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// Status.
    pub status: Option<Status>,
    /// Form.
    pub form: Option<Form>,
    /// Land.
    pub land: Option<Land>,
    /// Part of the name or of the Kennung; case and umlauts do not matter.
    pub search: String,
}

/// One case in the list.
#[derive(Clone, Debug)]
pub struct CaseRow {
    /// Kennung.
    pub kennung: String,
    /// Name.
    pub name: String,
    /// Form.
    pub form: Form,
    /// Land.
    pub land: Land,
    /// Status.
    pub status: Status,
    /// When it got this status.
    pub changed_at: Option<DateTime<Utc>>,
    /// When it was handed in last.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Type of the latest submission, Ü25: known letters, `?` for the others.
    pub type_ue: Option<String>,
    /// The same, U25.
    pub type_u25: Option<String>,
}

impl Portal {
    /// The cases of a wave that pass a filter, in German order of their names.
    ///
    /// # Errors
    /// For viewers and above; where there is no such wave.
    pub async fn cases(&self, session: &Session, wave: i32, filter: &CaseFilter) -> Result<Vec<CaseRow>, StaffError> {
        require(session, Role::Viewer)?;
        let mut conn = self.read().await?;
        known_wave(&mut conn, wave).await?;
        let filter = Filter {
            wave,
            status: filter.status.map(Status::name),
            form: filter.form.map(Form::label),
            land: filter.land.map(Land::label),
            name: words::fold(&filter.search),
            kennung: words::key(&filter.search),
            rule_version: RULE_VERSION,
            k3_rule: self.settings().k3_rule.name(),
        };
        let rows = lists::cases(&mut conn, &filter).await?;
        Ok(rows.into_iter().map(line).collect::<Stored<_>>()?)
    }
}

fn line(row: LineRow) -> Stored<CaseRow> {
    Ok(CaseRow {
        form: read_form(&row.form)?,
        land: read_land(&row.land)?,
        status: read_status(&row.status)?,
        changed_at: row.changed_at.map(from_micros),
        submitted_at: row.submitted_at.map(from_micros),
        type_ue: row.type_ue,
        type_u25: row.type_u25,
        kennung: row.kennung,
        name: row.name,
    })
}
