//! Rows of CSV (RFC 4180): ended by LF or CRLF outside quotes, so that a cell in quotes may hold line breaks. Not here: what
//! the columns are, and the CSV that is a table to look things up in, which is read whole.

use memchr::{memchr, memchr_iter, memchr2};

use super::{Damage, Sink};
use crate::{formats::shorten, ingest::limits::KEPT_TEXT};

/// Cuts rows out of content that is pushed piece by piece, and hands each to [`Sink::line`] as it is written.
#[derive(Debug)]
pub(crate) struct RowCutter {
    carry: Vec<u8>,
    place: Place,
    /// Line feeds before the row at hand.
    feeds: u64,
    /// Line feeds in what was kept or skipped of it.
    inside: u64,
    /// The row at hand was rejected for its length; its rest is skipped.
    skipping: bool,
    limit: usize,
}

/// Where in a row the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At the beginning of a cell.
    Cell,
    /// In a cell without quotes.
    Plain,
    /// In a cell with quotes.
    Quoted,
    /// Behind a quote in such a cell: it is over, or the quote stands for itself.
    Quote,
}

impl RowCutter {
    pub(crate) fn new(limit: usize) -> RowCutter {
        RowCutter { carry: Vec::new(), place: Place::Cell, feeds: 0, inside: 0, skipping: false, limit }
    }
    pub(crate) fn push(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        let mut start = 0;
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            // No further than to where the row is too long, wherever pieces end.
            let room = match self.skipping {
                true => rest.len(),
                false => (self.limit + 1).saturating_sub(self.carry.len() + at - start).max(1),
            };
            let (taken, ends) = self.step(rest.get(..room).unwrap_or(rest));
            at += taken;
            if ends {
                let end = at.saturating_sub(1);
                self.end(bytes.get(start..end).unwrap_or_default(), sink);
                start = at;
            } else if !self.skipping && self.carry.len() + (at - start) > self.limit {
                // A quote that is never closed is the likeliest reason: the next line is a row again.
                self.keep(bytes.get(start..at).unwrap_or_default(), sink);
                start = at;
            }
        }
        self.keep(bytes.get(start..).unwrap_or_default(), sink);
    }
    /// Reads on in the row: how many bytes that took, and whether the last of them ended it.
    fn step(&mut self, rest: &[u8]) -> (usize, bool) {
        if self.skipping {
            let feed = memchr(b'\n', rest);
            self.place = Place::Cell;
            return (feed.map_or(rest.len(), |feed| feed + 1), feed.is_some());
        }
        let Some(first) = rest.first() else { return (0, false) };
        let (taken, place, ends) = match (self.place, first) {
            (Place::Cell | Place::Quote, b'"') => (1, Place::Quoted, false),
            (Place::Quoted, _) => match memchr(b'"', rest) {
                Some(quote) => (quote + 1, Place::Quote, false),
                None => (rest.len(), Place::Quoted, false),
            },
            _ => match memchr2(b',', b'\n', rest) {
                Some(found) if rest.get(found) == Some(&b',') => (found + 1, Place::Cell, false),
                Some(found) => (found + 1, Place::Cell, true),
                None => (rest.len(), Place::Plain, false),
            },
        };
        self.place = place;
        (taken, ends)
    }
    /// Keeps a piece of a row whose end has not come.
    fn keep(&mut self, piece: &[u8], sink: &mut impl Sink) {
        self.inside += memchr_iter(b'\n', piece).count() as u64;
        if self.skipping || piece.is_empty() {
            return;
        }
        let room = self.limit.saturating_sub(self.carry.len());
        self.carry.extend_from_slice(piece.get(..room.min(piece.len())).unwrap_or_default());
        if piece.len() > room {
            self.too_long(sink);
            self.skipping = true;
        }
    }
    /// The row at hand ends with `piece`.
    fn end(&mut self, piece: &[u8], sink: &mut impl Sink) {
        let line = self.feeds + 1;
        if self.skipping || self.carry.len() + piece.len() > self.limit {
            self.keep(piece, sink);
        } else if self.carry.is_empty() {
            self.inside = memchr_iter(b'\n', piece).count() as u64;
            give(piece, line, sink);
        } else {
            self.keep(piece, sink);
            give(&self.carry, line, sink);
        }
        self.carry.clear();
        self.carry.shrink_to(1 << 20);
        self.feeds += self.inside + 1;
        (self.inside, self.skipping) = (0, false);
    }
    /// The content ends here. With `cut`, it does so before its time, and a last row without end is not trusted.
    pub(crate) fn finish(&mut self, cut: bool, sink: &mut impl Sink) {
        if self.skipping || self.carry.trim_ascii().is_empty() {
            return;
        }
        let open = self.place == Place::Quoted;
        if cut || open {
            let expected = if open { "the closing quote of the cell" } else { "the rest of the row" };
            sink.damage(Damage {
                line: self.feeds + 1,
                at: self.carry.len(),
                expected: expected.to_owned(),
                found: "end of the readable content".to_owned(),
                text: self.carry.get(..KEPT_TEXT).unwrap_or(&self.carry),
            });
        } else {
            give(&self.carry, self.feeds + 1, sink);
        }
        self.carry.clear();
    }
    /// Line feeds met.
    pub(crate) fn feeds(&self) -> u64 {
        self.feeds + self.inside
    }
    fn too_long(&self, sink: &mut impl Sink) {
        sink.damage(Damage {
            line: self.feeds + 1,
            at: self.limit,
            expected: format!("a row of at most {} bytes", self.limit),
            found: format!("a longer one beginning with {}", shorten(&self.carry)),
            text: self.carry.get(..KEPT_TEXT).unwrap_or(&self.carry),
        });
    }
}

fn give(row: &[u8], line: u64, sink: &mut impl Sink) {
    let row = row.strip_suffix(b"\r").unwrap_or(row);
    if !row.trim_ascii().is_empty() {
        sink.line(row, line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::field::csv::cells;
    use crate::ingest::framing::keys::Marks;

    #[derive(Default)]
    struct Found(Vec<String>);

    impl Sink for Found {
        fn line(&mut self, bytes: &[u8], line: u64) {
            self.0.push(format!("{line}: {}", String::from_utf8_lossy(bytes)));
        }
        fn object(&mut self, _: &[u8], _: &Marks, _: u64, _: bool) {}
        fn damage(&mut self, damage: Damage<'_>) {
            self.0.push(format!("{}:{} {}", damage.line, damage.at, damage.expected));
        }
        fn envelope(&mut self, _: &'static str) {}
    }

    fn rows(text: &str, limit: usize, cut: bool) -> Vec<String> {
        let all = |piece: usize| {
            let mut cutter = RowCutter::new(limit);
            let mut found = Found::default();
            text.as_bytes().chunks(piece).for_each(|piece| cutter.push(piece, &mut found));
            cutter.finish(cut, &mut found);
            assert_eq!(cutter.feeds(), memchr_iter(b'\n', text.as_bytes()).count() as u64, "{text:?}");
            found.0
        };
        let whole = all(1 << 20);
        for piece in [1, 2, 3, 7] {
            assert_eq!(all(piece), whole, "{text:?} in pieces of {piece}");
        }
        whole
    }

    #[test]
    fn rows_end_outside_quotes() {
        assert_eq!(rows("a,b\nc,d", 99, false), ["1: a,b", "2: c,d"]);
        assert_eq!(rows("a,\"b\nc\"\r\n\r\n\nd,e\r\n", 99, false), ["1: a,\"b\nc\"", "5: d,e"]);
        assert_eq!(rows("\"a\"\"\n\"\"\",b\nc", 99, false), ["1: \"a\"\"\n\"\"\",b", "3: c"]);
        assert_eq!(rows("5\" disk,x\n\"\",y\n", 99, false), ["1: 5\" disk,x", "2: \"\",y"]);
        assert_eq!(rows("\"a\"b,\"c\nd\"\ne\n", 99, false), ["1: \"a\"b,\"c\nd\"", "3: e"]);
        assert_eq!(rows(",\n", 99, false), ["1: ,"]);
        assert_eq!(rows("", 99, false), [""; 0]);
    }

    #[test]
    fn damage_is_one_rejection() {
        assert_eq!(rows("a\n\"b\nc\n", 99, false), ["1: a", "2:5 the closing quote of the cell"]);
        assert_eq!(rows("a\nb,c", 99, true), ["1: a", "2:3 the rest of the row"]);
        assert_eq!(
            rows("a\n\"bcdefgh\ni,j\nk,l\n", 5, false),
            ["1: a", "2:5 a row of at most 5 bytes", "3: i,j", "4: k,l"]
        );
        assert_eq!(rows("abcdef\nabcde\n", 5, false), ["1:5 a row of at most 5 bytes", "2: abcde"]);
    }

    #[test]
    fn cells_lose_their_quotes() {
        let all = |row: &'static str| {
            let cells = cells(row.as_bytes())?;
            Ok::<Vec<String>, usize>(cells.iter().map(|c| String::from_utf8_lossy(c).into_owned()).collect())
        };
        let texts = |texts: &[&str]| Ok(texts.iter().map(|&t| t.to_owned()).collect::<Vec<_>>());
        assert_eq!(all("a,,\"b,\"\"c\"\"\nd\",5\""), texts(&["a", "", "b,\"c\"\nd", "5\""]));
        assert_eq!(all(""), texts(&[""]));
        assert_eq!(all("\"\","), texts(&["", ""]));
        assert_eq!(all("x,\"a\"b,c"), Err(5));
        assert_eq!(all("x,\"a"), Err(4));
    }
}
