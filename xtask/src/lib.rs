//! What `cargo xtask serve` and the end-to-end tests share: a static file server and the search for programs.
//!
//! The commands themselves are in the binary beside this library.

pub mod programs;
pub mod server;
