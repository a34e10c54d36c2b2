//! Percentiles and histograms: all numbers of each group.
//!
//! They are kept as they are up to [`Limits::exact_numbers`] in all groups. Beyond that they are counted in the buckets
//! of a logarithmic histogram: the sign, the exponent and the first 8 bits of the fraction of a 64-bit float are a
//! bucket's name, so that two numbers in one bucket differ by less than 1/256 of themselves. A bucket stands for its
//! end nearer to zero. There is no logarithm in it, so that every machine makes the same buckets, and counts add up in
//! any order.

use serde::{Deserialize, Serialize};

use super::{
    super::{interner::KeyTable, vector::Vector},
    Accumulate, grouped,
};
use crate::kernels::num;
use logloupe_syntax::functions::AggregateKind;
use logloupe_table::{Kind, Value, column::decimal, sort};

use crate::limits::Limits;

/// Bits of a bucket's name, and how far they stand from the right.
const BITS: u32 = 20;
const SHIFT: u32 = 64 - BITS;

/// The numbers of all groups.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in super::super) enum Numbers {
    Exact {
        groups: Vec<Vec<f64>>,
        len: usize,
    },
    /// Counts by group and bucket.
    Buckets(Buckets),
}

/// Counts of numbers by group and bucket.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in super::super) struct Buckets {
    /// Group and bucket in one number each.
    keys: Vec<u64>,
    counts: Vec<u64>,
    #[serde(skip)]
    index: GroupLookup,
}

/// Where each key stands; made anew after it has crossed to another worker.
#[derive(Default)]
struct GroupLookup(Option<KeyTable>);

impl Clone for GroupLookup {
    fn clone(&self) -> GroupLookup {
        GroupLookup(None)
    }
}

impl std::fmt::Debug for GroupLookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Default for Numbers {
    fn default() -> Numbers {
        Numbers::Exact { groups: Vec::new(), len: 0 }
    }
}

/// The name of the bucket that holds `v`; names are in the order of the numbers.
fn bucket(v: f64) -> u64 {
    // Adding zero makes one zero of two.
    let bits = (v + 0.0).to_bits();
    let ordered = if bits >> 63 == 0 { bits | 1 << 63 } else { !bits };
    ordered >> SHIFT
}

/// The number in a bucket that is nearest to zero.
fn representative(bucket: u64) -> f64 {
    let bits = bucket << SHIFT;
    // Of a negative number all lower bits were ones after they were turned around.
    let low = (1u64 << SHIFT) - 1;
    f64::from_bits(if bits >> 63 == 1 { bits & !(1 << 63) } else { !(bits | low) })
}

impl Buckets {
    fn add(&mut self, group: u32, bucket: u64, times: u64, limits: &Limits) {
        let keys = &mut self.keys;
        let index = self.index.0.get_or_insert_with(|| {
            let mut table = KeyTable::new(0x2127_599b_f432_5c37);
            keys.iter().for_each(|k| _ = table.number(*k));
            table
        });
        // Beyond the limit the query fails; what is counted no longer matters.
        if keys.len() > limits.kept {
            return;
        }
        let key = (group as u64) << BITS | bucket;
        let at = index.number(key) as usize;
        if at == keys.len() {
            keys.push(key);
            self.counts.push(0);
        }
        self.counts[at] += times;
    }
    /// Buckets and counts of each group, in order.
    fn by_group(&self, groups: usize) -> Vec<Vec<(u64, u64)>> {
        let mut out = vec![Vec::new(); groups];
        for (key, count) in self.keys.iter().zip(&self.counts) {
            out[(key >> BITS) as usize].push((key & ((1 << BITS) - 1), *count));
        }
        out.iter_mut().for_each(|g| sort::plain(g));
        out
    }
}

impl Numbers {
    fn resize(&mut self, to: usize) {
        if let Numbers::Exact { groups, .. } = self {
            groups.resize_with(to, Vec::new);
        }
    }
    fn push(&mut self, group: u32, v: f64, limits: &Limits) {
        match self {
            Numbers::Exact { groups, len } => {
                groups[group as usize].push(v);
                *len += 1;
                if *len > limits.exact_numbers {
                    self.estimate(limits);
                }
            }
            Numbers::Buckets(buckets) => buckets.add(group, bucket(v), 1, limits),
        }
    }
    /// Adds numbers as they are stored; says no if the vector needs another way.
    fn push_vector(&mut self, groups: &[u32], rows: &[u32], vector: &Vector<'_>, limits: &Limits) -> bool {
        let number: &dyn Fn(usize) -> f64 = match vector {
            Vector::Packed { kind: Kind::Int, values, .. } => &|i| values.get(i) as f64,
            Vector::Decimals { values, digits, .. } => &|i| decimal(values.get(i), *digits),
            Vector::Floats { values, .. } => &|i| values[i],
            _ => return false,
        };
        let valid = vector.valid();
        for (&group, &row) in groups.iter().zip(rows) {
            let v = number(row as usize);
            if v.is_finite() && valid.is_none_or(|valid| valid.get(row as usize)) {
                self.push(group, v, limits);
            }
        }
        true
    }
    /// Counts in buckets from now on.
    fn estimate(&mut self, limits: &Limits) {
        let Numbers::Exact { groups, .. } = self else { return };
        let mut buckets = Buckets::default();
        for (group, numbers) in (0u32..).zip(std::mem::take(groups)) {
            numbers.into_iter().for_each(|v| buckets.add(group, bucket(v), 1, limits));
        }
        *self = Numbers::Buckets(buckets);
    }
    fn join(&mut self, other: Numbers, map: &[u32], limits: &Limits) {
        let together = match (&*self, &other) {
            (Numbers::Exact { len: a, .. }, Numbers::Exact { len: b, .. }) => a + b,
            _ => usize::MAX,
        };
        if together > limits.exact_numbers {
            self.estimate(limits);
        }
        match other {
            Numbers::Exact { groups, len } => match self {
                Numbers::Exact { groups: own, len: held } => {
                    map.iter().zip(groups).for_each(|(g, n)| own[*g as usize].extend(n));
                    *held += len;
                }
                Numbers::Buckets(own) => {
                    for (group, numbers) in map.iter().zip(groups) {
                        numbers.into_iter().for_each(|v| own.add(*group, bucket(v), 1, limits));
                    }
                }
            },
            Numbers::Buckets(buckets) => {
                let Numbers::Buckets(own) = self else { return };
                for (key, count) in buckets.keys.iter().zip(buckets.counts) {
                    own.add(map[(key >> BITS) as usize], key & ((1 << BITS) - 1), count, limits);
                }
            }
        }
    }
    /// How much it keeps: a plain number takes a quarter of what anything else takes, and many percentiles of millions
    /// of numbers are asked for at once.
    fn kept(&self) -> usize {
        match self {
            Numbers::Exact { len, .. } => *len / 4,
            Numbers::Buckets(buckets) => buckets.keys.len(),
        }
    }
    /// Of how many numbers the answer is an estimate, if it is one.
    fn estimated(&self) -> Option<u64> {
        match self {
            Numbers::Exact { .. } => None,
            Numbers::Buckets(buckets) => Some(buckets.counts.iter().sum()),
        }
    }
    /// Of each group the smallest number that at least `percent` of its numbers do not exceed.
    pub(super) fn percentiles(&mut self, percent: f64, groups: usize) -> Vec<Value> {
        match self {
            Numbers::Exact { groups, .. } => groups.iter_mut().map(|n| percentile(n, percent)).collect(),
            Numbers::Buckets(buckets) => {
                let of = |counts: Vec<(u64, u64)>| {
                    let place = place(percent, counts.iter().map(|(_, n)| n).sum());
                    let mut before = 0;
                    let reached = counts.iter().find(|(_, n)| {
                        before += n;
                        before > place
                    });
                    reached.map_or(Value::Null, |(bucket, _)| number(representative(*bucket)))
                };
                buckets.by_group(groups).into_iter().map(of).collect()
            }
        }
    }
    /// How the numbers of each group lie in `count` ranges of one width from the smallest to the largest, as JSON text.
    fn histograms(self, count: usize, groups: usize) -> Vec<Value> {
        let of = |numbers: &mut dyn Iterator<Item = (f64, u64)>| {
            let numbers: Vec<(f64, u64)> = numbers.collect();
            let low = numbers.iter().map(|(v, _)| *v).min_by(f64::total_cmp)?;
            let high = numbers.iter().map(|(v, _)| *v).max_by(f64::total_cmp)?;
            // Halved first: the distance of the farthest numbers is no number.
            let width = high / count as f64 - low / count as f64;
            let count = if width > 0.0 { count } else { 1 };
            let edge = |i: usize| if i == count { high } else { low + width * i as f64 };
            let mut counts = vec![0u64; count];
            for (v, times) in numbers {
                let mut at = (((v / width) - (low / width)).max(0.0) as usize).min(count - 1);
                // What division rounded over an edge goes back.
                while at > 0 && v < edge(at) {
                    at -= 1;
                }
                while at + 1 < count && v >= edge(at + 1) {
                    at += 1;
                }
                counts[at] += times;
            }
            let range = |(i, n): (usize, &u64)| {
                let close = if i + 1 == count { ']' } else { ')' };
                format!("\"[{}, {}{close}\":{n}", number(edge(i)), number(edge(i + 1)))
            };
            let ranges: Vec<String> = counts.iter().enumerate().map(range).collect();
            Some(Value::text(&format!("{{{}}}", ranges.join(","))))
        };
        match self {
            Numbers::Exact { groups, .. } => groups
                .into_iter()
                .map(|n| of(&mut n.into_iter().map(|v| (v, 1))).unwrap_or_default())
                .collect(),
            Numbers::Buckets(buckets) => buckets
                .by_group(groups)
                .into_iter()
                .map(|n| of(&mut n.into_iter().map(|(b, n)| (representative(b), n))).unwrap_or_default())
                .collect(),
        }
    }
}

/// The place, counted from 0, of the percentile among `n` numbers in order (nearest rank).
fn place(percent: f64, n: u64) -> u64 {
    // 99.9 % of 1000 is 999, whatever floats make of it.
    let place = (percent * n as f64 / 100.0 - 1e-9).ceil().max(1.0) as u64 - 1;
    place.min(n.saturating_sub(1))
}

fn percentile(numbers: &mut [f64], percent: f64) -> Value {
    if numbers.is_empty() {
        return Value::Null;
    }
    let place = place(percent, numbers.len() as u64) as usize;
    let (_, v, _) = numbers.select_nth_unstable_by(place, f64::total_cmp);
    number(*v)
}

/// An integer where it is one.
fn number(v: f64) -> Value {
    if v.fract() == 0.0 && v.abs() < 9e15 { Value::Int(v as i64) } else { Value::Float(v) }
}

impl Accumulate for Numbers {
    fn new(_: AggregateKind) -> Numbers {
        Numbers::default()
    }
    fn grow(&mut self, groups: usize) {
        self.resize(groups);
    }
    fn add(&mut self, group: u32, value: &Value, limits: &Limits) {
        if let Some(number) = num(value) {
            self.push(group, number.float(), limits);
        }
    }
    fn add_vector(&mut self, groups: &[u32], rows: &[u32], vector: &Vector<'_>, limits: &Limits) -> bool {
        self.push_vector(groups, rows, vector, limits)
    }
    fn weight(&self) -> usize {
        self.kept()
    }
    fn merge(&mut self, other: Numbers, map: &[u32], limits: &Limits) {
        self.join(other, map, limits);
    }
    fn empty(&self) -> Numbers {
        Numbers::default()
    }
    fn remark(&self) -> Option<String> {
        let of = self.estimated()?;
        Some(format!("is approximate: {} values, relative error below 0.4 %", grouped(of)))
    }
    /// Of histograms; percentiles may be asked several times, see [`percentiles`](Numbers::percentiles).
    fn finish(self, kind: AggregateKind, groups: usize) -> Vec<Value> {
        let ranges = if let AggregateKind::Histogram(ranges) = kind { ranges } else { 1 };
        self.histograms(ranges as usize, groups)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { exact_numbers: 20_000, ..Limits::DEFAULT };

    fn of(numbers: impl IntoIterator<Item = f64>) -> Numbers {
        let mut all = Numbers::default();
        all.resize(2);
        numbers.into_iter().for_each(|v| all.push(1, v, &LIMITS));
        all
    }

    #[test]
    fn buckets_keep_the_order_and_the_error_bound() {
        let numbers =
            [f64::MIN, -1e9, -512.0, -3.3, -1e-300, 0.0, 1e-300, 0.1, 1.0, 511.0, 512.0, 1e300, f64::MAX];
        assert!(numbers.windows(2).all(|w| bucket(w[0]) < bucket(w[1])));
        for v in numbers {
            let stands = representative(bucket(v));
            assert!((v - stands).abs() <= v.abs() / 256.0 && stands.abs() <= v.abs(), "{v} {stands}");
        }
        assert_eq!(bucket(-0.0), bucket(0.0));
        assert!(
            (-512..=512).all(|v| representative(bucket(v as f64)) == v as f64),
            "small integers are exact"
        );
    }

    #[test]
    fn estimates_are_near_and_do_not_depend_on_the_split() {
        let all: Vec<f64> = (0..20_000).map(|i| ((i * 7919) % 20_000) as f64 * 0.37 - 900.0).collect();
        let mut whole = of(all.iter().copied());
        whole.estimate(&LIMITS);
        assert_eq!(whole.estimated(), Some(20_000));
        let mut parts = of([]);
        for (i, part) in all.chunks(7000).enumerate() {
            let mut part = of(part.iter().copied());
            if i == 1 {
                part.estimate(&LIMITS);
            }
            parts.join(part, &[0, 1], &LIMITS);
        }
        let mut sent: Numbers = postcard::from_bytes(&postcard::to_stdvec(&parts).unwrap()).unwrap();
        sent.join(of([]), &[0, 1], &LIMITS);
        for percent in [0.0, 5.0, 50.0, 99.9, 100.0] {
            let exact = of(all.iter().copied()).percentiles(percent, 2)[1].number().unwrap();
            let found = whole.clone().percentiles(percent, 2);
            assert_eq!(found[0], Value::Null);
            assert!(
                (found[1].number().unwrap() - exact).abs() <= exact.abs() / 256.0,
                "{percent}: {found:?} {exact}"
            );
            assert_eq!(found, sent.clone().percentiles(percent, 2));
        }
    }

    #[test]
    fn more_numbers_than_are_kept_are_counted_in_buckets() {
        let mut all = of((0..LIMITS.exact_numbers).map(|i| (i % 1000) as f64));
        assert!(all.estimated().is_none());
        all.join(of([7.0]), &[0, 1], &LIMITS);
        assert_eq!(all.estimated(), Some(LIMITS.exact_numbers as u64 + 1));
        assert_eq!(all.percentiles(50.0, 2)[1], Value::Int(499));
    }

    #[test]
    fn histograms_have_ranges_of_one_width() {
        let shown = |numbers: &[f64], count| of(numbers.iter().copied()).histograms(count, 2)[1].to_string();
        assert_eq!(
            shown(&[0.0, 1.0, 2.5, 5.0, 10.0], 4),
            "{\"[0, 2.5)\":2,\"[2.5, 5)\":1,\"[5, 7.5)\":1,\"[7.5, 10]\":1}"
        );
        assert_eq!(shown(&[3.0, 3.0], 4), "{\"[3, 3]\":2}");
        assert_eq!(shown(&[], 4), "");
        for hostile in [[f64::MIN, f64::MAX], [0.0, 1e-320], [1.0, 1.0 + f64::EPSILON]] {
            assert!(shown(&hostile, 1000).starts_with('{'));
        }
    }
}
