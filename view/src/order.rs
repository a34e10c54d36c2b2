//! The rows of a view in order, as windows: which row stands at place 4,711,000 without sorting what was sorted.
//!
//! A [`Timeline`] keeps every row of a shard in order of time and is extended, not redone, as rows arrive. An
//! [`Order`] is what one view sees of it: the selected rows, with a directory of counts, so that a window costs a
//! short walk. Orders of several shards are merged by the page with the help of [`splitters`](Order::splitters): a
//! key every few hundred rows tells where in each shard a window must begin.

use serde::{Deserialize, Serialize};

use super::RowId;
use logloupe_table::{Bitmap, Chunk, Shard, Value, schema::TIMESTAMP, sort};

/// A splitter stands at every so many rows.
pub const EVERY: usize = 512;
/// Rows of the timeline per entry of the directory.
const BLOCK: usize = 1024;

/// All rows of a shard, earliest first; rows without a time come first of all.
///
/// Rows have numbers in the order in which they became visible, so that a number keeps its meaning as rows arrive.
#[derive(Debug, Default)]
pub struct Timeline {
    segments: Vec<Segment>,
    /// Numbers of rows in order of time.
    rows: Vec<u32>,
}

/// A run of rows of one table that became visible together.
#[derive(Debug)]
struct Segment {
    /// Number of its first row.
    start: usize,
    table: usize,
    /// Its first row in the table.
    row: usize,
    rows: usize,
}

impl Timeline {
    /// Takes in rows that were sealed since the last call.
    pub fn extend(&mut self, shard: &Shard) {
        let old = self.rows.len();
        let mut next = old;
        for (t, table) in shard.tables.iter().enumerate() {
            let seen: usize = self.segments.iter().filter(|s| s.table == t).map(|s| s.rows).sum();
            if table.rows() > seen {
                self.segments.push(Segment { start: next, table: t, row: seen, rows: table.rows() - seen });
                next += table.rows() - seen;
            }
        }
        if next == old {
            return;
        }
        let mut times = vec![i64::MIN; next];
        for segment in &self.segments {
            for chunk in segment.chunks(shard) {
                let column = chunk.column(TIMESTAMP);
                let at = segment.start + chunk.first_row - segment.row;
                for (i, time) in times[at..at + chunk.rows].iter_mut().enumerate() {
                    *time = column.int(i).unwrap_or(i64::MIN);
                }
            }
        }
        let key = |&number: &u32| (times[number as usize], number);
        let mut fresh: Vec<u32> = (old as u32..next as u32).collect();
        // Stable sort finds the long runs in which logs arrive.
        fresh.sort_by_key(key);
        if self.rows.last().is_none_or(|last| key(last) <= key(&fresh[0])) {
            self.rows.append(&mut fresh);
            return;
        }
        let before = std::mem::take(&mut self.rows);
        self.rows.reserve_exact(next);
        let (mut a, mut b) = (before.into_iter().peekable(), fresh.into_iter().peekable());
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            let next = if key(x) <= key(y) { a.next() } else { b.next() };
            self.rows.extend(next);
        }
        self.rows.extend(a);
        self.rows.extend(b);
    }
    /// Table and row of a number.
    fn locate(&self, number: u32) -> (usize, usize) {
        let number = number as usize;
        let at = self.segments.partition_point(|s| s.start <= number).saturating_sub(1);
        self.segments.get(at).map_or((0, 0), |s| (s.table, s.row + number - s.start))
    }
    /// The selected rows as a set of numbers. `selected` has, per table, a bitmap for each chunk.
    fn numbers(&self, shard: &Shard, selected: &[Vec<Bitmap>]) -> Bitmap {
        let mut numbers = Bitmap::new(self.rows.len(), false);
        for segment in &self.segments {
            let Some(bitmaps) = selected.get(segment.table) else { continue };
            let chunks = shard.tables[segment.table].chunks();
            let first = chunks.partition_point(|c| c.first_row < segment.row);
            for (chunk, bits) in segment.chunks(shard).zip(bitmaps.get(first..).unwrap_or_default()) {
                let at = segment.start + chunk.first_row - segment.row;
                bits.for_each(|i| numbers.set(at + i, true));
            }
        }
        numbers
    }
    fn place(&self, shard: &Shard, worker: u32, number: u32) -> RowPosition {
        let (table, row) = self.locate(number);
        let time = shard.tables[table].locate(row).and_then(|(chunk, i)| chunk.column(TIMESTAMP).int(i));
        let id = RowId { shard: worker, table: table as u32, row: row as u32 };
        RowPosition { key: vec![time.map_or(Value::Null, Value::Time)], id }
    }
    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<u32>()
    }
}

impl Segment {
    /// Its chunks: rows become visible in whole ones.
    fn chunks<'s>(&self, shard: &'s Shard) -> impl Iterator<Item = &'s Chunk> {
        let chunks = shard.tables[self.table].chunks();
        let (row, end) = (self.row, self.row + self.rows);
        chunks[chunks.partition_point(|c| c.first_row < row)..].iter().take_while(move |c| c.first_row < end)
    }
}

/// One row's place in an order: the sort key and the row. Keys compare as `sort` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowPosition {
    /// The values sorted by.
    pub key: Vec<Value>,
    /// The row.
    pub id: RowId,
}

/// A row by a number that compares as its value: the number, and the table and row in one.
pub(super) type Ranked = (u64, u64);
/// A row by its values: those, its table and its row.
pub(super) type Valued = (Vec<Value>, u32, u32);

/// The selected rows of one shard in the order of the view.
#[derive(Debug)]
pub struct Order {
    kind: OrderKind,
    /// Largest first, per key.
    descending: Vec<bool>,
    len: usize,
}

#[derive(Debug)]
enum OrderKind {
    /// By time: the shard's timeline, filtered. `directory[b]` counts the selected rows before block `b`; `marks`
    /// are every [`EVERY`]th of them, earliest first.
    Time { selected: Bitmap, directory: Vec<u32>, marks: Vec<u32> },
    /// By one column: the sorted rows by what compares as their values, and those without a value, which stand first,
    /// or last if the largest come first.
    Ranked { rows: Vec<Ranked>, missing: Vec<u64>, columns: Vec<Option<usize>> },
    /// By anything else: the sorted rows with their keys.
    Sorted(Vec<Valued>),
}

impl Order {
    /// Selected rows by time. `selected` has, per table, a bitmap for each chunk.
    pub fn by_time(shard: &Shard, timeline: &Timeline, selected: &[Vec<Bitmap>], descending: bool) -> Order {
        let selected = timeline.numbers(shard, selected);
        let mut directory = Vec::with_capacity(timeline.rows.len() / BLOCK + 2);
        let mut count = 0u32;
        let mut marks = Vec::new();
        for block in timeline.rows.chunks(BLOCK) {
            directory.push(count);
            for &number in block {
                if selected.get(number as usize) {
                    if (count as usize).is_multiple_of(EVERY) {
                        marks.push(number);
                    }
                    count += 1;
                }
            }
        }
        directory.push(count);
        Order {
            kind: OrderKind::Time { selected, directory, marks },
            descending: vec![descending],
            len: count as usize,
        }
    }
    pub(super) fn ranked(
        rows: Vec<Ranked>,
        missing: Vec<u64>,
        columns: Vec<Option<usize>>,
        descending: Vec<bool>,
    ) -> Order {
        Order {
            len: rows.len() + missing.len(),
            kind: OrderKind::Ranked { rows, missing, columns },
            descending,
        }
    }
    pub(super) fn valued(rows: Vec<Valued>, descending: Vec<bool>) -> Order {
        Order { len: rows.len(), kind: OrderKind::Sorted(rows), descending }
    }
    /// The row at place `at` of an order by keys.
    fn place(&self, shard: &Shard, worker: u32, at: usize) -> Option<RowPosition> {
        match &self.kind {
            OrderKind::Time { .. } => None,
            OrderKind::Sorted(rows) => {
                let (key, table, row) = rows.get(at)?;
                Some(RowPosition { key: key.clone(), id: RowId { shard: worker, table: *table, row: *row } })
            }
            OrderKind::Ranked { rows, missing, columns } => {
                let number = match self.descending == [true] {
                    true => rows.get(at).map(|r| r.1).or_else(|| missing.get(at - rows.len()).copied()),
                    false => missing.get(at).copied().or_else(|| rows.get(at - missing.len()).map(|r| r.1)),
                };
                let id = RowId { shard: worker, table: (number? >> 32) as u32, row: number? as u32 };
                let row = shard.tables.get(id.table as usize)?.row(id.row as usize)?;
                let column = columns.get(id.table as usize).copied().flatten();
                Some(RowPosition { key: vec![column.map_or(Value::Null, |c| row.value(c))], id })
            }
        }
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
        worker: u32,
        from: usize,
        count: usize,
    ) -> Vec<RowPosition> {
        let from = from.min(self.len);
        let count = count.min(self.len.saturating_sub(from));
        match &self.kind {
            OrderKind::Ranked { .. } | OrderKind::Sorted(_) => {
                (from..from + count).filter_map(|at| self.place(shard, worker, at)).collect()
            }
            OrderKind::Time { selected, directory, .. } => {
                let descending = self.descending == [true];
                // Places count from the end of the timeline when the newest come first.
                let first = if descending { self.len - from - count } else { from };
                let block = directory.partition_point(|n| *n as usize <= first).saturating_sub(1);
                let mut skip = first - directory.get(block).map_or(0, |n| *n as usize);
                let mut out = Vec::with_capacity(count);
                for &number in timeline.rows.get(block * BLOCK..).unwrap_or_default() {
                    if out.len() == count {
                        break;
                    }
                    if !selected.get(number as usize) {
                        continue;
                    }
                    if skip > 0 {
                        skip -= 1;
                        continue;
                    }
                    out.push(timeline.place(shard, worker, number));
                }
                if descending {
                    out.reverse();
                }
                out
            }
        }
    }
    /// A row every [`EVERY`] rows, with its place, first places first.
    pub fn splitters(&self, shard: &Shard, timeline: &Timeline, worker: u32) -> Vec<(usize, RowPosition)> {
        match &self.kind {
            OrderKind::Ranked { .. } | OrderKind::Sorted(_) => (0..self.len)
                .step_by(EVERY)
                .filter_map(|at| Some((at, self.place(shard, worker, at)?)))
                .collect(),
            OrderKind::Time { marks, .. } => {
                let place = |(i, &number): (usize, &u32)| (i * EVERY, timeline.place(shard, worker, number));
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
pub struct MergedOrder {
    shards: Vec<ShardOrder>,
    /// All splitters in the order of the whole: (key, shard, its number in the shard).
    splitters: Vec<(Vec<Value>, u32, usize)>,
    descending: Vec<bool>,
}

/// One shard in [`MergedOrder`].
#[derive(Clone, Debug, Default)]
struct ShardOrder {
    len: usize,
    /// Places of its splitters, ascending.
    places: Vec<usize>,
}

impl MergedOrder {
    /// `shards[s]` is the length and the splitters of shard `s`.
    pub fn new(shards: Vec<(usize, Vec<(usize, RowPosition)>)>, descending: Vec<bool>) -> MergedOrder {
        let mut merged = MergedOrder { descending, ..MergedOrder::default() };
        for (s, (len, splitters)) in shards.into_iter().enumerate() {
            merged.shards.push(ShardOrder { len, places: splitters.iter().map(|p| p.0).collect() });
            merged.splitters.extend(splitters.into_iter().enumerate().map(|(i, p)| (p.1.key, s as u32, i)));
        }
        let descending = &merged.descending;
        sort::by(&mut merged.splitters, |a, b| {
            compare(&a.0, &b.0, descending).then_with(|| (a.1, a.2).cmp(&(b.1, b.2)))
        });
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
        fetched: Vec<Vec<RowPosition>>,
    ) -> Vec<RowPosition> {
        let skipped: usize = starts.iter().map(|s| s.0).sum();
        let mut rows: Vec<(usize, usize, RowPosition)> = Vec::new();
        for (s, places) in fetched.into_iter().enumerate() {
            rows.extend(
                places.into_iter().enumerate().map(|(i, p)| (s, starts.get(s).map_or(0, |r| r.0) + i, p)),
            );
        }
        sort::by(&mut rows, |a, b| {
            compare(&a.2.key, &b.2.key, &self.descending).then_with(|| (a.0, a.1).cmp(&(b.0, b.1)))
        });
        rows.into_iter().map(|r| r.2).skip(from - skipped.min(from)).take(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_sample::rng::Rng;
    use logloupe_table::{Cell, Field};

    /// Three shards of two tables each, with ties and rows without a time.
    fn shards() -> Vec<Shard> {
        let mut rng = Rng::new(7);
        let mut shards = Vec::new();
        for s in 0..3 {
            let mut shard = Shard::new(s);
            for format in ["a", "b"] {
                for _ in 0..3000 * s + 700 {
                    let mut row = shard.table(format, std::iter::empty::<Field>()).begin();
                    if rng.below(50) != 0 {
                        row.timestamp(i64::from(rng.below(3000)));
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
            let mut whole: Vec<(usize, usize, RowPosition)> = Vec::new();
            for s in 0..shards.len() {
                whole.extend(window(s, 0, usize::MAX).into_iter().enumerate().map(|(i, p)| (s, i, p)));
            }
            whole.sort_by(|a, b| {
                compare(&a.2.key, &b.2.key, &[descending]).then_with(|| (a.0, a.1).cmp(&(b.0, b.1)))
            });
            let parts = (0..shards.len())
                .map(|s| (orders[s].len(), orders[s].splitters(&shards[s], &timelines[s], s as u32)))
                .collect();
            let merged = MergedOrder::new(parts, vec![descending]);
            assert_eq!(merged.len(), whole.len());
            for from in (0..whole.len() + 50).step_by(37) {
                let ranges = merged.ranges(from, 61);
                let fetched: Vec<Vec<RowPosition>> =
                    ranges.iter().enumerate().map(|(s, r)| window(s, r.0, r.1)).collect();
                assert!(fetched.iter().map(Vec::len).max() <= Some(61 + 4 * EVERY), "fetches stay small");
                let cut = merged.cut(from, 61, &ranges, fetched);
                let expected: Vec<RowPosition> =
                    whole.iter().skip(from).take(61).map(|r| r.2.clone()).collect();
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
        let times = |t: &Timeline| t.rows.iter().map(|n| t.place(&shard, 0, *n)).collect::<Vec<_>>();
        assert_eq!(times(&timeline), times(&fresh));
        assert_eq!(timeline.rows.len(), 2500);
    }
}
