//! What HTTP writes: the request line, URLs and status codes.

use nom::{
    Parser,
    branch::alt,
    bytes::complete::{tag, take_while1},
    character::complete::char,
    combinator::{eof, map, not, opt, recognize, rest, verify},
    sequence::{delimited, pair, preceded, terminated},
};

use super::{
    number::integer,
    parse::{Parsed, expecting, till, till_last},
};

/// A request line, each part as it stands; a part that is missing is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestLine<'a> {
    /// `GET`.
    pub method: &'a [u8],
    /// Absolute or relative.
    pub url: &'a [u8],
    /// `HTTP/1.1`.
    pub protocol: &'a [u8],
}

/// A request line, to the end of the input.
///
/// ```text
/// request-line = [ method SP ] url [ SP protocol ]
/// method       = *( any but SP )
/// url          = *any                          ; spaces too: to the last one
/// protocol     = *( any but SP )
/// ```
///
/// A damaged request may have an empty protocol (`- http://host:80- -`, `- http://host:80-/ `).
#[inline]
pub fn request_line(input: &[u8]) -> Parsed<'_, RequestLine<'_>> {
    let method = opt(terminated(till(b' '), char(' ')));
    let protocol = opt(preceded(char(' '), rest));
    map((method, till_last(b' '), protocol), |(method, url, protocol)| RequestLine {
        method: method.unwrap_or_default(),
        url,
        protocol: protocol.unwrap_or_default(),
    })
    .parse(input)
}

/// The authority of an absolute URL, and what leads to it.
///
/// ```text
/// url       = [ scheme "://" authority ] [ path ] [ "?" query ] [ "#" *any ]
/// scheme    = 1*( ALPHA / DIGIT / "+" / "-" / "." )
/// authority = [ *any "@" ] host [ ":" *any ]      ; all of it without "/", "?" and "#"
/// query     = *( any but "#" )
/// ```
#[inline]
pub fn authority(url: &[u8]) -> Parsed<'_, &[u8]> {
    preceded(scheme, till_any_of(b'/', b'?', b'#')).parse(url)
}

/// The scheme of an absolute URL, and what separates it from the authority.
#[inline]
pub fn scheme(url: &[u8]) -> Parsed<'_, &[u8]> {
    let scheme = take_while1(|b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    expecting("scheme", terminated(scheme, tag("://"))).parse(url)
}

/// The port of an authority whose host was read.
///
/// ```text
/// port = ":" 1*DIGIT [ "-" ]                      ; up to 65535; the dash is a damaged request's
/// ```
#[inline]
pub fn port(input: &[u8]) -> Parsed<'_, i64> {
    let number = verify(integer, |port| (0..=65_535).contains(port));
    expecting("port", delimited(char(':'), number, pair(opt(char('-')), eof))).parse(input)
}

/// The query of a URL, absolute or relative, up to its fragment.
#[inline]
pub fn query(url: &[u8]) -> Parsed<'_, &[u8]> {
    let path = till_any_of(b'?', b'#', b'#');
    expecting("query", preceded(pair(path, char('?')), till(b'#'))).parse(url)
}

/// The host of an authority; its port is left over.
///
/// ```text
/// host = "[" *( any but "]" ) "]" / 1*( any but "[" and ":" )
/// ```
#[inline]
pub fn host(authority: &[u8]) -> Parsed<'_, &[u8]> {
    let user = opt(terminated(till_last(b'@'), char('@')));
    let literal = recognize(delimited(char('['), till(b']'), char(']')));
    let name = preceded(not(char('[')), verify(till(b':'), |name: &[u8]| !name.is_empty()));
    expecting("host", preceded(user, alt((literal, name)))).parse(authority)
}

/// The path of a URL, absolute or relative, up to its query or fragment.
///
/// ```text
/// path = "/" *( any but "?" and "#" )
/// ```
#[inline]
pub fn path(url: &[u8]) -> Parsed<'_, &[u8]> {
    let path = recognize(pair(char('/'), till_any_of(b'?', b'#', b'#')));
    expecting("path", preceded(opt(authority), path)).parse(url)
}

/// What stands before the first of these, or all.
#[inline]
fn till_any_of<'a>(a: u8, b: u8, c: u8) -> impl FnMut(&'a [u8]) -> Parsed<'a, &'a [u8]> {
    move |input| {
        let (taken, rest) = input.split_at(memchr::memchr3(a, b, c, input).unwrap_or(input.len()));
        Ok((rest, taken))
    }
}

/// A status code; `000`, of a client that was gone, reads as 0.
///
/// ```text
/// status = integer
/// ```
#[inline]
pub fn status(input: &[u8]) -> Parsed<'_, i64> {
    expecting("status code", integer).parse(input)
}

#[cfg(test)]
mod tests {
    use nom::combinator::map_parser;

    use super::*;

    #[test]
    fn requests_split_at_first_and_last_space() {
        for (request, method, url, protocol) in [
            ("GET http://a:80/ HTTP/1.1", "GET", "http://a:80/", "HTTP/1.1"),
            ("GET http://a:80/a b c HTTP/1.1", "GET", "http://a:80/a b c", "HTTP/1.1"),
            ("- http://a:80- -", "-", "http://a:80-", "-"),
            ("- http://a:80-/ ", "-", "http://a:80-/", ""),
            ("GET /", "GET", "/", ""),
            ("GET ", "GET", "", ""),
            ("GET", "", "GET", ""),
            (" ", "", "", ""),
            ("", "", "", ""),
        ] {
            let [method, url, protocol] = [method, url, protocol].map(str::as_bytes);
            let line = RequestLine { method, url, protocol };
            assert_eq!(request_line(request.as_bytes()), Ok((&b""[..], line)), "{request}");
        }
    }

    #[test]
    fn urls_have_a_host_and_a_path() {
        for (text, host_text, path_text) in [
            ("https://www.example.com:443/a/b?c=/d", Some("www.example.com"), Some("/a/b")),
            ("http://[2001:db8::1]:80/", Some("[2001:db8::1]"), Some("/")),
            ("http://[2001:db8::1/x", None, Some("/x")),
            ("http://user:pw@host?x", Some("host"), None),
            ("http://a@b@host:x/@c", Some("host"), Some("/@c")),
            ("http://host:80-", Some("host"), None),
            ("/only/path#x", None, Some("/only/path")),
            ("/a b#x?y", None, Some("/a b")),
            ("/?to=http://a/b", None, Some("/")),
            ("http://", None, None),
            ("http:///x", None, Some("/x")),
            ("host:443", None, None),
            ("*", None, None),
            ("", None, None),
        ] {
            let read = |(_, text): (&[u8], &[u8])| String::from_utf8(text.to_vec()).unwrap();
            let found = map_parser(authority, host).parse(text.as_bytes()).ok().map(read);
            assert_eq!(found.as_deref(), host_text, "{text}");
            assert_eq!(path(text.as_bytes()).ok().map(read).as_deref(), path_text, "{text}");
        }
        assert_eq!(authority(b"http://u@h:80?x"), Ok((&b"?x"[..], &b"u@h:80"[..])));
        assert_eq!(host(b"u@h:80"), Ok((&b":80"[..], &b"h"[..])));
        assert_eq!(path(b"http://h/p?x"), Ok((&b"?x"[..], &b"/p"[..])));
    }

    #[test]
    fn urls_have_a_scheme_a_port_and_a_query() {
        for (text, scheme_text, port_number, query_text) in [
            ("https://www.example.com:443/a/b?c=/d", Some("https"), Some(443), Some("c=/d")),
            ("http://[2001:db8::1]:8080/?a?b#c?d", Some("http"), Some(8080), Some("a?b")),
            ("http://host:80-", Some("http"), Some(80), None),
            ("http://user:1@host?", Some("http"), None, Some("")),
            ("http://host:99999/", Some("http"), None, None),
            ("http://host:8x/", Some("http"), None, None),
            ("http://host:/", Some("http"), None, None),
            ("/only/path?x=http://a:1/", None, None, Some("x=http://a:1/")),
            ("/path#x?y", None, None, None),
            ("://host:1", None, None, None),
            ("", None, None, None),
        ] {
            let read = |(_, text): (&[u8], &[u8])| String::from_utf8(text.to_vec()).unwrap();
            assert_eq!(scheme(text.as_bytes()).ok().map(read).as_deref(), scheme_text, "{text}");
            assert_eq!(query(text.as_bytes()).ok().map(read).as_deref(), query_text, "{text}");
            let found = map_parser(authority, preceded(host, port)).parse(text.as_bytes());
            assert_eq!(found.ok().map(|(_, port)| port), port_number, "{text}");
        }
    }

    #[test]
    fn status_codes() {
        assert_eq!(status(b"404 "), Ok((&b" "[..], 404)));
        assert_eq!(status(b"000"), Ok((&b""[..], 0)));
        assert_eq!(status(b"x"), super::super::parse::expected("status code", b"x"));
    }
}
