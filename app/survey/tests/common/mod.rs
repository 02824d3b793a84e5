//! A complete, consistent questionnaire of an ARGE with specialised case
//! management in the 2008 wave: type Iba.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod firing;

use chrono::NaiveDate;
use std::sync::{Arc, LazyLock};
use survey::{CaseContext, Entries, Entry, Form, Instrument, Land, Rules, Sheet, load};

pub static INSTRUMENT: LazyLock<Arc<Instrument>> =
    LazyLock::new(|| Arc::new(load::from_files(survey::shipped()).expect("the shipped instrument is sound")));

pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

pub fn context(form: Form) -> CaseContext {
    CaseContext {
        wave: 2008,
        form,
        land: Land::Hessen,
        gebiet: "ARGE Cordelbach".to_owned(),
        stichtag: day(2007, 10, 31),
        zeitraum: "2007".to_owned(),
        vorwelle_stichtag: Some(day(2006, 12, 31)),
        previous: None,
        rules: Rules::default(),
    }
}

/// `-8` stands for "Angabe nicht möglich".
pub fn entry(text: &str) -> Option<Entry> {
    match text {
        "" => None,
        "-8" => Some(Entry::CannotSay),
        text => Some(Entry::Given(text.to_owned())),
    }
}

pub fn entries(pairs: &[(&str, &str)]) -> Entries {
    pairs
        .iter()
        .filter_map(|(item, text)| Some(((*item).to_owned(), entry(text)?)))
        .collect()
}

pub fn complete() -> Entries {
    entries(COMPLETE)
}

pub fn sheet(case: CaseContext, entries: &Entries) -> Sheet {
    Sheet::new(INSTRUMENT.clone(), case, entries)
}

pub const COMPLETE: &[(&str, &str)] = &[
    ("A1", "1"),
    ("A2", "1"),
    ("A3", "4"),
    ("A4", "1"),
    ("A5", "Leitung"),
    ("A6", "leitung@arge.example"),
    ("B1", "5.000"),
    ("B2", "1.000"),
    ("B3", "3.600"),
    ("B4", "3.000"),
    ("B5", "600"),
    ("B6", "1"),
    ("C1", "1"),
    ("C2", "1"),
    ("C3", "2"),
    ("C4", "60"),
    ("C5", "1"),
    ("C6", "2"),
    ("D1_ue", "1"),
    ("D2_ue", "1"),
    ("D3_ue", "1,3"),
    ("D4_ue", "20,5"),
    ("D5_ue", "1"),
    ("D1_u25", "1"),
    ("D2_u25", "1"),
    ("D4_u25", "25"),
    ("D5_u25", "1"),
    ("D7_u25", "1"),
    ("E1_ue", "1"),
    ("E3_ue", "1"),
    ("E1_u25", "1"),
    ("E4", "2"),
    ("E5", "1,3"),
    ("F1_fm_ue", "3"),
    ("F1_nfm_ue", "3"),
    ("F2_ue", "2"),
    ("F3_ue", "3"),
    ("F1_fm_u25", "3"),
    ("F1_nfm_u25", "3"),
    ("F2_u25", "2"),
    ("F3_u25", "3"),
    ("G1", "2"),
    ("G2", "2"),
    ("G3", "2"),
    ("H1", "102"),
    ("H2", "100,0"),
    ("H3_leit", "8"),
    ("H3_ein", "6"),
    ("H3_fm", "14"),
    ("H3_pap", "30"),
    ("H3_verm", "6"),
    ("H3_ags", "3"),
    ("H3_leist", "26"),
    ("H3_wid", "4"),
    ("H3_sonst", "3"),
    ("H4_kom", "40"),
    ("H4_ba", "50"),
    ("H4_and", "6"),
    ("H4_eig", "4"),
    ("H5", "12,5"),
    ("H6_fm_ue", "75"),
    ("H6_fm_u25", "60"),
    ("H6_pap_ue", "150"),
    ("H6_pap_u25", "90"),
    ("H6_leist", "138"),
    ("H7", "2"),
    ("I1_int", "5"),
    ("I1_bed", "4"),
    ("I1_besch", "4"),
    ("I1_soz", "3"),
    ("I1_aus", "5"),
    ("I1_kost", "4"),
    ("I2", "1,3"),
    ("I3", "80"),
    ("I4", "1"),
    ("I5", "1"),
    ("I6", "300"),
    ("I7", "1"),
    ("I8_aghm", "600"),
    ("I8_aghe", "50"),
    ("I8_tm", "700"),
    ("I8_fbw", "150"),
    ("I8_egz", "200"),
    ("I8_esg", "40"),
    ("I8_swl", "100"),
    ("J1_aa", "4"),
    ("J1_jug", "3"),
    ("J1_soz", "3"),
    ("J1_reha", "2"),
    ("J1_schuld", "4"),
    ("J1_sucht", "4"),
    ("J1_psy", "3"),
    ("J1_kita", "3"),
    ("J1_ag", "4"),
    ("J1_trae", "5"),
    ("J2", "1,2"),
    ("J3", "1"),
    ("J4", "1"),
    ("J5", "1"),
    ("K1", "1"),
    ("K2_pers", "3"),
    ("K2_org", "4"),
    ("K2_instr", "4"),
    ("K2_bud", "3"),
    ("K2_ziel", "3"),
    ("K2_sank", "4"),
    ("K3", "1,3"),
    ("K4", "2"),
    ("K5", "2.500"),
    ("L1", "4.500.000"),
    ("L2", "4.200.000"),
    ("L3", "5.000.000"),
    ("L4", "0"),
    ("L5", "-8"),
    ("L6", "1"),
    ("Z2", "95"),
    ("Z3", "1"),
];
