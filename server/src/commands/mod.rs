//! What each command does: opens what it needs, calls one use case, says in
//! German how it went. Every failure ends here as one sentence for stderr.

mod data;
mod demo;
mod field;
mod instrument;
mod reasons;

use crate::cli::{Command, Instrument, Mail, Retention, Staff, Units, Wave};
use crate::operator::{self, Letter, Unreadable};
use crate::settings::{Settings, SettingsError};
use crate::telemetry;
use portal::{Clock, OpenError, Portal, counted};
use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

/// Why a command ended with 1. Its text is the reason people read.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Settings that cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database cannot be used.
    #[error("{}", open_reason(.0))]
    Open(#[from] OpenError),
    /// Files beside the program.
    #[error(transparent)]
    Operator(#[from] Unreadable),
    /// A file named on the command line.
    #[error("{path}: {}", reasons::system_reason(.source))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The address is taken or not ours.
    #[error("{setting} = „{addr}“: {reason}")]
    Address {
        /// The setting it comes from.
        setting: &'static str,
        /// Where it should have listened.
        addr: std::net::SocketAddr,
        /// Why not.
        reason: String,
    },
    /// The use case refused; its own sentence.
    #[error("{0}")]
    Refused(String),
    /// The system does not let the program work.
    #[error("Das System lässt das Programm nicht arbeiten: {0}")]
    System(#[from] io::Error),
}

/// Takes over the sentence of a use case.
fn refused(error: impl Display) -> CommandError {
    CommandError::Refused(error.to_string())
}

fn file_error(path: &Path) -> impl FnOnce(io::Error) -> CommandError {
    let path = path.to_owned();
    move |source| CommandError::File { path, source }
}

/// Runs a command to its end.
///
/// # Errors
/// The reason, in German; nothing is half done then.
pub fn run(command: Command) -> Result<(), CommandError> {
    if let Command::Instrument {
        action: Instrument::Check { dir },
    } = &command
    {
        return instrument::check(dir);
    }
    let settings = Settings::load()?;
    telemetry::log(settings.log);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        match command {
            Command::Serve => field::serve(settings).await,
            Command::Demo(args) => demo::run(settings, args).await,
            Command::Wave { action } => wave(&settings, action).await,
            Command::Units {
                action: Units::Import { file, wave, extra },
            } => field::import(&open(&settings).await?, &file, wave, &extra).await,
            Command::Retention {
                action: Retention::Preview,
            } => data::retention_preview(&open(&settings).await?).await,
            Command::Retention {
                action: Retention::Run { confirm },
            } => data::retention_run(&open(&settings).await?, confirm).await,
            Command::Staff {
                action: Staff::Add { email, role },
            } => {
                let link = open(&settings).await?.staff_add(&email, role).await?;
                println!("{link}");
                eprintln!("Mit diesem Link legt {email} das Passwort fest; er gilt einmal und 30 Tage.");
                Ok(())
            }
            Command::Staff {
                action: Staff::ResetTotp { email },
            } => {
                open(&settings)
                    .await?
                    .staff_reset_factor(&email)
                    .await
                    .map_err(refused)?;
                eprintln!("Der zweite Schritt von {email} ist entfernt, alle Anmeldungen sind beendet.");
                Ok(())
            }
            Command::Mail {
                action: Mail::Due(args),
            } => field::mail_due(&open(&settings).await?, args.wave, args.at).await,
            Command::Mail {
                action: Mail::Run(args),
            } => field::mail_run(&open(&settings).await?, args.wave, args.at).await,
            Command::Mail { action: Mail::Bounce } => field::mail_bounce(&open(&settings).await?).await,
            Command::Classify {
                wave,
                rule_version,
                k3_rule,
            } => data::classify(&open(&settings).await?, wave, (rule_version, k3_rule)).await,
            Command::Export(args) => data::export(&open(&settings).await?, &args).await,
            Command::Tables(args) => data::tables(&open(&settings).await?, &args).await,
            Command::Check => data::check(&open(&settings).await?).await,
            Command::Backup { file } => data::backup(&open(&settings).await?, &file).await,
            Command::Instrument {
                action: Instrument::Check { dir },
            } => instrument::check(&dir),
        }
    })
}

async fn wave(settings: &Settings, action: Wave) -> Result<(), CommandError> {
    let portal = open(settings).await?;
    match action {
        Wave::Add {
            wave,
            stichtag,
            zeitraum,
            start,
            deadline,
            vorwelle,
            target,
            size_column,
            instrument,
        } => {
            let instrument = instrument.as_deref().map(instrument::files).transpose()?;
            let new = portal::NewWave {
                key: wave,
                stichtag,
                zeitraum,
                start,
                deadline,
                previous: vorwelle,
                instrument,
            };
            let usual = portal::Goals::default();
            let goals = portal::Goals {
                target: target.unwrap_or(usual.target),
                size_column,
            };
            portal.wave_add_with(new, &goals).await?;
            println!("Welle {wave} ist angelegt.");
        }
        Wave::Open { wave } => {
            let opened = portal.wave_open(wave).await?;
            println!(
                "Welle {wave} ist offen: {}, {} im Postausgang.",
                counted(opened.units, "Einheit", "Einheiten"),
                counted(opened.invitations, "Einladung", "Einladungen")
            );
        }
        Wave::Close { wave } => {
            portal.wave_close(wave).await?;
            println!("Welle {wave} ist geschlossen.");
        }
    }
    Ok(())
}

/// Opens the database behind the settings.
async fn open(settings: &Settings) -> Result<Portal, CommandError> {
    let letters = operator::letters(settings)?;
    open_with(settings, &letters).await
}

async fn open_with(settings: &Settings, letters: &[Letter]) -> Result<Portal, CommandError> {
    let (url, base, mail) = (&settings.database_url, settings.base_url.clone(), settings.mail.clone());
    let portal_settings = portal::Settings {
        contact: settings.contact.clone(),
        bounces_to: settings.bounce_email.clone(),
        letters: operator::endorsements(settings, letters),
        k3_rule: settings.k3_rule,
        staff_totp: settings.staff_totp,
        ..portal::Settings::new(url.clone(), base, mail)
    };
    Ok(Portal::open(portal_settings, Clock::system()).await?)
}

fn open_reason(error: &OpenError) -> String {
    match error {
        OpenError::WrongUrl { reason } => {
            format!(
                "DATABASE_URL ist nicht verwendbar ({reason}); erwartet wird sqlite:DATEI oder postgres://NAME@HOST/DATENBANK"
            )
        }
        OpenError::Unreadable(cause) if error.is_about_the_file() => format!(
            "Die Datenbank (DATABASE_URL) lässt sich nicht öffnen: Datei oder Ordner fehlt, ist schreibgeschützt oder gehört jemand anderem ({cause})"
        ),
        OpenError::Unreadable(cause) => format!("Die Datenbank (DATABASE_URL) ist nicht lesbar: {cause}"),
        OpenError::ForeignSchema { table } => format!(
            "Die Datenbank (DATABASE_URL) gehört einem anderen Programm: Sie enthält die Tabelle „{table}“, aber keine von Rücklauf. Bitte eine leere angeben."
        ),
        OpenError::NewerSchema { found, known } => format!(
            "Die Datenbank (DATABASE_URL) ist neuer als dieses Programm (Stand {found}, bekannt bis {known}). Bitte das neuere Programm verwenden."
        ),
        OpenError::OldSqlite(version) => format!("SQLite {version} ist zu alt; nötig ist mindestens 3.51.3."),
        OpenError::Count(cause) => format!("Der Rücklauf der Datenbank ließ sich nicht auszählen: {cause}"),
        OpenError::Migrate(cause) => {
            format!("Die Datenbank (DATABASE_URL) lässt sich nicht auf Stand bringen: {cause}")
        }
        OpenError::Incomplete(cause) => {
            format!("Die Listen der Datenbank (DATABASE_URL) ließen sich nicht vervollständigen: {cause}")
        }
    }
}
