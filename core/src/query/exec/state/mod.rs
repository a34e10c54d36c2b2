//! Aggregates in the making: one value per group, fed vector by vector, merged with the states of other shards in any
//! order to the same answer.
//!
//! Reading order: this file, [`total`] and [`moments`] (sums), [`numbers`] (percentiles), [`different`] (distinct
//! values), [`edge`] (values at the ends of time).

mod different;
mod edge;
mod moments;
mod numbers;
mod total;

use serde::{Deserialize, Serialize};

use different::MOST_LISTED;
pub(super) use different::{Ask, Different, Gather, MOST_EXACT as MOST_PAIRS, Sketches, hash};
pub(super) use edge::Place;
use edge::{Edge, offer, rate};
use moments::Moments;
use numbers::Numbers;
use total::Totals;

use super::{
    super::{
        functions::{AggregateKind, Num, num},
        plan::AggregateCall,
    },
    index::rank,
    vector::Vector,
};
use crate::table::Value;

/// The state of one aggregate over all groups.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum State {
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
    Numbers(Numbers),
    /// Different values.
    Different(Different),
    /// The value of the earliest or latest event.
    Edge {
        last: bool,
        best: Vec<Option<Edge>>,
    },
    /// The numbers of the earliest and the latest event.
    Rate(Vec<(Option<Edge>, Option<Edge>)>),
    /// Nothing: another state answers for it.
    Elsewhere,
}

impl State {
    /// The state of a call before any row.
    pub(super) fn of(call: &AggregateCall) -> State {
        if call.same_as.is_some() { State::Elsewhere } else { State::new(call.kind) }
    }
    fn new(kind: AggregateKind) -> State {
        match kind {
            AggregateKind::Count => State::Count(Vec::new()),
            AggregateKind::Sum | AggregateKind::Avg => State::Total(Totals::default()),
            AggregateKind::Stddev | AggregateKind::Variance => State::Moments(Vec::new()),
            AggregateKind::Min => State::Extreme { last: false, best: Vec::new() },
            AggregateKind::Max => State::Extreme { last: true, best: Vec::new() },
            AggregateKind::Percentile | AggregateKind::FixedPercentile(_) | AggregateKind::Histogram(_) => {
                State::Numbers(Numbers::default())
            }
            AggregateKind::CountDistinct => State::Different(Different::new(Ask::Number)),
            AggregateKind::Values => State::Different(Different::new(Ask::All)),
            AggregateKind::TopK(_) => State::Different(Different::new(Ask::Frequent)),
            AggregateKind::Earliest => State::Edge { last: false, best: Vec::new() },
            AggregateKind::Latest => State::Edge { last: true, best: Vec::new() },
            AggregateKind::Rate(_) => State::Rate(Vec::new()),
        }
    }
    /// Sums of integers, each with how many they were.
    pub(super) fn sums(sums: impl Iterator<Item = (i64, u64)>) -> State {
        State::Total(Totals::of(sums.collect()))
    }
    /// The counts or sums of all groups, where they are integers.
    pub(super) fn integers(&self) -> Option<Vec<i128>> {
        match self {
            State::Count(n) => Some(n.iter().map(|n| *n as i128).collect()),
            State::Total(totals) => totals.integers(),
            _ => None,
        }
    }
    /// Makes room for `groups` groups.
    pub(super) fn grow(&mut self, groups: usize) {
        match self {
            State::Count(n) => n.resize(groups, 0),
            State::Total(totals) => totals.grow(groups),
            State::Moments(m) => m.resize_with(groups, Moments::default),
            State::Extreme { best, .. } => best.resize(groups, Value::Null),
            State::Numbers(n) => n.grow(groups),
            State::Different(_) => {}
            State::Edge { best, .. } => best.resize(groups, None),
            State::Rate(ends) => ends.resize(groups, (None, None)),
            State::Elsewhere => {}
        }
    }
    /// Counts the rows themselves.
    pub(super) fn count_rows(&mut self, groups: &[u32]) {
        if let State::Count(n) = self {
            groups.iter().for_each(|g| n[*g as usize] += 1);
        }
    }
    /// Whether it asks when an event was: see [`add_at`](Self::add_at).
    pub(super) fn is_timed(&self) -> bool {
        matches!(self, State::Edge { .. } | State::Rate(_))
    }
    /// Adds one value to a group. For states that are timed see [`add_at`](Self::add_at), for different values
    /// [`Gather`].
    pub(super) fn add(&mut self, group: u32, value: &Value) {
        let g = group as usize;
        match self {
            State::Count(n) => n[g] += !value.is_null() as u64,
            State::Total(totals) => match num(value) {
                Some(Num::Int(v)) => totals.add_wide(g, v as i128),
                Some(Num::Float(v)) => totals.add_float(g, v),
                None => {}
            },
            State::Moments(moments) => {
                if let Some(n) = num(value) {
                    moments[g].add(n);
                }
            }
            State::Extreme { last, best } => improve(&mut best[g], value, *last),
            State::Numbers(numbers) => {
                if let Some(n) = num(value) {
                    numbers.add(group, n.float());
                }
            }
            State::Different(_) | State::Edge { .. } | State::Rate(_) | State::Elsewhere => {}
        }
    }
    /// Adds numbers as they are stored; says no if the state or the vector needs another way.
    pub(super) fn add_numbers(&mut self, groups: &[u32], rows: &[u32], vector: &Vector<'_>) -> bool {
        match (self, vector) {
            (State::Count(n), _)
                if !matches!(vector, Vector::Const(_) | Vector::Values(_) | Vector::Codes { .. }) =>
            {
                let valid = vector.valid();
                let has = |i: u32| valid.is_none_or(|v| v.get(i as usize)) as u64;
                groups.iter().zip(rows).for_each(|(g, i)| n[*g as usize] += has(*i));
            }
            (State::Total(totals), vector) => return totals.add_vector(groups, rows, vector),
            (State::Numbers(numbers), vector) => return numbers.add_vector(groups, rows, vector),
            _ => return false,
        }
        true
    }
    /// Offers a group the value of an event at `place`; `value` is only asked for if it may matter.
    pub(super) fn add_at(&mut self, group: u32, place: Place<'_>, value: impl Fn() -> Value) {
        match self {
            State::Edge { last, best } => offer(&mut best[group as usize], *last, place, value),
            State::Rate(ends) => {
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
            State::Numbers(numbers) => numbers.weight(),
            State::Different(different) => different.len(),
            _ => 0,
        }
    }
    /// Adds the state of other groups; their group `g` is here group `map[g]`.
    pub(super) fn merge(&mut self, other: State, map: &[u32]) {
        match (self, other) {
            (State::Count(a), State::Count(b)) => map.iter().zip(b).for_each(|(g, n)| a[*g as usize] += n),
            (State::Total(a), State::Total(b)) => a.merge(b, map),
            (State::Moments(a), State::Moments(b)) => {
                map.iter().zip(b).for_each(|(g, m)| a[*g as usize].merge(&m));
            }
            (State::Extreme { last, best }, State::Extreme { best: other, .. }) => {
                map.iter().zip(&other).for_each(|(g, v)| improve(&mut best[*g as usize], v, *last));
            }
            (State::Numbers(a), State::Numbers(b)) => a.merge(b, map),
            (State::Different(a), State::Different(b)) => a.merge(b, map),
            (State::Edge { last, best }, State::Edge { best: other, .. }) => {
                for (g, edge) in map.iter().zip(&other) {
                    merge_edge(&mut best[*g as usize], *last, edge);
                }
            }
            (State::Rate(a), State::Rate(b)) => {
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
    pub(super) fn empty(&self) -> State {
        match self {
            State::Count(_) => State::Count(Vec::new()),
            State::Total(_) => State::Total(Totals::default()),
            State::Moments(_) => State::Moments(Vec::new()),
            State::Extreme { last, .. } => State::Extreme { last: *last, best: Vec::new() },
            State::Numbers(_) => State::Numbers(Numbers::default()),
            State::Different(different) => State::Different(Different::new(different.ask())),
            State::Edge { last, .. } => State::Edge { last: *last, best: Vec::new() },
            State::Rate(_) => State::Rate(Vec::new()),
            State::Elsewhere => State::Elsewhere,
        }
    }
    /// What is to be said of the answer, if it is not exact or not all of it.
    fn remark(&self) -> Option<String> {
        match self {
            State::Numbers(numbers) => {
                let of = numbers.estimated()?;
                Some(format!("is approximate: {} values, relative error below 0.4 %", grouped(of)))
            }
            State::Different(different) if different.is_estimate() => {
                Some("is approximate where it is above 8,000: standard error 1.1 %".to_owned())
            }
            State::Different(different) if different.ask() == Ask::All => {
                let longest = Some(different.longest()).filter(|n| *n > MOST_LISTED)? as u64;
                let most = grouped(MOST_LISTED as u64);
                Some(format!("lists {most} values at most, of up to {}", grouped(longest)))
            }
            _ => None,
        }
    }
    /// What each of `calls` says of every group, and what is to be said of it.
    pub(super) fn finish_all(
        mut states: Vec<State>,
        calls: &[AggregateCall],
        groups: usize,
    ) -> (Vec<Vec<Value>>, Vec<String>) {
        let (mut columns, mut remarks) = (Vec::new(), Vec::new());
        for (at, call) in calls.iter().enumerate() {
            let Some(state) = states.get_mut(call.same_as.unwrap_or(at)) else { continue };
            remarks.extend(state.remark().map(|remark| format!("`{}` {remark}", call.label)));
            columns.push(match (state, call.kind) {
                // These may be asked again.
                (State::Numbers(numbers), AggregateKind::Percentile | AggregateKind::FixedPercentile(_)) => {
                    numbers.percentiles(call.percent, groups)
                }
                (state, kind) => std::mem::replace(state, State::Elsewhere).finish(kind, groups),
            });
        }
        (columns, remarks)
    }
    /// The aggregate of every group.
    fn finish(self, kind: AggregateKind, groups: usize) -> Vec<Value> {
        match self {
            State::Count(n) => n.into_iter().map(|n| Value::Int(n as i64)).collect(),
            State::Total(totals) => {
                (0..groups).map(|g| totals.value(g, kind == AggregateKind::Avg)).collect()
            }
            State::Moments(moments) => moments
                .into_iter()
                .map(|m| match m.variance() {
                    Some(v) if kind == AggregateKind::Stddev => Num::Float(v.sqrt()).value(),
                    Some(v) => Num::Float(v).value(),
                    None => Value::Null,
                })
                .collect(),
            State::Extreme { best, .. } => best,
            State::Numbers(numbers) => {
                let ranges = if let AggregateKind::Histogram(ranges) = kind { ranges } else { 1 };
                numbers.histograms(ranges as usize, groups)
            }
            State::Different(different) => match kind {
                AggregateKind::Values => different.lists(groups, MOST_LISTED),
                AggregateKind::TopK(most) => different.lists(groups, most as usize),
                _ => different.numbers(groups).into_iter().map(Value::Int).collect(),
            },
            State::Edge { best, .. } => {
                best.into_iter().map(|e| e.map_or(Value::Null, Edge::into_value)).collect()
            }
            State::Rate(ends) => {
                let period = if let AggregateKind::Rate(period) = kind { period } else { 1 };
                ends.into_iter().map(|(first, last)| rate(first, last, period)).collect()
            }
            State::Elsewhere => vec![Value::Null; groups],
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

fn merge_edge(own: &mut Option<Edge>, last: bool, other: &Option<Edge>) {
    if let Some(edge) = other {
        offer(own, last, edge.place(), || edge.value().clone());
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
