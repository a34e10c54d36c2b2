//! What the engine remembers: of each worker, of files, of views, of an export. Data; what happens to it is in the files of
//! those subjects.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use logloupe_protocol::files::Task;
use logloupe_table::{
    ledger::{Entry, State as Ended},
    settings::Rule,
};
use logloupe_view::{
    GridRow, RowId,
    coordinator::{Bytes, Coordinator},
    window::RowWindow,
};
use web_sys::File;

use super::{
    ExportAs, InputFile, ResultView,
    host::{Link, Output},
};

/// One worker of the pool.
pub(super) struct Worker {
    pub(super) link: Box<dyn Link>,
    /// What is sent once the first message of the worker is here.
    pub(super) waiting: Option<Vec<(Vec<u8>, Vec<File>)>>,
    pub(super) held: Held,
}

/// What a worker holds.
#[derive(Default)]
pub(super) struct Held {
    /// Tasks given and not finished, in order.
    pub(super) tasks: VecDeque<u32>,
    /// The task being read.
    pub(super) reading: Option<u32>,
    /// Tasks read: their rows live here.
    pub(super) read: Vec<u32>,
    /// Stored bytes, rows and rejected records read.
    pub(super) counts: (u64, u64, u64),
    /// Bytes of memory.
    pub(super) memory: u64,
    pub(super) catalog: Vec<u8>,
    pub(super) formats: Vec<(String, u64)>,
    pub(super) times: Option<(i64, i64)>,
}

/// All files given since the page was cleared.
#[derive(Default)]
pub(super) struct Loading {
    /// A plain line file of at least so many bytes is read in parts.
    pub(super) split: u64,
    /// Files not dealt yet.
    pub(super) queue: VecDeque<u32>,
    /// Every task by number; numbers grow in the order given.
    pub(super) tasks: BTreeMap<u32, FileTask>,
    /// Large files whose beginning a worker looks at before they are queued, by a number.
    pub(super) looking: BTreeMap<u32, InputFile>,
    /// The workers that read the sample.
    pub(super) samples: BTreeSet<u32>,
    pub(super) busy: bool,
    pub(super) started: f64,
    pub(super) progress_sent: f64,
    pub(super) changed_sent: f64,
    /// What was read before this load began.
    pub(super) base: (u64, u64, u64),
    pub(super) total_bytes: u64,
    /// The number of the next task.
    pub(super) next: u32,
    /// Tables to look things up in, as workers read them: every worker has each, those that start anew too.
    pub(super) lookups: Vec<Vec<u8>>,
    /// What the user says of files.
    pub(super) rules: Vec<Rule>,
    /// The sample incident is among what is loaded.
    pub(super) sample: bool,
}

impl Loading {
    /// Nothing yet; plain line files of at least `split` bytes will be read in parts.
    pub(super) fn new(split: u64) -> Loading {
        Loading { split, ..Loading::default() }
    }
    /// Nothing yet, with the same limit and rules.
    pub(super) fn anew(&self) -> Loading {
        Loading { rules: self.rules.clone(), ..Loading::new(self.split) }
    }
}

/// One file, or a part of one, and what became of it.
pub(super) struct FileTask {
    pub(super) task: Task,
    pub(super) file: Option<File>,
    /// The first task of the same file, for parts.
    pub(super) whole: u32,
    pub(super) entries: Vec<Entry>,
    pub(super) done: bool,
}

impl FileTask {
    /// Its file ends like this and has no rows.
    pub(super) fn end(&mut self, state: Ended) {
        self.done = true;
        self.entries = vec![Entry { source: self.task.name.clone(), state, ..Entry::default() }];
    }
    pub(super) fn bytes(&self) -> u64 {
        self.task.part.map_or(self.task.size, |(from, to)| to - from)
    }
}

/// What the page is looking at.
#[derive(Default)]
pub(super) struct Viewing {
    /// The number of the next view.
    pub(super) next: u32,
    /// The view that is being answered, and afterwards the one that rows are asked of.
    pub(super) job: Option<OpenView>,
    /// The latest view whose rows have an order; what it shows stays while a newer question has no answer.
    pub(super) current: Option<Current>,
    pub(super) windows: HashMap<u32, Window>,
    /// How long the last answer took.
    pub(super) millis: f64,
}

/// A view that was asked for.
pub(super) struct OpenView {
    /// The number under which workers know it; a new one for each subquery.
    pub(super) view: u32,
    pub(super) coordinator: Coordinator<Bytes>,
    pub(super) asked: f64,
}

/// The view that rows are asked of.
#[derive(Clone, Default)]
pub(super) struct Current {
    pub(super) view: u32,
    pub(super) rows: u64,
    pub(super) table: Option<ResultView>,
    pub(super) columns: Vec<String>,
}

/// A window of rows on its way: positions are asked for first, then the rows at them.
pub(super) struct Window {
    pub(super) view: u32,
    pub(super) positions: RowWindow,
    pub(super) columns: Vec<String>,
    /// The rows in order, filled as workers answer.
    pub(super) rows: Vec<Option<GridRow>>,
    /// How many workers have not answered.
    pub(super) left: usize,
    /// The export asked for it, instead of the grid.
    pub(super) export: bool,
}

impl Viewing {
    /// Drops whatever was asked: the rows that it spoke of may be gone.
    pub(super) fn forget(&mut self) {
        *self = Viewing { next: self.next, ..Viewing::default() };
    }
    pub(super) fn job(&mut self, view: u32) -> Option<&mut OpenView> {
        self.job.as_mut().filter(|job| job.view == view)
    }
}

/// An export that goes on.
pub(super) struct Exporting {
    /// Numbers it: responses that an earlier one asked for are dropped.
    pub(super) number: u32,
    pub(super) view: u32,
    pub(super) form: ExportAs,
    /// Columns of a CSV once every worker has named its own.
    pub(super) columns: Vec<String>,
    pub(super) done: u64,
    pub(super) total: u64,
    /// The rows of this round in order, and each one's text.
    pub(super) ids: Vec<RowId>,
    pub(super) texts: Vec<Vec<u8>>,
    /// How many workers have not answered in this round.
    pub(super) left: usize,
    pub(super) output: Box<dyn Output>,
}
