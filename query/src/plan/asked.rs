//! The names that a plan reads of rows, and what is to be said of one that no row has. Whether that is so is known once
//! the plan ran: [`presence`](crate::exec::presence). Before, there is only a guess.

use std::ops::Range;

use logloupe_syntax::Diagnostic;
use logloupe_table::{json_paths::planned, partition::Partition};

/// A name that the first stage reads.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The stage's input.
    pub input: String,
    /// The first place at which it is read.
    pub span: Range<usize>,
    /// What to write in its place.
    pub help: String,
    /// What is said of it where nothing is run.
    pub(super) guess: Option<String>,
}

impl Asked {
    pub(super) fn new(input: String, span: Range<usize>) -> Asked {
        Asked { input, span, help: String::new(), guess: None }
    }
    /// The name, as it was written.
    pub fn name(&self) -> &str {
        match Partition::of_input(&self.input) {
            Some((_, name)) => name,
            None => planned(&self.input).unwrap_or(&self.input),
        }
    }
    /// Adds to what is to be written in its place.
    pub(super) fn add_help(&mut self, span: &Range<usize>, help: &str) {
        self.span = span.clone();
        if self.guess.is_none() {
            self.guess = Some(format!("no loaded log has a field `{}`", self.name()));
        }
        self.help = match self.help.is_empty() {
            true => help.to_owned(),
            false => format!("{} Or {help}", self.help),
        };
    }
    /// The remark of one who has not looked at all rows.
    pub(super) fn guessed(&self) -> Option<Diagnostic> {
        let message = self.guess.clone()?;
        Some(Diagnostic::warning(self.span.clone(), message).help(self.help.clone()))
    }
}
