//! A query explained for people: the plan in [`prose`](mod@prose), one sentence a step.
//!
//! Written from the tree and the plan: the tree has the user's own expressions, the plan says what is read and what runs
//! where. Not here: how a query runs ([`exec`](logloupe_query::exec)), what it means ([`plan`](logloupe_query::plan)), and the same question
//! for other engines ([`transpile`](super::transpile)).

mod prose;

pub use logloupe_syntax::explanation::{PlanStep, RunsAt};
pub use prose::prose;
