//! The bytes of a file, kept whole: what tells where its columns stand comes last.
//!
//! They lie in blocks, so that keeping them takes no more memory than they have, however they come.

use std::borrow::Cow;

use super::Bad;

const BLOCK: usize = 4 << 20;

/// The most bytes of a file that are kept.
#[cfg(not(target_arch = "wasm32"))]
pub(super) const MOST: usize = 2 << 30;
/// The most bytes of a file that are kept, where all of the memory is 4 GiB.
#[cfg(target_arch = "wasm32")]
pub(super) const MOST: usize = 512 << 20;

#[derive(Default)]
pub(super) struct Store {
    blocks: Vec<Vec<u8>>,
    length: usize,
}

impl Store {
    pub(super) fn len(&self) -> usize {
        self.length
    }
    /// Keeps more bytes, if they are not too many.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Result<(), Bad> {
        if bytes.len() > MOST - self.length {
            let most = MOST >> 20;
            return Err(Bad::Limit(format!(
                "a Parquet file of more than {most} MiB, the most that is kept in memory here"
            )));
        }
        self.length += bytes.len();
        while !bytes.is_empty() {
            match self.blocks.last_mut() {
                Some(block) if block.len() < BLOCK => {
                    let (now, later) = bytes.split_at(bytes.len().min(BLOCK - block.len()));
                    block.extend_from_slice(now);
                    bytes = later;
                }
                // The first grows with a small file; behind it come large ones.
                Some(_) => self.blocks.push(Vec::with_capacity(BLOCK)),
                None => self.blocks.push(Vec::new()),
            }
        }
        Ok(())
    }
    /// The bytes of a range, put together if it crosses blocks; `None` if they are not all there.
    pub(super) fn bytes(&self, at: usize, length: usize) -> Option<Cow<'_, [u8]>> {
        let end = at.checked_add(length).filter(|end| *end <= self.length)?;
        let Some(block) = self.blocks.get(at / BLOCK) else { return Some(Cow::Borrowed(&[])) };
        let from = at % BLOCK;
        if let Some(bytes) = block.get(from..from + length) {
            return Some(Cow::Borrowed(bytes));
        }
        let mut whole = Vec::with_capacity(length);
        for at in at / BLOCK..end.div_ceil(BLOCK) {
            let block = self.blocks.get(at)?;
            let from = if whole.is_empty() { from } else { 0 };
            let taken = (block.len() - from).min(length - whole.len());
            whole.extend_from_slice(&block[from..from + taken]);
        }
        Some(Cow::Owned(whole))
    }
}
