//! Queries from outside: texts and answers, most of them in files beside this folder.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "the pure crates' rules; tests read files and clocks"
)]

mod aws_queries;
mod explain;
mod hostile;
mod names;
mod patterns;
mod presets;
mod queries;
mod query_text;
mod reference;
mod sql_text;

use std::path::{Path, PathBuf};

/// A folder of golden cases.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}
