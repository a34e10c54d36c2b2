//! One worker of the pool: it holds a shard of the loaded logs and answers for it.
//!
//! [`session`] is the whole of it as plain code, tested without a browser: a message in, bounded steps of work,
//! messages out. A view is a [`ViewJob`](logloupe_answer::job::ViewJob). `host` is what a browser adds: files, the message
//! port, the panic hook.

mod explain;
#[cfg(target_arch = "wasm32")]
pub mod host;
pub mod session;
#[cfg(test)]
mod tests;

use logloupe_core::formats::{self, Paths};

/// What queries need to know of the crate's own formats.
static PATHS: Paths<'static> = Paths(formats::ALL);
