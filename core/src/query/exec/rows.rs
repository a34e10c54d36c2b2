//! Rows that a `limit` or `dedup` may let through, on one shard: the best so many in order, or the first of each key;
//! all rows where they are looked at side by side.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::{
    super::plan::{Node, Plan, Stage, Step},
    eval::{Eval, position},
    group::MOST_VALUES,
    partial::{Candidate, RowRef},
};
use crate::table::{
    Bitmap, Column, Value,
    schema::{RECORD, SOURCE, TIMESTAMP},
};

/// What later steps need of a row, and how rows are ordered where shards stop.
pub(super) struct Carried<'p> {
    /// Inputs and definitions whose values a candidate carries.
    pub(super) nodes: Vec<&'p Node>,
    /// Which of them the rows are ordered by, and largest first.
    sort: Vec<(usize, bool)>,
    /// Which of them rows must differ in; `None` when the rows are cut by number.
    dedup: Option<Vec<usize>>,
    limit: usize,
}

impl<'p> Carried<'p> {
    pub(super) fn of(plan: &'p Plan) -> Option<Carried<'p>> {
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
        let mut dedup = None;
        let mut limit = usize::MAX;
        match &stage.steps[cut] {
            Step::Dedup(keys) => dedup = Some(keys.iter().map(&mut place).collect()),
            Step::Limit(n) => limit = usize::try_from(*n).unwrap_or(usize::MAX),
            _ => {}
        }
        let mut leaves = Leaves { stage, found: Vec::new(), seen: vec![false; stage.defs.len()] };
        for step in &stage.steps[cut..] {
            match step {
                Step::Filter(node) => leaves.add(node),
                Step::Sort(keys) => keys.iter().for_each(|(n, _)| leaves.add(n)),
                Step::Dedup(keys) => keys.iter().for_each(|n| leaves.add(n)),
                Step::Table(table) => table.reads().into_iter().for_each(|n| leaves.add(n)),
                Step::Limit(_) => {}
            }
        }
        if let Some(group) = &stage.group {
            group.keys.iter().for_each(|n| leaves.add(n));
            group.aggregates.iter().filter_map(|a| a.arg.as_ref()).for_each(|n| leaves.add(n));
        } else if !plan.is_rows() {
            plan.shown.iter().for_each(|o| leaves.add(&o.node));
        }
        leaves.found.into_iter().for_each(|n| _ = place(n));
        Some(Carried { nodes, sort, dedup, limit })
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
    pub(super) fn compare(&self, a: &Candidate, b: &Candidate) -> Ordering {
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
struct Leaves<'p> {
    stage: &'p Stage,
    found: Vec<&'p Node>,
    /// Of the definitions that only exist after a table step, those whose parts were found.
    seen: Vec<bool>,
}

impl<'p> Leaves<'p> {
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

/// The candidates of a shard so far.
#[derive(Default)]
pub(super) struct Collector {
    rows: Vec<Candidate>,
    /// Of `dedup`: the row that stands for a key.
    first: HashMap<String, usize>,
    /// The last row that a `limit` lets through, as far as is known.
    worst: Option<Candidate>,
}

impl Collector {
    /// Takes in the selected rows of a chunk of table number `table`.
    pub(super) fn take<'b>(
        &mut self,
        carried: &Carried<'b>,
        eval: &mut Eval<'_, 'b>,
        rows: &Bitmap,
        table: usize,
    ) -> Result<(), String> {
        let vectors: Vec<_> = carried.nodes.iter().map(|n| eval.eval(n, rows)).collect();
        let (times, sources) = (eval.chunk.column(TIMESTAMP), eval.chunk.column(SOURCE));
        let records = eval.chunk.column(RECORD);
        let format = Value::text(eval.table.format());
        let oldest = carried.oldest(times, rows);
        for i in rows.ones() {
            let time = times.int(i);
            // Most rows are told from what is already kept by one look.
            let kept = match (carried.sort.first(), &self.worst) {
                (None, Some(worst)) => time >= worst.time && time >= oldest,
                (None, None) => time >= oldest,
                (Some(&(at, descending)), Some(worst)) => {
                    let order = eval.at(&vectors[at], i).sort_cmp(&worst.values[at]);
                    if descending { order.is_ge() } else { order.is_le() }
                }
                (Some(_), None) => true,
            };
            if !kept {
                continue;
            }
            let source =
                sources.int(i).and_then(|s| eval.bound.names.get(s as usize)).cloned().unwrap_or_default();
            let candidate = Candidate {
                id: RowRef { shard: 0, table: table as u32, row: (eval.chunk.first_row + i) as u32 },
                time,
                source,
                record: position(&eval.bound.sources, sources, records, RECORD, i),
                format: format.clone(),
                values: vectors.iter().map(|v| eval.at(v, i)).collect(),
            };
            self.offer(carried, candidate);
        }
        if self.rows.len().saturating_mul(carried.nodes.len() + 4) > MOST_VALUES {
            return Err(
                "the query keeps too many rows in order; use a smaller `limit` or filter first".to_owned()
            );
        }
        Ok(())
    }

    fn offer(&mut self, carried: &Carried<'_>, candidate: Candidate) {
        if let Some(keys) = &carried.dedup {
            let Some(key) = key_text(keys.iter().map(|k| &candidate.values[*k])) else {
                return self.rows.push(candidate);
            };
            match self.first.get(&key) {
                Some(&at) if carried.compare(&candidate, &self.rows[at]).is_lt() => self.rows[at] = candidate,
                Some(_) => {}
                None => {
                    self.first.insert(key, self.rows.len());
                    self.rows.push(candidate);
                }
            }
            return;
        }
        if self.worst.as_ref().is_some_and(|w| carried.compare(&candidate, w).is_ge()) {
            return;
        }
        self.rows.push(candidate);
        if carried.limit == 0 {
            self.rows.clear();
        } else if self.rows.len() > carried.limit.saturating_mul(2).saturating_add(1000) {
            self.prune(carried);
        }
    }

    fn prune(&mut self, carried: &Carried<'_>) {
        if carried.dedup.is_none() && self.rows.len() > carried.limit {
            let last = carried.limit - 1;
            self.rows.select_nth_unstable_by(last, |a, b| carried.compare(a, b));
            self.rows.truncate(carried.limit);
            self.worst = self.rows.last().cloned();
        }
    }

    pub(super) fn finish(mut self, carried: &Carried<'_>) -> Vec<Candidate> {
        if carried.limit > 0 {
            self.prune(carried);
        }
        self.rows
    }
}

/// Several values as one text that is equal only for values that look the same; `None` when one is missing.
pub(super) fn key_text<'v>(values: impl Iterator<Item = &'v Value>) -> Option<String> {
    use std::fmt::Write;
    let mut out = String::new();
    for value in values {
        if value.is_null() {
            return None;
        }
        let text = value.to_string();
        let _ = write!(out, "{}:{text}", text.len());
    }
    Some(out)
}
