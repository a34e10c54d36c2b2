//! The [`Loader`]: files in, rows and ledger out. Push-driven: it never asks for bytes and never reads a file.

use std::sync::Arc;

use super::{
    container::{Unpacker, codec::Opener},
    content::Content,
    context::{Context, Location},
    framing,
    ledger::{Entry, ErrorKind, Integrity, State},
    limits::Limits,
    part::{Cut, Part},
};
use crate::formats::{Format, Settings};
use logloupe_table::{Row, Shard, lookup::Lookup, schema::SOURCE, settings::Rule};

/// Reads files, one after the other, into the tables of one [`Shard`].
///
/// ```text
/// open(name, options)  push(bytes)*  finish() | fail(message) | cancel()      and again for the next file
/// ```
///
/// The pieces may be cut anywhere: the rows and the ledger are the same. One file gives one [`Entry`]; an archive
/// gives one per file in it, and one for itself only if it is damaged.
///
/// Rows become visible to queries in full chunks, and all of them with [`seal`](Self::seal), which
/// [`shard`](Self::shard) and [`into_parts`](Self::into_parts) call. Thousands of small files then share chunks.
///
/// A tool that only wants rows and no queries calls [`drain`](Self::drain) after each push and after the end: every row
/// is handed on and forgotten, and memory is that of a chunk of rows per format and of one push, whatever the size of
/// the file. What needs all rows at once, the search for [`duplicates`](super::duplicates), is then not to be had.
pub struct Loader {
    context: Context,
    open: Option<OpenFile>,
}

/// What is known of a file before it is read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Its size in bytes, if known: the ledger's `bytes_stored` even if reading stops early.
    pub size: Option<u64>,
    /// The id of the format to read it as, instead of asking the formats.
    pub format: Option<String>,
    /// What the user says of it.
    pub settings: Settings,
    /// What the user says of files by their names, of those inside it too: where one is about a file, it holds and not what is said
    /// here; the last of several.
    pub rules: Arc<[Rule]>,
    /// The part of it that will be pushed; `None` for all of it.
    pub part: Option<Part>,
}

/// How far reading the open file has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Stored bytes pushed.
    pub bytes: u64,
    /// Rows made.
    pub rows: u64,
}

struct OpenFile {
    unpacker: Unpacker,
    name: String,
    size: Option<u64>,
    cut: Option<Cut>,
    pushed: u64,
}

impl Loader {
    /// A loader that asks `formats`, in order. `seed` makes the hash tables hard to attack: pass a random number.
    pub fn new(formats: Vec<&'static dyn Format>, limits: Limits, seed: u64) -> Loader {
        Loader { context: Context::new(formats, limits, seed), open: None }
    }
    /// The same, which also reads what these codecs decode.
    pub fn with_codecs(mut self, codecs: Opener) -> Loader {
        self.context.codecs = Some(codecs);
        self
    }
    /// Asks these formats from the next file on. Rows of a format that is described anew keep their columns: files of it are
    /// refused from then on.
    pub fn set_formats(&mut self, formats: Vec<&'static dyn Format>) {
        self.context.formats = formats;
    }
    /// Begins a file. One that is still open is finished first.
    pub fn open(&mut self, name: &str, options: Options) {
        self.finish();
        let place = Location { name: name.to_owned(), ..Location::default() };
        let (head, cut) = match &options.part {
            Some(part) => (Some(part.head.clone()), Some(Cut::new(part))),
            None => (None, None),
        };
        let unpacker = match &head {
            // A part begins anywhere: its first bytes say nothing.
            Some(head) => {
                let framing = framing::framing(framing::without_mark(head));
                Unpacker::Content(Box::new(Content::new(place, framing, &self.context)))
            }
            None => Unpacker::new(place),
        };
        let size = options.size;
        self.context.reset(options, head);
        self.open = Some(OpenFile { unpacker, name: name.to_owned(), size, cut, pushed: 0 });
    }
    /// Takes the next bytes of the open file.
    pub fn push(&mut self, bytes: &[u8]) {
        let Some(open) = &mut self.open else { return };
        let base = open.pushed;
        open.pushed += bytes.len() as u64;
        if self.context.fatal.is_some() {
            return;
        }
        self.context.at = base;
        match &mut open.cut {
            Some(cut) => {
                let range = cut.take(bytes);
                open.unpacker.push(&bytes[range], &mut self.context);
            }
            None => open.unpacker.push(bytes, &mut self.context),
        }
        if self.context.fatal.is_none() {
            self.context.at = open.pushed;
        }
    }
    /// Whether pushing more of the open file is of no use: a limit was reached, no format claims it, or the part is
    /// complete. It may be finished at once; the ledger then counts only the bytes that were pushed.
    pub fn is_done(&self) -> bool {
        let Some(open) = &self.open else { return true };
        self.context.fatal.is_some() || open.unpacker.is_done() || open.cut.as_ref().is_some_and(Cut::is_done)
    }
    /// The open file is complete.
    pub fn finish(&mut self) {
        let fatal = self.context.fatal.take().map(State::Failed);
        self.end(fatal);
    }
    /// No more of the open file is there for now, as of one that grows: what waits for more is read as it stands. Its format is
    /// told by fewer records than would be asked for, and, if `ends`, a record that could go on over further lines ends. Called or
    /// not, everything is accounted for; but rows depend on when it is called.
    pub fn settle(&mut self, ends: bool) {
        if let Some(open) = &mut self.open
            && self.context.fatal.is_none()
        {
            open.unpacker.settle(ends, &mut self.context);
        }
    }
    /// Whether the open file is text that stands in no container, so that more of it may be written behind what was pushed.
    pub fn may_grow(&self) -> bool {
        let unpacker = self.open.as_ref().map(|open| &open.unpacker);
        matches!(unpacker, Some(Unpacker::Head { .. } | Unpacker::Content(_) | Unpacker::Utf16(_)))
    }
    /// The open file could not be read further, for this reason.
    pub fn fail(&mut self, message: &str) {
        let error = self.context.error(ErrorKind::Io, message);
        self.end(Some(State::Failed(error)));
    }
    /// The open file is not wanted further. Its rows so far stay.
    pub fn cancel(&mut self) {
        self.end(Some(State::Cancelled));
    }
    fn end(&mut self, state: Option<State>) {
        let Some(open) = self.open.take() else { return };
        let stored = match &open.cut {
            Some(cut) => cut.stored(),
            None => open.size.unwrap_or(open.pushed),
        };
        let context = &mut self.context;
        let before = context.ledger.len();
        match state {
            None => open.unpacker.finish(stored, context),
            Some(state) => {
                open.unpacker.fail(stored, state.clone(), context);
                // An archive whose members are all complete has still to say why it ends here.
                if context.ledger.len() == before {
                    let place = Location { name: open.name, ..Location::default() };
                    context.complete_empty(&place, stored, stored, state);
                }
            }
        }
    }
    /// How far the open file has been read.
    pub fn progress(&self) -> Progress {
        let bytes = self.open.as_ref().map_or(0, |open| open.pushed);
        Progress { bytes, rows: self.context.records }
    }
    /// What was read and what was not: the completed files, in order.
    pub fn ledger(&self) -> &[Entry] {
        &self.context.ledger
    }
    /// The shard's source of each entry of the ledger; `None` where the entry has no rows.
    pub fn sources(&self) -> &[Option<u32>] {
        &self.context.sources
    }
    /// The tables to look things up in that were met, in order.
    pub fn lookups(&self) -> &[Arc<Lookup>] {
        &self.context.lookups
    }
    /// The files that describe formats that were met, in order. They are set aside: what is done with them is the program's.
    pub fn definitions(&self) -> &[Vec<u8>] {
        &self.context.definitions
    }
    /// Makes all rows visible to queries.
    pub fn seal(&mut self) {
        self.context.shard.seal();
    }
    /// The shard as queries see it now: rows that are not sealed yet are not among them.
    pub fn loaded(&self) -> &Shard {
        &self.context.shard
    }
    /// The same, to add columns to it or to mark rows.
    pub fn loaded_mut(&mut self) -> &mut Shard {
        &mut self.context.shard
    }
    /// The shard, with all rows visible.
    pub fn shard(&mut self) -> &mut Shard {
        self.seal();
        &mut self.context.shard
    }
    /// Hands on rows read since the last call, with their raw records, and forgets them: file by file, and within a file
    /// in the order of the content. While a file is open, rows wait until a chunk of them is full; all that wait come
    /// once it is finished.
    pub fn drain(&mut self, mut each: impl FnMut(&Shard, &Row<'_>, &[u8])) {
        self.drain_shard(|shard| each_row(shard, &mut each));
    }
    /// The same, as a shard of these rows. Its sources, and its tables with their columns, stay.
    pub fn drain_shard(&mut self, take: impl FnOnce(&mut Shard)) {
        if self.open.is_none() {
            self.seal();
        }
        if self.loaded().rows() > 0 {
            let shard = self.shard();
            take(shard);
            shard.clear();
        }
    }
    /// The shard and the ledger. A file that is still open is finished first.
    pub fn into_parts(mut self) -> (Shard, Vec<Entry>) {
        self.finish();
        self.seal();
        (self.context.shard, self.context.ledger)
    }
    /// Sets how many rows of each of the shard's sources repeat an event: what [`mark`](super::duplicates::mark) gives.
    pub fn count_duplicates(&mut self, counts: &[u64]) {
        for (entry, source) in self.context.ledger.iter_mut().zip(&self.context.sources) {
            if let Some(count) = source.and_then(|s| counts.get(s as usize)) {
                entry.duplicates = *count;
            }
        }
    }
    /// Sets what digest files say of each entry: what [`check`](super::integrity::check) gives.
    pub fn set_integrity(&mut self, found: Vec<Option<Integrity>>) {
        for (entry, found) in self.context.ledger.iter_mut().zip(found) {
            entry.integrity = found;
        }
    }
    /// The formats that are asked.
    pub fn formats(&self) -> &[&'static dyn Format] {
        &self.context.formats
    }
}

/// Every row of the shard with its raw record: file by file, and within a file table by table.
pub fn each_row(shard: &Shard, mut each: impl FnMut(&Shard, &Row<'_>, &[u8])) {
    // Each chunk knows its first and last source: only sources that have rows here are looked for.
    let ranges =
        || shard.tables.iter().flat_map(|t| t.chunks()).filter_map(|chunk| chunk.column(SOURCE).range());
    let (Some(first), Some(last)) = (ranges().map(|r| r.0).min(), ranges().map(|r| r.1).max()) else {
        return;
    };
    for source in first..=last {
        for table in &shard.tables {
            for chunk in table.chunks() {
                let sources = chunk.column(SOURCE);
                if sources.range().is_none_or(|(first, last)| source < first || last < source) {
                    continue;
                }
                chunk.raw.for_each(
                    |index| sources.int(index) == Some(source),
                    |index, record| each(shard, &Row { table, chunk, index }, record),
                );
            }
        }
    }
}
