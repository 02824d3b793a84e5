//! Lines over days: a field phase beside others, what happened marked on it.

use super::{at, figure};
use leptos::prelude::*;
use std::fmt::Write;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 64.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 36.0;

/// A chart of lines over days; places are counted from 0.
pub(crate) struct LineChart {
    /// Its name.
    pub title: String,
    /// What is to be seen, in a sentence.
    pub description: String,
    /// How many days there are.
    pub days: usize,
    /// Largest value of the upright axis.
    pub most: f64,
    /// What stands behind the values of the upright axis.
    pub unit: &'static str,
    /// Days that are named below.
    pub ticks: Vec<(usize, String)>,
    /// Days that are shaded, from and to.
    pub bands: Vec<Band>,
    /// What happened on a day.
    pub marks: Vec<Mark>,
    /// A level all lines are measured against.
    pub level: Option<(f64, String)>,
    /// The lines; those further back first.
    pub lines: Vec<Line>,
}

/// Shaded days, both included.
#[derive(Clone, Copy)]
pub(crate) struct Band {
    pub from: usize,
    pub to: usize,
}

/// Something that happened on a day: a number in the chart, explained beside it.
pub(crate) struct Mark {
    pub place: usize,
    pub number: usize,
    pub label: String,
}

/// A line with its name at its end.
pub(crate) struct Line {
    pub label: String,
    /// 1 to 4: colour and dash.
    pub series: u8,
    pub points: Vec<(usize, f64)>,
}

/// Draws a chart.
pub(crate) fn line_chart(chart: LineChart) -> AnyView {
    let days = chart.days.max(2);
    let x = move |place: usize| LEFT + (WIDTH - LEFT - RIGHT) * place as f64 / (days - 1) as f64;
    let most = chart.most.max(1.0);
    let y = move |value: f64| HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value / most).clamp(0.0, 1.0);
    let half = (x(1) - x(0)) / 2.0;
    let bands = chart.bands.into_iter().map(|band| {
        let from = (x(band.from) - half).max(LEFT);
        let to = (x(band.to) + half).min(WIDTH - RIGHT);
        view! { <rect class="band" x=at(from) y=at(TOP) width=at((to - from).max(0.0)) height=at(HEIGHT - TOP - BOTTOM)/> }
    });
    let steps = (0..=4).map(|step| {
        let value = most * f64::from(step) / 4.0;
        let label = format!("{value:.0}{}", chart.unit);
        view! {
            <line class="grid" x1=at(LEFT) x2=at(WIDTH - RIGHT) y1=at(y(value)) y2=at(y(value))/>
            <text class="end" x=at(LEFT - 6.0) y=at(y(value) + 4.0)>{label}</text>
        }
    });
    let ticks = chart.ticks.into_iter().map(|(place, label)| {
        view! {
            <line class="axis" x1=at(x(place)) x2=at(x(place)) y1=at(HEIGHT - BOTTOM) y2=at(HEIGHT - BOTTOM + 5.0)/>
            <text class="middle" x=at(x(place)) y=at(HEIGHT - BOTTOM + 19.0)>{label}</text>
        }
    });
    let marks = chart.marks.into_iter().map(|mark| {
        let here = x(mark.place);
        view! {
            <g>
                <title>{mark.label}</title>
                <line class="mark" x1=at(here) x2=at(here) y1=at(TOP) y2=at(HEIGHT - BOTTOM)/>
                <circle class="mark" cx=at(here) cy=at(TOP - 12.0) r="10"/>
                <text class="middle number" x=at(here) y=at(TOP - 8.0)>{mark.number.to_string()}</text>
            </g>
        }
    });
    let level = chart.level.map(|(value, label)| {
        view! {
            <line class="level" x1=at(LEFT) x2=at(WIDTH - RIGHT) y1=at(y(value)) y2=at(y(value))/>
            <text x=at(LEFT + 6.0) y=at(y(value) - 5.0)>{label}</text>
        }
    });
    let mut labels: Vec<f64> = Vec::new();
    let lines: Vec<_> = chart
        .lines
        .into_iter()
        .rev()
        .map(|line| {
            let mut path = String::new();
            for (number, (place, value)) in line.points.iter().enumerate() {
                let pen = if number == 0 { 'M' } else { 'L' };
                let _ = write!(path, "{pen}{:.1} {:.1}", x(*place), y(*value));
            }
            let end = line.points.last().map(|(place, value)| {
                let mut height = y(*value) + 4.0;
                // Names that would lie on each other move apart.
                while labels.iter().any(|other| (other - height).abs() < 13.0) {
                    height += 13.0;
                }
                labels.push(height);
                let beside = x(*place) + 6.0;
                view! { <text class=format!("name series-{}", line.series) x=at(beside) y=at(height)>{line.label}</text> }
            });
            let class = format!("course series-{}", line.series);
            view! { <path class=class d=path/>{end} }
        })
        .collect();
    let drawing = view! {
        {bands.collect_view()}
        {steps.collect_view()}
        {ticks.collect_view()}
        {level}
        {lines.into_iter().rev().collect_view()}
        {marks.collect_view()}
    };
    figure(chart.title, chart.description, (860, 340), drawing)
}
