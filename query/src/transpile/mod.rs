//! A query transpiled for an engine that holds more data than one machine.
//!
//! Reading order: [`log`](mod@log) (the log that a query is about, and what other engines call it), [`athena`](mod@athena) (the
//! plan as SQL, with the table that it reads), [`insights`](mod@insights) (the tree as CloudWatch Logs has the language).
//! Nothing about a query is decided anew here. What the other engine cannot say is [`Unsupported`].

pub mod athena;
pub mod insights;
mod log;

use std::fmt;

pub use athena::athena;
pub use insights::insights;
pub use logloupe_syntax::explanation::{AthenaQuery, InsightsQuery};
use serde::{Deserialize, Serialize};

/// Why another engine cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsupported {
    /// What has no counterpart there: a command, a function, a field.
    pub what: String,
    /// Why.
    pub why: String,
    /// What to do; empty if there is nothing useful to say.
    pub help: String,
}

impl Unsupported {
    fn new(what: impl Into<String>, why: impl Into<String>, help: impl Into<String>) -> Unsupported {
        Unsupported { what: what.into(), why: why.into(), help: help.into() }
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be expressed: {}", self.what, self.why)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}

impl std::error::Error for Unsupported {}
