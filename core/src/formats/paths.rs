//! JSON paths for queries: which formats have JSON records, and how a path is read from one.

use super::{Format, Framing, field::json::Path};
use crate::query::plan::{JsonPaths, PathReader};

/// The paths of these formats' records.
#[derive(Clone, Copy)]
pub struct Paths<'f>(pub &'f [&'static dyn Format]);

impl JsonPaths for Paths<'_> {
    fn has_json(&self, format: &str) -> bool {
        self.0.iter().any(|f| f.meta().id == format && f.meta().framing == Framing::Json)
    }
    fn sources(&self, format: &str) -> &'static [&'static str] {
        self.0.iter().find(|f| f.meta().id == format).map_or(&[], |f| f.sources())
    }
    fn extract(&self, _: &str, record: &[u8], path: &str, out: &mut Vec<u8>) -> bool {
        Path::new(path).extract(record, out)
    }
    fn reader<'r>(&'r self, _: &'r str, path: &'r str) -> Box<PathReader<'r>> {
        let path = Path::new(path);
        Box::new(move |record, out| path.extract(record, out))
    }
}
