//! One action for many cases: first looked at (how many, and which not and
//! why), then done for exactly that number, all or none.

use super::calls::{self, CallForm};
use super::deadline::{self, DeadlineForm};
use super::mails::FormError;
use super::touch;
use super::{StaffError, require};
use crate::Portal;
use crate::berlin;
use crate::identity::{Role, Session};
use crate::input::FieldError;
use crate::mail::plan::named;
use crate::respondent::status::{Step, transition};
use crate::store::cases::{self, CaseRow};
use crate::store::events::{self, Deed};
use crate::store::{Conn, submissions, waves as wave_rows};
use crate::waves::{self, read_status};
use crate::words;
use survey::status::{Event, Facts, apply};

/// What can be done with many cases at once, besides reminding them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkAct {
    /// A longer deadline.
    Extend,
    /// A call that was made.
    Call,
    /// They declined.
    Refuse,
}

named!(BulkAct {
    Extend => "frist", "Frist verlängern";
    Call => "notiz", "Anruf festhalten";
    Refuse => "verweigert", "Als verweigert vermerken";
});

/// A case of a selection, and why the action is not for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// Kennung.
    pub kennung: String,
    /// Name; empty where there is no such case.
    pub name: String,
    /// Why not, as a sentence; `None`: it will be done.
    pub why_not: Option<String>,
}

/// What the action's form says.
#[derive(Clone, Debug, Default)]
pub struct BulkForm {
    /// For [`BulkAct::Extend`].
    pub deadline: DeadlineForm,
    /// For [`BulkAct::Call`].
    pub call: CallForm,
    /// For [`BulkAct::Refuse`]: why, 3 to 1,000 characters.
    pub reason: String,
    /// How many cases were seen and confirmed.
    pub expected: u64,
}

impl Portal {
    /// What an action would do with these cases.
    ///
    /// # Errors
    /// For viewers and above.
    pub async fn selection(
        &self,
        session: &Session,
        wave: i32,
        kennungen: &[String],
        act: BulkAct,
    ) -> Result<Vec<Selected>, StaffError> {
        require(session, Role::Viewer)?;
        let mut conn = self.read().await?;
        let all = look(&mut conn, wave, kennungen, act).await?;
        Ok(all.into_iter().map(|(selected, _)| selected).collect())
    }

    /// Does it, and returns with how many cases.
    ///
    /// # Errors
    /// For editors and above; what is wrong, by field, among them `anzahl`
    /// where it is another number now. Nothing is done then.
    pub async fn selection_act(
        &self,
        session: &Session,
        wave: i32,
        kennungen: &[String],
        act: BulkAct,
        form: &BulkForm,
    ) -> Result<u64, FormError> {
        let who = require(session, Role::Editor)?;
        let now = self.now();
        let today = berlin::day_of(now);
        let mut tx = self.write().await?;
        let row = wave_rows::find(&mut tx, wave).await?.ok_or(StaffError::NotFound)?;
        let of_wave = waves::read_day(&row.deadline).map_err(StaffError::from)?;
        let all = look(&mut tx, wave, kennungen, act).await?;
        let cases: Vec<CaseRow> = all.into_iter().filter_map(|(_, case)| case).collect();
        let n = cases.len() as u64;
        if n != form.expected {
            let message = format!(
                "{} Bitte sehen Sie noch einmal durch.",
                words::meanwhile(n, form.expected, "Fall", "Fälle")
            );
            return Err(wrong("anzahl", message));
        }
        match act {
            BulkAct::Extend => {
                let (day, reason) = deadline::checked(&form.deadline, of_wave, today).map_err(FormError::Invalid)?;
                for case in &cases {
                    deadline::set(&mut tx, case, (day, &reason), form.deadline.tell, (who, now)).await?;
                }
            }
            BulkAct::Call => {
                let call = form.call.checked(today).map_err(FormError::Invalid)?;
                for case in &cases {
                    calls::store(&mut tx, &case.id, who, &call, now).await?;
                }
            }
            BulkAct::Refuse => {
                let reason = form.reason.trim().replace('\0', "");
                if !(3..=1_000).contains(&reason.chars().count()) {
                    return Err(wrong("grund", StaffError::Reason.to_string()));
                }
                for case in &cases {
                    let (_, status) = cases::take(&mut tx, &case.id).await?;
                    let step = Step {
                        event: Event::Refuse,
                        facts: Facts::default(),
                        who,
                        reason: Some(&reason),
                    };
                    let status = read_status(&status)?;
                    let done = transition(&mut tx, &case.id, status, &step, now).await?;
                    done.map_err(|refused| StaffError::Refused(refused.to_string()))?;
                }
            }
        }
        for case in &cases {
            let deed = Deed {
                action: "case_in_selection",
                wave: Some(wave),
                unit_id: Some(&case.unit_id),
                detail: act.name(),
            };
            events::audit(&mut tx, who, &deed, now).await?;
        }
        tx.commit().await?;
        Ok(n)
    }
}

/// Each case once, in the order given, with its row where the action is for it.
async fn look(
    conn: &mut Conn,
    wave: i32,
    kennungen: &[String],
    act: BulkAct,
) -> Result<Vec<(Selected, Option<CaseRow>)>, StaffError> {
    let mut seen = std::collections::HashSet::new();
    let mut all = Vec::with_capacity(kennungen.len());
    for kennung in kennungen.iter().take(super::MOST_NAMED) {
        if !seen.insert(words::key(kennung)) {
            continue;
        }
        all.push(match touch::find(conn, wave, kennung).await? {
            None => (
                Selected {
                    kennung: kennung.clone(),
                    name: String::new(),
                    why_not: Some("Diese Kennung gibt es in dieser Welle nicht".to_owned()),
                },
                None,
            ),
            Some(case) => {
                let why_not = why_not(conn, &case, act).await?;
                let selected = Selected {
                    kennung: case.kennung.clone(),
                    name: case.name.clone(),
                    why_not,
                };
                let case = selected.why_not.is_none().then_some(case);
                (selected, case)
            }
        });
    }
    Ok(all)
}

async fn why_not(conn: &mut Conn, case: &CaseRow, act: BulkAct) -> Result<Option<String>, StaffError> {
    Ok(match act {
        BulkAct::Extend => deadline::why_not(case)?,
        BulkAct::Call => None,
        BulkAct::Refuse => {
            let ever_submitted = !submissions::receipts(conn, &case.id).await?.is_empty();
            let facts = Facts {
                ever_submitted,
                meets_rule: false,
            };
            let status = read_status(&case.status)?;
            let refused = apply(status, Event::Refuse, &facts).is_err();
            refused.then(|| {
                if ever_submitted {
                    "Diese Einheit hat schon einmal abgegeben".to_owned()
                } else {
                    format!("Im Status „{}“ geht das nicht", status.label())
                }
            })
        }
    })
}

fn wrong(field: &str, message: String) -> FormError {
    FormError::Invalid(vec![FieldError {
        field: field.to_owned(),
        code: "value".to_owned(),
        message,
    }])
}
