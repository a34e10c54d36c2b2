//! What page and worker both need of queries: the merged catalog, checking a text against it, reading a result.

use logloupe_core::{
    formats::{self, Framing},
    query::{
        Diagnostic,
        plan::{self, Catalog, JsonPaths},
        result::ResultTable,
        syntax,
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

/// Merges the catalogs of all workers and checks a query against what they know. Before anything is loaded only the
/// query's form is checked.
pub fn check(catalogs: &[Vec<u8>], query: &str) -> (Vec<u8>, Vec<Diagnostic>) {
    let mut merged = Catalog::default();
    let mut any = false;
    for catalog in catalogs.iter().filter_map(|c| postcard::from_bytes::<Catalog>(c).ok()) {
        merged.merge(&catalog);
        any = true;
    }
    if !any {
        merged = Catalog::open();
    }
    let parsed = syntax::parse(query);
    let mut diagnostics = parsed.diagnostics;
    diagnostics.extend(plan::check(&parsed.query, &merged));
    (postcard::to_stdvec(&merged).unwrap_or_default(), diagnostics)
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
