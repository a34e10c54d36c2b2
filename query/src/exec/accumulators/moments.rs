//! Variance and standard deviation: exact sums of numbers and of their squares.

use serde::{Deserialize, Serialize};

use super::super::{
    super::kernels::Num,
    exact_sum::{self, Expansion},
};

/// Exact sums of numbers and of their squares.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in super::super) struct Moments {
    n: u64,
    sum: i128,
    squares: i128,
    float_sum: Expansion,
    float_squares: Expansion,
}

impl Moments {
    pub(super) fn add(&mut self, number: Num) {
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
    pub(super) fn merge(&mut self, other: &Moments) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares += other.squares;
        other.float_sum.iter().for_each(|x| exact_sum::add(&mut self.float_sum, *x));
        other.float_squares.iter().for_each(|x| exact_sum::add(&mut self.float_squares, *x));
    }
    /// `(n Σx² - (Σx)²) / (n (n - 1))`, in which nothing is rounded before the last subtraction.
    pub(super) fn variance(mut self) -> Option<f64> {
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
