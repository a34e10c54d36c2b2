//! What is wrong with a query: a place, what was expected there and how to mend it. Rendered like a good compiler's.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Whether the query can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Severity {
    /// It cannot.
    Error,
    /// It can, but hardly means what was meant.
    Warning,
}

/// One remark on a query's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How grave it is.
    pub severity: Severity,
    /// The bytes of the text that it is about.
    pub span: Range<usize>,
    /// What is wrong, in one lower-case sentence without full stop.
    pub message: String,
    /// What to do, often with an example; empty if there is nothing useful to say.
    pub help: String,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Error, span, message: message.into(), help: String::new() }
    }
    /// A warning at `span`.
    pub fn warning(span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(span, message) }
    }
    /// Adds what to do.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = help.into();
        self
    }
}
