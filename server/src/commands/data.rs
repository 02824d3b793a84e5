//! Commands around the answers: classifying, export, tables, backup.

use super::{CommandError, file_error, refused};
use crate::cli::{Export, Tables, TablesFormat};
use crate::progress::Progress;
use portal::{ExportFormat, ExportLayout, ExportWish, Pieces, Portal, counted};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use survey::typology::RuleVersion;
use survey::{K3Rule, Rules, tables};
use tempfile::NamedTempFile;

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
    println!("{} gelöscht.", counted(done, "Angabe", "Angaben"));
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
    let out = args.out.as_path();
    let rows = write_export(portal, &wish, out).await?;
    let what = match (wish.format, wish.layout) {
        (ExportFormat::Ddi, _) => "Codebuch".to_owned(),
        (ExportFormat::Paradata, _) | (_, ExportLayout::Long(_)) => counted(rows, "Zeile", "Zeilen"),
        _ => counted(rows, "Einheit", "Einheiten"),
    };
    println!("{what} nach {} geschrieben.", out.display());
    Ok(())
}

async fn write_export(portal: &Portal, wish: &ExportWish, out: &Path) -> Result<u64, CommandError> {
    // Before there is a file: what stands against it.
    let export = portal.export_here(wish).await?;
    let failed = || file_error(out);
    let mut whole = Whole(BufWriter::new(unfinished(out).map_err(failed())?));
    let mut progress = Progress::new("Exportieren");
    let rows = export.write(&mut whole, |done, of| progress.tell(done, of)).await?;
    drop(progress);
    let file = whole.0.into_inner().map_err(|error| failed()(error.into_error()))?;
    file.as_file().sync_all().map_err(failed())?;
    file.persist(out).map_err(|error| failed()(error.error))?;
    Ok(rows)
}

/// A file that is being written.
struct Whole(BufWriter<NamedTempFile>);

impl Pieces for Whole {
    async fn put(&mut self, piece: Vec<u8>) -> io::Result<()> {
        self.0.write_all(&piece)
    }
}

/// A new file in the same folder that only its owner may read from its first
/// byte on; a finished one takes its place, an unfinished one goes.
fn unfinished(out: &Path) -> io::Result<NamedTempFile> {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    tempfile::Builder::new()
        .prefix(&format!("{name}."))
        .suffix(".unfertig")
        .tempfile_in(folder.unwrap_or(Path::new(".")))
}

/// `tables`
pub(super) async fn tables(portal: &Portal, args: &Tables) -> Result<(), CommandError> {
    let cells = portal.tables(args.wave, args.previous, &args.panel).await?;
    let text = match args.format {
        TablesFormat::Text => tables::text(&cells, args.wave, args.previous, &base(portal, args).await?),
        TablesFormat::Csv => tables::csv(&cells),
    };
    Ok(io::stdout().write_all(text.as_bytes())?)
}

/// What the tables rest on, in words: which units, of which days, under which
/// rules.
async fn base(portal: &Portal, args: &Tables) -> Result<String, CommandError> {
    let units = match args.panel.iter().max() {
        None => "vollständig verwertbare Fragebogen der Welle (Querschnitt)".to_owned(),
        Some(latest) => {
            let waves: Vec<String> = args.panel.iter().map(ToString::to_string).collect();
            format!(
                "nur Einheiten, die in den Wellen {} vollständig verwertbar sind (Panel), Form nach der Welle {latest}",
                waves.join(", ")
            )
        }
    };
    let waves = portal.waves().await?;
    let shown = waves
        .iter()
        .filter(|wave| wave.key == args.wave || Some(wave.key) == args.previous);
    let days: Vec<String> = shown
        .map(|wave| format!("Stichtag der Welle {}: {}", wave.key, wave.stichtag.format("%d.%m.%Y")))
        .collect();
    let rules = portal.current_rules().await?;
    Ok(format!(
        "{units}; {}; Regelversion {}, Kriterium 3: {}",
        days.join(", "),
        rules.version.name(),
        rules.k3_rule.name()
    ))
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

#[cfg(all(test, unix))]
mod tests {
    use super::unfinished;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    #[test]
    fn nobody_else_reads_an_export_while_it_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("welle-2008.csv");
        std::fs::write(&out, "what everybody could read").unwrap();
        std::fs::set_permissions(&out, PermissionsExt::from_mode(0o644)).unwrap();
        let file = unfinished(&out).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            file.path().parent(),
            Some(dir.path()),
            "so that it can take the place in one step"
        );
        assert_eq!(mode(file.path()), 0o600);
        file.persist(&out).unwrap();
        assert_eq!(mode(&out), 0o600, "the export, not what was there");
        let left = unfinished(&out).unwrap();
        drop(left);
        assert_eq!(
            std::fs::read_dir(dir.path()).unwrap().count(),
            1,
            "nothing is left behind"
        );
    }
}
