//! The list of a wave's cases: filtered, sorted, a page at a time, and as a
//! table for spreadsheets (`sheet`).

mod rows;
mod sheet;

use self::rows::About;
use super::filter::CaseFilter;
use super::{StaffError, known_wave, require};
use crate::Portal;
use crate::identity::{Role, Session};
use crate::store::Conn;
use crate::store::desk::{self, By, Window};
use crate::waves::read_day;
use crate::words;
use chrono::{DateTime, NaiveDate, Utc};
use survey::status::Status;
use survey::{Form, Land};

/// Cases are counted up to this; beyond, it says "more than".
pub const MOST_COUNTED: u64 = 10_000;

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
        let most = i64::try_from(MOST_COUNTED).unwrap_or(i64::MAX).saturating_add(1);
        let wanted = desk::weigh(&mut conn, wanted, most).await?;
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
        let count = desk::count(&mut conn, &wanted, most).await?;
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
            Some(wanted) => about.all(&mut conn, wave, wanted, &CasePaging::default()).await,
            None => Ok(Vec::new()),
        }
    }

    async fn about(&self, conn: &mut Conn, wave: i32) -> Result<About, StaffError> {
        Ok(About {
            deadline: read_day(&known_wave(conn, wave).await?.deadline)?,
            now: self.now(),
        })
    }
}
