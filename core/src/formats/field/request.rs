//! What follows from the request line and the status of a request, as values of [computed](logloupe_table::Computed)
//! columns: given that of the column that the format names. Formats that store these parts name the parsers of
//! [`cells`](super::cells) instead.

use super::{cells, parse::Read, protocol};
use logloupe_table::Cell;

/// What `read` reads of a request line.
fn part<'a>(cells: &[Cell<'a>], read: Read) -> Cell<'a> {
    match cells {
        [Cell::Text(line)] => read(line).map_or(Cell::Null, |(_, cell)| cell),
        _ => Cell::Null,
    }
}

/// The method: `GET`.
pub fn method<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    part(cells, cells::method)
}

/// The URL as the client sent it, without method and protocol.
pub fn url<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    part(cells, cells::url)
}

/// The path of the URL.
pub fn path<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    part(cells, cells::url_path)
}

/// The host in the URL, if it has one.
pub fn host<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    part(cells, cells::url_host)
}

/// The query of the URL, without its question mark.
pub fn query<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    protocol::url_query(&[part(cells, cells::url)], out)
}

/// The version of HTTP: `1.1`.
pub fn version<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    protocol::version(&[part(cells, cells::protocol)], out)
}

/// The outcome that ECS has for a status: `success` below 400, `failure` from there on and for 0 (the client was gone),
/// `unknown` without a status.
pub fn outcome<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    Cell::Text(match cells.first() {
        Some(Cell::Int(100..=399)) => b"success",
        Some(Cell::Int(_)) => b"failure",
        _ => b"unknown",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_request() {
        type Value = for<'a> fn(&[Cell<'a>], &'a mut Vec<u8>) -> Cell<'a>;
        let parts: [Value; 6] = [method, url, path, host, query, version];
        for (line, expected) in [
            (
                "GET http://a.example.com:80/b c?d=e HTTP/1.1",
                ["GET", "http://a.example.com:80/b c?d=e", "/b c", "a.example.com", "d=e", "1.1"],
            ),
            ("GET /b?versioning HTTP/1.1", ["GET", "/b?versioning", "/b", "", "versioning", "1.1"]),
            ("GET /bucket/key", ["GET", "/bucket/key", "/bucket/key", "", "", ""]),
            ("x", ["", "x", "", "", "", ""]),
        ] {
            for (part, expected) in parts.iter().zip(expected) {
                let mut out = Vec::new();
                let found = part(&[Cell::Text(line.as_bytes())], &mut out);
                let text = if expected.is_empty() { Cell::Null } else { Cell::Text(expected.as_bytes()) };
                assert_eq!(found, text, "{line}");
            }
        }
        assert!(parts.iter().all(|part| part(&[Cell::Null], &mut Vec::new()) == Cell::Null));
        for (status, expected) in [(200, "success"), (399, "success"), (400, "failure"), (0, "failure")] {
            assert_eq!(outcome(&[Cell::Int(status)], &mut Vec::new()), Cell::Text(expected.as_bytes()));
        }
        assert_eq!(outcome(&[Cell::Null], &mut Vec::new()), Cell::Text(b"unknown"));
    }
}
