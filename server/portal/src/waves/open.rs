//! Opening a wave: from here on its questionnaire and its list of units stand
//! fixed, every head has an account, every unit is invited.

use super::{WaveError, audit, known, sizes};
use crate::Portal;
use crate::identity::handover::hand_over_all;
use crate::mail::{planned, planning};
use crate::secrets::{NoRandomness, new_id};
use crate::store::accounts::{self, NewAccount};
use crate::store::cases::{self, CaseRow};
use crate::store::events::{self, Actor, NewEvent};
use crate::store::waves as rows;
use crate::store::{Conn, StoreError, Stored, recount};
use crate::words;
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use survey::status::{Event, Facts, Status, apply};

/// What opening a wave did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Units on the frozen list.
    pub units: u64,
    /// Invitations queued.
    pub invitations: u64,
}

impl Portal {
    /// Opens a wave: freezes its questionnaire and its list of units, gives
    /// every head an account and queues one invitation for each, due when the
    /// plan of its mails says (usually on the first day of the field phase).
    ///
    /// # Errors
    /// Where it is not planned or has no units; nothing is changed then.
    pub async fn wave_open(&self, wave: i32) -> Result<Opened, WaveError> {
        let now = self.now();
        let at = now.timestamp_micros();
        let mut tx = self.write().await?;
        let row = known(&mut tx, wave).await?;
        let version = match row.instrument.clone() {
            Some(version) => version,
            None => {
                let source = self.instruments().shipped()?;
                rows::keep_instrument(&mut tx, &source.instrument.version, &source.json, at).await?;
                source.instrument.version.clone()
            }
        };
        if !rows::open(&mut tx, wave, &version, at).await? {
            return Err(WaveError::State { wave, state: row.state });
        }
        let opened = invite(&mut tx, wave, now).await?;
        if opened.units == 0 {
            return Err(WaveError::Empty(wave));
        }
        sizes::freeze(&mut tx, &row).await?;
        recount::replace(&mut tx, wave).await?;
        audit(&mut tx, "wave_opened", wave, now).await?;
        tx.commit().await?;
        Ok(opened)
    }
}

/// Gives every head of a wave's units an account with this wave's contact,
/// marks the cases as invited and queues the invitations.
async fn invite(conn: &mut Conn, wave: i32, now: DateTime<Utc>) -> Stored<Opened> {
    let at = now.timestamp_micros();
    let cases = cases::of_wave(conn, wave).await?;
    // Their invitation brings a link.
    hand_over_all(conn, wave, now).await?;
    accounts::set_head_contacts(conn, wave).await?;
    let heads: HashSet<String> = accounts::heads_of_wave(conn, wave)
        .await?
        .into_iter()
        .map(|(unit_id, _)| unit_id)
        .collect();
    let missing = cases.iter().filter(|case| !heads.contains(&case.unit_id));
    let new = missing.map(new_head(now)).collect::<Result<Vec<_>, NoRandomness>>()?;
    if accounts::insert(conn, &new, at).await? != new.len() as u64 {
        return Err(StoreError::content("a Kennung that signs somebody else in"));
    }
    if let Ok(invited) = apply(Status::NotInvited, Event::Invite, &Facts::default()) {
        let (from, to, event) = (Status::NotInvited.name(), invited.name(), Event::Invite.name());
        let fresh = cases.iter().filter(|case| case.status == from);
        let noted: Vec<_> = fresh
            .map(|case| NewEvent {
                case_id: &case.id,
                event,
                from,
                to,
                reason: None,
            })
            .collect();
        events::insert(conn, Actor::SYSTEM, &noted, now).await?;
        cases::invite_all(conn, wave, from, to, at).await?;
    }
    let view = rows::find(conn, wave).await?.as_ref().map(super::view).transpose()?;
    let mut invitations = 0;
    if let Some(view) = view {
        let plan = planned::plan_of(conn, &view).await?;
        if let Some(step) = plan
            .iter()
            .find(|planned| planned.step.invites() && planned.step.enabled)
        {
            invitations = planning::queue(conn, wave, (&plan, step), &cases, now).await?;
        }
    }
    Ok(Opened {
        units: cases.len() as u64,
        invitations,
    })
}

/// A new account for the head of a case's unit.
fn new_head(now: DateTime<Utc>) -> impl Fn(&CaseRow) -> Result<NewAccount<'_>, NoRandomness> {
    move |case| {
        Ok(NewAccount {
            id: new_id(now)?,
            login: &case.kennung,
            login_key: words::key(&case.kennung),
            role: "head",
            unit_id: Some(&case.unit_id),
            display_name: &case.contact_name,
            email: &case.contact_email,
        })
    }
}
