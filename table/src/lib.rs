//! The data model: what a shard of loaded logs is made of. It knows nothing above it: no format, no query.
//!
//! Reading order:
//! 1. [`schema`]: kinds, units, roles, fields: what a column is called and what it means.
//! 2. [`value`]: one value outside a column, as queries and views see it, and how values compare.
//!    [`several`]: the values of a field that has several in one row.
//! 3. [`bitmap`], [`packed`], [`dictionary`], [`bytes`], `positional`: the building blocks of columns.
//! 4. [`column`](mod@column): one column of one chunk, sealed; [`writer`]: the same while it is being filled.
//! 5. [`raw`]: the raw text of records, LZ4-compressed.
//! 6. [`chunk`] and [`table`](mod@table): rows in chunks, chunks in a table, one table per format; `computed`: columns
//!    whose values follow from those of others; `fill`: columns set once all files are read.
//! 7. [`shard`]: the tables and the sources (files) that one worker holds; [`builtin`]: the fields that every row has;
//!    [`partition`]: columns that Athena's tables have and no record holds. [`sort`]: the order of what is short or rare.
//!    [`columnar`]: how rows are laid out in files for other engines.
//!    [`ledger`], [`settings`], [`custom`]: what became of files, what users say of them, formats that users describe.

pub mod address;
pub mod bitmap;
pub mod builtin;
pub mod bytes;
pub mod chunk;
pub mod column;
pub mod columnar;
mod computed;
pub mod custom;
pub mod dictionary;
pub mod external;
mod family;
mod fill;
pub mod json_paths;
pub mod ledger;
pub mod lookup;
pub mod packed;
pub mod partition;
mod positional;
pub mod raw;
pub mod result;
pub mod schema;
pub mod settings;
pub mod several;
pub mod shard;
pub mod shown;
pub mod sort;
mod span;
pub mod table;
pub mod time;
pub mod value;
pub mod writer;

pub use bitmap::Bitmap;
pub use chunk::{CHUNK_ROWS, Chunk};
pub use column::{Column, Data};
pub use dictionary::Dictionary;
pub use family::Family;
pub use fill::Fill;
pub use result::ResultTable;
pub use schema::{Computed, Field, Kind, Role, Schema, Unit};
pub use several::Several;
pub use shard::{Shard, Source};
pub use span::Span;
pub use table::{Row, RowWriter, Table};
pub use value::{Cell, SortKey, Value};
