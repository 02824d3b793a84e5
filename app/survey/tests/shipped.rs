//! The shipped questionnaire: complete, sound, and what the instrument says.

use survey::{FindingKind, Severity, load};

#[test]
fn the_shipped_instrument_has_no_findings_and_all_questions() {
    let instrument = load::from_files(survey::shipped()).unwrap_or_else(|findings| {
        panic!(
            "{}",
            findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        )
    });
    assert_eq!(instrument.questions.len(), 88);
    let count = |severity| instrument.edits.iter().filter(|edit| edit.severity == severity).count();
    assert_eq!((count(Severity::Hard), count(Severity::Soft)), (44, 40));
    assert_eq!(instrument.modules.len(), 13);
    let json = serde_json::to_string(&instrument).expect("serialises");
    println!("checked instrument: {} bytes of JSON", json.len());
    let back: survey::Instrument = serde_json::from_str(&json).expect("reads back");
    assert_eq!(back, instrument);
    let _ = FindingKind::Form;
}
