//! Charts of the institute, drawn on the server: lines and bars as SVG that
//! scales, prints without colour and is read aloud by its title. Every chart
//! stands beside its numbers as a table; no chart knows what it shows.
//!
//! Colours come from classes `series-1` to `series-4` (with a dash each), so
//! that light, dark and paper are the stylesheet's matter.

mod bar;
mod line;

pub(crate) use bar::{Bar, bars};
pub(crate) use line::{Band, Line, LineChart, Mark, line_chart};

use leptos::prelude::*;

/// The drawing itself in a region of its own that scrolls where the page is
/// narrow, so that its writing stays readable.
fn figure(
    title: String,
    description: String,
    (width, height): (u32, u32),
    drawing: impl IntoView + 'static,
) -> AnyView {
    let label = format!("Diagramm: {title}");
    view! {
        <div class="chart table-scroll" tabindex="0" role="region" aria-label=label>
            <svg viewBox=format!("0 0 {width} {height}") role="img" width=width.to_string() height=height.to_string()>
                <title>{title}</title>
                <desc>{description}</desc>
                {drawing}
            </svg>
        </div>
    }
    .into_any()
}

/// A coordinate with one decimal, as it is written in SVG.
fn at(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chart_has_a_name_and_its_lines_lie_inside() {
        let chart = LineChart {
            title: "Eingegangen".into(),
            description: "Zwei Wellen".into(),
            days: 3,
            most: 100.0,
            unit: " %",
            ticks: vec![(0, "1.".into()), (2, "3.".into())],
            bands: vec![Band { from: 1, to: 1 }],
            marks: vec![Mark {
                place: 1,
                number: 1,
                label: "Erinnerung <1>".into(),
            }],
            level: Some((95.0, "Ziel".into())),
            lines: vec![Line {
                label: "2008".into(),
                series: 1,
                points: vec![(0, 10.0), (2, 100.0)],
            }],
        };
        let html = line_chart(chart).to_html().replace("<!>", "");
        assert!(html.contains("<title>Eingegangen</title>"), "{html}");
        assert!(html.contains("Erinnerung &lt;1&gt;"), "{html}");
        assert!(html.contains("series-1"), "{html}");
        let bars = bars(
            "Trichter",
            "",
            &[Bar {
                label: "eingeladen".into(),
                value: 5.0,
                shown: "5".into(),
                series: 1,
                level: None,
            }],
            10.0,
        );
        assert!(bars.to_html().contains("width=\"250.0\""), "half of the room");
    }
}
