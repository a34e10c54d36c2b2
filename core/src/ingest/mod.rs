//! Bytes to records: what stands between a dropped file and a format.
//!
//! Reading order: [`ledger`] (what is said of every file and line), then the stages in the order in which bytes pass
//! them: containers (gzip, zip, tar, nested), envelopes (`{"Records":[…]}`, CloudWatch exports), framing (lines, JSON
//! objects), detection, and the [`Loader`](ledger) that drives them. Everything is pushed: `push(&[u8])`, then
//! `finish()`, resumable at every byte.

pub mod ledger;
