//! Cells of a CSV row (RFC 4180), and which lines go on a row. Not here: how rows are cut out of a file of CloudWatch's
//! (that is [`ingest`](crate::ingest)'s).

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

/// Whether the lines of a CSV end within a cell: asked of each line in its order.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenCell {
    /// A quote was opened on a line before and not closed.
    open: bool,
}

impl OpenCell {
    /// Whether `line` begins within a cell that a line before it has opened.
    pub fn goes_on(&mut self, line: &[u8]) -> bool {
        // A doubled quote leaves a cell and enters it again.
        let quotes = memchr_iter(b'"', line).count();
        let began = self.open;
        self.open ^= quotes % 2 == 1;
        began
    }
}

/// The cells of a row, quotes taken away.
///
/// # Errors
/// When something stands behind a cell's closing quote, or there is none: where.
pub fn cells(row: &[u8]) -> Result<Vec<Cow<'_, [u8]>>, usize> {
    cells_by(row, b',')
}

/// Whether a line ends within a quoted cell, given whether it begins `within` one. Only a cell that begins with a quote is quoted.
pub fn ends_within(line: &[u8], separator: u8, within: bool) -> bool {
    let behind = |text: &'_ [u8], byte: u8| memchr(byte, text).map(|at| at + 1);
    let mut rest = line;
    let mut quoted = within;
    loop {
        if !quoted {
            match rest.strip_prefix(b"\"") {
                Some(inner) => rest = inner,
                None => match behind(rest, separator) {
                    Some(next) => {
                        rest = rest.get(next..).unwrap_or_default();
                        continue;
                    }
                    None => return false,
                },
            }
        }
        // To the closing quote; a doubled one is part of the cell.
        loop {
            let Some(next) = behind(rest, b'"') else { return true };
            rest = rest.get(next..).unwrap_or_default();
            match rest.strip_prefix(b"\"") {
                Some(more) => rest = more,
                None => break,
            }
        }
        let Some(next) = behind(rest, separator) else { return false };
        rest = rest.get(next..).unwrap_or_default();
        quoted = false;
    }
}

/// The same, between any separator.
///
/// # Errors
/// As [`cells`].
pub fn cells_by(row: &[u8], separator: u8) -> Result<Vec<Cow<'_, [u8]>>, usize> {
    let mut cells = Vec::new();
    let mut rest = row;
    loop {
        let (cell, behind) = match rest.strip_prefix(b"\"") {
            Some(inner) => quoted(inner).ok_or(row.len())?,
            None => {
                let end = memchr(separator, rest).unwrap_or(rest.len());
                let (cell, behind) = rest.split_at_checked(end).unwrap_or((rest, b""));
                (Cow::Borrowed(cell), behind)
            }
        };
        cells.push(cell);
        match behind.split_first() {
            None => return Ok(cells),
            Some((b, more)) if *b == separator => rest = more,
            Some(_) => return Err(row.len() - behind.len()),
        }
    }
}

/// The text up to the closing quote, doubled ones taken for one, and what stands behind it.
fn quoted(inner: &[u8]) -> Option<(Cow<'_, [u8]>, &[u8])> {
    let mut text: Option<Vec<u8>> = None;
    let mut rest = inner;
    loop {
        let (piece, behind) = rest.split_at_checked(memchr(b'"', rest)?)?;
        let behind = behind.get(1..)?;
        match behind.strip_prefix(b"\"") {
            Some(more) => {
                let text = text.get_or_insert_default();
                text.extend_from_slice(piece);
                text.push(b'"');
                rest = more;
            }
            None => {
                let cell = match text {
                    Some(mut text) => {
                        text.extend_from_slice(piece);
                        Cow::Owned(text)
                    }
                    None => Cow::Borrowed(piece),
                };
                return Some((cell, behind));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_end_within_a_cell() {
        for (line, within, ends) in [
            ("a,b", false, false),
            ("a,\"b", false, true),
            ("a,\"b\"\"", false, true),
            ("a,\"b\"\"\"", false, false),
            ("a,5\" pipe,c", false, false),
            ("x\",\"y\"", true, false),
            ("x\",\"y", true, true),
            ("\"", true, false),
            ("", true, true),
            ("", false, false),
        ] {
            assert_eq!(ends_within(line.as_bytes(), b',', within), ends, "{line}");
        }
    }

    #[test]
    fn lines_go_on_within_quotes() {
        let mut cell = OpenCell::default();
        let lines = ["a,b", "1,\"x", "y \"\"z", "\",2", "\"\",\"\"\"\"", "3,4"];
        let on: Vec<bool> = lines.iter().map(|line| cell.goes_on(line.as_bytes())).collect();
        assert_eq!(on, [false, false, true, true, false, false]);
    }
}
