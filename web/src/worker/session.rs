//! The whole of a worker as plain code: [`hear`](Session::hear) takes a message, [`step`](Session::step) does a
//! bounded piece of work, both return what is to be said. No browser in here, so that tests need none.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap, VecDeque},
    ops::Range,
    sync::Arc,
};

use logloupe_answer::{
    job::{Cells, ViewJob},
    rows,
    values::{Counted, ShardValues},
};
use logloupe_core::{
    formats::{self, Format},
    ingest::{
        Limits, Loader, Options, Part,
        duplicates::{self, Identity, Repeat},
        ledger::{Entry, State},
    },
};
use logloupe_query::{
    complete,
    exec::{Partial, Refine},
    plan::Catalog,
    result::ResultTable,
};
use logloupe_sample::SampleFile;
use logloupe_syntax::Diagnostic;
use logloupe_table::{Row, Shard, Source, Value, builtin, lookup::Lookup, schema::TIMESTAMP};
use logloupe_view::{RowId, ViewRequest, coordinator::Merged, export as text, order::Timeline};

use super::PATHS;
use crate::protocol::{self, Request, Response, Task, ViewPart};

/// How often the page hears how far reading is, and how often rows read so far become visible, in milliseconds.
const PROGRESS_EVERY: f64 = 90.0;
const VISIBLE_EVERY: f64 = 600.0;
/// The beginning of a file that every part of it is recognised by.
const HEAD: u64 = 64 << 10;

/// What a session wants of the file that stands first in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bytes {
    /// These bytes, or as many of them from the start as are convenient (at least one).
    Range(u64, u64),
    /// Nothing more: the next file is the first now.
    Done,
}

/// Reads files for a session.
pub type Read<'r> = &'r mut dyn FnMut(Bytes) -> Result<Vec<u8>, String>;

/// One worker's state.
pub struct Session {
    number: u32,
    loader: Loader,
    formats: Vec<&'static dyn Format>,
    timeline: Timeline,
    /// How often values occur, for completion.
    counted: RefCell<Counted>,
    tasks: VecDeque<Task>,
    open: Option<Open>,
    /// Files of the sample that wait, with their task numbers.
    sample: VecDeque<(u32, SampleFile)>,
    sampling: bool,
    reading: bool,
    /// The sources that each task gave.
    sources: HashMap<u32, Range<usize>>,
    read_bytes: u64,
    told_progress: f64,
    made_visible: f64,
    /// The view at hand and its number.
    view: Option<(u32, ViewJob<'static>)>,
    /// The tables to look things up in that any worker read.
    lookups: BTreeMap<String, Arc<Lookup>>,
    /// How many of its own the page was told.
    told_lookups: usize,
}

/// The file being read.
struct Open {
    task: Task,
    /// The next byte to read, and where to stop (parts go on to the end of their last line).
    at: u64,
    to: u64,
    entries: usize,
    sources: usize,
}

impl Session {
    /// An empty worker, number `number` of the pool.
    pub fn new(number: u32, seed: u64) -> Session {
        let formats = formats::ALL.to_vec();
        Session {
            number,
            loader: Loader::new(formats.clone(), Limits::default(), seed),
            formats,
            timeline: Timeline::default(),
            counted: RefCell::default(),
            tasks: VecDeque::new(),
            open: None,
            sample: VecDeque::new(),
            sampling: false,
            reading: false,
            sources: HashMap::new(),
            read_bytes: 0,
            told_progress: f64::MIN,
            made_visible: f64::MIN,
            view: None,
            lookups: BTreeMap::new(),
            told_lookups: 0,
        }
    }
    /// Whether [`step`](Self::step) has something to do.
    pub fn busy(&self) -> bool {
        self.reading || self.view.as_ref().is_some_and(|(_, job)| job.is_busy())
    }
    fn shard(&self) -> &Shard {
        self.loader.loaded()
    }
    /// Takes a message in.
    pub fn hear(&mut self, ask: Request) -> Vec<Response> {
        match ask {
            Request::Hello { .. } => Vec::new(),
            Request::Load { tasks } => {
                self.tasks.extend(tasks);
                self.reading = true;
                Vec::new()
            }
            Request::Sample { first, part, of } => {
                let files = logloupe_sample::incident().into_iter().enumerate();
                let mine = files.filter(|(i, _)| i % of.max(1) as usize == part as usize);
                self.sample.extend(mine.map(|(i, file)| (first + i as u32, file)));
                self.sampling = true;
                self.reading = true;
                Vec::new()
            }
            Request::Cancel => self.cancel(),
            Request::Offset { task, lines, records } => {
                let sources = self.sources.get(&task).cloned().unwrap_or_default();
                for source in self.loader.loaded_mut().sources.get_mut(sources).unwrap_or_default() {
                    (source.first_line, source.first_record) = (lines, records);
                }
                Vec::new()
            }
            Request::Identities { seed } => {
                let found = duplicates::identities(self.shard(), &self.formats, seed);
                let part = match found.is_empty() {
                    true => Vec::new(),
                    false => encode(&(self.number, &self.shard().sources, found)),
                };
                vec![Response::Identities { part }]
            }
            Request::FindDuplicates { parts } => {
                vec![Response::FoundDuplicates { shards: find_duplicates(&parts) }]
            }
            Request::Duplicates { repeats } => {
                let repeats: Vec<Repeat> = postcard::from_bytes(&repeats).unwrap_or_default();
                let shard = self.loader.loaded_mut();
                let counts = duplicates::mark(shard, &repeats);
                let files = shard.sources.iter().zip(counts).filter(|(_, n)| *n > 0);
                vec![Response::Duplicated { files: files.map(|(s, n)| (s.name.clone(), n)).collect() }]
            }
            Request::View { view, request, catalog, answers } => {
                match self.begin_view(request, &catalog, &answers) {
                    Ok(job) => {
                        self.view = Some((view, job));
                        Vec::new()
                    }
                    Err(message) => {
                        let diagnostics = vec![Diagnostic::error(0..0, message)];
                        let part = ViewPart { diagnostics, ..ViewPart::default() };
                        vec![Response::Viewed { view, part: Box::new(part) }]
                    }
                }
            }
            Request::Lookup { table } => {
                if let Ok(table) = postcard::from_bytes::<Lookup>(&table) {
                    self.lookups.insert(table.name.clone(), Arc::new(table));
                }
                Vec::new()
            }
            Request::LookUp { view, values } => {
                let Some(job) = self.job(view) else { return Vec::new() };
                let counts =
                    values.iter().map(|(f, v)| (*f, job.counts(self.shard(), *f as usize, v))).collect();
                vec![Response::LookedUp { view, counts }]
            }
            Request::Merge { view, partials } => {
                let Some(job) = self.job(view) else { return Vec::new() };
                vec![Response::Merged { view, merged: merge(job, &partials) }]
            }
            Request::Supply { view, wanted } => {
                let Some(job) = self.job(view) else { return Vec::new() };
                let refine = postcard::from_bytes(&wanted).unwrap_or(Refine::All);
                vec![Response::Supplied { view, partial: encode(&job.refine(self.shard(), &refine)) }]
            }
            Request::Window { ask, view, from, count } => {
                let Some(job) = self.job(view) else { return Vec::new() };
                let places = job.window(self.shard(), &self.timeline, from as usize, count as usize);
                vec![Response::Window { ask, places }]
            }
            Request::Rows { ask, view, ids, columns } => {
                let shard = self.shard();
                let cells = self.job(view).and_then(|job| job.cells(shard));
                let grid_row = |id: RowId| {
                    let computed = cells.as_ref().map(|c| c.row(id)).unwrap_or_default();
                    let cell = |row: &Row<'_>, name: &str| {
                        let known = cells.as_ref().and_then(|c| c.get(&computed, name)).cloned();
                        known.unwrap_or_else(|| builtin::value(shard, row, name))
                    };
                    rows::grid_row(shard, &self.formats, id, &columns, &cell)
                };
                vec![Response::Rows { ask, rows: ids.into_iter().filter_map(grid_row).collect() }]
            }
            Request::Detail { id } => {
                vec![Response::Detail { detail: rows::detail(self.shard(), &self.formats, id).map(Box::new) }]
            }
            Request::Complete { ask, text, cursor, language, catalog } => {
                let catalog = postcard::from_bytes(&catalog).unwrap_or_else(|_| Catalog::open());
                let shard = self.shard();
                let completions = complete::complete(
                    &text,
                    cursor as usize,
                    language,
                    &catalog,
                    &ShardValues { shard, counted: &self.counted },
                );
                vec![Response::Completed { ask, completions }]
            }
            Request::Explain { query, language, catalog } => {
                let catalog = postcard::from_bytes(&catalog).unwrap_or_else(|_| Catalog::open());
                let explained = Box::new(super::explain::explained(&query, language, &catalog));
                vec![Response::Explained { explained }]
            }
            Request::CsvColumns { ask } => {
                vec![Response::CsvColumns { ask, columns: text::csv_columns([self.shard()]) }]
            }
            Request::Export { ask, view, ids, columns, csv } => {
                let shard = self.shard();
                let cells = self.job(view).and_then(|job| job.cells(shard));
                let text = |id| export(shard, cells.as_ref(), id, columns.as_deref(), csv);
                vec![Response::Export { ask, rows: ids.into_iter().map(text).collect() }]
            }
        }
    }
    /// The job of the view at hand, if that is `view`.
    fn job(&self, view: u32) -> Option<&ViewJob<'static>> {
        self.view.as_ref().filter(|(number, _)| *number == view).map(|(_, job)| job)
    }
    fn begin_view(
        &self,
        request: ViewRequest,
        catalog: &[u8],
        answers: &[Vec<u8>],
    ) -> Result<ViewJob<'static>, String> {
        let mut catalog: Catalog = postcard::from_bytes(catalog).unwrap_or_else(|_| Catalog::open());
        catalog.bindings.lookups = self.lookups.clone();
        let answers: Vec<ResultTable> = decode(answers)?;
        Ok(ViewJob::new(self.number, request, catalog, answers, &PATHS))
    }
    /// Does a bounded piece of work: a batch of the view if one is being answered, else a slice of a file.
    pub fn step(&mut self, read: Read<'_>, now: f64) -> Vec<Response> {
        if let Some((view, job)) = self.view.as_mut().filter(|(_, job)| job.is_busy()) {
            let part = job.step(self.loader.loaded_mut(), &mut self.timeline);
            let said = |part| Response::Viewed { view: *view, part };
            return part
                .map(|part| said(Box::new(part.map(|partial| Some(encode(&partial))))))
                .into_iter()
                .collect();
        }
        let mut told = Vec::new();
        if !self.reading {
            return told;
        }
        match (self.open.take(), self.sample.pop_front()) {
            (Some(open), waiting) => {
                self.sample.extend(waiting);
                self.read_on(open, read, &mut told);
            }
            (None, Some((task, file))) => {
                let (entries, sources) = (self.loader.ledger().len(), self.shard().sources.len());
                let size = file.bytes.len() as u64;
                self.loader.open(&file.path, Options { size: Some(size), ..Options::default() });
                self.loader.push(&file.bytes);
                self.loader.finish();
                self.read_bytes += size;
                self.tell_lookups(&mut told);
                told.push(self.done(task, entries, sources));
            }
            (None, None) => match self.tasks.pop_front() {
                Some(task) => self.begin(task, read, &mut told),
                None => {
                    self.reading = false;
                    self.visible(now, &mut told);
                    told.push(self.progress());
                    told.push(if std::mem::take(&mut self.sampling) {
                        Response::Sampled
                    } else {
                        Response::Idle
                    });
                    return told;
                }
            },
        }
        if now - self.told_progress > PROGRESS_EVERY {
            self.told_progress = now;
            told.push(self.progress());
        }
        if now - self.made_visible > VISIBLE_EVERY {
            if self.made_visible > 0.0 {
                self.visible(now, &mut told);
            }
            self.made_visible = now;
        }
        told
    }
    fn begin(&mut self, task: Task, read: Read<'_>, told: &mut Vec<Response>) {
        let (entries, sources) = (self.loader.ledger().len(), self.shard().sources.len());
        told.push(Response::Begun { task: task.task });
        let (from, to) = task.part.unwrap_or((0, task.size));
        let part = task.part.and_then(|(from, to)| {
            let head = read_all(read, 0, HEAD.min(task.size)).ok()?;
            Some(Part { head, first: from == 0, length: to - from })
        });
        self.loader.open(&task.name, Options { size: Some(task.size), format: task.format.clone(), part });
        self.open = Some(Open { task, at: from, to, entries, sources });
    }
    fn read_on(&mut self, mut open: Open, read: Read<'_>, told: &mut Vec<Response>) {
        // A part reads past its end until its last line is complete.
        let end = if open.task.part.is_some() { open.task.size } else { open.to };
        let wanted = if open.at < open.to { open.to } else { end.min(open.at + HEAD) };
        if open.at < wanted && !self.loader.is_done() {
            match read(Bytes::Range(open.at, wanted)) {
                Ok(bytes) if !bytes.is_empty() => {
                    self.loader.push(&bytes);
                    open.at += bytes.len() as u64;
                    self.read_bytes += bytes.len() as u64;
                    self.open = Some(open);
                    return;
                }
                Ok(_) => self.loader.fail("the file became shorter while it was read"),
                Err(message) => self.loader.fail(&message),
            }
        } else {
            // What a refused file did not need to read counts as read: the bar must reach its end.
            self.read_bytes += open.to.saturating_sub(open.at);
            self.loader.finish();
        }
        let _ = read(Bytes::Done);
        self.tell_lookups(told);
        told.push(self.done(open.task.task, open.entries, open.sources));
    }
    /// Hands over the tables that were read since.
    fn tell_lookups(&mut self, told: &mut Vec<Response>) {
        let new = self.loader.lookups().get(self.told_lookups..).unwrap_or_default();
        told.extend(new.iter().map(|table| Response::Lookup { table: encode(&**table) }));
        self.told_lookups = self.loader.lookups().len();
    }
    fn done(&mut self, task: u32, entries: usize, sources: usize) -> Response {
        self.sources.insert(task, sources..self.shard().sources.len());
        let entries: Vec<Entry> = self.loader.ledger().get(entries..).unwrap_or_default().to_vec();
        Response::Read { task, entries }
    }
    fn cancel(&mut self) -> Vec<Response> {
        let mut told = Vec::new();
        let files = self.tasks.drain(..).map(|t| (t.task, t.name));
        let waiting: Vec<(u32, String)> =
            files.chain(self.sample.drain(..).map(|s| (s.0, s.1.path))).collect();
        if let Some(open) = self.open.take() {
            self.loader.cancel();
            told.push(self.done(open.task.task, open.entries, open.sources));
        }
        for (task, source) in waiting {
            let entries = vec![Entry { source, state: State::Cancelled, ..Entry::default() }];
            told.push(Response::Read { task, entries });
        }
        told
    }
    fn progress(&self) -> Response {
        let sum = |f: fn(&Entry) -> u64| self.loader.ledger().iter().map(f).sum();
        Response::Progress {
            bytes: self.read_bytes,
            rows: sum(|e| e.rows),
            rejected: sum(|e| e.rejected),
            memory: (self.shard().bytes() + self.timeline.bytes()) as u64,
        }
    }
    /// Lets queries see the rows read so far, and says what there is.
    fn visible(&mut self, now: f64, told: &mut Vec<Response>) {
        self.made_visible = now;
        self.loader.loaded_mut().seal();
        let shard = self.shard();
        let catalog = encode(&Catalog::of(shard, &PATHS));
        let formats = shard.tables.iter().map(|t| (t.format().to_owned(), t.rows() as u64)).collect();
        let ranges =
            || shard.tables.iter().flat_map(|t| t.chunks()).filter_map(|c| c.column(TIMESTAMP).range());
        let times = ranges().map(|r| r.0).min().zip(ranges().map(|r| r.1).max());
        told.push(Response::Catalog { catalog, formats, times });
    }
}

/// Merges the partials of all workers, as bytes.
fn merge(job: &ViewJob<'_>, partials: &[Vec<u8>]) -> Result<protocol::Merged, String> {
    let partials: Vec<Partial> = decode(partials)?;
    Ok(match job.merge(partials)? {
        Merged::Table(table) => Merged::Table(encode(&table)),
        Merged::Rows(rows) => Merged::Rows(rows),
        Merged::Refine(refine) => Merged::Refine(encode(&refine)),
    })
}

/// Decodes what other workers made.
fn decode<T: serde::de::DeserializeOwned>(all: &[Vec<u8>]) -> Result<Vec<T>, String> {
    let decoded = all.iter().map(|bytes| postcard::from_bytes(bytes)).collect::<Result<_, _>>();
    decoded.map_err(|e| format!("a worker's result could not be read: {e}"))
}

/// Encodes for another worker or the page; nothing that the protocol holds fails to encode.
fn encode<T: serde::Serialize>(value: &T) -> Vec<u8> {
    postcard::to_stdvec(value).unwrap_or_default()
}

fn read_all(read: Read<'_>, mut from: u64, to: u64) -> Result<Vec<u8>, String> {
    let mut all = Vec::new();
    while from < to {
        let bytes = read(Bytes::Range(from, to))?;
        if bytes.is_empty() {
            break;
        }
        from += bytes.len() as u64;
        all.extend(bytes);
    }
    Ok(all)
}

/// The rows of each shard that repeat an event of these parts (postcard); of each event the first copy stays.
fn find_duplicates(parts: &[Vec<u8>]) -> Vec<(u32, Vec<u8>)> {
    let decoded =
        parts.iter().filter_map(|p| postcard::from_bytes::<(u32, Vec<Source>, Vec<Identity>)>(p).ok());
    let shards: Vec<_> = decoded.collect();
    let found =
        duplicates::find(&shards.iter().map(|s| (s.1.as_slice(), s.2.as_slice())).collect::<Vec<_>>());
    shards.iter().zip(found).map(|(shard, repeats)| (shard.0, encode(&repeats))).collect()
}

/// One row as text: all that it has, or only these columns.
fn export(
    shard: &Shard,
    cells: Option<&Cells<'_>>,
    id: RowId,
    columns: Option<&[String]>,
    csv: bool,
) -> Vec<u8> {
    let mut out = Vec::new();
    let Some(row) = shard.tables.get(id.table as usize).and_then(|t| t.row(id.row as usize)) else {
        return out;
    };
    let Some(columns) = columns else {
        text::ndjson(shard, &row, &mut out);
        return out;
    };
    let computed = cells.map(|c| c.row(id)).unwrap_or_default();
    let value = |name: &String| {
        let known = cells.and_then(|c| c.get(&computed, name)).cloned();
        known.unwrap_or_else(|| builtin::value(shard, &row, name))
    };
    let values: Vec<Value> = columns.iter().map(value).collect();
    match csv {
        true => text::csv(values, &mut out),
        false => text::ndjson_values(columns, &values, &mut out),
    }
    out
}
