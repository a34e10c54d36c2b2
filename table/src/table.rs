//! All rows of one format that a shard holds. Filled row by row through [`RowWriter`], read chunk by chunk.

use std::{collections::HashMap, sync::Arc};

use super::{
    Bitmap, CHUNK_ROWS, Cell, Chunk, Column, Data, Dictionary, Field, Kind, Role, Schema, Value,
    address::holds_addresses,
    computed::{Inputs, stored},
    raw::RawWriter,
    schema::{BUILTINS, LINE, RECORD, SOURCE, TIMESTAMP},
    several,
    writer::Writer,
};

/// A chunk is also sealed when its raw text passes this size, so that huge records cannot fill memory.
const CHUNK_BYTES: usize = 32 << 20;

/// How many columns a table may have before names found in headers stop adding to them.
pub const MOST_COLUMNS: usize = 512;

/// Rows of one format.
#[derive(Debug)]
pub struct Table {
    format: String,
    schema: Schema,
    dictionaries: Vec<Dictionary>,
    chunks: Vec<Chunk>,
    writers: Vec<Writer>,
    raw: RawWriter,
    rows: usize,
    open_rows: usize,
    seed: u64,
    derived: HashMap<String, usize>,
    inputs: Inputs,
    duplicates: Option<Bitmap>,
}

impl Table {
    /// An empty table of the format with this id. `seed` seeds the dictionaries' hashes.
    pub fn new(format: &str, fields: impl IntoIterator<Item = Field>, seed: u64) -> Table {
        let mut table = Table {
            format: format.to_owned(),
            schema: Schema::default(),
            dictionaries: Vec::new(),
            chunks: Vec::new(),
            writers: Vec::new(),
            raw: RawWriter::default(),
            rows: 0,
            open_rows: 0,
            seed,
            derived: HashMap::new(),
            inputs: Inputs::default(),
            duplicates: None,
        };
        for (i, field) in Schema::new(fields).fields().iter().enumerate() {
            // The file's number is an integer inside, its name outside.
            let kind = if i == SOURCE { Kind::Int } else { field.kind };
            table.add(field.clone(), kind);
        }
        table.inputs = Inputs::of(&table.schema);
        table
    }
    /// The id of the format.
    pub fn format(&self) -> &str {
        &self.format
    }
    /// The columns.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }
    /// How many sealed rows there are: the rows that queries see.
    pub fn rows(&self) -> usize {
        self.rows
    }
    /// The sealed chunks in row order.
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }
    /// The dictionary of a text or address column (empty for others).
    pub fn dictionary(&self, column: usize) -> &Dictionary {
        &self.dictionaries[column]
    }
    /// The chunk that holds `row`, and the row's place in it.
    pub fn locate(&self, row: usize) -> Option<(&Chunk, usize)> {
        let c = self.chunks.partition_point(|c| c.first_row <= row).checked_sub(1)?;
        let chunk = &self.chunks[c];
        (row - chunk.first_row < chunk.rows).then(|| (chunk, row - chunk.first_row))
    }
    /// One row, for reading.
    pub fn row(&self, row: usize) -> Option<Row<'_>> {
        self.locate(row).map(|(chunk, index)| Row { table: self, chunk, index })
    }
    /// Begins a row. It counts once [`RowWriter::commit`] is called, and is forgotten if dropped before.
    pub fn begin(&mut self) -> RowWriter<'_> {
        RowWriter { table: self, time: None, committed: false }
    }
    /// The column called exactly `name`, added as text if there is none: for columns that a file's header names
    /// and the format does not know.
    pub fn column_named(&mut self, name: &str) -> usize {
        match self.schema.find(name) {
            Some(column) => column,
            None => self.add(Field::found(name), Kind::Text),
        }
    }
    /// Makes all written rows visible to queries.
    pub fn seal(&mut self) {
        if self.open_rows == 0 {
            return;
        }
        let rows = std::mem::take(&mut self.open_rows);
        let columns: Vec<Column> = self
            .writers
            .iter_mut()
            .zip(&self.dictionaries)
            .map(|(writer, dictionary)| writer.seal(rows, dictionary))
            .collect();
        self.chunks.push(Chunk {
            first_row: self.rows,
            rows,
            columns,
            derived: Vec::new(),
            raw: self.raw.seal(),
        });
        self.rows += rows;
        // Columns derived from raw text are computed for the new chunk when they are next asked for.
    }
    /// Forgets all rows, written ones too; the columns stay. For whoever has handed the rows on.
    pub fn clear(&mut self) {
        self.seal();
        self.chunks.clear();
        self.dictionaries.iter_mut().for_each(Dictionary::clear);
        self.rows = 0;
        self.duplicates = None;
    }
    /// The column derived from raw records under this name, if [`derive`](Self::derive) made it and every chunk has it.
    pub fn derived(&self, name: &str) -> Option<usize> {
        let &column = self.derived.get(name)?;
        self.chunks.iter().all(|c| c.has_derived(column)).then_some(column)
    }
    /// The names of the columns derived so far.
    pub fn derived_names(&self) -> impl Iterator<Item = &str> {
        self.derived.keys().map(String::as_str)
    }
    /// Computes a text column from the raw records of at most `chunks` chunks that lack it and says whether it is
    /// complete. `extract(record, out)` writes the value to `out` and says whether there is one.
    pub fn derive(
        &mut self,
        name: &str,
        chunks: usize,
        extract: &mut dyn FnMut(&[u8], &mut Vec<u8>) -> bool,
    ) -> bool {
        let column = self.derived_column(name);
        let Table { chunks: all, dictionaries, schema, .. } = self;
        let mut value = Vec::new();
        let mut left = chunks;
        for chunk in all.iter_mut().filter(|c| !c.has_derived(column)) {
            if left == 0 {
                return false;
            }
            left -= 1;
            let mut writer = Writer::new(Kind::Text, schema.field(column).role);
            let dictionary = &mut dictionaries[column];
            chunk.raw.for_each(
                |_| true,
                |_, record| {
                    value.clear();
                    if extract(record, &mut value) {
                        writer.push(Cell::Text(&value), dictionary);
                    } else {
                        writer.push_null();
                    }
                },
            );
            chunk.put_derived(column, writer.seal(chunk.rows, dictionary));
        }
        true
    }
    /// The same from the columns of a row instead of its raw record.
    pub fn derive_from_rows(
        &mut self,
        name: &str,
        chunks: usize,
        value: &mut dyn FnMut(Row<'_>) -> Option<Arc<str>>,
    ) -> bool {
        let column = self.derived_column(name);
        let role = self.schema.field(column).role;
        let open: Vec<usize> =
            (0..self.chunks.len()).filter(|at| !self.chunks[*at].has_derived(column)).collect();
        for at in open.iter().take(chunks).copied() {
            let chunk = &self.chunks[at];
            let values: Vec<Option<Arc<str>>> =
                (0..chunk.rows).map(|index| value(Row { table: self, chunk, index })).collect();
            let mut writer = Writer::new(Kind::Text, role);
            let dictionary = &mut self.dictionaries[column];
            for value in &values {
                match value {
                    Some(text) => writer.push(Cell::Text(text.as_bytes()), dictionary),
                    None => writer.push_null(),
                }
            }
            let sealed = writer.seal(values.len(), dictionary);
            self.chunks[at].put_derived(column, sealed);
        }
        open.len() <= chunks
    }
    /// The column that is derived under this name, made if it is new.
    fn derived_column(&mut self, name: &str) -> usize {
        if let Some(&column) = self.derived.get(name) {
            return column;
        }
        let field = Field { role: Role::Dimension, ..Field::found(name) };
        let column = self.add(field, Kind::Text);
        self.derived.insert(name.to_owned(), column);
        column
    }
    pub(crate) fn computed_from(&self) -> &Inputs {
        &self.inputs
    }
    /// Lends the dictionary of a column while the table is read; [`put_derived`](Self::put_derived) gives it back.
    pub(crate) fn take_dictionary(&mut self, column: usize) -> Dictionary {
        std::mem::replace(&mut self.dictionaries[column], Dictionary::new(self.seed))
    }
    pub(crate) fn put_derived(
        &mut self,
        chunk: usize,
        column: usize,
        values: Column,
        dictionary: Dictionary,
    ) {
        self.dictionaries[column] = dictionary;
        if let Some(chunk) = self.chunks.get_mut(chunk) {
            chunk.put_derived(column, values);
        }
    }
    pub(crate) fn put_dictionary(&mut self, column: usize, dictionary: Dictionary) {
        self.dictionaries[column] = dictionary;
    }
    /// Takes the values of a stored column anew, and forgets what was computed from it.
    pub(crate) fn put_filled(&mut self, chunk: usize, column: usize, values: Column) {
        let from: Vec<usize> = self.inputs.that_use(column).collect();
        let Some(chunk) = self.chunks.get_mut(chunk) else { return };
        chunk.put(column, values);
        from.into_iter().for_each(|computed| chunk.forget(computed));
    }
    /// Marks the rows that repeat an event delivered before; bit `row` set means duplicate.
    pub fn set_duplicates(&mut self, duplicates: Bitmap) {
        self.duplicates = Some(duplicates);
    }
    /// The rows that repeat an event, once they have been looked for.
    pub fn duplicates(&self) -> Option<&Bitmap> {
        self.duplicates.as_ref()
    }
    /// Gives back memory that reading has taken: texts that were opened are kept compressed again.
    pub fn trim(&mut self) {
        for column in self.chunks.iter_mut().flat_map(|c| &mut c.columns) {
            if let Data::Plain { bytes, .. } = &mut column.data {
                bytes.close();
            }
        }
    }
    /// Heap bytes held: columns, dictionaries, raw text.
    pub fn bytes(&self) -> usize {
        self.chunks.iter().map(Chunk::bytes).sum::<usize>()
            + self.dictionaries.iter().map(Dictionary::bytes).sum::<usize>()
    }
    fn add(&mut self, field: Field, kind: Kind) -> usize {
        self.writers.push(Writer::of(&field, kind));
        self.dictionaries.push(Dictionary::of(&field, self.seed));
        self.schema.push(field)
    }
}

/// One row being written. Columns may be set in any order; those not set have no value.
pub struct RowWriter<'t> {
    table: &'t mut Table,
    time: Option<i64>,
    committed: bool,
}

impl RowWriter<'_> {
    /// Sets the format's column `column` (0 is the format's first) to `cell`; [`Cell::Null`] leaves it without a
    /// value. The first value stands if a column is set twice.
    #[inline]
    pub fn set(&mut self, column: usize, cell: Cell<'_>) {
        self.set_raw(column + BUILTINS, cell);
    }
    /// Sets the format's column `column` to one value per item of its list: see [`Field::each`]. An item without a value
    /// keeps its place. A column of another field gets the first value.
    pub fn set_each<'v>(&mut self, column: usize, items: impl IntoIterator<Item = Cell<'v>>) {
        let column = column + BUILTINS;
        let field = self.table.schema.fields().get(column);
        if field.is_none_or(|f| f.each.is_none()) {
            let first = items.into_iter().find(|cell| !matches!(cell, Cell::Null));
            return first.into_iter().for_each(|cell| self.set_raw(column, cell));
        }
        let addresses = field.is_some_and(holds_addresses);
        let Some(entry) = several::join(items, addresses) else { return };
        let (rows, Table { writers, dictionaries, .. }) = (self.table.open_rows, &mut *self.table);
        if let (Some(writer), Some(dictionary)) = (writers.get_mut(column), dictionaries.get_mut(column))
            && writer.len() <= rows
        {
            writer.pad(rows);
            writer.push_entry(&entry, dictionary);
        }
    }
    /// When the event happened, in microseconds since 1970.
    #[inline]
    pub fn timestamp(&mut self, micros: i64) {
        self.time = self.time.or(Some(micros));
        self.set_raw(TIMESTAMP, Cell::Time(micros));
    }
    /// The time that [`timestamp`](Self::timestamp) was given, if it was.
    pub fn time(&self) -> Option<i64> {
        self.time
    }
    /// Sets the column of that name, added to the table as text if it is unknown.
    pub fn set_named(&mut self, name: &str, cell: Cell<'_>) {
        let column = self.table.column_named(name);
        self.set_raw(column, cell);
    }
    /// The place for [`set`](Self::set) of the column of that name, added to the table as text if it is unknown: ask
    /// once per file, not once per row. `None` for a built-in column, and for a new one where the table has
    /// [`MOST_COLUMNS`]: headers made to fill memory leave their values in the raw record only.
    pub fn column(&mut self, name: &str) -> Option<usize> {
        let full = self.table.schema.fields().len() >= MOST_COLUMNS;
        let column = if full { self.table.schema.find(name)? } else { self.table.column_named(name) };
        column.checked_sub(BUILTINS)
    }
    /// The same for a column of a kind other than text.
    pub fn column_of(&mut self, name: &str, kind: Kind) -> Option<usize> {
        let column = match self.table.schema.find(name) {
            Some(column) => column,
            None if self.table.schema.fields().len() >= MOST_COLUMNS => return None,
            None => self.table.add(Field { kind, ..Field::found(name) }, kind),
        };
        column.checked_sub(BUILTINS)
    }
    #[inline]
    fn set_raw(&mut self, column: usize, cell: Cell<'_>) {
        if matches!(cell, Cell::Null) {
            return;
        }
        let rows = self.table.open_rows;
        let Some(writer) = self.table.writers.get_mut(column) else { return };
        if writer.len() > rows {
            return;
        }
        if writer.len() < rows {
            writer.pad(rows);
        }
        writer.push(cell, &mut self.table.dictionaries[column]);
    }
    /// Completes the row with where it came from and its raw text.
    pub fn commit(mut self, source: u32, line: u64, record: u64, raw: &[u8]) {
        self.set_raw(SOURCE, Cell::Int(source as i64));
        self.set_raw(LINE, Cell::Int(line as i64));
        self.set_raw(RECORD, Cell::Int(record as i64));
        self.committed = true;
        let table = &mut *self.table;
        table.raw.push(raw);
        table.open_rows += 1;
        if table.open_rows >= CHUNK_ROWS || table.raw.bytes() >= CHUNK_BYTES {
            table.seal();
        }
    }
}

impl Drop for RowWriter<'_> {
    fn drop(&mut self) {
        if !self.committed {
            let rows = self.table.open_rows;
            self.table.writers.iter_mut().for_each(|w| w.truncate(rows));
        }
    }
}

/// One sealed row, for reading.
#[derive(Clone, Copy)]
pub struct Row<'t> {
    /// The table.
    pub table: &'t Table,
    /// The chunk that holds the row.
    pub chunk: &'t Chunk,
    /// The row's place in the chunk.
    pub index: usize,
}

impl Row<'_> {
    /// The value in a column, counted from the built-in ones. `@source` is the file's number.
    pub fn value(&self, column: usize) -> Value {
        if let Some(value) = self.table.computed_value(self.chunk, column, self.index) {
            return value;
        }
        let dictionary = self.table.dictionary(column);
        if dictionary.has_several() {
            let entry = self.chunk.column(column).text(self.index, dictionary);
            return entry.map_or(Value::Null, |entry| dictionary.value_of(entry));
        }
        let kind = if column == SOURCE { Kind::Int } else { self.table.schema.field(column).kind };
        stored(self.chunk.column(column), self.table.dictionary(column), kind, self.index).to_value()
    }
    /// The value of the field that `name` means; [`Value::Null`] if there is no such field.
    pub fn get(&self, name: &str) -> Value {
        self.table.schema.find(name).map_or(Value::Null, |column| self.value(column))
    }
    /// The value of `name` as text, empty where there is none: for sentences.
    pub fn show(&self, name: &str) -> String {
        self.get(name).to_string()
    }
    /// The same, `None` where there is none.
    pub fn said(&self, name: &str) -> Option<String> {
        Some(self.show(name)).filter(|text| !text.is_empty())
    }
    /// The raw record, exactly as read.
    pub fn raw(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.chunk.raw.read(self.index, &mut out);
        out
    }
}
