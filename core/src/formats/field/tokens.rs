//! Where the tokens of a record begin and end. Positions only: what a token means is the layout's.

use memchr::{memchr, memchr2};

/// The tokens of one record, kept from record to record so that nothing is allocated.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    spans: Vec<(u32, u32)>,
}

impl Tokens {
    /// How many tokens there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.spans.len()
    }
    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }
    /// Forgets all tokens, for a cut of a format's own.
    #[inline]
    pub fn clear(&mut self) {
        self.spans.clear();
    }
    /// Adds the token that stands there in the record.
    #[inline]
    pub fn push(&mut self, at: std::ops::Range<usize>) {
        self.spans.push((at.start as u32, at.end as u32));
    }
    /// Forgets all tokens but the first `count`.
    pub fn truncate(&mut self, count: usize) {
        self.spans.truncate(count);
    }
    /// Token `i` of `record`, the record that was split last, and where it begins.
    #[inline]
    pub fn get<'a>(&self, record: &'a [u8], i: usize) -> Option<(usize, &'a [u8])> {
        let &(start, end) = self.spans.get(i)?;
        Some((start as usize, record.get(start as usize..end as usize)?))
    }
    /// Splits at every `separator`, into at most `most` tokens; what follows them is left alone.
    ///
    /// ```text
    /// record = token *( separator token )
    /// token  = *( any but separator )
    /// ```
    ///
    /// A block at a time: tokens are so short that a search from each to the next costs more than one pass, and so
    /// uneven that only few decisions may depend on where they end.
    pub fn split(&mut self, record: &[u8], separator: u8, most: usize) {
        self.spans.clear();
        let record = &record[..record.len().min(u32::MAX as usize)];
        let mut start = 0;
        let (blocks, tail) = record.as_chunks::<BLOCK>();
        for (b, block) in blocks.iter().enumerate() {
            self.cut(&mut start, b * BLOCK, places(block, separator));
            if self.spans.len() >= most {
                self.spans.truncate(most);
                return;
            }
        }
        if !tail.is_empty() {
            let hits = match record.last_chunk() {
                // The last block begins within the one before it.
                Some(last) => places(last, separator) >> (BLOCK - tail.len()),
                None => {
                    let mut block = [0; BLOCK];
                    block[..tail.len()].copy_from_slice(tail);
                    places(&block, separator) & !(u64::MAX << tail.len())
                }
            };
            self.cut(&mut start, blocks.len() * BLOCK, hits);
        }
        self.spans.push((start, record.len() as u32));
        self.spans.truncate(most);
    }
    /// Ends a token at each bit of `hits`, which count from `base`.
    #[inline]
    fn cut(&mut self, start: &mut u32, base: usize, mut hits: u64) {
        while hits != 0 {
            let at = base as u32 + hits.trailing_zeros();
            self.spans.push((*start, at));
            *start = at + 1;
            hits &= hits - 1;
        }
    }
    /// Splits at spaces outside quotes, into at most `most` tokens; a quoted token is what stands between its quotes.
    /// Returns where a quote was opened and never closed.
    ///
    /// ```text
    /// record = [ token *( SP token ) [ SP ] ]
    /// token  = quoted / plain
    /// quoted = DQUOTE *( "\" any / any ) DQUOTE              ; to the first that has SP or the end behind it
    /// plain  = *( any but SP )                               ; and not begun by DQUOTE
    /// ```
    pub fn split_quoted(&mut self, record: &[u8], most: usize) -> Option<usize> {
        self.spans.clear();
        let record = &record[..record.len().min(u32::MAX as usize)];
        let mut at = 0;
        while at < record.len() && self.spans.len() < most {
            if record[at] == b'"' {
                let Some(close) = closing_quote(record, at + 1) else { return Some(at) };
                self.spans.push((at as u32 + 1, close as u32));
                at = close + 2;
            } else {
                let end = memchr(b' ', &record[at..]).map_or(record.len(), |s| at + s);
                self.spans.push((at as u32, end as u32));
                at = end + 1;
            }
        }
        None
    }
}

/// As many bytes as a word has bits.
const BLOCK: usize = 64;

/// Where `byte` stands in the block: bit `i` is byte `i`.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline]
fn places(block: &[u8; BLOCK], byte: u8) -> u64 {
    use std::arch::wasm32::{i8x16_bitmask, i8x16_eq, u8x16_splat, u64x2};
    let wanted = u8x16_splat(byte);
    let words = block.as_chunks::<8>().0.as_chunks::<2>().0;
    words.iter().enumerate().fold(0, |bits, (i, [low, high])| {
        let bytes = u64x2(u64::from_le_bytes(*low), u64::from_le_bytes(*high));
        bits | (i8x16_bitmask(i8x16_eq(bytes, wanted)) as u64) << (i * 16)
    })
}

/// Where `byte` stands in the block: bit `i` is byte `i`.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline]
fn places(block: &[u8; BLOCK], byte: u8) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let wanted = ONES * byte as u64;
    block.as_chunks::<8>().0.iter().enumerate().fold(0, |bits, (i, word)| {
        let x = u64::from_le_bytes(*word) ^ wanted;
        // The high bit of each byte that equals the one wanted, exactly; then these bits side by side.
        let hits = !(((x & LOW) + LOW) | x | LOW);
        bits | ((hits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (i * 8)
    })
}

fn closing_quote(record: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let at = from + memchr2(b'"', b'\\', record.get(from..)?)?;
        if record[at] == b'\\' {
            from = at + 2;
        } else if matches!(record.get(at + 1), None | Some(b' ')) {
            return Some(at);
        } else {
            from = at + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all<'a>(tokens: &Tokens, record: &'a str) -> Vec<&'a str> {
        (0..tokens.len())
            .map(|i| std::str::from_utf8(tokens.get(record.as_bytes(), i).unwrap().1).unwrap())
            .collect()
    }

    #[test]
    fn splitting_agrees_with_the_plain_way() {
        let mut tokens = Tokens::default();
        let long: Vec<String> = (0..200).map(|n| "ab  c".repeat(40)[..n].to_owned()).collect();
        let short = ["", " ", "a", "a b", "  a  ", "eight888 x", "a!b\u{a0}c d \u{120} e"];
        for record in short.into_iter().chain(long.iter().map(String::as_str)) {
            tokens.split(record.as_bytes(), b' ', usize::MAX);
            let plain: Vec<&str> = record.split(' ').collect();
            assert_eq!(all(&tokens, record), plain, "{record:?}");
            tokens.split(record.as_bytes(), b' ', 3);
            assert_eq!(all(&tokens, record), &plain[..plain.len().min(3)], "{record:?}");
        }
    }

    #[test]
    fn quotes_hold_spaces_and_escapes() {
        let mut tokens = Tokens::default();
        let record = r#"a "b c" "d\"e \\" "" "\x22" f"glued "g"h" i"#;
        assert_eq!(tokens.split_quoted(record.as_bytes(), 99), None);
        assert_eq!(all(&tokens, record), ["a", "b c", r#"d\"e \\"#, "", r"\x22", "f\"glued", "g\"h", "i"]);
        for record in [r#"a "b"#, r#"a "b\"#, r#"a "b\""#] {
            assert_eq!(tokens.split_quoted(record.as_bytes(), 99), Some(2), "{record}");
        }
        assert_eq!(tokens.split_quoted(br#"a b "never read"#, 2), None);
        assert_eq!(tokens.len(), 2);
    }
}
