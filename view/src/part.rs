//! What one shard answers to a view.

use logloupe_syntax::{Diagnostic, presence::Presence};
use serde::{Deserialize, Serialize};

use crate::{Histogram, facets::FacetPart, order::RowPosition};

/// One shard's part of a view; `P` is a partial result, as a value or as bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ViewPart<P> {
    /// Rows held.
    pub total: u64,
    /// Rows that match.
    pub matched: u64,
    /// Bars; on the heap, so that messages with a part are no larger than others.
    pub histogram: Box<Histogram>,
    /// Per facet, per table.
    pub facets: Vec<Vec<FacetPart>>,
    /// Rows in order: how many, and splitters.
    pub rows: u64,
    /// Every few hundred rows, with their places.
    pub splitters: Vec<(u64, RowPosition)>,
    /// Which sort keys are largest first.
    pub descending: Vec<bool>,
    /// The columns that the query chooses.
    pub columns: Vec<String>,
    /// The partial result, if the answer is not simply all matching rows.
    pub partial: Option<P>,
    /// Remarks; the same on every shard, because all plan alike.
    pub diagnostics: Vec<Diagnostic>,
    /// What this shard has of the names that the query reads; as many on every shard.
    pub names: Vec<Presence>,
    /// This answers the next subquery and not the view: merged, it is the next of its answers.
    pub subquery: bool,
}

impl<P> Default for ViewPart<P> {
    fn default() -> ViewPart<P> {
        ViewPart {
            total: 0,
            matched: 0,
            histogram: Box::default(),
            facets: Vec::new(),
            rows: 0,
            splitters: Vec::new(),
            descending: Vec::new(),
            columns: Vec::new(),
            partial: None,
            diagnostics: Vec::new(),
            names: Vec::new(),
            subquery: false,
        }
    }
}

impl<P> ViewPart<P> {
    /// The part with its partial result turned into another form.
    pub fn map<Q>(self, f: impl FnOnce(P) -> Option<Q>) -> ViewPart<Q> {
        ViewPart {
            total: self.total,
            matched: self.matched,
            histogram: self.histogram,
            facets: self.facets,
            rows: self.rows,
            splitters: self.splitters,
            descending: self.descending,
            columns: self.columns,
            partial: self.partial.and_then(f),
            diagnostics: self.diagnostics,
            names: self.names,
            subquery: self.subquery,
        }
    }
}
