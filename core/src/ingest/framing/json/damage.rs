//! Error recovery of the JSON cutter: damage between and within objects becomes one rejection, up to the next record.

use memchr::memchr_iter;

use super::{CutterState, InputPiece, JsonCutter};
use crate::{
    formats::shorten,
    ingest::{
        framing::{Damage, Sink, resync::Resync},
        limits::KEPT_TEXT,
    },
};

impl JsonCutter {
    /// What stands at `at`, between records, is no record.
    pub(super) fn stray(
        &mut self,
        piece: &mut InputPiece<'_>,
        at: usize,
        expected: &str,
        sink: &mut impl Sink,
    ) -> usize {
        self.count(piece, at);
        self.begin(piece, at);
        self.damage(piece, at, expected, sink);
        self.resync.line_only = self.base == 0;
        at
    }
    /// The object at hand is damaged at `at`.
    pub(super) fn damage(
        &mut self,
        piece: &mut InputPiece<'_>,
        at: usize,
        expected: &str,
        sink: &mut impl Sink,
    ) -> Option<usize> {
        let offset = self.open.before + at - piece.from;
        let rest = &piece.bytes[piece.from..at];
        if self.state == CutterState::Record && !self.open.too_long && offset > self.limit {
            self.open.carry.extend_from_slice(&rest[..rest.len().min(KEPT_TEXT)]);
            self.too_long(sink);
        }
        let indent = self.indent_at(piece, at);
        let before = self.before(piece, at);
        self.resync = Resync {
            line: self.open.line,
            at: offset,
            expected: expected.to_owned(),
            said: self.open.too_long,
            before: [0, before],
            indent,
            deepest: self.open.indent.unwrap_or(0),
            ..Resync::default()
        };
        if self.state == CutterState::Envelope {
            // What stands behind the list was form up to here.
            self.count(piece, at);
            (self.resync.line, self.resync.at) = (self.feeds + 1, 0);
        } else {
            self.resync.text = std::mem::take(&mut self.open.carry);
            self.resync.text.truncate(KEPT_TEXT);
            let room = KEPT_TEXT - self.resync.text.len();
            self.resync.text.extend(rest.iter().take(room));
        }
        self.depth = self.base;
        self.state = CutterState::Lost;
        Some(at)
    }

    /// Behind damage, from `at` on: to the next plausible record.
    pub(super) fn lost(&mut self, piece: &mut InputPiece<'_>, mut at: usize, sink: &mut impl Sink) -> usize {
        while let Some(&byte) = piece.bytes.get(at) {
            if !self.resync.tentative.is_empty() {
                match self.resync.judge(byte, &self.first_name) {
                    Some(true) => {
                        self.restart(piece, at + 1, sink);
                        return at + 1;
                    }
                    Some(false) => self.resync.give_up(),
                    None => {
                        at += 1;
                        continue;
                    }
                }
            }
            if self.resync.line_only && byte == b'\n' {
                self.reject(sink);
                self.state = CutterState::Outside;
                return at;
            }
            if byte == b'{' && self.resync.plausible() {
                self.resync.tentative.push(byte);
            } else {
                self.resync.take(byte);
            }
            at += 1;
        }
        at
    }
    /// What was lost is one rejection.
    pub(super) fn reject(&mut self, sink: &mut impl Sink) {
        self.resync.give_up();
        let lost = std::mem::take(&mut self.resync);
        if lost.said {
            return;
        }
        sink.damage(Damage {
            line: lost.line,
            at: lost.at,
            expected: lost.expected,
            found: shorten(&lost.found),
            text: &lost.text,
        });
    }
    /// The tentative bytes, which end at `end` of the piece, begin a record.
    fn restart(&mut self, piece: &mut InputPiece<'_>, end: usize, sink: &mut impl Sink) {
        let start = std::mem::take(&mut self.resync.tentative);
        let (indent, whole) = (self.resync.indent, self.resync.whole);
        self.reject(sink);
        self.count(piece, end);
        self.feeds -= memchr_iter(b'\n', &start).count() as u64;
        if whole {
            // A new envelope cannot stand within the old one: the damage swallowed the old one's end.
            self.frames.clear();
            (self.depth, self.base) = (0, 0);
        }
        self.state = CutterState::Outside;
        self.indent = indent;
        self.push(&start, sink);
        piece.from = end;
    }
}
