//! Points in time: ISO 8601 and seconds or milliseconds since 1970 with a fraction.

use super::{Parsed, expected, number};
use crate::{table::Cell, time};

/// ISO 8601, see [`time::parse_iso`].
#[inline]
pub fn iso(input: &[u8]) -> Parsed<'_> {
    match iso_micros(input) {
        Some(micros) => Ok((&[], Cell::Time(micros))),
        None => expected("iso time", input),
    }
}

/// Microseconds of ISO 8601 text. The shape that AWS writes, `2026-03-05T01:29:37.123456Z` with three, six or no
/// digits of a fraction, is read without looking for others.
#[inline]
pub fn iso_micros(input: &[u8]) -> Option<i64> {
    if input.len() < 20 || input.last() != Some(&b'Z') {
        return time::parse_iso(input);
    }
    let head: &[u8; 19] = input.first_chunk()?;
    if [head[4], head[7], head[10], head[13], head[16]] != *b"--T::" {
        return time::parse_iso(input);
    }
    let two = |at: usize| -> Option<u32> { digits(&head[at..at + 2]) };
    let fraction = match &input[19..input.len() - 1] {
        [] => 0,
        [b'.', rest @ ..] if rest.len() == 6 => digits(rest)?,
        [b'.', rest @ ..] if rest.len() == 3 => digits(rest)? * 1000,
        _ => return time::parse_iso(input),
    };
    let year = digits(&head[..4])? as i64;
    time::from_parts(year, two(5)?, two(8)?, two(11)?, two(14)?, two(17)?, fraction as i64)
}

/// Seconds since 1970, with or without a fraction, as a time.
pub fn epoch_seconds(input: &[u8]) -> Parsed<'_> {
    epoch(input, 1e6, "seconds since 1970")
}

/// Milliseconds since 1970 as a time.
pub fn epoch_millis(input: &[u8]) -> Parsed<'_> {
    epoch(input, 1e3, "milliseconds since 1970")
}

fn epoch<'a>(input: &'a [u8], scale: f64, what: &'static str) -> Parsed<'a> {
    match number::float(input) {
        Ok((rest, Cell::Float(number))) if number.abs() * scale < 9e18 => {
            Ok((rest, Cell::Time((number * scale).round() as i64)))
        }
        _ => expected(what, input),
    }
}

#[inline]
fn digits(text: &[u8]) -> Option<u32> {
    let mut number = 0;
    for &b in text {
        let digit = b.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + digit as u32;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_agrees_with_the_long_way() {
        for text in [
            "2026-03-05T01:29:37Z",
            "2026-03-05T01:29:37.123Z",
            "2026-03-05T01:29:37.123456Z",
            "2026-03-05T01:29:37.12Z",
            "2026-03-05T01:29:37.123456789Z",
            "2026-03-05 01:29:37.123456Z",
            "2026-03-05T01:29:60Z",
            "2026-02-30T01:29:37Z",
            "2026-03-05T01:29:3xZ",
            "2026-03-05T01:29:37.12345xZ",
            "2018-12-20T02:59:40",
            "",
            "Z",
        ] {
            assert_eq!(iso_micros(text.as_bytes()), time::parse_iso(text.as_bytes()), "{text}");
        }
        assert_eq!(epoch_seconds(b"1669842701.5"), Ok((&b""[..], Cell::Time(1_669_842_701_500_000))));
        assert_eq!(epoch_millis(b"1669842701500"), Ok((&b""[..], Cell::Time(1_669_842_701_500_000))));
        assert!(epoch_seconds(b"99999999999999999999").is_err());
    }
}
