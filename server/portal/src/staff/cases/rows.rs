//! Rows of the list as the store has them, read a piece at a time and made
//! into what pages show.

use super::{CasePaging, CaseRow};
use crate::berlin;
use crate::clock::from_micros;
use crate::respondent::view::{read_form, read_land};
use crate::staff::StaffError;
use crate::store::desk::{self, Filter, LineRow, Window};
use crate::store::{Conn, Stored};
use crate::waves::{read_day, read_status};
use crate::words;
use chrono::{DateTime, NaiveDate, Utc};
use survey::status::Status;

/// Rows read at once for a whole list.
const AT_ONCE: i64 = 2_000;

/// What the rows need of their wave.
pub(super) struct About {
    pub deadline: NaiveDate,
    pub now: DateTime<Utc>,
}

impl About {
    /// Every row, read in pieces.
    pub async fn all(
        &self,
        conn: &mut Conn,
        wave: i32,
        wanted: Filter,
        paging: &CasePaging,
    ) -> Result<Vec<CaseRow>, StaffError> {
        let wanted = desk::weigh(conn, wanted, AT_ONCE).await?;
        let by = paging.sort.by();
        let mut window = Window {
            by,
            descending: paging.descending,
            after: None,
            limit: AT_ONCE,
        };
        let mut all = Vec::new();
        loop {
            let rows = desk::lines(conn, &wanted, &window).await?;
            let last = rows.last().map(|row| words::key(&row.kennung));
            let done = i64::try_from(rows.len()).unwrap_or(i64::MAX) < AT_ONCE;
            all.extend(self.lines(rows)?);
            window.after = match last {
                Some(key) if !done => desk::anchor(conn, wave, &key, by).await?,
                _ => None,
            };
            if window.after.is_none() {
                return Ok(all);
            }
        }
    }

    pub fn lines(&self, rows: Vec<LineRow>) -> Stored<Vec<CaseRow>> {
        rows.into_iter().map(|row| self.line(row)).collect()
    }

    fn line(&self, row: LineRow) -> Stored<CaseRow> {
        let status = read_status(&row.status)?;
        let deadline = row.own_deadline.as_deref().map(read_day).transpose()?;
        let ends = berlin::end_of_day(deadline.unwrap_or(self.deadline));
        let submitted_at = row.submitted_at.map(from_micros);
        let gone = matches!(status, Status::Refused | Status::Ineligible);
        let moment = |micros: i64| (micros > 0).then(|| from_micros(micros));
        let count = |count: i32| u32::try_from(count).unwrap_or_default();
        Ok(CaseRow {
            form: read_form(&row.form)?,
            land: read_land(&row.land)?,
            changed_at: from_micros(row.status_at),
            submitted_at,
            active_at: moment(row.active_at),
            type_ue: row.type_ue,
            type_u25: row.type_u25,
            progress: (row.asked > 0 && matches!(status, Status::Opened | Status::Started))
                .then(|| (count(row.answered), count(row.asked))),
            deadline: deadline.unwrap_or(self.deadline),
            extended: deadline.is_some(),
            late: !gone && ends <= submitted_at.unwrap_or(self.now),
            contact_name: row.contact_name,
            contact_email: row.contact_email,
            called_at: moment(row.called_at),
            opted_out: row.opted_out,
            marked: row.marked,
            status,
            kennung: row.kennung,
            name: row.name,
        })
    }
}
