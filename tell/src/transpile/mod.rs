//! A query transpiled for an engine that holds more data than one machine.
//!
//! Reading order: [`log`](mod@log) (the log that a query is about, and what other engines call it), [`athena`](mod@athena) (the
//! plan as SQL, with the table that it reads), [`insights`](mod@insights) (the tree as CloudWatch Logs has the language).
//! Nothing about a query is decided anew here. What the other engine cannot say is [`Unsupported`].

pub mod athena;
pub mod insights;
mod log;

pub use athena::{athena, athena_over_parquet};
pub use insights::insights;
pub use logloupe_syntax::{
    Unsupported,
    explanation::{AthenaQuery, InsightsQuery},
};
