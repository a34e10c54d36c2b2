//! The whole of a worker as plain code: [`on_request`](Session::on_request) takes a request, [`step`](Session::step) does a
//! bounded piece of work, both return messages to the page. No browser in here, so that tests need none.
//!
//! Each request has its handler, `impl Handle<…> for Session`, in the file of its subject. A request that is answered
//! [`Later`](Reply::Later) keeps its number with what it waits for; each is answered exactly once.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap, VecDeque},
    ops::Range,
    sync::Arc,
};

use logloupe_answer::{job::ViewJob, values::Counted};
use logloupe_core::{
    formats::{self, Format, Paths, custom::Registry},
    ingest::{Limits, Loader, codec::Opener},
};
use logloupe_protocol::{
    AnyRequest, AnyResponse, Reply, Request, WorkerMessage, dispatch, encode, files::Task, views::View,
};
use logloupe_query::plan::Catalog;
use logloupe_table::{Shard, lookup::Lookup};
use logloupe_view::order::Timeline;

/// Reads bytes `from..to` of a file, or as many of them from the start as are convenient (at least one).
pub type Read<'r, F> = &'r mut dyn FnMut(&F, u64, u64) -> Result<Vec<u8>, String>;

/// Makes the files of the sample incident that are `part` of `of`: each one's place in it, path and bytes.
///
/// # Errors
/// Why it cannot.
pub type SampleMaker = fn(u32, u32) -> Result<Vec<(u32, String, Vec<u8>)>, String>;

/// What few need, and a worker gets once the page is there.
#[derive(Clone, Copy, Debug)]
pub struct Extras {
    /// Decodes rare containers.
    pub codecs: Opener,
    /// Makes the sample.
    pub sample: SampleMaker,
}

/// One worker's state; `F` is a handle on a file.
pub struct Session<F> {
    pub(crate) number: u32,
    pub(crate) loader: Loader,
    /// Whether the extras are on their way: what may need them waits.
    pub(crate) extras_awaited: bool,
    pub(crate) sample: SampleMaker,
    /// The formats that are known: the crate's, and those that the user described.
    pub(crate) formats: &'static [&'static dyn Format],
    /// What queries need to know of them.
    pub(crate) paths: &'static Paths<'static>,
    pub(crate) registry: Registry,
    pub(crate) codecs: Option<Opener>,
    pub(crate) timeline: Timeline,
    /// How often values occur, for completion.
    pub(crate) counted: RefCell<Counted>,
    /// The fields of all workers.
    pub(crate) catalog: Catalog,
    /// The tables to look things up in that any worker read.
    pub(crate) lookups: BTreeMap<String, Arc<Lookup>>,
    /// The view at hand, its number, and the request to which it is the response, until that is answered.
    pub(crate) view: Option<(u32, ViewJob<'static>, Option<u32>)>,
    pub(crate) files: Files<F>,
    /// The files that came with the request at hand.
    pub(crate) handles: Vec<F>,
    /// Messages to the page beside the response at hand.
    pub(crate) outbox: Vec<WorkerMessage>,
}

/// What is to be read, and what was.
pub(crate) struct Files<F> {
    pub(crate) tasks: VecDeque<(Task, F)>,
    pub(crate) open: Option<OpenFile<F>>,
    /// The next file waits for the extras.
    pub(crate) held: bool,
    /// Parts of the sample to be made, and the number of its first file's task.
    pub(crate) sample_asked: VecDeque<(u32, u32, u32)>,
    /// Files of the sample that wait: their task numbers, paths and bytes.
    pub(crate) sample: VecDeque<(u32, String, Vec<u8>)>,
    /// Files whose beginning is asked about, with the request, their size and what is asked.
    pub(crate) heads: VecDeque<(u32, F, u64, Ahead)>,
    /// Responses to give once nothing is left to read, with their requests.
    pub(crate) waiting: Vec<(u32, AnyResponse)>,
    /// The sources that each task gave.
    pub(crate) sources: HashMap<u32, Range<usize>>,
    /// Stored bytes read.
    pub(crate) bytes: u64,
    /// When the last progress was sent, and when rows last became visible.
    pub(crate) progress_sent: f64,
    pub(crate) made_visible: f64,
    /// How many of this worker's lookup tables were sent, and of the descriptions of formats that it met.
    pub(crate) lookups_sent: usize,
    pub(crate) definitions_sent: usize,
}

/// What is asked about a file's beginning.
#[derive(Clone, Copy)]
pub(crate) enum Ahead {
    /// Whether the file may be read in parts.
    CanSplit,
    /// Its first lines.
    Lines,
}

/// The file being read.
pub(crate) struct OpenFile<F> {
    pub(crate) task: Task,
    pub(crate) file: F,
    /// The next byte to read, and where to stop (parts go on to the end of their last line).
    pub(crate) at: u64,
    pub(crate) to: u64,
    /// How many entries and sources there were before it.
    pub(crate) entries: usize,
    pub(crate) sources: usize,
}

impl<F> Default for Files<F> {
    fn default() -> Files<F> {
        Files {
            tasks: VecDeque::new(),
            open: None,
            held: false,
            sample_asked: VecDeque::new(),
            sample: VecDeque::new(),
            heads: VecDeque::new(),
            waiting: Vec::new(),
            sources: HashMap::new(),
            bytes: 0,
            progress_sent: f64::MIN,
            made_visible: f64::MIN,
            lookups_sent: 0,
            definitions_sent: 0,
        }
    }
}

impl<F> Session<F> {
    /// An empty worker, number `number` of the pool.
    pub fn new(number: u32, seed: u64) -> Session<F> {
        Session {
            number,
            loader: Loader::new(formats::ALL.to_vec(), Limits::default(), seed),
            extras_awaited: false,
            sample: |_, _| Err("nobody makes it".to_owned()),
            formats: formats::ALL,
            paths: Registry::default().all(&[]),
            registry: Registry::default(),
            codecs: None,
            timeline: Timeline::default(),
            counted: RefCell::default(),
            catalog: Catalog::open(),
            lookups: BTreeMap::new(),
            view: None,
            files: Files::default(),
            handles: Vec::new(),
            outbox: Vec::new(),
        }
    }
    /// The same, which has these extras; if they are not there yet, files that may need them wait for
    /// [`extras_arrived`](Self::extras_arrived).
    pub fn with_extras(mut self, extras: Extras, there: bool) -> Session<F> {
        self.loader = self.loader.with_codecs(extras.codecs);
        self.codecs = Some(extras.codecs);
        self.sample = extras.sample;
        self.extras_awaited = !there;
        self
    }
    /// The extras are there, or will not come: they say which when they are asked.
    pub fn extras_arrived(&mut self) {
        self.extras_awaited = false;
        self.files.held = false;
    }
    /// Whether [`step`](Self::step) has something to do.
    pub fn is_busy(&self) -> bool {
        self.is_reading() || !self.files.heads.is_empty() || self.is_viewing()
    }
    fn is_reading(&self) -> bool {
        !self.files.waiting.is_empty() && !self.files.held
    }
    fn is_viewing(&self) -> bool {
        self.view.as_ref().is_some_and(|(_, job, _)| job.is_busy())
    }
    pub(crate) fn shard(&self) -> &Shard {
        self.loader.loaded()
    }
    /// Takes the request of this number, and the files that came with it.
    pub fn on_request(&mut self, id: u32, request: AnyRequest, handles: Vec<F>) -> Vec<WorkerMessage> {
        self.handles = handles;
        let reply = dispatch(self, id, request);
        match reply {
            Reply::Now(response) => self.outbox.push(WorkerMessage::Response(id, response)),
            Reply::Dropped => self.outbox.push(WorkerMessage::Dropped(id)),
            Reply::Later => {}
        }
        std::mem::take(&mut self.outbox)
    }
    /// Does a bounded piece of work: a batch of the view if one is being answered, else the beginning of a file that was
    /// asked about, else a slice of a file. `now` is in milliseconds.
    pub fn step(&mut self, read: Read<'_, F>, now: f64) -> Vec<WorkerMessage> {
        if self.is_viewing() {
            self.step_view();
        } else if !self.files.heads.is_empty() {
            self.step_head(read);
        } else if self.is_reading() {
            self.step_files(read, now);
        }
        std::mem::take(&mut self.outbox)
    }
    fn step_view(&mut self) {
        let Some((_, job, request)) = &mut self.view else { return };
        let Some(part) = job.step(self.loader.loaded_mut(), &mut self.timeline) else { return };
        if let Some(id) = request.take() {
            let part = part.map(|partial| Some(encode(&partial)));
            self.outbox.push(WorkerMessage::Response(id, View::any_response(part)));
        }
    }
}
