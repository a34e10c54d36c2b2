//! Rows as Parquet: one file per log, or a folder per value of each partition key, as Hive lays them out.
//!
//! Reading order: this file (which rows go where, and what stays within bounds), [`buffer`](mod@buffer) (values on their way
//! into a row group), [`part`](mod@part) (one file, whole or not at all), [`place`](mod@place) (the folder of a row). Names and
//! types of columns are [`logloupe_table::columnar`]'s; encoding is the crate `parquet`'s.
//!
//! Memory does not depend on how much is read: rows are handed on chunk by chunk, buffered by column, and written as a
//! row group when a part has [`GROUP_ROWS`] or [`GROUP_BYTES`], or all of them together [`ALL_BYTES`]. At most
//! [`MOST_OPEN`] parts take rows, and [`MOST_BEGUN`] of them have a file: the one that was not used for longest is completed
//! when another one is needed, and its folder gets a further file if more comes. A row group is encoded beside the reading
//! where there are processors for it.

mod buffer;
mod part;
mod place;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use logloupe_table::{
    Shard, Table,
    columnar::{Key, Layout},
    partition::Partition,
    raw::Raw,
};

use self::{
    buffer::Taken,
    part::{Columns, Free, Part},
    place::Places,
};

/// A row group has about so many rows at most: chunks are taken whole.
const GROUP_ROWS: usize = 1 << 17;
/// A row group has about so many bytes before encoding at most.
const GROUP_BYTES: usize = 64 << 20;
/// All rows that wait have about so many bytes at most.
const ALL_BYTES: usize = 256 << 20;
/// So many parts take rows at most.
const MOST_OPEN: usize = 1024;
/// So many parts have a file that is open at most: macOS gives a program 256.
const MOST_BEGUN: usize = 128;
/// So many files are written at most: a key whose values attackers typed shall not fill the file system with them.
const MOST_FILES: usize = 100_000;

/// All files that rows are written to.
pub struct Lake {
    folder: PathBuf,
    keys: Arc<[Key]>,
    logs: Vec<Log>,
    parts: Vec<Open>,
    clock: u64,
    files: usize,
    misplaced: u64,
    /// Per key: whether some log has a column of that name, where the key is one.
    known: Vec<bool>,
    free: Free,
}

/// A log of which there were rows.
struct Log {
    id: String,
    layout: Layout,
    columns: Arc<Columns>,
    rows: u64,
    /// How many files there are, and where the first one is.
    files: usize,
    first: Option<PathBuf>,
    /// How many files each folder has.
    next: HashMap<String, usize>,
}

/// A part that takes rows.
struct Open {
    log: usize,
    folder: String,
    part: Part,
    used: u64,
}

impl Lake {
    /// Files in this folder, which is made if it is not there; so many threads work at them, that of the caller among them.
    ///
    /// # Errors
    /// When the folder cannot be made or has something in it already: files of two runs side by side would have rows twice.
    pub fn new(folder: &Path, keys: Vec<Key>, threads: usize) -> Result<Lake, String> {
        let fault = |fault: io::Error| format!("{}: {fault}", folder.display());
        fs::create_dir_all(folder).map_err(fault)?;
        if fs::read_dir(folder).map_err(fault)?.next().is_some() {
            let folder = folder.display();
            return Err(format!("{folder}: the folder is not empty; give a new one with --out, or empty it"));
        }
        let known = keys.iter().map(|key| key.partition != Partition::Key).collect();
        Ok(Lake {
            known,
            free: Free::new(threads.saturating_sub(1)),
            folder: folder.to_owned(),
            keys: keys.into(),
            logs: Vec::new(),
            parts: Vec::new(),
            clock: 0,
            files: 0,
            misplaced: 0,
        })
    }
    /// Takes all rows of the shard.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn take(&mut self, shard: &mut Shard) -> io::Result<()> {
        for table in shard.tables.iter_mut().filter(|table| table.rows() > 0) {
            for column in 0..table.schema().fields().len() {
                table.compute(column, usize::MAX);
            }
        }
        for table in shard.tables.iter().filter(|table| table.rows() > 0) {
            let log = self.log(table)?;
            let columns = self.logs[log].columns.of_table(table.schema());
            let keys = self.keys.clone();
            let mut places = Places::new(&keys, table, &shard.sources);
            for chunk in table.chunks() {
                let records = Records::of(&chunk.raw);
                let taken =
                    Taken { sources: &shard.sources, table, chunk, records: &records, columns: &columns };
                for (folder, rows) in places.of_chunk(chunk) {
                    let part = self.part(log, folder)?;
                    self.parts[part].part.take(&taken, &rows);
                    self.bound(part)?;
                }
            }
            places.known().zip(&mut self.known).for_each(|(here, known)| *known |= here);
            self.misplaced += places.misplaced;
            self.logs[log].rows += table.rows() as u64;
        }
        Ok(())
    }
    /// Completes all files.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(&mut self) -> io::Result<()> {
        while let Some(open) = self.parts.pop() {
            self.complete(open)?;
        }
        Ok(())
    }
    /// What was written, a sentence per log.
    pub fn told(&self) -> Vec<String> {
        let log = |log: &Log| {
            let first = log.first.as_deref().unwrap_or(&self.folder);
            let rows = if log.rows == 1 { "row" } else { "rows" };
            match log.files {
                1 => format!("{} {rows} of {} in {}", log.rows, log.id, first.display()),
                files => {
                    format!("{} {rows} of {} in {files} files, {} …", log.rows, log.id, first.display())
                }
            }
        };
        let mut told: Vec<String> = self.logs.iter().map(log).collect();
        let unknown =
            self.keys.iter().zip(&self.known).filter(|(_, known)| !**known && !self.logs.is_empty());
        for (key, _) in unknown {
            told.push(format!("no log has a column `{}` to partition by", key.name));
        }
        if self.misplaced > 0 {
            told.push(format!(
                "{} rows have a value of a partition key that is too long for the name of a folder, and lie in {}",
                self.misplaced,
                place::NONE
            ));
        }
        told
    }

    /// The log of a table, its layout with all columns that the table has now.
    fn log(&mut self, table: &Table) -> io::Result<usize> {
        let Some(at) = self.logs.iter().position(|log| log.id == table.format()) else {
            let layout = Layout::new(&self.keys, table.schema());
            let columns = Arc::new(Columns::of(&layout).map_err(part::io_error)?);
            let id = table.format().to_owned();
            self.logs.push(Log { id, layout, columns, rows: 0, files: 0, first: None, next: HashMap::new() });
            return Ok(self.logs.len() - 1);
        };
        if self.logs[at].layout.grow(table.schema()) {
            let columns = Arc::new(Columns::of(&self.logs[at].layout).map_err(part::io_error)?);
            self.logs[at].columns = columns.clone();
            // A file has the columns that it began with; what did not begin yet has all.
            let (begun, fresh): (Vec<Open>, Vec<Open>) =
                std::mem::take(&mut self.parts).into_iter().partition(|o| o.log == at && o.part.has_begun());
            self.parts = fresh;
            for open in self.parts.iter_mut().filter(|open| open.log == at) {
                open.part.widen(&columns);
            }
            for open in begun {
                self.complete(open)?;
            }
        }
        Ok(at)
    }
    /// The open part of a folder.
    fn part(&mut self, log: usize, folder: &str) -> io::Result<usize> {
        self.clock += 1;
        if let Some(at) = self.parts.iter().position(|open| open.log == log && open.folder == folder) {
            self.parts[at].used = self.clock;
            return Ok(at);
        }
        if self.parts.len() >= MOST_OPEN
            && let Some((at, _)) = self.parts.iter().enumerate().min_by_key(|(_, open)| open.used)
        {
            let open = self.parts.swap_remove(at);
            self.complete(open)?;
        }
        self.files += 1;
        if self.files > MOST_FILES {
            let why =
                format!("more than {MOST_FILES} files; partition by keys that have fewer values together");
            return Err(io::Error::other(why));
        }
        let of = &mut self.logs[log];
        let number = of.next.entry(folder.to_owned()).or_default();
        let path = place::path(&self.folder, &of.id, folder, *number);
        *number += 1;
        let part = Part::new(path, of.columns.clone());
        self.parts.push(Open { log, folder: folder.to_owned(), part, used: self.clock });
        Ok(self.parts.len() - 1)
    }
    /// Writes row groups of what has become too large: this part, or the largest of all.
    fn bound(&mut self, part: usize) -> io::Result<()> {
        let one = &self.parts[part].part;
        if one.rows() >= GROUP_ROWS || one.bytes() >= GROUP_BYTES {
            self.write_group(part)?;
        }
        let all: usize = self.parts.iter().map(|open| open.part.bytes()).sum();
        let largest = self.parts.iter().enumerate().max_by_key(|(_, open)| open.part.bytes());
        match largest.map(|(at, _)| at) {
            Some(at) if all >= ALL_BYTES => self.write_group(at),
            _ => Ok(()),
        }
    }
    fn write_group(&mut self, mut at: usize) -> io::Result<()> {
        let begun = self.parts.iter().enumerate().filter(|(_, open)| open.part.has_begun());
        if !self.parts[at].part.has_begun()
            && begun.clone().count() >= MOST_BEGUN
            && let Some((oldest, _)) = begun.min_by_key(|(_, open)| open.used)
        {
            let open = self.parts.swap_remove(oldest);
            // The last one has its place now.
            if at == self.parts.len() {
                at = oldest;
            }
            self.complete(open)?;
        }
        self.parts[at].part.write_group(&self.free)
    }
    fn complete(&mut self, open: Open) -> io::Result<()> {
        let path = open.part.finish()?;
        let log = &mut self.logs[open.log];
        log.files += 1;
        if log.first.as_ref().is_none_or(|first| path < *first) {
            log.first = Some(path);
        }
        Ok(())
    }
}

/// The raw records of a chunk, decompressed once for all its parts.
struct Records {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Records {
    fn of(raw: &Raw) -> Records {
        let (mut bytes, mut ends) = (Vec::with_capacity(raw.text_bytes()), Vec::with_capacity(raw.len()));
        raw.for_each(
            |_| true,
            |_, record| {
                bytes.extend_from_slice(record);
                ends.push(bytes.len());
            },
        );
        Records { bytes, ends }
    }
    fn get(&self, row: usize) -> &[u8] {
        let start = row.checked_sub(1).map_or(0, |before| self.ends.get(before).copied().unwrap_or(0));
        let end = self.ends.get(row).copied().unwrap_or(start);
        self.bytes.get(start..end).unwrap_or_default()
    }
}
