//! Window functions: one value for each row, of that row and of rows around it, as Trino's page "Window functions" (read
//! 2026-11-26) has them. Rows are sorted by partition and order once; every function then walks a partition with two
//! pointers, so that a frame of any size costs no more than the sort.

use std::collections::VecDeque;

use super::{
    super::{
        super::{
            kernels::{Num, num},
            plan::{Over, OverFunction},
        },
        accumulators::is_better,
        exact_sum::{self, Expansion},
        interner::{Interner, KeyTable},
    },
    frame::{Frame, FrameColumn},
    sort::{SortColumn, compare},
};
use crate::Error;
use logloupe_syntax::tree::{FrameBound, FrameUnit};
use logloupe_table::{Value, sort};

/// What is kept of a row beside its columns while a window function runs, in values.
const BESIDE: usize = 4;

impl Frame {
    pub(super) fn over(&mut self, over: &Over) -> Result<(), Error> {
        if self.rows.saturating_mul(self.width() + BESIDE) > self.limits.values {
            return Err("the window looks at too many rows; filter first, or count them in groups".into());
        }
        let numbers = self.partitions(over);
        let by: Vec<SortColumn<'_>> = (over.order.iter())
            .filter_map(|(node, descending)| Some(SortColumn::new(self.column(node)?, *descending, false)))
            .collect();
        // Places in the order of rows: peers keep it.
        let mut places: Vec<u32> = (0..self.order.len() as u32).collect();
        let partition = |place: u32| numbers[place as usize];
        let row = |place: u32| self.order[place as usize];
        // The sort is stable.
        sort::places(&mut places, &|a, b| {
            partition(a).cmp(&partition(b)).then_with(|| compare(&by, row(a), row(b)))
        });
        let mut values = vec![Value::Null; self.rows];
        for places in places.chunk_by(|a, b| partition(*a) == partition(*b)) {
            let rows: Vec<u32> = places.iter().map(|place| row(*place)).collect();
            let mut starts = vec![0];
            starts.extend((1..rows.len()).filter(|&i| compare(&by, rows[i - 1], rows[i]).is_ne()));
            let partition = Partition { frame: self, over, rows: &rows, starts: &starts };
            for (row, value) in rows.iter().zip(partition.values()) {
                values[*row as usize] = value;
            }
        }
        drop(by);
        self.defs[over.into] = Some(FrameColumn::Values(values));
        Ok(())
    }

    /// The number of the partition of each row; a missing value is one like any other.
    fn partitions(&self, over: &Over) -> Vec<u32> {
        let mut interners: Vec<Interner> = (0..over.by.len()).map(|k| Interner::new(k as u64 + 1)).collect();
        let mut tables: Vec<KeyTable> = over.by.iter().map(|_| KeyTable::new(0x9e37_79b9)).collect();
        let number = |row: &u32| {
            let keys = over.by.iter().zip(&mut interners).zip(&mut tables);
            keys.fold(0, |at: u32, ((key, interner), table)| {
                table.number((at as u64) << 32 | interner.number(&self.value(key, *row)) as u64)
            })
        };
        self.order.iter().map(number).collect()
    }
}

/// The rows of one partition in their order.
struct Partition<'f> {
    frame: &'f Frame,
    over: &'f Over,
    rows: &'f [u32],
    /// Where each group of peers begins.
    starts: &'f [usize],
}

impl Partition<'_> {
    /// A value for each row.
    fn values(&self) -> Vec<Value> {
        let n = self.rows.len();
        let whole = |n: usize| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
        let by_peers = |f: &dyn Fn(usize, usize, usize) -> Value| -> Vec<Value> {
            let mut values = Vec::with_capacity(n);
            for (group, &start) in self.starts.iter().enumerate() {
                let end = self.start(group + 1);
                let value = f(group, start, end);
                values.resize(end, value);
            }
            values
        };
        match self.over.function {
            OverFunction::RowNumber => (1..=n).map(whole).collect(),
            OverFunction::Rank => by_peers(&|_, start, _| whole(start + 1)),
            OverFunction::DenseRank => by_peers(&|group, _, _| whole(group + 1)),
            OverFunction::PercentRank => {
                by_peers(&|_, start, _| Value::Float(if n > 1 { start as f64 / (n - 1) as f64 } else { 0.0 }))
            }
            OverFunction::CumeDist => by_peers(&|_, _, end| Value::Float(end as f64 / n as f64)),
            OverFunction::Ntile(shares) => {
                let shares = usize::try_from(shares).unwrap_or(usize::MAX).max(1);
                let (size, larger) = (n / shares, n % shares);
                let share = |at: usize| match at < larger * (size + 1) {
                    true => at / (size + 1),
                    false => larger + (at - larger * (size + 1)) / size.max(1),
                };
                (0..n).map(|at| whole(share(at) + 1)).collect()
            }
            OverFunction::Lag(rows) => self.shifted(rows, true),
            OverFunction::Lead(rows) => self.shifted(rows, false),
            OverFunction::FirstValue => self.nth(|from, _| Some(from)),
            OverFunction::LastValue => self.nth(|_, to| to.checked_sub(1)),
            OverFunction::NthValue(number) => {
                let behind = usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
                self.nth(|from, _| from.checked_add(behind))
            }
            OverFunction::Count => {
                let has = |at: usize| self.over.arg.is_none() || !self.argument(at).is_null();
                let mut count = 0usize;
                self.sliding(
                    &mut count,
                    |c, at| *c += has(at) as usize,
                    |c, at| *c -= has(at) as usize,
                    |c| Value::Int(*c as i64),
                )
            }
            OverFunction::Sum => self.total(|total| total.sum()),
            OverFunction::Avg => self.total(|total| total.mean()),
            OverFunction::Min => self.extreme(false),
            OverFunction::Max => self.extreme(true),
        }
    }

    /// Where a group of peers begins; the groups end with the partition.
    fn start(&self, group: usize) -> usize {
        self.starts.get(group).copied().unwrap_or(self.rows.len())
    }

    /// The argument's value at a place.
    fn argument(&self, at: usize) -> Value {
        match (&self.over.arg, self.rows.get(at)) {
            (Some(arg), Some(row)) => self.frame.value(arg, *row),
            _ => Value::Null,
        }
    }

    /// Calls `f` with the bounds of each row's frame, of which neither goes back.
    fn frames(&self, mut f: impl FnMut(usize, usize)) {
        let n = self.rows.len();
        let moved = |at: usize, by: i64, most: usize| {
            let to = (at as i64).saturating_add(by).max(0);
            usize::try_from(to).unwrap_or(usize::MAX).min(most)
        };
        let mut group = 0;
        for at in 0..n {
            group += (self.start(group + 1) <= at) as usize;
            let bound = |bound: FrameBound, unit: FrameUnit, last: bool| match (bound, unit) {
                (FrameBound::Start, _) => 0,
                (FrameBound::End, _) => n,
                (FrameBound::At(by), FrameUnit::Rows) => moved(at, by + last as i64, n),
                (FrameBound::At(by), _) => self.start(moved(group, by + last as i64, self.starts.len())),
            };
            match &self.over.frame {
                Some(frame) => {
                    let from = bound(frame.from, frame.unit, false);
                    f(from, bound(frame.to, frame.unit, true).max(from));
                }
                None if self.over.order.is_empty() => f(0, n),
                None => f(0, self.start(group + 1)),
            }
        }
    }

    /// A value of each frame, made from those of its rows as they come and go.
    fn sliding<S>(
        &self,
        state: &mut S,
        mut add: impl FnMut(&mut S, usize),
        mut remove: impl FnMut(&mut S, usize),
        mut value: impl FnMut(&S) -> Value,
    ) -> Vec<Value> {
        let mut values: Vec<Value> = Vec::with_capacity(self.rows.len());
        let (mut first, mut end) = (0, 0);
        self.frames(|from, to| {
            let same = (first, end) == (from, to);
            (end..to).for_each(|at| add(state, at));
            end = end.max(to);
            (first..from).for_each(|at| remove(state, at));
            first = from;
            // Peers have one frame, whose value is made once.
            let known = if same { values.last().cloned() } else { None };
            values.push(known.unwrap_or_else(|| value(state)));
        });
        values
    }

    fn total(&self, value: impl Fn(&Total) -> Value) -> Vec<Value> {
        let numbers: Vec<Option<Num>> = (0..self.rows.len()).map(|at| num(&self.argument(at))).collect();
        let (add, remove) = (
            |total: &mut Total, at: usize| total.add(numbers[at], 1),
            |total: &mut Total, at: usize| total.add(numbers[at], -1),
        );
        self.sliding(&mut Total::default(), add, remove, value)
    }

    /// The smallest or largest value of each frame: the candidates in a queue, each better than those behind it.
    fn extreme(&self, last: bool) -> Vec<Value> {
        let mut queue: VecDeque<(usize, Value)> = VecDeque::new();
        let add = |queue: &mut VecDeque<(usize, Value)>, at: usize| {
            let value = self.argument(at);
            if value.is_null() {
                return;
            }
            while queue.back().is_some_and(|(_, held)| !is_better(held, &value, last)) {
                queue.pop_back();
            }
            queue.push_back((at, value));
        };
        let remove = |queue: &mut VecDeque<(usize, Value)>, at: usize| {
            if queue.front().is_some_and(|(first, _)| *first <= at) {
                queue.pop_front();
            }
        };
        self.sliding(&mut queue, add, remove, |queue| {
            queue.front().map_or(Value::Null, |(_, value)| value.clone())
        })
    }

    /// The places whose values count, unless all do.
    fn present(&self) -> Option<Vec<usize>> {
        let present = || (0..self.rows.len()).filter(|at| !self.argument(*at).is_null()).collect();
        self.over.ignore_nulls.then(present)
    }

    /// The value at a place of each frame, which `choose` finds from the bounds, counted in rows that count.
    fn nth(&self, choose: impl Fn(usize, usize) -> Option<usize>) -> Vec<Value> {
        let present = self.present();
        let mut values = Vec::with_capacity(self.rows.len());
        self.frames(|from, to| {
            let bounds = match &present {
                Some(present) => {
                    (present.partition_point(|at| *at < from), present.partition_point(|at| *at < to))
                }
                None => (from, to),
            };
            let place = choose(bounds.0, bounds.1).filter(|at| (bounds.0..bounds.1).contains(at));
            let place = place.and_then(|at| match &present {
                Some(present) => present.get(at).copied(),
                None => Some(at),
            });
            values.push(place.map_or(Value::Null, |at| self.argument(at)));
        });
        values
    }

    /// The value so many rows before or behind each.
    fn shifted(&self, distance: u64, before: bool) -> Vec<Value> {
        let present = self.present().filter(|_| distance > 0);
        let distance = usize::try_from(distance).unwrap_or(usize::MAX);
        let value = |at: usize| {
            let place = match (&present, before) {
                (None, true) => at.checked_sub(distance),
                (None, false) => at.checked_add(distance).filter(|to| *to < self.rows.len()),
                (Some(present), true) => {
                    let here = present.partition_point(|p| *p < at);
                    here.checked_sub(distance).and_then(|to| present.get(to).copied())
                }
                (Some(present), false) => {
                    let here = present.partition_point(|p| *p <= at);
                    here.checked_add(distance - 1).and_then(|to| present.get(to).copied())
                }
            };
            match (place, &self.over.default) {
                (Some(place), _) => self.argument(place),
                (None, Some(default)) => self.frame.value(default, self.rows[at]),
                (None, None) => Value::Null,
            }
        };
        (0..self.rows.len()).map(value).collect()
    }
}

/// Numbers from here on are summed at a fraction of their size, so that no sum on the way overflows.
const LARGE: f64 = 1e200;
/// An exact factor: a power of two, 2^-200.
const SCALE: f64 = 1.0 / (1u128 << 100) as f64 / (1u128 << 100) as f64;

/// An exact sum from which numbers can be taken again.
#[derive(Default)]
struct Total {
    numbers: i64,
    /// Of those that are no integers; without any the sum is an integer.
    fractions: i64,
    whole: i128,
    floats: Expansion,
    /// Those from `LARGE` on, times `SCALE`.
    large: Expansion,
}

impl Total {
    /// Adds a number, or takes it away.
    fn add(&mut self, number: Option<Num>, sign: i32) {
        match number {
            Some(Num::Int(v)) => self.whole += v as i128 * sign as i128,
            Some(Num::Float(v)) => {
                self.fractions += sign as i64;
                let v = v * sign as f64;
                match v.abs() < LARGE {
                    true => exact_sum::add(&mut self.floats, v),
                    false => exact_sum::add(&mut self.large, v * SCALE),
                }
            }
            None => return,
        }
        self.numbers += sign as i64;
    }
    fn float(&self) -> f64 {
        let mut all = self.floats.clone();
        exact_sum::add_int(&mut all, self.whole);
        if self.large.is_empty() {
            return exact_sum::round(&all);
        }
        let mut scaled = self.large.clone();
        all.iter().for_each(|part| exact_sum::add(&mut scaled, part * SCALE));
        exact_sum::round(&scaled) / SCALE
    }
    fn sum(&self) -> Value {
        match (self.numbers, self.fractions) {
            (0, _) => Value::Null,
            (_, 0) => i64::try_from(self.whole).map_or(Value::Float(self.whole as f64), Value::Int),
            _ => Num::Float(self.float()).value(),
        }
    }
    fn mean(&self) -> Value {
        match self.numbers {
            0 => Value::Null,
            n if self.fractions == 0 => Num::Float(self.whole as f64 / n as f64).value(),
            n => Num::Float(self.float() / n as f64).value(),
        }
    }
}
