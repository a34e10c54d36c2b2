//! Parts of large plain files, so that several workers can read one.
//!
//! The rule: a line belongs to the part in which the line feed before it lies; the file's first line belongs to the
//! first part. So a part that is not the first skips everything up to and including its first line feed, and every
//! part reads on behind its end up to and including the next line feed. The caller slices at any offsets, pushes a
//! part's bytes and then the bytes behind it until [`Loader::is_done`](super::Loader::is_done) or the end of the file.

use std::ops::Range;

use memchr::memchr;

use super::{
    carrier::{prefix, wrapper},
    detect::{HEAD_RECORDS, claim},
    framing,
};
use crate::formats::{Format, Framing, Head};

/// A part of a large plain file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The first 64 KiB of the whole file: what formats are asked about, for all parts alike.
    pub head: Vec<u8>,
    /// Whether the part begins at the file's first byte.
    pub first: bool,
    /// How many bytes it has; what is pushed behind them only completes its last line.
    pub length: u64,
}

/// Whether a file with this head (64 KiB, or all of it) may be read in parts: it is in no container, and its records
/// are lines: text, or one JSON object per line. A CSV of events is read whole: its cells may hold line feeds; and so is
/// what one of these formats claims whose records span lines.
pub fn is_splittable(formats: &[&'static dyn Format], head: &[u8]) -> bool {
    if super::container::is_container(head) {
        return false;
    }
    let head = framing::without_mark(head);
    if super::content::is_event_table(head) {
        return false;
    }
    let complete = memchr::memrchr(b'\n', head).map_or(&head[..0], |end| &head[..end]);
    let mut lines = complete.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    match framing::framing(head) {
        // A record of a CloudWatch export may go on over several lines, as with other carriers.
        Framing::Lines => {
            let records: Vec<&[u8]> = lines.clone().take(HEAD_RECORDS).collect();
            let head = Head::of(Framing::Lines, &records);
            let word = prefix::first_word(&records);
            lines.clone().count() > 1
                && !lines.any(|line| prefix::spans(line, word))
                && !claim(formats, &head).is_some_and(|claim| claim.format.spans_lines())
        }
        Framing::Json => {
            lines.clone().count() > 1
                && !lines.clone().any(wrapper::joins)
                && lines.all(|line| serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok())
        }
    }
}

/// Cuts a part's own lines out of the bytes that are pushed.
#[derive(Debug)]
pub(crate) struct Cut {
    length: u64,
    /// Bytes left up to the part's end.
    left: u64,
    skipping: bool,
    done: bool,
}

impl Cut {
    pub(crate) fn new(part: &Part) -> Cut {
        Cut { length: part.length, left: part.length, skipping: !part.first, done: part.length == 0 }
    }
    pub(crate) fn is_done(&self) -> bool {
        self.done
    }
    /// How many of the bytes pushed lie before the part's end.
    pub(crate) fn stored(&self) -> u64 {
        self.length - self.left
    }
    /// The range of `bytes`, the next ones, that belongs to the part.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Range<usize> {
        if self.done {
            return 0..0;
        }
        let own = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
        self.left -= own as u64;
        let start = match self.skipping.then(|| memchr(b'\n', &bytes[..own])) {
            None => 0,
            Some(Some(feed)) => {
                self.skipping = false;
                feed + 1
            }
            Some(None) => {
                // No line begins in a part without a line feed.
                self.done = self.left == 0;
                return 0..0;
            }
        };
        if self.left > 0 {
            return start..bytes.len();
        }
        match memchr(b'\n', &bytes[own..]) {
            Some(feed) => {
                self.done = true;
                start..own + feed + 1
            }
            None => start..bytes.len(),
        }
    }
}
