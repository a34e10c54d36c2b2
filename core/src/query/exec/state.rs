//! Aggregates in the making: one value per group, fed vector by vector, merged with the states of other shards in any
//! order to the same answer.

use serde::{Deserialize, Serialize};

use super::{
    super::functions::{AggregateKind, Num, num},
    exact::{self, Expansion},
    index::{Interner, KeyTable, rank},
    vector::Vector,
};
use crate::table::{Kind, Value, column::decimal};

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
    Numbers(Vec<Vec<f64>>),
    /// Different values: pairs of group and value.
    Distinct {
        values: Vec<Value>,
        pairs: Vec<(u32, u32)>,
    },
    /// The value of the earliest or latest event.
    Edge {
        last: bool,
        best: Vec<Option<Edge>>,
    },
}

/// Sums with counts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Totals {
    /// Sums of integers that cannot have overflowed yet, and how many numbers of any kind there were.
    small: Vec<(i64, u64)>,
    /// What the largest sum in `small` can be at most.
    bound: u64,
    /// Sums of integers moved out of `small`; empty until needed.
    wide: Vec<i128>,
    /// Sums of floats; empty until needed.
    floats: Vec<Expansion>,
}

/// Exact sums of numbers and of their squares.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Moments {
    n: u64,
    sum: i128,
    squares: i128,
    float_sum: Expansion,
    float_squares: Expansion,
}

/// A value with its place in time; equal times are ordered by file and place in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Edge {
    pub(super) time: i64,
    pub(super) source: Value,
    pub(super) record: i64,
    pub(super) value: Value,
}

impl State {
    pub(super) fn new(kind: AggregateKind) -> State {
        match kind {
            AggregateKind::Count => State::Count(Vec::new()),
            AggregateKind::Sum | AggregateKind::Avg => State::Total(Totals::default()),
            AggregateKind::Stddev | AggregateKind::Variance => State::Moments(Vec::new()),
            AggregateKind::Min => State::Extreme { last: false, best: Vec::new() },
            AggregateKind::Max => State::Extreme { last: true, best: Vec::new() },
            AggregateKind::Percentile | AggregateKind::FixedPercentile(_) => State::Numbers(Vec::new()),
            AggregateKind::CountDistinct => State::Distinct { values: Vec::new(), pairs: Vec::new() },
            AggregateKind::Earliest => State::Edge { last: false, best: Vec::new() },
            AggregateKind::Latest => State::Edge { last: true, best: Vec::new() },
        }
    }
    /// Makes room for `groups` groups.
    pub(super) fn grow(&mut self, groups: usize) {
        match self {
            State::Count(n) => n.resize(groups, 0),
            State::Total(totals) => totals.grow(groups),
            State::Moments(m) => m.resize_with(groups, Moments::default),
            State::Extreme { best, .. } => best.resize(groups, Value::Null),
            State::Numbers(n) => n.resize_with(groups, Vec::new),
            State::Distinct { .. } => {}
            State::Edge { best, .. } => best.resize(groups, None),
        }
    }
    /// Counts the rows themselves.
    pub(super) fn count_rows(&mut self, groups: &[u32]) {
        if let State::Count(n) = self {
            groups.iter().for_each(|g| n[*g as usize] += 1);
        }
    }
    /// Adds one value to a group. For [`State::Edge`] and [`State::Distinct`] see [`add_edge`](Self::add_edge) and
    /// [`Distinct`].
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
            State::Numbers(numbers) => numbers[g].extend(num(value).map(Num::float)),
            State::Distinct { .. } | State::Edge { .. } => {}
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
            (State::Total(totals), Vector::Packed { kind: Kind::Int, values, valid }) => {
                let largest = values.min().unsigned_abs().max(values.max().unsigned_abs());
                totals.reserve(largest, rows.len());
                let items = groups.iter().zip(rows);
                if rows.len() == values.len() {
                    // All rows: unpacked in one go.
                    let all = groups.iter().copied().zip(values.to_vec());
                    match valid {
                        None => totals.add_small(all),
                        Some(valid) => {
                            let has = all.enumerate().filter(|(i, _)| valid.get(*i)).map(|(_, item)| item);
                            totals.add_small(has);
                        }
                    }
                } else if let Some(valid) = valid {
                    let has = items.filter(|(_, i)| valid.get(**i as usize));
                    totals.add_small(has.map(|(g, i)| (*g, values.get(*i as usize))));
                } else {
                    totals.add_small(items.map(|(g, i)| (*g, values.get(*i as usize))));
                }
            }
            (State::Total(totals), Vector::Decimals { .. } | Vector::Floats { .. }) => {
                let valid = vector.valid();
                for (&g, &i) in groups.iter().zip(rows) {
                    let i = i as usize;
                    let v = match vector {
                        Vector::Decimals { values, digits, .. } => decimal(values.get(i), *digits),
                        Vector::Floats { values, .. } => values[i],
                        _ => continue,
                    };
                    if v.is_finite() && valid.is_none_or(|valid| valid.get(i)) {
                        totals.add_float(g as usize, v);
                    }
                }
            }
            _ => return false,
        }
        true
    }
    /// Offers a group the value of a row for [`State::Edge`]; `value` is only asked for if it wins.
    pub(super) fn add_edge(&mut self, group: u32, place: (i64, &Value, i64), value: impl FnOnce() -> Value) {
        let State::Edge { last, best } = self else { return };
        let slot = &mut best[group as usize];
        let wins = slot.as_ref().is_none_or(|held| {
            let order = place
                .0
                .cmp(&held.time)
                .then_with(|| place.1.sort_cmp(&held.source))
                .then(place.2.cmp(&held.record));
            if *last { order.is_gt() } else { order.is_lt() }
        });
        if wins {
            let value = value();
            if !value.is_null() {
                *slot = Some(Edge { time: place.0, source: place.1.clone(), record: place.2, value });
            }
        }
    }
    /// How many values it keeps beside one per group.
    pub(super) fn weight(&self) -> usize {
        match self {
            State::Numbers(numbers) => numbers.iter().map(Vec::len).sum(),
            State::Distinct { pairs, .. } => pairs.len(),
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
            (State::Numbers(a), State::Numbers(b)) => {
                map.iter().zip(b).for_each(|(g, n)| a[*g as usize].extend(n))
            }
            (State::Distinct { values, pairs }, State::Distinct { values: other, pairs: more }) => {
                let mut all = Distinct::default();
                all.take(values, pairs, None);
                all.take(&other, &more, Some(map));
                (*values, *pairs) = all.finish();
            }
            (state @ State::Edge { .. }, State::Edge { best: other, .. }) => {
                for (g, edge) in map.iter().zip(other) {
                    if let Some(edge) = edge {
                        state.add_edge(*g, (edge.time, &edge.source, edge.record), || edge.value.clone());
                    }
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
            State::Numbers(_) => State::Numbers(Vec::new()),
            State::Distinct { .. } => State::Distinct { values: Vec::new(), pairs: Vec::new() },
            State::Edge { last, .. } => State::Edge { last: *last, best: Vec::new() },
        }
    }
    /// Pairs whose values look the same become one.
    pub(super) fn unified(self) -> State {
        let State::Distinct { values, pairs } = self else { return self };
        let mut all = Distinct::default();
        all.take(&values, &pairs, None);
        let (values, pairs) = all.finish();
        State::Distinct { values, pairs }
    }
    /// The aggregate of every group.
    pub(super) fn finish(self, kind: AggregateKind, percent: f64, groups: usize) -> Vec<Value> {
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
            State::Numbers(numbers) => numbers.into_iter().map(|n| percentile(n, percent)).collect(),
            State::Distinct { pairs, .. } => {
                let mut counts = vec![0i64; groups];
                pairs.iter().for_each(|(g, _)| counts[*g as usize] += 1);
                counts.into_iter().map(Value::Int).collect()
            }
            State::Edge { best, .. } => {
                best.into_iter().map(|e| e.map_or(Value::Null, |e| e.value)).collect()
            }
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

/// The smallest number that at least `percent` of the numbers do not exceed.
fn percentile(mut numbers: Vec<f64>, percent: f64) -> Value {
    if numbers.is_empty() {
        return Value::Null;
    }
    // 99.9 % of 1000 is 999, whatever floats make of it.
    let place = (percent * numbers.len() as f64 / 100.0 - 1e-9).ceil().max(1.0) as usize - 1;
    let place = place.min(numbers.len() - 1);
    let (_, v, _) = numbers.select_nth_unstable_by(place, f64::total_cmp);
    if v.fract() == 0.0 && v.abs() < 9e15 { Value::Int(*v as i64) } else { Value::Float(*v) }
}

impl Totals {
    fn grow(&mut self, groups: usize) {
        self.small.resize(groups, (0, 0));
        if !self.wide.is_empty() {
            self.wide.resize(groups, 0);
        }
        if !self.floats.is_empty() {
            self.floats.resize_with(groups, Vec::new);
        }
    }
    /// Makes sure that `rows` integers no larger than `largest` can be added to `small`.
    fn reserve(&mut self, largest: u64, rows: usize) {
        let more = largest.saturating_mul(rows as u64);
        if self.bound.saturating_add(more) > i64::MAX as u64 {
            self.spill();
        }
        self.bound = self.bound.saturating_add(more);
    }
    fn spill(&mut self) {
        self.wide.resize(self.small.len(), 0);
        for (wide, small) in self.wide.iter_mut().zip(&mut self.small) {
            *wide += small.0 as i128;
            small.0 = 0;
        }
        self.bound = 0;
    }
    fn add_small(&mut self, items: impl Iterator<Item = (u32, i64)>) {
        if self.bound > i64::MAX as u64 {
            // A single chunk of such integers could overflow.
            items.for_each(|(g, v)| self.add_wide(g as usize, v as i128));
            return;
        }
        for (g, v) in items {
            let small = &mut self.small[g as usize];
            small.0 += v;
            small.1 += 1;
        }
    }
    fn add_wide(&mut self, g: usize, v: i128) {
        if self.wide.is_empty() {
            self.wide.resize(self.small.len(), 0);
        }
        self.wide[g] += v;
        self.small[g].1 += 1;
    }
    fn add_float(&mut self, g: usize, v: f64) {
        if self.floats.is_empty() {
            self.floats.resize_with(self.small.len(), Vec::new);
        }
        exact::add(&mut self.floats[g], v);
        self.small[g].1 += 1;
    }
    fn int(&self, g: usize) -> i128 {
        self.small[g].0 as i128 + self.wide.get(g).copied().unwrap_or(0)
    }
    fn merge(&mut self, other: Totals, map: &[u32]) {
        for (from, &to) in map.iter().enumerate() {
            let to = to as usize;
            let int = other.int(from);
            if int != 0 {
                self.add_wide(to, int);
                self.small[to].1 -= 1;
            }
            self.small[to].1 += other.small[from].1;
            for &part in other.floats.get(from).into_iter().flatten() {
                self.add_float(to, part);
                self.small[to].1 -= 1;
            }
        }
    }
    fn value(&self, g: usize, mean: bool) -> Value {
        let n = self.small[g].1;
        if n == 0 {
            return Value::Null;
        }
        let int = self.int(g);
        let floats = self.floats.get(g).filter(|f| !f.is_empty());
        let total = match floats {
            None if !mean => return i64::try_from(int).map_or(Value::Float(int as f64), Value::Int),
            None => int as f64,
            Some(floats) => {
                let mut all = floats.clone();
                exact::add_int(&mut all, int);
                exact::round(&all)
            }
        };
        Num::Float(if mean { total / n as f64 } else { total }).value()
    }
}

impl Moments {
    fn add(&mut self, number: Num) {
        self.n += 1;
        match number {
            Num::Int(v) if v.unsigned_abs() < 1 << 52 => {
                self.sum += v as i128;
                self.squares += v as i128 * v as i128;
            }
            other => {
                let v = other.float();
                exact::add(&mut self.float_sum, v);
                exact::add_product(&mut self.float_squares, v, v);
            }
        }
    }
    fn merge(&mut self, other: &Moments) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares += other.squares;
        other.float_sum.iter().for_each(|x| exact::add(&mut self.float_sum, *x));
        other.float_squares.iter().for_each(|x| exact::add(&mut self.float_squares, *x));
    }
    /// `(n Σx² - (Σx)²) / (n (n - 1))`, in which nothing is rounded before the last subtraction.
    fn variance(mut self) -> Option<f64> {
        if self.n < 2 {
            return None;
        }
        exact::add_int(&mut self.float_sum, self.sum);
        exact::add_int(&mut self.float_squares, self.squares);
        let n = self.n as f64;
        let mut numerator = Expansion::new();
        self.float_squares.iter().for_each(|s| exact::add_product(&mut numerator, *s, n));
        for a in &self.float_sum {
            self.float_sum.iter().for_each(|b| exact::add_product(&mut numerator, -*a, *b));
        }
        let variance = exact::round(&numerator) / n / (n - 1.0);
        variance.is_finite().then(|| variance.max(0.0))
    }
}

/// Gathers pairs of group and value in the form in which [`State::Distinct`] keeps them.
pub(super) struct Distinct {
    values: Interner,
    pairs: KeyTable,
}

impl Default for Distinct {
    fn default() -> Distinct {
        // What is gathered here has been through a seeded table before.
        Distinct { values: Interner::new(0), pairs: KeyTable::new(0x517c_c1b7_2722_0a95) }
    }
}

impl Distinct {
    /// Adds a value; a missing one is none.
    pub(super) fn add(&mut self, group: u32, value: &Value) {
        let number = self.values.number(value);
        if number != 0 {
            self.pairs.number((group as u64) << 32 | number as u64);
        }
    }
    fn take(&mut self, values: &[Value], pairs: &[(u32, u32)], map: Option<&[u32]>) {
        let numbers: Vec<u32> = values.iter().map(|v| self.values.number(v)).collect();
        for &(group, value) in pairs {
            let group = map.map_or(group, |m| m[group as usize]);
            let number = numbers[value as usize];
            if number != 0 {
                self.pairs.number((group as u64) << 32 | number as u64);
            }
        }
    }
    pub(super) fn finish(self) -> (Vec<Value>, Vec<(u32, u32)>) {
        let pairs = self.pairs.keys().iter().map(|k| ((k >> 32) as u32, *k as u32)).collect();
        (self.values.into_values(), pairs)
    }
}
