//! One column of one chunk while it is being filled. Rows can be taken back until the chunk is sealed.

use super::{
    Bitmap, Cell, Column, Data, Dictionary, Field, Kind, Role,
    address::{MOST, canonical, holds_addresses},
    bytes::Bytes,
    column::{TEN, decimal},
    packed::Packed,
    several::single,
};

/// How many distinct values a text column may have before it must show that they repeat.
const MANY: usize = 1 << 16;

/// The open end of a column.
#[derive(Debug)]
pub(crate) struct Writer {
    kind: Kind,
    rows: usize,
    /// The rows that have a value, kept from the first hole on; until then, all have.
    valid: Option<Bitmap>,
    values: Values,
    recent: Recent,
    /// IPv6 addresses are written in one spelling.
    addresses: bool,
    /// An entry may be several values: all are codes, also what never repeats.
    several: bool,
}

#[derive(Debug)]
enum Values {
    /// Integers each of which lies `step` after the one before: line numbers, and whatever a file says on every line.
    /// Neither stored nor looked through again. `next` is what the next one is; of no meaning before there are two.
    Even {
        first: i64,
        step: i64,
        next: i64,
    },
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Codes(Vec<u32>),
    Plain {
        ends: Vec<u32>,
        bytes: Vec<u8>,
    },
}

impl Values {
    const EVEN: Values = Values::Even { first: 0, step: 0, next: 0 };

    /// Stores the first `rows` integers one by one from here on.
    fn spread(&mut self, rows: usize) {
        if let Values::Even { first, step, .. } = *self {
            *self = Values::Ints((0..rows as i64).map(|i| first + step * i).collect());
        }
    }
}

impl Writer {
    /// A writer of `kind`; text of [`Role::Identifier`] starts without a dictionary, since its values rarely repeat.
    pub(crate) fn new(kind: Kind, role: Role) -> Writer {
        let values = match kind {
            Kind::Int | Kind::Bool | Kind::Time => Values::EVEN,
            Kind::Float => Values::Floats(Vec::new()),
            Kind::Text if role == Role::Identifier => Values::Plain { ends: Vec::new(), bytes: Vec::new() },
            Kind::Text | Kind::Ip => Values::Codes(Vec::new()),
        };
        Writer {
            kind,
            rows: 0,
            valid: None,
            values,
            recent: Recent::default(),
            addresses: false,
            several: false,
        }
    }
    /// The writer of a field's column.
    pub(crate) fn of(field: &Field, kind: Kind) -> Writer {
        let writer = Writer { addresses: holds_addresses(field), ..Writer::new(kind, field.role) };
        match field.each {
            Some(_) => Writer { values: Values::Codes(Vec::new()), several: true, ..writer },
            None => writer,
        }
    }
    /// How many rows have been written.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.rows
    }
    /// Writes a value. A value of another kind than the column's is converted where that loses nothing and is
    /// otherwise missing; formats check kinds before they write.
    #[inline]
    pub(crate) fn push(&mut self, cell: Cell<'_>, dictionary: &mut Dictionary) {
        // Numbers are most of what there is, and done where they are read.
        match (&mut self.values, cell) {
            (Values::Even { next, step, .. }, Cell::Int(x) | Cell::Time(x))
                if self.rows >= 2 && x == *next =>
            {
                match x.checked_add(*step) {
                    Some(after) => *next = after,
                    None => return self.push_other(cell, dictionary),
                }
            }
            (Values::Ints(v), Cell::Int(x) | Cell::Time(x)) => v.push(x),
            (Values::Floats(v), Cell::Float(x)) => v.push(x),
            _ => return self.push_other(cell, dictionary),
        }
        self.count();
    }
    #[inline(never)]
    fn push_other(&mut self, cell: Cell<'_>, dictionary: &mut Dictionary) {
        match (&mut self.values, cell) {
            (Values::Codes(_), Cell::Text(x)) if self.several => {
                return self.push_entry(&single(x), dictionary);
            }
            (Values::Codes(_), Cell::Int(x)) if self.several => {
                return self.push_entry(x.to_string().as_bytes(), dictionary);
            }
            (Values::Codes(_), Cell::Float(x)) if self.several => {
                return self.push_entry(x.to_string().as_bytes(), dictionary);
            }
            (Values::Codes(v), Cell::Text(x)) => match self.recent.code(x, self.addresses, dictionary) {
                Some(code) => v.push(code),
                None => return self.push_null(),
            },
            (Values::Plain { ends, bytes }, Cell::Text(x)) => {
                let mut buffer = [0; MOST];
                let one = if self.addresses { canonical(x, &mut buffer) } else { None };
                bytes.extend_from_slice(one.unwrap_or(x));
                ends.push(bytes.len() as u32);
            }
            (Values::Even { .. } | Values::Ints(_), Cell::Bool(x)) => {
                return self.push(Cell::Int(x as i64), dictionary);
            }
            (Values::Even { .. }, Cell::Int(x) | Cell::Time(x)) => self.push_uneven(x),
            (Values::Floats(v), Cell::Int(x)) => v.push(x as f64),
            _ => return self.push_null(),
        }
        self.count();
    }
    /// Writes an entry of the dictionary as it is: a value, or several.
    pub(crate) fn push_entry(&mut self, entry: &[u8], dictionary: &mut Dictionary) {
        match (self.recent.code(entry, self.addresses, dictionary), &mut self.values) {
            (Some(code), Values::Codes(codes)) => codes.push(code),
            _ => return self.push_null(),
        }
        self.count();
    }
    /// An integer that does not follow those before it, or one of the first two: they say what follows.
    fn push_uneven(&mut self, x: i64) {
        if let Values::Even { first, step, next } = &mut self.values {
            match self.rows {
                0 => return *first = x,
                1 => {
                    let distance = x.checked_sub(*first);
                    if let Some((by, after)) = distance.and_then(|by| Some((by, x.checked_add(by)?))) {
                        return (*step, *next) = (by, after);
                    }
                    *step = 0;
                }
                _ => {}
            }
        }
        self.values.spread(self.rows);
        if let Values::Ints(v) = &mut self.values {
            v.push(x);
        }
    }
    #[inline]
    fn count(&mut self) {
        if let Some(valid) = &mut self.valid {
            valid.push(true);
        }
        self.rows += 1;
    }
    /// Writes that the row has no value.
    pub(crate) fn push_null(&mut self) {
        self.pad(self.rows + 1);
    }
    /// Writes that the rows up to `rows` have no value. The holes repeat their neighbour, so that they do not widen
    /// the range.
    pub(crate) fn pad(&mut self, rows: usize) {
        if rows <= self.rows {
            return;
        }
        self.values.spread(self.rows);
        match &mut self.values {
            Values::Even { .. } => {}
            Values::Ints(v) => v.resize(rows, v.last().copied().unwrap_or(0)),
            Values::Floats(v) => v.resize(rows, 0.0),
            Values::Codes(v) => v.resize(rows, v.last().copied().unwrap_or(0)),
            Values::Plain { ends, bytes } => ends.resize(rows, bytes.len() as u32),
        }
        let valid = self.valid.get_or_insert_with(|| Bitmap::new(self.rows, true));
        (self.rows..rows).for_each(|_| valid.push(false));
        self.rows = rows;
    }
    /// Takes back all rows from `rows` on.
    pub(crate) fn truncate(&mut self, rows: usize) {
        if rows >= self.rows {
            return;
        }
        self.rows = rows;
        if let Some(valid) = &mut self.valid {
            valid.truncate(rows);
        }
        match &mut self.values {
            Values::Even { first, step, next } => {
                if rows >= 2 {
                    *next = *first + *step * rows as i64;
                }
            }
            Values::Ints(v) => v.truncate(rows),
            Values::Floats(v) => v.truncate(rows),
            Values::Codes(v) => v.truncate(rows),
            Values::Plain { ends, bytes } => {
                ends.truncate(rows);
                bytes.truncate(ends.last().map_or(0, |e| *e as usize));
            }
        }
    }
    /// Packs the `rows` rows of a chunk, those not written without a value, and starts over.
    pub(crate) fn seal(&mut self, rows: usize, dictionary: &Dictionary) -> Column {
        if self.rows == 0 {
            return Column::NULLS;
        }
        self.pad(rows);
        self.rows = 0;
        let valid = self.valid.take().filter(|v| !v.all());
        if valid.as_ref().is_some_and(Bitmap::none) {
            self.truncate_values();
            return Column::NULLS;
        }
        let data = match &mut self.values {
            Values::Even { first, step, .. } => {
                Data::Ints(Packed::even(*first, if rows > 1 { *step } else { 0 }, rows))
            }
            Values::Ints(v) => {
                fill_leading_holes(v, valid.as_ref());
                Data::Ints(Packed::new(v))
            }
            Values::Floats(v) => pack_floats(v),
            Values::Codes(v) => {
                fill_leading_holes(v, valid.as_ref());
                Data::Codes(Packed::new(v))
            }
            Values::Plain { ends, bytes } => {
                Data::Plain { ends: Packed::new(ends), bytes: Bytes::new(bytes, one_length(ends)) }
            }
        };
        self.truncate_values();
        if matches!(&data, Data::Ints(packed) if packed.bytes() == 0) {
            self.values = Values::EVEN;
        }
        // Text that turned out not to repeat stops feeding the dictionary from the next chunk on.
        if matches!(self.values, Values::Codes(_))
            && self.kind == Kind::Text
            && !self.several
            && dictionary.len() > MANY
        {
            let fresh = self.fresh_codes(&data, rows);
            if fresh * 2 > rows {
                self.values = Values::Plain { ends: Vec::new(), bytes: Vec::new() };
            }
        }
        Column { valid, data }
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
            Values::Even { .. } => {}
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

/// The codes of texts met lately: logs repeat themselves, and a look in here costs a fraction of one into a large
/// dictionary. One text per slot; which slot, its first and last eight bytes decide.
#[derive(Debug, Default)]
struct Recent {
    /// The text of the row before: in most columns of most logs, the next one's too.
    latest: Slot,
    /// As many as the dictionary has texts, within limits; a power of two.
    slots: Vec<Slot>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    first: u64,
    last: u64,
    /// `u32::MAX` for a slot never used.
    len: u32,
    code: u32,
}

impl Recent {
    const FEWEST: usize = 64;
    const MOST: usize = 4096;

    /// The code of `text`, from here or from the dictionary; `None` when that is full.
    #[inline]
    fn code(&mut self, text: &[u8], addresses: bool, dictionary: &mut Dictionary) -> Option<u32> {
        let (first, last) = ends_of(text);
        if self.latest.holds(text, (first, last), dictionary) {
            return Some(self.latest.code);
        }
        let mixed = (first ^ last.rotate_left(23)).wrapping_add(text.len() as u64);
        let mixed = (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize;
        if let Some(slot) = self.slots.get(mixed & self.slots.len().wrapping_sub(1))
            && slot.holds(text, (first, last), dictionary)
        {
            self.latest = *slot;
            return Some(slot.code);
        }
        // What is known is in its one spelling: only what is not needs to be brought into it.
        let mut buffer = [0; MOST];
        match if addresses { canonical(text, &mut buffer) } else { None } {
            Some(one) => self.look_up(one, mixed, ends_of(one), dictionary),
            None => self.look_up(text, mixed, (first, last), dictionary),
        }
    }
    fn look_up(
        &mut self,
        text: &[u8],
        mixed: usize,
        (first, last): (u64, u64),
        dictionary: &mut Dictionary,
    ) -> Option<u32> {
        let code = dictionary.intern(text)?;
        if self.slots.len() < dictionary.len().clamp(Self::FEWEST, Self::MOST) {
            let slots = (self.slots.len() * 4).clamp(Self::FEWEST, Self::MOST);
            self.slots = vec![Slot::default(); slots];
        }
        let at = mixed & (self.slots.len() - 1);
        self.latest = Slot { first, last, len: text.len() as u32, code };
        self.slots[at] = self.latest;
        Some(code)
    }
}

impl Default for Slot {
    fn default() -> Slot {
        Slot { first: 0, last: 0, len: u32::MAX, code: 0 }
    }
}

impl Slot {
    #[inline]
    fn holds(&self, text: &[u8], (first, last): (u64, u64), dictionary: &Dictionary) -> bool {
        (self.first, self.last, self.len) == (first, last, text.len() as u32)
            // Up to sixteen bytes, the first and last eight are all there is.
            && (text.len() <= 16 || dictionary.get(self.code) == text)
    }
}

/// The first and the last eight bytes of `text`, which overlap if it is short. Of text under eight bytes, the first and
/// the last four or, under four, the first, the middle and the last one: with its length, they are all of it.
#[inline]
fn ends_of(text: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return ((u32::from_le_bytes(*first) as u64) << 32 | u32::from_le_bytes(*last) as u64, 0);
    }
    match *text {
        [] => (0, 0),
        [first, .., last] => ((first as u64) << 16 | (text[text.len() / 2] as u64) << 8 | last as u64, 0),
        [only] => (only as u64, 0),
    }
}

/// The length of all texts that are not empty, if it is one.
fn one_length(ends: &[u32]) -> Option<usize> {
    let mut start = 0;
    let mut lengths = ends.iter().map(|end| end - std::mem::replace(&mut start, *end)).filter(|len| *len > 0);
    let length = lengths.next()?;
    lengths.all(|other| other == length).then_some(length as usize)
}

/// Gives the rows before the first value that value, since they could not repeat a neighbour.
fn fill_leading_holes<T: Copy>(values: &mut [T], valid: Option<&Bitmap>) {
    if let Some(first) = valid.and_then(|v| v.ones().next()) {
        let value = values[first];
        values[..first].fill(value);
    }
}

/// Decimals with up to nine digits are packed as integers if every one reads back bit for bit.
fn pack_floats(values: &[f64]) -> Data {
    let mut mantissas: Vec<i64> = Vec::new();
    for digits in [0u8, 3, 6, 9] {
        mantissas.clear();
        let exact = |v: &f64| {
            let scaled = v * TEN[digits as usize];
            // To the nearest by hand: `round` is a function call on most targets, and the proof comes after.
            let mantissa = (scaled + 0.5f64.copysign(scaled)) as i64;
            mantissas.push(mantissa);
            scaled.abs() < 9e15 && decimal(mantissa, digits).to_bits() == v.to_bits()
        };
        if values.iter().all(exact) {
            return Data::Decimals(Packed::new(&mantissas), digits);
        }
    }
    Data::Floats(values.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn write(kind: Kind, cells: &[Cell<'_>], rows: usize) -> (Column, Dictionary) {
        let mut dictionary = Dictionary::new(1);
        let mut writer = Writer::new(kind, Role::Dimension);
        for cell in cells {
            match cell {
                Cell::Null => writer.push_null(),
                cell => writer.push(*cell, &mut dictionary),
            }
        }
        (writer.seal(rows, &dictionary), dictionary)
    }

    #[test]
    fn holes_before_between_and_after() {
        let cells = [Cell::Null, Cell::Int(1_000), Cell::Null, Cell::Int(1_001)];
        let (column, _) = write(Kind::Int, &cells, 6);
        let values: Vec<Option<i64>> = (0..6).map(|i| column.int(i)).collect();
        assert_eq!(values, [None, Some(1_000), None, Some(1_001), None, None]);
        assert_eq!(column.range(), Some((1_000, 1_001)));
        let (column, _) = write(Kind::Int, &[Cell::Null, Cell::Text(b"not a number")], 2);
        assert!(matches!(column.data, Data::Nulls));
        let (column, _) = write(Kind::Int, &[Cell::Int(5); 3], 3);
        assert!(column.valid.is_none() && column.bytes() == 0);
    }

    #[test]
    fn texts_that_look_alike_keep_their_codes() {
        let long = |middle: &str| format!("prefix-8{middle}8-suffix");
        let texts: Vec<String> = [
            "",
            "a",
            "\0",
            "\0\0",
            "a\0",
            "abc",
            "adc",
            "1234",
            "12345",
            "1234567",
            "1235567",
            "12345678",
            "123456789",
            "1234567812345678",
        ]
        .map(str::to_owned)
        .into_iter()
        .chain([long("x"), long("y"), long("xx"), long("x")])
        .chain((0..2000).map(|i| format!("10.0.{}.{}", i / 250, i % 250)))
        .collect();
        let twice: Vec<&String> = texts.iter().chain(&texts).collect();
        let cells: Vec<Cell<'_>> = twice.iter().map(|t| Cell::Text(t.as_bytes())).collect();
        let (column, dictionary) = write(Kind::Ip, &cells, cells.len());
        for (i, text) in twice.iter().enumerate() {
            assert_eq!(column.text(i, &dictionary), Some(text.as_bytes()));
        }
        assert_eq!(dictionary.len(), texts.len() - 1);
    }

    #[test]
    fn decimals_read_back_bit_for_bit() {
        for values in [
            vec![0.001, 12.345, -1.0, 0.0],
            vec![0.000_073, 1.5],
            vec![1.0 / 3.0, 0.1],
            vec![-0.0, 1.0],
            vec![1e300, f64::MIN_POSITIVE],
            vec![9_007_199_254_740_993.0, 0.5],
        ] {
            let cells: Vec<Cell<'_>> = values.iter().map(|v| Cell::Float(*v)).collect();
            let (column, _) = write(Kind::Float, &cells, cells.len());
            for (i, value) in values.iter().enumerate() {
                assert_eq!(column.float(i).map(f64::to_bits), Some(value.to_bits()), "{value}");
            }
        }
    }

    #[test]
    fn even_runs_and_what_breaks_them() {
        for values in [
            vec![5],
            vec![5, 7],
            vec![5, 7, 9, 11],
            vec![5, 7, 9, 12, 13],
            vec![3, 3, 3, 3],
            vec![3, 3, 4],
            vec![i64::MIN, i64::MAX, i64::MAX - 1],
            vec![i64::MAX - 2, i64::MAX - 1, i64::MAX, 0],
            vec![i64::MAX, i64::MAX],
            vec![0, i64::MIN, 1],
        ] {
            let mut dictionary = Dictionary::new(1);
            let mut writer = Writer::new(Kind::Int, Role::Measure);
            // Rows are taken back at every place, and the second chunk goes the way that the first one has chosen.
            for _ in 0..2 {
                for (i, value) in values.iter().enumerate() {
                    writer.push(Cell::Int(*value), &mut dictionary);
                    for other in [*value, 77] {
                        writer.push(Cell::Int(other), &mut dictionary);
                    }
                    writer.truncate(i + 1);
                }
                let column = writer.seal(values.len(), &dictionary);
                let read: Vec<Option<i64>> = (0..values.len()).map(|i| column.int(i)).collect();
                assert_eq!(read, values.iter().copied().map(Some).collect::<Vec<_>>());
                assert_eq!(column.range(), values.iter().min().copied().zip(values.iter().max().copied()));
            }
        }
        let (column, _) =
            write(Kind::Bool, &[Cell::Bool(true), Cell::Bool(false), Cell::Null, Cell::Bool(true)], 5);
        assert_eq!([0, 1, 2, 3, 4].map(|i| column.int(i)), [Some(1), Some(0), None, Some(1), None]);
    }

    #[test]
    fn rows_taken_back_leave_no_trace() {
        let mut dictionary = Dictionary::new(1);
        let mut writer = Writer::new(Kind::Text, Role::Identifier);
        writer.push(Cell::Text(b"kept"), &mut dictionary);
        writer.push(Cell::Text(b"taken back"), &mut dictionary);
        writer.truncate(1);
        writer.push_null();
        writer.truncate(1);
        writer.push(Cell::Text(b"also kept"), &mut dictionary);
        let column = writer.seal(2, &dictionary);
        assert_eq!(column.text(0, &dictionary), Some(&b"kept"[..]));
        assert_eq!(column.text(1, &dictionary), Some(&b"also kept"[..]));
        assert!(column.valid.is_none());
    }
}
