//! What clap says in English, in German: help, values that do not fit, wrong
//! calls. Knows clap, not the commands.

use super::Cli;
use chrono::{DateTime, NaiveDate, Utc};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory, FromArgMatches};
use portal::{ExportFormat, Role};
use survey::K3Rule;
use survey::typology::RuleVersion;

const TEMPLATE: &str = "{about-with-newline}\nAufruf: {usage}\n\n{all-args}{after-help}";

/// Reads the arguments of this process.
///
/// # Errors
/// Help, version, or a wrong call: see [`explain`].
pub fn parse() -> Result<Cli, clap::Error> {
    read(std::env::args_os().collect())
}

fn read(arguments: Vec<std::ffi::OsString>) -> Result<Cli, clap::Error> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let matches = in_german(command).try_get_matches_from(arguments)?;
    Cli::from_arg_matches(&matches)
}

/// The same command with German headings, for itself and all below.
fn in_german(mut command: Command) -> Command {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let usage = usage
        .replace("[OPTIONS]", "[OPTIONEN]")
        .replace("<COMMAND>", "<BEFEHL>");
    command
        .override_usage(usage)
        .help_template(TEMPLATE)
        .subcommand_help_heading("Befehle")
        .mut_args(|arg| {
            let heading = if arg.is_positional() { "Angaben" } else { "Optionen" };
            arg.help_heading(heading)
        })
        .mut_subcommands(in_german)
}

/// Years that can be waves: the survey began in 2006.
const WAVES: std::ops::RangeInclusive<i32> = 2006..=2099;

/// A wave is named by its year.
pub(super) fn wave(text: &str) -> Result<i32, String> {
    text.parse()
        .ok()
        .filter(|year| WAVES.contains(year))
        .ok_or_else(|| format!("eine Welle ist ein Jahr von {} bis {}", WAVES.start(), WAVES.end()))
}

/// A whole per cent from 1 to 100.
pub(super) fn percent(text: &str) -> Result<u32, String> {
    let number = text.trim_end_matches('%').parse().ok();
    number
        .filter(|percent| (1..=100).contains(percent))
        .ok_or_else(|| "ein Ziel ist eine ganze Zahl von 1 bis 100".to_owned())
}

/// A day, written as ISO 8601 has it, that exists.
pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    let written = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    written
        .then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
        .flatten()
        .ok_or_else(|| "erwartet wird ein Tag als JJJJ-MM-TT, etwa 2007-10-31".to_owned())
}

/// A moment, Berlin time unless it says otherwise.
pub(super) fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    portal::berlin::parse_moment(text)
        .ok_or_else(|| "erwartet wird JJJJ-MM-TT oder JJJJ-MM-TTThh:mm, etwa 2008-03-12T09:00".to_owned())
}

/// A role of the institute's staff.
pub(super) fn role(text: &str) -> Result<Role, String> {
    text.parse()
        .map_err(|_| "es gibt die Rollen viewer, editor und admin".to_owned())
}

/// A form data leave in.
pub(super) fn export_format(text: &str) -> Result<ExportFormat, String> {
    let known = ExportFormat::ALL.map(ExportFormat::name).join(", ");
    text.parse().map_err(|()| format!("es gibt die Formate {known}"))
}

/// A version of the typology's rules.
pub(super) fn rule_version(text: &str) -> Result<RuleVersion, String> {
    let known = RuleVersion::ALL.map(RuleVersion::name).join(" und ");
    text.parse().map_err(|_| format!("es gibt die Regelversionen {known}"))
}

/// A rule for criterion 3.
pub(super) fn k3_rule(text: &str) -> Result<K3Rule, String> {
    text.parse().map_err(|_| "es gibt fm_only, any und both".to_owned())
}

/// The German sentence for a wrong call; `None` where clap's output is no
/// complaint (help, version) and goes to the standard output as it is.
#[must_use]
pub fn explain(error: &clap::Error) -> Option<String> {
    let of = |kind| error.get(kind).map(words).unwrap_or_default();
    let sentence = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return None,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            "Es fehlt ein Befehl.".to_owned()
        }
        ErrorKind::InvalidSubcommand => format!("Den Befehl „{}“ gibt es nicht.", of(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument => format!("„{}“ kennt dieser Befehl nicht.", of(ContextKind::InvalidArg)),
        ErrorKind::MissingRequiredArgument => format!("Es fehlt: {}.", of(ContextKind::InvalidArg)),
        ErrorKind::ValueValidation => {
            let reason = std::error::Error::source(error)
                .map(ToString::to_string)
                .unwrap_or_default();
            let value = of(ContextKind::InvalidValue);
            format!("{}: „{value}“ passt nicht; {reason}.", of(ContextKind::InvalidArg))
        }
        ErrorKind::InvalidValue => {
            let (argument, value) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
            match (value.is_empty(), of(ContextKind::ValidValue)) {
                (true, _) => format!("{argument}: es fehlt der Wert."),
                (false, valid) => format!("{argument}: „{value}“ passt nicht; möglich: {valid}."),
            }
        }
        ErrorKind::ArgumentConflict => format!("„{}“ darf nur einmal vorkommen.", of(ContextKind::InvalidArg)),
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => {
            format!("{}: falsche Anzahl von Werten.", of(ContextKind::InvalidArg))
        }
        _ => "Dieser Aufruf ist nicht verständlich.".to_owned(),
    };
    Some(format!(
        "{sentence}\nHilfe: ruecklauf --help oder ruecklauf BEFEHL --help"
    ))
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(several) => several.join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str) -> String {
        let error = read(line.split_whitespace().map(Into::into).collect()).unwrap_err();
        explain(&error).unwrap()
    }

    #[test]
    fn a_wrong_call_is_explained_in_german() {
        assert!(refused("ruecklauf").starts_with("Es fehlt ein Befehl."));
        assert!(refused("ruecklauf wav").contains("„wav“"));
        assert!(refused("ruecklauf serve --port").contains("„--port“"));
        assert!(refused("ruecklauf staff add a@b.example").contains("--role"));
        assert!(refused("ruecklauf staff add a@b.example --role chef").contains("viewer, editor und admin"));
        assert!(refused("ruecklauf export --wave 2008 --format xls --out x").contains("csv"));
        assert!(refused("ruecklauf export --wave 08 --out x").contains("Jahr"));
        assert!(refused("ruecklauf export --out x").contains("--wave"));
        assert!(refused("ruecklauf export --wave 2008 --long --out x").contains("--panel"));
        assert!(refused("ruecklauf backup").contains("DATEI"));
    }

    #[test]
    fn a_day_must_exist_and_be_written_in_full() {
        assert!(day("2008-02-29").is_ok());
        for wrong in ["2007-02-29", "2007-1-1", "31.10.2007", "2007-10-31x", ""] {
            assert!(day(wrong).is_err(), "{wrong}");
        }
    }
}
