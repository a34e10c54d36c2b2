//! Rows that a `limit` or `dedup` may let through, on one shard: the best so many in order, or the first of each key;
//! all rows where they are looked at side by side.

use crate::Error;
use std::cmp::Ordering;
use std::rc::Rc;

use crate::limits::Limits;

use super::{
    super::plan::{Node, Operator, Plan, Stage},
    dedup::Dedup,
    eval::{Eval, position},
    keys::TableContext,
    partial::{RowRef, SurvivorRow},
    vector::Vector,
};
use logloupe_table::{
    Bitmap, Column, Value,
    schema::{RECORD, SOURCE, TIMESTAMP},
};

/// What later steps need of a row, and how rows are ordered where shards stop.
pub(super) struct RequiredColumns<'p> {
    /// Inputs and definitions whose values a survivor row carries.
    pub(super) nodes: Vec<&'p Node>,
    /// Which of them the rows are ordered by, and largest first.
    pub(super) sort: Vec<(usize, bool)>,
    /// Which of them rows must differ in; `None` when the rows are cut by number.
    pub(super) dedup: Option<Vec<usize>>,
    /// The same as expressions.
    keys: Option<&'p [Node]>,
    limit: usize,
    limits: Limits,
}

impl<'p> RequiredColumns<'p> {
    pub(super) fn of(plan: &'p Plan) -> Option<RequiredColumns<'p>> {
        let cut = plan.cut()?;
        let stage = &plan.stages[0];
        let mut nodes: Vec<&Node> = Vec::new();
        let mut place = |node: &'p Node| {
            let same = |n: &&Node| match (*n, node) {
                (Node::Input(a), Node::Input(b)) | (Node::Def(a), Node::Def(b)) => a == b,
                _ => false,
            };
            nodes.iter().position(same).unwrap_or_else(|| {
                nodes.push(node);
                nodes.len() - 1
            })
        };
        let sort = plan.last_sort(cut).iter().map(|(n, d)| (place(n), *d)).collect();
        let (mut dedup, mut keys_of) = (None, None);
        let mut limit = usize::MAX;
        match &stage.steps[cut] {
            Operator::Dedup(keys) => {
                dedup = Some(keys.iter().map(&mut place).collect());
                keys_of = Some(keys.as_slice());
            }
            Operator::Limit(n) => limit = usize::try_from(*n).unwrap_or(usize::MAX),
            _ => {}
        }
        let mut leaves = ColumnCollector { stage, found: Vec::new(), seen: vec![false; stage.defs.len()] };
        for step in &stage.steps[cut..] {
            match step {
                Operator::Filter(node) => leaves.add(node),
                Operator::Sort(keys) => keys.iter().for_each(|(n, _)| leaves.add(n)),
                Operator::Dedup(keys) => keys.iter().for_each(|n| leaves.add(n)),
                Operator::Window(table) => table.reads().into_iter().for_each(|n| leaves.add(n)),
                Operator::Limit(_) => {}
            }
        }
        if let Some(group) = &stage.group {
            group.keys.iter().for_each(|n| leaves.add(n));
            group.aggregates.iter().filter_map(|a| a.arg.as_ref()).for_each(|n| leaves.add(n));
        } else if !plan.is_rows() {
            plan.shown.iter().for_each(|o| leaves.add(&o.node));
        }
        leaves.found.into_iter().for_each(|n| _ = place(n));
        Some(RequiredColumns { nodes, sort, dedup, keys: keys_of, limit, limits: plan.limits })
    }
    /// The time that one of the newest rows of a chunk has at least, where only the newest matter.
    fn oldest(&self, times: &Column, rows: &Bitmap) -> Option<i64> {
        if !self.sort.is_empty() || self.dedup.is_some() || self.limit == 0 {
            return None;
        }
        let mut all: Vec<Option<i64>> = rows.ones().map(|i| times.int(i)).collect();
        let at = all.len().checked_sub(self.limit)?;
        let (_, oldest, _) = all.select_nth_unstable(at);
        *oldest
    }
    /// The order of rows: as sorted, else newest first; ties by file and place in it.
    pub(super) fn compare(&self, a: &SurvivorRow, b: &SurvivorRow) -> Ordering {
        for &(at, descending) in &self.sort {
            let order = a.values[at].sort_cmp(&b.values[at]);
            let order = if descending { order.reverse() } else { order };
            if order.is_ne() {
                return order;
            }
        }
        let newest = if self.sort.is_empty() { b.time.cmp(&a.time) } else { Ordering::Equal };
        newest
            .then_with(|| a.source.sort_cmp(&b.source))
            .then_with(|| a.record.cmp(&b.record))
            .then_with(|| a.format.sort_cmp(&b.format))
            .then_with(|| (a.id.table, a.id.row).cmp(&(b.id.table, b.id.row)))
    }
}

/// What shards can compute of what expressions need.
struct ColumnCollector<'p> {
    stage: &'p Stage,
    found: Vec<&'p Node>,
    /// Of the definitions that only exist after a table step, those whose parts were found.
    seen: Vec<bool>,
}

impl<'p> ColumnCollector<'p> {
    fn add(&mut self, node: &'p Node) {
        let stage = self.stage;
        // Definitions form chains that are as long as the query; they are followed without recursion.
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            match node {
                Node::Const(_) => {}
                Node::Def(n) if stage.late[*n] => {
                    if !std::mem::replace(&mut self.seen[*n], true) {
                        open.push(&stage.defs[*n]);
                    }
                }
                Node::Input(_) | Node::Def(_) => self.found.push(node),
                Node::Apply(_, args) => open.extend(args),
            }
        }
    }
}

/// The rows of one chunk, read as survivor rows.
pub(super) struct ChunkRows<'t> {
    /// The values of the required columns.
    pub(super) vectors: Vec<Rc<Vector<'t>>>,
    times: &'t Column,
    sources: &'t Column,
    records: &'t Column,
    format: Value,
    table: u32,
}

impl<'t> ChunkRows<'t> {
    fn new<'b>(required: &RequiredColumns<'b>, eval: &mut Eval<'t, 'b>, rows: &Bitmap, table: usize) -> Self {
        let vectors = required.nodes.iter().map(|n| eval.eval(n, rows)).collect();
        let (times, sources) = (eval.chunk.column(TIMESTAMP), eval.chunk.column(SOURCE));
        let (records, format) = (eval.chunk.column(RECORD), Value::text(eval.table.format()));
        ChunkRows { vectors, times, sources, records, format, table: table as u32 }
    }
    /// Row `i` as a survivor row.
    pub(super) fn survivor(&self, eval: &Eval<'_, '_>, i: usize) -> SurvivorRow {
        let source = self.sources.int(i).and_then(|s| eval.bound.names.get(s as usize));
        SurvivorRow {
            id: RowRef { shard: 0, table: self.table, row: (eval.chunk.first_row + i) as u32 },
            time: self.times.int(i),
            source: source.cloned().unwrap_or_default(),
            record: position(&eval.bound.sources, self.sources, self.records, RECORD, i),
            format: self.format.clone(),
            values: self.vectors.iter().map(|v| eval.at(v, i)).collect(),
        }
    }
}

/// The survivor rows of a shard so far.
#[derive(Default)]
pub(super) struct RowCollector {
    rows: Vec<SurvivorRow>,
    /// Of `dedup`: the combinations of the table at hand.
    dedup: Option<Dedup>,
    /// Of hashes.
    seed: u64,
    /// The last row that a `limit` lets through, as far as is known.
    worst: Option<SurvivorRow>,
}

impl RowCollector {
    /// A collector whose hashes nobody can aim at.
    pub(super) fn new(seed: u64) -> RowCollector {
        RowCollector { seed, ..RowCollector::default() }
    }
    /// Takes in the selected rows of a chunk of table number `table`, of which the job looks at `chunks` chunks.
    pub(super) fn take<'b>(
        &mut self,
        required: &RequiredColumns<'b>,
        eval: &mut Eval<'_, 'b>,
        rows: &Bitmap,
        (table, chunks): (usize, usize),
    ) -> Result<(), Error> {
        let reading = ChunkRows::new(required, eval, rows, table);
        if let Some(keys) = required.keys {
            if !self.dedup.as_ref().is_some_and(|f| f.is_of(table)) {
                let (stage, chunks) = (eval.stage, chunks.min(eval.table.chunks().len()));
                let parts = TableContext {
                    stage,
                    bound: &*eval.bound,
                    table: eval.table,
                    chunks,
                    seed: self.seed,
                    limits: &required.limits,
                };
                self.dedup = Some(Dedup::new(table, keys, &parts));
            }
            if let Some(dedup) = &mut self.dedup {
                dedup.take(required, keys, &reading, eval, rows, &mut self.rows);
            }
        } else {
            self.take_first_in_order(required, &reading, eval, rows);
        }
        if self.rows.len().saturating_mul(required.nodes.len() + 4) > required.limits.values {
            let message = "the query keeps too many rows in order; use a smaller `limit` or filter first";
            return Err(message.into());
        }
        Ok(())
    }

    fn take_first_in_order(
        &mut self,
        required: &RequiredColumns<'_>,
        reading: &ChunkRows<'_>,
        eval: &Eval<'_, '_>,
        rows: &Bitmap,
    ) {
        let times = eval.chunk.column(TIMESTAMP);
        let oldest = required.oldest(times, rows);
        for i in rows.ones() {
            let time = times.int(i);
            // Most rows are told from what is already kept by one look.
            let kept = match (required.sort.first(), &self.worst) {
                (None, Some(worst)) => time >= worst.time && time >= oldest,
                (None, None) => time >= oldest,
                (Some(&(at, descending)), Some(worst)) => {
                    let order = eval.at(&reading.vectors[at], i).sort_cmp(&worst.values[at]);
                    if descending { order.is_ge() } else { order.is_le() }
                }
                (Some(_), None) => true,
            };
            if kept {
                self.offer(required, reading.survivor(eval, i));
            }
        }
    }

    fn offer(&mut self, required: &RequiredColumns<'_>, survivor: SurvivorRow) {
        if self.worst.as_ref().is_some_and(|w| required.compare(&survivor, w).is_ge()) {
            return;
        }
        self.rows.push(survivor);
        if required.limit == 0 {
            self.rows.clear();
        } else if self.rows.len() > required.limit.saturating_mul(2).saturating_add(1000) {
            self.prune(required);
        }
    }

    fn prune(&mut self, required: &RequiredColumns<'_>) {
        if required.dedup.is_none() && self.rows.len() > required.limit {
            let last = required.limit - 1;
            self.rows.select_nth_unstable_by(last, |a, b| required.compare(a, b));
            self.rows.truncate(required.limit);
            self.worst = self.rows.last().cloned();
        }
    }

    pub(super) fn finish(mut self, required: &RequiredColumns<'_>) -> Vec<SurvivorRow> {
        if required.limit > 0 {
            self.prune(required);
        }
        self.rows
    }
}
