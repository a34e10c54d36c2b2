//! Numbers that are packed into bits: the two encodings of levels, indexes of dictionaries, and deltas.
//! <https://github.com/apache/parquet-format/blob/master/Encodings.md>, read 2026-11-27.
//!
//! Each remembers a place in a page and goes on from there when it is given the page again; none decodes more than it is
//! asked for, so that a run of two billion costs nothing by being stated.

use super::Bad;

/// The number of `width` bits (up to 64) that begins at bit `at`; bits behind the end are zeros.
fn little(data: &[u8], at: usize, width: u32) -> u64 {
    let (byte, shift) = (at / 8, at as u32 % 8);
    let word = match data.get(byte..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(word) => u64::from_le_bytes(*word),
        None => {
            data.get(byte..).unwrap_or_default().iter().rev().fold(0, |word, byte| word << 8 | *byte as u64)
        }
    };
    let mut value = word >> shift;
    if shift + width > 64 {
        value |= (data.get(byte + 8).copied().unwrap_or(0) as u64) << (64 - shift);
    }
    if width < 64 { value & !(u64::MAX << width) } else { value }
}

fn varint(data: &[u8], at: &mut usize) -> Result<u64, Bad> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *data.get(*at).ok_or(Bad::Short)?;
        *at += 1;
        value |= (byte as u64 & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Bad::Damaged("a number of more than 64 bits"))
}

/// How many bits numbers up to this one have.
pub(super) fn width(most: u32) -> u32 {
    u32::BITS - most.leading_zeros()
}

/// Small numbers as runs of one value and as groups of eight that are packed; or the older encoding, in which all are packed,
/// the highest bit first.
#[derive(Debug, Default)]
pub(super) struct Runs {
    at: usize,
    end: usize,
    width: u32,
    run: Run,
}

#[derive(Clone, Copy, Debug, Default)]
enum Run {
    #[default]
    None,
    /// So many more of this value.
    Same(usize, u32),
    /// So many more, from this bit on.
    Packed(usize, usize),
    /// All of them, from this bit on, in the older order of bits.
    Old(usize),
}

impl Runs {
    /// Numbers of `width` bits, up to 32, in this range of the page.
    pub(super) fn new(at: usize, end: usize, width: u32) -> Runs {
        Runs { at, end, width, run: Run::None }
    }
    /// The same in the older encoding.
    pub(super) fn old(at: usize, end: usize, width: u32) -> Runs {
        Runs { at, end, width, run: Run::Old(at * 8) }
    }
    /// Decodes up to `count` numbers behind those in `out`; fewer only at the end of the data.
    pub(super) fn fill(&mut self, data: &[u8], count: usize, out: &mut Vec<u32>) -> Result<(), Bad> {
        let data = data.get(..self.end).ok_or(Bad::Short)?;
        let width = self.width as usize;
        let full = out.len() + count;
        while out.len() < full {
            let wanted = full - out.len();
            match self.run {
                Run::None if self.at >= self.end => return Ok(()),
                Run::None => self.begin(data)?,
                Run::Same(left, value) => {
                    let now = left.min(wanted);
                    out.resize(out.len() + now, value);
                    self.run = if now == left { Run::None } else { Run::Same(left - now, value) };
                }
                Run::Packed(left, bit) => {
                    let now = left.min(wanted);
                    match self.width {
                        1 => out.extend((bit..bit + now).map(|bit| data[bit / 8] as u32 >> (bit % 8) & 1)),
                        _ => out.extend(
                            (0..now).map(|number| little(data, bit + number * width, self.width) as u32),
                        ),
                    }
                    self.run =
                        if now == left { Run::None } else { Run::Packed(left - now, bit + now * width) };
                }
                Run::Old(bit) => {
                    if bit + width > self.end * 8 {
                        return Ok(());
                    }
                    let bits = (bit..bit + width).map(|bit| data[bit / 8] as u32 >> (7 - bit % 8) & 1);
                    out.push(bits.fold(0, |value, bit| value << 1 | bit));
                    self.run = Run::Old(bit + width);
                }
            }
        }
        Ok(())
    }
    fn begin(&mut self, data: &[u8]) -> Result<(), Bad> {
        let head = varint(data, &mut self.at)?;
        let count = usize::try_from(head >> 1).unwrap_or(usize::MAX);
        if head & 1 == 0 {
            let bytes = self.width.div_ceil(8) as usize;
            let value = data.get(self.at..self.at + bytes).ok_or(Bad::Short)?;
            let value = value.iter().rev().fold(0, |value, byte| value << 8 | *byte as u32);
            self.at += bytes;
            self.run = if count == 0 { Run::None } else { Run::Same(count, value) };
            return Ok(());
        }
        // The last group may be cut where its values end.
        let bytes = count.saturating_mul(self.width as usize).min(self.end - self.at);
        let values = match self.width {
            0 => count.saturating_mul(8),
            width => count.saturating_mul(8).min(bytes * 8 / width as usize),
        };
        self.run = if values == 0 { Run::None } else { Run::Packed(values, self.at * 8) };
        self.at += bytes;
        Ok(())
    }
}

/// Integers as what each adds to the one before, in blocks of small parts, each packed in as many bits as it needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Deltas {
    at: usize,
    /// Values of a block, and of each of its parts.
    block: u64,
    part: u64,
    /// Values to come.
    left: u64,
    begun: bool,
    value: i64,
    /// Of the block at hand: the smallest delta, where its parts' widths stand, how many parts are behind.
    least: i64,
    widths: usize,
    parts: u64,
    /// Of the part at hand: its width, the bit that comes, values to come.
    width: u32,
    bit: usize,
    packed: u64,
}

impl Deltas {
    /// The integers that begin at this byte.
    pub(super) fn new(data: &[u8], mut at: usize) -> Result<Deltas, Bad> {
        let (block, parts) = (varint(data, &mut at)?, varint(data, &mut at)?);
        let (left, first) = (varint(data, &mut at)?, varint(data, &mut at)?);
        let wrong =
            parts == 0 || block == 0 || block > 1 << 31 || block % parts != 0 || block / parts % 8 != 0;
        if wrong || left > 1 << 31 {
            return Err(Bad::Damaged("a block of deltas has no such size"));
        }
        let value = (first >> 1) as i64 ^ -((first & 1) as i64);
        // All parts of a block are behind: the next one begins.
        Ok(Deltas {
            at,
            block,
            part: block / parts,
            left,
            value,
            parts: block / (block / parts),
            ..Deltas::default()
        })
    }
    /// The next integer.
    pub(super) fn next(&mut self, data: &[u8]) -> Result<i64, Bad> {
        if self.left == 0 {
            return Err(Bad::Few);
        }
        if !self.begun {
            (self.begun, self.left) = (true, self.left - 1);
            return Ok(self.value);
        }
        while self.packed == 0 {
            self.begin(data)?;
        }
        let end = self.bit + self.width as usize;
        if end > data.len() * 8 {
            return Err(Bad::Short);
        }
        let delta = little(data, self.bit, self.width) as i64;
        (self.bit, self.packed, self.left) = (end, self.packed - 1, self.left - 1);
        self.value = self.value.wrapping_add(self.least).wrapping_add(delta);
        Ok(self.value)
    }
    /// The next part begins, and the next block if there is none.
    fn begin(&mut self, data: &[u8]) -> Result<(), Bad> {
        let parts = self.block / self.part;
        if self.parts == parts {
            let least = varint(data, &mut self.at)?;
            self.least = (least >> 1) as i64 ^ -((least & 1) as i64);
            (self.widths, self.parts) = (self.at, 0);
            self.at = self.at.checked_add(parts as usize).filter(|at| *at <= data.len()).ok_or(Bad::Short)?;
        }
        self.width = *data.get(self.widths + self.parts as usize).ok_or(Bad::Short)? as u32;
        if self.width > 64 {
            return Err(Bad::Damaged("a delta of more than 64 bits"));
        }
        self.parts += 1;
        (self.bit, self.packed) = (self.at * 8, self.part);
        let bytes = self.part / 8 * self.width as u64;
        // Of the last part only what has values need be there.
        self.at = (self.at as u64).saturating_add(bytes).min(data.len() as u64) as usize;
        Ok(())
    }
    /// The byte behind these integers: no value is decoded, only the parts are counted.
    pub(super) fn end(&self, data: &[u8]) -> Result<usize, Bad> {
        let mut rest = self.clone();
        let mut left = rest.left.saturating_sub(!rest.begun as u64);
        while left > 0 {
            rest.begin(data)?;
            left = left.saturating_sub(rest.part);
        }
        Ok(rest.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_both_kinds() {
        // Of the specification: the numbers 0 to 7 in 3 bits; then 5 times the number 6.
        let data = [0x03, 0b1000_1000, 0b1100_0110, 0b1111_1010, 0x0a, 6];
        let mut runs = Runs::new(0, data.len(), 3);
        let mut out = Vec::new();
        while out.len() < 13 {
            runs.fill(&data, 5.min(13 - out.len()), &mut out).expect("it is whole");
        }
        assert_eq!(out, [0, 1, 2, 3, 4, 5, 6, 7, 6, 6, 6, 6, 6]);
        runs.fill(&data, 5, &mut out).expect("it is at its end");
        assert_eq!(out.len(), 13);
        // In the older encoding, of the specification too.
        let data = [0b0000_0101, 0b0011_1001, 0b0111_0111];
        let mut out = Vec::new();
        Runs::old(0, 3, 3).fill(&data, 9, &mut out).expect("it is whole");
        assert_eq!(out, [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn deltas_of_the_specification() {
        // 7, 5, 3, 1, 2, 3, 4, 5: blocks of 128 in 4 parts; the smallest delta is -2, the others 0 or 3 more.
        let mut data = vec![0x80, 0x01, 0x04, 0x08, 0x0e, 0x03, 2, 0, 0, 0, 0b1100_0000, 0b0011_1111];
        data.extend([0; 6]);
        let mut deltas = Deltas::new(&data, 0).expect("a header");
        assert_eq!(deltas.end(&data).expect("all of it"), data.len());
        let all: Vec<i64> = (0..8).map(|_| deltas.next(&data).expect("a value")).collect();
        assert_eq!(all, [7, 5, 3, 1, 2, 3, 4, 5]);
        assert!(deltas.next(&data).is_err());
    }

    #[test]
    fn numbers_that_lie_over_nine_bytes() {
        let data = [0xff; 9];
        assert_eq!(little(&data, 5, 64), u64::MAX);
        assert_eq!(little(&data, 70, 8), 3);
        assert_eq!((width(0), width(1), width(2), width(255)), (0, 1, 2, 8));
    }
}
