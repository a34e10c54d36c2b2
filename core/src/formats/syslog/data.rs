//! The structured data of RFC 5424: where its parameters begin and end. Not for what they mean: each is a field of its name.

use std::borrow::Cow;

/// The longest name of a parameter that is taken for one.
const LONGEST_NAME: usize = 255;

/// The parameters of structured data, one after the other.
pub(super) struct Params<'a> {
    text: &'a [u8],
    at: usize,
    id: &'a [u8],
}

/// The id, the name and the value of a parameter.
type Param<'a> = (&'a [u8], &'a [u8], &'a [u8]);

impl<'a> Params<'a> {
    /// Those that `text` begins with.
    pub(super) fn of(text: &'a [u8]) -> Params<'a> {
        Params { text, at: 0, id: b"" }
    }
    /// Reads on: the id, the name and the value of the next parameter; `None` behind the last bracket. An error is where it
    /// went wrong.
    pub(super) fn next(&mut self) -> Result<Option<Param<'a>>, usize> {
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            if self.id.is_empty() {
                let Some(inside) = rest.strip_prefix(b"[") else { return Ok(None) };
                let end = inside.iter().position(|b| matches!(b, b' ' | b']')).filter(|end| *end > 0);
                let end = end.ok_or(self.at + 1)?;
                self.id = inside.get(..end).unwrap_or_default();
                self.at += 1 + end;
                continue;
            }
            if rest.first() == Some(&b']') {
                (self.id, self.at) = (b"", self.at + 1);
                continue;
            }
            let blanks = rest.iter().take_while(|b| **b == b' ').count();
            let text = rest.get(blanks..).unwrap_or_default();
            if blanks > 0 && text.first() == Some(&b']') {
                self.at += blanks;
                continue;
            }
            let equals = text
                .iter()
                .take(LONGEST_NAME)
                .position(|b| *b == b'=')
                .filter(|at| *at > 0 && blanks > 0)
                .ok_or(self.at)?;
            let value_at = self.at + blanks + equals + 1;
            // Some write a blank there.
            let value = self.text.get(value_at..).unwrap_or_default();
            let gap = value.iter().take_while(|b| **b == b' ').count();
            let value = value.get(gap..).unwrap_or_default();
            let name = text.get(..equals).unwrap_or_default();
            let (length, taken) = match value.strip_prefix(b"\"") {
                Some(inside) => {
                    let mut end = 0;
                    loop {
                        let found = memchr::memchr2(b'"', b'\\', inside.get(end..).unwrap_or_default());
                        let found = end + found.ok_or(value_at + gap)?;
                        if inside.get(found) == Some(&b'"') {
                            break (found, found + 2);
                        }
                        end = found + 2;
                    }
                }
                None => {
                    let end = value.iter().position(|b| matches!(b, b' ' | b']')).ok_or(value_at)?;
                    (end, end)
                }
            };
            let start = (taken > length) as usize;
            self.at = value_at + gap + taken;
            return Ok(Some((self.id, name, value.get(start..start + length).unwrap_or_default())));
        }
    }
    /// Where the data ends.
    pub(super) fn end(mut self) -> Result<usize, usize> {
        while self.next()?.is_some() {}
        Ok(self.at)
    }
}

/// A value without its escapes: `\"`, `\\` and `\]`.
pub(super) fn plain(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', value).is_none() {
        return Cow::Borrowed(value);
    }
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        match rest.peek() {
            Some(escaped @ (b'"' | b'\\' | b']')) if byte == b'\\' => {
                out.push(*escaped);
                rest.next();
            }
            _ => out.push(byte),
        }
    }
    Cow::Owned(out)
}
