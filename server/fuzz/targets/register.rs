//! Registers of units: any bytes are read as a table or refused with reasons.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portal::{ImportError, check_register};

fuzz_target!(|bytes: &[u8]| {
    if let Err(ImportError::Report(rows)) = check_register(bytes, &["region".to_owned()]) {
        assert!(!rows.is_empty());
    }
});
