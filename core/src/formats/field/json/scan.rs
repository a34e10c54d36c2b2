//! The scanner under the JSON reader: where a value ends and whether it is well formed. It keeps nothing.
//!
//! It accepts what `serde_json` accepts when it skips a value (the tests hold it to that), to a nesting of [`DEEPEST`]:
//! bytes that are not UTF-8 inside strings pass, control characters do not.

use std::borrow::Cow;

/// How deeply values may nest, the record itself included; the same as `serde_json`'s own limit.
pub(super) const DEEPEST: usize = 127;

/// What stood at a place, and which bytes it spans. A string's span is without its quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tag {
    #[default]
    Missing,
    Null,
    True,
    False,
    Number,
    /// A string without escapes.
    Plain,
    /// A string with escapes.
    Escaped,
    Object,
    Array,
}

/// A value and where it stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Found {
    pub(super) tag: Tag,
    pub(super) start: usize,
    pub(super) end: usize,
    /// The first byte after the value, a string's closing quote included.
    pub(super) next: usize,
}

/// Damage: where, and what was expected there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bad {
    pub(super) at: usize,
    pub(super) expected: &'static str,
}

pub(super) fn bad<T>(at: usize, expected: &'static str) -> Result<T, Bad> {
    Err(Bad { at, expected })
}

/// The first byte at or after `at` that is not white space.
#[inline]
pub(super) fn space(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = text.get(at) {
        at += 1;
    }
    at
}

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = LOW << 7;

/// The high bit of each byte of `word` that is a quote, a backslash or a control character; exact up to the first.
#[inline]
fn special(word: u64) -> u64 {
    let quote = word ^ (LOW * b'"' as u64);
    let slash = word ^ (LOW * b'\\' as u64);
    (quote.wrapping_sub(LOW) & !quote
        | slash.wrapping_sub(LOW) & !slash
        | word.wrapping_sub(LOW * 0x20) & !word)
        & HIGH
}

/// The first quote, backslash or control character at or after `at`.
#[inline]
fn interesting(text: &[u8], mut at: usize) -> usize {
    while let Some(eight) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let hits = special(u64::from_le_bytes(*eight));
        if hits != 0 {
            return at + hits.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while let Some(&b) = text.get(at) {
        if b == b'"' || b == b'\\' || b < 0x20 {
            return at;
        }
        at += 1;
    }
    at
}

/// Reads a string whose first byte after the opening quote is at `start`.
#[inline]
pub(super) fn string(text: &[u8], start: usize) -> Result<Found, Bad> {
    let end = interesting(text, start);
    if text.get(end) == Some(&b'"') {
        return Ok(Found { tag: Tag::Plain, start, end, next: end + 1 });
    }
    escaped(text, start, end)
}

/// The rest of a string that has something to look at: an escape, or damage.
fn escaped(text: &[u8], start: usize, mut at: usize) -> Result<Found, Bad> {
    loop {
        match text.get(at) {
            Some(b'"') => return Ok(Found { tag: Tag::Escaped, start, end: at, next: at + 1 }),
            Some(b'\\') => match text.get(at + 1) {
                Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => at += 2,
                Some(b'u') => {
                    let hex = text.get(at + 2..at + 6);
                    if !hex.is_some_and(|h| h.iter().all(u8::is_ascii_hexdigit)) {
                        return bad(at, "four hexadecimal digits after \\u");
                    }
                    at += 6;
                }
                _ => return bad(at, "an escape that JSON knows"),
            },
            Some(_) => return bad(at, "a string without raw control characters"),
            None => return bad(at, "a quote that ends the string"),
        }
        at = interesting(text, at);
    }
}

/// Reads any value; `at` is its first byte. `depth` is how many levels it lies in.
#[inline]
pub(super) fn value(text: &[u8], at: usize, depth: usize) -> Result<Found, Bad> {
    match text.get(at) {
        Some(b'"') => string(text, at + 1),
        Some(b'{') => object(text, at, depth),
        Some(b'[') => array(text, at, depth),
        _ => scalar(text, at),
    }
}

/// Reads a number or one of the three words.
fn scalar(text: &[u8], at: usize) -> Result<Found, Bad> {
    let word = |word: &[u8], tag| match text.get(at..at + word.len()) {
        Some(found) if found == word => {
            let end = at + word.len();
            Ok(Found { tag, start: at, end, next: end })
        }
        _ => bad(at, "a JSON value"),
    };
    match text.get(at) {
        Some(b't') => word(b"true", Tag::True),
        Some(b'f') => word(b"false", Tag::False),
        Some(b'n') => word(b"null", Tag::Null),
        Some(b'-' | b'0'..=b'9') => {
            let end = number(text, at)?;
            Ok(Found { tag: Tag::Number, start: at, end, next: end })
        }
        _ => bad(at, "a JSON value"),
    }
}

fn number(text: &[u8], mut at: usize) -> Result<usize, Bad> {
    let digits = |mut at: usize| -> Result<usize, Bad> {
        let first = at;
        while text.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        if at == first { bad(at, "a digit") } else { Ok(at) }
    };
    at += (text.get(at) == Some(&b'-')) as usize;
    at = if text.get(at) == Some(&b'0') { at + 1 } else { digits(at)? };
    if text.get(at).is_some_and(u8::is_ascii_digit) {
        return bad(at, "a number without leading zeros");
    }
    if text.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        at += 1 + matches!(text.get(at + 1), Some(b'+' | b'-')) as usize;
        at = digits(at)?;
    }
    Ok(at)
}

fn object(text: &[u8], start: usize, depth: usize) -> Result<Found, Bad> {
    let mut members = Members::open(text, start, depth)?;
    while let Some(key) = members.key()? {
        let found = value(text, key.next, depth + 1)?;
        members.after(found.next);
    }
    Ok(members.found(Tag::Object, start))
}

fn array(text: &[u8], start: usize, depth: usize) -> Result<Found, Bad> {
    let mut items = Items::open(text, start, depth)?;
    while let Some(at) = items.item()? {
        let found = value(text, at, depth + 1)?;
        items.after(found.next);
    }
    Ok(items.found(start))
}

/// Walks an object's members: ask for a key, read or skip its value, say where that ended.
pub(super) struct Members<'t> {
    text: &'t [u8],
    at: usize,
    first: bool,
}

impl<'t> Members<'t> {
    /// Begins at the brace at `at`.
    #[inline]
    pub(super) fn open(text: &'t [u8], at: usize, depth: usize) -> Result<Members<'t>, Bad> {
        if depth >= DEEPEST {
            return bad(at, "at most 127 levels of nesting");
        }
        Ok(Members { text, at: at + 1, first: true })
    }
    /// Moves to the quote that begins the next key; `None` at the closing brace.
    #[inline]
    pub(super) fn quote(&mut self) -> Result<Option<usize>, Bad> {
        let mut at = space(self.text, self.at);
        if !self.first && self.text.get(at) == Some(&b',') {
            at = space(self.text, at + 1);
        } else if self.text.get(at) == Some(&b'}') {
            self.at = at + 1;
            return Ok(None);
        } else if !self.first {
            return bad(at, "a comma or a closing brace");
        }
        self.first = false;
        if self.text.get(at) == Some(&b'"') { Ok(Some(at)) } else { bad(at, "a key in quotes") }
    }
    /// Moves over the colon that stands at or after `at` and gives the first byte of the value.
    #[inline]
    pub(super) fn colon(&mut self, at: usize) -> Result<usize, Bad> {
        let at = space(self.text, at);
        if self.text.get(at) != Some(&b':') {
            return bad(at, "a colon after the key");
        }
        Ok(space(self.text, at + 1))
    }
    /// The next key, its `next` being the first byte of the value.
    #[inline]
    pub(super) fn key(&mut self) -> Result<Option<Found>, Bad> {
        let Some(quote) = self.quote()? else { return Ok(None) };
        let mut key = string(self.text, quote + 1)?;
        key.next = self.colon(key.next)?;
        Ok(Some(key))
    }
    /// The value read last ended before `at`.
    #[inline]
    pub(super) fn after(&mut self, at: usize) {
        self.at = at;
    }
    /// The whole object, once there is no further key.
    #[inline]
    pub(super) fn found(&self, tag: Tag, start: usize) -> Found {
        Found { tag, start, end: self.at, next: self.at }
    }
}

/// Walks an array's items.
pub(super) struct Items<'t> {
    text: &'t [u8],
    at: usize,
    first: bool,
}

impl<'t> Items<'t> {
    /// Begins at the bracket at `at`.
    #[inline]
    pub(super) fn open(text: &'t [u8], at: usize, depth: usize) -> Result<Items<'t>, Bad> {
        if depth >= DEEPEST {
            return bad(at, "at most 127 levels of nesting");
        }
        Ok(Items { text, at: at + 1, first: true })
    }
    /// The first byte of the next item; `None` at the closing bracket.
    #[inline]
    pub(super) fn item(&mut self) -> Result<Option<usize>, Bad> {
        let mut at = space(self.text, self.at);
        if !self.first && self.text.get(at) == Some(&b',') {
            at = space(self.text, at + 1);
        } else if self.text.get(at) == Some(&b']') {
            self.at = at + 1;
            return Ok(None);
        } else if !self.first {
            return bad(at, "a comma or a closing bracket");
        }
        self.first = false;
        Ok(Some(at))
    }
    /// The item read last ended before `at`.
    #[inline]
    pub(super) fn after(&mut self, at: usize) {
        self.at = at;
    }
    /// The whole array, once there is no further item.
    #[inline]
    pub(super) fn found(&self, start: usize) -> Found {
        Found { tag: Tag::Array, start, end: self.at, next: self.at }
    }
}

/// What a string's bytes between its quotes mean.
#[inline]
pub(super) fn meant(raw: &[u8], tag: Tag) -> Cow<'_, [u8]> {
    if tag != Tag::Escaped {
        return Cow::Borrowed(raw);
    }
    let mut text = Vec::with_capacity(raw.len());
    unescape(raw, &mut text);
    Cow::Owned(text)
}

/// Appends the meaning of an escaped string to `out`. A surrogate without its partner becomes U+FFFD.
pub(super) fn unescape(raw: &[u8], out: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let Some((&kind, after)) = rest.split_first() else { return };
        rest = after;
        match kind {
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'u' => {
                let (c, used) = unicode(rest);
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = rest.get(used..).unwrap_or_default();
            }
            other => out.push(other),
        }
    }
    out.extend_from_slice(rest);
}

/// The character of `XXXX` or `XXXX\uXXXX`, and how many bytes that took.
fn unicode(rest: &[u8]) -> (char, usize) {
    let unit = |at: usize| -> Option<u32> {
        let hex = std::str::from_utf8(rest.get(at..at + 4)?).ok()?;
        u32::from_str_radix(hex, 16).ok()
    };
    match unit(0) {
        Some(high @ 0xD800..0xDC00) => match unit(6) {
            Some(low @ 0xDC00..0xE000) if rest.get(4..6) == Some(b"\\u") => {
                let c = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                (char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER), 10)
            }
            _ => (char::REPLACEMENT_CHARACTER, 4),
        },
        Some(unit) => (char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER), 4),
        None => (char::REPLACEMENT_CHARACTER, rest.len().min(4)),
    }
}

/// The offset in `raw` of the escape or byte that gave byte `meant` of its meaning: a place in JSON inside a string
/// is told as a place in the record.
pub(super) fn raw_offset(raw: &[u8], meant: usize) -> usize {
    let (mut at, mut given) = (0, 0);
    let mut piece = Vec::new();
    while at < raw.len() && given < meant {
        let length = match raw.get(at..at + 2) {
            Some([b'\\', b'u']) if raw.get(at + 6..at + 8) == Some(b"\\u") => {
                4 + 2 + if unicode(&raw[at + 2..]).1 == 10 { 6 } else { 0 }
            }
            Some([b'\\', b'u']) => 6,
            Some([b'\\', _]) => 2,
            _ => 1,
        };
        let end = (at + length).min(raw.len());
        piece.clear();
        unescape(&raw[at..end], &mut piece);
        given += piece.len();
        at = end;
    }
    at
}
