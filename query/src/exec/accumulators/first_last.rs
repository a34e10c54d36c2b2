//! Values at the ends of each group's time: the earliest, the latest, and how fast a number went from one to the other.

use serde::{Deserialize, Serialize};

use super::super::super::kernels::{Num, num};
use logloupe_table::Value;

/// A value with its place in time; equal times are ordered by file and place in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in super::super) struct TimedValue {
    time: i64,
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

/// By how much a number changes from the first to the last value in each `period` (microseconds) of the time between
/// them; missing when there is none.
pub(super) fn rate(first: Option<TimedValue>, last: Option<TimedValue>, period: i64) -> Value {
    let (Some(first), Some(last)) = (first, last) else { return Value::Null };
    let (Some(from), Some(to)) = (num(&first.value), num(&last.value)) else { return Value::Null };
    let periods = (last.time as f64 - first.time as f64) / period.max(1) as f64;
    if periods > 0.0 { Num::Float((to.float() - from.float()) / periods).value() } else { Value::Null }
}
