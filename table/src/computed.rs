//! Columns whose values follow from other columns of the row ([`Computed`]): made for a chunk when a query first asks
//! for them, and for one row when only that is read. What is not asked for costs neither memory nor time of reading.
//!
//! Not these: columns that a format derives while it reads a record, and JSON paths, which are read from raw text
//! ([`Table::derive`]).

use super::{
    Cell, Chunk, Column, Computed, Dictionary, Field, Kind, Schema, Table, Value,
    address::{MOST, canonical, holds_addresses},
    writer::Writer,
};

/// Which columns each computed column is made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs(Vec<(usize, Box<[usize]>)>);

impl Inputs {
    /// Those of a schema. A name that no column has gives a missing value.
    pub(crate) fn of(schema: &Schema) -> Inputs {
        let fields = schema.fields().iter().enumerate();
        let computed = fields.filter_map(|(column, field)| Some((column, field.computed?)));
        let named = |name: &&str| schema.find(name).unwrap_or(usize::MAX);
        Inputs(computed.map(|(column, c)| (column, c.from.iter().map(named).collect())).collect())
    }
    /// The computed columns that are made of this one.
    pub(crate) fn that_use(&self, column: usize) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().filter(move |(_, inputs)| inputs.contains(&column)).map(|(computed, _)| *computed)
    }
    fn of_column(&self, column: usize) -> &[usize] {
        self.0.iter().find(|(c, _)| *c == column).map_or(&[], |(_, inputs)| inputs)
    }
}

/// The value of a row in a column, as it is stored.
pub(crate) fn stored<'c>(column: &'c Column, dictionary: &'c Dictionary, kind: Kind, row: usize) -> Cell<'c> {
    match kind {
        Kind::Text | Kind::Ip => column.text(row, dictionary).map_or(Cell::Null, Cell::Text),
        Kind::Int => column.int(row).map_or(Cell::Null, Cell::Int),
        Kind::Bool => column.int(row).map_or(Cell::Null, |v| Cell::Bool(v != 0)),
        Kind::Time => column.int(row).map_or(Cell::Null, Cell::Time),
        Kind::Float => column.float(row).map_or(Cell::Null, Cell::Float),
    }
}

/// One column of what a computation reads.
#[derive(Clone, Copy)]
struct Input<'c> {
    column: &'c Column,
    dictionary: &'c Dictionary,
    kind: Kind,
}

/// The value of a row in an input, which may be no column of the table. Of several the first one counts.
fn read<'c>(input: &Option<Input<'c>>, row: usize) -> Cell<'c> {
    input.map_or(Cell::Null, |i| match i.dictionary.has_several() {
        true => i.column.text(row, i.dictionary).map_or(Cell::Null, |entry| i.dictionary.first(entry)),
        false => stored(i.column, i.dictionary, i.kind, row),
    })
}

impl Table {
    /// The computed column that `name` means, if its values are still to be made ([`compute`](Self::compute)) for some
    /// chunk.
    pub fn uncomputed(&self, name: &str) -> Option<usize> {
        self.schema().find(name).filter(|column| self.is_uncomputed(*column))
    }
    /// Whether values of this computed column are still to be made for some chunk.
    pub fn is_uncomputed(&self, column: usize) -> bool {
        self.schema().field(column).computed.is_some() && self.chunks().iter().any(|c| !c.has_derived(column))
    }
    /// Makes the values of a computed column for at most `chunks` chunks that lack them and says whether it is complete.
    pub fn compute(&mut self, column: usize, chunks: usize) -> bool {
        let Some(computed) = self.schema().field(column).computed else { return true };
        let field = self.schema().field(column).clone();
        let mut left = chunks;
        for at in 0..self.chunks().len() {
            if self.chunks()[at].has_derived(column) {
                continue;
            }
            if left == 0 {
                return false;
            }
            left -= 1;
            let mut dictionary = self.take_dictionary(column);
            let values = self.values_of(&self.chunks()[at], column, &field, computed, &mut dictionary);
            self.put_derived(at, column, values, dictionary);
        }
        true
    }
    fn values_of(
        &self,
        chunk: &Chunk,
        column: usize,
        field: &Field,
        computed: &Computed,
        dictionary: &mut Dictionary,
    ) -> Column {
        let inputs = self.inputs(chunk, column);
        let mut writer = Writer::of(field, field.kind);
        let own = chunk.column(column);
        let (mut cells, mut text) = (vec![Cell::Null; inputs.len()], Vec::new());
        for row in 0..chunk.rows {
            // What a log has under this name stands.
            if own.is_valid(row) {
                text.clear();
                let cell = match stored(own, dictionary, field.kind, row) {
                    // The dictionary that it stands in is written to.
                    Cell::Text(found) => {
                        text.extend_from_slice(found);
                        Cell::Text(&text)
                    }
                    Cell::Null => Cell::Null,
                    Cell::Bool(v) => Cell::Bool(v),
                    Cell::Int(v) => Cell::Int(v),
                    Cell::Float(v) => Cell::Float(v),
                    Cell::Time(v) => Cell::Time(v),
                };
                writer.push(cell, dictionary);
                continue;
            }
            for (cell, input) in cells.iter_mut().zip(&inputs) {
                *cell = read(input, row);
            }
            text.clear();
            writer.push((computed.value)(&cells, &mut text), dictionary);
        }
        writer.seal(chunk.rows, dictionary)
    }
    fn inputs<'c>(&'c self, chunk: &'c Chunk, column: usize) -> Vec<Option<Input<'c>>> {
        let input = |at: &usize| {
            let field = self.schema().fields().get(*at)?;
            Some(Input { column: chunk.column(*at), dictionary: self.dictionary(*at), kind: field.kind })
        };
        self.computed_from().of_column(column).iter().map(input).collect()
    }
    /// The value of a row in a column whose values were not made for its chunk; `None` if they were, or it is none that
    /// is computed.
    pub(crate) fn computed_value(&self, chunk: &Chunk, column: usize, row: usize) -> Option<Value> {
        let computed = self.schema().field(column).computed?;
        if chunk.has_derived(column) || chunk.column(column).is_valid(row) {
            return None;
        }
        let inputs = self.inputs(chunk, column);
        let cells: Vec<Cell<'_>> = inputs.iter().map(|input| read(input, row)).collect();
        let (mut text, mut buffer) = (Vec::new(), [0; MOST]);
        let cell = (computed.value)(&cells, &mut text);
        // Written to a column, an address has its one spelling; a row that is read alone says the same.
        let one = match cell {
            Cell::Text(text) if holds_addresses(self.schema().field(column)) => canonical(text, &mut buffer),
            _ => None,
        };
        Some(one.map_or(cell, Cell::Text).to_value())
    }
    /// Whether some row has a value in this column, values that are still to be made included.
    pub fn has_values(&self, column: usize) -> bool {
        let to_make = self.schema().field(column).computed.is_some();
        let made = |chunk: &Chunk, row| self.computed_value(chunk, column, row).is_some_and(|v| !v.is_null());
        self.chunks().iter().any(|chunk| {
            !matches!(chunk.column(column).data, super::Data::Nulls)
                || to_make && (0..chunk.rows).any(|row| made(chunk, row))
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Cell, Computed, Field, Kind, Role, Table, Value};

    fn initial<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
        match cells {
            [Cell::Text(name), Cell::Int(age)] if !name.is_empty() => {
                out.push(name[0]);
                out.extend_from_slice(age.to_string().as_bytes());
                Cell::Text(out)
            }
            [Cell::Text(name), _] => Cell::Text(name),
            _ => Cell::Null,
        }
    }
    fn doubled<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
        match cells {
            [Cell::Int(age)] => Cell::Int(age * 2),
            _ => Cell::Null,
        }
    }
    static SHORT: Computed = Computed { from: &["name", "years"], value: initial };
    static TWICE: Computed = Computed { from: &["age"], value: doubled };
    static LOST: Computed = Computed { from: &["nowhere"], value: doubled };

    static OF_EACH: Computed = Computed { from: &["ages"], value: doubled };

    fn table() -> Table {
        let fields = [
            Field::new("name", Kind::Text, Role::Dimension),
            Field::new("age", Kind::Int, Role::Measure).aliases(&["years"]),
            Field::new("short", Kind::Text, Role::Dimension).computed(&SHORT),
            Field::new("twice", Kind::Int, Role::Measure).computed(&TWICE),
            Field::new("lost", Kind::Int, Role::Measure).computed(&LOST),
            Field::new("ages", Kind::Int, Role::Measure).each("pets"),
            Field::new("pets", Kind::Int, Role::Measure).computed(&OF_EACH),
        ];
        Table::new("people", fields, 1)
    }
    fn add(table: &mut Table, cells: [Cell<'_>; 3]) {
        let mut row = table.begin();
        cells.into_iter().enumerate().for_each(|(i, cell)| row.set(i, cell));
        row.commit(0, 1, 1, b"x");
        table.seal();
    }
    fn column(table: &Table, name: &str) -> Vec<String> {
        let rows = (0..table.rows()).filter_map(|r| table.row(r));
        rows.map(|row| row.get(name).to_string()).collect()
    }

    #[test]
    fn a_row_has_its_values_before_and_after_they_are_made() {
        let mut table = table();
        let texts = [Cell::Text(b"ann"), Cell::Text(b""), Cell::Null, Cell::Text(b"bob")];
        for (name, age) in texts.into_iter().zip([Cell::Int(30), Cell::Int(1), Cell::Int(2), Cell::Null]) {
            add(&mut table, [name, age, Cell::Null]);
        }
        let short = ["a30", "", "", "bob"];
        let twice = ["60", "2", "4", ""];
        for made in 0..5 {
            assert_eq!(column(&table, "short"), short, "{made} chunks are made");
            assert_eq!(column(&table, "twice"), twice);
            assert_eq!(column(&table, "lost"), [""; 4]);
            let at = table.uncomputed("SHORT");
            assert_eq!(at.is_some(), made < 4);
            if let Some(at) = at {
                assert_eq!(table.compute(at, 1), made == 3);
            }
        }
        let at = table.schema().find("short").unwrap();
        let stored = |i: usize| table.chunks()[i].column(at).text(0, table.dictionary(at));
        assert_eq!([0, 1, 2, 3].map(stored), [Some(&b"a30"[..]), Some(b""), None, Some(b"bob")]);
        // A chunk that comes later lacks them again, and only it is looked at.
        add(&mut table, [Cell::Text(b"eve"), Cell::Int(7), Cell::Null]);
        assert_eq!(table.uncomputed("short"), Some(at));
        assert_eq!(column(&table, "short").last().map(String::as_str), Some("e7"));
        assert!(table.compute(at, 1) && table.uncomputed("short").is_none());
        assert_eq!(column(&table, "short").last().map(String::as_str), Some("e7"));
    }

    #[test]
    fn what_the_log_has_under_the_name_stands() {
        let mut table = table();
        add(&mut table, [Cell::Text(b"ann"), Cell::Int(30), Cell::Text(b"own")]);
        add(&mut table, [Cell::Text(b"ann"), Cell::Int(30), Cell::Null]);
        for _ in 0..2 {
            assert_eq!(column(&table, "short"), ["own", "a30"]);
            let at = table.schema().find("short").unwrap();
            table.compute(at, usize::MAX);
        }
    }

    #[test]
    fn of_several_values_the_first_one_is_computed_with() {
        let mut table = table();
        for ages in [&[Cell::Null, Cell::Int(3), Cell::Int(4)][..], &[Cell::Int(5)], &[Cell::Null], &[]] {
            let mut row = table.begin();
            row.set_each(5, ages.iter().copied());
            row.commit(0, 1, 1, b"x");
        }
        table.seal();
        for _ in 0..2 {
            assert_eq!(column(&table, "ages"), ["3, 4", "5", "", ""]);
            assert_eq!(column(&table, "pets"), ["6", "10", "", ""]);
            let at = table.schema().find("pets").unwrap();
            table.compute(at, usize::MAX);
        }
    }

    #[test]
    fn only_computed_columns_are_made() {
        let mut table = table();
        add(&mut table, [Cell::Null, Cell::Null, Cell::Null]);
        let column = |name| table.schema().find(name).unwrap();
        let (name, twice) = (column("name"), column("twice"));
        assert_eq!([table.uncomputed("name"), table.uncomputed("nothing")], [None, None]);
        assert!(!table.is_uncomputed(name) && table.is_uncomputed(twice));
        assert!(!table.has_values(twice) && !table.has_values(name));
        assert!(table.compute(name, 1));
        assert_eq!(table.row(0).unwrap().value(name), Value::Null);
        add(&mut table, [Cell::Null, Cell::Int(4), Cell::Null]);
        assert!(table.has_values(twice));
        table.clear();
        assert!(!table.has_values(twice) && !table.is_uncomputed(twice));
    }
}
