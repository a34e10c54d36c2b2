//! Windows of rows: which rows stand at places 4,000,000 to 4,000,050 of a view whose rows lie in several shards. No I/O:
//! a [`RowWindow`] says which positions to ask of which shard, takes them in, and ends in the ids of the rows.

use crate::{
    RowId,
    order::{MergedOrder, RowPosition},
};

/// Where the rows of a view stand.
#[derive(Clone, Debug)]
pub enum RowOrder {
    /// In the orders of the shards, seen as one.
    Merged(MergedOrder),
    /// In a list: what `limit` or `dedup` let through.
    Listed(Vec<RowId>),
}

impl Default for RowOrder {
    fn default() -> RowOrder {
        RowOrder::Listed(Vec::new())
    }
}

impl RowOrder {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            RowOrder::Merged(order) => order.len(),
            RowOrder::Listed(rows) => rows.len(),
        }
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A window on its way.
#[derive(Clone, Debug, Default)]
pub struct RowWindow {
    from: usize,
    count: usize,
    /// Per shard the first place to fetch and how many.
    ranges: Vec<(usize, usize)>,
    positions: Vec<Option<Vec<RowPosition>>>,
    ids: Vec<RowId>,
}

impl RowWindow {
    /// The rows `from..from + count` of an order, as far as there are so many.
    pub fn new(order: &RowOrder, from: usize, count: usize) -> RowWindow {
        let count = count.min(order.len().saturating_sub(from));
        let mut window = RowWindow { from, count, ..RowWindow::default() };
        match order {
            RowOrder::Merged(merged) => {
                window.ranges = merged.ranges(from, count);
                window.positions = window.ranges.iter().map(|r| (r.1 == 0).then(Vec::new)).collect();
                window.cut(order);
            }
            RowOrder::Listed(rows) => window.ids = rows.iter().skip(from).take(count).copied().collect(),
        }
        window
    }
    /// What to ask: shard, first place, how many.
    pub fn asks(&self) -> Vec<(u32, usize, usize)> {
        let ranges = (0u32..).zip(&self.ranges).zip(&self.positions);
        ranges.filter(|(_, held)| held.is_none()).map(|((s, r), _)| (s, r.0, r.1)).collect()
    }
    /// Takes in what a shard has at the places that it was asked for.
    pub fn on_positions(&mut self, order: &RowOrder, shard: u32, positions: Vec<RowPosition>) {
        if let Some(slot) = self.positions.get_mut(shard as usize) {
            *slot = Some(positions);
            self.cut(order);
        }
    }
    fn cut(&mut self, order: &RowOrder) {
        let RowOrder::Merged(merged) = order else { return };
        if self.is_complete() {
            let fetched = self.positions.iter_mut().map(|p| p.take().unwrap_or_default()).collect();
            let cut = merged.cut(self.from, self.count, &self.ranges, fetched);
            self.ids = cut.into_iter().map(|position| position.id).collect();
            (self.ranges, self.positions) = (Vec::new(), Vec::new());
        }
    }
    /// Whether nothing is left to ask.
    pub fn is_complete(&self) -> bool {
        self.positions.iter().all(Option::is_some)
    }
    /// The first place.
    pub fn from(&self) -> usize {
        self.from
    }
    /// The rows in order, once the window is complete.
    pub fn ids(&self) -> &[RowId] {
        &self.ids
    }
}

/// The rows of each shard among `ids`, for shards that have any.
pub fn by_shard(ids: &[RowId], shards: usize) -> Vec<(u32, Vec<RowId>)> {
    let of = |shard: u32| (shard, ids.iter().filter(|id| id.shard == shard).copied().collect::<Vec<_>>());
    (0..shards as u32).map(of).filter(|(_, ids)| !ids.is_empty()).collect()
}
