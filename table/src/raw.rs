//! The raw text of a chunk's records: LZ4 blocks of about 64 KiB, and each record's length.
//!
//! A record never straddles blocks, so that one on screen costs one block. LZ4 because it is decompressed
//! faster than it is read from memory for most queries, and its code is small.

use std::fmt;

use lz4_flex::block::{CompressTable, compress_into_with_table, get_maximum_output_size};

use super::packed::Packed;

/// Text is gathered to this size before it is compressed.
const BLOCK: usize = 64 << 10;

/// One compressed run of records.
#[derive(Clone, Debug)]
struct Block {
    first_row: u32,
    /// Uncompressed size.
    size: u32,
    bytes: Box<[u8]>,
    /// The text did not shrink and is stored as it was.
    stored: bool,
}

/// The raw records of one sealed chunk.
#[derive(Clone, Debug, Default)]
pub struct Raw {
    blocks: Vec<Block>,
    lengths: Option<Packed>,
}

impl Raw {
    /// Appends record `row` to `out`; appends nothing for a row past the end.
    pub fn read(&self, row: usize, out: &mut Vec<u8>) {
        let Some(lengths) = &self.lengths else { return };
        if row >= lengths.len() {
            return;
        }
        let b = self.blocks.partition_point(|b| b.first_row as usize <= row).saturating_sub(1);
        let Some(block) = self.blocks.get(b) else { return };
        let start: usize = (block.first_row as usize..row).map(|r| lengths.get(r) as usize).sum();
        let text = block.text();
        out.extend_from_slice(text.get(start..start + lengths.get(row) as usize).unwrap_or_default());
    }
    /// Calls `f(row, record)` for the rows for which `want` says yes, decompressing only blocks that hold one.
    pub fn for_each(&self, mut want: impl FnMut(usize) -> bool, mut f: impl FnMut(usize, &[u8])) {
        let Some(lengths) = &self.lengths else { return };
        for (b, block) in self.blocks.iter().enumerate() {
            let first = block.first_row as usize;
            let end = self.blocks.get(b + 1).map_or(lengths.len(), |next| next.first_row as usize);
            let mut text = None;
            let mut start = 0;
            for row in first..end {
                let length = lengths.get(row) as usize;
                if want(row) {
                    let text = text.get_or_insert_with(|| block.text());
                    f(row, text.get(start..start + length).unwrap_or_default());
                }
                start += length;
            }
        }
    }
    /// Calls `f(first_row, lengths, text)` for each block: all its records in one run of text.
    pub fn for_each_block(&self, f: impl FnMut(usize, &[usize], &[u8])) {
        self.for_each_wanted_block(|_, _| true, f);
    }
    /// The same for blocks of rows `first..end` for which `want(first, end)` says yes; others are not decompressed.
    pub fn for_each_wanted_block(
        &self,
        mut want: impl FnMut(usize, usize) -> bool,
        mut f: impl FnMut(usize, &[usize], &[u8]),
    ) {
        let Some(lengths) = &self.lengths else { return };
        for (b, block) in self.blocks.iter().enumerate() {
            let first = block.first_row as usize;
            let end = self.blocks.get(b + 1).map_or(lengths.len(), |next| next.first_row as usize);
            if want(first, end) {
                let sizes: Vec<usize> = (first..end).map(|r| lengths.get(r) as usize).collect();
                f(first, &sizes, &block.text());
            }
        }
    }
    /// How many records there are.
    pub fn len(&self) -> usize {
        self.lengths.as_ref().map_or(0, Packed::len)
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        self.blocks.iter().map(|b| b.bytes.len() + size_of::<Block>()).sum::<usize>()
            + self.lengths.as_ref().map_or(0, Packed::bytes)
    }
    /// Uncompressed bytes.
    pub fn text_bytes(&self) -> usize {
        self.blocks.iter().map(|b| b.size as usize).sum()
    }
}

impl Block {
    fn text(&self) -> Vec<u8> {
        if self.stored {
            return self.bytes.to_vec();
        }
        // What we compressed ourselves always decompresses; an empty text would show as a missing message.
        lz4_flex::block::decompress(&self.bytes, self.size as usize).unwrap_or_default()
    }
}

/// Gathers records into [`Raw`].
#[derive(Debug, Default)]
pub(crate) struct RawWriter {
    open: Vec<u8>,
    open_row: usize,
    lengths: Vec<i64>,
    blocks: Vec<Block>,
    compressor: Compressor,
}

/// Compresses blocks, with the same memory for each.
struct Compressor {
    table: CompressTable,
    out: Vec<u8>,
}

impl Compressor {
    /// The block compressed; `None` if it does not shrink.
    fn compress(&mut self, block: &[u8]) -> Option<Box<[u8]>> {
        let most = get_maximum_output_size(block.len());
        if self.out.len() < most {
            self.out.resize(most, 0);
        }
        let len = compress_into_with_table(block, &mut self.out, &mut self.table).ok()?;
        let packed = self.out.get(..len).filter(|_| len < block.len()).map(Box::from);
        // One huge record does not keep its memory.
        if most > 2 * get_maximum_output_size(BLOCK) {
            self.out = Vec::new();
        }
        packed
    }
}

impl Default for Compressor {
    fn default() -> Compressor {
        // The large table, though blocks would fit the small one: on 64-bit targets its hashes are of five bytes, not
        // of four, and make it faster by a tenth to a third on logs, with less left over.
        Compressor { table: CompressTable::large(), out: Vec::new() }
    }
}

impl fmt::Debug for Compressor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compressor").finish_non_exhaustive()
    }
}

impl RawWriter {
    #[inline]
    pub(crate) fn push(&mut self, record: &[u8]) {
        if !self.open.is_empty() && self.open.len() + record.len() > BLOCK {
            self.flush();
        }
        self.open.extend_from_slice(record);
        self.lengths.push(record.len() as i64);
    }
    /// Uncompressed bytes of the open chunk.
    pub(crate) fn bytes(&self) -> usize {
        self.open.len() + self.blocks.iter().map(|b| b.size as usize).sum::<usize>()
    }
    fn flush(&mut self) {
        let packed = self.compressor.compress(&self.open);
        self.blocks.push(Block {
            first_row: self.open_row as u32,
            size: self.open.len() as u32,
            stored: packed.is_none(),
            bytes: packed.unwrap_or_else(|| self.open.as_slice().into()),
        });
        self.open.clear();
        self.open_row = self.lengths.len();
    }
    pub(crate) fn seal(&mut self) -> Raw {
        if self.lengths.len() > self.open_row {
            self.flush();
        }
        self.open_row = 0;
        let lengths = std::mem::take(&mut self.lengths);
        Raw { blocks: std::mem::take(&mut self.blocks), lengths: Some(Packed::new(&lengths)) }
    }
}
