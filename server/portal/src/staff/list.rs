//! One look at the case list as it stands in an address: filter, order,
//! columns; and the looks somebody has saved under a name.

use super::cases::{CasePaging, CaseSort, PageFrom};
use super::filter::{BadValue, CaseFilter};
use super::{StaffError, require};
use crate::Portal;
use crate::identity::{Role, Session};
use crate::input::has_control_characters;
use crate::secrets::new_id;
use crate::store::events::{self, Deed};
use crate::store::{StoreError, views};

/// Longest name of a saved view.
const LONGEST_NAME: usize = 60;
/// Most views one person may save.
const MOST_VIEWS: usize = 50;

/// A column of the list; the Kennung always stands first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaseColumn {
    /// Name.
    Name,
    /// Form.
    Form,
    /// Land.
    Land,
    /// Status.
    Status,
    /// Since when.
    Since,
    /// Deadline.
    Deadline,
    /// How far the answers are.
    Progress,
    /// When it was last worked on.
    Activity,
    /// When it was handed in.
    Received,
    /// Type, 25 years and older.
    TypeUe,
    /// Type, under 25 years.
    TypeU25,
    /// Whom to write to.
    Contact,
    /// The latest call.
    Called,
}

impl CaseColumn {
    /// All of them, in their order.
    pub const ALL: [Self; 13] = [
        Self::Name,
        Self::Form,
        Self::Land,
        Self::Status,
        Self::Since,
        Self::Deadline,
        Self::Progress,
        Self::Activity,
        Self::Received,
        Self::TypeUe,
        Self::TypeU25,
        Self::Contact,
        Self::Called,
    ];
    /// Those shown unless others are chosen.
    pub const USUAL: [Self; 8] = [
        Self::Name,
        Self::Form,
        Self::Land,
        Self::Status,
        Self::Progress,
        Self::Activity,
        Self::Received,
        Self::TypeUe,
    ];

    /// As it stands in an address.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Form => "form",
            Self::Land => "land",
            Self::Status => "status",
            Self::Since => "seit",
            Self::Deadline => "frist",
            Self::Progress => "fortschritt",
            Self::Activity => "bewegung",
            Self::Received => "eingang",
            Self::TypeUe => "typ_ue",
            Self::TypeU25 => "typ_u25",
            Self::Contact => "kontakt",
            Self::Called => "anruf",
        }
    }

    /// Its head.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Form => "Form",
            Self::Land => "Land",
            Self::Status => "Status",
            Self::Since => "Status seit",
            Self::Deadline => "Frist",
            Self::Progress => "Fortschritt",
            Self::Activity => "Zuletzt bearbeitet",
            Self::Received => "Eingegangen",
            Self::TypeUe => "Typ Ü25",
            Self::TypeU25 => "Typ U25",
            Self::Contact => "Ansprechperson",
            Self::Called => "Letzter Anruf",
        }
    }

    /// What the list can be sorted by in this column.
    #[must_use]
    pub const fn sort(self) -> Option<CaseSort> {
        match self {
            Self::Name => Some(CaseSort::Name),
            Self::Status => Some(CaseSort::Status),
            Self::Activity => Some(CaseSort::Activity),
            Self::Received => Some(CaseSort::Received),
            _ => None,
        }
    }
}

/// Page sizes to choose from.
pub const PAGE_SIZES: [u16; 4] = [25, 50, 100, 200];

/// One look at the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseList {
    /// Which cases.
    pub filter: CaseFilter,
    /// In which order, how many, from where.
    pub paging: CasePaging,
    /// Which columns, in their order.
    pub columns: Vec<CaseColumn>,
}

impl CaseList {
    /// Names it has in an address besides those of the filter.
    pub const NAMES: [&'static str; 6] = ["sortierung", "richtung", "zeilen", "spalte", "nach", "vor"];

    /// Reads a look from an address; what cannot be read is named and left out.
    pub fn read(values: impl Fn(&str) -> Vec<String>) -> (Self, Vec<BadValue>) {
        let (filter, mut bad) = CaseFilter::read(&values);
        let first = |name: &str| values(name).into_iter().next().unwrap_or_default().trim().to_owned();
        let mut one = |field: &'static str, known: bool| {
            let value = first(field);
            if !value.is_empty() && !known {
                bad.push(BadValue { field, value });
            }
        };
        let sort = CaseSort::ALL
            .into_iter()
            .find(|sort| sort.name() == first("sortierung"));
        one("sortierung", sort.is_some());
        one("richtung", ["auf", "ab"].contains(&first("richtung").as_str()));
        let size = first("zeilen").parse().ok().filter(|size| PAGE_SIZES.contains(size));
        one("zeilen", size.is_some());
        let asked = values("spalte");
        let columns: Vec<CaseColumn> = CaseColumn::ALL
            .into_iter()
            .filter(|column| asked.iter().any(|name| name == column.name()))
            .collect();
        let from = match (first("nach"), first("vor")) {
            (after, _) if !after.is_empty() => PageFrom::After(after),
            (_, before) if !before.is_empty() => PageFrom::Before(before),
            _ => PageFrom::Start,
        };
        let usual = CasePaging::default();
        let list = Self {
            filter,
            paging: CasePaging {
                sort: sort.unwrap_or_default(),
                descending: first("richtung") == "ab",
                size: size.unwrap_or(usual.size),
                from,
            },
            columns: if columns.is_empty() {
                CaseColumn::USUAL.to_vec()
            } else {
                columns
            },
        };
        (list, bad)
    }

    /// The names and values it is read from again, without the page one is on.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = self.filter.pairs();
        let usual = CasePaging::default();
        if self.paging.sort != usual.sort {
            pairs.push(("sortierung", self.paging.sort.name().to_owned()));
        }
        if self.paging.descending {
            pairs.push(("richtung", "ab".to_owned()));
        }
        if self.paging.size != usual.size {
            pairs.push(("zeilen", self.paging.size.to_string()));
        }
        if self.columns != CaseColumn::USUAL {
            pairs.extend(self.columns.iter().map(|column| ("spalte", column.name().to_owned())));
        }
        pairs
    }
}

/// A look saved under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Names it in a form.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What stands behind the question mark, without the wave.
    pub query: String,
}

impl Portal {
    /// The views somebody has saved, by name.
    ///
    /// # Errors
    /// For viewers and above.
    pub async fn saved_views(&self, session: &Session) -> Result<Vec<SavedView>, StaffError> {
        require(session, Role::Viewer)?;
        let rows = views::of_account(&mut self.read().await?, &session.account_id).await?;
        let of = |(id, name, query)| SavedView { id, name, query };
        Ok(rows.into_iter().map(of).collect())
    }

    /// Saves a look under a name of 1 to 60 characters; one of the same name
    /// becomes this one. `query` is made by [`CaseList::pairs`].
    ///
    /// # Errors
    /// For viewers and above; where the name is none, or there are too many.
    pub async fn view_save(&self, session: &Session, name: &str, query: &str) -> Result<(), StaffError> {
        let who = require(session, Role::Viewer)?;
        let name = name.trim();
        let length = name.chars().count();
        if length == 0 || length > LONGEST_NAME || has_control_characters(name) {
            let reason = format!("Bitte geben Sie der Ansicht einen Namen mit 1 bis {LONGEST_NAME} Zeichen.");
            return Err(StaffError::Refused(reason));
        }
        let now = self.now();
        let mut tx = self.write().await?;
        let saved = views::of_account(&mut tx, &session.account_id).await?;
        if saved.len() >= MOST_VIEWS && saved.iter().all(|(_, other, _)| other != name) {
            let reason = format!("Es sind schon {MOST_VIEWS} Ansichten gespeichert. Löschen Sie zuerst eine.");
            return Err(StaffError::Refused(reason));
        }
        let id = new_id(now).map_err(StoreError::from)?;
        views::put(&mut tx, &id, &session.account_id, (name, query), now.timestamp_micros()).await?;
        events::audit(&mut tx, who, &deed("view_saved"), now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Deletes one of one's own views.
    ///
    /// # Errors
    /// For viewers and above; where one has no such view.
    pub async fn view_delete(&self, session: &Session, id: &str) -> Result<(), StaffError> {
        let who = require(session, Role::Viewer)?;
        let mut tx = self.write().await?;
        if !views::delete(&mut tx, &session.account_id, id).await? {
            return Err(StaffError::NotFound);
        }
        events::audit(&mut tx, who, &deed("view_deleted"), self.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn deed(action: &'static str) -> Deed<'static> {
    Deed {
        action,
        wave: None,
        unit_id: None,
        detail: "",
    }
}
