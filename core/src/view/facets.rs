//! How often each value of a field occurs among selected rows: exact counts, merged over tables and shards.
//!
//! Each table of each shard counts all its values; only the commonest travel. A value that one part did not send has
//! at most that part's `floor` there, so the page knows which of its candidates need a second look
//! ([`Tally::look_up`]) before it may call their counts exact.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Facet;
use crate::table::{Bitmap, Column, Data, Kind, Source, Table, schema::SOURCE};

/// All counts of one field in one table of one shard. Stays with the worker.
#[derive(Debug)]
pub struct Tally {
    column: Option<usize>,
    counts: Counts,
    present: u64,
    missing: u64,
}

#[derive(Debug)]
enum Counts {
    /// Per dictionary code.
    Codes(Vec<u64>),
    /// Per integer from a smallest one.
    Near(i64, Vec<u64>),
    /// Per displayed value.
    Any(HashMap<String, u64>),
}

/// The commonest values of one [`Tally`]: what travels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Values with their counts, most frequent first.
    pub values: Vec<(String, u64)>,
    /// No value that is not among `values` has more than this.
    pub floor: u64,
    /// How many different values there are.
    pub distinct: u64,
    /// Selected rows that have the field.
    pub present: u64,
    /// Selected rows that do not.
    pub missing: u64,
}

impl Tally {
    /// Counts the values of `field` in the selected rows; `selected` has a bitmap for each chunk.
    pub fn count(table: &Table, sources: &[Source], selected: &[Bitmap], field: &str) -> Tally {
        let rows: u64 = selected.iter().map(|s| s.count() as u64).sum();
        if field == "@format" {
            let counts = Counts::Any(HashMap::from([(table.format().to_owned(), rows)]));
            return Tally { column: None, counts, present: rows, missing: 0 };
        }
        let column = table.schema().find(field).or_else(|| table.derived(field));
        let Some(column) = column else {
            return Tally { column: None, counts: Counts::Any(HashMap::new()), present: 0, missing: rows };
        };
        let columns = || table.chunks().iter().map(|c| c.column(column)).zip(selected);
        let kind = table.schema().field(column).kind;
        let mut tally =
            Tally { column: Some(column), counts: Counts::Any(HashMap::new()), present: 0, missing: 0 };
        tally.counts = match kind {
            Kind::Text | Kind::Ip
                if column != SOURCE && columns().all(|(c, _)| !matches!(c.data, Data::Plain { .. })) =>
            {
                let mut counts = vec![0u64; table.dictionary(column).len()];
                for (column, selected) in columns() {
                    if let Data::Codes(codes) = &column.data {
                        tally.walk(column, selected, |i| counts[codes.get(i) as usize] += 1);
                    }
                }
                Counts::Codes(counts)
            }
            Kind::Int | Kind::Bool if column != SOURCE => {
                let ranges = || columns().filter_map(|(c, _)| c.range());
                let (low, high) =
                    (ranges().map(|r| r.0).min().unwrap_or(0), ranges().map(|r| r.1).max().unwrap_or(0));
                if high.checked_sub(low).is_some_and(|span| span < 1 << 20) {
                    let mut counts = vec![0u64; (high - low) as usize + 1];
                    for (column, selected) in columns() {
                        if let Data::Ints(values) = &column.data {
                            tally.walk(column, selected, |i| counts[(values.get(i) - low) as usize] += 1);
                        }
                    }
                    if kind == Kind::Bool {
                        let any = counts.iter().enumerate().filter(|(_, n)| **n > 0);
                        Counts::Any(any.map(|(i, n)| ((low + i as i64 != 0).to_string(), *n)).collect())
                    } else {
                        Counts::Near(low, counts)
                    }
                } else {
                    tally.any(table, sources, selected, column)
                }
            }
            _ => tally.any(table, sources, selected, column),
        };
        tally.missing = rows - tally.present;
        tally
    }
    /// The `most` commonest values.
    pub fn part(&self, table: &Table, most: usize) -> Part {
        let mut found: Vec<(u64, u32)> = match &self.counts {
            Counts::Codes(counts) | Counts::Near(_, counts) => {
                counts.iter().enumerate().filter(|(_, n)| **n > 0).map(|(i, n)| (*n, i as u32)).collect()
            }
            Counts::Any(counts) => {
                let mut values: Vec<(String, u64)> =
                    counts.iter().filter(|(_, n)| **n > 0).map(|(v, n)| (v.clone(), *n)).collect();
                let distinct = values.len() as u64;
                sort(&mut values);
                let floor = values.get(most).map_or(0, |v| v.1);
                values.truncate(most);
                return Part { values, floor, distinct, present: self.present, missing: self.missing };
            }
        };
        let distinct = found.len() as u64;
        let mut floor = 0;
        if found.len() > most {
            found.select_nth_unstable_by(most, |a, b| b.cmp(a));
            floor = found[most].0;
            found.truncate(most);
        }
        let mut values: Vec<(String, u64)> = found
            .into_iter()
            .map(|(n, i)| match (&self.counts, self.column) {
                (Counts::Near(low, _), _) => ((low + i as i64).to_string(), n),
                (_, Some(column)) => (table.dictionary(column).text(i).into_owned(), n),
                (_, None) => (String::new(), n),
            })
            .collect();
        sort(&mut values);
        Part { values, floor, distinct, present: self.present, missing: self.missing }
    }
    /// The commonest values that begin with `typed`, then those that contain it, letter case aside; `most` of each.
    pub(super) fn like(&self, table: &Table, typed: &str, most: usize) -> Vec<(String, u64)> {
        if typed.is_empty() {
            return self.part(table, most).values;
        }
        let folded = typed.to_ascii_lowercase();
        let (mut begin, mut contain) = (Vec::new(), Vec::new());
        let mut look = |value: &str, count: u64| {
            let list = match super::values::begins(value, typed) {
                true => &mut begin,
                false if value.to_ascii_lowercase().contains(&folded) => &mut contain,
                false => return,
            };
            list.push((value.to_owned(), count));
            // Kept short: what was found so far is cut to the commonest now and then.
            if list.len() >= 4 * most.max(1) {
                sort(list);
                list.truncate(most);
            }
        };
        match (&self.counts, self.column) {
            (Counts::Any(counts), _) => counts.iter().for_each(|(value, n)| look(value, *n)),
            (Counts::Near(low, counts), _) => {
                let any = counts.iter().enumerate().filter(|(_, n)| **n > 0);
                any.for_each(|(i, n)| look(&(low + i as i64).to_string(), *n));
            }
            (Counts::Codes(counts), Some(column)) => {
                let dictionary = table.dictionary(column);
                let any = counts.iter().enumerate().filter(|(_, n)| **n > 0);
                any.for_each(|(i, n)| look(&dictionary.text(i as u32), *n));
            }
            (Counts::Codes(_), None) => {}
        }
        for list in [&mut begin, &mut contain] {
            sort(list);
            list.truncate(most);
        }
        begin.extend(contain);
        begin
    }
    /// How often each of `values` occurs.
    pub fn look_up(&self, table: &Table, values: &[String]) -> Vec<u64> {
        let count = |value: &String| match (&self.counts, self.column) {
            (Counts::Any(counts), _) => counts.get(value).copied().unwrap_or(0),
            (Counts::Near(low, counts), _) => {
                let at = value
                    .parse::<i64>()
                    .ok()
                    .and_then(|v| v.checked_sub(*low))
                    .and_then(|v| usize::try_from(v).ok());
                at.and_then(|at| counts.get(at)).copied().unwrap_or(0)
            }
            (Counts::Codes(counts), Some(column)) => table
                .dictionary(column)
                .find(value.as_bytes())
                .and_then(|code| counts.get(code as usize))
                .copied()
                .unwrap_or(0),
            (Counts::Codes(_), None) => 0,
        };
        values.iter().map(count).collect()
    }
    fn walk(&mut self, column: &Column, selected: &Bitmap, mut add: impl FnMut(usize)) {
        match &column.valid {
            None => {
                self.present += selected.count() as u64;
                selected.for_each(add);
            }
            Some(valid) => selected.for_each(|i| {
                if valid.get(i) {
                    self.present += 1;
                    add(i);
                }
            }),
        }
    }
    fn any(&mut self, table: &Table, sources: &[Source], selected: &[Bitmap], column: usize) -> Counts {
        let mut counts: HashMap<String, u64> = HashMap::new();
        for (chunk, selected) in table.chunks().iter().zip(selected) {
            let data = chunk.column(column);
            self.walk(data, selected, |index| {
                let shown = match (column, data.int(index)) {
                    (SOURCE, Some(source)) => {
                        sources.get(source as usize).map(|s| s.name.clone()).unwrap_or_default()
                    }
                    _ => crate::table::Row { table, chunk, index }.value(column).to_string(),
                };
                *counts.entry(shown).or_default() += 1;
            });
        }
        Counts::Any(counts)
    }
}

fn sort(values: &mut [(String, u64)]) {
    values.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
}

/// Parts of one field on their way to a [`Facet`].
#[derive(Clone, Debug, Default)]
pub struct Merge {
    parts: Vec<Part>,
    /// The values that may be among the commonest, once chosen.
    pub candidates: Vec<String>,
}

impl Merge {
    /// Merges parts of the same field.
    pub fn new(parts: Vec<Part>, wanted: usize) -> Merge {
        let mut merge = Merge { parts, candidates: Vec::new() };
        let mut sums = merge.sums();
        sort(&mut sums);
        let unsent: u64 = merge.parts.iter().map(|p| p.floor).sum();
        // Anything that could still reach the wanted-th place is a candidate.
        let bar = sums.get(wanted.saturating_sub(1)).map_or(0, |v| v.1);
        merge.candidates = sums.into_iter().take_while(|v| v.1 + unsent >= bar).map(|v| v.0).collect();
        merge
    }
    /// Whether the parts' own counts are the whole truth.
    pub fn complete(&self) -> bool {
        self.parts.len() <= 1 || self.parts.iter().all(|p| p.floor == 0)
    }
    /// The facet, given each part's count of each candidate, or by the parts alone when [`complete`](Self::complete).
    pub fn facet(self, field: &str, wanted: usize, looked_up: Option<&[Vec<u64>]>) -> Facet {
        let sums = self.sums();
        let sent = sums.len() as u64;
        let mut values = match looked_up {
            Some(parts) => {
                let sum = |i: usize| parts.iter().filter_map(|p| p.get(i)).sum();
                self.candidates
                    .iter()
                    .enumerate()
                    .map(|(i, v)| (v.clone(), sum(i)))
                    .filter(|v: &(String, u64)| v.1 > 0)
                    .collect()
            }
            None => sums,
        };
        sort(&mut values);
        let distinct = match self.parts.iter().filter(|p| p.present > 0).count() {
            0 => Some(0),
            1 => self.parts.iter().find(|p| p.present > 0).map(|p| p.distinct),
            _ if self.parts.iter().all(|p| p.floor == 0) => Some(sent),
            _ => None,
        };
        values.truncate(wanted);
        Facet {
            field: field.to_owned(),
            values,
            distinct,
            present: self.parts.iter().map(|p| p.present).sum(),
            missing: self.parts.iter().map(|p| p.missing).sum(),
        }
    }
    fn sums(&self) -> Vec<(String, u64)> {
        if let [only] = self.parts.as_slice() {
            return only.values.clone();
        }
        let mut sums: HashMap<&str, u64> = HashMap::new();
        for (value, count) in self.parts.iter().flat_map(|p| &p.values) {
            *sums.entry(value).or_default() += count;
        }
        sums.into_iter().map(|(v, n)| (v.to_owned(), n)).collect()
    }
}
