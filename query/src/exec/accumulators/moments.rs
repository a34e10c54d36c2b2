//! Variance and standard deviation: exact sums of numbers and of their squares.

use logloupe_syntax::functions::AggregateKind;
use logloupe_table::Value;
use serde::{Deserialize, Serialize};

use super::{
    super::exact_sum::{self, Expansion},
    Accumulate,
};
use crate::{
    kernels::{Num, num},
    limits::Limits,
};

/// Exact sums of numbers and of their squares.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Moments {
    n: u64,
    sum: i128,
    squares: i128,
    float_sum: Expansion,
    float_squares: Expansion,
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
                exact_sum::add(&mut self.float_sum, v);
                exact_sum::add_product(&mut self.float_squares, v, v);
            }
        }
    }
    fn merge(&mut self, other: &Moments) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares += other.squares;
        other.float_sum.iter().for_each(|x| exact_sum::add(&mut self.float_sum, *x));
        other.float_squares.iter().for_each(|x| exact_sum::add(&mut self.float_squares, *x));
    }
    /// `(n Σx² - (Σx)²) / (n (n - 1))`, in which nothing is rounded before the last subtraction.
    fn variance(mut self) -> Option<f64> {
        if self.n < 2 {
            return None;
        }
        exact_sum::add_int(&mut self.float_sum, self.sum);
        exact_sum::add_int(&mut self.float_squares, self.squares);
        let n = self.n as f64;
        let mut numerator = Expansion::new();
        self.float_squares.iter().for_each(|s| exact_sum::add_product(&mut numerator, *s, n));
        for a in &self.float_sum {
            self.float_sum.iter().for_each(|b| exact_sum::add_product(&mut numerator, -*a, *b));
        }
        let variance = exact_sum::round(&numerator) / n / (n - 1.0);
        variance.is_finite().then(|| variance.max(0.0))
    }
}

/// Exact sums per group.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in super::super) struct GroupMoments(Vec<Moments>);

impl Accumulate for GroupMoments {
    fn new(_: AggregateKind) -> GroupMoments {
        GroupMoments::default()
    }
    fn grow(&mut self, groups: usize) {
        self.0.resize_with(groups, Moments::default);
    }
    fn add(&mut self, group: u32, value: &Value, _: &Limits) {
        if let Some(number) = num(value) {
            self.0[group as usize].add(number);
        }
    }
    fn merge(&mut self, other: GroupMoments, map: &[u32], _: &Limits) {
        map.iter().zip(&other.0).for_each(|(g, m)| self.0[*g as usize].merge(m));
    }
    fn empty(&self) -> GroupMoments {
        GroupMoments::default()
    }
    fn finish(self, kind: AggregateKind, _: usize) -> Vec<Value> {
        let of = |moments: Moments| match moments.variance() {
            Some(v) if kind == AggregateKind::Stddev => Num::Float(v.sqrt()).value(),
            Some(v) => Num::Float(v).value(),
            None => Value::Null,
        };
        self.0.into_iter().map(of).collect()
    }
}
