//! Any text, read as SQL.
#![no_main]

use logloupe_syntax::Language;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| logloupe_fuzz::read(bytes, Language::Sql));
