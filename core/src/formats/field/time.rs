//! Points in time: ISO 8601, the time of web servers' logs, and a date and a time of day in two fields.

use nom::{
    Parser,
    bytes::complete::take_while_m_n,
    character::complete::char,
    combinator::{map, map_opt, opt},
    sequence::{pair, preceded},
};

use super::parse::{Parsed, expected, expecting};
use logloupe_table::time;

/// A point in time in ISO 8601, in microseconds. Its grammar stands at [`time::iso_prefix`], which reads it.
#[inline]
pub fn timestamp(input: &[u8]) -> Parsed<'_, i64> {
    match time::iso_prefix(input) {
        Some((micros, taken)) => Ok((&input[taken..], micros)),
        None => expected("iso time", input),
    }
}

/// A point in time as web servers write it, in microseconds; without a zone it is UTC.
///
/// ```text
/// clf-time = 2DIGIT "/" month "/" 4DIGIT ":" 2DIGIT ":" 2DIGIT ":" 2DIGIT [ SP ( "+" / "-" ) 4DIGIT ]
/// month    = "Jan" / "Feb" / … / "Dec"
/// ```
#[inline]
pub fn clf_time(input: &[u8]) -> Parsed<'_, i64> {
    let Some((micros, rest)) = clf(input) else {
        return expected("time (06/Feb/2026:13:05:59 +0000)", input);
    };
    let zone = match rest {
        [b' ', sign @ (b'+' | b'-'), zone @ ..] => Some((*sign, zone)),
        _ => None,
    };
    let Some((sign, (rest, number))) = zone.and_then(|(sign, zone)| Some((sign, digits::<4>(zone).ok()?)))
    else {
        return Ok((rest, micros));
    };
    let seconds = (number / 100 * 3600 + number % 100 * 60) as i64;
    let ahead = if sign == b'-' { -seconds } else { seconds };
    Ok((rest, micros - ahead * 1_000_000))
}

/// The part before the zone, and what follows it.
#[inline]
fn clf(input: &[u8]) -> Option<(i64, &[u8])> {
    const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let (text, rest) = input.split_first_chunk::<20>()?;
    if [text[2], text[6], text[11], text[14], text[17]] != *b"//:::" {
        return None;
    }
    let two = |at: usize| digits::<2>(&text[at..]).ok().map(|(_, number)| number);
    let month = MONTHS.as_chunks::<3>().0.iter().position(|name| *name == text[3..6])? as u32 + 1;
    let year = digits::<4>(&text[7..]).ok()?.1 as i64;
    time::from_parts(year, month, two(0)?, two(12)?, two(15)?, two(18)?, 0).map(|micros| (micros, rest))
}

/// A point in time as Java prints it into some of AWS's events, in microseconds: `Dec 3, 2021, 6:02:30 PM` and
/// `Wed Sep 04 16:59:44.356 UTC 2024`, both in UTC.
///
/// ```text
/// in-words = month " " day [","] " " ( year [","] " " clock [" "] ("AM" / "PM") / clock " UTC " year )
/// clock    = 1*2DIGIT ":" 2DIGIT ":" 2DIGIT [ "." 1*6DIGIT ]     ; a weekday may stand before the month
/// ```
///
/// Newer versions of Java write a narrow no-break space before `PM`.
pub fn in_words(text: &[u8]) -> Option<i64> {
    const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    // Most text is told by its first byte.
    if text.len() > 40 || !text.first()?.is_ascii_uppercase() {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    let mut words = text.split([' ', ',', '\u{202f}', '\u{a0}']).filter(|word| !word.is_empty());
    let month = |word: &str| MONTHS.chunks(3).position(|name| name == word.as_bytes());
    let first = words.next()?;
    let month = (month(first).or_else(|| month(words.next()?))?) as u32 + 1;
    let day: u32 = words.next()?.parse().ok()?;
    let (second, third, fourth) = (words.next()?, words.next()?, words.next()?);
    let (clock, half, year) =
        if second.contains(':') { (second, None, fourth) } else { (third, Some(fourth), second) };
    if words.next().is_some() || half.is_none() && !matches!(third, "UTC" | "GMT" | "Z") {
        return None;
    }
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':').map(|part| part.parse::<u32>());
    let (hour, minute, second) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let hour = match half {
        None => hour,
        Some("AM") if (1..=12).contains(&hour) => hour % 12,
        Some("PM") if (1..=12).contains(&hour) => hour % 12 + 12,
        Some(_) => return None,
    };
    let micros = match fraction {
        "" => 0,
        digits => self::fraction(digits.as_bytes()).ok().filter(|(rest, _)| rest.is_empty())?.1,
    };
    let year = year.parse().ok().filter(|year| (1900..=9999).contains(year))?;
    time::from_parts(year, month, day, hour, minute, second, micros).filter(|_| parts.next().is_none())
}

/// A day, as the microsecond with which it begins.
///
/// ```text
/// day = 4DIGIT "-" 2DIGIT "-" 2DIGIT
/// ```
#[inline]
pub fn day(input: &[u8]) -> Parsed<'_, i64> {
    let date = (digits::<4>, char('-'), digits::<2>, char('-'), digits::<2>);
    let micros = |(year, _, month, _, day)| time::from_parts(year as i64, month, day, 0, 0, 0, 0);
    expecting("date", map_opt(date, micros)).parse(input)
}

/// A time of day, as microseconds since midnight.
///
/// ```text
/// time-of-day = 2DIGIT ":" 2DIGIT ":" 2DIGIT [ "." 1*6DIGIT ]
/// ```
#[inline]
pub fn time_of_day(input: &[u8]) -> Parsed<'_, i64> {
    let seconds = (digits::<2>, char(':'), digits::<2>, char(':'), digits::<2>);
    let micros = |(hour, _, minute, _, second)| time::from_parts(1970, 1, 1, hour, minute, second, 0);
    let fraction = map(opt(preceded(char('.'), fraction)), Option::unwrap_or_default);
    let time = map(pair(map_opt(seconds, micros), fraction), |(seconds, fraction)| seconds + fraction);
    expecting("time of day", time).parse(input)
}

/// The one to six digits behind a point, as microseconds.
fn fraction(input: &[u8]) -> Parsed<'_, i64> {
    let digits = take_while_m_n(1, 6, |b: u8| b.is_ascii_digit());
    map(digits, |digits: &[u8]| {
        let number = digits.iter().fold(0, |number, b| number * 10 + (b - b'0') as i64);
        number * 10i64.pow(6 - digits.len() as u32)
    })
    .parse(input)
}

/// The number that the first `N` bytes write, digits all of them.
#[inline]
fn digits<const N: usize>(input: &[u8]) -> Parsed<'_, u32> {
    let Some((text, rest)) = input.split_first_chunk::<N>() else { return expected("digits", input) };
    let mut number = 0;
    for b in text {
        let digit = b.wrapping_sub(b'0');
        if digit > 9 {
            return expected("digits", input);
        }
        number = number * 10 + digit as u32;
    }
    Ok((rest, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_end_where_they_end() {
        let micros = 1_772_674_177_123_456;
        assert_eq!(timestamp(b"2026-03-05T01:29:37.123456Z\tx"), Ok((&b"\tx"[..], micros)));
        assert_eq!(timestamp(b"yesterday"), expected("iso time", b"yesterday"));
        for (text, micros, rest) in [
            ("06/Feb/2019:00:00:38 +0000", 1_549_411_238_000_000, ""),
            ("06/Feb/2019:00:00:38 -0500] x", 1_549_429_238_000_000, "] x"),
            ("06/Feb/2019:05:30:38 +0530", 1_549_411_238_000_000, ""),
            ("06/Feb/2019:00:00:38", 1_549_411_238_000_000, ""),
            ("06/Feb/2019:00:00:38 +00", 1_549_411_238_000_000, " +00"),
        ] {
            assert_eq!(clf_time(text.as_bytes()), Ok((rest.as_bytes(), micros)), "{text}");
        }
        for text in [
            "",
            "6/Feb/2019:00:00:38 +0000",
            "30/Feb/2019:00:00:38",
            "06/feb/2019:00:00:38",
            "06/Feb/2019:24:00:38",
        ] {
            assert!(clf_time(text.as_bytes()).is_err(), "{text}");
        }
        for (text, micros, rest) in [
            ("00:00:01.25", 1_250_000, ""),
            ("01:00:00\t", 3_600_000_000, "\t"),
            ("01:00:00.", 3_600_000_000, "."),
            ("01:00:00.1234567", 3_600_123_456, "7"),
            ("01:00:00Z", 3_600_000_000, "Z"),
        ] {
            assert_eq!(time_of_day(text.as_bytes()), Ok((rest.as_bytes(), micros)), "{text}");
        }
        for text in ["", "24:00:00", "1:00:00", "01:00", "01:00:0x", "01-00-00"] {
            assert_eq!(time_of_day(text.as_bytes()), expected("time of day", text.as_bytes()), "{text}");
        }
        assert_eq!(day(b"2026-03-05T"), Ok((&b"T"[..], 1_772_668_800_000_000)));
        for text in ["2026-3-05", "2026-02-30", "2026/03/05", "2026-03-0", ""] {
            assert_eq!(day(text.as_bytes()), expected("date", text.as_bytes()), "{text}");
        }
    }
}
