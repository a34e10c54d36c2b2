//! Lines: ended by LF or CRLF, the last one by the end of the content. Blank lines are counted and not given on.

use memchr::{memchr, memchr_iter};

use super::{Damage, Sink};
use crate::{formats::shorten, ingest::limits::KEPT_TEXT};

/// Cuts lines out of content that is pushed piece by piece. A line that lies in one piece is not copied.
#[derive(Debug)]
pub(crate) struct LineCutter {
    carry: Vec<u8>,
    /// Lines whose end has been met.
    lines: u64,
    /// The line at hand was rejected for its length; its rest is skipped.
    skipping: bool,
    limit: usize,
}

impl LineCutter {
    pub(crate) fn new(limit: usize) -> LineCutter {
        LineCutter { carry: Vec::new(), lines: 0, skipping: false, limit }
    }
    pub(crate) fn push(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        let mut start = 0;
        // The first end found may complete a line that began in an earlier piece; all others lie in this one.
        if (self.skipping || !self.carry.is_empty())
            && let Some(end) = memchr(b'\n', bytes)
        {
            self.keep(&bytes[..end], sink);
            self.end(sink);
            start = end + 1;
        }
        if !self.skipping && self.carry.is_empty() {
            let base = start;
            for end in memchr_iter(b'\n', &bytes[base..]) {
                let line = &bytes[start..base + end];
                self.lines += 1;
                start = base + end + 1;
                if line.len() > self.limit {
                    self.too_long(&line[..line.len().min(KEPT_TEXT)], self.lines, sink);
                } else {
                    give(line, self.lines, sink);
                }
            }
        }
        self.keep(&bytes[start..], sink);
    }
    /// The content ends here. With `cut`, it does so before its time, and a last line without end is not trusted.
    pub(crate) fn finish(&mut self, cut: bool, sink: &mut impl Sink) {
        if self.skipping || !self.carry.is_empty() {
            if cut && !self.skipping && !self.carry.trim_ascii().is_empty() {
                let text = &self.carry[..self.carry.len().min(KEPT_TEXT)];
                sink.damage(Damage {
                    line: self.lines + 1,
                    at: self.carry.len(),
                    expected: "the rest of the line".to_owned(),
                    found: "end of the readable content".to_owned(),
                    text,
                });
                self.carry.clear();
                self.lines += 1;
            } else {
                self.end(sink);
            }
        }
    }
    /// Line feeds met.
    pub(crate) fn feeds(&self) -> u64 {
        self.lines
    }
    /// Keeps a piece of a line whose end has not come.
    fn keep(&mut self, piece: &[u8], sink: &mut impl Sink) {
        if self.skipping || piece.is_empty() {
            return;
        }
        if self.carry.len() + piece.len() <= self.limit {
            self.carry.extend_from_slice(piece);
            return;
        }
        let mut text = std::mem::take(&mut self.carry);
        let more = KEPT_TEXT.saturating_sub(text.len()).min(piece.len());
        text.extend_from_slice(&piece[..more]);
        text.truncate(KEPT_TEXT);
        self.too_long(&text, self.lines + 1, sink);
        self.skipping = true;
    }
    /// The end of a line that was kept or skipped.
    fn end(&mut self, sink: &mut impl Sink) {
        self.lines += 1;
        if !std::mem::take(&mut self.skipping) {
            give(&self.carry, self.lines, sink);
        }
        self.carry.clear();
        self.carry.shrink_to(1 << 20);
    }
    fn too_long(&self, text: &[u8], line: u64, sink: &mut impl Sink) {
        sink.damage(Damage {
            line,
            at: self.limit,
            expected: format!("a line of at most {} bytes", self.limit),
            found: format!("a longer one beginning with {}", shorten(text)),
            text,
        });
    }
}

#[inline]
fn give(line: &[u8], number: u64, sink: &mut impl Sink) {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if !line.iter().all(u8::is_ascii_whitespace) {
        sink.line(line, number);
    }
}
