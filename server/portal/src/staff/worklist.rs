//! Whom to call next: the rule of [`survey::worklist`] for one day, so that
//! the store finds the cases in its order, and its verdict on those of a page.

use super::calls::CallResult;
use super::{StaffError, known_wave, require};
use crate::Portal;
use crate::berlin;
use crate::clock::from_micros;
use crate::identity::{Role, Session};
use crate::respondent::view::{read_form, read_land};
use crate::store::worklist::{self as store, CallRow, Day};
use crate::store::{StoreError, Stored};
use crate::waves::{read_day, read_status};
use chrono::{DateTime, Days, NaiveDate, Utc};
use std::collections::HashMap;
use survey::status::Status;
use survey::worklist::{Call, Candidate, PROMISE, Ranked, Share, points, rank};
use survey::{Form, Land};

/// A case to call.
#[derive(Clone, Debug)]
pub struct WorkItem {
    /// Kennung.
    pub kennung: String,
    /// Name.
    pub name: String,
    /// Form.
    pub form: Form,
    /// Land.
    pub land: Land,
    /// Where it stands.
    pub status: Status,
    /// Whom to ask for; possibly empty.
    pub contact_name: String,
    /// When it was last called.
    pub called_at: Option<DateTime<Utc>>,
    /// Why it stands where it does.
    pub ranked: Ranked,
    /// Counts what staff changes and every transition: forms carry it along.
    pub revision: i64,
}

/// The worklist of a wave.
#[derive(Clone, Debug)]
pub struct Worklist {
    /// The most urgent first, from the place asked for.
    pub items: Vec<WorkItem>,
    /// How many there are in all.
    pub total: usize,
    /// Cases waited for that rest until a later day.
    pub resting: usize,
    /// The wave is open: there is something to call about.
    pub open: bool,
}

/// What all cases of a wave have in common.
struct Common {
    today: NaiveDate,
    deadline: NaiveDate,
    /// Handed in, by form and Land.
    groups: HashMap<(String, String), Share>,
    all: Share,
}

impl Portal {
    /// Whom to call next, `size` cases from place `from` on. Equal points
    /// stand in German order of the names.
    ///
    /// # Errors
    /// For viewers and above; where there is no such wave.
    pub async fn worklist(
        &self,
        session: &Session,
        wave: i32,
        from: usize,
        size: usize,
    ) -> Result<Worklist, StaffError> {
        require(session, Role::Viewer)?;
        let mut conn = self.read().await?;
        let row = known_wave(&mut conn, wave).await?;
        let mut common = Common {
            today: berlin::day_of(self.now()),
            deadline: read_day(&row.deadline)?,
            groups: HashMap::new(),
            all: Share::default(),
        };
        for (form, land, of, part) in store::returned(&mut conn, wave).await? {
            let count = |count: i64| u32::try_from(count).unwrap_or_default();
            let share = Share {
                part: count(part),
                of: count(of),
            };
            common.all.part += share.part;
            common.all.of += share.of;
            common.groups.insert((form, land), share);
        }
        let open = row.state == "open";
        let (mut items, mut waiting, mut resting) = (Vec::new(), 0, 0);
        if open {
            let day = common.day();
            let place = |place: usize| i64::try_from(place).unwrap_or(i64::MAX);
            (waiting, resting) = store::waiting(&mut conn, wave, &day).await?;
            for row in store::page(&mut conn, wave, &day, place(from), place(size)).await? {
                let verdict = common.judge(&row)?;
                let verdict =
                    verdict.ok_or_else(|| StoreError::content(format!("{} is not to be called", row.kennung)))?;
                items.push(item(row, verdict)?);
            }
        }
        let count = |count: i64| usize::try_from(count).unwrap_or_default();
        Ok(Worklist {
            items,
            total: count(waiting - resting),
            resting: count(resting),
            open,
        })
    }
}

impl Common {
    /// The steps of the rule today.
    fn day(&self) -> Day {
        let back = |days: u32| self.today - Days::new(days.into());
        let begin = |day: NaiveDate| berlin::start_of_day(day).timestamp_micros();
        let left = |day: NaiveDate| i32::try_from((day - self.today).num_days()).unwrap_or(i32::MAX);
        let lag = |share: &Share| points::behind(*share, self.all);
        let lagging = self.groups.iter().filter(|(_, share)| lag(share) > 0);
        Day {
            begins: begin(self.today),
            today: self.today.to_string(),
            promised_since: begin(back(PROMISE - 1)),
            promise: CallResult::WillSend.name(),
            silent: (1..=points::SILENT)
                .rev()
                .map(|days| (begin(back(days - 1)), points::silent(days)))
                .collect(),
            near: (0..=points::SOON)
                .map(|days| self.today + Days::new(days.into()))
                .map(|day| (day.to_string(), points::near(left(day))))
                .collect(),
            near_of_wave: points::near(left(self.deadline)),
            contacted: (0..points::RECENT)
                .map(|days| (begin(back(days)), points::contacted(days)))
                .collect(),
            behind: lagging
                .map(|((form, land), share)| (form.clone(), land.clone(), lag(share)))
                .collect(),
        }
    }

    fn judge(&self, row: &CallRow) -> Stored<Option<Ranked>> {
        let since = |micros: i64| {
            let days = (self.today - berlin::day_of(from_micros(micros))).num_days();
            u32::try_from(days).unwrap_or_default()
        };
        let until = |day: NaiveDate| i32::try_from((day - self.today).num_days()).unwrap_or(i32::MAX);
        let count = |count: i32| u32::try_from(count).unwrap_or_default();
        let own = row.own_deadline.as_deref().map(read_day).transpose()?;
        let worked = if row.active_at > 0 {
            Some(row.active_at)
        } else {
            row.invited_at
        };
        let called = (row.called_at > 0).then(|| since(row.called_at));
        let written = row.written_at.map(since);
        let back_on = row.call_back_on.as_deref().map(read_day).transpose()?;
        let candidate = Candidate {
            status: read_status(&row.status)?,
            answered: count(row.answered),
            asked: count(row.asked),
            silent_days: worked.map(since).unwrap_or_default(),
            days_left: until(own.unwrap_or(self.deadline)),
            group: self
                .groups
                .get(&(row.form.clone(), row.land.clone()))
                .copied()
                .unwrap_or_default(),
            all: self.all,
            unreachable_by_mail: row.marked,
            contacted_days: called.into_iter().chain(written).min(),
            call: called.map(|days_ago| Call {
                days_ago,
                back_in: back_on.map(until),
                promised: row.call_result.as_deref() == Some(CallResult::WillSend.name()),
            }),
            calls_missed: count(row.calls_missed),
        };
        Ok(rank(&candidate, &format!("{} in {}", row.form, row.land)))
    }
}

fn item(row: CallRow, ranked: Ranked) -> Stored<WorkItem> {
    Ok(WorkItem {
        form: read_form(&row.form)?,
        land: read_land(&row.land)?,
        status: read_status(&row.status)?,
        called_at: (row.called_at > 0).then(|| from_micros(row.called_at)),
        kennung: row.kennung,
        name: row.name,
        contact_name: row.contact_name,
        ranked,
        revision: row.desk_revision,
    })
}
