//! Mails of the past: written as they would have been on their day, kept as
//! sent, handed to nobody.

use super::DemoError;
use crate::Portal;
use crate::mail::compose::{About, Desk};
use crate::mail::texts::Texts;
use crate::store::outbox::{self, OutboxRow};
use crate::store::sending::{self, Begun, Ended};
use crate::store::{Conn, recount, run};

impl Portal {
    /// Keeps what is due as if it had been sent.
    pub(super) async fn mails_go(&self) -> Result<(), DemoError> {
        let mut tx = self.write().await?;
        self.mails_went(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// The same within a transaction.
    pub(super) async fn mails_went(&self, conn: &mut Conn) -> Result<(), DemoError> {
        let at = self.now();
        let micros = at.timestamp_micros();
        let rows: Vec<OutboxRow> = outbox::due(conn, None, micros, false, i64::MAX).await?;
        let abouts = About::of_all(conn, &rows.iter().collect::<Vec<_>>()).await?;
        let texts = Texts::load(conn).await?;
        let desk = Desk {
            portal: self,
            texts: &texts,
            at,
        };
        let mut shown = Vec::with_capacity(rows.len());
        for (row, about) in rows.iter().zip(&abouts) {
            shown.push(desk.show(conn, row, about).await?.map_err(DemoError::Step)?);
        }
        let first = sending::numbers(conn, i64::try_from(rows.len()).unwrap_or(0)).await?;
        let begun: Vec<Begun<'_>> = rows
            .iter()
            .zip(&shown)
            .zip(first..)
            .map(|((row, mail), number)| Begun {
                id: &row.id,
                number,
                sent_to: &mail.to,
                subject: &mail.written.subject,
                text: &mail.written.text,
                html: &mail.written.html,
            })
            .collect();
        sending::begin(conn, &begun, micros).await?;
        let ended: Vec<Ended<'_>> = rows
            .iter()
            .map(|row| Ended {
                id: &row.id,
                state: "sent",
                answer: "Vorführung: nicht wirklich verschickt",
                next: None,
            })
            .collect();
        Ok(sending::finish(conn, &ended, micros).await?)
    }

    /// Each left when it was due, whenever its turn was in making the data.
    pub(super) async fn mails_were_on_time(&self, wave: i32) -> Result<(), DemoError> {
        let mut tx = self.write().await?;
        run!(
            tx,
            "UPDATE outbox SET first_tried_at = due_at, sent_at = due_at, changed_at = due_at
             WHERE state = 'sent' AND wave = $1",
            wave
        )?;
        recount::replace(&mut tx, wave).await?;
        tx.commit().await?;
        Ok(())
    }
}
