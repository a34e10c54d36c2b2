//! The limits of ingest: they bound memory and time on hostile input (decompression bombs, deep nesting, endless
//! records). A limit that is reached is an entry in the ledger; none drops anything silently.

use super::ledger::{KEPT_REJECTED_BYTES, KEPT_REJECTIONS};

/// Limits per opened file. The defaults fit a browser tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes that the containers of one file may inflate to: 64 GiB.
    pub inflated: u64,
    /// Most inflated bytes per stored byte, once [`ratio_from`](Self::ratio_from) bytes were inflated: 200.
    /// Deflate reaches 1032 on zeros; logs stay below 50.
    pub ratio: u64,
    /// Inflated bytes below which the ratio is not looked at: 1 GiB.
    pub ratio_from: u64,
    /// Longest record in bytes: 32 MiB. A longer one is rejected and reading goes on behind it.
    pub record: usize,
    /// How deep JSON may nest: 512.
    pub nesting: usize,
    /// How many containers may lie in each other: 6 (a gzip in a tar in a gzip in a zip are four).
    pub containers: usize,
    /// Most files in the archives of one file: 200,000.
    pub members: u64,
    /// How many rejected records an entry keeps: [`KEPT_REJECTIONS`]; further ones are counted.
    pub rejections: usize,
    /// How many bytes of rejected text an entry keeps: 16 MiB.
    pub rejected_bytes: usize,
}

/// How much of one rejected record is kept.
pub(crate) const KEPT_TEXT: usize = 64 << 10;

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            inflated: 64 << 30,
            ratio: 200,
            ratio_from: 1 << 30,
            record: 32 << 20,
            nesting: 512,
            containers: 6,
            members: 200_000,
            rejections: KEPT_REJECTIONS,
            rejected_bytes: KEPT_REJECTED_BYTES,
        }
    }
}
