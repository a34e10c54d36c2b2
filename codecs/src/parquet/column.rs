//! A column of a row group: its pages one after the other, and out of them levels and values, one at a time.

use super::{
    Bad,
    bits::Runs,
    footer::Chunk,
    page::{Kind, Page},
    schema::Leaf,
    store::Store,
    values::{BATCH, Texts, Values},
    write::Form,
};

/// How much memory the pages and dictionaries of a row group may have at a time.
#[cfg(not(target_arch = "wasm32"))]
const HELD: usize = 1 << 30;
#[cfg(target_arch = "wasm32")]
const HELD: usize = 512 << 20;

#[derive(Default)]
pub(super) struct Column {
    codec: i64,
    /// Where the next page begins, and where the column ends.
    at: usize,
    end: usize,
    /// Levels of pages to come.
    to_come: i64,
    /// How many pages have been read.
    pub(super) pages: u64,
    data: Vec<u8>,
    /// Levels of the page at hand that are not decoded yet.
    left: usize,
    repetition_runs: Runs,
    definition_runs: Runs,
    values: Option<Values>,
    /// Decoded levels, and which of them is next. Of a level that is always zero there is none.
    repetitions: Vec<u32>,
    definitions: Vec<u32>,
    level: usize,
    levels: usize,
    /// Decoded values, or places in the dictionary, and which of them is next.
    texts: Texts,
    indexes: Vec<u32>,
    value: usize,
    dictionary: Option<Texts>,
    /// Of a column that does not nest: where the texts of the next rows stand, and which row is next.
    cells: Vec<Cell>,
    cell: usize,
    /// How long the longest of them is.
    pub(super) longest: usize,
}

/// Where in a column's texts a row's value stands; its length is [`NONE`] where there is no value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) start: u32,
    pub(super) length: u32,
}

pub(super) const NONE: u32 = u32::MAX;

impl Cell {
    /// How many bytes it has.
    pub(super) fn length(&self) -> usize {
        if self.length == NONE { 1 } else { self.length as usize }
    }
}

/// What all columns of a row group share.
pub(super) struct Shared<'f> {
    pub(super) file: &'f Store,
    pub(super) form: Form,
    pub(super) used: &'f mut Used,
}

impl Shared<'_> {
    /// The form of a column's values: what nests in a token is JSON.
    fn form(&self, leaf: &Leaf) -> Form {
        if leaf.outermost { self.form } else { Form::Json }
    }
}

/// What was used of the limits.
#[derive(Debug, Default)]
pub(super) struct Used {
    /// How much memory the pages and dictionaries of the row group have.
    pub(super) held: usize,
    /// What all pages so far inflated to.
    inflated: u64,
}

/// How many times the file pages may inflate to, once that is more than so many bytes: what they hold may be hardly used by rows.
const RATIO: u64 = 200;
const RATIO_FROM: u64 = 1 << 30;

impl Column {
    pub(super) fn open(chunk: &Chunk, leaf: &Leaf, footer: usize) -> Result<Column, Bad> {
        if chunk.encrypted {
            return Err(Bad::Unsupported("it is encrypted, which is not read here".to_owned()));
        }
        if chunk.elsewhere {
            return Err(Bad::Unsupported("its data is in another file".to_owned()));
        }
        if chunk.physical != leaf.physical.number() {
            return Err(Bad::Damaged("it has another type than in the schema"));
        }
        let has_dictionary = chunk.dictionary > 0 && chunk.dictionary < chunk.data;
        let begin = if has_dictionary { chunk.dictionary } else { chunk.data };
        let (Ok(at), Ok(bytes)) = (usize::try_from(begin), usize::try_from(chunk.bytes)) else {
            return Err(Bad::Damaged("it stands at no place of the file"));
        };
        if at > footer || chunk.values < 0 {
            return Err(Bad::Damaged("it stands at no place of the file"));
        }
        // Older writers did not count the header of the dictionary.
        let end = at.saturating_add(bytes).saturating_add(100).min(footer);
        Ok(Column { codec: chunk.codec, at, end, to_come: chunk.values, ..Column::default() })
    }
    /// The repetition and the definition level that come next; `None` behind the last.
    #[inline]
    pub(super) fn peek(&mut self, leaf: &Leaf, shared: &mut Shared<'_>) -> Result<Option<(u32, u32)>, Bad> {
        if self.level == self.levels && !self.refill(leaf, shared)? {
            return Ok(None);
        }
        let at = self.level;
        let repetition = if leaf.repetition == 0 { 0 } else { self.repetitions[at] };
        let definition = if leaf.definition == 0 { 0 } else { self.definitions[at] };
        Ok(Some((repetition, definition)))
    }
    /// The level that was seen is behind.
    #[inline]
    pub(super) fn pass(&mut self) {
        self.level += 1;
    }
    /// The text of the value that comes next.
    #[inline]
    pub(super) fn next(&mut self, leaf: &Leaf, shared: &Shared<'_>) -> Result<&[u8], Bad> {
        let Some(values) = &mut self.values else { return Err(Bad::Few) };
        if let Values::Indexes(runs) = values {
            if self.value == self.indexes.len() {
                (self.value, _) = (0, self.indexes.clear());
                runs.fill(&self.data, BATCH, &mut self.indexes)?;
            }
            let index = *self.indexes.get(self.value).ok_or(Bad::Few)?;
            self.value += 1;
            let Some(dictionary) = &self.dictionary else {
                return Err(Bad::Damaged("a page needs a dictionary that is not there"));
            };
            return dictionary
                .get(index as usize)
                .ok_or(Bad::Damaged("a value stands behind the end of the dictionary"));
        }
        if self.value == self.texts.len() {
            (self.value, _) = (0, self.texts.clear());
            values.fill(leaf, shared.form(leaf), &self.data, BATCH, &mut self.texts)?;
        }
        self.value += 1;
        self.texts.get(self.value - 1).ok_or(Bad::Few)
    }
    /// Of a column that does not nest: the texts in which the values of its next rows stand, and where in them.
    pub(super) fn cells(&self) -> (&[u8], &[Cell]) {
        let texts = match (&self.values, &self.dictionary) {
            (Some(Values::Indexes(_)), Some(dictionary)) => dictionary,
            _ => &self.texts,
        };
        (&texts.text, &self.cells[self.cell..])
    }
    /// So many rows are behind.
    pub(super) fn pass_cells(&mut self, count: usize) {
        self.cell += count;
    }
    /// How many rows [`Column::cells`] has, after decoding more if it has none; zero behind the last.
    pub(super) fn ready(&mut self, leaf: &Leaf, shared: &mut Shared<'_>) -> Result<usize, Bad> {
        if self.cell < self.cells.len() {
            return Ok(self.cells.len() - self.cell);
        }
        (self.cell, _) = (0, self.cells.clear());
        if self.level == self.levels && !self.refill(leaf, shared)? {
            return Ok(0);
        }
        let Column { values, texts, indexes, dictionary, data, cells, value, .. } = self;
        let levels = self.level..self.levels;
        let definitions = self.definitions.get(levels.clone()).unwrap_or_default();
        let present = match leaf.definition {
            0 => levels.len(),
            most => definitions.iter().filter(|level| **level == most).count(),
        };
        let Some(values) = values else { return Err(Bad::Few) };
        // What was decoded and not given yet stays; the rest follows when it is behind.
        let is_index = if let Values::Indexes(runs) = values {
            if present > 0 && *value == indexes.len() {
                (*value, _) = (0, indexes.clear());
                runs.fill(data, present, indexes)?;
            }
            true
        } else {
            if present > 0 && *value == texts.len() {
                (*value, _) = (0, texts.clear());
                values.fill(leaf, shared.form(leaf), data, present, texts)?;
                texts.pad();
            }
            false
        };
        let mut next = || {
            let at = *value;
            *value += 1;
            if !is_index {
                return Ok(texts.cell(at));
            }
            let Some(index) = indexes.get(at) else { return Ok(None) };
            let Some(dictionary) = dictionary.as_ref() else {
                return Err(Bad::Damaged("a page needs a dictionary that is not there"));
            };
            match dictionary.cell(*index as usize) {
                None => Err(Bad::Damaged("a value stands behind the end of the dictionary")),
                cell => Ok(cell),
            }
        };
        let mut definitions = definitions.iter();
        for _ in levels {
            if definitions.next().is_some_and(|level| *level < leaf.definition) {
                cells.push(Cell { start: 0, length: NONE });
                continue;
            }
            match next() {
                Ok(Some(cell)) => cells.push(cell),
                // What is damaged is told when the rows before it are given.
                Ok(None) if cells.is_empty() => return Err(Bad::Few),
                Err(bad) if cells.is_empty() => return Err(bad),
                Ok(None) | Err(_) => {
                    *value -= 1;
                    break;
                }
            }
        }
        self.longest = self.cells.iter().map(Cell::length).max().unwrap_or(0);
        self.level += self.cells.len();
        Ok(self.cells.len())
    }
    /// Decodes further levels, of the next page if need be; whether there are any.
    fn refill(&mut self, leaf: &Leaf, shared: &mut Shared<'_>) -> Result<bool, Bad> {
        while self.left == 0 {
            if self.to_come == 0 {
                return Ok(false);
            }
            self.read(leaf, shared)?;
        }
        let count = self.left.min(BATCH);
        (self.level, self.levels) = (0, 0);
        for (most, runs, levels) in [
            (leaf.repetition, &mut self.repetition_runs, &mut self.repetitions),
            (leaf.definition, &mut self.definition_runs, &mut self.definitions),
        ] {
            if most == 0 {
                continue;
            }
            levels.clear();
            runs.fill(&self.data, count, levels)?;
            if levels.len() < count {
                return Err(Bad::Damaged("a page has fewer levels than it states"));
            }
            if levels.iter().any(|level| *level > most) {
                return Err(Bad::Damaged("a level is higher than the schema has it"));
            }
        }
        self.levels = count;
        self.left -= count;
        Ok(true)
    }
    /// Reads the next page.
    fn read(&mut self, leaf: &Leaf, shared: &mut Shared<'_>) -> Result<(), Bad> {
        self.pages += 1;
        if self.at >= self.end {
            return Err(Bad::Damaged("it has fewer pages than its values need"));
        }
        let page = Page::read(shared.file, self.at, self.end, self.codec)?;
        self.at = page.end;
        let (inflated, size) = (&mut shared.used.inflated, shared.file.len() as u64);
        *inflated += page.data.len() as u64;
        if *inflated > RATIO_FROM && *inflated / RATIO > size {
            return Err(Bad::Limit(format!("its pages inflate to more than {RATIO} times its size")));
        }
        match page.kind {
            Kind::Other => {}
            Kind::Dictionary => {
                let mut texts = Texts::default();
                let mut values = Values::new(0, leaf, &page.data, 0)?;
                let count = page.header.values as usize;
                while texts.len() < count {
                    values.fill(leaf, shared.form(leaf), &page.data, count, &mut texts)?;
                    if texts.bytes() > HELD {
                        return Err(held());
                    }
                }
                texts.pad();
                let before = self.dictionary.as_ref().map_or(0, Texts::bytes);
                let held = &mut shared.used.held;
                *held = (*held + texts.bytes()).saturating_sub(before);
                self.dictionary = Some(texts);
            }
            Kind::Data => {
                if page.header.values > self.to_come {
                    return Err(Bad::Damaged("a page has more values than its column"));
                }
                self.to_come -= page.header.values;
                self.left = page.header.values as usize;
                let (repetitions, definitions, at) = page.levels(leaf)?;
                (self.repetition_runs, self.definition_runs) = (repetitions, definitions);
                self.values = Some(Values::new(page.header.encoding, leaf, &page.data, at)?);
                let held = &mut shared.used.held;
                *held = (*held + page.data.capacity()).saturating_sub(self.data.capacity());
                self.data = page.data;
                self.value = 0;
                self.indexes.clear();
                self.texts.clear();
            }
        }
        match shared.used.held > HELD {
            true => Err(held()),
            false => Ok(()),
        }
    }
}

fn held() -> Bad {
    Bad::Limit(format!("its pages and dictionaries take more than {} MiB at a time", HELD >> 20))
}
