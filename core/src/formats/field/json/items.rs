//! Columns that have a value for each item of a list in the record: see [`Field::each`](logloupe_table::Field::each).
//! Not the list itself, which is read with its record.

use super::{Json, Reader, SlotColumn, each};
use logloupe_table::{Cell, RowWriter};

/// The columns that have a value for each item of one list.
#[derive(Debug)]
pub(super) struct ItemColumns {
    /// Reads an item.
    reader: Reader,
    /// For each slot of the reader, the column it feeds; those of one column stand together.
    columns: Vec<SlotColumn>,
    /// For each slot, whether the item itself is its value.
    whole: Vec<bool>,
}

impl ItemColumns {
    /// Columns and, for each, a path below an item; none, if the item itself is the value.
    pub(super) fn new(paths: &[&str], columns: Vec<SlotColumn>) -> ItemColumns {
        ItemColumns {
            reader: Reader::new(paths),
            columns,
            whole: paths.iter().map(|path| path.is_empty()).collect(),
        }
    }
    /// Writes the columns of a list with several items; the first one's are read with the record.
    pub(super) fn write(&mut self, list: &[u8], row: &mut RowWriter<'_>) {
        let mut items = 0;
        each(list, |_| {
            items += 1;
            items < 2
        });
        if items < 2 {
            return;
        }
        // Per column, what each item has.
        let mut columns: Vec<(usize, Vec<Item>)> = Vec::new();
        for slot in &self.columns {
            if columns.last().is_none_or(|(index, _)| *index != slot.index) {
                columns.push((slot.index, Vec::new()));
            }
        }
        let mut scratch = Vec::new();
        each(list, |item| {
            columns.iter_mut().for_each(|(_, items)| items.push(Item::Missing));
            let values = match item {
                Json::Object(text) => self.reader.read(text).ok(),
                _ => None,
            };
            let mut of = columns.iter_mut().peekable();
            for (i, slot) in self.columns.iter().enumerate() {
                while of.next_if(|(index, _)| *index != slot.index).is_some() {}
                // The first of a column's paths that gives a value counts.
                let value = match (values, self.whole.get(i)) {
                    (_, Some(true)) => item,
                    (Some(values), _) => values.get(i),
                    (None, _) => continue,
                };
                if let Some(item @ Item::Missing) = of.peek_mut().and_then(|(_, items)| items.last_mut()) {
                    *item = Item::of(value.cell(slot.kind, slot.unit, &mut scratch));
                }
            }
            true
        });
        for (index, items) in columns {
            if items.iter().any(|item| !matches!(item, Item::Missing)) {
                row.set_each(index, items.iter().map(Item::cell));
            }
        }
    }
}

/// The value of one item: of the kinds that a column may have several of.
#[derive(Debug)]
enum Item {
    Missing,
    Int(i64),
    Float(f64),
    Text(Vec<u8>),
}

impl Item {
    fn of(cell: Cell<'_>) -> Item {
        match cell {
            Cell::Int(number) => Item::Int(number),
            Cell::Float(number) => Item::Float(number),
            Cell::Text(text) => Item::Text(text.to_vec()),
            _ => Item::Missing,
        }
    }
    fn cell(&self) -> Cell<'_> {
        match self {
            Item::Missing => Cell::Null,
            Item::Int(number) => Cell::Int(*number),
            Item::Float(number) => Cell::Float(*number),
            Item::Text(text) => Cell::Text(text),
        }
    }
}
