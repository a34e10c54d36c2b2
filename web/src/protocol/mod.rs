//! What page and workers say to each other: two closed enums, numbered requests, one version.
//!
//! A message crosses as the bytes of its postcard encoding in a transferred buffer; `File` handles of
//! [`Request::Load`] travel beside it. The page hashes its own files but not the workers', so that the first thing said
//! is the version: an old worker from a cache answers with another one and is refused.

pub mod wire;

use logloupe_core::ingest::ledger::Entry;
use logloupe_query::{
    complete::Completions,
    explain::PlanStep,
    transpile::{AthenaQuery, InsightsQuery},
};
use logloupe_syntax::Language;
use logloupe_view::{
    Detail, GridRow, RowId, ViewRequest,
    coordinator::{self, Counts},
    order::RowPosition,
};
use serde::{Deserialize, Serialize};

use crate::format_info::FormatMessage;

/// Raised with every change of the messages.
pub const VERSION: u32 = 4;

/// One worker's part of a view; its partial result is postcard.
pub type ViewPart = logloupe_view::part::ViewPart<Vec<u8>>;
/// What the merged partial results of all workers come to; tables and refinements are postcard.
pub type Merged = coordinator::Merged<coordinator::Bytes>;

/// Page to worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Request {
    /// The first message.
    Hello {
        /// [`VERSION`] of the page.
        version: u32,
        /// The worker's number in the pool.
        shard: u32,
        /// Seeds the hash tables.
        seed: u64,
    },
    /// Read these files; the handles stand beside the message, one per task.
    Load {
        /// The tasks in order.
        tasks: Vec<Task>,
    },
    /// Make and read every `of`th file of the sample incident, from number `part` on.
    Sample {
        /// The task number of the first file; file `n` is task `first + n`.
        first: u32,
        /// The first file's number.
        part: u32,
        /// The step between files.
        of: u32,
    },
    /// Stop reading; what was read stays.
    Cancel,
    /// Where in its file a part begins, known once the parts before it are read.
    Offset {
        /// The task that read the part.
        task: u32,
        /// Lines before it.
        lines: u64,
        /// Records before it.
        records: u64,
    },
    /// Give the identities of all events, to find those delivered twice.
    Identities {
        /// Seeds the hashes; the same for all workers.
        seed: u64,
    },
    /// Find the events that stand more than once in these answers to [`Request::Identities`] (postcard each).
    FindDuplicates {
        /// One per worker.
        parts: Vec<Vec<u8>>,
    },
    /// These rows repeat an event; all others do not.
    Duplicates {
        /// Postcard of the rows.
        repeats: Vec<u8>,
    },
    /// Answer this view and drop any older one.
    View {
        /// Numbers the view.
        view: u32,
        /// What is asked.
        request: ViewRequest,
        /// The fields of all shards, as the plan needs them (postcard of the catalog); empty while nothing is loaded.
        catalog: Vec<u8>,
        /// The answers of the queries that it holds in brackets, as far as they are known (postcard of a result table
        /// each). While one is missing, that query is answered instead: see [`subquery`](logloupe_view::part::ViewPart::subquery).
        answers: Vec<Vec<u8>>,
    },
    /// A table to look things up in, read by some worker: all have it from now on.
    Lookup {
        /// Postcard of the table.
        table: Vec<u8>,
    },
    /// Count these values of the current view's facets: per facet and table.
    LookUp {
        /// The view.
        view: u32,
        /// Facet number and values.
        values: Vec<(u32, Vec<String>)>,
    },
    /// Merge the partial results of all workers and finish the answer.
    Merge {
        /// The view.
        view: u32,
        /// One partial per worker (postcard).
        partials: Vec<Vec<u8>>,
    },
    /// Give a partial result in place of the one given with the view: the merged ones did not decide the answer.
    Supply {
        /// The view.
        view: u32,
        /// Postcard of what is wanted, from a merge that wants a refinement.
        wanted: Vec<u8>,
    },
    /// The places `from..from + count` of the current view.
    Window {
        /// Numbers the request.
        ask: u32,
        /// The view.
        view: u32,
        /// First place.
        from: u64,
        /// How many.
        count: u64,
    },
    /// The rows with these ids.
    Rows {
        /// Numbers the request.
        ask: u32,
        /// The view, whose aliases columns may name.
        view: u32,
        /// The rows.
        ids: Vec<RowId>,
        /// The columns wanted.
        columns: Vec<String>,
    },
    /// One row in full.
    Detail {
        /// The row.
        id: RowId,
    },
    /// Say what may stand at the cursor of this text.
    Complete {
        /// Numbers the request.
        ask: u32,
        /// The text.
        text: String,
        /// The byte at which the cursor stands.
        cursor: u64,
        /// What it is written in, unless it is clearly of another language.
        language: Language,
        /// The fields of all shards, as in [`Request::View`].
        catalog: Vec<u8>,
    },
    /// Explain this text.
    Explain {
        /// The text.
        query: String,
        /// What it is written in, unless it is clearly of another language.
        language: Language,
        /// The fields of all shards, as in [`Request::View`].
        catalog: Vec<u8>,
    },
    /// The columns that a CSV of this shard needs.
    CsvColumns {
        /// Numbers the request.
        ask: u32,
    },
    /// These rows as text.
    Export {
        /// Numbers the request.
        ask: u32,
        /// The view, whose aliases columns may name.
        view: u32,
        /// The rows.
        ids: Vec<RowId>,
        /// Only these columns, or all that a row has.
        columns: Option<Vec<String>>,
        /// CSV, else NDJSON.
        csv: bool,
    },
}

/// One file or part of a file to read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Numbers it; parts of one file have numbers of their own.
    pub task: u32,
    /// The file's path as the user sees it.
    pub name: String,
    /// The file's size.
    pub size: u64,
    /// The bytes to read if it is only a part.
    pub part: Option<(u64, u64)>,
    /// The format that the user chose.
    pub format: Option<String>,
}

/// Worker to page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Response {
    /// Answer to [`Request::Hello`].
    Hello {
        /// [`VERSION`] of the worker.
        version: u32,
        /// The formats that it reads.
        formats: Vec<FormatMessage>,
    },
    /// Reading goes on: totals of this worker since it began.
    Progress {
        /// Stored bytes read.
        bytes: u64,
        /// Rows.
        rows: u64,
        /// Rejected records.
        rejected: u64,
        /// Bytes of memory held by tables.
        memory: u64,
    },
    /// A task is done.
    Read {
        /// The task.
        task: u32,
        /// Its entries in the ledger: one, or one per member of an archive.
        entries: Vec<Entry>,
    },
    /// A file was a table to look things up in.
    Lookup {
        /// Postcard of the table.
        table: Vec<u8>,
    },
    /// All tasks so far are done; the worker would take more.
    Idle,
    /// The files of [`Request::Sample`] are done.
    Sampled,
    /// What can be asked for has changed.
    Catalog {
        /// Postcard of the catalog.
        catalog: Vec<u8>,
        /// Rows per format.
        formats: Vec<(String, u64)>,
        /// Times of the first and the last event.
        times: Option<(i64, i64)>,
    },
    /// This task is being read now.
    Begun {
        /// The task.
        task: u32,
    },
    /// Answer to [`Request::Identities`].
    Identities {
        /// Postcard of what identifies the events of this worker; empty if nothing does.
        part: Vec<u8>,
    },
    /// Answer to [`Request::FindDuplicates`]: the rows that repeat an event.
    FoundDuplicates {
        /// Worker and postcard of its rows.
        shards: Vec<(u32, Vec<u8>)>,
    },
    /// Answer to [`Request::Duplicates`]: how many rows of each file repeat an event.
    Duplicated {
        /// File and count.
        files: Vec<(String, u64)>,
    },
    /// This worker's part of the answer to a view.
    Viewed {
        /// The view.
        view: u32,
        /// The part.
        part: Box<ViewPart>,
    },
    /// Answer to [`Request::LookUp`]: per facet, per table, the counts in the order of the values.
    LookedUp {
        /// The view.
        view: u32,
        /// The counts.
        counts: Counts,
    },
    /// Answer to [`Request::Merge`].
    Merged {
        /// The view.
        view: u32,
        /// The answer, or what is wrong.
        merged: Result<Merged, String>,
    },
    /// Answer to [`Request::Supply`].
    Supplied {
        /// The view.
        view: u32,
        /// Postcard of the partial result.
        partial: Vec<u8>,
    },
    /// Answer to [`Request::Window`].
    Window {
        /// The request.
        ask: u32,
        /// The places.
        places: Vec<RowPosition>,
    },
    /// Answer to [`Request::Rows`], in the order asked for.
    Rows {
        /// The request.
        ask: u32,
        /// The rows.
        rows: Vec<GridRow>,
    },
    /// Answer to [`Request::Detail`].
    Detail {
        /// The row; `None` if it is not there.
        detail: Option<Box<Detail>>,
    },
    /// Answer to [`Request::Complete`].
    Completed {
        /// The request.
        ask: u32,
        /// What may stand there, with the counts of this worker.
        completions: Completions,
    },
    /// Answer to [`Request::Explain`].
    Explained {
        /// The explanation.
        explained: Box<Explained>,
    },
    /// Answer to [`Request::CsvColumns`].
    CsvColumns {
        /// The request.
        ask: u32,
        /// The columns.
        columns: Vec<String>,
    },
    /// Answer to [`Request::Export`].
    Export {
        /// The request.
        ask: u32,
        /// Text per row.
        rows: Vec<Vec<u8>>,
    },
    /// The worker is about to stop.
    Panic {
        /// What the panic said.
        message: String,
    },
}

/// A question explained; each part is that or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    /// The plan in words.
    pub steps: Result<Vec<PlanStep>, String>,
    /// The query in Athena's SQL, and the statement that makes its table.
    pub athena: Result<AthenaQuery, String>,
    /// The query as CloudWatch Logs Insights takes it.
    pub insights: Result<InsightsQuery, String>,
}

impl Default for Explained {
    fn default() -> Explained {
        Explained { steps: Err(String::new()), athena: Err(String::new()), insights: Err(String::new()) }
    }
}
