//! The ledger as a bookkeeper reads it: totals that add up, words for how reading ended, the rejected lines as a file.

use logloupe_table::ledger::{self, Entry, Rejection, State, Verdict};

/// Sums over all files.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Totals {
    pub(crate) files: u64,
    pub(crate) records: u64,
    pub(crate) rows: u64,
    pub(crate) rejected: u64,
    pub(crate) skipped: u64,
    pub(crate) duplicates: u64,
    pub(crate) bytes: u64,
    /// Files that could not be read to their end.
    pub(crate) failed: u64,
    /// Files that were recognised and not read.
    pub(crate) skipped_files: u64,
    /// What digest files of CloudTrail say of all, in one line.
    pub(crate) integrity: Option<String>,
}

/// The sums.
pub(crate) fn totals(entries: &[Entry]) -> Totals {
    let integrity = ledger::integrity(entries);
    let mut sums = Totals { files: entries.len() as u64, integrity, ..Totals::default() };
    for entry in entries {
        sums.records += entry.records;
        sums.rows += entry.rows;
        sums.rejected += entry.rejected;
        sums.skipped += entry.skipped;
        sums.duplicates += entry.duplicates;
        sums.bytes += entry.bytes_stored;
        sums.failed += matches!(entry.state, State::Failed(_)) as u64;
        sums.skipped_files += matches!(entry.state, State::Skipped(_)) as u64;
    }
    sums
}

/// How grave it is; chooses label and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Good,
    Notice,
    Bad,
}

/// How reading a file ended: a word and how grave it is.
pub(crate) fn state_word(entry: &Entry) -> (&'static str, Tone) {
    match &entry.state {
        State::Reading => ("reading", Tone::Plain),
        State::Read if entry.rejected > 0 => ("read, with rejects", Tone::Notice),
        State::Read => ("read", Tone::Good),
        State::Table { .. } => ("lookup table", Tone::Good),
        State::Skipped(_) => ("set aside", Tone::Plain),
        State::Failed(_) if entry.rows > 0 => ("read in part", Tone::Bad),
        State::Failed(_) => ("not read", Tone::Bad),
        State::Cancelled => ("cancelled", Tone::Notice),
    }
}

/// What digest files of CloudTrail say of a file: a word, how grave it is, and why.
pub(crate) fn verdict(entry: &Entry) -> Option<(&'static str, Tone, &str)> {
    let integrity = entry.integrity.as_ref()?;
    let tone = match integrity.verdict {
        Verdict::Verified => Tone::Good,
        Verdict::Unchecked => Tone::Plain,
        Verdict::NotCovered | Verdict::Missing => Tone::Notice,
        Verdict::Altered => Tone::Bad,
    };
    Some((integrity.verdict.name(), tone, &integrity.text))
}

impl Tone {
    /// The class of its label.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Good => "good",
            Tone::Notice => "notice",
            Tone::Bad => "bad",
        }
    }
}

/// Why it ended so: the fault, the reason for skipping it, else why it was taken for what it is.
pub(crate) fn reason(entry: &Entry) -> String {
    let mut reason = main_reason(entry);
    for note in &entry.notes {
        reason.push_str("; ");
        reason.push_str(note);
    }
    reason
}

fn main_reason(entry: &Entry) -> String {
    match &entry.state {
        State::Failed(error) if error.at > 0 => {
            format!("{}, at byte {}", error.message, super::text::grouped(error.at))
        }
        State::Failed(error) => error.message.clone(),
        State::Skipped(reason) => reason.clone(),
        _ if entry.others.is_empty() => entry.reason.clone(),
        _ => format!("{}; {}", entry.reason, entry.others_told()),
    }
}

/// The container and envelope that records were taken from: `zip › gzip › Records`.
pub(crate) fn wrapping(entry: &Entry) -> String {
    let envelope = (!entry.envelope.is_empty()).then_some(&entry.envelope);
    entry.containers.iter().chain(envelope).map(String::as_str).collect::<Vec<_>>().join(" › ")
}

/// A rejected record cut at the place where it went wrong: before, the letter there, after. Long records are shortened
/// around the place.
pub(crate) fn marked(rejection: &Rejection) -> (String, String, String) {
    const BEFORE: usize = 160;
    const AFTER: usize = 240;
    let text = String::from_utf8_lossy(&rejection.text);
    let place = (rejection.column.max(1) - 1) as usize;
    // The column counts bytes of the record as read; replaced bytes can move it by a little, never out of the text.
    let mut at = place.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let (before, rest) = text.split_at(at);
    let skip = before.chars().count().saturating_sub(BEFORE);
    let mut head: String = before.chars().skip(skip).collect();
    if skip > 0 {
        head.insert(0, '…');
    }
    let mut letters = rest.chars();
    let here = letters.next().map_or_else(|| "⏎".to_owned(), String::from);
    let mut tail: String = letters.by_ref().take(AFTER).collect();
    if letters.next().is_some() {
        tail.push('…');
    }
    (head, here, tail)
}

/// All kept rejected records as one file: each after a comment that names its place. Bytes as they were read.
pub(crate) fn rejected_file(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries.iter().filter(|e| !e.rejections.is_empty()) {
        for rejection in &entry.rejections {
            let Rejection { line, column, expected, found, text, .. } = rejection;
            let head = format!("# {}:{line}:{column}: expected {expected}, found {found}\n", entry.source);
            out.extend_from_slice(head.as_bytes());
            out.extend_from_slice(text);
            out.push(b'\n');
        }
        let missing = entry.rejected.saturating_sub(entry.rejections.len() as u64);
        if missing > 0 {
            out.extend_from_slice(
                format!("# {}: {missing} more were counted, not kept\n", entry.source).as_bytes(),
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_table::ledger::{Error, ErrorKind, Integrity};

    fn rejection(text: &str, column: u64) -> Rejection {
        Rejection {
            line: 7,
            record: 6,
            column,
            expected: "integer".into(),
            found: "x".into(),
            text: text.into(),
        }
    }

    #[test]
    fn sums_add_up() {
        let one =
            Entry { records: 10, rows: 7, rejected: 2, skipped: 1, bytes_stored: 5, ..Entry::default() };
        let fault = Error { kind: ErrorKind::Truncated, at: 1204, message: "gzip ends early".into() };
        let two = Entry { records: 3, rows: 3, state: State::Failed(fault), ..Entry::default() };
        let sums = totals(&[one, two.clone()]);
        assert_eq!(sums.records, sums.rows + sums.rejected + sums.skipped);
        assert_eq!((sums.files, sums.failed, sums.bytes), (2, 1, 5));
        assert_eq!(state_word(&two), ("read in part", Tone::Bad));
        assert_eq!(reason(&two), "gzip ends early, at byte 1,204");
    }

    #[test]
    fn verdicts_are_told_apart_by_their_tone() {
        let of = |verdict| {
            let integrity =
                Integrity { verdict, text: "why".to_owned(), missing_files: 2, ..Integrity::default() };
            Entry { integrity: Some(integrity), ..Entry::default() }
        };
        let tones = Verdict::ALL.map(|known| verdict(&of(known)).expect("one").1);
        assert_eq!(tones, [Tone::Good, Tone::Plain, Tone::Notice, Tone::Notice, Tone::Bad]);
        assert_eq!(verdict(&Entry::default()), None);
        let sums = totals(&[of(Verdict::Altered), of(Verdict::Missing), Entry::default()]);
        assert_eq!(sums.integrity.as_deref(), Some("4 missing, 1 altered"));
        assert_eq!(totals(&[Entry::default()]).integrity, None);
    }

    #[test]
    fn the_place_is_marked() {
        let (before, here, after) = marked(&rejection("2 abc eni-1 x", 3));
        assert_eq!((before.as_str(), here.as_str(), after.as_str()), ("2 ", "a", "bc eni-1 x"));
        assert_eq!(marked(&rejection("abc", 4)).1, "⏎", "the end of the record can be the place");
        assert_eq!(marked(&rejection("é", 2)).1, "é", "a place within a letter is the letter");
        assert_eq!(marked(&rejection("", 900)).1, "⏎");
        let (before, _, after) = marked(&rejection(&"x".repeat(10_000), 5000));
        assert!(before.chars().count() < 200 && after.chars().count() < 300);
    }

    #[test]
    fn rejected_records_are_written_as_read() {
        let mut bytes = rejection("", 1);
        bytes.text = vec![0xff, b'a'];
        let entry =
            Entry { source: "a.log".into(), rejected: 2, rejections: vec![bytes], ..Entry::default() };
        let file = rejected_file(&[entry]);
        assert!(file.starts_with(b"# a.log:7:1: expected integer, found x\n\xffa\n"));
        assert!(file.ends_with(b"# a.log: 1 more were counted, not kept\n"));
    }
}
