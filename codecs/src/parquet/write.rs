//! Values as text: members of JSON, or the tokens of a line.
//!
//! Numbers stay numbers, decimals with all their digits; times, dates and durations are ISO 8601; what is no text is base64.
//! What JSON has no number for (`NaN`) is a string.

use std::io::Write;

use logloupe_core::table::time::civil_from_days;

/// The form in which rows are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    /// An object per row.
    #[default]
    Json,
    /// The values of a row with spaces between them, under a line with their names; `-` for what there is none of.
    Tokens,
}

/// What the values of a column mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Bool,
    Int,
    Unsigned32,
    Unsigned64,
    /// With so many digits behind the point.
    Decimal(u32),
    Date,
    Time(Unit),
    /// In UTC, or in a zone that is not said.
    Timestamp(Unit, bool),
    /// A day and the nanoseconds in it, in 12 bytes.
    Int96,
    Half,
    Float,
    Double,
    Text,
    Bytes,
    Uuid,
    /// Months, days and milliseconds.
    Interval,
}

/// What a time is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Milli,
    Micro,
    Nano,
}

impl Unit {
    fn per_second(self) -> i64 {
        match self {
            Unit::Milli => 1_000,
            Unit::Micro => 1_000_000,
            Unit::Nano => 1_000_000_000,
        }
    }
    fn digits(self) -> usize {
        match self {
            Unit::Milli => 3,
            Unit::Micro => 6,
            Unit::Nano => 9,
        }
    }
}

const DAY: i64 = 86_400;

/// A member's name in JSON, with the colon behind it.
pub(super) fn quoted(name: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(name.len() + 3);
    text(name.as_bytes(), &mut key);
    key.push(b':');
    key
}

/// A value that is stored as an integer.
pub(super) fn integer(value: i64, how: How, form: Form, out: &mut Vec<u8>) {
    match how {
        How::Bool => out.extend_from_slice(if value != 0 { b"true" } else { b"false" }),
        How::Unsigned32 => unsigned(value as u32 as u64, out),
        How::Unsigned64 => unsigned(value as u64, out),
        How::Decimal(scale) => decimal(value as i128, scale, out),
        How::Date => string(form, out, |out| date(value, out)),
        How::Time(unit) => string(form, out, |out| {
            let per = unit.per_second();
            clock(value.div_euclid(per), value.rem_euclid(per), unit, out);
        }),
        // Lines of tokens have times as seconds.
        How::Timestamp(unit, _) if form == Form::Tokens => signed(value.div_euclid(unit.per_second()), out),
        How::Timestamp(unit, utc) => {
            let per = unit.per_second();
            timestamp(value.div_euclid(per), value.rem_euclid(per), unit, utc, out);
        }
        _ => signed(value, out),
    }
}

/// A value that is stored as a floating-point number.
pub(super) fn real(value: f64, how: How, form: Form, out: &mut Vec<u8>) {
    if !value.is_finite() {
        let name = if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        return string(form, out, |out| out.extend_from_slice(name.as_bytes()));
    }
    // Writing to a vector does not fail.
    let _ = match value.abs() {
        // Columns of whole numbers that may be missing are often stored so.
        size if size < 9e15 && value.fract() == 0.0 => return signed(value as i64, out),
        // As short as the narrower type has it.
        size if how == How::Float && (1e-5..1e17).contains(&size) => write!(out, "{}", value as f32),
        _ if how == How::Float => write!(out, "{:e}", value as f32),
        size if (1e-5..1e17).contains(&size) => write!(out, "{value}"),
        _ => write!(out, "{value:e}"),
    };
}

/// A value that is stored as bytes.
pub(super) fn bytes(value: &[u8], how: How, form: Form, out: &mut Vec<u8>) {
    match (how, form) {
        (How::Text, Form::Json) => text(value, out),
        (How::Bytes, Form::Json) if std::str::from_utf8(value).is_ok() => text(value, out),
        (How::Text | How::Bytes, Form::Tokens) => token(value, out),
        (How::Decimal(scale), _) if (1..=16).contains(&value.len()) => {
            let first = value[0] as i8 as i128;
            decimal(value[1..].iter().fold(first, |all, byte| all << 8 | *byte as i128), scale, out);
        }
        (How::Int96, _) => match value.split_first_chunk::<8>() {
            Some((nanos, [a, b, c, d])) => {
                let nanos = i64::from_le_bytes(*nanos);
                // Days are counted from noon of the first day of the Julian calendar.
                let days = u32::from_le_bytes([*a, *b, *c, *d]) as i64 - 2_440_588;
                let per = Unit::Nano.per_second();
                let seconds = days * DAY + nanos.div_euclid(per);
                match form {
                    Form::Json => timestamp(seconds, nanos.rem_euclid(per), Unit::Nano, true, out),
                    Form::Tokens => signed(seconds, out),
                }
            }
            _ => base64(value, form, out),
        },
        (How::Half, _) if value.len() == 2 => {
            real(half(u16::from_le_bytes([value[0], value[1]])), How::Double, form, out);
        }
        (How::Uuid, _) if value.len() == 16 => string(form, out, |out| {
            for (at, byte) in value.iter().enumerate() {
                if matches!(at, 4 | 6 | 8 | 10) {
                    out.push(b'-');
                }
                out.extend([hex(byte >> 4), hex(byte & 15)]);
            }
        }),
        (How::Interval, _) if value.len() == 12 => {
            let number =
                |at: usize| value[at..at + 4].iter().rev().fold(0, |all: u32, byte| all << 8 | *byte as u32);
            let (months, days, millis) = (number(0), number(4), number(8));
            string(form, out, |out| {
                let _ = write!(out, "P{months}M{days}DT{}.{:03}S", millis / 1000, millis % 1000);
            });
        }
        _ => base64(value, form, out),
    }
}

fn string(form: Form, out: &mut Vec<u8>, content: impl FnOnce(&mut Vec<u8>)) {
    match form {
        Form::Tokens => content(out),
        Form::Json => {
            out.push(b'"');
            content(out);
            out.push(b'"');
        }
    }
}

/// A string of JSON. Bytes that are no UTF-8 become the character that stands for such.
fn text(value: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    match std::str::from_utf8(value) {
        Ok(_) => escape(value, out),
        Err(_) => escape(String::from_utf8_lossy(value).as_bytes(), out),
    }
    out.push(b'"');
}

fn escape(value: &[u8], out: &mut Vec<u8>) {
    let mut plain = 0;
    for (at, byte) in value.iter().enumerate() {
        if *byte >= b' ' && *byte != b'"' && *byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&value[plain..at]);
        plain = at + 1;
        match byte {
            b'"' | b'\\' => out.extend([b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => out.extend([b'\\', b'u', b'0', b'0', hex(byte >> 4), hex(byte & 15)]),
        }
    }
    out.extend_from_slice(&value[plain..]);
}

/// A token: white space in it would be its end, and is percent-encoded.
pub(super) fn token(value: &[u8], out: &mut Vec<u8>) {
    if value.is_empty() {
        return out.push(b'-');
    }
    if value.iter().all(|byte| *byte > b' ') {
        return out.extend_from_slice(value);
    }
    for byte in value {
        match byte {
            0..=b' ' => {
                out.extend([b'%', hex(byte >> 4).to_ascii_uppercase(), hex(byte & 15).to_ascii_uppercase()])
            }
            _ => out.push(*byte),
        }
    }
}

fn base64(value: &[u8], form: Form, out: &mut Vec<u8>) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if value.is_empty() && form == Form::Tokens {
        return out.push(b'-');
    }
    string(form, out, |out| {
        for three in value.chunks(3) {
            let byte = |at: usize| three.get(at).map_or(0, |byte| *byte as usize);
            let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
            for at in 0..4 {
                let character = ALPHABET[bits >> (18 - 6 * at) & 63];
                out.push(if at <= three.len() { character } else { b'=' });
            }
        }
    });
}

fn hex(digit: u8) -> u8 {
    b"0123456789abcdef"[digit as usize & 15]
}

fn signed(value: i64, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    unsigned(value.unsigned_abs(), out);
}

fn unsigned(value: u64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let (mut at, mut value) = (digits.len(), value);
    while value >= 100 {
        let pair = 2 * (value % 100) as usize;
        value /= 100;
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if value >= 10 {
        let pair = 2 * value as usize;
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    } else {
        at -= 1;
        digits[at] = b'0' + value as u8;
    }
    out.extend_from_slice(&digits[at..]);
}

/// The digits of 0 to 99, with which numbers are written two at a time.
const PAIRS: [u8; 200] = {
    let mut pairs = [0; 200];
    let mut at = 0;
    while at < 100 {
        pairs[2 * at] = b'0' + (at / 10) as u8;
        pairs[2 * at + 1] = b'0' + (at % 10) as u8;
        at += 1;
    }
    pairs
};

/// So many digits of a number, with zeros before it.
fn padded(value: i64, digits: usize, out: &mut Vec<u8>) {
    let _ = write!(out, "{value:0digits$}");
}

fn decimal(value: i128, scale: u32, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    let mut digits = [b'0'; 160];
    let (mut at, mut left, mut written) = (digits.len(), value.unsigned_abs(), 0);
    while left > 0 || written <= scale {
        if written == scale && scale > 0 {
            at -= 1;
            digits[at] = b'.';
        }
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        written += 1;
    }
    out.extend_from_slice(&digits[at..]);
}

fn date(days: i64, out: &mut Vec<u8>) {
    // No calendar goes on for ever.
    if days.abs() > 3_000_000 {
        return signed(days, out);
    }
    let (year, month, day) = civil_from_days(days);
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
}

fn clock(seconds: i64, fraction: i64, unit: Unit, out: &mut Vec<u8>) {
    padded(seconds / 3600, 2, out);
    out.push(b':');
    padded(seconds / 60 % 60, 2, out);
    out.push(b':');
    padded(seconds % 60, 2, out);
    if fraction > 0 {
        out.push(b'.');
        padded(fraction, unit.digits(), out);
        while out.last() == Some(&b'0') {
            out.pop();
        }
    }
}

fn timestamp(seconds: i64, fraction: i64, unit: Unit, utc: bool, out: &mut Vec<u8>) {
    let days = seconds.div_euclid(DAY);
    string(Form::Json, out, |out| {
        date(days, out);
        out.push(b'T');
        clock(seconds.rem_euclid(DAY), fraction, unit, out);
        if utc {
            out.push(b'Z');
        }
    });
}

/// A floating-point number of 16 bits.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (bits >> 10 & 31, (bits & 0x3ff) as f64);
    let size = match exponent {
        0 => fraction / 1024.0 * 2f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2f64.powi(exponent as i32 - 15),
    };
    if bits & 0x8000 == 0 { size } else { -size }
}
