//! Distinct values of each group: how many, which, and which most often.
//!
//! They are kept as they are up to [`Limits::exact_pairs`] pairs of group and value. A count beyond that is estimated
//! by a KMV sketch: of each group the [`KMV_K`] smallest hashes of its values are kept, which say how densely hashes
//! lie (Bar-Yossef et al. 2002). Which hashes these are depends on the values alone, so that any split over shards
//! gives the same answer; a group of fewer values is still counted exactly.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::{
    super::interner::{Interner, KeyTable, rank},
    Accumulate, grouped,
};
use logloupe_syntax::functions::AggregateKind;
use logloupe_table::{Value, sort};

use crate::limits::Limits;

/// Hashes kept of each group beyond that; the standard error is one by the root of this.
const KMV_K: usize = 8192;
/// A list in an answer is cut after so many values.
const MAX_LISTED: usize = 10_000;

/// What is asked of the distinct values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(in super::super) enum DistinctMode {
    /// How many they are; may be estimated.
    Count,
    /// Which they are.
    Values,
    /// Which are the most frequent.
    TopK,
}

/// Pairs of group and value, or estimates.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in super::super) struct Distinct {
    ask: DistinctMode,
    values: Vec<Value>,
    /// (group, index into `values`).
    pairs: Vec<(u32, u32)>,
    /// How often each pair occurred, if that is asked.
    counts: Vec<u64>,
    /// Instead of pairs.
    sketch: Option<KmvSketch>,
}

/// The smallest hashes of each group, in order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in super::super) struct KmvSketch {
    groups: Vec<Vec<u64>>,
}

impl KmvSketch {
    /// Adds the hash of a value.
    pub(in super::super) fn add(&mut self, group: u32, hash: u64) {
        let group = group as usize;
        if self.groups.len() <= group {
            self.groups.resize_with(group + 1, Vec::new);
        }
        let held = &mut self.groups[group];
        held.push(hash);
        if held.len() >= KMV_K * 2 {
            shrink(held);
        }
    }
    /// Sorts the hashes and keeps the smallest of each group.
    fn settle(&mut self) {
        self.groups.iter_mut().for_each(shrink);
    }
    fn len(&self) -> usize {
        self.groups.iter().map(Vec::len).sum()
    }
    fn estimates(&self, groups: usize) -> Vec<i64> {
        let estimate = |hashes: &Vec<u64>| match hashes.get(KMV_K - 1) {
            // The hashes are spread evenly over all 64-bit numbers.
            Some(last) => ((KMV_K - 1) as f64 / (*last as f64 / u64::MAX as f64)).round() as i64,
            None => hashes.len() as i64,
        };
        let mut all: Vec<i64> = self.groups.iter().map(estimate).collect();
        all.resize(groups, 0);
        all
    }
}

fn shrink(hashes: &mut Vec<u64>) {
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(KMV_K);
}

/// A hash of what a value displays as, the same on every machine: FNV-1a, its bits stirred.
pub(in super::super) fn hash(value: &Value) -> u64 {
    let of = |bytes: &[u8]| {
        bytes.iter().fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ *b as u64).wrapping_mul(0x100_0000_01b3))
    };
    let mut h = match value {
        Value::Text(text) => of(text.as_bytes()),
        other => of(other.to_string().as_bytes()),
    };
    for multiplier in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
        h = (h ^ h >> 30).wrapping_mul(multiplier);
    }
    h ^ h >> 31
}

impl Distinct {
    fn asking(ask: DistinctMode) -> Distinct {
        Distinct { ask, values: Vec::new(), pairs: Vec::new(), counts: Vec::new(), sketch: None }
    }
    /// Pairs of which each stands once, and how often each occurred, if that is asked.
    pub(in super::super) fn of_pairs(
        ask: DistinctMode,
        values: Vec<Value>,
        pairs: Vec<(u32, u32)>,
        counts: Vec<u64>,
        limits: &Limits,
    ) -> Distinct {
        Distinct { values, pairs, counts, ..Distinct::asking(ask) }.unified(limits)
    }
    /// Estimates.
    pub(in super::super) fn estimated(mut sketch: KmvSketch) -> Distinct {
        sketch.settle();
        Distinct { sketch: Some(sketch), ..Distinct::asking(DistinctMode::Count) }
    }
    pub(in super::super) fn ask(&self) -> DistinctMode {
        self.ask
    }
    /// How many values it keeps.
    fn len(&self) -> usize {
        self.pairs.len() + self.sketch.as_ref().map_or(0, KmvSketch::len)
    }
    /// Whether the number of some group is an estimate.
    fn is_estimate(&self) -> bool {
        self.sketch.as_ref().is_some_and(|s| s.groups.iter().any(|hashes| hashes.len() >= KMV_K))
    }
    /// Estimates instead of pairs, if there are too many of them.
    fn bounded(self, limits: &Limits) -> Distinct {
        let bounded = self.ask != DistinctMode::Count || self.pairs.len() <= limits.exact_pairs;
        if bounded { self } else { Distinct::estimated(self.into_sketches(None)) }
    }
    /// Hashes of the values; group `g` becomes group `map[g]`.
    fn into_sketches(self, map: Option<&[u32]>) -> KmvSketch {
        let to = |group: u32| map.map_or(group, |m| m[group as usize]);
        let mut out = KmvSketch::default();
        for (group, hashes) in (0u32..).zip(self.sketch.unwrap_or_default().groups) {
            hashes.into_iter().for_each(|hash| out.add(to(group), hash));
        }
        let hashes: Vec<u64> = self.values.iter().map(hash).collect();
        self.pairs.iter().for_each(|&(group, value)| out.add(to(group), hashes[value as usize]));
        out
    }
    /// Adds other pairs, whose group `g` is here group `map[g]`.
    fn join(&mut self, other: Distinct, map: &[u32], limits: &Limits) {
        let own = std::mem::replace(self, Distinct::asking(self.ask));
        *self = if own.sketch.is_some() || other.sketch.is_some() {
            let mut all = own.into_sketches(None);
            for (group, hashes) in (0u32..).zip(other.into_sketches(Some(map)).groups) {
                hashes.into_iter().for_each(|hash| all.add(group, hash));
            }
            Distinct::estimated(all)
        } else {
            let mut all = Gather::new(own.ask, limits);
            all.take(&own, None);
            all.take(&other, Some(map));
            all.finish().bounded(limits)
        };
    }
    /// Values that look the same become one.
    fn unified(self, limits: &Limits) -> Distinct {
        let mut all = Gather::new(self.ask, limits);
        all.take(&self, None);
        all.finish()
    }
    /// How many distinct values each group has.
    fn numbers(&self, groups: usize) -> Vec<i64> {
        if let Some(sketch) = &self.sketch {
            return sketch.estimates(groups);
        }
        let mut counts = vec![0i64; groups];
        self.pairs.iter().for_each(|(g, _)| counts[*g as usize] += 1);
        counts
    }
    /// How many values the longest list has.
    fn longest(&self) -> usize {
        let mut lengths: Vec<usize> = Vec::new();
        for (group, _) in &self.pairs {
            let group = *group as usize;
            lengths.resize(lengths.len().max(group + 1), 0);
            lengths[group] += 1;
        }
        lengths.into_iter().max().unwrap_or(0)
    }
    /// The values of each group: at most `most`, the most frequent ones first if that is asked, else in the order of
    /// `sort`.
    fn lists(self, groups: usize, most: usize) -> Vec<Value> {
        let keys: Vec<_> = self.values.iter().map(|v| (v.sort_key(), rank(v), v.to_string())).collect();
        let mut order: Vec<u32> = (0..self.values.len() as u32).collect();
        sort::places(&mut order, &|a, b| keys[a as usize].cmp(&keys[b as usize]));
        let mut place_of = vec![0u32; order.len()];
        order.iter().enumerate().for_each(|(place, value)| place_of[*value as usize] = place as u32);
        drop(keys);
        let count = |i: usize| Reverse(self.counts.get(i).copied().unwrap_or(0));
        let pairs = self.pairs.iter().enumerate();
        let mut pairs: Vec<(u32, Reverse<u64>, u32)> =
            pairs.map(|(i, (group, value))| (*group, count(i), place_of[*value as usize])).collect();
        sort::plain(&mut pairs);
        let mut lists = vec![Value::Null; groups];
        for of_group in pairs.chunk_by(|a, b| a.0 == b.0) {
            let values = of_group.iter().take(most.min(MAX_LISTED));
            let values = values.map(|(.., place)| self.values[order[*place as usize] as usize].clone());
            lists[of_group[0].0 as usize] = Value::List(values.collect());
        }
        lists
    }
}

impl Accumulate for Distinct {
    fn new(kind: AggregateKind) -> Distinct {
        Distinct::asking(match kind {
            AggregateKind::TopK(_) => DistinctMode::TopK,
            AggregateKind::Values => DistinctMode::Values,
            _ => DistinctMode::Count,
        })
    }
    /// Pairs have room for any group. They are fed by a [`Gather`].
    fn grow(&mut self, _: usize) {}
    fn weight(&self) -> usize {
        self.len()
    }
    fn merge(&mut self, other: Distinct, map: &[u32], limits: &Limits) {
        self.join(other, map, limits);
    }
    fn empty(&self) -> Distinct {
        Distinct::asking(self.ask)
    }
    fn remark(&self) -> Option<String> {
        if self.is_estimate() {
            return Some("is approximate where it is above 8,000: standard error 1.1 %".to_owned());
        }
        let longest =
            (self.ask == DistinctMode::Values).then(|| self.longest()).filter(|n| *n > MAX_LISTED)?;
        let most = grouped(MAX_LISTED as u64);
        Some(format!("lists {most} values at most, of up to {}", grouped(longest as u64)))
    }
    fn finish(self, kind: AggregateKind, groups: usize) -> Vec<Value> {
        match kind {
            AggregateKind::Values => self.lists(groups, MAX_LISTED),
            AggregateKind::TopK(most) => self.lists(groups, most as usize),
            _ => self.numbers(groups).into_iter().map(Value::Int).collect(),
        }
    }
}

/// Gathers pairs of group and value.
pub(in super::super) struct Gather {
    ask: DistinctMode,
    values: Interner,
    pairs: KeyTable,
    counts: Vec<u64>,
    /// Beyond so many pairs the query fails.
    kept: usize,
}

impl Gather {
    pub(in super::super) fn new(ask: DistinctMode, limits: &Limits) -> Gather {
        // What is gathered here has been through a seeded table before.
        let pairs = KeyTable::new(0x517c_c1b7_2722_0a95);
        Gather { ask, values: Interner::new(0), pairs, counts: Vec::new(), kept: limits.kept }
    }
    /// Adds a value, or each of several; a missing one is none.
    pub(in super::super) fn add(&mut self, group: u32, value: &Value) {
        for single in value.singles() {
            let number = self.values.number(single);
            self.pair(group, number, 1);
        }
    }
    fn pair(&mut self, group: u32, number: u32, times: u64) {
        // Beyond the limit the query fails; what is gathered no longer matters.
        if number == 0 || self.pairs.len() > self.kept {
            return;
        }
        let at = self.pairs.number((group as u64) << 32 | number as u64) as usize;
        if self.ask == DistinctMode::TopK {
            self.counts.resize(self.pairs.len(), 0);
            self.counts[at] += times;
        }
    }
    fn take(&mut self, from: &Distinct, map: Option<&[u32]>) {
        let numbers: Vec<u32> = from.values.iter().map(|v| self.values.number(v)).collect();
        for (i, &(group, value)) in from.pairs.iter().enumerate() {
            let group = map.map_or(group, |m| m[group as usize]);
            self.pair(group, numbers[value as usize], from.counts.get(i).copied().unwrap_or(1));
        }
    }
    pub(in super::super) fn finish(self) -> Distinct {
        let pairs = self.pairs.keys().iter().map(|k| ((k >> 32) as u32, *k as u32)).collect();
        let values = self.values.into_values();
        Distinct { values, pairs, counts: self.counts, ..Distinct::asking(self.ask) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { exact_pairs: 20, ..Limits::DEFAULT };

    fn all(values: std::ops::Range<i64>, group: u32) -> Distinct {
        let mut gather = Gather::new(DistinctMode::Count, &LIMITS);
        values.for_each(|v| gather.add(group, &Value::Int(v)));
        gather.finish()
    }

    #[test]
    fn estimates_are_near_and_do_not_depend_on_the_split() {
        let n = 300_000;
        let mut whole = Distinct::estimated(all(0..n, 1).into_sketches(None));
        whole.join(all(0..10, 0), &[0], &LIMITS);
        let few = whole.numbers(3);
        assert_eq!((few[0], few[2]), (10, 0), "small groups are exact");
        assert!((few[1] - n).abs() < n * 3 / 100, "{few:?}");
        // Overlapping parts, one of them not estimated yet, the other way round.
        let mut parts = all(0..10, 0);
        parts.join(Distinct::estimated(all(n / 3..n, 0).into_sketches(None)), &[1], &LIMITS);
        parts.join(all(0..n / 2, 0), &[1], &LIMITS);
        assert_eq!(parts.sketch.map(|s| s.groups), whole.sketch.map(|s| s.groups));
    }

    #[test]
    fn lists_are_in_order() {
        let lists = |ask, most| {
            let mut gather = Gather::new(ask, &LIMITS);
            for (group, value) in [(1, "b"), (1, "10"), (1, "9"), (1, "b"), (0, "z"), (1, "a"), (1, "10")] {
                gather.add(group, &Value::text(value));
            }
            gather.add(1, &Value::Null);
            gather.finish().lists(3, most).iter().map(Value::to_string).collect::<Vec<_>>()
        };
        assert_eq!(lists(DistinctMode::Values, 10), ["[z]", "[a, b, 9, 10]", ""]);
        assert_eq!(lists(DistinctMode::TopK, 3), ["[z]", "[b, 10, a]", ""]);
    }
}
