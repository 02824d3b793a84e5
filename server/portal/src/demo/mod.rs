//! A demonstration data set: invented offices, three waves, answers that pass
//! every blocking check. It goes through the same use cases as a real wave,
//! with a clock of its own, so that histories, receipts and mails are as they
//! would be; only passwords are set all at once, to one hash.

mod answers;
mod field;
mod mails;
mod queries;
mod random;
mod roster;
mod shape;

use crate::clock::Clock;
use crate::identity::Role;
use crate::store::{StoreError, run};
use crate::{ClassifyError, ImportError, NewWave, Portal, StaffAddError, StaffError, WaveError, berlin, words};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use roster::{OFFICES, Office, offices};
use survey::Form;
use survey::status::Status;

/// Password of every account of the demonstration.
const PASSWORD: &str = "nur zur Vorführung 2008";
/// Sign-ins shown per status.
const SHOWN_PER_STATUS: usize = 12;

/// Who may sign in to the demonstration.
#[derive(Clone, Debug)]
pub struct DemoSummary {
    /// One account per role of the institute.
    pub staff: Vec<DemoStaff>,
    /// Heads of several offices in every status there is, of every form.
    pub units: Vec<DemoUnit>,
}

/// An account of the institute.
#[derive(Clone, Debug)]
pub struct DemoStaff {
    /// Role.
    pub role: Role,
    /// Sign-in name.
    pub login: String,
    /// Password.
    pub password: String,
}

/// The account of an office's head.
#[derive(Clone, Debug)]
pub struct DemoUnit {
    /// Kennung.
    pub kennung: String,
    /// Form in the wave in the field.
    pub form: Form,
    /// Where its case stands.
    pub status: Status,
    /// Sign-in name.
    pub login: String,
    /// Password.
    pub password: String,
}

/// Why there is no demonstration.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The database holds something else.
    #[error("Die Datenbank enthält schon andere Daten. Bitte wählen Sie einen anderen Ordner.")]
    NotEmpty,
    /// A step failed; the folder should be removed before the next try.
    #[error("{0}")]
    Step(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

macro_rules! steps {
    ($($cause:ty),*) => {
        $(impl From<$cause> for DemoError {
            fn from(cause: $cause) -> Self {
                Self::Step(cause.to_string())
            }
        })*
    };
}
steps!(
    WaveError,
    ImportError,
    StaffAddError,
    StaffError,
    ClassifyError,
    crate::SubmitError
);

/// One wave of the demonstration.
struct Round {
    key: i32,
    stichtag: NaiveDate,
    zeitraum: &'static str,
    start: NaiveDate,
    deadline: NaiveDate,
    previous: Option<i32>,
}

impl Portal {
    /// Makes the demonstration data where the database is empty and tells how
    /// to sign in; a second call only tells. `complete`: the wave of 2008 is
    /// finished too, else it is in the field, begun 24 days ago, with some two
    /// thirds in. `progress` is called with offices done and offices in all.
    ///
    /// # Errors
    /// Where the database holds anything else, or a step fails.
    pub async fn demo(
        &self,
        complete: bool,
        mut progress: impl FnMut(u64, u64) + Send,
    ) -> Result<DemoSummary, DemoError> {
        if self.is_made().await? {
            return self.summary().await;
        }
        let today = berlin::day_of(self.now());
        let offices = offices();
        let all = 3 * OFFICES as u64;
        for (done, round) in (0_u64..).zip(rounds(today, complete)) {
            let past = self.with_clock(Clock::fixed(begin(&round)));
            past.set_up(&round, &offices).await?;
            if done == 0 {
                for role in [Role::Admin, Role::Editor, Role::Viewer] {
                    past.staff_add(&staff_login(role), role).await?;
                }
            }
            let in_field = round.key == 2008 && !complete;
            past.mails_go().await?;
            past.set_passwords().await?;
            past.hold(&round, &offices, in_field, self.now(), |at| {
                progress(done * OFFICES as u64 + at, all);
            })
            .await?;
            past.mails_were_on_time(round.key).await?;
            if !in_field {
                past.wave_close(round.key).await?;
            }
        }
        self.classify(None, |_, _| {}).await?;
        self.summary().await
    }

    /// Whether the demonstration is there already.
    async fn is_made(&self) -> Result<bool, DemoError> {
        let waves = self.waves().await?;
        if waves.is_empty() {
            return Ok(false);
        }
        let made =
            crate::store::accounts::by_login(&mut self.read().await?, &words::key(&staff_login(Role::Admin))).await?;
        if made.is_some() {
            Ok(true)
        } else {
            Err(DemoError::NotEmpty)
        }
    }

    /// Wave, register and invitations.
    async fn set_up(&self, round: &Round, offices: &[Office]) -> Result<(), DemoError> {
        self.wave_add(NewWave {
            key: round.key,
            stichtag: round.stichtag,
            zeitraum: round.zeitraum.to_owned(),
            start: round.start,
            deadline: round.deadline,
            previous: round.previous,
            instrument: None,
        })
        .await?;
        let mut register = String::from("kennung;name;form;land;kontakt_name;kontakt_email\n");
        for office in offices {
            register.push_str(&format!(
                "{};{};{};{};Leitung {};{}\n",
                office.kennung,
                office.name,
                office.form(round.key),
                office.land,
                office.kennung,
                answers::mail_address(&office.kennung),
            ));
        }
        self.import_units(round.key, register.as_bytes(), &[]).await?;
        self.wave_open(round.key).await?;
        Ok(())
    }

    /// One hash for all accounts that have none yet.
    async fn set_passwords(&self) -> Result<(), DemoError> {
        let hash = self.hasher().hash(PASSWORD).await?;
        let mut tx = self.write().await?;
        let at = self.now().timestamp_micros();
        run!(
            tx,
            "UPDATE accounts SET password_hash = $1, password_set_at = $2 WHERE password_hash IS NULL",
            &hash,
            at
        )?;
        tx.commit().await?;
        Ok(())
    }

    async fn summary(&self) -> Result<DemoSummary, DemoError> {
        let staff = [Role::Admin, Role::Editor, Role::Viewer].map(|role| DemoStaff {
            role,
            login: staff_login(role),
            password: PASSWORD.to_owned(),
        });
        let cases = crate::store::cases::of_wave(&mut self.read().await?, 2008).await?;
        let mut units: Vec<DemoUnit> = Vec::new();
        for form in Form::ALL {
            for status in Status::ALL {
                let alike = cases
                    .iter()
                    .filter(|case| case.form == form.label() && case.status == status.name())
                    .take(SHOWN_PER_STATUS);
                units.extend(alike.map(|case| DemoUnit {
                    kennung: case.kennung.clone(),
                    form,
                    status,
                    login: case.kennung.clone(),
                    password: PASSWORD.to_owned(),
                }));
            }
        }
        Ok(DemoSummary {
            staff: staff.into(),
            units,
        })
    }
}

fn staff_login(role: Role) -> String {
    format!("{role}@institut.example")
}

/// Nine in the morning of the first field day, in Berlin.
fn begin(round: &Round) -> DateTime<Utc> {
    berlin::start_of_day(round.start) + TimeDelta::hours(9)
}

/// The three waves (paper, section 2); the third is in the field today, or
/// over for six days where it is `complete`.
fn rounds(today: NaiveDate, complete: bool) -> [Round; 3] {
    let began = today - Days::new(if complete { 41 } else { 24 });
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(today);
    [
        Round {
            key: 2006,
            stichtag: day(2005, 12, 31),
            zeitraum: "2. Halbjahr 2005 (überwiegend)",
            start: day(2006, 2, 20),
            deadline: day(2006, 3, 31),
            previous: None,
        },
        Round {
            key: 2007,
            stichtag: day(2006, 12, 31),
            zeitraum: "2006",
            start: day(2007, 1, 22),
            deadline: day(2007, 2, 16),
            previous: Some(2006),
        },
        Round {
            key: 2008,
            stichtag: day(2007, 10, 31),
            zeitraum: "2007",
            start: began,
            deadline: began + Days::new(35),
            previous: Some(2007),
        },
    ]
}
