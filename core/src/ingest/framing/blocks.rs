//! Bit masks of the structural characters of JSON in a block of 64 bytes, as simdjson makes them: bit `i` is byte `i`.
//!
//! Two implementations with the same result: the SIMD of WebAssembly, and eight bytes at a time in a 64-bit word (SWAR)
//! anywhere else.

/// How many bytes a block has.
pub(crate) const BLOCK: usize = 64;

/// The characters of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    /// `"`
    pub(crate) quotes: u64,
    /// `\`
    pub(crate) slashes: u64,
    /// `{ } [ ]`
    pub(crate) brackets: u64,
    /// Line feeds.
    pub(crate) feeds: u64,
}

/// The masks of a block.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline]
pub(crate) fn masks(block: &[u8; BLOCK]) -> Masks {
    use std::arch::wasm32::{i8x16_bitmask, i8x16_eq, u8x16_splat, u64x2, v128_or};
    let mut masks = Masks::default();
    for (i, part) in block.as_chunks::<16>().0.iter().enumerate() {
        let [low, high] = [0, 8].map(|at| {
            let mut word = [0; 8];
            word.copy_from_slice(&part[at..at + 8]);
            u64::from_le_bytes(word)
        });
        let bytes = u64x2(low, high);
        let is = |byte: u8| i8x16_eq(bytes, u8x16_splat(byte));
        let folded = v128_or(bytes, u8x16_splat(0x20));
        let brackets = v128_or(i8x16_eq(folded, u8x16_splat(b'{')), i8x16_eq(folded, u8x16_splat(b'}')));
        masks.quotes |= (i8x16_bitmask(is(b'"')) as u64) << (i * 16);
        masks.slashes |= (i8x16_bitmask(is(b'\\')) as u64) << (i * 16);
        masks.brackets |= (i8x16_bitmask(brackets) as u64) << (i * 16);
        masks.feeds |= (i8x16_bitmask(is(b'\n')) as u64) << (i * 16);
    }
    masks
}

/// The masks of a block.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
pub(crate) fn masks(block: &[u8; BLOCK]) -> Masks {
    // Word by word the high bit of each byte that is equal goes to bit `word` of that byte: a square of bits that lies
    // on its side and is turned at the end. Bits gathered by multiplication, word by word, took twice as long.
    let [mut quotes, mut slashes, mut brackets, mut feeds] = [0u64; 4];
    for (i, part) in block.as_chunks::<8>().0.iter().enumerate() {
        let word = u64::from_le_bytes(*part);
        let folded = word | 0x2020_2020_2020_2020;
        let shift = 7 - i;
        quotes |= equal(word, b'"') >> shift;
        slashes |= equal(word, b'\\') >> shift;
        brackets |= (equal(folded, b'{') | equal(folded, b'}')) >> shift;
        feeds |= equal(word, b'\n') >> shift;
    }
    Masks { quotes: turn(quotes), slashes: turn(slashes), brackets: turn(brackets), feeds: turn(feeds) }
}

/// The high bit of every byte of `word` that is `byte`; exact, no carries between bytes.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
fn equal(word: u64, byte: u8) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let other = word ^ (byte as u64 * 0x0101_0101_0101_0101);
    !(((other & LOW) + LOW) | other | LOW)
}

/// Bit `8 * i + k` to bit `8 * k + i`.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
fn turn(mut square: u64) -> u64 {
    if square == 0 {
        return 0;
    }
    for (shift, half) in [(7, 0x00aa_00aa_00aa_00aa), (14, 0x0000_cccc_0000_cccc), (28, 0xf0f0_f0f0)] {
        let swap = (square ^ (square >> shift)) & half;
        square ^= swap ^ (swap << shift);
    }
    square
}

/// Of the first `n` bytes, those that a backslash escapes. `carry` says that the byte before the block escapes the
/// first one, and is set for the next block.
#[inline]
pub(crate) fn escaped(slashes: u64, n: usize, carry: &mut bool) -> u64 {
    let mut escaped = *carry as u64;
    if slashes == 0 && escaped == 0 {
        return 0;
    }
    let mut escapers = slashes & !escaped;
    *carry = false;
    while escapers != 0 {
        let at = escapers.trailing_zeros() as usize;
        escapers &= escapers - 1;
        if at + 1 >= n {
            *carry = true;
            break;
        }
        escaped |= 1 << (at + 1);
        escapers &= !(1 << (at + 1));
    }
    escaped
}

/// Bit `i` says whether an odd number of bits up to and including `i` are one.
#[inline]
pub(crate) fn parity(bits: u64) -> u64 {
    let mut sums = bits;
    for shift in [1, 2, 4, 8, 16, 32] {
        sums ^= sums << shift;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_sample::rng::Rng;

    #[test]
    fn masks_are_what_a_loop_over_the_bytes_says() {
        let mut rng = Rng::new(7);
        for _ in 0..2000 {
            let mut block = [0u8; BLOCK];
            for byte in &mut block {
                let any = rng.next_u64() as u8;
                *byte = if any < 160 {
                    b"\"\\{}[]\n\x0b\x5a\x7a\xdb\xfb\x00\x80"[any as usize % 14]
                } else {
                    any
                };
            }
            let bits = |set: &[u8]| {
                block.iter().enumerate().fold(0u64, |m, (i, b)| m | (set.contains(b) as u64) << i)
            };
            let expected = Masks {
                quotes: bits(b"\""),
                slashes: bits(b"\\"),
                brackets: bits(b"{}[]"),
                feeds: bits(b"\n"),
            };
            assert_eq!(masks(&block), expected);
        }
    }

    #[test]
    fn backslashes_escape_across_blocks() {
        let mut carry = false;
        assert_eq!(escaped(0b0111, 64, &mut carry), 0b1010);
        assert!(!carry);
        assert_eq!(escaped(0b1000, 4, &mut carry), 0);
        assert!(carry);
        assert_eq!(escaped(0b0001, 4, &mut carry), 0b0001);
        assert!(!carry);
        assert_eq!(parity(0b100100), 0b011100);
    }
}
