//! Any text, read as a filter pattern.
#![no_main]

use logloupe_syntax::Language;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| logloupe_fuzz::read(bytes, Language::Pattern));
