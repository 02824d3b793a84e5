//! The typology of a wave: Tabelle 2 as a tree, Tabelle 1, Abbildung 1 and 2,
//! variants; the earlier wave in brackets.

use super::super::frame::with_desk;
use super::bars::{Bar, figure};
use super::{ResultsNav, age_asked, base_line, base_switch, panel_asked, refused, share, switch};
use crate::hyphens::hyphenated;
use crate::layout::Page;
use leptos::prelude::*;
use portal::ResultsView;
use survey::rates::Rate;
use survey::tables::{Cell, Table};
use survey::typology::Verzahnung;
use survey::{AgeGroup, Form};

const HERE: &str = "/institut/ergebnisse";

/// `/institut/ergebnisse`, with `?welle=`, `?alter=`, `?basis=`.
#[component]
pub(in crate::staff) fn BoardPage() -> impl IntoView {
    let (age, panel) = (age_asked(), panel_asked());
    with_desk(move |desk| async move {
        match desk.portal.results(&desk.session, desk.wave, panel).await {
            Ok(results) => Ok(page(&results, age).into_any()),
            Err(error) => refused(error, desk.wave, HERE),
        }
    })
}

fn page(results: &ResultsView, age: AgeGroup) -> impl IntoView + use<> {
    let base = &results.base;
    let wave = base.wave.key;
    let basis = if base.panel { "panel" } else { "welle" };
    let ages = AgeGroup::ALL.map(|one| {
        let href = format!("{HERE}?welle={wave}&basis={basis}&alter={}", one.suffix());
        (href, one.label().to_owned(), one == age)
    });
    let file = format!("{HERE}/csv?welle={wave}&basis={basis}");
    let tables = [
        Table::Tabelle2,
        Table::Tabelle1,
        Table::Varianten1,
        Table::Varianten2,
        Table::Varianten3,
    ]
    .map(|table| Shown::of(results, table, age).table(results).into_any());
    let [typology, placement, first, second, third] = tables;
    let empty = (base.n == 0).then(|| view! { <p class="notice info" role="status">"In dieser Welle ist noch kein Fragebogen vollständig verwertbar."</p> });
    let body = view! {
        <ResultsNav wave here=HERE panel=base.panel/>
        {empty}
        <div class="switches">
            {switch("Altersgruppe", ages.to_vec())}
            {base_switch(base, &format!("{HERE}?welle={wave}&alter={}", age.suffix()))}
        </div>
        {base_line(base, true)}
        {typology}
        <h2>"Vermittlung"</h2>
        {placement}
        <h2>"Fallmanagement-Ansatz"</h2>
        {Shown::of(results, Table::Abbildung1, age).figure(results, &first_legend())}
        {Shown::of(results, Table::Abbildung1, age).table(results)}
        <h2>"Verzahnung von Leistung und Eingliederung"</h2>
        {Shown::of(results, Table::Abbildung2, age).figure(results, &second_legend())}
        {Shown::of(results, Table::Abbildung2, age).table(results)}
        <h2>"Varianten"</h2>
        {first}{second}{third}
        <p class="screen-only"><a href=file download="">"Alle Tabellen als CSV"</a>" (Spalten wie „ruecklauf tables --format csv“)"</p>
    };
    let caption = format!("Welle {wave} · {}", age.label());
    view! { <Page title="Ergebnisse" caption=caption wide=true>{body}</Page> }
}

fn first_legend() -> Vec<String> {
    ["I spezialisiert", "II generalisiert", "nicht klassifizierbar"]
        .map(str::to_owned)
        .to_vec()
}

fn second_legend() -> Vec<String> {
    let known = Verzahnung::ALL.map(|one| format!("{} {}", one.name(), one.label()));
    known.into_iter().chain(["V? nicht bekannt".to_owned()]).collect()
}

/// The cells of one table and age group.
struct Shown<'a> {
    table: Table,
    age: AgeGroup,
    cells: Vec<&'a Cell>,
}

impl<'a> Shown<'a> {
    fn of(results: &'a ResultsView, table: Table, age: AgeGroup) -> Self {
        let cells = results
            .cells
            .iter()
            .filter(|cell| cell.table == table && cell.age_group == age);
        Self {
            table,
            age,
            cells: cells.collect(),
        }
    }

    /// Name, indentation and place of every row that has cases in some wave,
    /// and of every row that stands for a type.
    fn rows(&self) -> Vec<(String, usize, usize)> {
        let mut rows: Vec<(String, usize, usize)> = Vec::new();
        let first = self.cells.first().map(|cell| (cell.form, cell.wave));
        for cell in self.cells.iter().filter(|cell| Some((cell.form, cell.wave)) == first) {
            rows.push((cell.row.clone(), cell.depth, rows.len()));
        }
        rows.retain(|(name, _, place)| {
            let untold = name.ends_with("nicht klassifizierbar") || name == "V?" || name.starts_with('U');
            !untold
                || self
                    .column(None)
                    .iter()
                    .any(|column| column.get(*place).is_some_and(|rate| rate.numerator > 0))
        });
        rows
    }

    /// The rates of a form, one list per wave, in the order of the rows.
    fn column(&self, form: Option<Form>) -> Vec<Vec<Rate>> {
        let mut waves: Vec<i32> = Vec::new();
        for cell in &self.cells {
            if !waves.contains(&cell.wave) {
                waves.push(cell.wave);
            }
        }
        waves
            .into_iter()
            .map(|wave| {
                let of = self.cells.iter().filter(|cell| cell.form == form && cell.wave == wave);
                of.map(|cell| cell.rate).collect()
            })
            .collect()
    }

    fn table(&self, results: &ResultsView) -> impl IntoView + use<> {
        let columns: Vec<Vec<Vec<Rate>>> = forms().map(|form| self.column(form)).collect();
        let shown = |column: &Vec<Vec<Rate>>, place: usize| {
            let at = |wave: usize| column.get(wave).and_then(|rates| rates.get(place)).copied();
            let before = at(1).map(|rate| view! { <span class="earlier">" [" {share(rate)} "]"</span> });
            view! { <td class="figure">{at(0).map(share)}{before}</td> }
        };
        let lines = self
            .rows()
            .into_iter()
            .map(|(name, depth, place)| {
                let cells = columns.iter().map(|column| shown(column, place)).collect_view();
                view! { <tr class=format!("depth-{depth}")><th scope="row">{hyphenated(&self.label(&name))}</th>{cells}</tr> }
            })
            .collect_view();
        let bases = columns
            .iter()
            .map(|column| {
                let n = |wave: usize| {
                    column
                        .get(wave)
                        .and_then(|rates| rates.first())
                        .map(|rate| rate.denominator)
                };
                let before = n(1).map(|n| format!(" [{n}]"));
                view! { <td class="figure">{n(0)}{before}</td> }
            })
            .collect_view();
        let heads = forms()
            .map(|form| view! { <th scope="col" class="figure">{form.map_or("Insgesamt", Form::label)}</th> })
            .collect_view();
        let caption = self.caption(results);
        view! {
            <div class="table-scroll" tabindex="0" role="region" aria-label=caption.clone()>
                <table class="results">
                    <caption>{caption.clone()}</caption>
                    <thead><tr><th scope="col">{self.head()}</th>{heads}</tr></thead>
                    <tbody>{lines}<tr class="total"><th scope="row">"N"</th>{bases}</tr></tbody>
                </table>
            </div>
        }
    }

    fn figure(&self, results: &ResultsView, legend: &[String]) -> impl IntoView + use<> {
        let top: Vec<usize> = {
            let first = self.cells.first().map(|cell| (cell.form, cell.wave));
            let column = self.cells.iter().filter(|cell| Some((cell.form, cell.wave)) == first);
            column
                .enumerate()
                .filter(|(_, cell)| cell.depth == 0)
                .map(|(place, _)| place)
                .collect()
        };
        let waves =
            std::iter::once(results.base.wave.stichtag).chain(results.base.previous.as_ref().map(|one| one.stichtag));
        let dates: Vec<String> = waves.map(crate::words::day).collect();
        let bars: Vec<Bar> = forms()
            .flat_map(|form| {
                let columns = self.column(form);
                let name = form.map_or("Insgesamt", Form::label);
                let dates = &dates;
                let top = &top;
                let bars = columns.into_iter().enumerate().map(move |(wave, rates)| {
                    let n = rates.first().map_or(0, |rate| rate.denominator);
                    Bar {
                        name: format!("{name}, {} (N = {n})", dates.get(wave).map_or("", String::as_str)),
                        parts: top.iter().filter_map(|place| rates.get(*place).copied()).collect(),
                    }
                });
                bars.collect::<Vec<_>>()
            })
            .collect();
        figure(self.caption(results), legend, &bars)
    }

    fn caption(&self, results: &ResultsView) -> String {
        let base = &results.base;
        let before = base
            .previous
            .as_ref()
            .map(|one| format!(" [Welle {}]", one.key))
            .unwrap_or_default();
        let panel = if base.panel { ", Panel" } else { "" };
        format!(
            "{}: {}, {}, Welle {}{before}{panel}",
            self.table.name(),
            self.table.title(),
            self.age.label(),
            base.wave.key
        )
    }

    fn head(&self) -> &'static str {
        match self.table {
            Table::Tabelle2 => "Typ",
            Table::Tabelle1 => "Vermittlung",
            Table::Abbildung1 => "Ansatz",
            Table::Abbildung2 => "Verzahnung",
            Table::Varianten1 | Table::Varianten2 | Table::Varianten3 => "Variante",
        }
    }

    /// A row's name with what it stands for.
    fn label(&self, name: &str) -> String {
        let words = match (self.table, name) {
            (Table::Abbildung1 | Table::Tabelle2 | Table::Varianten1, "I") => "spezialisiert",
            (Table::Abbildung1 | Table::Tabelle2 | Table::Varianten1, "II") => "generalisiert",
            (Table::Tabelle2, "Ia" | "IIa") | (Table::Varianten2, "a") => "Vermittlung nicht Teil des Fallmanagements",
            (Table::Tabelle2, "Ib" | "IIb") | (Table::Varianten2, "b") => "Vermittlung Teil des Fallmanagements",
            (Table::Tabelle2, "Iaa" | "Iba" | "IIaa" | "IIba") | (Table::Varianten3, "a") => {
                "Leistungen nicht integriert"
            }
            (Table::Tabelle2, "Iab" | "Ibb" | "IIab" | "IIbb") | (Table::Varianten3, "b") => "Leistungen integriert",
            (Table::Abbildung2, "V?") => "nicht bekannt",
            (Table::Abbildung2, name) => Verzahnung::ALL
                .into_iter()
                .find(|one| one.name() == name)
                .map_or("", Verzahnung::label),
            _ => "",
        };
        format!("{name} {words}").trim_end().to_owned()
    }
}

/// The columns: each form, then all together.
fn forms() -> impl Iterator<Item = Option<Form>> {
    Form::ALL.into_iter().map(Some).chain([None])
}
