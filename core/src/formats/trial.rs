//! Content read by a format for its tests: columns as people see them, and rejections with their places.

use super::{ALL, Format};
use crate::ingest::{Limits, Loader, Options, ledger::Entry};
use logloupe_table::Shard;

/// The line, the column and the expectation of a rejection.
pub(super) type Rejected = (u64, u64, String);

/// The values of these columns of each row, and what was rejected.
#[track_caller]
pub(super) fn read(
    format: &'static dyn Format,
    content: &str,
    names: &[&str],
) -> (Vec<Vec<String>>, Vec<Rejected>) {
    let mut loader = Loader::new(vec![format], Limits::default(), 1);
    loader.open("x", Options { format: Some(format.meta().id.to_owned()), ..Options::default() });
    loader.push(content.as_bytes());
    let (shard, ledger) = loader.into_parts();
    let rows = shard.tables.iter().flat_map(|table| (0..table.rows()).filter_map(|row| table.row(row)));
    let rows = rows.map(|row| names.iter().map(|name| row.show(name)).collect()).collect();
    let rejections = ledger.into_iter().flat_map(|entry| entry.rejections);
    (rows, rejections.map(|r| (r.line, r.column, r.expected)).collect())
}

/// Content read by the format that claims it, without a name.
pub(super) fn load(content: &str) -> (Shard, Entry) {
    load_as("x", content.as_bytes())
}

/// The same of a file of that name.
pub(super) fn load_as(name: &str, content: &[u8]) -> (Shard, Entry) {
    let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 1);
    loader.open(name, Options::default());
    loader.push(content);
    let (shard, mut ledger) = loader.into_parts();
    (shard, ledger.remove(0))
}
