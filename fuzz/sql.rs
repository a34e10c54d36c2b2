//! Any text, read as SQL.
#![no_main]

use logloupe_core::query::syntax::Language;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| logloupe_fuzz::read(bytes, Language::Sql));
