//! The bytes of a chunk's texts that do not repeat, compressed where that pays: most of them (URLs, request lines) are
//! loaded, kept and never asked for.

use std::{ops::Deref, sync::OnceLock};

/// Text is compressed from this many bytes on.
const FEW: usize = 16 << 10;
/// How much of it is tried first.
const TRIAL: usize = 8 << 10;

/// Bytes that are kept compressed until they are first read, and plain from then until [`close`](Self::close).
#[derive(Clone, Debug)]
pub struct Bytes {
    /// Empty where compression did not pay.
    packed: Box<[u8]>,
    len: usize,
    open: OnceLock<Box<[u8]>>,
}

impl Bytes {
    /// Keeps `bytes`, compressed if that saves at least two fifths: ids of random digits stay as they are.
    pub(crate) fn new(bytes: &[u8]) -> Bytes {
        let pays = |packed: usize, plain: usize| packed * 5 <= plain * 3;
        let trial = || lz4_flex::block::compress(&bytes[..TRIAL]).len();
        if bytes.len() >= FEW && pays(trial(), TRIAL) {
            let packed = lz4_flex::block::compress(bytes);
            if pays(packed.len(), bytes.len()) {
                return Bytes { packed: packed.into(), len: bytes.len(), open: OnceLock::new() };
            }
        }
        Bytes { packed: Box::default(), len: bytes.len(), open: OnceLock::from(Box::from(bytes)) }
    }
    /// Forgets the plain form where there is a compressed one.
    pub(crate) fn close(&mut self) {
        if !self.packed.is_empty() {
            self.open = OnceLock::new();
        }
    }
    /// Heap bytes held.
    pub fn heap(&self) -> usize {
        self.packed.len() + self.open.get().map_or(0, |b| b.len())
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // What we compressed ourselves always decompresses; should it not, texts read as missing.
        self.open
            .get_or_init(|| lz4_flex::block::decompress(&self.packed, self.len).unwrap_or_default().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_is_compressed_and_reads_back() {
        let urls: Vec<u8> = (0..2000)
            .flat_map(|i| format!("https://shop.example.com:443/api/items/{i}?full=1").into_bytes())
            .collect();
        let mut state = 1u64;
        let noise: Vec<u8> = (0..urls.len())
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 56) as u8
            })
            .collect();
        for (plain, shrinks) in
            [(&urls, true), (&noise, false), (&urls[..100].to_vec(), false), (&Vec::new(), false)]
        {
            let mut bytes = Bytes::new(plain);
            let closed = bytes.heap();
            assert_eq!(closed < plain.len(), shrinks);
            assert_eq!(&*bytes, plain.as_slice());
            assert_eq!(bytes.heap() > closed, shrinks);
            bytes.close();
            assert_eq!(bytes.heap(), closed);
            assert_eq!(&*bytes, plain.as_slice());
        }
    }
}
