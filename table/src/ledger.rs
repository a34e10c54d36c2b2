//! The ledger: what was read, what was not and why. For every file `records = rows + rejected + skipped`.

use serde::{Deserialize, Serialize};

/// How many rejected records a file's entry keeps with their text; further ones are counted.
pub const KEPT_REJECTIONS: usize = 10_000;

/// One file, or one file inside an archive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The path, with the path inside the archive after a `/`.
    pub source: String,
    /// The id of the format it was read as; `None` when none claimed it.
    pub format: Option<String>,
    /// Why that format, or why none: the sentence that detection gives.
    pub reason: String,
    /// The containers it came in, outermost first ("zip", "gzip"); empty for plain bytes.
    pub containers: Vec<String>,
    /// The envelope that records were taken from (`Records`, `CloudWatch export`), empty for none.
    pub envelope: String,
    /// Bytes as stored: of the file itself, or of the member in the archive that directly holds it.
    pub bytes_stored: u64,
    /// Bytes after all containers were opened.
    pub bytes: u64,
    /// Lines of the inflated content.
    pub lines: u64,
    /// Records met: events, damaged ones included; headers and blank lines are not records.
    pub records: u64,
    /// Records that became rows.
    pub rows: u64,
    /// Records that were rejected.
    pub rejected: u64,
    /// Records recognised and skipped on purpose.
    pub skipped: u64,
    /// Rows that repeat an event met before, here or in another file.
    pub duplicates: u64,
    /// Time of the earliest event, microseconds since 1970.
    pub first_time: Option<i64>,
    /// Time of the latest event.
    pub last_time: Option<i64>,
    /// How reading ended.
    pub state: State,
    /// What is worth knowing although nothing failed: ignored bytes after a gzip stream, an array that never closes.
    pub notes: Vec<String>,
    /// The first [`KEPT_REJECTIONS`] rejections.
    pub rejections: Vec<Rejection>,
}

/// How reading a file ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum State {
    /// Still being read.
    #[default]
    Reading,
    /// Read to its end.
    Read,
    /// No log but a table to look things up in.
    Table {
        /// Rows without the header.
        rows: u64,
        /// The columns' names.
        columns: Vec<String>,
    },
    /// Recognised and not read, with the reason: an empty file, a digest file, a picture.
    Skipped(String),
    /// Reading ended at a fault; what was read before it is kept.
    Failed(Error),
    /// Cancelled by the user.
    Cancelled,
}

/// One record that did not become a row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rejection {
    /// The line at which the record begins, from 1.
    pub line: u64,
    /// The record's place in the file, from 1.
    pub record: u64,
    /// The byte column at which it went wrong, from 1, within the record.
    pub column: u64,
    /// What was expected there.
    pub expected: String,
    /// What stood there, shortened.
    pub found: String,
    /// The record itself, cut at 64 KiB.
    pub text: Vec<u8>,
}

/// Why a file could not be read to its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Error {
    /// What kind of fault.
    pub kind: ErrorKind,
    /// Byte offset in the stored file at which it was met.
    pub at: u64,
    /// One sentence for people: lower case, no full stop.
    pub message: String,
}

/// The kinds of faults of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorKind {
    /// The container ends before its content does.
    Truncated,
    /// The container's content is damaged.
    Corrupt,
    /// The container needs something that is not offered (encryption, a compression method).
    Unsupported,
    /// A stated limit was reached (inflated size, nesting, record length).
    Limit,
    /// No format claims the content.
    Unknown,
    /// The file could not be read from disk.
    Io,
}

impl Error {
    /// A fault of this kind at byte `at` of the stored file.
    pub fn new(kind: ErrorKind, at: u64, message: impl Into<String>) -> Error {
        Error { kind, at, message: message.into() }
    }
}
