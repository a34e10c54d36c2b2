//! Accumulators of aggregates: one value per group, fed vector by vector, merged with the accumulators of other shards in
//! any order to the same answer.
//!
//! Reading order: this file, [`total`] and [`moments`] (sums), [`percentile`] (percentiles), [`distinct`] (distinct
//! values), [`first_last`] (values at the ends of time).

mod distinct;
mod first_last;
mod moments;
mod percentile;
mod total;

use serde::{Deserialize, Serialize};

use crate::limits::Limits;

use distinct::MAX_LISTED;
pub(super) use distinct::{Distinct, DistinctMode, Gather, KmvSketch, hash};
pub(super) use first_last::EventOrder;
use first_last::{TimedValue, offer, rate};
use moments::Moments;
use percentile::Numbers;
use total::Totals;

use super::{
    super::{
        kernels::{Num, num},
        plan::AggregateCall,
    },
    interner::rank,
    vector::Vector,
};
use logloupe_syntax::functions::AggregateKind;
use logloupe_table::Value;

/// The accumulators of one aggregate over all groups.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Accumulators {
    Count(Vec<u64>),
    /// Sum and mean.
    Total(Totals),
    /// Variance and standard deviation.
    Moments(Vec<Moments>),
    /// The first or last value in the order of `sort`.
    Extreme {
        last: bool,
        best: Vec<Value>,
    },
    /// Every number, for percentiles.
    Percentile(Numbers),
    /// Distinct values.
    Distinct(Distinct),
    /// The value of the earliest or latest event.
    FirstLast {
        last: bool,
        best: Vec<Option<TimedValue>>,
    },
    /// The numbers of the earliest and the latest event.
    Rate(Vec<(Option<TimedValue>, Option<TimedValue>)>),
    /// Nothing: the accumulators of another call answer this one too.
    Shared,
}

impl Accumulators {
    /// The accumulators of a call before any row.
    pub(super) fn of(call: &AggregateCall) -> Accumulators {
        if call.same_as.is_some() { Accumulators::Shared } else { Accumulators::new(call.kind) }
    }
    fn new(kind: AggregateKind) -> Accumulators {
        match kind {
            AggregateKind::Count => Accumulators::Count(Vec::new()),
            AggregateKind::Sum | AggregateKind::Avg => Accumulators::Total(Totals::default()),
            AggregateKind::Stddev | AggregateKind::Variance => Accumulators::Moments(Vec::new()),
            AggregateKind::Min => Accumulators::Extreme { last: false, best: Vec::new() },
            AggregateKind::Max => Accumulators::Extreme { last: true, best: Vec::new() },
            AggregateKind::Percentile | AggregateKind::FixedPercentile(_) | AggregateKind::Histogram(_) => {
                Accumulators::Percentile(Numbers::default())
            }
            AggregateKind::CountDistinct => Accumulators::Distinct(Distinct::new(DistinctMode::Count)),
            AggregateKind::Values => Accumulators::Distinct(Distinct::new(DistinctMode::Values)),
            AggregateKind::TopK(_) => Accumulators::Distinct(Distinct::new(DistinctMode::TopK)),
            AggregateKind::Earliest => Accumulators::FirstLast { last: false, best: Vec::new() },
            AggregateKind::Latest => Accumulators::FirstLast { last: true, best: Vec::new() },
            AggregateKind::Rate(_) => Accumulators::Rate(Vec::new()),
        }
    }
    /// Sums of integers, each with how many they were.
    pub(super) fn sums(sums: impl Iterator<Item = (i64, u64)>) -> Accumulators {
        Accumulators::Total(Totals::of(sums.collect()))
    }
    /// The counts or sums of all groups, where they are integers.
    pub(super) fn integers(&self) -> Option<Vec<i128>> {
        match self {
            Accumulators::Count(n) => Some(n.iter().map(|n| *n as i128).collect()),
            Accumulators::Total(totals) => totals.integers(),
            _ => None,
        }
    }
    /// Makes room for `groups` groups.
    pub(super) fn grow(&mut self, groups: usize) {
        match self {
            Accumulators::Count(n) => n.resize(groups, 0),
            Accumulators::Total(totals) => totals.grow(groups),
            Accumulators::Moments(m) => m.resize_with(groups, Moments::default),
            Accumulators::Extreme { best, .. } => best.resize(groups, Value::Null),
            Accumulators::Percentile(n) => n.grow(groups),
            Accumulators::Distinct(_) => {}
            Accumulators::FirstLast { best, .. } => best.resize(groups, None),
            Accumulators::Rate(ends) => ends.resize(groups, (None, None)),
            Accumulators::Shared => {}
        }
    }
    /// Counts the rows themselves.
    pub(super) fn count_rows(&mut self, groups: &[u32]) {
        if let Accumulators::Count(n) = self {
            groups.iter().for_each(|g| n[*g as usize] += 1);
        }
    }
    /// Whether it asks when an event was: see [`add_at`](Self::add_at).
    pub(super) fn is_timed(&self) -> bool {
        matches!(self, Accumulators::FirstLast { .. } | Accumulators::Rate(_))
    }
    /// Adds one value to a group. For accumulators that look at time see [`add_at`](Self::add_at), for distinct values
    /// [`Gather`].
    pub(super) fn add(&mut self, group: u32, value: &Value, limits: &Limits) {
        let g = group as usize;
        match self {
            Accumulators::Count(n) => n[g] += !value.is_null() as u64,
            Accumulators::Total(totals) => match num(value) {
                Some(Num::Int(v)) => totals.add_wide(g, v as i128),
                Some(Num::Float(v)) => totals.add_float(g, v),
                None => {}
            },
            Accumulators::Moments(moments) => {
                if let Some(n) = num(value) {
                    moments[g].add(n);
                }
            }
            Accumulators::Extreme { last, best } => improve(&mut best[g], value, *last),
            Accumulators::Percentile(numbers) => {
                if let Some(n) = num(value) {
                    numbers.add(group, n.float(), limits);
                }
            }
            Accumulators::Distinct(_)
            | Accumulators::FirstLast { .. }
            | Accumulators::Rate(_)
            | Accumulators::Shared => {}
        }
    }
    /// Adds numbers as they are stored; says no if the accumulators or the vector need another way.
    pub(super) fn add_numbers(
        &mut self,
        groups: &[u32],
        rows: &[u32],
        vector: &Vector<'_>,
        limits: &Limits,
    ) -> bool {
        match (self, vector) {
            (Accumulators::Count(n), _)
                if !matches!(vector, Vector::Const(_) | Vector::Values(_) | Vector::Codes { .. }) =>
            {
                let valid = vector.valid();
                let has = |i: u32| valid.is_none_or(|v| v.get(i as usize)) as u64;
                groups.iter().zip(rows).for_each(|(g, i)| n[*g as usize] += has(*i));
            }
            (Accumulators::Total(totals), vector) => return totals.add_vector(groups, rows, vector),
            (Accumulators::Percentile(numbers), vector) => {
                return numbers.add_vector(groups, rows, vector, limits);
            }
            _ => return false,
        }
        true
    }
    /// Offers a group the value of an event at `place`; `value` is only asked for if it may matter.
    pub(super) fn add_at(&mut self, group: u32, place: EventOrder<'_>, value: impl Fn() -> Value) {
        match self {
            Accumulators::FirstLast { last, best } => offer(&mut best[group as usize], *last, place, value),
            Accumulators::Rate(ends) => {
                let number = || Some(value()).filter(|v| num(v).is_some()).unwrap_or_default();
                let (first, last) = &mut ends[group as usize];
                offer(first, false, place, number);
                offer(last, true, place, number);
            }
            _ => {}
        }
    }
    /// How many values it keeps beside one per group.
    pub(super) fn weight(&self) -> usize {
        match self {
            Accumulators::Percentile(numbers) => numbers.weight(),
            Accumulators::Distinct(distinct) => distinct.len(),
            _ => 0,
        }
    }
    /// Merges the accumulators of other groups; their group `g` is here group `map[g]`.
    pub(super) fn merge(&mut self, other: Accumulators, map: &[u32], limits: &Limits) {
        match (self, other) {
            (Accumulators::Count(a), Accumulators::Count(b)) => {
                map.iter().zip(b).for_each(|(g, n)| a[*g as usize] += n)
            }
            (Accumulators::Total(a), Accumulators::Total(b)) => a.merge(b, map),
            (Accumulators::Moments(a), Accumulators::Moments(b)) => {
                map.iter().zip(b).for_each(|(g, m)| a[*g as usize].merge(&m));
            }
            (Accumulators::Extreme { last, best }, Accumulators::Extreme { best: other, .. }) => {
                map.iter().zip(&other).for_each(|(g, v)| improve(&mut best[*g as usize], v, *last));
            }
            (Accumulators::Percentile(a), Accumulators::Percentile(b)) => a.merge(b, map, limits),
            (Accumulators::Distinct(a), Accumulators::Distinct(b)) => a.merge(b, map, limits),
            (Accumulators::FirstLast { last, best }, Accumulators::FirstLast { best: other, .. }) => {
                for (g, first_last) in map.iter().zip(&other) {
                    merge_edge(&mut best[*g as usize], *last, first_last);
                }
            }
            (Accumulators::Rate(a), Accumulators::Rate(b)) => {
                for (g, (first, last)) in map.iter().zip(&b) {
                    let own = &mut a[*g as usize];
                    merge_edge(&mut own.0, false, first);
                    merge_edge(&mut own.1, true, last);
                }
            }
            _ => {}
        }
    }
    /// The same aggregate of no group.
    pub(super) fn empty(&self) -> Accumulators {
        match self {
            Accumulators::Count(_) => Accumulators::Count(Vec::new()),
            Accumulators::Total(_) => Accumulators::Total(Totals::default()),
            Accumulators::Moments(_) => Accumulators::Moments(Vec::new()),
            Accumulators::Extreme { last, .. } => Accumulators::Extreme { last: *last, best: Vec::new() },
            Accumulators::Percentile(_) => Accumulators::Percentile(Numbers::default()),
            Accumulators::Distinct(distinct) => Accumulators::Distinct(Distinct::new(distinct.ask())),
            Accumulators::FirstLast { last, .. } => Accumulators::FirstLast { last: *last, best: Vec::new() },
            Accumulators::Rate(_) => Accumulators::Rate(Vec::new()),
            Accumulators::Shared => Accumulators::Shared,
        }
    }
    /// What is to be said of the answer, if it is not exact or not all of it.
    fn remark(&self) -> Option<String> {
        match self {
            Accumulators::Percentile(numbers) => {
                let of = numbers.estimated()?;
                Some(format!("is approximate: {} values, relative error below 0.4 %", grouped(of)))
            }
            Accumulators::Distinct(distinct) if distinct.is_estimate() => {
                Some("is approximate where it is above 8,000: standard error 1.1 %".to_owned())
            }
            Accumulators::Distinct(distinct) if distinct.ask() == DistinctMode::Values => {
                let longest = Some(distinct.longest()).filter(|n| *n > MAX_LISTED)? as u64;
                let most = grouped(MAX_LISTED as u64);
                Some(format!("lists {most} values at most, of up to {}", grouped(longest)))
            }
            _ => None,
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
    /// The aggregate of every group.
    fn finish(self, kind: AggregateKind, groups: usize) -> Vec<Value> {
        match self {
            Accumulators::Count(n) => n.into_iter().map(|n| Value::Int(n as i64)).collect(),
            Accumulators::Total(totals) => {
                (0..groups).map(|g| totals.value(g, kind == AggregateKind::Avg)).collect()
            }
            Accumulators::Moments(moments) => moments
                .into_iter()
                .map(|m| match m.variance() {
                    Some(v) if kind == AggregateKind::Stddev => Num::Float(v.sqrt()).value(),
                    Some(v) => Num::Float(v).value(),
                    None => Value::Null,
                })
                .collect(),
            Accumulators::Extreme { best, .. } => best,
            Accumulators::Percentile(numbers) => {
                let ranges = if let AggregateKind::Histogram(ranges) = kind { ranges } else { 1 };
                numbers.histograms(ranges as usize, groups)
            }
            Accumulators::Distinct(distinct) => match kind {
                AggregateKind::Values => distinct.lists(groups, MAX_LISTED),
                AggregateKind::TopK(most) => distinct.lists(groups, most as usize),
                _ => distinct.numbers(groups).into_iter().map(Value::Int).collect(),
            },
            Accumulators::FirstLast { best, .. } => {
                best.into_iter().map(|e| e.map_or(Value::Null, TimedValue::into_value)).collect()
            }
            Accumulators::Rate(ends) => {
                let period = if let AggregateKind::Rate(period) = kind { period } else { 1 };
                ends.into_iter().map(|(first, last)| rate(first, last, period)).collect()
            }
            Accumulators::Shared => vec![Value::Null; groups],
        }
    }
}

/// Replaces `held` if `value` comes before it (after it, for `last`). Values that sort alike but look different are
/// told apart so that the order of arrival does not matter.
fn improve(held: &mut Value, value: &Value, last: bool) {
    if value.is_null() {
        return;
    }
    let order = value.sort_cmp(held);
    let order = if last { order.reverse() } else { order };
    let order = order.then_with(|| rank(value).cmp(&rank(held)));
    if held.is_null() || order.then_with(|| value.to_string().cmp(&held.to_string())).is_lt() {
        *held = value.clone();
    }
}

fn merge_edge(own: &mut Option<TimedValue>, last: bool, other: &Option<TimedValue>) {
    if let Some(first_last) = other {
        offer(own, last, first_last.place(), || first_last.value().clone());
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
