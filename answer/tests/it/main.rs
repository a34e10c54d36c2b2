//! The answer crate from outside: views over shards, completions over the values of a shard.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the pure crates' rules; tests read files and clocks"
)]

mod completions;
mod coordinator;
mod names;
