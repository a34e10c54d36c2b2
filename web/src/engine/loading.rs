//! Loading: files dealt to workers as they ask for more, large line files in parts, the ledger, what is loaded.

use std::{cell::RefCell, collections::BTreeMap, collections::VecDeque, rc::Rc};

use logloupe_core::ingest::ledger::{Entry, Error, ErrorKind, State as Ended};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::File;

use super::{
    Event, InputFile, Loaded, Progress,
    pool::{Handle, random},
    state::{State, now},
};
use crate::protocol::{Request, Task};

/// A worker gets new files until it holds this many bytes or files that it has not read.
const BATCH_BYTES: u64 = 8 << 20;
const BATCH_FILES: usize = 48;
/// A plain line file larger than this is read in parts.
const SPLIT: u64 = 32 << 20;
/// How much of a large file is looked at before it is dealt.
const HEAD: i32 = 64 << 10;
/// Numbers of tasks kept for the files of the sample.
const SAMPLE_FILES: u32 = 100_000;
/// How often the page hears of progress and of new rows, in milliseconds.
const PROGRESS_EVERY: f64 = 100.0;
const CHANGED_EVERY: f64 = 700.0;
/// While loading, views may take one part in so many of the workers' time.
const VIEW_SHARE: f64 = 5.0;

/// A worker and what it holds.
pub(super) struct Worker {
    pub(super) handle: Handle,
    /// Tasks given and not finished, in order.
    tasks: VecDeque<u32>,
    /// The task being read.
    reading: Option<u32>,
    /// Tasks read: their rows live here.
    read: Vec<u32>,
    bytes: u64,
    rows: u64,
    rejected: u64,
    memory: u64,
    pub(super) catalog: Vec<u8>,
    formats: Vec<(String, u64)>,
    times: Option<(i64, i64)>,
    identities: Option<Vec<u8>>,
}

impl Worker {
    pub(super) fn new(handle: Handle) -> Worker {
        Worker {
            handle,
            tasks: VecDeque::new(),
            reading: None,
            read: Vec::new(),
            bytes: 0,
            rows: 0,
            rejected: 0,
            memory: 0,
            catalog: Vec::new(),
            formats: Vec::new(),
            times: None,
            identities: None,
        }
    }
}

/// All files given since the page was cleared.
#[derive(Default)]
pub(super) struct Loading {
    /// Files not dealt yet.
    queue: VecDeque<u32>,
    /// Every task by number; numbers grow in the order given.
    tasks: BTreeMap<u32, Job>,
    /// Files whose beginning is being looked at before they are queued.
    looking: usize,
    /// The sample is being read by this many workers.
    samples: usize,
    busy: bool,
    started: f64,
    told_progress: f64,
    told_changed: f64,
    /// What was read before this load began.
    base: (u64, u64, u64),
    total_bytes: u64,
    /// The number of the next task.
    next: u32,
    /// Tables to look things up in, as workers read them: every worker has each, those that start anew too.
    pub(super) lookups: Vec<Vec<u8>>,
}

struct Job {
    task: Task,
    file: Option<File>,
    /// The first task of the same file, for parts.
    whole: u32,
    entries: Vec<Entry>,
    done: bool,
}

/// Looks at large files, then queues all.
pub(super) fn open(state: &Rc<RefCell<State>>, files: Vec<InputFile>) {
    state.borrow_mut().begin_loading();
    for given in files {
        let size = given.file.size() as u64;
        if size < SPLIT {
            state.borrow_mut().queue(given, 1);
            continue;
        }
        state.borrow_mut().loading.looking += 1;
        let state = state.clone();
        spawn_local(async move {
            let lines = is_splittable(&given.file).await;
            let mut state = state.borrow_mut();
            state.loading.looking -= 1;
            let workers = state.workers.len() as u64;
            let parts = if lines { (size / (SPLIT / 2)).min(workers * 2).max(1) } else { 1 };
            state.queue(given, parts);
            state.deal();
        });
    }
    state.borrow_mut().deal();
}

/// Whether a file may be read in parts: its beginning says so.
async fn is_splittable(file: &File) -> bool {
    let Ok(head) = file.slice_with_i32_and_i32(0, HEAD) else { return false };
    let Ok(buffer) = JsFuture::from(head.array_buffer()).await else { return false };
    let Ok(buffer) = buffer.dyn_into::<js_sys::ArrayBuffer>() else { return false };
    logloupe_core::ingest::is_splittable(&js_sys::Uint8Array::new(&buffer).to_vec())
}

impl State {
    fn begin_loading(&mut self) {
        if !self.loading.busy {
            self.loading.busy = true;
            self.loading.started = now();
            self.loading.base = self.sums();
        }
    }
    fn sums(&self) -> (u64, u64, u64) {
        self.workers.iter().fold((0, 0, 0), |s, w| (s.0 + w.bytes, s.1 + w.rows, s.2 + w.rejected))
    }
    fn queue(&mut self, given: InputFile, parts: u64) {
        let size = given.file.size() as u64;
        self.loading.total_bytes += size;
        let whole = self.loading.next;
        self.loading.next += parts as u32;
        for part in 0..parts {
            let number = whole + part as u32;
            let range = (parts > 1).then(|| (size * part / parts, size * (part + 1) / parts));
            let task = Task { task: number, name: given.path.clone(), size, part: range, format: None };
            let job = Job { task, file: Some(given.file.clone()), whole, entries: Vec::new(), done: false };
            self.loading.tasks.insert(number, job);
            self.loading.queue.push_back(number);
        }
    }
    /// Gives waiting files to workers that have little left to do.
    pub(super) fn deal(&mut self) {
        let State { workers, loading, .. } = self;
        loop {
            let held = |w: &Worker| -> u64 {
                w.tasks.iter().filter_map(|t| loading.tasks.get(t)).map(Job::bytes).sum()
            };
            let room = |w: &Worker| w.tasks.len() < BATCH_FILES && held(w) < BATCH_BYTES;
            let Some(to) =
                (0..workers.len()).filter(|i| room(&workers[*i])).min_by_key(|i| held(&workers[*i]))
            else {
                break;
            };
            let (mut tasks, mut files, mut bytes) = (Vec::new(), Vec::new(), 0);
            while tasks.len() < BATCH_FILES / 2 && bytes < BATCH_BYTES / 2 {
                let Some(number) = loading.queue.pop_front() else { break };
                let Some(job) = loading.tasks.get(&number) else { continue };
                let Some(file) = &job.file else { continue };
                bytes += job.bytes();
                tasks.push(job.task.clone());
                files.push(file.clone());
            }
            if tasks.is_empty() {
                break;
            }
            workers[to].tasks.extend(tasks.iter().map(|t| t.task));
            workers[to].handle.ask(Request::Load { tasks }, &files);
        }
        self.progress(false);
        self.finish_if_done();
    }
    pub(super) fn open_sample(&mut self) {
        self.begin_loading();
        let of = self.workers.len() as u32;
        self.loading.samples = self.workers.len();
        let first = self.loading.next;
        self.loading.next += SAMPLE_FILES;
        for part in 0..of {
            self.ask(part, Request::Sample { first, part, of });
        }
        self.progress(true);
    }
    pub(super) fn cancel(&mut self) {
        for number in std::mem::take(&mut self.loading.queue) {
            if let Some(job) = self.loading.tasks.get_mut(&number) {
                job.done = true;
                job.entries = vec![Entry {
                    source: job.task.name.clone(),
                    state: Ended::Cancelled,
                    ..Entry::default()
                }];
            }
        }
        self.ask_all(&Request::Cancel);
        self.finish_if_done();
    }
    pub(super) fn on_progress(&mut self, shard: u32, bytes: u64, rows: u64, rejected: u64, memory: u64) {
        if let Some(worker) = self.workers.get_mut(shard as usize) {
            (worker.bytes, worker.rows, worker.rejected, worker.memory) = (bytes, rows, rejected, memory);
        }
        self.progress(false);
    }
    pub(super) fn on_begun(&mut self, shard: u32, task: u32) {
        if let Some(worker) = self.workers.get_mut(shard as usize) {
            worker.reading = Some(task);
        }
    }
    pub(super) fn on_read(&mut self, shard: u32, task: u32, entries: Vec<Entry>) {
        let Some(worker) = self.workers.get_mut(shard as usize) else { return };
        worker.reading = None;
        worker.tasks.retain(|t| *t != task);
        worker.read.push(task);
        match self.loading.tasks.get_mut(&task) {
            Some(job) => {
                job.entries = entries;
                job.done = true;
                job.file = None;
                if job.task.part.is_some() {
                    let whole = job.whole;
                    self.place_parts(whole);
                }
            }
            // The sample's files are tasks that the workers number.
            None => {
                let name = entries.first().map(|e| e.source.clone()).unwrap_or_default();
                let task_of = Task { task, name, ..Task::default() };
                self.loading
                    .tasks
                    .insert(task, Job { task: task_of, file: None, whole: task, entries, done: true });
            }
        }
        if !self.loading.queue.is_empty() {
            self.deal();
        }
        self.progress(false);
    }
    /// Tells the workers of later parts where in the file those begin, as far as that is known.
    fn place_parts(&mut self, whole: u32) {
        let (mut lines, mut records) = (0, 0);
        let mut places = Vec::new();
        for (number, job) in self.loading.tasks.range(whole..).take_while(|(_, j)| j.whole == whole) {
            if !job.done {
                break;
            }
            places.push((*number, lines, records));
            lines += job.entries.iter().map(|e| e.lines).sum::<u64>();
            records += job.entries.iter().map(|e| e.records).sum::<u64>();
        }
        for (task, lines, records) in places {
            let Some(shard) = self.workers.iter().position(|w| w.read.contains(&task)) else { continue };
            self.ask(shard as u32, Request::Offset { task, lines, records });
        }
    }
    pub(super) fn on_lookup(&mut self, table: Vec<u8>) {
        self.ask_all(&Request::Lookup { table: table.clone() });
        self.loading.lookups.push(table);
    }
    pub(super) fn on_idle(&mut self) {
        self.deal();
    }
    pub(super) fn on_sampled(&mut self) {
        self.loading.samples = self.loading.samples.saturating_sub(1);
        self.finish_if_done();
    }
    pub(super) fn on_catalog(
        &mut self,
        shard: u32,
        catalog: Vec<u8>,
        formats: Vec<(String, u64)>,
        times: Option<(i64, i64)>,
    ) {
        if let Some(worker) = self.workers.get_mut(shard as usize) {
            (worker.catalog, worker.formats, worker.times) = (catalog, formats, times);
        }
        if !self.loading.busy
            || now() - self.loading.told_changed > CHANGED_EVERY.max(self.viewing.millis * VIEW_SHARE)
        {
            self.changed();
        }
    }
    fn finish_if_done(&mut self) {
        let waiting = self.loading.looking > 0 || self.loading.samples > 0 || !self.loading.queue.is_empty();
        if !self.loading.busy || waiting || self.workers.iter().any(|w| !w.tasks.is_empty()) {
            return;
        }
        self.loading.busy = false;
        self.changed();
        self.progress(true);
        self.workers.iter_mut().for_each(|w| w.identities = None);
        self.ask_all(&Request::Identities { seed: random() });
    }
    pub(super) fn on_identities(&mut self, shard: u32, part: Vec<u8>) {
        if let Some(worker) = self.workers.get_mut(shard as usize) {
            worker.identities = Some(part);
        }
        if self.workers.iter().all(|w| w.identities.is_some()) {
            let parts: Vec<Vec<u8>> = self.workers.iter_mut().filter_map(|w| w.identities.take()).collect();
            if parts.iter().any(|p| !p.is_empty()) {
                self.ask(0, Request::FindDuplicates { parts });
            }
        }
    }
    pub(super) fn on_duplicates(&mut self, shards: Vec<(u32, Vec<u8>)>) {
        shards.into_iter().for_each(|(shard, repeats)| self.ask(shard, Request::Duplicates { repeats }));
    }
    pub(super) fn on_duplicated(&mut self, shard: u32, files: Vec<(String, u64)>) {
        let Some(worker) = self.workers.get(shard as usize) else { return };
        for task in &worker.read {
            let Some(job) = self.loading.tasks.get_mut(task) else { continue };
            for entry in &mut job.entries {
                if let Some((_, count)) = files.iter().find(|(name, _)| *name == entry.source) {
                    entry.duplicates = *count;
                }
            }
        }
        if !files.is_empty() {
            self.changed();
        }
    }
    /// Tells the page what is loaded, and the ledger.
    pub(super) fn changed(&mut self) {
        self.loading.told_changed = now();
        let mut loaded = Loaded { workers: self.workers.len() as u32, ..Loaded::default() };
        for worker in &self.workers {
            loaded.memory += worker.memory;
            for (format, rows) in &worker.formats {
                loaded.rows += rows;
                match loaded.formats.binary_search_by(|f| f.0.cmp(format)) {
                    Ok(at) => loaded.formats[at].1 += rows,
                    Err(at) => loaded.formats.insert(at, (format.clone(), *rows)),
                }
            }
            loaded.times = match (loaded.times, worker.times) {
                (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
                (a, b) => a.or(b),
            };
        }
        self.tell(Event::Ledger(self.ledger()));
        self.tell(Event::Changed(loaded));
    }
    /// All entries in the order in which files were given; parts of one file are one entry.
    fn ledger(&self) -> Vec<Entry> {
        let mut ledger: Vec<Entry> = Vec::new();
        let mut whole = None;
        for job in self.loading.tasks.values().filter(|j| j.done) {
            if job.task.part.is_some() && whole == Some(job.whole) {
                if let (Some(sum), Some(part)) = (ledger.last_mut(), job.entries.first()) {
                    add(sum, part);
                }
            } else {
                ledger.extend(job.entries.iter().cloned());
            }
            whole = Some(job.whole);
        }
        ledger
    }
    fn progress(&mut self, always: bool) {
        if !always && now() - self.loading.told_progress < PROGRESS_EVERY {
            return;
        }
        self.loading.told_progress = now();
        let sums = self.sums();
        let done = self.loading.tasks.values().filter(|j| j.done).count() as u64;
        self.tell(Event::Progress(Progress {
            loading: self.loading.busy,
            files: (done, self.loading.tasks.len() as u64 + self.loading.looking as u64),
            bytes: (sums.0, self.loading.total_bytes.max(sums.0)),
            rows: sums.1 - self.loading.base.1.min(sums.1),
            rejected: sums.2 - self.loading.base.2.min(sums.2),
            millis: now() - self.loading.started,
        }));
    }
    /// Forgets what a stopped worker held: files read there are lost, files not begun are dealt again.
    pub(super) fn lost(&mut self, worker: Worker, message: &str) -> Vec<String> {
        let gone: Vec<u32> = worker.read.iter().copied().chain(worker.reading).collect();
        for task in worker.tasks.iter().rev().filter(|t| Some(**t) != worker.reading) {
            self.loading.queue.push_front(*task);
        }
        let mut files = Vec::new();
        for task in gone {
            let Some(job) = self.loading.tasks.get_mut(&task) else { continue };
            let message = format!("the worker that held it stopped: {message}");
            let error = Error { kind: ErrorKind::Io, at: 0, message };
            job.entries = vec![Entry {
                source: job.task.name.clone(),
                state: Ended::Failed(error),
                ..Entry::default()
            }];
            job.done = true;
            files.push(job.task.name.clone());
        }
        files.dedup();
        files
    }
}

impl Job {
    fn bytes(&self) -> u64 {
        self.task.part.map_or(self.task.size, |(from, to)| to - from)
    }
}

/// Adds a later part's counts to the entry of the whole file.
fn add(sum: &mut Entry, part: &Entry) {
    sum.rejections.extend(part.rejections.iter().cloned().map(|mut r| {
        r.line += sum.lines;
        r.record += sum.records;
        r
    }));
    sum.bytes_stored += part.bytes_stored;
    sum.bytes += part.bytes;
    sum.lines += part.lines;
    sum.records += part.records;
    sum.rows += part.rows;
    sum.rejected += part.rejected;
    sum.skipped += part.skipped;
    sum.duplicates += part.duplicates;
    sum.first_time = [sum.first_time, part.first_time].into_iter().flatten().min();
    sum.last_time = sum.last_time.max(part.last_time);
    if matches!(sum.state, Ended::Read) {
        sum.state = part.state.clone();
    }
}
