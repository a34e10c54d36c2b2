//! The columns that are read of rows that a `limit` or `dedup` may let through (late materialisation: only those that
//! later operators need), and the order in which shards compare rows.

use std::cmp::Ordering;
use std::rc::Rc;

use super::{
    eval::{Eval, position},
    partial::{RowRef, SurvivorRow},
    vector::Vector,
};
use crate::{
    limits::Limits,
    plan::{Node, Operator, Plan, Stage},
};
use logloupe_table::{
    Bitmap, Column, Value,
    schema::{RECORD, SOURCE, TIMESTAMP},
};

/// The columns that later operators need of a row, and the order of rows at the plan's cut.
pub(super) struct RequiredColumns<'p> {
    /// Inputs and definitions whose values a survivor row carries.
    pub(super) nodes: Vec<&'p Node>,
    /// Which of them the rows are ordered by, and largest first.
    pub(super) sort: Vec<(usize, bool)>,
    /// Which of them rows must differ in; `None` when the rows are cut by number.
    pub(super) dedup: Option<Vec<usize>>,
    /// The same as expressions.
    pub(super) keys: Option<&'p [Node]>,
    pub(super) limit: usize,
    pub(super) limits: Limits,
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
    pub(super) fn oldest(&self, times: &Column, rows: &Bitmap) -> Option<i64> {
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
    /// Of the definitions that only exist after a window operator, those whose parts were found.
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
    pub(super) fn new<'b>(
        required: &RequiredColumns<'b>,
        eval: &mut Eval<'t, 'b>,
        rows: &Bitmap,
        table: usize,
    ) -> Self {
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
