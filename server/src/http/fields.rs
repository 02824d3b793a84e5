//! Posted forms as names and values in the order they came, and the rule that
//! a form's names are known beforehand.

use super::error::HttpError;
use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use std::collections::BTreeMap;

/// All fields of a posted form.
#[derive(Debug, Default)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

impl Fields {
    /// Reads the body of a request.
    pub(super) async fn read(request: Request) -> Result<Self, HttpError> {
        match Form::<Vec<(String, String)>>::from_request(request, &()).await {
            Ok(Form(pairs)) => Ok(Self(pairs)),
            Err(refused) => Err(match refused.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => HttpError::TooLarge,
                _ => HttpError::BadForm("Das Formular ist nicht lesbar.".to_owned()),
            }),
        }
    }

    /// Takes out the fields whose names start with `prefix`, without it.
    pub(super) fn take_prefixed(&mut self, prefix: &str) -> Vec<(String, String)> {
        let (taken, kept) = std::mem::take(&mut self.0)
            .into_iter()
            .partition::<Vec<_>, _>(|(name, _)| name.starts_with(prefix));
        self.0 = kept;
        taken
            .into_iter()
            .map(|(name, value)| (name[prefix.len()..].to_owned(), value))
            .collect()
    }

    /// Takes out one field.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let place = self.0.iter().position(|(other, _)| other == name)?;
        Some(self.0.remove(place).1)
    }

    /// Exactly the fields of a form: none unknown, none twice.
    pub(super) fn only(self, names: &[&'static str]) -> Result<Named, HttpError> {
        let mut named = BTreeMap::new();
        for (name, value) in self.0 {
            let Some(known) = names.iter().find(|known| **known == name) else {
                return Err(HttpError::UnknownField(name));
            };
            if named.insert(*known, value).is_some() {
                return Err(HttpError::BadForm(format!("Das Feld „{name}“ kam mehr als einmal.")));
            }
        }
        Ok(Named(named))
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = HttpError;

    async fn from_request(request: Request, _: &S) -> Result<Self, HttpError> {
        Self::read(request).await
    }
}

/// Fields of a form whose names have been checked.
#[derive(Debug)]
pub(super) struct Named(BTreeMap<&'static str, String>);

impl Named {
    /// The value, empty where it was not sent.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn unknown_and_repeated_names_are_refused_by_name() {
        let named = fields(&[("a", "1")]).only(&["a", "b"]).unwrap();
        assert_eq!((named.get("a"), named.get("b")), ("1", ""));
        let unknown = fields(&[("a", "1"), ("c", "2")]).only(&["a"]).unwrap_err();
        assert!(matches!(unknown, HttpError::UnknownField(name) if name == "c"));
        let twice = fields(&[("a", "1"), ("a", "2")]).only(&["a"]).unwrap_err();
        assert_eq!(twice.code(), "bad_form");
    }

    #[test]
    fn prefixed_fields_come_out_in_order_and_without_the_prefix() {
        let mut form = fields(&[("fort__D3", "1"), ("kennung", "x"), ("fort__D3", "3")]);
        let carried = form.take_prefixed("fort__");
        assert_eq!(
            carried,
            [("D3".to_owned(), "1".to_owned()), ("D3".to_owned(), "3".to_owned())]
        );
        assert_eq!(form.take("kennung").as_deref(), Some("x"));
        assert!(form.0.is_empty());
    }
}
