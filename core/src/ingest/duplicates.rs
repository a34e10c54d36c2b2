//! Events that were delivered twice: which rows repeat another's identity.
//!
//! Three steps, so that shards may live in different workers: [`identities`] where the rows are, [`find`] where all
//! identities come together, [`mark`] where the rows are again. [`mark_all`] does the three for one loader. The row
//! that is kept is the first by file name, then by place in the file: however files are dealt to shards, the same
//! rows are marked. Hashes have 128 bits and depend on a seed that all shards share, so that events are not taken for
//! equal by chance and no log can provoke a collision.

use std::hash::{BuildHasher, Hasher};

use foldhash::quality::FixedState;
use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

use super::Loader;
use crate::formats::Format;
use logloupe_table::{
    Bitmap, Column, Shard, Source, Table,
    schema::{RECORD, SOURCE},
};

/// One row of a format that has an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Hash of the format and the values of its identity columns.
    pub hash: u128,
    /// The shard's table.
    pub table: u32,
    /// The row in it.
    pub row: u32,
    /// The shard's source.
    pub source: u32,
    /// The row's `@record`, without that of the source's first record.
    pub record: u64,
}

/// The identities of all sealed rows whose format has one. A row without a value in the format's first identity
/// column has none.
pub fn identities(shard: &Shard, formats: &[&dyn Format], seed: u64) -> Vec<Identity> {
    let states = [FixedState::with_seed(seed), FixedState::with_seed(!seed.rotate_left(32))];
    let mut all = Vec::new();
    for (number, table) in shard.tables.iter().enumerate() {
        let Some(format) = formats.iter().find(|f| f.meta().id == table.format()) else { continue };
        let columns: Vec<usize> =
            format.identity().iter().filter_map(|name| table.schema().find(name)).collect();
        if columns.is_empty() || columns.len() < format.identity().len() {
            continue;
        }
        for chunk in table.chunks() {
            for i in 0..chunk.rows {
                if !chunk.column(columns[0]).is_valid(i) {
                    continue;
                }
                let [low, high] = states.each_ref().map(|state| {
                    let mut hasher = state.build_hasher();
                    hasher.write(table.format().as_bytes());
                    columns
                        .iter()
                        .for_each(|&column| write(&mut hasher, table, chunk.column(column), column, i));
                    hasher.finish()
                });
                let int = |column| chunk.column(column).int(i).unwrap_or_default();
                all.push(Identity {
                    hash: (high as u128) << 64 | low as u128,
                    table: number as u32,
                    row: (chunk.first_row + i) as u32,
                    source: int(SOURCE) as u32,
                    record: int(RECORD) as u64,
                });
            }
        }
    }
    all
}

fn write(hasher: &mut impl Hasher, table: &Table, column: &Column, number: usize, row: usize) {
    let text = column.text(row, table.dictionary(number));
    match (text, column.float(row)) {
        (Some(text), _) => {
            hasher.write_usize(text.len());
            hasher.write(text);
        }
        (None, Some(float)) => hasher.write_i64(column.int(row).unwrap_or(float.to_bits() as i64)),
        (None, None) => hasher.write_u8(0),
    }
}

/// A row that repeats an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// The shard's table.
    pub table: u32,
    /// The row in it.
    pub row: u32,
    /// The shard's source.
    pub source: u32,
}

/// The rows of each shard that repeat an event of this or another one.
pub fn find(shards: &[(&[Source], &[Identity])]) -> Vec<Vec<Repeat>> {
    let mut repeats: Vec<Vec<Repeat>> = vec![Vec::new(); shards.len()];
    let mut first: HashTable<(u32, u32)> = HashTable::new();
    let at = |(shard, i): (u32, u32)| &shards[shard as usize].1[i as usize];
    let hash = |place: &(u32, u32)| at(*place).hash as u64;
    let order = |place: (u32, u32)| {
        let identity = at(place);
        let source = shards[place.0 as usize].0.get(identity.source as usize);
        let (name, base) = source.map_or(("", 0), |s| (s.name.as_str(), s.first_record));
        (name, identity.record + base, place)
    };
    for (shard, (_, identities)) in shards.iter().enumerate() {
        for i in 0..identities.len() {
            let place = (shard as u32, i as u32);
            let found = first.find_mut(hash(&place), |other| at(*other).hash == at(place).hash);
            let Some(kept) = found else {
                first.insert_unique(hash(&place), place, hash);
                continue;
            };
            let repeat = if order(place) < order(*kept) { std::mem::replace(kept, place) } else { place };
            let Identity { table, row, source, .. } = *at(repeat);
            repeats[repeat.0 as usize].push(Repeat { table, row, source });
        }
    }
    repeats
}

/// Marks the rows in the shard's tables and gives the number of them per source.
pub fn mark(shard: &mut Shard, repeats: &[Repeat]) -> Vec<u64> {
    let mut counts = vec![0; shard.sources.len()];
    for (number, table) in shard.tables.iter_mut().enumerate() {
        let mut rows = Bitmap::new(table.rows(), false);
        for repeat in repeats.iter().filter(|r| r.table as usize == number) {
            if (repeat.row as usize) < rows.len() {
                rows.set(repeat.row as usize, true);
                if let Some(count) = counts.get_mut(repeat.source as usize) {
                    *count += 1;
                }
            }
        }
        table.set_duplicates(rows);
    }
    counts
}

/// Finds and marks the repeated rows of one loader, and counts them in its ledger.
pub fn mark_all(loader: &mut Loader, seed: u64) {
    let formats = loader.formats().to_vec();
    let shard = loader.shard();
    let identities = identities(shard, &formats, seed);
    let repeats = find(&[(&shard.sources, &identities)]);
    let counts = mark(shard, &repeats[0]);
    loader.count_duplicates(&counts);
}
