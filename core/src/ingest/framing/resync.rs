//! Error recovery of JSON framing: the bytes that are skipped, and where the next record plausibly begins.

use super::keys::{Key, NAME};
use crate::ingest::limits::KEPT_TEXT;

/// The state between damage and the next record.
#[derive(Debug, Default)]
pub(super) struct Resync {
    pub(super) line: u64,
    pub(super) at: usize,
    pub(super) expected: String,
    pub(super) found: Vec<u8>,
    pub(super) text: Vec<u8>,
    /// It has been rejected already, for its length.
    pub(super) said: bool,
    /// Ends at the line feed: a stray line between records.
    pub(super) line_only: bool,
    /// The last two bytes that are not white space.
    pub(super) before: [u8; 2],
    /// A `{` that may begin a record, and what follows it.
    pub(super) tentative: Vec<u8>,
    /// The tentative beginning is that of an envelope.
    pub(super) whole: bool,
    /// The indentation here, if nothing else stands on the line yet.
    pub(super) indent: Option<usize>,
    /// Deepest indentation at which a record may begin.
    pub(super) deepest: usize,
}

impl Resync {
    /// Whether a `{` here may begin a record.
    pub(super) fn plausible(&self) -> bool {
        !self.line_only
            && (self.indent.is_some_and(|n| n <= self.deepest)
                || matches!(self.before, [_, b'}'] | [b'}', b',']))
    }
    /// Adds `byte` to the tentative beginning of a record and says whether it is one, once that is known.
    pub(super) fn judge(&mut self, byte: u8, first_name: &[u8]) -> Option<bool> {
        let text = self.tentative[1..].trim_ascii_start();
        let name = match (text, byte) {
            ([], b'"') => None,
            ([], space) if space.is_ascii_whitespace() => None,
            ([b'"', name @ ..], b'"') => Some(name),
            ([b'"', ..], b'\\' | b'\n') | ([], _) => return Some(false),
            _ => None,
        };
        let Some(name) = name else {
            if self.tentative.len() >= 4 * NAME {
                return Some(false);
            }
            self.tentative.push(byte);
            return None;
        };
        self.whole = matches!(Key::of(name), Key::List(_));
        let on_line = self.indent.is_some_and(|n| n <= self.deepest);
        let good = on_line || self.whole || name == first_name;
        if good {
            self.tentative.push(byte);
        }
        Some(good)
    }
    /// The tentative beginning was none.
    pub(super) fn give_up(&mut self) {
        for byte in std::mem::take(&mut self.tentative) {
            self.take(byte);
        }
    }
    /// One more byte that was lost.
    pub(super) fn take(&mut self, byte: u8) {
        const FOUND: usize = 256;
        if self.text.len() < KEPT_TEXT {
            self.text.push(byte);
        }
        if self.found.len() < FOUND {
            self.found.push(byte);
        }
        self.indent = match byte {
            b'\n' => Some(0),
            b' ' | b'\t' => self.indent.map(|n| n + 1),
            b'\r' => self.indent,
            _ => None,
        };
        if !byte.is_ascii_whitespace() {
            self.before = [self.before[1], byte];
        }
    }
}

/// The indentation after `bytes`, which follow on a line that was indented by `before`.
pub(super) fn indent(bytes: &[u8], before: Option<usize>) -> Option<usize> {
    let blank = bytes.iter().all(|b| matches!(b, b' ' | b'\t'));
    before.filter(|_| blank).map(|n| n + bytes.len())
}
