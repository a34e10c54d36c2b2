//! Rows put in the order of a sort, in steps that can be abandoned between any two: runs of rows are sorted one after
//! the other, then merged two at a time.
//!
//! Where rows are ordered by one column of numbers or times, or of text in one table's dictionary, each is a number that
//! compares as its value does, and values are read again for the few rows that are shown. Anything else is sorted by
//! values.

use std::{cmp::Ordering, collections::VecDeque};

use super::order::{Order, Ranked, Valued, compare};
use logloupe_table::{Bitmap, Chunk, Column, Data, Kind, Shard, Table, Value, column::decimal, sort};

/// Rows in a run.
const RUN: usize = 1 << 17;

/// Rows on their way into an order.
#[derive(Debug)]
pub struct Sorting {
    descending: Vec<bool>,
    way: Way,
    /// The next table and chunk to look at.
    at: (usize, usize),
}

#[derive(Debug)]
enum Way {
    Ranked {
        /// Per table the column, if it has it.
        columns: Vec<Option<usize>>,
        /// Of a dictionary's entries, their places in order.
        places: Vec<u32>,
        runs: Runs<Ranked>,
        /// Rows without a value, in their own order.
        missing: Vec<u64>,
    },
    Valued(Runs<Valued>),
}

impl Sorting {
    /// Begins to sort the selected rows; `selected` has, per table, a bitmap for each chunk. `columns` says per table
    /// which column they are sorted by, if it has that; nothing where they are sorted by more than a column.
    pub fn new(
        shard: &Shard,
        selected: &[Vec<Bitmap>],
        columns: Option<Vec<Option<usize>>>,
        descending: Vec<bool>,
    ) -> Sorting {
        let ranked = columns.filter(|_| descending.len() == 1).and_then(|columns| {
            let places = ranks(shard, selected, &columns)?;
            Some(Way::Ranked { columns, places, runs: Runs::default(), missing: Vec::new() })
        });
        Sorting { descending, way: ranked.unwrap_or_else(|| Way::Valued(Runs::default())), at: (0, 0) }
    }
    /// Does about so much work as looking at `chunks` chunks takes, and says whether all is done. `keys` gives the values
    /// that a row, named by table and row, is sorted by.
    pub fn step(
        &mut self,
        shard: &Shard,
        selected: &[Vec<Bitmap>],
        chunks: usize,
        keys: &dyn Fn(usize, usize) -> Vec<Value>,
    ) -> bool {
        let turned = self.descending == [true];
        let rows = chunks.saturating_mul(logloupe_table::CHUNK_ROWS);
        for _ in 0..chunks {
            let (t, c) = self.at;
            let Some(table) = shard.tables.get(t) else {
                let descending = &self.descending;
                return match &mut self.way {
                    Way::Ranked { runs, .. } if runs.open.is_empty() => runs.merge(rows, |a, b| a.cmp(b)),
                    // Values take longer to compare.
                    Way::Valued(runs) if runs.open.is_empty() => {
                        runs.merge(rows / 8, |a, b| order(a, b, descending))
                    }
                    way => {
                        way.close(descending);
                        false
                    }
                };
            };
            let chunk = table.chunks().get(c).zip(selected.get(t).and_then(|s| s.get(c)));
            let Some((chunk, rows)) = chunk else {
                self.at = (t + 1, 0);
                continue;
            };
            self.at = (t, c + 1);
            let number = |i: usize| (t as u64) << 32 | (chunk.first_row + i) as u64;
            match &mut self.way {
                Way::Ranked { columns, places, runs, missing } => {
                    let column = columns.get(t).copied().flatten().map(|c| chunk.column(c));
                    rows.for_each(|i| match column.and_then(|column| rank(column, places, i)) {
                        Some(rank) => runs.open.push((if turned { !rank } else { rank }, number(i))),
                        None => missing.push(number(i)),
                    });
                    if runs.open.len() >= RUN {
                        self.way.close(&self.descending);
                    }
                }
                Way::Valued(runs) => {
                    let valued = |i: usize| {
                        let row = chunk.first_row + i;
                        (keys(t, row), t as u32, row as u32)
                    };
                    rows.for_each(|i| runs.open.push(valued(i)));
                    if runs.open.len() >= RUN / 8 {
                        self.way.close(&self.descending);
                    }
                }
            }
        }
        false
    }
    /// The order, once all is done.
    pub fn finish(self) -> Order {
        match self.way {
            Way::Ranked { columns, runs, missing, .. } => {
                Order::ranked(runs.finish(), missing, columns, self.descending)
            }
            Way::Valued(runs) => Order::valued(runs.finish(), self.descending),
        }
    }
}

impl Way {
    /// Ends the run that is being gathered.
    fn close(&mut self, descending: &[bool]) {
        match self {
            Way::Ranked { runs, .. } => runs.close(|run| run.sort_unstable()),
            Way::Valued(runs) => runs.close(|run| sort::by(run, |a, b| order(a, b, descending))),
        }
    }
}

fn order(a: &Valued, b: &Valued, descending: &[bool]) -> Ordering {
    compare(&a.0, &b.0, descending).then_with(|| (a.1, a.2).cmp(&(b.1, b.2)))
}

/// Whether rows can be told apart by numbers: the tables whose rows are selected have the column in one kind. Gives the
/// places of a dictionary's entries if it is text.
fn ranks(shard: &Shard, selected: &[Vec<Bitmap>], columns: &[Option<usize>]) -> Option<Vec<u32>> {
    let of = |(t, table): (usize, &_)| -> Option<(Kind, usize)> {
        let table: &Table = table;
        let column = columns.get(t).copied().flatten()?;
        let any = selected.get(t)?.iter().any(|rows| !rows.none());
        // Several values are in a dictionary, whatever their kind.
        let kind = match table.dictionary(column).has_several() {
            true => Kind::Text,
            false => table.schema().field(column).kind,
        };
        any.then_some((kind, t))
    };
    let mut kinds = shard.tables.iter().enumerate().filter_map(of);
    let Some((kind, t)) = kinds.next() else { return Some(Vec::new()) };
    let more: Vec<Kind> = kinds.map(|(kind, _)| kind).collect();
    match kind {
        Kind::Text | Kind::Ip => {
            let (table, column) = (&shard.tables[t], columns[t]?);
            let coded = |c: &Chunk| matches!(c.column(column).data, Data::Codes(_) | Data::Nulls);
            (more.is_empty() && table.chunks().iter().all(coded)).then(|| places(table, column))
        }
        kind => more.iter().all(|k| *k == kind).then(Vec::new),
    }
}

/// The place of each entry of a dictionary in the order of values; entries that sort alike have the same.
fn places(table: &Table, column: usize) -> Vec<u32> {
    let dictionary = table.dictionary(column);
    let values: Vec<Value> = (0..dictionary.len() as u32).map(|c| dictionary.value(c)).collect();
    let keys: Vec<_> = values.iter().map(Value::sort_key).collect();
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    sort::places(&mut order, &|a, b| keys[a as usize].cmp(&keys[b as usize]));
    let mut places = vec![0; keys.len()];
    for pair in order.windows(2) {
        let (a, b) = (pair[0] as usize, pair[1] as usize);
        places[b] = places[a] + (keys[a] != keys[b]) as u32;
    }
    places
}

/// The number that row `i`'s value compares as; `None` for a missing value.
fn rank(column: &Column, places: &[u32], i: usize) -> Option<u64> {
    const SIGN: u64 = 1 << 63;
    if !column.is_valid(i) {
        return None;
    }
    let float = |v: f64| {
        // Adding zero makes one zero of two.
        let bits = (if v.is_nan() { f64::INFINITY } else { v + 0.0 }).to_bits();
        if bits & SIGN == 0 { bits | SIGN } else { !bits }
    };
    Some(match &column.data {
        Data::Ints(values) => values.get(i) as u64 ^ SIGN,
        Data::Decimals(values, digits) => float(decimal(values.get(i), *digits)),
        Data::Floats(values) => float(values[i]),
        Data::Codes(codes) => places.get(codes.get(i) as usize).copied().unwrap_or(0) as u64,
        Data::Nulls | Data::Plain { .. } => return None,
    })
}

/// Sorted runs that become one.
#[derive(Debug)]
struct Runs<E> {
    /// The run being gathered.
    open: Vec<E>,
    runs: VecDeque<Vec<E>>,
    merging: Option<Merging<E>>,
}

/// Two runs and what is merged of them so far.
#[derive(Debug)]
struct Merging<E> {
    a: std::iter::Peekable<std::vec::IntoIter<E>>,
    b: std::iter::Peekable<std::vec::IntoIter<E>>,
    out: Vec<E>,
}

impl<E> Default for Runs<E> {
    fn default() -> Self {
        Runs { open: Vec::new(), runs: VecDeque::new(), merging: None }
    }
}

impl<E> Runs<E> {
    fn close(&mut self, sort: impl FnOnce(&mut [E])) {
        let mut run = std::mem::take(&mut self.open);
        sort(&mut run);
        self.runs.push_back(run);
    }
    /// Merges at most `rows` rows and says whether there is only one run left; none is being gathered any more.
    fn merge(&mut self, rows: usize, compare: impl Fn(&E, &E) -> Ordering) -> bool {
        if self.merging.is_none() {
            if self.runs.len() < 2 {
                return true;
            }
            // What is merged goes behind all that are not, so that runs stay of like lengths.
            let (Some(a), Some(b)) = (self.runs.pop_front(), self.runs.pop_front()) else { return true };
            let out = Vec::with_capacity(a.len() + b.len());
            self.merging = Some(Merging { a: a.into_iter().peekable(), b: b.into_iter().peekable(), out });
        }
        let Some(Merging { a, b, out }) = &mut self.merging else { return false };
        for _ in 0..rows.max(1) {
            let next = match (a.peek(), b.peek()) {
                (Some(x), Some(y)) if compare(x, y).is_le() => a.next(),
                (_, Some(_)) => b.next(),
                (Some(_), None) => a.next(),
                (None, None) => {
                    let done = std::mem::take(out);
                    self.merging = None;
                    self.runs.push_back(done);
                    return self.runs.len() < 2;
                }
            };
            out.extend(next);
        }
        false
    }
    fn finish(mut self) -> Vec<E> {
        self.runs.pop_front().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::Timeline;
    use logloupe_sample::rng::Rng;
    use logloupe_table::{Cell, Field, Role};

    const FLOATS: [f64; 9] = [0.0, -0.0, 1.5, -1.5, 1e300, -1e300, f64::INFINITY, 0.1, 2.0];
    const TEXTS: [&str; 10] = ["", "a", "10", "9", "10.0", "1e1", "-3", "b", "é", "A"];

    fn shard() -> Shard {
        let mut shard = Shard::new(3);
        let fields = |kind: Kind| {
            [
                Field::new("n", kind, Role::Measure),
                Field::new("text", Kind::Text, Role::Dimension),
                Field::new("id", Kind::Text, Role::Identifier),
            ]
        };
        let mut rng = Rng::new(5);
        for i in 0..3000usize {
            let r = (rng.next_u64() >> 1) as usize;
            let (format, kind) = [("a", Kind::Int), ("b", Kind::Float)][i % 2];
            let mut row = shard.table(format, fields(kind)).begin();
            match kind {
                _ if r.is_multiple_of(7) => {}
                Kind::Int => row.set(0, Cell::Int([i64::MIN, i64::MAX, 0, -1, 1][r % 5])),
                _ => row.set(0, Cell::Float(FLOATS[r % FLOATS.len()])),
            }
            if !r.is_multiple_of(11) {
                row.set(1, Cell::Text(TEXTS[r % TEXTS.len()].as_bytes()));
                row.set(2, Cell::Text(TEXTS[r % 3].as_bytes()));
            }
            row.commit(0, 1, 1, b"x");
            if i % 700 == 699 {
                shard.seal();
            }
        }
        shard.seal();
        shard
    }

    #[test]
    fn rows_stand_as_their_values_compare() {
        let shard = shard();
        for tables in [[true, false], [false, true], [true, true]] {
            let selected: Vec<Vec<Bitmap>> = (shard.tables.iter().zip(tables))
                .map(|(t, all)| {
                    t.chunks().iter().map(|c| Bitmap::from_fn(c.rows, |i| all && i % 5 > 0)).collect()
                })
                .collect();
            for column in ["n", "text", "id"] {
                for descending in [false, true] {
                    let at: Vec<Option<usize>> =
                        shard.tables.iter().map(|t| t.schema().find(column)).collect();
                    let keys = |t: usize, row: usize| {
                        vec![shard.tables[t].row(row).map(|r| r.value(at[t].unwrap())).unwrap()]
                    };
                    let order = |columns: Option<Vec<Option<usize>>>, chunks: usize| {
                        let mut sorting = Sorting::new(&shard, &selected, columns, vec![descending]);
                        while !sorting.step(&shard, &selected, chunks, &keys) {}
                        let order = sorting.finish();
                        let timeline = Timeline::default();
                        let splitters = order.splitters(&shard, &timeline, 4);
                        (order.window(&shard, &timeline, 4, 0, usize::MAX), splitters)
                    };
                    let quick = order(Some(at.clone()), 1);
                    let mut expected: Vec<Valued> = Vec::new();
                    for (t, chunks) in selected.iter().enumerate() {
                        for (c, rows) in chunks.iter().enumerate() {
                            let first = shard.tables[t].chunks()[c].first_row;
                            expected.extend(
                                rows.ones().map(|i| (keys(t, first + i), t as u32, (first + i) as u32)),
                            );
                        }
                    }
                    expected.sort_by(|a, b| super::order(a, b, &[descending]));
                    let found: Vec<Valued> =
                        quick.0.iter().map(|p| (p.key.clone(), p.id.table, p.id.row)).collect();
                    assert_eq!(found, expected, "{column} {descending} {tables:?}");
                    assert_eq!(quick, order(None, 3), "{column}");
                }
            }
        }
    }
}
