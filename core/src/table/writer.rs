//! One column of one chunk while it is being filled. Rows can be taken back until the chunk is sealed.

use super::{
    Bitmap, Cell, Column, Data, Dictionary, Kind, Role,
    column::{TEN, decimal},
    packed::Packed,
};

/// How many distinct values a text column may have before it must show that they repeat.
const MANY: usize = 1 << 16;

/// The open end of a column.
#[derive(Debug)]
pub(crate) struct Writer {
    kind: Kind,
    valid: Bitmap,
    values: Values,
    /// The last interned text and its code: logs repeat themselves line by line.
    last: (Vec<u8>, u32),
}

#[derive(Debug)]
enum Values {
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Codes(Vec<u32>),
    Plain { ends: Vec<u32>, bytes: Vec<u8> },
}

impl Writer {
    /// A writer of `kind`; text of [`Role::Identifier`] starts without a dictionary, since its values rarely repeat.
    pub(crate) fn new(kind: Kind, role: Role) -> Writer {
        let values = match kind {
            Kind::Int | Kind::Bool | Kind::Time => Values::Ints(Vec::new()),
            Kind::Float => Values::Floats(Vec::new()),
            Kind::Text if role == Role::Identifier => Values::Plain { ends: Vec::new(), bytes: Vec::new() },
            Kind::Text | Kind::Ip => Values::Codes(Vec::new()),
        };
        Writer { kind, valid: Bitmap::default(), values, last: (Vec::new(), u32::MAX) }
    }
    /// How many rows have been written.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.valid.len()
    }
    /// Writes a value. A value of another kind than the column's is converted where that loses nothing and is
    /// otherwise missing; formats check kinds before they write.
    #[inline]
    pub(crate) fn push(&mut self, cell: Cell<'_>, dictionary: &mut Dictionary) {
        match (&mut self.values, cell) {
            (Values::Ints(v), Cell::Int(x) | Cell::Time(x)) => v.push(x),
            (Values::Ints(v), Cell::Bool(x)) => v.push(x as i64),
            (Values::Floats(v), Cell::Float(x)) => v.push(x),
            (Values::Floats(v), Cell::Int(x)) => v.push(x as f64),
            (Values::Codes(v), Cell::Text(x)) => {
                if self.last.1 != u32::MAX && self.last.0 == x {
                    v.push(self.last.1);
                } else if let Some(code) = dictionary.intern(x) {
                    self.last.0.clear();
                    self.last.0.extend_from_slice(x);
                    self.last.1 = code;
                    v.push(code);
                } else {
                    return self.push_null();
                }
            }
            (Values::Plain { ends, bytes }, Cell::Text(x)) => {
                bytes.extend_from_slice(x);
                ends.push(bytes.len() as u32);
            }
            _ => return self.push_null(),
        }
        self.valid.push(true);
    }
    /// Writes that the row has no value. The hole repeats its neighbour, so that it does not widen the range.
    #[inline]
    pub(crate) fn push_null(&mut self) {
        match &mut self.values {
            Values::Ints(v) => v.push(v.last().copied().unwrap_or(0)),
            Values::Floats(v) => v.push(0.0),
            Values::Codes(v) => v.push(v.last().copied().unwrap_or(0)),
            Values::Plain { ends, bytes } => ends.push(bytes.len() as u32),
        }
        self.valid.push(false);
    }
    /// Takes back all rows from `rows` on.
    pub(crate) fn truncate(&mut self, rows: usize) {
        if rows >= self.len() {
            return;
        }
        self.valid.truncate(rows);
        match &mut self.values {
            Values::Ints(v) => v.truncate(rows),
            Values::Floats(v) => v.truncate(rows),
            Values::Codes(v) => v.truncate(rows),
            Values::Plain { ends, bytes } => {
                ends.truncate(rows);
                bytes.truncate(ends.last().map_or(0, |e| *e as usize));
            }
        }
    }
    /// Packs what was written and starts over.
    pub(crate) fn seal(&mut self, dictionary: &Dictionary) -> Column {
        let valid = std::mem::take(&mut self.valid);
        let rows = valid.len();
        if valid.none() {
            self.truncate_values();
            return Column::NULLS;
        }
        let data = match &mut self.values {
            Values::Ints(v) => {
                fill_leading_holes(v, &valid);
                Data::Ints(Packed::new(v))
            }
            Values::Floats(v) => pack_floats(v),
            Values::Codes(v) => {
                let mut codes: Vec<i64> = v.iter().map(|c| *c as i64).collect();
                fill_leading_holes(&mut codes, &valid);
                Data::Codes(Packed::new(&codes))
            }
            Values::Plain { ends, bytes } => {
                let ends: Vec<i64> = ends.iter().map(|e| *e as i64).collect();
                Data::Plain { ends: Packed::new(&ends), bytes: bytes.as_slice().into() }
            }
        };
        self.truncate_values();
        // Text that turned out not to repeat stops feeding the dictionary from the next chunk on.
        if matches!(self.values, Values::Codes(_)) && self.kind == Kind::Text && dictionary.len() > MANY {
            let fresh = self.fresh_codes(&data, rows);
            if fresh * 2 > rows {
                self.values = Values::Plain { ends: Vec::new(), bytes: Vec::new() };
            }
        }
        Column { valid: (!valid.all()).then_some(valid), data }
    }
    /// How many distinct codes the chunk uses.
    fn fresh_codes(&self, data: &Data, rows: usize) -> usize {
        let Data::Codes(codes) = data else { return 0 };
        let mut all = codes.to_vec();
        all.truncate(rows);
        all.sort_unstable();
        all.dedup();
        all.len()
    }
    fn truncate_values(&mut self) {
        match &mut self.values {
            Values::Ints(v) => v.clear(),
            Values::Floats(v) => v.clear(),
            Values::Codes(v) => v.clear(),
            Values::Plain { ends, bytes } => {
                ends.clear();
                bytes.clear();
            }
        }
    }
}

/// Gives the rows before the first value that value, since they could not repeat a neighbour.
fn fill_leading_holes(values: &mut [i64], valid: &Bitmap) {
    if let Some(first) = valid.ones().next() {
        let value = values[first];
        values[..first].fill(value);
    }
}

/// Decimals with up to nine digits are packed as integers if every one reads back bit for bit.
fn pack_floats(values: &[f64]) -> Data {
    for digits in [0u8, 3, 6, 9] {
        let exact = |v: &f64| {
            let mantissa = (v * TEN[digits as usize]).round();
            mantissa.abs() < 9e15 && decimal(mantissa as i64, digits).to_bits() == v.to_bits()
        };
        if values.iter().all(exact) {
            let mantissas: Vec<i64> =
                values.iter().map(|v| (v * TEN[digits as usize]).round() as i64).collect();
            return Data::Decimals(Packed::new(&mantissas), digits);
        }
    }
    Data::Floats(values.into())
}
