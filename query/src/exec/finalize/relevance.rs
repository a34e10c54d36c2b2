//! `relevantfields`: how well each field tells the rows of a condition from all others, from how often each of its
//! values occurs on either side.
//!
//! The score of a field of names is the bias-corrected Cramér's V of its values (missing is one) and the condition: 0
//! where values say no more about the condition than chance would, so that an id that never repeats scores nothing; 1
//! where they decide it. The score of a measure is the largest distance between the shares of rows that lie below any
//! one number on either side (Kolmogorov and Smirnov's). Both are exact over all rows, rounded to four digits.

use std::cmp::Ordering;

use super::frame::{Frame, FrameColumn};
use logloupe_table::{Value, sort};

/// So many values are told of a field, and so much of each.
const CONTRIBUTORS: usize = 3;
const LONGEST: usize = 60;

/// One value and how often it occurs.
struct Count {
    value: Value,
    inside: u64,
    outside: u64,
}

impl Frame {
    /// Rows of field, value, count inside and count outside become one row per field: the best first. `measures` are
    /// the fields that are numbers; `into` are score, contributors, and the medians inside and outside.
    pub(super) fn relevance(&mut self, measures: &[String], into: [usize; 4]) {
        let get = |column: usize, row: u32| -> Value {
            self.inputs.get(column).and_then(Option::as_ref).map_or(Value::Null, |c| c.get(row).clone())
        };
        let count = |column: usize, row: u32| get(column, row).integer().unwrap_or(0).max(0) as u64;
        // Fields by name, each with the row that stands for it and its values.
        let mut fields: std::collections::BTreeMap<String, (u32, Vec<Count>)> = Default::default();
        for &row in &self.order {
            let field = fields.entry(get(0, row).to_string()).or_insert_with(|| (row, Vec::new()));
            field.1.push(Count { value: get(1, row), inside: count(2, row), outside: count(3, row) });
        }
        let mut told: Vec<(u32, String, [Value; 4])> = Vec::new();
        for (name, (row, mut counts)) in fields {
            // A field that no event has tells nothing.
            if counts.iter().all(|c| c.value.is_null()) {
                continue;
            }
            // In one order, whatever the parts were.
            let look = |c: &Count| c.value.to_string();
            sort::by(&mut counts, |a, b| a.value.sort_cmp(&b.value).then_with(|| look(a).cmp(&look(b))));
            let is_measure = measures.contains(&name);
            let columns = match is_measure {
                true => {
                    counts.retain(|c| c.value.number().is_some());
                    [
                        rounded(distance(&counts)),
                        Value::Null,
                        median(&counts, |c| c.inside),
                        median(&counts, |c| c.outside),
                    ]
                }
                false => [rounded(association(&counts)), contributors(&counts), Value::Null, Value::Null],
            };
            told.push((row, name, columns));
        }
        sort::by(&mut told, |a, b| {
            let score = |t: &(u32, String, [Value; 4])| t.2[0].number().unwrap_or(0.0);
            score(b).partial_cmp(&score(a)).unwrap_or(Ordering::Equal).then_with(|| a.1.cmp(&b.1))
        });
        let from: Vec<Option<u32>> = told.iter().map(|t| Some(t.0)).collect();
        self.settle(&from);
        for (at, into) in into.into_iter().enumerate() {
            let values = told.iter().map(|t| t.2[at].clone()).collect();
            if let Some(column) = self.defs.get_mut(into) {
                *column = Some(FrameColumn::Values(values));
            }
        }
    }
}

fn sums(counts: &[Count]) -> (f64, f64) {
    let (inside, outside) = counts.iter().fold((0u64, 0u64), |s, c| (s.0 + c.inside, s.1 + c.outside));
    (inside as f64, outside as f64)
}

/// The bias-corrected Cramér's V of values and sides.
fn association(counts: &[Count]) -> f64 {
    let (inside, outside) = sums(counts);
    let n = inside + outside;
    if inside == 0.0 || outside == 0.0 || counts.len() < 2 {
        return 0.0;
    }
    let square = |seen: u64, expected: f64| (seen as f64 - expected).powi(2) / expected;
    let chi: f64 = counts
        .iter()
        .map(|c| {
            let all = (c.inside + c.outside) as f64;
            square(c.inside, all * inside / n) + square(c.outside, all * outside / n)
        })
        .sum();
    let (k, free) = (counts.len() as f64, n - 1.0);
    let phi = (chi / n - (k - 1.0) / free).max(0.0);
    let columns = k - (k - 1.0).powi(2) / free - 1.0;
    let rows = 1.0 - 1.0 / free;
    let most = columns.min(rows);
    if most <= 0.0 { 0.0 } else { (phi / most).sqrt().min(1.0) }
}

/// The largest distance between the two shares of rows that lie below a number; `counts` are in order.
fn distance(counts: &[Count]) -> f64 {
    let (inside, outside) = sums(counts);
    if inside == 0.0 || outside == 0.0 {
        return 0.0;
    }
    let (mut a, mut b, mut most) = (0u64, 0u64, 0f64);
    for count in counts {
        (a, b) = (a + count.inside, b + count.outside);
        most = most.max((a as f64 / inside - b as f64 / outside).abs());
    }
    most
}

/// The nearest-rank median of one side; `counts` are in order.
fn median(counts: &[Count], side: impl Fn(&Count) -> u64) -> Value {
    let total: u64 = counts.iter().map(&side).sum();
    let mut left = total.div_ceil(2);
    for count in counts {
        let here = side(count);
        if left > 0 && left <= here {
            return count.value.clone();
        }
        left -= here.min(left);
    }
    Value::Null
}

/// The values whose shares differ most: `REJECT 100% (20%)`, the share inside and in brackets the one outside.
fn contributors(counts: &[Count]) -> Value {
    let (inside, outside) = sums(counts);
    let share = |count: u64, of: f64| if of == 0.0 { 0.0 } else { count as f64 / of };
    let shift = |c: &Count| (share(c.inside, inside) - share(c.outside, outside)).abs();
    let mut order: Vec<&Count> = counts.iter().filter(|c| shift(c) > 0.0).collect();
    sort::by(&mut order, |a, b| shift(b).partial_cmp(&shift(a)).unwrap_or(Ordering::Equal));
    let percent = |share: f64| {
        let text = format!("{:.1}", share * 100.0);
        format!("{}%", text.strip_suffix(".0").unwrap_or(&text))
    };
    let one = |c: &&Count| {
        let name = if c.value.is_null() { "(missing)".to_owned() } else { c.value.to_string() };
        let mut short: String = name.chars().take(LONGEST).collect();
        if short.len() < name.len() {
            short.push('…');
        }
        format!("{short} {} ({})", percent(share(c.inside, inside)), percent(share(c.outside, outside)))
    };
    let all: Vec<String> = order.iter().take(CONTRIBUTORS).map(one).collect();
    if all.is_empty() { Value::Null } else { Value::text(&all.join(", ")) }
}

fn rounded(score: f64) -> Value {
    Value::Float((score * 1e4).round() / 1e4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(of: &[(&str, u64, u64)]) -> Vec<Count> {
        of.iter()
            .map(|(v, inside, outside)| Count { value: Value::text(v), inside: *inside, outside: *outside })
            .collect()
    }

    #[test]
    fn scores_tell_chance_from_decision() {
        assert!(association(&counts(&[("a", 50, 0), ("b", 0, 50)])) > 0.999);
        assert!(association(&counts(&[("a", 10, 20), ("b", 20, 40)])) < 0.001);
        // Ids that never repeat decide everything and say nothing.
        let ids: Vec<Count> = (0..100)
            .map(|i| Count { value: Value::Int(i), inside: (i % 2) as u64, outside: (1 - i % 2) as u64 })
            .collect();
        assert!(association(&ids) < 0.01);
        assert_eq!(association(&counts(&[("a", 5, 0), ("b", 7, 0)])), 0.0);
        assert_eq!(association(&counts(&[("a", 1, 1)])), 0.0);
        let some = association(&counts(&[("a", 30, 10), ("b", 10, 30)]));
        assert!((0.4..0.6).contains(&some), "{some}");
    }

    #[test]
    fn measures_are_compared_by_their_order() {
        let of = |v: &[(i64, u64, u64)]| -> Vec<Count> {
            v.iter()
                .map(|(v, inside, outside)| Count {
                    value: Value::Int(*v),
                    inside: *inside,
                    outside: *outside,
                })
                .collect()
        };
        let apart = of(&[(1, 0, 3), (2, 0, 1), (5, 2, 0), (9, 1, 0)]);
        assert_eq!(distance(&apart), 1.0);
        assert_eq!(
            (median(&apart, |c| c.inside), median(&apart, |c| c.outside)),
            (Value::Int(5), Value::Int(1))
        );
        let alike = of(&[(1, 1, 2), (2, 1, 2)]);
        assert_eq!(distance(&alike), 0.0);
        assert_eq!(median(&[], |c| c.inside), Value::Null);
    }

    #[test]
    fn contributors_are_the_largest_shifts() {
        let all = counts(&[("a", 1, 3), ("b", 2, 1), ("c", 1, 0), ("d", 0, 0)]);
        assert_eq!(contributors(&all).to_string(), "a 25% (75%), b 50% (25%), c 25% (0%)");
    }
}
