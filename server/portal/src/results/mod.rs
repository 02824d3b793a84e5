//! Results of a wave and of the panel: the paper's tables, change between
//! waves, any variable, rules, feedback for offices.
//!
//! All rest on submissions of usable cases, never on drafts, and first catch
//! up what is not yet classified. Counting is done by the database over
//! outcomes of ten letters; what they mean only `survey` knows.

mod change;
mod feedback;
mod protected;
mod rules;
mod variables;

pub use change::{ChangeView, Cleared, Reasons, Shift};
pub use feedback::{Feedback, FeedbackDesk};
pub use protected::{FeedbackTables, ProtectedGroup, ProtectedTables};
pub use rules::{Alternative, RuleChoice, RuleDiff, RulesView};
pub use variables::{Content, GroupStats, Grouping, Variable, VariableLine, VariableView};

use crate::Portal;
use crate::classify::ClassifyError;
use crate::identity::{Role, Session};
use crate::respondent::view::read_form;
use crate::staff::{StaffError, require};
use crate::store::results::{self, RuleNames, Which};
use crate::store::{Conn, StoreError, Stored, waves};
use crate::waves::{WaveView, view};
use survey::tables::{Cell, Row, cells, detailed};
use survey::typology::Outcomes;
use survey::{AgeGroup, Rules};

/// What a figure rests on.
#[derive(Clone, Debug)]
pub struct Base {
    /// The wave.
    pub wave: WaveView,
    /// The wave before, where there is one with cases.
    pub previous: Option<WaveView>,
    /// Only units usable in both waves, counted under their form in the later.
    pub panel: bool,
    /// Rules that count.
    pub rules: Rules,
    /// Usable units counted.
    pub n: u64,
    /// The same in the wave before.
    pub n_previous: u64,
}

impl Base {
    /// The waves whose usable units are the base; none: the whole wave.
    fn units(&self) -> Vec<i32> {
        match &self.previous {
            Some(previous) if self.panel => vec![self.wave.key, previous.key],
            _ => Vec::new(),
        }
    }
}

/// The paper's tables with their base.
#[derive(Clone, Debug)]
pub struct ResultsView {
    /// What they rest on.
    pub base: Base,
    /// Every cell, variants and reasons included.
    pub cells: Vec<Cell>,
}

impl From<ClassifyError> for StaffError {
    fn from(error: ClassifyError) -> Self {
        match error {
            ClassifyError::NoWave(_) | ClassifyError::NotInPanel(_) => Self::NotFound,
            ClassifyError::Unsound(unsound) => Self::Refused(unsound.to_string()),
            ClassifyError::Store(error) => Self::Store(error),
        }
    }
}

impl Portal {
    /// Tabelle 1 and 2, Abbildung 1 and 2 of a wave, beside an earlier one,
    /// over the usable cases and under the current rules. `panel`: only units
    /// usable in all of these waves, counted under their form in the latest.
    ///
    /// # Errors
    /// Where there is no such wave, where the panel lacks one that is shown,
    /// and where a table would not add up.
    pub async fn tables(&self, wave: i32, previous: Option<i32>, panel: &[i32]) -> Result<Vec<Cell>, ClassifyError> {
        let waves: Vec<i32> = std::iter::once(wave).chain(previous).collect();
        if let Some(missing) = waves.iter().find(|wave| !panel.is_empty() && !panel.contains(wave)) {
            return Err(ClassifyError::NotInPanel(*missing));
        }
        for wave in waves.iter().chain(panel) {
            self.classify(Some(*wave), |_, _| {}).await?;
        }
        let mut snapshot = self.snapshot().await?;
        let rules = self.rules(&mut snapshot).await?;
        Ok(cells(&counted(&mut snapshot, &waves, panel, rules).await?, &waves)?)
    }

    /// The tables of a wave beside the one before, for viewers and above.
    ///
    /// # Errors
    /// Where there is no such wave, or a table would not add up.
    pub async fn results(&self, session: &Session, wave: i32, panel: bool) -> Result<ResultsView, StaffError> {
        require(session, Role::Viewer)?;
        let (mut snapshot, mut base) = self.base(wave, panel).await?;
        let waves: Vec<i32> = std::iter::once(wave)
            .chain(base.previous.as_ref().map(|one| one.key))
            .collect();
        let rows = counted(&mut snapshot, &waves, &base.units(), base.rules).await?;
        let of = |wave: i32| -> u64 {
            let rows = rows
                .iter()
                .filter(|row| row.wave == wave && row.age_group == AgeGroup::Ue);
            rows.map(|row| row.count).sum()
        };
        base.n = of(wave);
        base.n_previous = base.previous.as_ref().map_or(0, |one| of(one.key));
        let cells = detailed(&rows, &waves).map_err(ClassifyError::from)?;
        Ok(ResultsView { base, cells })
    }

    /// One state of everything, with both waves classified. `n` is still to
    /// be counted.
    async fn base(&self, wave: i32, panel: bool) -> Result<(crate::store::Tx, Base), StaffError> {
        let previous = {
            let mut conn = self.read().await?;
            let row = waves::find(&mut conn, wave).await?.ok_or(StaffError::NotFound)?;
            row.previous
        };
        for wave in std::iter::once(wave).chain(previous) {
            self.classify(Some(wave), |_, _| {}).await?;
        }
        let mut snapshot = self.snapshot().await?;
        let row = waves::find(&mut snapshot, wave).await?.ok_or(StaffError::NotFound)?;
        let before = match row.previous {
            Some(previous) => waves::find(&mut snapshot, previous).await?,
            None => None,
        };
        let base = Base {
            wave: view(&row)?,
            panel: panel && before.is_some(),
            previous: before.as_ref().map(view).transpose()?,
            rules: self.rules(&mut snapshot).await?,
            n: 0,
            n_previous: 0,
        };
        Ok((snapshot, base))
    }
}

/// Usable cases of some waves, counted by what they came out as.
async fn counted(conn: &mut Conn, waves: &[i32], panel: &[i32], rules: Rules) -> Stored<Vec<Row>> {
    let mut list = Vec::new();
    for wave in waves {
        let which = Which { wave: *wave, panel };
        for row in results::counted(conn, which, names(rules)).await? {
            let (form, outcomes) = (read_form(&row.form)?, read_letters(&row.letters)?);
            for age_group in AgeGroup::ALL {
                list.push(Row {
                    wave: *wave,
                    form,
                    age_group,
                    outcome: outcomes.of(age_group),
                    count: number(row.count),
                });
            }
        }
    }
    Ok(list)
}

pub(crate) fn names(rules: Rules) -> RuleNames {
    RuleNames {
        version: rules.version.name(),
        k3_rule: rules.k3_rule.name(),
    }
}

fn read_letters(letters: &str) -> Stored<Outcomes> {
    Outcomes::decode(letters).ok_or_else(|| StoreError::content(format!("an outcome {letters:?}")))
}

/// A count as the database gives it.
fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
