//! `dedup` on one shard: the first row of each combination of keys, table by table. Rows of two tables whose keys look
//! the same are deduplicated after the merge.

use std::cmp::Ordering;

use super::{
    eval::{Eval, position},
    keys::{Encoder, Keys, TableContext},
    partial::SurvivorRow,
    required_columns::{ChunkRows, RequiredColumns},
    vector::{CodeValues, Vector},
};
use crate::plan::Node;
use logloupe_table::{
    Bitmap,
    schema::{RECORD, SOURCE, TIMESTAMP},
};

const NONE: u32 = u32::MAX;

/// The combinations of one table so far.
pub(super) struct Dedup {
    table: usize,
    keys: Keys,
    /// The index of each combination's row among the survivors.
    places: Vec<u32>,
    /// The first row of each combination in the chunk at hand.
    winners: Vec<u32>,
}

impl Dedup {
    pub(super) fn new(table: usize, nodes: &[Node], parts: &TableContext<'_>) -> Dedup {
        let encoders = nodes.iter().map(|node| Encoder::new(node, parts)).collect();
        Dedup { table, keys: Keys::new(encoders, parts.seed), places: Vec::new(), winners: Vec::new() }
    }
    /// Whether these are of table number `table`.
    pub(super) fn is_of(&self, table: usize) -> bool {
        self.table == table
    }

    /// Takes in the selected rows of a chunk.
    pub(super) fn take<'b>(
        &mut self,
        required: &RequiredColumns<'b>,
        nodes: &'b [Node],
        reading: &ChunkRows<'_>,
        eval: &mut Eval<'_, 'b>,
        selected: &Bitmap,
        rows: &mut Vec<SurvivorRow>,
    ) {
        let list: Vec<u32> = selected.ones().map(|i| i as u32).collect();
        let mut groups = Vec::new();
        self.keys.groups(nodes, eval, &list, None, &mut groups);
        self.winners.resize(self.keys.len(), NONE);
        self.places.resize(self.keys.len(), NONE);
        let (times, sources) = (eval.chunk.column(TIMESTAMP), eval.chunk.column(SOURCE));
        let records = eval.chunk.column(RECORD);
        let precedes = |a: usize, b: usize| {
            let sorted = required.sort.iter().map(|&(at, descending)| {
                let order = eval.at(&reading.vectors[at], a).sort_cmp(&eval.at(&reading.vectors[at], b));
                if descending { order.reverse() } else { order }
            });
            let newest = || match required.sort.is_empty() {
                true => times.int(b).cmp(&times.int(a)),
                false => Ordering::Equal,
            };
            let name = |i: usize| sources.int(i).and_then(|s| eval.bound.names.get(s as usize));
            let file = || match (name(a), name(b)) {
                (Some(x), Some(y)) if sources.int(a) != sources.int(b) => x.sort_cmp(y),
                _ => Ordering::Equal,
            };
            let place = |i: usize| position(&eval.bound.sources, sources, records, RECORD, i);
            let order = sorted.into_iter().find(|o| o.is_ne()).unwrap_or(Ordering::Equal);
            order.then_with(newest).then_with(file).then_with(|| place(a).cmp(&place(b))).is_lt()
        };
        let keys: Vec<&Vector<'_>> = required.dedup.iter().flatten().map(|k| &*reading.vectors[*k]).collect();
        let mut touched = Vec::new();
        for (&row, &group) in list.iter().zip(&groups) {
            let i = row as usize;
            if keys.iter().any(|vector| is_missing(eval, vector, i)) {
                // Never a duplicate.
                rows.push(reading.survivor(eval, i));
                continue;
            }
            let winner = &mut self.winners[group as usize];
            if *winner == NONE {
                touched.push(group);
                *winner = row;
            } else if precedes(i, *winner as usize) {
                *winner = row;
            }
        }
        for group in touched {
            let row = std::mem::replace(&mut self.winners[group as usize], NONE) as usize;
            let place = &mut self.places[group as usize];
            let survivor = reading.survivor(eval, row);
            if *place == NONE {
                *place = rows.len() as u32;
                rows.push(survivor);
            } else if required.compare(&survivor, &rows[*place as usize]).is_lt() {
                rows[*place as usize] = survivor;
            }
        }
    }
}

/// Whether row `i` has no value.
fn is_missing(eval: &Eval<'_, '_>, vector: &Vector<'_>, i: usize) -> bool {
    match vector {
        Vector::Const(value) => value.is_null(),
        Vector::Values(values) => values.get(i).is_none_or(|v| v.is_null()),
        Vector::Codes { of: CodeValues::Memo { .. }, .. } => eval.at(vector, i).is_null(),
        known => known.valid().is_some_and(|v| !v.get(i)),
    }
}
