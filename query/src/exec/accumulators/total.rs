//! Sums and means: exact, whatever the order of the numbers.

use serde::{Deserialize, Serialize};

use super::{
    super::{
        exact_sum::{self, Expansion},
        vector::Vector,
    },
    Accumulate,
};
use crate::{
    kernels::{Num, num},
    limits::Limits,
};
use logloupe_syntax::functions::AggregateKind;
use logloupe_table::{Kind, Value, column::decimal};

/// Sums with counts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in super::super) struct Totals {
    /// Sums of integers that cannot have overflowed yet, and how many numbers of any kind there were.
    small: Vec<(i64, u64)>,
    /// What the largest sum in `small` can be at most.
    bound: u64,
    /// Sums of integers moved out of `small`; empty until needed.
    wide: Vec<i128>,
    /// Sums of floats; empty until needed.
    floats: Vec<Expansion>,
}

impl Totals {
    /// Sums of integers, each with how many they were.
    pub(super) fn of(small: Vec<(i64, u64)>) -> Totals {
        let bound = small.iter().map(|s| s.0.unsigned_abs()).max().unwrap_or(0);
        Totals { small, bound, ..Totals::default() }
    }
    /// The sums of all groups, where they are integers.
    pub(super) fn integers(&self) -> Option<Vec<i128>> {
        self.floats.is_empty().then(|| (0..self.small.len()).map(|g| self.int(g)).collect())
    }
    /// Adds numbers as they are stored; says no if the vector needs another way.
    fn add_numbers(&mut self, groups: &[u32], rows: &[u32], vector: &Vector<'_>) -> bool {
        match vector {
            Vector::Packed { kind: Kind::Int, values, valid } => {
                let largest = values.min().unsigned_abs().max(values.max().unsigned_abs());
                self.reserve(largest, rows.len());
                let items = groups.iter().zip(rows);
                if rows.len() == values.len() {
                    // All rows: unpacked in one go.
                    let all = groups.iter().copied().zip(values.to_vec());
                    match valid {
                        None => self.add_small(all),
                        Some(valid) => {
                            let has = all.enumerate().filter(|(i, _)| valid.get(*i)).map(|(_, item)| item);
                            self.add_small(has);
                        }
                    }
                } else if let Some(valid) = valid {
                    let has = items.filter(|(_, i)| valid.get(**i as usize));
                    self.add_small(has.map(|(g, i)| (*g, values.get(*i as usize))));
                } else {
                    self.add_small(items.map(|(g, i)| (*g, values.get(*i as usize))));
                }
            }
            Vector::Decimals { .. } | Vector::Floats { .. } => {
                let valid = vector.valid();
                for (&g, &i) in groups.iter().zip(rows) {
                    let i = i as usize;
                    let v = match vector {
                        Vector::Decimals { values, digits, .. } => decimal(values.get(i), *digits),
                        Vector::Floats { values, .. } => values[i],
                        _ => continue,
                    };
                    if v.is_finite() && valid.is_none_or(|valid| valid.get(i)) {
                        self.add_float(g as usize, v);
                    }
                }
            }
            _ => return false,
        }
        true
    }
    fn resize(&mut self, groups: usize) {
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
        exact_sum::add(&mut self.floats[g], v);
        self.small[g].1 += 1;
    }
    fn int(&self, g: usize) -> i128 {
        self.small[g].0 as i128 + self.wide.get(g).copied().unwrap_or(0)
    }
    fn add_totals(&mut self, other: &Totals, map: &[u32]) {
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
                exact_sum::add_int(&mut all, int);
                exact_sum::round(&all)
            }
        };
        Num::Float(if mean { total / n as f64 } else { total }).value()
    }
}

impl Accumulate for Totals {
    fn new(_: AggregateKind) -> Totals {
        Totals::default()
    }
    fn grow(&mut self, groups: usize) {
        self.resize(groups);
    }
    fn add(&mut self, group: u32, value: &Value, _: &Limits) {
        match num(value) {
            Some(Num::Int(v)) => self.add_wide(group as usize, v as i128),
            Some(Num::Float(v)) => self.add_float(group as usize, v),
            None => {}
        }
    }
    fn add_vector(&mut self, groups: &[u32], rows: &[u32], vector: &Vector<'_>, _: &Limits) -> bool {
        self.add_numbers(groups, rows, vector)
    }
    fn merge(&mut self, other: Totals, map: &[u32], _: &Limits) {
        self.add_totals(&other, map);
    }
    fn empty(&self) -> Totals {
        Totals::default()
    }
    fn finish(self, kind: AggregateKind, groups: usize) -> Vec<Value> {
        (0..groups).map(|g| self.value(g, kind == AggregateKind::Avg)).collect()
    }
}
