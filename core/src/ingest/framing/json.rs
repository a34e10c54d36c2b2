//! JSON objects, wherever they stand: one per line, several per line, pretty-printed, in arrays, in envelopes.
//!
//! ```text
//! content  = { object | array | "," }        "," and white space between records are form
//! array    = "[" content "]"
//! object   = record | envelope
//! envelope = "{" members list members "}"     list = name of keys::LISTS ":" array that begins with an object
//! ```
//!
//! One pass, 64 bytes at a time: the cutter looks at brackets outside strings, at line feeds inside strings (which
//! JSON forbids: the surest sign of a record that was cut) and, between the brackets of the record itself, at quotes,
//! for the names of its members. It does not check JSON; formats do that when they read the record.
//!
//! After damage it looks for the next place where a record plausibly begins: a `{` at the start of a line that is not
//! indented deeper than the damaged record was, or a `{` behind `}` or `},` whose first member has the name that the
//! damaged record's first member had. Everything up to there is one rejection.

mod damage;

use std::ops::Range;

use memchr::{memchr_iter, memrchr};

use super::{
    Damage, Sink,
    blocks::{BLOCK, escaped, masks, parity},
    keys::{EVENT_LIST, ITEMS, Key, LISTS, Marks, NAME, ORIGIN, Origin},
    resync::{Resync, indent},
};
use crate::{formats::shorten, ingest::limits::KEPT_TEXT};

/// Most envelopes within each other.
const ENVELOPES: usize = 4;

/// Cuts JSON objects out of content that is pushed piece by piece. A record that lies in one piece is not copied.
#[derive(Debug)]
pub(crate) struct JsonCutter {
    limit: usize,
    nesting: usize,
    state: CutterState,
    /// How many brackets are open, and which they are: one bit each, 1 for `{`.
    depth: usize,
    kinds: Vec<u64>,
    /// The depth at which records stand.
    base: usize,
    frames: Vec<Frame>,
    in_string: bool,
    escape: bool,
    /// The last byte before this piece that is not white space.
    last: u8,
    /// Line feeds before this piece.
    feeds: u64,
    open: OpenObject,
    /// Spaces since the line feed before this piece; `None` when something else stands on the line.
    indent: Option<usize>,
    /// The name of the first member of the last record.
    first_name: Vec<u8>,
    resync: Resync,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CutterState {
    /// Between records.
    Outside,
    /// Inside the record at hand.
    Record,
    /// Inside an envelope, before or behind its list.
    Envelope,
    /// Behind damage, looking for the next record.
    Lost,
}

#[derive(Clone, Copy, Debug)]
enum Frame {
    /// Records stand in an array.
    Array,
    /// Records stand in the list of an envelope.
    Envelope { control: bool },
}

/// The object at hand.
#[derive(Debug, Default)]
struct OpenObject {
    /// What earlier pieces held of it, unless it has grown too long.
    carry: Vec<u8>,
    /// How long that is.
    before: usize,
    line: u64,
    /// Its indentation if it is the first on its line.
    indent: Option<usize>,
    marks: Marks,
    /// The member whose value comes.
    key: Option<Key>,
    /// Where the value of that member begins, if it is text or an object that is marked.
    value: Option<usize>,
    /// The word being read: where it begins in this piece, and what earlier pieces held of it.
    word: Option<usize>,
    word_before: Vec<u8>,
    too_long: bool,
    /// Its `messageType` is that of a control message.
    control: bool,
    /// What it says of where events come from, if it is an envelope.
    origin: Origin,
}

/// The piece at hand.
struct InputPiece<'b> {
    bytes: &'b [u8],
    /// Where the object at hand begins in it; 0 when it began before.
    from: usize,
    /// Line feeds are counted up to here.
    counted: usize,
}

impl JsonCutter {
    pub(crate) fn new(limit: usize, nesting: usize) -> JsonCutter {
        JsonCutter {
            limit,
            nesting,
            state: CutterState::Outside,
            depth: 0,
            kinds: vec![0; nesting / 64 + 2],
            base: 0,
            frames: Vec::new(),
            in_string: false,
            escape: false,
            last: 0,
            feeds: 0,
            open: OpenObject::default(),
            indent: Some(0),
            first_name: Vec::new(),
            resync: Resync::default(),
        }
    }
    /// Line feeds met.
    pub(crate) fn feeds(&self) -> u64 {
        self.feeds
    }
    /// The content ends here. Gives a note when it does so inside an array or envelope.
    pub(crate) fn finish(&mut self, sink: &mut impl Sink) -> Option<String> {
        match self.state {
            CutterState::Record => {
                let open = std::mem::take(&mut self.open);
                if open.too_long {
                    return None;
                }
                sink.damage(Damage {
                    line: open.line,
                    at: open.before,
                    expected: "the rest of the record".to_owned(),
                    found: "end of the readable content".to_owned(),
                    text: &open.carry[..open.carry.len().min(KEPT_TEXT)],
                });
                None
            }
            CutterState::Lost => {
                self.reject(sink);
                None
            }
            CutterState::Envelope => Some("the content ends inside its envelope".to_owned()),
            CutterState::Outside => {
                (self.depth > 0).then(|| "the content ends inside its list of records".to_owned())
            }
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        let mut piece = InputPiece { bytes, from: 0, counted: 0 };
        let mut at = 0;
        while at < bytes.len() {
            at = match self.state {
                CutterState::Outside => self.outside(&mut piece, at, sink),
                CutterState::Record | CutterState::Envelope => self.inside(&mut piece, at, sink),
                CutterState::Lost => self.lost(&mut piece, at, sink),
            };
        }
        self.count(&mut piece, bytes.len());
        if let Some(last) = bytes.iter().rfind(|b| !b.is_ascii_whitespace()) {
            self.last = *last;
        }
        match memrchr(b'\n', bytes) {
            Some(feed) => self.indent = indent(&bytes[feed + 1..], Some(0)),
            None => self.indent = indent(bytes, self.indent),
        }
        self.keep(&piece, sink);
    }

    /// What of the open object lies in this piece is kept for the next.
    fn keep(&mut self, piece: &InputPiece<'_>, sink: &mut impl Sink) {
        if !matches!(self.state, CutterState::Record | CutterState::Envelope) {
            return;
        }
        let rest = &piece.bytes[piece.from..];
        if let Some(word) = self.open.word.as_mut() {
            let longest = if self.open.key.is_some() { ORIGIN } else { NAME };
            let room = (longest + 1).saturating_sub(self.open.word_before.len());
            self.open.word_before.extend(piece.bytes[*word..].iter().take(room));
            *word = 0;
        }
        self.open.before += rest.len();
        if self.state == CutterState::Envelope || self.open.too_long {
            return;
        }
        if self.open.carry.len() + rest.len() <= self.limit {
            self.open.carry.extend_from_slice(rest);
        } else {
            self.open.carry.extend_from_slice(&rest[..rest.len().min(KEPT_TEXT)]);
            self.too_long(sink);
        }
    }
    /// The record at hand is rejected for its length; it is still followed to its end.
    fn too_long(&mut self, sink: &mut impl Sink) {
        let text = std::mem::take(&mut self.open.carry);
        self.open.too_long = true;
        sink.damage(Damage {
            line: self.open.line,
            at: self.limit,
            expected: format!("a record of at most {} bytes", self.limit),
            found: format!("a longer one beginning with {}", shorten(&text)),
            text: &text[..text.len().min(KEPT_TEXT)],
        });
    }
    fn count(&mut self, piece: &mut InputPiece<'_>, to: usize) {
        if to > piece.counted {
            self.feeds += memchr_iter(b'\n', &piece.bytes[piece.counted..to]).count() as u64;
            piece.counted = to;
        }
    }
    /// The byte before `at` that is not white space.
    #[inline]
    fn before(&self, piece: &InputPiece<'_>, at: usize) -> u8 {
        piece.bytes[..at].iter().rfind(|b| !b.is_ascii_whitespace()).copied().unwrap_or(self.last)
    }
    fn indent_at(&self, piece: &InputPiece<'_>, at: usize) -> Option<usize> {
        // Deeper than this is no indentation that tells records from their parts.
        let window = &piece.bytes[at.saturating_sub(256)..at];
        match memrchr(b'\n', window) {
            Some(feed) => indent(&window[feed + 1..], Some(0)),
            None if window.len() == at => indent(window, self.indent),
            None => None,
        }
    }

    /// Between records, from `at` on.
    fn outside(&mut self, piece: &mut InputPiece<'_>, mut at: usize, sink: &mut impl Sink) -> usize {
        while let Some(&byte) = piece.bytes.get(at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' | 0x1e => {}
                b'{' => {
                    if self.depth >= self.nesting {
                        return self.stray(piece, at, "records nested less deep", sink);
                    }
                    self.count(piece, at);
                    self.begin(piece, at);
                    self.enter(true);
                    self.state = CutterState::Record;
                    return at + 1;
                }
                b'[' if self.depth < self.nesting => {
                    self.enter(false);
                    self.frames.push(Frame::Array);
                    self.base = self.depth;
                }
                b']' if self.depth > 0 && !self.kind() => {
                    self.depth -= 1;
                    match self.frames.pop() {
                        Some(Frame::Envelope { .. }) => {
                            sink.origin(&Origin::default());
                            self.base = self.depth - 1;
                            self.begin(piece, at);
                            self.state = CutterState::Envelope;
                            return at + 1;
                        }
                        _ => self.base = self.depth,
                    }
                }
                _ => return self.stray(piece, at, "a JSON object", sink),
            }
            at += 1;
        }
        at
    }
    fn begin(&mut self, piece: &mut InputPiece<'_>, at: usize) {
        piece.from = at;
        let indent = self.indent_at(piece, at);
        let open = &mut self.open;
        open.carry.clear();
        open.carry.shrink_to(1 << 20);
        (open.before, open.line, open.indent) = (0, self.feeds + 1, indent);
        open.marks = Marks::default();
        (open.key, open.value, open.word) = (None, None, None);
        (open.too_long, open.control) = (false, false);
        open.origin = Origin::default();
        open.word_before.clear();
        (self.in_string, self.escape) = (false, false);
    }
    fn enter(&mut self, object: bool) {
        let (word, bit) = (self.depth / 64, self.depth % 64);
        self.kinds[word] = self.kinds[word] & !(1 << bit) | (object as u64) << bit;
        self.depth += 1;
    }
    /// Whether the innermost open bracket is a `{`.
    fn kind(&self) -> bool {
        let inner = self.depth - 1;
        self.kinds[inner / 64] >> (inner % 64) & 1 == 1
    }

    /// Inside the object at hand, from `at` on, to its end or that of the piece.
    fn inside(&mut self, piece: &mut InputPiece<'_>, mut at: usize, sink: &mut impl Sink) -> usize {
        let bytes = piece.bytes;
        while at < bytes.len() {
            let rest = &bytes[at..];
            let (masks, n) = match rest.first_chunk::<BLOCK>() {
                Some(block) => (masks(block), BLOCK),
                None => {
                    let mut block = [b' '; BLOCK];
                    block[..rest.len()].copy_from_slice(rest);
                    (masks(&block), rest.len())
                }
            };
            let mut escape = self.escape;
            let quotes = masks.quotes & !escaped(masks.slashes, n, &mut escape);
            let strings = parity(quotes) ^ if self.in_string { !0 } else { 0 };
            let hard = (masks.brackets & !strings) | (masks.feeds & strings);
            let mut left = !0u64;
            loop {
                let level = if self.depth == self.base + 1 { quotes } else { 0 };
                let events = (hard | level) & left;
                if events == 0 {
                    break;
                }
                let bit = events.trailing_zeros();
                left = (!1u64).checked_shl(bit).unwrap_or(0);
                let here = at + bit as usize;
                let next = match bytes[here] {
                    b'"' => self.quote(piece, here, strings >> bit & 1 == 1, sink),
                    b'{' => self.opened(piece, here, true, sink),
                    b'[' => self.opened(piece, here, false, sink),
                    b'\n' => self.damage(piece, here, "the end of a string before the end of the line", sink),
                    close => self.closed(piece, here, close == b'}', sink),
                };
                if let Some(next) = next {
                    return next;
                }
            }
            self.in_string = strings >> (n - 1) & 1 == 1;
            self.escape = escape;
            at += n;
        }
        at
    }
    /// A quote among the record's own members.
    #[inline]
    fn quote(
        &mut self,
        piece: &mut InputPiece<'_>,
        at: usize,
        opening: bool,
        sink: &mut impl Sink,
    ) -> Option<usize> {
        let offset = self.open.before + at - piece.from;
        if opening {
            match (self.before(piece, at), self.open.key) {
                (b'{' | b',', _) => {
                    self.open.key = None;
                    self.word_begins(at + 1);
                }
                (b':', Some(Key::MessageType | Key::Owner | Key::Group)) => self.word_begins(at + 1),
                // An event's own is kept by its place, an envelope's by its text: which it is comes later.
                (b':', Some(Key::Stream)) => {
                    self.open.value = Some(offset + 1);
                    self.word_begins(at + 1);
                }
                (b':', Some(Key::Message | Key::Data | Key::Notified | Key::Invoking)) => {
                    self.open.value = Some(offset + 1);
                }
                (b':', _) => {}
                _ => return self.damage(piece, at, "`,` or `:` before a string", sink),
            }
        } else if let Some(from) = self.open.word.take() {
            let rest = &piece.bytes[from..at];
            let word = if self.open.word_before.is_empty() {
                rest
            } else {
                let longest = if self.open.key.is_some() { ORIGIN } else { NAME };
                self.open.word_before.extend_from_slice(&rest[..rest.len().min(longest + 1)]);
                self.open.word_before.as_slice()
            };
            if let Some(key) = self.open.key
                && let Some(text) = self.open.origin.of(key)
            {
                text.clear();
                text.extend_from_slice(&word[..word.len().min(ORIGIN)]);
                self.value_ends(offset);
                return None;
            }
            if self.open.key == Some(Key::MessageType) {
                self.open.control = word == b"CONTROL_MESSAGE";
                return None;
            }
            let key = Key::of(word);
            if self.open.marks.members == 0 && self.state == CutterState::Record {
                self.first_name.clear();
                self.first_name.extend_from_slice(&word[..word.len().min(NAME)]);
            }
            self.open.marks.member(key, offset + 1);
            self.open.key = Some(key);
        } else {
            self.value_ends(offset);
        }
        None
    }
    fn word_begins(&mut self, at: usize) {
        self.open.word = Some(at);
        self.open.word_before.clear();
    }
    /// The value of the member at hand ends before `end`, and is kept if it was marked.
    fn value_ends(&mut self, end: usize) {
        let Some(start) = self.open.value.take() else { return };
        let marks = &mut self.open.marks;
        let range: Option<Range<usize>> = Some(start..end);
        match self.open.key {
            Some(Key::Message) => marks.message = range,
            Some(Key::Data) => marks.data = range,
            Some(Key::Stream) => marks.stream = range,
            Some(Key::Detail) => marks.detail = range,
            Some(Key::AwsLogs) => marks.aws_logs = range,
            Some(Key::Results) => marks.results = range,
            Some(Key::Notified | Key::Invoking) => marks.notified = range,
            _ => {}
        }
    }
    /// An opening bracket inside the object.
    fn opened(
        &mut self,
        piece: &mut InputPiece<'_>,
        at: usize,
        object: bool,
        sink: &mut impl Sink,
    ) -> Option<usize> {
        let before = self.before(piece, at);
        if !matches!(before, b':' | b',' | b'[') {
            return self.damage(piece, at, "`,` or `:` before a bracket", sink);
        }
        if self.depth >= self.nesting {
            return self.damage(piece, at, &format!("at most {} nested brackets", self.nesting), sink);
        }
        if self.depth == self.base + 1 {
            let marked = match self.open.key {
                Some(Key::Detail | Key::AwsLogs | Key::Notified) => object,
                Some(Key::Results) => !object,
                _ => false,
            };
            self.open.value = marked.then(|| self.open.before + at - piece.from);
        } else if object
            && self.depth == self.base + 2
            && before == b'['
            && let Some(Key::List(list)) = self.open.key
            && self.frames.len() < ENVELOPES
            && (LISTS[list] != ITEMS || self.is_event_list(piece, at))
        {
            self.frames.push(Frame::Envelope { control: self.open.control });
            self.base = self.depth;
            self.state = CutterState::Outside;
            sink.envelope(LISTS[list]);
            sink.origin(&self.open.origin);
            return Some(at);
        }
        self.enter(object);
        None
    }
    /// Whether the object at hand says, before byte `at` of the piece, that it is a list of Kubernetes' audit events.
    fn is_event_list(&self, piece: &InputPiece<'_>, at: usize) -> bool {
        // Looked for at the beginning only, as a record may have many members of that name.
        const MOST: usize = 1024;
        let here = piece.bytes.get(piece.from..at).unwrap_or_default();
        let mut begins: Vec<u8> = self.open.carry.iter().take(MOST).copied().collect();
        begins.extend(here.iter().take(MOST - begins.len()));
        memchr::memmem::find(&begins, EVENT_LIST).is_some()
    }
    /// A closing bracket inside the object.
    fn closed(
        &mut self,
        piece: &mut InputPiece<'_>,
        at: usize,
        object: bool,
        sink: &mut impl Sink,
    ) -> Option<usize> {
        if self.kind() != object {
            let other = if object { "`]`" } else { "`}`" };
            return self.damage(piece, at, other, sink);
        }
        self.depth -= 1;
        let end = self.open.before + at + 1 - piece.from;
        if self.depth == self.base {
            self.ended(piece, at + 1, sink);
            self.state = CutterState::Outside;
            return Some(at + 1);
        }
        if self.depth == self.base + 1 {
            self.value_ends(end);
            if let Some(Key::List(list)) = self.open.key
                && !object
                && self.before(piece, at) == b'['
            {
                self.open.marks.empty_list = Some(list);
            }
            self.open.key = None;
        }
        None
    }
    /// The object at hand ends at `end` of the piece.
    fn ended(&mut self, piece: &InputPiece<'_>, end: usize, sink: &mut impl Sink) {
        if self.state == CutterState::Envelope || self.open.too_long {
            return;
        }
        let rest = &piece.bytes[piece.from..end];
        let mut carry = std::mem::take(&mut self.open.carry);
        if self.open.before > 0 {
            carry.extend_from_slice(rest);
        }
        let record = if self.open.before > 0 { carry.as_slice() } else { rest };
        if record.len() > self.limit {
            self.open.carry = record[..record.len().min(KEPT_TEXT)].to_vec();
            return self.too_long(sink);
        }
        match self.open.marks.empty_list {
            // A record may have an empty list of a name as plain as these; an envelope has nothing else to say.
            Some(list)
                if self.open.marks.members == 1
                    || !matches!(LISTS[list], "records" | "events" | "findings" | ITEMS) =>
            {
                sink.envelope(LISTS[list]);
            }
            _ => {
                let control = matches!(self.frames.last(), Some(Frame::Envelope { control: true }));
                sink.object(record, &self.open.marks, self.open.line, control);
            }
        }
        self.open.carry = carry;
    }
}
