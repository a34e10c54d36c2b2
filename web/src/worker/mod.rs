//! One worker of the pool: it holds a shard of the loaded logs and answers for it.
//!
//! [`session`] is the whole of it as plain code, tested without a browser: a message in, bounded steps of work,
//! messages out. `host` is what a browser adds: files, the message port, the panic hook. [`answer`] turns one view
//! into parts; [`catalog`] is what page and worker both need to check queries and to merge results.

pub mod answer;
pub mod catalog;
mod explain;
#[cfg(target_arch = "wasm32")]
pub mod host;
pub mod session;
#[cfg(test)]
mod tests;
