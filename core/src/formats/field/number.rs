//! Numbers: integers, decimals, durations that may be missing.

use nom::{
    Parser,
    branch::alt,
    bytes::complete::tag,
    combinator::{consumed, map, value},
    number::complete::double,
};

use super::parse::{Expected, Parsed, expected, expecting};

/// A 64-bit integer.
///
/// ```text
/// integer = [ "-" ] 1*DIGIT
/// ```
#[inline]
pub fn integer(input: &[u8]) -> Parsed<'_, i64> {
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
    Ok((&digits[read..], if negative { -number } else { number }))
}

/// The number that `record[start..end]` writes, if that is one to sixteen digits and nothing else.
///
/// Eight digits at a time and without a branch per digit: how many digits the numbers of a log have, no processor
/// can guess.
#[inline]
pub fn digits(record: &[u8], start: usize, end: usize) -> Option<i64> {
    let len = end.checked_sub(start)?;
    if len == 0 || len > 16 {
        return None;
    }
    let Some(last) = record.get(..end).and_then(|r| r.last_chunk()) else {
        return few_digits(record.get(start..end)?);
    };
    let low = eight_digits(last, len.min(8))?;
    if len <= 8 {
        return Some(low);
    }
    let high = match record.get(..end - 8).and_then(|r| r.last_chunk()) {
        Some(first) => eight_digits(first, len - 8)?,
        None => few_digits(record.get(start..end - 8)?)?,
    };
    Some(high * 100_000_000 + low)
}

/// The number that the last `len` of eight bytes write; `len` is one to eight.
#[inline]
fn eight_digits(text: &[u8; 8], len: usize) -> Option<i64> {
    const ALL: u64 = 0x0101_0101_0101_0101;
    // What stands before the number becomes leading zeros.
    let digits = (u64::from_le_bytes(*text) ^ (ALL * b'0' as u64)) & (u64::MAX << (64 - 8 * len));
    if (digits | digits.wrapping_add(ALL * (0x80 - 10))) & (ALL * 0x80) != 0 {
        return None;
    }
    // Neighbours are joined to pairs, pairs to fours and fours to eight.
    let pairs = digits * 10 + (digits >> 8);
    let even = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(100 + (1_000_000 << 32));
    let odd = (pairs >> 16 & 0x0000_00ff_0000_00ff).wrapping_mul(1 + (10_000 << 32));
    Some((even.wrapping_add(odd) >> 32) as i64)
}

fn few_digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |number, b| b.is_ascii_digit().then(|| number * 10 + (b - b'0') as i64))
}

/// A decimal number that is finite.
///
/// ```text
/// decimal  = [ "-" ] ( 1*DIGIT [ "." *DIGIT ] / "." 1*DIGIT ) [ exponent ]
/// exponent = ( "e" / "E" ) [ "+" / "-" ] 1*DIGIT
/// ```
#[inline]
pub fn decimal(input: &[u8]) -> Parsed<'_, f64> {
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
        return Ok((rest, if digits.len() != input.len() { -magnitude } else { magnitude }));
    }
    // It insists on digits behind an `e` (`cut`); here that is no number, as anything else.
    match double::<_, Expected<'_>>(input) {
        Ok((rest, number)) if number.is_finite() => Ok((rest, number)),
        Ok(_) => expected("finite number", input),
        Err(_) => expected("number", input),
    }
}

const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// A duration of which the vendor writes `-1` when there is none.
///
/// ```text
/// duration = "-1" / decimal
/// ```
#[inline]
pub fn duration(input: &[u8]) -> Parsed<'_, Option<f64>> {
    map(consumed(decimal), |(text, seconds)| (text != b"-1").then_some(seconds)).parse(input)
}

/// ```text
/// boolean = "Yes" / "true" / "1" / "No" / "false" / "0"
/// ```
pub fn boolean(input: &[u8]) -> Parsed<'_, bool> {
    let yes = alt((tag("Yes"), tag("true"), tag("1")));
    let no = alt((tag("No"), tag("false"), tag("0")));
    expecting("Yes or No", alt((value(true, yes), value(false, no)))).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_at_a_time_agree_with_one() {
        for text in [
            "",
            "0",
            "7",
            "42",
            "007",
            "1234567",
            "12345678",
            "123456789",
            "1741138177",
            "9999999999999999",
            "00000000000000001",
            "-1",
            "1-",
            "12a4",
            "a234",
            "1/",
            "1:",
            "\u{b0}1",
            "123456789012345x",
            "x123456789",
        ] {
            let plain = (!text.is_empty() && text.len() <= 16).then(|| few_digits(text.as_bytes())).flatten();
            for before in ["", "9", "before 9999999 9", "\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}\u{ff}"] {
                let record = format!("{before}{text} 9");
                let end = before.len() + text.len();
                assert_eq!(digits(record.as_bytes(), before.len(), end), plain, "{record}");
            }
        }
        assert_eq!(digits(b"123", 2, 9), None);
        assert_eq!(digits(b"123", 2, 1), None);
    }

    #[test]
    fn numbers_at_their_edges() {
        for (text, number, rest) in [
            ("0", 0, ""),
            ("-17 x", -17, " x"),
            ("12.5", 12, ".5"),
            ("9223372036854775807", i64::MAX, ""),
            ("000", 0, ""),
        ] {
            assert_eq!(integer(text.as_bytes()), Ok((rest.as_bytes(), number)), "{text}");
        }
        for text in ["", "-", "abc", "9223372036854775808", "99999999999999999999999"] {
            assert!(integer(text.as_bytes()).is_err(), "{text}");
        }
        for (text, number, rest) in [
            ("0.001", 0.001, ""),
            ("-1", -1.0, ""),
            ("1.7284E+12", 1.7284e12, ""),
            ("123456789012345678.5", 123456789012345678.5, ""),
            ("0.1234567890123456789", 0.123_456_789_012_345_68, ""),
            ("86400.", 86400.0, ""),
            ("0.81 ms", 0.81, " ms"),
            ("1.2.3", 1.2, ".3"),
        ] {
            assert_eq!(decimal(text.as_bytes()), Ok((rest.as_bytes(), number)), "{text}");
        }
        for text in ["", "-", ".", "inf", "nan", "1e999", "x1", "8ed", "1e"] {
            assert!(decimal(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(duration(b"-1 x"), Ok((&b" x"[..], None)));
        assert_eq!(duration(b"0.000"), Ok((&b""[..], Some(0.0))));
        assert_eq!(duration(b"-1.5"), Ok((&b""[..], Some(-1.5))));
        assert_eq!(boolean(b"Yes"), Ok((&b""[..], true)));
        assert_eq!(boolean(b"maybe"), expected("Yes or No", b"maybe"));
    }
}
