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
    let fits = (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let seconds = days_from_civil(year, month, day) * 86_400 + (hour * 3600 + minute * 60 + second) as i64;
    fits.then_some(seconds * SECOND + micros)
}

/// Reads ISO 8601: `2026-03-05`, `2026-03-05T01:29:37Z`, with a space for the `T`, a fraction of up to nine digits,
/// `Z`, an offset with or without colon, or no zone (taken as UTC).
pub fn parse_iso(text: &[u8]) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| -> Option<u32> {
        text.get(range)?.iter().try_fold(0u32, |n, b| b.is_ascii_digit().then(|| n * 10 + (b - b'0') as u32))
    };
    let is = |at: usize, set: &[u8]| text.get(at).is_some_and(|b| set.contains(b));
    if !is(4, b"-") || !is(7, b"-") {
        return None;
    }
    let (year, month, day) = (number(0..4)? as i64, number(5..7)?, number(8..10)?);
    if text.len() == 10 {
        return from_parts(year, month, day, 0, 0, 0, 0);
    }
    if !is(10, b"T t") || !is(13, b":") {
        return None;
    }
    let (hour, minute) = (number(11..13)?, number(14..16)?);
    let (second, mut at) = if is(16, b":") { (number(17..19)?, 19) } else { (0, 16) };
    let mut micros = 0i64;
    if is(at, b".,") {
        at += 1;
        let digits = text[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 || digits > 9 {
            return None;
        }
        let fraction = number(at..at + digits.min(6))? as i64;
        micros = fraction * 10i64.pow(6 - digits.min(6) as u32);
        at += digits;
    }
    let offset = match &text[at..] {
        b"" | b"Z" | b"z" | b" UTC" => 0,
        zone if matches!(zone[0], b'+' | b'-') => {
            let minutes = match zone.len() {
                3 => number(at + 1..at + 3)? * 60,
                5 => number(at + 1..at + 3)? * 60 + number(at + 3..at + 5)?,
                6 if zone[3] == b':' => number(at + 1..at + 3)? * 60 + number(at + 4..at + 6)?,
                _ => return None,
            };
            minutes as i64 * 60 * SECOND * if zone[0] == b'-' { -1 } else { 1 }
        }
        _ => return None,
    };
    Some(from_parts(year, month, day, hour, minute, second, micros)? - offset)
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
