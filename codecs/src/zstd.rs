//! Zstandard (RFC 8878): any number of frames behind each other, skippable ones among them.
//!
//! A frame is cut into its blocks here, each of which is decoded when it is complete: whatever the pieces that come, the
//! bytes and the fault are the same. The decoder holds the frame's window back until the frame ends; where it does not,
//! an empty last block is made up for it, and what it holds comes.
//!
//! Not read: frames that need a dictionary, and those of before version 1.0.

use std::io::Read;

use logloupe_core::ingest::{
    ErrorKind,
    codec::{Codec, CodecKind, Fault, PIECE, Step},
};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder, errors::FrameDecoderError};

use crate::seam::{Found, Seam};

/// The largest window, which is memory: what `zstd --long` uses, and the most that `zstd -d` takes by itself.
const WINDOW: u64 = 128 << 20;
/// The largest block (RFC 8878, 3.1.1.2.3).
const BLOCK: usize = 128 << 10;
/// Of skippable frames any of 16 values stands here.
const MAGICS: &[&[u8]] = &[b"\x28\xb5\x2f\xfd", b"?\x2a\x4d\x18"];

pub(crate) struct Zstd {
    seam: Seam,
    decoder: FrameDecoder,
    stage: Stage,
    frames: u64,
    /// What of the next part has come: of the frame's header, of a block with its own header.
    held: Vec<u8>,
    /// What the frame's header says.
    header: Header,
    /// Bytes of the frame given.
    given: u64,
    failed: Option<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// A frame comes, or the file ends.
    Between,
    /// The frame's header, with the magic before it.
    Header,
    /// The size of a skippable frame, behind its magic.
    SkipSize,
    /// So many bytes of a skippable frame.
    Skip(u32),
    Block,
    /// The last block was decoded: what the decoder holds is given.
    Last,
}

#[derive(Clone, Copy, Debug, Default)]
struct Header {
    checksum: bool,
    /// The size of the content, if it is stated.
    size: Option<u64>,
}

impl Zstd {
    pub(crate) fn new() -> Zstd {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW);
        Zstd {
            seam: Seam::new(MAGICS),
            decoder,
            stage: Stage::Between,
            frames: 0,
            held: Vec::new(),
            header: Header::default(),
            given: 0,
            failed: None,
        }
    }
    /// Takes of `input` what `held` lacks to `wanted` bytes; whether that is all.
    fn gather(&mut self, input: &mut &[u8], wanted: usize) -> bool {
        let more = wanted.saturating_sub(self.held.len()).min(input.len());
        self.held.extend_from_slice(&input[..more]);
        *input = &input[more..];
        self.held.len() >= wanted
    }
    /// Goes on with `input` until a block was decoded or the input is used up.
    fn advance(&mut self, input: &mut &[u8]) -> Result<(), Fault> {
        while !input.is_empty() {
            match self.stage {
                Stage::Between => {
                    let (seen, found) = self.seam.push(input, self.frames == 0);
                    *input = &input[seen..];
                    if found == Found::Stream {
                        self.held = self.seam.magic();
                        self.stage = match self.held[0] {
                            0x28 => Stage::Header,
                            0x50..=0x5f => Stage::SkipSize,
                            _ => return Err(Fault::damaged(CodecKind::Zstd)),
                        };
                    } else if found == Found::Garbage && self.frames == 0 {
                        return Err(Fault::damaged(CodecKind::Zstd));
                    }
                }
                Stage::SkipSize => {
                    if self.gather(input, 8) {
                        let size = little(&self.held[4..]) as u32;
                        self.skip(size);
                    }
                }
                Stage::Skip(left) => {
                    let skipped = input.len().min(left as usize);
                    *input = &input[skipped..];
                    self.skip(left - skipped as u32);
                }
                Stage::Header => {
                    if self.gather(input, 5) {
                        let length = 5 + header_rest(self.held[4]);
                        if self.gather(input, length) {
                            self.begin()?;
                        }
                    }
                }
                Stage::Block => return self.block(input),
                Stage::Last => return Ok(()),
            }
        }
        Ok(())
    }
    fn skip(&mut self, left: u32) {
        self.stage = Stage::Skip(left);
        if left == 0 {
            self.frames += 1;
            self.stage = Stage::Between;
        }
    }
    /// The frame's header is complete.
    fn begin(&mut self) -> Result<(), Fault> {
        let flags = self.held[4];
        self.header.checksum = flags & 4 != 0;
        let width = size_width(flags);
        let size = little(&self.held[self.held.len() - width..]);
        self.header.size = (width > 0).then_some(if width == 2 { size + 256 } else { size });
        self.given = 0;
        let kind = ErrorKind::Unsupported;
        self.decoder.reset(self.held.as_slice()).map_err(|error| match error {
            FrameDecoderError::DictNotProvided { .. } => {
                Fault { kind, message: "its zstd data needs a dictionary that is not in it".to_owned() }
            }
            FrameDecoderError::WindowSizeTooBig { .. } => Fault {
                kind: ErrorKind::Limit,
                message: format!("its zstd data needs a window of more than {} MiB", WINDOW >> 20),
            },
            _ => Fault::damaged(CodecKind::Zstd),
        })?;
        self.held.clear();
        self.stage = Stage::Block;
        Ok(())
    }
    /// Decodes a block, if all of it has come.
    fn block(&mut self, input: &mut &[u8]) -> Result<(), Fault> {
        if self.held.is_empty() {
            // Mostly it lies whole in the input.
            if let Some((block, rest)) = self.length(input)?.and_then(|length| input.split_at_checked(length))
            {
                *input = rest;
                return self.decode_block(block);
            }
        }
        if self.gather(input, 3)
            && let Some(length) = self.length(&self.held)?
            && self.gather(input, length)
        {
            let block = std::mem::take(&mut self.held);
            let decoded = self.decode_block(&block);
            self.held = block;
            self.held.clear();
            return decoded;
        }
        Ok(())
    }
    /// How long the block that begins here is, with its header and the checksum behind the last one.
    fn length(&self, bytes: &[u8]) -> Result<Option<usize>, Fault> {
        let Some(head) = bytes.get(..3).map(little) else { return Ok(None) };
        let size = (head >> 3) as usize;
        let stored = match head >> 1 & 3 {
            1 => 1,
            0 | 2 => size,
            _ => return Err(Fault::damaged(CodecKind::Zstd)),
        };
        if size > BLOCK {
            return Err(Fault::damaged(CodecKind::Zstd));
        }
        Ok(Some(3 + stored + if head & 1 == 1 && self.header.checksum { 4 } else { 0 }))
    }
    fn decode_block(&mut self, block: &[u8]) -> Result<(), Fault> {
        match self.decoder.decode_blocks(block, BlockDecodingStrategy::UptoBlocks(1)) {
            Ok(true) => self.stage = Stage::Last,
            Ok(false) => {}
            Err(_) => return Err(Fault::damaged(CodecKind::Zstd)),
        }
        Ok(())
    }
    /// Gives what the decoder does not need further, up to a piece. Whether there is more.
    fn give(&mut self, out: &mut Vec<u8>) -> Result<bool, Fault> {
        let start = out.len();
        out.resize(start + self.decoder.can_collect().min(PIECE), 0);
        let given = self.decoder.read(&mut out[start..]).map_err(|_| Fault::damaged(CodecKind::Zstd))?;
        out.truncate(start + given);
        self.given += given as u64;
        if given > 0 && self.decoder.can_collect() > 0 {
            return Ok(true);
        }
        if self.stage == Stage::Last {
            self.stage = Stage::Between;
            self.frames += 1;
            let stated = self.decoder.get_checksum_from_data();
            let wrong = self.header.checksum && stated != self.decoder.get_calculated_checksum();
            if wrong || self.header.size.is_some_and(|size| size != self.given) {
                return Err(Fault::checksum(CodecKind::Zstd));
            }
        }
        Ok(false)
    }
    /// The input ends, or cannot be used: what the decoder holds of a frame is freed with a last block without content.
    fn end_frame(&mut self) {
        if self.stage == Stage::Block {
            let lacks = self.held.get(..3).and_then(|head| self.length(head).ok().flatten());
            // Only the checksum behind the last block may be missing.
            let mut block = match lacks {
                Some(length) if self.header.checksum && self.held.len() + 4 >= length => self.held.clone(),
                _ => vec![1, 0, 0],
            };
            block.extend([0; 8]);
            if self.decode_block(&block).is_err() {
                let _ = self.decode_block(&[1, 0, 0, 0, 0, 0, 0]);
            }
        }
        self.held.clear();
    }
}

impl Codec for Zstd {
    fn decode(&mut self, mut input: &[u8], end: bool, out: &mut Vec<u8>) -> Result<Step, Fault> {
        let all = input.len();
        if self.failed.is_none() {
            let before = self.stage;
            // What was decoded before is given first.
            let went = if before == Stage::Last { Ok(()) } else { self.advance(&mut input) };
            let ends = end && input.is_empty();
            let whole = self.stage == Stage::Last
                || self.stage == Stage::Between && self.frames > 0 && !self.seam.is_within();
            match went {
                Err(fault) => self.failed = Some(fault),
                Ok(()) if ends && !whole => self.failed = Some(Fault::truncated(CodecKind::Zstd)),
                Ok(()) => {
                    let more = self.give(out).inspect_err(|fault| self.failed = Some(fault.clone()))?;
                    return Ok(Step { taken: all - input.len(), more: more || !input.is_empty() });
                }
            }
            self.end_frame();
        }
        // The rows before the fault, then the fault.
        let taken = all - input.len();
        match self.give(out) {
            Ok(true) => Ok(Step { taken, more: true }),
            Ok(false) | Err(_) => Err(self.failed.clone().unwrap_or(Fault::damaged(CodecKind::Zstd))),
        }
    }
    fn ignored(&self) -> u64 {
        self.seam.garbage()
    }
}

/// How many bytes of a frame's header follow its descriptor: window, dictionary, size (RFC 8878, 3.1.1.1).
fn header_rest(flags: u8) -> usize {
    let window = if flags & 0x20 == 0 { 1 } else { 0 };
    let dictionary = [0, 1, 2, 4][flags as usize & 3];
    window + dictionary + size_width(flags)
}

fn size_width(flags: u8) -> usize {
    match flags >> 6 {
        0 => (flags >> 5 & 1) as usize,
        wide => 1 << wide,
    }
}

/// The little-endian number that these bytes are.
fn little(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | *byte as u64)
}
