//! A run of rows: its columns and its raw records. Sealed; nothing in it changes but for columns added later.

use super::{Column, raw::Raw, schema::TIMESTAMP};

/// How many rows a chunk holds at most: small enough to skip by time, large enough to keep loops long.
pub const CHUNK_ROWS: usize = 16_384;

/// Rows `first_row..first_row + rows` of a table.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// The table's row number of the chunk's first row.
    pub first_row: usize,
    /// How many rows there are.
    pub rows: usize,
    pub(crate) columns: Vec<Column>,
    /// Derived columns that have been computed for this chunk.
    pub(crate) derived: Vec<usize>,
    /// The raw records.
    pub raw: Raw,
}

impl Chunk {
    /// Column `index`; one that came into being after this chunk was sealed has no values here.
    pub fn column(&self, index: usize) -> &Column {
        self.columns.get(index).unwrap_or(&Column::NULLS)
    }
    /// The times of the first and last event, for skipping; `None` when no row has one.
    pub fn time_range(&self) -> Option<(i64, i64)> {
        self.column(TIMESTAMP).range()
    }
    pub(crate) fn has_derived(&self, column: usize) -> bool {
        self.derived.contains(&column)
    }
    /// Takes the values of a column that was derived after the chunk was sealed.
    pub(crate) fn put_derived(&mut self, column: usize, values: Column) {
        self.put(column, values);
        self.derived.push(column);
    }
    /// Takes the values of a column.
    pub(crate) fn put(&mut self, column: usize, values: Column) {
        while self.columns.len() <= column {
            self.columns.push(Column::NULLS);
        }
        self.columns[column] = values;
    }
    /// Forgets a column that was computed, so that it is computed again.
    pub(crate) fn forget(&mut self, column: usize) {
        if self.has_derived(column) {
            self.derived.retain(|c| *c != column);
            self.put(column, Column::NULLS);
        }
    }
    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(|c| c.bytes() + size_of::<Column>()).sum::<usize>() + self.raw.bytes()
    }
}
