//! Which wave a page is about, and the way to the other waves.

use leptos::prelude::*;
use portal::WaveView;

/// The wave asked for, if there is such; where none is asked for the open one,
/// else the newest.
pub(super) fn chosen(waves: &[WaveView], wanted: &str) -> Option<i32> {
    let wave = match wanted {
        "" => waves
            .iter()
            .find(|wave| wave.state == portal::WaveState::Open)
            .or_else(|| waves.first()),
        wanted => waves.iter().find(|wave| wave.key.to_string() == wanted),
    };
    wave.map(|wave| wave.key)
}

/// Ways to the same page of the other waves.
pub(super) fn wave_links(waves: &[WaveView], wave: i32, path: &str) -> Option<impl IntoView + use<>> {
    let links: Vec<_> = waves
        .iter()
        .map(|other| {
            let current = (other.key == wave).then_some("page");
            let href = format!("{path}?welle={}", other.key);
            view! { <li><a href=href aria-current=current>{format!("Welle {}", other.key)}</a></li> }
        })
        .collect();
    (links.len() > 1).then(|| view! { <nav class="desk" aria-label="Wellen"><ul class="inline">{links}</ul></nav> })
}
