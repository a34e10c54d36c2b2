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
    /// Token `i` of `record`, the record that was split last, and where it begins.
    #[inline]
    pub fn get<'a>(&self, record: &'a [u8], i: usize) -> Option<(usize, &'a [u8])> {
        let &(start, end) = self.spans.get(i)?;
        Some((start as usize, record.get(start as usize..end as usize)?))
    }
    /// Splits at every `separator`, into at most `most` tokens; what follows them is left alone.
    ///
    /// Eight bytes at a time: tokens are so short that a search from each to the next costs more than one pass.
    pub fn split(&mut self, record: &[u8], separator: u8, most: usize) {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
        self.spans.clear();
        let record = &record[..record.len().min(u32::MAX as usize)];
        let wanted = ONES * separator as u64;
        let mut start = 0u32;
        let (words, tail) = record.as_chunks::<8>();
        for (w, word) in words.iter().enumerate() {
            let x = u64::from_le_bytes(*word) ^ wanted;
            // The high bit of each byte that equals the separator, exactly.
            let mut hits = !(((x & LOW) + LOW) | x | LOW);
            while hits != 0 {
                let at = (w * 8) as u32 + hits.trailing_zeros() / 8;
                self.spans.push((start, at));
                start = at + 1;
                hits &= hits - 1;
            }
            if self.spans.len() >= most {
                self.spans.truncate(most);
                return;
            }
        }
        for (i, b) in tail.iter().enumerate() {
            if *b == separator {
                let at = (words.len() * 8 + i) as u32;
                self.spans.push((start, at));
                start = at + 1;
            }
        }
        self.spans.push((start, record.len() as u32));
        self.spans.truncate(most);
    }
    /// Splits at spaces outside quotes, into at most `most` tokens. A token that begins with a quote ends at the
    /// next quote that is not escaped by a backslash and has a space or nothing after it; the token is what stands
    /// between them. Returns where a quote was opened and never closed.
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
        for record in
            ["", " ", "a", "a b", "  a  ", "eight888 x", "a!b\u{a0}c d \u{120} e", &"xy ".repeat(40)]
        {
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
