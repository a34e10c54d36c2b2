//! Reading: files into rows, a slice at a time, so that a newer request is taken in between.

use logloupe_core::{
    formats::{Settings, custom},
    ingest::{self, Error, ErrorKind, Options, Part, State, ledger::Entry},
};
use logloupe_protocol::{
    Notice, Request, WorkerMessage, encode,
    files::{CanSplit, Task},
};
use logloupe_query::plan::Catalog;
use logloupe_table::schema::TIMESTAMP;

use crate::session::{Ahead, OpenFile, Read, Session};

/// How often progress is sent, and how often rows read so far become visible, in milliseconds.
const PROGRESS_EVERY: f64 = 90.0;
const VISIBLE_EVERY: f64 = 600.0;
/// The beginning of a file by which it is recognised.
pub(crate) const HEAD: u64 = 64 << 10;

impl<F> Session<F> {
    /// Answers what is asked about a file's beginning, such as whether it may be read in parts. One that cannot be read says so when it is opened.
    pub(crate) fn step_head(&mut self, read: Read<'_, F>) {
        let Some((id, file, size, ahead)) = self.files.heads.pop_front() else { return };
        if let Ahead::Lines = ahead {
            return self.first_lines(id, &file, size, read);
        }
        let head = read_all(&file, 0, HEAD.min(size), read);
        let can_split = head.is_ok_and(|head| ingest::is_splittable(self.formats, &head));
        self.outbox.push(WorkerMessage::Response(id, CanSplit::any_response(can_split)));
    }
    /// Reads a slice of the file that is open, else opens the next one, else answers that all is read.
    pub(crate) fn step_files(&mut self, read: Read<'_, F>, now: f64) {
        if let Some(open) = self.files.open.take() {
            self.read_on(open, read);
        } else if let Some((task, path, bytes)) = self.files.sample.pop_front() {
            let (entries, sources) = self.mark();
            let size = bytes.len() as u64;
            self.loader.open(&path, Options { size: Some(size), ..Options::default() });
            self.loader.push(&bytes);
            self.loader.finish();
            self.files.bytes += size;
            self.done(task, entries, sources);
        } else if let Some((first, part, of)) = self.files.sample_asked.pop_front() {
            self.make_sample(first, part, of);
        } else if let Some((task, file)) = self.files.tasks.pop_front() {
            self.begin(task, file, read);
        } else {
            self.make_visible(now);
            self.send_progress();
            let waiting = std::mem::take(&mut self.files.waiting);
            self.outbox
                .extend(waiting.into_iter().map(|(id, response)| WorkerMessage::Response(id, response)));
            return;
        }
        if now - self.files.progress_sent > PROGRESS_EVERY {
            self.files.progress_sent = now;
            self.send_progress();
        }
        if now - self.files.made_visible > VISIBLE_EVERY {
            if self.files.made_visible > 0.0 {
                self.make_visible(now);
            }
            self.files.made_visible = now;
        }
    }
    /// Makes a part of the sample, or says why there is none.
    fn make_sample(&mut self, first: u32, part: u32, of: u32) {
        if self.extras_awaited {
            self.files.sample_asked.push_front((first, part, of));
            self.files.held = true;
            return;
        }
        match (self.sample)(part, of) {
            Ok(files) => {
                let files = files.into_iter().map(|(at, path, bytes)| (first + at, path, bytes));
                self.files.sample.extend(files);
            }
            Err(reason) => {
                let message = format!("it could not be loaded with the page ({reason}); load the page again");
                let state = State::Failed(Error { kind: ErrorKind::Io, at: 0, message: message.clone() });
                let source = "the sample".to_owned();
                let entries = vec![Entry { source, reason: message, state, ..Entry::default() }];
                self.notify(Notice::Read { task: first + part, entries });
            }
        }
    }
    fn mark(&self) -> (usize, usize) {
        (self.loader.ledger().len(), self.shard().sources.len())
    }
    fn begin(&mut self, task: Task, file: F, read: Read<'_, F>) {
        if self.extras_awaited && task.part.is_none() && may_be_packed(&file, task.size, read) {
            self.files.tasks.push_front((task, file));
            self.files.held = true;
            return;
        }
        let (entries, sources) = self.mark();
        self.notify(Notice::Begun { task: task.task });
        let (from, to) = task.part.unwrap_or((0, task.size));
        let part = task.part.and_then(|(from, to)| {
            let head = read_all(&file, 0, HEAD.min(task.size), read).ok()?;
            Some(Part { head, first: from == 0, length: to - from })
        });
        self.loader.open(
            &task.name,
            Options {
                size: Some(task.size),
                settings: Settings { now: Some(task.now), ..Settings::NONE },
                rules: task.rules.as_slice().into(),
                part,
                ..Options::default()
            },
        );
        self.files.open = Some(OpenFile { task, file, at: from, to, entries, sources });
    }
    fn read_on(&mut self, mut open: OpenFile<F>, read: Read<'_, F>) {
        // A part reads past its end until its last line is complete.
        let end = if open.task.part.is_some() { open.task.size } else { open.to };
        let wanted = if open.at < open.to { open.to } else { end.min(open.at + HEAD) };
        if open.at < wanted && !self.loader.is_done() {
            match read(&open.file, open.at, wanted) {
                Ok(bytes) if !bytes.is_empty() => {
                    self.loader.push(&bytes);
                    open.at += bytes.len() as u64;
                    self.files.bytes += bytes.len() as u64;
                    self.files.open = Some(open);
                    return;
                }
                Ok(_) => self.loader.fail("the file became shorter while it was read"),
                Err(message) => self.loader.fail(&message),
            }
        } else {
            // What a refused file did not need to read counts as read: the bar must reach its end.
            self.files.bytes += open.to.saturating_sub(open.at);
            self.loader.finish();
        }
        self.done(open.task.task, open.entries, open.sources);
    }
    /// Sends what a task gave, lookup tables and descriptions of formats first.
    fn done(&mut self, task: u32, entries: usize, sources: usize) {
        let new = self.loader.lookups().get(self.files.lookups_sent..).unwrap_or_default();
        let tables: Vec<Vec<u8>> = new.iter().map(|table| encode(&**table)).collect();
        self.files.lookups_sent += tables.len();
        tables.into_iter().for_each(|table| self.notify(Notice::Lookup { table }));
        let new = self.loader.definitions().get(self.files.definitions_sent..).unwrap_or_default();
        let count = new.len();
        // What is wrong with one, the ledger says.
        let definitions: Vec<_> = new.iter().filter_map(|text| custom::file::read(text).ok()).collect();
        self.files.definitions_sent += count;
        definitions.into_iter().for_each(|definition| self.notify(Notice::Definition { definition }));
        self.files.sources.insert(task, sources..self.shard().sources.len());
        let entries: Vec<Entry> = self.loader.ledger().get(entries..).unwrap_or_default().to_vec();
        self.notify(Notice::Read { task, entries });
    }
    /// Ends reading the file that is open.
    pub(crate) fn cancel_open(&mut self) {
        if let Some(open) = self.files.open.take() {
            self.loader.cancel();
            self.done(open.task.task, open.entries, open.sources);
        }
    }
    pub(crate) fn notify(&mut self, notice: Notice) {
        self.outbox.push(WorkerMessage::Notice(notice));
    }
    fn send_progress(&mut self) {
        let sum = |f: fn(&Entry) -> u64| self.loader.ledger().iter().map(f).sum();
        let progress = Notice::Progress {
            bytes: self.files.bytes,
            rows: sum(|e| e.rows),
            rejected: sum(|e| e.rejected),
            memory: (self.shard().bytes() + self.timeline.bytes()) as u64,
        };
        self.notify(progress);
    }
    /// Lets queries see the rows read so far, and sends what there is to query.
    fn make_visible(&mut self, now: f64) {
        self.files.made_visible = now;
        self.loader.loaded_mut().seal();
        let shard = self.shard();
        let catalog = encode(&Catalog::of(shard, self.paths));
        let formats = shard.tables.iter().map(|t| (t.format().to_owned(), t.rows() as u64)).collect();
        let ranges =
            || shard.tables.iter().flat_map(|t| t.chunks()).filter_map(|c| c.column(TIMESTAMP).range());
        let times = ranges().map(|r| r.0).min().zip(ranges().map(|r| r.1).max());
        self.notify(Notice::Catalog { catalog, formats, times });
    }
}

/// Whether a file is in a container, in which there may be others. One that cannot be read says so when it is opened.
fn may_be_packed<F>(file: &F, size: u64, read: Read<'_, F>) -> bool {
    read_all(file, 0, size.min(4 << 10), read).is_ok_and(|head| ingest::is_container(&head))
}

pub(crate) fn read_all<F>(file: &F, mut from: u64, to: u64, read: Read<'_, F>) -> Result<Vec<u8>, String> {
    let mut all = Vec::new();
    while from < to {
        let bytes = read(file, from, to)?;
        if bytes.is_empty() {
            break;
        }
        from += bytes.len() as u64;
        all.extend(bytes);
    }
    Ok(all)
}
