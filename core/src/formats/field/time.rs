//! Points in time: ISO 8601, and a date and a time of day in two fields.

use super::{Parsed, expected};
use logloupe_table::{Cell, time};

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

/// `2026-03-05`, kept as text.
#[inline]
pub fn date(input: &[u8]) -> Parsed<'_> {
    if date_micros(input).is_some() { Ok((&[], Cell::Text(input))) } else { expected("date", input) }
}

/// Midnight of `2026-03-05`.
#[inline]
pub fn date_micros(input: &[u8]) -> Option<i64> {
    let text: &[u8; 10] = input.try_into().ok()?;
    if (text[4], text[7]) != (b'-', b'-') {
        return None;
    }
    time::from_parts(digits(&text[..4])? as i64, digits(&text[5..7])?, digits(&text[8..])?, 0, 0, 0, 0)
}

/// `01:29:37`, with or without a fraction of a second, as microseconds since midnight.
#[inline]
pub fn time_of_day(input: &[u8]) -> Parsed<'_> {
    let micros = || -> Option<i64> {
        let text: &[u8; 8] = input.first_chunk()?;
        if (text[2], text[5]) != (b':', b':') {
            return None;
        }
        let (hour, minute, second) = (digits(&text[..2])?, digits(&text[3..5])?, digits(&text[6..])?);
        time::from_parts(1970, 1, 1, hour, minute, second, 0)
    };
    match (micros(), &input[input.len().min(8)..]) {
        (Some(micros), b"") => Ok((&[], Cell::Time(micros))),
        (Some(micros), [b'.', fraction @ ..]) if (1..=6).contains(&fraction.len()) => {
            match digits(fraction) {
                Some(n) => {
                    let scale = 10i64.pow(6 - fraction.len() as u32);
                    Ok((&[], Cell::Time(micros + n as i64 * scale)))
                }
                None => expected("time of day", input),
            }
        }
        _ => expected("time of day", input),
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
        assert_eq!(time_of_day(b"00:00:01.25"), Ok((&b""[..], Cell::Time(1_250_000))));
        for text in
            ["", "24:00:00", "1:00:00", "01:00", "01:00:0x", "01:00:00.", "01:00:00.1234567", "01:00:00Z"]
        {
            assert!(time_of_day(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(date(b"2026-03-05"), Ok((&b""[..], Cell::Text(b"2026-03-05"))));
        for text in ["2026-3-05", "2026-02-30", "2026/03/05", ""] {
            assert!(date(text.as_bytes()).is_err(), "{text}");
        }
    }
}
