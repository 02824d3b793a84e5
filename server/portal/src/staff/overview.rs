//! Returns at a glance, by the end of any local day: two figures in all and
//! by group, against the target and earlier waves on the same field day, the
//! curve, the funnel, what mails brought, and a forecast.
//!
//! Everything comes from figures kept beside the cases; a wave of a million
//! cases is read as quickly as one of four hundred.

mod curve;

use curve::Courses;
pub use curve::{Curve, CurveDay, MailMark, StepReturns};

use super::{StaffError, known_wave, require};
use crate::Portal;
use crate::berlin;
use crate::identity::{Role, Session};
use crate::respondent::view::{read_form, read_land};
use crate::store::returns::{self as figures, GroupRow};
use crate::store::waves::{self, WaveRow};
use crate::store::{Conn, StoreError, Stored, cases};
use crate::waves::{WaveState, WaveView, read_status, view};
use chrono::{NaiveDate, TimeDelta};
use std::collections::BTreeMap;
use survey::answer::german;
use survey::forecast::{Course, Forecast, NoForecast, PastError, forecast, past_errors};
use survey::rates::Rate;
use survey::sizes::Cuts;
use survey::status::Status;
use survey::{Form, Land};

/// Earlier waves shown beside one.
const EARLIER: usize = 3;

/// The returns of a wave by the end of a day.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The wave.
    pub wave: WaveView,
    /// Per cent of the list wanted in.
    pub target: u32,
    /// Column of the register that tells sizes; none: customers of the wave before.
    pub size_column: Option<String>,
    /// The day, in Berlin; figures are those by its end, or of now.
    pub day: NaiveDate,
    /// Whether everything up to now is in the figures.
    pub is_now: bool,
    /// Day of the field phase, the first being 1.
    pub field_day: i64,
    /// All cases first, then forms, Länder, size classes.
    pub groups: Vec<GroupFigures>,
    /// Cases by status, in the order of the process; only of now.
    pub by_status: Vec<(Status, u32)>,
    /// How many got how far: invited, opened, started, received, usable.
    pub funnel: [u32; 5],
    /// Returns by day.
    pub curve: Curve,
    /// What each step of the mails brought, in the order they went out.
    pub steps: Vec<StepReturns>,
    /// What is expected at the deadline, or why nothing is.
    pub forecast: Result<Forecast, NoForecast>,
    /// The last field day the forecast rests on: the last whole one.
    pub forecast_day: i64,
    /// What the same rule would have said in earlier waves; places as in `earlier`.
    pub past_errors: Vec<PastError>,
    /// Earlier waves, newest first.
    pub earlier: Vec<Earlier>,
    /// The change number of the wave these figures belong to.
    pub change: i64,
}

/// An earlier wave as far as it is shown beside a later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// Its number.
    pub wave: i32,
    /// Its day that is the same day of the field phase.
    pub same_day: NaiveDate,
    /// Units of its list.
    pub listed: u32,
    /// Received in all, by its end.
    pub received: u32,
}

/// Cases that are counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// All of the wave.
    All,
    /// Those of a form.
    Form(Form),
    /// Those of a Land.
    Land(Land),
    /// Those of a size class, 0 for those without a figure, with its name.
    Size(u8, String),
}

/// The two figures and what they are counted among.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Ever handed in.
    pub received: u32,
    /// Fully usable.
    pub usable: u32,
    /// On the list frozen at opening, without those that do not belong to the survey.
    pub listed: u32,
}

impl Counted {
    /// "Eingegangen".
    #[must_use]
    pub const fn received(&self) -> Rate {
        Rate {
            numerator: self.received,
            denominator: self.listed,
        }
    }

    /// "Vollständig verwertbar", RR1.
    #[must_use]
    pub const fn usable(&self) -> Rate {
        Rate {
            numerator: self.usable,
            denominator: self.listed,
        }
    }
}

/// The figures of a group, now and in earlier waves on the same field day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupFigures {
    /// Which.
    pub group: Group,
    /// Its figures.
    pub now: Counted,
    /// In each earlier wave; none where it had no such cases.
    pub earlier: Vec<Option<Counted>>,
}

impl Portal {
    /// The returns of a wave by the end of a local day, or now.
    ///
    /// # Errors
    /// For viewers and above; where there is no such wave.
    pub async fn overview(&self, session: &Session, wave: i32, day: Option<NaiveDate>) -> Result<Overview, StaffError> {
        require(session, Role::Viewer)?;
        let today = berlin::day_of(self.now());
        let mut conn = self.snapshot().await?;
        let row = known_wave(&mut conn, wave).await?;
        let shown = view(&row)?;
        let is_now = day.is_none_or(|day| day >= today);
        let day = day.map_or(today, |day| day.min(today));
        let until = if is_now { "9999".to_owned() } else { day.to_string() };
        let field_day = (day - shown.start).num_days();

        let mut counted = counted(&mut conn, &row, &until).await?;
        let all = counted.remove(&Group::All).unwrap_or_default();
        let earlier_rows = earlier_rows(&mut conn, wave).await?;
        let mut earlier = Vec::new();
        let mut earlier_groups = Vec::new();
        let mut courses = vec![curve::courses(&mut conn, &shown, &until, all[0]).await?];
        for row in &earlier_rows {
            let then = view(row)?;
            // A day may be asked for that lies before all days there are.
            let same_day = then.start.checked_add_signed(TimeDelta::days(field_day));
            let same_day = same_day.unwrap_or(NaiveDate::MIN);
            let on_day = self::counted(&mut conn, row, &same_day.to_string()).await?;
            let last = self::counted(&mut conn, row, "9999").await?;
            let of_all = last.get(&Group::All).copied().unwrap_or_default();
            courses.push(curve::courses(&mut conn, &then, "9999", of_all[0]).await?);
            earlier.push(Earlier {
                wave: then.key,
                same_day,
                listed: of_all[0],
                received: of_all[4],
            });
            earlier_groups.push(on_day);
        }
        let beside = |group: &Group| -> Vec<Option<Counted>> {
            let found = earlier_groups.iter().map(|groups| {
                // Limits of classes differ between waves; a quarter is a quarter.
                let same = |other: &Group| match (group, other) {
                    (Group::Size(class, _), Group::Size(other, _)) => class == other,
                    _ => group == other,
                };
                groups
                    .iter()
                    .find(|(other, _)| same(other))
                    .map(|(_, measures)| pair(*measures))
            });
            found.map(|found| found.filter(|found| found.listed > 0)).collect()
        };
        let groups = std::iter::once((Group::All, all))
            .chain(counted)
            .map(|(group, measures)| GroupFigures {
                earlier: beside(&group),
                now: pair(measures),
                group,
            })
            .filter(|line| line.now.listed > 0 || line.group == Group::All)
            .collect();
        let by_status = if is_now {
            by_status(&mut conn, wave).await?
        } else {
            Vec::new()
        };
        let (marks, steps) = curve::mails(&mut conn, &shown, &until, day).await?;
        // Today is not over: what comes by tonight is not in yet.
        let whole_days = if is_now { field_day - 1 } else { field_day };
        let (said, past_errors) = foretold(&courses, whole_days, all[4]);
        let change = figures::change(&mut conn, wave).await?;
        Ok(Overview {
            change,
            target: u32::try_from(row.target).unwrap_or(0),
            size_column: row.size_column.clone(),
            day,
            is_now,
            field_day: field_day + 1,
            groups,
            by_status,
            funnel: [all[1], all[2], all[3], all[4], all[5]],
            curve: curve::draw(&shown, &courses, marks, day),
            steps,
            forecast: if shown.state == WaveState::Closed {
                Err(NoForecast::Over)
            } else {
                said
            },
            forecast_day: whole_days + 1,
            past_errors,
            earlier,
            wave: shown,
        })
    }
}

/// Listed, invited, opened, started, received, usable.
type Measures = [u32; 6];

fn pair([listed, _, _, _, received, usable]: Measures) -> Counted {
    Counted {
        received,
        usable,
        listed,
    }
}

/// Earlier waves that were in the field, newest first.
async fn earlier_rows(conn: &mut Conn, wave: i32) -> Stored<Vec<WaveRow>> {
    let all = waves::all(conn).await?.into_iter();
    let earlier = all.filter(|row| row.wave < wave && row.state != "planned");
    Ok(earlier.take(EARLIER).collect())
}

/// The figures of every group of a wave by the end of a day.
async fn counted(conn: &mut Conn, wave: &WaveRow, until: &str) -> Stored<BTreeMap<Group, Measures>> {
    let cuts: Option<Cuts> = wave.size_cuts.as_deref().map(serde_json::from_str).transpose()?;
    let rows = figures::groups(conn, wave.wave, until).await?;
    // Where nobody has a size there are no classes.
    let rows = rows.iter().filter(|row| cuts.is_some() || row.dimension != "size");
    rows.map(|row| Ok((group(row, cuts.as_ref())?, measures(row))))
        .collect()
}

fn measures(row: &GroupRow) -> Measures {
    let all = [
        row.listed,
        row.invited,
        row.opened,
        row.started,
        row.received,
        row.usable,
    ];
    all.map(|count| u32::try_from(count).unwrap_or(0))
}

fn group(row: &GroupRow, cuts: Option<&Cuts>) -> Stored<Group> {
    Ok(match row.dimension.as_str() {
        "all" => Group::All,
        "form" => Group::Form(read_form(&row.value)?),
        "land" => Group::Land(read_land(&row.value)?),
        "size" => {
            let class = row.value.parse().map_err(|_| StoreError::content("a size class"))?;
            Group::Size(class, class_name(class, cuts))
        }
        other => return Err(StoreError::content(format!("figures by {other:?}"))),
    })
}

/// What a size class is called: its limits.
fn class_name(class: u8, cuts: Option<&Cuts>) -> String {
    match (class, cuts.map(|cuts| cuts.0.map(german))) {
        (1, Some([first, ..])) => format!("bis {first}"),
        (2, Some([first, second, _])) => format!("über {first} bis {second}"),
        (3, Some([_, second, third])) => format!("über {second} bis {third}"),
        (4, Some([.., third])) => format!("über {third}"),
        _ => "ohne Angabe".to_owned(),
    }
}

async fn by_status(conn: &mut Conn, wave: i32) -> Stored<Vec<(Status, u32)>> {
    let mut found: BTreeMap<Status, u32> = BTreeMap::new();
    for (_, status, _, count) in cases::count(conn, wave).await? {
        *found.entry(read_status(&status)?).or_default() += u32::try_from(count).unwrap_or(0);
    }
    Ok(found.into_iter().collect())
}

/// The forecast after so many whole field days, from this wave and those
/// before it, newest first; never below what is in by now.
fn foretold(courses: &[Courses], whole_days: i64, received: u32) -> (Result<Forecast, NoForecast>, Vec<PastError>) {
    let Some((now, earlier)) = courses.split_first() else {
        return (Err(NoForecast::NothingIn), Vec::new());
    };
    let Ok(day) = usize::try_from(whole_days) else {
        return (Err(NoForecast::NothingIn), Vec::new());
    };
    // The rule wants the oldest first; places are turned back.
    let oldest_first: Vec<Course> = earlier.iter().rev().map(|one| one.received.clone()).collect();
    let place = |wave: usize| earlier.len() - 1 - wave;
    let said = forecast(&now.received, day, &oldest_first).map(|said| Forecast {
        expected: said.expected.max(received),
        low: said.low.max(received),
        high: said.high.max(received),
        from: said.from.into_iter().map(place).collect(),
    });
    let errors = past_errors(day, &oldest_first).into_iter().map(|error| PastError {
        wave: place(error.wave),
        ..error
    });
    (said, errors.collect())
}
