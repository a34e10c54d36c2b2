//! Text: as it stands, percent-decoded, and the parts of an HTTP request line.

use memchr::{memchr, memrchr};

use super::{Parsed, expected};
use logloupe_table::Cell;

/// The token as it stands.
#[inline]
pub fn text(input: &[u8]) -> Parsed<'_> {
    if input.is_empty() { expected("text", input) } else { Ok((&[], Cell::Text(input))) }
}

/// The text of `bytes`, or no value if there is nothing or only the dash that stands for nothing.
#[inline]
pub fn optional(bytes: &[u8]) -> Cell<'_> {
    if bytes.is_empty() || bytes == b"-" { Cell::Null } else { Cell::Text(bytes) }
}

/// Appends `text` to `out` with `%XX` decoded; decoded once more if what comes out still has `%25`-style doubling
/// (CloudFront wrote `%2520` for a space until about 2019). Sequences that are not two hexadecimal digits, and
/// those that would become a control character, stay as they are. Says whether anything changed.
pub fn percent_decode(text: &[u8], out: &mut Vec<u8>) -> bool {
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

/// The three parts of a request line, split at its first and last space: the URL between them may hold spaces,
/// and a damaged request may have an empty protocol (`- http://host:80- -`, `- http://host:80-/ `).
pub fn request_parts(request: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let Some(first) = memchr(b' ', request) else { return (&[], request, &[]) };
    let after = &request[first + 1..];
    match memrchr(b' ', after) {
        Some(last) => (&request[..first], &after[..last], &after[last + 1..]),
        None => (&request[..first], after, &[]),
    }
}

/// The host of an absolute URL, without its port; `None` where there is none.
pub fn url_domain(url: &[u8]) -> Option<&[u8]> {
    let (authority, _) = split_url(url)?;
    let host = match memrchr(b'@', authority) {
        Some(at) => &authority[at + 1..],
        None => authority,
    };
    let end = match host.first() {
        Some(b'[') => memchr(b']', host)? + 1,
        _ => memchr(b':', host).unwrap_or(host.len()),
    };
    (end > 0).then_some(&host[..end])
}

/// The path of an absolute or relative URL, without query and fragment; `None` where there is none.
pub fn url_path(url: &[u8]) -> Option<&[u8]> {
    let path = match split_url(url) {
        Some((_, path)) => path,
        None => url,
    };
    let path = &path[..memchr::memchr2(b'?', b'#', path).unwrap_or(path.len())];
    (path.first() == Some(&b'/')).then_some(path)
}

/// Authority and what follows it.
fn split_url(url: &[u8]) -> Option<(&[u8], &[u8])> {
    // A scheme is short; `://` further on belongs to a query.
    let scheme = memchr::memmem::find(&url[..url.len().min(16)], b"://")?;
    let after = &url[scheme + 3..];
    let end = memchr::memchr3(b'/', b'?', b'#', after).unwrap_or(after.len());
    Some(after.split_at(end))
}

/// `success` below 400, `failure` from there on and for 000 (the client was gone), `unknown` without a status, as
/// ECS `event.outcome` has it.
#[inline]
pub fn outcome_of_status(input: &[u8]) -> Parsed<'_> {
    if input.is_empty() || input == b"-" {
        return Ok((&[], Cell::Text(b"unknown")));
    }
    let (rest, cell) = super::number::status(input)?;
    Ok((
        rest,
        match cell {
            Cell::Int(100..=399) => Cell::Text(b"success"),
            _ => Cell::Text(b"failure"),
        },
    ))
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
            assert_eq!(percent_decode(text.as_bytes(), &mut out), changed, "{text}");
            assert_eq!(String::from_utf8(out).unwrap(), format!("kept {decoded}"), "{text}");
        }
    }

    #[test]
    fn requests_split_at_first_and_last_space() {
        for (request, verb, url, protocol) in [
            ("GET http://a:80/ HTTP/1.1", "GET", "http://a:80/", "HTTP/1.1"),
            ("GET http://a:80/a b c HTTP/1.1", "GET", "http://a:80/a b c", "HTTP/1.1"),
            ("- http://a:80- -", "-", "http://a:80-", "-"),
            ("- http://a:80-/ ", "-", "http://a:80-/", ""),
            ("GET", "", "GET", ""),
            ("", "", "", ""),
        ] {
            let parts = (verb.as_bytes(), url.as_bytes(), protocol.as_bytes());
            assert_eq!(request_parts(request.as_bytes()), parts, "{request}");
        }
        for (url, domain, path) in [
            ("https://www.example.com:443/a/b?c=/d", Some("www.example.com"), Some("/a/b")),
            ("http://[2001:db8::1]:80/", Some("[2001:db8::1]"), Some("/")),
            ("http://user:pw@host?x", Some("host"), None),
            ("http://host:80-", Some("host"), None),
            ("/only/path#x", None, Some("/only/path")),
            ("/redirect?to=http://a/b", None, Some("/redirect")),
            ("http://", None, None),
            ("*", None, None),
        ] {
            assert_eq!(url_domain(url.as_bytes()), domain.map(str::as_bytes), "{url}");
            assert_eq!(url_path(url.as_bytes()), path.map(str::as_bytes), "{url}");
        }
    }
}
