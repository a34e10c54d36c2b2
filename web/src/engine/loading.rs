//! Loading: files dealt to workers as they ask for more, large line files in parts, the ledger, what is loaded.

use std::collections::BTreeSet;

use logloupe_protocol::files::{
    AddLookup, CanSplit, Cancel, CheckIntegrity, Evidence, FillChanges, FindDuplicates, FindPrevious,
    HistoryPiece, Identities, Load, MarkDuplicates, Offset, PreviousRecords, Sample, States, Task,
};
use logloupe_table::{
    ledger::{Entry, Error, ErrorKind, State as Ended},
    settings::{Rule, last_about},
};
use web_sys::File;

use super::{
    Event, InputFile, Loaded, Progress,
    model::{FileTask, Held, Loading, Worker},
    state::State,
};

/// A worker gets new files until it holds this many that it has not read, or a quarter of what is read in parts.
const BATCH_FILES: usize = 48;
/// A plain line file of at least so many bytes is read in parts.
pub(super) const SPLIT: u64 = 32 << 20;
/// Numbers of tasks kept for the files of the sample.
const SAMPLE_FILES: u32 = 100_000;
/// How often progress and new rows go to the page, in milliseconds.
const PROGRESS_EVERY: f64 = 100.0;
const CHANGED_EVERY: f64 = 700.0;
/// While loading, views may take one part in so many of the workers' time.
const VIEW_SHARE: f64 = 5.0;

/// The worker that looks at the beginning of large files.
const LOOKS: u32 = 0;

/// Whether a file gave no row although it may hold some: no format claimed it, or all its records were rejected. A file in an
/// archive has no handle of its own.
pub(crate) fn gave_nothing(entry: &Entry) -> bool {
    let unknown = matches!(&entry.state, Ended::Failed(error) if error.kind == ErrorKind::Unknown);
    let archived = entry.containers.iter().any(|container| container == "zip" || container == "tar");
    entry.rows == 0 && entry.skipped == 0 && !archived && (unknown || entry.rejected > 0)
}

impl State {
    /// Queues files; a worker looks at large ones first.
    pub(super) fn open(&mut self, files: Vec<InputFile>) {
        self.begin_loading();
        for given in files {
            // How a file that is read as the user says is cut, its beginning does not tell.
            let told = last_about(&self.loading.rules, &given.path).is_some();
            if given.size < self.loading.split || told {
                self.queue(given, 1);
                continue;
            }
            let (key, file, size) = (self.number(), given.file.clone(), given.size);
            self.loading.looking.insert(key, given);
            self.ask_with(LOOKS, CanSplit { size }, &[file], move |state, can_split| {
                let Some(given) = state.loading.looking.remove(&key) else { return };
                let workers = state.workers.len() as u64;
                state.queue(
                    given,
                    if can_split { (size / (state.loading.split / 2)).min(workers * 2).max(1) } else { 1 },
                );
                state.deal();
            });
        }
        self.deal();
    }
    /// Takes a rule beside the others, and reads anew what it is about.
    pub(super) fn add_rule(&mut self, rule: Rule) {
        self.loading.rules.retain(|other| other.files != rule.files);
        self.loading.rules.push(rule.clone());
        self.read_again(&rule);
    }
    /// Reads once more what a rule is about: those files alone where they have given nothing, else everything, as rows that are
    /// loaded cannot be taken back.
    fn read_again(&mut self, rule: &Rule) {
        let about = |job: &FileTask| {
            rule.is_about(&job.task.name) || job.entries.iter().any(|entry| rule.is_about(&entry.source))
        };
        let tasks = &self.loading.tasks;
        let wholes: BTreeSet<u32> = tasks.values().filter(|job| about(job)).map(|job| job.whole).collect();
        let mut parts = tasks.values().filter(|job| wholes.contains(&job.whole));
        let untouched = |job: &FileTask| {
            job.file.is_some() && job.done && !job.entries.is_empty() && job.entries.iter().all(gave_nothing)
        };
        if wholes.is_empty() {
            return;
        }
        if !parts.all(untouched) {
            return self.reload();
        }
        let numbers: Vec<u32> =
            tasks.values().filter(|job| wholes.contains(&job.whole)).map(|job| job.task.task).collect();
        self.workers.iter_mut().for_each(|worker| worker.held.read.retain(|task| !numbers.contains(task)));
        self.loading.tasks.retain(|number, _| !numbers.contains(number) || wholes.contains(number));
        self.begin_loading();
        for whole in wholes {
            let rules = self.loading.rules.clone();
            let Some(job) = self.loading.tasks.get_mut(&whole) else { continue };
            job.task = Task { part: None, rules, ..job.task.clone() };
            (job.done, job.entries) = (false, Vec::new());
            self.loading.total_bytes += job.task.size;
            self.loading.queue.push_back(whole);
        }
        self.deal();
    }
    /// Reads all files anew, in workers that hold nothing.
    pub(super) fn reload(&mut self) {
        let given = |job: &FileTask| {
            let Task { name, size, .. } = &job.task;
            let first = job.task.task == job.whole;
            job.file.clone().filter(|_| first).map(|file| InputFile { path: name.clone(), size: *size, file })
        };
        let loading = &self.loading;
        let mut files: Vec<InputFile> = loading.tasks.values().filter_map(given).collect();
        files.extend(loading.looking.values().cloned());
        let sample = loading.sample;
        // What is on screen stays until there is something new.
        self.begin_anew();
        if sample {
            self.open_sample();
        }
        if !files.is_empty() {
            self.open(files);
        }
    }
    fn begin_loading(&mut self) {
        if !self.loading.busy {
            self.loading.busy = true;
            self.loading.started = self.host.now();
            self.loading.base = self.sums();
        }
    }
    fn sums(&self) -> (u64, u64, u64) {
        let add = |s: (u64, u64, u64), c: (u64, u64, u64)| (s.0 + c.0, s.1 + c.1, s.2 + c.2);
        self.workers.iter().map(|w| w.held.counts).fold((0, 0, 0), add)
    }
    fn queue(&mut self, given: InputFile, parts: u64) {
        let size = given.size;
        self.loading.total_bytes += size;
        let whole = self.loading.next;
        self.loading.next += parts as u32;
        for part in 0..parts {
            let number = whole + part as u32;
            let range = (parts > 1).then(|| (size * part / parts, size * (part + 1) / parts));
            let (now, rules, name) = (self.host.today(), self.loading.rules.clone(), given.path.clone());
            let task = Task { task: number, name, size, part: range, now, rules };
            let job =
                FileTask { task, file: Some(given.file.clone()), whole, entries: Vec::new(), done: false };
            self.loading.tasks.insert(number, job);
            self.loading.queue.push_back(number);
        }
    }
    /// Gives waiting files to workers that have little left to do.
    pub(super) fn deal(&mut self) {
        if let Some(message) = self.refused.clone() {
            self.unread(&message);
        }
        while let Some((shard, tasks, files)) = self.next_batch() {
            self.ask_with(shard, Load { tasks }, &files, |state, ()| state.deal());
        }
        self.progress(false);
        self.finish_if_done();
    }
    /// The worker that is to read next, and what.
    fn next_batch(&mut self) -> Option<(u32, Vec<Task>, Vec<File>)> {
        let State { workers, loading, .. } = self;
        let batch = loading.split / 4;
        let bytes_of = |w: &Worker| -> u64 {
            w.held.tasks.iter().filter_map(|t| loading.tasks.get(t)).map(FileTask::bytes).sum()
        };
        let room = |w: &Worker| w.held.tasks.len() < BATCH_FILES && bytes_of(w) < batch;
        let open = (0..workers.len()).filter(|i| room(&workers[*i]));
        let to = open.min_by_key(|i| bytes_of(&workers[*i]))?;
        let (mut tasks, mut files, mut bytes) = (Vec::new(), Vec::new(), 0);
        while tasks.len() < BATCH_FILES / 2 && bytes < batch / 2 {
            let Some(number) = loading.queue.pop_front() else { break };
            let Some(job) = loading.tasks.get(&number) else { continue };
            let Some(file) = &job.file else { continue };
            bytes += job.bytes();
            tasks.push(job.task.clone());
            files.push(file.clone());
        }
        workers[to].held.tasks.extend(tasks.iter().map(|t| t.task));
        (!tasks.is_empty()).then_some((to as u32, tasks, files))
    }
    pub(super) fn open_sample(&mut self) {
        self.loading.sample = true;
        self.begin_loading();
        let of = self.workers.len() as u32;
        let first = self.loading.next;
        self.loading.next += SAMPLE_FILES;
        self.loading.samples = (0..of).collect();
        for part in 0..of {
            self.ask(part, Sample { first, part, of }, move |state, ()| {
                state.loading.samples.remove(&part);
                state.finish_if_done();
            });
        }
        self.progress(true);
        self.finish_if_done();
    }
    pub(super) fn cancel(&mut self) {
        // What is being looked at is queued, so that the ledger names it.
        for (_, given) in std::mem::take(&mut self.loading.looking) {
            self.queue(given, 1);
        }
        self.end_queued(&Ended::Cancelled);
        self.ask_all(&Cancel, |_, _, ()| {});
        self.finish_if_done();
    }
    /// Ends all files that wait, like this.
    fn end_queued(&mut self, state: &Ended) {
        for number in std::mem::take(&mut self.loading.queue) {
            if let Some(job) = self.loading.tasks.get_mut(&number) {
                job.end(state.clone());
            }
        }
    }
    pub(super) fn on_progress(&mut self, shard: u32, counts: (u64, u64, u64), memory: u64) {
        if let Some(worker) = self.workers.get_mut(shard as usize) {
            (worker.held.counts, worker.held.memory) = (counts, memory);
        }
        self.progress(false);
    }
    pub(super) fn on_begun(&mut self, shard: u32, task: u32) {
        if let Some(worker) = self.workers.get_mut(shard as usize) {
            worker.held.reading = Some(task);
        }
    }
    pub(super) fn on_read(&mut self, shard: u32, task: u32, entries: Vec<Entry>) {
        let Some(worker) = self.workers.get_mut(shard as usize) else { return };
        worker.held.reading = None;
        worker.held.tasks.retain(|t| *t != task);
        worker.held.read.push(task);
        match self.loading.tasks.get_mut(&task) {
            Some(job) => {
                // Its handle is kept: it may be read once more, as the user says.
                job.entries = entries;
                job.done = true;
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
                    .insert(task, FileTask { task: task_of, file: None, whole: task, entries, done: true });
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
            let Some(shard) = self.workers.iter().position(|w| w.held.read.contains(&task)) else {
                continue;
            };
            self.ask(shard as u32, Offset { task, lines, records }, |_, ()| {});
        }
    }
    pub(super) fn on_lookup(&mut self, table: Vec<u8>) {
        self.ask_all(&AddLookup { table: table.clone() }, |_, _, ()| {});
        self.loading.lookups.push(table);
    }
    pub(super) fn on_catalog(
        &mut self,
        shard: u32,
        catalog: Vec<u8>,
        formats: Vec<(String, u64)>,
        times: Option<(i64, i64)>,
    ) {
        if let Some(worker) = self.workers.get_mut(shard as usize) {
            (worker.held.catalog, worker.held.formats, worker.held.times) = (catalog, formats, times);
        }
        if !self.loading.busy
            || self.host.now() - self.loading.changed_sent
                > CHANGED_EVERY.max(self.viewing.millis * VIEW_SHARE)
        {
            self.changed();
        }
    }
    pub(super) fn finish_if_done(&mut self) {
        let Loading { looking, samples, queue, busy, .. } = &self.loading;
        let waiting = !looking.is_empty() || !samples.is_empty() || !queue.is_empty();
        let idle = !*busy && !self.describing.taken;
        if idle || waiting || self.workers.iter().any(|w| !w.held.tasks.is_empty()) {
            return;
        }
        if std::mem::take(&mut self.describing.taken) && self.read_weak_again() || !self.loading.busy {
            return;
        }
        self.loading.busy = false;
        self.changed();
        self.progress(true);
        self.gather(&Evidence, |state, parts| state.check_integrity(parts));
        let seed = self.host.random();
        self.gather(&Identities { seed }, |state, parts| {
            if parts.iter().any(|part| !part.is_empty()) {
                state.ask(0, FindDuplicates { parts }, |state, shards| {
                    for (shard, repeats) in shards {
                        let then = move |state: &mut State, files| state.on_duplicates(shard, files);
                        state.ask(shard, MarkDuplicates { repeats }, then);
                    }
                });
            }
        });
        self.gather(&States { seed }, |state, parts| {
            if parts.iter().any(|part| !part.is_empty()) {
                state.ask(0, FindPrevious { parts }, |state, pieces| {
                    state.fill_changes(pieces, 0);
                });
            }
        });
    }
    /// Sets what changed in the rows of the last piece, of which `done` are done; then of the others. One after the other,
    /// so that few records are on their way at a time.
    fn fill_changes(&mut self, mut pieces: Vec<HistoryPiece>, done: u32) {
        let Some(HistoryPiece { owner, from, links }) = pieces.last().cloned() else {
            return self.changed();
        };
        let asked = PreviousRecords { links: links.clone(), skip: done };
        let fill = move |state: &mut State, records: Option<Vec<u8>>| {
            state.ask(owner, FillChanges { links, skip: done, records }, move |state, now| {
                if now > done {
                    return state.fill_changes(pieces, now);
                }
                pieces.pop();
                state.fill_changes(pieces, 0);
            });
        };
        match owner == from {
            true => fill(self, None),
            false => self.ask(from, asked, move |state, records| fill(state, Some(records))),
        }
    }
    /// Asks what digest files of CloudTrail say of the files, if there are any.
    fn check_integrity(&mut self, parts: Vec<Vec<u8>>) {
        if parts.iter().all(Vec::is_empty) {
            return;
        }
        let (mut places, mut entries) = (Vec::new(), Vec::new());
        for (task, job) in &self.loading.tasks {
            for (i, entry) in job.entries.iter().enumerate().filter(|(_, entry)| entry.may_be_cloudtrails()) {
                places.push((*task, i));
                entries.push(Entry { rejections: Vec::new(), ..entry.clone() });
            }
        }
        self.ask(0, CheckIntegrity { entries, parts }, move |state, found| {
            for ((task, i), found) in places.into_iter().zip(found) {
                if let Some(entry) = state.loading.tasks.get_mut(&task).and_then(|job| job.entries.get_mut(i))
                {
                    entry.integrity = found;
                }
            }
            state.changed();
        });
    }
    fn on_duplicates(&mut self, shard: u32, files: Vec<(String, u64)>) {
        let Some(worker) = self.workers.get(shard as usize) else { return };
        for task in &worker.held.read {
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
        self.loading.changed_sent = self.host.now();
        let mut loaded = Loaded { workers: self.workers.len() as u32, ..Loaded::default() };
        for worker in self.workers.iter().map(|w| &w.held) {
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
                    sum.add_part(part);
                }
            } else {
                ledger.extend(job.entries.iter().cloned());
            }
            whole = Some(job.whole);
        }
        ledger
    }
    fn progress(&mut self, always: bool) {
        if !always && self.host.now() - self.loading.progress_sent < PROGRESS_EVERY {
            return;
        }
        self.loading.progress_sent = self.host.now();
        let sums = self.sums();
        let done = self.loading.tasks.values().filter(|j| j.done).count() as u64;
        self.tell(Event::Progress(Progress {
            loading: self.loading.busy,
            files: (done, self.loading.tasks.len() as u64 + self.loading.looking.len() as u64),
            bytes: (sums.0, self.loading.total_bytes.max(sums.0)),
            rows: sums.1 - self.loading.base.1.min(sums.1),
            rejected: sums.2 - self.loading.base.2.min(sums.2),
            millis: self.host.now() - self.loading.started,
        }));
    }
    /// Forgets what a stopped worker held: files read there are lost, files not begun are dealt again.
    pub(super) fn lost(&mut self, shard: u32, held: &Held, message: &str) -> Vec<String> {
        self.loading.samples.remove(&shard);
        if shard == LOOKS {
            // Whoever reads such a file in one piece looks at it again.
            for (_, given) in std::mem::take(&mut self.loading.looking) {
                self.queue(given, 1);
            }
        }
        let gone: Vec<u32> = held.read.iter().copied().chain(held.reading).collect();
        for task in held.tasks.iter().rev().filter(|t| Some(**t) != held.reading) {
            self.loading.queue.push_front(*task);
        }
        let message = format!("the worker that held it stopped: {message}");
        let mut files = Vec::new();
        for task in gone {
            let Some(job) = self.loading.tasks.get_mut(&task) else { continue };
            job.end(Ended::Failed(Error::new(ErrorKind::Io, 0, message.clone())));
            files.push(job.task.name.clone());
        }
        files.dedup();
        files
    }
    /// There are no workers: no file is read, for this reason. Gives their names.
    pub(super) fn unread(&mut self, message: &str) -> Vec<String> {
        for (_, given) in std::mem::take(&mut self.loading.looking) {
            self.queue(given, 1);
        }
        self.loading.samples.clear();
        self.loading.queue = self.loading.tasks.iter().filter(|(_, j)| !j.done).map(|(n, _)| *n).collect();
        let waiting = self.loading.queue.iter().filter_map(|n| self.loading.tasks.get(n));
        let mut files: Vec<String> = waiting.map(|job| job.task.name.clone()).collect();
        files.dedup();
        self.end_queued(&Ended::Failed(Error::new(ErrorKind::Io, 0, message)));
        files
    }
}
