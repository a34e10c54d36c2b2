//! One view on its way through a shard: select, count into bars, narrow to the brush, count facets, put in order.
//! Each [`step`](ViewJob::step) is one bounded batch; dropping the value cancels the view. The other side is the
//! [`coordinator`](logloupe_view::coordinator).

use std::sync::Arc;

use logloupe_query::{
    Error,
    exec::{self, Job, Partial, Reader, Refine, Remainder, RowRef, Selection},
    plan::{self, Catalog, Plan},
    result::ResultTable,
};
use logloupe_syntax::{self as syntax, Diagnostic, Language, Severity};
use logloupe_table::{
    Bitmap, Shard, Value,
    json_paths::{IN_MESSAGE, JsonPaths},
};

use logloupe_view::{
    RowId, ViewRequest,
    coordinator::Merged,
    facets::Tally,
    histogram,
    order::{Order, RowPosition, Timeline},
    part::ViewPart,
    sorting::Sorting,
};

use crate::Values;

/// Chunks per step: about ten milliseconds of the slowest predicates.
const CHUNKS: usize = 4;
/// Chunks whose values are counted in a step: that takes less.
const COUNTED: usize = 64;
/// Values of a facet that travel to the page from each table.
const SENT: usize = 5_000;

/// A view being answered, and afterwards what windows of it are read from.
pub struct ViewJob<'j> {
    shard: u32,
    request: ViewRequest,
    stage: Stage<'j>,
    plan: Option<Arc<Plan>>,
    selected: Vec<Vec<Bitmap>>,
    tallies: Vec<Vec<Tally>>,
    order: Option<Order>,
    /// What is kept of groups that were not all sent.
    rest: Remainder,
    part: ViewPart<Partial>,
    json: &'j dyn JsonPaths,
}

enum Stage<'j> {
    Begin,
    /// All events that the query's filters let through, whatever their time: for the bars.
    Select(Job<'j>),
    /// The same within the brush, and what is to be merged of it.
    Narrow(Job<'j>),
    /// Facet number `n`.
    Facet(usize),
    Order,
    /// The same where it is not by time.
    Sort(Sorting),
    Done,
}

impl<'j> ViewJob<'j> {
    /// Begins to answer `request` on shard number `shard`. `catalog` is what all shards know together, so that all plan
    /// alike, with the lookup tables bound to it. While the answer of a subquery is missing in `answers`, that subquery
    /// is answered.
    pub fn new(
        shard: u32,
        mut request: ViewRequest,
        mut catalog: Catalog,
        answers: Vec<ResultTable>,
        json: &'j dyn JsonPaths,
    ) -> ViewJob<'j> {
        catalog.bindings.time = request.time.map(|(from, to)| from..to);
        let mut part = ViewPart::default();
        for answer in answers {
            if let Err(message) = catalog.bindings.add_answer(answer) {
                part.diagnostics.push(Diagnostic::error(0..0, message));
            }
        }
        let language = Language::of(&request.query, request.language);
        let parsed = syntax::parse_in(&request.query, language);
        part.diagnostics.extend(parsed.diagnostics);
        catalog.bindings.of(&parsed.query);
        part.diagnostics.extend(plan::remarks(&parsed.query, &catalog));
        let wrong = part.diagnostics.iter().any(|d| d.severity == Severity::Error);
        let next = catalog.bindings.next_subquery().cloned();
        part.subquery = next.is_some() && !wrong;
        if part.subquery {
            request.facets.clear();
        }
        let plan = match plan::plan(next.as_ref().unwrap_or(&parsed.query), &catalog) {
            _ if wrong => None,
            Ok(plan) => {
                if plan.is_rows() {
                    part.columns = plan.output().iter().map(|o| o.name.clone()).collect();
                }
                Some(Arc::new(plan))
            }
            Err(_) => None,
        };
        let (selected, tallies) = (Vec::new(), Vec::new());
        ViewJob {
            shard,
            request,
            stage: Stage::Begin,
            plan,
            selected,
            tallies,
            order: None,
            rest: Remainder::default(),
            part,
            json,
        }
    }
    /// Whether [`step`](Self::step) has something to do.
    pub fn is_busy(&self) -> bool {
        !matches!(self.stage, Stage::Done)
    }
    /// Does one batch; gives the part with the last one.
    pub fn step(&mut self, shard: &mut Shard, timeline: &mut Timeline) -> Option<ViewPart<Partial>> {
        let Some(plan) = self.plan.clone() else {
            self.stage = Stage::Done;
            return self.done();
        };
        self.stage = match std::mem::replace(&mut self.stage, Stage::Done) {
            // Of a subquery nothing is shown.
            Stage::Begin if self.part.subquery => {
                let time = self.request.time.map(|(from, to)| from..to);
                Stage::Narrow(Job::new(plan, time, shard, self.json).allow_truncated())
            }
            Stage::Begin if self.request.time.is_some() => {
                Stage::Select(Job::new(plan, None, shard, self.json))
            }
            Stage::Begin => Stage::Narrow(Job::new(plan, None, shard, self.json).allow_truncated()),
            Stage::Select(mut job) => {
                if job.step(shard, CHUNKS) {
                    self.bars(shard, &job.finish().0);
                    let time = self.request.time.map(|(from, to)| from..to);
                    Stage::Narrow(Job::new(plan, time, shard, self.json).allow_truncated())
                } else {
                    Stage::Select(job)
                }
            }
            Stage::Narrow(mut job) => {
                if job.step(shard, CHUNKS) {
                    let (selection, partial, rest) = job.finish_truncated();
                    self.rest = rest;
                    if self.request.time.is_none() && !self.part.subquery {
                        self.bars(shard, &selection);
                    }
                    self.part.total = shard.rows() as u64;
                    self.part.matched = selection.matched;
                    self.part.names = exec::presence(&plan, shard);
                    self.selected = selection.tables;
                    if !plan.is_selection() {
                        self.part.partial = Some(partial.at_shard(self.shard));
                    }
                    Stage::Facet(0)
                } else {
                    Stage::Narrow(job)
                }
            }
            Stage::Facet(n) => match self.request.facets.get(n).cloned() {
                Some(field) if self.count(shard, &field) => Stage::Facet(n + 1),
                Some(_) => Stage::Facet(n),
                None => Stage::Order,
            },
            Stage::Order => {
                timeline.extend(shard);
                match plan.is_selection().then(|| self.put_in_order(&plan, shard, timeline)).flatten() {
                    Some(sorting) => Stage::Sort(sorting),
                    None => {
                        shard.trim();
                        return self.done();
                    }
                }
            }
            Stage::Sort(mut sorting) => {
                let reader = Reader::new(&plan, shard);
                let keys = |table: usize, row: usize| {
                    reader.keys(RowRef { shard: 0, table: table as u32, row: row as u32 })
                };
                if sorting.step(shard, &self.selected, CHUNKS, &keys) {
                    self.ordered(sorting.finish(), shard, timeline);
                    shard.trim();
                    return self.done();
                }
                Stage::Sort(sorting)
            }
            Stage::Done => Stage::Done,
        };
        None
    }
    fn done(&mut self) -> Option<ViewPart<Partial>> {
        Some(std::mem::take(&mut self.part))
    }
    fn bars(&mut self, shard: &Shard, selection: &Selection) {
        for (table, selected) in shard.tables.iter().zip(&selection.tables) {
            histogram::merge(&mut self.part.histogram, histogram::count(table, selected, self.request.bars));
        }
    }
    /// Counts a facet's values; false while a path of JSON records is still being read for it, or its column computed.
    fn count(&mut self, shard: &mut Shard, field: &str) -> bool {
        let json = self.json;
        for table in &mut shard.tables {
            if let Some(column) = table.uncomputed(field)
                && !table.compute(column, CHUNKS)
            {
                return false;
            }
            let format = table.format().to_owned();
            let known = field.starts_with('@') && !field.starts_with(IN_MESSAGE)
                || table.schema().find(field).is_some()
                || table.derived(field).is_some();
            if !known && self.json.has_json(&format) {
                let mut extract =
                    |record: &[u8], out: &mut Vec<u8>| json.extract(&format, record, field, out);
                if !table.derive(field, CHUNKS, &mut extract) {
                    return false;
                }
            }
        }
        if self.tallies.len() == self.part.facets.len() {
            self.tallies.push(shard.tables.iter().map(|t| Tally::new(t, &shard.sources, field)).collect());
        }
        let Some(tallies) = self.tallies.last_mut() else { return true };
        for ((tally, table), selected) in tallies.iter_mut().zip(&shard.tables).zip(&self.selected) {
            if !tally.step(table, &shard.sources, selected, field, COUNTED) {
                return false;
            }
        }
        let parts = tallies.iter().zip(&shard.tables).map(|(tally, table)| tally.part(table, SENT));
        self.part.facets.push(parts.collect());
        true
    }
    /// How often each value occurs, per table.
    pub fn counts(&self, shard: &Shard, facet: usize, values: &[String]) -> Vec<Vec<u64>> {
        let tallies = self.tallies.get(facet).map_or(&[][..], Vec::as_slice);
        tallies.iter().zip(&shard.tables).map(|(tally, table)| tally.look_up(table, values)).collect()
    }
    /// Puts the rows in order of time, or begins to sort them by something else.
    fn put_in_order(&mut self, plan: &Plan, shard: &Shard, timeline: &Timeline) -> Option<Sorting> {
        let sort = plan.sort();
        let order = match sort.as_slice() {
            [] => Order::by_time(shard, timeline, &self.selected, true),
            [only] if only.field == Some("@timestamp") => {
                Order::by_time(shard, timeline, &self.selected, only.descending)
            }
            keys => {
                let descending = keys.iter().map(|k| k.descending).collect();
                let column = exec::sort_column(plan, shard);
                return Some(Sorting::new(shard, &self.selected, column, descending));
            }
        };
        self.ordered(order, shard, timeline);
        None
    }
    fn ordered(&mut self, order: Order, shard: &Shard, timeline: &Timeline) {
        self.part.rows = order.len() as u64;
        self.part.descending = order.descending().to_vec();
        let splitters = order.splitters(shard, timeline, self.shard);
        self.part.splitters = splitters.into_iter().map(|(at, place)| (at as u64, place)).collect();
        self.order = Some(order);
    }
    /// The places `from..from + count` of this shard's rows.
    pub fn window(&self, shard: &Shard, timeline: &Timeline, from: usize, count: usize) -> Vec<RowPosition> {
        self.order.as_ref().map_or_else(Vec::new, |o| o.window(shard, timeline, self.shard, from, count))
    }
    /// What gives the values of columns that the query computes.
    pub fn cells<'a>(&'a self, shard: &'a Shard) -> Option<Cells<'a>> {
        let plan = self.plan.as_deref().filter(|p| p.is_rows() && !p.output().is_empty())?;
        Some(Cells { plan, reader: Reader::new(plan, shard) })
    }
    /// The partial result of this shard with what is asked for, in place of the one given before.
    pub fn refine(&self, shard: &Shard, refine: &Refine) -> Partial {
        self.rest.supply(shard, refine).at_shard(self.shard)
    }
    /// Merges the partial results of all shards into the answer.
    ///
    /// # Errors
    /// When the query has no plan, or a limit was reached; a sentence says which.
    pub fn merge(&self, partials: Vec<Partial>) -> Result<Merged<Values>, Error> {
        merge(self.plan.as_deref().ok_or("the query could not be planned")?, partials)
    }
}

/// Merges the partial results of all shards into the answer of a plan.
///
/// # Errors
/// When a limit was reached; a sentence says which.
pub fn merge(plan: &Plan, partials: Vec<Partial>) -> Result<Merged<Values>, Error> {
    let merged = exec::merge(plan.limits(), partials);
    if let Some(failure) = merged.failure() {
        return Err(failure.into());
    }
    if let Some(refine) = exec::refinement(plan, &merged) {
        return Ok(Merged::Refine(refine));
    }
    if plan.is_rows() {
        let rows = exec::survivors(plan, merged).unwrap_or_default();
        let id = |r: RowRef| RowId { shard: r.shard, table: r.table, row: r.row };
        return Ok(Merged::Rows(rows.into_iter().map(id).collect()));
    }
    exec::finalize(plan, merged).map(Merged::Table)
}

/// Values of the columns that a query computes.
pub struct Cells<'a> {
    plan: &'a Plan,
    reader: Reader<'a>,
}

impl Cells<'_> {
    /// The values of a row, in the order of the query's columns.
    pub fn row(&self, id: RowId) -> Vec<Value> {
        self.reader.values(RowRef { shard: id.shard, table: id.table, row: id.row })
    }
    /// The value of the column `name` in such a row; `None` if the query has none of that name.
    pub fn get<'v>(&self, row: &'v [Value], name: &str) -> Option<&'v Value> {
        self.plan.output().iter().position(|o| o.name == name).and_then(|at| row.get(at))
    }
}
