//! The codecs from outside, through a loader: files as other programs write them, whole and damaged.
//!
//! Nothing here is compressed by what decompresses it: the programs `zstd`, `bzip2` and `xz` write the files, the crate
//! `snap` writes Snappy, and in `tests/fixtures` lie files that others wrote. A test that needs a program which is not there says so and counts as skipped.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the pure crates' rules; tests start programs"
)]

mod fixtures;
mod hostile;
mod packed;
#[cfg(feature = "parquet")]
mod parquet;
mod written;
mod zipped;
