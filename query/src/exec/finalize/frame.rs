//! A frame: the batch of columns that the operators after the merge filter, reorder and group.

use crate::Error;
use std::collections::BTreeSet;

use super::super::{
    super::{
        kernels::truthy,
        plan::{AggregateCall, Group, Node, Operator, Output, Plan, Scope, Stage, combinations},
    },
    accumulators::{Accumulators, Gather},
    interner::{Interner, KeyTable},
    partial::{Groups, KeyColumn},
    several::{TOO_MANY_COMBINATIONS, once_per_row},
};
use logloupe_table::{
    Kind, ResultTable, Value,
    result::{ColumnInfo, kind_of},
};

use crate::limits::Limits;

/// A table of values by columns; steps drop and reorder its rows in `order`.
#[derive(Default)]
pub(super) struct Frame {
    pub(super) rows: usize,
    pub(super) inputs: Vec<Option<FrameColumn>>,
    pub(super) defs: Vec<Option<FrameColumn>>,
    pub(super) order: Vec<u32>,
    /// Inputs that decide the order of rows that are otherwise equal; none when `order` does.
    pub(super) ties: Vec<usize>,
    /// Time and place of events.
    pub(super) times: Option<Vec<(Option<i64>, Value, i64)>>,
    /// Which numbers of the answer are not exact.
    pub(super) remarks: Vec<String>,
    pub(super) limits: Limits,
}

pub(super) enum FrameColumn {
    Keyed(KeyColumn),
    Values(Vec<Value>),
}

impl FrameColumn {
    pub(super) fn get(&self, row: u32) -> &Value {
        match self {
            FrameColumn::Keyed(key) => &key.values[key.index[row as usize] as usize],
            FrameColumn::Values(values) => &values[row as usize],
        }
    }
}

/// One row, to compute values from.
pub(super) struct RowScope<'s> {
    pub(super) frame: &'s Frame,
    pub(super) row: u32,
}

impl Scope for RowScope<'_> {
    fn input(&mut self, n: usize) -> Value {
        self.frame.inputs.get(n).and_then(Option::as_ref).map_or(Value::Null, |c| c.get(self.row).clone())
    }
    fn def(&mut self, n: usize) -> Value {
        self.frame.defs.get(n).and_then(Option::as_ref).map_or(Value::Null, |c| c.get(self.row).clone())
    }
}

impl Frame {
    /// Groups as rows: their keys, then what `calls` say of them.
    pub(super) fn of_groups(groups: Groups, calls: &[AggregateCall], limits: Limits) -> Frame {
        let keys = groups.keys.len();
        let mut inputs: Vec<Option<FrameColumn>> =
            groups.keys.into_iter().map(|k| Some(FrameColumn::Keyed(k))).collect();
        let (columns, remarks) = Accumulators::finish_all(groups.states, calls, groups.groups);
        inputs.extend(columns.into_iter().map(|values| Some(FrameColumn::Values(values))));
        Frame {
            rows: groups.groups,
            inputs,
            order: (0..groups.groups as u32).collect(),
            ties: (0..keys).collect(),
            remarks,
            limits,
            ..Frame::default()
        }
    }

    /// Runs the steps; the error says why it cannot be done.
    pub(super) fn run(&mut self, stage: &Stage, steps: &[Operator]) -> Result<(), Error> {
        self.defs.resize_with(stage.defs.len(), || None);
        // Groups are in order of their keys until they are sorted; sorting twice is saved where it can be.
        let ordering = steps.iter().find(|s| !matches!(s, Operator::Filter(_)));
        if !self.ties.is_empty() && !matches!(ordering, Some(Operator::Sort(_))) {
            self.sort(&[], None);
        }
        for (at, step) in steps.iter().enumerate() {
            match step {
                Operator::Filter(node) => {
                    self.compute(stage, node);
                    let mut order = std::mem::take(&mut self.order);
                    order.retain(|&row| truthy(&node.value(&mut RowScope { frame: self, row })));
                    self.order = order;
                }
                Operator::Sort(keys) => {
                    keys.iter().for_each(|(node, _)| self.compute(stage, node));
                    let limit = match steps.get(at + 1) {
                        Some(Operator::Limit(n)) => usize::try_from(*n).ok(),
                        _ => None,
                    };
                    self.sort(keys, limit);
                }
                Operator::Limit(n) => self.order.truncate(usize::try_from(*n).unwrap_or(usize::MAX)),
                Operator::Window(step) => self.table_step(stage, step)?,
                Operator::Dedup(keys) => {
                    keys.iter().for_each(|node| self.compute(stage, node));
                    // Combinations are numbered as they occur; a row without one is never a duplicate.
                    let mut numbers = self.combinations(keys).into_iter();
                    let mut seen = 0;
                    self.order.retain(|_| match numbers.next().flatten() {
                        Some(number) => {
                            let first = number == seen;
                            seen += first as u32;
                            first
                        }
                        None => true,
                    });
                }
            }
        }
        Ok(())
    }

    /// Computes the definitions that `node` needs for the rows that are left.
    pub(super) fn compute(&mut self, stage: &Stage, node: &Node) {
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
                values[row as usize] = stage.defs[n].value(&mut RowScope { frame: self, row });
            }
            self.defs[n] = Some(FrameColumn::Values(values));
        }
    }

    pub(super) fn column(&self, node: &Node) -> Option<&FrameColumn> {
        match node {
            Node::Input(n) => self.inputs.get(*n)?.as_ref(),
            Node::Def(n) => self.defs.get(*n)?.as_ref(),
            _ => None,
        }
    }

    /// The rows that are left, in groups; a row with several values of a key is in the group of each. The error says that
    /// they are too many.
    pub(super) fn groups(mut self, stage: &Stage, group: &Group) -> Result<Groups, Error> {
        self.defs.resize_with(stage.defs.len(), || None);
        group.keys.iter().for_each(|n| self.compute(stage, n));
        group.aggregates.iter().filter_map(|a| a.arg.as_ref()).for_each(|n| self.compute(stage, n));
        let mut interners: Vec<Interner> =
            (0..group.keys.len()).map(|k| Interner::new(k as u64 + 1)).collect();
        let mut tables: Vec<KeyTable> = group.keys.iter().map(|_| KeyTable::new(0x9e37_79b9)).collect();
        let mut index: Vec<Vec<u32>> = vec![Vec::new(); group.keys.len()];
        let (mut rows, mut groups_of) = (Vec::new(), Vec::new());
        let mut keys = Vec::new();
        for &row in &self.order {
            keys.clear();
            keys.extend(group.keys.iter().map(|key| key.value(&mut RowScope { frame: &self, row })));
            let done = combinations(&keys, &mut |keys| {
                let mut at = 0;
                let mut numbers = Vec::with_capacity(keys.len());
                for (k, key) in keys.iter().enumerate() {
                    let number = interners[k].number(key);
                    numbers.push(number);
                    at = tables[k].number((at as u64) << 32 | number as u64);
                }
                if index.first().is_some_and(|i| i.len() == at as usize) {
                    index.iter_mut().zip(numbers).for_each(|(i, n)| i.push(n));
                }
                rows.push(row);
                groups_of.push(at);
            });
            if !done {
                return Err(TOO_MANY_COMBINATIONS.into());
            }
        }
        if rows.len() > self.order.len() {
            once_per_row(&mut rows, &mut groups_of);
        }
        let groups = index.first().map_or(1, Vec::len);
        let keys = interners.into_iter().zip(index);
        let keys =
            keys.map(|(interner, index)| KeyColumn { values: interner.into_values(), index }).collect();
        let mut states = Vec::new();
        let time = self.time_input(stage);
        for call in &group.aggregates {
            let mut accumulators = Accumulators::of(call);
            accumulators.grow(groups);
            let mut gather = match &accumulators {
                Accumulators::Distinct(distinct) => Some(Gather::new(distinct.ask(), &self.limits)),
                _ => None,
            };
            for (place, (&row, &group)) in rows.iter().zip(&groups_of).enumerate() {
                let Some(arg) = &call.arg else {
                    accumulators.count_rows(&[group]);
                    continue;
                };
                let value = arg.value(&mut RowScope { frame: &self, row });
                if let Some(gather) = &mut gather {
                    gather.add(group, &value);
                } else if accumulators.is_timed() {
                    let (at, source, record) = match (&self.times, time) {
                        (Some(times), _) => times[row as usize].clone(),
                        (None, Some(column)) => {
                            (self.inputs[column].as_ref().and_then(|c| c.get(row).time()), Value::Null, 0)
                        }
                        (None, None) => (Some(0), Value::Null, place as i64),
                    };
                    if let Some(at) = at.or(accumulators.time_of_untimed()) {
                        accumulators.add_at(group, (at, &source, record), &|| value.clone());
                    }
                } else {
                    accumulators.add(group, &value, &self.limits);
                }
            }
            if let Some(gather) = gather {
                accumulators = Accumulators::Distinct(gather.finish());
            }
            states.push(accumulators);
        }
        Ok(Groups { groups, keys, states, truncated: None })
    }

    /// The groups of the rows that are left, as rows.
    pub(super) fn group(mut self, stage: &Stage, group: &Group) -> Result<Frame, Error> {
        let mut remarks = std::mem::take(&mut self.remarks);
        let limits = self.limits;
        let mut frame = Frame::of_groups(self.groups(stage, group)?, &group.aggregates, limits);
        remarks.append(&mut frame.remarks);
        Ok(Frame { remarks, ..frame })
    }

    /// The column that says when a group was: `@timestamp`, or the first one that holds times.
    pub(super) fn time_input(&self, stage: &Stage) -> Option<usize> {
        let named = stage.inputs.iter().position(|n| n == "@timestamp");
        let timed = |c: &Option<FrameColumn>| {
            let values = self.order.iter().take(100).filter_map(|r| c.as_ref().map(|c| c.get(*r)));
            kind_of(values) == Kind::Time
        };
        named.or_else(|| self.inputs.iter().position(timed))
    }

    /// The columns that the plan shows of the rows that are left.
    pub(super) fn table(mut self, stage: &Stage, plan: &Plan) -> ResultTable {
        self.defs.resize_with(stage.defs.len(), || None);
        plan.shown.iter().for_each(|o| self.compute(stage, &o.node));
        let row = |&row: &u32| -> Vec<Value> {
            plan.shown.iter().map(|o| o.node.value(&mut RowScope { frame: &self, row })).collect()
        };
        let rows: Vec<Vec<Value>> = self.order.iter().map(row).collect();
        let column = |(i, output): (usize, &Output)| ColumnInfo {
            name: output.name.clone(),
            kind: kind_of(rows.iter().filter_map(|r| r.get(i))),
            unit: output.unit,
        };
        let columns = plan.shown.iter().enumerate().map(column).collect();
        ResultTable { columns, rows, remarks: self.remarks }
    }
}

fn def_number(node: &Node) -> Option<usize> {
    if let Node::Def(n) = node { Some(*n) } else { None }
}
