//! What one shard answers to a view. It joins what stands beneath it: the formats of `logloupe-core` (a row as a sentence, a
//! record's JSON), the engine of `logloupe-query`, the data of `logloupe-view`.
//!
//! Reading order: [`job`] (one view on one shard, in bounded steps), [`rows`] (a row of the grid, a row in full),
//! [`values`] (a field's values, for completion), [`Values`] (results as they travel inside one process).
//!
//! Not here: what to ask of which shard next, which is the [coordinator](logloupe_view::coordinator)'s; threads, messages.

pub mod job;
pub mod rows;
pub mod values;

use logloupe_query::{
    exec::{Partial, Refine},
    result::ResultTable,
};
use logloupe_view::coordinator::Exchange;

/// Results as values: everything in one process.
#[derive(Clone, Copy, Debug)]
pub struct Values;

impl Exchange for Values {
    type Partial = Partial;
    type Refine = Refine;
    type Table = ResultTable;
}
