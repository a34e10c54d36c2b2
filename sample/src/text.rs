//! Writing numbers, times and addresses as text: quick pushes for the bulk streams, strings for the incident.

use crate::rng::{Rng, mix};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Seconds in a day.
pub(crate) const DAY: u64 = 86_400;

const PAIRS: &[u8; 200] = b"0001020304050607080910111213141516171819\
2021222324252627282930313233343536373839\
4041424344454647484950515253545556575859\
6061626364656667686970717273747576777879\
8081828384858687888990919293949596979899";
const HEX: &[u8; 16] = b"0123456789abcdef";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Appends a number in decimal.
#[inline]
pub(crate) fn push_number(out: &mut Vec<u8>, mut n: u64) {
    let mut digits = [0u8; 20];
    let mut at = 20;
    while n >= 100 {
        let pair = (n % 100) as usize * 2;
        n /= 100;
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if n >= 10 {
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[n as usize * 2..n as usize * 2 + 2]);
    } else {
        at -= 1;
        digits[at] = b'0' + n as u8;
    }
    out.extend_from_slice(&digits[at..]);
}

/// Appends a number in decimal with leading zeros, `width` digits.
#[inline]
pub(crate) fn push_padded(out: &mut Vec<u8>, mut n: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut at = width;
    while at > 0 {
        at -= 1;
        digits[at] = b'0' + (n % 10) as u8;
        n /= 10;
    }
    out.extend_from_slice(&digits[..width]);
}

/// Appends the low `width` hexadecimal digits of `n`, at most 16.
#[inline]
pub(crate) fn push_hex(out: &mut Vec<u8>, n: u64, width: usize) {
    let mut digits = [0u8; 16];
    for (i, digit) in digits[..width].iter_mut().enumerate() {
        *digit = HEX[(n >> (4 * (width - 1 - i))) as usize & 15];
    }
    out.extend_from_slice(&digits[..width]);
}

/// Appends `width` characters of the web-safe Base64 alphabet, at most 10 per number drawn.
#[inline]
pub(crate) fn push_base64(out: &mut Vec<u8>, rng: &mut Rng, mut width: usize) {
    while width > 0 {
        let mut r = rng.next_u64();
        let some = width.min(10);
        let mut letters = [0u8; 10];
        for letter in &mut letters[..some] {
            *letter = BASE64[r as usize & 63];
            r >>= 6;
        }
        out.extend_from_slice(&letters[..some]);
        width -= some;
    }
}

/// Appends a random GUID in lower case.
#[inline]
pub(crate) fn push_guid(out: &mut Vec<u8>, rng: &mut Rng) {
    let (high, low) = (rng.next_u64(), rng.next_u64());
    push_hex(out, high >> 32, 8);
    out.push(b'-');
    push_hex(out, high >> 16, 4);
    out.extend_from_slice(b"-4");
    push_hex(out, high, 3);
    out.push(b'-');
    push_hex(out, (low >> 48) & 0x3fff | 0x8000, 4);
    out.push(b'-');
    push_hex(out, low, 12);
}

/// Appends an IPv4 address.
#[inline]
pub(crate) fn push_ipv4(out: &mut Vec<u8>, address: u32) {
    let [a, b, c, d] = address.to_be_bytes();
    push_number(out, u64::from(a));
    out.push(b'.');
    push_number(out, u64::from(b));
    out.push(b'.');
    push_number(out, u64::from(c));
    out.push(b'.');
    push_number(out, u64::from(d));
}

/// The public address number `k`: scattered over the Internet, private and special ranges left out.
#[inline]
pub(crate) fn public_address(k: u32) -> u32 {
    let scattered = mix(u64::from(k) + 1);
    // First octets that lie wholly in public unicast space.
    const FIRST: &[u8; 64] = &[
        1, 2, 3, 5, 8, 12, 13, 14, 18, 20, 23, 24, 27, 31, 34, 35, 37, 41, 43, 44, 46, 47, 49, 50, 52, 54,
        58, 61, 62, 64, 66, 68, 71, 73, 76, 77, 79, 80, 82, 84, 86, 88, 91, 93, 95, 98, 99, 101, 104, 107,
        109, 113, 116, 119, 123, 128, 134, 142, 151, 163, 176, 185, 201, 217,
    ];
    u32::from(FIRST[(scattered >> 40) as usize & 63]) << 24 | (scattered as u32 & 0x00ff_ffff)
}

/// A moment's parts in UTC: year, month, day, hour, minute, second.
#[inline]
pub(crate) fn civil(seconds: u64) -> [u64; 6] {
    // Howard Hinnant's days-to-civil, for days since 1970.
    let shifted = seconds / DAY + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let rest = seconds % DAY;
    [year, month, day, rest / 3_600, rest / 60 % 60, rest % 60]
}

/// Appends `2026-03-05`.
#[inline]
pub(crate) fn push_date(out: &mut Vec<u8>, seconds: u64) {
    let [year, month, day, ..] = civil(seconds);
    push_padded(out, year, 4);
    out.push(b'-');
    push_padded(out, month, 2);
    out.push(b'-');
    push_padded(out, day, 2);
}

/// Appends `01:12:08`.
#[inline]
pub(crate) fn push_clock(out: &mut Vec<u8>, seconds: u64) {
    let rest = seconds % DAY;
    push_padded(out, rest / 3_600, 2);
    out.push(b':');
    push_padded(out, rest / 60 % 60, 2);
    out.push(b':');
    push_padded(out, rest % 60, 2);
}

/// Appends `2026-03-05T01:12:08` without a zone.
#[inline]
pub(crate) fn push_moment(out: &mut Vec<u8>, seconds: u64) {
    push_date(out, seconds);
    out.push(b'T');
    push_clock(out, seconds);
}

/// `2026-03-05T01:12:08Z`.
pub(crate) fn iso(seconds: u64) -> String {
    let [year, month, day, hour, minute, second] = civil(seconds);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// `2026-03-05T01:12:08.123456Z` from microseconds.
pub(crate) fn iso_micros(micros: u64) -> String {
    let [year, month, day, hour, minute, second] = civil(micros / 1_000_000);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:06}Z", micros % 1_000_000)
}

/// `20260305T0112Z`, as in object names.
pub(crate) fn compact(seconds: u64) -> String {
    let [year, month, day, hour, minute, _] = civil(seconds);
    format!("{year}{month:02}{day:02}T{hour:02}{minute:02}Z")
}

/// `20260305T011208Z`, as in names of digest files.
pub(crate) fn seconds_name(seconds: u64) -> String {
    iso(seconds).replace(['-', ':'], "")
}

/// `05/Mar/2026:01:12:08 +0000`, as in access logs.
pub(crate) fn clf(seconds: u64) -> String {
    let [year, month, day, hour, minute, second] = civil(seconds);
    format!("{day:02}/{}/{year}:{hour:02}:{minute:02}:{second:02} +0000", MONTHS[month as usize - 1])
}

/// `2026/03/05`, as in object keys.
pub(crate) fn folder(seconds: u64) -> String {
    let [year, month, day, ..] = civil(seconds);
    format!("{year}/{month:02}/{day:02}")
}

/// `Mar 5, 2026, 1:12:08 AM`, as Java services print times into response elements.
pub(crate) fn java_date(seconds: u64) -> String {
    let [year, month, day, hour, minute, second] = civil(seconds);
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{} {day}, {year}, {hour}:{minute:02}:{second:02} {half}", MONTHS[month as usize - 1])
}

/// A random GUID.
pub(crate) fn guid(rng: &mut Rng) -> String {
    let mut out = Vec::with_capacity(36);
    push_guid(&mut out, rng);
    ascii(out)
}

/// `width` random hexadecimal digits, at most 32.
pub(crate) fn hex(rng: &mut Rng, width: usize) -> String {
    let mut out = Vec::with_capacity(width);
    push_hex(&mut out, rng.next_u64(), width.min(16));
    push_hex(&mut out, rng.next_u64(), width.saturating_sub(16));
    ascii(out)
}

/// `width` random capital letters and digits, as in names of objects and request ids.
pub(crate) fn capitals(rng: &mut Rng, width: usize) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    (0..width).map(|_| char::from(LETTERS[rng.below(32) as usize])).collect()
}

/// `width` random letters of the web-safe Base64 alphabet.
pub(crate) fn base64(rng: &mut Rng, width: usize) -> String {
    let mut out = Vec::with_capacity(width);
    push_base64(&mut out, rng, width);
    ascii(out)
}

fn ascii(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("only ASCII was pushed")
}

/// The template with `$1` … `$9` replaced by the values.
pub(crate) fn fill(template: &str, values: &[&str]) -> String {
    let mut out = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let number = rest.as_bytes().get(at + 1).map_or(0, |digit| digit.wrapping_sub(b'0') as usize);
        match number.checked_sub(1).and_then(|index| values.get(index)) {
            Some(value) => {
                out.push_str(value);
                rest = &rest[at + 2..];
            }
            None => {
                out.push('$');
                rest = &rest[at + 1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pushed(push: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        push(&mut out);
        ascii(out)
    }

    #[test]
    fn numbers() {
        for n in [0, 7, 10, 99, 100, 101, 65_535, 1_000_000, u64::MAX] {
            assert_eq!(pushed(|out| push_number(out, n)), n.to_string());
        }
        assert_eq!(pushed(|out| push_padded(out, 42, 5)), "00042");
        assert_eq!(pushed(|out| push_hex(out, 0xabc, 5)), "00abc");
        assert_eq!(pushed(|out| push_ipv4(out, 0x0a00_01ff)), "10.0.1.255");
    }

    #[test]
    fn times() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(1_709_164_800), "2024-02-29T00:00:00Z");
        assert_eq!(iso_micros(1_772_409_599_000_007), "2026-03-01T23:59:59.000007Z");
        assert_eq!(java_date(1_772_409_600 + 13 * 3_600), "Mar 2, 2026, 1:00:00 PM");
        assert_eq!(pushed(|out| push_moment(out, 1_772_409_600)), "2026-03-02T00:00:00");
    }

    #[test]
    fn templates() {
        assert_eq!(
            fill(r#"{"a":"$1","b":"$LATEST","c":$2}"#, &["x", "[]"]),
            r#"{"a":"x","b":"$LATEST","c":[]}"#
        );
    }
}
