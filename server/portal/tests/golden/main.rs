//! What the paper published, beside what comes out of the demonstration's
//! answers: all 42 cells of Tabelle 2, Tabelle 1, every percentage of the
//! text, the year before, the panel. Shown side by side with
//! `cargo nextest run -p portal --test golden --no-capture`, and kept as a
//! snapshot. Nothing is computed from the plan of the demonstration: tables
//! come from the tables of the portal, all else from its export.

mod facts;
mod published;

use facts::{Facts, Share, half_up};
use portal::{BaseUrl, Clock, MailTarget, Portal, Settings};
use published::{Figures, Published};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Published percentages that cannot come out, and the discrepancy of the
/// paper that says why.
const CANNOT_HOLD: [(&str, &str); 7] = [
    ("fm.spez.gaw", "D06"),
    ("ls.selbst.zkt.2006", "D10"),
    ("ls.int.arge.text", "D07"),
    ("ls.nint.arge.2007", "D08"),
    ("ls.nint.arge.2006", "D09"),
    ("tab2.IIba.ARGE.2006", "D03"),
    ("tab2.Iba.ARGE.2006", "D03"),
];

#[tokio::test]
async fn the_figures_of_the_paper_come_out_of_the_answers() {
    let dir = tempfile::tempdir().expect("a folder");
    let base = BaseUrl::parse("http://127.0.0.1:3000").expect("an address");
    let url = format!("sqlite:{}", dir.path().join("demo.db").display());
    let settings = Settings::new(url, base, MailTarget::Dir(dir.path().join("post")));
    let portal = Portal::open(settings, Clock::system()).await.expect("opens");
    portal.demo(true, |_, _| {}).await.expect("is made");
    let facts = Facts::of(&portal).await;
    let figures = Figures::read();
    let mut report = Report::default();
    tabelle_2(&mut report, &figures, &facts);
    tabelle_2_before(&mut report, &figures, &facts);
    derived(&mut report, &figures, &facts);
    text(&mut report, &figures, &facts);
    discrepancies(&mut report, &figures, &facts);
    println!("{}", report.text);
    insta::assert_snapshot!("published_and_computed", report.text);
    let expected: BTreeMap<&str, &str> = CANNOT_HOLD.into_iter().collect();
    let different: Vec<&str> = report.different.iter().map(String::as_str).collect();
    for id in &different {
        assert!(expected.contains_key(id), "{id} should come out as published");
    }
    for id in expected.keys() {
        assert!(different.contains(id), "{id} cannot come out as published");
    }
    assert_eq!(report.equal, 163, "figures that come out as published");
}

/// The comparison as text.
#[derive(Default)]
struct Report {
    text: String,
    equal: usize,
    different: Vec<String>,
}

impl Report {
    fn head(&mut self, title: &str) {
        let rule = if self.text.is_empty() { "" } else { "\n" };
        let _ = writeln!(
            self.text,
            "{rule}{title}\n{:<40} {:>10} {:>10} {:>5}  from",
            "", "published", "computed", "diff"
        );
    }

    fn line(&mut self, id: &str, published: i64, computed: i64, from: &str) {
        let difference = computed - published;
        let why = CANNOT_HOLD.iter().find(|(one, _)| *one == id && difference != 0);
        let why = why.map(|(_, cause)| format!("  <- {cause}")).unwrap_or_default();
        let _ = writeln!(
            self.text,
            "{id:<40} {published:>10} {computed:>10} {difference:>5}  {from}{why}"
        );
        if difference == 0 {
            self.equal += 1;
        } else if !self.different.contains(&id.to_owned()) {
            self.different.push(id.to_owned());
        }
    }

    fn percent(&mut self, id: &str, published: i64, share: Share) {
        self.line(id, published, half_up(share), &format!("{} / {}", share.0, share.1));
    }
}

fn tabelle_2(report: &mut Report, figures: &Figures, facts: &Facts) {
    report.head("Tabelle 2, 31.10.2007: counts of usable offices");
    for figure in figures.in_table("Tabelle 2", 2007) {
        let node = figure.node.as_deref().expect("a node");
        let (count, of) = facts.cell("Tabelle 2", &figure.population, node, 2008);
        report.line(&figure.id, figure.number(), i64::from(count), &format!("of {of}"));
    }
    report.head("Tabelle 1, 31.10.2007: per cent of usable offices");
    for figure in figures
        .in_table("Tabelle 1", 2007)
        .filter(|figure| figure.unit == "percent")
    {
        report.percent(&figure.id, figure.number(), facts.tabelle_1(figure, 2008));
    }
}

/// The values in brackets. Groups and pairs are met by all offices of the
/// wave, the leaves of the ARGEn by those that took part a year later too
/// (D04 of the discrepancies).
fn tabelle_2_before(report: &mut Report, figures: &Figures, facts: &Facts) {
    report.head("Tabelle 2, 31.12.2006: groups and pairs of all offices, leaves of the panel of 413");
    for figure in figures.in_table("Tabelle 2", 2006) {
        let node = figure.node.as_deref().expect("a node");
        let leaf = node.trim_start_matches('I').len() == 2;
        let all = facts.cell("Tabelle 2", &figure.population, node, 2007).0;
        let panel = facts.of_panel(&figure.population, node);
        let computed = if leaf { panel } else { all };
        let from = format!("all {all}, panel {panel}");
        report.line(&figure.id, figure.number(), i64::from(computed), &from);
    }
    report.head("Tabelle 1, 31.12.2006: per cent of usable offices");
    for figure in figures
        .in_table("Tabelle 1", 2006)
        .filter(|figure| figure.unit == "percent")
    {
        report.percent(&figure.id, figure.number(), facts.tabelle_1(figure, 2007));
    }
}

/// Percentages that follow from Tabelle 2 and are printed in the text too.
fn derived(report: &mut Report, figures: &Figures, facts: &Facts) {
    for (matches, title) in [
        (true, "Percentages of the text that follow from Tabelle 2"),
        (false, "Percentages of the text that contradict Tabelle 2"),
    ] {
        report.head(title);
        for one in figures.derived.iter().filter(|one| one.matches == Some(matches)) {
            let id = one.published_id.as_deref().expect("an id");
            let share = facts.text(id).unwrap_or_else(|| {
                let figure = figures.find(id);
                facts.tabelle_1(
                    figure,
                    if figure.as_of.as_deref() == Some("2007-10-31") {
                        2008
                    } else {
                        2007
                    },
                )
            });
            report.percent(id, one.published.expect("a figure"), share);
        }
    }
}

/// Everything else the text says in per cent or as a count.
fn text(report: &mut Report, figures: &Figures, facts: &Facts) {
    report.head("Text: percentages");
    for figure in figures.of_text() {
        let share = facts
            .text(&figure.id)
            .unwrap_or_else(|| panic!("{} is not computed", figure.id));
        report.percent(&figure.id, figure.number(), share);
    }
    report.head("Text: counts");
    for (id, count) in facts.counts() {
        report.line(id, figures.find(id).number(), count, "");
    }
    let _ = writeln!(report.text, "\nText: in words");
    for (id, computed) in facts.in_words() {
        let published = figures.find(id).value.as_str().unwrap_or_default().to_owned();
        let _ = writeln!(report.text, "{id:<32} {published:<44} {computed}");
    }
}

fn discrepancies(report: &mut Report, figures: &Figures, facts: &Facts) {
    let _ = writeln!(report.text, "\nWhere the paper contradicts itself");
    for one in &figures.discrepancies {
        let computed = facts.about(&one.id);
        let _ = writeln!(
            report.text,
            "{} {}: {}\n    computed: {computed}",
            one.id, one.place, one.finding
        );
    }
}

/// The year a figure is about, as its Stichtag says.
fn year(figure: &Published) -> Option<i32> {
    figure.as_of.as_deref()?.get(..4)?.parse().ok()
}
