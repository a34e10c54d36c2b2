//! Any bytes through the whole ingest: containers, envelopes, detection, every format.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| logloupe_fuzz::logs::ingest(bytes));
