//! Random access to the values of single rows: the columns of events on the command line, in an export, in a grid.

use super::{
    super::plan::{Node, Plan, Scope, Stage},
    Selection,
    bound::{Bound, Input},
    eval::position,
    partial::RowRef,
    vector::text,
};
use logloupe_table::{
    Row, Shard, Table, Value,
    json_paths::NoJson,
    schema::{RECORD, SOURCE, TIMESTAMP},
};

/// Reads the columns of a plan's answer from single rows. JSON paths are read from the columns that the plan's
/// [`Job`](super::Job) made of them.
pub struct Reader<'r> {
    plan: &'r Plan,
    shard: &'r Shard,
    /// Per table.
    bound: Vec<Bound>,
}

impl<'r> Reader<'r> {
    /// A reader of the answer of `plan` on `shard`.
    pub fn new(plan: &'r Plan, shard: &'r Shard) -> Reader<'r> {
        let stage = &plan.stages[0];
        let bound = shard.tables.iter().map(|t| Bound::to_rows(stage, shard, t)).collect();
        Reader { plan, shard, bound }
    }
    /// The values of [`Plan::output`] of a row; missing ones for a row that is not there.
    pub fn values(&self, id: RowRef) -> Vec<Value> {
        self.of(id, self.plan.shown.iter().map(|o| &o.node))
    }
    /// The values that [`Plan::sort`] orders by.
    pub fn keys(&self, id: RowRef) -> Vec<Value> {
        let stage = &self.plan.stages[0];
        self.of(id, self.plan.last_sort(stage.steps.len()).iter().map(|(n, _)| n))
    }
    fn of<'n>(&self, id: RowRef, nodes: impl Iterator<Item = &'n Node>) -> Vec<Value> {
        let found = self.shard.tables.get(id.table as usize).and_then(|t| t.row(id.row as usize));
        let bound = self.bound.get(id.table as usize);
        let (Some(row), Some(bound)) = (found, bound) else { return nodes.map(|_| Value::Null).collect() };
        let stage = &self.plan.stages[0];
        let mut scope = RowScope { stage, row, bound, defs: vec![None; stage.defs.len()] };
        nodes.map(|n| n.value(&mut scope)).collect()
    }
}

struct RowScope<'s> {
    stage: &'s Stage,
    row: Row<'s>,
    bound: &'s Bound,
    defs: Vec<Option<Value>>,
}

impl Scope for RowScope<'_> {
    fn input(&mut self, n: usize) -> Value {
        let (chunk, i) = (self.row.chunk, self.row.index);
        match &self.bound.inputs[n] {
            Input::Const(value) => value.clone(),
            Input::Column(column) => self.row.value(*column),
            Input::Message => text(&self.row.raw()),
            Input::Source => {
                let source = chunk.column(SOURCE).int(i).and_then(|s| self.bound.names.get(s as usize));
                source.cloned().unwrap_or_default()
            }
            Input::Position(column) => {
                let (sources, places) = (chunk.column(SOURCE), chunk.column(*column));
                Value::Int(position(&self.bound.sources, sources, places, *column, i))
            }
            Input::Duplicate => {
                Value::Bool(self.row.table.duplicates().is_some_and(|d| d.get(chunk.first_row + i)))
            }
        }
    }
    fn def(&mut self, n: usize) -> Value {
        if let Some(Some(known)) = self.defs.get(n) {
            return known.clone();
        }
        let stage = self.stage;
        let value = stage.defs[n].value(self);
        self.defs[n] = Some(value.clone());
        value
    }
}

/// All selected events in the order of the plan: as sorted, else newest first; ties by file and place in it.
pub fn rows(plan: &Plan, shard: &Shard, selection: &Selection) -> Vec<RowRef> {
    let sort = plan.sort();
    let reader = Reader::new(plan, shard);
    // Files by name: comparing numbers of files is cheaper than comparing names.
    let mut names: Vec<usize> = (0..shard.sources.len()).collect();
    names.sort_by(|a, b| shard.sources[*a].name.cmp(&shard.sources[*b].name));
    let mut rank = vec![0usize; names.len()];
    for (place, source) in names.iter().enumerate() {
        let same = place > 0 && shard.sources[names[place - 1]].name == shard.sources[*source].name;
        rank[*source] = if same { rank[names[place - 1]] } else { place };
    }
    let mut all = Vec::new();
    for_each(shard, selection, |table, chunk, i| {
        let id = RowRef { shard: 0, table: table as u32, row: (chunk.first_row + i) as u32 };
        let source = chunk.column(SOURCE).int(i).unwrap_or(0) as usize;
        let place = position(&shard.sources, chunk.column(SOURCE), chunk.column(RECORD), RECORD, i);
        let keys = if sort.is_empty() { Vec::new() } else { reader.keys(id) };
        all.push((keys, chunk.column(TIMESTAMP).int(i), rank.get(source).copied().unwrap_or(0), place, id));
    });
    all.sort_by(|a, b| {
        let keys = a.0.iter().zip(&b.0).zip(&sort).map(|((a, b), by)| {
            let order = a.sort_cmp(b);
            if by.descending { order.reverse() } else { order }
        });
        let keys = keys.into_iter().find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal);
        let newest = if sort.is_empty() { b.1.cmp(&a.1) } else { std::cmp::Ordering::Equal };
        let format = |id: &RowRef| shard.tables[id.table as usize].format();
        keys.then(newest)
            .then_with(|| (a.2, a.3).cmp(&(b.2, b.3)))
            .then_with(|| format(&a.4).cmp(format(&b.4)))
            .then_with(|| a.4.row.cmp(&b.4.row))
    });
    all.into_iter().map(|r| r.4).collect()
}

/// Per table the column that the plan sorts events by, if it has that; `None` where they are sorted by anything else
/// than one stored field.
pub fn sort_column(plan: &Plan, shard: &Shard) -> Option<Vec<Option<usize>>> {
    let stage = &plan.stages[0];
    let [(node, _)] = plan.last_sort(stage.steps.len()) else { return None };
    let mut node = node;
    while let Node::Def(n) = node {
        node = stage.defs.get(*n)?;
    }
    let Node::Input(n) = node else { return None };
    let column = |table: &Table| match Bound::new(stage, shard, table, &NoJson).ok()?.inputs.get(*n)? {
        Input::Column(column) => Some(Some(*column)),
        Input::Const(Value::Null) => Some(None),
        _ => None,
    };
    shard.tables.iter().map(column).collect()
}

fn for_each(shard: &Shard, selection: &Selection, mut f: impl FnMut(usize, &logloupe_table::Chunk, usize)) {
    for (t, (table, selected)) in shard.tables.iter().zip(&selection.tables).enumerate() {
        for (chunk, rows) in table.chunks().iter().zip(selected) {
            rows.for_each(|i| f(t, chunk, i));
        }
    }
}
