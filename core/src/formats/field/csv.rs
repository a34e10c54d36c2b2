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
    let mut cells = Vec::new();
    let mut rest = row;
    loop {
        let (cell, behind) = match rest.strip_prefix(b"\"") {
            Some(inner) => quoted(inner).ok_or(row.len())?,
            None => {
                let end = memchr(b',', rest).unwrap_or(rest.len());
                let (cell, behind) = rest.split_at_checked(end).unwrap_or((rest, b""));
                (Cow::Borrowed(cell), behind)
            }
        };
        cells.push(cell);
        match behind.split_first() {
            None => return Ok(cells),
            Some((b',', more)) => rest = more,
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
    fn lines_go_on_within_quotes() {
        let mut cell = OpenCell::default();
        let lines = ["a,b", "1,\"x", "y \"\"z", "\",2", "\"\",\"\"\"\"", "3,4"];
        let on: Vec<bool> = lines.iter().map(|line| cell.goes_on(line.as_bytes())).collect();
        assert_eq!(on, [false, false, true, true, false, false]);
    }
}
