//! The value of each group's earliest or latest event.

use logloupe_syntax::functions::AggregateKind;
use logloupe_table::Value;
use serde::{Deserialize, Serialize};

use super::Accumulate;
use crate::limits::Limits;

/// A value with its place in time; equal times are ordered by file and place in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in super::super) struct TimedValue {
    pub(super) time: i64,
    source: Value,
    record: i64,
    value: Value,
}

/// When an event was, and where it stands: time, file, record.
pub(in super::super) type EventOrder<'v> = (i64, &'v Value, i64);

impl TimedValue {
    pub(super) fn place(&self) -> EventOrder<'_> {
        (self.time, &self.source, self.record)
    }
    pub(super) fn value(&self) -> &Value {
        &self.value
    }
    pub(super) fn into_value(self) -> Value {
        self.value
    }
}

/// Offers a slot the value at `place`, which is only asked for if it wins.
pub(super) fn offer(
    slot: &mut Option<TimedValue>,
    last: bool,
    place: EventOrder<'_>,
    value: impl FnOnce() -> Value,
) {
    let wins = slot.as_ref().is_none_or(|held| {
        let order = (place.0.cmp(&held.time))
            .then_with(|| place.1.sort_cmp(&held.source))
            .then(place.2.cmp(&held.record));
        if last { order.is_gt() } else { order.is_lt() }
    });
    if wins {
        let value = value();
        if !value.is_null() {
            *slot = Some(TimedValue { time: place.0, source: place.1.clone(), record: place.2, value });
        }
    }
}

/// Takes over what another shard holds, if that comes first (or last).
pub(super) fn merge_slot(own: &mut Option<TimedValue>, last: bool, other: &Option<TimedValue>) {
    if let Some(other) = other {
        offer(own, last, other.place(), || other.value().clone());
    }
}

/// The best value so far per group.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in super::super) struct FirstLast {
    last: bool,
    best: Vec<Option<TimedValue>>,
}

impl Accumulate for FirstLast {
    fn new(kind: AggregateKind) -> FirstLast {
        FirstLast { last: kind == AggregateKind::Latest, best: Vec::new() }
    }
    const TIMED: bool = true;

    fn grow(&mut self, groups: usize) {
        self.best.resize(groups, None);
    }
    fn add_at(&mut self, group: u32, place: EventOrder<'_>, value: &dyn Fn() -> Value) {
        offer(&mut self.best[group as usize], self.last, place, value);
    }
    fn merge(&mut self, other: FirstLast, map: &[u32], _: &Limits) {
        for (g, value) in map.iter().zip(&other.best) {
            merge_slot(&mut self.best[*g as usize], self.last, value);
        }
    }
    fn empty(&self) -> FirstLast {
        FirstLast { last: self.last, best: Vec::new() }
    }
    fn finish(self, _: AggregateKind, _: usize) -> Vec<Value> {
        self.best.into_iter().map(|e| e.map_or(Value::Null, TimedValue::into_value)).collect()
    }
}
