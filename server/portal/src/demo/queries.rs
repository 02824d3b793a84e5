//! A few Rückfragen of the wave in the field: open, overdue, answered by an
//! explanation and by another value, closed.

use super::DemoError;
use crate::identity::Session;
use crate::queries::usual_deadline;
use crate::{Explanation, ItemChange, NewPoint, NewQuery, Portal, QueryAnswers, berlin};
use chrono::{DateTime, Days, TimeDelta, Utc};
use survey::Entry;

/// What is done, and how long before today.
const COURSE: [(i64, Step); 3] = [(7, Step::Ask), (4, Step::Answer), (2, Step::Close)];

#[derive(Clone, Copy)]
enum Step {
    Ask,
    Answer,
    Close,
}

/// A Rückfrage with one point, and what becomes of it.
struct Story {
    item: &'static str,
    question: &'static str,
    /// Days to answer; none: as many as is usual.
    days: Option<u64>,
    /// What the office says to it, and another value.
    answer: Option<(&'static str, Option<&'static str>)>,
    /// What staff notes at its end.
    closed: Option<&'static str>,
}

const STORIES: [Story; 5] = [
    Story {
        item: "C4",
        question: "Gemeint ist das Gespräch selbst, ohne Vor- und Nachbereitung. Trifft das auf Ihre Angabe zu?",
        days: None,
        answer: Some((
            "Ohne Vorbereitung ist es weniger; die Angabe ist berichtigt.",
            Some("40"),
        )),
        closed: Some("Plausibel."),
    },
    Story {
        item: "A3",
        question: "Sind auch Standorte mitgezählt, an denen nur an einzelnen Tagen Gespräche stattfinden?",
        days: None,
        answer: Some(("Ja, unsere Außenstelle ist dienstags und donnerstags besetzt.", None)),
        closed: None,
    },
    Story {
        item: "Z2",
        question: "Ist die Zeit aller Beteiligten zusammengezählt?",
        days: None,
        answer: Some(("Es fehlte die Zeit der Leistungsabteilung.", Some("310"))),
        closed: None,
    },
    Story {
        item: "K5",
        question: "Gilt dieser Betrag für alle Fachkräfte oder nur für das Fallmanagement?",
        days: None,
        answer: None,
        closed: None,
    },
    Story {
        item: "I6",
        question: "Sind Sanktionen, die im Widerspruch aufgehoben wurden, abgezogen?",
        days: Some(4),
        answer: None,
        closed: None,
    },
];

/// The Rückfragen of a wave as its field phase goes by.
pub(super) struct Queries {
    wave: i32,
    end: DateTime<Utc>,
    done: usize,
    /// Who is asked: the office's session, one for each story.
    asked: Vec<Session>,
}

impl Queries {
    pub fn new(wave: i32, end: DateTime<Utc>) -> Self {
        Self {
            wave,
            end,
            done: 0,
            asked: Vec::new(),
        }
    }

    /// Does what is due by now. `usable`: heads whose questionnaires are in.
    pub async fn go_on(&mut self, portal: &Portal, editor: &Session, usable: &[Session]) -> Result<(), DemoError> {
        while let Some((days, step)) = COURSE.get(self.done)
            && portal.now() >= self.end - TimeDelta::days(*days)
        {
            self.done += 1;
            match step {
                Step::Ask => self.asked = usable.iter().rev().take(STORIES.len()).cloned().collect(),
                Step::Answer | Step::Close => {}
            }
            for (story, head) in STORIES.iter().zip(&self.asked) {
                match step {
                    Step::Ask => self.ask(portal, editor, head, story).await?,
                    Step::Answer => answer(portal, head, story).await?,
                    Step::Close => self.close(portal, editor, head, story).await?,
                }
            }
            // Told before they answer.
            portal.mails_go().await?;
        }
        Ok(())
    }

    async fn ask(&self, portal: &Portal, editor: &Session, head: &Session, story: &Story) -> Result<(), DemoError> {
        let today = berlin::day_of(portal.now());
        let due = story
            .days
            .map_or_else(|| usual_deadline(today), |days| today + Days::new(days));
        let point = NewPoint {
            items: vec![story.item.to_owned()],
            question: story.question.to_owned(),
            ..NewPoint::default()
        };
        let new = NewQuery {
            points: vec![point],
            due: due.to_string(),
        };
        let asked = portal.query_open(editor, self.wave, &head.login, &new).await;
        asked.map(drop).map_err(step)
    }

    async fn close(&self, portal: &Portal, editor: &Session, head: &Session, story: &Story) -> Result<(), DemoError> {
        let Some(note) = story.closed else { return Ok(()) };
        let closed = portal.query_close(editor, self.wave, &head.login, 1, note).await;
        closed.map_err(step)
    }
}

async fn answer(portal: &Portal, head: &Session, story: &Story) -> Result<(), DemoError> {
    let (Some((text, value)), Some(open)) = (story.answer, portal.open_query(head).await?) else {
        return Ok(());
    };
    let case = portal.case_of(head).await?;
    let revision = case.and_then(|case| case.answers.into_iter().find(|answer| answer.item == story.item));
    let change = value.map(|value| ItemChange {
        item: story.item.to_owned(),
        base_revision: revision.map_or(0, |answer| answer.revision),
        entry: Some(Entry::Given(value.to_owned())),
    });
    let answers = QueryAnswers {
        changes: change.into_iter().collect(),
        explanations: vec![Explanation {
            place: 1,
            text: text.to_owned(),
            revision: 0,
        }],
        reasons: Vec::new(),
    };
    portal.query_save(head, &open.query.id, &answers).await.map_err(step)?;
    portal.query_answer(head, &open.query.id).await.map_err(step)?;
    Ok(())
}

fn step(cause: impl std::fmt::Display) -> DemoError {
    DemoError::Step(cause.to_string())
}
