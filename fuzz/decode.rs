//! Any lines to the decoder of one format: `LOG=s3_access cargo +nightly fuzz run decode`.
#![no_main]

use std::sync::LazyLock;

use logloupe_core::formats::{ALL, Format, by_id};

static FORMAT: LazyLock<&'static dyn Format> =
    LazyLock::new(|| std::env::var("LOG").ok().and_then(|id| by_id(&id)).unwrap_or(ALL[0]));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| logloupe_fuzz::logs::decode(*FORMAT, bytes));
