//! Returns: who has answered, by form. "Eingegangen" and "vollständig
//! verwertbar" are always two figures.

use super::{StaffError, known_wave, require};
use crate::Portal;
use crate::identity::{Role, Session};
use crate::respondent::view::read_form;
use crate::store::cases;
use crate::waves::{WaveView, read_status, view};
use std::collections::BTreeMap;
use survey::Form;
use survey::rates::{Outcomes, disposition};
use survey::status::Status;

/// The returns of a wave.
#[derive(Clone, Debug)]
pub struct Returns {
    /// The wave.
    pub wave: WaveView,
    /// All forms together first, then each.
    pub rows: Vec<ReturnsRow>,
    /// Cases by status, in the order of the process; without empty ones.
    pub by_status: Vec<(Status, u32)>,
}

/// The returns of one form, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReturnsRow {
    /// The form; all of them where none is given.
    pub form: Option<Form>,
    /// Units that have ever handed in.
    pub eingegangen: u32,
    /// Units whose questionnaire is fully usable (RR1's numerator).
    pub verwertbar: u32,
    /// Units of the frozen list that belong to the survey.
    pub denominator: u32,
}

/// Cases counted for one row.
#[derive(Default)]
struct Counted {
    outcomes: Outcomes,
    received: u32,
}

impl Portal {
    /// The returns of a wave.
    ///
    /// # Errors
    /// For viewers and above; where there is no such wave.
    pub async fn returns(&self, session: &Session, wave: i32) -> Result<Returns, StaffError> {
        require(session, Role::Viewer)?;
        let mut conn = self.read().await?;
        let wave = known_wave(&mut conn, wave).await?;
        let mut by_form: BTreeMap<Form, Counted> = Form::ALL.map(|form| (form, Counted::default())).into();
        let mut all = Counted::default();
        let mut by_status: BTreeMap<Status, u32> = BTreeMap::new();
        for (form, status, ever_submitted, count) in cases::count(&mut conn, wave.wave).await? {
            let (form, status) = (read_form(&form)?, read_status(&status)?);
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            *by_status.entry(status).or_default() += count;
            for counted in [&mut all, by_form.entry(form).or_default()] {
                // Neither figure depends on whether the typology is answered.
                (0..count).for_each(|_| counted.outcomes.add(disposition(status, true)));
                if ever_submitted && status != Status::Ineligible {
                    counted.received += count;
                }
            }
        }
        let forms = by_form.iter().map(|(form, counted)| (Some(*form), counted));
        let rows = std::iter::once((None, &all))
            .chain(forms)
            .map(|(form, counted)| ReturnsRow {
                form,
                eingegangen: counted.received,
                verwertbar: counted.outcomes.rr1().numerator,
                denominator: counted.outcomes.denominator(),
            });
        Ok(Returns {
            wave: view(&wave)?,
            rows: rows.collect(),
            by_status: by_status.into_iter().collect(),
        })
    }
}
