//! A query explained: the plan in words, and the same question for an engine that holds more data than one machine.
//!
//! Reading order: [`words`](mod@words) (the steps, one sentence each), [`athena`](mod@athena) (the plan as SQL, with the
//! table that it reads), [`insights`](mod@insights) (the tree as CloudWatch Logs has the language). Not here: how a query
//! runs ([`exec`](super::exec)) and what it means ([`plan`](super::plan)); everything is written from those two, nothing
//! is decided anew. What other engines call things is told by [`Logs`].

pub mod athena;
pub mod insights;
mod log;
mod words;

use std::fmt;

pub use athena::{Athena, athena};
pub use insights::{Insights, insights};
pub use log::{Log, Logs};
use serde::{Deserialize, Serialize};
pub use words::{Place, Step, words};

/// Why another engine cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inexpressible {
    /// What has no counterpart there: a command, a function, a field.
    pub what: String,
    /// Why.
    pub why: String,
    /// What to do; empty if there is nothing useful to say.
    pub help: String,
}

impl Inexpressible {
    fn new(what: impl Into<String>, why: impl Into<String>, help: impl Into<String>) -> Inexpressible {
        Inexpressible { what: what.into(), why: why.into(), help: help.into() }
    }
}

impl fmt::Display for Inexpressible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be expressed: {}", self.what, self.why)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}

impl std::error::Error for Inexpressible {}
