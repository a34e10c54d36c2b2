//! Text of base64 and what it holds: CloudWatch's compressed payloads, as Lambda, Firehose and Kinesis hand them on.

use flate2::{Decompress, FlushDecompress, Status};

/// How gzip begins in base64: its magic and method.
pub(crate) const GZIP: &[u8] = b"H4sI";

/// The base64 text of gzip in `value`, which is that text or an object that holds it as a string.
pub(crate) fn find(value: &[u8]) -> Option<&[u8]> {
    let start = if value.starts_with(GZIP) { 0 } else { memchr::memmem::find(value, b"\"H4sI")? + 1 };
    let text = &value[start..];
    Some(&text[..memchr::memchr(b'"', text).unwrap_or(text.len())])
}

/// What a payload holds, of at most `limit` bytes; otherwise what was expected of it.
pub(crate) fn open(text: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut decoder = Base64::default();
    decoder.push(text, &mut bytes).map_err(|()| "base64 text of gzip data".to_owned())?;
    inflate(&bytes, limit)
}

/// What gzip data holds, of at most `limit` bytes, all members of it; otherwise what was expected of it.
pub(crate) fn inflate(bytes: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    /// The checksum and the length behind a member.
    const TRAILER: usize = 8;
    let mut content = Vec::with_capacity(bytes.len().saturating_mul(4).min(limit));
    let mut rest = bytes;
    loop {
        let body = behind_header(rest).ok_or("gzip data with a header")?;
        let mut inflate = Decompress::new(false);
        loop {
            let read = body.get(inflate.total_in() as usize..).unwrap_or_default();
            let before = inflate.total_out();
            match inflate.decompress_vec(read, &mut content, FlushDecompress::None) {
                Ok(Status::StreamEnd) => break,
                Ok(_) if content.len() >= limit => return Err(format!("a payload of at most {limit} bytes")),
                Ok(_) if content.len() < content.capacity() && inflate.total_out() == before => {
                    return Err("a complete gzip payload".to_owned());
                }
                Ok(_) => {
                    if content.len() == content.capacity() {
                        content.reserve(content.len().clamp(1 << 12, 1 << 20));
                    }
                }
                Err(_) => return Err("an undamaged gzip payload".to_owned()),
            }
        }
        rest = body.get(inflate.total_in() as usize + TRAILER..).unwrap_or_default();
        if !rest.starts_with(b"\x1f\x8b") {
            return Ok(content);
        }
    }
}

/// What stands behind the header of a gzip member (RFC 1952).
fn behind_header(bytes: &[u8]) -> Option<&[u8]> {
    const CHECKED: u8 = 2;
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    let flags = *bytes.strip_prefix(b"\x1f\x8b\x08")?.first()?;
    let mut rest = bytes.get(10..)?;
    if flags & EXTRA != 0 {
        let length = u16::from_le_bytes([*rest.first()?, *rest.get(1)?]);
        rest = rest.get(2 + length as usize..)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            rest = rest.get(memchr::memchr(0, rest)? + 1..)?;
        }
    }
    if flags & CHECKED != 0 { rest.get(2..) } else { Some(rest) }
}

/// Base64 text to bytes, resumable anywhere. White space is skipped; padding ends a group, and another may follow.
///
/// Written here because libraries pull, or want whole groups and one alphabet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Base64 {
    bits: u32,
    count: u8,
}

impl Base64 {
    /// Decodes `text` to the end of `out`; fails at the first character that is not of base64.
    pub(crate) fn push(&mut self, text: &[u8], out: &mut Vec<u8>) -> Result<(), ()> {
        for &byte in text {
            let value = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                b'=' => {
                    self.end(out);
                    continue;
                }
                _ if byte.is_ascii_whitespace() => continue,
                _ => return Err(()),
            };
            self.bits = self.bits << 6 | value as u32;
            self.count += 1;
            if self.count == 4 {
                out.extend_from_slice(&self.bits.to_be_bytes()[1..]);
                *self = Base64::default();
            }
        }
        Ok(())
    }
    /// The text ends, or a group does.
    pub(crate) fn end(&mut self, out: &mut Vec<u8>) {
        match self.count {
            2 => out.push((self.bits >> 4) as u8),
            3 => out.extend_from_slice(&((self.bits >> 2) as u16).to_be_bytes()),
            _ => {}
        }
        *self = Base64::default();
    }
}
