//! The page's side of the engine: a handle for components, and the events that come back.
//!
//! The handle hides workers, messages and merging. Nothing here draws, and nothing here holds a log: the page sees
//! windows of rows and finished series.
//!
//! Reading order: this file, `model` (what is remembered), `state` (requests to workers, messages from them), then what is asked about: `loading`, `viewing`,
//! `exporting`, `completing`, `describing`. `host` is all that they need of their surroundings; `browser` gives it in the page, `tests`
//! in a test, so that everything here but `browser` is tested natively.

mod browser;
mod completing;
mod describing;
mod exporting;
mod host;
mod loading;
mod model;
mod state;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod viewing;

pub(crate) use loading::gave_nothing;

use std::{cell::RefCell, rc::Rc};

use logloupe_protocol::{
    custom::{Described, Tried, Try},
    text::Explained,
};
use logloupe_syntax::{Diagnostic, Language, completion::Completions};
use logloupe_table::{
    Value,
    custom::{Definition, Problem},
    ledger::Entry,
    settings::Rule,
};
use logloupe_view::{Answer, Detail, GridRow, RowId, ViewRequest};

/// One file that the user gave, with its path inside a dropped folder.
#[derive(Clone, Debug, PartialEq)]
pub struct InputFile {
    /// Path as the user sees it.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// The browser's handle.
    pub file: web_sys::File,
}

impl InputFile {
    /// A file of the browser under this path.
    pub fn new(path: String, file: web_sys::File) -> InputFile {
        InputFile { path, size: file.size() as u64, file }
    }
}

/// What the page wants of the engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Load files beside what is loaded already.
    Open(Vec<InputFile>),
    /// Load the sample incident.
    OpenSample,
    /// These rules hold of all files that are opened from now on.
    Rules(Vec<Rule>),
    /// A rule holds, beside the others, of all files, those that are loaded too.
    AddRule(Rule),
    /// The formats that these files describe are known, and no others beside those that always are.
    Formats(Vec<String>),
    /// Keep a format beside the others. With `true`, files that no log of its own claims are read anew.
    Describe(Box<Definition>, bool),
    /// Forget the described format of this id.
    ForgetFormat(String),
    /// Say what comes of some lines.
    Try(Box<Try>),
    /// Give the first lines of the file of this path.
    FirstLines(String),
    /// End loading; what was read stays.
    Cancel,
    /// Forget everything loaded.
    Clear,
    /// Answer a view; an older question that is still being answered is dropped.
    View(ViewRequest),
    /// Give rows `from..from + count` of a view, with the values of these columns.
    Rows {
        /// The view.
        view: u32,
        /// The first row's place in the view.
        from: u64,
        /// How many.
        count: usize,
        /// Names of columns.
        columns: Vec<String>,
    },
    /// Give one row in full.
    Detail(RowId),
    /// Say what may stand at a byte of a text.
    Complete(String, usize, Language),
    /// Explain a text.
    Explain(String, Language),
    /// Write all rows of a view (or its result table) to a file.
    Export(u32, ExportAs),
    /// End the export that goes on.
    CancelExport,
}

/// What comes from the engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The formats are known now: see [`crate::format_info`].
    Formats,
    /// The formats that the user described, whenever they are others.
    Described(Vec<Described>),
    /// The format of this id is kept, as asked for by [`Command::Describe`].
    Kept(String),
    /// It is not, for this reason.
    NotKept(Box<Problem>),
    /// The answer to the latest [`Command::Try`].
    Tried(Box<Tried>),
    /// The answer to [`Command::FirstLines`]: the path and the lines.
    FirstLines(String, String),
    /// Everything is read anew.
    Anew,
    /// Loading goes on; sent several times a second.
    Progress(Progress),
    /// The ledger after a change: all files so far, in the order given.
    Ledger(Vec<Entry>),
    /// What is loaded has changed so that the current view should be asked for again.
    Changed(Loaded),
    /// The answer to the latest [`Command::View`].
    Answered(Box<Viewed>),
    /// The query of the latest [`Command::View`] cannot run, or can with remarks (then an answer follows).
    Diagnosed(Vec<Diagnostic>),
    /// Rows `from..` of the current view, as asked for by [`Command::Rows`].
    Rows {
        /// The view that they belong to.
        view: u32,
        /// The first row's place in the view.
        from: u64,
        /// The rows; fewer than asked for at the end.
        rows: Vec<GridRow>,
    },
    /// The row asked for by [`Command::Detail`].
    Detailed(Box<Detail>),
    /// The answer to the latest [`Command::Complete`]: the text asked about, and what may stand there.
    Completed(String, Completions),
    /// The answer to [`Command::Explain`].
    Explained(Box<Explained>),
    /// An export goes on: `done` of `total` rows; finished when `file` is there.
    Exporting {
        /// Rows written.
        done: u64,
        /// Rows to write.
        total: u64,
        /// The finished file's object URL and name.
        file: Option<(String, String)>,
    },
    /// A worker stopped. Its files must be given again; the others live on.
    Stopped {
        /// Its message.
        message: String,
        /// The files whose rows are gone.
        files: Vec<String>,
    },
}

/// How far loading is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Whether it still goes on.
    pub loading: bool,
    /// Files read, of all.
    pub files: (u64, u64),
    /// Stored bytes read, of all.
    pub bytes: (u64, u64),
    /// Rows so far.
    pub rows: u64,
    /// Rejected records so far.
    pub rejected: u64,
    /// Milliseconds since it began.
    pub millis: f64,
}

/// What is loaded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// Events.
    pub rows: u64,
    /// The formats met, by id, with their rows.
    pub formats: Vec<(String, u64)>,
    /// The earliest and the latest event's time, microseconds.
    pub times: Option<(i64, i64)>,
    /// Bytes held by all workers.
    pub memory: u64,
    /// Workers in the pool.
    pub workers: u32,
}

/// The answer to a view.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Viewed {
    /// Numbers the view; rows are asked for by it.
    pub view: u32,
    /// The request that this answers.
    pub request: ViewRequest,
    /// Counts, bars, facets.
    pub answer: Answer,
    /// How many rows [`Command::Rows`] can give (matches after `limit` and `dedup`).
    pub rows: u64,
    /// The columns that the query's `fields` or `display` choose; empty for the default ones.
    pub columns: Vec<String>,
    /// The table that a `stats` query gives.
    pub table: Option<ResultView>,
    /// Milliseconds from asking to answer.
    pub millis: f64,
}

/// The result of a `stats` query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResultView {
    /// Name of each column and whether it holds numbers.
    pub columns: Vec<(String, bool)>,
    /// The rows.
    pub rows: Vec<Vec<Value>>,
    /// Which of the numbers are not exact.
    pub remarks: Vec<String>,
}

/// How matches are written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportAs {
    /// Comma-separated, safe against spreadsheet formulas.
    Csv,
    /// One JSON object per line.
    Ndjson,
}

/// The handle. Cheap to clone; all clones are the same engine.
#[derive(Clone)]
pub struct Engine {
    state: Rc<RefCell<state::State>>,
}

impl PartialEq for Engine {
    fn eq(&self, other: &Engine) -> bool {
        Rc::ptr_eq(&self.state, &other.state)
    }
}

impl Engine {
    /// Starts the pool. `tell` is called with every event, on the page's own task queue, never within a call of the handle.
    pub fn start(tell: yew::Callback<Event>) -> Engine {
        Engine { state: state::State::start(Box::new(browser::Browser::new(tell)), loading::SPLIT) }
    }
    /// Does what the page wants.
    pub fn send(&self, command: Command) {
        self.state.borrow_mut().on_command(command);
    }
}
