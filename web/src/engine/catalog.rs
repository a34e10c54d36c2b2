//! What the workers' results are for the page: the catalogs of all of them as one, a finished table as it is shown.

use logloupe_query::{plan::Catalog, result::ResultTable};

use super::ResultView;

/// Merges the catalogs of all workers; empty while none has anything.
pub(super) fn merge(catalogs: &[Vec<u8>]) -> Vec<u8> {
    let mut known = catalogs.iter().filter_map(|c| postcard::from_bytes::<Catalog>(c).ok());
    let Some(mut merged) = known.next() else { return Vec::new() };
    known.for_each(|catalog| merged.merge(&catalog));
    postcard::to_stdvec(&merged).unwrap_or_default()
}

/// Reads a finished result.
///
/// # Errors
/// When the bytes are no result.
pub(super) fn result(bytes: &[u8]) -> Result<ResultView, String> {
    let table: ResultTable =
        postcard::from_bytes(bytes).map_err(|e| format!("the result could not be read: {e}"))?;
    Ok(ResultView {
        columns: table.columns.into_iter().map(|c| (c.name, c.kind.is_number())).collect(),
        rows: table.rows,
        remarks: table.remarks,
    })
}
