//! The field phase of one demonstration wave, office by office in the order
//! in which they answer.

use super::answers::{answer, reasons};
use super::queries::Queries;
use super::random::Dice;
use super::roster::Office;
use super::{DemoError, Round, staff_login};
use crate::identity::session::{ABSOLUTE, IDLE};
use crate::identity::{Access, Role, Session, Who};
use crate::mail::planning;
use crate::respondent::batch::{self, Job};
use crate::respondent::view::context;
use crate::respondent::{Taken, confirm, opened, take_current};
use crate::store::cases::CaseRow;
use crate::store::{Conn, accounts, cases};
use crate::{Decision, ItemChange, Portal, words};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use survey::{Entries, Entry, Instrument, Kind, Requirement};

/// Offices per transaction.
const BATCH: usize = 40;

/// How far an office gets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Course {
    Silent,
    Looks,
    Begins,
    Answers,
    /// Answers, with so many -8 that staff has to decide.
    Withholds,
}

struct Plan<'a> {
    office: &'a Office,
    course: Course,
    at: DateTime<Utc>,
}

impl Portal {
    /// Lets every office do what it does in this wave. `now` ends the field
    /// phase of a wave that is still open.
    pub(super) async fn hold(
        &self,
        round: &Round,
        offices: &[Office],
        in_field: bool,
        now: DateTime<Utc>,
        mut progress: impl FnMut(u64) + Send,
    ) -> Result<(), DemoError> {
        let start = self.now();
        let end = if in_field {
            now
        } else {
            crate::berlin::end_of_day(round.deadline)
        };
        let mut plans: Vec<Plan> = offices
            .iter()
            .map(|office| plan(office, round.key, in_field, start, end))
            .collect();
        plans.sort_by_key(|plan| plan.at);
        let mut conn = self.read().await?;
        let cases: HashMap<String, CaseRow> = cases::of_wave(&mut conn, round.key)
            .await?
            .into_iter()
            .map(|case| (case.kennung.clone(), case))
            .collect();
        let heads: HashMap<String, String> = accounts::heads_of_wave(&mut conn, round.key)
            .await?
            .into_iter()
            .collect();
        drop(conn);
        let mut done = 0;
        let mut queries = Queries::new(round.key, end);
        let mut usable = Vec::new();
        for batch in plans.chunks(BATCH) {
            let mut tx = self.write().await?;
            planning::queue_due(&mut tx, Some(round.key), self.now()).await?;
            self.mails_went(&mut tx).await?;
            for plan in batch {
                self.clock().advance((plan.at - self.now()).max(TimeDelta::zero()));
                if let Some(case) = cases.get(&plan.office.kennung)
                    && let Some(account) = heads.get(&case.unit_id)
                    && plan.course != Course::Silent
                {
                    let session = session(case, account, self.now());
                    opened(&mut tx, &case.unit_id, &session, self.now()).await?;
                    if plan.course != Course::Looks {
                        self.fill_in(&mut tx, plan, &session).await?;
                    }
                    if plan.course == Course::Answers {
                        usable.push(session);
                    }
                }
                done += 1;
                progress(done);
            }
            tx.commit().await?;
            if in_field && let Some(editor) = self.editor().await? {
                queries.go_on(self, &editor, &usable).await?;
            }
        }
        self.clock().advance((end - self.now()).max(TimeDelta::zero()));
        self.plan_due(Some(round.key), self.now()).await?;
        if in_field && let Some(editor) = self.editor().await? {
            queries.go_on(self, &editor, &usable).await?;
            self.decide_some(&editor, round.key, &plans).await?;
        }
        self.mails_go().await
    }

    /// The institute's editor, at work.
    async fn editor(&self) -> Result<Option<Session>, DemoError> {
        let mut conn = self.read().await?;
        let editor = accounts::by_login(&mut conn, &words::key(&staff_login(Role::Editor))).await?;
        Ok(editor.map(|editor| Session {
            on_behalf: false,
            id: "demo".into(),
            account_id: editor.id,
            login: editor.login,
            display_name: editor.display_name,
            who: Who::Staff { role: Role::Editor },
            second_factor: false,
            idle_until: self.now() + IDLE,
            absolute_until: self.now() + ABSOLUTE,
        }))
    }

    async fn fill_in(&self, conn: &mut Conn, plan: &Plan<'_>, session: &Session) -> Result<(), DemoError> {
        let Ok(taken) = take_current(conn, session).await? else {
            return Err(DemoError::Step(format!("{} hat keinen Fall", plan.office.kennung)));
        };
        let instrument = self.instruments().of(conn, taken.case.instrument.as_deref()).await?;
        let rules = self.rules(conn).await?;
        let context = context(conn, &taken.case, rules).await?;
        let mut entries = answer(&instrument, &context, plan.office);
        match plan.course {
            Course::Begins => keep_beginning(&instrument, &mut entries, plan.office.place),
            Course::Withholds => withhold(&instrument, &mut entries),
            _ => {}
        }
        let confirmations = reasons(&instrument, &context, &entries);
        let changes: Vec<ItemChange> = entries
            .into_iter()
            .map(|(item, entry)| ItemChange {
                item,
                base_revision: 0,
                entry: Some(entry),
            })
            .collect();
        let job = Job {
            session,
            changes: &changes,
            case_id: &taken.case.id,
            status: taken.status,
            revision: taken.revision,
            late: false,
        };
        batch::store(conn, &[job], self.now()).await?;
        if plan.course == Course::Begins {
            return Ok(());
        }
        self.confirm_all(conn, session, &taken, &instrument, &confirmations)
            .await?;
        // The status has moved on by the first answer.
        let Ok(taken) = take_current(conn, session).await? else {
            return Err(DemoError::Step(format!("{} hat keinen Fall", plan.office.kennung)));
        };
        self.hand_in(conn, session, &taken, 1).await?;
        Ok(())
    }

    async fn confirm_all(
        &self,
        conn: &mut Conn,
        session: &Session,
        taken: &Taken,
        instrument: &Instrument,
        confirmations: &[survey::Confirmation],
    ) -> Result<(), DemoError> {
        let now = self.now();
        for confirmation in confirmations {
            let pen = taken.pen(session, now);
            confirm::keep(conn, &pen, &instrument.version, confirmation, now).await?;
        }
        Ok(())
    }

    /// A few cases the institute has decided, so that every status is there.
    async fn decide_some(&self, editor: &Session, wave: i32, plans: &[Plan<'_>]) -> Result<(), DemoError> {
        let of = |course| {
            plans
                .iter()
                .filter(move |plan| plan.course == course)
                .map(|plan| &plan.office.kennung)
        };
        let decisions = [
            (
                of(Course::Silent).nth(1),
                Decision::Refused,
                "Telefonisch abgelehnt: keine Zeit.",
            ),
            (
                of(Course::Silent).nth(2),
                Decision::Ineligible { successor: None },
                "Zum Jahresende aufgelöst.",
            ),
            (
                of(Course::Withholds).next(),
                Decision::Unusable,
                "Zu viele Angaben fehlen.",
            ),
        ];
        for (kennung, decision, reason) in decisions {
            if let Some(kennung) = kennung {
                self.decide(editor, wave, kennung, decision, reason).await?;
            }
        }
        Ok(())
    }
}

fn session(case: &CaseRow, account: &str, now: DateTime<Utc>) -> Session {
    Session {
        on_behalf: false,
        id: format!("demo-{}", case.id),
        account_id: account.to_owned(),
        login: case.kennung.clone(),
        display_name: case.contact_name.clone(),
        who: Who::Unit {
            unit_id: case.unit_id.clone(),
            kennung: case.kennung.clone(),
            head: true,
            access: Access::WHOLE,
        },
        second_factor: false,
        idle_until: now + IDLE,
        absolute_until: now + ABSOLUTE,
    }
}

/// Who gets how far, and when: more come in early, and at the end.
fn plan<'a>(office: &'a Office, wave: i32, in_field: bool, start: DateTime<Utc>, end: DateTime<Utc>) -> Plan<'a> {
    let mut dice = Dice::new(wave, office.place + 10_000);
    let luck = dice.between(1, 100);
    let course = match (office.takes_part(wave), in_field) {
        (true, false) => Course::Answers,
        (false, false) if luck <= 40 => Course::Looks,
        (false, false) => Course::Silent,
        (true, true) if luck <= 65 => Course::Answers,
        (_, true) if luck <= 67 => Course::Withholds,
        (_, true) if luck <= 79 => Course::Begins,
        (_, true) if luck <= 87 => Course::Looks,
        (_, true) => Course::Silent,
    };
    let span = (end - start).num_minutes().max(1);
    let (first, second) = (dice.between(0, span - 1), dice.between(0, span - 1));
    let minutes = if dice.chance(70) { first.min(second) } else { first };
    Plan {
        office,
        course,
        at: start + TimeDelta::minutes(minutes),
    }
}

/// Only the first modules are answered, up to a point of its own.
fn keep_beginning(instrument: &Instrument, entries: &mut Entries, place: usize) {
    let keep = instrument.items.len() * (15 + place * 13 % 60) / 100;
    for item in &instrument.items[keep..] {
        entries.remove(&item.id);
    }
}

/// -8 for every single figure of level P2 that offers it.
fn withhold(instrument: &Instrument, entries: &mut Entries) {
    for question in &instrument.questions {
        let figure = matches!(
            question.kind,
            Kind::Integer | Kind::Decimal | Kind::Percent | Kind::Euro
        );
        if question.requirement == Requirement::P2 && question.cannot_say && figure {
            for item in &question.items {
                if let Some(entry) = entries.get_mut(&instrument[*item].id) {
                    *entry = Entry::CannotSay;
                }
            }
        }
    }
}
