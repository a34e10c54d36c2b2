//! What the small parsers are made of: `nom`'s types with this crate's error, and the few combinators that `nom` lacks.
//!
//! A parser takes the text that it is about from the front of its input and leaves the rest; it never asks for a whole
//! token, so that parsers compose (`pair(host, port)`). Who has a token and wants all of it read asks [`whole`]; the
//! walk of a record along its field table ([`Layout::read`](super::Layout::read)) does the same and says in the
//! rejection what should have stood where the parser ended.

use memchr::{memchr, memrchr};
use nom::{
    OutputM, Parser,
    bytes::complete::take_till,
    error::{ErrorKind, ParseError},
};

use logloupe_table::Cell;

/// The answer of a parser: what it left over, and what it read; a cell, if it is a column's.
pub type Parsed<'a, T = Cell<'a>> = nom::IResult<&'a [u8], T, Expected<'a>>;

/// The parser of a column: a function, so that a field table can name it.
pub type Read = for<'a> fn(&'a [u8]) -> Parsed<'a>;

/// Why a parser could not read: what it expected, and the input from the place where it expected it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected<'a> {
    /// What should have stood there: "integer".
    pub what: &'static str,
    /// What stood there, to the end of the input.
    pub rest: &'a [u8],
}

impl<'a> ParseError<&'a [u8]> for Expected<'a> {
    #[inline]
    fn from_error_kind(rest: &'a [u8], _: ErrorKind) -> Expected<'a> {
        Expected { what: "value", rest }
    }
    #[inline]
    fn append(_: &'a [u8], _: ErrorKind, other: Expected<'a>) -> Expected<'a> {
        other
    }
}

/// The error of a parser that expected `what` at `rest`.
///
/// # Errors
///
/// Always.
#[inline]
pub fn expected<'a, T>(what: &'static str, rest: &'a [u8]) -> Result<T, nom::Err<Expected<'a>>> {
    Err(nom::Err::Error(Expected { what, rest }))
}

/// `parser`, whose error is that `what` was expected where it began. What it had to read (`cut`) keeps its own error.
#[inline]
pub fn expecting<'a, T>(
    what: &'static str,
    mut parser: impl Parser<&'a [u8], Output = T, Error = Expected<'a>>,
) -> impl FnMut(&'a [u8]) -> Parsed<'a, T> {
    use nom::{Check, Complete, Emit, Err};
    move |input| match parser.process::<OutputM<Emit, Check, Complete>>(input) {
        Ok(read) => Ok(read),
        Err(Err::Error(())) => expected(what, input),
        Err(Err::Failure(error)) => Err(Err::Failure(error)),
        Err(Err::Incomplete(needed)) => Err(Err::Incomplete(needed)),
    }
}

/// What `parser` reads of `token`, if it reads all of it.
#[inline]
pub fn whole<'a, T>(
    mut parser: impl Parser<&'a [u8], Output = T, Error = Expected<'a>>,
    token: &'a [u8],
) -> Option<T> {
    parser.parse_complete(token).ok().and_then(|(rest, value)| rest.is_empty().then_some(value))
}

/// What `parser` reads of `input` again and again, until it cannot or reads nothing.
#[inline]
pub fn each<'a, T>(
    mut input: &'a [u8],
    mut parser: impl Parser<&'a [u8], Output = T, Error = Expected<'a>>,
) -> impl Iterator<Item = T> {
    std::iter::from_fn(move || {
        let (rest, value) = parser.parse_complete(input).ok()?;
        let went_on = rest.len() < input.len();
        input = rest;
        went_on.then_some(value)
    })
}

/// What stands before the first `byte`, or all; it may be nothing.
#[inline]
pub fn till<'a>(byte: u8) -> impl FnMut(&'a [u8]) -> Parsed<'a, &'a [u8]> {
    move |input| Ok(split(input, memchr(byte, input)))
}

/// What stands before the last `byte`, or all; it may be nothing.
#[inline]
pub fn till_last<'a>(byte: u8) -> impl FnMut(&'a [u8]) -> Parsed<'a, &'a [u8]> {
    move |input| Ok(split(input, memrchr(byte, input)))
}

/// What stands before the first white space, or all; it may be nothing.
#[inline]
pub fn word(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_till(|b: u8| b.is_ascii_whitespace()).parse(input)
}

/// What stands from `at` on, and what before it.
#[inline]
fn split(input: &[u8], at: Option<usize>) -> (&[u8], &[u8]) {
    let (taken, rest) = input.split_at(at.unwrap_or(input.len()));
    (rest, taken)
}

#[cfg(test)]
mod tests {
    use nom::{
        bytes::complete::tag,
        character::complete::{char, digit1},
        combinator::cut,
        sequence::{pair, preceded},
    };

    use super::*;

    #[test]
    fn an_error_names_what_was_expected_and_where() {
        let sum =
            || expecting("sum", pair(digit1, preceded(tag("+"), cut(expecting("second term", digit1)))));
        assert_eq!(sum().parse(b"1+2;"), Ok((&b";"[..], (&b"1"[..], &b"2"[..]))));
        // What is no sum at all is another alternative's; one that has begun must go on.
        assert_eq!(sum().parse(b"1-2"), expected("sum", b"1-2"));
        let error = Expected { what: "second term", rest: b"x" };
        assert_eq!(sum().parse(b"1+x"), Err(nom::Err::Failure(error)));
    }

    #[test]
    fn whole_tokens_and_parts_of_them() {
        assert_eq!(whole(digit1, b"12"), Some(&b"12"[..]));
        assert_eq!(whole(digit1, b"12 "), None);
        assert_eq!(whole(digit1, b""), None);
        for (input, first, last, blank) in [
            ("a:b:c d", "a", "a:b", "a:b:c"),
            ("abc", "abc", "abc", "abc"),
            (":", "", "", ":"),
            ("", "", "", ""),
            ("\ta:", "\ta", "\ta", ""),
        ] {
            let taken = |(rest, taken): (&[u8], &[u8])| {
                assert_eq!(format!("{}{}", show(taken), show(rest)), input);
                show(taken)
            };
            assert_eq!(till(b':').parse(input.as_bytes()).map(taken), Ok(first.to_owned()), "{input}");
            assert_eq!(till_last(b':').parse(input.as_bytes()).map(taken), Ok(last.to_owned()), "{input}");
            assert_eq!(word(input.as_bytes()).map(taken), Ok(blank.to_owned()), "{input}");
        }
        let digits = |input| each(input, preceded(char(','), digit1)).collect::<Vec<_>>();
        assert_eq!(digits(b",1,22,x"), [b"1".as_slice(), b"22"]);
        assert_eq!(each(b"aa", till(b'b')).count() + each(b"", till(b'b')).count(), 1);
        let host = pair(till_last(b':'), preceded(char(':'), digit1)).parse(b"a:b:80");
        assert_eq!(host, Ok((&b""[..], (&b"a:b"[..], &b"80"[..]))));
    }

    fn show(text: &[u8]) -> String {
        String::from_utf8_lossy(text).into_owned()
    }
}
