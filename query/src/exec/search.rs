//! Full-text search of `@message` in its compressed blocks: only blocks that hold a selected row are decompressed, and
//! plain text is searched for in a whole block at once.

use crate::plan::Op;
use logloupe_table::{Bitmap, raw::Raw};

/// The rows of `rows` whose record satisfies `op`, a [`Op::Contains`] or [`Op::Matches`].
pub(super) fn records(raw: &Raw, op: &Op, rows: &Bitmap) -> Bitmap {
    let mut found = Bitmap::new(rows.len(), false);
    let negated = match op {
        Op::Contains(text, negated) if text.is_empty() => return rows.keep(!negated),
        Op::Contains(text, negated) => {
            let finder = memchr::memmem::Finder::new(text.as_bytes());
            raw.for_each_wanted_block(
                |first, end| holds_row(rows, first, end),
                |first, lengths, text| {
                    let size = finder.needle().len();
                    each_record(
                        first,
                        lengths,
                        text,
                        |at, text| finder.find(text).map(|p| (at + p, at + p + size)),
                        &mut found,
                    );
                },
            );
            *negated
        }
        Op::Matches(regex, negated) => {
            raw.for_each(
                |i| rows.get(i),
                |i, record| {
                    if regex.is_match(record) {
                        found.set(i, true);
                    }
                },
            );
            *negated
        }
        _ => false,
    };
    let mut out = rows.clone();
    if negated {
        out.and_not(&found);
    } else {
        out.and(&found);
    }
    out
}

fn holds_row(rows: &Bitmap, first: usize, end: usize) -> bool {
    (first..end).any(|i| rows.get(i))
}

/// Marks the records in which `find` finds something. `find(at, rest)` gives the place of the first find in the block
/// whose text from `at` on is `rest`.
fn each_record(
    first: usize,
    lengths: &[usize],
    text: &[u8],
    find: impl Fn(usize, &[u8]) -> Option<(usize, usize)>,
    found: &mut Bitmap,
) {
    let (mut at, mut record, mut end) = (0, 0, lengths.first().copied().unwrap_or(0));
    while at <= text.len() && record < lengths.len() {
        let Some((from, to)) = find(at, &text[at..]) else { return };
        // An empty find at a border belongs to the record that begins there.
        while record + 1 < lengths.len() && from >= end {
            record += 1;
            end += lengths[record];
        }
        if to <= end {
            found.set(first + record, true);
            at = end.max(from + 1);
            record += 1;
            end += lengths.get(record).copied().unwrap_or(0);
        } else {
            // It lies across two records.
            at = from + 1;
        }
    }
}
