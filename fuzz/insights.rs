//! Any text, read as CloudWatch Logs Insights.
#![no_main]

use logloupe_syntax::Language;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| logloupe_fuzz::read(bytes, Language::Insights));
