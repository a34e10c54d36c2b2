//! A row as a sentence: words, and which of them matter.

use serde::{Deserialize, Serialize};

/// A piece of a summary sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The words.
    pub text: String,
    /// Whether they are the ones that matter.
    pub strong: bool,
}

impl Span {
    /// Ordinary words.
    pub fn plain(text: impl Into<String>) -> Span {
        Span { text: text.into(), strong: false }
    }
    /// The words that matter.
    pub fn strong(text: impl Into<String>) -> Span {
        Span { text: text.into(), strong: true }
    }
}
