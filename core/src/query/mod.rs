//! Questions and answers: text → [`syntax`] (a tree with places and diagnostics) → plan → execution → result.
//!
//! Two languages share one tree and one plan. Nothing here knows a format: names reach columns through the
//! tables' schemas.

pub mod complete;
pub mod diagnostic;
pub mod edit;
pub mod exec;
pub mod explain;
pub mod kernels;
pub mod plan;
pub mod result;
pub mod syntax;
pub mod transpile;

pub use diagnostic::{Diagnostic, Severity};
