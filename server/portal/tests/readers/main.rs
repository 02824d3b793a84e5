//! Exports read back by the programs they are for: pyreadstat, pandas,
//! openpyxl, PSPP, ReadStat and LibreOffice read every variable of the complete
//! demonstration, and `check.py` compares values, wordings and missing codes
//! with the machine format; the codebook is valid against its schema.
//!
//! `.ci/prepare readers` installs the readers. What is missing is skipped
//! loudly, and fails where `CI=true`.

use portal::{BaseUrl, Clock, ExportFormat, ExportLayout, ExportWish, MailTarget, Portal, Settings};
use serde_json::Value;
use sqlx::{Connection, SqliteConnection};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Texts that break what is not made for them: a formula, all separators, and
/// more bytes than SPSS and Stata keep in one piece.
fn awkward() -> [String; 4] {
    [
        "=HYPERLINK(\"x\")".to_owned(),
        "\"Zitat\"; Komma, Tab\tund\nneue Zeile – ß€😀".to_owned(),
        "ä".repeat(300),
        "Größe ".repeat(800).trim_end().to_owned(),
    ]
}

#[tokio::test]
async fn every_reader_finds_the_same_values_wordings_and_missing_codes() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("demo.db");
    let base = BaseUrl::parse("http://127.0.0.1:3000").expect("an address");
    let url = format!("sqlite:{}", file.display());
    let settings = Settings::new(url.clone(), base, MailTarget::Dir(dir.path().join("post")));
    let portal = Portal::open(settings, Clock::system()).await.expect("opens");
    portal.demo(true, |_, _| {}).await.expect("is made");
    write_awkward_texts(&url).await;
    let out = dir.path().join("files");
    std::fs::create_dir(&out).expect("a folder");
    let layouts = [
        ExportLayout::Wave(2008),
        ExportLayout::Wide(vec![2007, 2008]),
        ExportLayout::Long(vec![2006, 2007, 2008]),
    ];
    for layout in layouts {
        for format in ExportFormat::ALL {
            let wish = ExportWish {
                layout: layout.clone(),
                format,
                names: true,
            };
            write(&portal, wish, &out).await;
        }
    }
    if let Some(keep) = std::env::var_os("RUECKLAUF_READERS_KEEP") {
        copy(&out, Path::new(&keep));
    }
    check(&out);
}

async fn write(portal: &Portal, wish: ExportWish, out: &Path) {
    let export = portal.export_here(&wish).await.expect("is ready");
    let file = out.join(export.file_name());
    let mut bytes = Vec::new();
    export.write(&mut bytes, |_, _| {}).await.expect("is written");
    std::fs::write(file, bytes).expect("is kept");
}

/// Puts awkward texts into the last answer of some submissions.
async fn write_awkward_texts(url: &str) {
    let mut conn = SqliteConnection::connect(url).await.expect("connects");
    let sql = "SELECT s.id, s.machine FROM submissions s JOIN cases c ON c.id = s.case_id
               WHERE c.wave = 2008 AND c.status = 'usable' ORDER BY c.sort_key, c.id LIMIT 4";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut conn).await.expect("reads");
    assert_eq!(rows.len(), awkward().len());
    for ((id, machine), text) in rows.into_iter().zip(awkward()) {
        let mut values: Value = serde_json::from_str(&machine).expect("is JSON");
        values["Z1"] = Value::String(text);
        let done = sqlx::query("UPDATE submissions SET machine = $2 WHERE id = $1")
            .bind(id)
            .bind(values.to_string())
            .execute(&mut conn)
            .await
            .expect("is written");
        assert_eq!(done.rows_affected(), 1);
    }
    conn.close().await.expect("closes");
}

/// Python with the readers, where `.ci/prepare` puts it.
fn python() -> PathBuf {
    let home = std::env::var_os("HOME").unwrap_or_default();
    Path::new(&home).join(".cache/ruecklauf/readers/bin/python")
}

fn check(files: &Path) {
    let on_ci = std::env::var("CI").as_deref() == Ok("true");
    let python = python();
    if !python.exists() {
        eprintln!(
            "*** SKIPPED: no readers of exports at {} (see .ci/prepare readers) ***",
            python.display()
        );
        assert!(!on_ci, "CI must read exports back");
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/check.py");
    let ended = Command::new(python)
        // Nothing compiled is left beside the script.
        .arg("-B")
        .arg(script)
        .arg(files)
        .output()
        .expect("Python runs");
    let (told, complaints) = (
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr),
    );
    println!("{told}");
    eprintln!("{complaints}");
    assert!(ended.status.success(), "the readers disagree");
    assert!(
        !on_ci || !complaints.contains("*** SKIPPED"),
        "CI must read exports with every reader"
    );
}

/// Keeps the files for whoever wants to look at them.
fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("is read") {
        let entry = entry.expect("is there");
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("is kept");
    }
}
