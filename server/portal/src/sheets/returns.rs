//! The figures of the institute's pages about returns, as tables for people.

use super::spreadsheet;
use crate::berlin;
use crate::staff::{Counted, Group, Overview, Quotas};
use survey::rates::Rate;

impl Group {
    /// What kind of group it is, and its name.
    #[must_use]
    pub fn words(&self) -> (&'static str, String) {
        match self {
            Self::All => ("Insgesamt", String::new()),
            Self::Form(form) => ("Form", form.label().to_owned()),
            Self::Land(land) => ("Land", land.label().to_owned()),
            Self::Size(_, name) => ("Größenklasse", name.clone()),
        }
    }
}

impl Overview {
    /// The two figures of every group, beside earlier waves, as CSV for people.
    #[must_use]
    pub fn groups_csv(&self) -> Vec<u8> {
        let mut head: Vec<String> = ["Welle", "Stand", "Gruppe", "Name", "Einheiten"]
            .map(str::to_owned)
            .to_vec();
        head.extend(figures_head(""));
        for earlier in &self.earlier {
            let when = format!(" {} am {}", earlier.wave, berlin::short(earlier.same_day));
            head.push(format!("Einheiten{when}"));
            head.extend(figures_head(&when));
        }
        let lines = self.groups.iter().map(|line| {
            let (kind, name) = line.group.words();
            let mut cells = vec![
                self.wave.key.to_string(),
                berlin::short(self.day),
                kind.to_owned(),
                name,
                line.now.listed.to_string(),
            ];
            cells.extend(figures(&line.now));
            for earlier in &line.earlier {
                match earlier {
                    Some(counted) => {
                        cells.push(counted.listed.to_string());
                        cells.extend(figures(counted));
                    }
                    None => cells.extend(std::iter::repeat_n(String::new(), 5)),
                }
            }
            cells
        });
        spreadsheet(std::iter::once(head).chain(lines))
    }

    /// How far the offices got, stage by stage, as CSV for people.
    #[must_use]
    pub fn funnel_csv(&self) -> Vec<u8> {
        const STAGES: [&str; 5] = [
            "eingeladen",
            "geöffnet",
            "begonnen",
            "eingegangen",
            "vollständig verwertbar",
        ];
        let head = [
            "Welle",
            "Stand",
            "Stufe",
            "Einheiten",
            "von",
            "in Prozent",
            "in Prozent der Stufe davor",
        ];
        let listed = self.groups.first().map_or(0, |line| line.now.listed);
        let before = std::iter::once(None).chain(self.funnel.into_iter().map(Some));
        let lines = STAGES
            .into_iter()
            .zip(self.funnel)
            .zip(before)
            .map(|((stage, count), before)| {
                vec![
                    self.wave.key.to_string(),
                    berlin::short(self.day),
                    stage.to_owned(),
                    count.to_string(),
                    listed.to_string(),
                    percent(count, listed),
                    before.map_or_else(String::new, |before| percent(count, before)),
                ]
            });
        spreadsheet(std::iter::once(head.map(str::to_owned).to_vec()).chain(lines))
    }

    /// What each step of the mails brought within seven days, as CSV for people.
    #[must_use]
    pub fn steps_csv(&self) -> Vec<u8> {
        let head = [
            "Welle",
            "Stand",
            "E-Mail",
            "ab",
            "verschickt",
            "gebracht",
            "in Prozent",
            "sieben Tage",
        ];
        let lines = self.steps.iter().map(|step| {
            vec![
                self.wave.key.to_string(),
                berlin::short(self.day),
                step.title.clone(),
                berlin::short(step.from),
                step.sent.to_string(),
                step.brought.to_string(),
                percent(step.brought, step.sent),
                step.week().to_owned(),
            ]
        });
        spreadsheet(std::iter::once(head.map(str::to_owned).to_vec()).chain(lines))
    }

    /// Returns by day, with the mails that went out, as CSV for people.
    #[must_use]
    pub fn curve_csv(&self) -> Vec<u8> {
        let mut head: Vec<String> = [
            "Welle",
            "Feldtag",
            "Tag",
            "Werktag",
            "Einheiten",
            "eingegangen",
            "in Prozent",
        ]
        .map(str::to_owned)
        .to_vec();
        head.extend(["vollständig verwertbar", "in Prozent", "E-Mails"].map(str::to_owned));
        for earlier in &self.earlier {
            head.push(format!("eingegangen {}", earlier.wave));
            head.push(format!("in Prozent {}", earlier.wave));
        }
        let listed = self.curve.listed.first().copied().unwrap_or(0);
        let lines = self.curve.days.iter().enumerate().map(|(place, day)| {
            let both = |count: Option<u32>, base: u32| match count {
                Some(count) => [count.to_string(), percent(count, base)],
                None => [String::new(), String::new()],
            };
            let mails = self.curve.mails.iter().filter(|mark| mark.place == place);
            let mails: Vec<String> = mails.map(|mark| format!("{} ({})", mark.title, mark.sent)).collect();
            let mut cells = vec![
                self.wave.key.to_string(),
                (place + 1).to_string(),
                day.short(),
                if day.working { "ja" } else { "nein" }.to_owned(),
                listed.to_string(),
            ];
            cells.extend(both(day.received, listed));
            cells.extend(both(day.usable, listed));
            cells.push(mails.join(", "));
            let bases = self.curve.listed.iter().skip(1);
            for (count, base) in day.earlier.iter().zip(bases) {
                cells.extend(both(*count, *base));
            }
            cells
        });
        spreadsheet(std::iter::once(head).chain(lines))
    }
}

impl Quotas {
    /// Dispositions and rates of every group as CSV for people.
    #[must_use]
    pub fn csv(&self) -> Vec<u8> {
        let mut head: Vec<String> = [
            "Welle", "Gruppe", "Name", "1.1 I", "1.2 P", "2.11 R", "2.12 R", "2.20 NC", "4.0 NE",
        ]
        .map(str::to_owned)
        .to_vec();
        for number in 1..=6 {
            head.extend([
                format!("RR{number} Zähler"),
                format!("RR{number} Nenner"),
                format!("RR{number} in Prozent"),
            ]);
        }
        let lines = self.rows.iter().map(|(group, outcomes)| {
            let (kind, name) = group.words();
            let mut cells = vec![self.wave.key.to_string(), kind.to_owned(), name];
            let counts = survey::rates::Disposition::ALL.map(|one| outcomes.of(one));
            // In the order of the head: refusals before break-offs.
            cells.extend(counts.map(|count| count.to_string()));
            for rate in outcomes.response_rates() {
                let (part, whole) = (rate.numerator, rate.denominator);
                cells.extend([part.to_string(), whole.to_string(), percent(part, whole)]);
            }
            cells
        });
        spreadsheet(std::iter::once(head).chain(lines))
    }
}

fn figures_head(when: &str) -> [String; 4] {
    [
        format!("eingegangen{when}"),
        format!("in Prozent{when}"),
        format!("vollständig verwertbar{when}"),
        format!("in Prozent{when}"),
    ]
}

fn figures(counted: &Counted) -> [String; 4] {
    let (received, usable, listed) = (counted.received, counted.usable, counted.listed);
    [
        received.to_string(),
        percent(received, listed),
        usable.to_string(),
        percent(usable, listed),
    ]
}

/// Per cent with one decimal, as it is written in German.
fn percent(numerator: u32, denominator: u32) -> String {
    let tenths = Rate { numerator, denominator }.tenths();
    tenths.map_or_else(String::new, |tenths| format!("{},{}", tenths / 10, tenths % 10))
}
