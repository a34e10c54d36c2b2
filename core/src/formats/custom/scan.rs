//! The values of fields that know their own end: how far one goes from where it begins, and what it is.
//!
//! ```text
//! int      = [ "+" / "-" ] 1*DIGIT
//! float    = [ "+" / "-" ] decimal
//! duration = 1*( decimal [ SP ] unit ) / decimal / [ hh ":" ] mm ":" ss [ fraction ]
//! unit     = "ns" / "us" / "µs" / "ms" / "s" / "sec" / "secs" / "m" / "min" / "mins" / "h" / "d"
//! bytes    = decimal [ [ SP ] [ "k" / "K" / "M" / "G" / "T" [ "i" ] ] [ "B" ] ]
//! quoted   = DQUOTE *( "\" CHAR / DQUOTE DQUOTE / CHAR ) DQUOTE / the same between apostrophes
//! json     = an object or a list, to the bracket that closes it
//! none     = "-"                          ; instead of any of them
//! ```
//!
//! Decisions: `KB` are 1000 bytes, `KiB` and `K` alone 1024. All bounded by the length of the value, so that trying one
//! at many places of a record does not look at the same text again and again; but for texts and JSON, which are not
//! tried so.

use super::clock::Clock;
use crate::formats::{
    Settings,
    field::{address, number, usual, when},
};
use logloupe_table::{Cell, custom::FieldKind};

/// The longest number, address or time.
const LONGEST: usize = 128;

/// What stands where a field begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Found<'a> {
    /// A value.
    Cell(Cell<'a>),
    /// The inside of a quoted text that has escapes, and its quotation mark.
    Escaped(&'a [u8], u8),
}

/// Whether values of this kind are short, so that they may be tried at any place.
pub(super) fn is_short(kind: FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Int
            | FieldKind::Float
            | FieldKind::Ip
            | FieldKind::Time
            | FieldKind::Duration
            | FieldKind::Bytes
            | FieldKind::Status
    )
}

/// Whether values of this kind know their own end.
pub(super) fn ends_itself(kind: FieldKind) -> bool {
    is_short(kind) || matches!(kind, FieldKind::Quoted | FieldKind::Json)
}

/// The value of this kind that `text` begins with, and how many bytes it takes.
pub(super) fn scan<'a>(
    kind: FieldKind,
    form: Form<'_>,
    text: &'a [u8],
    settings: &Settings,
) -> Option<(Found<'a>, usize)> {
    let short = || text.get(..text.len().min(LONGEST)).unwrap_or(text);
    let value = match kind {
        FieldKind::Int | FieldKind::Status => int(short()),
        FieldKind::Float => float(short()).map(|(value, taken)| (Cell::Float(value), taken)),
        FieldKind::Ip => ip(short()),
        FieldKind::Time => {
            let time = match form {
                Form::Clock(clock) => clock.read(short(), settings),
                _ => when::stamp(short(), settings),
            };
            time.map(|(micros, taken)| (Cell::Time(micros), taken))
        }
        FieldKind::Duration => {
            let unit = if let Form::Millis(unit) = form { unit } else { 1.0 };
            duration(short(), unit).map(|(millis, taken)| (Cell::Float(millis), taken))
        }
        FieldKind::Bytes => bytes(short()).map(|(bytes, taken)| (Cell::Int(bytes), taken)),
        FieldKind::Quoted => return quoted(text),
        FieldKind::Json => json(text).and_then(|taken| Some((Cell::Text(text.get(..taken)?), taken))),
        _ => None,
    };
    let value = value.or_else(|| none(text));
    value.map(|(cell, taken)| (Found::Cell(cell), taken))
}

/// What stands behind a field's name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form<'c> {
    /// Nothing.
    None,
    /// How a time is written.
    Clock(&'c Clock),
    /// How many milliseconds a number without a unit means.
    Millis(f64),
}

/// A dash that stands for no value.
fn none<'a>(text: &[u8]) -> Option<(Cell<'a>, usize)> {
    let alone = text.first() == Some(&b'-') && text.get(1).is_none_or(|b| !b.is_ascii_alphanumeric());
    alone.then_some((Cell::Null, 1))
}

fn int<'a>(text: &[u8]) -> Option<(Cell<'a>, usize)> {
    let sign = matches!(text.first(), Some(b'+' | b'-')) as usize;
    let digits = text.get(sign..)?.iter().take_while(|b| b.is_ascii_digit()).count();
    let number = std::str::from_utf8(text.get(..sign + digits)?).ok()?.parse().ok()?;
    Some((Cell::Int(number), sign + digits))
}

fn float(text: &[u8]) -> Option<(f64, usize)> {
    let plus = (text.first() == Some(&b'+')) as usize;
    let rest = text.get(plus..)?;
    let (left, value) = number::decimal(rest).ok()?;
    let taken = rest.len() - left.len();
    // A point at the end of a sentence is no part of the number before it.
    let point = (rest.get(..taken)?.last() == Some(&b'.')) as usize;
    Some((value, plus + taken - point))
}

fn ip(text: &[u8]) -> Option<(Cell<'_>, usize)> {
    let (left, address) = match address::ipv4(text) {
        Ok((left, address)) if left.first().is_none_or(|b| !b.is_ascii_digit() && *b != b'.') => {
            (left, address)
        }
        // A stop may end the sentence that it stands in.
        Ok((left, address)) if left.starts_with(b".") && left.get(1).is_none_or(|b| !b.is_ascii_digit()) => {
            (left, address)
        }
        _ => return ipv6(text),
    };
    Some((Cell::Text(address), text.len() - left.len()))
}

/// The longest text that is an address: a colon behind it may be of the template.
fn ipv6(text: &[u8]) -> Option<(Cell<'_>, usize)> {
    let of = |b: &u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
    let length = text.iter().take(46).take_while(|b| of(b)).count();
    let bare = text.get(..length)?;
    let ends = [length, length.saturating_sub(1)];
    let taken = ends.into_iter().find(|end| {
        bare.get(..*end)
            .and_then(|t| std::str::from_utf8(t).ok())
            .is_some_and(|t| t.parse::<std::net::Ipv6Addr>().is_ok())
    })?;
    Some((Cell::Text(text.get(..taken)?), taken))
}

/// How many milliseconds a unit has that `text` begins with, and its length.
pub(super) fn unit(text: &[u8]) -> Option<(f64, usize)> {
    const UNITS: [(&[u8], f64); 17] = [
        (b"ns", 1e-6),
        (b"us", 1e-3),
        ("µs".as_bytes(), 1e-3),
        ("μs".as_bytes(), 1e-3),
        (b"ms", 1.0),
        (b"msec", 1.0),
        (b"s", 1e3),
        (b"sec", 1e3),
        (b"secs", 1e3),
        (b"seconds", 1e3),
        (b"m", 6e4),
        (b"min", 6e4),
        (b"mins", 6e4),
        (b"minutes", 6e4),
        (b"h", 36e5),
        (b"hours", 36e5),
        (b"d", 864e5),
    ];
    let length = text.iter().take(8).take_while(|b| b.is_ascii_alphabetic() || **b >= 0x80).count();
    let word = text.get(..length)?;
    UNITS.iter().find(|(name, _)| *name == word).map(|(_, millis)| (*millis, length))
}

fn duration(text: &[u8], plain: f64) -> Option<(f64, usize)> {
    if let Some(found) = clock(text) {
        return Some(found);
    }
    let (mut millis, mut taken) = (0.0, 0);
    while let Some((value, length)) = text.get(taken..).and_then(float) {
        if taken > 0 && value < 0.0 {
            break;
        }
        let behind = text.get(taken + length..).unwrap_or_default();
        let blank = behind.starts_with(b" ") as usize;
        match behind.get(blank..).and_then(unit) {
            Some((each, long)) => {
                millis += value * each;
                taken += length + blank + long;
            }
            None if taken == 0 => return Some((value * plain, length)),
            None => break,
        }
    }
    (taken > 0).then_some((millis, taken))
}

/// `hh:mm:ss.fff`, `mm:ss`.
fn clock(text: &[u8]) -> Option<(f64, usize)> {
    let (mut seconds, mut taken, mut parts) = (0.0, 0, 0);
    loop {
        let digits = text.get(taken..)?.iter().take(6).take_while(|b| b.is_ascii_digit()).count();
        let number: u32 = std::str::from_utf8(text.get(taken..taken + digits)?).ok()?.parse().ok()?;
        (seconds, taken, parts) = (seconds * 60.0 + number as f64, taken + digits, parts + 1);
        let next = text.get(taken + 1).is_some_and(u8::is_ascii_digit);
        if text.get(taken) != Some(&b':') || !next || parts == 3 {
            break;
        }
        taken += 1;
    }
    if parts < 2 {
        return None;
    }
    let fraction = text.get(taken..)?;
    if matches!(fraction.first(), Some(b'.' | b',')) {
        let digits = fraction.iter().skip(1).take(9).take_while(|b| b.is_ascii_digit()).count();
        if digits > 0 {
            let text = std::str::from_utf8(fraction.get(1..=digits)?).ok()?;
            seconds += text.parse::<f64>().ok()? / 10f64.powi(digits as i32);
            taken += 1 + digits;
        }
    }
    Some((seconds * 1e3, taken))
}

fn bytes(text: &[u8]) -> Option<(i64, usize)> {
    let (value, taken) = float(text)?;
    let behind = text.get(taken..)?;
    let blank = behind.starts_with(b" ") as usize;
    let rest = behind.get(blank..)?;
    let power = match rest.first() {
        Some(b'k' | b'K') => 1,
        Some(b'M') => 2,
        Some(b'G') => 3,
        Some(b'T') => 4,
        _ => 0,
    };
    let mut length = (power > 0) as usize;
    let binary = power > 0 && rest.get(length) == Some(&b'i');
    length += binary as usize;
    let written = rest.get(length) == Some(&b'B');
    length += written as usize;
    // A letter that begins a word is no unit.
    let is_unit = length > 0 && rest.get(length).is_none_or(|b| !b.is_ascii_alphanumeric());
    let (factor, length) = match is_unit {
        true if binary || !written => (1024f64.powi(power), blank + length),
        true => (1000f64.powi(power), blank + length),
        false => (1.0, 0),
    };
    let bytes = value * factor;
    (bytes.abs() < 9e18).then_some((bytes.round() as i64, taken + length))
}

fn quoted(text: &[u8]) -> Option<(Found<'_>, usize)> {
    let mark = *text.first().filter(|b| matches!(b, b'"' | b'\''))?;
    let (mut at, mut escaped) = (1, false);
    loop {
        at += memchr::memchr2(mark, b'\\', text.get(at..)?)?;
        match (text.get(at), text.get(at + 1)) {
            (Some(b'\\'), _) => (at, escaped) = (at + 2, true),
            (_, Some(next)) if *next == mark && at > 1 => (at, escaped) = (at + 2, true),
            _ => break,
        }
    }
    let inside = text.get(1..at)?;
    let found = match inside {
        b"-" => Found::Cell(Cell::Null),
        inside if escaped => Found::Escaped(inside, mark),
        inside => Found::Cell(Cell::Text(inside)),
    };
    Some((found, at + 1))
}

/// Decodes the inside of a quoted text.
pub(super) fn unescape(inside: &[u8], mark: u8, out: &mut Vec<u8>) {
    let mut bytes = inside.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, bytes.peek()) {
            (b'\\', Some(next)) => {
                match next {
                    b'n' => out.push(b'\n'),
                    b't' => out.push(b'\t'),
                    b'r' => out.push(b'\r'),
                    other if other.is_ascii_alphanumeric() => out.extend([b'\\', *other]),
                    other => out.push(*other),
                }
                bytes.next();
            }
            (byte, Some(next)) if byte == mark && *next == mark => {
                out.push(mark);
                bytes.next();
            }
            _ => out.push(byte),
        }
    }
}

/// Where the object or list ends that `text` begins with.
fn json(text: &[u8]) -> Option<usize> {
    if !matches!(text.first(), Some(b'{' | b'[')) {
        return None;
    }
    let (mut depth, mut at) = (0usize, 0);
    while let Some(byte) = text.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b'"' => {
                at += 1;
                loop {
                    at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
                    if text.get(at) == Some(&b'"') {
                        break;
                    }
                    at += 2;
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The value of this kind that all of `text` is, as an expression's group has it; `None` where it is none.
pub(super) fn whole<'a>(
    kind: FieldKind,
    form: Form<'_>,
    text: &'a [u8],
    settings: &Settings,
) -> Option<Found<'a>> {
    let text = if ends_itself(kind) { text.trim_ascii() } else { text };
    match kind {
        FieldKind::Text | FieldKind::Word | FieldKind::Rest | FieldKind::Skip => {
            Some(Found::Cell(plain(text)))
        }
        FieldKind::Level => Some(Found::Cell(level(text))),
        // A group may have the inside of a quoted text alone.
        FieldKind::Quoted => match quoted(text) {
            Some((found, taken)) if taken == text.len() => Some(found),
            _ => Some(Found::Cell(plain(text))),
        },
        _ if text.is_empty() => Some(Found::Cell(Cell::Null)),
        FieldKind::Time if matches!(form, Form::None) => {
            usual::moment(text, settings).map(|micros| Found::Cell(Cell::Time(micros)))
        }
        _ => {
            scan(kind, form, text, settings).filter(|(_, taken)| *taken == text.len()).map(|(found, _)| found)
        }
    }
}

/// A text as it stands; a dash alone is none.
pub(super) fn plain(text: &[u8]) -> Cell<'_> {
    if matches!(text, b"" | b"-") { Cell::Null } else { Cell::Text(text) }
}

/// A level by its common word, any other as it stands.
pub(super) fn level(text: &[u8]) -> Cell<'_> {
    match usual::level("level", text) {
        Some(word) => Cell::Text(word.as_bytes()),
        None => plain(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(kind: FieldKind, text: &str) -> Option<(String, usize)> {
        let (found, taken) = scan(kind, Form::None, text.as_bytes(), &Settings::NONE)?;
        let mut out = Vec::new();
        let cell = match found {
            Found::Cell(cell) => cell,
            Found::Escaped(inside, mark) => {
                unescape(inside, mark, &mut out);
                Cell::Text(&out)
            }
        };
        Some((cell.to_value().to_string(), taken))
    }

    #[test]
    fn values_end_where_they_end() {
        for (kind, text, value, taken) in [
            (FieldKind::Int, "-42ms", "-42", 3),
            (FieldKind::Int, "- x", "", 1),
            (FieldKind::Status, "404)", "404", 3),
            (FieldKind::Float, "0.25,", "0.25", 4),
            (FieldKind::Float, "12. Then", "12", 2),
            (FieldKind::Float, "+1e3x", "1000", 4),
            (FieldKind::Ip, "203.0.113.7:443", "203.0.113.7", 11),
            (FieldKind::Ip, "203.0.113.7. Then", "203.0.113.7", 11),
            (FieldKind::Ip, "2001:db8::7]:443", "2001:db8::7", 11),
            (FieldKind::Ip, "2001:db8::7: x", "2001:db8::7", 11),
            (FieldKind::Ip, "::ffff:10.0.0.1 x", "::ffff:10.0.0.1", 15),
            (FieldKind::Time, "2026-03-05 01:29:37,123 INFO", "2026-03-05T01:29:37.123Z", 23),
            (FieldKind::Duration, "1.5s x", "1500", 4),
            (FieldKind::Duration, "12ms", "12", 4),
            (FieldKind::Duration, "250µs", "0.25", 6),
            (FieldKind::Duration, "1m30s", "90000", 5),
            (FieldKind::Duration, "1 min 30", "60000", 5),
            (FieldKind::Duration, "17 things", "17", 2),
            (FieldKind::Duration, "01:02:03.5 x", "3723500", 10),
            (FieldKind::Bytes, "1.5 KiB x", "1536", 7),
            (FieldKind::Bytes, "2MB", "2000000", 3),
            (FieldKind::Bytes, "2K", "2048", 2),
            (FieldKind::Bytes, "12 Bears", "12", 2),
            (FieldKind::Quoted, r#""a \"b\" c" d"#, r#"a "b" c"#, 11),
            (FieldKind::Quoted, r#""" d"#, "", 2),
            (FieldKind::Quoted, r#""a ""b""" d"#, r#"a "b""#, 9),
            (FieldKind::Quoted, "'it' x", "it", 4),
            (FieldKind::Json, r#"{"a":"}\"","b":[1]} x"#, r#"{"a":"}\"","b":[1]}"#, 19),
        ] {
            assert_eq!(shown(kind, text), Some((value.to_owned(), taken)), "{kind:?} {text}");
        }
        for (kind, text) in [
            (FieldKind::Int, "x"),
            (FieldKind::Int, "99999999999999999999"),
            (FieldKind::Int, ""),
            (FieldKind::Float, "."),
            (FieldKind::Ip, "1.2.3"),
            (FieldKind::Ip, "1.2.3.4.5"),
            (FieldKind::Ip, "300.1.1.1"),
            (FieldKind::Time, "soon"),
            (FieldKind::Duration, "ms"),
            (FieldKind::Bytes, "KB"),
            (FieldKind::Quoted, "\"never closed"),
            (FieldKind::Quoted, "\"never closed\\"),
            (FieldKind::Json, "{\"a\":"),
            (FieldKind::Json, "{\"a\\"),
        ] {
            assert_eq!(shown(kind, text), None, "{kind:?} {text}");
        }
    }

    #[test]
    fn the_example_of_each_kind_is_one() {
        for kind in FieldKind::ALL {
            let text = kind.example().as_bytes();
            assert!(whole(kind, Form::None, text, &Settings::NONE).is_some(), "{kind:?}");
        }
    }
}
