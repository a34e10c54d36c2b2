//! The partial result of a shard, which is serialised: groups with accumulators, or the rows that a `limit` or `dedup`
//! may let through. Data only; see `merge`.

use serde::{Deserialize, Serialize};

use super::accumulators::Accumulators;
use logloupe_table::Value;

/// The mergeable state of a query.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Partial {
    pub(super) body: Body,
    /// Why the query cannot be answered, if it cannot.
    pub(super) failure: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) enum Body {
    /// The answer is the selection itself.
    #[default]
    Selection,
    Groups(Groups),
    Rows(Vec<SurvivorRow>),
}

/// Groups by columns.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Groups {
    pub(super) groups: usize,
    pub(super) keys: Vec<KeyColumn>,
    pub(super) states: Vec<Accumulators>,
    /// Set where these are not all groups.
    pub(super) truncated: Option<Truncated>,
}

/// Error bounds of a truncated partial.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Truncated {
    /// A group that is not among them has less than this, over all parts that this was merged from.
    pub(super) threshold: u64,
    /// What each of the groups has more is less than this; 0 if it is fully known.
    pub(super) missing: Vec<u64>,
}

/// One key of all groups: group `g` has `values[index[g]]`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct KeyColumn {
    pub(super) values: Vec<Value>,
    pub(super) index: Vec<u32>,
}

/// Names a row of the loaded logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RowRef {
    /// The shard, as [`Partial::at_shard`] was told.
    pub shard: u32,
    /// The table in the shard.
    pub table: u32,
    /// The row in the table.
    pub row: u32,
}

/// A row that may be in the answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SurvivorRow {
    pub(super) id: RowRef,
    pub(super) time: Option<i64>,
    pub(super) source: Value,
    pub(super) record: i64,
    pub(super) format: Value,
    /// The values that later steps ask for.
    pub(super) values: Vec<Value>,
}

impl Groups {
    /// Adds groups of these keys that no row belongs to.
    pub(super) fn push_empty(&mut self, keys: &[&Vec<Value>]) {
        self.groups += keys.len();
        for key in keys {
            for (column, value) in self.keys.iter_mut().zip(key.iter()) {
                column.index.push(column.values.len() as u32);
                column.values.push(value.clone());
            }
        }
        self.states.iter_mut().for_each(|s| s.grow(self.groups));
    }
}

impl Partial {
    pub(super) fn of(groups: Groups) -> Partial {
        Partial { body: Body::Groups(groups), failure: None }
    }
    pub(super) fn failed(message: String) -> Partial {
        Partial { body: Body::Selection, failure: Some(message) }
    }
    /// Says which shard this comes from, so that its rows can be told from others'.
    pub fn at_shard(mut self, shard: u32) -> Partial {
        if let Body::Rows(rows) = &mut self.body {
            rows.iter_mut().for_each(|r| r.id.shard = shard);
        }
        self
    }
    /// Why the query cannot be answered, if it cannot.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }
}
