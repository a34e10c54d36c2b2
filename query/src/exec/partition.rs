//! Partition columns made columns of a table: from the event's time, its region and account, and the path of its file.

use std::sync::Arc;

use logloupe_table::{
    Source, Table,
    partition::{Partition, S3Key},
    schema::{SOURCE, TIMESTAMP},
    time::SECOND,
};

use super::bound::place_column;

/// Derives the column that a plan asks for under this name in at most so many chunks; false if it is no partition column.
pub(super) fn derive(table: &mut Table, sources: &[Source], input: &str, chunks: usize) -> bool {
    let Some((partition, name)) = Partition::of_input(input) else { return false };
    let own = if partition.is_place() { place_column(table, partition, name) } else { None };
    // Rows of a file stand together, and events come roughly in order: most have the file and the hour of the one before.
    let mut key = (-1, S3Key::default());
    let mut last = (-1, None);
    let mut answer: Option<Arc<str>> = partition.value(name, None, &key.1).map(Into::into);
    table.derive_from_rows(input, chunks, &mut |row| {
        if let Some(value) = own.map(|column| row.value(column))
            && !value.is_null()
        {
            return Some(value.to_string().into());
        }
        let source = row.chunk.column(SOURCE).int(row.index).unwrap_or(-1);
        let time = row.chunk.column(TIMESTAMP).int(row.index);
        let hour = time.map(|t| t.div_euclid(3600 * SECOND));
        if key.0 != source {
            let path = usize::try_from(source).ok().and_then(|at| sources.get(at)).map(|s| s.name.as_str());
            key = (source, S3Key::of(path.unwrap_or_default()));
        }
        if last != (source, hour) {
            answer = partition.value(name, time, &key.1).map(Into::into);
            last = (source, hour);
        }
        answer.clone()
    });
    true
}
