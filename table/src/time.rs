//! Points in time as microseconds since 1970-01-01T00:00:00Z, and their text. No clock, no time zones but offsets.

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in a day.
pub const DAY: i64 = 86_400 * SECOND;

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
pub fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let mp = (month as i64 + 9) % 12;
    let doy = (153 * mp + 2) / 5 + day as i64 - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

/// Year, month and day of a number of days from 1970-01-01.
pub fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
    let month = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
    (yoe + era * 400 + (month <= 2) as i64, month, day)
}

/// How many days a month has.
pub fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A date and a time of day as microseconds; `None` when a part is out of range.
pub fn from_parts(
    year: i64,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    micros: i64,
) -> Option<i64> {
    // Microseconds of years beyond do not fit into 64 bits.
    let fits = (-200_000..=200_000).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !fits {
        return None;
    }
    let seconds = days_from_civil(year, month, day) * 86_400 + (hour * 3600 + minute * 60 + second) as i64;
    Some(seconds * SECOND + micros)
}

/// Reads text that is nothing but ISO 8601, see [`iso_prefix`].
pub fn parse_iso(text: &[u8]) -> Option<i64> {
    iso_prefix(text).and_then(|(micros, taken)| (taken == text.len()).then_some(micros))
}

/// Reads the ISO 8601 that `text` begins with: the point in time, and how many bytes it took. `None` where there is no
/// date, or a part is out of range.
///
/// ```text
/// iso      = basic / date [ ( "T" / "t" / " " ) hh ":" mm [ ":" ss ] [ fraction ] [ zone ] ]
/// basic    = yyyy mm dd "T" hh mm [ ss ] [ fraction ] [ zone ]
/// date     = yyyy "-" mm "-" dd
/// fraction = ( "." / "," ) 1*9DIGIT                     ; the seventh digit and those behind it are cut off
/// zone     = "Z" / "z" / " UTC" / ( "+" / "-" ) hh [ [ ":" ] mm ]   ; without a zone: UTC
/// ```
#[inline]
pub fn iso_prefix(text: &[u8]) -> Option<(i64, usize)> {
    vendor_iso(text).unwrap_or_else(|| any_iso(text))
}

/// The shape that AWS writes, `2026-03-05T01:29:37.123456Z` with three, six or no digits of a fraction, read without
/// looking for others; `None` if it is another shape.
#[inline]
fn vendor_iso(text: &[u8]) -> Option<Option<(i64, usize)>> {
    let (head, after) = text.split_first_chunk::<19>()?;
    if [head[4], head[7], head[10], head[13], head[16]] != *b"--T::" {
        return None;
    }
    let (fraction, taken) = match after {
        [b'Z', ..] => (0, 20),
        [b'.', a, b, c, b'Z', ..] => (digits(&[*a, *b, *c])? * 1000, 24),
        [b'.', a, b, c, d, e, f, b'Z', ..] => (digits(&[*a, *b, *c, *d, *e, *f])?, 27),
        _ => return None,
    };
    let two = |at: usize| digits(&head[at..at + 2]);
    let year = digits(&head[..4])? as i64;
    let micros = from_parts(year, two(5)?, two(8)?, two(11)?, two(14)?, two(17)?, fraction as i64);
    Some(micros.map(|micros| (micros, taken)))
}

fn any_iso(text: &[u8]) -> Option<(i64, usize)> {
    let number = |at: usize, len: usize| digits(text.get(at..at + len)?);
    let is = |at: usize, set: &[u8]| text.get(at).is_some_and(|b| set.contains(b));
    if is(8, b"T") {
        let (year, month, day) = (number(0, 4)? as i64, number(4, 2)?, number(6, 2)?);
        let second = number(13, 2);
        let clock = (number(9, 2)?, number(11, 2)?, second.unwrap_or(0));
        return end_of_iso(text, (year, month, day), clock, if second.is_some() { 15 } else { 13 });
    }
    if !is(4, b"-") || !is(7, b"-") {
        return None;
    }
    let (year, month, day) = (number(0, 4)? as i64, number(5, 2)?, number(8, 2)?);
    let clock = || (is(10, b"T t") && is(13, b":")).then(|| Some((number(11, 2)?, number(14, 2)?))).flatten();
    let Some((hour, minute)) = clock() else {
        return Some((from_parts(year, month, day, 0, 0, 0, 0)?, 10));
    };
    let (second, at) = match number(17, 2) {
        Some(second) if is(16, b":") => (second, 19),
        _ => (0, 16),
    };
    end_of_iso(text, (year, month, day), (hour, minute, second), at)
}

/// Fraction and zone, from byte `at` of `text` on.
fn end_of_iso(
    text: &[u8],
    (year, month, day): (i64, u32, u32),
    (hour, minute, second): (u32, u32, u32),
    mut at: usize,
) -> Option<(i64, usize)> {
    let number = |at: usize, len: usize| digits(text.get(at..at + len)?);
    let is = |at: usize, set: &[u8]| text.get(at).is_some_and(|b| set.contains(b));
    let mut micros = 0;
    if is(at, b".,") {
        let count = text[at + 1..].iter().take(9).take_while(|b| b.is_ascii_digit()).count();
        if let Some(fraction) = number(at + 1, count.min(6)) {
            micros = fraction as i64 * 10i64.pow(6 - count.min(6) as u32);
            at += 1 + count;
        }
    }
    let mut offset = 0;
    match text.get(at..) {
        Some([b'Z' | b'z', ..]) => at += 1,
        Some(zone) if zone.starts_with(b" UTC") => at += 4,
        Some([sign @ (b'+' | b'-'), ..]) => {
            if let Some(hours) = number(at + 1, 2) {
                let colon = is(at + 3, b":") as usize;
                let minutes = number(at + 3 + colon, 2);
                offset = (hours * 60 + minutes.unwrap_or(0)) as i64 * 60 * SECOND;
                offset = if *sign == b'-' { -offset } else { offset };
                at += if minutes.is_some() { 5 + colon } else { 3 };
            }
        }
        _ => {}
    }
    Some((from_parts(year, month, day, hour, minute, second, micros)? - offset, at))
}

/// The number that `text` writes, if it is one to nine digits.
#[inline]
fn digits(text: &[u8]) -> Option<u32> {
    let digit = |number: u32, b: &u8| b.is_ascii_digit().then(|| number * 10 + (b - b'0') as u32);
    (!text.is_empty()).then(|| text.iter().try_fold(0, digit)).flatten()
}

/// RFC 3339 in UTC with as many digits after the second as the value needs: none, three or six.
pub fn format_iso(micros: i64) -> String {
    let (days, rest) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    let (year, month, day) = civil_from_days(days);
    let (seconds, fraction) = (rest / SECOND, rest % SECOND);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let head = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    match fraction {
        0 => head + "Z",
        f if f % 1000 == 0 => format!("{head}.{:03}Z", f / 1000),
        f => format!("{head}.{f:06}Z"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_that_do_not_fit_are_no_times() {
        assert_eq!(from_parts(1970, 1, 1, 0, 0, 1, 0), Some(SECOND));
        for year in [i64::MIN, -200_001, 200_001, 5_545_200_000, i64::MAX] {
            assert_eq!(from_parts(year, 3, 5, 1, 2, 3, 0), None, "{year}");
        }
    }

    #[test]
    fn iso_ends_where_its_grammar_ends() {
        for (text, rest) in [
            ("2026-03-05T01:29:37Z tail", " tail"),
            ("2026-03-05T01:29:37.123Z\t", "\t"),
            ("2026-03-05T01:29:37.123456Z5", "5"),
            ("2026-03-05T01:29:37.12x", "x"),
            ("2026-03-05T01:29:37.Z", ".Z"),
            ("2026-03-05T01:29:3x", ":3x"),
            ("2026-03-05 01:29:37 id", " id"),
            ("2026-03-05 hello", " hello"),
            ("2026-03-05T01:29:37 UTC+1", "+1"),
            ("2026-03-05T01:29:37+01:00:", ":"),
            ("2026-03-05T01:29:37-0130x", "x"),
            ("2026-03-05T01:29:37+01:x", ":x"),
            ("2026-03-05T01:29:37+x", "+x"),
        ] {
            let taken = iso_prefix(text.as_bytes()).map(|(_, taken)| &text[taken..]);
            assert_eq!(taken, Some(rest), "{text}");
        }
        for text in ["2026-03-05T25:00:00Z", "2026-02-30 x", "2026-03-05T01:61Z", "2026-3-05"] {
            assert_eq!(iso_prefix(text.as_bytes()), None, "{text}");
        }
    }

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
            for after in ["", " ", "Z", "0", "+01:00"] {
                let text = format!("{text}{after}");
                assert_eq!(iso_prefix(text.as_bytes()), any_iso(text.as_bytes()), "{text}");
            }
        }
    }

    #[test]
    fn iso_reads_what_the_logs_write() {
        let base = 1_772_674_177 * SECOND;
        for (text, micros) in [
            ("2026-03-05T01:29:37Z", base),
            ("2026-03-05 01:29:37", base),
            ("2026-03-05T01:29:37.5Z", base + 500_000),
            ("2026-03-05T01:29:37.123456Z", base + 123_456),
            ("2026-03-05T01:29:37.123456789Z", base + 123_456),
            ("2026-03-04T17:29:37-08:00", base),
            ("2026-03-05T01:29:37+0000", base),
            ("2026-03-05T01:29:37 UTC", base),
            ("2026-03-05t01:29:37,50+01", base + 500_000 - 3600 * SECOND),
            ("2026-03-05T01:29Z", base - 37 * SECOND),
            ("2026-03-05", 1_772_668_800 * SECOND),
            ("20260305T012937Z", base),
            ("20260305T012937", base),
            ("20260305T012937.123Z", base + 123_000),
            ("20260304T172937-0800", base),
            ("20260305T0129Z", base - 37 * SECOND),
        ] {
            assert_eq!(parse_iso(text.as_bytes()), Some(micros), "{text}");
        }
        for text in [
            "",
            "2026",
            "2026-13-05",
            "2026-02-30T00:00:00Z",
            "2026-03-05T25:00:00Z",
            "2026-03-05T01:29:37.Z",
            "x026-03-05",
            "2026-03-05T",
            "2026-03-05T01:29:3xZ",
            "2026-03-05T01:29:37.1234567890Z",
            "2026-03-05T01:29:37+01:0",
            "2026-03-05T01:29:37+010",
            "2026-03-05T01:29:37Z ",
            "20260305",
            "20260305T",
            "20260305T01",
            "20260305T01293Z",
            "20260305T256000Z",
            "20261305T012937Z",
            "2026-0305T012937Z",
        ] {
            assert_eq!(parse_iso(text.as_bytes()), None, "{text}");
        }
        assert_eq!(format_iso(base), "2026-03-05T01:29:37Z");
        assert_eq!(format_iso(-1), "1969-12-31T23:59:59.999999Z");
        for days in [-800_000, -1, 0, 59, 60, 20_000, 3_000_000] {
            let (y, m, d) = civil_from_days(days);
            assert_eq!(days_from_civil(y, m, d), days);
        }
    }
}
