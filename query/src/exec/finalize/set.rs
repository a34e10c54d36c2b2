//! Rows of two queries together: set operations, and the rows of a join's other side that stand beside none.

use super::{
    super::{
        super::plan::{Node, Stage},
        interner::{Interner, KeyTable, Map},
    },
    frame::{Frame, FrameColumn},
};
use crate::Error;
use logloupe_syntax::tree::SetKind;
use logloupe_table::Value;

/// The other rows of a set operation.
pub(super) struct OtherRows<'r> {
    pub(super) rows: &'r [Vec<Value>],
    /// How often each counts; once if it is empty.
    pub(super) times: &'r [u64],
}

impl OtherRows<'_> {
    fn times(&self, row: usize) -> u64 {
        self.times.get(row).copied().unwrap_or(1)
    }
}

/// Numbers rows by their values, missing ones included.
struct RowNumbers {
    interners: Vec<Interner>,
    tables: Vec<KeyTable>,
}

impl RowNumbers {
    fn new(columns: usize) -> RowNumbers {
        RowNumbers {
            interners: (0..columns).map(|k| Interner::new(k as u64 + 1)).collect(),
            tables: (0..columns).map(|_| KeyTable::new(0x9e37_79b9)).collect(),
        }
    }
    fn number<'v>(&mut self, row: impl Iterator<Item = &'v Value>) -> u32 {
        let columns = self.interners.iter_mut().zip(&mut self.tables);
        columns.zip(row).fold(0, |at, ((interner, table), value)| {
            table.number((at as u64) << 32 | u64::from(interner.number(value)))
        })
    }
}

impl Frame {
    /// Keeps the rows that a set operation gives; its columns are the definitions `into`, and there are no others.
    pub(super) fn combine(
        &mut self,
        (kind, all): (SetKind, bool),
        of: &[Node],
        into: &[usize],
        other: &OtherRows<'_>,
    ) -> Result<(), Error> {
        let added =
            if kind == SetKind::Union { (0..other.rows.len()).map(|j| other.times(j)).sum() } else { 0u64 };
        let rows = added.saturating_add(self.order.len() as u64);
        if rows.saturating_mul(of.len() as u64 + 4) > self.limits.values as u64 {
            return Err("the queries give too many rows together; filter first".into());
        }
        let mut columns: Vec<Vec<Value>> =
            of.iter().map(|node| self.order.iter().map(|row| self.value(node, *row)).collect()).collect();
        let own = self.order.len();
        // The places of the rows that stay, of those so far and of the others.
        let (mut stay, mut come): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        if kind == SetKind::Union && all {
            stay.extend(0..own);
            for j in 0..other.rows.len() {
                come.extend((0..other.times(j)).map(|_| j));
            }
        } else {
            let mut numbers = RowNumbers::new(of.len());
            let mut seen: Map<u32, ()> = Map::default();
            if kind != SetKind::Union {
                let mut counts: Map<u32, u64> = Map::default();
                for (j, row) in other.rows.iter().enumerate() {
                    *counts.entry(numbers.number(row.iter())).or_default() += other.times(j);
                }
                let wanted = kind == SetKind::Intersect;
                for row in 0..own {
                    let number = numbers.number(columns.iter().filter_map(|c| c.get(row)));
                    let held = counts.get_mut(&number).filter(|count| **count > 0);
                    let keeps = held.is_some() == wanted;
                    if let (true, Some(count)) = (all, held) {
                        *count -= 1;
                    }
                    if keeps && (all || seen.insert(number, ()).is_none()) {
                        stay.push(row);
                    }
                }
            } else {
                for row in 0..own {
                    if seen.insert(numbers.number(columns.iter().filter_map(|c| c.get(row))), ()).is_none() {
                        stay.push(row);
                    }
                }
                for (j, row) in other.rows.iter().enumerate() {
                    if seen.insert(numbers.number(row.iter()), ()).is_none() {
                        come.push(j);
                    }
                }
            }
        }
        self.rows = stay.len() + come.len();
        self.order = (0..self.rows as u32).collect();
        self.ties.clear();
        self.times = None;
        self.inputs.iter_mut().for_each(|column| *column = None);
        self.defs.iter_mut().for_each(|column| *column = None);
        for (at, (column, into)) in columns.iter_mut().zip(into).enumerate() {
            let mut values: Vec<Value> = Vec::with_capacity(self.rows);
            values
                .extend(stay.iter().map(|row| column.get_mut(*row).map(std::mem::take).unwrap_or_default()));
            values.extend(
                come.iter()
                    .map(|j| other.rows.get(*j).and_then(|row| row.get(at)).cloned().unwrap_or_default()),
            );
            if let Some(def) = self.defs.get_mut(*into) {
                *def = Some(FrameColumn::Values(values));
            }
        }
        Ok(())
    }

    /// Adds a row for each of `rows` rows of a join's other side whose place `beside` is in no row.
    pub(super) fn add_unmatched(
        &mut self,
        stage: &Stage,
        beside: usize,
        held: usize,
        rows: usize,
        times: &[u64],
    ) -> Result<(), Error> {
        let place = Node::Def(beside);
        self.compute(stage, &place);
        let mut seen = vec![false; rows];
        for &row in &self.order {
            let at = self.value(&place, row).integer().and_then(|at| usize::try_from(at).ok());
            if let Some(seen) = at.and_then(|at| seen.get_mut(at)) {
                *seen = true;
            }
        }
        let mut added = Vec::new();
        for (at, _) in seen.iter().enumerate().filter(|(_, seen)| !**seen) {
            let times = times.get(at).copied().unwrap_or(1);
            let most = (self.limits.values / (self.width() + 1)) as u64;
            if (added.len() as u64 + self.order.len() as u64).saturating_add(times) > most {
                return Err("the join gives too many rows; filter first".into());
            }
            added.extend((0..times).map(|_| Value::Int(at as i64)));
        }
        let mut from: Vec<Option<u32>> = self.order.iter().map(|row| Some(*row)).collect();
        let old = from.len();
        from.resize(old + added.len(), None);
        self.settle(&from);
        self.set(&place, old, added);
        let held_in = (0..self.rows).map(|row| if row < old { Value::Bool(true) } else { Value::Null });
        if let Some(def) = self.defs.get_mut(held) {
            *def = Some(FrameColumn::Values(held_in.collect()));
        }
        Ok(())
    }
}
