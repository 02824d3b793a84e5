//! The texts of the mails as staff edits them.

use super::plan::Switch;
use super::remind::imagined;
use super::{FormError, audit, wrong};
use crate::Portal;
use crate::clock::from_micros;
use crate::identity::{Role, Session};
use crate::mail::MailKind;
use crate::mail::compose::Desk;
use crate::mail::texts::{self, Placeholder, Texts};
use crate::staff::{StaffError, known_wave, require};
use crate::store::cases;
use crate::store::templates::{self as rows, TemplateRow};
use crate::store::{Conn, Stored, accounts, submissions};
use crate::words;

/// A text in the list.
#[derive(Clone, Debug)]
pub struct TemplateLine {
    /// Name.
    pub name: String,
    /// As staff calls it.
    pub title: String,
    /// Who changed it; none: as shipped.
    pub changed: Option<Switch>,
}

/// A text to be edited.
#[derive(Clone, Debug)]
pub struct TemplateView {
    /// Name.
    pub name: String,
    /// As staff calls it.
    pub title: String,
    /// Subject; empty for the text below every mail.
    pub subject: String,
    /// Body.
    pub body: String,
    /// To be sent along with a change; 0: as shipped.
    pub revision: i64,
    /// Who changed it; none: as shipped.
    pub changed: Option<Switch>,
    /// What it may use, and what that stands for.
    pub placeholders: Vec<Placeholder>,
}

/// A mail as an office would get it, without a link that opens anything.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Address.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text part.
    pub text: String,
    /// Inside of the HTML part, safe to be put into a page.
    pub html: String,
}

impl Portal {
    /// All texts.
    ///
    /// # Errors
    /// For viewers and above.
    pub async fn mail_templates(&self, session: &Session) -> Result<Vec<TemplateLine>, StaffError> {
        require(session, Role::Viewer)?;
        let stored = rows::all(&mut self.read().await?).await?;
        let line = |(name, title): (&str, &str)| TemplateLine {
            name: name.to_owned(),
            title: title.to_owned(),
            changed: stored.iter().find(|row| row.name == name).map(changed),
        };
        Ok(texts::names().map(line).collect())
    }

    /// One text.
    ///
    /// # Errors
    /// For viewers and above; where there is none of that name.
    pub async fn mail_template(&self, session: &Session, name: &str) -> Result<TemplateView, StaffError> {
        require(session, Role::Viewer)?;
        let (subject, body) = texts::original(name).ok_or(StaffError::NotFound)?;
        let stored = rows::all(&mut self.read().await?).await?;
        let row = stored.iter().find(|row| row.name == name);
        let title = texts::names()
            .find(|(other, _)| *other == name)
            .map_or("", |(_, title)| title);
        Ok(TemplateView {
            name: name.to_owned(),
            title: title.to_owned(),
            subject: row.map_or(subject, |row| &row.subject).to_owned(),
            body: row.map_or(body, |row| &row.body).to_owned(),
            revision: row.map_or(0, |row| row.revision),
            changed: row.map(changed),
            placeholders: texts::placeholders(name),
        })
    }

    /// Puts a text in place of `revision`. It is filled in for every office of
    /// the open waves before: one that cannot be is told now, not at night.
    ///
    /// # Errors
    /// For admins; what is wrong, by field (`betreff`, `text`); where somebody
    /// else has changed it meanwhile.
    pub async fn mail_template_save(
        &self,
        session: &Session,
        name: &str,
        subject: &str,
        body: &str,
        revision: i64,
    ) -> Result<(), FormError> {
        let who = require(session, Role::Admin)?;
        texts::original(name).ok_or(StaffError::NotFound)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let mut texts = Texts::load(&mut tx).await?;
        texts.set(name, subject, body).map_err(FormError::Invalid)?;
        if let Some(reason) = self.first_that_fails(&mut tx, &texts, name).await? {
            return Err(FormError::of("text", reason));
        }
        let row = TemplateRow {
            name: name.to_owned(),
            subject: subject.trim().to_owned(),
            body: body.replace("\r\n", "\n"),
            revision: revision + 1,
            changed_at: now.timestamp_micros(),
            who: who.name.to_owned(),
        };
        if !rows::put(&mut tx, &row, revision).await? {
            let message = "Jemand anderes hat diesen Text inzwischen geändert. Ihre Fassung ist noch nicht gespeichert; \
                           laden Sie die Seite in einem zweiten Fenster und führen Sie beide zusammen.";
            return Err(FormError::of("text", message));
        }
        audit(&mut tx, who, ("mail_template_changed", None, None), name, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Goes back to the text as shipped.
    ///
    /// # Errors
    /// For admins; where there is none of that name.
    pub async fn mail_template_reset(&self, session: &Session, name: &str) -> Result<(), StaffError> {
        let who = require(session, Role::Admin)?;
        texts::original(name).ok_or(StaffError::NotFound)?;
        let now = self.now();
        let mut tx = self.write().await?;
        rows::delete(&mut tx, name).await?;
        audit(&mut tx, who, ("mail_template_reset", None, None), name, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What an office would get by a text that is not saved.
    ///
    /// # Errors
    /// For viewers and above; what is wrong, by field (`betreff`, `text`,
    /// `kennung`).
    pub async fn mail_template_preview(
        &self,
        session: &Session,
        wave: i32,
        name: &str,
        subject: &str,
        body: &str,
        kennung: &str,
    ) -> Result<Preview, FormError> {
        require(session, Role::Viewer)?;
        texts::original(name).ok_or(StaffError::NotFound)?;
        let mut conn = self.read().await?;
        known_wave(&mut conn, wave).await?;
        let mut texts = Texts::load(&mut conn).await?;
        texts.set(name, subject, body).map_err(FormError::Invalid)?;
        let case = cases::by_kennung(&mut conn, wave, &words::key(kennung)).await?;
        let Some(case) = case else {
            let message = format!(
                "In der Welle {wave} gibt es keine Einheit mit der Kennung „{}“.",
                kennung.trim()
            );
            return Err(FormError::of("kennung", message));
        };
        let shown = self.shown(&mut conn, &texts, name, case).await?;
        let (to, written) = shown.map_err(|reason| FormError::Invalid(vec![wrong("text", reason)]))?;
        Ok(Preview {
            to,
            subject: written.subject,
            text: written.text,
            html: written.html,
        })
    }

    /// The first office a text cannot be filled in for, with the reason.
    async fn first_that_fails(&self, conn: &mut Conn, texts: &Texts, name: &str) -> Stored<Option<String>> {
        let waves = crate::store::waves::all(conn).await?;
        for wave in waves.iter().filter(|wave| wave.state == "open") {
            for case in cases::of_wave(conn, wave.wave).await? {
                let kennung = case.kennung.clone();
                if let Err(reason) = self.shown(conn, texts, name, case).await? {
                    return Ok(Some(format!(
                        "Für {kennung} lässt sich der Text nicht ausfüllen: {reason}"
                    )));
                }
            }
        }
        Ok(None)
    }

    async fn shown(
        &self,
        conn: &mut Conn,
        texts: &Texts,
        name: &str,
        case: cases::CaseRow,
    ) -> Stored<Result<(String, texts::Written), String>> {
        let template = if name == texts::FOOT { "erinnerung" } else { name };
        let head = accounts::head_of_unit(conn, &case.unit_id).await?;
        let (mut row, mut about) = imagined(template, case, head, self.now());
        row.own_subject = Some("Ihr Betreff".to_owned());
        row.own_text = Some("Hier steht, was Sie schreiben.".to_owned());
        if row.kind == MailKind::Receipt.name() {
            about.receipt = Some(submissions::ReceiptRow {
                receipt: "ABCD-1234".to_owned(),
                fingerprint: "1234 5678 9abc def0".to_owned(),
                at: self.now().timestamp_micros(),
                ..submissions::ReceiptRow::default()
            });
        }
        let desk = Desk {
            portal: self,
            texts,
            at: self.now(),
        };
        let shown = desk.show(conn, &row, &about).await?;
        Ok(shown.map(|shown| (shown.to, shown.written)))
    }
}

fn changed(row: &TemplateRow) -> Switch {
    Switch {
        by: row.who.clone(),
        at: from_micros(row.changed_at),
    }
}
