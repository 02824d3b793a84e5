//! Commands of the field phase: serving, register, mails.

use super::{CommandError, file_error, open_with, refused};
use crate::http::{AppState, are_built};
use crate::jobs::Jobs;
use crate::operator;
use crate::serve::{self, Signals};
use crate::settings::Settings;
use chrono::{DateTime, Utc};
use portal::{Handled, LARGEST_BOUNCE, Portal, berlin, counted};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpSocket};

/// `serve`
pub(super) async fn serve(settings: Settings) -> Result<(), CommandError> {
    let (portal, state, jobs) = prepare(&settings).await?;
    let listener = listen("RUECKLAUF_ADDR", settings.addr)?;
    let figures = figures(&settings)?;
    let signals = Signals::listen()?;
    println!("Rücklauf ist bereit: {}", settings.base_url.as_str());
    drop(portal);
    Ok(serve::serve(listener, figures, state, jobs, signals).await?)
}

/// The address for Prometheus, if one is set.
pub(super) fn figures(settings: &Settings) -> Result<Option<TcpListener>, CommandError> {
    match settings.metrics_addr {
        Some(addr) => Ok(Some(listen("RUECKLAUF_METRICS_ADDR", addr)?)),
        None => Ok(None),
    }
}

/// Opens the database and puts together what the handlers need.
pub(super) async fn prepare(settings: &Settings) -> Result<(Portal, AppState, Jobs), CommandError> {
    if !are_built() {
        eprintln!(
            "ACHTUNG: Dieses Programm enthält weder Gestaltung noch Skripte. Bitte mit app/build-browser und danach neu bauen."
        );
    }
    let letters = operator::letters(settings)?;
    let texts = operator::operator(settings, &letters)?;
    let portal = open_with(settings, &letters).await?;
    let jobs = Jobs::with_bounces(settings.bounce_dir.clone());
    let state = AppState::new(
        portal.clone(),
        settings.trusted_proxies.clone(),
        texts,
        letters,
        jobs.clone(),
    );
    Ok((portal, state, jobs))
}

/// Takes the address; fails at once where somebody else has it.
pub(super) fn listen(setting: &'static str, addr: SocketAddr) -> Result<TcpListener, CommandError> {
    bind(addr).map_err(|error| {
        let reason = match error.kind() {
            io::ErrorKind::AddrInUse => "hier lauscht schon ein anderes Programm".to_owned(),
            io::ErrorKind::AddrNotAvailable => "diese Adresse gehört nicht zu diesem Rechner".to_owned(),
            io::ErrorKind::PermissionDenied => "dafür fehlt die Berechtigung".to_owned(),
            _ => error.to_string(),
        };
        CommandError::Address { setting, addr, reason }
    })
}

/// Connections that may wait to be taken. Too few, and a whole country of
/// offices coming back at once waits a second for each lost greeting.
const BACKLOG: u32 = 2_048;

fn bind(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = match addr {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // So that a restarted program gets its address back at once.
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)
}

/// `units import`
pub(super) async fn import(portal: &Portal, file: &Path, wave: i32, extra: &[String]) -> Result<(), CommandError> {
    let bytes = std::fs::read(file).map_err(file_error(file))?;
    let done = portal.import_units(wave, &bytes, extra).await?;
    println!(
        "{} in Welle {wave} übernommen: {}, {}, {} geändert, {} unverändert.",
        counted(done.added + done.updated + done.unchanged, "Einheit", "Einheiten"),
        counted(done.new_units, "neue Einheit", "neue Einheiten"),
        counted(done.added, "neuer Fall", "neue Fälle"),
        done.updated,
        done.unchanged
    );
    Ok(())
}

/// `mail due`
pub(super) async fn mail_due(
    portal: &Portal,
    wave: Option<i32>,
    at: Option<DateTime<Utc>>,
) -> Result<(), CommandError> {
    let due = portal.mail_due(wave, at).await?;
    for mail in &due {
        println!(
            "{}\t{}\t{}\t{}",
            berlin::long(mail.due_at),
            mail.step,
            mail.login,
            mail.recipient
        );
    }
    eprintln!("An der Reihe: {}.", counted(due.len() as u64, "E-Mail", "E-Mails"));
    Ok(())
}

/// `mail run`
pub(super) async fn mail_run(
    portal: &Portal,
    wave: Option<i32>,
    at: Option<DateTime<Utc>>,
) -> Result<(), CommandError> {
    let mut counts = [0_u64; 5];
    let done = portal
        .mail_run_with(wave, at, |handled| {
            let (place, what, mail) = match handled {
                Handled::Sent(mail) => {
                    counts[0] += 1;
                    println!("{}\t{}\t{}", mail.step, mail.recipient, mail.place);
                    return;
                }
                Handled::Cancelled(mail) => (1, "entfällt", mail),
                Handled::Deferred(mail) => (2, "aufgeschoben", mail),
                Handled::Failed(mail) => (3, "gescheitert", mail),
                Handled::Unclear(mail) => (4, "unklar, bitte entscheiden", mail),
            };
            counts[place] += 1;
            eprintln!("{} an {}: {what}: {}", mail.kind, mail.login, mail.reason);
        })
        .await;
    let [sent, cancelled, deferred, failed, unclear] = counts;
    eprintln!(
        "{} verschickt, {cancelled} entfallen, {deferred} aufgeschoben, {failed} gescheitert, {unclear} unklar.",
        counted(sent, "E-Mail", "E-Mails")
    );
    done?;
    if deferred + failed + unclear == 0 {
        Ok(())
    } else {
        Err(refused("Nicht alle E-Mails ließen sich verschicken."))
    }
}

/// `mail bounce`
pub(super) async fn mail_bounce(portal: &Portal) -> Result<(), CommandError> {
    let mut message = Vec::new();
    let most = LARGEST_BOUNCE as u64 + 1;
    let read = tokio::io::stdin().take(most).read_to_end(&mut message).await;
    read.map_err(|error| refused(format!("Die Standardeingabe ist nicht lesbar: {error}")))?;
    if message.len() > LARGEST_BOUNCE {
        return Err(refused("Die Nachricht ist zu groß für einen Zustellbericht."));
    }
    let bounced = portal.mail_bounce(&message).await?;
    let what = if bounced.failed {
        "unzustellbar, Adresse gesperrt"
    } else {
        "verzögert"
    };
    println!("{}: {what} ({})", bounced.address, bounced.reason);
    Ok(())
}
