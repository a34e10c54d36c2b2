//! Times in a form that a template names, as `strptime` does: `%d.%m.%Y %H:%M:%S`. Not the forms that loggers use: those
//! are found without being named.
//!
//! ```text
//! %Y 4DIGIT   %y 2DIGIT (1970 to 2069)   %m month   %b its English name   %d %e day   %j day of the year
//! %H %k hour   %I hour of twelve   %p AM or PM   %M minute   %S second   %f 1*9DIGIT of a second
//! %s seconds since 1970   %L milliseconds since 1970   %z +hhmm, +hh:mm or Z   %T = %H:%M:%S   %F = %Y-%m-%d   %% %
//! ```
//!
//! Numbers of days, months and hours may have one digit; `%b` knows three letters. A blank stands for any number of blanks.

use crate::formats::Settings;
use logloupe_table::time::{self, SECOND};

/// How a time is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clock(Vec<Part>);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Literal(u8),
    Blank,
    Year,
    ShortYear,
    Month,
    MonthName,
    Day,
    DayOfYear,
    Hour,
    HourOfTwelve,
    Half,
    Minute,
    Second,
    Fraction,
    Epoch,
    EpochMillis,
    Zone,
}

/// The longest form.
const LONGEST: usize = 100;

impl Clock {
    /// Understands a form; what is wrong with it, and at which byte.
    pub(super) fn new(form: &str) -> Result<Clock, (usize, String)> {
        if form.len() > LONGEST {
            return Err((LONGEST, format!("the form of a time has at most {LONGEST} characters")));
        }
        let mut parts = Vec::new();
        let bytes = form.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            if byte == b' ' {
                if parts.last() != Some(&Part::Blank) {
                    parts.push(Part::Blank);
                }
                continue;
            }
            if byte != b'%' {
                parts.push(Part::Literal(byte));
                continue;
            }
            let letter = bytes.get(at).copied();
            at += 1;
            let part = match letter {
                Some(b'Y') => Part::Year,
                Some(b'y') => Part::ShortYear,
                Some(b'm') => Part::Month,
                Some(b'b' | b'h') => Part::MonthName,
                Some(b'd' | b'e') => Part::Day,
                Some(b'j') => Part::DayOfYear,
                Some(b'H' | b'k') => Part::Hour,
                Some(b'I') => Part::HourOfTwelve,
                Some(b'p') => Part::Half,
                Some(b'M') => Part::Minute,
                Some(b'S') => Part::Second,
                Some(b'f') => Part::Fraction,
                Some(b's') => Part::Epoch,
                Some(b'L') => Part::EpochMillis,
                Some(b'z') => Part::Zone,
                Some(b'%') => Part::Literal(b'%'),
                Some(b'T') => {
                    let colon = Part::Literal(b':');
                    parts.extend([Part::Hour, colon, Part::Minute, colon]);
                    Part::Second
                }
                Some(b'F') => {
                    let dash = Part::Literal(b'-');
                    parts.extend([Part::Year, dash, Part::Month, dash]);
                    Part::Day
                }
                _ => {
                    let letter = form.get(at - 2..).unwrap_or_default().chars().take(2).collect::<String>();
                    return Err((at - 2, format!("`{letter}` is no part of a time")));
                }
            };
            parts.push(part);
        }
        let has = |part: Part| parts.contains(&part);
        let day = has(Part::Day) && (has(Part::Month) || has(Part::MonthName));
        if !day && !has(Part::DayOfYear) && !has(Part::Epoch) && !has(Part::EpochMillis) {
            return Err((0, "the form of a time has a day and a month, or seconds since 1970".to_owned()));
        }
        if has(Part::DayOfYear) && !has(Part::Year) && !has(Part::ShortYear) {
            return Err((0, "a day of the year needs the year".to_owned()));
        }
        Ok(Clock(parts))
    }
    /// The time that `text` begins with, in microseconds, and how many bytes it takes.
    pub(super) fn read(&self, text: &[u8], settings: &Settings) -> Option<(i64, usize)> {
        let (mut year, mut month, mut day, mut of_year) = (None, None, None, None);
        let (mut hour, mut afternoon, mut minute, mut second, mut micros) = (0u32, None, 0u32, 0u32, 0u32);
        let (mut epoch, mut ahead) = (None, None);
        let mut at = 0;
        for part in &self.0 {
            let rest = text.get(at..)?;
            at += match part {
                Part::Literal(byte) => (rest.first() == Some(byte)).then_some(1)?,
                Part::Blank => {
                    let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
                    (blanks > 0).then_some(blanks)?
                }
                Part::Year => take(rest, 4, 4, |n| year = Some(n as i64))?,
                Part::ShortYear => {
                    take(rest, 2, 2, |n| year = Some(if n < 70 { 2000 } else { 1900 } + n as i64))?
                }
                Part::Month => take(rest, 1, 2, |n| month = Some(n))?,
                Part::MonthName => {
                    const NAMES: &[u8; 36] = b"janfebmaraprmayjunjulaugsepoctnovdec";
                    let name = rest.first_chunk::<3>()?.map(|b| b.to_ascii_lowercase());
                    let place = NAMES.as_chunks::<3>().0.iter().position(|known| *known == name)?;
                    month = Some(place as u32 + 1);
                    3
                }
                Part::Day => {
                    let blank = rest.starts_with(b" ") as usize;
                    blank + take(rest.get(blank..)?, 1, 2, |n| day = Some(n))?
                }
                Part::DayOfYear => take(rest, 1, 3, |n| of_year = Some(n))?,
                Part::Hour => take(rest, 1, 2, |n| hour = n)?,
                Part::HourOfTwelve => take(rest, 1, 2, |n| hour = n % 12)?,
                Part::Half => {
                    let half = rest.first_chunk::<2>()?.map(|b| b.to_ascii_uppercase());
                    afternoon = Some(match &half {
                        b"AM" => false,
                        b"PM" => true,
                        _ => return None,
                    });
                    2
                }
                Part::Minute => take(rest, 2, 2, |n| minute = n)?,
                Part::Second => take(rest, 2, 2, |n| second = n)?,
                Part::Fraction => {
                    let digits = rest.iter().take(9).take_while(|b| b.is_ascii_digit()).count();
                    let used = digits.min(6);
                    take(rest, used.max(1), used, |n| micros = n * 10u32.pow(6 - used as u32))?;
                    digits
                }
                Part::Epoch | Part::EpochMillis => {
                    let digits = rest.iter().take(15).take_while(|b| b.is_ascii_digit()).count();
                    let number: i64 = std::str::from_utf8(rest.get(..digits)?).ok()?.parse().ok()?;
                    let unit = if *part == Part::Epoch { SECOND } else { SECOND / 1000 };
                    epoch = Some(number.checked_mul(unit)?);
                    digits
                }
                Part::Zone => {
                    let (seconds, taken) = zone(rest)?;
                    ahead = Some(seconds);
                    taken
                }
            };
        }
        if let Some(epoch) = epoch {
            return Some((epoch.checked_add(micros as i64)?, at));
        }
        if afternoon == Some(true) {
            hour += 12;
        }
        let clock = time::from_parts(1970, 1, 1, hour, minute, second, 0)? + micros as i64;
        let shift = ahead.unwrap_or(settings.ahead as i64) * SECOND;
        let start = |year: i64| {
            let start = match of_year {
                Some(of_year @ 1..=366) => {
                    time::from_parts(year, 1, 1, 0, 0, 0, 0)? + (of_year as i64 - 1) * time::DAY
                }
                _ => time::from_parts(year, month?, day?, 0, 0, 0, 0)?,
            };
            start.checked_add(clock)?.checked_sub(shift)
        };
        if let Some(year) = year.or(settings.year.map(i64::from)) {
            return Some((start(year)?, at));
        }
        // Without a year, the last in which it is not in the future.
        let now = settings.now?;
        let (year, ..) = time::civil_from_days(now.div_euclid(time::DAY));
        let last = (year - 8..=year + 1).rev().filter_map(start).find(|micros| *micros <= now + time::DAY);
        Some((last?, at))
    }
}

/// Reads a number of so many digits, and gives their count.
fn take(text: &[u8], fewest: usize, most: usize, set: impl FnOnce(u32)) -> Option<usize> {
    let digits = text.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
    if digits < fewest {
        return None;
    }
    let number = text.iter().take(digits).fold(0u32, |n, b| n * 10 + (b - b'0') as u32);
    set(number);
    Some(digits)
}

/// How many seconds a zone is ahead of UTC, and its length.
fn zone(text: &[u8]) -> Option<(i64, usize)> {
    let sign = match text.first()? {
        b'Z' | b'z' => return Some((0, 1)),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (mut hours, mut minutes) = (0, 0);
    take(text.get(1..)?, 2, 2, |n| hours = n)?;
    let colon = (text.get(3) == Some(&b':')) as usize;
    let taken = take(text.get(3 + colon..)?, 2, 2, |n| minutes = n);
    let length = taken.map_or(3, |taken| 3 + colon + taken);
    Some((sign * (hours as i64 * 3600 + minutes as i64 * 60), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_form_that_was_named() {
        let settings = Settings { now: Some(1_772_674_177_000_000), ..Settings::NONE };
        for (form, text, iso, taken) in [
            ("%d.%m.%Y %H:%M:%S", "5.3.2026 01:29:37 x", "2026-03-05T01:29:37Z", 17),
            ("%m/%d/%y %I:%M:%S %p", "03/05/26 01:29:37 PM", "2026-03-05T13:29:37Z", 20),
            ("%m/%d/%y %I:%M:%S %p", "03/05/26 12:29:37 am", "2026-03-05T00:29:37Z", 20),
            ("%d %b %T.%f", "05 Mar 01:02:03.25x", "2026-03-05T01:02:03.250Z", 18),
            ("%b %e %T", "Dec  5 23:00:00", "2025-12-05T23:00:00Z", 15),
            ("%FT%T%z", "2026-03-05T01:29:37+0130", "2026-03-04T23:59:37Z", 24),
            ("%FT%T%z", "2026-03-05T01:29:37Z", "2026-03-05T01:29:37Z", 20),
            ("%Y/%j %H", "2026/064 07", "2026-03-05T07:00:00Z", 11),
            ("@%s.%f", "@1772674177.5", "2026-03-05T01:29:37.500Z", 13),
            ("%L", "1772674177123", "2026-03-05T01:29:37.123Z", 13),
        ] {
            let clock = Clock::new(form).unwrap();
            let (micros, end) =
                clock.read(text.as_bytes(), &settings).unwrap_or_else(|| panic!("{form} {text}"));
            assert_eq!((time::format_iso(micros).as_str(), end), (iso, taken), "{form} {text}");
        }
        let clock = Clock::new("%d.%m.%Y").unwrap();
        for text in ["", "5", "5.13.2026", "31.2.2026", "5.3.26", "x"] {
            assert_eq!(clock.read(text.as_bytes(), &settings), None, "{text}");
        }
        for (form, at) in [("%H:%M", 0), ("%d.%m.%Q", 6), ("%", 0), ("%j", 0)] {
            assert_eq!(Clock::new(form).unwrap_err().0, at, "{form}");
        }
    }
}
