//! What the answer does not say: the files that could not be read and how many records were rejected, on stderr, and
//! the exit status that follows.

use logloupe_core::ingest::{Entry, State, ledger::Verdict};

use crate::{Status, output::plain};

/// Names every file that could not be read to its end, counts rejections, and says how the run ended.
pub fn remarks(ledger: &[Entry]) -> Status {
    let mut status = Status::Answered;
    for entry in ledger {
        let State::Failed(error) = &entry.state else { continue };
        let name = plain(&entry.source, usize::MAX);
        let why = plain(&error.message, usize::MAX);
        if entry.rows == 0 {
            status = Status::Unread;
            eprintln!("logloupe: {name}: {why}");
        } else {
            eprintln!("logloupe: {name}: {why}; its first {} rows are kept", entry.rows);
        }
    }
    let rejected: u64 = ledger.iter().map(|entry| entry.rejected).sum();
    if rejected > 0 {
        let records: u64 = ledger.iter().map(|entry| entry.records).sum();
        let files = ledger.iter().filter(|entry| entry.rejected > 0).count();
        eprintln!(
            "logloupe: {rejected} of {records} records rejected, in {files} {}; `logloupe ledger --json` shows them",
            if files == 1 { "file" } else { "files" }
        );
    }
    let altered = |entry: &&Entry| entry.integrity.as_ref().is_some_and(|i| i.verdict == Verdict::Altered);
    for entry in ledger.iter().filter(altered) {
        let why = entry.integrity.as_ref().map_or("", |integrity| integrity.text.as_str());
        eprintln!("logloupe: {}: altered: {}", plain(&entry.source, usize::MAX), plain(why, usize::MAX));
    }
    status
}
