//! Commands around the answers: classifying, export, tables, backup.

use super::{CommandError, file_error, refused};
use crate::cli::{Export, Tables, TablesFormat};
use crate::progress::Progress;
use portal::{ExportFormat, ExportLayout, ExportWish, Pieces, Portal};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use survey::typology::RuleVersion;
use survey::{K3Rule, Rules, tables};

/// `classify`
pub(super) async fn classify(
    portal: &Portal,
    wave: Option<i32>,
    (version, k3_rule): (Option<RuleVersion>, Option<K3Rule>),
) -> Result<(), CommandError> {
    let mut progress = Progress::new("Klassifizieren");
    let current = portal.current_rules().await?;
    let rules = Rules {
        version: version.unwrap_or(current.version),
        k3_rule: k3_rule.unwrap_or(current.k3_rule),
    };
    let done = portal
        .classify_under(wave, Some(rules), |done, of| progress.tell(done, of))
        .await?;
    drop(progress);
    println!("{done} Fragebogen klassifiziert.");
    Ok(())
}

/// `retention preview`
pub(super) async fn retention_preview(portal: &Portal) -> Result<(), CommandError> {
    let preview = portal.retention_preview().await?;
    for (wave, kind, count) in &preview.lines {
        println!("Welle {wave}, {}: {count}", kind.label());
    }
    println!("Zusammen: {}", preview.total());
    Ok(())
}

/// `retention run`: what was interrupted first, else what the number confirms.
pub(super) async fn retention_run(portal: &Portal, confirm: u64) -> Result<(), CommandError> {
    if portal.retention_waits().await? {
        eprintln!("Eine unterbrochene Löschung wird fortgesetzt; danach bitte noch einmal ansehen.");
    } else {
        portal.retention_begin_here(confirm).await.map_err(refused)?;
    }
    let mut progress = Progress::new("Löschen");
    let done = portal.retention_work(|done, of| progress.tell(done, of)).await?;
    drop(progress);
    println!("{done} Angaben gelöscht.");
    Ok(())
}

/// `export`: a whole file or none.
pub(super) async fn export(portal: &Portal, args: &Export) -> Result<(), CommandError> {
    let layout = match args.wave {
        Some(wave) if args.panel.is_empty() => ExportLayout::Wave(wave),
        Some(wave) if !args.panel.contains(&wave) => {
            return Err(CommandError::Refused(format!(
                "Die Welle {wave} gehört nicht zum Panel; nennen Sie sie in --panel oder lassen Sie --wave weg."
            )));
        }
        _ if args.long => ExportLayout::Long(args.panel.clone()),
        _ => ExportLayout::Wide(args.panel.clone()),
    };
    let wish = ExportWish {
        layout,
        format: args.format,
        names: args.names,
    };
    let (out, unfinished) = (args.out.as_path(), beside(&args.out));
    let rows = match write_export(portal, &wish, &unfinished).await {
        Ok(rows) => rows,
        Err(error) => {
            let _ = fs::remove_file(&unfinished);
            return Err(error);
        }
    };
    fs::rename(&unfinished, out).map_err(file_error(out))?;
    let what = match (wish.format, wish.layout) {
        (ExportFormat::Ddi, _) => "Codebuch".to_owned(),
        (ExportFormat::Paradata, _) | (_, ExportLayout::Long(_)) => format!("{rows} Zeilen"),
        _ => format!("{rows} Einheiten"),
    };
    println!("{what} nach {} geschrieben.", out.display());
    Ok(())
}

async fn write_export(portal: &Portal, wish: &ExportWish, file: &Path) -> Result<u64, CommandError> {
    // Before there is a file: what stands against it.
    let export = portal.export_here(wish).await?;
    let mut out = Whole(BufWriter::new(portal::create_private(file).map_err(file_error(file))?));
    let mut progress = Progress::new("Exportieren");
    let rows = export.write(&mut out, |done, of| progress.tell(done, of)).await?;
    drop(progress);
    out.0.flush().map_err(file_error(file))?;
    out.0.get_ref().sync_all().map_err(file_error(file))?;
    Ok(rows)
}

/// A file that is being written.
struct Whole(BufWriter<File>);

impl Pieces for Whole {
    async fn put(&mut self, piece: Vec<u8>) -> io::Result<()> {
        self.0.write_all(&piece)
    }
}

/// A name in the same folder, so that the finished file can take its place.
fn beside(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".unfertig");
    out.with_file_name(name)
}

/// `tables`
pub(super) async fn tables(portal: &Portal, args: &Tables) -> Result<(), CommandError> {
    let cells = portal.tables(args.wave, args.previous, &args.panel).await?;
    let text = match args.format {
        TablesFormat::Text => tables::text(&cells, args.wave, args.previous, &base(&args.panel)),
        TablesFormat::Csv => tables::csv(&cells),
    };
    Ok(io::stdout().write_all(text.as_bytes())?)
}

/// What the tables rest on, in words.
fn base(panel: &[i32]) -> String {
    let Some(latest) = panel.iter().max() else {
        return "vollständig verwertbare Fragebogen der Welle (Querschnitt)".to_owned();
    };
    let waves: Vec<String> = panel.iter().map(ToString::to_string).collect();
    format!(
        "nur Einheiten, die in den Wellen {} vollständig verwertbar sind (Panel), Form nach der Welle {latest}",
        waves.join(", ")
    )
}

/// `backup`
pub(super) async fn backup(portal: &Portal, file: &Path) -> Result<(), CommandError> {
    portal.backup(file).await?;
    println!("Gesichert nach {}.", file.display());
    Ok(())
}

/// `check`: every finding, a line each; refuses where there is one.
pub(super) async fn check(portal: &Portal) -> Result<(), CommandError> {
    let mut progress = Progress::new("Prüfen");
    let seen = portal.verify(|done, of| progress.tell(done, of)).await?;
    drop(progress);
    for damage in &seen.damage {
        println!("{}: {}", damage.about, damage.place);
    }
    match seen.damage.len() {
        0 => {
            println!(
                "Die Datenbank ist in Ordnung: {} Abgaben vollständig, {} Klassifikationen nachgerechnet.",
                seen.submissions, seen.classifications
            );
            Ok(())
        }
        count => Err(CommandError::Refused(format!(
            "Die Datenbank hat {count} Schäden (oben). Bitte nichts weiter speichern und die letzte gute Sicherung prüfen."
        ))),
    }
}
