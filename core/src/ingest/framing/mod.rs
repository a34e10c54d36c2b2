//! Content to records: lines, and JSON objects wherever they stand. No format is known here, and no table.
//!
//! Reading order: [`Sink`] (what a cutter gives), [`lines`], [`csv`], then [`json`] with [`blocks`] (64 bytes at a time),
//! [`keys`] (what tells envelopes from records) and `resync` (error recovery) below it. [`bridge`] looks for one envelope
//! in a record that was cut.

pub(crate) mod blocks;
pub(crate) mod bridge;
pub(crate) mod csv;
pub(crate) mod json;
pub(crate) mod keys;
pub(crate) mod lines;
mod resync;

use crate::formats::Framing;
use keys::{Marks, Origin};

/// Takes what a cutter finds, in the order of the content.
pub(crate) trait Sink {
    /// A line, without its end.
    fn line(&mut self, bytes: &[u8], line: u64);
    /// A JSON object that stands where records stand. `control` says that its envelope calls it a control message.
    fn object(&mut self, bytes: &[u8], marks: &Marks, line: u64, control: bool);
    /// Content that is no record and is not form either.
    fn damage(&mut self, damage: Damage<'_>);
    /// Records are being taken out of the envelope list of this name.
    fn envelope(&mut self, name: &'static str);
    /// Where the records come from that are taken out of an envelope from now on; empty behind its end.
    fn origin(&mut self, _: &Origin) {}
}

/// A stretch of content that could not be cut into records: it becomes one rejection.
#[derive(Debug)]
pub(crate) struct Damage<'a> {
    /// The line at which it begins.
    pub(crate) line: u64,
    /// The offset within it at which it went wrong.
    pub(crate) at: usize,
    /// What was expected there.
    pub(crate) expected: String,
    /// What stood there.
    pub(crate) found: String,
    /// Its text, cut at 64 KiB.
    pub(crate) text: &'a [u8],
}

/// How content that begins with `head` is to be cut. JSON begins with an object or with an array of them; a `[` or
/// `{` that begins something else (`[INFO] …`) is text.
pub(crate) fn framing(head: &[u8]) -> Framing {
    let mut rest = head.iter().copied().filter(|b| !b.is_ascii_whitespace());
    let json = match rest.next() {
        Some(b'{') => matches!(rest.next(), Some(b'"' | b'}') | None),
        Some(b'[') => matches!(rest.next(), Some(b'{' | b'[' | b']') | None),
        _ => false,
    };
    if json { Framing::Json } else { Framing::Lines }
}

/// `head` without a byte order mark.
pub(crate) fn without_mark(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head)
}
