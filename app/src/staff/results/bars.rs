//! Bars made of parts: one line per bar, its name and numbers in words beside
//! it, so that nothing rests on colour or on the picture alone.

use leptos::prelude::*;
use survey::rates::Rate;

/// A bar: name, base, and its parts in the order of the legend.
pub(super) struct Bar {
    pub name: String,
    pub parts: Vec<Rate>,
}

/// A figure with a legend; the numbers stand in a table of their own.
pub(super) fn figure(caption: String, legend: &[String], bars: &[Bar]) -> impl IntoView + use<> {
    let keys = legend
        .iter()
        .enumerate()
        .map(|(at, label)| {
            view! {
                <li>
                    <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><rect class=fill(at) width="10" height="10"/></svg>
                    {label.clone()}
                </li>
            }
        })
        .collect_view();
    let lines = bars.iter().map(line).collect_view();
    view! {
        <figure class="bars">
            <figcaption>{caption}</figcaption>
            <ul class="legend">{keys}</ul>
            {lines}
        </figure>
    }
}

fn line(bar: &Bar) -> impl IntoView + use<> {
    let base: u32 = bar.parts.iter().map(|part| part.numerator).sum();
    let mut left = 0_u32;
    let parts = bar
        .parts
        .iter()
        .enumerate()
        .filter(|(_, part)| part.numerator > 0)
        .map(|(at, part)| {
            let (x, width) = (left, part.numerator);
            left += width;
            view! { <rect class=fill(at) x=x.to_string() width=width.to_string() height="10"/> }
        })
        .collect_view();
    let words: Vec<String> = bar
        .parts
        .iter()
        .filter_map(|part| Some(format!("{} %", part.percent()?)))
        .collect();
    let frame = format!("0 0 {} 10", base.max(1));
    view! {
        <div class="bar-line">
            <span class="bar-name">{bar.name.clone()}</span>
            <svg class="stripe" viewBox=frame preserveAspectRatio="none" aria-hidden="true">{parts}</svg>
            <span class="bar-numbers">{words.join(" · ")}</span>
        </div>
    }
}

/// Share of the largest, as one bar.
pub(super) fn single(count: u64, largest: u64) -> impl IntoView {
    let frame = format!("0 0 {} 10", largest.max(1));
    view! {
        <svg class="stripe small" viewBox=frame preserveAspectRatio="none" aria-hidden="true">
            <rect class=fill(0) width=count.to_string() height="10"/>
        </svg>
    }
}

fn fill(at: usize) -> String {
    format!("fill-{}", at % 6 + 1)
}
