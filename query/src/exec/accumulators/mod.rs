//! Accumulators of aggregates: the state of one aggregate for all groups, updated vector by vector, merged with the
//! accumulators of other shards in any order to the same answer.
//!
//! Reading order: [`Accumulate`] (what a type of accumulators does), [`Accumulators`] (the types; a new aggregate is a
//! file with its type and its lines here), then the types: [`count`], [`total`] and [`moments`] (sums), [`extreme`],
//! [`first_last`] and [`rate`] (values at the ends of time), [`list`] (all values), [`percentile`], [`distinct`].

mod bits;
mod count;
mod distinct;
mod extreme;
mod first_last;
mod list;
mod moments;
mod percentile;
mod rate;
mod total;

use logloupe_syntax::functions::AggregateKind;
use logloupe_table::Value;
use serde::{Deserialize, Serialize};

use self::{
    bits::BitOrs, count::Counts, extreme::Extremes, first_last::FirstLast, list::Lists,
    moments::GroupMoments, percentile::Numbers, rate::Rates, total::Totals,
};
pub(super) use self::{
    distinct::{Distinct, DistinctMode, Gather, KmvSketch, hash},
    extreme::is_better,
    first_last::EventOrder,
};
use super::vector::Vector;
use crate::{limits::Limits, plan::AggregateCall};

/// The state of one aggregate for all groups. The states of two sets of rows must merge into exactly the state of their
/// union.
trait Accumulate: Sized {
    /// Whether it asks when an event was: it is fed by [`add_at`](Self::add_at) then.
    const TIMED: bool = false;
    /// Whether it also takes events without a time, as the first ones.
    const UNTIMED_TOO: bool = false;

    /// Those of an aggregate before any group.
    fn new(kind: AggregateKind) -> Self;
    /// Makes room for `groups` groups.
    fn grow(&mut self, groups: usize);
    /// Adds one value to a group.
    fn add(&mut self, _group: u32, _value: &Value, _limits: &Limits) {}
    /// Adds the values at `rows` as they are stored, each to its group; says no if the vector needs another way.
    fn add_vector(&mut self, _groups: &[u32], _rows: &[u32], _vector: &Vector<'_>, _limits: &Limits) -> bool {
        false
    }
    /// Offers a group the value of an event at `place`; `value` is only asked for if it may matter.
    fn add_at(&mut self, _group: u32, _place: EventOrder<'_>, _value: &dyn Fn() -> Value) {}
    /// How many values it keeps beside one per group.
    fn weight(&self) -> usize {
        0
    }
    /// Merges those of other groups; their group `g` is here group `map[g]`.
    fn merge(&mut self, other: Self, map: &[u32], limits: &Limits);
    /// The same aggregate of no group.
    fn empty(&self) -> Self;
    /// What is to be said of the answer, if it is not exact or not all of it.
    fn remark(&self) -> Option<String> {
        None
    }
    /// The aggregate of every group.
    fn finish(self, kind: AggregateKind, groups: usize) -> Vec<Value>;
}

/// Makes the enum of all types of accumulators from their list, so that the list stands once.
macro_rules! accumulators {
    ($($(#[$doc:meta])* $name:ident($type:ty) for $kinds:pat,)*) => {
        /// The accumulators of one aggregate over all groups.
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub(super) enum Accumulators {
            $($(#[$doc])* $name($type),)*
            /// Nothing: the accumulators of another call answer this one too.
            Shared,
        }

        impl Accumulators {
            fn new(kind: AggregateKind) -> Accumulators {
                match kind {
                    $($kinds => Accumulators::$name(<$type>::new(kind)),)*
                }
            }
            /// Makes room for `groups` groups.
            pub(super) fn grow(&mut self, groups: usize) {
                match self {
                    $(Accumulators::$name(of) => of.grow(groups),)*
                    Accumulators::Shared => {}
                }
            }
            /// Whether it asks when an event was: see [`add_at`](Self::add_at).
            pub(super) fn is_timed(&self) -> bool {
                match self {
                    $(Accumulators::$name(_) => <$type>::TIMED,)*
                    Accumulators::Shared => false,
                }
            }
            /// The time by which an event without one stands, if it counts.
            pub(super) fn time_of_untimed(&self) -> Option<i64> {
                match self {
                    $(Accumulators::$name(_) => <$type>::UNTIMED_TOO.then_some(i64::MIN),)*
                    Accumulators::Shared => None,
                }
            }
            /// Adds one value to a group, or each of several; a count counts the row. Distinct values are fed by a
            /// [`Gather`] instead.
            pub(super) fn add(&mut self, group: u32, value: &Value, limits: &Limits) {
                if let Value::Several(several) = value
                    && !matches!(self, Accumulators::Count(_))
                {
                    return several.values().for_each(|value| self.add(group, value, limits));
                }
                match self {
                    $(Accumulators::$name(of) => of.add(group, value, limits),)*
                    Accumulators::Shared => {}
                }
            }
            /// Adds values as they are stored; says no if the accumulators or the vector need another way.
            pub(super) fn add_vector(
                &mut self,
                groups: &[u32],
                rows: &[u32],
                vector: &Vector<'_>,
                limits: &Limits,
            ) -> bool {
                match self {
                    $(Accumulators::$name(of) => of.add_vector(groups, rows, vector, limits),)*
                    Accumulators::Shared => true,
                }
            }
            /// Offers a group the value of an event at `place`; `value` is only asked for if it may matter.
            pub(super) fn add_at(&mut self, group: u32, place: EventOrder<'_>, value: &dyn Fn() -> Value) {
                match self {
                    $(Accumulators::$name(of) => of.add_at(group, place, value),)*
                    Accumulators::Shared => {}
                }
            }
            /// How many values it keeps beside one per group.
            pub(super) fn weight(&self) -> usize {
                match self {
                    $(Accumulators::$name(of) => of.weight(),)*
                    Accumulators::Shared => 0,
                }
            }
            /// Merges the accumulators of other groups; their group `g` is here group `map[g]`.
            pub(super) fn merge(&mut self, other: Accumulators, map: &[u32], limits: &Limits) {
                match (self, other) {
                    $((Accumulators::$name(own), Accumulators::$name(other)) => own.merge(other, map, limits),)*
                    // One plan makes the same accumulators on every shard.
                    _ => {}
                }
            }
            /// The same aggregate of no group.
            pub(super) fn empty(&self) -> Accumulators {
                match self {
                    $(Accumulators::$name(of) => Accumulators::$name(of.empty()),)*
                    Accumulators::Shared => Accumulators::Shared,
                }
            }
            fn remark(&self) -> Option<String> {
                match self {
                    $(Accumulators::$name(of) => of.remark(),)*
                    Accumulators::Shared => None,
                }
            }
            fn finish(self, kind: AggregateKind, groups: usize) -> Vec<Value> {
                match self {
                    $(Accumulators::$name(of) => of.finish(kind, groups),)*
                    Accumulators::Shared => vec![Value::Null; groups],
                }
            }
        }
    };
}

accumulators! {
    /// How many rows, or rows with a value.
    Count(Counts) for AggregateKind::Count,
    /// Sum and mean.
    Total(Totals) for AggregateKind::Sum | AggregateKind::Avg,
    /// Variance and standard deviation.
    Moments(GroupMoments) for AggregateKind::Stddev | AggregateKind::Variance,
    /// The first or last value in the order of `sort`.
    Extreme(Extremes) for AggregateKind::Min | AggregateKind::Max,
    /// The value of the earliest or latest event.
    FirstLast(FirstLast) for AggregateKind::Earliest | AggregateKind::Latest,
    /// Every value.
    List(Lists) for AggregateKind::List,
    /// The numbers of the earliest and the latest event.
    Rate(Rates) for AggregateKind::Rate(_),
    /// Every number, for percentiles and histograms.
    Percentile(Numbers) for AggregateKind::Percentile | AggregateKind::FixedPercentile(_) | AggregateKind::Histogram(_),
    /// Bits.
    Bits(BitOrs) for AggregateKind::BitOr,
    /// Distinct values.
    Distinct(Distinct) for AggregateKind::CountDistinct | AggregateKind::Values | AggregateKind::TopK(_),
}

impl Accumulators {
    /// The accumulators of a call before any row.
    pub(super) fn of(call: &AggregateCall) -> Accumulators {
        if call.same_as.is_some() { Accumulators::Shared } else { Accumulators::new(call.kind) }
    }
    /// Counts, one per group.
    pub(super) fn counts(counts: impl Iterator<Item = u64>) -> Accumulators {
        Accumulators::Count(Counts::of(counts.collect()))
    }
    /// Sums of integers, each with how many they were.
    pub(super) fn sums(sums: impl Iterator<Item = (i64, u64)>) -> Accumulators {
        Accumulators::Total(Totals::of(sums.collect()))
    }
    /// The counts or sums of all groups, where they are integers.
    pub(super) fn integers(&self) -> Option<Vec<i128>> {
        match self {
            Accumulators::Count(counts) => Some(counts.integers()),
            Accumulators::Total(totals) => totals.integers(),
            _ => None,
        }
    }
    /// Counts the rows themselves.
    pub(super) fn count_rows(&mut self, groups: &[u32]) {
        if let Accumulators::Count(counts) = self {
            counts.add_rows(groups);
        }
    }
    /// What each of `calls` says of every group, and what is to be said of it.
    pub(super) fn finish_all(
        mut states: Vec<Accumulators>,
        calls: &[AggregateCall],
        groups: usize,
    ) -> (Vec<Vec<Value>>, Vec<String>) {
        let (mut columns, mut remarks) = (Vec::new(), Vec::new());
        for (at, call) in calls.iter().enumerate() {
            let Some(accumulators) = states.get_mut(call.same_as.unwrap_or(at)) else { continue };
            remarks.extend(accumulators.remark().map(|remark| format!("`{}` {remark}", call.label)));
            columns.push(match (accumulators, call.kind) {
                // These may be asked again.
                (
                    Accumulators::Percentile(numbers),
                    AggregateKind::Percentile | AggregateKind::FixedPercentile(_),
                ) => numbers.percentiles(call.percent, groups),
                (accumulators, kind) => {
                    std::mem::replace(accumulators, Accumulators::Shared).finish(kind, groups)
                }
            });
        }
        (columns, remarks)
    }
}

/// A number with commas.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let comma = |(i, c): (usize, char)| {
        let comma = i > 0 && (digits.len() - i).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([c])
    };
    digits.chars().enumerate().flat_map(comma).collect()
}
