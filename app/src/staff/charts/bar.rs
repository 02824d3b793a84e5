//! Bars that lie on their side, each with its name and number.

use super::{at, figure};
use leptos::prelude::*;

const WIDTH: u32 = 760;
/// Room for names on the left and for numbers on the right.
const LEFT: f64 = 150.0;
const ROOM: f64 = 500.0;
const ROW: f64 = 30.0;

/// A bar.
pub(crate) struct Bar {
    /// Its name.
    pub label: String,
    /// Its length, in the unit of the largest value.
    pub value: f64,
    /// What stands behind it.
    pub shown: String,
    /// 1 to 4: colour and pattern.
    pub series: u8,
    /// A level it is measured against.
    pub level: Option<f64>,
}

/// Draws bars; `most` is as long as there is room.
pub(crate) fn bars(title: impl Into<String>, description: impl Into<String>, bars: &[Bar], most: f64) -> AnyView {
    let most = if most > 0.0 { most } else { 1.0 };
    let long = |value: f64| ROOM * (value / most).clamp(0.0, 1.0);
    let rows: Vec<_> = bars
        .iter()
        .zip(0_u32..)
        .map(|(bar, number)| {
            let top = 6.0 + ROW * f64::from(number);
            let level = bar.level.map(|level| {
                let here = LEFT + long(level);
                view! { <line class="level" x1=at(here) x2=at(here) y1=at(top - 2.0) y2=at(top + ROW - 6.0)/> }
            });
            let class = format!("beam series-{}", bar.series);
            view! {
                <text class="end" x=at(LEFT - 8.0) y=at(top + 16.0)>{bar.label.clone()}</text>
                <rect class=class x=at(LEFT) y=at(top) width=at(long(bar.value)) height=at(ROW - 8.0)/>
                {level}
                <text x=at(LEFT + long(bar.value) + 8.0) y=at(top + 16.0)>{bar.shown.clone()}</text>
            }
        })
        .collect();
    let height = u32::try_from(bars.len()).unwrap_or(0) * 30 + 12;
    figure(title.into(), description.into(), (WIDTH, height), rows)
}
