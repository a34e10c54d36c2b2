//! The rows that a shard sends to the merge: the top-k of a `limit`, the first of each key of a `dedup`, all rows where
//! a window operator needs them.

use super::{
    dedup::Dedup,
    eval::Eval,
    keys::TableContext,
    partial::SurvivorRow,
    required_columns::{ChunkRows, RequiredColumns},
};
use crate::Error;
use logloupe_table::{Bitmap, schema::TIMESTAMP, sort};

/// The survivor rows of a shard so far.
#[derive(Default)]
pub(super) struct RowCollector {
    rows: Vec<SurvivorRow>,
    /// Of `dedup`: the combinations of the table at hand.
    dedup: Option<Dedup>,
    /// Of hashes.
    seed: u64,
    /// The last row that a `limit` lets through, as far as is known.
    worst: Option<SurvivorRow>,
}

impl RowCollector {
    /// A collector whose hashes nobody can aim at.
    pub(super) fn new(seed: u64) -> RowCollector {
        RowCollector { seed, ..RowCollector::default() }
    }
    /// Takes in the selected rows of a chunk of table number `table`, of which the job looks at `chunks` chunks.
    pub(super) fn take<'b>(
        &mut self,
        required: &RequiredColumns<'b>,
        eval: &mut Eval<'_, 'b>,
        rows: &Bitmap,
        (table, chunks): (usize, usize),
    ) -> Result<(), Error> {
        let reading = ChunkRows::new(required, eval, rows, table);
        if let Some(keys) = required.keys {
            if !self.dedup.as_ref().is_some_and(|f| f.is_of(table)) {
                let (stage, chunks) = (eval.stage, chunks.min(eval.table.chunks().len()));
                let parts = TableContext {
                    stage,
                    bound: &*eval.bound,
                    table: eval.table,
                    chunks,
                    seed: self.seed,
                    limits: &required.limits,
                };
                self.dedup = Some(Dedup::new(table, keys, &parts));
            }
            if let Some(dedup) = &mut self.dedup {
                dedup.take(required, keys, &reading, eval, rows, &mut self.rows);
            }
        } else {
            self.take_first_in_order(required, &reading, eval, rows);
        }
        if self.rows.len().saturating_mul(required.nodes.len() + 4) > required.limits.values {
            let message = "the query keeps too many rows in order; use a smaller `limit` or filter first";
            return Err(message.into());
        }
        Ok(())
    }

    fn take_first_in_order(
        &mut self,
        required: &RequiredColumns<'_>,
        reading: &ChunkRows<'_>,
        eval: &Eval<'_, '_>,
        rows: &Bitmap,
    ) {
        let times = eval.chunk.column(TIMESTAMP);
        let oldest = required.oldest(times, rows);
        for i in rows.ones() {
            let time = times.int(i);
            // Most rows are told from what is already kept by one look.
            let kept = match (required.sort.first(), &self.worst) {
                (None, Some(worst)) => time >= worst.time && time >= oldest,
                (None, None) => time >= oldest,
                (Some(&(at, descending)), Some(worst)) => {
                    let order = eval.at(&reading.vectors[at], i).sort_cmp(&worst.values[at]);
                    if descending { order.is_ge() } else { order.is_le() }
                }
                (Some(_), None) => true,
            };
            if kept {
                self.offer(required, reading.survivor(eval, i));
            }
        }
    }

    fn offer(&mut self, required: &RequiredColumns<'_>, survivor: SurvivorRow) {
        if self.worst.as_ref().is_some_and(|w| required.compare(&survivor, w).is_ge()) {
            return;
        }
        self.rows.push(survivor);
        if required.limit == 0 {
            self.rows.clear();
        } else if self.rows.len() > required.limit.saturating_mul(2).saturating_add(1000) {
            self.prune(required);
        }
    }

    fn prune(&mut self, required: &RequiredColumns<'_>) {
        if required.dedup.is_none() && self.rows.len() > required.limit {
            let last = required.limit - 1;
            sort::part(&mut self.rows, last, |a, b| required.compare(a, b));
            self.rows.truncate(required.limit);
            self.worst = self.rows.last().cloned();
        }
    }

    pub(super) fn finish(mut self, required: &RequiredColumns<'_>) -> Vec<SurvivorRow> {
        if required.limit > 0 {
            self.prune(required);
        }
        self.rows
    }
}
