//! Text in UTF-16 with a byte order mark, as Windows PowerShell's `>` writes it: becomes UTF-8.
//!
//! UTF-16 without the mark is not recognised: what it is could only be guessed.

use super::Unpacker;
use crate::ingest::{
    context::{Context, Location},
    ledger::State,
};

pub(crate) struct Utf16 {
    child: Unpacker,
    /// Whether the higher byte comes first.
    big: bool,
    /// Whether the mark is yet to come.
    mark: bool,
    /// The first byte of a unit whose second has not come.
    half: Option<u8>,
    /// The first unit of a pair.
    high: Option<u16>,
    /// How many units belonged to no pair.
    alone: u64,
    out: Vec<u8>,
}

impl Utf16 {
    pub(super) fn new(place: &Location, big: bool) -> Utf16 {
        let child = Unpacker::new(place.inside("utf-16"));
        Utf16 { child, big, mark: true, half: None, high: None, alone: 0, out: Vec::new() }
    }
    pub(super) fn push(&mut self, bytes: &[u8], context: &mut Context) {
        for piece in bytes.chunks(64 << 10) {
            if self.is_done() || context.fatal.is_some() {
                return;
            }
            self.out.clear();
            let mut rest = piece;
            if let (Some(first), Some((second, after))) = (self.half, piece.split_first()) {
                self.half = None;
                self.unit([first, *second]);
                rest = after;
            }
            let (units, half) = rest.as_chunks::<2>();
            units.iter().for_each(|unit| self.unit(*unit));
            self.half = self.half.or(half.first().copied());
            self.child.push(&self.out, context);
        }
    }
    #[inline]
    fn unit(&mut self, bytes: [u8; 2]) {
        let unit = if self.big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) };
        if unit < 0x80 && self.high.is_none() && !self.mark {
            self.out.push(unit as u8);
        } else {
            self.other(unit);
        }
    }
    fn other(&mut self, unit: u16) {
        if std::mem::take(&mut self.mark) {
            return;
        }
        match (self.high.take(), unit) {
            (Some(high), 0xdc00..=0xdfff) => {
                let code = 0x1_0000 + (((high & 0x3ff) as u32) << 10 | (unit & 0x3ff) as u32);
                self.write(char::from_u32(code));
            }
            (Some(_), _) => {
                self.write(None);
                self.other(unit);
            }
            (None, 0xd800..=0xdbff) => self.high = Some(unit),
            (None, _) => self.write(char::from_u32(unit as u32)),
        }
    }
    /// Writes a character, or the one that stands for none.
    fn write(&mut self, character: Option<char>) {
        self.alone += character.is_none() as u64;
        let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
        self.out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    pub(super) fn finish(mut self, stored: u64, context: &mut Context) {
        self.out.clear();
        // A text that was cut ends in half a character.
        let cut = self.half.is_some();
        if self.high.take().is_some() || cut {
            self.write(None);
        }
        self.child.push(&self.out, context);
        if self.alone > 0 {
            let end = if cut { "; it ends in the middle of one" } else { "" };
            context.note = Some(format!("{} characters are no UTF-16 and became U+FFFD{end}", self.alone));
        }
        self.child.finish(stored, context);
        context.note = None;
    }
    pub(super) fn fail(self, stored: u64, state: State, context: &mut Context) {
        self.child.fail(stored, state, context);
    }
    pub(super) fn is_done(&self) -> bool {
        self.child.is_done()
    }
}

/// Whether `head` is UTF-16 with its mark, and whether the higher byte comes first. The mark of UTF-32 begins like one
/// of these.
pub(super) fn order(head: &[u8]) -> Option<bool> {
    match head {
        [0xff, 0xfe, 0, 0, ..] => None,
        [0xff, 0xfe, ..] => Some(false),
        [0xfe, 0xff, ..] => Some(true),
        _ => None,
    }
}
