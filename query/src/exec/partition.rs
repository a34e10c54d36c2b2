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
    let keys: Vec<S3Key> = sources.iter().map(|source| S3Key::of(&source.name)).collect();
    let none = S3Key::default();
    let own = if partition.is_place() { place_column(table, partition, name) } else { None };
    // Events come roughly in order: most have the file and the hour of the one before.
    let (mut last, mut answer): (_, Option<Arc<str>>) =
        ((-1, None), partition.value(name, None, &none).map(Into::into));
    table.derive_from_rows(input, chunks, &mut |row| {
        if let Some(value) = own.map(|column| row.value(column))
            && !value.is_null()
        {
            return Some(value.to_string().into());
        }
        let source = row.chunk.column(SOURCE).int(row.index).unwrap_or(-1);
        let time = row.chunk.column(TIMESTAMP).int(row.index);
        let hour = time.map(|t| t.div_euclid(3600 * SECOND));
        if last != (source, hour) {
            let key = usize::try_from(source).ok().and_then(|at| keys.get(at)).unwrap_or(&none);
            answer = partition.value(name, time, key).map(Into::into);
            last = (source, hour);
        }
        answer.clone()
    });
    true
}
