//! Which rules count: the operator's setting until an admin chooses others;
//! what another choice would change, unit by unit, before it counts.

use super::names;
use crate::Portal;
use crate::clock::from_micros;
use crate::identity::{Role, Session};
use crate::respondent::view::context;
use crate::staff::{StaffError, require};
use crate::store::events::{self, Deed};
use crate::store::{Conn, StoreError, Stored, cases, results, submissions, waves};
use crate::waves::{WaveView, view};
use chrono::{DateTime, Utc};
use survey::typology::{Outcome, RuleText, texts};
use survey::{AgeGroup, CaseContext, Entries, Form, Rules, Sheet};
use validator::ValidateLength;

/// Cases up to which other rules are tried while a page is waited for.
const MOST: i64 = 5_000;

/// The rules and what others would change.
#[derive(Clone, Debug)]
pub struct RulesView {
    /// Wave looked at.
    pub wave: WaveView,
    /// Rules that count now.
    pub current: Rules,
    /// Rules of the operator's setting.
    pub default: Rules,
    /// Every rule that counts, in words.
    pub texts: Vec<RuleText>,
    /// Who chose which rules, latest first.
    pub history: Vec<RuleChoice>,
    /// Usable cases of the wave.
    pub n: u64,
    /// The other rules there are; none where there are too many cases to try
    /// them at once.
    pub alternatives: Option<Vec<Alternative>>,
}

/// A choice of rules.
#[derive(Clone, Debug)]
pub struct RuleChoice {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub who: String,
    /// Version.
    pub rule_version: String,
    /// Setting of criterion 3.
    pub k3_rule: String,
    /// Why.
    pub reason: String,
}

/// Other rules and the units they change.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// The rules.
    pub rules: Rules,
    /// Units with another type for either age group, in German order of names.
    pub changes: Vec<RuleDiff>,
}

/// A unit that other rules classify otherwise.
#[derive(Clone, Debug)]
pub struct RuleDiff {
    /// Kennung.
    pub kennung: String,
    /// Name.
    pub name: String,
    /// Form.
    pub form: Form,
    /// Age group.
    pub age_group: AgeGroup,
    /// Known letters under the current rules.
    pub now: String,
    /// Under the others.
    pub then: String,
}

impl Portal {
    /// The rules that count: those chosen last, else the operator's setting.
    pub(crate) async fn rules(&self, conn: &mut Conn) -> Stored<Rules> {
        let default = self.default_rules();
        let Some((version, k3_rule)) = results::chosen_rules(conn).await? else {
            return Ok(default);
        };
        let wrong = |_| StoreError::content(format!("rules {version:?}, {k3_rule:?}"));
        Ok(Rules {
            version: version.parse().map_err(wrong)?,
            k3_rule: k3_rule.parse().map_err(wrong)?,
        })
    }

    /// The rules that count.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn current_rules(&self) -> Result<Rules, StoreError> {
        let mut conn = self.read().await?;
        self.rules(&mut conn).await
    }

    fn default_rules(&self) -> Rules {
        Rules {
            k3_rule: self.settings().k3_rule,
            ..Rules::default()
        }
    }

    /// The rules, and what each other choice would change in a wave; for
    /// viewers and above.
    ///
    /// # Errors
    /// Where there is no such wave.
    pub async fn rules_view(&self, session: &Session, wave: i32) -> Result<RulesView, StaffError> {
        require(session, Role::Viewer)?;
        let mut snapshot = self.snapshot().await?;
        let row = waves::find(&mut snapshot, wave).await?.ok_or(StaffError::NotFound)?;
        let current = self.rules(&mut snapshot).await?;
        let n = results::count_usable(&mut snapshot, wave).await?;
        let alternatives = if n > MOST {
            None
        } else {
            Some(self.alternatives(&mut snapshot, wave, current).await?)
        };
        let history = results::choices(&mut snapshot).await?;
        Ok(RulesView {
            wave: view(&row)?,
            current,
            default: self.default_rules(),
            texts: texts(current),
            history: history
                .into_iter()
                .map(|row| RuleChoice {
                    at: from_micros(row.at),
                    who: row.who,
                    rule_version: row.rule_version,
                    k3_rule: row.k3_rule,
                    reason: row.reason,
                })
                .collect(),
            n: super::number(n),
            alternatives,
        })
    }

    /// Every other choice of rules tried on the usable cases of a wave.
    async fn alternatives(&self, conn: &mut Conn, wave: i32, current: Rules) -> Stored<Vec<Alternative>> {
        let others = Rules::all().filter(|rules| *rules != current);
        let mut list: Vec<Alternative> = others
            .map(|rules| Alternative {
                rules,
                changes: Vec::new(),
            })
            .collect();
        for row in results::usable(conn, wave).await? {
            let Some(case) = cases::by_id(conn, &row.case_id).await? else {
                continue;
            };
            let Some(submission) = submissions::by_id(conn, &row.submission_id).await? else {
                continue;
            };
            let instrument = self.instruments().of(conn, Some(&submission.instrument)).await?;
            let context = context(conn, &case, current).await?;
            let entries: Entries = serde_json::from_str(&submission.entries)?;
            let outcomes = |rules| {
                let case = CaseContext {
                    rules,
                    ..context.clone()
                };
                let sheet = Sheet::new(instrument.clone(), case, &entries);
                AgeGroup::ALL.map(|age| Outcome::from(&sheet.classification(age)))
            };
            let now = outcomes(current);
            for alternative in &mut list {
                let then = outcomes(alternative.rules);
                for (age_group, (now, then)) in AgeGroup::ALL.into_iter().zip(now.iter().zip(&then)) {
                    let (now, then) = (now.partial(), then.partial());
                    if now != then {
                        alternative.changes.push(RuleDiff {
                            kennung: case.kennung.clone(),
                            name: case.name.clone(),
                            form: context.form,
                            age_group,
                            now,
                            then,
                        });
                    }
                }
            }
        }
        Ok(list)
    }

    /// Makes rules count from now on. Results under other rules stay; missing
    /// ones are computed by the next classification.
    ///
    /// # Errors
    /// For admins; needs a reason of 3 to 1,000 characters; refused where
    /// these rules count already.
    pub async fn choose_rules(&self, session: &Session, rules: Rules, reason: &str) -> Result<(), StaffError> {
        let who = require(session, Role::Admin)?;
        let reason = reason.trim().replace('\0', "");
        if !reason.validate_length(Some(3), Some(1_000), None) {
            return Err(StaffError::Reason);
        }
        let now = self.now();
        let mut tx = self.write().await?;
        if self.rules(&mut tx).await? == rules {
            return Err(StaffError::Refused("Diese Regeln gelten bereits.".into()));
        }
        results::choose(&mut tx, who, names(rules), &reason, now).await?;
        // Beside the cases stands what there is under the new rules already.
        submissions::set_types(&mut tx, rules.version.name(), rules.k3_rule.name()).await?;
        for (case, known) in results::typology_to_be(&mut tx, names(rules)).await? {
            cases::set_typology(&mut tx, &case, known, now.timestamp_micros()).await?;
        }
        let detail = format!("{}, {}", rules.version.name(), rules.k3_rule.name());
        let deed = Deed {
            action: "rules_chosen",
            wave: None,
            unit_id: None,
            detail: &detail,
        };
        events::audit(&mut tx, who, &deed, now).await?;
        tx.commit().await?;
        Ok(())
    }
}
