//! Every value of each group, missing ones too, in the order of events: time, file, place in it.

use std::cmp::Ordering;

use logloupe_syntax::functions::AggregateKind;
use logloupe_table::{Value, sort};
use serde::{Deserialize, Serialize};

use super::{Accumulate, EventOrder};
use crate::limits::Limits;

/// What a value with its place takes, in values.
const WEIGHT: usize = 4;

/// A value with the place of its event.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Placed {
    time: i64,
    source: Value,
    record: i64,
    value: Value,
}

impl Placed {
    fn order(&self, other: &Placed) -> Ordering {
        let order = self.time.cmp(&other.time).then_with(|| self.source.sort_cmp(&other.source));
        order.then(self.record.cmp(&other.record))
    }
}

/// All values per group, in no order yet; those of one record in the order in which they came.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in super::super) struct Lists {
    values: Vec<Vec<Placed>>,
    /// How many there are in all groups.
    count: usize,
}

impl Accumulate for Lists {
    const TIMED: bool = true;
    const UNTIMED_TOO: bool = true;

    fn new(_: AggregateKind) -> Lists {
        Lists::default()
    }
    fn grow(&mut self, groups: usize) {
        self.values.resize_with(groups, Vec::new);
    }
    fn add_at(&mut self, group: u32, (time, source, record): EventOrder<'_>, value: &dyn Fn() -> Value) {
        if let Some(values) = self.values.get_mut(group as usize) {
            values.push(Placed { time, source: source.clone(), record, value: value() });
            self.count += 1;
        }
    }
    fn weight(&self) -> usize {
        self.count.saturating_mul(WEIGHT)
    }
    fn merge(&mut self, other: Lists, map: &[u32], _: &Limits) {
        self.count += other.count;
        for (g, mut values) in map.iter().zip(other.values) {
            if let Some(own) = self.values.get_mut(*g as usize) {
                own.append(&mut values);
            }
        }
    }
    fn empty(&self) -> Lists {
        Lists::default()
    }
    /// Of no rows a missing value, as SQL has it.
    fn finish(self, _: AggregateKind, _: usize) -> Vec<Value> {
        let list = |mut values: Vec<Placed>| {
            sort::by(&mut values, Placed::order);
            match values.is_empty() {
                true => Value::Null,
                false => Value::List(values.into_iter().map(|placed| placed.value).collect()),
            }
        };
        self.values.into_iter().map(list).collect()
    }
}
