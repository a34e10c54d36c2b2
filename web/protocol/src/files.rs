//! Requests about files: reading them, and what is found only when all of them are read.

use logloupe_table::ledger::{Entry, Integrity};
use logloupe_table::settings::Rule;
use serde::{Deserialize, Serialize};

crate::request::requests! {
    Files, FilesRequest, FilesResponse;
    Load -> (),
    Sample -> (),
    Cancel -> (),
    CanSplit -> bool,
    Offset -> (),
    AddLookup -> (),
    Identities -> Vec<u8>,
    FindDuplicates -> Vec<(u32, Vec<u8>)>,
    MarkDuplicates -> Vec<(String, u64)>,
    States -> Vec<u8>,
    FindPrevious -> Vec<HistoryPiece>,
    PreviousRecords -> Vec<u8>,
    FillChanges -> u32,
    Evidence -> Vec<u8>,
    CheckIntegrity -> Vec<Option<Integrity>>,
}

/// Read these files; the handles stand beside the message, one per task. Answered once nothing is left to read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Load {
    /// The tasks in order.
    pub tasks: Vec<Task>,
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
    /// The time now, in microseconds since 1970.
    pub now: i64,
    /// What the user says of files by their names, of those inside it too.
    pub rules: Vec<Rule>,
}

/// Make and read every `of`th file of the sample incident, from number `part` on. Answered once nothing is left to read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sample {
    /// The task number of the first file; file `n` is task `first + n`.
    pub first: u32,
    /// The first file's number.
    pub part: u32,
    /// The step between files.
    pub of: u32,
}

/// Stop reading; what was read stays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cancel;

/// May the file whose handle stands beside the message be read in parts? Its beginning says so.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CanSplit {
    /// The file's size.
    pub size: u64,
}

/// Where in its file a part begins, known once the parts before it are read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Offset {
    /// The task that read the part.
    pub task: u32,
    /// Lines before it.
    pub lines: u64,
    /// Records before it.
    pub records: u64,
}

/// A table to look things up in, read by some worker: all have it from now on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AddLookup {
    /// Postcard of the table.
    pub table: Vec<u8>,
}

/// What identifies the events, to find those delivered twice. Answered with postcard that [`FindDuplicates`] takes; empty
/// if nothing identifies them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Identities {
    /// Seeds the hashes; the same for all workers.
    pub seed: u64,
}

/// Find the events that stand more than once in these answers to [`Identities`]. Answered with worker and postcard of its
/// rows that repeat an event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FindDuplicates {
    /// One per worker.
    pub parts: Vec<Vec<u8>>,
}

/// These rows repeat an event; all others do not. Answered with files and how many of their rows do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MarkDuplicates {
    /// Postcard of the rows.
    pub repeats: Vec<u8>,
}

/// Which rows tell a state of a thing, to find what changed. Answered with postcard that [`FindPrevious`] takes; empty if no
/// row does.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct States {
    /// Seeds the hashes; the same for all workers.
    pub seed: u64,
}

/// Find the record before each state in these answers to [`States`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FindPrevious {
    /// One per worker.
    pub parts: Vec<Vec<u8>>,
}

/// Rows of one worker whose predecessors another one has, or itself; not many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPiece {
    /// The worker with the rows.
    pub owner: u32,
    /// The worker with the records before them.
    pub from: u32,
    /// Postcard of the links.
    pub links: Vec<u8>,
}

/// The records before the rows of these links. Answered with postcard of the first ones, of as many as are not too long
/// together.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PreviousRecords {
    /// Postcard of links to this worker's rows.
    pub links: Vec<u8>,
    /// How many of the links are done already.
    pub skip: u32,
}

/// Set what changed in the rows of these links. Answered with the number of links that are done now.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FillChanges {
    /// Postcard of links from this worker's rows.
    pub links: Vec<u8>,
    /// How many of the links were done before.
    pub skip: u32,
    /// The answer to [`PreviousRecords`]; `None` if this worker has the records itself.
    pub records: Option<Vec<u8>>,
}

/// What stands in CloudTrail's digest files. Answered with postcard that [`CheckIntegrity`] takes; empty if there are none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Evidence;

/// Hold files against digest files. Answered with what those say of each.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckIntegrity {
    /// The files of which they may say something.
    pub entries: Vec<Entry>,
    /// The answers to [`Evidence`], one per worker.
    pub parts: Vec<Vec<u8>>,
}
