//! `stats` on a shard: chooses the packed aggregate for a table where it applies, else the hash aggregate.

use super::{
    eval::Eval, hash_aggregate::HashAggregate, keys::TableContext, packed_aggregate::PackedAggregate,
};
use crate::Error;
use crate::plan::Group;
use logloupe_table::Bitmap;

/// The aggregation of one table.
pub(super) enum Aggregation {
    /// Counts and sums by keys that fit 64 bits.
    PackedAggregate(Box<PackedAggregate>),
    /// Any aggregates of any keys.
    General(Box<HashAggregate>),
}

impl Aggregation {
    pub(super) fn new(group: &Group, parts: &TableContext<'_>) -> Aggregation {
        match PackedAggregate::new(group, parts) {
            Some(sums) => Aggregation::PackedAggregate(Box::new(sums)),
            None => Aggregation::General(Box::new(HashAggregate::new(group, parts))),
        }
    }
    /// Takes in the selected rows of a chunk; the error says which limit was reached.
    pub(super) fn take<'b>(
        &mut self,
        group: &'b Group,
        eval: &mut Eval<'_, 'b>,
        rows: &Bitmap,
    ) -> Result<(), Error> {
        match self {
            Aggregation::PackedAggregate(sums) => sums.take(group, eval, rows),
            Aggregation::General(aggregate) => aggregate.take(group, eval, rows),
        }
    }
}
