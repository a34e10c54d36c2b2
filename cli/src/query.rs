//! `logloupe query`: checks the query's text. Running it comes with the query engine.

use std::io::Write;

use logloupe_core::query::{diagnostic, syntax};

use crate::{Failure, Outcome, args::Query};

/// Refuses, with everything that is wrong with the query.
pub fn run(call: &Query, _out: &mut dyn Write) -> Outcome {
    let parsed = syntax::parse(&call.text);
    if !parsed.is_ok() {
        return Err(Failure::Refused(diagnostic::render(&call.text, &parsed.diagnostics)));
    }
    Err(Failure::Refused("logloupe: queries cannot be run yet".into()))
}
