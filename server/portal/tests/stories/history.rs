//! Figures of returns computed anew from nothing but the list of transitions,
//! past the portal: what its pages must show for any day.

use chrono::NaiveDate;
use portal::{Group, Overview, berlin};
use sqlx::{AnyConnection, Connection};
use std::collections::HashMap;

/// A case with everything that happened to it.
struct Case {
    wave: i64,
    form: String,
    land: String,
    size_class: i64,
    created_at: i64,
    /// Moment, event, status before, status after.
    events: Vec<(i64, String, String, String)>,
}

/// Every case with its transitions.
pub(crate) struct History(Vec<Case>);

/// Listed, invited, opened, started, received, usable.
type Figures = [u32; 6];

impl History {
    pub(crate) async fn read(url: &str) -> Self {
        sqlx::any::install_default_drivers();
        let mut conn = AnyConnection::connect(url).await.unwrap();
        let cases: Vec<(String, i64, String, String, i64, i64)> = sqlx::query_as(
            "SELECT id, CAST(wave AS bigint), form, land, CAST(size_class AS bigint), created_at FROM cases",
        )
        .fetch_all(&mut conn)
        .await
        .unwrap();
        let rows: Vec<(String, i64, String, String, String)> =
            sqlx::query_as("SELECT case_id, at, event, from_status, to_status FROM case_events")
                .fetch_all(&mut conn)
                .await
                .unwrap();
        conn.close().await.unwrap();
        let mut events: HashMap<String, Vec<_>> = HashMap::new();
        for (case, at, event, from, to) in rows {
            events.entry(case).or_default().push((at, event, from, to));
        }
        let cases = cases
            .into_iter()
            .map(|(id, wave, form, land, size_class, created_at)| Case {
                wave,
                form,
                land,
                size_class,
                created_at,
                events: events.remove(&id).unwrap_or_default(),
            });
        Self(cases.collect())
    }

    /// The figures of the cases of a wave that belong to a group, by the end of a day.
    fn figures(&self, wave: i32, group: &Group, day: NaiveDate) -> Figures {
        let end = berlin::end_of_day(day).timestamp_micros();
        let mut figures = Figures::default();
        let wave = i64::from(wave);
        let counted = |case: &&Case| case.wave == wave && case.created_at < end && case.is_in(group);
        for case in self.0.iter().filter(counted) {
            let status = case.status(end);
            if status == "ineligible" {
                continue;
            }
            let had = |names: &[&str]| {
                let mut past = case.events.iter().filter(|(at, ..)| *at < end);
                past.any(|(_, event, ..)| names.contains(&event.as_str()))
            };
            let counts = [
                true,
                had(&["invite", "open", "answer", "submit"]),
                had(&["open", "answer", "submit"]),
                had(&["answer", "submit"]),
                had(&["submit"]),
                status == "usable",
            ];
            figures
                .iter_mut()
                .zip(counts)
                .for_each(|(figure, counts)| *figure += u32::from(counts));
        }
        figures
    }

    /// Whether a page's figures are those of the history; says which are not.
    pub(crate) fn agrees(&self, page: &Overview) {
        let wave = page.wave.key;
        for line in &page.groups {
            let [listed, .., received, usable] = self.figures(wave, &line.group, page.day);
            let what = format!("{wave}, {}, {:?}", page.day, line.group);
            assert_eq!(
                (line.now.listed, line.now.received, line.now.usable),
                (listed, received, usable),
                "{what}"
            );
            for (earlier, counted) in page.earlier.iter().zip(&line.earlier) {
                let [listed, .., received, usable] = self.figures(earlier.wave, &line.group, earlier.same_day);
                let Some(shown) = counted else {
                    // A first wave has no size classes.
                    assert!(
                        listed == 0 || matches!(line.group, Group::Size(..)),
                        "{what} {earlier:?}"
                    );
                    continue;
                };
                assert_eq!(
                    (shown.listed, shown.received, shown.usable),
                    (listed, received, usable),
                    "{what} {earlier:?}"
                );
            }
        }
        let [_, funnel @ ..] = self.figures(wave, &Group::All, page.day);
        assert_eq!(page.funnel, funnel, "{wave}, {}", page.day);
        if let Some(last) = page.curve.days.iter().rfind(|day| day.day <= page.day) {
            let [.., received, usable] = self.figures(wave, &Group::All, last.day);
            assert_eq!(
                (last.received, last.usable),
                (Some(received), Some(usable)),
                "{wave}, curve, {}",
                last.day
            );
        }
    }
}

impl Case {
    fn is_in(&self, group: &Group) -> bool {
        match group {
            Group::All => true,
            Group::Form(form) => self.form == form.label(),
            Group::Land(land) => self.land == land.label(),
            Group::Size(class, _) => self.size_class == i64::from(*class),
        }
    }

    /// Where the case stood: the status entered once more than left, whatever
    /// the order of transitions of one moment.
    fn status(&self, end: i64) -> &str {
        let mut balance: HashMap<&str, i32> = HashMap::from([("not_invited", 1)]);
        for (_, _, from, to) in self.events.iter().filter(|(at, ..)| *at < end) {
            *balance.entry(from).or_default() -= 1;
            *balance.entry(to).or_default() += 1;
        }
        let mut there = balance.into_iter().filter(|(_, balance)| *balance != 0);
        let (status, once) = there.next().unwrap();
        assert!(
            once == 1 && there.next().is_none(),
            "transitions that do not follow on each other"
        );
        status
    }
}
