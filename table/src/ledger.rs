//! The ledger: what was read, what was not and why. For every file `records = rows + rejected + skipped`.

use serde::{Deserialize, Serialize};

/// How many rejected records a file's entry keeps with their text; further ones are counted.
pub const KEPT_REJECTIONS: usize = 10_000;
/// How many bytes of rejections it keeps, so that few long ones are not many.
pub const KEPT_REJECTED_BYTES: usize = 16 << 20;

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
    /// SHA-256 of its content after all containers were opened; of files only that CloudTrail may have delivered, and
    /// that were read to their end.
    pub sha256: Option<[u8; 32]>,
    /// What CloudTrail's digest files among those read say of it.
    pub integrity: Option<Integrity>,
    /// The other logs of which it holds records that became rows, in the order in which they were met.
    pub others: Vec<OtherLog>,
}

/// A log of which records stand in a file of another one. Their rows are among the [rows](Entry::rows) of the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OtherLog {
    /// The id of the format that they were read as.
    pub format: String,
    /// How many there are.
    pub rows: u64,
    /// The line of the first, from 1.
    pub first_line: u64,
    /// The line of the last.
    pub last_line: u64,
}

impl OtherLog {
    /// Counts a record of this format.
    pub fn count(all: &mut Vec<OtherLog>, format: &str, line: u64) {
        OtherLog::add(
            all,
            OtherLog { format: format.to_owned(), rows: 1, first_line: line, last_line: line },
        );
    }
    /// Adds what was met further on in the file.
    pub fn add(all: &mut Vec<OtherLog>, more: OtherLog) {
        match all.iter_mut().find(|known| known.format == more.format) {
            Some(known) => (known.rows, known.last_line) = (known.rows + more.rows, more.last_line),
            None => all.push(more),
        }
    }
}

impl Entry {
    /// Counts a record that became a row of this time.
    #[inline]
    pub fn count_row(&mut self, time: Option<i64>) {
        self.records += 1;
        self.rows += 1;
        if let Some(time) = time {
            self.first_time = Some(self.first_time.map_or(time, |first| first.min(time)));
            self.last_time = Some(self.last_time.map_or(time, |last| last.max(time)));
        }
    }
    /// Adds the entry of the part that follows in the same file: what one reading of both would give.
    pub fn add_part(&mut self, part: &Entry) {
        let mut kept: usize = self.rejections.iter().map(Rejection::bytes).sum();
        // Only the first of a file are kept: none behind one that was not.
        let all = self.rejections.len() as u64 == self.rejected;
        for rejection in part.rejections.iter().filter(|_| all) {
            if self.rejections.len() >= KEPT_REJECTIONS || kept >= KEPT_REJECTED_BYTES {
                break;
            }
            kept += rejection.bytes();
            let (line, record) = (rejection.line + self.lines, rejection.record + self.records);
            self.rejections.push(Rejection { line, record, ..rejection.clone() });
        }
        self.rejected += part.rejected;
        for other in &part.others {
            let (first_line, last_line) = (other.first_line + self.lines, other.last_line + self.lines);
            OtherLog::add(&mut self.others, OtherLog { first_line, last_line, ..other.clone() });
        }
        self.bytes_stored += part.bytes_stored;
        self.bytes += part.bytes;
        self.lines += part.lines;
        self.records += part.records;
        self.rows += part.rows;
        self.skipped += part.skipped;
        self.duplicates += part.duplicates;
        self.first_time = [self.first_time, part.first_time].into_iter().flatten().min();
        self.last_time = self.last_time.max(part.last_time);
        // A part that holds nothing but what is set aside, or nothing at all, is not the file.
        self.state = match (&self.state, &part.state) {
            (State::Read, State::Skipped(_)) => State::Read,
            (State::Read | State::Skipped(_), state) => state.clone(),
            (state, _) => state.clone(),
        };
        if self.format.is_none() {
            self.format.clone_from(&part.format);
            self.reason.clone_from(&part.reason);
            self.envelope.clone_from(&part.envelope);
        }
    }
    /// What of it was read as other logs, in words; empty where nothing was.
    pub fn others_told(&self) -> String {
        let told = self.others.iter().map(|other| {
            let OtherLog { format, rows, first_line, last_line } = other;
            match rows {
                1 => format!("1 record, at line {first_line}, was read as {format}"),
                _ => format!("{rows} records, from line {first_line} to {last_line}, were read as {format}"),
            }
        });
        told.collect::<Vec<_>>().join("; ")
    }
    /// Whether digest files of CloudTrail may say something of it.
    pub fn may_be_cloudtrails(&self) -> bool {
        self.sha256.is_some()
            || self.source.contains("CloudTrail")
            || self.format.as_deref() == Some("cloudtrail_digest")
    }
}

/// What the digest files of CloudTrail that were read say of a file, log or digest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Integrity {
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in one sentence: lower case, no full stop.
    pub text: String,
    /// Whether the signature of the digest, or of the one that names the file, was verified with its public key.
    pub signed: bool,
    /// Of a digest, how many of the files that it names are not there.
    pub missing_files: u64,
    /// The keys of the first [`KEPT_MISSING`] of them.
    pub missing: Vec<String>,
}

/// How many keys of missing files a digest's entry keeps.
pub const KEPT_MISSING: usize = 1_000;

/// Whether a file is what digest files say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Nothing that was read can tell: no later digest, or one that was altered itself.
    #[default]
    Unchecked,
    /// Its content has the hash that a digest gives.
    Verified,
    /// A log file from the time that digests span, which none of them names.
    NotCovered,
    /// A digest that names files, or a digest before it, which are not there.
    Missing,
    /// Its content is another than a digest says, or its signature is wrong.
    Altered,
}

impl Verdict {
    /// All verdicts, the gravest last.
    pub const ALL: [Verdict; 5] =
        [Verdict::Verified, Verdict::Unchecked, Verdict::NotCovered, Verdict::Missing, Verdict::Altered];
    /// Its name on screen and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Unchecked => "unchecked",
            Verdict::Verified => "verified",
            Verdict::NotCovered => "not covered",
            Verdict::Missing => "missing",
            Verdict::Altered => "altered",
        }
    }
}

/// What digest files say of all files, in one line; nothing where there was no digest file.
pub fn integrity(entries: &[Entry]) -> Option<String> {
    let found = || entries.iter().filter_map(|entry| entry.integrity.as_ref());
    found().next()?;
    let mut parts = Vec::new();
    for verdict in Verdict::ALL {
        let count = match verdict {
            Verdict::Missing => found().map(|i| i.missing_files).sum(),
            _ => found().filter(|i| i.verdict == verdict).count() as u64,
        };
        let signed = found().filter(|i| i.verdict == verdict && i.signed).count();
        let by =
            if verdict == Verdict::Verified { format!(" ({signed} by a signature)") } else { String::new() };
        if count > 0 {
            parts.push(format!("{count} {}{by}", verdict.name()));
        }
    }
    // Of a chain without files that breaks, nothing else tells.
    if parts.is_empty() {
        parts.push("a digest missing".to_owned());
    }
    Some(parts.join(", "))
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
    /// Recognised and not read, with the reason: an empty file, a control message, a picture.
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

impl Rejection {
    /// How many bytes it keeps.
    pub fn bytes(&self) -> usize {
        self.expected.len() + self.found.len() + self.text.len()
    }
}

/// Why a file could not be read to its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Error {
    /// What kind of fault.
    pub kind: ErrorKind,
    /// Byte offset in the stored file at which it was met, as near as the pieces tell in which it was read; 0 for a fault of
    /// the whole file.
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
