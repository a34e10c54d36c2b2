//! Any bytes through the reader of Parquet.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| logloupe_fuzz::logs::parquet(bytes));
