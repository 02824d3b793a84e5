//! Commands of the field phase: serving, register, mails.

use super::{CommandError, file_error, open_with, refused};
use crate::http::{AppState, are_built};
use crate::jobs::Jobs;
use crate::settings::Settings;
use crate::{operator, serve};
use chrono::{DateTime, Utc};
use portal::{Portal, berlin};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use tokio::net::{TcpListener, TcpSocket};

/// `serve`
pub(super) async fn serve(settings: Settings) -> Result<(), CommandError> {
    let (portal, state, jobs) = prepare(&settings).await?;
    let listener = listen("RUECKLAUF_ADDR", settings.addr)?;
    let figures = figures(&settings)?;
    println!("Rücklauf ist bereit: {}", settings.base_url.as_str());
    drop(portal);
    Ok(serve::serve(listener, figures, state, jobs).await?)
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
    let jobs = Jobs::default();
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
        "{} Einheiten in Welle {wave} übernommen: {} neue Einheiten, {} neue Fälle, {} geändert, {} unverändert.",
        done.added + done.updated + done.unchanged,
        done.new_units,
        done.added,
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
            mail.kind,
            mail.login,
            mail.recipient
        );
    }
    eprintln!("{} E-Mails sind an der Reihe.", due.len());
    Ok(())
}

/// `mail run`
pub(super) async fn mail_run(
    portal: &Portal,
    wave: Option<i32>,
    at: Option<DateTime<Utc>>,
) -> Result<(), CommandError> {
    let run = portal.mail_run(wave, at).await?;
    for mail in &run.sent {
        println!("{}\t{}\t{}", mail.kind, mail.recipient, mail.file.display());
    }
    for (what, list) in [("entfällt", &run.cancelled), ("gescheitert", &run.failed)] {
        for mail in list {
            eprintln!("{} an {}: {what}, {}", mail.kind, mail.login, mail.reason);
        }
    }
    eprintln!(
        "{} E-Mails verschickt, {} entfallen, {} gescheitert.",
        run.sent.len(),
        run.cancelled.len(),
        run.failed.len()
    );
    if run.failed.is_empty() {
        Ok(())
    } else {
        Err(refused("Nicht alle E-Mails ließen sich verschicken."))
    }
}
