//! Times as text by a pattern, and back: `formatDate`, `strftime`, `parseDate`, and what SQL has of the kind. All in
//! UTC; a text with an offset is moved to UTC. Names of months and days are English.
//!
//! A pattern with a `%` is one of directives (`%Y-%m-%d`), any other one of letters (`yyyy-MM-dd`).

use std::{fmt::Write, iter::Peekable, str::Chars};

use super::{Kernel, made, text};
use logloupe_syntax::functions::Date;
use logloupe_table::{
    Value,
    time::{DAY, SECOND, civil_from_days, days_from_civil, from_parts},
};

/// What computes each function.
pub(super) fn kernel(function: Date) -> Kernel {
    match function {
        Date::FormatDate => Kernel::Scalar(format),
        Date::Strftime => Kernel::Scalar(format),
        Date::ParseDate => Kernel::Scalar(parse),
    }
}

/// How a pattern is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Style {
    /// `yyyy-MM-dd`.
    Letters,
    /// `%Y-%m-%d %H:%M:%S` as in C.
    Directives,
    /// `%Y-%m-%d %H:%i:%s` as in MySQL, Presto and Athena.
    Sql,
}

impl Style {
    fn of(pattern: &str) -> Style {
        if pattern.contains('%') { Style::Directives } else { Style::Letters }
    }
}

fn format(args: &[Value]) -> Value {
    match (args[0].time(), text(&args[1])) {
        (Some(time), Some(pattern)) => {
            format_date(time, &pattern, Style::of(&pattern)).map_or(Value::Null, |t| made(&t))
        }
        _ => Value::Null,
    }
}

fn parse(args: &[Value]) -> Value {
    let Some(subject) = text(&args[0]) else { return Value::Null };
    let time = match args.get(1).map(text) {
        None => args[0].time(),
        Some(Some(pattern)) => parse_date(&subject, &pattern, Style::of(&pattern)),
        Some(None) => None,
    };
    time.map_or(Value::Null, Value::Time)
}

/// One piece of a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
enum FormatItem {
    Char(char),
    /// With at least so many digits.
    Year(usize),
    /// The last two digits of the year.
    ShortYear,
    Month(usize),
    MonthName,
    MonthShort,
    Day(usize),
    DayOfYear(usize),
    Weekday,
    WeekdayShort,
    /// 1 for Monday to 7 for Sunday.
    WeekdayNumber,
    Hour(usize),
    /// 1 to 12.
    HalfHour(usize),
    Half,
    Minute(usize),
    Second(usize),
    /// So many digits after the point, at most 9.
    Fraction(usize),
    /// Seconds since 1970.
    Epoch,
    /// `+01:00`; with `Z` for none; with a colon.
    Offset {
        zulu: bool,
        colon: bool,
    },
    ZoneName,
    /// What the pattern says is not known.
    Unknown,
}

/// The pieces of a pattern, read as they are asked for.
struct FormatItems<'p> {
    style: Style,
    chars: Peekable<Chars<'p>>,
    quoted: bool,
    /// What a directive such as `%T` stands for, being read.
    inner: Option<Chars<'static>>,
}

impl Iterator for FormatItems<'_> {
    type Item = FormatItem;

    fn next(&mut self) -> Option<FormatItem> {
        if let Some(inner) = &mut self.inner {
            match inner.next() {
                Some('%') => {
                    let letter = inner.next()?;
                    return Some(directive(letter, 2, self.style));
                }
                Some(c) => return Some(FormatItem::Char(c)),
                None => self.inner = None,
            }
        }
        if self.style == Style::Letters { self.letters() } else { self.directives() }
    }
}

impl FormatItems<'_> {
    fn directives(&mut self) -> Option<FormatItem> {
        let c = self.chars.next()?;
        if c != '%' {
            return Some(FormatItem::Char(c));
        }
        let width = if self.chars.next_if_eq(&'-').is_some() { 1 } else { 2 };
        let Some(letter) = self.chars.next() else { return Some(FormatItem::Unknown) };
        let whole = match (letter, self.style) {
            ('T', _) => "%H:%M:%S",
            ('r', Style::Sql) => "%h:%i:%S %p",
            ('F', Style::Directives) => "%Y-%m-%d",
            ('D', Style::Directives) => "%m/%d/%y",
            ('R', Style::Directives) => "%H:%M",
            _ => return Some(directive(letter, width, self.style)),
        };
        // In SQL `%M` is a name.
        let whole = if letter == 'T' && self.style == Style::Sql { "%H:%i:%S" } else { whole };
        self.inner = Some(whole.chars());
        self.next()
    }
    fn letters(&mut self) -> Option<FormatItem> {
        let c = self.chars.next()?;
        if c == '\'' {
            // Two quotes are one, inside a quotation or outside.
            if self.chars.next_if_eq(&'\'').is_some() {
                return Some(FormatItem::Char('\''));
            }
            self.quoted = !self.quoted;
            return self.next();
        }
        if self.quoted || !c.is_ascii_alphabetic() {
            return Some(FormatItem::Char(c));
        }
        let mut n = 1;
        while self.chars.next_if_eq(&c).is_some() {
            n += 1;
        }
        Some(match (c, n) {
            ('y' | 'u' | 'Y', 2) => FormatItem::ShortYear,
            ('y' | 'u' | 'Y', n) => FormatItem::Year(n.min(9)),
            ('M' | 'L', 1 | 2) => FormatItem::Month(n),
            ('M' | 'L', 3) => FormatItem::MonthShort,
            ('M' | 'L', 4) => FormatItem::MonthName,
            ('d', 1 | 2) => FormatItem::Day(n),
            ('D', 1..=3) => FormatItem::DayOfYear(n),
            ('E', 1..=3) => FormatItem::WeekdayShort,
            ('E', 4) => FormatItem::Weekday,
            ('H', 1 | 2) => FormatItem::Hour(n),
            ('h', 1 | 2) => FormatItem::HalfHour(n),
            ('a', 1) => FormatItem::Half,
            ('m', 1 | 2) => FormatItem::Minute(n),
            ('s', 1 | 2) => FormatItem::Second(n),
            ('S', 1..=9) => FormatItem::Fraction(n),
            ('X', 1 | 2) => FormatItem::Offset { zulu: true, colon: false },
            ('X', 3) => FormatItem::Offset { zulu: true, colon: true },
            ('Z', 1..=3) => FormatItem::Offset { zulu: false, colon: false },
            ('Z', 4 | 5) | ('x', 3) => FormatItem::Offset { zulu: false, colon: true },
            ('x', 1 | 2) => FormatItem::Offset { zulu: false, colon: false },
            ('z', 1..=3) => FormatItem::ZoneName,
            _ => FormatItem::Unknown,
        })
    }
}

fn directive(letter: char, width: usize, style: Style) -> FormatItem {
    let sql = style == Style::Sql;
    match letter {
        'Y' => FormatItem::Year(4),
        'y' => FormatItem::ShortYear,
        'm' => FormatItem::Month(width),
        'c' if sql => FormatItem::Month(1),
        'M' if sql => FormatItem::MonthName,
        'B' if !sql => FormatItem::MonthName,
        'b' => FormatItem::MonthShort,
        'h' if !sql => FormatItem::MonthShort,
        'd' => FormatItem::Day(width),
        'e' => FormatItem::Day(1),
        'j' => FormatItem::DayOfYear(if width == 1 { 1 } else { 3 }),
        'W' if sql => FormatItem::Weekday,
        'A' if !sql => FormatItem::Weekday,
        'a' => FormatItem::WeekdayShort,
        'u' if !sql => FormatItem::WeekdayNumber,
        'H' => FormatItem::Hour(width),
        'k' => FormatItem::Hour(1),
        'I' => FormatItem::HalfHour(width),
        'h' => FormatItem::HalfHour(width),
        'l' => FormatItem::HalfHour(1),
        'p' => FormatItem::Half,
        'i' if sql => FormatItem::Minute(2),
        'M' => FormatItem::Minute(width),
        'S' => FormatItem::Second(width),
        's' if sql => FormatItem::Second(2),
        's' => FormatItem::Epoch,
        'f' => FormatItem::Fraction(6),
        'L' if !sql => FormatItem::Fraction(3),
        'z' if !sql => FormatItem::Offset { zulu: false, colon: false },
        'Z' if !sql => FormatItem::ZoneName,
        'n' if !sql => FormatItem::Char('\n'),
        't' if !sql => FormatItem::Char('\t'),
        '%' => FormatItem::Char('%'),
        // MySQL writes unknown directives as their letter; a typing error had better be seen.
        _ => FormatItem::Unknown,
    }
}

fn pieces(pattern: &str, style: Style) -> FormatItems<'_> {
    FormatItems { style, chars: pattern.chars().peekable(), quoted: false, inner: None }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Microseconds since 1970 as text; `None` when the pattern has a part that is not known.
pub(crate) fn format_date(time: i64, pattern: &str, style: Style) -> Option<String> {
    let (days, rest) = (time.div_euclid(DAY), time.rem_euclid(DAY));
    let (year, month, day) = civil_from_days(days);
    let (seconds, micros) = (rest / SECOND, rest % SECOND);
    let hour = seconds / 3600;
    let half = if hour % 12 == 0 { 12 } else { hour % 12 };
    let month_name = MONTHS[(month as usize - 1).min(11)];
    // 1970-01-01 was a Thursday.
    let weekday = (days + 3).rem_euclid(7) as usize;
    let mut out = String::new();
    for piece in pieces(pattern, style) {
        _ = match piece {
            FormatItem::Char(c) => write!(out, "{c}"),
            FormatItem::Year(n) => write!(out, "{year:0n$}"),
            FormatItem::ShortYear => write!(out, "{:02}", year.rem_euclid(100)),
            FormatItem::Month(n) => write!(out, "{month:0n$}"),
            FormatItem::MonthName => write!(out, "{month_name}"),
            FormatItem::MonthShort => write!(out, "{}", &month_name[..3]),
            FormatItem::Day(n) => write!(out, "{day:0n$}"),
            FormatItem::DayOfYear(n) => write!(out, "{:0n$}", days - days_from_civil(year, 1, 1) + 1),
            FormatItem::Weekday => write!(out, "{}", WEEKDAYS[weekday]),
            FormatItem::WeekdayShort => write!(out, "{}", &WEEKDAYS[weekday][..3]),
            FormatItem::WeekdayNumber => write!(out, "{}", weekday + 1),
            FormatItem::Hour(n) => write!(out, "{hour:0n$}"),
            FormatItem::HalfHour(n) => write!(out, "{half:0n$}"),
            FormatItem::Half => write!(out, "{}", if hour < 12 { "AM" } else { "PM" }),
            FormatItem::Minute(n) => write!(out, "{:0n$}", seconds / 60 % 60),
            FormatItem::Second(n) => write!(out, "{:0n$}", seconds % 60),
            FormatItem::Fraction(n) => write!(out, "{}", &format!("{micros:06}000")[..n.min(9)]),
            FormatItem::Epoch => write!(out, "{}", time.div_euclid(SECOND)),
            FormatItem::Offset { zulu: true, .. } => write!(out, "Z"),
            FormatItem::Offset { colon, .. } => write!(out, "{}", if colon { "+00:00" } else { "+0000" }),
            FormatItem::ZoneName => write!(out, "UTC"),
            FormatItem::Unknown => return None,
        };
    }
    Some(out)
}

/// What is left of a text that is read piece by piece.
struct Remaining<'t>(&'t str);

impl Remaining<'_> {
    /// A number of at most `most` digits.
    fn number(&mut self, most: usize) -> Option<i64> {
        let digits = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest;
        number.parse().ok()
    }
    fn literal(&mut self, text: &str) -> Option<()> {
        let head = self.0.get(..text.len()).filter(|h| h.eq_ignore_ascii_case(text))?;
        self.0 = &self.0[head.len()..];
        Some(())
    }
    /// The place of the name that comes next: whole, or its first three letters.
    fn name(&mut self, names: &[&str]) -> Option<u32> {
        (0u32..)
            .zip(names)
            .find_map(|(i, name)| self.literal(name).or_else(|| self.literal(&name[..3])).map(|()| i))
    }
    /// `Z`, `UTC`, `+01`, `+0100` or `+01:00`, in seconds.
    fn offset(&mut self) -> Option<i64> {
        for zone in ["UTC", "GMT", "Z"] {
            if self.literal(zone).is_some() {
                return Some(0);
            }
        }
        let sign = if self.literal("-").is_some() { -1 } else { self.literal("+").map(|()| 1)? };
        let hours = self.number(2)?;
        let minutes = match self.literal(":") {
            Some(()) => self.number(2)?,
            None => self.number(2).unwrap_or(0),
        };
        (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
    }
}

/// Microseconds since 1970 from text; `None` when it does not fit the pattern to its end. What the pattern leaves
/// out is 1970, January, the first, midnight, UTC.
pub(crate) fn parse_date(text: &str, pattern: &str, style: Style) -> Option<i64> {
    let mut rest = Remaining(text.trim());
    let (mut year, mut month, mut day, mut day_of_year) = (1970, 1, 1, None);
    let (mut hour, mut half, mut afternoon) = (0, None, None);
    let (mut minute, mut second, mut micros, mut offset, mut epoch) = (0, 0, 0, 0, None);
    for piece in pieces(pattern, style) {
        match piece {
            FormatItem::Char(c) => rest.literal(c.encode_utf8(&mut [0; 4]))?,
            // Later years have no microseconds in 64 bits.
            FormatItem::Year(n) => year = rest.number(n.max(4)).filter(|y| *y <= 290_000)?,
            FormatItem::ShortYear => {
                let short = rest.number(2)?;
                year = short + if short < 70 { 2000 } else { 1900 };
            }
            FormatItem::Month(_) => month = rest.number(2)? as u32,
            FormatItem::MonthName | FormatItem::MonthShort => month = rest.name(&MONTHS)? + 1,
            FormatItem::Day(_) => {
                // `%e` is written with a space before a single digit by some.
                rest.0 = rest.0.strip_prefix(' ').unwrap_or(rest.0);
                day = rest.number(2)? as u32;
            }
            FormatItem::DayOfYear(_) => day_of_year = Some(rest.number(3)?),
            FormatItem::Weekday | FormatItem::WeekdayShort => _ = rest.name(&WEEKDAYS)?,
            FormatItem::WeekdayNumber => _ = rest.number(1)?,
            FormatItem::Hour(_) => hour = rest.number(2)? as u32,
            FormatItem::HalfHour(_) => half = Some(rest.number(2).filter(|h| (1..=12).contains(h))? as u32),
            FormatItem::Half => afternoon = Some(rest.name_of_half()?),
            FormatItem::Minute(_) => minute = rest.number(2)? as u32,
            FormatItem::Second(_) => second = rest.number(2)? as u32,
            FormatItem::Fraction(n) => {
                let before = rest.0.len();
                let digits = rest.number(n.max(6))?;
                let n = (before - rest.0.len()) as u32;
                micros = if n <= 6 { digits * 10i64.pow(6 - n) } else { digits / 10i64.pow(n - 6) };
            }
            FormatItem::Epoch => epoch = Some(rest.number(12)?),
            FormatItem::Offset { .. } | FormatItem::ZoneName => offset = rest.offset()?,
            FormatItem::Unknown => return None,
        }
    }
    if !rest.0.is_empty() {
        return None;
    }
    if let Some(half) = half {
        hour = half % 12 + if afternoon == Some(true) { 12 } else { 0 };
    }
    let start = match (epoch, day_of_year) {
        (Some(epoch), _) => return epoch.checked_mul(SECOND)?.checked_add(micros),
        (None, Some(n)) => {
            let days = days_from_civil(year, 1, 1) + n - 1;
            let (same, month, day) = civil_from_days(days);
            (same == year && n > 0).then_some(())?;
            from_parts(year, month, day, hour, minute, second, micros)?
        }
        (None, None) => from_parts(year, month, day, hour, minute, second, micros)?,
    };
    start.checked_sub(offset * SECOND)
}

impl Remaining<'_> {
    fn name_of_half(&mut self) -> Option<bool> {
        self.literal("AM").map(|()| false).or_else(|| self.literal("PM").map(|()| true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_table::time::parse_iso;

    #[test]
    fn what_is_written_is_read_back() {
        let at = |text: &str| parse_iso(text.as_bytes()).unwrap();
        for (time, pattern, style, written) in [
            (
                "2026-03-05T13:29:37.123456Z",
                "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX",
                Style::Letters,
                "2026-03-05T13:29:37.123456Z",
            ),
            (
                "2026-03-05T00:29:37Z",
                "E, dd MMMM yy hh 'o''clock' a mm ss",
                Style::Letters,
                "Thu, 05 March 26 12 o'clock AM 29 37",
            ),
            ("2026-12-31T13:29:37Z", "yyyy.DDD H m s ZZZZZ", Style::Letters, "2026.365 13 29 37 +00:00"),
            ("2026-03-05T13:29:37Z", "%s", Style::Directives, "1772717377"),
            ("2026-03-05T13:29:37.5Z", "%F %T.%L %Z%%", Style::Directives, "2026-03-05 13:29:37.500 UTC%"),
            ("2026-03-05T13:29:37Z", "%D %I:%M:%S %p", Style::Directives, "03/05/26 01:29:37 PM"),
            ("2026-03-05T13:29:37Z", "%Y-%m-%d %H:%i:%s", Style::Sql, "2026-03-05 13:29:37"),
            ("2026-03-05T13:29:37Z", "%W %e %M %Y %r", Style::Sql, "Thursday 5 March 2026 01:29:37 PM"),
            ("2026-03-05T13:29:37Z", "%T %c/%d/%y", Style::Sql, "13:29:37 3/05/26"),
        ] {
            assert_eq!(format_date(at(time), pattern, style).as_deref(), Some(written), "{pattern}");
            assert_eq!(parse_date(written, pattern, style), Some(at(time)), "{pattern}");
        }
    }

    #[test]
    fn what_does_not_fit_is_missing() {
        for (text, pattern) in [
            ("2026-13-05", "yyyy-MM-dd"),
            ("2026-02-30", "yyyy-MM-dd"),
            ("2026-03-05x", "yyyy-MM-dd"),
            ("2026-03", "yyyy-MM-dd"),
            ("13 PM", "hh a"),
            ("366 2026", "DDD yyyy"),
            ("0 2026", "D yyyy"),
            ("2026", "yyyy Q"),
            ("2026", "%Y%"),
            ("ö", "yyyy"),
            ("+25:00", "XXX"),
        ] {
            assert_eq!(parse_date(text, pattern, Style::of(pattern)), None, "{text} {pattern}");
        }
        for time in [i64::MIN, i64::MAX] {
            assert!(
                format_date(time, "yyyyyyyyyyyyyyyyyyyy MMMM EEEE DDD SSSSSSSSS", Style::Letters).is_some()
            );
        }
    }
}
