//! How fast a number of each group went from its earliest to its latest value.

use logloupe_syntax::functions::AggregateKind;
use logloupe_table::Value;
use serde::{Deserialize, Serialize};

use super::{
    Accumulate,
    first_last::{EventOrder, TimedValue, merge_slot, offer},
};
use crate::{
    kernels::{Num, num},
    limits::Limits,
};

/// The numbers of the earliest and the latest event per group.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in super::super) struct Rates(Vec<(Option<TimedValue>, Option<TimedValue>)>);

impl Accumulate for Rates {
    fn new(_: AggregateKind) -> Rates {
        Rates::default()
    }
    const TIMED: bool = true;

    fn grow(&mut self, groups: usize) {
        self.0.resize(groups, (None, None));
    }
    fn add_at(&mut self, group: u32, place: EventOrder<'_>, value: &dyn Fn() -> Value) {
        let number = || Some(value()).filter(|v| num(v).is_some()).unwrap_or_default();
        let (first, last) = &mut self.0[group as usize];
        offer(first, false, place, number);
        offer(last, true, place, number);
    }
    fn merge(&mut self, other: Rates, map: &[u32], _: &Limits) {
        for (g, (first, last)) in map.iter().zip(&other.0) {
            let own = &mut self.0[*g as usize];
            merge_slot(&mut own.0, false, first);
            merge_slot(&mut own.1, true, last);
        }
    }
    fn empty(&self) -> Rates {
        Rates::default()
    }
    fn finish(self, kind: AggregateKind, _: usize) -> Vec<Value> {
        let period = if let AggregateKind::Rate(period) = kind { period } else { 1 };
        self.0.into_iter().map(|(first, last)| rate(first, last, period)).collect()
    }
}

/// By how much a number changes from the first to the last value in each `period` (microseconds) of the time between
/// them; missing when there is none.
fn rate(first: Option<TimedValue>, last: Option<TimedValue>, period: i64) -> Value {
    let (Some(first), Some(last)) = (first, last) else { return Value::Null };
    let (Some(from), Some(to)) = (num(first.value()), num(last.value())) else { return Value::Null };
    let periods = (last.time as f64 - first.time as f64) / period.max(1) as f64;
    if periods > 0.0 { Num::Float((to.float() - from.float()) / periods).value() } else { Value::Null }
}
