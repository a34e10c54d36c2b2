//! Questions explained for the page: see [`logloupe_tell::explain`].

use logloupe_query::plan::Catalog;
use logloupe_syntax::{self as syntax, Diagnostic, Language, Severity};
use logloupe_tell::{explain, transpile};

use logloupe_core::formats::Paths;
use logloupe_protocol::text::Explained;

/// Explains a text; `catalog` is what all workers know together.
pub(super) fn explained(text: &str, language: Language, catalog: &Catalog, paths: &Paths<'_>) -> Explained {
    let parsed = syntax::parse_in(text, Language::of(text, language)).into_result();
    let query = match parsed {
        Ok(query) => query,
        Err(found) => return Explained::new(Err(first(&found)), Err(String::new()), Err(String::new())),
    };
    Explained::new(
        explain::prose(&query, catalog).map_err(|found| first(&found)),
        transpile::athena(&query, catalog, paths).map_err(|e| e.to_string()),
        transpile::insights(&query, catalog, paths).map_err(|e| e.to_string()),
    )
}

fn first(found: &[Diagnostic]) -> String {
    let error = found.iter().find(|d| d.severity == Severity::Error);
    error.map_or_else(String::new, |e| format!("The query cannot run yet: {}.", e.message))
}
