//! What follows from a name that was asked for: the name as people write it, its registered domain, its length. Each is
//! the value of a [computed](logloupe_table::Computed) column, given the name as the log has it.
//!
//! Not these: what a name resolves to, and the list of public suffixes; the registered domain is the last two labels.

use logloupe_table::Cell;

/// The name without the dot at its end.
pub fn name<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    bare(cells).map_or(Cell::Null, Cell::Text)
}

/// The last two labels of the name.
pub fn registered_domain<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let Some(name) = bare(cells) else { return Cell::Null };
    let mut dots = memchr::memrchr_iter(b'.', name);
    match (dots.next(), dots.next()) {
        (Some(_), Some(dot)) => Cell::Text(name.get(dot + 1..).unwrap_or(name)),
        _ => Cell::Text(name),
    }
}

/// How many characters the name has, without the dot at its end; an escape counts as the one that it stands for.
pub fn length<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let Some(name) = bare(cells) else { return Cell::Null };
    let escapes = memchr::memchr_iter(b'\\', name).filter(|at| escaped(name, *at).is_some()).count();
    Cell::Int((name.len() - 3 * escapes) as i64)
}

/// The name without the dot at its end, and with the characters that Route 53's escapes stand for. A dot or backslash
/// that is part of a label, and what cannot be printed, stay escaped: without the escape it would be another name.
///
/// ```text
/// escape = "\" 3OCTDIG                          ; "\052" is "*"
/// ```
pub fn unescaped<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    let Some(name) = bare(cells) else { return Cell::Null };
    if memchr::memchr(b'\\', name).is_none() {
        return Cell::Text(name);
    }
    let mut rest = name;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        rest = match escaped(from, 0).filter(|b| b.is_ascii_graphic() && !matches!(b, b'.' | b'\\')) {
            Some(byte) => {
                out.push(byte);
                from.get(4..).unwrap_or_default()
            }
            None => {
                out.push(b'\\');
                from.get(1..).unwrap_or_default()
            }
        };
    }
    out.extend_from_slice(rest);
    Cell::Text(out)
}

/// The byte that the escape stands for whose backslash is at `at`.
fn escaped(name: &[u8], at: usize) -> Option<u8> {
    let digits = name.get(at + 1..at + 4)?;
    let value = digits.iter().try_fold(0u32, |value, b| match b {
        b'0'..=b'7' => Some(value * 8 + (b - b'0') as u32),
        _ => None,
    })?;
    u8::try_from(value).ok()
}

/// The name without the dot at its end; none of the root.
fn bare<'a>(cells: &[Cell<'a>]) -> Option<&'a [u8]> {
    match cells.first() {
        Some(Cell::Text(name)) => {
            Some(name.strip_suffix(b".").unwrap_or(name)).filter(|name| !name.is_empty())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_a_name() {
        for (text, plain, domain, chars) in [
            ("www.shop.example.com.", "www.shop.example.com", "example.com", 20),
            ("example.com", "example.com", "example.com", 11),
            ("localhost.", "localhost", "localhost", 9),
            (r"\052.example.com", "*.example.com", "example.com", 13),
            (r"*.a\052b.example.com", "*.a*b.example.com", "example.com", 17),
            (r"_sip\137tcp.example.com.", "_sip_tcp.example.com", "example.com", 20),
            // What is part of a label, or no character.
            (r"a\056b.example", r"a\056b.example", r"a\056b.example", 11),
            (r"a\134b.example", r"a\134b.example", r"a\134b.example", 11),
            (r"a\000\040b.example", r"a\000\040b.example", r"a\000\040b.example", 12),
            (r"a\377.example", r"a\377.example", r"a\377.example", 10),
            // No escapes.
            (r"a\", r"a\", r"a\", 2),
            (r"a\05", r"a\05", r"a\05", 4),
            (r"a\089.b", r"a\089.b", r"a\089.b", 7),
            (r"a\777.b", r"a\777.b", r"a\777.b", 7),
            (r"\\052", r"\*", r"\\052", 2),
        ] {
            let cells = [Cell::Text(text.as_bytes())];
            let (mut a, mut b, mut c) = Default::default();
            assert_eq!(unescaped(&cells, &mut a), Cell::Text(plain.as_bytes()), "{text}");
            assert_eq!(registered_domain(&cells, &mut b), Cell::Text(domain.as_bytes()), "{text}");
            assert_eq!(length(&cells, &mut c), Cell::Int(chars), "{text}");
        }
        for cells in [&[Cell::Null][..], &[Cell::Text(b".")], &[Cell::Text(b"")], &[]] {
            let (mut a, mut b, mut c, mut d) = Default::default();
            assert_eq!(name(cells, &mut a), Cell::Null);
            assert_eq!(unescaped(cells, &mut b), Cell::Null);
            assert_eq!(registered_domain(cells, &mut c), Cell::Null);
            assert_eq!(length(cells, &mut d), Cell::Null);
        }
        assert_eq!(name(&[Cell::Text(b"a.b.")], &mut Vec::new()), Cell::Text(b"a.b"));
    }
}
