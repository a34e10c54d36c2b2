//! Percent-encoded text. Written here: the crate `percent-encoding` decodes control characters too, and once.

use memchr::memchr;

/// Appends `text` to `out` with `%XX` decoded; decoded once more if what comes out still has `%25`-style doubling
/// (CloudFront wrote `%2520` for a space until about 2019). Sequences that are not two hexadecimal digits, and
/// those that would become a control character, stay as they are. Says whether anything changed.
///
/// ```text
/// percent-encoded = *( "%" HEXDIG HEXDIG / any )
/// ```
pub fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    let from = out.len();
    let once = decode_once(text, out);
    if once.doubled {
        let text = out.split_off(from);
        decode_once(&text, out);
    }
    once.changed
}

/// What one pass of decoding met.
#[derive(Default)]
struct Pass {
    changed: bool,
    /// A percent sign came out in front of two hexadecimal digits.
    doubled: bool,
}

fn decode_once(text: &[u8], out: &mut Vec<u8>) -> Pass {
    let mut pass = Pass::default();
    let mut rest = text;
    while let Some(at) = memchr(b'%', rest) {
        out.extend_from_slice(&rest[..at]);
        match hex(rest, at + 1) {
            Some(byte) if byte >= 0x20 && byte != 0x7f => {
                out.push(byte);
                pass.changed = true;
                pass.doubled |= byte == b'%' && hex(rest, at + 3).is_some();
                rest = &rest[at + 3..];
            }
            _ => {
                out.push(b'%');
                rest = &rest[at + 1..];
            }
        }
    }
    out.extend_from_slice(rest);
    pass
}

/// The byte that the two hexadecimal digits at `at` stand for.
fn hex(text: &[u8], at: usize) -> Option<u8> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        b'A'..=b'F' => Some(b - b'A' + 10),
        _ => None,
    };
    let &[high, low] = text.get(at..at + 2)? else { return None };
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_decode_once_or_twice() {
        for (text, decoded, changed) in [
            ("Mozilla/5.0%20(X)", "Mozilla/5.0 (X)", true),
            ("Mozilla/5.0%2520(X)", "Mozilla/5.0 (X)", true),
            ("100%25", "100%", true),
            ("100%2525", "100%", true),
            ("%%32%65", "%2e", true),
            ("%zz%4", "%zz%4", false),
            ("a%0Ab", "a%0Ab", false),
            ("caf%C3%A9", "café", true),
            ("plain", "plain", false),
        ] {
            let mut out = b"kept ".to_vec();
            assert_eq!(decode(text.as_bytes(), &mut out), changed, "{text}");
            assert_eq!(String::from_utf8(out).unwrap(), format!("kept {decoded}"), "{text}");
        }
    }
}
