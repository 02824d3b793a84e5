//! Puts the browser part into the program: every file of `assets/`, with the
//! compressed forms `app/build-browser` made beside it. Without that build
//! the table is empty and everything else works.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let assets = Path::new(&env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?).join("assets");
    println!("cargo::rerun-if-changed={}", assets.display());
    let mut names: Vec<String> = fs::read_dir(&assets)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<_>>()?;
    names.sort();
    let mut table = String::from("&[\n");
    for name in names.iter().filter(|name| is_asset(name)) {
        let include = |file: &str| format!("include_bytes!({:?})", assets.join(file));
        let packed = |suffix: &str| include(&format!("{name}.{suffix}"));
        let entry = format!(
            "Asset {{ name: {name:?}, plain: {}, brotli: {}, gzip: {} }},",
            include(name),
            packed("br"),
            packed("gz"),
        );
        writeln!(table, "    {entry}").map_err(io::Error::other)?;
    }
    table.push(']');
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("assets.rs"), table)
}

/// Hashed names only: `style.1f2e3d4c5b6a.css`.
fn is_asset(name: &str) -> bool {
    ["css", "js", "wasm"]
        .iter()
        .any(|kind| name.ends_with(&format!(".{kind}")))
}
