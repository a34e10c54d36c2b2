//! The folder of a row: the values of the partition keys as Hive writes them into paths.
//!
//! ```text
//! path   = log ".parquet"                          without keys
//!        / log "/" folder "/part-" number ".parquet"
//! folder = key "=" value { "/" key "=" value }
//! value  = text, what Hive escapes as "%" and two hexadecimal digits
//!        / "__HIVE_DEFAULT_PARTITION__"            none, or empty text
//! ```

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use logloupe_table::{
    Chunk, Kind, Row, Source, Table,
    columnar::Key,
    partition::S3Key,
    schema::{SOURCE, TIMESTAMP},
    time::SECOND,
};

use super::buffer::Rows;

/// Stands for no value.
pub(super) const NONE: &str = "__HIVE_DEFAULT_PARTITION__";

/// Bytes that the name of a folder has at most; file systems take 255.
const LONGEST: usize = 240;

/// Where a file lies: the `number`th of its folder.
pub(super) fn path(root: &Path, log: &str, folder: &str, number: usize) -> PathBuf {
    let mut name = String::new();
    escape(log, &mut name);
    if !folder.is_empty() {
        return root.join(name).join(folder).join(format!("part-{number}.parquet"));
    }
    match number {
        0 => root.join(format!("{name}.parquet")),
        _ => root.join(format!("{name}-{number}.parquet")),
    }
}

/// Finds the folders of a table's rows.
pub(super) struct Places<'t> {
    keys: &'t [Key],
    /// The column that each key's values are from, if one is.
    columns: Vec<Option<usize>>,
    table: &'t Table,
    sources: &'t [Source],
    key: (i64, S3Key),
    folders: Vec<String>,
    rows: Vec<Vec<u32>>,
    /// How many rows have a value that no folder can be called by.
    pub(super) misplaced: u64,
}

impl<'t> Places<'t> {
    pub(super) fn new(keys: &'t [Key], table: &'t Table, sources: &'t [Source]) -> Places<'t> {
        let columns = keys.iter().map(|key| key.column(table.schema())).collect();
        let key = (-1, S3Key::default());
        Places { keys, columns, table, sources, key, folders: Vec::new(), rows: Vec::new(), misplaced: 0 }
    }
    /// Per key: whether its values may be found.
    pub(super) fn known(&self) -> impl Iterator<Item = bool> + '_ {
        let in_path =
            |key: &Key| self.sources.iter().any(|s| S3Key::of(&s.name).names().any(|n| n == key.name));
        self.keys.iter().zip(&self.columns).map(move |(key, column)| column.is_some() || in_path(key))
    }
    /// The folders of a chunk's rows, with the rows of each.
    pub(super) fn of_chunk(&mut self, chunk: &Chunk) -> Vec<(&str, Rows<'_>)> {
        self.folders.clear();
        self.rows.clear();
        if self.keys.is_empty() {
            return vec![("", Rows::All(chunk.rows))];
        }
        // What a folder follows from, and the folder: rows that agree in the former need no look at the latter.
        let mut known: HashMap<Vec<u8>, (usize, bool)> = HashMap::new();
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let (mut from, mut last, mut place) = (Vec::new(), Vec::new(), None);
        for index in 0..chunk.rows {
            from.clear();
            self.facts(chunk, index, &mut from);
            if place.is_none() || from != last {
                place = known.get(&from).copied();
                std::mem::swap(&mut from, &mut last);
            }
            let (at, misplaced) = match place {
                Some(place) => place,
                None => {
                    let (folder, misplaced) = self.folder(chunk, index);
                    let next = numbers.len();
                    let at = *numbers.entry(folder.clone()).or_insert(next);
                    if at == next {
                        self.folders.push(folder);
                        self.rows.push(Vec::new());
                    }
                    known.insert(last.clone(), (at, misplaced));
                    (at, misplaced)
                }
            };
            place = Some((at, misplaced));
            self.misplaced += u64::from(misplaced);
            if let Some(rows) = self.rows.get_mut(at) {
                rows.push(index as u32);
            }
        }
        let folders = self.folders.iter().map(String::as_str);
        folders.zip(self.rows.iter().map(|rows| Rows::Some(rows))).collect()
    }
    /// Everything that the folder of a row follows from.
    fn facts(&self, chunk: &Chunk, index: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&chunk.column(SOURCE).int(index).unwrap_or(-1).to_le_bytes());
        let hour = chunk.column(TIMESTAMP).int(index).map(|t| t.div_euclid(3600 * SECOND));
        out.extend_from_slice(&hour.unwrap_or(i64::MIN).to_le_bytes());
        for column in self.columns.iter().flatten() {
            match self.table.schema().field(*column).kind {
                Kind::Text | Kind::Ip => {
                    let text = chunk.column(*column).text(index, self.table.dictionary(*column));
                    let text = text.unwrap_or_default();
                    out.extend_from_slice(&text.len().to_le_bytes());
                    out.extend_from_slice(text);
                }
                _ => {
                    let text = Row { table: self.table, chunk, index }.value(*column).to_string();
                    out.extend_from_slice(&text.len().to_le_bytes());
                    out.extend_from_slice(text.as_bytes());
                }
            }
        }
    }
    /// The folder of a row, and whether it is not the one of its values because they are too long.
    fn folder(&mut self, chunk: &Chunk, index: usize) -> (String, bool) {
        let source = chunk.column(SOURCE).int(index).unwrap_or(-1);
        if self.key.0 != source {
            let path = usize::try_from(source).ok().and_then(|at| self.sources.get(at));
            self.key = (source, S3Key::of(path.map_or("", |s| s.name.as_str())));
        }
        let time = chunk.column(TIMESTAMP).int(index);
        let row = Row { table: self.table, chunk, index };
        let (mut folder, mut misplaced) = (String::new(), false);
        for (key, column) in self.keys.iter().zip(&self.columns) {
            let own = column.map(|column| row.value(column)).filter(|value| !value.is_null());
            let value = own
                .map(|value| value.to_string())
                .or_else(|| key.partition.value(&key.name, time, &self.key.1))
                .filter(|value| !value.is_empty());
            if !folder.is_empty() {
                folder.push('/');
            }
            let start = folder.len();
            folder.push_str(&key.name);
            folder.push('=');
            let before = folder.len();
            escape(value.as_deref().unwrap_or(NONE), &mut folder);
            if folder.len() - start > LONGEST {
                folder.truncate(before);
                folder.push_str(NONE);
                misplaced = true;
            }
        }
        (folder, misplaced)
    }
}

/// Writes a value as Hive's `FileUtils.escapePathName` does, and the bytes that file systems refuse.
fn escape(value: &str, out: &mut String) {
    const ESCAPED: &str = "\"#%'*/:=?\\{[]^\u{7f}";
    let windows = |c| cfg!(windows) && matches!(c, ' ' | '<' | '>' | '|' | '.');
    for c in value.chars() {
        if c < ' ' || ESCAPED.contains(c) || windows(c) {
            out.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_leads_nowhere_else() {
        for (value, escaped) in [
            ("2024-05-01", "2024-05-01"),
            ("../../x", "..%2F..%2Fx"),
            ("a=b/c", "a%3Db%2Fc"),
            ("50%", "50%25"),
            ("\u{0}\n\u{7f}", "%00%0A%7F"),
            ("größe, 1", "größe, 1"),
        ] {
            let mut out = String::new();
            escape(value, &mut out);
            assert_eq!(out, escaped);
        }
        let root = Path::new("d");
        assert_eq!(path(root, "alb", "", 0), root.join("alb.parquet"));
        assert_eq!(path(root, "alb", "", 2), root.join("alb-2.parquet"));
        assert_eq!(path(root, "../b", "day=1", 0), root.join("..%2Fb/day=1/part-0.parquet"));
    }
}
