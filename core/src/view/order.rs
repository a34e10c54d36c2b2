//! The rows of a view in order, as windows: which row stands at place 4,711,000 without sorting what was sorted.
//!
//! A [`Timeline`] keeps every row of a shard in order of time and is extended, not redone, as rows arrive. An
//! [`Order`] is what one view sees of it: the selected rows, with a directory of counts, so that a window costs a
//! short walk. Orders of several shards are merged by the page with the help of [`splitters`](Order::splitters): a
//! key every few hundred rows tells where in each shard a window must begin.

use serde::{Deserialize, Serialize};

use super::RowId;
use crate::table::{Bitmap, Shard, Value, schema::TIMESTAMP};

/// A splitter stands at every so many rows.
pub const EVERY: usize = 512;
/// Rows of the timeline per entry of the directory.
const BLOCK: usize = 1024;

/// Where in a shard's numbering of all its rows each table begins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Numbering {
    /// First number of each table, and the number after the last row.
    starts: Vec<u32>,
}

impl Numbering {
    /// Numbers the rows of all tables one after the other.
    pub fn new(shard: &Shard) -> Numbering {
        let mut starts = vec![0u32];
        for table in &shard.tables {
            let last = *starts.last().unwrap_or(&0);
            starts.push(last.saturating_add(table.rows() as u32));
        }
        Numbering { starts }
    }
    /// Table and row of a number.
    pub fn locate(&self, number: u32) -> (usize, usize) {
        let table = self.starts.partition_point(|s| *s <= number).saturating_sub(1);
        (table, (number - self.starts[table]) as usize)
    }
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        *self.starts.last().unwrap_or(&0) as usize
    }
}

/// All rows of a shard, earliest first; rows without a time come first of all.
#[derive(Debug, Default)]
pub struct Timeline {
    numbering: Numbering,
    /// Rows as (table, row) packed, in order of time.
    rows: Vec<(u16, u32)>,
    /// Rows of each table that are in it.
    seen: Vec<usize>,
}

impl Timeline {
    /// Takes in rows that were sealed since the last call.
    pub fn extend(&mut self, shard: &Shard) {
        self.numbering = Numbering::new(shard);
        self.seen.resize(shard.tables.len(), 0);
        let times: Vec<Vec<i64>> = shard.tables.iter().map(unpack_times).collect();
        let key = |&(table, row): &(u16, u32)| (times[table as usize][row as usize], table, row);
        let mut fresh = Vec::new();
        for (t, table) in shard.tables.iter().enumerate() {
            fresh.extend((self.seen[t]..table.rows()).map(|row| (t as u16, row as u32)));
            self.seen[t] = table.rows();
        }
        if fresh.is_empty() {
            return;
        }
        // Stable sort finds the long runs in which logs arrive.
        fresh.sort_by_key(key);
        if self.rows.last().is_none_or(|last| key(last) <= key(&fresh[0])) {
            self.rows.append(&mut fresh);
            return;
        }
        let old = std::mem::take(&mut self.rows);
        self.rows.reserve(old.len() + fresh.len());
        let (mut a, mut b) = (old.into_iter().peekable(), fresh.into_iter().peekable());
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            let next = if key(x) <= key(y) { a.next() } else { b.next() };
            self.rows.extend(next);
        }
        self.rows.extend(a);
        self.rows.extend(b);
    }
    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<(u16, u32)>()
    }
}

fn unpack_times(table: &crate::table::Table) -> Vec<i64> {
    let mut times = Vec::with_capacity(table.rows());
    for chunk in table.chunks() {
        let column = chunk.column(TIMESTAMP);
        times.extend((0..chunk.rows).map(|i| column.int(i).unwrap_or(i64::MIN)));
    }
    times
}

/// One row's place in an order: the sort key and the row. Keys compare as `sort` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The values sorted by.
    pub key: Vec<Value>,
    /// The row.
    pub id: RowId,
}

/// The selected rows of one shard in the order of the view.
#[derive(Debug)]
pub struct Order {
    kind: Kind,
    /// Largest first, per key.
    descending: Vec<bool>,
    len: usize,
}

#[derive(Debug)]
enum Kind {
    /// By time: the shard's timeline, filtered. `directory[b]` counts the selected rows before block `b`; `marks`
    /// are every [`EVERY`]th of them, earliest first.
    Time { selected: Vec<Bitmap>, directory: Vec<u32>, marks: Vec<(u16, u32)> },
    /// By anything else: the sorted rows with their keys.
    Sorted(Vec<(Vec<Value>, u32, u32)>),
}

impl Order {
    /// Selected rows by time. `selected` has, per table, a bitmap for each chunk.
    pub fn by_time(shard: &Shard, timeline: &Timeline, selected: &[Vec<Bitmap>], descending: bool) -> Order {
        let flat: Vec<Bitmap> = shard
            .tables
            .iter()
            .enumerate()
            .map(|(t, table)| {
                let mut flat = Bitmap::new(table.rows(), false);
                for (chunk, bits) in table.chunks().iter().zip(selected.get(t).map_or(&[][..], Vec::as_slice))
                {
                    bits.for_each(|i| flat.set(chunk.first_row + i, true));
                }
                flat
            })
            .collect();
        let mut directory = Vec::with_capacity(timeline.rows.len() / BLOCK + 2);
        let mut count = 0u32;
        let mut marks = Vec::new();
        for block in timeline.rows.chunks(BLOCK) {
            directory.push(count);
            for &(table, row) in block {
                if flat[table as usize].get(row as usize) {
                    if (count as usize).is_multiple_of(EVERY) {
                        marks.push((table, row));
                    }
                    count += 1;
                }
            }
        }
        directory.push(count);
        Order {
            kind: Kind::Time { selected: flat, directory, marks },
            descending: vec![descending],
            len: count as usize,
        }
    }
    /// Rows with their keys, in any order; they are sorted here.
    pub fn by_keys(mut rows: Vec<(Vec<Value>, u32, u32)>, descending: Vec<bool>) -> Order {
        rows.sort_by(|a, b| compare(&a.0, &b.0, &descending).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
        Order { len: rows.len(), kind: Kind::Sorted(rows), descending }
    }
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// Rows at places `from..from + count`, with their keys.
    pub fn window(
        &self,
        shard: &Shard,
        timeline: &Timeline,
        number: u32,
        from: usize,
        count: usize,
    ) -> Vec<Place> {
        let count = count.min(self.len.saturating_sub(from));
        match &self.kind {
            Kind::Sorted(rows) => rows[from.min(rows.len())..][..count]
                .iter()
                .map(|(key, table, row)| Place {
                    key: key.clone(),
                    id: RowId { shard: number, table: *table, row: *row },
                })
                .collect(),
            Kind::Time { selected, directory, .. } => {
                let descending = self.descending == [true];
                // Places count from the end of the timeline when the newest come first.
                let first = if descending { self.len - from - count } else { from };
                let block = directory.partition_point(|n| *n as usize <= first).saturating_sub(1);
                let mut skip = first - directory.get(block).map_or(0, |n| *n as usize);
                let mut out = Vec::with_capacity(count);
                for &(table, row) in timeline.rows.get(block * BLOCK..).unwrap_or_default() {
                    if out.len() == count {
                        break;
                    }
                    if !selected[table as usize].get(row as usize) {
                        continue;
                    }
                    if skip > 0 {
                        skip -= 1;
                        continue;
                    }
                    out.push(by_time(shard, number, table, row));
                }
                if descending {
                    out.reverse();
                }
                out
            }
        }
    }
    /// A row every [`EVERY`] rows, with its place, first places first.
    pub fn splitters(&self, shard: &Shard, number: u32) -> Vec<(usize, Place)> {
        match &self.kind {
            Kind::Sorted(rows) => (0..rows.len())
                .step_by(EVERY)
                .map(|at| {
                    let (key, table, row) = &rows[at];
                    (at, Place { key: key.clone(), id: RowId { shard: number, table: *table, row: *row } })
                })
                .collect(),
            Kind::Time { marks, .. } => {
                let place = |(i, &(table, row)): (usize, &(u16, u32))| {
                    (i * EVERY, by_time(shard, number, table, row))
                };
                let all = marks.iter().enumerate().map(place);
                if self.descending == [true] {
                    all.map(|(at, p)| (self.len - 1 - at, p)).rev().collect()
                } else {
                    all.collect()
                }
            }
        }
    }
    /// Which keys are largest first.
    pub fn descending(&self) -> &[bool] {
        &self.descending
    }
}

fn by_time(shard: &Shard, number: u32, table: u16, row: u32) -> Place {
    let time = shard.tables[table as usize]
        .locate(row as usize)
        .and_then(|(chunk, i)| chunk.column(TIMESTAMP).int(i));
    Place {
        key: vec![time.map_or(Value::Null, Value::Time)],
        id: RowId { shard: number, table: table as u32, row },
    }
}

/// How keys stand to each other in a view's order; missing keys are equal.
pub fn compare(a: &[Value], b: &[Value], descending: &[bool]) -> std::cmp::Ordering {
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        let order = a.sort_cmp(b);
        let order = if descending.get(i).copied().unwrap_or(false) { order.reverse() } else { order };
        if order.is_ne() {
            return order;
        }
    }
    std::cmp::Ordering::Equal
}

/// The orders of all shards seen as one: where in each shard a window of the whole begins.
#[derive(Clone, Debug, Default)]
pub struct Merged {
    shards: Vec<Lane>,
    /// All splitters in the order of the whole: (key, shard, its number in the shard).
    splitters: Vec<(Vec<Value>, u32, usize)>,
    descending: Vec<bool>,
}

/// One shard in [`Merged`].
#[derive(Clone, Debug, Default)]
struct Lane {
    len: usize,
    /// Places of its splitters, ascending.
    places: Vec<usize>,
}

impl Merged {
    /// `shards[s]` is the length and the splitters of shard `s`.
    pub fn new(shards: Vec<(usize, Vec<(usize, Place)>)>, descending: Vec<bool>) -> Merged {
        let mut merged = Merged { descending, ..Merged::default() };
        for (s, (len, splitters)) in shards.into_iter().enumerate() {
            merged.shards.push(Lane { len, places: splitters.iter().map(|p| p.0).collect() });
            merged.splitters.extend(splitters.into_iter().enumerate().map(|(i, p)| (p.1.key, s as u32, i)));
        }
        let descending = &merged.descending;
        merged
            .splitters
            .sort_by(|a, b| compare(&a.0, &b.0, descending).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
        merged
    }
    /// How many rows all shards have.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|s| s.len).sum()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// For the window `from..from + count` of the whole: per shard the first place to fetch and how many, such that
    /// the window can be cut from what comes back by [`cut`](Self::cut).
    pub fn ranges(&self, from: usize, count: usize) -> Vec<(usize, usize)> {
        // Before the splitter numbered `i` of a shard stand `places[i]` rows; those at or before a splitter `e` of the
        // whole are in each shard fewer than the place of its first splitter after `e`.
        let place = |s: usize, i: usize| self.shards[s].places.get(i).copied().unwrap_or(self.shards[s].len);
        let mut starts = vec![0usize; self.shards.len()];
        let mut most: usize = (0..self.shards.len()).map(|s| place(s, 0)).sum();
        for &(_, shard, i) in &self.splitters {
            let shard = shard as usize;
            most += place(shard, i + 1) - place(shard, i);
            if most > from {
                break;
            }
            starts[shard] = place(shard, i);
        }
        let skipped: usize = starts.iter().sum();
        let need = from.saturating_sub(skipped) + count;
        starts.iter().zip(&self.shards).map(|(&s, lane)| (s, need.min(lane.len - s.min(lane.len)))).collect()
    }
    /// Cuts the window `from..from + count` out of the rows that [`ranges`](Self::ranges) asked for.
    pub fn cut(
        &self,
        from: usize,
        count: usize,
        starts: &[(usize, usize)],
        fetched: Vec<Vec<Place>>,
    ) -> Vec<Place> {
        let skipped: usize = starts.iter().map(|s| s.0).sum();
        let mut rows: Vec<(usize, usize, Place)> = Vec::new();
        for (s, places) in fetched.into_iter().enumerate() {
            rows.extend(
                places.into_iter().enumerate().map(|(i, p)| (s, starts.get(s).map_or(0, |r| r.0) + i, p)),
            );
        }
        rows.sort_by(|a, b| {
            compare(&a.2.key, &b.2.key, &self.descending).then_with(|| (a.0, a.1).cmp(&(b.0, b.1)))
        });
        rows.into_iter().map(|r| r.2).skip(from - skipped.min(from)).take(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Cell, Field};

    /// Three shards of two tables each, with ties and rows without a time.
    fn shards() -> Vec<Shard> {
        let mut state = 7u64;
        let mut random = move || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as i64
        };
        let mut shards = Vec::new();
        for s in 0..3 {
            let mut shard = Shard::new(s);
            for format in ["a", "b"] {
                for _ in 0..3000 * s + 700 {
                    let mut row = shard.table(format, std::iter::empty::<Field>()).begin();
                    if random() % 50 != 0 {
                        row.timestamp(random() % 3000);
                    }
                    row.set(0, Cell::Null);
                    row.commit(0, 1, 1, b"x");
                }
            }
            shard.seal();
            shards.push(shard);
        }
        shards
    }

    #[test]
    fn windows_of_many_shards_are_windows_of_the_whole() {
        let shards = shards();
        for descending in [true, false] {
            let (mut orders, mut timelines) = (Vec::new(), Vec::new());
            for shard in &shards {
                let selected: Vec<Vec<Bitmap>> = (shard.tables.iter())
                    .map(|t| t.chunks().iter().map(|c| Bitmap::from_fn(c.rows, |i| i % 3 != 1)).collect())
                    .collect();
                let mut timeline = Timeline::default();
                timeline.extend(shard);
                orders.push(Order::by_time(shard, &timeline, &selected, descending));
                timelines.push(timeline);
            }
            let window =
                |s: usize, from, count| orders[s].window(&shards[s], &timelines[s], s as u32, from, count);
            let mut whole: Vec<(usize, usize, Place)> = Vec::new();
            for s in 0..shards.len() {
                whole.extend(window(s, 0, usize::MAX).into_iter().enumerate().map(|(i, p)| (s, i, p)));
            }
            whole.sort_by(|a, b| {
                compare(&a.2.key, &b.2.key, &[descending]).then_with(|| (a.0, a.1).cmp(&(b.0, b.1)))
            });
            let parts = (0..shards.len())
                .map(|s| (orders[s].len(), orders[s].splitters(&shards[s], s as u32)))
                .collect();
            let merged = Merged::new(parts, vec![descending]);
            assert_eq!(merged.len(), whole.len());
            for from in (0..whole.len() + 50).step_by(37) {
                let ranges = merged.ranges(from, 61);
                let fetched: Vec<Vec<Place>> =
                    ranges.iter().enumerate().map(|(s, r)| window(s, r.0, r.1)).collect();
                assert!(fetched.iter().map(Vec::len).max() <= Some(61 + 4 * EVERY), "fetches stay small");
                let cut = merged.cut(from, 61, &ranges, fetched);
                let expected: Vec<Place> = whole.iter().skip(from).take(61).map(|r| r.2.clone()).collect();
                assert_eq!(cut, expected, "from {from}");
            }
        }
    }

    #[test]
    fn a_timeline_extended_is_a_timeline_made_at_once() {
        let mut shard = Shard::new(1);
        let mut timeline = Timeline::default();
        for round in 0..5i64 {
            for i in 0..500i64 {
                let mut row = shard.table("a", std::iter::empty::<Field>()).begin();
                row.timestamp((i * 7919 + round * 13) % 1000);
                row.commit(0, 1, 1, b"x");
            }
            shard.seal();
            timeline.extend(&shard);
        }
        let mut fresh = Timeline::default();
        fresh.extend(&shard);
        assert_eq!(timeline.rows, fresh.rows);
        assert_eq!(timeline.rows.len(), 2500);
    }
}
