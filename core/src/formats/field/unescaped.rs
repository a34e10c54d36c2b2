//! Where the tokens of a record begin and end whose quoted fields hold quotes as the client sent them, unescaped: `"GET /"x" HTTP/1.1"`.
//! Which quote ends such a field is judged by what stands behind it.
//!
//! Every search is linear as long as the judgement reads a bounded number of tokens.

use memchr::{memchr, memchr_iter, memmem, memrchr_iter};

use super::Tokens;

/// Cuts a record from left to right.
#[derive(Debug)]
pub struct Cutter<'r, 't> {
    record: &'r [u8],
    tokens: &'t mut Tokens,
    most: usize,
    at: usize,
}

impl<'r, 't> Cutter<'r, 't> {
    /// A cutter at the beginning of `record`, into at most `most` tokens.
    pub fn new(record: &'r [u8], tokens: &'t mut Tokens, most: usize) -> Cutter<'r, 't> {
        tokens.clear();
        Cutter { record: &record[..record.len().min(u32::MAX as usize)], tokens, most, at: 0 }
    }
    /// Takes `count` tokens that end at a space.
    pub fn words(&mut self, count: usize) {
        for _ in 0..count {
            if self.is_done() {
                return;
            }
            let end = memchr(b' ', self.rest()).map_or(self.record.len(), |space| self.at + space);
            self.take(self.at, end, end + 1);
        }
    }
    /// Takes a token in square brackets, without them; one that has none ends at a space.
    pub fn bracketed(&mut self) {
        let end = match self.rest() {
            [b'[', inside @ ..] => memmem::find(inside, b"] ").map(|end| self.at + 1 + end),
            _ => None,
        };
        match end {
            Some(end) => self.take(self.at + 1, end, end + 2),
            None => self.words(1),
        }
    }
    /// Takes a token that may be quoted, without its quotes. It ends at the first quote behind which the rest
    /// `is_after`, else at the first one that a space or the end follows.
    ///
    /// # Errors
    /// Where a quote was opened and never closed.
    pub fn quoted(&mut self, is_after: impl Fn(&[u8]) -> bool) -> Result<(), (usize, &'static str)> {
        if !self.is_quoted() {
            self.words(1);
            return Ok(());
        }
        let inside = self.at + 1;
        let record = self.record;
        let mut ends =
            memchr_iter(b'"', &record[inside..]).map(|i| inside + i).filter(|q| is_end(record, *q));
        let first = ends.next();
        let end = first.into_iter().chain(ends).find(|quote| is_after(behind(record, *quote))).or(first);
        match end {
            Some(end) => self.take(inside, end, end + 2),
            None => return Err((self.at, UNCLOSED)),
        }
        Ok(())
    }
    /// Takes a token that may be quoted, without its quotes. It ends at the last quote behind which the rest `is_after`,
    /// else at the last one that a space or the end follows.
    ///
    /// # Errors
    /// Where a quote was opened and never closed.
    pub fn quoted_to_last(&mut self, is_after: impl Fn(&[u8]) -> bool) -> Result<(), (usize, &'static str)> {
        if !self.is_quoted() {
            self.words(1);
            return Ok(());
        }
        let end = self.last(is_after)?;
        self.take(self.at + 1, end, end + 2);
        Ok(())
    }
    /// Takes two tokens that may be quoted. The second one ends as [`quoted_to_last`](Self::quoted_to_last) has it, the first
    /// one at the first `" "` before that.
    ///
    /// # Errors
    /// Where a quote was opened and never closed.
    pub fn two_quoted(&mut self, is_after: impl Fn(&[u8]) -> bool) -> Result<(), (usize, &'static str)> {
        if !self.is_quoted() {
            self.words(1);
            return self.quoted_to_last(is_after);
        }
        let (inside, end) = (self.at + 1, self.last(is_after)?);
        // The second one's own quotes are two.
        let between = memmem::find(&self.record[inside..end], b"\" \"");
        match between {
            Some(between) => {
                let between = inside + between;
                self.take(inside, between, between + 2);
                self.take(between + 3, end, end + 2);
            }
            None => {
                self.take(inside, end, end + 2);
                self.words(1);
            }
        }
        Ok(())
    }
    /// Takes the next `count` bytes as a token without a value.
    pub fn skip_as_missing(&mut self, count: usize) {
        self.take(self.at, self.at, self.at + count);
    }
    /// Takes what is left, as tokens that end at a space or, where they begin with a quote, at one.
    ///
    /// # Errors
    /// Where a quote was opened and never closed.
    pub fn all(&mut self) -> Result<(), (usize, &'static str)> {
        while !self.is_done() {
            self.quoted(|_| true)?;
        }
        Ok(())
    }
    /// What is left.
    pub fn rest(&self) -> &'r [u8] {
        self.record.get(self.at..).unwrap_or_default()
    }

    fn is_done(&self) -> bool {
        self.at >= self.record.len() || self.tokens.len() >= self.most
    }
    fn is_quoted(&self) -> bool {
        self.record.get(self.at) == Some(&b'"')
    }
    fn take(&mut self, from: usize, to: usize, next: usize) {
        if self.tokens.len() < self.most {
            self.tokens.push(from..to);
        }
        self.at = next;
    }
    fn last(&self, is_after: impl Fn(&[u8]) -> bool) -> Result<usize, (usize, &'static str)> {
        let (record, inside) = (self.record, self.at + 1);
        let mut ends = memrchr_iter(b'"', record.get(inside..).unwrap_or_default())
            .map(|i| inside + i)
            .filter(|q| is_end(record, *q));
        let last = ends.next();
        let end = last.into_iter().chain(ends).find(|quote| is_after(behind(record, *quote)));
        end.or(last).ok_or((self.at, UNCLOSED))
    }
}

const UNCLOSED: &str = "closing quote";

/// Whether this quote may end a field.
fn is_end(record: &[u8], quote: usize) -> bool {
    matches!(record.get(quote + 1), None | Some(b' '))
}

/// What stands behind a quote and its space.
fn behind(record: &[u8], quote: usize) -> &[u8] {
    record.get(quote + 2..).unwrap_or_default()
}

/// The tokens at the beginning of `rest`, cut at spaces.
pub fn words(rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut left = Some(rest);
    std::iter::from_fn(move || {
        let text = left?;
        let end = memchr(b' ', text);
        left = end.and_then(|end| text.get(end + 1..));
        text.get(..end.unwrap_or(text.len()))
    })
}

/// Whether `text` is a whole number or the dash for none.
pub fn is_number(text: &[u8]) -> bool {
    text == b"-" || !text.is_empty() && text.len() <= 20 && text.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(
        record: &str,
        how: impl Fn(&mut Cutter<'_, '_>) -> Result<(), (usize, &'static str)>,
    ) -> Result<Vec<&str>, usize> {
        let mut tokens = Tokens::default();
        how(&mut Cutter::new(record.as_bytes(), &mut tokens, 6)).map_err(|(at, _)| at)?;
        let token = |i| std::str::from_utf8(tokens.get(record.as_bytes(), i).unwrap().1).unwrap();
        Ok((0..tokens.len()).map(token).collect())
    }

    #[test]
    fn words_and_brackets() {
        for (record, tokens) in [
            ("a [b c] d", vec!["a", "b c", "d"]),
            ("a b c", vec!["a", "b", "c"]),
            ("a [b", vec!["a", "[b"]),
            ("a", vec!["a"]),
            ("a ", vec!["a"]),
            ("", vec![]),
            ("a [] b c d e f g", vec!["a", "", "b", "c", "d", "e"]),
        ] {
            let found = cut(record, |cutter| {
                cutter.words(1);
                cutter.bracketed();
                cutter.words(9);
                Ok(())
            });
            assert_eq!(found, Ok(tokens), "{record}");
        }
    }

    #[test]
    fn a_quoted_field_ends_where_what_follows_fits() {
        let number = |rest: &[u8]| words(rest).next().is_some_and(is_number);
        for (record, tokens) in [
            (r#""a" 1"#, Ok(vec!["a", "1"])),
            (r#""a "b" c" 1 "d""#, Ok(vec![r#"a "b" c"#, "1", "d"])),
            (r#""a" 1 b" 2"#, Ok(vec!["a", "1", "b\"", "2"])),
            (r#"- 1"#, Ok(vec!["-", "1"])),
            (r#""a" b "c""#, Ok(vec!["a", "b", "c"])),
            (r#""" 1"#, Ok(vec!["", "1"])),
            (r#""a 1"#, Err(0)),
            (r#""a" 1 "b"#, Err(6)),
            (r#"""#, Err(0)),
        ] {
            let found = cut(record, |cutter| cutter.quoted(number).and_then(|()| cutter.all()));
            assert_eq!(found, tokens, "{record}");
        }
    }

    #[test]
    fn two_quoted_fields_end_where_what_follows_fits() {
        let number = |rest: &[u8]| words(rest).next().is_some_and(is_number);
        for (record, tokens) in [
            (r#""a" "b" 1"#, Ok(vec!["a", "b", "1"])),
            (r#""a" "b" "c" d" 1"#, Ok(vec!["a", r#"b" "c" d"#, "1"])),
            (r#""a" "b"" 1 "x y""#, Ok(vec!["a", "b\"", "1", "x y"])),
            (r#"- "b" c" 1"#, Ok(vec!["-", r#"b" c"#, "1"])),
            (r#""a" - 1"#, Ok(vec!["a", "-", "1"])),
            (r#"- - 1"#, Ok(vec!["-", "-", "1"])),
            (r#""" "" 1"#, Ok(vec!["", "", "1"])),
            (r#""a" "b" c"#, Ok(vec!["a", "b", "c"])),
            (r#""a" "b""#, Ok(vec!["a", "b"])),
            (r#""a"#, Err(0)),
            (r#"- "a"#, Err(2)),
        ] {
            let found = cut(record, |cutter| cutter.two_quoted(number).and_then(|()| cutter.all()));
            assert_eq!(found, tokens, "{record}");
        }
    }
}
