//! The rows that the page holds of one view: blocks around what is on screen, fetched once, forgotten when far away.

use std::collections::{BTreeMap, BTreeSet};

use logloupe_view::{GridRow, RowId};

use super::shared::Shared;

/// Rows are asked for in blocks of this many.
pub(crate) const BLOCK: u64 = 128;
/// How many blocks are kept.
const KEPT: usize = 48;

/// Rows of one view, by place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    /// The view that they belong to.
    pub(crate) view: u32,
    /// How many rows the view has.
    pub(crate) total: u64,
    /// The columns whose values the rows carry.
    pub(crate) columns: Vec<String>,
    blocks: BTreeMap<u64, Shared<Vec<GridRow>>>,
    asked: BTreeSet<u64>,
}

impl Rows {
    /// A view of which nothing is known yet but its length.
    pub(crate) fn new(view: u32, total: u64, columns: Vec<String>) -> Rows {
        Rows { view, total, columns, ..Rows::default() }
    }
    /// The row at `index`, if it is here.
    pub(crate) fn get(&self, index: u64) -> Option<&GridRow> {
        self.blocks.get(&(index / BLOCK))?.get((index % BLOCK) as usize)
    }
    /// Which stretches must be asked for so that `from..from + count` and a block on either side are here; they count
    /// as asked for from now on. Far blocks are forgotten.
    pub(crate) fn need(&mut self, from: u64, count: usize) -> Vec<(u64, usize)> {
        if self.total == 0 {
            return Vec::new();
        }
        let last_block = (self.total - 1) / BLOCK;
        let first = (from / BLOCK).saturating_sub(1).min(last_block);
        let last = (from.saturating_add(count as u64) / BLOCK + 1).min(last_block);
        let mut stretches: Vec<(u64, usize)> = Vec::new();
        for block in first..=last {
            if !self.asked.insert(block) {
                continue;
            }
            let start = block * BLOCK;
            let length = BLOCK.min(self.total - start) as usize;
            match stretches.last_mut() {
                Some((from, count)) if *from + *count as u64 == start => *count += length,
                _ => stretches.push((start, length)),
            }
        }
        self.forget(first, last);
        stretches
    }
    /// Puts arrived rows in place. `from` is where a block begins, as [`need`](Rows::need) asked.
    pub(crate) fn put(&mut self, from: u64, rows: Vec<GridRow>) {
        let mut rows = rows.into_iter();
        let mut block = from / BLOCK;
        loop {
            let part: Vec<GridRow> = rows.by_ref().take(BLOCK as usize).collect();
            if part.is_empty() {
                return;
            }
            if self.asked.contains(&block) {
                self.blocks.insert(block, Shared::new(part));
            }
            block += 1;
        }
    }
    /// Where a row stands, if it is here.
    pub(crate) fn find(&self, id: RowId) -> Option<u64> {
        self.blocks.iter().find_map(|(block, rows)| {
            rows.iter().position(|r| r.id == id).map(|place| block * BLOCK + place as u64)
        })
    }
    fn forget(&mut self, first: u64, last: u64) {
        while self.asked.len() > KEPT.max((last - first + 1) as usize) {
            let (low, high) = (self.asked.first().copied(), self.asked.last().copied());
            let (Some(low), Some(high)) = (low, high) else { return };
            let far = if first.saturating_sub(low) >= high.saturating_sub(last) { low } else { high };
            self.asked.remove(&far);
            self.blocks.remove(&far);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u64) -> GridRow {
        GridRow { id: RowId { row: number as u32, ..RowId::default() }, ..GridRow::default() }
    }

    #[test]
    fn asks_once_and_in_one_piece() {
        let mut rows = Rows::new(1, 1000, Vec::new());
        assert_eq!(rows.need(0, 40), [(0, 256)]);
        assert_eq!(rows.need(10, 40), []);
        assert_eq!(rows.need(900, 200), [(768, 232)], "not past the end");
        assert_eq!(Rows::new(1, 0, Vec::new()).need(0, 40), []);
    }

    #[test]
    fn rows_are_found_by_place_and_by_name() {
        let mut rows = Rows::new(1, 300, Vec::new());
        let _ = rows.need(0, 300);
        rows.put(0, (0..300).map(row).collect());
        assert_eq!(rows.get(299).map(|r| r.id.row), Some(299));
        assert_eq!(rows.get(300), None);
        assert_eq!(rows.find(row(130).id), Some(130));
    }

    #[test]
    fn far_blocks_are_forgotten_and_asked_for_again() {
        let mut rows = Rows::new(1, 5_000_000, Vec::new());
        for i in 0..400 {
            for (from, count) in rows.need(i * 10_000, 40) {
                rows.put(from, (from..from + count as u64).map(row).collect());
            }
        }
        assert!(rows.blocks.len() <= KEPT && rows.asked.len() <= KEPT);
        assert!(rows.get(399 * 10_000).is_some() && rows.get(0).is_none());
        assert_eq!(rows.need(0, 40), [(0, 256)]);
        // An answer to a question that is forgotten by now does not come back to stay.
        rows.put(4_000_000, vec![row(1)]);
        assert!(rows.get(4_000_000).is_none());
    }
}
