//! Rates by the book: disposition codes, RR1 to RR6 by Form and Land, and the
//! cases that are out of the denominator, with the reason.

use super::overview::Group;
use super::{StaffError, known_wave, require};
use crate::Portal;
use crate::clock::from_micros;
use crate::identity::{Role, Session};
use crate::respondent::view::{read_form, read_land};
use crate::store::Stored;
use crate::store::returns::{self as figures, OutsideRow};
use crate::waves::{WaveView, read_status, view};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use survey::rates::{Disposition, Outcomes, disposition};
use survey::status::Status;
use survey::{Form, Land};

/// Cases outside the survey that are listed at most.
const LISTED: i64 = 1_000;

/// Dispositions and rates of a wave, as its cases stand.
#[derive(Clone, Debug)]
pub struct Quotas {
    /// The wave.
    pub wave: WaveView,
    /// Every code there is, with the statuses it is made of.
    pub codes: Vec<Code>,
    /// All cases first, then forms, Länder.
    pub rows: Vec<(Group, Outcomes)>,
    /// Never reacted, and a mail server has refused their address.
    pub undeliverable: u32,
    /// Cases that do not belong to the survey, in German order of their names.
    pub outside: Vec<Outside>,
}

/// Cases of one disposition and status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code {
    /// Final disposition.
    pub disposition: Disposition,
    /// Status that leads to it.
    pub status: Status,
    /// How many.
    pub count: u32,
}

/// A case that does not belong to the survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// Kennung.
    pub kennung: String,
    /// Name.
    pub name: String,
    /// Form.
    pub form: Form,
    /// Land.
    pub land: Land,
    /// Why, as staff put it.
    pub reason: String,
    /// Who decided.
    pub who: String,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// Kennung of the unit it has become.
    pub successor: Option<String>,
}

impl Portal {
    /// Dispositions and response rates of a wave.
    ///
    /// # Errors
    /// For viewers and above; where there is no such wave.
    pub async fn quotas(&self, session: &Session, wave: i32) -> Result<Quotas, StaffError> {
        require(session, Role::Viewer)?;
        let mut conn = self.snapshot().await?;
        let shown = view(&known_wave(&mut conn, wave).await?)?;
        let mut codes: BTreeMap<(Disposition, Status), u32> = BTreeMap::new();
        let mut rows: BTreeMap<Group, Outcomes> = BTreeMap::new();
        rows.insert(Group::All, Outcomes::default());
        for (form, land, status, typology, count) in figures::standing(&mut conn, wave).await? {
            let status = read_status(&status)?;
            let count = u32::try_from(count).unwrap_or(0);
            let code = disposition(status, typology);
            *codes.entry((code, status)).or_default() += count;
            for group in [
                Group::All,
                Group::Form(read_form(&form)?),
                Group::Land(read_land(&land)?),
            ] {
                rows.entry(group).or_default().add_many(code, count);
            }
        }
        let outside = figures::outside(&mut conn, wave, LISTED).await?;
        let undeliverable = figures::undeliverable(&mut conn, wave).await?;
        Ok(Quotas {
            wave: shown,
            codes: codes
                .into_iter()
                .map(|((disposition, status), count)| Code {
                    disposition,
                    status,
                    count,
                })
                .collect(),
            rows: rows.into_iter().collect(),
            undeliverable: u32::try_from(undeliverable).unwrap_or(0),
            outside: outside.into_iter().map(read).collect::<Stored<_>>()?,
        })
    }
}

fn read(row: OutsideRow) -> Stored<Outside> {
    Ok(Outside {
        form: read_form(&row.form)?,
        land: read_land(&row.land)?,
        kennung: row.kennung,
        name: row.name,
        reason: row.reason.unwrap_or_default(),
        who: row.who.unwrap_or_default(),
        at: row.at.map(from_micros),
        successor: row.successor,
    })
}
