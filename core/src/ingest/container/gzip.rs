//! Gzip (RFC 1952): any number of members behind each other, as CloudWatch and load balancers write them.
//!
//! Checksums and sizes are checked; rows before a fault are kept. Zero padding and other bytes behind the last member
//! are ignored, with a note for the latter.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{Unpacker, fail_child};
use crate::ingest::{
    context::{Context, Location},
    ledger::{Error, ErrorKind, State},
};

/// Inflated bytes are passed on in pieces of this size: they stay in the processor's cache.
pub(super) const PIECE: usize = 128 << 10;

pub(crate) struct Gzip {
    child: Unpacker,
    place: Location,
    stage: GzipStage,
    inflate: Decompress,
    crc: Crc,
    out: Vec<u8>,
    members: u64,
    garbage: u64,
    failed: Option<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GzipStage {
    /// The fixed part of the header, so many bytes of it read.
    Fixed {
        read: u8,
        flags: u8,
    },
    /// The size of the extra field, then the field.
    ExtraSize {
        read: u8,
        size: u16,
        flags: u8,
    },
    Extra {
        left: u16,
        flags: u8,
    },
    /// The name or the comment: ends at a zero.
    Text {
        flags: u8,
    },
    /// The header's checksum.
    HeaderCrc {
        left: u8,
    },
    Body,
    /// Checksum and size.
    Trailer {
        read: u8,
        value: u64,
    },
    /// Behind a member.
    Between,
    /// Behind the last member.
    Garbage,
    /// A fault was met and told.
    Failed,
}

/// Bits of the header's flags.
const HEADER_CRC: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;

impl Gzip {
    pub(super) fn new(place: Location) -> Gzip {
        Gzip {
            child: Unpacker::new(place.inside("gzip")),
            place,
            stage: GzipStage::Fixed { read: 0, flags: 0 },
            inflate: Decompress::new(false),
            crc: Crc::new(),
            out: vec![0; PIECE],
            members: 0,
            garbage: 0,
            failed: None,
        }
    }
    pub(super) fn push(&mut self, bytes: &[u8], context: &mut Context) {
        let outermost = self.place.containers.is_empty();
        let base = context.at;
        let mut at = 0;
        while at < bytes.len() && context.fatal.is_none() {
            if outermost {
                context.at = base + at as u64;
            }
            match self.stage {
                GzipStage::Body => at += self.body(&bytes[at..], outermost, context),
                GzipStage::Garbage | GzipStage::Failed => {
                    self.garbage += (bytes.len() - at) as u64;
                    return;
                }
                _ => {
                    self.step(bytes[at], context);
                    at += 1;
                }
            }
        }
    }
    /// One byte outside a body.
    fn step(&mut self, byte: u8, context: &mut Context) {
        self.stage = match self.stage {
            GzipStage::Fixed { read, flags } => {
                let good = match read {
                    0 => byte == 0x1f,
                    1 => byte == 0x8b,
                    2 => byte == 8,
                    3 => byte & 0xe0 == 0,
                    _ => true,
                };
                let flags = if read == 3 { byte } else { flags };
                match read {
                    _ if !good && self.members > 0 => {
                        self.garbage = read as u64 + 1;
                        GzipStage::Garbage
                    }
                    _ if !good => return self.corrupt("its gzip header is damaged", context),
                    9 => self.header(flags),
                    _ => GzipStage::Fixed { read: read + 1, flags },
                }
            }
            GzipStage::ExtraSize { read: 0, flags, .. } => {
                GzipStage::ExtraSize { read: 1, size: byte as u16, flags }
            }
            GzipStage::ExtraSize { size, flags, .. } => match size | (byte as u16) << 8 {
                0 => self.header(flags & !EXTRA),
                left => GzipStage::Extra { left, flags },
            },
            GzipStage::Extra { left: 1, flags } => self.header(flags & !EXTRA),
            GzipStage::Extra { left, flags } => GzipStage::Extra { left: left - 1, flags },
            GzipStage::Text { flags } if byte != 0 => GzipStage::Text { flags },
            GzipStage::Text { flags } if flags & NAME != 0 => self.header(flags & !NAME),
            GzipStage::Text { flags } => self.header(flags & !COMMENT),
            GzipStage::HeaderCrc { left: 1 } => self.header(0),
            GzipStage::HeaderCrc { left } => GzipStage::HeaderCrc { left: left - 1 },
            GzipStage::Trailer { read, value } => {
                let value = value | (byte as u64) << (read * 8);
                let sum = self.crc.sum() as u64 | (self.crc.amount() as u64) << 32;
                match read {
                    7 if value == sum => GzipStage::Between,
                    7 => return self.corrupt("the checksum of its gzip data does not match", context),
                    _ => GzipStage::Trailer { read: read + 1, value },
                }
            }
            GzipStage::Between => match byte {
                0 => GzipStage::Between,
                0x1f => GzipStage::Fixed { read: 1, flags: 0 },
                _ => {
                    self.garbage = 1;
                    GzipStage::Garbage
                }
            },
            stage @ (GzipStage::Body | GzipStage::Garbage | GzipStage::Failed) => stage,
        };
    }
    /// The stage for what of the header `flags` still announces.
    fn header(&mut self, flags: u8) -> GzipStage {
        if flags & EXTRA != 0 {
            GzipStage::ExtraSize { read: 0, size: 0, flags }
        } else if flags & (NAME | COMMENT) != 0 {
            GzipStage::Text { flags }
        } else if flags & HEADER_CRC != 0 {
            GzipStage::HeaderCrc { left: 2 }
        } else {
            self.inflate.reset(false);
            self.crc.reset();
            GzipStage::Body
        }
    }
    /// Inflates `bytes` up to the end of the member and says how many it took.
    fn body(&mut self, bytes: &[u8], outermost: bool, context: &mut Context) -> usize {
        let base = context.at;
        let mut at = 0;
        loop {
            let (read, written) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self.inflate.decompress(&bytes[at..], &mut self.out, FlushDecompress::None);
            let taken = (self.inflate.total_in() - read) as usize;
            let given = (self.inflate.total_out() - written) as usize;
            at += taken;
            if outermost {
                context.at = base + at as u64;
            }
            let out = &self.out[..given];
            self.crc.update(out);
            context.inflate(given);
            self.child.push(out, context);
            if context.fatal.is_some() {
                return at;
            }
            match status {
                Ok(Status::StreamEnd) => {
                    self.members += 1;
                    self.stage = GzipStage::Trailer { read: 0, value: 0 };
                    return at;
                }
                // All of the input is taken and there was room for more output: the rest comes with the next piece.
                Ok(_) if at >= bytes.len() && given < self.out.len() => return at,
                Ok(_) if taken + given > 0 => {}
                Ok(_) | Err(_) => {
                    self.corrupt("its gzip data is damaged", context);
                    return at;
                }
            }
        }
    }
    fn corrupt(&mut self, message: &str, context: &mut Context) {
        self.stage = GzipStage::Failed;
        self.failed = Some(context.error(ErrorKind::Corrupt, message));
    }
    pub(super) fn finish(self, stored: u64, context: &mut Context) {
        let whole = matches!(self.stage, GzipStage::Between | GzipStage::Garbage);
        if let Some(error) = self.failed {
            fail_child(self.child, stored, error, context);
        } else if whole {
            if self.garbage > 0 {
                context.note = Some(format!("{} bytes behind the gzip data were ignored", self.garbage));
            }
            self.child.finish(stored, context);
            context.note = None;
        } else if self.child.is_done() {
            self.child.finish(stored, context);
        } else {
            let error = context.error(ErrorKind::Truncated, "its gzip data ends too early");
            fail_child(self.child, stored, error, context);
        }
    }
    pub(super) fn fail(self, stored: u64, state: State, context: &mut Context) {
        self.child.fail(stored, state, context);
    }
    pub(super) fn is_done(&self) -> bool {
        self.stage == GzipStage::Failed || self.child.is_done()
    }
}
