//! Plans run over shards: a [`Job`] walks the tables of one shard in steps that can be abandoned between any two, and
//! ends in the selected rows and a [`Partial`]; partials of all shards are merged and finalized to the answer.
//!
//! Reading order: this file, `eval` and `filter` (expressions over one chunk), `keys`, `hash_aggregate` and
//! `accumulators` (rows to groups), `several` (rows that are in more than one group), `packed_aggregate` and `top_k` (the same for the commonest questions),
//! `required_columns`, `row_collector` and `dedup` (rows for `limit`, `dedup` and window operators), `partial` (what
//! travels between shards), `partition` and `presence` (columns that no record has), `finalize` (operators after the merge), `read` (values of single rows).

mod accumulators;
mod aggregate;
mod bound;
mod dedup;
mod eval;
mod exact_sum;
mod filter;
mod finalize;
mod hash_aggregate;
mod interner;
mod keys;
mod merge;
mod packed_aggregate;
mod partial;
mod partition;
mod presence;
mod read;
mod required_columns;
mod row_collector;
mod search;
mod several;
#[cfg(test)]
mod tests;
mod top_k;
mod vector;

use crate::Error;
use std::{ops::Range, sync::Arc};

pub use finalize::{finalize, survivors};
pub use merge::merge;
pub use partial::{Partial, RowRef};
pub use presence::presence;
pub use read::{Reader, rows, sort_column};
pub use top_k::{Refine, Remainder, refinement};

use self::{
    accumulators::Accumulators,
    aggregate::Aggregation,
    bound::Bound,
    eval::Eval,
    finalize::groups_of_rows,
    keys::TableContext,
    partial::{Body, Groups},
    required_columns::RequiredColumns,
    row_collector::RowCollector,
    top_k::{TopK, largest},
};
use super::plan::{Catalog, Operator, Plan, plan};
use crate::limits::Limits;
use logloupe_syntax::{Diagnostic, Language, parse_in, tree::Query};
use logloupe_table::json_paths::JsonPaths;
use logloupe_table::{Bitmap, Chunk, ResultTable, Shard, Table, schema::TIMESTAMP};

/// The rows that pass the filters before any `stats`, `limit` or `dedup`, and the range of time.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Per table, per chunk.
    pub tables: Vec<Vec<Bitmap>>,
    /// How many rows they are.
    pub matched: u64,
}

/// A plan that runs on one shard.
pub struct Job<'j> {
    plan: Arc<Plan>,
    time: Option<Range<i64>>,
    json: &'j dyn JsonPaths,
    tables: Vec<TableJob>,
    at: usize,
    collector: RowCollector,
    groups: Vec<Groups>,
    top_k: Option<TopK>,
    rest: Remainder,
    failure: Option<String>,
    seed: u64,
}

/// What is to do in one table.
struct TableJob {
    asked: bool,
    /// How many chunks there were when the job began, and how many rows each had.
    rows: Vec<usize>,
    selected: Vec<Bitmap>,
    bound: Option<(Bound, Option<Aggregation>)>,
    /// Of the stage's other groups.
    also: Vec<Aggregation>,
}

impl<'j> Job<'j> {
    /// Begins `plan` on `shard`, restricted to events in `time` if given. Rows that are added later are not looked at.
    pub fn new(
        plan: Arc<Plan>,
        time: Option<Range<i64>>,
        shard: &mut Shard,
        json: &'j dyn JsonPaths,
    ) -> Job<'j> {
        let time = time.filter(|_| !plan.is_diff);
        let job = |table: &Table| TableJob {
            asked: plan.asks(table.format()),
            rows: table.chunks().iter().map(|c| c.rows).collect(),
            selected: Vec::new(),
            bound: None,
            also: Vec::new(),
        };
        let tables = shard.tables.iter().map(job).collect();
        Job {
            tables,
            plan,
            time,
            json,
            at: 0,
            collector: RowCollector::new(shard.seed()),
            groups: Vec::new(),
            top_k: None,
            rest: Remainder::default(),
            failure: None,
            seed: shard.seed(),
        }
    }

    /// Allows a truncated top-k partial: only the largest groups, where they may decide the answer. The merger must
    /// call [`refinement`] and ask the [`Remainder`] of [`finish_truncated`](Self::finish_truncated) for what it says.
    pub fn allow_truncated(mut self) -> Job<'j> {
        self.top_k = TopK::of(&self.plan);
        self.rest = Remainder::new(self.top_k, self.plan.limits);
        self
    }

    /// How many chunks there are and how many are done.
    pub fn progress(&self) -> (usize, usize) {
        let done = self.tables.iter().map(|t| t.selected.len()).sum();
        (done, self.tables.iter().map(|t| t.rows.len()).sum())
    }

    /// Does at most `chunks` chunks of work and says whether all is done. Dropping the job between steps cancels it.
    pub fn step(&mut self, shard: &mut Shard, chunks: usize) -> bool {
        let plan = self.plan.clone();
        let mut left = chunks.max(1);
        while self.at < self.tables.len() {
            if self.failure.is_some() {
                return true;
            }
            let job = &mut self.tables[self.at];
            if !job.asked {
                job.selected = job.rows.iter().map(|rows| Bitmap::new(*rows, false)).collect();
            }
            if job.selected.len() == job.rows.len() {
                if let Some((_, Some(Aggregation::PackedAggregate(sums)))) = &mut job.bound
                    && !sums.settle()
                {
                    return false;
                }
                self.finish_table(shard);
                continue;
            }
            if left == 0 {
                return false;
            }
            if job.bound.is_none() {
                match Bound::new(&plan.stages[0], shard, &shard.tables[self.at], self.json) {
                    Ok(bound) => {
                        let aggregate = match &plan.stages[0].group {
                            Some(group) if plan.cut().is_none() => {
                                let (table, stage) = (&shard.tables[self.at], &plan.stages[0]);
                                let (chunks, seed) = (job.rows.len(), self.seed);
                                let limits = &plan.limits;
                                let parts =
                                    TableContext { stage, bound: &bound, table, chunks, seed, limits };
                                job.also = stage.also.iter().map(|g| Aggregation::new(g, &parts)).collect();
                                Some(Aggregation::new(group, &parts))
                            }
                            _ => None,
                        };
                        job.bound = Some((bound, aggregate));
                    }
                    Err(paths) => {
                        self.derive(shard, &paths, left);
                        return false;
                    }
                }
            }
            left -= 1;
            if let Err(error) = self.chunk(&plan, shard) {
                self.failure = Some(error.into());
            }
        }
        true
    }

    /// Makes the values of columns that are asked for the first time, in steps too: JSON paths, partition columns, and
    /// computed ones.
    fn derive(&mut self, shard: &mut Shard, names: &[String], chunks: usize) {
        let Some(name) = names.first() else { return };
        let Shard { tables, sources, .. } = shard;
        let Some(table) = tables.get_mut(self.at) else { return };
        if let Some(column) = table.uncomputed(name) {
            table.compute(column, chunks);
        } else if !partition::derive(table, sources, name, chunks) {
            let format = table.format().to_owned();
            let json = self.json;
            table.derive(name, chunks, &mut *json.reader(&format, name));
        }
    }

    /// The next chunk of the table at hand.
    fn chunk(&mut self, plan: &Plan, shard: &Shard) -> Result<(), Error> {
        let job = &mut self.tables[self.at];
        let Some((bound, aggregate)) = &mut job.bound else { return Ok(()) };
        let table = &shard.tables[self.at];
        let Some(chunk) = table.chunks().get(job.selected.len()) else {
            job.selected.push(Bitmap::default());
            return Ok(());
        };
        let stage = &plan.stages[0];
        let mut rows = Bitmap::new(chunk.rows, true);
        if let Some(time) = &self.time {
            rows = in_time(chunk, time, rows);
        }
        let steps = &stage.steps[..plan.cut().unwrap_or(stage.steps.len())];
        let mut eval = Eval::new(stage, table, chunk, bound, rows);
        for step in steps {
            if let Operator::Filter(node) = step {
                let base = eval.base.clone();
                eval.base = eval.filter(node, &base);
            }
        }
        let rows = eval.base.clone();
        let result = match (aggregate, &stage.group) {
            _ if rows.none() => Ok(()),
            (Some(aggregate), Some(group)) => {
                let mut all = std::iter::once((aggregate, group)).chain(job.also.iter_mut().zip(&stage.also));
                all.try_for_each(|(aggregate, group)| aggregate.take(group, &mut eval, &rows))
            }
            _ => match RequiredColumns::of(plan) {
                Some(required) if plan.is_cut_on_shards() => {
                    let mut collector = RowCollector::new(self.seed);
                    let taken = collector.take(&required, &mut eval, &rows, (self.at, job.rows.len()));
                    let groups = taken.and_then(|()| groups_of_rows(plan, collector.finish(&required)));
                    groups.and_then(|groups| add_groups(&plan.limits, &mut self.groups, groups))
                }
                Some(required) => self.collector.take(&required, &mut eval, &rows, (self.at, job.rows.len())),
                None => Ok(()),
            },
        };
        job.selected.push(rows);
        result
    }

    fn finish_table(&mut self, shard: &Shard) {
        let job = &mut self.tables[self.at];
        let table = &shard.tables[self.at];
        for also in std::mem::take(&mut job.also) {
            self.groups.push(match also {
                Aggregation::General(aggregate) => aggregate.finish(table),
                Aggregation::PackedAggregate(mut sums) => {
                    sums.settle();
                    sums.all(table)
                }
            });
        }
        match job.bound.take() {
            Some((_, Some(Aggregation::General(aggregate)))) => {
                let groups = aggregate.finish(table);
                if self.top_k.is_some() {
                    self.rest.keep_groups(groups.clone());
                }
                self.groups.push(groups);
            }
            Some((_, Some(Aggregation::PackedAggregate(sums)))) => match self.top_k {
                Some(top_k) => {
                    self.groups.push(largest(&sums, table, top_k, &[]));
                    self.rest.keep(self.at, sums);
                }
                None => self.groups.push(sums.all(table)),
            },
            _ => {}
        }
        self.at += 1;
    }

    /// The selected rows and what is to be merged. Called before [`step`](Self::step) says that all is done it gives
    /// what was done.
    pub fn finish(self) -> (Selection, Partial) {
        let (selection, partial, _) = self.finish_truncated();
        (selection, partial)
    }

    /// The same, with what a job that [may truncate](Self::allow_truncated) keeps for a refinement.
    pub fn finish_truncated(self) -> (Selection, Partial, Remainder) {
        let mut selection = Selection::default();
        for table in self.tables {
            let mut selected = table.selected;
            selected.extend(table.rows[selected.len()..].iter().map(|rows| Bitmap::new(*rows, false)));
            selection.matched += selected.iter().map(|s| s.count() as u64).sum::<u64>();
            selection.tables.push(selected);
        }
        let partial = match (self.failure, RequiredColumns::of(&self.plan)) {
            (Some(message), _) => Partial::failed(message),
            (None, Some(required)) if !self.plan.is_cut_on_shards() => {
                Partial { body: Body::Rows(self.collector.finish(&required)), failure: None }
            }
            (None, _) => merge(&self.plan.limits, self.groups.into_iter().map(Partial::of).collect()),
        };
        (selection, partial, self.rest)
    }
}

/// Keeps the groups of a chunk; now and then what was kept is merged, so that it stays small.
fn add_groups(limits: &Limits, kept: &mut Vec<Groups>, groups: Option<Groups>) -> Result<(), Error> {
    const MANY: usize = 1 << 20;
    kept.extend(groups);
    let weight = |g: &Groups| g.groups + g.states.iter().map(Accumulators::weight).sum::<usize>();
    let pending: usize = kept.iter().skip(1).map(weight).sum();
    if pending > MANY.max(kept.first().map_or(0, weight)) {
        let of = |groups| Partial { body: Body::Groups(groups), failure: None };
        let merged = merge(limits, std::mem::take(kept).into_iter().map(of).collect());
        if let Some(failure) = merged.failure {
            return Err(failure.into());
        }
        if let Body::Groups(groups) = merged.body {
            kept.push(groups);
        }
    }
    Ok(())
}

/// The rows whose time lies in `time`.
fn in_time(chunk: &Chunk, time: &Range<i64>, rows: Bitmap) -> Bitmap {
    let column = chunk.column(TIMESTAMP);
    match column.range() {
        None => Bitmap::new(chunk.rows, false),
        Some((from, to)) if to < time.start || from >= time.end => Bitmap::new(chunk.rows, false),
        Some((from, to)) => {
            let mut rows = rows;
            if let Some(valid) = &column.valid {
                rows.and(valid);
            }
            if from >= time.start && to < time.end {
                return rows;
            }
            filter::select(&rows, |i| column.int(i).is_some_and(|t| time.contains(&t)))
        }
    }
}

/// The answer of a query on one shard.
#[derive(Debug)]
pub enum Answer {
    /// The result of `stats`.
    Table(ResultTable),
    /// Events, in order: see [`Reader`] for their values.
    Rows(Vec<RowRef>),
}

/// Runs the subqueries of `query` in order and binds their answers in `catalog`, for the plan of the outer query. `run`
/// asks all shards and merges.
///
/// # Errors
/// What is wrong with the query, or why it has no answer.
pub fn bind_subqueries(
    query: &Query,
    catalog: &mut Catalog,
    run: &mut dyn FnMut(&Arc<Plan>) -> Result<ResultTable, Error>,
) -> Result<(), Vec<Diagnostic>> {
    if catalog.bindings.of(query) > 0 {
        // What is wrong with either is told before anything runs.
        plan(query, catalog)?;
    }
    while let Some(query) = catalog.bindings.next_subquery().cloned() {
        let plan = Arc::new(plan(&query, catalog)?);
        let answer = run(&plan).and_then(|answer| catalog.bindings.add_answer(answer));
        answer.map_err(|e| vec![Diagnostic::error(0..0, e)])?;
    }
    Ok(())
}

/// Runs an Insights query on one shard from beginning to end.
///
/// # Errors
/// What is wrong with the query, or why it has no answer.
pub fn run(
    text: &str,
    shard: &mut Shard,
    json: &dyn JsonPaths,
) -> Result<(Arc<Plan>, Answer), Vec<Diagnostic>> {
    run_in(text, Language::Insights, shard, json)
}

/// Runs a query in a language on one shard from beginning to end.
///
/// # Errors
/// What is wrong with the query, or why it has no answer.
pub fn run_in(
    text: &str,
    language: Language,
    shard: &mut Shard,
    json: &dyn JsonPaths,
) -> Result<(Arc<Plan>, Answer), Vec<Diagnostic>> {
    let query = parse_in(text, language).into_result()?;
    run_query(&query, Catalog::of(shard, json), shard, json)
}

/// Runs a query on one shard from beginning to end; `catalog` may hold what it is given beside the logs.
///
/// # Errors
/// What is wrong with the query, or why it has no answer.
pub fn run_query(
    query: &Query,
    mut catalog: Catalog,
    shard: &mut Shard,
    json: &dyn JsonPaths,
) -> Result<(Arc<Plan>, Answer), Vec<Diagnostic>> {
    bind_subqueries(query, &mut catalog, &mut |plan| finalize(plan, all(plan, shard, json).1))?;
    let plan = Arc::new(plan(query, &catalog)?);
    let (selection, partial) = all(&plan, shard, json);
    if let Some(failure) = partial.failure() {
        return Err(vec![Diagnostic::error(0..0, failure)]);
    }
    let answer = if plan.is_rows() {
        Answer::Rows(match survivors(&plan, partial) {
            Some(rows) => rows,
            None => rows(&plan, shard, &selection),
        })
    } else {
        Answer::Table(finalize(&plan, partial).map_err(|e| vec![Diagnostic::error(0..0, e)])?)
    };
    Ok((plan, answer))
}

/// Runs a plan on the only shard there is.
fn all(plan: &Arc<Plan>, shard: &mut Shard, json: &dyn JsonPaths) -> (Selection, Partial) {
    let mut job = Job::new(plan.clone(), None, shard, json).allow_truncated();
    while !job.step(shard, usize::MAX) {}
    let (selection, partial, rest) = job.finish_truncated();
    match refinement(plan, &partial) {
        Some(refinement) => (selection, rest.supply(shard, &refinement)),
        None => (selection, partial),
    }
}
