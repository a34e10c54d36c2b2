//! The values of a page, decoded out of any encoding and written as text, a few hundred at a time.
//! <https://github.com/apache/parquet-format/blob/master/Encodings.md>, read 2026-11-27.
//!
//! What is written here is what rows are put together of: a dictionary's entries are written once for all rows.

use super::{
    Bad,
    bits::{Deltas, Runs},
    column::Cell,
    schema::{Leaf, Physical},
    write::{self, Form},
};

/// How many values are decoded at a time, and about how many bytes of text they may have.
pub(super) const BATCH: usize = 1024;
const TEXT: usize = 64 << 10;

/// Values of up to this length are copied with a register.
const SHORT: usize = 16;

/// Appends a part of `text`. Most are short, and what lies behind them is copied too and taken back.
#[inline]
pub(super) fn append(out: &mut Vec<u8>, text: &[u8], cell: Cell) {
    let (start, length) = (cell.start as usize, cell.length as usize);
    match text.get(start..).and_then(|rest| rest.first_chunk::<SHORT>()) {
        Some(short) if length <= SHORT => {
            let end = out.len() + length;
            out.extend_from_slice(short);
            out.truncate(end);
        }
        _ => out.extend_from_slice(text.get(start..start + length).unwrap_or_default()),
    }
}

/// Values as text, one behind the other.
#[derive(Default)]
pub(super) struct Texts {
    pub(super) text: Vec<u8>,
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
    pub(super) fn get(&self, at: usize) -> Option<&[u8]> {
        let end = *self.ends.get(at)? as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        self.text.get(start..end)
    }
    /// Where a value stands.
    #[inline]
    pub(super) fn cell(&self, at: usize) -> Option<Cell> {
        let end = *self.ends.get(at)?;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        Some(Cell { start, length: end - start })
    }
    /// No value follows: bytes behind the last let it be copied like those before it ([`append`]).
    pub(super) fn pad(&mut self) {
        self.text.extend_from_slice(&[0; SHORT]);
    }
    /// How much memory it has.
    pub(super) fn bytes(&self) -> usize {
        self.text.capacity() + 4 * self.ends.capacity()
    }
    fn close(&mut self) -> Result<(), Bad> {
        let Ok(end) = u32::try_from(self.text.len()) else {
            return Err(Bad::Limit("a dictionary of more than 4 GiB".to_owned()));
        };
        self.ends.push(end);
        Ok(())
    }
}

/// Where in a page the values stand that come next.
pub(super) enum Values {
    /// As they are, from this byte on.
    Plain(usize),
    /// Bits, from this one on.
    Bits(usize),
    /// Truths as runs.
    Truths(Runs),
    /// Places in a dictionary.
    Indexes(Runs),
    Deltas(Deltas),
    /// Lengths, and the byte with which the texts begin.
    Lengths(Deltas, usize),
    /// What each text has of the one before, the lengths of the rest, where the rest begins, and the text before.
    Prefixes(Deltas, Deltas, usize, Vec<u8>),
    /// The first bytes of all values, then the second ones, and so on: where they begin, how many there are, and which is next.
    Split(usize, usize, usize),
}

impl Values {
    /// The values that begin at this byte of a page.
    pub(super) fn new(encoding: i64, leaf: &Leaf, data: &[u8], at: usize) -> Result<Values, Bad> {
        let unfit = Bad::Damaged("values in an encoding that is not for their type");
        let physical = leaf.physical;
        Ok(match (encoding, physical) {
            (0, Physical::Boolean) => Values::Bits(at * 8),
            (0, _) => Values::Plain(at),
            (2 | 8, _) => {
                // A page without values may have no width either.
                let width = data.get(at).copied().unwrap_or(0) as u32;
                if width > 32 {
                    return Err(Bad::Damaged("places in a dictionary of more than 32 bits"));
                }
                Values::Indexes(Runs::new((at + 1).min(data.len()), data.len(), width))
            }
            (3, Physical::Boolean) => match data.get(at..).and_then(|rest| rest.first_chunk::<4>()) {
                Some(length) => {
                    let end = (at + 4).saturating_add(u32::from_le_bytes(*length) as usize).min(data.len());
                    Values::Truths(Runs::new(at + 4, end, 1))
                }
                None => Values::Truths(Runs::new(data.len(), data.len(), 1)),
            },
            (5, Physical::Int32 | Physical::Int64) => Values::Deltas(Deltas::new(data, at)?),
            (6, Physical::Bytes) => {
                let lengths = Deltas::new(data, at)?;
                let end = lengths.end(data)?;
                Values::Lengths(lengths, end)
            }
            (7, Physical::Bytes | Physical::Fixed(_)) => {
                let prefixes = Deltas::new(data, at)?;
                let rests = Deltas::new(data, prefixes.end(data)?)?;
                let end = rests.end(data)?;
                Values::Prefixes(prefixes, rests, end, Vec::new())
            }
            (9, _) => match physical.width() {
                Some(width) => Values::Split(at, data.len().saturating_sub(at) / width, 0),
                None => return Err(unfit),
            },
            (3..=7, _) => return Err(unfit),
            _ => {
                return Err(Bad::Unsupported(
                    "its values are in an encoding that is not known here".to_owned(),
                ));
            }
        })
    }
    /// Decodes values behind those in `texts` until there are `count`, or as much more text as fits a batch. What is damaged
    /// is told when there is nothing before it.
    pub(super) fn fill(
        &mut self,
        leaf: &Leaf,
        form: Form,
        data: &[u8],
        count: usize,
        texts: &mut Texts,
    ) -> Result<(), Bad> {
        let start = (texts.len(), texts.text.len());
        if let Values::Truths(runs) = self {
            let mut bits = Vec::with_capacity(BATCH);
            runs.fill(data, count.saturating_sub(start.0).min(BATCH), &mut bits)?;
            for bit in bits {
                write::integer(bit as i64, leaf.how, form, &mut texts.text);
                texts.close()?;
            }
            return if texts.len() == start.0 { Err(Bad::Few) } else { Ok(()) };
        }
        while texts.len() < count && texts.text.len() - start.1 < TEXT {
            match self.one(leaf, form, data, &mut texts.text) {
                Ok(()) => texts.close()?,
                Err(bad) if texts.len() == start.0 => return Err(bad),
                Err(_) => break,
            }
        }
        Ok(())
    }
    /// Decodes one value and writes it.
    fn one(&mut self, leaf: &Leaf, form: Form, data: &[u8], out: &mut Vec<u8>) -> Result<(), Bad> {
        match self {
            Values::Plain(at) => match leaf.physical {
                Physical::Bytes => {
                    let rest = data.get(*at..).unwrap_or_default();
                    let Some((length, rest)) = rest.split_first_chunk::<4>() else {
                        return Err(if rest.is_empty() { Bad::Few } else { Bad::Short });
                    };
                    let length = u32::from_le_bytes(*length) as usize;
                    let value = rest.get(..length).ok_or(BEYOND)?;
                    *at += 4 + length;
                    write::bytes(value, leaf.how, form, out);
                }
                physical => {
                    let width = physical.width().unwrap_or(1);
                    let value = data.get(*at..).and_then(|rest| rest.get(..width)).ok_or(Bad::Few)?;
                    *at += width;
                    fixed(value, leaf, form, out);
                }
            },
            Values::Bits(bit) => {
                let byte = data.get(*bit / 8).ok_or(Bad::Few)?;
                write::integer((byte >> (*bit % 8) & 1) as i64, leaf.how, form, out);
                *bit += 1;
            }
            Values::Deltas(deltas) => {
                let value = deltas.next(data)?;
                let value = if leaf.physical == Physical::Int32 { value as i32 as i64 } else { value };
                write::integer(value, leaf.how, form, out);
            }
            Values::Lengths(lengths, at) => {
                let length = usize::try_from(lengths.next(data)?).map_err(|_| BEYOND)?;
                let value = data.get(*at..).and_then(|rest| rest.get(..length)).ok_or(BEYOND)?;
                *at += length;
                write::bytes(value, leaf.how, form, out);
            }
            Values::Prefixes(prefixes, rests, at, last) => {
                let (prefix, rest) = (prefixes.next(data)?, rests.next(data)?);
                let (Ok(prefix), Ok(rest)) = (usize::try_from(prefix), usize::try_from(rest)) else {
                    return Err(BEYOND);
                };
                let value = data.get(*at..).and_then(|left| left.get(..rest)).ok_or(BEYOND)?;
                if prefix > last.len() {
                    return Err(Bad::Damaged("a value has more of the one before than that has"));
                }
                last.truncate(prefix);
                last.extend_from_slice(value);
                *at += rest;
                write::bytes(last, leaf.how, form, out);
            }
            Values::Split(at, count, next) => {
                let width = leaf.physical.width().unwrap_or(1);
                if *next >= *count {
                    return Err(Bad::Few);
                }
                let value: Vec<u8> = (0..width).map(|byte| data[*at + byte * *count + *next]).collect();
                *next += 1;
                fixed(&value, leaf, form, out);
            }
            Values::Truths(_) | Values::Indexes(_) => return Err(Bad::Few),
        }
        Ok(())
    }
}

const BEYOND: Bad = Bad::Damaged("a value reaches beyond its page");

/// Writes a value of a type whose values have all as many bytes.
fn fixed(value: &[u8], leaf: &Leaf, form: Form, out: &mut Vec<u8>) {
    let four = value.first_chunk::<4>();
    let eight = value.first_chunk::<8>();
    match (leaf.physical, four, eight) {
        (Physical::Int32, Some(bytes), _) => {
            write::integer(i32::from_le_bytes(*bytes) as i64, leaf.how, form, out);
        }
        (Physical::Int64, _, Some(bytes)) => write::integer(i64::from_le_bytes(*bytes), leaf.how, form, out),
        (Physical::Float, Some(bytes), _) => {
            write::real(f32::from_le_bytes(*bytes) as f64, leaf.how, form, out);
        }
        (Physical::Double, _, Some(bytes)) => write::real(f64::from_le_bytes(*bytes), leaf.how, form, out),
        _ => write::bytes(value, leaf.how, form, out),
    }
}
