//! Looks at a database as a whole: is everything there, does everything fit,
//! does every result come out again. For backups, for moves, after accidents.

use crate::Portal;
use crate::classify::letters;
use crate::respondent::fingerprint;
use crate::respondent::view::context;
use crate::store::verify::{self, WholeRow};
use crate::store::{Conn, StoreError, Stored, cases};
use std::collections::{BTreeMap, HashMap};
use survey::{AgeGroup, CaseContext, Entries, Finding, FindingKind, Instrument, Rules, Sheet};

/// One thing that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// What was looked at, in German.
    pub about: String,
    /// Which row: an id, a Kennung with its wave, or the database's own words.
    pub place: String,
}

/// What was looked at, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Submissions computed anew.
    pub submissions: u64,
    /// Classifications computed anew.
    pub classifications: u64,
    /// Everything that is wrong; empty where all is well.
    pub damage: Vec<Damage>,
}

impl Verified {
    fn wrong(&mut self, about: &str, place: impl Into<String>) {
        self.damage.push(Damage {
            about: about.to_owned(),
            place: place.into(),
        });
    }
}

impl Portal {
    /// Verifies the whole database in one state: the database's own checks,
    /// foreign keys, answers against their history, status against events,
    /// figures of returns against a full recount,
    /// every submission whole, every classification the same when computed
    /// anew. `progress` gets how many submissions are done, and of how many.
    ///
    /// # Errors
    /// Where the database cannot be read at all.
    pub async fn verify(&self, mut progress: impl FnMut(u64, u64) + Send) -> Result<Verified, StoreError> {
        let mut conn = self.snapshot().await?;
        let mut seen = Verified::default();
        for line in verify::integrity(&mut conn).await? {
            seen.wrong("Datenbank", line);
        }
        for (about, row) in verify::contradictions(&mut conn).await? {
            seen.wrong(about, row);
        }
        self.verify_progress(&mut conn, &mut seen).await?;
        for line in crate::returns::differences(&mut conn).await? {
            seen.wrong(
                "Mitgeführte Zahl zum Rücklauf stimmt nicht mit den Vorgängen überein",
                line,
            );
        }
        let rows = verify::submissions(&mut conn).await?;
        let of = rows.len() as u64;
        let mut numbers: HashMap<&str, i32> = HashMap::new();
        for (row, done) in rows.iter().zip(1..) {
            let expected = numbers.entry(&row.case_id).or_default();
            *expected += 1;
            if row.number != *expected {
                seen.wrong("Abgaben nicht fortlaufend gezählt", place(row));
            }
            self.verify_submission(&mut conn, row, &mut seen).await?;
            progress(done, of);
        }
        Ok(seen)
    }

    /// Progress of cases in the field, where it is that of their answers.
    async fn verify_progress(&self, conn: &mut Conn, seen: &mut Verified) -> Stored<()> {
        for (case_id, asked, answered) in verify::progress(conn).await? {
            let Some(case) = cases::by_id(conn, &case_id).await? else {
                continue;
            };
            let progress = self.draft(conn, &case).await?.sheet.progress(None);
            if (i64::from(progress.asked), i64::from(progress.answered)) != (asked.into(), answered.into()) {
                seen.wrong(
                    "Fortschritt ist nicht der der Angaben",
                    format!("{}/{}", case.wave, case.kennung),
                );
            }
        }
        Ok(())
    }

    async fn verify_submission(&self, conn: &mut Conn, row: &WholeRow, seen: &mut Verified) -> Stored<()> {
        seen.submissions += 1;
        let Some(instrument) = self.instruments().get(conn, &row.instrument).await? else {
            seen.wrong("Abgabe ohne ihren Fragebogen", place(row));
            return Ok(());
        };
        let Some(case) = cases::by_id(conn, &row.case_id).await? else {
            seen.wrong("Abgabe ohne ihren Fall", place(row));
            return Ok(());
        };
        // What contact data was taken out of has a fingerprint of what is left.
        let expected = row.redacted_fingerprint.as_ref().unwrap_or(&row.fingerprint);
        if fingerprint(&row.kennung, row.wave, &row.instrument, &row.machine) != *expected {
            seen.wrong("Fingerabdruck passt nicht zur Abgabe", place(row));
        }
        let Ok(entries) = serde_json::from_str::<Entries>(&row.entries) else {
            seen.wrong("Angaben der Abgabe sind nicht lesbar", place(row));
            return Ok(());
        };
        let rules = self.rules(conn).await?;
        let context = context(conn, &case, rules).await?;
        let sheet = Sheet::new(instrument.clone(), context.clone(), &entries);
        let redacted = row.redacted_fingerprint.is_some();
        for reason in incomplete(&instrument, &sheet, &row.machine, redacted) {
            seen.wrong(reason, place(row));
        }
        for stored in verify::classifications(conn, &row.id).await? {
            seen.classifications += 1;
            // Rules this program does not know cannot be run; their results stay as they are.
            let (Ok(k3_rule), Ok(version)) = (stored.k3_rule.parse(), stored.rule_version.parse()) else {
                continue;
            };
            let context = CaseContext {
                rules: Rules { k3_rule, version },
                ..context.clone()
            };
            let sheet = Sheet::new(instrument.clone(), context, &entries);
            let again = [AgeGroup::Ue, AgeGroup::U25].map(|age| sheet.classification(age));
            let types = again.each_ref().map(survey::Classification::partial);
            let whole = [serde_json::to_string(&again[0])?, serde_json::to_string(&again[1])?];
            let lettered = stored
                .letters
                .is_none_or(|stored| stored == letters(&again[0], &again[1]));
            if whole != [stored.ue, stored.u25] || types != [stored.type_ue, stored.type_u25] || !lettered {
                seen.wrong("Klassifikation kommt nicht noch einmal heraus", place(row));
            }
        }
        Ok(())
    }
}

fn place(row: &WholeRow) -> String {
    format!("{}/{} {}", row.wave, row.kennung, row.receipt)
}

/// What is missing from a submission; contact data may be, where it was taken
/// out.
fn incomplete(instrument: &Instrument, sheet: &Sheet, machine: &str, redacted: bool) -> Vec<&'static str> {
    let mut reasons = Vec::new();
    match serde_json::from_str::<BTreeMap<String, String>>(machine) {
        Ok(values) => {
            let all = instrument
                .item_indices()
                .all(|item| values.contains_key(&instrument[item].id));
            if !all || values.len() != instrument.item_indices().count() {
                reasons.push("Abgabe enthält nicht jede Angabe des Fragebogens");
            }
        }
        Err(_) => reasons.push("Werte der Abgabe sind nicht lesbar"),
    }
    let lacking = |kind| matches!(kind, FindingKind::MissingP1 | FindingKind::Form);
    let taken_out = |finding: &Finding| redacted && instrument[finding.question].contact_data;
    let findings = sheet.findings(&[]);
    if findings
        .iter()
        .any(|finding| lacking(finding.kind) && !taken_out(finding))
    {
        reasons.push("Abgabe ist nicht vollständig");
    }
    reasons
}
