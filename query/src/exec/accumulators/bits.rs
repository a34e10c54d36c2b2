//! The bits that are set in any integer of a group.

use logloupe_syntax::functions::AggregateKind;
use logloupe_table::Value;
use serde::{Deserialize, Serialize};

use super::Accumulate;
use crate::{
    kernels::{Num, num},
    limits::Limits,
};

/// The bits so far per group, if it has an integer. Negative ones are in two's complement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in super::super) struct BitOrs(Vec<Option<i64>>);

impl BitOrs {
    fn set(&mut self, group: u32, bits: i64) {
        let held = &mut self.0[group as usize];
        *held = Some(held.unwrap_or(0) | bits);
    }
}

impl Accumulate for BitOrs {
    fn new(_: AggregateKind) -> BitOrs {
        BitOrs(Vec::new())
    }
    fn grow(&mut self, groups: usize) {
        self.0.resize(groups, None);
    }
    fn add(&mut self, group: u32, value: &Value, _: &Limits) {
        if let Some(Num::Int(bits)) = num(value) {
            self.set(group, bits);
        }
    }
    fn merge(&mut self, other: BitOrs, map: &[u32], _: &Limits) {
        let theirs = map.iter().zip(other.0).filter_map(|(g, bits)| Some((*g, bits?)));
        theirs.for_each(|(g, bits)| self.set(g, bits));
    }
    fn empty(&self) -> BitOrs {
        BitOrs(Vec::new())
    }
    fn finish(self, _: AggregateKind, _: usize) -> Vec<Value> {
        self.0.into_iter().map(|bits| bits.map_or(Value::Null, Value::Int)).collect()
    }
}
