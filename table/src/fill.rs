//! Columns set after their rows were sealed: what follows from records of other files, once all are read. For a few rows
//! of a table; the others keep what they have.

use super::{Cell, Kind, Table, several, writer::Writer};

/// What a row gets in a column: of a column of a list each item, of others the first; no item that is a value takes the
/// value away.
pub struct Fill<'f> {
    /// The row in the table.
    pub row: usize,
    /// The values.
    pub items: &'f [Cell<'f>],
}

impl Table {
    /// Sets a column of these rows, which are in ascending order and sealed. What was computed from columns of their
    /// chunks is computed anew when it is next asked for. A column may not be computed itself.
    pub fn fill(&mut self, column: usize, fills: &[Fill<'_>]) {
        let Some(field) = self.schema().fields().get(column).filter(|f| f.computed.is_none()).cloned() else {
            return;
        };
        let mut dictionary = self.take_dictionary(column);
        let mut from = 0;
        while let Some(first) = fills.get(from) {
            let found = self.chunks().partition_point(|c| c.first_row + c.rows <= first.row);
            let Some(chunk) = self.chunks().get(found) else { break };
            let end = chunk.first_row + chunk.rows;
            let count = fills.get(from..).map_or(0, |rest| rest.partition_point(|fill| fill.row < end));
            let mut fills = fills.iter().skip(from).take(count).peekable();
            from += count.max(1);

            let mut writer = Writer::of(&field, field.kind);
            let mut kept = Vec::new();
            for index in 0..chunk.rows {
                let row = chunk.first_row + index;
                while fills.next_if(|fill| fill.row < row).is_some() {}
                match fills.next_if(|fill| fill.row == row) {
                    Some(fill) if field.each.is_some() => {
                        match several::join(fill.items.iter().copied(), false) {
                            Some(entry) => writer.push_entry(&entry, &mut dictionary),
                            None => writer.push_null(),
                        }
                    }
                    Some(fill) => match fill.items.iter().find(|cell| !matches!(cell, Cell::Null)) {
                        Some(cell) => writer.push(*cell, &mut dictionary),
                        None => writer.push_null(),
                    },
                    None => {
                        let own = chunk.column(column);
                        match field.kind {
                            Kind::Text | Kind::Ip => match own.text(index, &dictionary) {
                                // The dictionary that it stands in is written to.
                                Some(text) => {
                                    kept.clear();
                                    kept.extend_from_slice(text);
                                    match field.each.is_some() {
                                        true => writer.push_entry(&kept, &mut dictionary),
                                        false => writer.push(Cell::Text(&kept), &mut dictionary),
                                    }
                                }
                                None => writer.push_null(),
                            },
                            Kind::Float => match own.float(index) {
                                Some(float) => writer.push(Cell::Float(float), &mut dictionary),
                                None => writer.push_null(),
                            },
                            _ => match own.int(index) {
                                Some(int) => writer.push(Cell::Int(int), &mut dictionary),
                                None => writer.push_null(),
                            },
                        }
                    }
                }
            }
            let values = writer.seal(chunk.rows, &dictionary);
            self.put_filled(found, column, values);
        }
        self.put_dictionary(column, dictionary);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Computed, Field, Role, Value};

    fn longer<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
        if let Some(Cell::Text(text)) = cells.first() {
            out.extend_from_slice(text);
        }
        out.push(b'!');
        Cell::Text(out)
    }
    static LONGER: Computed = Computed { from: &["text"], value: longer };

    #[test]
    fn rows_get_values_and_the_others_keep_theirs() {
        let fields = [
            Field::new("text", Kind::Text, Role::Dimension),
            Field::new("plain", Kind::Text, Role::Identifier),
            Field::new("list", Kind::Text, Role::Dimension).each("l"),
            Field::new("time", Kind::Time, Role::Timestamp),
            Field::new("number", Kind::Float, Role::Measure),
            Field::new("longer", Kind::Text, Role::Dimension).computed(&LONGER),
        ];
        let mut table = Table::new("t", fields, 1);
        const ROWS: usize = 40_000;
        for row in 0..ROWS {
            let text = format!("t{}", row % 7);
            let mut writer = table.begin();
            if row % 3 > 0 {
                writer.set(0, Cell::Text(text.as_bytes()));
                writer.set(1, Cell::Text(text.as_bytes()));
                writer.set_each(2, [Cell::Text(text.as_bytes()), Cell::Text(b"x")]);
                writer.set(3, Cell::Time(row as i64));
                writer.set(4, Cell::Float(0.5));
            }
            writer.commit(0, row as u64, row as u64, b"");
        }
        table.seal();
        let places: Vec<usize> = ["text", "plain", "list", "time", "number"]
            .iter()
            .map(|n| table.schema().find(n).unwrap())
            .collect();
        let computed = table.schema().find("longer").unwrap();
        assert!(table.compute(computed, usize::MAX));
        let before: Vec<Vec<Value>> =
            (0..ROWS).map(|row| places.iter().map(|c| table.row(row).unwrap().value(*c)).collect()).collect();
        let filled = [0, 1, 16_383, 16_384, 39_999];
        for _ in 0..2 {
            for &column in &places {
                let items: &[Cell<'_>] = match table.schema().field(column).kind {
                    Kind::Time => &[Cell::Time(-5)],
                    Kind::Float => &[Cell::Float(7.25)],
                    _ => &[Cell::Null, Cell::Text(b"new"), Cell::Text(b"newer")],
                };
                let fills: Vec<Fill<'_>> = filled.iter().map(|row| Fill { row: *row, items }).collect();
                table.fill(column, &fills);
            }
            let nothing = Fill { row: 2, items: &[] };
            table.fill(places[0], &[nothing, Fill { row: ROWS, items: &[Cell::Text(b"past the end")] }]);
        }
        for (row, before) in before.iter().enumerate() {
            let read = table.row(row).unwrap();
            let shown: Vec<String> = places.iter().map(|c| read.value(*c).to_string()).collect();
            match (filled.contains(&row), row) {
                (true, _) => {
                    assert_eq!(shown[..3], ["new", "new", "new, newer"]);
                    assert_eq!(
                        (read.value(places[3]), read.value(places[4])),
                        (Value::Time(-5), Value::Float(7.25))
                    );
                    assert_eq!(read.show("longer"), "new!");
                }
                (_, 2) => {
                    assert_eq!((read.value(places[0]), read.show("longer")), (Value::Null, "!".to_owned()))
                }
                _ => {
                    let kept: Vec<String> = before.iter().map(Value::to_string).collect();
                    assert_eq!(shown, kept, "{row}");
                }
            }
        }
        assert!(table.is_uncomputed(computed) && table.compute(computed, usize::MAX));
        assert_eq!(table.row(16_384).unwrap().show("longer"), "new!");
    }
}
