//! The steps after the merge: on groups, or on the rows that shards let through. The tables are small, so this is
//! plain code over values; only the first look at many groups (sort, cut) minds its speed.

use std::{
    cell::OnceCell,
    cmp::Ordering,
    collections::{BTreeSet, HashSet},
};

use super::{
    super::{
        functions::{AggregateKind, truthy},
        plan::{Group, Node, Plan, Scope, Stage, Step},
        result::{ColumnInfo, ResultTable, kind_of},
    },
    index::{Interner, KeyTable},
    partial::{Body, Candidate, Groups, KeyColumn, Partial, RowRef},
    rows::{Carried, key_text},
    state::{Distinct, State},
};
use crate::table::{Kind, Value};

/// The answer of a query with `stats`; the error says why there is none.
pub fn finalize(plan: &Plan, partial: Partial) -> Result<ResultTable, String> {
    if let Some(failure) = partial.failure {
        return Err(failure);
    }
    let mut sheet = match partial.body {
        Body::Groups(groups) => Sheet::of_groups(groups, plan),
        Body::Rows(rows) => {
            let Some((sheet, _)) = cut(plan, rows) else { return Ok(ResultTable::default()) };
            match &plan.stages[0].group {
                Some(group) => sheet.group(&plan.stages[0], group),
                None => return Ok(ResultTable::default()),
            }
        }
        // A shard without tables has no groups; what counts rows still says none.
        Body::Selection => match &plan.stages[0].group {
            Some(group) => Sheet::default().group(&plan.stages[0], group),
            None => return Ok(ResultTable::default()),
        },
    };
    for stage in &plan.stages[1..] {
        sheet.run(stage, &stage.steps);
        match &stage.group {
            Some(group) => sheet = sheet.group(stage, group),
            None => return Ok(sheet.table(stage, plan)),
        }
    }
    Ok(ResultTable::default())
}

/// The events that a query with `limit` or `dedup` lets through, in order; `None` when all selected events are the
/// answer.
pub fn survivors(plan: &Plan, partial: Partial) -> Option<Vec<RowRef>> {
    if !plan.is_rows() || plan.is_selection() {
        return None;
    }
    let Body::Rows(rows) = partial.body else { return Some(Vec::new()) };
    let (sheet, ids) = cut(plan, rows)?;
    Some(sheet.order.iter().map(|r| ids[*r as usize]).collect())
}

/// Runs the steps of the first stage that need all rows in order.
fn cut(plan: &Plan, mut rows: Vec<Candidate>) -> Option<(Sheet, Vec<RowRef>)> {
    let carried = Carried::of(plan)?;
    let stage = &plan.stages[0];
    rows.sort_by(|a, b| carried.compare(a, b).then_with(|| a.id.shard.cmp(&b.id.shard)));
    let mut sheet = Sheet {
        rows: rows.len(),
        inputs: stage.inputs.iter().map(|_| None).collect(),
        defs: stage.defs.iter().map(|_| None).collect(),
        order: (0..rows.len() as u32).collect(),
        ties: Vec::new(),
        times: None,
    };
    sheet.times = Some(rows.iter().map(|r| (r.time, r.source.clone(), r.record)).collect());
    for (at, node) in carried.nodes.iter().enumerate() {
        let column = Some(Column::Values(rows.iter().map(|r| r.values[at].clone()).collect()));
        match node {
            Node::Input(n) => sheet.inputs[*n] = column,
            Node::Def(n) => sheet.defs[*n] = column,
            _ => {}
        }
    }
    sheet.run(stage, &stage.steps[plan.cut()?..]);
    Some((sheet, rows.into_iter().map(|r| r.id).collect()))
}

/// A table of values by columns; steps drop and reorder its rows in `order`.
#[derive(Default)]
struct Sheet {
    rows: usize,
    inputs: Vec<Option<Column>>,
    defs: Vec<Option<Column>>,
    order: Vec<u32>,
    /// Inputs that decide the order of rows that are otherwise equal; none when `order` does.
    ties: Vec<usize>,
    /// Time and place of events.
    times: Option<Vec<(Option<i64>, Value, i64)>>,
}

enum Column {
    Keyed(KeyColumn),
    Values(Vec<Value>),
}

impl Column {
    fn get(&self, row: u32) -> &Value {
        match self {
            Column::Keyed(key) => &key.values[key.index[row as usize] as usize],
            Column::Values(values) => &values[row as usize],
        }
    }
}

struct RowScope<'s> {
    sheet: &'s Sheet,
    row: u32,
}

impl Scope for RowScope<'_> {
    fn input(&mut self, n: usize) -> Value {
        self.sheet.inputs.get(n).and_then(Option::as_ref).map_or(Value::Null, |c| c.get(self.row).clone())
    }
    fn def(&mut self, n: usize) -> Value {
        self.sheet.defs.get(n).and_then(Option::as_ref).map_or(Value::Null, |c| c.get(self.row).clone())
    }
}

impl Sheet {
    fn of_groups(groups: Groups, plan: &Plan) -> Sheet {
        let calls = plan.stages[0].group.as_ref().map_or(&[][..], |g| &g.aggregates);
        let keys = groups.keys.len();
        let mut inputs: Vec<Option<Column>> =
            groups.keys.into_iter().map(|k| Some(Column::Keyed(k))).collect();
        for (state, call) in groups.states.into_iter().zip(calls) {
            inputs.push(Some(Column::Values(state.finish(call.kind, call.percent, groups.groups))));
        }
        Sheet {
            rows: groups.groups,
            inputs,
            order: (0..groups.groups as u32).collect(),
            ties: (0..keys).collect(),
            ..Sheet::default()
        }
    }

    fn run(&mut self, stage: &Stage, steps: &[Step]) {
        self.defs.resize_with(stage.defs.len(), || None);
        // Groups are in order of their keys until they are sorted; sorting twice is saved where it can be.
        let ordering = steps.iter().find(|s| !matches!(s, Step::Filter(_)));
        if !self.ties.is_empty() && !matches!(ordering, Some(Step::Sort(_))) {
            self.sort(&[], None);
        }
        for (at, step) in steps.iter().enumerate() {
            match step {
                Step::Filter(node) => {
                    self.compute(stage, node);
                    let mut order = std::mem::take(&mut self.order);
                    order.retain(|&row| truthy(&node.value(&mut RowScope { sheet: self, row })));
                    self.order = order;
                }
                Step::Sort(keys) => {
                    keys.iter().for_each(|(node, _)| self.compute(stage, node));
                    let limit = match steps.get(at + 1) {
                        Some(Step::Limit(n)) => usize::try_from(*n).ok(),
                        _ => None,
                    };
                    self.sort(keys, limit);
                }
                Step::Limit(n) => self.order.truncate(usize::try_from(*n).unwrap_or(usize::MAX)),
                Step::Dedup(keys) => {
                    keys.iter().for_each(|node| self.compute(stage, node));
                    let mut seen = HashSet::new();
                    let mut order = std::mem::take(&mut self.order);
                    order.retain(|&row| {
                        let values: Vec<Value> =
                            keys.iter().map(|k| k.value(&mut RowScope { sheet: self, row })).collect();
                        key_text(values.iter()).is_none_or(|key| seen.insert(key))
                    });
                    self.order = order;
                }
            }
        }
    }

    /// Computes the definitions that `node` needs for the rows that are left.
    fn compute(&mut self, stage: &Stage, node: &Node) {
        let mut needed = BTreeSet::new();
        let mut open = Vec::new();
        node.leaves(&mut |leaf| open.extend(def_number(leaf)));
        while let Some(n) = open.pop() {
            if self.defs[n].is_none() && needed.insert(n) {
                stage.defs[n].leaves(&mut |leaf| open.extend(def_number(leaf)));
            }
        }
        for n in needed {
            let mut values = vec![Value::Null; self.rows];
            for &row in &self.order {
                values[row as usize] = stage.defs[n].value(&mut RowScope { sheet: self, row });
            }
            self.defs[n] = Some(Column::Values(values));
        }
    }

    fn column(&self, node: &Node) -> Option<&Column> {
        match node {
            Node::Input(n) => self.inputs.get(*n)?.as_ref(),
            Node::Def(n) => self.defs.get(*n)?.as_ref(),
            _ => None,
        }
    }

    /// Sorts the rows that are left; only the first `limit` need be right.
    fn sort(&mut self, keys: &[(Node, bool)], limit: Option<usize>) {
        let mut order = std::mem::take(&mut self.order);
        let by: Vec<SortColumn<'_>> =
            keys.iter().filter_map(|(n, d)| Some(SortColumn::new(self.column(n)?, *d, false))).collect();
        let ties: Vec<SortColumn<'_>> = (self.ties.iter())
            .filter_map(|n| Some(SortColumn::new(self.inputs.get(*n)?.as_ref()?, false, true)))
            .collect();
        if let Some(limit) = limit.filter(|l| *l > 0 && *l < order.len() && !by.is_empty()) {
            // What comes after the last one that is kept goes, before anyone asks how ties are to be broken.
            let (_, &mut last, _) = order.select_nth_unstable_by(limit - 1, |a, b| compare(&by, *a, *b));
            order.retain(|row| compare(&by, *row, last).is_le());
        }
        match self.ties.is_empty() {
            // Rows that are events stand in order already; sorting keeps it among equals.
            true => {
                order.sort_unstable();
                let place = |by: &[SortColumn<'_>], a: &u32, b: &u32| compare(by, *a, *b);
                order.sort_by(|a, b| place(&by, a, b));
            }
            false => order.sort_unstable_by(|a, b| compare(&by, *a, *b).then_with(|| compare(&ties, *a, *b))),
        }
        drop((by, ties));
        self.order = order;
    }

    /// The rows that are left, in groups.
    fn group(mut self, stage: &Stage, group: &Group) -> Sheet {
        self.defs.resize_with(stage.defs.len(), || None);
        group.keys.iter().for_each(|n| self.compute(stage, n));
        group.aggregates.iter().filter_map(|a| a.arg.as_ref()).for_each(|n| self.compute(stage, n));
        let mut interners: Vec<Interner> =
            (0..group.keys.len()).map(|k| Interner::new(k as u64 + 1)).collect();
        let mut tables: Vec<KeyTable> = group.keys.iter().map(|_| KeyTable::new(0x9e37_79b9)).collect();
        let mut index: Vec<Vec<u32>> = vec![Vec::new(); group.keys.len()];
        let mut of_row = vec![0u32; self.rows];
        for &row in &self.order {
            let mut at = 0;
            let mut numbers = Vec::with_capacity(group.keys.len());
            for (k, key) in group.keys.iter().enumerate() {
                let number = interners[k].number(&key.value(&mut RowScope { sheet: &self, row }));
                numbers.push(number);
                at = tables[k].number((at as u64) << 32 | number as u64);
            }
            if index.first().is_some_and(|i| i.len() == at as usize) {
                index.iter_mut().zip(numbers).for_each(|(i, n)| i.push(n));
            }
            of_row[row as usize] = at;
        }
        let groups = index.first().map_or(1, Vec::len);
        let keys = interners.into_iter().zip(index);
        let keys = keys.map(|(interner, index)| KeyColumn { values: interner.into_values(), index });
        let mut inputs: Vec<Option<Column>> = keys.map(|k| Some(Column::Keyed(k))).collect();
        let time = self.time_input(stage);
        for call in &group.aggregates {
            let mut state = State::new(call.kind);
            state.grow(groups);
            let mut distinct = Distinct::default();
            for &row in &self.order {
                let group = of_row[row as usize];
                let Some(arg) = &call.arg else {
                    state.count_rows(&[group]);
                    continue;
                };
                let value = arg.value(&mut RowScope { sheet: &self, row });
                match call.kind {
                    AggregateKind::CountDistinct => distinct.add(group, &value),
                    AggregateKind::Earliest | AggregateKind::Latest => {
                        let (at, source, record) = match (&self.times, time) {
                            (Some(times), _) => times[row as usize].clone(),
                            (None, Some(column)) => {
                                (self.inputs[column].as_ref().and_then(|c| c.get(row).time()), Value::Null, 0)
                            }
                            (None, None) => (Some(0), Value::Null, row as i64),
                        };
                        if let Some(at) = at {
                            state.add_edge(group, (at, &source, record), || value);
                        }
                    }
                    _ => state.add(group, &value),
                }
            }
            if let State::Distinct { values, pairs } = &mut state {
                (*values, *pairs) = distinct.finish();
            }
            inputs.push(Some(Column::Values(state.finish(call.kind, call.percent, groups))));
        }
        Sheet {
            rows: groups,
            inputs,
            order: (0..groups as u32).collect(),
            ties: (0..group.keys.len()).collect(),
            ..Sheet::default()
        }
    }

    /// The column that says when a group was: `@timestamp`, or the first one that holds times.
    fn time_input(&self, stage: &Stage) -> Option<usize> {
        let named = stage.inputs.iter().position(|n| n == "@timestamp");
        let timed = |c: &Option<Column>| {
            let values = self.order.iter().take(100).filter_map(|r| c.as_ref().map(|c| c.get(*r)));
            kind_of(values) == Kind::Time
        };
        named.or_else(|| self.inputs.iter().position(timed))
    }

    fn table(mut self, stage: &Stage, plan: &Plan) -> ResultTable {
        self.defs.resize_with(stage.defs.len(), || None);
        plan.shown.iter().for_each(|o| self.compute(stage, &o.node));
        let row = |&row: &u32| -> Vec<Value> {
            plan.shown.iter().map(|o| o.node.value(&mut RowScope { sheet: &self, row })).collect()
        };
        let rows: Vec<Vec<Value>> = self.order.iter().map(row).collect();
        let column = |(i, output): (usize, &super::super::plan::Output)| ColumnInfo {
            name: output.name.clone(),
            kind: kind_of(rows.iter().filter_map(|r| r.get(i))),
            unit: output.unit,
        };
        ResultTable { columns: plan.shown.iter().enumerate().map(column).collect(), rows }
    }
}

fn def_number(node: &Node) -> Option<usize> {
    if let Node::Def(n) = node { Some(*n) } else { None }
}

/// A column that rows are sorted by, made ready when rows are first compared by it: integers as they are, anything
/// else as the place of each distinct value in the order.
struct SortColumn<'c> {
    column: &'c Column,
    descending: bool,
    /// Whether values that sort alike but look different are told apart.
    strict: bool,
    keys: OnceCell<SortKeys<'c>>,
}

enum SortKeys<'c> {
    Ints(Vec<Option<i64>>),
    Ranks(Vec<u32>, &'c [u32]),
    Values(&'c [Value]),
}

impl<'c> SortColumn<'c> {
    fn new(column: &'c Column, descending: bool, strict: bool) -> SortColumn<'c> {
        SortColumn { column, descending, strict, keys: OnceCell::new() }
    }
    fn compare(&self, a: u32, b: u32) -> Ordering {
        let (a, b) = if self.descending { (b as usize, a as usize) } else { (a as usize, b as usize) };
        match self.keys.get_or_init(|| SortKeys::new(self.column, self.strict)) {
            SortKeys::Ints(ints) => ints[a].cmp(&ints[b]),
            SortKeys::Ranks(ranks, index) => ranks[index[a] as usize].cmp(&ranks[index[b] as usize]),
            SortKeys::Values(values) => values[a].sort_cmp(&values[b]),
        }
    }
}

impl<'c> SortKeys<'c> {
    fn new(column: &'c Column, strict: bool) -> SortKeys<'c> {
        match column {
            Column::Keyed(key) => SortKeys::Ranks(ranks(&key.values, strict), &key.index),
            Column::Values(values) => {
                // A missing value comes first, as it does in `sort_cmp`.
                let int = |v: &Value| match v {
                    Value::Int(v) => Some(Some(*v)),
                    Value::Null => Some(None),
                    _ => None,
                };
                let ints: Option<Vec<Option<i64>>> = values.iter().map(int).collect();
                ints.map_or(SortKeys::Values(values), SortKeys::Ints)
            }
        }
    }
}

/// The place of each value in the order of `sort`; `strict`ly, values that look different have different places.
fn ranks(values: &[Value], strict: bool) -> Vec<u32> {
    let keys: Vec<_> = values.iter().map(Value::sort_key).collect();
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    let compare = |a: u32, b: u32| {
        let order = keys[a as usize].cmp(&keys[b as usize]);
        let look = || values[a as usize].to_string().cmp(&values[b as usize].to_string());
        if strict { order.then_with(look) } else { order }
    };
    order.sort_unstable_by(|a, b| compare(*a, *b));
    let mut ranks = vec![0; values.len()];
    for pair in order.windows(2) {
        ranks[pair[1] as usize] = ranks[pair[0] as usize] + compare(pair[0], pair[1]).is_ne() as u32;
    }
    ranks
}

fn compare(columns: &[SortColumn<'_>], a: u32, b: u32) -> Ordering {
    columns.iter().map(|c| c.compare(a, b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}
