//! What a language, or another engine, has no words for.

use std::{fmt, ops::Range};

/// What cannot be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// What has no counterpart there: a command, a function, a field.
    pub what: String,
    /// Where it stands in the text that the tree was read from; empty for what was made, and where no text is known.
    pub span: Range<usize>,
    /// Why: one lower-case sentence for people.
    pub message: String,
    /// What to do; empty if there is nothing useful to say.
    pub help: String,
}

impl Unsupported {
    /// `what` cannot be said.
    pub fn new(what: impl Into<String>, message: impl Into<String>, help: impl Into<String>) -> Unsupported {
        Unsupported { what: what.into(), span: 0..0, message: message.into(), help: help.into() }
    }

    /// `what`, which stands at `span`, cannot be said.
    pub fn at(span: Range<usize>, what: impl Into<String>, message: impl Into<String>) -> Unsupported {
        Unsupported { what: what.into(), span, message: message.into(), help: String::new() }
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be expressed: {}", self.what, self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "; {}", self.help) }
    }
}

impl std::error::Error for Unsupported {}
