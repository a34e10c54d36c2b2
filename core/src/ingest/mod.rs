//! Bytes to records: what stands between a dropped file and a format.
//!
//! Reading order: [`Loader`] (files in, rows and ledger out), [`ledger`] (what is said of every file and record),
//! [`limits`], then the stages in the order in which bytes pass them: `container` (gzip, zip, tar, nested; what else is
//! compressed goes through a [`codec`]),
//! `framing` (lines, JSON objects, lists of records), `content` (one file's records: `detect` its format, decode,
//! reject), with `carrier` and `payload` for what other services wrap around records. [`part`] splits large files,
//! [`duplicates`] finds events that were delivered twice, [`history`] what changed between states of the same thing,
//! [`integrity`] files that are not what CloudTrail's digests say, [`attempt`](mod@attempt) what comes of a few lines.
//! Everything is pushed: `push(&[u8])`, then `finish()`, resumable at every byte.

pub mod attempt;
mod carrier;
mod container;
mod content;
mod context;
mod detect;
pub mod duplicates;
mod framing;
pub mod history;
pub mod integrity;
pub mod limits;
mod loader;
pub mod part;
mod payload;
mod rsa;

#[cfg(test)]
mod tests;

pub use attempt::{Asked, attempt};
pub use container::{codec, is_container};
pub use limits::Limits;
pub use loader::{Loader, Options, Progress, each_row};
pub use logloupe_table::ledger::{self, Entry, Error, ErrorKind, Rejection, State};
pub use logloupe_table::settings::{Rule, alike};
pub use part::{Part, is_splittable};
