//! Lines that are more or less than a record: what carriers write before one is taken off, those that go on the one before are
//! held with it, and pieces are put together. Not here: how a line is cut, which is framing's.

use super::{HeadKind, Phase, Reader};
use crate::ingest::{carrier::prefix::Stripped, content::carried::Carried, context::Context};

/// How many blank lines within a record are kept.
const MOST_BLANK: usize = 1000;

/// How many records in pieces are kept at a time: a container has two streams.
const MOST_PENDING: usize = 8;

/// How the lines of a file become records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// Each is one.
    Records,
    /// Those that begin with what their carrier writes begin one.
    Continued,
    /// The decoder says which go on the one before.
    Spanning,
}

pub(super) struct Held {
    bytes: Vec<u8>,
    line: u64,
    /// The last of its lines.
    last: u64,
    time: Option<i64>,
    carried: Carried,
    layer: usize,
}

pub(in crate::ingest::content) struct Joined {
    pub(in crate::ingest::content) bytes: Vec<u8>,
    pub(in crate::ingest::content) line: u64,
    time: Option<i64>,
}

impl Reader {
    /// A line that may go on the one before.
    pub(in crate::ingest::content) fn line(&mut self, line: &[u8], number: u64, context: &mut Context) {
        let Phase::Decode(decoding) = &self.phase else {
            return self.record(line, number, None, context);
        };
        // What was taken out of JSON has no prefix.
        if decoding.prefixes.is_empty() || self.layer > 0 {
            return self.stripped(line, number, None, false, context);
        }
        let mut inner = Carried::default();
        let mut found = Stripped { text: line, ..Stripped::default() };
        let mut begins = true;
        for prefix in &decoding.prefixes {
            inner.carrier(prefix.name);
            let Some(next) = prefix.strip(found.text, &decoding.word) else {
                begins = false;
                break;
            };
            if !next.log.is_empty() {
                inner.log(next.log);
            }
            if !next.stream.is_empty() {
                inner.stream(next.stream);
            }
            let partial = found.partial || next.partial;
            let stream = if next.stream.is_empty() { found.stream } else { next.stream };
            found = Stripped { time: next.time.or(found.time), partial, stream, ..next };
        }
        let carried = self.carried.within(inner);
        let outer = std::mem::replace(&mut self.carried, carried);
        let Stripped { text, time, .. } = found;
        if begins && (found.partial || self.is_joining()) {
            let limit = context.limits.record;
            if let Some(whole) = self.join(found.stream, text, found.partial, number, time, limit) {
                self.stripped(&whole.bytes, whole.line, whole.time, true, context);
            }
        } else {
            self.stripped(text, number, time, begins, context);
        }
        self.carried = outer;
    }
    /// A line without what its carrier wrote; `begins` says that it had that.
    fn stripped(&mut self, text: &[u8], number: u64, time: Option<i64>, begins: bool, context: &mut Context) {
        let Phase::Decode(decoding) = &mut self.phase else { return };
        let begins = match decoding.lines {
            Lines::Continued if self.layer == 0 => begins,
            _ if text.trim_ascii().is_empty() => {
                let empty = HeadKind::Skipped("an event without a message");
                return self.other(text, number, empty, context);
            }
            Lines::Records | Lines::Continued => return self.record(text, number, time, context),
            // Asked of each line, as the decoder remembers.
            Lines::Spanning => !decoding.decoder.goes_on(text),
        };
        if begins {
            let (carried, layer) = (self.carried.clone(), self.layer);
            let held = Held { bytes: text.to_vec(), line: number, last: number, time, carried, layer };
            let before = self.held.replace(held);
            self.give(before, context);
        } else if let Some(held) = &mut self.held
            && held.bytes.len() + text.len() < context.limits.record
        {
            // Blank lines are not given on, and are part of it.
            let blank = usize::try_from(number.saturating_sub(held.last)).unwrap_or(1).clamp(1, MOST_BLANK);
            // Of a record that begins on the line behind its prefix, that line's end is no part.
            if !held.bytes.is_empty() {
                held.bytes.extend(std::iter::repeat_n(b'\n', blank));
            }
            held.bytes.extend_from_slice(text);
            held.last = number;
        } else {
            let before = self.held.take();
            self.give(before, context);
            self.record(text, number, time, context);
        }
    }
    fn give(&mut self, held: Option<Held>, context: &mut Context) {
        if let Some(held) = held {
            let carried = std::mem::replace(&mut self.carried, held.carried);
            let layer = std::mem::replace(&mut self.layer, held.layer);
            self.record(&held.bytes, held.line, held.time, context);
            (self.carried, self.layer) = (carried, layer);
        }
    }
    /// Whether pieces of records are kept.
    pub(in crate::ingest::content) fn is_joining(&self) -> bool {
        !self.pending.is_empty()
    }
    /// Adds `text` to the pieces of the record of this stream, and gives that if it is whole, or would be too long.
    pub(in crate::ingest::content) fn join(
        &mut self,
        stream: &[u8],
        text: &[u8],
        partial: bool,
        line: u64,
        time: Option<i64>,
        limit: usize,
    ) -> Option<Joined> {
        let known = self.pending.iter().position(|(of, _)| of == stream);
        let at = match known {
            Some(at) => at,
            None => {
                let (bytes, carried, layer) = (Vec::new(), self.carried.clone(), self.layer);
                let held = Held { bytes, line, last: line, time, carried, layer };
                self.pending.push((stream.to_vec(), held));
                self.pending.len() - 1
            }
        };
        let held = &mut self.pending.get_mut(at)?.1;
        held.bytes.extend_from_slice(text);
        held.last = line;
        if partial && held.bytes.len() < limit && self.pending.len() <= MOST_PENDING {
            return None;
        }
        let (_, Held { bytes, line, time, .. }) = self.pending.swap_remove(at);
        Some(Joined { bytes, line, time })
    }
    /// Gives what was kept for lines that may have come.
    pub(in crate::ingest::content) fn flush(&mut self, context: &mut Context) {
        for (_, held) in std::mem::take(&mut self.pending) {
            let before = self.held.take();
            self.give(before, context);
            self.give(Some(held), context);
        }
        let held = self.held.take();
        self.give(held, context);
    }
}
