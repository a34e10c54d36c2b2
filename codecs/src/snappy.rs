//! Snappy in its three wrappings: one raw block as a file, the framing format, the blocks of Hadoop's codec.
//! <https://github.com/google/snappy/blob/main/format_description.txt> and `framing_format.txt` beside it, read 2026-11-27;
//! Hadoop's blocks as its `BlockDecompressorStream` reads them.
//!
//! Written here because libraries want a block whole, input and output: one raw block may be a file of gigabytes. Blocks
//! are decoded as they come, and a file that is cut gives all bytes before the cut.

use logloupe_core::ingest::{
    ErrorKind,
    codec::{Codec, CodecKind, Fault, PIECE, Step},
};

/// How far a copy may reach back. All compressors cut their input into pieces of 64 KiB, which do not refer to each other.
const WINDOW: usize = 256 << 10;

/// Decodes the elements of one block, cut anywhere.
#[derive(Debug, Default)]
struct Block {
    /// The length that the block states, as far as it has come: value and bits.
    stated: (u64, u32),
    begun: bool,
    /// The longest that it may be.
    most: u64,
    /// Bytes to come.
    left: u64,
    /// Bytes of a literal to come.
    literal: u64,
    /// The first bytes of an element that was cut.
    element: [u8; 5],
    held: usize,
    /// What was decoded last, for copies; what of it is not given yet begins at `given`.
    window: Vec<u8>,
    given: usize,
    /// Where in the window the block begins: copies do not reach beyond.
    start: usize,
}

/// The block is not what its format says; or it reaches too far back.
#[derive(Debug)]
enum Bad {
    Damaged,
    Far,
}

impl Block {
    /// The next block begins, which gives at most so many bytes.
    fn begin(&mut self, most: u64) {
        (self.stated, self.begun, self.left, self.most) = ((0, 0), false, 0, most);
        self.start = self.window.len();
    }
    fn is_complete(&self) -> bool {
        self.begun && self.left == 0
    }
    /// Decodes from the beginning of `input` until about a piece can be given or the block is complete, and says how much
    /// it took.
    fn decode(&mut self, input: &[u8]) -> Result<usize, Bad> {
        let mut at = 0;
        while !self.begun {
            let Some(byte) = input.get(at) else { return Ok(at) };
            at += 1;
            let (value, bits) = self.stated;
            self.stated = (value | (*byte as u64 & 0x7f) << bits, bits + 7);
            if *byte & 0x80 == 0 {
                (self.begun, self.left) = (true, self.stated.0);
            } else if bits == 28 {
                return Err(Bad::Damaged);
            }
        }
        if self.stated.0 > self.most {
            return Err(Bad::Damaged);
        }
        let full = self.given + PIECE;
        while self.left > 0 && at < input.len() && self.window.len() < full {
            if self.literal > 0 {
                let taken = (input.len() - at).min(self.literal.min(PIECE as u64) as usize);
                self.window.extend_from_slice(&input[at..at + taken]);
                at += taken;
                self.literal -= taken as u64;
                self.left -= taken as u64;
                continue;
            }
            let tag = if self.held > 0 { self.element[0] } else { input[at] };
            let width = width(tag);
            let mut bytes = [0; 5];
            match input.get(at..at + width) {
                Some(whole) if self.held == 0 => {
                    bytes[..width].copy_from_slice(whole);
                    at += width;
                }
                _ => {
                    let taken = (width - self.held).min(input.len() - at);
                    self.element[self.held..self.held + taken].copy_from_slice(&input[at..at + taken]);
                    at += taken;
                    self.held += taken;
                    if self.held < width {
                        return Ok(at);
                    }
                    bytes[..width].copy_from_slice(&self.element[..width]);
                    self.held = 0;
                }
            }
            self.element(bytes)?;
        }
        Ok(at)
    }
    /// An element without its literal.
    fn element(&mut self, bytes: [u8; 5]) -> Result<(), Bad> {
        let [tag, ..] = bytes;
        let number = u32::from_le_bytes([bytes[1], bytes[2], bytes[3], bytes[4]]);
        let size = (tag >> 2) as u64;
        let (length, offset) = match tag & 3 {
            0 => {
                self.literal = 1 + if size < 60 { size } else { number as u64 };
                return if self.literal > self.left { Err(Bad::Damaged) } else { Ok(()) };
            }
            1 => (4 + (size & 7), (size >> 3) << 8 | number as u64),
            _ => (1 + size, number as u64),
        };
        let offset = offset as usize;
        if length > self.left || offset == 0 {
            return Err(Bad::Damaged);
        }
        if offset > self.window.len() - self.start {
            // The block may have more behind it than is kept.
            let begun = self.stated.0 - self.left;
            return Err(if offset as u64 <= begun { Bad::Far } else { Bad::Damaged });
        }
        self.left -= length;
        let from = self.window.len() - offset;
        let mut length = length as usize;
        // A copy may overlap what it writes.
        while length > 0 {
            let piece = length.min(self.window.len() - from);
            self.window.extend_from_within(from..from + piece);
            length -= piece;
        }
        Ok(())
    }
    /// Gives what was decoded and keeps what copies may need.
    fn give(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.window[self.given..]);
        self.given = self.window.len();
        if self.window.len() >= 2 * WINDOW {
            let passed = self.window.len() - WINDOW;
            self.window.drain(..passed);
            self.given -= passed;
            self.start = self.start.saturating_sub(passed);
        }
    }
}

/// How many bytes an element with this tag has before its literal.
fn width(tag: u8) -> usize {
    match tag & 3 {
        0 => 1 + (tag as usize >> 2).saturating_sub(59),
        1 => 2,
        2 => 3,
        _ => 5,
    }
}

fn fault(bad: Bad, kind: CodecKind) -> Fault {
    match bad {
        Bad::Damaged => Fault::damaged(kind),
        Bad::Far => {
            let message = format!("its snappy data refers to more than {} KiB before it", WINDOW >> 10);
            Fault { kind: ErrorKind::Limit, message }
        }
    }
}

/// One raw block.
pub(crate) struct Raw {
    block: Block,
    ignored: u64,
    failed: Option<Fault>,
}

impl Raw {
    pub(crate) fn new() -> Raw {
        let mut block = Block::default();
        block.begin(u32::MAX as u64);
        Raw { block, ignored: 0, failed: None }
    }
}

impl Codec for Raw {
    fn decode(&mut self, input: &[u8], end: bool, out: &mut Vec<u8>) -> Result<Step, Fault> {
        if let Some(fault) = &self.failed {
            return Err(fault.clone());
        }
        if self.block.is_complete() {
            self.ignored += input.len() as u64;
            return Ok(Step { taken: input.len(), more: false });
        }
        let decoded = self.block.decode(input);
        self.block.give(out);
        match decoded {
            Ok(taken) if end && taken == input.len() && !self.block.is_complete() => {
                Err(Fault::truncated(CodecKind::SnappyRaw))
            }
            Ok(taken) => Ok(Step { taken, more: taken < input.len() }),
            Err(bad) => {
                let fault = fault(bad, CodecKind::SnappyRaw);
                self.failed = Some(fault.clone());
                Err(fault)
            }
        }
    }
    fn ignored(&self) -> u64 {
        self.ignored
    }
}

/// The framing format: chunks of up to 64 KiB with a checksum each.
pub(crate) struct Framed {
    block: Block,
    chunk: Chunk,
    head: [u8; 8],
    held: usize,
    /// The checksum of the chunk that is being read, and what it should be.
    sum: Crc,
    stated: u32,
    begun: bool,
    failed: Option<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chunk {
    /// Kind and length come, and the checksum of a chunk that has one.
    Head,
    /// So many bytes of a compressed chunk.
    Compressed(usize),
    /// So many bytes of one that is stored.
    Stored(usize),
    /// The name of the format.
    Name(usize),
    /// So many bytes that are passed over.
    Skip(usize),
}

/// The content of a chunk is no longer than this.
const CHUNK: u64 = 64 << 10;
const NAME: &[u8] = b"sNaPpY";

impl Framed {
    pub(crate) fn new() -> Framed {
        Framed {
            block: Block::default(),
            chunk: Chunk::Head,
            head: [0; 8],
            held: 0,
            sum: Crc(0),
            stated: 0,
            begun: false,
            failed: None,
        }
    }
    /// Goes on with `input` until about a piece was decoded or the input is used up.
    fn advance(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
        let damaged = || Fault::damaged(CodecKind::Snappy);
        while !input.is_empty() && out.len() < PIECE {
            match self.chunk {
                Chunk::Head => {
                    (self.head[self.held], self.held) = (input[0], self.held + 1);
                    *input = &input[1..];
                    self.head()?;
                }
                Chunk::Skip(left) => {
                    let skipped = left.min(input.len());
                    *input = &input[skipped..];
                    self.chunk = if skipped == left { Chunk::Head } else { Chunk::Skip(left - skipped) };
                }
                Chunk::Name(at) => {
                    if NAME.get(at) != Some(&input[0]) {
                        return Err(damaged());
                    }
                    *input = &input[1..];
                    self.begun = true;
                    self.chunk = if at + 1 == NAME.len() { Chunk::Head } else { Chunk::Name(at + 1) };
                }
                Chunk::Stored(left) => {
                    let taken = left.min(input.len());
                    self.sum.update(&input[..taken]);
                    out.extend_from_slice(&input[..taken]);
                    *input = &input[taken..];
                    self.chunk = Chunk::Stored(left - taken);
                    if taken == left {
                        self.check()?;
                    }
                }
                Chunk::Compressed(left) => {
                    let most = left.min(input.len());
                    let start = out.len();
                    let decoded = self.block.decode(&input[..most]);
                    self.block.give(out);
                    self.sum.update(&out[start..]);
                    let taken = decoded.map_err(|bad| fault(bad, CodecKind::Snappy))?;
                    *input = &input[taken..];
                    self.chunk = Chunk::Compressed(left - taken);
                    match (self.block.is_complete(), taken == left) {
                        (true, true) => self.check()?,
                        (false, false) => {}
                        _ => return Err(damaged()),
                    }
                }
            }
        }
        Ok(())
    }
    /// One more byte of a chunk's head has come.
    fn head(&mut self) -> Result<(), Fault> {
        if self.held < 4 {
            return Ok(());
        }
        let length = u32::from_le_bytes([self.head[1], self.head[2], self.head[3], 0]) as usize;
        let chunk = match self.head[0] {
            0xff if length == NAME.len() => Chunk::Name(0),
            // What comes before the format's name is none of it.
            _ if !self.begun => return Err(Fault::damaged(CodecKind::Snappy)),
            0 | 1 => {
                if !(5..=CHUNK as usize * 2).contains(&length) {
                    return Err(Fault::damaged(CodecKind::Snappy));
                }
                if self.held < 8 {
                    return Ok(());
                }
                self.stated = u32::from_le_bytes([self.head[4], self.head[5], self.head[6], self.head[7]]);
                self.sum = Crc(0);
                self.block.begin(CHUNK);
                if self.head[0] == 0 { Chunk::Compressed(length - 4) } else { Chunk::Stored(length - 4) }
            }
            0x80..=0xfe if length == 0 => Chunk::Head,
            0x80..=0xfe => Chunk::Skip(length),
            _ => return Err(Fault::damaged(CodecKind::Snappy)),
        };
        (self.chunk, self.held) = (chunk, 0);
        Ok(())
    }
    /// A chunk is complete.
    fn check(&mut self) -> Result<(), Fault> {
        self.chunk = Chunk::Head;
        match self.sum.masked() == self.stated {
            true => Ok(()),
            false => Err(Fault::checksum(CodecKind::Snappy)),
        }
    }
}

impl Codec for Framed {
    fn decode(&mut self, mut input: &[u8], end: bool, out: &mut Vec<u8>) -> Result<Step, Fault> {
        if let Some(fault) = &self.failed {
            return Err(fault.clone());
        }
        let all = input.len();
        if let Err(fault) = self.advance(&mut input, out) {
            self.failed = Some(fault.clone());
            return Err(fault);
        }
        let whole = self.begun && self.chunk == Chunk::Head && self.held == 0;
        match end && input.is_empty() && !whole {
            true => Err(Fault::truncated(CodecKind::Snappy)),
            false => Ok(Step { taken: all - input.len(), more: !input.is_empty() }),
        }
    }
}

/// Hadoop's codec: blocks, each with the length of its content and then raw blocks with the length of each.
pub(crate) struct Hadoop {
    block: Block,
    /// Content of the outer block to come.
    content: u64,
    /// Bytes of the raw block to come.
    left: u64,
    head: [u8; 4],
    held: usize,
    failed: Option<Fault>,
}

impl Hadoop {
    pub(crate) fn new() -> Hadoop {
        Hadoop { block: Block::default(), content: 0, left: 0, head: [0; 4], held: 0, failed: None }
    }
    fn advance(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
        let damaged = || Fault::damaged(CodecKind::SnappyHadoop);
        while !input.is_empty() && out.len() < PIECE {
            if self.left == 0 {
                (self.head[self.held], self.held) = (input[0], self.held + 1);
                *input = &input[1..];
                if self.held == 4 {
                    let length = u32::from_be_bytes(self.head) as u64;
                    self.held = 0;
                    if self.content == 0 {
                        self.content = length;
                    } else if length == 0 {
                        return Err(damaged());
                    } else {
                        self.left = length;
                        self.block.begin(self.content);
                    }
                }
                continue;
            }
            let most = self.left.min(input.len() as u64) as usize;
            let decoded = self.block.decode(&input[..most]);
            self.block.give(out);
            let taken = decoded.map_err(|bad| fault(bad, CodecKind::SnappyHadoop))?;
            *input = &input[taken..];
            self.left -= taken as u64;
            match (self.block.is_complete(), self.left == 0) {
                (true, true) => self.content -= self.block.stated.0,
                (false, false) => {}
                _ => return Err(damaged()),
            }
        }
        Ok(())
    }
}

impl Codec for Hadoop {
    fn decode(&mut self, mut input: &[u8], end: bool, out: &mut Vec<u8>) -> Result<Step, Fault> {
        if let Some(fault) = &self.failed {
            return Err(fault.clone());
        }
        let all = input.len();
        if let Err(fault) = self.advance(&mut input, out) {
            self.failed = Some(fault.clone());
            return Err(fault);
        }
        let whole = self.content == 0 && self.left == 0 && self.held == 0;
        match end && input.is_empty() && !whole {
            true => Err(Fault::truncated(CodecKind::SnappyHadoop)),
            false => Ok(Step { taken: all - input.len(), more: !input.is_empty() }),
        }
    }
}

/// CRC-32C, as the framing format uses it.
struct Crc(u32);

/// The polynomial's remainders of all bytes, for each of 8 places.
static TABLES: [[u32; 256]; 8] = {
    let mut tables = [[0u32; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut value = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { value >> 1 ^ 0x82f6_3b78 } else { value >> 1 };
            bit += 1;
        }
        tables[0][byte] = value;
        byte += 1;
    }
    let mut place = 1;
    while place < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[place - 1][byte];
            tables[place][byte] = before >> 8 ^ tables[0][(before & 0xff) as usize];
            byte += 1;
        }
        place += 1;
    }
    tables
};

impl Crc {
    fn update(&mut self, bytes: &[u8]) {
        let mut sum = !self.0;
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            let value = u64::from_le_bytes(*eight) ^ sum as u64;
            sum = (0..8).fold(0, |sum, i| sum ^ TABLES[7 - i][(value >> (8 * i)) as usize & 0xff]);
        }
        for byte in rest {
            sum = sum >> 8 ^ TABLES[0][(sum as u8 ^ byte) as usize];
        }
        self.0 = !sum;
    }
    /// The form in which it is stored.
    fn masked(&self) -> u32 {
        self.0.rotate_right(15).wrapping_add(0xa282_ead8)
    }
}
