//! Tar: old, ustar, GNU long names, pax paths. Links, devices and folders are passed over.

use super::{Unpacker, within};
use crate::ingest::{
    context::{Context, Location},
    ledger::{ErrorKind, State},
};

/// Everything in a tar comes in blocks of this size.
pub(super) const BLOCK: usize = 512;
/// Longest name that is kept.
const NAME: u64 = 64 << 10;

pub(crate) struct Tar {
    place: Location,
    outermost: bool,
    head: Vec<u8>,
    body: Body,
    /// Bytes of the body left, then of its padding.
    left: u64,
    padding: u64,
    size: u64,
    /// The name that a special entry gives to the next one.
    name: Option<String>,
    members: u64,
    state: Option<State>,
    ended: bool,
}

/// What the blocks behind a header are.
enum Body {
    /// A file.
    File(Unpacker),
    /// The next file's name (GNU) or attributes (pax).
    Name(Vec<u8>),
    Attributes(Vec<u8>),
    /// Nothing that is read.
    Other,
}

impl Tar {
    pub(super) fn new(place: Location) -> Tar {
        Tar {
            outermost: place.containers.is_empty(),
            place,
            head: Vec::new(),
            body: Body::Other,
            left: 0,
            padding: 0,
            size: 0,
            name: None,
            members: 0,
            state: None,
            ended: false,
        }
    }
    pub(super) fn push(&mut self, bytes: &[u8], context: &mut Context) {
        let base = context.at;
        let mut rest = bytes;
        while !rest.is_empty() && context.fatal.is_none() && !self.is_done() {
            if self.left > 0 {
                let most = within(rest.len(), self.left);
                let (piece, after) = rest.split_at(most);
                match &mut self.body {
                    Body::File(node) => node.push(piece, context),
                    Body::Name(text) | Body::Attributes(text) => text.extend_from_slice(piece),
                    Body::Other => {}
                }
                rest = after;
                self.moved(base, bytes, rest, context);
                self.left -= most as u64;
                if self.left == 0 {
                    self.complete(context);
                }
            } else if self.padding > 0 {
                let most = within(rest.len(), self.padding);
                rest = &rest[most..];
                self.padding -= most as u64;
            } else {
                let most = rest.len().min(BLOCK - self.head.len());
                self.head.extend_from_slice(&rest[..most]);
                rest = &rest[most..];
                self.moved(base, bytes, rest, context);
                if self.head.len() == BLOCK {
                    self.header(context);
                    self.head.clear();
                }
            }
        }
    }
    /// All of `bytes`, which begin at `base`, has been taken but `rest`.
    fn moved(&self, base: u64, bytes: &[u8], rest: &[u8], context: &mut Context) {
        if self.outermost {
            context.at = base + (bytes.len() - rest.len()) as u64;
        }
    }
    /// A header block is complete.
    fn header(&mut self, context: &mut Context) {
        let head = std::mem::take(&mut self.head);
        if head.iter().all(|b| *b == 0) {
            self.ended = true;
            return;
        }
        let Some(size) = is_header(&head).then(|| number(&head[124..136])).flatten() else {
            let message = "its tar structure is damaged";
            self.state = Some(State::Failed(context.error(ErrorKind::Corrupt, message)));
            return;
        };
        self.size = size;
        self.left = size;
        self.padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
        self.body = match head[156] {
            b'0' | b'7' | 0 => {
                let name = self.name.take().unwrap_or_else(|| full_name(&head));
                if name.ends_with('/') {
                    Body::Other
                } else {
                    self.members += 1;
                    if !context.member() {
                        return;
                    }
                    Body::File(Unpacker::new(self.place.member("tar", name.trim_start_matches("./"))))
                }
            }
            b'L' if size <= NAME => Body::Name(Vec::new()),
            b'x' if size <= NAME * 4 => Body::Attributes(Vec::new()),
            b'K' | b'g' => Body::Other,
            b'S' => {
                let name = self.name.take().unwrap_or_else(|| full_name(&head));
                let error =
                    context.error(ErrorKind::Unsupported, "it is a sparse file, which is not read here");
                context.complete_empty(&self.place.member("tar", &name), size, 0, State::Failed(error));
                Body::Other
            }
            _ => {
                self.name = None;
                Body::Other
            }
        };
        if size == 0 {
            self.complete(context);
        }
    }
    fn complete(&mut self, context: &mut Context) {
        match std::mem::replace(&mut self.body, Body::Other) {
            Body::File(node) => node.finish(self.size, context),
            Body::Name(text) => self.name = Some(text_of(&text)),
            Body::Attributes(text) => self.name = path(&text).or(self.name.take()),
            Body::Other => {}
        }
    }
    pub(super) fn finish(self, stored: u64, context: &mut Context) {
        if let Some(state) = self.state.clone() {
            self.fail(stored, state, context);
        } else if self.left > 0 || !self.head.is_empty() {
            let error = context.error(ErrorKind::Truncated, "the tar archive ends too early");
            self.fail(stored, State::Failed(error), context);
        } else if self.members == 0 {
            let state = State::Skipped("an archive without files".to_owned());
            context.complete_empty(&self.place, stored, stored, state);
        }
    }
    pub(super) fn fail(self, stored: u64, state: State, context: &mut Context) {
        if let Body::File(node) = self.body {
            node.fail(self.size - self.left, state.clone(), context);
        }
        context.complete_empty(&self.place, stored, stored, state);
    }
    pub(super) fn is_done(&self) -> bool {
        self.ended || self.state.is_some()
    }
}

/// Whether a block is the header of a member: its checksum is that of its bytes. Old tars have no other mark.
pub(super) fn is_header(block: &[u8]) -> bool {
    let Some(block) = block.get(..BLOCK) else { return false };
    let sum: u64 =
        block.iter().enumerate().map(|(i, b)| if (148..156).contains(&i) { 32 } else { *b as u64 }).sum();
    block[0] != 0 && number(&block[148..156]) == Some(sum)
}

/// A number of a header: octal digits, or big-endian bytes behind a set high bit.
fn number(field: &[u8]) -> Option<u64> {
    if field.first()? & 0x80 != 0 {
        let high = (field[0] & 0x7f) as u64;
        return field[1..].iter().try_fold(high, |n, b| Some(n.checked_mul(256)? | *b as u64));
    }
    let text = std::str::from_utf8(field).ok()?;
    let text = text.trim_matches(|c| c == ' ' || c == '\0');
    if text.is_empty() { Some(0) } else { u64::from_str_radix(text, 8).ok() }
}

fn text_of(field: &[u8]) -> String {
    let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

/// Prefix and name of a header.
fn full_name(head: &[u8]) -> String {
    let (name, prefix) = (text_of(&head[..100]), text_of(&head[345..500]));
    if &head[257..263] == b"ustar\0" && !prefix.is_empty() { format!("{prefix}/{name}") } else { name }
}

/// The `path` among pax attributes, which are lines of `<length> <key>=<value>`.
fn path(text: &[u8]) -> Option<String> {
    let mut rest = text;
    let mut path = None;
    while let Some(space) = rest.iter().position(|b| *b == b' ') {
        let length: usize = std::str::from_utf8(&rest[..space]).ok()?.parse().ok()?;
        let line = rest.get(space + 1..length)?;
        if let Some(value) = line.strip_prefix(b"path=") {
            path = Some(String::from_utf8_lossy(value.trim_ascii_end()).into_owned());
        }
        rest = &rest[length..];
    }
    path
}
