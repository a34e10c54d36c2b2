//! What page and worker both need of queries: the merged catalog, reading a result.

use logloupe_core::{
    formats::{self, Framing},
    query::{
        plan::{Catalog, JsonPaths},
        result::ResultTable,
    },
};

use crate::engine::ResultView;

/// JSON paths of the crate's own formats.
pub struct Paths;

/// The one that jobs hold on to.
pub static PATHS: Paths = Paths;

impl JsonPaths for Paths {
    fn has_json(&self, format: &str) -> bool {
        formats::by_id(format).is_some_and(|f| f.meta().framing == Framing::Json)
    }
    fn extract(&self, _: &str, record: &[u8], path: &str, out: &mut Vec<u8>) -> bool {
        formats::field::json::extract(record, path, out)
    }
}

/// Merges the catalogs of all workers; empty while none has anything.
pub fn merge(catalogs: &[Vec<u8>]) -> Vec<u8> {
    let mut known = catalogs.iter().filter_map(|c| postcard::from_bytes::<Catalog>(c).ok());
    let Some(mut merged) = known.next() else { return Vec::new() };
    known.for_each(|catalog| merged.merge(&catalog));
    postcard::to_stdvec(&merged).unwrap_or_default()
}

/// Reads a finished result.
pub fn result(bytes: &[u8]) -> Result<ResultView, String> {
    let table: ResultTable =
        postcard::from_bytes(bytes).map_err(|e| format!("the result could not be read: {e}"))?;
    Ok(ResultView {
        columns: table.columns.into_iter().map(|c| (c.name, c.kind.is_number())).collect(),
        rows: table.rows,
    })
}
