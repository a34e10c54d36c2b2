//! The bytes of a chunk's texts that do not repeat, made smaller where that pays: most of them (URLs, request lines,
//! ids) are loaded, kept and never asked for. Text is compressed; ids of one length, whose digits are random, are written
//! in as few bits as the characters that stand at each place need (`positional`).

use std::{ops::Deref, sync::OnceLock};

use super::positional::PositionalTexts;

/// Text is made smaller from this many bytes on.
const FEW: usize = 16 << 10;
/// How much of it is tried first.
const TRIAL: usize = 8 << 10;

/// Bytes that are kept small until they are first read, and plain from then until [`close`](Self::close).
#[derive(Clone, Debug)]
pub struct Bytes {
    small: Option<Small>,
    len: usize,
    open: OnceLock<Box<[u8]>>,
}

#[derive(Clone, Debug)]
enum Small {
    Compressed(Box<[u8]>),
    Positional(Box<PositionalTexts>),
}

impl Bytes {
    /// Keeps `bytes`; `length` is that of each of the texts, if all have the same. They are compressed if that saves
    /// at least two fifths.
    pub(crate) fn new(bytes: &[u8], length: Option<usize>) -> Bytes {
        let pays = |packed: usize, plain: usize| packed * 5 <= plain * 3;
        let trial = || lz4_flex::block::compress(&bytes[..TRIAL]).len();
        let kept = |small| Bytes { small: Some(small), len: bytes.len(), open: OnceLock::new() };
        if bytes.len() >= FEW {
            if pays(trial(), TRIAL) {
                let packed = lz4_flex::block::compress(bytes);
                if pays(packed.len(), bytes.len()) {
                    return kept(Small::Compressed(packed.into()));
                }
            }
            if let Some(texts) = length.and_then(|length| PositionalTexts::new(bytes, length)) {
                return kept(Small::Positional(Box::new(texts)));
            }
        }
        Bytes { small: None, len: bytes.len(), open: OnceLock::from(Box::from(bytes)) }
    }
    /// Forgets the plain form where there is a smaller one.
    pub(crate) fn close(&mut self) {
        if self.small.is_some() {
            self.open = OnceLock::new();
        }
    }
    /// Heap bytes held.
    pub fn heap(&self) -> usize {
        let small = match &self.small {
            None => 0,
            Some(Small::Compressed(packed)) => packed.len(),
            Some(Small::Positional(texts)) => texts.bytes(),
        };
        small + self.open.get().map_or(0, |b| b.len())
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.open.get_or_init(|| match &self.small {
            // What we compressed ourselves always decompresses; should it not, texts read as missing.
            Some(Small::Compressed(packed)) => {
                lz4_flex::block::decompress(packed, self.len).unwrap_or_default().into()
            }
            Some(Small::Positional(texts)) => texts.unpack().into(),
            None => Box::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_sample::rng::Rng;

    #[test]
    fn what_repeats_is_compressed_and_reads_back() {
        let urls: Vec<u8> = (0..2000)
            .flat_map(|i| format!("https://shop.example.com:443/api/items/{i}?full=1").into_bytes())
            .collect();
        let mut rng = Rng::new(1);
        let noise: Vec<u8> = (0..urls.len()).map(|_| rng.next_u64() as u8).collect();
        for (plain, shrinks) in
            [(&urls, true), (&noise, false), (&urls[..100].to_vec(), false), (&Vec::new(), false)]
        {
            let mut bytes = Bytes::new(plain, None);
            let closed = bytes.heap();
            assert_eq!(closed < plain.len(), shrinks);
            assert_eq!(&*bytes, plain.as_slice());
            assert_eq!(bytes.heap() > closed, shrinks);
            bytes.close();
            assert_eq!(bytes.heap(), closed);
            assert_eq!(&*bytes, plain.as_slice());
        }
    }

    #[test]
    fn ids_of_one_length_shrink_and_read_back() {
        let ids: Vec<u8> = (0..2000u64)
            .flat_map(|i| format!("Root=1-{:08x}", i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32).into_bytes())
            .collect();
        let mut bytes = Bytes::new(&ids, Some(15));
        let closed = bytes.heap();
        assert!(closed < ids.len() / 2, "{closed} of {}", ids.len());
        assert_eq!(&*bytes, ids.as_slice());
        bytes.close();
        assert_eq!(bytes.heap(), closed);
    }
}
