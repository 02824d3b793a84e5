//! Shortcuts to the field: waves, offices, staff, answers.

use super::{HERE, World};
use crate::common::{self, COMPLETE};
use chrono::NaiveDate;
use portal::{ItemChange, NewWave, Role, Session};

/// Three offices, one of each form.
pub(crate) const REGISTER: &str = "\
kennung;name;form;land;kontakt_name;kontakt_email
GS-1;ARGE Cordelbach;ARGE;Hessen;Eva Öhm;eva@cordelbach.example
GS-2;Landkreis Ähren;zkT;Baden-Württemberg;Jan Groß;jan@aehren.example
GS-3;Agentur Üllen;gAw;Sachsen;;post@uellen.example
";

pub(crate) const PASSWORD: &str = "blauer Elefant am See";

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Changes to items that were never answered before, or `base` of each.
pub(crate) fn changes(pairs: &[(&str, &str)], base: i64) -> Vec<ItemChange> {
    pairs
        .iter()
        .map(|(item, text)| ItemChange {
            item: (*item).to_owned(),
            base_revision: base,
            entry: common::entry(text),
        })
        .collect()
}

impl World {
    pub(crate) fn wave(key: i32, previous: Option<i32>) -> NewWave {
        NewWave {
            key,
            stichtag: if key == 2008 {
                day("2007-10-31")
            } else {
                day(&format!("{}-12-31", key - 1))
            },
            zeitraum: (key - 1).to_string(),
            start: day(&format!("{key}-01-14")),
            deadline: day(&format!("{key}-02-15")),
            previous,
            instrument: None,
        }
    }

    /// The wave of 2008 in the field, with [`REGISTER`].
    pub(crate) async fn in_the_field(&self) {
        self.portal.wave_add(Self::wave(2007, None)).await.unwrap();
        self.portal.wave_add(Self::wave(2008, Some(2007))).await.unwrap();
        self.portal.import_units(2008, REGISTER.as_bytes(), &[]).await.unwrap();
        self.portal.wave_open(2008).await.unwrap();
    }

    /// Sends the mails, follows the invitation of an office and signs in.
    pub(crate) async fn office(&self, kennung: &str) -> Session {
        self.portal.mail_run(None, None).await.unwrap();
        self.invited(kennung).await
    }

    /// Follows the invitation an office has got and signs in.
    pub(crate) async fn invited(&self, kennung: &str) -> Session {
        let token = self.mail("einladung", kennung).token();
        self.portal.set_password(&token, PASSWORD, PASSWORD).await.unwrap();
        self.sign_in(kennung).await
    }

    /// Signs in once more, as another session of the same account.
    pub(crate) async fn sign_in(&self, login: &str) -> Session {
        self.portal.sign_in(login, PASSWORD, HERE).await.unwrap().session
    }

    /// Somebody of the institute, signed in.
    pub(crate) async fn staff(&self, role: Role) -> Session {
        let email = format!("{role}@iaw.example");
        let link = self.portal.staff_add(&email, role).await.unwrap();
        let token = link.rsplit('/').next().unwrap();
        self.portal.set_password(token, PASSWORD, PASSWORD).await.unwrap();
        self.sign_in(&email).await
    }

    /// Saves answers to items as they stand now.
    pub(crate) async fn save(&self, session: &Session, pairs: &[(&str, &str)]) {
        let case = self.portal.case_of(session).await.unwrap().unwrap();
        let mut list = changes(pairs, 0);
        for change in &mut list {
            let stored = case.answers.iter().find(|answer| answer.item == change.item);
            change.base_revision = stored.map_or(0, |answer| answer.revision);
        }
        let saved = self.portal.save(session, &list).await.unwrap();
        assert!(saved.conflicts.is_empty(), "{:?}", saved.conflicts);
    }

    /// Answers the whole questionnaire so that it may be handed in.
    pub(crate) async fn complete(&self, session: &Session) {
        self.save(session, COMPLETE).await;
    }
}
