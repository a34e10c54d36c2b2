//! The order of a frame's rows.

use std::{cell::OnceCell, cmp::Ordering};

use super::frame::{Frame, FrameColumn};
use crate::plan::Node;
use logloupe_table::{Value, sort};

impl Frame {
    /// Sorts the rows that are left; only the first `limit` need be right.
    pub(super) fn sort(&mut self, keys: &[(Node, bool)], limit: Option<usize>) {
        let mut order = std::mem::take(&mut self.order);
        let by: Vec<SortColumn<'_>> =
            keys.iter().filter_map(|(n, d)| Some(SortColumn::new(self.column(n)?, *d, false))).collect();
        let ties: Vec<SortColumn<'_>> = (self.ties.iter())
            .filter_map(|n| Some(SortColumn::new(self.inputs.get(*n)?.as_ref()?, false, true)))
            .collect();
        if let Some(limit) = limit.filter(|l| *l > 0 && *l < order.len() && !by.is_empty()) {
            // What comes after the last one that is kept goes, before anyone asks how ties are to be broken.
            sort::part_places(&mut order, limit - 1, &|a, b| compare(&by, a, b));
            let last = order[limit - 1];
            order.retain(|row| compare(&by, *row, last).is_le());
        }
        match self.ties.is_empty() {
            // Equal events stand in the order of file and place in it; other rows keep their order.
            true => sort::places(&mut order, &|a, b| {
                let place = || match &self.times {
                    Some(times) => {
                        let ((_, file, record), (_, other, place)) = (&times[a as usize], &times[b as usize]);
                        file.sort_cmp(other).then_with(|| record.cmp(place))
                    }
                    None => Ordering::Equal,
                };
                compare(&by, a, b).then_with(place).then_with(|| a.cmp(&b))
            }),
            false => sort::places(&mut order, &|a, b| compare(&by, a, b).then_with(|| compare(&ties, a, b))),
        }
        drop((by, ties));
        self.order = order;
    }
}

/// A column that rows are sorted by, made ready when rows are first compared by it: integers as they are, anything
/// else as the place of each distinct value in the order.
pub(super) struct SortColumn<'c> {
    column: &'c FrameColumn,
    descending: bool,
    /// Whether values that sort alike but look different are told apart.
    strict: bool,
    keys: OnceCell<SortKeys<'c>>,
}

enum SortKeys<'c> {
    Ints(Vec<Option<i64>>),
    Ranks(Vec<u32>, &'c [u32]),
    Values(&'c [Value]),
}

impl<'c> SortColumn<'c> {
    pub(super) fn new(column: &'c FrameColumn, descending: bool, strict: bool) -> SortColumn<'c> {
        SortColumn { column, descending, strict, keys: OnceCell::new() }
    }
    fn compare(&self, a: u32, b: u32) -> Ordering {
        let (a, b) = if self.descending { (b as usize, a as usize) } else { (a as usize, b as usize) };
        match self.keys.get_or_init(|| SortKeys::new(self.column, self.strict)) {
            SortKeys::Ints(ints) => ints[a].cmp(&ints[b]),
            SortKeys::Ranks(ranks, index) => ranks[index[a] as usize].cmp(&ranks[index[b] as usize]),
            SortKeys::Values(values) => {
                let look = || values[a].to_string().cmp(&values[b].to_string());
                let order = values[a].sort_cmp(&values[b]);
                if self.strict { order.then_with(look) } else { order }
            }
        }
    }
}

impl<'c> SortKeys<'c> {
    fn new(column: &'c FrameColumn, strict: bool) -> SortKeys<'c> {
        match column {
            FrameColumn::Keyed(key) => SortKeys::Ranks(ranks(&key.values, strict), &key.index),
            FrameColumn::Values(values) => {
                // A missing value comes first, as it does in `sort_cmp`.
                let int = |v: &Value| match v {
                    Value::Int(v) => Some(Some(*v)),
                    Value::Null => Some(None),
                    _ => None,
                };
                let ints: Option<Vec<Option<i64>>> = values.iter().map(int).collect();
                ints.map_or(SortKeys::Values(values), SortKeys::Ints)
            }
        }
    }
}

/// The place of each value in the order of `sort`; `strict`ly, values that look different have distinct places.
fn ranks(values: &[Value], strict: bool) -> Vec<u32> {
    let keys: Vec<_> = values.iter().map(Value::sort_key).collect();
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    let compare = |a: u32, b: u32| {
        let order = keys[a as usize].cmp(&keys[b as usize]);
        let look = || values[a as usize].to_string().cmp(&values[b as usize].to_string());
        if strict { order.then_with(look) } else { order }
    };
    sort::places(&mut order, &compare);
    let mut ranks = vec![0; values.len()];
    for pair in order.windows(2) {
        ranks[pair[1] as usize] = ranks[pair[0] as usize] + compare(pair[0], pair[1]).is_ne() as u32;
    }
    ranks
}

pub(super) fn compare(columns: &[SortColumn<'_>], a: u32, b: u32) -> Ordering {
    columns.iter().map(|c| c.compare(a, b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}
