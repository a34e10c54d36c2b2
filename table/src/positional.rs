//! Texts of one length, in as few bits per character as the characters that stand at its place need: of
//! `Root=1-67891233-abcdef012345678912345678` the hexadecimal digits take four, what never changes takes none.
//!
//! For ids that no compressor makes smaller. What it is not: a way to read one text without unpacking all of them.

/// Texts longer than this are no ids.
const LONGEST: usize = 128;
/// How many texts are looked at first: nearly always, they have all the characters that any has.
const FIRST: usize = 512;
/// A place at which more characters stand gains nothing.
const MOST: usize = 128;
/// The code of a character that does not stand at its place.
const NONE: u8 = u8::MAX;

/// Packed texts.
#[derive(Clone, Debug)]
pub(crate) struct PositionalTexts {
    alphabets: Box<[Alphabet]>,
    words: Box<[u32]>,
    texts: usize,
}

/// The alphabet of one place: the characters that stand there. The code of each is its index here.
#[derive(Clone, Debug)]
struct Alphabet {
    characters: Box<[u8]>,
    bits: u32,
}

impl PositionalTexts {
    /// Packs `bytes`, texts of `length` bytes each, if that saves at least a fifth.
    pub(crate) fn new(bytes: &[u8], length: usize) -> Option<PositionalTexts> {
        if length == 0 || length > LONGEST || !bytes.len().is_multiple_of(length) {
            return None;
        }
        let first = &bytes[..bytes.len().min(FIRST * length)];
        Self::with_characters_of(first, bytes, length)
            .or_else(|| Self::with_characters_of(bytes, bytes, length))
    }
    /// The same with the characters of `known`; `None` if it does not pay or `bytes` have others.
    fn with_characters_of(known: &[u8], bytes: &[u8], length: usize) -> Option<PositionalTexts> {
        let mut codes = vec![[NONE; 256]; length];
        let mut places = vec![Vec::new(); length];
        for text in known.chunks_exact(length) {
            for ((codes, characters), &byte) in codes.iter_mut().zip(&mut places).zip(text) {
                let code = &mut codes[byte as usize];
                if *code == NONE {
                    if characters.len() == MOST {
                        return None;
                    }
                    *code = characters.len() as u8;
                    characters.push(byte);
                }
            }
        }
        let alphabet = |characters: Vec<u8>| {
            let bits = usize::BITS - (characters.len() - 1).leading_zeros();
            Alphabet { characters: characters.into(), bits }
        };
        let alphabets: Box<[Alphabet]> = places.into_iter().map(alphabet).collect();
        let total: u32 = alphabets.iter().map(|a| a.bits).sum();
        if total as usize * 5 > length * 8 * 4 {
            return None;
        }
        let texts = bytes.len() / length;
        let mut words = Vec::with_capacity(texts * total as usize / 32 + 1);
        let (mut word, mut filled) = (0u64, 0);
        for text in bytes.chunks_exact(length) {
            for ((codes, alphabet), &byte) in codes.iter().zip(&alphabets).zip(text) {
                let code = codes[byte as usize];
                if code == NONE {
                    return None;
                }
                word |= (code as u64) << filled;
                filled += alphabet.bits;
                if filled >= 32 {
                    words.push(word as u32);
                    word >>= 32;
                    filled -= 32;
                }
            }
        }
        words.push(word as u32);
        Some(PositionalTexts { alphabets, words: words.into(), texts })
    }
    /// The texts as they were.
    pub(crate) fn unpack(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.texts * self.alphabets.len());
        let mut words = self.words.iter();
        let (mut word, mut filled) = (0u64, 0);
        for _ in 0..self.texts {
            for alphabet in &self.alphabets {
                if filled < alphabet.bits {
                    word |= (words.next().copied().unwrap_or(0) as u64) << filled;
                    filled += 32;
                }
                let code = word & ((1 << alphabet.bits) - 1);
                word >>= alphabet.bits;
                filled -= alphabet.bits;
                out.push(alphabet.characters.get(code as usize).copied().unwrap_or(0));
            }
        }
        out
    }
    /// Heap bytes held.
    pub(crate) fn bytes(&self) -> usize {
        let alphabets: usize =
            self.alphabets.iter().map(|a| a.characters.len() + size_of::<Alphabet>()).sum();
        self.words.len() * 4 + alphabets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_sample::rng::mix;

    #[track_caller]
    fn check(texts: &[String], length: usize, packs: bool) {
        let bytes = texts.concat().into_bytes();
        let places = PositionalTexts::new(&bytes, length);
        assert_eq!(places.is_some(), packs);
        if let Some(places) = places {
            assert_eq!(places.unpack(), bytes);
            assert!(places.bytes() < bytes.len());
        }
    }

    #[test]
    fn what_is_packed_reads_back() {
        let hex: Vec<String> = (0..3000).map(|i| format!("TID_{:012x}", mix(i) & 0xffff_ffff_ffff)).collect();
        check(&hex, 16, true);
        // A character that the first texts do not have.
        let late: Vec<String> = hex.iter().cloned().chain(["TID_xyzxyzxyzxyz".to_owned()]).collect();
        check(&late, 16, true);
        check(&vec!["always the same".to_owned(); 100], 15, true);
        check(&hex, 0, false);
        check(&hex, 7, false);
        check(&hex, 4000, false);
        let noise: Vec<String> =
            (0..3000).map(|i| (0..4).map(|k| ((mix(i) >> (8 * k)) as u8 & 0x7f) as char).collect()).collect();
        check(&noise, 4, false);
    }
}
