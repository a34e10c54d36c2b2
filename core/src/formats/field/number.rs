//! Numbers: integers, decimals, durations that may be missing.

use nom::{Parser, branch::alt, bytes::complete::tag, combinator::value};

use super::{Expected, Parsed, expected};
use crate::table::Cell;

/// A 64-bit integer with an optional minus sign.
#[inline]
pub fn integer(input: &[u8]) -> Parsed<'_> {
    let digits = input.strip_prefix(b"-").unwrap_or(input);
    let mut number = 0i64;
    let mut read = 0;
    for &b in digits {
        let digit = b.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        // Eighteen digits always fit; from there on each step is checked.
        number = if read < 18 {
            number * 10 + digit as i64
        } else {
            match number.checked_mul(10).and_then(|n| n.checked_add(digit as i64)) {
                Some(n) => n,
                None => return expected("integer of at most 64 bits", input),
            }
        };
        read += 1;
    }
    if read == 0 {
        return expected("integer", input);
    }
    let negative = digits.len() != input.len();
    Ok((&digits[read..], Cell::Int(if negative { -number } else { number })))
}

/// An integer of an HTTP status: `000` reads as 0.
#[inline]
pub fn status(input: &[u8]) -> Parsed<'_> {
    integer(input).map_err(|_| nom::Err::Error(Expected { what: "status code", rest: input }))
}

/// A decimal number, exponent allowed; not infinite, not "not a number".
#[inline]
pub fn float(input: &[u8]) -> Parsed<'_> {
    let digits = input.strip_prefix(b"-").unwrap_or(input);
    let (mut mantissa, mut read, mut count, mut point) = (0u64, 0, 0, None);
    for &b in digits {
        match b {
            b'0'..=b'9' => {
                mantissa = mantissa.wrapping_mul(10).wrapping_add((b - b'0') as u64);
                count += 1;
            }
            b'.' if point.is_none() => point = Some(count),
            _ => break,
        }
        read += 1;
    }
    if count == 0 {
        return expected("number", input);
    }
    let rest = &digits[read..];
    let scale = point.map_or(0, |p| count - p);
    // Up to fifteen digits mantissa and power of ten are exact, so that their quotient is the nearest float.
    if count <= 15 && !matches!(rest.first(), Some(b'e' | b'E')) {
        let magnitude = mantissa as f64 / POWERS[scale];
        return Ok((rest, Cell::Float(if digits.len() != input.len() { -magnitude } else { magnitude })));
    }
    let (rest, number) = nom::number::complete::double::<_, Expected<'_>>(input)
        .map_err(|_: nom::Err<Expected<'_>>| nom::Err::Error(Expected { what: "number", rest: input }))?;
    if number.is_finite() { Ok((rest, Cell::Float(number))) } else { expected("finite number", input) }
}

const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// A duration in seconds of which the vendor writes `-1` when there is none: no value then.
#[inline]
pub fn duration(input: &[u8]) -> Parsed<'_> {
    if input == b"-1" { Ok((&[], Cell::Null)) } else { float(input) }
}

/// `Yes` or `No`, `true` or `false`, `1` or `0`.
pub fn boolean(input: &[u8]) -> Parsed<'_> {
    let yes = alt((tag("Yes"), tag("true"), tag("1")));
    let no = alt((tag("No"), tag("false"), tag("0")));
    alt((value(Cell::Bool(true), yes), value(Cell::Bool(false), no)))
        .parse(input)
        .map_err(|_: nom::Err<Expected<'_>>| nom::Err::Error(Expected { what: "Yes or No", rest: input }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_at_their_edges() {
        for (text, cell, rest) in [
            ("0", Cell::Int(0), ""),
            ("-17 x", Cell::Int(-17), " x"),
            ("9223372036854775807", Cell::Int(i64::MAX), ""),
            ("000", Cell::Int(0), ""),
        ] {
            assert_eq!(integer(text.as_bytes()), Ok((rest.as_bytes(), cell)), "{text}");
        }
        for text in ["", "-", "abc", "9223372036854775808", "99999999999999999999999"] {
            assert!(integer(text.as_bytes()).is_err(), "{text}");
        }
        for (text, number) in [
            ("0.001", 0.001),
            ("-1", -1.0),
            ("1.7284E+12", 1.7284e12),
            ("123456789012345678.5", 123456789012345678.5),
            ("0.1234567890123456789", 0.123_456_789_012_345_68),
            ("86400.", 86400.0),
        ] {
            assert_eq!(float(text.as_bytes()), Ok((&b""[..], Cell::Float(number))), "{text}");
        }
        for text in ["", "-", ".", "inf", "nan", "1e999", "x1"] {
            assert!(float(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(duration(b"-1"), Ok((&b""[..], Cell::Null)));
        assert_eq!(duration(b"0.000"), Ok((&b""[..], Cell::Float(0.0))));
        assert_eq!(boolean(b"Yes"), Ok((&b""[..], Cell::Bool(true))));
    }
}
