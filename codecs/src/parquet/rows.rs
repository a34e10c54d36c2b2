//! Rows put together of columns: what nests is told by levels, as Dremel has it.
//! <https://research.google/pubs/dremel-interactive-analysis-of-web-scale-datasets-2/>
//!
//! The first column below a value says whether it is there and how many items it has; the others must agree on items.
//! What is null is left out of an object, and is `null` in a list.

use super::{
    Bad, Place,
    column::{Cell, Column, NONE, Shared, Used},
    footer::Footer,
    schema::{Leaf, Member, Node, Repeated, Schema, Shape},
    store::Store,
    values::append,
    write::{Form, token},
};
use logloupe_core::ingest::codec::PIECE;

/// The longest row; what is longer than a record may be is rejected by the loader, with its place.
const ROW: usize = 64 << 20;

/// The rows of a file, from the first to the last.
pub(super) struct Rows {
    footer: Footer,
    pub(super) schema: Schema,
    pub(super) form: Form,
    /// How many row groups were begun.
    groups: usize,
    columns: Vec<Column>,
    /// Rows of the row group at hand that are to come.
    left: i64,
    used: Used,
    begun: bool,
    /// No column nests.
    is_flat: bool,
}

impl Rows {
    pub(super) fn of(footer: Footer) -> Result<Rows, Bad> {
        let schema = Schema::of(&footer.schema)?;
        let is_flat = schema.row.iter().all(|member| matches!(member.node.shape, Shape::Leaf));
        Ok(Rows {
            footer,
            schema,
            form: Form::Json,
            groups: 0,
            columns: Vec::new(),
            left: 0,
            used: Used::default(),
            begun: false,
            is_flat,
        })
    }
    /// Appends about a piece of rows; whether there may be more.
    pub(super) fn give(&mut self, file: &Store, out: &mut Vec<u8>) -> Result<bool, (Bad, Place)> {
        let full = out.len() + PIECE;
        while out.len() < full {
            if self.left == 0 {
                if self.groups == self.footer.groups() {
                    return Ok(false);
                }
                self.groups += 1;
                self.open().map_err(|(bad, column)| (bad, self.place(column)))?;
                continue;
            }
            let row = out.len();
            let given =
                if self.is_flat { self.flat(file, full, out) } else { self.row(file, out).map(|()| 1) };
            match given {
                Ok(rows) => self.left -= rows,
                Err((bad, column)) => {
                    // A row is given whole or not at all.
                    out.truncate(row);
                    return Err((bad, self.place(Some(column))));
                }
            }
            if self.left == 0 {
                self.close(file).map_err(|(bad, column)| (bad, self.place(Some(column))))?;
            }
        }
        Ok(true)
    }
    fn place(&self, column: Option<usize>) -> Place {
        let leaf = column.and_then(|column| self.schema.leaves.get(column));
        Place {
            group: self.groups,
            column: leaf.map(|leaf| leaf.path.clone()),
            page: column.and_then(|column| self.columns.get(column)).map_or(0, |column| column.pages),
        }
    }
    /// Begins the next row group.
    fn open(&mut self) -> Result<(), (Bad, Option<usize>)> {
        let leaves = &self.schema.leaves;
        self.columns.clear();
        self.used.held = 0;
        let group = self.footer.group(self.groups - 1, leaves.len()).map_err(|bad| (bad, None))?;
        if group.rows < 0 || group.rows > 0 && leaves.is_empty() {
            return Err((Bad::Damaged("it states rows and has no columns for them"), None));
        }
        for (number, (chunk, leaf)) in group.columns.iter().zip(leaves).enumerate() {
            let column = Column::open(chunk, leaf, self.footer.at).map_err(|bad| (bad, Some(number)))?;
            self.columns.push(column);
        }
        self.left = group.rows;
        Ok(())
    }
    /// All rows of a row group were given: no column may have more.
    fn close(&mut self, file: &Store) -> Result<(), (Bad, usize)> {
        let mut shared = Shared { file, form: self.form, used: &mut self.used };
        for (number, (column, leaf)) in self.columns.iter_mut().zip(&self.schema.leaves).enumerate() {
            let more = match self.is_flat {
                true => column.ready(leaf, &mut shared).map(|rows| rows > 0),
                false => column.peek(leaf, &mut shared).map(|levels| levels.is_some()),
            };
            if more.map_err(|bad| (bad, number))? {
                return Err((Bad::Damaged("it has values for more rows than the row group"), number));
            }
        }
        Ok(())
    }
    fn row(&mut self, file: &Store, out: &mut Vec<u8>) -> Result<(), (Bad, usize)> {
        let Rows { schema, columns, used, form, begun, .. } = self;
        let mut row = Row {
            columns,
            leaves: &schema.leaves,
            shared: Shared { file, form: *form, used },
            most: out.len() + ROW,
        };
        match form {
            Form::Json => row.object(&schema.row, 0, out)?,
            Form::Tokens => {
                if !std::mem::replace(begun, true) {
                    header(schema, out);
                }
                row.tokens(&schema.row, out)?;
            }
        }
        out.push(b'\n');
        Ok(())
    }
    /// Rows of columns that do not nest, one at least, until one of the columns has to be decoded further or the output is
    /// `full`; how many.
    fn flat(&mut self, file: &Store, full: usize, out: &mut Vec<u8>) -> Result<i64, (Bad, usize)> {
        let mut shared = Shared { file, form: self.form, used: &mut self.used };
        let mut ready = usize::try_from(self.left).unwrap_or(usize::MAX);
        for (number, (column, leaf)) in self.columns.iter_mut().zip(&self.schema.leaves).enumerate() {
            match column.ready(leaf, &mut shared) {
                Ok(0) => return Err((Bad::Few, number)),
                Ok(rows) => ready = ready.min(rows),
                Err(bad) => return Err((bad, number)),
            }
        }
        if self.form == Form::Tokens && !std::mem::replace(&mut self.begun, true) {
            header(&self.schema, out);
        }
        let keys = self.schema.row.iter().map(|member| member.key.len() + 1);
        let longest = keys.zip(&self.columns).map(|(key, column)| key + column.longest);
        if longest.clone().sum::<usize>() > ROW {
            // Such rows come one at a time, if at all.
            ready = 1;
            let length: usize =
                self.columns.iter().filter_map(|column| column.cells().1.first()).map(Cell::length).sum();
            let keys: usize = self.schema.row.iter().map(|member| member.key.len() + 1).sum();
            if length + keys > ROW {
                let number =
                    longest.enumerate().max_by_key(|(_, length)| *length).map_or(0, |(number, _)| number);
                return Err((Bad::Limit(format!("a row of more than {} MiB", ROW >> 20)), number));
            }
        }
        let columns: Vec<(&[u8], &[Cell])> = self.columns.iter().map(Column::cells).collect();
        let mut rows = 0;
        while rows < ready && out.len() < full {
            match self.form {
                Form::Tokens => {
                    for (text, cells) in &columns {
                        match cells[rows] {
                            Cell { length: NONE, .. } => out.push(b'-'),
                            cell => append(out, text, cell),
                        }
                        out.push(b' ');
                    }
                    out.pop();
                }
                Form::Json => {
                    out.push(b'{');
                    let empty = out.len();
                    for ((text, cells), member) in columns.iter().zip(&self.schema.row) {
                        if cells[rows].length != NONE {
                            out.extend_from_slice(&member.key);
                            append(out, text, cells[rows]);
                            out.push(b',');
                        }
                    }
                    if out.len() > empty {
                        out.pop();
                    }
                    out.push(b'}');
                }
            }
            out.push(b'\n');
            rows += 1;
        }
        self.columns.iter_mut().for_each(|column| column.pass_cells(rows));
        Ok(rows as i64)
    }
}

/// The line with the names of a row's members.
fn header(schema: &Schema, out: &mut Vec<u8>) {
    out.extend_from_slice(schema.names().unwrap_or_default().join(" ").as_bytes());
    out.push(b'\n');
}

/// A row that is being put together.
struct Row<'r> {
    columns: &'r mut [Column],
    leaves: &'r [Leaf],
    shared: Shared<'r>,
    /// How long the output may become.
    most: usize,
}

impl Row<'_> {
    /// Writes the next value of a column, which must begin at this repetition level; false if it has none.
    #[inline]
    fn leaf(&mut self, number: usize, level: u32, out: &mut Vec<u8>) -> Result<bool, (Bad, usize)> {
        let (Some(column), Some(leaf)) = (self.columns.get_mut(number), self.leaves.get(number)) else {
            return Err((Bad::Few, number));
        };
        let (repetition, definition) = match column.peek(leaf, &mut self.shared) {
            Ok(Some(levels)) => levels,
            Ok(None) => return Err((Bad::Few, number)),
            Err(bad) => return Err((bad, number)),
        };
        if repetition != level {
            return Err((Bad::Damaged("its lists have not the items that other columns have"), number));
        }
        column.pass();
        if definition < leaf.definition {
            return Ok(false);
        }
        out.extend_from_slice(column.next(leaf, &self.shared).map_err(|bad| (bad, number))?);
        if out.len() > self.most {
            return Err((Bad::Limit(format!("a row of more than {} MiB", ROW >> 20)), number));
        }
        Ok(true)
    }
    /// The levels that come next in a column.
    fn peek(&mut self, number: usize) -> Result<Option<(u32, u32)>, (Bad, usize)> {
        match (self.columns.get_mut(number), self.leaves.get(number)) {
            (Some(column), Some(leaf)) => column.peek(leaf, &mut self.shared).map_err(|bad| (bad, number)),
            _ => Ok(None),
        }
    }
    /// The definition level of a value, which the first of its columns says.
    fn definition(&mut self, node: &Node) -> Result<u32, (Bad, usize)> {
        let number = node.leaves.0;
        self.peek(number)?.map(|(_, definition)| definition).ok_or((Bad::Few, number))
    }
    /// Passes over a value that is not there: one level in each of its columns.
    fn pass(&mut self, node: &Node, level: u32) -> Result<(), (Bad, usize)> {
        for number in node.leaves.0..node.leaves.1 {
            match self.peek(number)? {
                Some((repetition, definition)) if repetition == level => {
                    if self.leaves.get(number).is_some_and(|leaf| definition == leaf.definition) {
                        return Err((Bad::Damaged("it has a value where other columns have none"), number));
                    }
                    self.columns[number].pass();
                }
                Some(_) => {
                    return Err((
                        Bad::Damaged("its lists have not the items that other columns have"),
                        number,
                    ));
                }
                None => return Err((Bad::Few, number)),
            }
        }
        Ok(())
    }
    /// Writes a value; false if it is null.
    fn value(&mut self, node: &Node, level: u32, out: &mut Vec<u8>) -> Result<bool, (Bad, usize)> {
        if let Shape::Leaf = &node.shape {
            return self.leaf(node.leaves.0, level, out);
        }
        let definition = self.definition(node)?;
        if definition < node.there {
            self.pass(node, level)?;
            return Ok(false);
        }
        match &node.shape {
            Shape::Leaf => {}
            Shape::Struct(members) => self.object(members, level, out)?,
            Shape::List(repeated, item) => {
                out.push(b'[');
                self.items(node, *repeated, definition, level, out, |row, level, out| {
                    if !row.value(item, level, out)? {
                        out.extend_from_slice(b"null");
                    }
                    Ok(())
                })?;
                out.push(b']');
            }
            Shape::Map(repeated, key, value) => {
                out.push(b'{');
                self.items(node, *repeated, definition, level, out, |row, level, out| {
                    row.key(key, level, out)?;
                    let there = match value {
                        Some(value) => row.value(value, level, out)?,
                        None => false,
                    };
                    if !there {
                        out.extend_from_slice(b"null");
                    }
                    Ok(())
                })?;
                out.push(b'}');
            }
        }
        Ok(true)
    }
    /// The members of the row itself as tokens.
    fn tokens(&mut self, members: &[Member], out: &mut Vec<u8>) -> Result<(), (Bad, usize)> {
        let mut nested = Vec::new();
        for (number, member) in members.iter().enumerate() {
            if number > 0 {
                out.push(b' ');
            }
            nested.clear();
            let there = match member.node.shape {
                Shape::Leaf => self.value(&member.node, 0, out)?,
                _ => self.value(&member.node, 0, &mut nested)?,
            };
            match there {
                true if !nested.is_empty() => token(&nested, out),
                true => {}
                false => out.push(b'-'),
            }
        }
        Ok(())
    }
    fn object(&mut self, members: &[Member], level: u32, out: &mut Vec<u8>) -> Result<(), (Bad, usize)> {
        out.push(b'{');
        let mut first = true;
        for member in members {
            let before = out.len();
            if !first {
                out.push(b',');
            }
            out.extend_from_slice(&member.key);
            match self.value(&member.node, level, out)? {
                true => first = false,
                false => out.truncate(before),
            }
        }
        out.push(b'}');
        Ok(())
    }
    /// The key of a map's entry, which JSON wants to be a string.
    fn key(&mut self, key: &Node, level: u32, out: &mut Vec<u8>) -> Result<(), (Bad, usize)> {
        let start = out.len();
        if !self.leaf(key.leaves.0, level, out)? {
            out.extend_from_slice(b"null");
        }
        if out.get(start) != Some(&b'"') {
            out.insert(start, b'"');
            out.push(b'"');
        }
        out.push(b':');
        Ok(())
    }
    /// Writes what repeats, with commas between.
    fn items(
        &mut self,
        node: &Node,
        repeated: Repeated,
        definition: u32,
        level: u32,
        out: &mut Vec<u8>,
        mut item: impl FnMut(&mut Self, u32, &mut Vec<u8>) -> Result<(), (Bad, usize)>,
    ) -> Result<(), (Bad, usize)> {
        if definition < repeated.item {
            return self.pass(node, level);
        }
        let first = node.leaves.0;
        let mut level = level;
        loop {
            item(self, level, out)?;
            level = repeated.level;
            if self.peek(first)?.is_none_or(|(repetition, _)| repetition != level) {
                return Ok(());
            }
            if out.len() > self.most {
                return Err((Bad::Limit(format!("a row of more than {} MiB", ROW >> 20)), first));
            }
            out.push(b',');
        }
    }
}
