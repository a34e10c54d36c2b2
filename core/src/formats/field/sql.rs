//! What a statement of SQL does, by its first words: one column that all logs of databases have. No grammar of SQL.

use logloupe_table::{Cell, Computed, Field, Kind, Role};

/// The column `db.operation`, computed from a column.
pub const fn operation_of(computed: &'static Computed) -> Field {
    Field::new("db.operation", Kind::Text, Role::Dimension)
        .computed(computed)
        .doc("what the statement does, by its first words in capitals: SELECT, DROP TABLE, GRANT")
}

/// [`operation`] of the first cell that is text.
pub fn of_cells<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    let text = cells.iter().find_map(|cell| match cell {
        Cell::Text(text) => Some(*text),
        _ => None,
    });
    operation(text.unwrap_or_default(), out)
}

/// The first word of a statement in capitals; the first two where one says too little: `CREATE USER`. Comments before it
/// are passed over, and so is what may stand between the two (`OR REPLACE`, `TEMPORARY`).
pub fn operation<'a>(statement: &[u8], out: &'a mut Vec<u8>) -> Cell<'a> {
    let (first, rest) = word(statement);
    if first.is_empty() {
        return Cell::Null;
    }
    out.extend(first.iter().map(u8::to_ascii_uppercase));
    if matches!(out.as_slice(), b"CREATE" | b"ALTER" | b"DROP" | b"RENAME") {
        let mut rest = rest;
        // A handful of words at most may stand between.
        for _ in 0..6 {
            let (next, behind) = word(rest);
            let is = |name: &[u8]| next.eq_ignore_ascii_case(name);
            if next.is_empty() {
                break;
            }
            let between: [&[u8]; 8] =
                [b"OR", b"REPLACE", b"TEMPORARY", b"TEMP", b"UNIQUE", b"UNLOGGED", b"GLOBAL", b"LOCAL"];
            if !between.into_iter().any(is) {
                out.push(b' ');
                out.extend(next.iter().map(u8::to_ascii_uppercase));
                break;
            }
            rest = behind;
        }
    }
    Cell::Text(out)
}

/// The word that a statement begins with, and what follows it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let mut rest = text;
    loop {
        rest = rest.trim_ascii_start();
        let end = match rest {
            [b'/', b'*', inside @ ..] => memchr::memmem::find(inside, b"*/").map(|end| end + 4),
            [b'-', b'-', ..] | [b'#', ..] => memchr::memchr(b'\n', rest).map(|end| end + 1),
            [b'(' | b';', ..] => Some(1),
            _ => break,
        };
        let Some(end) = end else { return (b"", b"") };
        rest = rest.get(end..).unwrap_or_default();
    }
    let end = rest.iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'_').unwrap_or(rest.len());
    rest.split_at(end.min(32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_by_their_first_words() {
        for (statement, said) in [
            ("select 1", "SELECT"),
            ("/* ApplicationName=x */ -- y\n (Select 1)", "SELECT"),
            ("create or replace temporary view v as", "CREATE VIEW"),
            ("CREATE USER 'a'@'%'", "CREATE USER"),
            ("drop/**/table t", "DROP TABLE"),
            ("ALTER", "ALTER"),
            ("GRANT ALL ON *.* TO a", "GRANT"),
            ("# Quit\nset x", "SET"),
        ] {
            assert_eq!(
                operation(statement.as_bytes(), &mut Vec::new()),
                Cell::Text(said.as_bytes()),
                "{statement}"
            );
        }
        for nothing in ["", "  ", "/* open", "-- only", "'text'", "\u{e9}"] {
            assert_eq!(operation(nothing.as_bytes(), &mut Vec::new()), Cell::Null, "{nothing}");
        }
    }
}
