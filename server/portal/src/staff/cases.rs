//! The list of a wave's cases: filtered, sorted, a page at a time, and as a
//! table for spreadsheets.

use super::filter::CaseFilter;
use super::{StaffError, known_wave, require};
use crate::Portal;
use crate::berlin;
use crate::clock::from_micros;
use crate::identity::{Role, Session};
use crate::respondent::view::{read_form, read_land};
use crate::store::desk::{self, By, Filter, LineRow, Window};
use crate::store::events::{self, Deed};
use crate::store::{Conn, Stored};
use crate::waves::{read_day, read_status};
use crate::words;
use chrono::{DateTime, NaiveDate, Utc};
use survey::status::Status;
use survey::{Form, Land};

/// Cases are counted up to this; beyond, it says "more than".
pub const MOST_COUNTED: u64 = 10_000;
/// Rows read at once for a whole list.
const AT_ONCE: i64 = 2_000;

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
    pub changed_at: DateTime<Utc>,
    /// When it was handed in last.
    pub submitted_at: Option<DateTime<Utc>>,
    /// When it was last opened, worked on or handed in, to the minute.
    pub active_at: Option<DateTime<Utc>>,
    /// Type of the latest submission, Ü25: known letters, `?` for the others.
    pub type_ue: Option<String>,
    /// The same, U25.
    pub type_u25: Option<String>,
    /// Questions answered and asked, as far as known; a minute old at most.
    pub progress: Option<(u32, u32)>,
    /// Its deadline.
    pub deadline: NaiveDate,
    /// Whether that is one of its own.
    pub extended: bool,
    /// Whether it was handed in after its deadline, or is pending beyond it.
    pub late: bool,
    /// Whom to write to; possibly empty.
    pub contact_name: String,
    /// Where.
    pub contact_email: String,
    /// When it was last called.
    pub called_at: Option<DateTime<Utc>>,
    /// Wants no reminders.
    pub opted_out: bool,
    /// Its address gets nothing at the moment.
    pub marked: bool,
}

/// What the list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaseSort {
    /// German order of the names.
    #[default]
    Name,
    /// Kennung.
    Kennung,
    /// Order of the process.
    Status,
    /// When it was handed in.
    Received,
    /// When it was last worked on.
    Activity,
}

impl CaseSort {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Name, Self::Kennung, Self::Status, Self::Received, Self::Activity];

    /// As it stands in an address.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Kennung => "kennung",
            Self::Status => "status",
            Self::Received => "eingang",
            Self::Activity => "bewegung",
        }
    }

    const fn by(self) -> By {
        match self {
            Self::Name => By::Name,
            Self::Kennung => By::Kennung,
            Self::Status => By::Stage,
            Self::Received => By::Received,
            Self::Activity => By::Activity,
        }
    }
}

/// Which page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CasePaging {
    /// What it is sorted by.
    pub sort: CaseSort,
    /// The other way round.
    pub descending: bool,
    /// Rows on it, 1 to 500.
    pub size: u16,
    /// Where it begins.
    pub from: PageFrom,
}

impl Default for CasePaging {
    fn default() -> Self {
        Self {
            sort: CaseSort::Name,
            descending: false,
            size: 50,
            from: PageFrom::Start,
        }
    }
}

/// Where a page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PageFrom {
    /// At the first case.
    #[default]
    Start,
    /// After the case with this Kennung.
    After(String),
    /// Ends before the case with this Kennung.
    Before(String),
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct CasePage {
    /// Its rows.
    pub rows: Vec<CaseRow>,
    /// Whether there are rows before it.
    pub earlier: bool,
    /// Whether there are rows after it.
    pub later: bool,
    /// Cases that pass the filter; [`MOST_COUNTED`] + 1 where there are more.
    pub count: u64,
}

/// What the rows need of their wave.
struct About {
    deadline: NaiveDate,
    now: DateTime<Utc>,
}

impl Portal {
    /// A page of the cases of a wave that pass a filter. A page that begins at
    /// a case the wave does not have begins at the start.
    ///
    /// # Errors
    /// For viewers and above; where there is no such wave.
    pub async fn case_page(
        &self,
        session: &Session,
        wave: i32,
        filter: &CaseFilter,
        paging: &CasePaging,
    ) -> Result<CasePage, StaffError> {
        require(session, Role::Viewer)?;
        let mut conn = self.read().await?;
        let about = self.about(&mut conn, wave).await?;
        let Some(wanted) = filter.rows(wave, about.deadline, about.now) else {
            return Ok(CasePage {
                rows: Vec::new(),
                earlier: false,
                later: false,
                count: 0,
            });
        };
        let (mark, backwards) = match &paging.from {
            PageFrom::Start => (None, false),
            PageFrom::After(kennung) => (Some(kennung), false),
            PageFrom::Before(kennung) => (Some(kennung), true),
        };
        let by = paging.sort.by();
        let after = match mark {
            Some(kennung) => desk::anchor(&mut conn, wave, &words::key(kennung), by).await?,
            None => None,
        };
        let backwards = backwards && after.is_some();
        let size = usize::from(paging.size.clamp(1, 500));
        let window = Window {
            by,
            descending: paging.descending != backwards,
            after,
            limit: i64::try_from(size).unwrap_or(i64::MAX) + 1,
        };
        let mut rows = desk::lines(&mut conn, &wanted, &window).await?;
        let more = rows.len() > size;
        rows.truncate(size);
        if backwards {
            rows.reverse();
        }
        let most = i64::try_from(MOST_COUNTED).unwrap_or(i64::MAX);
        let count = desk::count(&mut conn, &wanted, most.saturating_add(1)).await?;
        Ok(CasePage {
            rows: about.lines(rows)?,
            earlier: if backwards { more } else { window.after.is_some() },
            later: backwards || more,
            count: u64::try_from(count).unwrap_or_default(),
        })
    }

    /// All cases of a wave that pass a filter, in German order of their names.
    ///
    /// # Errors
    /// For viewers and above; where there is no such wave.
    pub async fn cases(&self, session: &Session, wave: i32, filter: &CaseFilter) -> Result<Vec<CaseRow>, StaffError> {
        require(session, Role::Viewer)?;
        let mut conn = self.read().await?;
        let about = self.about(&mut conn, wave).await?;
        match filter.rows(wave, about.deadline, about.now) {
            Some(wanted) => about.all(&mut conn, wave, &wanted, &CasePaging::default()).await,
            None => Ok(Vec::new()),
        }
    }

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
    ) -> Result<String, StaffError> {
        let who = require(session, Role::Viewer)?;
        let mut conn = self.read().await?;
        let about = self.about(&mut conn, wave).await?;
        let rows = match filter.rows(wave, about.deadline, about.now) {
            Some(wanted) => about.all(&mut conn, wave, &wanted, paging).await?,
            None => Vec::new(),
        };
        drop(conn);
        let mut tx = self.write().await?;
        let detail = format!("{} cases", rows.len());
        let deed = Deed {
            action: "cases_exported",
            wave: Some(wave),
            unit_id: None,
            detail: &detail,
        };
        events::audit(&mut tx, who, &deed, about.now).await?;
        tx.commit().await?;
        let mut table = String::from("\u{feff}");
        let heads = [
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
        push_line(&mut table, &heads.map(str::to_owned));
        for row in &rows {
            push_line(&mut table, &row.cells());
        }
        Ok(table)
    }

    async fn about(&self, conn: &mut Conn, wave: i32) -> Result<About, StaffError> {
        Ok(About {
            deadline: read_day(&known_wave(conn, wave).await?.deadline)?,
            now: self.now(),
        })
    }
}

impl About {
    /// Every row, read in pieces.
    async fn all(
        &self,
        conn: &mut Conn,
        wave: i32,
        wanted: &Filter,
        paging: &CasePaging,
    ) -> Result<Vec<CaseRow>, StaffError> {
        let by = paging.sort.by();
        let mut window = Window {
            by,
            descending: paging.descending,
            after: None,
            limit: AT_ONCE,
        };
        let mut all = Vec::new();
        loop {
            let rows = desk::lines(conn, wanted, &window).await?;
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

    fn lines(&self, rows: Vec<LineRow>) -> Stored<Vec<CaseRow>> {
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

impl CaseRow {
    fn cells(&self) -> [String; 18] {
        let moment = |at: Option<DateTime<Utc>>| at.map(berlin::long).unwrap_or_default();
        let yes = |yes: bool| if yes { "ja" } else { "" }.to_owned();
        let percent = |(answered, asked): (u32, u32)| format!("{} %", answered * 100 / asked.max(1));
        [
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
        ]
    }
}

/// Adds a line to a table for spreadsheets.
fn push_line<const N: usize>(table: &mut String, cells: &[String; N]) {
    let line: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
    table.push_str(&line.join(";"));
    table.push_str("\r\n");
}

/// A cell that no spreadsheet takes for a formula.
fn plain(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([';', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn nothing_becomes_a_formula_or_another_column() {
        for (cell, written) in [
            ("ARGE Öd", "ARGE Öd"),
            ("=1+1", "'=1+1"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+49 7071", "'+49 7071"),
            ("a;b", "\"a;b\""),
            ("\"Öd\"", "\"\"\"Öd\"\"\""),
        ] {
            assert_eq!(plain(cell), written);
        }
    }
}
