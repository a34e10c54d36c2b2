//! Requests about rows: which stand where, what is in them.

use logloupe_view::{Detail, GridRow, RowId, order::RowPosition};
use serde::{Deserialize, Serialize};

crate::request::requests! {
    Rows, RowsRequest, RowsResponse;
    Window -> Vec<RowPosition>,
    GridRows -> Vec<GridRow>,
    FullRow -> Option<Box<Detail>>,
    CsvColumns -> Vec<String>,
    Export -> Vec<Vec<u8>>,
}

/// The positions `from..from + count` of the current view.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Window {
    /// The view.
    pub view: u32,
    /// First place.
    pub from: u64,
    /// How many.
    pub count: u64,
}

/// The rows with these ids, for the grid, in this order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GridRows {
    /// The view, whose aliases columns may name.
    pub view: u32,
    /// The rows.
    pub ids: Vec<RowId>,
    /// The columns wanted.
    pub columns: Vec<String>,
}

/// One row in full; `None` if it is not there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FullRow {
    /// The row.
    pub id: RowId,
}

/// The columns that a CSV of this worker's rows needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CsvColumns;

/// These rows as text, one per row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Export {
    /// The view, whose aliases columns may name.
    pub view: u32,
    /// The rows.
    pub ids: Vec<RowId>,
    /// Only these columns, or all that a row has.
    pub columns: Option<Vec<String>>,
    /// CSV, else NDJSON.
    pub csv: bool,
}
