//! What follows from the names of protocols and from URLs as logs write them: versions, schemes, ports, queries. Each is
//! the value of a [computed](logloupe_table::Computed) column, given that of the column that the format names.

use nom::{
    Parser,
    bytes::complete::{take_till1, take_while1},
    character::complete::char,
    combinator::{map_parser, opt, verify},
    sequence::{preceded, terminated},
};

use super::{
    http,
    parse::{Parsed, expecting, whole},
};
use logloupe_table::Cell;

/// A protocol with its version: `TLSv1.2`, `SSLv3`, `HTTP/1.1`.
///
/// ```text
/// versioned = name [ "v" / "/" ] version
/// name      = 1*( any but "/", "." and DIGIT )  ; a "v" at its end is not its own
/// version   = DIGIT *( DIGIT / "." )
/// ```
fn versioned(input: &[u8]) -> Parsed<'_, (&[u8], &[u8])> {
    let name = take_till1(|b: u8| matches!(b, b'/' | b'.') || b.is_ascii_digit());
    let version =
        verify(take_while1(|b: u8| b.is_ascii_digit() || b == b'.'), |v: &[u8]| !v.starts_with(b"."));
    expecting("protocol with version", (terminated(name, opt(char('/'))), version)).parse(input)
}

fn text_of<'a>(cells: &[Cell<'a>]) -> Option<&'a [u8]> {
    match cells {
        [Cell::Text(text)] => Some(text),
        _ => None,
    }
}

fn optional(text: Option<&[u8]>) -> Cell<'_> {
    text.filter(|text| !text.is_empty()).map_or(Cell::Null, Cell::Text)
}

/// The version in a protocol's name: `1.2` of `TLSv1.2`, `1.1` of `HTTP/1.1`.
pub fn version<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    optional(text_of(cells).and_then(|text| whole(versioned, text)).map(|(_, version)| version))
}

/// The name of a protocol without its version, in small letters: `tls` of `TLSv1.2`.
pub fn name<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    let Some((name, _)) = text_of(cells).and_then(|text| whole(versioned, text)) else { return Cell::Null };
    let name = name.strip_suffix(b"v").or(name.strip_suffix(b"V")).unwrap_or(name);
    out.extend(name.iter().map(u8::to_ascii_lowercase));
    if out.is_empty() { Cell::Null } else { Cell::Text(out) }
}

/// The scheme of a URL in small letters: `https`.
pub fn url_scheme<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    match text_of(cells).map(http::scheme) {
        Some(Ok((_, scheme))) => {
            out.extend(scheme.iter().map(u8::to_ascii_lowercase));
            Cell::Text(out)
        }
        _ => Cell::Null,
    }
}

/// The port that a URL names.
pub fn url_port<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let port = |url| map_parser(http::authority, preceded(http::host, http::port)).parse(url).ok();
    text_of(cells).and_then(port).map_or(Cell::Null, |(_, port)| Cell::Int(port))
}

/// The query of a URL, without its question mark and without a fragment.
pub fn url_query<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    optional(text_of(cells).and_then(|url| http::query(url).ok()).map(|(_, query)| query))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: for<'a> fn(&[Cell<'a>], &'a mut Vec<u8>) -> Cell<'a>, text: &str, expected: Cell<'_>) {
        assert_eq!(value(&[Cell::Text(text.as_bytes())], &mut Vec::new()), expected, "{text}");
    }

    #[test]
    fn protocols_have_a_name_and_a_version() {
        for (text, protocol, number) in [
            ("TLSv1.2", "tls", "1.2"),
            ("TLSv1", "tls", "1"),
            ("tls1.3", "tls", "1.3"),
            ("SSLv3", "ssl", "3"),
            ("HTTP/1.1", "http", "1.1"),
            ("HTTP/3", "http", "3"),
        ] {
            check(name, text, Cell::Text(protocol.as_bytes()));
            check(version, text, Cell::Text(number.as_bytes()));
        }
        for text in ["", "1.2", "TLS", "TLSv", "TLSv1.2x", "TLSv.1", "/1", "HTTP//1"] {
            check(version, text, Cell::Null);
            check(name, text, Cell::Null);
        }
        check(name, "v1", Cell::Null);
        assert_eq!(version(&[Cell::Null], &mut Vec::new()), Cell::Null);
        assert_eq!(name(&[], &mut Vec::new()), Cell::Null);
    }

    #[test]
    fn urls_have_parts() {
        let text =
            |text: &'static str| if text.is_empty() { Cell::Null } else { Cell::Text(text.as_bytes()) };
        for (url, scheme, port, query) in [
            ("HTTPS://www.example.com:443/a?b=c#d", "https", Cell::Int(443), "b=c"),
            ("wss://[2001:db8::1]:8443/", "wss", Cell::Int(8443), ""),
            ("http://www.example.com?", "http", Cell::Null, ""),
            ("/a?b", "", Cell::Null, "b"),
            ("*", "", Cell::Null, ""),
        ] {
            check(url_scheme, url, text(scheme));
            check(url_port, url, port);
            check(url_query, url, text(query));
        }
        for value in [url_scheme, url_port, url_query] {
            assert_eq!(value(&[Cell::Null], &mut Vec::new()), Cell::Null);
        }
    }
}
