//! Numbers and dates as people type them: any text gives a value or a reason,
//! and a value that was understood reads the same once written in German.

#![no_main]

use libfuzzer_sys::fuzz_target;
use survey::answer::{date, german, number};

fuzz_target!(|text: &str| {
    for decimals in [0, 1, 2, 6] {
        if let Ok(value) = number(text, decimals) {
            assert_eq!(number(&german(value), decimals), Ok(value), "{text:?}");
        }
    }
    if let Ok(day) = date(text) {
        assert_eq!(date(&day.format("%d.%m.%Y").to_string()), Ok(day), "{text:?}");
    }
});
