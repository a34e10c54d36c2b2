//! The first or last value of each group in the order of `sort`.

use logloupe_syntax::functions::AggregateKind;
use logloupe_table::Value;
use serde::{Deserialize, Serialize};

use super::{super::interner::rank, Accumulate};
use crate::limits::Limits;

/// The best value so far per group.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in super::super) struct Extremes {
    last: bool,
    best: Vec<Value>,
}

impl Accumulate for Extremes {
    fn new(kind: AggregateKind) -> Extremes {
        Extremes { last: kind == AggregateKind::Max, best: Vec::new() }
    }
    fn grow(&mut self, groups: usize) {
        self.best.resize(groups, Value::Null);
    }
    fn add(&mut self, group: u32, value: &Value, _: &Limits) {
        improve(&mut self.best[group as usize], value, self.last);
    }
    fn merge(&mut self, other: Extremes, map: &[u32], _: &Limits) {
        map.iter().zip(&other.best).for_each(|(g, v)| improve(&mut self.best[*g as usize], v, self.last));
    }
    fn empty(&self) -> Extremes {
        Extremes { last: self.last, best: Vec::new() }
    }
    fn finish(self, _: AggregateKind, _: usize) -> Vec<Value> {
        self.best
    }
}

/// Replaces `held` if `value` comes before it (after it, for `last`). Values that sort alike but look different are
/// told apart so that the order of arrival does not matter.
fn improve(held: &mut Value, value: &Value, last: bool) {
    if value.is_null() {
        return;
    }
    if held.is_null() || is_better(value, held, last) {
        *held = value.clone();
    }
}

/// Whether `value` is an extreme rather than `held`; neither is missing.
pub(in super::super) fn is_better(value: &Value, held: &Value, last: bool) -> bool {
    let order = value.sort_cmp(held);
    let order = if last { order.reverse() } else { order };
    let order = order.then_with(|| rank(value).cmp(&rank(held)));
    order.then_with(|| value.to_string().cmp(&held.to_string())).is_lt()
}
