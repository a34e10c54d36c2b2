//! The values of a shard's fields, for completion: counted once for each field and table, over all rows.
//!
//! Exact, and the same counts that facets show while no filter is on. Fields whose values are stored one by one because
//! they hardly repeat have none to offer, nor have computed ones that nothing has asked for yet.

use std::{cell::RefCell, collections::HashMap};

use logloupe_table::{Bitmap, Data, Kind, Shard, Table, sort};
use logloupe_tell::complete::Values;
use logloupe_view::facets::{Tally, begins};

/// Counts made so far. They hold as long as the tables have the rows that they were made of.
#[derive(Debug, Default)]
pub struct Counted {
    /// By table and field, with the table's rows at that time.
    tallies: HashMap<(usize, String), (usize, Tally)>,
}

/// How many fields' counts are kept.
const MOST_FIELDS: usize = 32;

/// A shard's values; keep the counts from one call to the next.
#[derive(Debug)]
pub struct ShardValues<'s> {
    /// The rows.
    pub shard: &'s Shard,
    /// What was counted before.
    pub counted: &'s RefCell<Counted>,
}

impl Values for ShardValues<'_> {
    fn values(&self, field: &str, typed: &str, most: usize) -> Vec<(String, u64)> {
        let mut sums: HashMap<String, u64> = HashMap::new();
        let counted = &mut *self.counted.borrow_mut();
        for (t, table) in self.shard.tables.iter().enumerate() {
            if !repeats(table, field) {
                continue;
            }
            let key = (t, field.to_owned());
            if counted.tallies.get(&key).is_none_or(|(rows, _)| *rows != table.rows()) {
                if counted.tallies.len() >= MOST_FIELDS {
                    counted.tallies.clear();
                }
                let all: Vec<Bitmap> = table.chunks().iter().map(|c| Bitmap::new(c.rows, true)).collect();
                let tally = Tally::count(table, &self.shard.sources, &all, field);
                counted.tallies.insert(key.clone(), (table.rows(), tally));
            }
            if let Some((_, tally)) = counted.tallies.get(&key) {
                for (value, count) in tally.like(table, typed, most) {
                    *sums.entry(value).or_default() += count;
                }
            }
        }
        let mut all: Vec<(bool, String, u64)> =
            sums.into_iter().map(|(value, count)| (!begins(&value, typed), value, count)).collect();
        sort::by(&mut all, |a, b| a.0.cmp(&b.0).then(b.2.cmp(&a.2)).then_with(|| a.1.cmp(&b.1)));
        all.truncate(most);
        all.into_iter().map(|(_, value, count)| (value, count)).collect()
    }
}

/// Whether a field's values repeat, so that offering some of them makes sense.
fn repeats(table: &Table, field: &str) -> bool {
    let Some(column) = table.schema().find(field).or_else(|| table.derived(field)) else {
        return field == "@format";
    };
    let kind = table.schema().field(column).kind;
    !matches!(kind, Kind::Time | Kind::Float)
        && !table.is_uncomputed(column)
        && table.chunks().iter().all(|c| !matches!(c.column(column).data, Data::Plain { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_table::{Cell, Field, Role};

    #[test]
    fn the_commonest_values_that_begin_so_then_those_that_contain_it() {
        let mut shard = Shard::new(3);
        let source = shard.add_source("a");
        let fields = || {
            vec![
                Field::new("action", Kind::Text, Role::Status).aliases(&["event.action"]),
                Field::new("port", Kind::Int, Role::Dimension),
                Field::new("took", Kind::Float, Role::Measure),
            ]
        };
        let names: [&[u8]; 4] = [b"ACCEPT", b"REJECT", b"reaccept", b"other"];
        for i in 0..40usize {
            let mut row = shard.table("flow", fields()).begin();
            row.set(0, Cell::Text(names[if i < 20 { 0 } else { i % 4 }]));
            row.set(1, Cell::Int([443, 22][i % 2]));
            row.set(2, Cell::Float(i as f64));
            row.commit(source, 1, 1, b"x");
        }
        shard.seal();
        let counted = RefCell::default();
        let values = ShardValues { shard: &shard, counted: &counted };
        let of = |field, typed, most| {
            let all: Vec<String> =
                values.values(field, typed, most).into_iter().map(|(v, n)| format!("{v} {n}")).collect();
            all.join(", ")
        };
        for _ in 0..2 {
            assert_eq!(of("action", "", 9), "ACCEPT 25, REJECT 5, other 5, reaccept 5");
            assert_eq!(of("event.action", "acc", 9), "ACCEPT 25, reaccept 5");
            assert_eq!(of("action", "RE", 9), "REJECT 5, reaccept 5");
            assert_eq!(of("action", "", 1), "ACCEPT 25");
            assert_eq!(of("action", "none", 9), "");
            assert_eq!(of("port", "", 9), "22 20, 443 20");
            assert_eq!(of("port", "4", 9), "443 20");
            assert_eq!(of("took", "", 9), "");
            assert_eq!(of("nothing", "", 9), "");
            assert_eq!(of("@format", "f", 9), "flow 40");
        }
        assert_eq!(counted.borrow().tallies.len(), 4);
    }
}
