//! Times that stand at the beginning of a line, as loggers of any kind write them. Not for logs whose time has one known form:
//! those name its parser in [`time`](mod@super::time).
//!
//! ```text
//! stamp   = [ "[" / "(" / DQUOTE ] ( iso / slashed / clf / syslog / dated / in-words / klog / epoch )
//! slashed = 4DIGIT "/" 2DIGIT "/" 2DIGIT SP clock                  ; nginx, Go
//! clf     = 2DIGIT ( "/" / "-" / SP ) month ( "/" / "-" / SP ) 4DIGIT ( ":" / SP ) clock [ SP zone ]
//! syslog  = month SP day SP clock                                  ; RFC 3164, without a year
//! dated   = weekday SP month SP day SP clock SP 4DIGIT             ; Apache's error log, ctime
//! klog    = ( "I" / "W" / "E" / "F" ) 4DIGIT SP clock              ; month and day
//! epoch   = 10DIGIT [ "." 1*9DIGIT ] / 13DIGIT
//! clock   = 2DIGIT ":" 2DIGIT ":" 2DIGIT [ ( "." / "," ) 1*9DIGIT ]
//! ```
//!
//! Decisions: a day written with the month and the day as numbers and the year last (`03/05/2026`) may mean two days, and is
//! no time here. What has no zone is in the zone that the user gave, UTC if none; what has no year is of the year that the user gave, else
//! of the last one in which it is not in the future.

use crate::formats::Settings;
use logloupe_table::time::{self, SECOND};

/// The time that `text` begins with, in microseconds, and how many bytes it takes with what encloses it.
pub fn stamp(text: &[u8], settings: &Settings) -> Option<(i64, usize)> {
    let first = *text.first()?;
    let (inner, closing) = match first {
        b'[' => (text.get(1..)?, Some(b']')),
        b'(' => (text.get(1..)?, Some(b')')),
        b'"' => (text.get(1..)?, Some(b'"')),
        // Nearly all lines without a time are told by this.
        b'0'..=b'9' | b'A'..=b'Z' => (text, None),
        _ => return None,
    };
    let (micros, taken) = bare(inner, settings)?;
    match closing {
        None => Some((micros, taken)),
        Some(end) if inner.get(taken) == Some(&end) => Some((micros, taken + 2)),
        Some(_) => None,
    }
}

/// The time that all of `text` is.
pub fn moment(text: &[u8], settings: &Settings) -> Option<i64> {
    let text = text.trim_ascii();
    if text.len() <= 40
        && let Some((micros, taken)) = stamp(text, settings)
        && taken == text.len()
    {
        return Some(micros);
    }
    super::time::in_words(text)
}

fn bare(text: &[u8], settings: &Settings) -> Option<(i64, usize)> {
    let zoned = |micros: i64, taken: usize| (micros - settings.ahead as i64 * SECOND, taken);
    match text.first()? {
        b'0'..=b'9' => {
            if let Some((micros, taken)) = time::iso_prefix(text) {
                // A date alone is a word like others.
                if taken <= 10 {
                    return None;
                }
                let zone = |b: &u8| matches!(b, b'Z' | b'z' | b'+' | b'-' | b'C');
                if text.get(11..taken)?.iter().any(zone) {
                    return Some((micros, taken));
                }
                return Some(match self::zone(text, taken) {
                    Some((ahead, end)) => (micros - ahead, end),
                    None => zoned(micros, taken),
                });
            }
            if text.get(4) == Some(&b'/') {
                let day = date(number(text, 0, 4)?, number(text, 5, 2)?, text.get(8..10)?)?;
                let (micros, taken) = separate(text, 10).and_then(|at| clock(text, at))?;
                return Some(zoned(day + micros, taken));
            }
            if let Some((micros, taken, has_zone)) = clf(text) {
                return Some(if has_zone { (micros, taken) } else { zoned(micros, taken) });
            }
            epoch(text)
        }
        _ => {
            if let Some(named) = month(text) {
                let (micros, taken) = day_and_clock(text, 3, named, None, settings)?;
                return Some(zoned(micros, taken));
            }
            if is_weekday(text)
                && let Some((micros, taken)) = dated(text, settings)
            {
                return Some(zoned(micros, taken));
            }
            let klog = matches!(text.first(), Some(b'I' | b'W' | b'E' | b'F' | b'D'));
            if klog && text.get(5) == Some(&b' ') {
                let (micros, taken) = clock(text, 6)?;
                let (month, day) = (number(text, 1, 2)?, number(text, 3, 2)?);
                return Some(zoned(without_year(month, day, micros, settings)?, taken));
            }
            None
        }
    }
}

/// The number of `count` digits at `at`.
fn number(text: &[u8], at: usize, count: usize) -> Option<u32> {
    let digit = |n: u32, b: &u8| b.is_ascii_digit().then(|| n * 10 + (b - b'0') as u32);
    text.get(at..at + count)?.iter().try_fold(0, digit)
}

fn separate(text: &[u8], at: usize) -> Option<usize> {
    matches!(text.get(at), Some(b' ' | b'T' | b':' | b'-')).then_some(at + 1)
}

fn date(year: u32, month: u32, day: &[u8]) -> Option<i64> {
    let day = number(day, 0, day.len())?;
    time::from_parts(year as i64, month, day, 0, 0, 0, 0)
}

/// A time of day at `at`, in microseconds, and where it ends.
fn clock(text: &[u8], at: usize) -> Option<(i64, usize)> {
    let is = |at: usize, byte: u8| text.get(at) == Some(&byte);
    if !is(at + 2, b':') || !is(at + 5, b':') {
        return None;
    }
    let (hour, minute, second) = (number(text, at, 2)?, number(text, at + 3, 2)?, number(text, at + 6, 2)?);
    let mut micros = time::from_parts(1970, 1, 1, hour, minute, second, 0)?;
    let mut end = at + 8;
    if is(end, b'.') || is(end, b',') {
        let digits = text.get(end + 1..)?.iter().take(9).take_while(|b| b.is_ascii_digit()).count();
        if digits > 0 {
            let used = digits.min(6);
            micros += number(text, end + 1, used)? as i64 * 10i64.pow(6 - used as u32);
            end += 1 + digits;
        }
    }
    Some((micros, end))
}

/// The month whose short name `text` begins with.
fn month(text: &[u8]) -> Option<u32> {
    const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let name = text.first_chunk::<3>()?;
    let at = MONTHS.as_chunks::<3>().0.iter().position(|month| month == name)?;
    Some(at as u32 + 1)
}

fn is_weekday(text: &[u8]) -> bool {
    const DAYS: &[u8; 21] = b"MonTueWedThuFriSatSun";
    text.first_chunk::<3>().is_some_and(|name| DAYS.as_chunks::<3>().0.contains(name))
}

/// `06/Feb/2026:13:05:59 +0000`, `06-Feb-2026 13:05:59.123`, `06 Feb 2026 13:05:59`; whether it has a zone.
fn clf(text: &[u8]) -> Option<(i64, usize, bool)> {
    let between = *text.get(2)?;
    if !matches!(between, b'/' | b'-' | b' ') || text.get(6) != Some(&between) {
        return None;
    }
    let month = month(text.get(3..)?)?;
    let day = date(number(text, 7, 4)?, month, text.get(..2)?)?;
    let (micros, end) = separate(text, 11).and_then(|at| clock(text, at))?;
    match zone(text, end) {
        Some((ahead, end)) => Some((day + micros - ahead, end, true)),
        None => Some((day + micros, end, false)),
    }
}

/// ` +0530`, ` UTC`, ` GMT` at `at`: microseconds ahead of UTC, and where it ends.
fn zone(text: &[u8], at: usize) -> Option<(i64, usize)> {
    let rest = text.get(at..)?.strip_prefix(b" ")?;
    if rest.starts_with(b"UTC") || rest.starts_with(b"GMT") {
        return Some((0, at + 4));
    }
    let sign = match rest.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let colon = (rest.get(3) == Some(&b':')) as usize;
    let seconds = number(rest, 1, 2)? * 3600 + number(rest, 3 + colon, 2)? * 60;
    Some((sign * seconds as i64 * SECOND, at + 6 + colon))
}

/// The day and the time of day behind a month's name that ends at `at`.
fn day_and_clock(
    text: &[u8],
    at: usize,
    month: u32,
    year: Option<u32>,
    settings: &Settings,
) -> Option<(i64, usize)> {
    let blanks = text.get(at..)?.iter().take(2).take_while(|b| **b == b' ').count();
    let at = at + blanks;
    let digits = text.get(at..)?.iter().take(2).take_while(|b| b.is_ascii_digit()).count();
    let day = number(text, at, digits).filter(|_| blanks > 0 && digits > 0)?;
    let mut at = at + digits;
    let mut year = year;
    // Some write the year behind the day.
    if text.get(at) == Some(&b' ')
        && text.get(at + 5) == Some(&b' ')
        && let Some(written) = number(text, at + 1, 4)
    {
        (year, at) = (Some(written), at + 5);
    }
    let (micros, end) = clock(text, at.checked_add(1).filter(|_| text.get(at) == Some(&b' '))?)?;
    match year {
        Some(year) => Some((time::from_parts(year as i64, month, day, 0, 0, 0, 0)? + micros, end)),
        None => Some((without_year(month, day, micros, settings)?, end)),
    }
}

/// `Fri Sep 09 10:42:29.902022 2011`, `Fri, 09 Sep 2011 10:42:29 GMT`.
fn dated(text: &[u8], settings: &Settings) -> Option<(i64, usize)> {
    if let Some(rest) = text.get(3..)?.strip_prefix(b", ") {
        let day = rest.iter().take(2).take_while(|b| b.is_ascii_digit()).count();
        let mut padded = rest.get(..day)?.to_vec();
        if day == 1 {
            padded.insert(0, b'0');
        }
        padded.extend_from_slice(rest.get(day..rest.len().min(day + 40))?);
        let (micros, taken, has_zone) = clf(&padded)?;
        let micros = if has_zone { micros + settings.ahead as i64 * SECOND } else { micros };
        return Some((micros, taken + 5 - (2 - day)));
    }
    let at = 4;
    let named = month(text.get(at..)?)?;
    // The year stands behind the clock: found first, as a day alone could be any year's.
    let clock_at = text.get(at + 3..)?.iter().take(8).position(|b| *b == b':')? + at + 3 - 2;
    let (_, end) = clock(text, clock_at)?;
    let behind = text.get(end..)?;
    let skip = if behind.starts_with(b" UTC ") || behind.starts_with(b" GMT ") { 5 } else { 1 };
    let year = number(behind, skip, 4).filter(|_| behind.first() == Some(&b' '))?;
    let (micros, _) = day_and_clock(text, at + 3, named, Some(year), settings)?;
    Some((micros, end + skip + 4))
}

/// A day without a year.
fn without_year(month: u32, day: u32, micros: i64, settings: &Settings) -> Option<i64> {
    let of = |year: i64| time::from_parts(year, month, day, 0, 0, 0, 0).map(|start| start + micros);
    if let Some(year) = settings.year {
        return of(year as i64);
    }
    let now = settings.now?;
    let (year, ..) = time::civil_from_days(now.div_euclid(time::DAY));
    // A clock may be a little ahead. The 29th of February looks back to a leap year.
    (year - 8..=year + 1).rev().filter_map(of).find(|micros| *micros <= now + time::DAY)
}

/// Seconds since 1970 with a fraction, or milliseconds.
fn epoch(text: &[u8]) -> Option<(i64, usize)> {
    let digits = text.iter().take(20).take_while(|b| b.is_ascii_digit()).count();
    let whole =
        text.get(..digits)?.iter().fold(0i64, |n, b| n.wrapping_mul(10).wrapping_add((b - b'0') as i64));
    let ends = |at: usize| text.get(at).is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'_');
    match digits {
        10 if text.get(10) == Some(&b'.') => {
            let fraction = text.get(11..)?.iter().take(9).take_while(|b| b.is_ascii_digit()).count();
            let used = fraction.min(6);
            let micros = number(text, 11, used)? as i64 * 10i64.pow(6 - used as u32);
            (fraction > 0 && ends(11 + fraction)).then_some((whole * SECOND + micros, 11 + fraction))
        }
        10 if ends(10) => Some((whole * SECOND, 10)),
        13 if ends(13) => Some((whole * 1000, 13)),
        16 if ends(16) => Some((whole, 16)),
        19 if ends(19) => Some((whole / 1000, 19)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_772_674_177_000_000; // 2026-03-05T01:29:37Z

    fn shown(text: &str, settings: &Settings) -> Option<(String, usize)> {
        stamp(text.as_bytes(), settings).map(|(micros, taken)| (time::format_iso(micros), taken))
    }

    #[test]
    fn times_of_loggers_are_read_to_their_end() {
        let settings = Settings { now: Some(NOW), ..Settings::NONE };
        for (text, iso, taken) in [
            ("2026-03-05T01:29:37.123456Z x", "2026-03-05T01:29:37.123456Z", 27),
            ("2026-03-05 01:29:37,123 INFO", "2026-03-05T01:29:37.123Z", 23),
            ("[2026-03-05 01:29:37 +0200] x", "2026-03-04T23:29:37Z", 27),
            ("2026/03/05 01:29:37 [error]", "2026-03-05T01:29:37Z", 19),
            ("06/Feb/2026:13:05:59 +0100 x", "2026-02-06T12:05:59Z", 26),
            ("06-Feb-2026 13:05:59.5 x", "2026-02-06T13:05:59.500Z", 22),
            ("06 Feb 2026 13:05:59 x", "2026-02-06T13:05:59Z", 20),
            ("Mar  5 01:02:03 host x", "2026-03-05T01:02:03Z", 15),
            ("Mar 5 01:02:03.25 host x", "2026-03-05T01:02:03.250Z", 17),
            ("Dec 31 23:00:00 host x", "2025-12-31T23:00:00Z", 15),
            ("Feb 29 23:00:00 host x", "2024-02-29T23:00:00Z", 15),
            ("Mar  5 2025 01:02:03 x", "2025-03-05T01:02:03Z", 20),
            ("[Fri Sep 09 10:42:29.902022 2011] [core:error]", "2011-09-09T10:42:29.902022Z", 33),
            ("Fri Sep  9 10:42:29 UTC 2011 x", "2011-09-09T10:42:29Z", 28),
            ("Fri, 09 Sep 2011 10:42:29 GMT x", "2011-09-09T10:42:29Z", 29),
            ("Fri, 9 Sep 2011 10:42:29 +0200", "2011-09-09T08:42:29Z", 30),
            ("I0305 01:29:37.123456   1 main.go:1]", "2026-03-05T01:29:37.123456Z", 21),
            ("1772674177.5 x", "2026-03-05T01:29:37.500Z", 12),
            ("1772674177123 x", "2026-03-05T01:29:37.123Z", 13),
        ] {
            assert_eq!(shown(text, &settings), Some((iso.to_owned(), taken)), "{text}");
        }
        for text in [
            "",
            "[",
            "2026-03-05",
            "2026-03-05 x",
            "03/05/2026 01:02:03",
            "Mar 32 01:02:03",
            "Marx 5 01:02:03",
            "[2026-03-05 01:29:37 x",
            "12345 x",
            "1772674177x",
            "Fri Sep 09 10:42:29",
            "Friday",
            "I0305",
        ] {
            assert_eq!(shown(text, &settings), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_written_is_what_the_user_said() {
        let settings = Settings { year: Some(2019), ahead: 7200, ..Settings::NONE };
        assert_eq!(shown("Mar  5 01:02:03 h", &settings).unwrap().0, "2019-03-04T23:02:03Z");
        assert_eq!(shown("2026-03-05 01:29:37 x", &settings).unwrap().0, "2026-03-04T23:29:37Z");
        assert_eq!(shown("2026-03-05 01:29:37Z x", &settings).unwrap().0, "2026-03-05T01:29:37Z");
        assert_eq!(shown("Fri, 9 Sep 2011 10:42:29 GMT", &settings).unwrap().0, "2011-09-09T10:42:29Z");
        // Without a year, and nobody to say it.
        assert_eq!(shown("Mar  5 01:02:03 h", &Settings::NONE), None);
    }
}
