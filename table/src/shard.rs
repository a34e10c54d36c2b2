//! What one worker holds: a table per format, and the files that the rows came from.

use serde::{Deserialize, Serialize};

use super::{Field, Table};

/// One file, or one file inside an archive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Its path, with the path inside the archive after a `/`.
    pub name: String,
    /// Added to `@line` of its rows: not zero where the shard read a later part of a large file.
    pub first_line: u64,
    /// Added to `@record` of its rows.
    pub first_record: u64,
}

/// Tables and sources.
#[derive(Debug)]
pub struct Shard {
    /// One per format met so far.
    pub tables: Vec<Table>,
    /// Indexed by the tables' `@source` column.
    pub sources: Vec<Source>,
    seed: u64,
}

impl Shard {
    /// An empty shard. `seed` makes hash tables hard to attack; callers with a random source pass one.
    pub fn new(seed: u64) -> Shard {
        Shard { tables: Vec::new(), sources: Vec::new(), seed }
    }
    /// The table of the format with id `format`, made with `fields` if it is new.
    pub fn table(&mut self, format: &str, fields: impl IntoIterator<Item = Field>) -> &mut Table {
        let at = match self.tables.iter().position(|t| t.format() == format) {
            Some(at) => at,
            None => {
                self.tables.push(Table::new(format, fields, self.seed));
                self.tables.len() - 1
            }
        };
        &mut self.tables[at]
    }
    /// Adds a file and gives its number.
    pub fn add_source(&mut self, name: &str) -> u32 {
        self.sources.push(Source { name: name.to_owned(), ..Source::default() });
        (self.sources.len() - 1) as u32
    }
    /// Makes all written rows visible to queries.
    pub fn seal(&mut self) {
        self.tables.iter_mut().for_each(Table::seal);
    }
    /// Forgets all rows; tables with their columns, and sources, stay. See [`Table::clear`].
    pub fn clear(&mut self) {
        self.tables.iter_mut().for_each(Table::clear);
    }
    /// Gives back memory that reading has taken; see [`Table::trim`].
    pub fn trim(&mut self) {
        self.tables.iter_mut().for_each(Table::trim);
    }
    /// How many rows queries see.
    pub fn rows(&self) -> usize {
        self.tables.iter().map(Table::rows).sum()
    }
    /// The seed of its hash tables.
    pub fn seed(&self) -> u64 {
        self.seed
    }
    /// Heap bytes held by the tables.
    pub fn bytes(&self) -> usize {
        self.tables.iter().map(Table::bytes).sum()
    }
}
