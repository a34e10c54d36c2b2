//! Parquet, read into text: a line of JSON per row, or where the program says that a log of lines has these columns, a line
//! of names and the values of each row with spaces between (what nests as JSON). <https://parquet.apache.org/docs/file-format/>, read 2026-11-27.
//!
//! Reading order: this file (the codec), [`footer`] and [`thrift`] (what a file says of itself), [`schema`] (its columns as a
//! tree), [`rows`] (rows put together), [`mod@column`], [`page`], [`values`] and [`bits`] (how one column is stored),
//! [`mod@write`] (values as text).
//!
//! Read are all types and encodings of the format, pages of both versions, compressed with Snappy, gzip, zstd or LZ4. Not
//! read: Brotli, LZO, encrypted columns. Statistics, indexes and Bloom filters are passed over. A file is kept whole until
//! it ends, as what tells where columns stand comes last; of a row group one page per column is inflated.

mod bits;
mod column;
mod footer;
mod page;
mod rows;
mod schema;
mod store;
mod thrift;
mod values;
mod write;

use footer::Footer;
use logloupe_core::ingest::{
    ErrorKind,
    codec::{Codec, CodecKind, Fault, Step},
};
use rows::Rows;
use store::Store;
use write::Form;

/// A Parquet file.
#[derive(Default)]
pub(crate) struct Parquet {
    file: Store,
    rows: Option<Rows>,
    /// The names of its columns, until they were asked for.
    header: Option<String>,
    failed: Option<Fault>,
}

impl Parquet {
    pub(crate) fn new() -> Parquet {
        Parquet::default()
    }
    fn fail(&mut self, fault: Fault) -> Fault {
        self.file = Store::default();
        self.failed = Some(fault.clone());
        fault
    }
}

impl Codec for Parquet {
    fn decode(&mut self, input: &[u8], end: bool, out: &mut Vec<u8>) -> Result<Step, Fault> {
        if let Some(fault) = &self.failed {
            return Err(fault.clone());
        }
        if let Err(bad) = self.file.push(input) {
            return Err(self.fail(bad.fault(&Place::default())));
        }
        let taken = input.len();
        if !end {
            return Ok(Step { taken, more: false });
        }
        let Some(rows) = &mut self.rows else {
            return match Footer::read(&self.file).and_then(Rows::of) {
                Ok(rows) => {
                    self.header = rows.schema.names().map(|names| names.join(" "));
                    self.rows = Some(rows);
                    Ok(Step { taken, more: true })
                }
                Err(bad) => Err(self.fail(bad.fault(&Place::default()))),
            };
        };
        match rows.give(&self.file, out) {
            Ok(more) => Ok(Step { taken, more }),
            Err((bad, place)) => Err(self.fail(bad.fault(&place))),
        }
    }
    fn header(&mut self) -> Option<String> {
        self.header.take()
    }
    fn give_lines(&mut self) {
        if let Some(rows) = &mut self.rows {
            rows.form = Form::Tokens;
        }
    }
}

/// What is wrong with a file, or goes beyond what is read.
#[derive(Debug)]
enum Bad {
    /// Something ends within itself.
    Short,
    /// There are fewer values than levels or rows need.
    Few,
    /// The file ends before its footer.
    Cut,
    Damaged(&'static str),
    Unsupported(String),
    Limit(String),
}

/// Where in a file something is wrong; row groups and pages are counted from one, zero is none.
#[derive(Debug, Default)]
struct Place {
    group: usize,
    column: Option<String>,
    page: u64,
}

impl Bad {
    fn fault(self, place: &Place) -> Fault {
        let mut at = Vec::new();
        if place.group > 0 {
            at.push(format!("row group {}", place.group));
        }
        if let Some(column) = &place.column {
            // A name is whatever the file says.
            let name: String = column.chars().filter(|c| !c.is_control()).take(100).collect();
            at.push(format!("column {name}"));
        }
        if place.page > 0 {
            at.push(format!("page {}", place.page));
        }
        let at = if at.is_empty() { "its footer".to_owned() } else { at.join(", ") };
        let damaged =
            |what: &str| (ErrorKind::Corrupt, format!("its Parquet data is damaged in {at}: {what}"));
        let (kind, message) = match &self {
            Bad::Short => damaged("it ends too early"),
            Bad::Few => damaged("it has fewer values than rows need"),
            Bad::Damaged(what) => damaged(what),
            Bad::Cut => {
                return Fault {
                    message: "its Parquet data ends too early: the footer, which says where the rows are, is missing".into(),
                    ..Fault::truncated(CodecKind::Parquet)
                };
            }
            Bad::Unsupported(what) | Bad::Limit(what) => {
                let kind =
                    if matches!(self, Bad::Limit(_)) { ErrorKind::Limit } else { ErrorKind::Unsupported };
                (kind, if place.group > 0 { format!("in {at}: {what}") } else { what.clone() })
            }
        };
        Fault { kind, message }
    }
}
