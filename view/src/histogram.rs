//! Counting events into bars of time.

use std::ops::Range;

use super::{Histogram, Series};
use logloupe_table::{Bitmap, Chunk, Table, schema::TIMESTAMP};

/// The widths that bars may have, in microseconds: people read these without arithmetic.
const STEPS: [i64; 27] = {
    const MS: i64 = 1_000;
    const S: i64 = 1_000 * MS;
    const M: i64 = 60 * S;
    const H: i64 = 60 * M;
    const D: i64 = 24 * H;
    [
        MS,
        10 * MS,
        100 * MS,
        S,
        2 * S,
        5 * S,
        10 * S,
        15 * S,
        30 * S,
        M,
        2 * M,
        5 * M,
        10 * M,
        15 * M,
        30 * M,
        H,
        2 * H,
        3 * H,
        6 * H,
        12 * H,
        D,
        2 * D,
        7 * D,
        14 * D,
        30 * D,
        91 * D,
        365 * D,
    ]
};

/// Start, step and number of at most `most` bars that cover the times `from..=to`.
pub fn bars(from: i64, to: i64, most: usize) -> (i64, i64, usize) {
    let most = most.max(1) as i64;
    let count = |step: i64| to.div_euclid(step).saturating_sub(from.div_euclid(step)).saturating_add(1);
    let step = STEPS.into_iter().find(|&s| count(s) <= most).unwrap_or_else(|| {
        let years = count(365 * 86_400_000_000) / most + 1;
        years.saturating_mul(365 * 86_400_000_000)
    });
    (from.div_euclid(step) * step, step, count(step).clamp(1, most) as usize)
}

/// Counts the selected rows of one table; `selected` has a bitmap for each chunk.
pub fn count(table: &Table, selected: &[Bitmap], (start, step, bars): (i64, i64, usize)) -> Histogram {
    let mut counter =
        Counter { start, step: step.max(1), counts: vec![0; bars], outside: 0, bar: 0, span: 0..0 };
    for (chunk, selected) in table.chunks().iter().zip(selected) {
        counter.chunk(chunk, selected);
    }
    let Counter { counts, outside, .. } = counter;
    let series = if counts.iter().any(|c| *c > 0) {
        vec![Series { format: table.format().to_owned(), counts }]
    } else {
        Vec::new()
    };
    Histogram { start, step, bars, series, outside }
}

/// Adds `part` to `whole`; both have the same bars.
pub fn merge(whole: &mut Histogram, part: Histogram) {
    if whole.bars == 0 {
        (whole.start, whole.step, whole.bars) = (part.start, part.step, part.bars);
    }
    whole.outside += part.outside;
    for series in part.series {
        match whole.series.binary_search_by(|s| s.format.cmp(&series.format)) {
            Ok(at) => whole.series[at].counts.iter_mut().zip(series.counts).for_each(|(a, b)| *a += b),
            Err(at) => whole.series.insert(at, series),
        }
    }
}

struct Counter {
    start: i64,
    step: i64,
    counts: Vec<u64>,
    outside: u64,
    /// The bar of the last event and the times it spans: logs are nearly in order.
    bar: usize,
    span: Range<i64>,
}

impl Counter {
    fn chunk(&mut self, chunk: &Chunk, selected: &Bitmap) {
        let times = chunk.column(TIMESTAMP);
        let Some((first, last)) = times.range() else {
            self.outside += selected.count() as u64;
            return;
        };
        // A chunk that lies in one bar is counted without looking at its rows.
        if times.valid.is_none() {
            self.seek(first);
            if self.span.contains(&first) && self.span.contains(&last) {
                self.counts[self.bar] += selected.count() as u64;
                return;
            }
        }
        selected.for_each(|i| match times.int(i) {
            Some(time) => {
                if !self.span.contains(&time) {
                    self.seek(time);
                }
                match self.span.contains(&time) {
                    true => self.counts[self.bar] += 1,
                    false => self.outside += 1,
                }
            }
            None => self.outside += 1,
        });
    }
    /// Moves to the bar of `time`; the span is empty when there is none.
    fn seek(&mut self, time: i64) {
        let bar = time.saturating_sub(self.start).div_euclid(self.step);
        if (0..self.counts.len() as i64).contains(&bar) {
            self.bar = bar as usize;
            let from = self.start + bar * self.step;
            self.span = from..from.saturating_add(self.step);
        } else {
            self.span = 0..0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_cover_the_range_and_are_few() {
        for (from, to) in
            [(0, 0), (0, 1), (-5, 7), (1_772_000_000_000_000, 1_772_600_000_000_000), (0, i64::MAX / 2)]
        {
            let (start, step, bars) = bars(from, to, 120);
            assert!(
                bars <= 120 && start <= from && start as i128 + step as i128 * bars as i128 > to as i128,
                "{from} {to}"
            );
        }
        assert_eq!(super::bars(0, 3_600_000_000 * 24 - 1, 120), (0, 900_000_000, 96));
    }
}
