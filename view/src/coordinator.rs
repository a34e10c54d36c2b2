//! The coordinator of a view: what to ask of the shards next, given what they answered. It covers subqueries, the merge
//! of partials and of what shards have of the query's names, top-k refinement, facets' second look and the order of rows,
//! and does no I/O: the page drives it with messages to its workers, the command with threads, tests and benchmarks with
//! loops.
//!
//! ```text
//! View ──► parts ──► [subquery: Merge ──► View again]
//!                └─► Counts, Merge ──► [Refine ──► Merge] ──► Answered
//! ```
//!
//! What partials, refinements and tables are is the driver's: values in one process, bytes between page and workers. So
//! the page coordinates without linking the engine; what needs a plan is asked of a shard ([`Request::Merge`]).

use std::fmt::Debug;

use logloupe_syntax::{
    Diagnostic, Severity,
    presence::{self, Presence},
};
use serde::{Deserialize, Serialize};

use crate::{
    Answer, RowId, ViewRequest, facets::FacetMerge, histogram, order::MergedOrder, part::ViewPart,
    window::RowOrder,
};

/// The forms in which results travel between shards and coordinator.
pub trait Exchange {
    /// A shard's partial result.
    type Partial: Debug;
    /// What shards are asked for once more.
    type Refine: Clone + Debug;
    /// A finished table.
    type Table: Clone + Debug;
}

/// Results as bytes: between page and workers.
#[derive(Clone, Copy, Debug)]
pub struct Bytes;

impl Exchange for Bytes {
    type Partial = Vec<u8>;
    type Refine = Vec<u8>;
    type Table = Vec<u8>;
}

/// What is to be asked.
#[derive(Debug)]
pub enum Request<X: Exchange> {
    /// Of every shard: its part of the view or, while one is missing in `answers`, of the next subquery.
    View {
        /// The answers of the subqueries so far.
        answers: Vec<X::Table>,
    },
    /// Of every shard: how often these values occur, per facet number.
    Counts(Vec<(u32, Vec<String>)>),
    /// Of one that has the plan: the merged answer.
    Merge(Vec<X::Partial>),
    /// Of every shard: a partial in place of the one it gave.
    Refine(X::Refine),
}

/// What merged partials come to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(
    serialize = "X::Table: Serialize, X::Refine: Serialize",
    deserialize = "X::Table: Deserialize<'de>, X::Refine: Deserialize<'de>"
))]
pub enum Merged<X: Exchange> {
    /// A table.
    Table(X::Table),
    /// The rows that `limit` or `dedup` let through, in order.
    Rows(Vec<RowId>),
    /// Nothing yet: all shards are to be asked for this.
    Refine(X::Refine),
}

/// What happens next.
#[derive(Debug)]
pub enum Next<X: Exchange> {
    /// This is to be asked.
    Request(Request<X>),
    /// What is wrong with the query. With an error nothing follows; remarks come before the answer.
    Diagnosed(Vec<Diagnostic>),
    /// The rows have their order: see [`Coordinator::order`].
    Ordered,
    /// The view is answered.
    Answered(Box<View<X>>),
}

/// The answer to a view.
#[derive(Debug)]
pub struct View<X: Exchange> {
    /// Counts, bars, facets.
    pub answer: Answer,
    /// How many rows the answer has, where it is rows.
    pub rows: u64,
    /// The columns that the query chooses.
    pub columns: Vec<String>,
    /// The answer, where it is a table.
    pub table: Option<X::Table>,
}

/// Counts of values: per facet number, per table.
pub type Counts = Vec<(u32, Vec<Vec<u64>>)>;

/// One view on its way to its answer.
#[derive(Debug)]
pub struct Coordinator<X: Exchange> {
    shards: usize,
    request: ViewRequest,
    parts: Vec<Option<ViewPart<X::Partial>>>,
    /// The answers so far of the subqueries, and whether the next one is on its way.
    answers: Vec<X::Table>,
    subquery: bool,
    /// What is to be said of the query and its subqueries, and what explains an answer without rows.
    remarks: Vec<Diagnostic>,
    absent: Vec<Diagnostic>,
    facets: Vec<FacetMerge>,
    counts: Vec<Option<Counts>>,
    refined: Vec<Option<X::Partial>>,
    merging: bool,
    view: Option<View<X>>,
    order: RowOrder,
}

impl<X: Exchange> Coordinator<X> {
    /// Begins a view over so many shards; the first thing to ask is [`Request::View`] without answers.
    pub fn new(request: ViewRequest, shards: usize) -> (Coordinator<X>, Request<X>) {
        let coordinator = Coordinator {
            shards,
            request,
            parts: empty(shards),
            answers: Vec::new(),
            subquery: false,
            remarks: Vec::new(),
            absent: Vec::new(),
            facets: Vec::new(),
            counts: Vec::new(),
            refined: Vec::new(),
            merging: false,
            view: None,
            order: RowOrder::default(),
        };
        (coordinator, Request::View { answers: Vec::new() })
    }
    /// What is asked.
    pub fn request(&self) -> &ViewRequest {
        &self.request
    }
    /// Where the rows stand, from [`Next::Ordered`] on; `limit` and `dedup` change it with the answer.
    pub fn order(&self) -> &RowOrder {
        &self.order
    }
    /// A shard's part.
    pub fn on_part(&mut self, shard: u32, part: ViewPart<X::Partial>) -> Vec<Next<X>> {
        match all_in(&mut self.parts, shard, part) {
            Some(parts) => self.on_parts(parts),
            None => Vec::new(),
        }
    }
    fn on_parts(&mut self, mut parts: Vec<ViewPart<X::Partial>>) -> Vec<Next<X>> {
        let diagnostics = parts.first_mut().map(|p| std::mem::take(&mut p.diagnostics)).unwrap_or_default();
        if diagnostics.iter().any(|d| d.severity == Severity::Error) {
            return vec![Next::Diagnosed(diagnostics)];
        }
        self.remark(diagnostics, &mut parts);
        let partials: Vec<X::Partial> = parts.iter_mut().filter_map(|p| p.partial.take()).collect();
        if parts.iter().any(|p| p.subquery) {
            self.subquery = true;
            return vec![Next::Request(Request::Merge(partials))];
        }
        let mut answer = Answer { absent: std::mem::take(&mut self.absent), ..Answer::default() };
        let mut lanes = Vec::new();
        for part in &mut parts {
            answer.total += part.total;
            answer.matched += part.matched;
            histogram::merge(&mut answer.histogram, *std::mem::take(&mut part.histogram));
            let splitters = std::mem::take(&mut part.splitters);
            lanes.push((part.rows as usize, splitters.into_iter().map(|(at, p)| (at as usize, p)).collect()));
        }
        let directions = parts.iter_mut().map(|p| std::mem::take(&mut p.descending));
        let descending = directions.into_iter().find(|d| !d.is_empty()).unwrap_or_else(|| vec![true]);
        self.order = RowOrder::Merged(MergedOrder::new(lanes, descending));
        let mut values = Vec::new();
        for f in 0..self.request.facets.len() {
            let tables =
                parts.iter_mut().filter_map(|p| p.facets.get_mut(f)).flat_map(std::mem::take).collect();
            let merge = FacetMerge::new(tables, self.request.values_of(&self.request.facets[f]));
            if !merge.complete() {
                values.push((f as u32, merge.candidates.clone()));
            }
            self.facets.push(merge);
        }
        self.view = Some(View {
            answer,
            rows: self.order.len() as u64,
            columns: parts.first_mut().map(|p| std::mem::take(&mut p.columns)).unwrap_or_default(),
            table: None,
        });
        let mut next = vec![Next::Diagnosed(std::mem::take(&mut self.remarks)), Next::Ordered];
        if !values.is_empty() {
            self.counts = empty(self.shards);
            next.push(Next::Request(Request::Counts(values)));
        }
        if !partials.is_empty() {
            self.merging = true;
            next.push(Next::Request(Request::Merge(partials)));
        }
        next.extend(self.answered());
        next
    }
    /// Keeps what is to be said of the query, or of the subquery at hand, once.
    fn remark(&mut self, diagnostics: Vec<Diagnostic>, parts: &mut [ViewPart<X::Partial>]) {
        let mut names: Vec<Presence> = Vec::new();
        parts.iter_mut().for_each(|part| presence::merge(&mut names, std::mem::take(&mut part.names)));
        if parts.iter().all(|part| part.total == 0) {
            // Nothing was loaded that could have a name.
            names.clear();
        }
        let (said, absent) = presence::remarks(names, parts.iter().any(|part| part.matched > 0));
        let add = |all: &mut Vec<Diagnostic>, remark: Diagnostic| {
            // A table or a name that stands in several places is remarked on once.
            let same = |held: &Diagnostic| held.message == remark.message && held.severity == remark.severity;
            if !all.iter().any(same) {
                all.push(remark);
            }
        };
        diagnostics.into_iter().chain(said).for_each(|remark| add(&mut self.remarks, remark));
        absent.into_iter().for_each(|remark| add(&mut self.absent, remark));
    }
    /// A shard's counts.
    pub fn on_counts(&mut self, shard: u32, counts: Counts) -> Vec<Next<X>> {
        if let Some(slot) = self.counts.get_mut(shard as usize) {
            *slot = Some(counts);
        }
        self.answered().into_iter().collect()
    }
    /// What merged partials come to, or why there is no answer.
    pub fn on_merged(&mut self, merged: Result<Merged<X>, String>) -> Vec<Next<X>> {
        let failed = |message| Next::Diagnosed(vec![Diagnostic::error(0..0, message)]);
        match (merged, &mut self.view) {
            (Ok(Merged::Refine(refine)), _) => {
                self.refined = empty(self.shards);
                return vec![Next::Request(Request::Refine(refine))];
            }
            (Ok(Merged::Table(table)), _) if self.subquery => {
                self.subquery = false;
                self.answers.push(table);
                self.parts = empty(self.shards);
                return vec![Next::Request(Request::View { answers: self.answers.clone() })];
            }
            (Err(message), _) if self.subquery => return vec![failed(message)],
            (Ok(Merged::Table(table)), Some(view)) => view.table = Some(table),
            (Ok(Merged::Rows(rows)), Some(view)) => {
                view.rows = rows.len() as u64;
                self.order = RowOrder::Listed(rows);
            }
            (Err(message), Some(_)) => {
                self.merging = false;
                let mut next = vec![failed(message)];
                next.extend(self.answered());
                return next;
            }
            // Subqueries end in tables, and nothing is merged before the parts are in.
            (_, None) => return Vec::new(),
        }
        self.merging = false;
        self.answered().into_iter().collect()
    }
    /// A shard's partial in place of the one it gave.
    pub fn on_refined(&mut self, shard: u32, partial: X::Partial) -> Vec<Next<X>> {
        match all_in(&mut self.refined, shard, partial) {
            Some(partials) => vec![Next::Request(Request::Merge(partials))],
            None => Vec::new(),
        }
    }
    /// The answer, once nothing is missing; given once.
    fn answered(&mut self) -> Option<Next<X>> {
        if self.merging || self.counts.iter().any(Option::is_none) {
            return None;
        }
        let mut view = self.view.take()?;
        for (f, merge) in std::mem::take(&mut self.facets).into_iter().enumerate() {
            let counts: Vec<Vec<u64>> = (self.counts.iter().flatten().flatten())
                .filter(|(facet, _)| *facet as usize == f)
                .flat_map(|(_, tables)| tables.iter().cloned())
                .collect();
            let counts = (!merge.complete()).then_some(counts.as_slice());
            let field = &self.request.facets[f];
            view.answer.facets.push(merge.facet(field, self.request.values_of(field), counts));
        }
        Some(Next::Answered(Box::new(view)))
    }
}

fn empty<T>(shards: usize) -> Vec<Option<T>> {
    (0..shards).map(|_| None).collect()
}

/// Puts a shard's answer to the others; all of them once the last one is in.
fn all_in<T>(slots: &mut Vec<Option<T>>, shard: u32, answer: T) -> Option<Vec<T>> {
    *slots.get_mut(shard as usize)? = Some(answer);
    match slots.iter().all(Option::is_some) {
        true => Some(std::mem::take(slots).into_iter().flatten().collect()),
        false => None,
    }
}

/// What shards say to an [`Request`], in the order of the shards.
#[derive(Debug)]
pub enum Replies<X: Exchange> {
    /// To [`Request::View`].
    Parts(Vec<ViewPart<X::Partial>>),
    /// To [`Request::Counts`].
    Counts(Vec<Counts>),
    /// To [`Request::Merge`].
    Merged(Result<Merged<X>, String>),
    /// To [`Request::Refine`].
    Refined(Vec<X::Partial>),
}

/// A view that was driven to its answer.
#[derive(Debug)]
pub struct Driven<X: Exchange> {
    /// The answer.
    pub view: View<X>,
    /// Where its rows stand.
    pub order: RowOrder,
    /// Remarks on the query.
    pub remarks: Vec<Diagnostic>,
}

/// Drives a view to its answer where asking is a call.
///
/// # Errors
/// What is wrong with the query, or why it has no answer.
pub fn drive<X: Exchange>(
    request: ViewRequest,
    shards: usize,
    mut ask: impl FnMut(Request<X>) -> Replies<X>,
) -> Result<Driven<X>, Vec<Diagnostic>> {
    let (mut coordinator, first) = Coordinator::new(request, shards);
    let (mut asks, mut remarks) = (vec![first], Vec::new());
    while let Some(next) = asks.pop() {
        let mut events = Vec::new();
        match ask(next) {
            Replies::Parts(parts) => {
                (0u32..).zip(parts).for_each(|(s, part)| events.extend(coordinator.on_part(s, part)));
            }
            Replies::Counts(counts) => {
                (0u32..).zip(counts).for_each(|(s, counts)| events.extend(coordinator.on_counts(s, counts)));
            }
            Replies::Merged(merged) => events = coordinator.on_merged(merged),
            Replies::Refined(partials) => {
                (0u32..).zip(partials).for_each(|(s, p)| events.extend(coordinator.on_refined(s, p)));
            }
        }
        for event in events {
            match event {
                Next::Request(ask) => asks.push(ask),
                Next::Diagnosed(found) if found.iter().any(|d| d.severity == Severity::Error) => {
                    return Err(found);
                }
                Next::Diagnosed(found) => remarks.extend(found),
                Next::Ordered => {}
                Next::Answered(view) => return Ok(Driven { view: *view, order: coordinator.order, remarks }),
            }
        }
    }
    Err(vec![Diagnostic::error(0..0, "the shards gave no answer")])
}
