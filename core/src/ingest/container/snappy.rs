//! What tells Snappy that has no magic number: one raw block as a file, and the blocks of Hadoop's codec.
//!
//! Neither says what it is, so both are recognised only where the head decodes, by the rules of the format
//! (<https://github.com/google/snappy/blob/main/format_description.txt>, read 2026-11-27), to text. What this is not: the
//! decoder. It follows the elements and looks at what they hold; copies only repeat that.

use super::codec::CodecKind;

/// The largest block that Hadoop's codec is set to write in practice; its default is 256 KiB.
const HADOOP_BLOCK: u32 = 64 << 20;

/// How much text of a block that goes on behind the head tells that it is one, or how many elements.
const TEXT: usize = 16;
const ELEMENTS: usize = 32;

/// Which Snappy `head`, the first bytes of a file or all of it, is.
pub(super) fn recognise(head: &[u8]) -> Option<CodecKind> {
    // No text begins so: its first bytes would have to be a length, and what follows control characters.
    if is_raw(head) {
        return Some(CodecKind::SnappyRaw);
    }
    let (content, stored) = (be(head, 0)?, be(head, 4)?);
    let plausible = (1..=HADOOP_BLOCK).contains(&content) && stored <= content + content / 6 + 32;
    (plausible && is_block(&head[8..], Some(stored as usize), content as u64))
        .then_some(CodecKind::SnappyHadoop)
}

/// Whether this is a file of one raw block.
fn is_raw(head: &[u8]) -> bool {
    // A small file of text can be a block by chance.
    !is_text(head) && is_block(head, None, u32::MAX as u64)
}

/// Whether a block begins with `head` that gives at most `most` bytes; `stored` is its length, if that is known.
fn is_block(head: &[u8], stored: Option<usize>, most: u64) -> bool {
    let Some((content, mut at)) = length(head) else { return false };
    let end = stored.unwrap_or(usize::MAX);
    let (mut given, mut seen, mut elements) = (0, 0, 0);
    if content == 0 || content > most {
        return false;
    }
    while let Some(&tag) = head.get(at).filter(|_| at < end) {
        let size = tag as usize >> 2;
        let (length, offset) = match tag & 3 {
            0 => {
                let wide = size.saturating_sub(59);
                let Some(low) = little(head, at + 1, wide) else { break };
                let length = if wide > 0 { low } else { size as u64 } + 1;
                let from = at + 1 + wide;
                let to = (from as u64).saturating_add(length).min(head.len() as u64) as usize;
                if !is_text(&head[from..to]) {
                    return false;
                }
                seen += to - from;
                at = (from as u64).saturating_add(length).min(usize::MAX as u64) as usize;
                (length, 1)
            }
            1 => {
                let Some(low) = little(head, at + 1, 1) else { break };
                at += 2;
                (4 + (size as u64 & 7), low | (size as u64 >> 3) << 8)
            }
            wide => {
                let wide = if wide == 2 { 2 } else { 4 };
                let Some(offset) = little(head, at + 1, wide) else { break };
                at += 1 + wide;
                (size as u64 + 1, offset)
            }
        };
        // The first element is a literal: there is nothing to copy yet.
        if offset == 0 || (tag & 3 != 0 && offset > given) {
            return false;
        }
        given += length;
        elements += 1;
        if given > content {
            return false;
        }
        // Bytes behind a block that is complete are none of a file of one block.
        if given == content {
            return stored.map_or(at == head.len(), |stored| at == stored);
        }
    }
    // The head ends within the block.
    (seen >= TEXT || elements >= ELEMENTS) && at < end
}

/// The length that a block begins with, and where it ends.
fn length(head: &[u8]) -> Option<(u64, usize)> {
    let size = head.iter().take(5).position(|byte| byte & 0x80 == 0)? + 1;
    let value = head[..size].iter().rev().fold(0, |value, byte| value << 7 | (byte & 0x7f) as u64);
    Some((value, size))
}

/// The little-endian number of `width` bytes at `at`.
fn little(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + width)?;
    Some(bytes.iter().rev().fold(0, |value, byte| value << 8 | *byte as u64))
}

fn be(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Whether these bytes, cut anywhere, are text: UTF-8 without control characters but white space.
fn is_text(bytes: &[u8]) -> bool {
    let control = |b: &u8| *b < 0x20 && !b.is_ascii_whitespace() || *b == 0x7f;
    // A piece may begin and end within a character.
    let start = bytes.iter().take(3).position(|b| b & 0xc0 != 0x80).unwrap_or(bytes.len().min(3));
    let whole = match std::str::from_utf8(&bytes[start..]) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    whole && !bytes.iter().any(control)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block by hand: "n=1 word=a\n", then a copy of its first 9 bytes and a literal.
    const BLOCK: &[u8] = b"\x16\x28n=1 word=a\n\x15\x0b\x04b\n";

    #[test]
    fn what_decodes_to_text_is_recognised() {
        assert_eq!(recognise(BLOCK), Some(CodecKind::SnappyRaw));
        let hadoop = [&[0, 0, 0, 0x16, 0, 0, 0, BLOCK.len() as u8], BLOCK].concat();
        assert_eq!(recognise(&hadoop), Some(CodecKind::SnappyHadoop));
        assert_eq!(recognise(&[hadoop.clone(), hadoop].concat()), Some(CodecKind::SnappyHadoop));
        // Long literals, of which the head holds only the beginning.
        let text = "n=7 word=caf\u{e9}\n".repeat(60);
        let long = [&b"\xf0\xff\xff\x01\xf4\xff\xff"[..], &text.as_bytes()[..500]].concat();
        assert_eq!(recognise(&long), Some(CodecKind::SnappyRaw));
    }

    #[test]
    fn what_does_not_is_not() {
        for other in [
            &b"n=1 word=a\nn=2 word=b\n"[..],
            // A block of text that is a text itself.
            b"\t 123456789",
            b"\n$0123456789",
            b"{\"Records\":[{\"n\":1}]}",
            b"",
            b"\x16",
            &BLOCK[..1],
            // Bytes behind it, an offset before the beginning, of zero, and too long an element.
            &[BLOCK, b"\0"].concat(),
            b"\x16\x28n=1 word=a\n\x15\x0c\x04b\n",
            b"\x16\x28n=1 word=a\n\x15\x00\x04b\n",
            b"\x12\x28n=1 word=a\n\x15\x0b\x04b\n",
            b"\xff\xd8\xff\xe0\0\x10JFIF",
            b"\x80\x80\x80\x80\x80\x01\x28n=1 word=a\n",
            // Literals that are no text.
            b"\x16\x28n=1\0word=a\n\x15\x0b\x04b\n",
            &[0; 512],
            &[0xff; 512],
            b"\0\0\0\x16\0\0\0\x09\x16\x28n=1 word=a\n",
        ] {
            assert_eq!(recognise(other), None, "{other:?}");
        }
    }
}
