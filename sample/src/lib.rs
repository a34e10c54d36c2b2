//! AWS logs that nobody had to hand over: a small incident to explore, and streams of any size to measure with.
//!
//! Everything here is made by a seeded generator, none of it is copied, and the same call gives the same bytes on
//! every platform (whole numbers only, no clock, no I/O, an own deflate). Addresses, hosts, accounts and keys come
//! from the ranges kept for documentation, except in [`bulk`], where random public addresses are needed.
//!
//! Reading order: [`cast`] (who plays), [`incident()`] (the files), [`incident_story()`] (what they show and the query
//! that shows it), [`bulk`] (streams for benchmarks and tests), [`gzip`] (the wrapping), [`rng`] (the generator).

pub mod bulk;
pub mod cast;
pub mod gzip;
mod incident;
pub mod rng;
mod story;
mod text;

pub use incident::incident;
pub use story::{StoryStep, incident_story};

/// The files of the incident whose places in it leave the remainder `part` when divided by `of`, each with its place: what one of
/// several readers takes.
pub fn part(part: u32, of: u32) -> Vec<(u32, SampleFile)> {
    (0..).zip(incident()).filter(|(at, _)| at % of.max(1) == part).collect()
}

/// One log file as AWS would deliver it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleFile {
    /// The S3 object key, folders included: `AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/05/….json.gz`.
    pub path: String,
    /// The object as stored: one gzip member.
    pub bytes: Vec<u8>,
}
