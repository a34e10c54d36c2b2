//! What changed between records that tell states of the same thing: see [`History`]. The record before may be in any
//! file, and so in any shard.
//!
//! Four steps, so that shards may live in different workers, as for [`duplicates`](super::duplicates): [`states`] where
//! the rows are, [`find`] where all states come together, [`records`] where the predecessors are, [`fill`] where the rows
//! are again. [`fill_all`] does the four for shards of one process. The predecessor of a state is the one with the
//! latest time before its own. Of several records of one state (a state is in the history, in each snapshot and in a
//! notification) the first by file name counts, then by place in the file: however files are dealt to shards, the same
//! is found.
//!
//! Memory is one [`State`] per such row, and the records of [`PIECE`] links at a time; rows of formats without a
//! history cost nothing.

use std::hash::{BuildHasher, Hasher};

use foldhash::quality::FixedState;
use serde::{Deserialize, Serialize};

use super::Loader;
use crate::formats::{ColumnValues, Format, History};
use logloupe_table::{
    Cell, Fill, Shard, Source, Table,
    schema::{RECORD, SOURCE},
    sort,
};

/// How many links are looked at in one go.
pub const PIECE: usize = 512;
/// When so many bytes of records are gathered, no more are added to them.
const RECORDS: usize = 4 << 20;

/// One row that tells the state of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Hash of the format and of what names the thing.
    pub hash: u128,
    /// The time of the state, in milliseconds since 1970.
    pub time: i64,
    /// The shard's table.
    pub table: u32,
    /// The row in it.
    pub row: u32,
    /// The shard's source.
    pub source: u32,
    /// The row's `@record`, without that of the source's first record.
    pub record: u64,
}

/// A row whose predecessor is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The table in the row's shard.
    pub table: u32,
    /// The row.
    pub row: u32,
    /// The shard of the predecessor, by its place among those that were asked.
    pub shard: u32,
    /// Its table there.
    pub before_table: u32,
    /// Its row there.
    pub before_row: u32,
    /// Its time in milliseconds since 1970.
    pub since: i64,
}

/// The history of a table's format.
fn history(table: &Table, formats: &[&dyn Format]) -> Option<&'static History> {
    formats.iter().find(|f| f.meta().id == table.format())?.history()
}

/// All sealed rows that tell a state.
pub fn states(shard: &Shard, formats: &[&dyn Format], seed: u64) -> Vec<State> {
    let hashes = [FixedState::with_seed(seed), FixedState::with_seed(!seed.rotate_left(32))];
    let (mut all, mut lower) = (Vec::new(), Vec::new());
    for (number, table) in shard.tables.iter().enumerate() {
        let Some(history) = history(table, formats) else { continue };
        let find = |name: &&str| table.schema().find(name);
        let keys: Vec<usize> = history.key.iter().filter_map(find).collect();
        let (Some(kind), Some(time)) = (find(&history.states.0), find(&history.time)) else { continue };
        let Some(&first) = keys.first().filter(|_| keys.len() == history.key.len()) else { continue };
        for chunk in table.chunks() {
            for i in 0..chunk.rows {
                let text = |column: usize| chunk.column(column).text(i, table.dictionary(column));
                let told = text(kind).is_some_and(|t| history.states.1.iter().any(|s| s.as_bytes() == t));
                let Some(micros) = chunk.column(time).int(i).filter(|_| told && text(first).is_some()) else {
                    continue;
                };
                let [low, high] = hashes.each_ref().map(|state| {
                    let mut hasher = state.build_hasher();
                    hasher.write(table.format().as_bytes());
                    for &column in &keys {
                        // Old records write names of types in capitals.
                        lower.clear();
                        lower.extend_from_slice(text(column).unwrap_or_default());
                        lower.make_ascii_lowercase();
                        hasher.write_usize(lower.len());
                        hasher.write(&lower);
                    }
                    hasher.finish()
                });
                let int = |column| chunk.column(column).int(i).unwrap_or_default();
                all.push(State {
                    hash: (high as u128) << 64 | low as u128,
                    // A time that was written as a float has lost its microseconds.
                    time: micros.saturating_add(500).div_euclid(1000),
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

/// The links of each shard, in the order of its tables and rows.
pub fn find(shards: &[(&[Source], &[State])]) -> Vec<Vec<Link>> {
    let mut links: Vec<Vec<Link>> = vec![Vec::new(); shards.len()];
    let mut places: Vec<(u32, u32)> = Vec::new();
    for (shard, (_, states)) in shards.iter().enumerate() {
        places.extend((0..states.len()).map(|i| (shard as u32, i as u32)));
    }
    let at = |(shard, i): (u32, u32)| &shards[shard as usize].1[i as usize];
    let order = |place: (u32, u32)| {
        let state = at(place);
        let source = shards[place.0 as usize].0.get(state.source as usize);
        let (name, base) = source.map_or(("", 0), |s| (s.name.as_str(), s.first_record));
        (state.hash, state.time, name, state.record + base, place)
    };
    sort::by(&mut places, |a, b| order(*a).cmp(&order(*b)));
    // The first record of the state before, and of the state at hand.
    let (mut before, mut now) = (None, None);
    for place in places {
        let state = at(place);
        match now.map(at) {
            Some(last) if last.hash == state.hash && last.time == state.time => {}
            Some(last) if last.hash == state.hash => (before, now) = (now, Some(place)),
            _ => (before, now) = (None, Some(place)),
        }
        if let Some(from) = before {
            let State { table: before_table, row: before_row, time: since, .. } = *at(from);
            let State { table, row, .. } = *state;
            links[place.0 as usize].push(Link { table, row, shard: from.0, before_table, before_row, since });
        }
    }
    for links in &mut links {
        sort::by_key(links, |link| (link.table, link.row));
    }
    links
}

/// The records of the predecessors of these links, all of which are of this shard: of as many of the first ones as are
/// not too long together, and of one at least.
pub fn records(shard: &Shard, links: &[Link]) -> Vec<Vec<u8>> {
    let (mut all, mut bytes) = (Vec::new(), 0);
    for link in links {
        if bytes > RECORDS {
            break;
        }
        let record = record(shard, link.before_table, link.before_row);
        bytes += record.len();
        all.push(record);
    }
    all
}

fn record(shard: &Shard, table: u32, row: u32) -> Vec<u8> {
    let row = shard.tables.get(table as usize).and_then(|table| table.row(row as usize));
    row.map(|row| row.raw()).unwrap_or_default()
}

/// What is to be set in one row.
#[derive(Debug)]
struct Found {
    table: u32,
    row: u32,
    since: i64,
    values: Vec<ColumnValues>,
}

fn compare(shard: &Shard, formats: &[&dyn Format], link: &Link, before: &[u8]) -> Option<Found> {
    let history = history(shard.tables.get(link.table as usize)?, formats)?;
    let values = (history.changes)(before, &record(shard, link.table, link.row))?;
    let Link { table, row, since, .. } = *link;
    Some(Found { table, row, since, values })
}

fn cell(value: &Option<String>) -> Cell<'_> {
    value.as_deref().map_or(Cell::Null, |text| Cell::Text(text.as_bytes()))
}

fn set(shard: &mut Shard, formats: &[&dyn Format], found: &[Found]) {
    for (number, table) in shard.tables.iter_mut().enumerate() {
        let Some(history) = history(table, formats) else { continue };
        let mut here: Vec<&Found> = found.iter().filter(|found| found.table as usize == number).collect();
        sort::by_key(&mut here, |found| found.row);
        for (i, column) in history.columns.iter().enumerate() {
            let Some(column) = table.schema().find(column) else { continue };
            let mut cells: Vec<Vec<Cell<'_>>> = Vec::with_capacity(here.len());
            for found in &here {
                let values = found.values.get(i).map_or(&[][..], Vec::as_slice);
                cells.push(values.iter().map(cell).collect());
            }
            let fills = here.iter().zip(&cells);
            let fills: Vec<Fill<'_>> =
                fills.map(|(found, items)| Fill { row: found.row as usize, items }).collect();
            table.fill(column, &fills);
        }
        if let Some(since) = table.schema().find(history.since) {
            let cells: Vec<[Cell<'_>; 1]> =
                here.iter().map(|found| [Cell::Time(found.since.saturating_mul(1000))]).collect();
            let fills = here.iter().zip(&cells);
            let fills: Vec<Fill<'_>> =
                fills.map(|(found, items)| Fill { row: found.row as usize, items }).collect();
            table.fill(since, &fills);
        }
    }
}

/// Sets the columns of the rows of these links, given the records of their predecessors.
pub fn fill(shard: &mut Shard, formats: &[&dyn Format], links: &[Link], records: &[Vec<u8>]) {
    let pairs = links.iter().zip(records);
    let found: Vec<Found> =
        pairs.filter_map(|(link, before)| compare(shard, formats, link, before)).collect();
    set(shard, formats, &found);
}

/// Finds what changed in the rows of all these shards, and sets their columns.
pub fn fill_all(shards: &mut [&mut Shard], formats: &[&dyn Format], seed: u64) {
    let states: Vec<Vec<State>> = shards.iter().map(|shard| states(shard, formats, seed)).collect();
    let asked: Vec<(&[Source], &[State])> = shards
        .iter()
        .zip(&states)
        .map(|(shard, states)| (shard.sources.as_slice(), states.as_slice()))
        .collect();
    let links = find(&asked);
    drop(states);
    for (owner, links) in links.iter().enumerate() {
        for piece in links.chunks(PIECE) {
            let own = &*shards[owner];
            let found: Vec<Found> = piece
                .iter()
                .filter_map(|link| {
                    let before = record(shards.get(link.shard as usize)?, link.before_table, link.before_row);
                    compare(own, formats, link, &before)
                })
                .collect();
            set(shards[owner], formats, &found);
        }
    }
}

/// The same for the rows of one loader.
pub fn fill_loaded(loader: &mut Loader, seed: u64) {
    let formats = loader.formats().to_vec();
    fill_all(&mut [loader.shard()], &formats, seed);
}
