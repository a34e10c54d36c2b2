//! What a parser gives.

use crate::{
    diagnostic::{Diagnostic, Severity},
    tree::Query,
};

/// What a text says, and what is wrong with it. There is always a query: of the commands that could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The commands that could be read. Run it only if there is no error.
    pub query: Query,
    /// Everything that is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// Whether the query can run.
    pub fn is_ok(&self) -> bool {
        self.diagnostics.iter().all(|d| d.severity != Severity::Error)
    }
    /// The query if it can run, else what is wrong.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn into_result(self) -> Result<Query, Vec<Diagnostic>> {
        if self.is_ok() { Ok(self.query) } else { Err(self.diagnostics) }
    }
}
