//! What running a query may use, and from when on an answer is estimated: values that are passed in with the
//! [`Bindings`](crate::plan::Bindings), so that tests run what ships with small ones.

/// Bounds of one query. The defaults are what ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// More groups than this, on one shard or merged, are refused: they would not fit a browser's memory, and no one
    /// reads them. On 32-bit targets a group of two keys and two aggregates takes some 60 bytes while it is made and 220
    /// while it is merged, so that this many take at most about a gigabyte of the four that a worker can address.
    pub groups: usize,
    /// Values in the tables that operators after a `stats` make, and in rows kept in order, are refused likewise.
    pub values: usize,
    /// Values that accumulators keep beside one per group. Fewer than a table of keys has numbers.
    pub kept: usize,
    /// Pairs of group and value up to which distinct values are counted exactly.
    pub exact_pairs: usize,
    /// Numbers in all groups up to which percentiles are exact.
    pub exact_numbers: usize,
    /// Rows that a subquery may give.
    pub subquery_rows: usize,
    /// Larger `limit`s than this are answered from all groups, not by top-k.
    pub top_k: u64,
    /// A shard sends so many of its groups in a truncated partial.
    pub sent_groups: usize,
    /// More groups than this are not asked for one by one in a refinement.
    pub refined_groups: usize,
    /// Records in a block of the packed aggregate; a power of two.
    pub block_records: usize,
    /// Blocks that a partition of the packed aggregate lets wait before it looks at its groups.
    pub waiting_blocks: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::DEFAULT
    }
}

impl Limits {
    /// What ships.
    pub const DEFAULT: Limits = Limits {
        groups: 5_000_000,
        values: 50_000_000,
        kept: 16_000_000,
        exact_pairs: 2_000_000,
        exact_numbers: 4_000_000,
        subquery_rows: 500_000,
        top_k: 1_000,
        sent_groups: 4_096,
        refined_groups: 20_000,
        block_records: 512,
        waiting_blocks: 8,
    };
    /// What is said when there are more groups than [`groups`](Self::groups) on one shard.
    pub(crate) fn too_many_groups(&self) -> String {
        format!("the query makes more than {} groups; group by fewer or coarser keys", self.groups)
    }
}

/// What is said when accumulators keep more than [`Limits::kept`].
pub(crate) const TOO_MANY_VALUES: &str =
    "the query keeps too many single values; filter first, or group by fewer or coarser keys";
