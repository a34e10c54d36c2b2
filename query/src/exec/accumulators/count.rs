//! How many rows each group has, or rows with a value.

use logloupe_syntax::functions::AggregateKind;
use logloupe_table::Value;
use serde::{Deserialize, Serialize};

use super::{super::vector::Vector, Accumulate};
use crate::limits::Limits;

/// A count per group.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in super::super) struct Counts(Vec<u64>);

impl Counts {
    pub(super) fn of(counts: Vec<u64>) -> Counts {
        Counts(counts)
    }
    pub(super) fn integers(&self) -> Vec<i128> {
        self.0.iter().map(|n| *n as i128).collect()
    }
    /// Counts rows, whatever they hold.
    pub(super) fn add_rows(&mut self, groups: &[u32]) {
        groups.iter().for_each(|g| self.0[*g as usize] += 1);
    }
}

impl Accumulate for Counts {
    fn new(_: AggregateKind) -> Counts {
        Counts::default()
    }
    fn grow(&mut self, groups: usize) {
        self.0.resize(groups, 0);
    }
    fn add(&mut self, group: u32, value: &Value, _: &Limits) {
        self.0[group as usize] += !value.is_null() as u64;
    }
    fn add_vector(&mut self, groups: &[u32], rows: &[u32], vector: &Vector<'_>, _: &Limits) -> bool {
        if matches!(vector, Vector::Const(_) | Vector::Values(_) | Vector::Codes { .. }) {
            return false;
        }
        let valid = vector.valid();
        let has = |i: u32| valid.is_none_or(|v| v.get(i as usize)) as u64;
        groups.iter().zip(rows).for_each(|(g, i)| self.0[*g as usize] += has(*i));
        true
    }
    fn merge(&mut self, other: Counts, map: &[u32], _: &Limits) {
        map.iter().zip(other.0).for_each(|(g, n)| self.0[*g as usize] += n);
    }
    fn empty(&self) -> Counts {
        Counts::default()
    }
    fn finish(self, _: AggregateKind, _: usize) -> Vec<Value> {
        self.0.into_iter().map(|n| Value::Int(n as i64)).collect()
    }
}
