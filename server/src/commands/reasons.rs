//! Why a use case refused, in German, as the operator reads it on the error
//! output. What `portal` says in German already stays as it is.

use super::CommandError;
use portal::{
    BackupError, BadInstrument, BounceError, ClassifyError, DemoError, ExportError, ImportError, MailError,
    StaffAddError, StoreError, WaveError, counted,
};
use std::fmt::{Display, Write};
use std::io;

/// What the system says about a file, as far as operators meet it.
pub(super) fn system_reason(error: &io::Error) -> String {
    let known = match error.kind() {
        io::ErrorKind::NotFound => "Die Datei oder ihr Ordner fehlt.",
        io::ErrorKind::PermissionDenied => "Dem Programm fehlt das Recht dazu.",
        io::ErrorKind::IsADirectory => "Das ist ein Ordner, keine Datei.",
        io::ErrorKind::NotADirectory => "Das ist kein Ordner.",
        io::ErrorKind::StorageFull => "Es ist kein Platz mehr.",
        _ => return error.to_string(),
    };
    known.to_owned()
}

macro_rules! refused {
    ($($error:ty => $say:path),* $(,)?) => {
        $(impl From<$error> for CommandError {
            fn from(error: $error) -> Self {
                Self::Refused($say(&error))
            }
        })*
    };
}
refused!(
    BackupError => backup,
    BounceError => bounce,
    ClassifyError => classify,
    DemoError => demo,
    ExportError => export,
    ImportError => import,
    MailError => mail,
    StaffAddError => staff_add,
    StoreError => store,
    WaveError => wave,
);

fn no_wave(wave: i32) -> String {
    format!("Eine Welle {wave} gibt es nicht. Angelegt wird sie mit: ruecklauf wave add")
}

fn store(error: &StoreError) -> String {
    format!("Die Datenbank antwortet nicht wie erwartet: {error}")
}

fn with_lines(head: &str, lines: impl IntoIterator<Item = impl Display>) -> String {
    let mut text = String::new();
    for line in lines {
        let _ = writeln!(text, "{line}");
    }
    text + head
}

fn wave(error: &WaveError) -> String {
    match error {
        WaveError::Exists(wave) => format!("Die Welle {wave} gibt es schon."),
        WaveError::Unknown(wave) => no_wave(*wave),
        WaveError::Setting(sentence) => sentence.clone(),
        WaveError::State { wave, state } => {
            let state = match state.as_str() {
                "planned" => "noch nicht geöffnet",
                "open" => "schon geöffnet",
                _ => "geschlossen",
            };
            format!("Die Welle {wave} ist {state}.")
        }
        WaveError::Empty(wave) => {
            format!(
                "Die Welle {wave} hat keine Einheiten. Übernommen werden sie mit: ruecklauf units import DATEI --wave {wave}"
            )
        }
        WaveError::Instrument(BadInstrument(findings)) => {
            with_lines(&format!("Der Fragebogen hat Fehler ({}).", findings.len()), findings)
        }
        WaveError::Store(error) => store(error),
    }
}

fn import(error: &ImportError) -> String {
    match error {
        ImportError::NoWave(wave) => no_wave(*wave),
        ImportError::Closed(wave) => format!("Die Welle {wave} ist geschlossen."),
        ImportError::TooLarge(bytes) => {
            format!(
                "Die Datei hat {bytes} Bytes; gelesen werden höchstens {}.",
                portal::LARGEST_REGISTER
            )
        }
        ImportError::Unreadable(reason) => format!("Die Datei ist keine lesbare Tabelle (CSV oder XLSX): {reason}"),
        ImportError::Report(findings) => with_lines(
            &format!(
                "Es wurde nichts übernommen ({}).",
                counted(findings.len() as u64, "Befund", "Befunde")
            ),
            findings,
        ),
        ImportError::Store(error) => store(error),
    }
}

fn staff_add(error: &StaffAddError) -> String {
    match error {
        StaffAddError::Address(address) => format!("„{address}“ ist keine E-Mail-Adresse."),
        StaffAddError::Taken(address) => {
            format!("Für „{address}“ gibt es schon einen Zugang. Ein neues Passwort gibt es unter /passwort-vergessen.")
        }
        StaffAddError::Store(error) => store(error),
    }
}

fn mail(error: &MailError) -> String {
    match error {
        MailError::NoWave(wave) => no_wave(*wave),
        MailError::Directory { path, source } => {
            format!(
                "E-Mails lassen sich nicht nach {} schreiben (RUECKLAUF_MAIL_DIR): {source}",
                path.display()
            )
        }
        MailError::Store(error) => store(error),
        other => other.to_string(),
    }
}

fn bounce(error: &BounceError) -> String {
    match error {
        BounceError::Store(error) => store(error),
        other => other.to_string(),
    }
}

fn classify(error: &ClassifyError) -> String {
    match error {
        ClassifyError::NoWave(wave) => no_wave(*wave),
        ClassifyError::Store(error) => store(error),
        other => other.to_string(),
    }
}

fn export(error: &ExportError) -> String {
    match error {
        ExportError::NoWave(wave) => no_wave(*wave),
        ExportError::NotOpened(wave) => {
            format!("Die Welle {wave} ist noch nicht geöffnet; es gibt nichts zu schreiben.")
        }
        ExportError::Output(error) => format!("Die Datei lässt sich nicht schreiben: {error}"),
        ExportError::Store(error) => store(error),
        other => other.to_string(),
    }
}

fn backup(error: &BackupError) -> String {
    match error {
        BackupError::Exists(file) => format!("{} gibt es schon; überschrieben wird nichts.", file.display()),
        BackupError::Output(error) => format!("Die Sicherung lässt sich nicht schreiben: {error}"),
        BackupError::Copy(error) => format!("Die Sicherung ist gescheitert: {error}"),
        BackupError::NoPgDump => "Es fehlt das Programm pg_dump (Debian: apt install postgresql-client).".to_owned(),
        BackupError::PgDump(words) => format!("pg_dump ist gescheitert: {words}"),
    }
}

fn demo(error: &DemoError) -> String {
    match error {
        DemoError::Store(error) => store(error),
        german => german.to_string(),
    }
}
