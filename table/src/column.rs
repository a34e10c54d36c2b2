//! One column of one chunk, sealed: what queries read.

use super::{Bitmap, Dictionary, bytes::Bytes, packed::Packed};

/// The stored values.
#[derive(Clone, Debug)]
pub enum Data {
    /// No row of the chunk has a value.
    Nulls,
    /// Integers, times (microseconds) and booleans (0 and 1).
    Ints(Packed),
    /// Floats that are decimals: the value is `packed / 10^digits`, exactly.
    Decimals(Packed, u8),
    /// Any other floats.
    Floats(Box<[f64]>),
    /// Text or addresses as codes into the table's dictionary of this column.
    Codes(Packed),
    /// Text with many distinct values: the bytes themselves; row `i` ends at `ends[i]`.
    Plain {
        /// Where each row's bytes end.
        ends: Packed,
        /// All rows' bytes.
        bytes: Bytes,
    },
}

/// Values and which rows have one.
#[derive(Clone, Debug)]
pub struct Column {
    /// The rows that have a value; `None` when all have. Where [`Data::Nulls`], none has.
    pub valid: Option<Bitmap>,
    /// The values; what stands at a row without one means nothing.
    pub data: Data,
}

impl Column {
    /// A column in which no row has a value.
    pub const NULLS: Column = Column { valid: None, data: Data::Nulls };

    /// Whether row `i` has a value.
    #[inline]
    pub fn is_valid(&self, i: usize) -> bool {
        !matches!(self.data, Data::Nulls) && self.valid.as_ref().is_none_or(|v| v.get(i))
    }
    /// Whether some row has a value.
    pub fn has_values(&self) -> bool {
        !matches!(self.data, Data::Nulls) && self.valid.as_ref().is_none_or(|v| !v.none())
    }
    /// Whether every row has a value.
    pub fn is_full(&self) -> bool {
        !matches!(self.data, Data::Nulls) && self.valid.is_none()
    }
    /// The integer, time or boolean of row `i`.
    #[inline]
    pub fn int(&self, i: usize) -> Option<i64> {
        match &self.data {
            Data::Ints(p) if self.is_valid(i) => Some(p.get(i)),
            _ => None,
        }
    }
    /// The number of row `i`, integer or float.
    #[inline]
    pub fn float(&self, i: usize) -> Option<f64> {
        if !self.is_valid(i) {
            return None;
        }
        match &self.data {
            Data::Ints(p) => Some(p.get(i) as f64),
            Data::Decimals(p, digits) => Some(decimal(p.get(i), *digits)),
            Data::Floats(f) => Some(f[i]),
            _ => None,
        }
    }
    /// The bytes of row `i` of a text or address column.
    #[inline]
    pub fn text<'a>(&'a self, i: usize, dictionary: &'a Dictionary) -> Option<&'a [u8]> {
        if !self.is_valid(i) {
            return None;
        }
        match &self.data {
            Data::Codes(codes) => Some(dictionary.get(codes.get(i) as u32)),
            Data::Plain { ends, bytes } => {
                let start = if i == 0 { 0 } else { ends.get(i - 1) as usize };
                bytes.get(start..ends.get(i) as usize)
            }
            _ => None,
        }
    }
    /// The smallest and largest integer, time or boolean of the chunk, to skip chunks by. Rows without a value
    /// do not widen it.
    pub fn range(&self) -> Option<(i64, i64)> {
        match &self.data {
            Data::Ints(p) if !p.is_empty() => Some((p.min(), p.max())),
            _ => None,
        }
    }
    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        let data = match &self.data {
            Data::Nulls => 0,
            Data::Ints(p) | Data::Decimals(p, _) | Data::Codes(p) => p.bytes(),
            Data::Floats(f) => f.len() * 8,
            Data::Plain { ends, bytes } => ends.bytes() + bytes.heap(),
        };
        data + self.valid.as_ref().map_or(0, Bitmap::bytes)
    }
}

/// `mantissa / 10^digits`, the same division for packing, checking and reading.
#[inline]
pub fn decimal(mantissa: i64, digits: u8) -> f64 {
    mantissa as f64 / TEN[digits as usize]
}

/// Powers of ten that decimals use.
pub const TEN: [f64; 10] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
