//! `demo`: the portal on invented data, with sign-ins to try it.

use super::{CommandError, field, file_error, refused};
use crate::cli::Demo;
use crate::progress::Progress;
use crate::serve::{self, Signals};
use crate::settings::Settings;
use portal::{DemoSummary, MailTarget};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many sign-ins of each status are shown to people.
const SHOWN: usize = 2;

/// Makes the data if they are missing, says how to sign in, serves.
pub(super) async fn run(mut settings: Settings, args: Demo) -> Result<(), CommandError> {
    std::fs::create_dir_all(&args.dir).map_err(file_error(&args.dir))?;
    settings.database_url = format!("sqlite:{}", args.dir.join("ruecklauf.db").display());
    settings.mail = MailTarget::Dir(args.dir.join("post"));
    let (portal, state, jobs) = field::prepare(&settings).await?;
    let listener = if args.no_serve {
        None
    } else {
        Some(field::listen("RUECKLAUF_ADDR", settings.addr)?)
    };
    let mut progress = Progress::new("Vorführdaten");
    let summary = portal.demo(args.complete, |done, of| progress.tell(done, of)).await?;
    drop(progress);
    let signals = Signals::listen()?;
    if args.json {
        println!("{}", as_json(&settings, &summary)?);
    } else {
        print!("{}", as_text(&settings, &summary));
    }
    match listener {
        None => {
            portal.close().await;
            Ok(())
        }
        Some(listener) => {
            let figures = field::figures(&settings)?;
            Ok(serve::serve(listener, figures, state, jobs, signals).await?)
        }
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    base_url: &'a str,
    staff: Vec<StaffSignIn<'a>>,
    units: Vec<UnitSignIn<'a>>,
}

#[derive(Serialize)]
struct StaffSignIn<'a> {
    role: String,
    login: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct UnitSignIn<'a> {
    kennung: &'a str,
    form: String,
    status: String,
    login: &'a str,
    password: &'a str,
}

/// The form of the contract.
fn as_json(settings: &Settings, summary: &DemoSummary) -> Result<String, CommandError> {
    let shown = Shown {
        base_url: settings.base_url.as_str(),
        staff: summary
            .staff
            .iter()
            .map(|one| StaffSignIn {
                role: one.role.to_string(),
                login: &one.login,
                password: &one.password,
            })
            .collect(),
        units: summary
            .units
            .iter()
            .map(|one| UnitSignIn {
                kennung: &one.kennung,
                form: one.form.to_string(),
                status: one.status.to_string(),
                login: &one.login,
                password: &one.password,
            })
            .collect(),
    };
    serde_json::to_string_pretty(&shown).map_err(refused)
}

/// Address and a few sign-ins in every state.
fn as_text(settings: &Settings, summary: &DemoSummary) -> String {
    let mut text = format!(
        "\nRücklauf, Vorführung mit erfundenen Einheiten und Angaben: {}\n\nInstitut\n",
        settings.base_url.as_str()
    );
    for one in &summary.staff {
        text.push_str(&format!(
            "  {:<12} {:<28} {}\n",
            one.role.to_string(),
            one.login,
            one.password
        ));
    }
    text.push_str("\nEinheiten\n");
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for one in &summary.units {
        let status = one.status.to_string();
        let so_far = told.entry(status.clone()).or_default();
        if *so_far < SHOWN {
            *so_far += 1;
            text.push_str(&format!(
                "  {:<12} {:<28} {:<30} {}\n",
                status, one.login, one.password, one.form
            ));
        }
    }
    text.push('\n');
    text
}
