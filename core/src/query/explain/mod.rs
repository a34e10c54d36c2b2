//! A query explained: the plan in words, and the same question for an engine that holds more data than one machine.
//!
//! Reading order: [`words`] (the steps, one sentence each). Not here: how a query runs ([`exec`](super::exec)) and what
//! it means ([`plan`](super::plan)); everything is written from those two, nothing is decided anew.

mod words;

pub use words::{Place, Step, words};
