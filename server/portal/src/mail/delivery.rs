//! Delivers what is due: takes a mail, checks again that it is still due,
//! writes its text, hands it over, notes the outcome.
//!
//! `sending` is on disk before the mail leaves; what a crash leaves in that
//! state is taken again once its lease has run out, under the same number and
//! Message-ID, so that the file it may have left is replaced, not doubled.

use super::compose::{self, Composed, Outcome};
use super::letters::Letter;
use super::message::{self, Envelope, one_line};
use super::{DueMail, FailedMail, MailError, MailKind, MailRun, SentMail};
use crate::Portal;
use crate::settings::MailTarget;
use crate::store::outbox::{self, Handed, OutboxRow};
use crate::store::{Conn, Stored};
use chrono::{DateTime, TimeDelta, Utc};
use std::path::Path;

/// How long a worker keeps a mail before another may take it.
const LEASE: TimeDelta = TimeDelta::minutes(10);
/// First pause after a failed attempt; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(4);

impl Portal {
    /// What is due at `at` (now, if not given): of one wave and of no wave in
    /// particular, or of all. Changes nothing.
    ///
    /// # Errors
    /// [`MailError::NoWave`], or the store fails.
    pub async fn mail_due(&self, wave: Option<i32>, at: Option<DateTime<Utc>>) -> Result<Vec<DueMail>, MailError> {
        let mut conn = self.read().await?;
        let mut list = Vec::new();
        for row in self.due(&mut conn, wave, at).await? {
            let about = compose::gather(&mut conn, &row).await?;
            list.push(DueMail {
                kind: compose::kind_of(&row)?,
                wave: row.wave,
                login: about.login().to_owned(),
                recipient: about.recipient(&row).to_owned(),
                due_at: crate::clock::from_micros(row.due_at),
            });
        }
        Ok(list)
    }

    /// Delivers what is due at `at` (now, if not given), one mail after the
    /// other; a mail that fails does not stop the others.
    ///
    /// # Errors
    /// Where nothing can be delivered at all.
    pub async fn mail_run(&self, wave: Option<i32>, at: Option<DateTime<Utc>>) -> Result<MailRun, MailError> {
        let due = self.due(&mut self.read().await?, wave, at).await?;
        self.deliver_all(&due, at.unwrap_or_else(|| self.now())).await
    }

    /// Delivers what people asked for or caused themselves: links for
    /// passwords, notices, receipts. Invitations wait for [`Portal::mail_run`].
    ///
    /// # Errors
    /// Where nothing can be delivered at all.
    pub async fn mail_run_requested(&self) -> Result<MailRun, MailError> {
        let mut due = self.due(&mut self.read().await?, None, None).await?;
        due.retain(|row| compose::kind_of(row).is_ok_and(|kind| kind != MailKind::Invitation));
        self.deliver_all(&due, self.now()).await
    }

    async fn deliver_all(&self, due: &[OutboxRow], at: DateTime<Utc>) -> Result<MailRun, MailError> {
        let mut run = MailRun::default();
        if due.is_empty() {
            return Ok(run);
        }
        let MailTarget::Dir(dir) = &self.settings().mail;
        let unusable = |source| MailError::Directory {
            path: dir.clone(),
            source,
        };
        tokio::fs::create_dir_all(dir).await.map_err(unusable)?;
        for row in due {
            self.deliver(row, dir, at, &mut run).await?;
        }
        Ok(run)
    }

    async fn due(
        &self,
        conn: &mut Conn,
        wave: Option<i32>,
        at: Option<DateTime<Utc>>,
    ) -> Result<Vec<OutboxRow>, MailError> {
        if let Some(wave) = wave
            && crate::store::waves::find(conn, wave).await?.is_none()
        {
            return Err(MailError::NoWave(wave));
        }
        let now = self.now();
        let at = at.unwrap_or(now).timestamp_micros();
        Ok(outbox::due(conn, wave, at, now.timestamp_micros()).await?)
    }

    async fn deliver(
        &self,
        row: &OutboxRow,
        dir: &Path,
        at: DateTime<Utc>,
        run: &mut MailRun,
    ) -> Result<(), MailError> {
        let kind = compose::kind_of(row)?;
        let Some(prepared) = self.prepare(row, at).await? else {
            return Ok(());
        };
        let not_sent = |reason: &str| FailedMail {
            kind,
            login: prepared.login.clone(),
            reason: reason.to_owned(),
        };
        let (number, letter, to, to_name) = match &prepared.step {
            Step::Cancelled(reason) => {
                run.cancelled.push(not_sent(reason));
                return Ok(());
            }
            Step::Send {
                number,
                letter,
                to,
                to_name,
            } => (*number, letter, to, to_name),
        };
        let host = self.settings().base_url.host();
        let envelope = Envelope {
            to_name,
            to,
            id: &row.id,
            host,
            at,
        };
        let source = match message::build(letter, &envelope, &self.settings().contact) {
            Ok(source) => source,
            Err(error) => {
                let reason = error.to_string();
                self.finish(row, "failed", &reason, at).await?;
                run.failed.push(not_sent(&reason));
                return Ok(());
            }
        };
        let file = dir.join(file_name(number, kind, &prepared.login));
        if let Err(source) = write_whole(&file, &source).await {
            self.finish(row, "deferred", &source.to_string(), at).await?;
            return Err(MailError::Directory {
                path: dir.to_owned(),
                source,
            });
        }
        self.finish(row, "sent", "", at).await?;
        run.sent.push(SentMail {
            kind,
            recipient: to.clone(),
            file,
        });
        Ok(())
    }

    /// Takes the mail and writes its text, all in one transaction; `None`
    /// where another worker was faster.
    async fn prepare(&self, row: &OutboxRow, at: DateTime<Utc>) -> Stored<Option<Prepared>> {
        let now = self.now();
        let mut tx = self.write().await?;
        let until = (now + LEASE).timestamp_micros();
        if !outbox::lease(&mut tx, &row.id, now.timestamp_micros(), until).await? {
            return Ok(None);
        }
        let about = compose::gather(&mut tx, row).await?;
        let login = about.login().to_owned();
        let step = match compose::compose(&mut tx, self.settings(), row, &about, now).await? {
            Outcome::NotDue(reason) => {
                outbox::finish(&mut tx, &row.id, "cancelled", reason, row.due_at, at.timestamp_micros()).await?;
                Step::Cancelled(reason)
            }
            Outcome::Letter(Composed {
                letter,
                masked,
                to,
                to_name,
            }) => {
                let number = match row.number {
                    Some(number) => number,
                    None => outbox::next_number(&mut tx).await?,
                };
                let handed = Handed {
                    number,
                    sent_to: &to,
                    subject: &letter.subject,
                    body: &masked,
                };
                outbox::keep_text(&mut tx, &row.id, &handed).await?;
                Step::Send {
                    number,
                    letter,
                    to,
                    to_name,
                }
            }
        };
        tx.commit().await?;
        Ok(Some(Prepared { login, step }))
    }

    async fn finish(&self, row: &OutboxRow, state: &str, answer: &str, at: DateTime<Utc>) -> Stored<()> {
        let due_at = if state == "deferred" {
            (at + pause(row.attempts)).timestamp_micros()
        } else {
            row.due_at
        };
        let mut tx = self.write().await?;
        outbox::finish(&mut tx, &row.id, state, answer, due_at, at.timestamp_micros()).await?;
        tx.commit().await
    }
}

struct Prepared {
    login: String,
    step: Step,
}

enum Step {
    Cancelled(&'static str),
    Send {
        number: i64,
        letter: Letter,
        to: String,
        to_name: String,
    },
}

/// Pause after so many attempts.
fn pause(attempts: i32) -> TimeDelta {
    let doublings = u32::try_from(attempts.clamp(0, 16)).unwrap_or(0);
    FIRST_PAUSE
        .checked_mul(2_i32.saturating_pow(doublings))
        .map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE))
}

/// `0001-einladung-GS-0042.eml`: found by people, the same for every attempt.
fn file_name(number: i64, kind: MailKind, login: &str) -> String {
    let login: String = one_line(login)
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '-' | '_' | '@' | '.') {
                c
            } else {
                '_'
            }
        })
        .take(80)
        .collect();
    format!("{number:04}-{kind}-{login}.eml")
}

/// Writes a file so that nobody ever sees half of it.
async fn write_whole(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = file.with_extension("eml.part");
    let (file, bytes) = (file.to_owned(), bytes.to_owned());
    tokio::task::spawn_blocking(move || {
        use std::io::Write;
        let mut out = std::fs::File::create(&part)?;
        out.write_all(&bytes)?;
        out.sync_all()?;
        std::fs::rename(&part, &file)
    })
    .await
    .map_err(std::io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_readable_and_stay_in_their_directory() {
        assert_eq!(
            file_name(1, MailKind::Invitation, "GS-0042"),
            "0001-einladung-GS-0042.eml"
        );
        assert_eq!(
            file_name(12_345, MailKind::Receipt, "../a b\n"),
            "12345-eingang-.._a_b.eml"
        );
    }

    #[test]
    fn pauses_double_up_to_four_hours() {
        assert_eq!([0, 1, 3].map(|n| pause(n).num_minutes()), [1, 2, 8]);
        assert_eq!(pause(1_000), TimeDelta::hours(4));
    }
}
