//! Any text, run over two small tables.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| logloupe_fuzz::run(bytes));
