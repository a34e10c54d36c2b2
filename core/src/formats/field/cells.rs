//! The parsers as columns of a field table name them: what is read becomes a cell. What stands here twice, as `host`
//! and `port`, reads one token for two columns.
//!
//! None of these has a grammar of its own; see [`number`], [`address`], [`time`](mod@time) and [`http`].

use nom::{
    Parser,
    branch::alt,
    bytes::complete::tag,
    combinator::{eof, map, map_parser, recognize, rest, value, verify},
    sequence::{preceded, terminated},
};

use super::{
    address, http, number,
    parse::{Parsed, expecting},
    time,
};
use logloupe_table::Cell;

/// The text of `bytes`, or no value if there is nothing or only the dash that stands for nothing.
#[inline]
pub fn optional(bytes: &[u8]) -> Cell<'_> {
    if bytes.is_empty() || bytes == b"-" { Cell::Null } else { Cell::Text(bytes) }
}

/// Any text, as it stands.
#[inline]
pub fn text(input: &[u8]) -> Parsed<'_> {
    map(expecting("text", verify(rest, |text: &[u8]| !text.is_empty())), Cell::Text).parse(input)
}

/// [`number::integer`].
#[inline]
pub fn integer(input: &[u8]) -> Parsed<'_> {
    map(number::integer, Cell::Int).parse(input)
}

/// [`number::decimal`].
#[inline]
pub fn float(input: &[u8]) -> Parsed<'_> {
    map(number::decimal, Cell::Float).parse(input)
}

/// [`number::duration`], no value if there is none.
#[inline]
pub fn duration(input: &[u8]) -> Parsed<'_> {
    map(number::duration, |seconds| seconds.map_or(Cell::Null, Cell::Float)).parse(input)
}

/// [`number::boolean`].
#[inline]
pub fn boolean(input: &[u8]) -> Parsed<'_> {
    map(number::boolean, Cell::Bool).parse(input)
}

/// [`address::ip_address`].
#[inline]
pub fn ip(input: &[u8]) -> Parsed<'_> {
    map(address::ip_address, Cell::Text).parse(input)
}

/// The host of [`address::host_port`].
#[inline]
pub fn host(input: &[u8]) -> Parsed<'_> {
    map(terminated(address::host, rest), optional).parse(input)
}

/// The port of [`address::host_port`], no value if there is none.
#[inline]
pub fn port(input: &[u8]) -> Parsed<'_> {
    map(preceded(address::host, address::port), |port| port.map_or(Cell::Null, Cell::Int)).parse(input)
}

/// [`time::timestamp`](mod@time).
#[inline]
pub fn timestamp(input: &[u8]) -> Parsed<'_> {
    map(time::timestamp, Cell::Time).parse(input)
}

/// [`time::clf_time`].
#[inline]
pub fn clf_time(input: &[u8]) -> Parsed<'_> {
    map(time::clf_time, Cell::Time).parse(input)
}

/// [`time::day`], kept as text.
#[inline]
pub fn date(input: &[u8]) -> Parsed<'_> {
    map(recognize(time::day), Cell::Text).parse(input)
}

/// [`time::time_of_day`], on the first day of all: a layout moves it to the record's ([`Layout::of_day`](super::Layout::of_day)).
#[inline]
pub fn time_of_day(input: &[u8]) -> Parsed<'_> {
    map(time::time_of_day, Cell::Time).parse(input)
}

/// The method of [`http::request_line`].
#[inline]
pub fn method(input: &[u8]) -> Parsed<'_> {
    map(http::request_line, |line| optional(line.method)).parse(input)
}

/// The URL of [`http::request_line`].
#[inline]
pub fn url(input: &[u8]) -> Parsed<'_> {
    map(http::request_line, |line| optional(line.url)).parse(input)
}

/// The protocol of [`http::request_line`].
#[inline]
pub fn protocol(input: &[u8]) -> Parsed<'_> {
    map(http::request_line, |line| optional(line.protocol)).parse(input)
}

/// The host in the URL of [`http::request_line`], no value if it has none.
#[inline]
pub fn url_host(input: &[u8]) -> Parsed<'_> {
    map(http::request_line, |line| {
        map_parser(http::authority, http::host)
            .parse(line.url)
            .map_or(Cell::Null, |(_, host)| Cell::Text(host))
    })
    .parse(input)
}

/// The path in the URL of [`http::request_line`], no value if it has none.
#[inline]
pub fn url_path(input: &[u8]) -> Parsed<'_> {
    map(http::request_line, |line| http::path(line.url).map_or(Cell::Null, |(_, path)| Cell::Text(path)))
        .parse(input)
}

/// [`http::status`].
#[inline]
pub fn status(input: &[u8]) -> Parsed<'_> {
    map(http::status, Cell::Int).parse(input)
}

/// [`http::status`] as the outcome that ECS has for it: `success` below 400, `failure` from there on and for 000 (the
/// client was gone), `unknown` without a status.
#[inline]
pub fn outcome_of_status(input: &[u8]) -> Parsed<'_> {
    let outcome =
        map(http::status, |status| if matches!(status, 100..=399) { &b"success"[..] } else { b"failure" });
    let missing = value(&b"unknown"[..], alt((tag("-"), eof)));
    map(expecting("status code", alt((outcome, missing))), Cell::Text).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parser: super::super::Read, text: &str) -> Option<Cell<'_>> {
        super::super::whole(parser, text.as_bytes())
    }

    #[test]
    fn one_token_for_several_columns() {
        let some = |text: &'static str| Some(Cell::Text(text.as_bytes()));
        for (token, host_cell, port_cell) in [
            ("10.0.0.1:80", some("10.0.0.1"), Some(Cell::Int(80))),
            ("[2001:db8::1]", some("2001:db8::1"), Some(Cell::Null)),
            ("host:-", some("host"), Some(Cell::Null)),
            (":", Some(Cell::Null), Some(Cell::Null)),
            // Only the port's own column minds what it is.
            ("10.0.0.1:x", some("10.0.0.1"), None),
            ("10.0.0.1:8x", some("10.0.0.1"), None),
        ] {
            assert_eq!((read(host, token), read(port, token)), (host_cell, port_cell), "{token}");
        }
        let line = "GET https://www.example.com:443/a b?c HTTP/1.1";
        let parts = [method, url, protocol, url_host, url_path].map(|parser| read(parser, line));
        let url_text = some("https://www.example.com:443/a b?c");
        assert_eq!(parts, [some("GET"), url_text, some("HTTP/1.1"), some("www.example.com"), some("/a b")]);
        let parts =
            [method, url, protocol, url_host, url_path].map(|parser| read(parser, "- http://host:80- -"));
        let null = Some(Cell::Null);
        assert_eq!(parts, [null, some("http://host:80-"), null, some("host"), null]);
    }

    #[test]
    fn values_that_may_be_missing() {
        for (status_text, outcome) in [
            ("200", Some("success")),
            ("399", Some("success")),
            ("404", Some("failure")),
            ("000", Some("failure")),
            ("-", Some("unknown")),
            ("", Some("unknown")),
            ("-1", Some("failure")),
            ("x", None),
        ] {
            let cell = outcome.map(|text| Cell::Text(text.as_bytes()));
            assert_eq!(read(outcome_of_status, status_text), cell, "{status_text}");
        }
        assert_eq!(read(duration, "-1"), Some(Cell::Null));
        assert_eq!(read(duration, "0.25"), Some(Cell::Float(0.25)));
        assert_eq!(read(text, ""), None);
        assert_eq!(read(date, "2026-03-05"), Some(Cell::Text(b"2026-03-05")));
        assert_eq!(read(date, "2026-03-05T"), None);
    }
}
