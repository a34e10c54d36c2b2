//! Values on their way into a row group, column by column: as the crate `parquet` takes them. Not encoding.

use std::{collections::HashSet, hash::Hash};

use bytes::Bytes;
use logloupe_table::{
    Chunk, Row, Source, Table, Value,
    columnar::{Leaf, Origin, Type},
    schema::{LINE, SOURCE},
};
use parquet::{
    data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type},
    errors::Result,
    file::writer::SerializedColumnWriter,
};

use super::Records;

/// The rows that are taken.
pub(super) struct Taken<'t> {
    pub(super) sources: &'t [Source],
    pub(super) table: &'t Table,
    pub(super) chunk: &'t Chunk,
    pub(super) records: &'t Records,
    /// Which column of the table each column of the file is.
    pub(super) columns: &'t [Option<usize>],
}

/// Which rows of a chunk.
pub(super) enum Rows<'r> {
    /// The first so many, which is all.
    All(usize),
    /// These.
    Some(&'r [u32]),
}

impl Rows<'_> {
    pub(super) fn len(&self) -> usize {
        match self {
            Rows::All(rows) => *rows,
            Rows::Some(rows) => rows.len(),
        }
    }
    fn each(&self, mut each: impl FnMut(usize)) {
        match self {
            Rows::All(rows) => (0..*rows).for_each(each),
            Rows::Some(rows) => rows.iter().for_each(|row| each(*row as usize)),
        }
    }
}

/// The values of one column.
#[derive(Debug)]
pub(super) struct Buffer {
    pub(super) leaf: Leaf,
    values: Values,
    /// Per value, or row without one: whether it is there.
    present: Vec<i16>,
    /// Of lists, per value: whether it is one more of the same row.
    further: Vec<i16>,
}

#[derive(Debug)]
enum Values {
    Text { bytes: Vec<u8>, ends: Vec<usize> },
    Int(Vec<i64>),
    Float(Vec<f64>),
    Bool(Vec<bool>),
}

impl Values {
    fn new(ty: Type) -> Values {
        match ty {
            Type::Text => Values::Text { bytes: Vec::new(), ends: Vec::new() },
            Type::Int | Type::Time => Values::Int(Vec::new()),
            Type::Float => Values::Float(Vec::new()),
            Type::Bool => Values::Bool(Vec::new()),
        }
    }
    fn bytes(&self) -> usize {
        match self {
            Values::Text { bytes, ends } => bytes.len() + ends.len() * 8,
            Values::Int(values) => values.len() * 8,
            Values::Float(values) => values.len() * 8,
            Values::Bool(values) => values.len(),
        }
    }
}

impl Buffer {
    pub(super) fn new(leaf: Leaf) -> Buffer {
        Buffer { values: Values::new(leaf.ty), leaf, present: Vec::new(), further: Vec::new() }
    }
    /// So many rows without a value.
    pub(super) fn pad(&mut self, rows: usize) {
        self.present.resize(self.present.len() + rows, 0);
        if self.leaf.list {
            self.further.resize(self.present.len(), 0);
        }
    }
    /// About how many bytes it holds.
    pub(super) fn bytes(&self) -> usize {
        self.values.bytes() + 2 * (self.present.len() + self.further.len())
    }
    /// Whether values occur again often enough for a dictionary of them: a quarter of some that stand apart.
    pub(super) fn repeats(&self) -> bool {
        match &self.values {
            Values::Text { bytes, ends } => {
                let text = |at: usize| {
                    let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
                    bytes.get(start..*ends.get(at)?)
                };
                repeat(ends.len(), text)
            }
            Values::Int(values) => repeat(values.len(), |at| values.get(at)),
            Values::Float(values) => repeat(values.len(), |at| values.get(at).map(|v| v.to_bits())),
            Values::Bool(_) => true,
        }
    }
    /// Adds these rows, of which this column has the values.
    pub(super) fn take(&mut self, taken: &Taken<'_>, column: Option<usize>, rows: &Rows<'_>) {
        let Taken { sources, table, chunk, records, .. } = *taken;
        let source = |row: usize| {
            let source = chunk.column(SOURCE).int(row);
            source.and_then(|source| sources.get(usize::try_from(source).ok()?))
        };
        match self.leaf.origin {
            Origin::Column(_) => {}
            Origin::Format => return rows.each(|_| self.text(Some(table.format().as_bytes()))),
            Origin::Source => return rows.each(|row| self.text(source(row).map(|s| s.name.as_bytes()))),
            Origin::Message => return rows.each(|row| self.text(Some(records.get(row)))),
            Origin::Line => {
                return rows.each(|row| {
                    let line = chunk.column(LINE).int(row);
                    let before = source(row).map_or(0, |s| s.first_line as i64);
                    self.int(line.map(|line| line.max(0).saturating_add(before)));
                });
            }
        }
        let Some(column) = column else { return self.pad(rows.len()) };
        if self.leaf.list {
            return rows.each(|index| self.list(&Row { table, chunk, index }.value(column)));
        }
        let (values, dictionary) = (chunk.column(column), table.dictionary(column));
        if !values.has_values() {
            return self.pad(rows.len());
        }
        match self.leaf.ty {
            Type::Text => rows.each(|row| self.text(values.text(row, dictionary))),
            Type::Int | Type::Time => rows.each(|row| self.int(values.int(row))),
            Type::Float => rows.each(|row| self.float(values.float(row))),
            Type::Bool => rows.each(|row| self.bool(values.int(row).map(|v| v != 0))),
        }
    }
    fn text(&mut self, value: Option<&[u8]>) {
        if let (Some(text), Values::Text { bytes, ends }) = (value, &mut self.values) {
            match std::str::from_utf8(text) {
                Ok(_) => bytes.extend_from_slice(text),
                Err(_) => bytes.extend_from_slice(String::from_utf8_lossy(text).as_bytes()),
            }
            ends.push(bytes.len());
        }
        self.present.push(i16::from(value.is_some()));
    }
    fn int(&mut self, value: Option<i64>) {
        if let (Some(value), Values::Int(values)) = (value, &mut self.values) {
            values.push(value);
        }
        self.present.push(i16::from(value.is_some()));
    }
    fn float(&mut self, value: Option<f64>) {
        // JSON has no others; adding zero makes one zero of two.
        let value = value.filter(|value| value.is_finite());
        if let (Some(value), Values::Float(values)) = (value, &mut self.values) {
            values.push(value + 0.0);
        }
        self.present.push(i16::from(value.is_some()));
    }
    fn bool(&mut self, value: Option<bool>) {
        if let (Some(value), Values::Bool(values)) = (value, &mut self.values) {
            values.push(value);
        }
        self.present.push(i16::from(value.is_some()));
    }
    /// The values of a row, each once.
    fn list(&mut self, value: &Value) {
        let start = self.present.len();
        match value {
            Value::Several(several) => several.values().for_each(|value| self.item(value)),
            value => self.item(value),
        }
        if self.present.len() == start {
            self.present.push(0);
        }
        self.further.resize(self.present.len(), 1);
        if let Some(first) = self.further.get_mut(start) {
            *first = 0;
        }
        // A list that is there, an item in it, and a value of that.
        self.present[start..].iter_mut().for_each(|present| *present *= 3);
    }
    fn item(&mut self, value: &Value) {
        match (value, self.leaf.ty) {
            (Value::Null, _) => {}
            (Value::Int(value), Type::Int) => self.int(Some(*value)),
            (Value::Float(value), Type::Float) if value.is_finite() => self.float(Some(*value)),
            (value, Type::Text) => self.text(Some(value.to_string().as_bytes())),
            _ => {}
        }
    }
    /// Hands everything to the writer of the column.
    pub(super) fn write(self, out: &mut SerializedColumnWriter<'_>) -> Result<()> {
        let (present, further) = (Some(&*self.present), self.leaf.list.then_some(&*self.further));
        match self.values {
            Values::Text { bytes, ends } => {
                let bytes = Bytes::from(bytes);
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let values: Vec<ByteArray> =
                    starts.zip(&ends).map(|(start, end)| bytes.slice(start..*end).into()).collect();
                out.typed::<ByteArrayType>().write_batch(&values, present, further)?;
            }
            Values::Int(values) => {
                out.typed::<Int64Type>().write_batch(&values, present, further)?;
            }
            Values::Float(values) => {
                out.typed::<DoubleType>().write_batch(&values, present, further)?;
            }
            Values::Bool(values) => {
                out.typed::<BoolType>().write_batch(&values, present, further)?;
            }
        }
        Ok(())
    }
}

/// Whether at least a quarter of up to 4,096 of so many values occurred before.
fn repeat<T: Hash + Eq>(count: usize, value: impl Fn(usize) -> Option<T>) -> bool {
    const LOOKED_AT: usize = 4096;
    let step = (count / LOOKED_AT).max(1);
    let looked: Vec<T> = (0..count).step_by(step).filter_map(value).collect();
    let all = looked.len();
    let distinct = looked.into_iter().collect::<HashSet<T>>().len();
    // Of few values nobody can tell.
    all < 256 || distinct <= all - all / 4
}
