//! The published figures, as they stand in the fixture.

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Figures {
    figures: Vec<Published>,
    #[serde(rename = "derived_percentages")]
    pub derived: Vec<Derived>,
    pub discrepancies: Vec<Discrepancy>,
}

#[derive(Deserialize)]
pub(crate) struct Published {
    pub id: String,
    pub value: Value,
    pub unit: String,
    pub population: String,
    pub as_of: Option<String>,
    pub table: Option<String>,
    pub node: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Derived {
    pub published: Option<i64>,
    pub published_id: Option<String>,
    #[serde(rename = "match")]
    pub matches: Option<bool>,
}

#[derive(Deserialize)]
pub(crate) struct Discrepancy {
    pub id: String,
    #[serde(rename = "where")]
    pub place: String,
    pub finding: String,
}

impl Published {
    pub(crate) fn number(&self) -> i64 {
        let value = &self.value;
        let text = value.as_str().and_then(|text| text.parse().ok());
        value
            .as_i64()
            .or(text)
            .unwrap_or_else(|| panic!("{} is no number", self.id))
    }
}

impl Figures {
    pub(crate) fn read() -> Self {
        serde_json::from_str(include_str!("../fixtures/published_figures.json")).expect("the fixture is JSON")
    }

    pub(crate) fn find(&self, id: &str) -> &Published {
        let found = self.figures.iter().find(|figure| figure.id == id);
        found.unwrap_or_else(|| panic!("{id} was not published"))
    }

    pub(crate) fn in_table<'a>(&'a self, table: &'a str, year: i32) -> impl Iterator<Item = &'a Published> {
        self.figures
            .iter()
            .filter(move |figure| figure.table.as_deref() == Some(table) && super::year(figure) == Some(year))
    }

    /// Percentages outside the tables.
    pub(crate) fn of_text(&self) -> impl Iterator<Item = &Published> {
        self.figures
            .iter()
            .filter(|figure| figure.table.is_none() && figure.unit == "percent")
    }
}
