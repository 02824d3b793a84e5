//! Instruments: any files are loaded or refused with findings that name a
//! line. The first line of the input says how it is cut into files.

#![no_main]

use libfuzzer_sys::fuzz_target;
use survey::load;

const WAVES: &str = include_str!("../../../app/survey/instrument/waves.toml");

fuzz_target!(|text: &str| {
    let (module, waves) = text.split_once("\n====\n").unwrap_or((text, WAVES));
    if let Err(findings) = load::from_files(&[("A.toml", module), ("waves.toml", waves)]) {
        assert!(!findings.is_empty());
        assert!(
            findings
                .iter()
                .all(|finding| finding.line > 0 && !finding.reason.is_empty())
        );
    }
});
